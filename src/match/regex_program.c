/*
 * match/regex_program.c - a tree becomes instructions, from its end to its start, so
 * that each instruction knows where it goes on. The walk keeps its own stack, and is
 * made twice: once to count, once to write.
 */
#include "match/regex_program.h"

#include "support/hash.h"

#include <string.h>

/** A node on the way of the walk. */
typedef struct frame {
    pst_regex_node *node;
    pst_regex_node *child; /* of CONCAT, ALTERNATE: being built */
    uint32_t next;         /* where the node goes on */
    uint32_t loop;         /* of REPEAT without an end: its split */
    uint32_t left;         /* of REPEAT: how often the child is still to come */
} frame;

typedef struct builder {
    pst_regex_insn *code; /* NULL: only counting */
    uint32_t length;
    uint32_t *slots; /* hash table of sets: index + 1 */
    uint32_t slot_mask;
    pst_byte_set *sets; /* of the tree; being numbered */
    uint32_t set_count;
    uint32_t limit; /* of `length` */
    frame *frames;
    uint32_t depth;
    bool backward;
} builder;

pst_regex_border pst_regex_border_of(unsigned char byte)
{
    if (byte == '\n') {
        return PST_REGEX_NEWLINE;
    }
    if ((byte >= '0' && byte <= '9') || byte == '_' ||
        ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z')) {
        return PST_REGEX_WORD;
    }
    return PST_REGEX_OTHER;
}

bool pst_regex_holds(pst_regex_assertion assertion, pst_regex_border before,
                     pst_regex_border behind)
{
    const bool word_before = before == PST_REGEX_WORD;
    const bool word_behind = behind == PST_REGEX_WORD;

    switch (assertion) {
    case PST_REGEX_TEXT_START:
        return before == PST_REGEX_EDGE;
    case PST_REGEX_TEXT_END:
        return behind == PST_REGEX_EDGE;
    case PST_REGEX_LINE_START:
        return before == PST_REGEX_EDGE || before == PST_REGEX_NEWLINE;
    case PST_REGEX_LINE_END:
        return behind == PST_REGEX_EDGE || behind == PST_REGEX_NEWLINE;
    case PST_REGEX_WORD_START:
        return !word_before && word_behind;
    case PST_REGEX_WORD_END:
        return word_before && !word_behind;
    case PST_REGEX_WORD_START_HALF:
        return !word_before;
    case PST_REGEX_WORD_END_HALF:
        return !word_behind;
    case PST_REGEX_WORD_EDGE:
        return word_before != word_behind;
    case PST_REGEX_WORD_INSIDE:
        return word_before == word_behind;
    }
    return false;
}

static pst_regex_assertion mirrored(pst_regex_assertion assertion)
{
    switch (assertion) {
    case PST_REGEX_TEXT_START:
        return PST_REGEX_TEXT_END;
    case PST_REGEX_TEXT_END:
        return PST_REGEX_TEXT_START;
    case PST_REGEX_LINE_START:
        return PST_REGEX_LINE_END;
    case PST_REGEX_LINE_END:
        return PST_REGEX_LINE_START;
    case PST_REGEX_WORD_START:
        return PST_REGEX_WORD_END;
    case PST_REGEX_WORD_END:
        return PST_REGEX_WORD_START;
    case PST_REGEX_WORD_START_HALF:
        return PST_REGEX_WORD_END_HALF;
    case PST_REGEX_WORD_END_HALF:
        return PST_REGEX_WORD_START_HALF;
    case PST_REGEX_WORD_EDGE:
    case PST_REGEX_WORD_INSIDE:
        break;
    }
    return assertion;
}

static uint32_t emit(builder *b, pst_regex_op op, uint32_t next, uint32_t other)
{
    if (b->code != NULL) {
        b->code[b->length] = (pst_regex_insn){op, next, other};
    }
    return b->length++;
}

/* Gives the set of `node` its number; equal sets have one. */
static void number_set(builder *b, pst_regex_node *node)
{
    const postern_str bytes = {(const char *)node->set.words, sizeof node->set.words};
    uint32_t slot = (uint32_t)pst_hash(bytes, 0) & b->slot_mask;

    while (b->slots[slot] != 0) {
        node->number = b->slots[slot];
        if (memcmp(&b->sets[node->number - 1], &node->set, sizeof node->set) == 0) {
            return;
        }
        slot = (slot + 1) & b->slot_mask;
    }
    b->sets[b->set_count] = node->set;
    b->slots[slot] = node->number = ++b->set_count;
}

