#include "model/group.h"

#include "support/text.h"

/* One round: pairs of sorted runs of `width` in `from` become runs twice as long in
 * `to`. */
static void merge_runs(const void *items, pst_item_order *order, const uint32_t *from,
                       uint32_t *to, size_t count, size_t width)
{
    for (size_t start = 0; start < count; start += 2 * width) {
        const size_t middle = count - start > width ? start + width : count;
        const size_t end = count - middle > width ? middle + width : count;
        size_t left = start;
        size_t right = middle;
        for (size_t at = start; at < end; at++) {
            const bool take_left =
                right == end ||
                (left < middle && order(items, from[left], from[right]) <= 0);
            to[at] = take_left ? from[left++] : from[right++];
        }
    }
}

uint32_t *pst_sort(pst_arena *arena, const void *items, size_t count,
                   pst_item_order *order)
{
    uint32_t *from;
    uint32_t *to;

    if (count > UINT32_MAX / 2) {
        arena->status = POSTERN_LIMIT;
        return NULL;
    }
    from = pst_arena_array(arena, count, sizeof *from);
    to = from == NULL ? NULL : pst_arena_array(arena, count, sizeof *to);
    if (to == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        from[i] = (uint32_t)i;
    }
    for (size_t width = 1; width < count; width *= 2) {
        uint32_t *const merged = to;
        merge_runs(items, order, from, to, count, width);
        to = from;
        from = merged;
    }
    return from;
}

postern_status pst_pairs_new(pst_arena *arena, size_t count, pst_pairs *out)
{
    pst_value *names = pst_arena_array(arena, count, sizeof *names);
    pst_value *values =
        names == NULL ? NULL : pst_arena_array(arena, count, sizeof *values);

    *out = (pst_pairs){names, values, 0};
    return values == NULL ? arena->status : POSTERN_OK;
}

static int by_name(const void *items, uint32_t a, uint32_t b)
{
    const pst_value *names = items;

    return pst_str_order(names[a].string, names[b].string);
}

/* Where the run of equal names that starts at sorted[start] ends. */
static size_t run_end(const pst_pairs *pairs, const uint32_t *sorted, size_t start)
{
    const postern_str name = pairs->names[sorted[start]].string;
    size_t end = start + 1;

    while (end < pairs->count &&
           pst_str_same_inline(pairs->names[sorted[end]].string, name)) {
        end++;
    }
    return end;
}

postern_status pst_group(pst_arena *arena, const pst_pairs *pairs, pst_map *out)
{
    const uint32_t *sorted = pst_sort(arena, pairs->names, pairs->count, by_name);
    size_t groups = 0;
    size_t filled = 0;
    pst_entry *entries;
    pst_value *items;

    if (sorted == NULL) {
        return arena->status;
    }
    for (size_t at = 0; at < pairs->count; at = run_end(pairs, sorted, at)) {
        groups++;
    }
    entries = pst_arena_array(arena, groups, sizeof *entries);
    items =
        entries == NULL ? NULL : pst_arena_array(arena, pairs->count, sizeof *items);
    if (items == NULL) {
        return arena->status;
    }
    *out = (pst_map){entries, groups};
    while (filled < pairs->count) {
        const size_t end = run_end(pairs, sorted, filled);
        entries->key = pairs->names[sorted[filled]].string;
        entries->value.array = (pst_array){items + filled, end - filled};
        entries++;
        for (; filled < end; filled++) {
            items[filled] = pairs->values[sorted[filled]];
        }
    }
    return POSTERN_OK;
}

static int by_key(const void *items, uint32_t a, uint32_t b)
{
    const pst_entry *entries = items;

    return pst_str_order(entries[a].key, entries[b].key);
}

postern_status pst_map_make(pst_arena *arena, const pst_entry *entries, size_t count,
                            pst_map *out)
{
    const uint32_t *sorted = pst_sort(arena, entries, count, by_key);
    pst_entry *kept =
        sorted == NULL ? NULL : pst_arena_array(arena, count, sizeof *kept);
    size_t last = 0;

    if (kept == NULL) {
        return arena->status;
    }
    *out = (pst_map){kept, 0};
    for (size_t i = 0; i < count; i++) {
        const pst_entry *entry = &entries[sorted[i]];
        if (i == 0 || !pst_str_same_inline(entry->key, entries[sorted[last]].key)) {
            kept[out->count++] = *entry;
            last = i;
        }
    }
    return POSTERN_OK;
}
