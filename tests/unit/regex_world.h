/*
 * tests/unit/regex_world.h - what compiling a pattern needs, with room and limits that
 * nothing runs into unless a test lowers them.
 */
#ifndef UNIT_REGEX_WORLD_H
#define UNIT_REGEX_WORLD_H

#include "match/regex.h"
#include "support/alloc.h"

enum { ARENA = 1 << 28 };

static const pst_regex_limits generous = {1 << 16, 250, 10 << 20, 1 << 20};

typedef struct world {
    pst_arena arena;
    pst_arena scratch;
    pst_regex_limits limits;
    pst_regex_problem problem;
} world;

static inline void open_world(world *w)
{
    *w = (world){.limits = generous};
    pst_arena_init(&w->arena, pst_alloc_or_default(NULL), ARENA);
    pst_arena_init(&w->scratch, pst_alloc_or_default(NULL), ARENA);
}

static inline void close_world(world *w)
{
    pst_arena_free(&w->scratch);
    pst_arena_free(&w->arena);
}

#endif
