/*
 * match/regex_automaton.c - from instructions to positions and their followers.
 *
 * Positions are numbered from left to right, so that most are followed by the next one
 * alone: a shift. A position that follows itself costs nothing more; the rest are put
 * together by what follows them.
 */
#include "match/regex_automaton.h"

#include "support/alloc.h"

#include <string.h>

/* Instructions looked at before it is too much. */
enum { WORK_MAX = 4 * 1024 * 1024 };

/* Groups under construction; the sets lie in the arena. */
typedef struct group_list {
    pst_regex_group *items;
    uint32_t count;
    uint32_t cap;
} group_list;

typedef struct builder {
    pst_arena *arena;
    const pst_regex_program *program;
    pst_regex_automaton *automaton;
    uint32_t *position_of; /* of a SET instruction */
    uint32_t *next_of;     /* of a position: the instruction behind it */
    uint32_t *set_of;      /* of a position but the first */
    uint32_t *shared;      /* of an instruction: positions it is behind of */
    uint32_t *stack;
    uint32_t *seen; /* of an instruction: the last round that met it */
    uint32_t round;
    uint32_t work;
    uint64_t *rest;      /* a set, for the moment */
    uint8_t sample[256]; /* of a class: one byte of it */
    group_list groups;
} builder;

static void add(uint64_t *set, uint32_t position)
{
    set[position / 64] |= UINT64_C(1) << (position % 64);
}

static void drop(uint64_t *set, uint32_t position)
{
    set[position / 64] &= ~(UINT64_C(1) << (position % 64));
}

static bool has(const uint64_t *set, uint32_t position)
{
    return (set[position / 64] >> (position % 64) & 1) != 0;
}

static uint64_t *new_set(builder *b)
{
    const size_t bytes = b->automaton->words * sizeof(uint64_t);
    uint64_t *set = pst_arena_alloc(b->arena, bytes);

    if (set != NULL) {
        memset(set, 0, bytes);
    }
    return set;
}

/* Which borders the program's assertions can tell apart. */
static void find_borders(builder *b)
{
    pst_regex_automaton *a = b->automaton;
    bool text = false;
    bool line = false;
    bool word = false;

    for (uint32_t i = 0; i < b->program->length; i++) {
        const pst_regex_insn *insn = &b->program->code[i];
        if (insn->op != PST_REGEX_OP_ASSERT) {
            continue;
        }
        text |= insn->other <= PST_REGEX_TEXT_END;
        line |=
            insn->other == PST_REGEX_LINE_START || insn->other == PST_REGEX_LINE_END;
        word |= insn->other >= PST_REGEX_WORD_START;
    }
    a->borders[PST_REGEX_OTHER] = true;
    a->borders[PST_REGEX_WORD] = word;
    a->borders[PST_REGEX_NEWLINE] = line;
    a->borders[PST_REGEX_EDGE] = text;
    /* To a line the edge is as good as a newline; to a word it is like a blank. */
    a->edge =
        (uint8_t)(text ? PST_REGEX_EDGE : (line ? PST_REGEX_NEWLINE : PST_REGEX_OTHER));
}

static pst_regex_border border_that_matters(const pst_regex_automaton *a, unsigned byte)
{
    const pst_regex_border border = pst_regex_border_of((unsigned char)byte);

    return a->borders[border] ? border : PST_REGEX_OTHER;
}

/* Runs of bytes that no question tells from their neighbours. */
typedef struct runs {
    uint16_t count;
    uint8_t sample[256]; /* of a run: its first byte */
    uint16_t class_of[256];
    uint16_t classes;
} runs;