static void enter(builder *b, pst_regex_node *node, uint32_t next)
{
    b->frames[b->depth++] = (frame){.node = node, .next = next};
}

/* A split of a repeat: once more, or on. */
static uint32_t emit_choice(builder *b, const pst_regex_node *repeat, uint32_t again,
                            uint32_t on)
{
    return repeat->lazy ? emit(b, PST_REGEX_OP_SPLIT, on, again)
                        : emit(b, PST_REGEX_OP_SPLIT, again, on);
}

/* What frame `f` does when first seen. @return false: it waits for a child */
static bool begin(builder *b, frame *f, uint32_t *entry)
{
    const pst_regex_node *node = f->node;

    switch ((pst_regex_kind)node->kind) {
    case PST_REGEX_EMPTY:
        *entry = f->next;
        return true;
    case PST_REGEX_SET:
        if (node->number == 0) {
            number_set(b, f->node);
        }
        *entry = emit(b, PST_REGEX_OP_SET, f->next, node->number - 1);
        return true;
    case PST_REGEX_ASSERT: {
        const pst_regex_assertion assertion = (pst_regex_assertion)node->assertion;
        *entry = emit(b, PST_REGEX_OP_ASSERT, f->next,
                      b->backward ? mirrored(assertion) : assertion);
        return true;
    }
    case PST_REGEX_CONCAT:
        f->child = b->backward ? node->first : node->last;
        enter(b, f->child, f->next);
        return false;
    case PST_REGEX_ALTERNATE:
        f->child = node->last;
        enter(b, f->child, f->next);
        return false;
    case PST_REGEX_GROUP:
        enter(b, node->first,
              b->backward ? f->next
                          : emit(b, PST_REGEX_OP_SAVE, f->next, 2 * node->group + 1));
        return false;
    case PST_REGEX_REPEAT:
        if (node->most == 0) {
            *entry = f->next;
            return true;
        }
        f->left = node->most;
        if (node->most == PST_REGEX_FOREVER) {
            f->left = node->least > 0 ? node->least : 1;
            f->loop = emit_choice(b, node, f->next, f->next); /* mended at the end */
        }
        enter(b, node->first, node->most == PST_REGEX_FOREVER ? f->loop : f->next);
        return false;
    }
    return true;
}

/* The child of a repeat was built; its copies come from the last to the first. */
static bool go_on_repeat(builder *b, frame *f, uint32_t *entry)
{
    const pst_regex_node *node = f->node;

    if (node->most == PST_REGEX_FOREVER && f->loop != UINT32_MAX) {
        /* The last copy is the loop itself. */
        if (b->code != NULL) {
            pst_regex_insn *loop = &b->code[f->loop];
            *(node->lazy ? &loop->other : &loop->next) = *entry;
        }
        if (node->least == 0) {
            /* A child that may be empty must be tried once before the loop is left, or
             * the preference would be another; so (child+)? stands for child*. */
            *entry =
                node->first->nullable ? emit_choice(b, node, *entry, f->next) : f->loop;
            return true;
        }
        f->loop = UINT32_MAX;
    } else if (node->most != PST_REGEX_FOREVER && f->left > node->least) {
        *entry = emit_choice(b, node, *entry, f->next);
    }
    if (--f->left == 0) {
        return true;
    }
    enter(b, node->first, *entry);
    return false;
}

/* Frame `f` got the entry of its child. @return true when it is done, with its own */
static bool go_on(builder *b, frame *f, uint32_t *entry)
{
    const pst_regex_node *node = f->node;

    switch ((pst_regex_kind)node->kind) {
    case PST_REGEX_CONCAT:
        f->child = b->backward ? f->child->next : f->child->prev;
        if (f->child == NULL) {
            return true;
        }
        enter(b, f->child, *entry);
        return false;
    case PST_REGEX_ALTERNATE:
        if (f->child != node->last) {
            *entry = emit(b, PST_REGEX_OP_SPLIT, *entry, f->loop);
        }
        f->loop = *entry; /* the alternatives from here on */
        f->child = f->child->prev;
        if (f->child == NULL) {
            return true;
        }
        enter(b, f->child, f->next);
        return false;
    case PST_REGEX_GROUP:
        if (!b->backward) {
            *entry = emit(b, PST_REGEX_OP_SAVE, *entry, 2 * node->group);
        }
        return true;
    case PST_REGEX_REPEAT:
        return go_on_repeat(b, f, entry);
    case PST_REGEX_EMPTY:
    case PST_REGEX_SET:
    case PST_REGEX_ASSERT:
        break;
    }
    return true;
}

