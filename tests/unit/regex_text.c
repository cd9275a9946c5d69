#include "regex_text.h"

#include "../harness/harness.h"
#include "support/alloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

pst_regex_limits regex_limits(void)
{
    return (pst_regex_limits){
        .pattern_bytes = 1U << 22,
        .nesting = 250,
        .compiled_bytes = 10U << 20,
        .steps = UINT32_MAX,
    };
}

void regex_parse(regex_text *text, const postern_allocator *alloc, postern_str pattern,
                 bool captures, const pst_regex_limits *limits)
{
    *text = (regex_text){.copy = NULL};
    memset(&text->problem, 0xa5, sizeof text->problem);
    text->copy = malloc(pattern.len > 0 ? pattern.len : 1);
    ck_assert_ptr_nonnull(text->copy);
    if (pattern.len > 0) {
        memcpy(text->copy, pattern.data, pattern.len);
    }
    pst_arena_init(&text->arena, pst_alloc_or_default(alloc), SIZE_MAX / 2);
    text->status = pst_regex_parse(&text->arena, (postern_str){text->copy, pattern.len},
                                   captures, limits, &text->tree, &text->problem);
}

void regex_free(regex_text *text)
{
    pst_arena_free(&text->arena);
    free(text->copy);
}

/* --- as text ------------------------------------------------------------------------ */

static const char *const assertions[] = {
    [PST_REGEX_TEXT_START] = "<text-start>",
    [PST_REGEX_TEXT_END] = "<text-end>",
    [PST_REGEX_LINE_START] = "<line-start>",
    [PST_REGEX_LINE_END] = "<line-end>",
    [PST_REGEX_WORD_START] = "<word-start>",
    [PST_REGEX_WORD_END] = "<word-end>",
    [PST_REGEX_WORD_START_HALF] = "<word-start-half>",
    [PST_REGEX_WORD_END_HALF] = "<word-end-half>",
    [PST_REGEX_WORD_EDGE] = "<word-edge>",
    [PST_REGEX_WORD_INSIDE] = "<word-inside>",
};

static void write_byte(pst_writer *to, unsigned byte)
{
    if (byte < 0x80 && (isalnum((int)byte) || byte == '_')) {
        pst_write_byte(to, (unsigned char)byte);
    } else {
        pst_write_text(to, "\\x");
        pst_write_hex(to, (unsigned char)byte, false);
    }
}

static unsigned bytes_in(const pst_byte_set *set)
{
    unsigned count = 0;

    for (unsigned byte = 0; byte < 256; byte++) {
        count += pst_byte_set_has(set, byte);
    }
    return count;
}

static void write_set(pst_writer *to, const pst_byte_set *set)
{
    const bool alone = bytes_in(set) == 1;

    pst_write_text(to, alone ? "" : "[");
    for (unsigned byte = 0; byte < 256; byte++) {
        const unsigned first = byte;

        if (!pst_byte_set_has(set, byte)) {
            continue;
        }
        while (byte < 255 && pst_byte_set_has(set, byte + 1)) {
            byte++;
        }
        write_byte(to, first);
        if (byte > first) {
            pst_write_text(to, byte > first + 1 ? "-" : "");
            write_byte(to, byte);
        }
    }
    pst_write_text(to, alone ? "" : "]");
}

static void write_children(pst_writer *to, const pst_regex_node *node,
                           unsigned char between)
{
    pst_write_byte(to, '(');
    for (const pst_regex_node *child = node->first; child != NULL;
         child = child->next) {
        if (child != node->first) {
            pst_write_byte(to, between);
        }
        regex_write(to, child);
    }
    pst_write_byte(to, ')');
}

void regex_write(pst_writer *to, const pst_regex_node *node)
{
    switch ((pst_regex_kind)node->kind) {
    case PST_REGEX_EMPTY:
        pst_write_text(to, "()");
        break;
    case PST_REGEX_SET:
        write_set(to, &node->set);
        break;
    case PST_REGEX_ASSERT:
        pst_write_text(to, assertions[node->assertion]);
        break;
    case PST_REGEX_CONCAT:
        write_children(to, node, ' ');
        break;
    case PST_REGEX_ALTERNATE:
        write_children(to, node, '|');
        break;
    case PST_REGEX_REPEAT:
        regex_write(to, node->first);
        pst_write_byte(to, '{');
        pst_write_int(to, node->least);
        pst_write_byte(to, ',');
        if (node->most != PST_REGEX_FOREVER) {
            pst_write_int(to, node->most);
        }
        pst_write_text(to, node->lazy ? "}?" : "}");
        break;
    case PST_REGEX_GROUP:
        pst_write_byte(to, '#');
        pst_write_int(to, node->group);
        pst_write_byte(to, '(');
        regex_write(to, node->first);
        pst_write_byte(to, ')');
        break;
    }
}

