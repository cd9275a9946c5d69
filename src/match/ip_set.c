#include "match/ip_set.h"

/* IPv4 before IPv6, which may lie around it; each in order. Returns how many are IPv4. */
static size_t sort(pst_ip_range *ranges, size_t count)
{
    size_t v4 = 0;

    for (size_t i = 0; i < count; i++) {
        if (pst_ip_is_v4(ranges[i].first)) {
            const pst_ip_range kept = ranges[v4];
            ranges[v4++] = ranges[i];
            ranges[i] = kept;
        }
    }
    pst_sort_words((uint64_t *)ranges, v4, 4, 0); /* a range is four words */
    pst_sort_words((uint64_t *)(ranges + v4), count - v4, 4, 0);
    return v4;
}

static pst_ip next(pst_ip ip)
{
    ip.low++;
    ip.high += ip.low == 0;
    return ip;
}

/* True when `b`, which starts no earlier, overlaps `a` or follows it at once. */
static bool joins(const pst_ip_range *a, const pst_ip_range *b)
{
    const bool last = a->last.low == UINT64_MAX && a->last.high == UINT64_MAX;

    return last || pst_ip_order(b->first, next(a->last)) <= 0;
}

/* Merges sorted ranges of one family in place; returns how many are left. */
static size_t merge(pst_ip_range *ranges, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && joins(&ranges[kept - 1], &ranges[i])) {
            if (pst_ip_order(ranges[i].last, ranges[kept - 1].last) > 0) {
                ranges[kept - 1].last = ranges[i].last;
            }
        } else {
            ranges[kept++] = ranges[i];
        }
    }
    return kept;
}

/* The starts of `count` ranges, then their ends. */
static bool copy_v4(pst_arena *arena, const pst_ip_range *ranges, size_t count,
                    const uint32_t **out)
{
    static const uint32_t none;
    uint32_t *ends;

    if (count == 0) {
        *out = &none;
        return true;
    }
    ends = pst_arena_array(arena, count * 2, sizeof *ends);
    for (size_t i = 0; i < count && ends != NULL; i++) {
        ends[i] = (uint32_t)ranges[i].first.low;
        ends[count + i] = (uint32_t)ranges[i].last.low;
    }
    *out = ends;
    return ends != NULL;
}

static bool copy_v6(pst_arena *arena, const pst_ip_range *ranges, size_t count,
                    const pst_ip **out)
{
    static const pst_ip none;
    pst_ip *ends;

    if (count == 0) {
        *out = &none;
        return true;
    }
    ends = pst_arena_array(arena, count * 2, sizeof *ends);
    for (size_t i = 0; i < count && ends != NULL; i++) {
        ends[i] = ranges[i].first;
        ends[count + i] = ranges[i].last;
    }
    *out = ends;
    return ends != NULL;
}

static bool find_ways(pst_arena *arena, pst_ip_set *set)
{
    pst_ip_ways *ways;

    if (set->v4_count <= PST_FEW && set->v6_count <= PST_FEW) {
        return true;
    }
    ways = pst_arena_alloc(arena, sizeof *ways);
    set->ways = ways;
    return ways != NULL &&
           pst_grid_build_32(arena, set->v4, set->v4_count, &ways->v4) &&
           pst_highs_build(arena, set->v6, set->v6_count, &ways->v6);
}

bool pst_ip_set_build(pst_arena *arena, pst_ip_range *ranges, size_t count,
                      pst_ip_set *out)
{
    size_t v4_given;
    size_t v4_count;
    size_t v6_count;

    *out = (pst_ip_set){.ways = NULL};
    if (count > UINT32_MAX / 2) {
        arena->status = POSTERN_LIMIT;
        return false;
    }
    v4_given = sort(ranges, count);
    v4_count = merge(ranges, v4_given);
    v6_count = merge(ranges + v4_given, count - v4_given);
    out->v4_count = (uint32_t)v4_count;
    out->v6_count = (uint32_t)v6_count;
    return copy_v4(arena, ranges, v4_count, &out->v4) &&
           copy_v6(arena, ranges + v4_given, v6_count, &out->v6) &&
           find_ways(arena, out);
}

/* The last range that starts at or before the address is the only candidate. */
static bool has_v4(const pst_ip_set *set, uint32_t ip)
{
    size_t at;

    if (set->v4_count <= PST_FEW) {
        return pst_ip_set_few_has(set, ip);
    }
    at = pst_grid_at_most_32(&set->ways->v4, set->v4, set->v4_count, ip);
    return at > 0 && ip <= set->v4[set->v4_count + at - 1];
}

static bool has_v6(const pst_ip_set *set, pst_ip ip)
{
    const pst_ip *last = set->v6 + set->v6_count;
    size_t at = 0;

    if (set->v6_count == 0) {
        return false;
    }
    if (set->ways != NULL) {
        at = pst_highs_at_most(&set->ways->v6, set->v6, ip);
    } else {
        while (at < set->v6_count && pst_ip_order(set->v6[at], ip) <= 0) {
            at++;
        }
    }
    return at > 0 && pst_ip_order(ip, last[at - 1]) <= 0;
}

bool pst_ip_set_has(const pst_ip_set *set, pst_ip ip)
{
    return pst_ip_is_v4(ip) ? has_v4(set, (uint32_t)ip.low) : has_v6(set, ip);
}

pst_ip_range pst_ip_set_at(const pst_ip_set *set, size_t index)
{
    const uint64_t block = UINT64_C(0xffff) << 32;

    if (index < set->v4_count) {
        return (pst_ip_range){
            {0, block | set->v4[index]                },
            {0, block | set->v4[set->v4_count + index]}
        };
    }
    index -= set->v4_count;
    return (pst_ip_range){set->v6[index], set->v6[set->v6_count + index]};
}
