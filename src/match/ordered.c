#include "match/ordered.h"

/* Between one and two steps a number. */
static size_t steps_for(size_t count)
{
    size_t steps = PST_GRID_LEAST;

    while (steps < count && steps < PST_GRID_STEPS) {
        steps *= 2;
    }
    return steps;
}

/* Makes room for the steps between `first` and `last`; returns how many. */
static bool lay_out(pst_arena *arena, uint64_t first, uint64_t last, size_t count,
                    uint32_t **at, size_t *steps, pst_grid *grid)
{
    grid->base = first;
    grid->span = last - first;
    grid->shift = 0;
    while (grid->span >> grid->shift >= steps_for(count)) {
        grid->shift++;
    }
    *steps = (size_t)(grid->span >> grid->shift) + 1;
    *at = pst_arena_array(arena, *steps + 1, sizeof **at);
    grid->at = *at;
    return *at != NULL;
}

static bool short_enough(size_t count)
{
    return count < PST_GRID_LEAST || count > UINT32_MAX;
}

bool pst_grid_build_32(pst_arena *arena, const uint32_t *numbers, size_t count,
                       pst_grid *out)
{
    uint32_t *at;
    size_t steps;
    size_t filled = 0;

    *out = (pst_grid){.at = NULL};
    if (short_enough(count)) {
        return true;
    }
    if (!lay_out(arena, numbers[0], numbers[count - 1], count, &at, &steps, out)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const uint64_t step = (numbers[i] - out->base) >> out->shift;
        while (filled <= step) {
            at[filled++] = (uint32_t)i;
        }
    }
    at[steps] = (uint32_t)count;
    return true;
}

bool pst_grid_build_64(pst_arena *arena, const uint64_t *numbers, size_t count,
                       pst_grid *out)
{
    uint32_t *at;
    size_t steps;
    size_t filled = 0;

    *out = (pst_grid){.at = NULL};
    if (short_enough(count)) {
        return true;
    }
    if (!lay_out(arena, numbers[0], numbers[count - 1], count, &at, &steps, out)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const uint64_t step = (numbers[i] - out->base) >> out->shift;
        while (filled <= step) {
            at[filled++] = (uint32_t)i;
        }
    }
    at[steps] = (uint32_t)count;
    return true;
}
