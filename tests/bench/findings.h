/*
 * tests/bench/findings.h - all that a run of postern-bench has found, and the ways to
 * show it. Knows nothing of how it was measured.
 */
#ifndef BENCH_FINDINGS_H
#define BENCH_FINDINGS_H

#include "bench.h"
#include "calibration.h"
#include "growth.h"
#include "peers.h"

#include <stdio.h>

enum { FINDINGS_CURVES = GROWTH_RULE_CURVES + GROWTH_LIST_CURVES };

typedef struct findings {
    bench_result *cases;
    size_t case_count;
    bench_result *rulesets;
    size_t ruleset_count;
    bench_fill fill;
    bench_two_rules two_rules;
    growth_curve curves[FINDINGS_CURVES];
    size_t curve_count;
    size_t text_size; /* of the library, made for size; 0: nobody said */
    size_t code_size; /* its section .text alone */
    calibration here;
    double scale; /* the peer's figures times this are what it would need here */
    peers peer;
} findings;

/** One JSON object. */
void findings_json(const findings *all, FILE *to);

/** Tables for people; with `colour`, better than the peer is green and worse is red. */
void findings_table(const findings *all, bool colour, FILE *to);

#endif
