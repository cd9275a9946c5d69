/*
 * match/needles.c - a filter of four-byte grams, then needles compared.
 *
 * A needle is filed under one of its grams, read in lower case: one that few others have
 * and that is rarely met. A gram's hash selects a bucket, and in the bucket's word of the
 * filter a bit. Behind a bucket stand its groups: needles of one length, place and
 * folding that have their gram at the same distance from their start, in order of their
 * texts. All of that is one array of words:
 *
 *     group:  length, traits, [how many members, unless there is one,] members
 *     member: tag, text, filled up to whole words
 */
#include "match/needles.h"

#include "match/rarity.h"
#include "support/attribute.h"
#include "support/text.h"

#include <assert.h>
#include <string.h>

enum {
    BLOCK = 8, /* places asked at once */
    BLOCK_BYTES = BLOCK + PST_NEEDLE_MIN - 1,
    BUCKETS_MIN = 16,
    BUCKET_BITS_MAX = 26, /* of the number of a bucket */
    COUNTER_BITS_MAX = 20,
    CROWD = 4 /* grams of fewer needles than that are as good as those of one */
};

/* A group's traits: the distance of the gram in the lower half, and above it */
enum {
    AT_MAX = 0xffff,
    PLACE_SHIFT = 16,
    FOLDED = 1 << 18,
    ALONE = 1 << 19, /* one member */
    LAST = 1 << 20   /* of its bucket */
};

struct pst_needles {
    const uint32_t *filter; /* a word for each bucket */
    const uint32_t *first;  /* of a bucket: where its groups start */
    const uint32_t *groups;
    size_t count;
    unsigned shift; /* a hash shifted by so much is a bucket */
};

/* --- grams --------------------------------------------------------------------------- */

static inline uint32_t hash_of(uint32_t gram)
{
    return gram * UINT32_C(0x9e3779b1);
}

/* Compilers make one load of it. */
static inline uint64_t load(const unsigned char *bytes)
{
    return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 |
           (uint64_t)bytes[3] << 24 | (uint64_t)bytes[4] << 32 |
           (uint64_t)bytes[5] << 40 | (uint64_t)bytes[6] << 48 |
           (uint64_t)bytes[7] << 56;
}

/* Eight bytes in lower case. The sums set the upper bit of bytes from A on, and of those
 * behind Z; no sum reaches the next byte. */
static inline uint64_t lower(uint64_t bytes)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t seven_bits = bytes & (ones * 0x7f);
    const uint64_t from_a = seven_bits + ones * (0x80 - 'A');
    const uint64_t behind_z = seven_bits + ones * (0x7f - 'Z');

    return bytes | ((from_a ^ behind_z) & ~bytes & (ones * 0x80)) >> 2;
}

static uint32_t gram_at(const pst_needle *needle, size_t at)
{
    uint32_t gram = 0;

    for (unsigned i = 0; i < PST_NEEDLE_MIN; i++) {
        const uint32_t byte = pst_lower((unsigned char)needle->text.data[at + i]);
        gram |= byte << (8 * i);
    }
    return gram;
}

/* --- building: which gram ------------------------------------------------------------ */

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

    return grams < AT_MAX + 1 ? grams : AT_MAX + 1;
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
            uint16_t *counter =
                &out->counters[hash_of(gram_at(&needles[i], at)) >> out->shift];
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