/* Where a set or a border changes from one byte to the next, a run starts. */
static void find_runs(builder *b, runs *r)
{
    const pst_regex_automaton *a = b->automaton;
    uint64_t changes[4] = {1, 0, 0, 0};

    for (uint32_t s = 0; s < b->program->set_count; s++) {
        const uint64_t *words = b->program->sets[s].words;
        for (unsigned w = 0; w < 4; w++) {
            const uint64_t carry = w > 0 ? words[w - 1] >> 63 : words[0] & 1;
            changes[w] |= words[w] ^ (words[w] << 1 | carry);
        }
    }
    r->count = 0;
    r->classes = 1;
    for (unsigned byte = 0; byte < 256; byte++) {
        if ((changes[byte / 64] >> (byte % 64) & 1) != 0 ||
            border_that_matters(a, byte) != border_that_matters(a, byte - 1)) {
            r->class_of[r->count] = 0;
            r->sample[r->count++] = (uint8_t)byte;
        }
    }
}

/* Splits the classes of runs by one more question; classes stay without gaps. */
static void split_classes(runs *r, const bool *in)
{
    uint16_t number[2][256];
    uint16_t count = 0;

    memset(number[0], 0, r->classes * sizeof number[0][0]);
    memset(number[1], 0, r->classes * sizeof number[0][0]);
    for (unsigned run = 0; run < r->count; run++) {
        uint16_t *mine = &number[in[run]][r->class_of[run]];
        if (*mine == 0) {
            *mine = ++count;
        }
        r->class_of[run] = (uint16_t)(*mine - 1);
    }
    r->classes = count;
}

static void make_classes(builder *b)
{
    pst_regex_automaton *a = b->automaton;
    bool in[256];
    unsigned run = 0;
    runs r;

    find_runs(b, &r);
    for (uint32_t border = PST_REGEX_WORD; border <= PST_REGEX_NEWLINE; border++) {
        for (unsigned i = 0; i < r.count; i++) {
            in[i] = border_that_matters(a, r.sample[i]) == border;
        }
        split_classes(&r, in);
    }
    for (uint32_t s = 0; s < b->program->set_count && r.classes < r.count; s++) {
        for (unsigned i = 0; i < r.count; i++) {
            in[i] = pst_byte_set_has(&b->program->sets[s], r.sample[i]);
        }
        split_classes(&r, in);
    }
    a->classes = r.classes;
    for (unsigned byte = 0; byte < 256; byte++) {
        run += run + 1U < r.count && r.sample[run + 1] == byte;
        a->class_of[byte] = (uint8_t)r.class_of[run];
        b->sample[r.class_of[run]] = (uint8_t)byte;
    }
    for (uint32_t class_ = 0; class_ < a->classes; class_++) {
        a->border_of[class_] = (uint8_t)border_that_matters(a, b->sample[class_]);
    }
}

/* Numbers the SET instructions, which were written from right to left. */
static void number_positions(builder *b)
{
    const pst_regex_program *program = b->program;
    uint32_t position = 1;

    b->next_of[0] = program->start;
    b->shared[program->start]++;
    for (uint32_t i = program->length; i-- > 0;) {
        if (program->code[i].op == PST_REGEX_OP_SET) {
            b->position_of[i] = position;
            b->next_of[position] = program->code[i].next;
            b->set_of[position] = program->code[i].other;
            b->shared[program->code[i].next]++;
            position++;
        }
    }
}

static bool make_masks(builder *b)
{
    pst_regex_automaton *a = b->automaton;
    const size_t bytes = (size_t)a->classes * a->words * sizeof(uint64_t);
    uint64_t *masks = pst_arena_alloc(b->arena, bytes);

    if (masks == NULL) {
        return false;
    }
    memset(masks, 0, bytes);
    a->masks = masks;
    for (uint32_t class_ = 0; class_ < a->classes; class_++) {
        uint64_t *mask = masks + (size_t)class_ * a->words;
        if (!a->anchored) {
            add(mask, 0);
        }
        for (uint32_t p = 1; p < a->positions; p++) {
            if (pst_byte_set_has(&b->program->sets[b->set_of[p]], b->sample[class_])) {
                add(mask, p);
            }
        }
    }
    return true;
}

