/*
 * match/regex_capture.c - searches that keep the places of groups, in two ways that find
 * the same.
 *
 * In both, an instruction is visited once for a place of the text: who comes later would
 * do nothing that the first one has not tried with preference. Where a bit for each
 * instruction and place is little memory, one thread tries one way after the other and
 * turns back where it fails. Otherwise (a Pike VM) all threads stand at the same place,
 * in the order in which they would have been tried. One that matches ends those behind
 * it, and leaves those before it to find a match that is preferred. Only threads whose
 * SET takes the next byte are listed, at the instruction behind it.
 */
#include "match/regex_capture.h"

#include <string.h>

/* A slot without a place, and no instruction. */
#define NOWHERE UINT32_MAX

/* A place is at most this, so that every stamp is a number and none is NOWHERE. */
#define PLACE_MAX (UINT32_MAX - 2)

/* How much one thread may remember: visits of instructions at places, ways to turn back
 * to. A program of at most PROGRAM_MAX fits both when it is looked at as a whole. */
enum { VISITS_MAX = 65536, TURNS_MAX = 1024, PROGRAM_MAX = 512 };
enum { WORD_BITS = 32, BIT_WORDS = VISITS_MAX / WORD_BITS };

typedef struct thread_list {
    uint32_t count;
    uint32_t *at;    /* instructions */
    uint32_t *slots; /* a row for each */
} thread_list;

/* What is left to do when a way has ended: a SPLIT's other way from the place `old`, or
 * the slot of a SAVE as it was. */
typedef struct pending {
    uint32_t at;
    uint32_t old;
} pending;

typedef struct machine {
    const pst_regex_program *program;
    const unsigned char *text;
    uint32_t len;
    uint32_t place;
    uint32_t kept;      /* slots in a row */
    bool nullable;      /* no byte need be there where a match starts */
    pst_byte_set first; /* bytes that may be there */
    pending *stack;
    uint32_t *found;  /* the row of the best match */
    uint32_t *bits;   /* one thread: a bit for each instruction and place */
    uint32_t *stamps; /* all threads: the last visit of each instruction */
    uint32_t *seed;   /* the row of a thread that starts */
    thread_list now;
    thread_list next;
} machine;

/* --- memory ------------------------------------------------------------------------ */

/* Stands before the words. */
struct pst_regex_room {
    size_t count;
};

/* Room for `count` words that is kept for later calls. */
static uint32_t *make_room(pst_regex_memory *memory, size_t count)
{
    enum { HEAD = sizeof(struct pst_regex_room) / sizeof(uint32_t) };

    if (memory->room == NULL || memory->room->count < count) {
        /* Twice as much each time, so that all that was left behind is no more. */
        const size_t twice = memory->room == NULL ? 0 : 2 * memory->room->count;
        struct pst_regex_room *room;
        count = count < twice ? twice : count;
        room = pst_arena_array(memory->arena, count + HEAD, sizeof(uint32_t));
        if (room == NULL) {
            return NULL;
        }
        room->count = count;
        memory->room = room;
    }
    return (uint32_t *)(void *)(memory->room + 1);
}

static uint32_t *take(uint32_t **room, size_t count)
{
    uint32_t *const taken = *room;

    *room += count;
    return taken;
}

/* The same for every text: values that grow do not ask for more and more. */
static postern_status allocate_for_one(machine *m, pst_regex_memory *memory)
{
    uint32_t *room = make_room(memory, BIT_WORDS + 2 * TURNS_MAX + (size_t)m->kept);

    if (room == NULL) {
        return memory->arena->status;
    }
    m->stack = (pending *)(void *)take(&room, 2 * TURNS_MAX);
    m->bits = take(&room, BIT_WORDS);
    m->stamps = m->bits; /* for find_first() */
    m->found = take(&room, m->kept);
    return POSTERN_OK;
}

static uint32_t count_sets(const pst_regex_program *program)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < program->length; i++) {
        count += program->code[i].op == PST_REGEX_OP_SET;
    }
    return count;
}

/* A list and its rows for the threads, a stamp and a turn for each instruction. */
static postern_status allocate_for_all(machine *m, pst_regex_memory *memory)
{
    const size_t length = m->program->length;
    const size_t threads = count_sets(m->program);
    const size_t rows = 2 * threads + 2;
    uint32_t *room;

    if (m->kept > (SIZE_MAX / 8 - 2 * threads - 3 * length) / rows) {
        return POSTERN_LIMIT;
    }
    room = make_room(memory, rows * m->kept + 2 * threads + 3 * length);
    if (room == NULL) {
        return memory->arena->status;
    }
    m->stack = (pending *)(void *)take(&room, 2 * length);
    m->stamps = take(&room, length);
    m->found = take(&room, m->kept);
    m->seed = take(&room, m->kept);
    m->now = (thread_list){0, take(&room, threads), take(&room, threads * m->kept)};
    m->next = (thread_list){0, take(&room, threads), take(&room, threads * m->kept)};
    return POSTERN_OK;
}

/* --- steps ------------------------------------------------------------------------- */

