/*
 * match/simd.c - the two bytes of a needle, and where one of several texts may start:
 * 16 places at a time on every x86-64, 32 where there is AVX2 (asked for when it runs),
 * and byte by byte, or by words, everywhere. Nothing is read that is not of the text:
 * the last block overlaps the one before it.
 */
#include "match/simd.h"

#include "match/halves.h"
#include "support/text.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_X86 1
#include <immintrin.h>
#define AVX2 __attribute__((target("avx2")))
#else
#define HAVE_X86 0
#endif

/* --- two bytes ----------------------------------------------------------------------- */

/* The two bytes, and where they are if the needle stands at the first place. */
typedef struct pair {
    const char *near;
    const char *far;
    size_t count;
    const char *near_byte;
    const char *far_byte;
} pair;

static PST_INLINE pair pair_of(const char *text, size_t count, const char *needle,
                               uint16_t places)
{
    const size_t near = places & 0xffU;
    const size_t far = places >> 8;

    return (pair){text + near, text + far, count, needle + near, needle + far};
}

static PST_INLINE bool is_at(const char *text, char byte, bool fold)
{
    const unsigned char there = (unsigned char)*text;

    return (fold ? pst_lower(there) : there) == (unsigned char)byte;
}

/* Byte by byte, from one place to another. */
static PST_INLINE size_t next_by_one(pair p, size_t at, size_t end, bool fold)
{
    while (at < end && !(is_at(p.near + at, *p.near_byte, fold) &&
                         is_at(p.far + at, *p.far_byte, fold))) {
        at++;
    }
    return at;
}

/* Eight bytes that are 0 where the text has `byte`. */
static PST_INLINE uint64_t unlike(const char *text, char byte, bool fold)
{
    const uint64_t word = pst_word_load(text);

    return (fold ? pst_lower_word(word) : word) ^
           UINT64_MAX / 255 * (unsigned char)byte;
}

static PST_INLINE size_t next_by_words(pair p, bool fold)
{
    const uint64_t ones = UINT64_MAX / 255;
    size_t at = 0;

    for (; p.count - at >= 8; at += 8) {
        const uint64_t both = unlike(p.near + at, *p.near_byte, fold) |
                              unlike(p.far + at, *p.far_byte, fold);
        if (((both - ones) & ~both & ones << 7) != 0) { /* one of them is 0 */
            return next_by_one(p, at, at + 8, fold);
        }
    }
    return next_by_one(p, at, p.count, fold);
}

size_t pst_pair_next_plain(const char *text, size_t count, const char *needle,
                           uint16_t places, bool fold)
{
    const pair p = pair_of(text, count, needle, places);

    return fold ? next_by_words(p, true) : next_by_words(p, false);
}

#if HAVE_X86

/* With this bit set, both cases of a letter are its lower case; no other byte is. */
static inline char case_bit(char byte)
{
    return pst_is_letter((unsigned char)byte) ? 0x20 : 0;
}

/* A byte sixteen times, and its case_bit(). */
typedef struct same16 {
    __m128i byte;
    __m128i bit;
} same16;

static inline same16 same16_of(char byte)
{
    return (same16){_mm_set1_epi8(byte), _mm_set1_epi8(case_bit(byte))};
}

static PST_INLINE __m128i equal16(same16 wanted, __m128i text, bool fold)
{
    return _mm_cmpeq_epi8(fold ? _mm_or_si128(text, wanted.bit) : text, wanted.byte);
}

/* A bit for each place of a block where both are. */
static PST_INLINE unsigned both16(same16 near, __m128i near_text, same16 far,
                                  __m128i far_text, bool fold)
{
    return (unsigned)_mm_movemask_epi8(
        _mm_and_si128(equal16(near, near_text, fold), equal16(far, far_text, fold)));
}

