#include "match/ordered.h"

/* --- grids -------------------------------------------------------------------------- */

/* Between one and two steps a number. */
static size_t steps_for(size_t count)
{
    size_t steps = PST_GRID_LEAST;

    while (steps < count && steps < PST_GRID_MOST) {
        steps *= 2;
    }
    return steps;
}

bool pst_grid_begin(pst_arena *arena, uint64_t first, uint64_t last, size_t count,
                    pst_grid *grid, pst_grid_builder *builder)
{
    *grid = (pst_grid){.base = first, .span = last - first};
    *builder = (pst_grid_builder){.at = NULL};
    if (count <= PST_FEW || count > UINT32_MAX) {
        return true;
    }
    while (grid->span >> grid->shift >= steps_for(count)) {
        grid->shift++;
    }
    builder->steps = (size_t)(grid->span >> grid->shift) + 1;
    builder->at = pst_arena_array(arena, builder->steps + 1, sizeof *builder->at);
    grid->at = builder->at;
    return builder->at != NULL;
}

void pst_grid_end(pst_grid_builder *builder, size_t count)
{
    if (builder->at != NULL) {
        builder->at[builder->steps] = (uint32_t)count;
    }
}

bool pst_grid_build_32(pst_arena *arena, const uint32_t *numbers, size_t count,
                       pst_grid *out)
{
    const uint32_t first = count > 0 ? numbers[0] : 0;
    const uint32_t last = count > 0 ? numbers[count - 1] : 0;
    pst_grid_builder builder;

    if (!pst_grid_begin(arena, first, last, count, out, &builder)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        pst_grid_add(out, &builder, i, numbers[i]);
    }
    pst_grid_end(&builder, count);
    return true;
}

/* --- sorting ------------------------------------------------------------------------ */

typedef struct records {
    uint64_t *words;
    size_t width;
    uint64_t flip;
} records;

static pst_ip key_of(const records *r, size_t i)
{
    const uint64_t *record = r->words + i * r->width;

    return (pst_ip){record[0] ^ r->flip, record[1]};
}

static bool less(pst_ip a, pst_ip b)
{
    return a.high != b.high ? a.high < b.high : a.low < b.low;
}

static void swap(const records *r, size_t i, size_t j)
{
    uint64_t *a = r->words + i * r->width;
    uint64_t *b = r->words + j * r->width;

    for (size_t word = 0; word < r->width; word++) {
        const uint64_t kept = a[word];
        a[word] = b[word];
        b[word] = kept;
    }
}

static void insert_each(const records *r, size_t first, size_t last)
{
    for (size_t i = first + 1; i < last; i++) {
        for (size_t j = i; j > first && less(key_of(r, j), key_of(r, j - 1)); j--) {
            swap(r, j, j - 1);
        }
    }
}

/* The middle one of three records, drawn so that no order met in practice always gives
 * the least or the greatest. */
static pst_ip pivot_of(const records *r, size_t first, size_t last)
{
    pst_ip drawn[3];
    uint64_t state = last * UINT64_C(0x9e3779b97f4a7c15) + first;

    for (size_t i = 0; i < 3; i++) {
        state = (state ^ state >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
        drawn[i] = key_of(r, first + (size_t)(state >> 32) % (last - first));
    }
    if (less(drawn[1], drawn[0])) {
        const pst_ip kept = drawn[0];
        drawn[0] = drawn[1];
        drawn[1] = kept;
    }
    return less(drawn[2], drawn[0])   ? drawn[0]
           : less(drawn[1], drawn[2]) ? drawn[1]
                                      : drawn[2];
}

/* Lets record `root` of a heap with the last one on top, of `count` from `first`, sink to
 * its place. */
static void sink(const records *r, size_t first, size_t root, size_t count)
{
    for (size_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
        if (child + 1 < count &&
            less(key_of(r, first + child), key_of(r, first + child + 1))) {
            child++;
        }
        if (!less(key_of(r, first + root), key_of(r, first + child))) {
            break;
        }
        swap(r, first + root, first + child);
        root = child;
    }
}

/* No bad case, but slower than sort_part() where that has none. */
static void heap_sort(const records *r, size_t first, size_t last)
{
    const size_t count = last - first;

    for (size_t i = count / 2; i > 0; i--) {
        sink(r, first, i - 1, count);
    }
    for (size_t left = count; left > 1; left--) {
        swap(r, first, first + left - 1);
        sink(r, first, 0, left - 1);
    }
}

/* Sorts records `first` to `last` - 1. The shorter part is sorted by a call, so that
 * calls nest no deeper than the length has bits. An order that needs more `levels` was
 * made to be bad, and is not followed any further. */
static void sort_part(const records *r, size_t first, size_t last, unsigned levels)
{
    enum { SHORT = 16 };

    while (last - first > SHORT) {
        if (levels-- == 0) {
            heap_sort(r, first, last);
            return;
        }
        const pst_ip pivot = pivot_of(r, first, last);
        size_t low = first;
        size_t high = last - 1;
        for (
            ;
            ;) { /* all before `low` are at most the pivot, all behind `high` at least */
            while (less(key_of(r, low), pivot)) {
                low++;
            }
            while (less(pivot, key_of(r, high))) {
                high--;
            }
            if (low >= high) {
                break;
            }
            swap(r, low++, high--);
        }
        high = low + (low == high); /* one in the middle is where it belongs */
        if (low - first < last - high) {
            sort_part(r, first, low, levels);
            first = high;
        } else {
            sort_part(r, high, last, levels);
            last = low;
        }
    }
    insert_each(r, first, last);
}

void pst_sort_words(uint64_t *words, size_t count, size_t width, uint64_t flip)
{
    const records r = {words, width, flip};
    unsigned levels = 0;
    size_t sorted = 1;

    while (sorted < count && !less(key_of(&r, sorted), key_of(&r, sorted - 1))) {
        sorted++;
    }
    if (sorted < count) {
        for (size_t left = count; left > 1; left /= 2) {
            levels += 2;
        }
        sort_part(&r, 0, count, levels);
    }
}

/* --- 128-bit numbers ---------------------------------------------------------------- */

static size_t count_highs(const pst_ip *numbers, size_t count)
{
    size_t highs = 0;

    for (size_t i = 0; i < count; i++) {
        highs += i == 0 || numbers[i].high != numbers[i - 1].high;
    }
    return highs;
}

bool pst_highs_build(pst_arena *arena, const pst_ip *numbers, size_t count,
                     pst_highs *out)
{
    const size_t highs = count_highs(numbers, count);
    uint64_t *items = pst_arena_array(arena, highs, sizeof *items);
    uint32_t *begins = pst_arena_array(arena, highs + 1, sizeof *begins);
    pst_grid_builder builder;
    size_t at = 0;

    if (items == NULL || begins == NULL) {
        return false;
    }
    if (!pst_grid_begin(arena, count > 0 ? numbers[0].high : 0,
                        count > 0 ? numbers[count - 1].high : 0, highs, &out->grid,
                        &builder)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || numbers[i].high != numbers[i - 1].high) {
            pst_grid_add(&out->grid, &builder, at, numbers[i].high);
            items[at] = numbers[i].high;
            begins[at++] = (uint32_t)i;
        }
    }
    begins[highs] = (uint32_t)count;
    pst_grid_end(&builder, highs);
    out->items = items;
    out->begins = begins;
    out->count = highs;
    return true;
}