/* --- soundness ---------------------------------------------------------------------- */

/* What the children say, where `any` of them is enough. */
static bool children_are(const pst_regex_node *node, bool any, bool hollow)
{
    for (const pst_regex_node *child = node->first; child != NULL;
         child = child->next) {
        if ((hollow ? child->hollow : child->nullable) == any) {
            return any;
        }
    }
    return !any;
}

static uint64_t size_of_children(const pst_regex_node *node)
{
    uint64_t size = 0;

    for (const pst_regex_node *child = node->first; child != NULL;
         child = child->next) {
        size += child->size;
        ck_assert_uint_le(child->height, node->height);
    }
    return size;
}

/* The number of children, linked both ways. */
static size_t links(const pst_regex_node *node)
{
    const pst_regex_node *last = NULL;
    size_t count = 0;

    for (const pst_regex_node *child = node->first; child != NULL;
         child = child->next) {
        ck_assert_ptr_eq(child->prev, last);
        last = child;
        count++;
    }
    ck_assert_ptr_eq(node->last, last);
    return count;
}

static void repeat_is_sound(const pst_regex_node *node)
{
    const pst_regex_node *const child = node->first;
    const bool endless = node->most == PST_REGEX_FOREVER;

    ck_assert_uint_eq(links(node), 1);
    ck_assert_uint_gt(node->most, 0);
    ck_assert_uint_le(node->least, node->most);
    ck_assert(!(node->least == 1 && node->most == 1));
    ck_assert_int_ne(child->kind, PST_REGEX_EMPTY);
    ck_assert_int_eq(node->nullable, child->nullable || node->least == 0);
    ck_assert_int_eq(node->hollow, child->hollow);
    ck_assert(!child->hollow || node->most == 1);
    if (endless) {
        ck_assert_uint_ge(node->size,
                          child->size * (node->least > 0 ? node->least : 1) + 1);
    } else {
        ck_assert_uint_ge(node->size,
                          child->size * node->most + node->most - node->least);
    }
}

static void node_is_sound(const pst_regex_node *node, bool captures, bool *seen,
                          uint32_t groups)
{
    switch ((pst_regex_kind)node->kind) {
    case PST_REGEX_EMPTY:
    case PST_REGEX_ASSERT:
    case PST_REGEX_SET:
        ck_assert_uint_eq(links(node), 0);
        ck_assert_int_eq(node->nullable, node->kind != PST_REGEX_SET);
        ck_assert_int_eq(node->hollow, node->kind != PST_REGEX_SET);
        break;
    case PST_REGEX_CONCAT:
        ck_assert_uint_ge(links(node), 2);
        ck_assert_int_eq(node->nullable, children_are(node, false, false));
        ck_assert_int_eq(node->hollow, children_are(node, false, true));
        ck_assert_uint_ge(node->size, size_of_children(node));
        for (const pst_regex_node *at = node->first; at != NULL; at = at->next) {
            ck_assert_int_ne(at->kind, PST_REGEX_EMPTY);
            ck_assert_int_ne(at->kind, PST_REGEX_CONCAT);
        }
        break;
    case PST_REGEX_ALTERNATE:
        ck_assert_uint_ge(links(node), 2);
        ck_assert_int_eq(node->nullable, children_are(node, true, false));
        ck_assert_int_eq(node->hollow, children_are(node, false, true));
        ck_assert_uint_ge(node->size, size_of_children(node) + links(node) - 1);
        break;
    case PST_REGEX_REPEAT:
        repeat_is_sound(node);
        break;
    case PST_REGEX_GROUP:
        ck_assert(captures);
        ck_assert_uint_eq(links(node), 1);
        ck_assert(node->group >= 1 && node->group <= groups && !seen[node->group - 1]);
        seen[node->group - 1] = true;
        ck_assert_int_eq(node->nullable, node->first->nullable);
        ck_assert_int_eq(node->hollow, node->first->hollow);
        ck_assert_uint_ge(node->size, node->first->size + 2);
        ck_assert_uint_gt(node->height, node->first->height);
        break;
    }
    for (const pst_regex_node *at = node->first; at != NULL; at = at->next) {
        node_is_sound(at, captures, seen, groups);
    }
}

void regex_is_sound(const pst_regex_tree *tree, bool captures)
{
    bool *const seen = calloc(tree->groups + 1U, sizeof *seen);

    ck_assert_ptr_nonnull(seen);
    ck_assert_ptr_null(tree->root->prev);
    ck_assert_ptr_null(tree->root->next);
    node_is_sound(tree->root, captures, seen, tree->groups);
    free(seen);
}
