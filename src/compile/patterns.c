/*
 * compile/patterns.c - the operators that only a literal follows: contains, wildcard,
 * strict wildcard, matches, bitwise_and.
 */
#include "compile/checker.h"
#include "compile/regexes.h"
#include "match/search.h"
#include "support/text.h"
#include "syntax/place.h"

static const char *operator_name(pst_comparison relation)
{
    switch (relation) {
    case PST_COMPARE_CONTAINS:
        return "contains";
    case PST_COMPARE_WILDCARD:
        return "wildcard";
    case PST_COMPARE_STRICT_WILDCARD:
        return "strict wildcard";
    case PST_COMPARE_MATCHES:
        return "matches";
    case PST_COMPARE_BITWISE_AND:
        return "bitwise_and";
    case PST_COMPARE_EQ:
    case PST_COMPARE_NE:
    case PST_COMPARE_LT:
    case PST_COMPARE_LE:
    case PST_COMPARE_GT:
    case PST_COMPARE_GE:
    case PST_COMPARE_IN:
        break;
    }
    return "this operator";
}

static bool left_is(pst_checker *c, const pst_term *left, const pst_node *node,
                    postern_type wanted)
{
    char after[96];
    pst_writer out = {after, sizeof after, 0};
    char type[64];

    if (left->type == wanted) {
        return true;
    }
    pst_write_text(&out, wanted == POSTERN_STRING ? " looks into strings; the left side"
                                                  : " works on numbers; the left side");
    pst_write_text(&out, " is of type ");
    (void)postern_type_name(left->type, type, sizeof type);
    pst_write_text(&out, type);
    (void)pst_write_end(&out);
    pst_complain_of(&c->unit->complaints, POSTERN_TYPE, node->span, "",
                    postern_text(operator_name((pst_comparison)node->relation)), after,
                    left->type == POSTERN_IP ? "addresses go with eq and in" : NULL);
    return false;
}

static bool right_is(pst_checker *c, const pst_node *node, bool fits)
{
    const pst_node *right = node->first->next;
    const bool number = node->relation == PST_COMPARE_BITWISE_AND;

    if (!fits) {
        pst_complain_of(&c->unit->complaints, POSTERN_TYPE, right->span, "",
                        postern_text(operator_name((pst_comparison)node->relation)),
                        number ? " wants a number behind it"
                               : " wants a string behind it",
                        number                         ? NULL
                        : right->kind == PST_NODE_NAME ? "strings are written in quotes"
                                                       : NULL);
    }
    return fits;
}

static pst_claim *test_contains(pst_checker *c, pst_term *left, const pst_node *node)
{
    const pst_node *right = node->first->next;
    pst_claim *claim = pst_test_new(c, left, PST_OP_STRING_CONTAINS);

    if (claim == NULL || !left_is(c, left, node, POSTERN_STRING) ||
        !right_is(c, node,
                  right->kind == PST_NODE_TEXT || right->kind == PST_NODE_NUMBER)) {
        return NULL;
    }
    if (right->kind == PST_NODE_TEXT
            ? !pst_checker_keep(c, right->text, &claim->test.as.string)
            : !pst_checker_read_bytes(c, right, &claim->test.as.string)) {
        return NULL;
    }
    claim->test.bit = pst_search_places(claim->test.as.string, false);
    return claim;
}

static pst_claim *test_wildcard(pst_checker *c, pst_term *left, const pst_node *node)
{
    const pst_node *right = node->first->next;
    pst_wildcard *wildcard = pst_checker_make_constant(c, sizeof *wildcard);
    pst_claim *claim = pst_test_new(c, left, PST_OP_STRING_WILDCARD);
    pst_wildcard_problem problem;
    postern_status status;

    if (wildcard == NULL || claim == NULL || !left_is(c, left, node, POSTERN_STRING) ||
        !right_is(c, node, right->kind == PST_NODE_TEXT)) {
        return NULL;
    }
    status = pst_wildcard_compile(
        c->unit->constants, right->text, node->relation == PST_COMPARE_WILDCARD,
        c->unit->scheme->options.limits.wildcard_stars, wildcard, &problem);
    if (status == POSTERN_OK) {
        claim->test.as.wildcard = wildcard;
        return claim;
    }
    if (c->unit->constants->status != POSTERN_OK) {
        c->status = c->unit->constants->status;
    } else {
        pst_checker_complain(c, status,
                             pst_place_inside(c->unit->complaints.expression, right,
                                              problem.offset, problem.length),
                             problem.message, problem.hint);
    }
    return NULL;
}

static pst_claim *test_matches(pst_checker *c, pst_term *left, const pst_node *node)
{
    const pst_node *right = node->first->next;
    pst_claim *claim = pst_test_new(c, left, PST_OP_STRING_MATCHES);

    if (claim == NULL || !left_is(c, left, node, POSTERN_STRING) ||
        !right_is(c, node, right->kind == PST_NODE_TEXT)) {
        return NULL;
    }
    if (!pst_checker_regex(c, right, PST_REGEX_MATCH, &claim->test.as.pattern)) {
        return NULL;
    }
    claim->test.bit = pst_regex_remembers(claim->test.as.pattern.regex);
    return claim;
}

static pst_claim *test_bits(pst_checker *c, pst_term *left, const pst_node *node)
{
    const pst_node *right = node->first->next;
    pst_claim *claim = pst_test_new(c, left, PST_OP_INT_BITS);
    pst_literal_problem problem;

    if (claim == NULL || !left_is(c, left, node, POSTERN_INT) ||
        !right_is(c, node, right->kind == PST_NODE_NUMBER)) {
        return NULL;
    }
    if (!pst_read_int(right->text, &claim->test.as.mask, &problem)) {
        pst_checker_complain_of_literal(c, right, &problem);
        return NULL;
    }
    pst_warn(&c->unit->complaints, node->span,
             "Cloudflare's documentation does not have this operator", NULL);
    return claim;
}

pst_claim *pst_test_pattern(pst_checker *c, pst_term *left, const pst_node *compare)
{
    switch ((pst_comparison)compare->relation) {
    case PST_COMPARE_CONTAINS:
        return test_contains(c, left, compare);
    case PST_COMPARE_WILDCARD:
    case PST_COMPARE_STRICT_WILDCARD:
        return test_wildcard(c, left, compare);
    case PST_COMPARE_BITWISE_AND:
        return test_bits(c, left, compare);
    case PST_COMPARE_MATCHES:
        return test_matches(c, left, compare);
    case PST_COMPARE_EQ:
    case PST_COMPARE_NE:
    case PST_COMPARE_LT:
    case PST_COMPARE_LE:
    case PST_COMPARE_GT:
    case PST_COMPARE_GE:
    case PST_COMPARE_IN:
        break;
    }
    return NULL;
}
