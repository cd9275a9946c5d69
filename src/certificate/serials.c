/*
 * serials.c - fingerprints are spread evenly, so that their high bits say where each
 * belongs: buckets of eight on average.
 */
#include "certificate/serials.h"

#include "support/alloc.h"
#include "support/hash.h"

#include <string.h>

enum { PER_BUCKET = 8 };

static size_t bucket_of(const pst_serials *serials, uint64_t print)
{
    return (size_t)((print >> 32) * serials->buckets >> 32);
}

postern_status pst_serials_new(const postern_allocator *alloc, size_t count,
                               uint64_t seed, pst_serials *out)
{
    pst_serials made = {
        .count = count, .buckets = count / PER_BUCKET + 1, .seed = seed};

    *out = (pst_serials){.count = 0};
    if (count == 0) {
        return POSTERN_OK;
    }
    if (count >= UINT32_MAX) {
        return POSTERN_LIMIT;
    }
    made.prints = pst_alloc_array(alloc, count, sizeof *made.prints);
    made.starts = pst_alloc_array(alloc, made.buckets + 1, sizeof *made.starts);
    if (made.prints == NULL || made.starts == NULL) {
        pst_serials_free(alloc, &made);
        return POSTERN_NO_MEMORY;
    }
    *out = made;
    return POSTERN_OK;
}

void pst_serials_free(const postern_allocator *alloc, pst_serials *serials)
{
    pst_free_array(alloc, serials->prints, serials->count, sizeof *serials->prints);
    pst_free_array(alloc, serials->starts, serials->buckets + 1,
                   sizeof *serials->starts);
    *serials = (pst_serials){.count = 0};
}

void pst_serials_put(pst_serials *serials, size_t i, postern_str serial)
{
    serials->prints[i] = pst_hash(serial, serials->seed);
}

/* --- arranging ---------------------------------------------------------------- */

static void count_buckets(pst_serials *serials)
{
    uint32_t total = 0;

    memset(serials->starts, 0, (serials->buckets + 1) * sizeof *serials->starts);
    for (size_t i = 0; i < serials->count; i++) {
        serials->starts[bucket_of(serials, serials->prints[i]) + 1]++;
    }
    for (size_t b = 0; b <= serials->buckets; b++) {
        total += serials->starts[b];
        serials->starts[b] = total;
    }
}

/* Exchanges fingerprints until each is in its bucket; next[b] is the first place of
 * bucket b that is not known to be right. */
static void spread(pst_serials *serials, uint32_t *next)
{
    uint64_t *prints = serials->prints;

    memcpy(next, serials->starts, serials->buckets * sizeof *next);
    for (size_t b = 0; b < serials->buckets; b++) {
        while (next[b] < serials->starts[b + 1]) {
            const uint64_t print = prints[next[b]];
            const size_t home = bucket_of(serials, print);

            prints[next[b]] = prints[next[home]];
            prints[next[home]++] = print;
        }
    }
}

static void sift_down(uint64_t *prints, size_t root, size_t count)
{
    const uint64_t sinking = prints[root];

    for (;;) {
        size_t child = 2 * root + 1;

        if (child >= count) {
            break;
        }
        if (child + 1 < count && prints[child] < prints[child + 1]) {
            child++;
        }
        if (sinking >= prints[child]) {
            break;
        }
        prints[root] = prints[child];
        root = child;
    }
    prints[root] = sinking;
}

/* Heap sort: a bucket is large only when one number is repeated, and then as well it
 * is never slower than n log n. */
static void sort(uint64_t *prints, size_t count)
{
    for (size_t i = count / 2; i-- > 0;) {
        sift_down(prints, i, count);
    }
    for (size_t end = count; end-- > 1;) {
        const uint64_t largest = prints[0];

        prints[0] = prints[end];
        prints[end] = largest;
        sift_down(prints, 0, end);
    }
}

postern_status pst_serials_arrange(const postern_allocator *alloc, pst_serials *serials)
{
    uint32_t *next;

    if (serials->count == 0) {
        return POSTERN_OK;
    }
    next = pst_alloc_array(alloc, serials->buckets, sizeof *next);
    if (next == NULL) {
        return POSTERN_NO_MEMORY;
    }
    count_buckets(serials);
    spread(serials, next);
    pst_free_array(alloc, next, serials->buckets, sizeof *next);
    for (size_t b = 0; b < serials->buckets; b++) {
        sort(serials->prints + serials->starts[b],
             serials->starts[b + 1] - serials->starts[b]);
    }
    return POSTERN_OK;
}

/* --- asking ------------------------------------------------------------------- */

bool pst_serials_has(const pst_serials *serials, postern_str serial)
{
    uint64_t print;
    size_t from;
    size_t to;

    if (serials->count == 0) {
        return false;
    }
    print = pst_hash(serial, serials->seed);
    from = serials->starts[bucket_of(serials, print)];
    to = serials->starts[bucket_of(serials, print) + 1];
    while (from < to) {
        const size_t middle = from + (to - from) / 2;

        if (serials->prints[middle] == print) {
            return true;
        }
        if (serials->prints[middle] < print) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return false;
}
