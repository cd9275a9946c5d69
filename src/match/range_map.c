#include "match/range_map.h"

#include "match/ordered.h"

#include <stdlib.h>
#include <string.h>

/* --- what a map is ------------------------------------------------------------------ */

/* Pieces of the IPv4 block, and of all other numbers. A piece reaches from its start to
 * the next one's. `lists` has an item more than there are starts: in front, that of the
 * numbers before the first. */
struct pst_range_map {
    const uint32_t
        *tags; /* every list as its length and its tags; first the empty one */

    const uint32_t *v4_starts;
    const uint32_t *v4_lists; /* where in `tags` */
    size_t v4_count;
    pst_grid v4_grid;

    const pst_ip *starts;
    const uint32_t *lists;
    pst_highs highs;
};

/* --- the sweep ---------------------------------------------------------------------- */

/* A range starts or has ended right before `at`. */
typedef struct edge {
    pst_ip at;
    uint32_t tag;
    int32_t step; /* 1 or -1 */
} edge;

/* A tag and how many of its ranges are open. */
typedef struct open_tag {
    uint32_t tag;
    uint32_t depth;
} open_tag;

typedef struct open_tags {
    open_tag *items; /* ascending by tag */
    size_t count;
} open_tags;

/* Goes over the edges of one family in order; at first only counting. */
typedef struct sweep {
    const edge *edges;
    size_t edge_count;
    open_tags now;
    open_tags next;
    open_tags before; /* of the piece before this one */
    uint32_t before_list;
    uint32_t list;
    size_t listed_max;
    /* Counted: */
    size_t pieces;
    size_t listed; /* tags, of all pieces together */
    size_t stored; /* numbers in `tags` */
    /* Written, unless NULL: */
    pst_ip *starts;
    uint32_t *lists;
    uint32_t *tags;
} sweep;

static int by_place(const void *a, const void *b)
{
    const edge *left = a;
    const edge *right = b;
    const int order = pst_ip_order(left->at, right->at);

    return order != 0 ? order : (left->tag > right->tag) - (left->tag < right->tag);
}

/* The tags that are open once edges `first` to `last` - 1, all at one place, are passed:
 * into `next`. */
static void pass(sweep *s, size_t first, size_t last)
{
    size_t at = 0;
    size_t kept = 0;

    while (at < s->now.count || first < last) {
        open_tag tag;
        if (first == last ||
            (at < s->now.count && s->now.items[at].tag <= s->edges[first].tag)) {
            tag = s->now.items[at++];
        } else {
            tag = (open_tag){s->edges[first].tag, 0};
        }
        for (; first < last && s->edges[first].tag == tag.tag; first++) {
            tag.depth += (uint32_t)s->edges[first].step;
        }
        if (tag.depth != 0) {
            s->next.items[kept++] = tag;
        }
    }
    s->next.count = kept;
}

static bool same_tags(const open_tags *a, const open_tags *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (a->items[i].tag != b->items[i].tag) {
            return false;
        }
    }
    return true;
}

static void store_list(sweep *s, const open_tags *open)
{
    if (s->tags != NULL) {
        s->tags[s->stored] = (uint32_t)open->count;
        for (size_t i = 0; i < open->count; i++) {
            s->tags[s->stored + 1 + i] = open->items[i].tag;
        }
    }
    s->stored += 1 + open->count;
}

/* A piece with the tags of `next` starts. What lies between pieces is often what lay
 * there before: nothing, or a large range around small ones. */
static void start_piece(sweep *s, pst_ip at)
{
    const uint32_t list = s->list;
    open_tags spare = s->before;

    if (s->next.count == 0) {
        s->list = 0;
    } else if (same_tags(&s->next, &s->before)) {
        s->list = s->before_list;
    } else {
        s->list = (uint32_t)s->stored;
        store_list(s, &s->next);
    }
    if (s->starts != NULL) {
        s->starts[s->pieces] = at;
        s->lists[s->pieces + 1] = s->list;
    }
    s->pieces++;
    s->listed += s->next.count;
    s->before = s->now;
    s->before_list = list;
    s->now = s->next;
    s->next = spare;
}

/* @return false when there are more tags than wanted */
static bool run(sweep *s)
{
    size_t last;

    s->now.count = 0;
    s->before.count = 0;
    s->list = s->before_list = 0;
    s->pieces = 0;
    for (size_t first = 0; first < s->edge_count; first = last) {
        const pst_ip at = s->edges[first].at;
        for (last = first + 1; last < s->edge_count; last++) {
            if (pst_ip_order(s->edges[last].at, at) != 0) {
                break;
            }
        }
        pass(s, first, last);
        if (same_tags(&s->now, &s->next)) {
            const open_tags spare = s->now;
            s->now = s->next; /* the depths may differ */
            s->next = spare;
            continue;
        }
        if (s->next.count > s->listed_max - s->listed) {
            return false;
        }
        start_piece(s, at);
    }
    return true;
}

/* --- building ----------------------------------------------------------------------- */

typedef struct builder {
    pst_arena *arena;
    pst_arena *scratch;
    const pst_tagged_range *ranges;
    size_t count;
    sweep v4;
    sweep wide;
    uint32_t *tags;
    pst_range_map *map;
} builder;

