/*
 * match/range_map.h - which of many tagged ranges of numbers hold a number? Immutable.
 *
 * Overlapping ranges are cut into pieces that share one list of tags each, so that a
 * look-up is one search whatever the ranges are. Numbers are 128 bits wide: IP addresses
 * as they are, integers through pst_range_int().
 */
#ifndef PST_MATCH_RANGE_MAP_H
#define PST_MATCH_RANGE_MAP_H

#include "match/ip_set.h"

typedef struct pst_tagged_range {
    pst_ip_range range;
    uint32_t tag;
} pst_tagged_range;

typedef struct pst_tags {
    const uint32_t *items; /* ascending, each once */
    size_t count;
} pst_tags;

typedef struct pst_range_map pst_range_map;

/** An integer as a number whose order is that of integers. */
static inline pst_ip pst_range_int(int64_t value)
{
    return (pst_ip){0, (uint64_t)value ^ UINT64_C(1) << 63};
}

/**
 * @param ranges   put in another order; ranges of one tag may overlap
 * @param tags_max the most tags that all pieces may list together
 * @param out      receives NULL when they would be more
 * @return false as pst_arena_alloc()
 */
bool pst_range_map_build(pst_arena *arena, pst_arena *scratch, pst_tagged_range *ranges,
                         size_t count, size_t tags_max, const pst_range_map **out);

/** The tags of all ranges that hold `number`. */
pst_tags pst_range_map_find(const pst_range_map *map, pst_ip number);

#endif
