/*
 * match/needles_build.c - chooses the grams that needles are filed under, and writes the
 * words.
 */
#include "match/needles_layout.h"

#include "match/rarity.h"

#include <assert.h>
#include <string.h>

enum {
    TWICE_MAX = 4096, /* needles that are filed twice */
    WORDS_MIN = 32,   /* of the filter */
    WORDS_MAX = 1 << 26,
    COUNTER_BITS_MAX = 20,
    CROWD = 4 /* grams of fewer needles than that are as good as those of one */
};

/* --- which gram ------------------------------------------------------------------- */

/* A needle in its bucket. */
typedef struct filed {
    const pst_needle *needle;
    uint32_t hash;
    uint16_t at; /* its gram */
} filed;

/* How many needles have a gram. Grams may share a counter: it is a guess that decides
 * what a search costs, never what it finds. */
typedef struct census {
    uint16_t *counters;
    unsigned shift;
} census;

/* The places of grams that are looked at. */
static size_t grams_of(const pst_needle *needle)
{
    const size_t grams = needle->text.len - PST_NEEDLE_MIN + 1;

    return grams < PST_NEEDLES_AT + 1 ? grams : PST_NEEDLES_AT + 1;
}

static bool take_census(pst_arena *scratch, const pst_needle *needles, size_t count,
                        census *out)
{
    size_t grams = 0;
    unsigned bits = 8;

    for (size_t i = 0; i < count; i++) {
        grams += grams_of(&needles[i]);
    }
    while (bits < COUNTER_BITS_MAX && (size_t)1 << bits < grams * 2) {
        bits++;
    }
    out->shift = 32 - bits;
    out->counters = pst_arena_array(scratch, (size_t)1 << bits, sizeof *out->counters);
    if (out->counters == NULL) {
        return false;
    }
    memset(out->counters, 0, ((size_t)1 << bits) * sizeof *out->counters);
    for (size_t i = 0; i < count; i++) {
        for (size_t at = 0; at < grams_of(&needles[i]); at++) {
            uint16_t *counter = &out->counters[pst_needles_hash(pst_needles_gram(
                                                   needles[i].text.data + at)) >>
                                               out->shift];
            *counter = (uint16_t)(*counter + (*counter < UINT16_MAX));
        }
    }
    return true;
}

/* How often a gram is met, if its bytes did not know each other. */
static uint32_t commonness(uint32_t gram)
{
    uint32_t product = 1;

    for (unsigned i = 0; i < PST_NEEDLE_MIN; i++) {
        product *= 1 + pst_rarity((unsigned char)(gram >> (8 * i)));
    }
    return product;
}

/* Files a needle under the gram that the fewest needles have, the rarest of these, of
 * those that are `first` bytes or a number of strides more from its start. */
static filed file_away(const census *counts, const pst_needle *needle, size_t first,
                       size_t stride)
{
    filed best = {.needle = needle};
    uint64_t best_score = UINT64_MAX;

    for (size_t at = first; at < grams_of(needle); at += stride) {
        const uint32_t gram = pst_needles_gram(needle->text.data + at);
        const uint32_t hash = pst_needles_hash(gram);
        const uint64_t crowd = counts->counters[hash >> counts->shift] / CROWD;
        const uint64_t score = crowd << 32 | commonness(gram);
        if (score < best_score) {
            best_score = score;
            best.hash = hash;
            best.at = (uint16_t)at;
        }
    }
    return best;
}

/* --- in which order --------------------------------------------------------------- */

static bool same_group(const filed *a, const filed *b)
{
    return pst_needles_print(a->hash) == pst_needles_print(b->hash) && a->at == b->at &&
           a->needle->text.len == b->needle->text.len &&
           a->needle->place == b->needle->place && a->needle->fold == b->needle->fold;
}

