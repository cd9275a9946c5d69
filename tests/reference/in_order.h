/*
 * tests/reference/in_order.h - a ruleset evaluated plainly: its rules one by one, in
 * order, each decided twice, by the walk over its tree and by a filter of its own.
 *
 * No index, no candidates, nothing shared between rules. What a policy does beyond that,
 * such as hiding headers that claim an identity, is up to whoever fills the request.
 */
#ifndef REFERENCE_IN_ORDER_H
#define REFERENCE_IN_ORDER_H

#include "walk.h"

#include <postern/verdict.h>

/** A rule as a policy file says it. Borrowed. */
typedef struct in_order_rule {
    postern_str ref;
    postern_str expression;
    postern_action action;
    bool enabled;
    bool log;        /* a match is to be recorded */
    bool ends;       /* of a skip rule: it skips the rest; otherwise what is not here */
    unsigned status; /* of a block rule: what it answers */
} in_order_rule;

typedef struct in_order_judge {
    walk tree;
    postern_filter *filter;
} in_order_judge;

typedef struct in_order {
    const in_order_rule *rules;
    in_order_judge *judges; /* one for each rule */
    size_t count;
    bool block_by_default;
    postern_filter *always; /* "true": asks whether the head is acceptable */
    size_t *matches;        /* of the last evaluation, in order */
} in_order;

typedef struct in_order_answer {
    postern_outcome outcome;
    unsigned status;
    postern_status fault;
    size_t decided; /* the rule that did; SIZE_MAX: none */
    size_t match_count;
    size_t disputed; /* filter and tree walk differ about this rule; SIZE_MAX: none */
} in_order_answer;

/** Reads the rules, which must live as long as `set`.
 *  @param options as postern_filter_compile(); its lists are borrowed
 *  @return the rule that is refused, or SIZE_MAX; in_order_close() it anyway */
size_t in_order_open(in_order *set, const postern_scheme *scheme,
                     const in_order_rule *rules, size_t count,
                     const postern_compile_options *options, bool block_by_default);

void in_order_close(in_order *set);

/** Evaluates; the refs of what matched are in set->matches. */
void in_order_evaluate(in_order *set, postern_request *request, in_order_answer *out);

#endif
