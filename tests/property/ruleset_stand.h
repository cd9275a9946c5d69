/*
 * tests/property/ruleset_stand.h - where a policy and the plain evaluator meet: both are
 * made of the same random rules and asked about the same request, and must say the same.
 */
#ifndef PROPERTY_RULESET_STAND_H
#define PROPERTY_RULESET_STAND_H

#include "rulesets.h"

/** One ruleset, twice. */
typedef struct contestant {
    rulesets rules;
    bool other_words; /* another list took the place of "words" */
    postern_policy *policy;
    postern_named_list lists[RULESETS_LISTS]; /* that the plain evaluator asks */
    in_order plain;
    in_order_answer wanted; /* of the last request */
} contestant;

enum { STAND_CONTESTANTS = 2 };

typedef struct stand {
    postern_options options; /* of the policies; change before stand_open() */
    unsigned long long seed;
    bool clock_fails;
    bool digests_fail;
    postern_crypto crypto;
    postern_scheme *scheme;       /* of the policies and their requests */
    postern_scheme *plain_scheme; /* of the plain evaluator */
    contestant *contestants;
    random_request asked;
    postern_request *request;
    postern_request *plain_request;
    char history[256]; /* who was asked about the request, in order */
    size_t history_length;
} stand;

void stand_init(stand *s, unsigned long long seed);
void stand_open(stand *s);
void stand_close(stand *s);

/** New rules for one of the two. @param count 0: any */
void stand_load(stand *s, size_t which, size_t count);
void stand_unload(stand *s, size_t which);

/** A new request after the taste of one of the two, and what the plain evaluator says of
 *  it to each. */
void stand_ask(stand *s, size_t which);

/** The policy's answer, about `request`, which has been filled. */
void stand_evaluate(stand *s, size_t which, postern_request *request,
                    postern_verdict *verdict);

/** Is it the plain evaluator's? */
bool stand_agrees(const contestant *c, const postern_verdict *verdict);

/** Fails the test unless it is, with all that is needed to see it again. */
void stand_expect(stand *s, size_t which, const postern_verdict *verdict);

#endif
