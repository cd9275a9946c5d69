/*
 * match/ordered.h - how many of an ascending array of numbers are at most some number?
 *
 * The one question every set of ranges asks. Halving does not branch on the data; over
 * a long array a grid of equal steps says between which places to look, so that the
 * cost hardly grows with the length. Knows numbers only.
 */
#ifndef PST_MATCH_ORDERED_H
#define PST_MATCH_ORDERED_H

#include "support/arena.h"

enum {
    PST_GRID_LEAST = 64,      /* shorter arrays are searched without a grid */
    PST_GRID_STEPS = 1 << 16, /* at most; 256 KiB */
};

/** Where in an ascending array the numbers of each step of equal width begin. */
typedef struct pst_grid {
    uint64_t base;      /* the first number */
    uint64_t span;      /* last - base */
    unsigned shift;     /* a step is 1 << shift wide */
    const uint32_t *at; /* one more than steps, ascending; NULL: no grid */
} pst_grid;

/** How many of `numbers`, ascending, are at most `number`. */
static inline size_t pst_at_most_32(const uint32_t *numbers, size_t count,
                                    uint32_t number)
{
    const uint32_t *base = numbers;

    if (count == 0) {
        return 0;
    }
    while (count > 1) {
        const size_t half = count / 2;
        base += half & (0 - (size_t)(base[half - 1] <= number));
        count -= half;
    }
    return (size_t)(base - numbers) + (*base <= number);
}

/** How many of `numbers`, ascending, are at most `number`. */
static inline size_t pst_at_most_64(const uint64_t *numbers, size_t count,
                                    uint64_t number)
{
    const uint64_t *base = numbers;

    if (count == 0) {
        return 0;
    }
    while (count > 1) {
        const size_t half = count / 2;
        base += half & (0 - (size_t)(base[half - 1] <= number));
        count -= half;
    }
    return (size_t)(base - numbers) + (*base <= number);
}

/* The part of the array that decides is numbers[first] to numbers[last - 1]; false when
 * all or none are at most `number`, and `first` says how many. */
static inline bool pst_grid_part(const pst_grid *grid, size_t count, uint64_t number,
                                 size_t *first, size_t *last)
{
    const uint64_t ahead = number - grid->base;

    if (ahead > grid->span) {
        *first = number < grid->base ? 0 : count;
        return false;
    }
    *first = grid->at[ahead >> grid->shift];
    *last = grid->at[(ahead >> grid->shift) + 1];
    return true;
}

/** pst_at_most_32() by way of the grid, if it has steps. */
static inline size_t pst_grid_at_most_32(const pst_grid *grid, const uint32_t *numbers,
                                         size_t count, uint32_t number)
{
    size_t first = 0;

    if (grid->at == NULL) {
        return pst_at_most_32(numbers, count, number);
    }
    if (pst_grid_part(grid, count, number, &first, &count)) {
        first += pst_at_most_32(numbers + first, count - first, number);
    }
    return first;
}

/** pst_at_most_64() by way of the grid, if it has steps. */
static inline size_t pst_grid_at_most_64(const pst_grid *grid, const uint64_t *numbers,
                                         size_t count, uint64_t number)
{
    size_t first = 0;

    if (grid->at == NULL) {
        return pst_at_most_64(numbers, count, number);
    }
    if (pst_grid_part(grid, count, number, &first, &count)) {
        first += pst_at_most_64(numbers + first, count - first, number);
    }
    return first;
}

/** A grid for `numbers`, ascending. One without steps when they are few.
 *  @return false as pst_arena_alloc() */
bool pst_grid_build_32(pst_arena *arena, const uint32_t *numbers, size_t count,
                       pst_grid *out);
bool pst_grid_build_64(pst_arena *arena, const uint64_t *numbers, size_t count,
                       pst_grid *out);

#endif
