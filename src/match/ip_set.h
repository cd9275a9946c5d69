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

/** Ways into long arrays of ranges. */
typedef struct pst_ip_ways {
    pst_grid v4;
    pst_highs v6;
} pst_ip_ways;

/** First come v4_count or v6_count starts of ranges, ascending, disjoint and not
 *  adjacent, then as many ends; of none too there is an address, which may be added 0
 *  to. Small on purpose: many rules have a set of their own. */
typedef struct pst_ip_set {
    const uint32_t *v4;
    const pst_ip *v6;
    uint32_t v4_count;
    uint32_t v6_count;
    const pst_ip_ways *ways; /* NULL: each range may be looked at */
} pst_ip_set;

/** Builds a set. `ranges` is sorted in place. @return false as pst_arena_alloc() */
bool pst_ip_set_build(pst_arena *arena, pst_ip_range *ranges, size_t count,
                      pst_ip_set *out);

bool pst_ip_set_has(const pst_ip_set *set, pst_ip ip);

/** The same of an IPv4 address in a set of at most PST_FEW ranges of such. Looks at
 *  each, so that no branch depends on the address: inside of one are those that have
 *  one more start than ends before them. */
static inline bool pst_ip_set_few_has(const pst_ip_set *set, uint32_t ip)
{
    const uint32_t *const end = set->v4 + set->v4_count;
    const size_t count = set->v4_count;
    uint32_t inside = 0;

    for (const uint32_t *first = set->v4; first != end; first++) {
        inside += *first <= ip;
        inside -= first[count] < ip;
    }
    return inside != 0;
}

/** How many ranges the set has. */
static inline size_t pst_ip_set_count(const pst_ip_set *set)
{
    return (size_t)set->v4_count + set->v6_count;
}

/** Range `index` of the set, those of IPv4 first. */
pst_ip_range pst_ip_set_at(const pst_ip_set *set, size_t index);

#endif