static inline __m128i load16(const char *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/* The first eight of `count` places, 8 to 15, and the last; or four and four of fewer. */
static inline __m128i load_ends(const char *at, size_t count)
{
    if (count >= 8) {
        return _mm_set_epi64x((long long)pst_word_load(at + count - 8),
                              (long long)pst_word_load(at));
    }
    return _mm_cvtsi64_si128(
        (long long)((uint64_t)pst_word_load_half(at + count - 4) << 32 |
                    pst_word_load_half(at)));
}

static PST_INLINE size_t next_of_few(pair p, bool fold)
{
    const unsigned half = p.count >= 8 ? 8 : 4;
    unsigned places;
    unsigned at;

    if (p.count < 4) {
        return next_by_one(p, 0, p.count, fold);
    }
    places = both16(same16_of(*p.near_byte), load_ends(p.near, p.count),
                    same16_of(*p.far_byte), load_ends(p.far, p.count), fold) &
             ((1U << 2 * half) - 1);
    if (places == 0) {
        return p.count;
    }
    at = (unsigned)__builtin_ctz(places);
    return at < half ? at : p.count - 2 * half + at;
}

static PST_INLINE size_t next_by_16(pair p, bool fold)
{
    const same16 near = same16_of(*p.near_byte);
    const same16 far = same16_of(*p.far_byte);
    const size_t last = p.count - 16;
    unsigned places;

    for (size_t at = 0; at < last; at += 16) {
        places = both16(near, load16(p.near + at), far, load16(p.far + at), fold);
        if (places != 0) {
            return at + (unsigned)__builtin_ctz(places);
        }
    }
    places = both16(near, load16(p.near + last), far, load16(p.far + last), fold);
    return places == 0 ? p.count : last + (unsigned)__builtin_ctz(places);
}

static size_t next_sse2(const char *text, size_t count, const char *needle,
                        uint16_t places, bool fold)
{
    const pair p = pair_of(text, count, needle, places);

    if (p.count < 16) {
        return fold ? next_of_few(p, true) : next_of_few(p, false);
    }
    return fold ? next_by_16(p, true) : next_by_16(p, false);
}

/* A byte 32 times, and its case_bit(). */
typedef struct same32 {
    __m256i byte;
    __m256i bit;
} same32;

AVX2 static PST_INLINE same32 same32_of(char byte)
{
    return (same32){_mm256_set1_epi8(byte), _mm256_set1_epi8(case_bit(byte))};
}

AVX2 static PST_INLINE __m256i equal32(same32 wanted, const char *at, bool fold)
{
    const __m256i text = _mm256_loadu_si256((const __m256i *)(const void *)at);

    return _mm256_cmpeq_epi8(fold ? _mm256_or_si256(text, wanted.bit) : text,
                             wanted.byte);
}

AVX2 static PST_INLINE size_t next_by_32(pair p, bool fold)
{
    const same32 near = same32_of(*p.near_byte);
    const same32 far = same32_of(*p.far_byte);
    const size_t last = p.count - 32;
    size_t at = 0;
    unsigned places;

    for (; at + 32 < last; at += 64) {
        const __m256i here = _mm256_and_si256(equal32(near, p.near + at, fold),
                                              equal32(far, p.far + at, fold));
        const __m256i there = _mm256_and_si256(equal32(near, p.near + at + 32, fold),
                                               equal32(far, p.far + at + 32, fold));
        if (_mm256_movemask_epi8(_mm256_or_si256(here, there)) != 0) {
            const uint64_t low = (unsigned)_mm256_movemask_epi8(here);
            const uint64_t high = (unsigned)_mm256_movemask_epi8(there);
            return at + (unsigned)__builtin_ctzll(low | high << 32);
        }
    }
    for (at = at < last ? at : last;; at = last) { /* the last block may overlap */
        places = (unsigned)_mm256_movemask_epi8(_mm256_and_si256(
            equal32(near, p.near + at, fold), equal32(far, p.far + at, fold)));
        if (places != 0) {
            return at + (unsigned)__builtin_ctz(places);
        }
        if (at >= last) {
            return p.count;
        }
    }
}

/* Apart, so that neither waits for what only the other needs. */
AVX2 static PST_NOINLINE size_t next_avx2(const char *text, size_t count,
                                          const char *needle, uint16_t places)
{
    return next_by_32(pair_of(text, count, needle, places), false);
}

AVX2 static PST_NOINLINE size_t next_avx2_folded(const char *text, size_t count,
                                                 const char *needle, uint16_t places)
{
    return next_by_32(pair_of(text, count, needle, places), true);
}

static inline bool have_avx2(void)
{
    return __builtin_cpu_supports("avx2") != 0;
}

size_t pst_pair_next(const char *text, size_t count, const char *needle,
                     uint16_t places, bool fold)
{
    if (count < 32 || !have_avx2()) {
        return next_sse2(text, count, needle, places, fold);
    }
    return fold ? next_avx2_folded(text, count, needle, places)
                : next_avx2(text, count, needle, places);
}

pst_pair_way *pst_pair_way_at(size_t index)
{
    static pst_pair_way *const ways[] = {pst_pair_next, pst_pair_next_plain, next_sse2};

    return index < sizeof ways / sizeof ways[0] ? ways[index] : NULL;
}

#else

size_t pst_pair_next(const char *text, size_t count, const char *needle,
                     uint16_t places, bool fold)
{
    return pst_pair_next_plain(text, count, needle, places, fold);
}

pst_pair_way *pst_pair_way_at(size_t index)
{
    return index == 0 ? pst_pair_next : NULL;
}

#endif

/* --- where one of several texts may start --------------------------------------------- */

size_t pst_halves_next_plain(const pst_halves *halves, postern_str text, size_t at)
{
    for (; at + halves->depth <= text.len; at++) {
        if (pst_halves_at(halves, text.data + at) != 0) {
            return at;
        }
    }
    return text.len;
}

#if HAVE_X86

/* The buckets of 32 bytes at one place. */
AVX2 static PST_INLINE __m256i buckets_of(const pst_halves *halves, uint32_t place,
                                          const char *bytes)
{
    const __m256i half = _mm256_set1_epi8(15);
    const __m256i text = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
    const __m256i low = _mm256_broadcastsi128_si256(
        _mm_loadu_si128((const __m128i *)(const void *)halves->low[place]));
    const __m256i high = _mm256_broadcastsi128_si256(
        _mm_loadu_si128((const __m128i *)(const void *)halves->high[place]));

    return _mm256_and_si256(
        _mm256_shuffle_epi8(low, _mm256_and_si256(text, half)),
        _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(text, 4), half)));
}

