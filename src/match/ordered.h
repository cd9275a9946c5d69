/*
 * match/ordered.h - how many of an ascending array of numbers are at most some number?
 *
 * The one question every set of ranges asks. Halving does not branch on the data; over
 * a long array a grid of equal steps says between which places to look, so that the
 * cost hardly grows with the length. Knows numbers only.
 */
#ifndef PST_MATCH_ORDERED_H
#define PST_MATCH_ORDERED_H

#include "model/value.h"
#include "support/arena.h"

enum {
    PST_FEW = 8,         /* numbers: of so many each may be looked at, without a grid */
    PST_GRID_LEAST = 16, /* steps */
    PST_GRID_MOST = 1 << 16 /* 256 KiB */
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
        base = base[half - 1] <= number ? base + half : base;
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
        base = base[half - 1] <= number ? base + half : base;
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

/** A grid being filled. */
typedef struct pst_grid_builder {
    uint32_t *at; /* NULL: none, because the numbers are few */
    size_t steps;
    size_t filled;
} pst_grid_builder;

/** Starts a grid for `count` numbers from `first` to `last`.
 *  @return false as pst_arena_alloc() */
bool pst_grid_begin(pst_arena *arena, uint64_t first, uint64_t last, size_t count,
                    pst_grid *grid, pst_grid_builder *builder);

/** Tells of number `place`; of each, in order. */
static inline void pst_grid_add(const pst_grid *grid, pst_grid_builder *builder,
                                size_t place, uint64_t number)
{
    if (builder->at != NULL) {
        while (builder->filled <= (number - grid->base) >> grid->shift) {
            builder->at[builder->filled++] = (uint32_t)place;
        }
    }
}

void pst_grid_end(pst_grid_builder *builder, size_t count);

/** pst_grid_begin(), all numbers, and pst_grid_end(). */
bool pst_grid_build_32(pst_arena *arena, const uint32_t *numbers, size_t count,
                       pst_grid *out);

/* --- sorting ------------------------------------------------------------------------ */

/**
 * Sorts `count` records of `width` words, in place, by their first two words; equal ones
 * in any order. Costs nothing for what is sorted already, and n log n whatever the order
 * is.
 *
 * @param flip bits of the first words that count the other way round
 */
void pst_sort_words(uint64_t *words, size_t count, size_t width, uint64_t flip);

/* --- 128-bit numbers ---------------------------------------------------------------- */

/** Their high halves, in front of an ascending array. */
typedef struct pst_highs {
    const uint64_t *items;  /* ascending, each once */
    const uint32_t *begins; /* the first number with that half; one more than items */
    size_t count;
    pst_grid grid;
} pst_highs;

/** `numbers` ascending. @return false as pst_arena_alloc() */
bool pst_highs_build(pst_arena *arena, const pst_ip *numbers, size_t count,
                     pst_highs *out);

/** How many of `numbers`, whose high halves these are, are at most `number`. */
static inline size_t pst_highs_at_most(const pst_highs *highs, const pst_ip *numbers,
                                       pst_ip number)
{
    const size_t at =
        pst_grid_at_most_64(&highs->grid, highs->items, highs->count, number.high);
    const pst_ip *base;
    size_t left;

    if (at == 0 || highs->items[at - 1] != number.high) {
        return highs->begins[at];
    }
    base = numbers + highs->begins[at - 1];
    left = highs->begins[at] - highs->begins[at - 1];
    while (left > 1) {
        const size_t half = left / 2;
        base = base[half - 1].low <= number.low ? base + half : base;
        left -= half;
    }
    return (size_t)(base - numbers) + (base->low <= number.low);
}

#endif
