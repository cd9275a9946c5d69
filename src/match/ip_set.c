#include "match/ip_set.h"

#include <stdlib.h>

/* IPv4 before IPv6: an IPv6 range may lie around the whole IPv4 block. */
static int by_first(const void *a, const void *b)
{
    const pst_ip left = ((const pst_ip_range *)a)->first;
    const pst_ip right = ((const pst_ip_range *)b)->first;

    if (pst_ip_is_v4(left) != pst_ip_is_v4(right)) {
        return pst_ip_is_v4(left) ? -1 : 1;
    }
    return pst_ip_order(left, right);
}

static pst_ip next(pst_ip ip)
{
    ip.low++;
    ip.high += ip.low == 0;
    return ip;
}

/* True when `b`, which starts no earlier, overlaps `a` or follows it at once. The
 * families stay apart. */
static bool joins(const pst_ip_range *a, const pst_ip_range *b)
{
    const bool last = a->last.low == UINT64_MAX && a->last.high == UINT64_MAX;

    return pst_ip_is_v4(a->first) == pst_ip_is_v4(b->first) &&
           (last || pst_ip_order(b->first, next(a->last)) <= 0);
}

/* Merges sorted ranges in place; returns how many are left. */
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

/* Room for both families. */
typedef struct ends {
    uint32_t *v4_first;
    uint32_t *v4_last;
    pst_ip *v6_first;
    pst_ip *v6_last;
} ends;

static bool make_room(pst_arena *arena, size_t v4_count, size_t v6_count, ends *out)
{
    out->v4_first = pst_arena_array(arena, v4_count, sizeof *out->v4_first);
    out->v4_last = pst_arena_array(arena, v4_count, sizeof *out->v4_last);
    out->v6_first = pst_arena_array(arena, v6_count, sizeof *out->v6_first);
    out->v6_last = pst_arena_array(arena, v6_count, sizeof *out->v6_last);
    return out->v4_first != NULL && out->v4_last != NULL && out->v6_first != NULL &&
           out->v6_last != NULL;
}

bool pst_ip_set_build(pst_arena *arena, pst_ip_range *ranges, size_t count,
                      pst_ip_set *out)
{
    size_t v4_count = 0;
    ends to;

    if (count > 1) {
        qsort(ranges, count, sizeof *ranges, by_first);
    }
    count = merge(ranges, count);
    while (v4_count < count && pst_ip_is_v4(ranges[v4_count].first)) {
        v4_count++;
    }
    if (!make_room(arena, v4_count, count - v4_count, &to)) {
        return false;
    }
    for (size_t i = 0; i < v4_count; i++) {
        to.v4_first[i] = (uint32_t)ranges[i].first.low;
        to.v4_last[i] = (uint32_t)ranges[i].last.low;
    }
    for (size_t i = v4_count; i < count; i++) {
        to.v6_first[i - v4_count] = ranges[i].first;
        to.v6_last[i - v4_count] = ranges[i].last;
    }
    *out = (pst_ip_set){
        .v4_first = to.v4_first,
        .v4_last = to.v4_last,
        .v4_count = v4_count,
        .v6_first = to.v6_first,
        .v6_last = to.v6_last,
        .v6_count = count - v4_count,
    };
    return pst_grid_build_32(arena, out->v4_first, v4_count, &out->v4_grid) &&
           pst_highs_build(arena, out->v6_first, out->v6_count, &out->v6_highs);
}

/* The last range that starts at or before the address is the only candidate. */
static bool has_v4(const pst_ip_set *set, uint32_t ip)
{
    size_t at;

    if (set->v4_count <= PST_FEW) {
        bool inside = false;
        for (size_t i = 0; i < set->v4_count; i++) {
            const uint32_t first = set->v4_first[i];
            inside |= ip - first <= set->v4_last[i] - first;
        }
        return inside;
    }
    at = pst_grid_at_most_32(&set->v4_grid, set->v4_first, set->v4_count, ip);
    return at > 0 && ip <= set->v4_last[at - 1];
}

static bool has_v6(const pst_ip_set *set, pst_ip ip)
{
    size_t at;

    if (set->v6_count == 0) {
        return false;
    }
    at = pst_highs_at_most(&set->v6_highs, set->v6_first, ip);
    return at > 0 && pst_ip_order(ip, set->v6_last[at - 1]) <= 0;
}

bool pst_ip_set_has(const pst_ip_set *set, pst_ip ip)
{
    return pst_ip_is_v4(ip) ? has_v4(set, (uint32_t)ip.low) : has_v6(set, ip);
}
