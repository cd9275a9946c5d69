/*
 * compile/sets.c - `in { ... }`: the members read by the type of the left side.
 */
#include "compile/checker.h"
#include "support/text.h"

static size_t count_items(const pst_node *set)
{
    size_t count = 0;

    for (const pst_node *item = set->first; item != NULL; item = item->next) {
        count++;
    }
    return count;
}

/* True when every item of the set is of `kind`; otherwise it complains of those
 * that are not. */
static bool items_are(pst_checker *c, const pst_node *set, pst_node_kind kind,
                      const char *message, const char *hint)
{
    bool all = true;

    for (const pst_node *item = set->first; item != NULL; item = item->next) {
        if (item->kind == PST_NODE_BROKEN) {
            all = false;
        } else if (item->kind != kind) {
            pst_checker_complain(c, POSTERN_TYPE, item->span, message, hint);
            all = false;
        }
    }
    return all;
}

/* The claim, unless the set could not be built. */
static pst_claim *built_in(pst_checker *c, bool built, pst_claim *claim)
{
    if (!built) {
        c->status = c->unit->constants->status;
        return NULL;
    }
    return claim;
}

static pst_claim *test_in_strings(pst_checker *c, pst_term *left, const pst_node *set)
{
    const size_t count = count_items(set);
    postern_str *members = pst_checker_make(c, (count + 1) * sizeof *members);
    pst_string_set *built = pst_checker_make_constant(c, sizeof *built);
    pst_claim *claim = pst_test_new(c, left, PST_OP_STRING_IN);
    size_t at = 0;

    if (members == NULL || built == NULL || claim == NULL ||
        !items_are(c, set, PST_NODE_TEXT, "this set holds strings",
                   "strings are written in quotes")) {
        return NULL;
    }
    for (const pst_node *item = set->first; item != NULL; item = item->next) {
        if (!pst_checker_keep(c, item->text, &members[at++])) {
            return NULL;
        }
    }
    claim->test.as.string_set = built;
    return built_in(c, pst_string_set_build(c->unit->constants, members, count, built),
                    claim);
}

static pst_claim *test_in_ints(pst_checker *c, pst_term *left, const pst_node *set)
{
    const size_t count = count_items(set);
    pst_int_range *ranges = pst_checker_make(c, (count + 1) * sizeof *ranges);
    pst_int_set *built = pst_checker_make_constant(c, sizeof *built);
    pst_claim *claim = pst_test_new(c, left, PST_OP_INT_IN);
    pst_literal_problem problem;
    bool whole = true;
    size_t at = 0;

    if (ranges == NULL || built == NULL || claim == NULL ||
        !items_are(c, set, PST_NODE_NUMBER, "this set holds numbers", NULL)) {
        return NULL;
    }
    for (const pst_node *item = set->first; item != NULL; item = item->next) {
        if (!pst_read_int_range(item->text, &ranges[at++], &problem)) {
            pst_checker_complain_of_literal(c, item, &problem);
            whole = false;
        }
    }
    if (!whole) {
        return NULL;
    }
    claim->test.as.int_set = built;
    return built_in(c, pst_int_set_build(c->unit->constants, ranges, count, built),
                    claim);
}

static pst_claim *test_in_ips(pst_checker *c, pst_term *left, const pst_node *set)
{
    const size_t count = count_items(set);
    pst_ip_range *ranges = pst_checker_make(c, (count + 1) * sizeof *ranges);
    pst_ip_set *built = pst_checker_make_constant(c, sizeof *built);
    pst_claim *claim = pst_test_new(c, left, PST_OP_IP_IN);
    pst_literal_problem problem;
    bool whole = true;
    size_t at = 0;

    if (ranges == NULL || built == NULL || claim == NULL ||
        !items_are(c, set, PST_NODE_NUMBER, "this set holds addresses",
                   "addresses are written without quotes")) {
        return NULL;
    }
    for (const pst_node *item = set->first; item != NULL; item = item->next) {
        if (!pst_read_ip_range(item->text, &ranges[at++], &problem)) {
            pst_checker_complain_of_literal(c, item, &problem);
            whole = false;
        }
    }
    if (!whole) {
        return NULL;
    }
    claim->test.as.ip_set = built;
    return built_in(c, pst_ip_set_build(c->unit->constants, ranges, count, built),
                    claim);
}

pst_claim *pst_test_in(pst_checker *c, pst_term *left, const pst_node *set)
{
    if (set->kind == PST_NODE_LIST) {
        pst_complain_of(&c->unit->complaints, POSTERN_UNKNOWN_NAME, set->span,
                        "unknown list", set->text, "", NULL);
        return NULL;
    }
    if (left->type == POSTERN_STRING) {
        return test_in_strings(c, left, set);
    }
    return left->type == POSTERN_INT ? test_in_ints(c, left, set)
                                     : test_in_ips(c, left, set);
}
