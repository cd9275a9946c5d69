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