/* The positions behind instruction `from`, in b->rest. @return whether a match ends */
static bool close_over(builder *b, uint32_t from, pst_regex_border before,
                       pst_regex_border behind)
{
    const pst_regex_insn *code = b->program->code;
    bool accepted = false;
    uint32_t depth = 0;

    memset(b->rest, 0, b->automaton->words * sizeof *b->rest);
    b->round++;
    b->work += b->automaton->words / 8;
    b->stack[depth++] = from;
    b->seen[from] = b->round;
    while (depth > 0) {
        const uint32_t at = b->stack[--depth];
        const pst_regex_insn *insn = &code[at];
        bool go_on = insn->op == PST_REGEX_OP_SPLIT || insn->op == PST_REGEX_OP_SAVE;
        b->work++;
        if (insn->op == PST_REGEX_OP_SET) {
            add(b->rest, b->position_of[at]);
        } else if (insn->op == PST_REGEX_OP_MATCH) {
            accepted = true;
        } else if (insn->op == PST_REGEX_OP_ASSERT) {
            go_on = pst_regex_holds((pst_regex_assertion)insn->other, before, behind);
        }
        if (go_on && b->seen[insn->next] != b->round) {
            b->seen[insn->next] = b->round;
            b->stack[depth++] = insn->next;
        }
        if (insn->op == PST_REGEX_OP_SPLIT && b->seen[insn->other] != b->round) {
            b->seen[insn->other] = b->round;
            b->stack[depth++] = insn->other;
        }
    }
    return accepted;
}

/* Puts `position` among those followed by b->rest. */
static bool join_group(builder *b, uint32_t position)
{
    const size_t bytes = b->automaton->words * sizeof *b->rest;
    uint64_t *members;
    uint64_t *follow;

    for (uint32_t g = b->groups.count; g-- > 0;) {
        b->work += 1 + b->automaton->words / 8;
        if (memcmp(b->groups.items[g].follow, b->rest, bytes) == 0) {
            add(pst_unconst(b->groups.items[g].members), position);
            return true;
        }
    }
    if (b->groups.count == b->groups.cap) {
        const uint32_t cap = b->groups.cap * 2 + 4;
        pst_regex_group *items = pst_arena_array(b->arena, cap, sizeof *items);
        if (items == NULL) {
            return false;
        }
        if (b->groups.count > 0) {
            memcpy(items, b->groups.items, b->groups.count * sizeof *items);
        }
        b->groups.items = items;
        b->groups.cap = cap;
    }
    members = new_set(b);
    follow = new_set(b);
    if (members == NULL || follow == NULL) {
        return false;
    }
    memcpy(follow, b->rest, bytes);
    add(members, position);
    b->groups.items[b->groups.count++] = (pst_regex_group){members, follow};
    return true;
}

static bool is_empty(const uint64_t *set, uint32_t words)
{
    return !pst_regex_meet(set, set, words);
}

/* Puts down what follows `position` in one turn; it is in b->rest. What the next
 * position and the position itself cost nothing as, they are not in a group for: only
 * for positions that share their followers one group for all is less. */
static bool place_followers(builder *b, uint32_t position, uint64_t *chained,
                            uint64_t *looped)
{
    const pst_regex_automaton *a = b->automaton;
    const bool alone = b->shared[b->next_of[position]] == 1;
    const uint32_t next = position + 1;

    if (position == 0 && !a->anchored) {
        add(b->rest, 0);
    }
    if (alone && has(b->rest, position)) {
        drop(b->rest, position);
        add(looped, position);
    }
    if (next < a->positions && has(b->rest, next)) {
        drop(b->rest, next);
        if (alone || is_empty(b->rest, a->words)) {
            add(chained, position);
        } else {
            add(b->rest, next);
        }
    }
    return is_empty(b->rest, a->words) || join_group(b, position);
}

