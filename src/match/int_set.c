#include "match/int_set.h"

#include <stdlib.h>

static int by_first(const void *a, const void *b)
{
    const int64_t left = ((const pst_int_range *)a)->first;
    const int64_t right = ((const pst_int_range *)b)->first;

    return (left > right) - (left < right);
}

bool pst_int_set_build(pst_arena *arena, pst_int_range *ranges, size_t count,
                       pst_int_set *out)
{
    pst_int_range *merged = pst_arena_array(arena, count, sizeof *merged);
    size_t kept = 0;

    if (merged == NULL) {
        return false;
    }
    if (count > 1) {
        qsort(ranges, count, sizeof *ranges, by_first);
    }
    for (size_t i = 0; i < count; i++) {
        pst_int_range *last = kept > 0 ? &merged[kept - 1] : NULL;
        if (last != NULL &&
            (last->last == INT64_MAX || ranges[i].first <= last->last + 1)) {
            last->last = ranges[i].last > last->last ? ranges[i].last : last->last;
        } else {
            merged[kept++] = ranges[i];
        }
    }
    *out = (pst_int_set){merged, kept};
    return true;
}

bool pst_int_set_has(const pst_int_set *set, int64_t value)
{
    const pst_int_range *base = set->ranges;
    size_t left = set->count;

    if (left == 0) {
        return false;
    }
    while (left > 1) {
        const size_t half = left / 2;
        base += base[half].first <= value ? half : 0;
        left -= half;
    }
    return base->first <= value && value <= base->last;
}
