/*
 * match/ip_set.h - sets of IP addresses: sorted, merged, immutable ranges.
 *
 * Knows numbers, not fields. IPv4 ranges are 32-bit and apart from IPv6.
 */
#ifndef PST_MATCH_IP_SET_H
#define PST_MATCH_IP_SET_H

#include "match/ordered.h"
#include "support/arena.h"

/** Inclusive; both ends of one family, first <= last. */
typedef struct pst_ip_range {
    pst_ip first;
    pst_ip last;
} pst_ip_range;

typedef struct pst_ip_set {
    const uint32_t *v4_first; /* v4_count of each, ascending, disjoint, not adjacent */
    const uint32_t *v4_last;
    size_t v4_count;
    pst_grid v4_grid;
    const pst_ip *v6_first; /* v6_count of each, as above */
    const pst_ip *v6_last;
    size_t v6_count;
    pst_highs v6_highs; /* of v6_first */
} pst_ip_set;

/** Builds a set. `ranges` is sorted in place. @return false as pst_arena_alloc() */
bool pst_ip_set_build(pst_arena *arena, pst_ip_range *ranges, size_t count,
                      pst_ip_set *out);

bool pst_ip_set_has(const pst_ip_set *set, pst_ip ip);

/** How many ranges the set has. */
static inline size_t pst_ip_set_count(const pst_ip_set *set)
{
    return set->v4_count + set->v6_count;
}

/** Range `index` of the set, those of IPv4 first. */
pst_ip_range pst_ip_set_at(const pst_ip_set *set, size_t index);

#endif