static postern_status make_turn(builder *b, pst_regex_border before,
                                pst_regex_border behind)
{
    const pst_regex_automaton *a = b->automaton;
    uint64_t *accept = new_set(b);
    uint64_t *chained = new_set(b);
    uint64_t *looped = new_set(b);

    if (accept == NULL || chained == NULL || looped == NULL) {
        return b->arena->status;
    }
    b->groups = (group_list){0};
    for (uint32_t position = 0; position < a->positions; position++) {
        if (close_over(b, b->next_of[position], before, behind)) {
            add(accept, position);
        }
        if (!place_followers(b, position, chained, looped)) {
            return b->arena->status;
        }
        if (b->work > WORK_MAX) {
            return POSTERN_LIMIT;
        }
    }
    b->automaton->turns[before][behind] =
        (pst_regex_turn){accept, chained, looped, b->groups.items, b->groups.count};
    return POSTERN_OK;
}

/* A match ends for certain at positions that accept whatever comes behind them. */
static bool find_finished(builder *b, pst_regex_border before)
{
    pst_regex_automaton *a = b->automaton;
    uint64_t *finished = new_set(b);

    if (finished == NULL) {
        return false;
    }
    memset(finished, 0xff, a->words * sizeof *finished);
    for (uint32_t behind = 0; behind < PST_REGEX_BORDER_COUNT; behind++) {
        const uint64_t *accept = a->turns[before][behind].accept;
        for (uint32_t i = 0; accept != NULL && i < a->words; i++) {
            finished[i] &= accept[i];
        }
    }
    a->finished[before] = finished;
    return true;
}

static postern_status make_turns(builder *b)
{
    pst_regex_automaton *a = b->automaton;
    uint32_t most = 0;
    postern_status status = POSTERN_OK;

    for (uint32_t before = 0; before < PST_REGEX_BORDER_COUNT; before++) {
        if (!a->borders[before]) {
            continue;
        }
        for (uint32_t behind = 0; behind < PST_REGEX_BORDER_COUNT; behind++) {
            if (a->borders[behind]) {
                status =
                    make_turn(b, (pst_regex_border)before, (pst_regex_border)behind);
                if (status != POSTERN_OK) {
                    return status;
                }
                if (a->turns[before][behind].group_count > most) {
                    most = a->turns[before][behind].group_count;
                }
            }
        }
        if (!find_finished(b, (pst_regex_border)before)) {
            return b->arena->status;
        }
    }
    /* To follow the chain, to mask, and for each group to ask and to follow. */
    a->steps = a->words * (2 + 2 * most);
    return POSTERN_OK;
}

static bool make_room(builder *b, pst_arena *scratch)
{
    const pst_regex_automaton *a = b->automaton;
    const uint32_t length = b->program->length;
    const size_t sizes[] = {length, a->positions, a->positions, length, length, length};
    uint32_t **const arrays[] = {&b->position_of, &b->next_of, &b->set_of,
                                 &b->shared,      &b->stack,   &b->seen};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        *arrays[i] = pst_arena_array(scratch, sizes[i], sizeof(uint32_t));
        if (*arrays[i] == NULL) {
            return false;
        }
    }
    memset(b->shared, 0, length * sizeof *b->shared);
    memset(b->seen, 0, length * sizeof *b->seen);
    b->rest = pst_arena_array(scratch, a->words, sizeof *b->rest);
    return b->rest != NULL;
}

postern_status pst_regex_automaton_build(pst_arena *arena, pst_arena *scratch,
                                         const pst_regex_program *program,
                                         pst_regex_automaton *out)
{
    builder b = {.arena = arena, .program = program, .automaton = out};

    *out = (pst_regex_automaton){.positions = 1, .anchored = program->anchored};
    for (uint32_t i = 0; i < program->length; i++) {
        out->positions += program->code[i].op == PST_REGEX_OP_SET;
    }
    out->words = (out->positions + 63) / 64;
    if (out->words > PST_REGEX_WORDS_MAX) {
        return POSTERN_LIMIT;
    }
    if (!make_room(&b, scratch)) {
        return scratch->status;
    }
    find_borders(&b);
    make_classes(&b);
    number_positions(&b);
    if (!make_masks(&b)) {
        return arena->status;
    }
    return make_turns(&b);
}
