#include "match/int_set.h"

static bool build_grid(pst_arena *arena, pst_int_set *set)
{
    const size_t count = set->count;
    pst_grid_builder builder;

    if (count == 0) {
        return true;
    }
    if (!pst_grid_begin(arena, pst_int_ordered(set->ranges[0].first),
                        pst_int_ordered(set->ranges[count - 1].first), count,
                        &set->grid, &builder)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        pst_grid_add(&set->grid, &builder, i, pst_int_ordered(set->ranges[i].first));
    }
    pst_grid_end(&builder, count);
    return true;
}

bool pst_int_set_build(pst_arena *arena, pst_int_range *ranges, size_t count,
                       pst_int_set *out)
{
    pst_int_range *merged = pst_arena_array(arena, count, sizeof *merged);
    size_t kept = 0;

    if (merged == NULL) {
        return false;
    }
    /* A range is two words, and the signed type of a word may be read as the other. */
    pst_sort_words((uint64_t *)ranges, count, 2, UINT64_C(1) << 63);
    for (size_t i = 0; i < count; i++) {
        pst_int_range *last = kept > 0 ? &merged[kept - 1] : NULL;
        if (last != NULL &&
            (last->last == INT64_MAX || ranges[i].first <= last->last + 1)) {
            last->last = ranges[i].last > last->last ? ranges[i].last : last->last;
        } else {
            merged[kept++] = ranges[i];
        }
    }
    *out = (pst_int_set){.ranges = merged, .count = kept};
    return build_grid(arena, out);
}

/* How many ranges start at or before `value`: at least `first`, at most `last`. */
static size_t starting(const pst_int_range *ranges, size_t first, size_t last,
                       int64_t value)
{
    const pst_int_range *base = ranges + first;
    size_t left = last - first;

    if (left == 0) {
        return first;
    }
    while (left > 1) {
        const size_t half = left / 2;
        base = base[half - 1].first <= value ? base + half : base;
        left -= half;
    }
    return (size_t)(base - ranges) + (base->first <= value);
}

bool pst_int_set_has(const pst_int_set *set, int64_t value)
{
    size_t first = 0;
    size_t last = set->count;

    if (last <= PST_FEW) {
        return pst_int_set_few_has(set, value);
    }
    if (set->grid.at == NULL ||
        pst_grid_part(&set->grid, last, pst_int_ordered(value), &first, &last)) {
        first = starting(set->ranges, first, last, value);
    }
    return first > 0 && value <= set->ranges[first - 1].last;
}
