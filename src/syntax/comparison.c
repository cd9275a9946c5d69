/*
 * syntax/comparison.c - the production of comparisons: a value, and perhaps an operator
 * with what it takes on its right (operator.c).
 */
#include "support/attribute.h"
#include "support/text.h"
#include "syntax/hint.h"
#include "syntax/parser.h"

/* "NOT ssl": told at the word itself, which names no field. */
static PST_NOINLINE bool refuse_capitals(pst_parser *p, const pst_node *left)
{
    char hint[64];
    pst_writer out = {hint, sizeof hint, 0};

    if (!(pst_at(p, PST_TOKEN_NAME) || pst_at(p, PST_TOKEN_OPEN)) ||
        pst_at_logical(p) || !pst_hint_capitals(left->text, &out)) {
        return false;
    }
    (void)pst_write_end(&out);
    pst_complain_of(p->complaints, POSTERN_SYNTAX, left->span, "unknown word",
                    left->text, "", hint);
    return true;
}

pst_node *pst_read_comparison(pst_parser *p)
{
    pst_node *left = pst_read_value(p);
    pst_node *node;

    if (left->kind == PST_NODE_BROKEN) {
        return left;
    }
    node = pst_read_relation(p, left);
    if (node != NULL) {
        return node;
    }
    if (left->kind == PST_NODE_NAME && refuse_capitals(p, left)) {
        return pst_recover(p);
    }
    if (pst_at(p, PST_TOKEN_END) || pst_at(p, PST_TOKEN_CLOSE) ||
        pst_at(p, PST_TOKEN_COMMA) || pst_at_logical(p)) {
        node = pst_node_new(p, PST_NODE_BARE, left->span);
    } else {
        node =
            pst_expected_operator(p, "an operator such as 'eq', 'in' or 'and'", left);
    }
    node->first = left; /* its names are looked at also when it is broken */
    return node;
}

pst_node *pst_read_relation(pst_parser *p, pst_node *left)
{
    pst_node *node = pst_take_operator(p);

    if (node == NULL) {
        return NULL;
    }
    node->first = left; /* its names are looked at also when the operator is broken */
    if (node->kind == PST_NODE_COMPARE) {
        left->next = pst_read_right(p, (pst_comparison)node->relation);
    }
    return node;
}