/* The number behind a range, unless its family ends there. That of a range around the
 * IPv4 block, which may end with it, is not IPv4. */
static bool behind(pst_ip last, bool v4, pst_ip *out)
{
    *out = (pst_ip){last.high + (last.low == UINT64_MAX), last.low + 1};
    return v4 ? pst_ip_is_v4(*out) : out->high != 0 || out->low != 0;
}

static bool collect_edges(builder *b, sweep *s, bool v4)
{
    edge *edges = pst_arena_array(b->scratch, b->count, 2 * sizeof *edges);
    size_t count = 0;

    if (edges == NULL) {
        return false;
    }
    for (size_t i = 0; i < b->count; i++) {
        const pst_tagged_range *range = &b->ranges[i];
        if (pst_ip_is_v4(range->range.first) != v4) {
            continue;
        }
        edges[count++] = (edge){range->range.first, range->tag, 1};
        if (behind(range->range.last, v4, &edges[count].at)) {
            edges[count].tag = range->tag;
            edges[count++].step = -1;
        }
    }
    if (count > 1) {
        qsort(edges, count, sizeof *edges, by_place);
    }
    s->edges = edges;
    s->edge_count = count;
    return true;
}

static bool prepare(builder *b, sweep *s, bool v4)
{
    open_tags *const rooms[] = {&s->now, &s->next, &s->before};

    if (!collect_edges(b, s, v4)) {
        return false;
    }
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        rooms[i]->items =
            pst_arena_array(b->scratch, s->edge_count, sizeof *rooms[i]->items);
        if (rooms[i]->items == NULL) {
            return false;
        }
    }
    return true;
}

/* Room for what was counted, of the starts in `starts`; the second round of the sweep fills it. */
static bool make_room(builder *b, sweep *s, pst_arena *starts)
{
    s->starts = pst_arena_array(starts, s->pieces, sizeof *s->starts);
    s->lists = pst_arena_array(b->arena, s->pieces + 1, sizeof *s->lists);
    if (s->starts == NULL || s->lists == NULL) {
        return false;
    }
    s->lists[0] = 0;
    s->tags = b->tags;
    return true;
}

static bool keep_v4(builder *b)
{
    const sweep *s = &b->v4;
    uint32_t *starts = pst_arena_array(b->arena, s->pieces, sizeof *starts);

    if (starts == NULL) {
        return false;
    }
    for (size_t i = 0; i < s->pieces; i++) {
        starts[i] = (uint32_t)s->starts[i].low;
    }
    b->map->v4_starts = starts;
    b->map->v4_lists = s->lists;
    b->map->v4_count = s->pieces;
    return pst_grid_build_32(b->arena, starts, s->pieces, &b->map->v4_grid);
}

static bool keep_wide(builder *b)
{
    const sweep *s = &b->wide;

    b->map->starts = s->starts;
    b->map->lists = s->lists;
    return pst_highs_build(b->arena, s->starts, s->pieces, &b->map->highs);
}

/* One round over both families: the tags of one follow those of the other. */
static bool run_both(builder *b, size_t tags_max)
{
    b->v4.stored = 1; /* the empty list */
    b->v4.listed = 0;
    b->v4.listed_max = b->wide.listed_max = tags_max;
    if (!run(&b->v4)) {
        return false;
    }
    b->wide.stored = b->v4.stored;
    b->wide.listed = b->v4.listed;
    return run(&b->wide);
}

bool pst_range_map_build(pst_arena *arena, pst_arena *scratch,
                         const pst_tagged_range *ranges, size_t count, size_t tags_max,
                         const pst_range_map **out)
{
    builder b = {.arena = arena, .scratch = scratch, .ranges = ranges, .count = count};

    *out = NULL;
    if (!prepare(&b, &b.v4, true) || !prepare(&b, &b.wide, false)) {
        return false;
    }
    if (count > UINT32_MAX / 8 || !run_both(&b, tags_max) ||
        b.wide.stored > UINT32_MAX) {
        return true;
    }
    b.map = pst_arena_alloc(arena, sizeof *b.map);
    b.tags = pst_arena_array(arena, b.wide.stored, sizeof *b.tags);
    if (b.map == NULL || b.tags == NULL || !make_room(&b, &b.v4, scratch) ||
        !make_room(&b, &b.wide, arena)) {
        return false;
    }
    b.tags[0] = 0;
    (void)run_both(&b, tags_max); /* as many as in the first round */
    b.map->tags = b.tags;
    if (!keep_v4(&b) || !keep_wide(&b)) {
        return false;
    }
    *out = b.map;
    return true;
}

/* --- asking ------------------------------------------------------------------------- */

pst_tags pst_range_map_find(const pst_range_map *map, pst_ip number)
{
    uint32_t list;

    if (pst_ip_is_v4(number)) {
        list = map->v4_lists[pst_grid_at_most_32(&map->v4_grid, map->v4_starts,
                                                 map->v4_count, (uint32_t)number.low)];
    } else {
        list = map->lists[pst_highs_at_most(&map->highs, map->starts, number)];
    }
    return (pst_tags){map->tags + list + 1, map->tags[list]};
}
