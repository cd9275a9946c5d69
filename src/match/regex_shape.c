/*
 * match/regex_shape.c - walks over trees, with stacks of their own.
 */
#include "match/regex_shape.h"

#include "match/rarity.h"

#include <string.h>

/* A run is no use when it is that short and of bytes that are everywhere. */
enum { RUN_MAX = 64, COMMON = 12 };

/* `node` becomes what `by` is, and stays where it is. */
static void replace(pst_regex_node *node, const pst_regex_node *by)
{
    pst_regex_node *prev = node->prev;
    pst_regex_node *next = node->next;

    *node = *by;
    node->prev = prev;
    node->next = next;
}

/* Takes from a repeat at the edge of the pattern what need not be there. */
static void trim_repeat(pst_regex_node *node)
{
    if (node->least == 0) {
        node->kind = PST_REGEX_EMPTY;
    } else if (node->least == 1) {
        replace(node, node->first);
    } else {
        node->most = node->least;
    }
}

/* The child of a concatenation that is at its edge; what is empty there goes for good. */
static pst_regex_node *edge_child(pst_regex_node *node, bool at_end)
{
    pst_regex_node **edge = at_end ? &node->last : &node->first;

    while (*edge != NULL && (*edge)->kind == PST_REGEX_EMPTY) {
        *edge = at_end ? (*edge)->prev : (*edge)->next;
    }
    if (*edge == NULL) {
        node->kind = PST_REGEX_EMPTY;
    } else if (at_end) {
        (*edge)->next = NULL;
    } else {
        (*edge)->prev = NULL;
    }
    return *edge;
}

/* Trims one edge of `root`. Alternatives are trimmed each for itself. @return true when
 * each of them has the edge of the text there */
static bool trim_edge(pst_regex_node *root, bool at_end, pst_regex_node **stack)
{
    const uint8_t edge = at_end ? PST_REGEX_TEXT_END : PST_REGEX_TEXT_START;
    bool anchored = true;
    size_t depth = 0;

    stack[depth++] = root;
    while (depth > 0) {
        pst_regex_node *node = stack[depth - 1];
        pst_regex_node *child;
        if (node->kind == PST_REGEX_REPEAT &&
            (node->most > node->least || node->least == 1)) {
            trim_repeat(node);
            continue;
        }
        depth--;
        child = node->kind == PST_REGEX_CONCAT ? edge_child(node, at_end) : NULL;
        if (child != NULL) {
            if (child->kind == PST_REGEX_REPEAT && child->least == 0) {
                child->kind = PST_REGEX_EMPTY;
                child = node; /* the one behind it is at the edge now */
            }
            stack[depth++] = child;
        } else if (node->kind == PST_REGEX_ALTERNATE) {
            for (child = node->first; child != NULL; child = child->next) {
                stack[depth++] = child;
            }
        } else if (node->kind != PST_REGEX_ASSERT || node->assertion != edge) {
            anchored = false;
        }
    }
    return anchored;
}

postern_status pst_regex_trim(pst_arena *scratch, pst_regex_tree *tree)
{
    pst_regex_node **stack =
        pst_arena_array(scratch, (size_t)tree->nodes + 1, sizeof(pst_regex_node *));

    if (stack == NULL) {
        return scratch->status;
    }
    tree->starts = trim_edge(tree->root, false, stack);
    tree->ends = trim_edge(tree->root, true, stack);
    return POSTERN_OK;
}

/* Bytes that follow each other in every match. */
typedef struct run {
    unsigned char bytes[RUN_MAX];
    size_t length;
} run;

static unsigned rarest(const run *r)
{
    unsigned least = UINT8_MAX;

    for (size_t i = 0; i < r->length; i++) {
        const unsigned mine = pst_rarity(r->bytes[i]);
        least = mine < least ? mine : least;
    }
    return least;
}

/* The run ends: it may be the best so far. */
static void end_run(run *now, run *best)
{
    const bool rare = rarest(now) <= COMMON;
    const bool better = rarest(now) < rarest(best) ||
                        (rarest(now) == rarest(best) && now->length > best->length);

    if (now->length > 0 && (rare || now->length > 2) && better) {
        *best = *now;
    }
    now->length = 0;
}

/* The byte of a set of one, or -1. */
static int only_byte(const pst_byte_set *set)
{
    int found = -1;

    for (int byte = 0; byte < 256; byte++) {
        if (pst_byte_set_has(set, (unsigned)byte)) {
            if (found >= 0) {
                return -1;
            }
            found = byte;
        }
    }
    return found;
}

/* Takes a node that every match goes through; its children come next. NULL on the stack
 * ends the run. */
static size_t take_node(const pst_regex_node *node, const pst_regex_node **stack,
                        size_t depth, run *now, run *best)
{
    int byte = -1;

    switch ((pst_regex_kind)node->kind) {
    case PST_REGEX_EMPTY:
    case PST_REGEX_ASSERT:
        return depth;
    case PST_REGEX_CONCAT:
        for (const pst_regex_node *c = node->last; c != NULL; c = c->prev) {
            stack[depth++] = c;
        }
        return depth;
    case PST_REGEX_GROUP:
        stack[depth++] = node->first;
        return depth;
    case PST_REGEX_REPEAT:
        if (node->least == 0) {
            break;
        }
        if (node->most > 1) {
            stack[depth++] = NULL;
        }
        stack[depth++] = node->first;
        return depth;
    case PST_REGEX_SET:
        byte = only_byte(&node->set);
        break;
    case PST_REGEX_ALTERNATE:
        break;
    }
    if (byte < 0 || now->length == RUN_MAX) {
        end_run(now, best);
    }
    if (byte >= 0) {
        now->bytes[now->length++] = (unsigned char)byte;
    }
    return depth;
}

postern_status pst_regex_required(pst_arena *arena, pst_arena *scratch,
                                  const pst_regex_tree *tree, postern_str *out)
{
    const pst_regex_node **stack =
        pst_arena_array(scratch, 2 * (size_t)tree->nodes + 2, sizeof(pst_regex_node *));
    run now = {.length = 0};
    run best = {.length = 0};
    size_t depth = 0;

    if (stack == NULL) {
        return scratch->status;
    }
    stack[depth++] = tree->root;
    while (depth > 0) {
        const pst_regex_node *node = stack[--depth];
        if (node == NULL) {
            end_run(&now, &best);
        } else {
            depth = take_node(node, stack, depth, &now, &best);
        }
    }
    end_run(&now, &best);
    return pst_arena_copy(arena, (postern_str){(char *)best.bytes, best.length}, out)
               ? POSTERN_OK
               : arena->status;
}
