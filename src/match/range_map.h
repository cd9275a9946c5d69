/*
 * match/range_map.h - which of many tagged ranges of numbers hold a number? Immutable.
 *
 * Overlapping ranges are cut into pieces that share one list of tags each, so that a
 * look-up is one search whatever the ranges are. Numbers are 128 bits wide: IP addresses
 * as they are, integers through pst_range_int(). As in pst_ip_set a range around the
 * IPv4 block holds no IPv4 address.
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

/** An integer as a number whose order is that of integers; never like an IPv4 address. */
static inline pst_ip pst_range_int(int64_t value)
{
    return (pst_ip){1, (uint64_t)value ^ UINT64_C(1) << 63};
}

/**
 * Cost: that of sorting, and of `tags_max` at most.
 *
 * @param ranges   may overlap, also those of one tag
 * @param tags_max the most tags that all pieces may list together
 * @param out      receives NULL when they would be more
 * @return false as pst_arena_alloc()
 */
bool pst_range_map_build(pst_arena *arena, pst_arena *scratch,
                         const pst_tagged_range *ranges, size_t count, size_t tags_max,
                         const pst_range_map **out);

/** The tags of all ranges that hold `number`. */
pst_tags pst_range_map_find(const pst_range_map *map, pst_ip number);

#endif