/* By group, then by text. */
static bool before(const filed *a, const filed *b)
{
    if (pst_needles_print(a->hash) != pst_needles_print(b->hash)) {
        return pst_needles_print(a->hash) < pst_needles_print(b->hash);
    }
    if (a->at != b->at) {
        return a->at < b->at;
    }
    if (a->needle->text.len != b->needle->text.len) {
        return a->needle->text.len < b->needle->text.len;
    }
    if (a->needle->place != b->needle->place) {
        return a->needle->place < b->needle->place;
    }
    if (a->needle->fold != b->needle->fold) {
        return b->needle->fold;
    }
    return memcmp(a->needle->text.data, b->needle->text.data, a->needle->text.len) < 0;
}

/* Lets the item at `root` sink to its place in a heap with the last one on top. */
static void sink(filed *items, size_t root, size_t count)
{
    const filed item = items[root];

    for (size_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
        child += child + 1 < count && before(&items[child], &items[child + 1]);
        if (!before(&item, &items[child])) {
            break;
        }
        items[root] = items[child];
        root = child;
    }
    items[root] = item;
}

/* Heap sort: no memory, no bad case. */
static void sort(filed *items, size_t count)
{
    for (size_t i = count / 2; i > 0; i--) {
        sink(items, i - 1, count);
    }
    for (size_t left = count; left > 1; left--) {
        const filed top = items[0];
        items[0] = items[left - 1];
        items[left - 1] = top;
        sink(items, 0, left - 1);
    }
}

/* Puts what is filed in order of the buckets. `ends` receives where each bucket ends.
 * @return NULL when there is no memory */
static filed *by_bucket(pst_arena *scratch, const filed *loose, size_t count,
                        uint32_t mask, uint32_t *ends)
{
    filed *ordered = pst_arena_array(scratch, count, sizeof *ordered);
    const size_t buckets = pst_needles_bucket(mask, mask) + 1;
    uint32_t sum = 0;

    if (ordered == NULL) {
        return NULL;
    }
    memset(ends, 0, buckets * sizeof *ends);
    for (size_t i = 0; i < count; i++) {
        ends[pst_needles_bucket(loose[i].hash, mask)]++;
    }
    for (size_t b = 0; b < buckets; b++) {
        const uint32_t members = ends[b];
        ends[b] = sum;
        sum += members;
    }
    for (size_t i = 0; i < count; i++) {
        ordered[ends[pst_needles_bucket(loose[i].hash, mask)]++] = loose[i];
    }
    for (size_t b = 0; b < buckets; b++) {
        const size_t start = b == 0 ? 0 : ends[b - 1];
        sort(ordered + start, ends[b] - start);
    }
    return ordered;
}

/* Files all needles. @return NULL when there is no memory */
static filed *file_all(pst_arena *scratch, const pst_needle *needles, size_t count,
                       size_t stride)
{
    filed *loose = pst_arena_array(scratch, count * stride, sizeof *loose);
    census counts;

    if (loose == NULL || !take_census(scratch, needles, count, &counts)) {
        return NULL;
    }
    for (size_t i = 0; i < count * stride; i++) {
        loose[i] = file_away(&counts, &needles[i / stride], i % stride, stride);
    }
    return loose;
}

/* --- the words -------------------------------------------------------------------- */

/* How many of `items` are in the group of the first. */
static size_t group_size(const filed *items, size_t count)
{
    size_t size = 1;

    while (size < count && same_group(items, &items[size])) {
        size++;
    }
    return size;
}

/* Writes the groups of a bucket to `words`, or counts only if that is NULL. @return how
 * many words they are */
