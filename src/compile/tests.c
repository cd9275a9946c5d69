/*
 * compile/tests.c - one comparison with a literal or between two values.
 */
#include "compile/checker.h"
#include "support/text.h"

pst_claim *pst_test_new(pst_checker *c, pst_term *left, pst_opcode op)
{
    pst_claim *claim = pst_checker_make(c, sizeof *claim);

    if (claim != NULL) {
        claim->kind = PST_CLAIM_TEST;
        claim->left = left;
        claim->test.op = (uint8_t)op;
    }
    return claim;
}

/* Integers: every relation to a literal is a range. */
static pst_claim *test_int(pst_checker *c, pst_term *left, pst_comparison relation,
                           const pst_node *right)
{
    pst_literal_problem problem;
    pst_int_range range = {INT64_MIN, INT64_MAX};
    const pst_int_range nothing = {1, 0};
    pst_claim *claim;
    int64_t value;

    if (!pst_read_int(right->text, &value, &problem)) {
        pst_checker_complain_of_literal(c, right, &problem);
        return NULL;
    }
    pst_checker_warn_octal(c, right);
    switch (relation) {
    case PST_COMPARE_EQ:
    case PST_COMPARE_NE:
        range = (pst_int_range){value, value};
        break;
    case PST_COMPARE_LT:
        range.last = value - (value != INT64_MIN);
        range = value == INT64_MIN ? nothing : range;
        break;
    case PST_COMPARE_LE:
        range.last = value;
        break;
    case PST_COMPARE_GT:
        range.first = value + (value != INT64_MAX);
        range = value == INT64_MAX ? nothing : range;
        break;
    case PST_COMPARE_GE:
        range.first = value;
        break;
    case PST_COMPARE_IN:
    case PST_COMPARE_CONTAINS:
    case PST_COMPARE_WILDCARD:
    case PST_COMPARE_STRICT_WILDCARD:
    case PST_COMPARE_MATCHES:
    case PST_COMPARE_BITWISE_AND:
        break;
    }
    claim = pst_test_new(c, left, PST_OP_INT_RANGE);
    if (claim != NULL) {
        claim->inverted = relation == PST_COMPARE_NE;
        claim->test.as.range = range;
    }
    return claim;
}

static pst_relation relation_of(pst_comparison comparison)
{
    switch (comparison) {
    case PST_COMPARE_LT:
        return PST_RELATION_LT;
    case PST_COMPARE_LE:
        return PST_RELATION_LE;
    case PST_COMPARE_GT:
        return PST_RELATION_GT;
    case PST_COMPARE_GE:
        return PST_RELATION_GE;
    case PST_COMPARE_EQ:
    case PST_COMPARE_NE:
    case PST_COMPARE_IN:
    case PST_COMPARE_CONTAINS:
    case PST_COMPARE_WILDCARD:
    case PST_COMPARE_STRICT_WILDCARD:
    case PST_COMPARE_MATCHES:
    case PST_COMPARE_BITWISE_AND:
        break;
    }
    return PST_RELATION_EQ;
}

/* A quoted or raw string, or hex bytes. */
static bool read_string(pst_checker *c, const pst_node *literal, postern_str *out)
{
    return literal->kind == PST_NODE_TEXT ? pst_checker_keep(c, literal->text, out)
                                          : pst_checker_read_bytes(c, literal, out);
}

static pst_claim *test_string(pst_checker *c, pst_term *left, pst_comparison relation,
                              const pst_node *right)
{
    const bool equality = relation == PST_COMPARE_EQ || relation == PST_COMPARE_NE;
    pst_claim *claim =
        pst_test_new(c, left, equality ? PST_OP_STRING_EQ : PST_OP_STRING_ORDER);

    if (claim == NULL || !read_string(c, right, &claim->test.as.string)) {
        return NULL;
    }
    if (equality) {
        pst_checker_warn_host(c, left, right);
    }
    claim->inverted = relation == PST_COMPARE_NE;
    claim->test.relation = (uint8_t)relation_of(relation);
    return claim;
}

static pst_claim *test_ip(pst_checker *c, pst_term *left, pst_comparison relation,
                          const pst_node *right)
{
    pst_literal_problem problem;
    pst_claim *claim;
    pst_ip ip;

    if (!pst_read_ip(right->text, &ip, &problem)) {
        pst_checker_complain_of_literal(c, right, &problem);
        return NULL;
    }
    if (relation != PST_COMPARE_EQ && relation != PST_COMPARE_NE) {
        pst_warn(&c->unit->complaints, right->span,
                 "Cloudflare's documentation has no order of addresses",
                 "a range in a set says the same: ip.src in {192.0.2.1..192.0.2.9}");
    }
    claim = pst_test_new(c, left, PST_OP_IP_ORDER);
    if (claim != NULL) {
        claim->inverted = relation == PST_COMPARE_NE;
        claim->test.relation = (uint8_t)relation_of(relation);
        claim->test.as.ip = ip;
    }
    return claim;
}

/* Both sides are read from the request. */
pst_claim *pst_test_terms(pst_checker *c, pst_term *left, pst_comparison relation,
                          pst_term *right)
{
    pst_opcode op = PST_OP_STRING_COMPARE;
    pst_claim *claim;

    if (left->type != right->type) {
        char message[256];
        pst_writer out = {message, sizeof message, 0};
        char type[64];
        pst_write_text(&out, "both sides must have one type: the left is ");
        (void)postern_type_name(left->type, type, sizeof type);
        pst_write_text(&out, type);
        pst_write_text(&out, ", the right ");
        (void)postern_type_name(right->type, type, sizeof type);
        pst_write_text(&out, type);
        (void)pst_write_end(&out);
        pst_checker_complain(c, POSTERN_TYPE, right->span, message, NULL);
        return NULL;
    }
    if (left->type == POSTERN_INT) {
        op = PST_OP_INT_COMPARE;
    } else if (left->type == POSTERN_IP) {
        op = PST_OP_IP_COMPARE;
    }
    claim = pst_test_new(c, left, op);
    if (claim != NULL) {
        claim->right = right;
        claim->inverted = relation == PST_COMPARE_NE;
        claim->test.relation = (uint8_t)relation_of(relation);
    }
    return claim;
}

pst_claim *pst_test_literal(pst_checker *c, pst_term *left, pst_comparison relation,
                            const pst_node *right)
{
    if (left->type == POSTERN_STRING) {
        return test_string(c, left, relation, right);
    }
    return left->type == POSTERN_INT ? test_int(c, left, relation, right)
                                     : test_ip(c, left, relation, right);
}