/* Files a needle under the gram that the fewest needles have, the rarest of these. */
static filed file_away(const census *counts, const pst_needle *needle)
{
    filed best = {.needle = needle};
    uint64_t best_score = UINT64_MAX;

    for (size_t at = 0; at < grams_of(needle); at++) {
        const uint32_t gram = gram_at(needle, at);
        const uint32_t hash = hash_of(gram);
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

/* --- building: in which order -------------------------------------------------------- */

static bool same_group(const filed *a, const filed *b)
{
    return a->at == b->at && a->needle->text.len == b->needle->text.len &&
           a->needle->place == b->needle->place && a->needle->fold == b->needle->fold;
}

/* By group, then by text. */
static bool before(const filed *a, const filed *b)
{
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

/* Puts the needles in order of their buckets. `ends` receives where each bucket ends.
 * @return NULL when there is no memory */
static filed *by_bucket(pst_arena *scratch, const pst_needle *needles, size_t count,
                        unsigned shift, uint32_t *ends, size_t buckets)
{
    filed *loose = pst_arena_array(scratch, count, sizeof *loose);
    filed *ordered = pst_arena_array(scratch, count, sizeof *ordered);
    census counts;
    uint32_t sum = 0;

    if (loose == NULL || ordered == NULL ||
        !take_census(scratch, needles, count, &counts)) {
        return NULL;
    }
    memset(ends, 0, buckets * sizeof *ends);
    for (size_t i = 0; i < count; i++) {
        loose[i] = file_away(&counts, &needles[i]);
        ends[loose[i].hash >> shift]++;
    }
    for (size_t b = 0; b < buckets; b++) {
        const uint32_t members = ends[b];
        ends[b] = sum;
        sum += members;
    }
    for (size_t i = 0; i < count; i++) {
        ordered[ends[loose[i].hash >> shift]++] = loose[i];
    }
    for (size_t b = 0; b < buckets; b++) {
        const size_t start = b == 0 ? 0 : ends[b - 1];
        sort(ordered + start, ends[b] - start);
    }
    return ordered;
}

/* --- building: the words ------------------------------------------------------------- */

/* Words that a text takes. */
static size_t words_of(size_t length)
{
    return length / sizeof(uint32_t) + (length % sizeof(uint32_t) != 0);
}

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
            words[used + 1] = items[i].at |
                              (uint32_t)items[i].needle->place << PLACE_SHIFT |
                              (items[i].needle->fold ? FOLDED : 0) |
                              (size == 1 ? ALONE : 0) | (i + size == count ? LAST : 0);
            if (size > 1) {
                words[used + 2] = (uint32_t)size;
            }
            for (size_t k = i; k < i + size; k++) {
                words[member] = items[k].needle->tag;
                memcpy(words + member + 1, items[k].needle->text.data, text.len);
                member += 1 + words_of(text.len);
            }
        }
        used += (size > 1 ? 3 : 2) + size * (1 + words_of(text.len));
    }
    return used;
}

/* Writes all buckets. @return false when there is no memory */
static bool write_all(pst_arena *arena, const filed *items, const uint32_t *ends,
                      size_t buckets, pst_needles *out)
{
    uint32_t *filter = pst_arena_array(arena, buckets, sizeof *filter);
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
        filter[b] = 0;
        first[b] = (uint32_t)used;
        for (size_t i = start; i < ends[b]; i++) {
            filter[b] |= UINT32_C(1) << (items[i].hash >> (out->shift - 5) & 31);
        }
        used += write_bucket(items + start, ends[b] - start, words + used);
    }
    out->filter = filter;
    out->first = first;
    out->groups = words;
    return true;
}

/* Whether all lengths and numbers fit into a word. */
static bool fits(const pst_needle *needles, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert(needles[i].text.len >= PST_NEEDLE_MIN);
        if (needles[i].text.len > UINT32_MAX) {
            return false;
        }
    }
    return count <= UINT32_MAX;
}

const pst_needles *pst_needles_build(pst_arena *arena, pst_arena *scratch,
                                     const pst_needle *needles, size_t count)
{
    pst_needles *made = pst_arena_alloc(arena, sizeof *made);
    unsigned bits = 4;
    uint32_t *ends;
    filed *items;

    if (made == NULL) {
        return NULL;
    }
    *made = (pst_needles){.count = count};
    if (count == 0) {
        return made;
    }
    if (!fits(needles, count)) {
        arena->status = POSTERN_LIMIT;
        return NULL;
    }
    while (bits < BUCKET_BITS_MAX && (size_t)1 << bits < count - count / 3) {
        bits++;
    }
    made->shift = 32 - bits;
    ends = pst_arena_array(scratch, (size_t)1 << bits, sizeof *ends);
    if (ends == NULL) {
        return NULL;
    }
    items = by_bucket(scratch, needles, count, made->shift, ends, (size_t)1 << bits);
    if (items == NULL || !write_all(arena, items, ends, (size_t)1 << bits, made)) {
        return NULL;
    }
    return made;
}

/* --- finding ------------------------------------------------------------------------- */

/* <0, 0, >0 as memcmp of `needle` and the bytes of `text`, in lower case if `folded`. */
static int compare(const unsigned char *needle, const unsigned char *text,
                   size_t length, bool folded)
{
    size_t i = 0;

    if (!folded) {
        return memcmp(needle, text, length);
    }
    while (i + 8 <= length && load(needle + i) == lower(load(text + i))) {
        i += 8;
    }
    for (; i < length; i++) {
        const unsigned char byte = pst_lower(text[i]);
        if (needle[i] != byte) {
            return needle[i] < byte ? -1 : 1;
        }
    }
    return 0;
}

static inline const unsigned char *text_of(const uint32_t *member)
{
    return (const unsigned char *)(member + 1);
}

