/*
 * tests/policy/bench.h - a world with one simulated request, to try policies on.
 */
#ifndef POLICY_BENCH_H
#define POLICY_BENCH_H

#include "world.h"

/* Pieces of policies. */
#define PHASE "\"phase\": \"http_request_firewall_custom\""
#define BLOCK "\"action\": \"block\""
#define LOG "\"action\": \"log\""
#define SKIP "\"action\": \"skip\", \"action_parameters\": {\"ruleset\": \"current\"}"

typedef struct bench {
    world w;
    postern_request *request;
    postern_verdict verdict;
} bench;

void bench_open(bench *b);
void bench_close(bench *b);

/** Begins "GET target". @param host NULL: no Host header */
void bench_begin(bench *b, const char *host, const char *target);

/** Sets a Boolean field. */
void bench_set(bench *b, const char *field, bool value);

/** Evaluates the policy of b->w into b->verdict, and checks what holds of every
 *  verdict. */
void bench_evaluate(bench *b);

bool text_is(postern_str text, const char *wanted);

#endif
