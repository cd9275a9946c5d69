/*
 * match/regex_skip.c - looks for where a match may start, 32 places at a time where the
 * processor can (AVX2, asked for when it runs), and byte by byte to compare with.
 */
#include "match/regex_filter.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define HAVE_AVX2 1
#include <immintrin.h>
#else
#define HAVE_AVX2 0
#endif

size_t pst_regex_filter_next_plain(const pst_regex_filter *filter, postern_str text,
                                   size_t at)
{
    for (; at + filter->depth <= text.len; at++) {
        unsigned buckets = 0xff;
        for (uint32_t place = 0; place < filter->depth; place++) {
            const unsigned byte = (unsigned char)text.data[at + place];
            buckets &= filter->low[place][byte % 16] & filter->high[place][byte / 16];
        }
        if (buckets != 0) {
            return at;
        }
    }
    return text.len;
}

#if HAVE_AVX2

/* The buckets of 32 bytes at one place of the filter. */
__attribute__((target("avx2"))) static inline __m256i buckets_of(
    const pst_regex_filter *filter, uint32_t place, const char *bytes)
{
    const __m256i half = _mm256_set1_epi8(15);
    const __m256i text = _mm256_loadu_si256((const __m256i *)(const void *)bytes);
    const __m256i low = _mm256_broadcastsi128_si256(
        _mm_loadu_si128((const __m128i *)(const void *)filter->low[place]));
    const __m256i high = _mm256_broadcastsi128_si256(
        _mm_loadu_si128((const __m128i *)(const void *)filter->high[place]));

    return _mm256_and_si256(
        _mm256_shuffle_epi8(low, _mm256_and_si256(text, half)),
        _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(text, 4), half)));
}

/* A bit for each of the 32 places from `bytes` on where a match may start. */
__attribute__((target("avx2"))) static inline uint32_t starts_in(
    const pst_regex_filter *filter, const char *bytes)
{
    __m256i left = buckets_of(filter, 0, bytes);

    if (filter->depth > 1) {
        left = _mm256_and_si256(left, buckets_of(filter, 1, bytes + 1));
    }
    if (filter->depth > 2) {
        left = _mm256_and_si256(left, buckets_of(filter, 2, bytes + 2));
    }
    return ~(uint32_t)_mm256_movemask_epi8(
        _mm256_cmpeq_epi8(left, _mm256_setzero_si256()));
}

__attribute__((target("avx2"))) static size_t next_avx2(const pst_regex_filter *filter,
                                                        postern_str text, size_t at)
{
    /* From here on the 32 places would reach behind the end. */
    const size_t last = text.len - (32 + filter->depth - 1);
    uint32_t starts;

    for (; at <= last; at += 32) {
        starts = starts_in(filter, text.data + at);
        if (starts != 0) {
            return at + (uint32_t)__builtin_ctz(starts);
        }
    }
    /* The rest is seen together with places that have been seen already. */
    if (at - last >= 32) {
        return text.len;
    }
    starts = starts_in(filter, text.data + last) & UINT32_MAX << (at - last);
    return starts != 0 ? last + (uint32_t)__builtin_ctz(starts) : text.len;
}

size_t pst_regex_filter_next(const pst_regex_filter *filter, postern_str text,
                             size_t at)
{
    return next_avx2(filter, text, at);
}

bool pst_regex_filter_is_fast(void)
{
    return __builtin_cpu_supports("avx2") != 0;
}

#else

size_t pst_regex_filter_next(const pst_regex_filter *filter, postern_str text,
                             size_t at)
{
    return pst_regex_filter_next_plain(filter, text, at);
}

bool pst_regex_filter_is_fast(void)
{
    return false;
}

#endif
