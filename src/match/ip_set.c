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

bool pst_ip_set_build(pst_arena *arena, pst_ip_range *ranges, size_t count,
                      pst_ip_set *out)
{
    uint32_t *first;
    uint32_t *last;
    pst_ip_range *v6;
    size_t v4_count = 0;
    size_t v6_count = 0;

    if (count > 1) {
        qsort(ranges, count, sizeof *ranges, by_first);
    }
    count = merge(ranges, count);
    for (size_t i = 0; i < count; i++) {
        v4_count += pst_ip_is_v4(ranges[i].first);
    }
    first = pst_arena_array(arena, v4_count, sizeof *first);
    last = pst_arena_array(arena, v4_count, sizeof *last);
    v6 = pst_arena_array(arena, count - v4_count, sizeof *v6);
    if (first == NULL || last == NULL || v6 == NULL) {
        return false;
    }
    v4_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (pst_ip_is_v4(ranges[i].first)) {
            first[v4_count] = (uint32_t)ranges[i].first.low;
            last[v4_count++] = (uint32_t)ranges[i].last.low;
        } else {
            v6[v6_count++] = ranges[i];
        }
    }
    *out = (pst_ip_set){first, last, v4_count, v6, v6_count};
    return true;
}

/* The last range that starts at or before the address is the only candidate; both
 * searches halve without branching on the data. */
static bool has_v4(const pst_ip_set *set, uint32_t ip)
{
    const uint32_t *base = set->v4_first;
    size_t left = set->v4_count;

    if (left == 0) {
        return false;
    }
    while (left > 1) {
        const size_t half = left / 2;
        base += base[half] <= ip ? half : 0;
        left -= half;
    }
    return *base <= ip && ip <= set->v4_last[base - set->v4_first];
}

static bool has_v6(const pst_ip_set *set, pst_ip ip)
{
    const pst_ip_range *base = set->v6;
    size_t left = set->v6_count;

    if (left == 0) {
        return false;
    }
    while (left > 1) {
        const size_t half = left / 2;
        base += pst_ip_order(base[half].first, ip) <= 0 ? half : 0;
        left -= half;
    }
    return pst_ip_order(base->first, ip) <= 0 && pst_ip_order(ip, base->last) <= 0;
}

bool pst_ip_set_has(const pst_ip_set *set, pst_ip ip)
{
    return pst_ip_is_v4(ip) ? has_v4(set, (uint32_t)ip.low) : has_v6(set, ip);
}
