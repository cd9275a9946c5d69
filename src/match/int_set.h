/*
 * match/int_set.h - sets of integers: sorted, merged, immutable ranges.
 */
#ifndef PST_MATCH_INT_SET_H
#define PST_MATCH_INT_SET_H

#include "support/arena.h"

/** Inclusive, first <= last. */
typedef struct pst_int_range {
    int64_t first;
    int64_t last;
} pst_int_range;

typedef struct pst_int_set {
    const pst_int_range *ranges; /* ascending, disjoint, not adjacent */
    size_t count;
} pst_int_set;

/** Builds a set. `ranges` is sorted in place. @return false as pst_arena_alloc() */
bool pst_int_set_build(pst_arena *arena, pst_int_range *ranges, size_t count,
                       pst_int_set *out);

bool pst_int_set_has(const pst_int_set *set, int64_t value);

#endif
