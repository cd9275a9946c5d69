/*
 * match/regex_table.c - the subset construction, within limits: what does not fit is left
 * to searches that make states as they need them.
 */
#include "match/regex_table.h"

#include "support/alloc.h"

#include <string.h>

enum {
    CELLS_MAX = 128 * 1024,      /* 512 KiB of table */
    SET_WORDS_MAX = 512 * 1024,  /* 4 MiB of sets while it is made */
    WORK_MAX = 16 * 1024 * 1024, /* operations on 64 bits */
    FIRST_ROOM = 64              /* states */
};

typedef struct builder {
    pst_arena *scratch;
    const pst_regex_automaton *automaton;
    pst_regex_states states;
    uint32_t *cells; /* numbers of states, `stride` for each state */
    uint32_t cap;    /* states the cells have room for */
    uint32_t stride;
    uint64_t work;
    uint64_t *follow; /* sets, for the moment */
    uint64_t *next;
} builder;

static postern_status failure(const builder *b)
{
    return b->scratch->status != POSTERN_OK ? b->scratch->status : POSTERN_LIMIT;
}

static bool grow_cells(builder *b)
{
    const uint32_t cap = b->cap * 2;
    uint32_t *cells =
        pst_arena_array(b->scratch, (size_t)cap * b->stride, sizeof *cells);

    if (cells == NULL) {
        return false;
    }
    memcpy(cells, b->cells, (size_t)b->cap * b->stride * sizeof *cells);
    b->cells = cells;
    b->cap = cap;
    return true;
}

/* The numbers behind one state, for the classes of one border. */
static bool make_turn(builder *b, uint32_t state, const pst_regex_turn *turn,
                      unsigned border, uint32_t *row)
{
    const pst_regex_automaton *a = b->automaton;
    const uint64_t *set = pst_regex_states_set(&b->states, state);
    const bool found = pst_regex_meet(set, turn->accept, a->words);

    pst_regex_follow(turn, set, a->words, b->follow);
    b->work += a->steps;
    for (uint32_t class_ = 0; class_ < a->classes; class_++) {
        const uint64_t *mask = a->masks + (size_t)class_ * a->words;
        if (a->border_of[class_] != border) {
            continue;
        }
        row[class_] = PST_REGEX_FOUND;
        if (!found) {
            for (uint32_t i = 0; i < a->words; i++) {
                b->next[i] = b->follow[i] & mask[i];
            }
            row[class_] = pst_regex_states_number(&b->states, b->next, border);
            b->work += 2U * a->words;
        }
        if (row[class_] == PST_REGEX_NO_STATE) {
            return false;
        }
    }
    return true;
}

static bool make_row(builder *b, uint32_t state)
{
    const pst_regex_automaton *a = b->automaton;
    const pst_regex_turn *turns = a->turns[b->states.befores[state]];
    uint32_t *row = b->cells + (size_t)state * b->stride;

    for (unsigned border = 0; border < PST_REGEX_BORDER_COUNT; border++) {
        if (turns[border].accept != NULL &&
            !make_turn(b, state, &turns[border], border, row)) {
            return false;
        }
    }
    row[a->classes] = pst_regex_meet(pst_regex_states_set(&b->states, state),
                                     turns[a->edge].accept, a->words)
                          ? PST_REGEX_FOUND
                          : PST_REGEX_DEAD;
    return true;
}

/* The states to start in: before anything, and behind any byte. */
static bool make_starts(builder *b, pst_regex_table *out)
{
    const pst_regex_automaton *a = b->automaton;

    memset(b->next, 0, a->words * sizeof *b->next);
    b->next[0] = 1;
    for (unsigned border = 0; border < PST_REGEX_BORDER_COUNT; border++) {
        out->start[border] = PST_REGEX_DEAD;
        if (a->borders[border] && (!a->anchored || border == a->edge)) {
            out->start[border] = pst_regex_states_number(&b->states, b->next, border);
            if (out->start[border] == PST_REGEX_NO_STATE) {
                return false;
            }
        }
    }
    return true;
}

static postern_status make_states(builder *b, pst_regex_table *out)
{
    if (!make_starts(b, out)) {
        return failure(b);
    }
    out->busy = b->states.count;
    for (uint32_t i = 0; i < b->stride; i++) {
        b->cells[PST_REGEX_DEAD * b->stride + i] = PST_REGEX_DEAD;
        b->cells[PST_REGEX_FOUND * b->stride + i] = PST_REGEX_FOUND;
    }
    for (uint32_t s = PST_REGEX_STATE_FIRST; s < b->states.count; s++) {
        if (s == b->cap && !grow_cells(b)) {
            return failure(b);
        }
        if (!make_row(b, s)) {
            return failure(b);
        }
        if (b->work > WORK_MAX) {
            return POSTERN_LIMIT;
        }
    }
    return POSTERN_OK;
}