static void start_row(const machine *m, uint32_t *slots)
{
    slots[0] = m->place;
    for (uint32_t i = 1; i < m->kept; i++) {
        slots[i] = NOWHERE;
    }
}

static bool takes_byte(const machine *m, const pst_regex_insn *set)
{
    return m->place < m->len &&
           pst_byte_set_has(&m->program->sets[set->other], m->text[m->place]);
}

static bool assertion_holds(const machine *m, uint32_t assertion)
{
    const pst_regex_border before =
        m->place == 0 ? PST_REGEX_EDGE : pst_regex_border_of(m->text[m->place - 1]);
    const pst_regex_border behind =
        m->place == m->len ? PST_REGEX_EDGE : pst_regex_border_of(m->text[m->place]);

    return pst_regex_holds((pst_regex_assertion)assertion, before, behind);
}

/* Goes back to where there was another way. @return its instruction, or NOWHERE */
static uint32_t turn_back(machine *m, uint32_t *depth, uint32_t *slots)
{
    while (*depth > 0) {
        const pending *const last = &m->stack[--*depth];
        const pst_regex_insn *const insn = &m->program->code[last->at];
        if (insn->op == PST_REGEX_OP_SPLIT) {
            m->place = last->old;
            return insn->other;
        }
        slots[insn->other] = last->old;
    }
    return NOWHERE;
}

/* --- where matches may start ------------------------------------------------------- */

static void join_first(machine *m, const pst_byte_set *set)
{
    for (size_t i = 0; i < 4; i++) {
        m->first.words[i] |= set->words[i];
    }
}

/* Finds out which bytes a match may start with, as if every assertion held. */
static void find_first(machine *m)
{
    uint32_t depth = 0;
    uint32_t at = m->program->start;

    if (m->program->anchored) { /* at one place, whatever is there */
        m->nullable = true;
        return;
    }
    memset(m->stamps, 0, m->program->length * sizeof *m->stamps);
    for (; at != NOWHERE; at = turn_back(m, &depth, NULL)) {
        while (at != NOWHERE && m->stamps[at] == 0) {
            const pst_regex_insn *const insn = &m->program->code[at];
            m->stamps[at] = 1;
            switch ((pst_regex_op)insn->op) {
            case PST_REGEX_OP_MATCH:
                m->nullable = true;
                at = NOWHERE;
                break;
            case PST_REGEX_OP_SET:
                join_first(m, &m->program->sets[insn->other]);
                at = NOWHERE;
                break;
            case PST_REGEX_OP_SPLIT:
                m->stack[depth++] = (pending){at, 0};
                at = insn->next;
                break;
            case PST_REGEX_OP_SAVE:
            case PST_REGEX_OP_ASSERT:
                at = insn->next;
                break;
            }
        }
    }
}

static bool may_start(const machine *m)
{
    return m->nullable ||
           (m->place < m->len && pst_byte_set_has(&m->first, m->text[m->place]));
}

/* Goes on to where a match may start, or to the end. */
static void skip(machine *m)
{
    while (m->place < m->len && !may_start(m)) {
        m->place++;
    }
}

/* --- one thread -------------------------------------------------------------------- */

typedef enum outcome { FAILED, MATCHED, TOO_DEEP } outcome;

/* True for the first visit of instruction `at` at this place. */
static bool is_new(machine *m, uint32_t at)
{
    const uint32_t visit = m->place * m->program->length + at;
    const uint32_t bit = UINT32_C(1) << visit % WORD_BITS;
    uint32_t *const word = &m->bits[visit / WORD_BITS];

    if ((*word & bit) != 0) {
        return false;
    }
    *word |= bit;
    return true;
}

/* Tries every way from here. */
static outcome try_here(machine *m)
{
    uint32_t depth = 0;
    uint32_t at = m->program->start;

    start_row(m, m->found);
    for (; at != NOWHERE; at = turn_back(m, &depth, m->found)) {
        while (at != NOWHERE && is_new(m, at)) {
            const pst_regex_insn *const insn = &m->program->code[at];
            at = insn->next;
            switch ((pst_regex_op)insn->op) {
            case PST_REGEX_OP_MATCH:
                m->found[1] = m->place;
                return MATCHED;
            case PST_REGEX_OP_SET:
                at = takes_byte(m, insn) ? insn->next : NOWHERE;
                m->place++;
                break;
            case PST_REGEX_OP_SPLIT:
                if (depth == TURNS_MAX) {
                    return TOO_DEEP;
                }
                m->stack[depth++] =
                    (pending){(uint32_t)(insn - m->program->code), m->place};
                break;
            case PST_REGEX_OP_SAVE:
                if (insn->other >= m->kept) {
                    break;
                }
                if (depth == TURNS_MAX) {
                    return TOO_DEEP;
                }
                m->stack[depth++] = (pending){(uint32_t)(insn - m->program->code),
                                              m->found[insn->other]};
                m->found[insn->other] = m->place;
                break;
            case PST_REGEX_OP_ASSERT:
                at = assertion_holds(m, insn->other) ? insn->next : NOWHERE;
                break;
            }
        }
    }
    return FAILED;
}