/* Builds `root`, which goes on at `next`. @return where it starts, unless it is longer
 * than the limit */
static uint32_t walk(builder *b, pst_regex_node *root, uint32_t next)
{
    uint32_t entry = next;
    bool done = false;

    b->depth = 0;
    enter(b, root, next);
    done = begin(b, &b->frames[0], &entry);
    while (b->length <= b->limit) {
        if (!done) {
            done = begin(b, &b->frames[b->depth - 1], &entry);
            continue;
        }
        if (--b->depth == 0) {
            return entry;
        }
        done = go_on(b, &b->frames[b->depth - 1], &entry);
    }
    return entry; /* too long */
}

static uint32_t build(builder *b, const pst_regex_tree *tree)
{
    uint32_t next;

    b->length = 0;
    next = emit(b, PST_REGEX_OP_MATCH, 0, 0);
    return walk(b, tree->root, next);
}

/* True when no way from the start eats a byte or matches before it has asked for the
 * start of the text. */
static bool always_anchored(const pst_regex_program *program, uint32_t *stack,
                            uint8_t *seen)
{
    uint32_t depth = 0;

    stack[depth++] = program->start;
    seen[program->start] = 1;
    while (depth > 0) {
        const pst_regex_insn *insn = &program->code[stack[--depth]];
        const bool split = insn->op == PST_REGEX_OP_SPLIT;
        if (insn->op == PST_REGEX_OP_SET || insn->op == PST_REGEX_OP_MATCH) {
            return false;
        }
        if (insn->op == PST_REGEX_OP_ASSERT && insn->other == PST_REGEX_TEXT_START) {
            continue;
        }
        if (seen[insn->next] == 0) {
            seen[insn->next] = 1;
            stack[depth++] = insn->next;
        }
        if (split && seen[insn->other] == 0) {
            seen[insn->other] = 1;
            stack[depth++] = insn->other;
        }
    }
    return true;
}

/* Room to number the sets in; there are no more than nodes. */
static bool make_set_room(builder *b, pst_arena *arena, pst_arena *scratch,
                          const pst_regex_tree *tree)
{
    uint32_t cap = 16;

    while (cap < 2 * (uint64_t)tree->nodes && cap < UINT32_C(1) << 30) {
        cap *= 2;
    }
    b->slot_mask = cap - 1;
    b->slots = pst_arena_array(scratch, cap, sizeof *b->slots);
    b->sets = pst_arena_array(arena, tree->nodes, sizeof *b->sets);
    if (b->slots == NULL || b->sets == NULL) {
        return false;
    }
    memset(b->slots, 0, cap * sizeof *b->slots);
    return true;
}

/* Counts the instructions; numbers the sets if that is still to be done. */
static postern_status count(builder *b, pst_arena *arena, pst_arena *scratch,
                            pst_regex_tree *tree)
{
    b->frames = pst_arena_array(scratch, (size_t)tree->root->height + 2, sizeof(frame));
    if (b->frames == NULL) {
        return scratch->status;
    }
    if (tree->sets == NULL && !make_set_room(b, arena, scratch, tree)) {
        return b->slots == NULL ? scratch->status : arena->status;
    }
    (void)build(b, tree);
    if (b->length > b->limit) {
        return POSTERN_LIMIT;
    }
    if (tree->sets == NULL) {
        tree->sets = b->sets;
        tree->set_count = b->set_count;
    }
    return POSTERN_OK;
}

postern_status pst_regex_program_build(pst_arena *arena, pst_arena *scratch,
                                       pst_regex_tree *tree, bool backward,
                                       uint32_t limit, pst_regex_program *out)
{
    builder b = {.backward = backward, .limit = limit};
    const postern_status status = count(&b, arena, scratch, tree);
    uint32_t *stack;
    uint8_t *seen;

    if (status != POSTERN_OK) {
        return status;
    }
    b.code = pst_arena_array(arena, b.length, sizeof *b.code);
    stack = pst_arena_array(scratch, b.length, sizeof *stack);
    seen = pst_arena_alloc(scratch, b.length);
    if (b.code == NULL || stack == NULL || seen == NULL) {
        return b.code == NULL ? arena->status : scratch->status;
    }
    memset(seen, 0, b.length);
    out->start = build(&b, tree);
    out->code = b.code;
    out->length = b.length;
    out->sets = tree->sets;
    out->set_count = tree->set_count;
    out->groups = tree->groups;
    out->anchored = always_anchored(out, stack, seen);
    return POSTERN_OK;
}
