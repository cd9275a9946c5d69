/*
 * syntax/value.c - the productions of values: fields, calls and their arguments,
 * indexes.
 */
#include "syntax/parser.h"

enum { INDEXES_MAX = 7 }; /* no type is deeper */

/* Appends `node` to the children of `parent`, whose last one is `*last`. */
static void append(pst_node *parent, pst_node **last, pst_node *node)
{
    if (*last == NULL) {
        parent->first = node;
    } else {
        (*last)->next = node;
    }
    *last = node;
}

/* Of claims a comparison may stand alone; a combination that does not begin with `not`
 * or a parenthesis is an error, because it could be read in two ways. */
static pst_node *read_argument(pst_parser *p)
{
    pst_node *value;
    pst_node *comparison;

    if (pst_at_string(p)) {
        return pst_read_string(p, false);
    }
    if (pst_at(p, PST_TOKEN_BARE)) {
        return pst_read_number(p);
    }
    if (pst_at(p, PST_TOKEN_OPEN) || pst_at(p, PST_TOKEN_NOT) ||
        pst_at_word(p, "not")) {
        return pst_read_expression(p);
    }
    if (!pst_at_name(p)) {
        return pst_expected(p, "an argument",
                            pst_at(p, PST_TOKEN_OPEN_SET) || pst_at(p, PST_TOKEN_LIST)
                                ? "sets go with 'in'"
                                : NULL);
    }
    value = pst_read_value(p);
    if (value->kind == PST_NODE_BROKEN) {
        return value;
    }
    comparison = pst_read_relation(p, value);
    return comparison != NULL ? comparison : value;
}

/* Behind something broken, on to the comma or parenthesis behind the argument. */
static void skip_argument(pst_parser *p)
{
    size_t open = 0;

    while (!pst_at(p, PST_TOKEN_END)) {
        if (pst_at(p, PST_TOKEN_OPEN)) {
            open++;
        } else if (open == 0 &&
                   (pst_at(p, PST_TOKEN_CLOSE) || pst_at(p, PST_TOKEN_COMMA))) {
            return;
        } else if (pst_at(p, PST_TOKEN_CLOSE)) {
            open--;
        }
        pst_parser_skip(p);
    }
}

/* Behind an argument: true when another one follows. `whole` receives false when
 * something else does, which is told. */
static bool take_comma(pst_parser *p, const pst_node *argument, bool *whole)
{
    *whole = false;
    if (argument->kind == PST_NODE_BROKEN) {
        skip_argument(p);
    } else if (pst_at_logical(p)) {
        (void)pst_expected(p, "',' or ')' after an argument",
                           "a combination inside a call stands in parentheses of its "
                           "own: any((a or b))");
        skip_argument(p);
    } else if (!pst_at(p, PST_TOKEN_COMMA) && !pst_at(p, PST_TOKEN_CLOSE) &&
               !p->gave_up) {
        (void)pst_expected_operator(p, "',' or ')' after an argument", argument);
        skip_argument(p);
    } else {
        *whole = true;
    }
    if (!pst_at(p, PST_TOKEN_COMMA)) {
        return false;
    }
    pst_parser_advance(p);
    return true;
}

/* At the parenthesis behind the function's name. */
static pst_node *read_arguments(pst_parser *p, pst_node *call)
{
    pst_node *last = NULL;
    bool whole = true;
    bool more;

    if (!pst_enter(p)) {
        call->kind = PST_NODE_BROKEN;
        return call;
    }
    pst_parser_advance(p);
    more = !pst_at(p, PST_TOKEN_CLOSE);
    while (more && p->status == POSTERN_OK) {
        pst_node *argument = read_argument(p);
        if (p->status == POSTERN_OK) {
            append(call, &last, argument);
            more = take_comma(p, argument, &whole);
        }
        if (p->status == POSTERN_OK && !whole) {
            append(call, &last, pst_broken(p));
        }
    }
    p->depth--;
    call->span.length = p->token.offset + p->token.length - call->span.offset;
    if (pst_at(p, PST_TOKEN_CLOSE)) {
        pst_parser_advance(p);
    }
    return call;
}

static pst_node *read_key(pst_parser *p)
{
    if (pst_at_string(p)) {
        return pst_read_key(p);
    }
    if (pst_at(p, PST_TOKEN_BARE)) {
        return pst_read_number(p);
    }
    if (pst_at(p, PST_TOKEN_STAR)) {
        pst_node *star = pst_node_new(p, PST_NODE_STAR, pst_token_span(p));
        pst_parser_advance(p);
        return star;
    }
    return pst_expected(p, "a number or a quoted key in '[ ]'",
                        pst_at(p, PST_TOKEN_NAME)
                            ? "keys are written in quotes; the first element is [0]"
                            : NULL);
}

static pst_node *read_index(pst_parser *p, pst_node *base)
{
    pst_node *node = pst_node_new(p, PST_NODE_INDEX, base->span);
    pst_node *key;

    pst_parser_advance(p);
    key = read_key(p);
    if (key->kind == PST_NODE_BROKEN && !pst_at(p, PST_TOKEN_CLOSE_INDEX)) {
        return key;
    }
    if (!pst_at(p, PST_TOKEN_CLOSE_INDEX)) {
        return pst_expected(p, "']'", NULL);
    }
    node->span.length = p->token.offset + 1 - node->span.offset;
    pst_parser_advance(p);
    node->first = base;
    base->next = key;
    return node;
}

/* No blank stands between the node and the token that is looked at. */
static bool follows_at_once(const pst_parser *p, const pst_node *node)
{
    return p->token.offset == node->span.offset + node->span.length;
}

pst_node *pst_read_value(pst_parser *p)
{
    pst_node *node;

    if (!pst_at_name(p)) {
        return pst_expected_field(p);
    }
    node = pst_node_new(p, PST_NODE_NAME, pst_token_span(p));
    if (p->status != POSTERN_OK) {
        return node;
    }
    node->text = pst_token_bytes(p);
    pst_parser_advance(p);
    if (pst_at(p, PST_TOKEN_OPEN)) {
        node->kind = PST_NODE_CALL;
        node = read_arguments(p, node);
    }
    for (int level = 0; p->status == POSTERN_OK && node->kind != PST_NODE_BROKEN &&
                        pst_at(p, PST_TOKEN_OPEN_INDEX) && follows_at_once(p, node);
         level++) {
        if (level == INDEXES_MAX) {
            return pst_expected(p, "no more indexes", "no type has so many levels");
        }
        node = read_index(p, node);
    }
    return node;
}