static outcome run_one(machine *m)
{
    const uint32_t visits = (m->len + 1) * m->program->length;

    memset(m->bits, 0, (visits + WORD_BITS - 1) / WORD_BITS * sizeof *m->bits);
    for (uint32_t start = 0;; start++) {
        outcome result;
        m->place = start;
        skip(m);
        start = m->place;
        result = try_here(m);
        if (result != FAILED || m->program->anchored || start == m->len) {
            return result;
        }
    }
}

/* --- all threads ------------------------------------------------------------------- */

static void copy_row(uint32_t *to, const uint32_t *from, uint32_t kept)
{
    for (uint32_t i = 0; i < kept; i++) {
        to[i] = from[i];
    }
}

static void add_thread(machine *m, uint32_t at, const uint32_t *slots)
{
    thread_list *const next = &m->next;

    next->at[next->count] = at;
    copy_row(next->slots + (size_t)next->count * m->kept, slots, m->kept);
    next->count++;
}

/* Follows every way from instruction `at` up to the next byte. `slots` are changed.
 * @return true at a match, which is noted down; the ways behind it do not count */
static bool follow(machine *m, uint32_t at, uint32_t *slots)
{
    const uint32_t stamp = m->place + 1;
    uint32_t depth = 0;

    for (; at != NOWHERE; at = turn_back(m, &depth, slots)) {
        while (at != NOWHERE && m->stamps[at] != stamp) {
            const pst_regex_insn *const insn = &m->program->code[at];
            m->stamps[at] = stamp;
            switch ((pst_regex_op)insn->op) {
            case PST_REGEX_OP_MATCH:
                copy_row(m->found, slots, m->kept);
                m->found[1] = m->place;
                return true;
            case PST_REGEX_OP_SET:
                if (takes_byte(m, insn)) {
                    add_thread(m, insn->next, slots);
                }
                at = NOWHERE;
                break;
            case PST_REGEX_OP_SPLIT:
                m->stack[depth++] = (pending){at, m->place};
                at = insn->next;
                break;
            case PST_REGEX_OP_SAVE:
                if (insn->other < m->kept) {
                    m->stack[depth++] = (pending){at, slots[insn->other]};
                    slots[insn->other] = m->place;
                }
                at = insn->next;
                break;
            case PST_REGEX_OP_ASSERT:
                at = assertion_holds(m, insn->other) ? insn->next : NOWHERE;
                break;
            }
        }
    }
    return false;
}

static bool follow_all(machine *m)
{
    const thread_list *const now = &m->now;

    for (uint32_t i = 0; i < now->count; i++) {
        if (follow(m, now->at[i], now->slots + (size_t)i * m->kept)) {
            return true;
        }
    }
    return false;
}

/* Starts a thread behind all others. @return true at a match */
static bool start_here(machine *m)
{
    start_row(m, m->seed);
    return follow(m, m->program->start, m->seed);
}

static bool run_all(machine *m)
{
    bool starting = true;
    bool found = false;

    memset(m->stamps, 0, m->program->length * sizeof *m->stamps);
    for (;;) {
        const thread_list spare = m->now;
        bool here;
        if (m->now.count == 0) {
            skip(m);
        }
        m->next.count = 0;
        here = follow_all(m) || (starting && may_start(m) && start_here(m));
        found = found || here;
        starting = !found && !m->program->anchored;
        if (m->place == m->len || (m->next.count == 0 && !starting)) {
            return found;
        }
        m->place++;
        m->now = m->next;
        m->next = spare;
    }
}

/* --- both -------------------------------------------------------------------------- */

static bool is_small(const machine *m)
{
    return m->program->length <= PROGRAM_MAX &&
           m->len < VISITS_MAX / m->program->length;
}

static postern_status run(machine *m, pst_regex_memory *memory, bool *found)
{
    postern_status status;

    if (is_small(m)) {
        outcome result;
        status = allocate_for_one(m, memory);
        if (status != POSTERN_OK) {
            return status;
        }
        find_first(m);
        result = run_one(m);
        if (result != TOO_DEEP) {
            *found = result == MATCHED;
            return POSTERN_OK;
        }
    }
    status = allocate_for_all(m, memory);
    if (status == POSTERN_OK) {
        m->place = 0;
        find_first(m);
        *found = run_all(m);
    }
    return status;
}

postern_status pst_regex_capture(const pst_regex_program *program, postern_str text,
                                 pst_regex_memory *memory, size_t groups,
                                 size_t *places, bool *found)
{
    machine m = {.program = program};
    postern_status status;

    *found = false;
    if (text.len > PLACE_MAX) {
        return POSTERN_LIMIT;
    }
    m.text = (const unsigned char *)text.data;
    m.len = (uint32_t)text.len;
    m.kept = (uint32_t)(2 * groups);
    status = run(&m, memory, found);
    for (size_t i = 0; *found && i < 2 * groups; i++) {
        places[i] = m.found[i] == NOWHERE ? PST_REGEX_NOWHERE : m.found[i];
    }
    return status;
}
