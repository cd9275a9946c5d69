/*
 * regex_capture.c - a search that carries the places of groups: a Pike VM.
 *
 * All threads stand at the same place of the text, in the order in which a backtracking
 * search would try them. An instruction is visited once for a place: who comes later
 * would do nothing that the first one does not do with preference. A thread that matches
 * ends those behind it and leaves those before it to find a match that is preferred.
 * Only threads whose SET takes the next byte are listed, at the instruction behind it.
 */
#include "match/regex_capture.h"

#include <string.h>

/* A slot without a place, and no instruction. */
#define NOWHERE UINT32_MAX

/* A place is at most this, so that every stamp is a number and none is NOWHERE. */
#define PLACE_MAX (UINT32_MAX - 3)

typedef struct thread_list {
    uint32_t count;
    uint32_t *at;    /* instructions */
    uint32_t *slots; /* a row for each */
} thread_list;

/* What is left to do when a path has ended: a SPLIT's other way, or a SAVE's slot as it
 * was. */
typedef struct pending {
    uint32_t at;
    uint32_t old;
} pending;

typedef struct machine {
    const pst_regex_program *program;
    const unsigned char *text;
    uint32_t len;
    uint32_t place;
    uint32_t kept; /* slots in a row */
    bool nullable; /* no byte need be there where a match starts */
    pst_byte_set first;
    uint32_t *visited; /* the stamp of the last visit of each instruction */
    pending *stack;    /* at most one for each instruction */
    uint32_t *seed;    /* the row of a thread that starts */
    uint32_t *found;   /* the row of the best match */
    thread_list now;
    thread_list next;
} machine;

/* --- memory ------------------------------------------------------------------------ */

static uint32_t count_sets(const pst_regex_program *program)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < program->length; i++) {
        count += program->code[i].op == PST_REGEX_OP_SET;
    }
    return count;
}

/* Room for `count` words that is kept for later calls. */
static uint32_t *make_room(pst_regex_memory *memory, size_t count)
{
    if (count > memory->room_bytes / sizeof(uint32_t)) {
        void *const room = pst_arena_array(memory->arena, count, sizeof(uint32_t));
        if (room == NULL) {
            return NULL;
        }
        memory->room = room;
        memory->room_bytes = count * sizeof(uint32_t);
    }
    return memory->room;
}

static uint32_t *take(uint32_t **room, size_t count)
{
    uint32_t *const taken = *room;

    *room += count;
    return taken;
}

static postern_status allocate(machine *m, pst_regex_memory *memory)
{
    const size_t length = m->program->length;
    const size_t threads = count_sets(m->program);
    const size_t rows = 2 * threads + 2;
    uint32_t *room;

    /* A list, its rows, a stamp and two words of the stack for each instruction. */
    if (m->kept > (SIZE_MAX / 8 - 2 * threads - 3 * length) / rows) {
        return POSTERN_LIMIT;
    }
    room = make_room(memory, rows * m->kept + 2 * threads + 3 * length);
    if (room == NULL) {
        return memory->arena->status;
    }
    m->stack = (pending *)(void *)take(&room, 2 * length);
    m->visited = take(&room, length);
    memset(m->visited, 0, length * sizeof *m->visited);
    m->seed = take(&room, m->kept);
    m->found = take(&room, m->kept);
    m->now = (thread_list){0, take(&room, threads), take(&room, threads * m->kept)};
    m->next = (thread_list){0, take(&room, threads), take(&room, threads * m->kept)};
    return POSTERN_OK;
}

/* --- threads ----------------------------------------------------------------------- */

static void copy_row(uint32_t *to, const uint32_t *from, uint32_t kept)
{
    for (uint32_t i = 0; i < kept; i++) {
        to[i] = from[i];
    }
}

static bool takes_byte(const machine *m, const pst_regex_insn *set)
{
    return m->place < m->len &&
           pst_byte_set_has(&m->program->sets[set->other], m->text[m->place]);
}

static void add_thread(machine *m, uint32_t at, const uint32_t *slots)
{
    thread_list *const next = &m->next;

    next->at[next->count] = at;
    copy_row(next->slots + (size_t)next->count * m->kept, slots, m->kept);
    next->count++;
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
static uint32_t turn_back(const machine *m, uint32_t *depth, uint32_t *slots)
{
    while (*depth > 0) {
        const pending *const last = &m->stack[--*depth];
        const pst_regex_insn *const insn = &m->program->code[last->at];
        if (insn->op == PST_REGEX_OP_SPLIT) {
            return insn->other;
        }
        slots[insn->other] = last->old;
    }
    return NOWHERE;
}

/* Follows every way from instruction `at` up to the next byte. `slots` are changed.
 * @return true at a match, which is noted down; the ways behind it do not count */
static bool follow(machine *m, uint32_t at, uint32_t *slots)
{
    const uint32_t stamp = m->place + 2;
    uint32_t depth = 0;

    for (; at != NOWHERE; at = turn_back(m, &depth, slots)) {
        while (at != NOWHERE && m->visited[at] != stamp) {
            const pst_regex_insn *const insn = &m->program->code[at];
            m->visited[at] = stamp;
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
                m->stack[depth++].at = at;
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

/* --- where matches may start ------------------------------------------------------- */

static void join_first(machine *m, const pst_byte_set *set)
{
    for (size_t i = 0; i < 4; i++) {
        m->first.words[i] |= set->words[i];
    }
}

/* Finds out which bytes a match may start with; assertions may all hold. */
static void find_first(machine *m)
{
    enum { STAMP = 1 };
    uint32_t depth = 0;
    uint32_t at = m->program->start;

    for (; at != NOWHERE; at = turn_back(m, &depth, m->seed)) {
        while (at != NOWHERE && m->visited[at] != STAMP) {
            const pst_regex_insn *const insn = &m->program->code[at];
            m->visited[at] = STAMP;
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
                m->stack[depth++].at = at;
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

/* Starts a thread, behind all others. @return true at a match */
static bool start(machine *m)
{
    for (uint32_t i = 0; i < m->kept; i++) {
        m->seed[i] = NOWHERE;
    }
    m->seed[0] = m->place;
    return follow(m, m->program->start, m->seed);
}

/* --- the search -------------------------------------------------------------------- */

static bool run(machine *m)
{
    bool starting = true;
    bool found = false;

    for (;;) {
        const thread_list spare = m->now;
        bool here;
        m->next.count = 0;
        here = follow_all(m) || (starting && may_start(m) && start(m));
        found = found || here;
        starting = !found && !m->program->anchored;
        if (m->place == m->len || (m->next.count == 0 && !starting)) {
            return found;
        }
        m->place++;
        while (m->next.count == 0 && m->place < m->len && !may_start(m)) {
            m->place++;
        }
        m->now = m->next;
        m->next = spare;
    }
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
    status = allocate(&m, memory);
    if (status != POSTERN_OK) {
        return status;
    }
    find_first(&m);
    *found = run(&m);
    for (size_t i = 0; *found && i < 2 * groups; i++) {
        places[i] = m.found[i] == NOWHERE ? PST_REGEX_NOWHERE : m.found[i];
    }
    return POSTERN_OK;
}
