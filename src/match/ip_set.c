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
    const size_t v4_given = sort(ranges, count);
    const size_t v4_count = merge(ranges, v4_given);
    const pst_ip_range *v6 = ranges + v4_given;
    const size_t v6_count = merge(ranges + v4_given, count - v4_given);
    ends to;

    if (!make_room(arena, v4_count, v6_count, &to)) {
        return false;
    }
    for (size_t i = 0; i < v4_count; i++) {
        to.v4_first[i] = (uint32_t)ranges[i].first.low;
        to.v4_last[i] = (uint32_t)ranges[i].last.low;
    }
    for (size_t i = 0; i < v6_count; i++) {
        to.v6_first[i] = v6[i].first;
        to.v6_last[i] = v6[i].last;
    }
    *out = (pst_ip_set){
        .v4_first = to.v4_first,
        .v4_last = to.v4_last,
        .v4_count = v4_count,
        .v6_first = to.v6_first,
        .v6_last = to.v6_last,
        .v6_count = v6_count,
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

pst_ip_range pst_ip_set_at(const pst_ip_set *set, size_t index)
{
    const uint64_t block = UINT64_C(0xffff) << 32;

    if (index < set->v4_count) {
        return (pst_ip_range){
            {0, block | set->v4_first[index]},
            {0, block | set->v4_last[index] }
        };
    }
    index -= set->v4_count;
    return (pst_ip_range){set->v6_first[index], set->v6_last[index]};
}
