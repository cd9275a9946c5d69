/*
 * match/few.c - files needles under three of their bytes, and compares them where these
 * are met. A text that has them too often is searched for one needle after the other,
 * which takes linear time whatever the bytes are.
 */
#include "match/few.h"

#include "match/halves.h"
#include "match/rarity.h"
#include "match/search.h"
#include "support/text.h"

enum { WINDOW = PST_HALVES_DEPTH, BUCKETS = PST_HALVES_BUCKETS };

/* Windows start in the first bytes of a needle. */
enum { DISTANCES = 256 };

typedef struct filed {
    postern_str text;
    uint16_t places;   /* pst_search_places() */
    uint16_t distance; /* of the window from the start */
} filed;

struct pst_few {
    pst_halves starts;
    uint8_t first[BUCKETS + 1]; /* of a bucket: where its needles start */
    const filed *needles;
    size_t count;
};

/* --- building ------------------------------------------------------------------------- */

/* The halves of the bytes that a bucket lets through at each place. */
typedef struct bucket {
    uint16_t low[WINDOW];
    uint16_t high[WINDOW];
} bucket;

/* Where the window starts that is rarest in texts. */
static size_t window_of(postern_str needle)
{
    uint64_t least = UINT64_MAX;
    size_t best = 0;

    for (size_t at = 0; at + WINDOW <= needle.len && at < DISTANCES; at++) {
        uint64_t often = 1;
        for (size_t i = 0; i < WINDOW; i++) {
            often *= pst_rarity((unsigned char)needle.data[at + i]) + 1U;
        }
        if (often < least) {
            least = often;
            best = at;
        }
    }
    return best;
}

static bucket with_window(bucket b, const char *window)
{
    for (size_t i = 0; i < WINDOW; i++) {
        const unsigned byte = (unsigned char)window[i];
        b.low[i] = (uint16_t)(b.low[i] | 1U << byte % 16);
        b.high[i] = (uint16_t)(b.high[i] | 1U << byte / 16);
    }
    return b;
}

static uint32_t bits_of(uint16_t halves)
{
    uint32_t count = 0;

    for (; halves != 0; halves = (uint16_t)(halves & (halves - 1U))) {
        count++;
    }
    return count;
}

/* How many windows a bucket lets through: 0 if it is empty, at most 256 each place. */
static uint32_t windows_through(const bucket *b)
{
    uint32_t count = 1;

    for (size_t i = 0; i < WINDOW; i++) {
        count *= bits_of(b->low[i]) * bits_of(b->high[i]);
    }
    return count;
}

/* Adds the window to the bucket that grows least by it. */
static size_t put_in(bucket *buckets, const char *window)
{
    uint32_t least = UINT32_MAX;
    size_t best = 0;

    for (size_t i = 0; i < BUCKETS; i++) {
        const bucket with = with_window(buckets[i], window);
        const uint32_t grown = windows_through(&with) - windows_through(&buckets[i]);
        if (grown < least) {
            least = grown;
            best = i;
        }
    }
    buckets[best] = with_window(buckets[best], window);
    return best;
}

static void write_halves(pst_halves *out, const bucket *buckets)
{
    *out = (pst_halves){.depth = WINDOW};
    for (size_t i = 0; i < WINDOW; i++) {
        for (unsigned half = 0; half < 16; half++) {
            for (size_t at = 0; at < BUCKETS; at++) {
                const unsigned low = buckets[at].low[i] >> half & 1U;
                const unsigned high = buckets[at].high[i] >> half & 1U;
                out->low[i][half] = (uint8_t)(out->low[i][half] | low << at);
                out->high[i][half] = (uint8_t)(out->high[i][half] | high << at);
            }
        }
    }
}

const pst_few *pst_few_build(pst_arena *arena, const postern_str *texts, size_t count)
{
    pst_few *few = pst_arena_alloc(arena, sizeof *few);
    filed *needles = pst_arena_array(arena, count, sizeof *needles);
    bucket buckets[BUCKETS] = {
        {{0}, {0}}
    };
    size_t bucket_of[PST_FEW_MOST];
    size_t written = 0;

    if (few == NULL || needles == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        bucket_of[i] = put_in(buckets, texts[i].data + window_of(texts[i]));
    }
    write_halves(&few->starts, buckets);
    for (size_t at = 0; at < BUCKETS; at++) {
        few->first[at] = (uint8_t)written;
        for (size_t i = 0; i < count; i++) {
            if (bucket_of[i] == at) {
                needles[written++] =
                    (filed){texts[i], pst_search_places(texts[i], false),
                            (uint16_t)window_of(texts[i])};
            }
        }
    }
    few->first[BUCKETS] = (uint8_t)written;
    few->needles = needles;
    few->count = count;
    return few;
}

/* --- searching ------------------------------------------------------------------------ */

static PST_NOINLINE bool one_by_one(const pst_few *few, postern_str text)
{
    for (size_t i = 0; i < few->count; i++) {
        const filed *needle = &few->needles[i];
        if (pst_search_by(text, needle->text, needle->places, false) != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

static inline bool stands(const filed *needle, postern_str text, size_t window)
{
    const size_t len = needle->text.len;

    /* A start before the text is a very large number. */
    return text.len >= len && window - needle->distance <= text.len - len &&
           pst_same_bytes(text.data + window - needle->distance, needle->text.data, len,
                          false);
}

/* Compares the needles that may have their window at `at`, in the order of buckets.
 * *price grows by what that costs at most, in bytes. */
static bool stands_one(const pst_few *few, postern_str text, size_t at,
                       unsigned buckets, size_t *price)
{
    for (size_t b = 0; b < BUCKETS; b++) {
        for (size_t i = few->first[b];
             (buckets >> b & 1U) != 0 && i < few->first[b + 1]; i++) {
            if (stands(&few->needles[i], text, at)) {
                return true;
            }
            *price += few->needles[i].text.len;
        }
    }
    return false;
}

/* Looks for windows in `bytes`, which begins with the text and may be longer. A start
 * costs as much as some bytes, and what it cost must be paid for with text that was
 * passed; but for as much as all the searches would take to begin. */
static PST_INLINE bool pass(const pst_few *few, postern_str bytes, postern_str text)
{
    const size_t last = text.len - WINDOW;
    const size_t allowed = 64 * few->count;
    size_t price = 0;
    size_t at = pst_halves_next(&few->starts, bytes, 0);

    while (at <= last) {
        price += 32;
        if (stands_one(few, text, at, pst_halves_at(&few->starts, text.data + at),
                       &price)) {
            return true;
        }
        if (price > allowed + at) {
            return one_by_one(
                few,
                pst_str_slice(text, at < DISTANCES ? 0 : at - DISTANCES, text.len));
        }
        at = pst_halves_next(&few->starts, bytes, at + 1);
    }
    return false;
}

/* Short texts are looked at with zeros behind them. */
static PST_NOINLINE bool pass_short(const pst_few *few, postern_str text)
{
    char bytes[PST_HALVES_TEXT];

    memset(bytes, 0, sizeof bytes);
    memcpy(bytes, text.data, text.len);
    return pass(few, (postern_str){bytes, sizeof bytes}, text);
}

bool pst_few_any(const pst_few *few, postern_str text)
{
    if (text.len < WINDOW) {
        return false;
    }
    if (!pst_halves_are_fast()) {
        return one_by_one(few, text);
    }
    return text.len < PST_HALVES_TEXT ? pass_short(few, text) : pass(few, text, text);
}