/* Copies the cells, numbers of states becoming rows. */
static bool keep_cells(const builder *b, pst_arena *arena, pst_regex_table *out)
{
    const size_t count = (size_t)b->states.count * b->stride;
    uint16_t *narrow;
    uint32_t *wide;

    out->wide = count > UINT16_MAX + 1U;
    out->cells = pst_arena_array(arena, count, out->wide ? 4 : 2);
    if (out->cells == NULL) {
        return false;
    }
    narrow = pst_unconst(out->cells);
    wide = pst_unconst(out->cells);
    for (size_t i = 0; i < count; i++) {
        const uint32_t row = b->cells[i] * b->stride;
        if (out->wide) {
            wide[i] = row;
        } else {
            narrow[i] = (uint16_t)row;
        }
    }
    return true;
}

/* A pattern that has far more states than positions mostly has them without end. */
static uint32_t state_limit(const builder *b)
{
    const pst_regex_automaton *a = b->automaton;
    const uint32_t limits[] = {CELLS_MAX / b->stride, SET_WORDS_MAX / a->words,
                               a->positions * 16 + 512};
    uint32_t least = UINT32_MAX;

    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        least = limits[i] < least ? limits[i] : least;
    }
    return least;
}

/* The only byte that leads on from a state, or -1. */
static int only_way(const pst_regex_table *table, const uint16_t *row)
{
    int only = -1;

    for (int byte = 0; byte < 256; byte++) {
        if (row[table->class_of[byte]] != PST_REGEX_DEAD) {
            if (only >= 0) {
                return -1;
            }
            only = byte;
        }
    }
    return row[table->stride - 1] == PST_REGEX_DEAD ? only : -1;
}

/* The bytes that a search from the edge alone must begin with. */
static void find_lead(pst_regex_table *table, bool backward)
{
    const uint16_t *const cells = table->cells;
    uint32_t state = table->start[table->edge];
    size_t length = 0;

    while (length < PST_REGEX_LEAD && state > table->stride) {
        const int only = only_way(table, cells + state);
        if (only < 0) {
            break;
        }
        table->lead[length++] = (char)only;
        state = cells[state + table->class_of[only]];
    }
    for (size_t i = 0; backward && i < length / 2; i++) {
        const char swap = table->lead[i];
        table->lead[i] = table->lead[length - 1 - i];
        table->lead[length - 1 - i] = swap;
    }
    table->lead_length = (uint8_t)length;
    table->behind_lead = state;
}

postern_status pst_regex_table_build(pst_arena *arena, pst_arena *scratch,
                                     const pst_regex_automaton *automaton,
                                     bool backward, pst_regex_table *out)
{
    builder b = {.scratch = scratch,
                 .automaton = automaton,
                 .cap = FIRST_ROOM,
                 .stride = automaton->classes + 1};
    postern_status status;

    b.cells = pst_arena_array(scratch, (size_t)b.cap * b.stride, sizeof *b.cells);
    b.follow = pst_arena_array(scratch, automaton->words, 2 * sizeof *b.follow);
    if (b.cells == NULL || b.follow == NULL ||
        !pst_regex_states_init(&b.states, scratch, automaton, FIRST_ROOM,
                               state_limit(&b))) {
        return scratch->status;
    }
    b.next = b.follow + automaton->words;
    status = make_states(&b, out);
    if (status != POSTERN_OK) {
        return status;
    }
    if (!keep_cells(&b, arena, out)) {
        return arena->status;
    }
    out->stride = b.stride;
    out->states = b.states.count;
    out->busy *= b.stride;
    out->anchored = automaton->anchored;
    out->edge = automaton->edge;
    for (unsigned border = 0; border < PST_REGEX_BORDER_COUNT; border++) {
        out->start[border] *= b.stride;
    }
    memcpy(out->class_of, automaton->class_of, sizeof out->class_of);
    memcpy(out->border_of, automaton->border_of, sizeof out->border_of);
    out->lead_length = 0;
    out->behind_lead = out->start[out->edge];
    if (out->anchored && !out->wide) {
        find_lead(out, backward);
    }
    return POSTERN_OK;
}