/* A bit for each of the 32 places from `bytes` on where something may start. */
AVX2 static PST_INLINE uint32_t starts_in(const pst_halves *halves, uint32_t depth,
                                          const char *bytes)
{
    __m256i left = buckets_of(halves, 0, bytes);

    if (depth > 1) {
        left = _mm256_and_si256(left, buckets_of(halves, 1, bytes + 1));
    }
    if (depth > 2) {
        left = _mm256_and_si256(left, buckets_of(halves, 2, bytes + 2));
    }
    return ~(uint32_t)_mm256_movemask_epi8(
        _mm256_cmpeq_epi8(left, _mm256_setzero_si256()));
}

AVX2 static PST_INLINE size_t next_start(const pst_halves *halves, uint32_t depth,
                                         postern_str text, size_t at)
{
    /* From here on the 32 places would reach behind the end. */
    const size_t last = text.len - (32 + depth - 1);
    uint32_t starts;

    for (; at <= last; at += 32) {
        starts = starts_in(halves, depth, text.data + at);
        if (starts != 0) {
            return at + (uint32_t)__builtin_ctz(starts);
        }
    }
    /* The rest is seen together with places that have been seen already. */
    if (at - last >= 32) {
        return text.len;
    }
    starts = starts_in(halves, depth, text.data + last) & UINT32_MAX << (at - last);
    return starts != 0 ? last + (uint32_t)__builtin_ctz(starts) : text.len;
}

/* The tables stay in registers where the depth is known. */
AVX2 static size_t next_start_avx2(const pst_halves *halves, postern_str text,
                                   size_t at)
{
    return halves->depth == PST_HALVES_DEPTH
               ? next_start(halves, PST_HALVES_DEPTH, text, at)
               : next_start(halves, halves->depth, text, at);
}

size_t pst_halves_next(const pst_halves *halves, postern_str text, size_t at)
{
    return next_start_avx2(halves, text, at);
}

bool pst_halves_are_fast(void)
{
    return have_avx2();
}

#else

size_t pst_halves_next(const pst_halves *halves, postern_str text, size_t at)
{
    return pst_halves_next_plain(halves, text, at);
}

bool pst_halves_are_fast(void)
{
    return false;
}

#endif
