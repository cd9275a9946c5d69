/*
 * syntax/comparison.c - the production of comparisons: a value, and perhaps an operator
 * with what it takes on its right (operator.c).
 */
#include "syntax/parser.h"

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
