/*
 * match/int_set.h - sets of integers: sorted, merged, immutable ranges.
 */
#ifndef PST_MATCH_INT_SET_H
#define PST_MATCH_INT_SET_H

#include "match/ordered.h"

/** Inclusive, first <= last. */
typedef struct pst_int_range {
    int64_t first;
    int64_t last;
} pst_int_range;

typedef struct pst_int_set {
    const pst_int_range *ranges; /* ascending, disjoint, not adjacent */
    size_t count;
    pst_grid grid; /* of pst_int_ordered(first) */
} pst_int_set;

/** A number whose order among unsigned ones is that of `value`. */
static inline uint64_t pst_int_ordered(int64_t value)
{
    return (uint64_t)value ^ UINT64_C(1) << 63;
}

/** Builds a set. `ranges` is sorted in place. @return false as pst_arena_alloc() */
bool pst_int_set_build(pst_arena *arena, pst_int_range *ranges, size_t count,
                       pst_int_set *out);

bool pst_int_set_has(const pst_int_set *set, int64_t value);

/** The same of a set of at most PST_FEW ranges. Looks at each, so that no branch
 *  depends on the value: inside of one are those that have one more start than ends
 *  before them. */
static inline bool pst_int_set_few_has(const pst_int_set *set, int64_t value)
{
    const pst_int_range *const end = set->ranges + set->count;
    uint32_t inside = 0;

    for (const pst_int_range *range = set->ranges; range != end; range++) {
        inside += range->first <= value;
        inside -= range->last < value;
    }
    return inside != 0;
}

#endif