/* Tells of the members that stand at `text`: their order leads to the first of them. */
static void ask_members(const uint32_t *members, size_t count, size_t length,
                        bool folded, const unsigned char *text, pst_needle_found *found,
                        void *user)
{
    const size_t stride = 1 + words_of(length);
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare(text_of(members + middle * stride), text, length, folded) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < count; low++) {
        const uint32_t *member = members + low * stride;
        if (compare(text_of(member), text, length, folded) != 0) {
            return;
        }
        found(user, *member);
    }
}

/* Whether a needle may start `before` bytes before the gram at `at` and fit in. */
static inline bool may_stand(postern_str text, size_t at, size_t before, size_t length,
                             unsigned place)
{
    if (at < before || text.len - (at - before) < length) {
        return false;
    }
    switch ((pst_needle_place)place) {
    case PST_NEEDLE_ANYWHERE:
        break;
    case PST_NEEDLE_START:
        return at == before;
    case PST_NEEDLE_END:
        return text.len - (at - before) == length;
    }
    return true;
}

/* Asks the groups of the bucket of the gram at `at`. */
static void ask_bucket(const pst_needles *needles, postern_str text, size_t at,
                       pst_needle_found *found, void *user)
{
    const unsigned char *bytes = (const unsigned char *)text.data;
    uint32_t gram = 0;
    const uint32_t *group;
    uint32_t traits;

    for (unsigned i = 0; i < PST_NEEDLE_MIN; i++) {
        gram |= (uint32_t)pst_lower(bytes[at + i]) << (8 * i);
    }
    group = needles->groups + needles->first[hash_of(gram) >> needles->shift];
    do {
        const size_t length = group[0];
        const size_t stride = 1 + words_of(length);
        const bool folded = (group[1] & FOLDED) != 0;
        const size_t behind = group[1] & AT_MAX; /* the needle's start */
        const bool fits_in =
            may_stand(text, at, behind, length, group[1] >> PLACE_SHIFT & 3);
        traits = group[1];
        if ((traits & ALONE) != 0) {
            if (fits_in && compare(text_of(group + 2), bytes + (at - behind), length,
                                   folded) == 0) {
                found(user, group[2]);
            }
            group += 2 + stride;
        } else {
            if (fits_in) {
                ask_members(group + 3, group[2], length, folded, bytes + (at - behind),
                            found, user);
            }
            group += 3 + group[2] * stride;
        }
    } while ((traits & LAST) == 0);
}

static inline unsigned may_start(const pst_needles *needles, uint64_t gram)
{
    const uint32_t hash = hash_of((uint32_t)gram);

    return needles->filter[hash >> needles->shift] >>
               (hash >> (needles->shift - 5) & 31) &
           1;
}

/* A bit for each of the BLOCK places from `bytes` on whose gram some needle is filed
 * under. Reads BLOCK_BYTES. */
static inline unsigned ask_filter(const pst_needles *needles,
                                  const unsigned char *bytes)
{
    const uint64_t front = lower(load(bytes));
    const uint64_t back = lower(load(bytes + BLOCK_BYTES - 8));

    return may_start(needles, front) | may_start(needles, front >> 8) << 1 |
           may_start(needles, front >> 16) << 2 | may_start(needles, front >> 24) << 3 |
           may_start(needles, front >> 32) << 4 | may_start(needles, back >> 16) << 5 |
           may_start(needles, back >> 24) << 6 | may_start(needles, back >> 32) << 7;
}

void pst_needles_find(const pst_needles *needles, postern_str text,
                      pst_needle_found *found, void *user)
{
    const unsigned char *bytes = (const unsigned char *)text.data;
    unsigned char little[BLOCK_BYTES] = {0};
    size_t at = 0;

    if (needles->count == 0 || text.len < PST_NEEDLE_MIN) {
        return;
    }
    while (at + PST_NEEDLE_MIN <= text.len) {
        unsigned starts;
        if (text.len - at >= BLOCK_BYTES) {
            starts = ask_filter(needles, bytes + at);
        } else if (text.len >= BLOCK_BYTES) { /* some places are asked again */
            const size_t block = text.len - BLOCK_BYTES;
            starts = ask_filter(needles, bytes + block) >> (at - block);
        } else {
            memcpy(little, text.data, text.len);
            starts = ask_filter(needles, little) &
                     ((1U << (text.len - PST_NEEDLE_MIN + 1)) - 1);
        }
        for (size_t place = at; starts != 0; starts >>= 1, place++) {
            if ((starts & 1) != 0) {
                ask_bucket(needles, text, place, found, user);
            }
        }
        at += BLOCK;
    }
}