static size_t write_bucket(const filed *items, size_t count, uint32_t *words)
{
    size_t used = 0;

    for (size_t i = 0, size; i < count; i += size) {
        const postern_str text = items[i].needle->text;
        size_t member = used + 2;
        size = group_size(items + i, count - i);
        member += size > 1;
        if (words != NULL) {
            words[used] = (uint32_t)text.len;
            words[used + 1] =
                items[i].at |
                (uint32_t)items[i].needle->place << PST_NEEDLES_PLACE_SHIFT |
                (items[i].needle->fold ? PST_NEEDLES_FOLDED : 0) |
                (size == 1 ? PST_NEEDLES_ALONE : 0) |
                (i + size == count ? PST_NEEDLES_LAST : 0) |
                pst_needles_print(items[i].hash) << PST_NEEDLES_PRINT_SHIFT;
            if (size > 1) {
                words[used + 2] = (uint32_t)size;
            }
            for (size_t k = i; k < i + size; k++) {
                words[member] = items[k].needle->tag;
                memcpy(words + member + 1, items[k].needle->text.data, text.len);
                member += 1 + pst_needles_words(text.len);
            }
        }
        used += (size > 1 ? 3 : 2) + size * (1 + pst_needles_words(text.len));
    }
    return used;
}

/* Writes all buckets. @return false when there is no memory */
static bool write_all(pst_arena *arena, const filed *items, const uint32_t *ends,
                      pst_needles *out)
{
    const size_t buckets = pst_needles_bucket(out->mask, out->mask) + 1;
    uint32_t *filter = pst_arena_array(arena, buckets * 2, sizeof *filter);
    uint32_t *first = pst_arena_array(arena, buckets, sizeof *first);
    uint32_t *words;
    size_t used = 0;

    for (size_t b = 0, start = 0; b < buckets; start = ends[b], b++) {
        used += write_bucket(items + start, ends[b] - start, NULL);
    }
    if (used > UINT32_MAX) {
        arena->status = POSTERN_LIMIT;
        return false;
    }
    words = pst_arena_array(arena, used, sizeof *words);
    if (filter == NULL || first == NULL || words == NULL) {
        return false;
    }
    used = 0;
    for (size_t b = 0, start = 0; b < buckets; start = ends[b], b++) {
        filter[2 * b] = 0;
        filter[2 * b + 1] = 0;
        first[b] = (uint32_t)used;
        for (size_t i = start; i < ends[b]; i++) {
            filter[items[i].hash & out->mask] |= UINT32_C(1)
                                                 << pst_needles_bit(items[i].hash);
        }
        used += write_bucket(items + start, ends[b] - start, words + used);
    }
    out->filter = filter;
    out->first = first;
    out->groups = words;
    return true;
}

/* Whether all lengths and numbers fit into a word; *least is the shortest. */
static bool fits(const pst_needle *needles, size_t count, size_t *least)
{
    *least = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        const size_t length = needles[i].text.len;
        assert(length >= PST_NEEDLE_MIN);
        *least = length < *least ? length : *least;
        if (length > UINT32_MAX) {
            return false;
        }
    }
    return count <= UINT32_MAX;
}

const pst_needles *pst_needles_build(pst_arena *arena, pst_arena *scratch,
                                     const pst_needle *needles, size_t count)
{
    pst_needles *made = pst_arena_alloc(arena, sizeof *made);
    size_t words = WORDS_MIN;
    size_t least;
    uint32_t *ends;
    filed *items;

    if (made == NULL) {
        return NULL;
    }
    *made = (pst_needles){.count = count};
    if (count == 0) {
        return made;
    }
    if (!fits(needles, count, &least)) {
        arena->status = POSTERN_LIMIT;
        return NULL;
    }
    made->stride = count <= TWICE_MAX && least > PST_NEEDLE_MIN ? 2 : 1;
    while (words < WORDS_MAX && words < count * made->stride) {
        words *= 2;
    }
    made->mask = (uint32_t)(words - 1);
    ends = pst_arena_array(scratch, words / 2, sizeof *ends);
    items = file_all(scratch, needles, count, made->stride);
    if (ends == NULL || items == NULL) {
        return NULL;
    }
    items = by_bucket(scratch, items, count * made->stride, made->mask, ends);
    return items != NULL && write_all(arena, items, ends, made) ? made : NULL;
}
