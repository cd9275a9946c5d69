/*
 * tests/bench/findings.h - all that a run of postern-bench has found, and the ways to
 * show it. Knows nothing of how it was measured.
 */
#ifndef BENCH_FINDINGS_H
#define BENCH_FINDINGS_H

#include "bench.h"
#include "calibration.h"
#include "peers.h"

#include <stdio.h>

typedef struct findings {
    const char *cases_path;
    const char *rulesets_path;
    bench_result *cases;
    size_t case_count;
    bench_result *rulesets;
    size_t ruleset_count;
    calibration here;
    double scale; /* the peer's figures times this are what it would need here */
    peers peer;
} findings;

/** One JSON object. */
void findings_json(const findings *all, FILE *to);

/** Tables for people; with `colour`, better than the peer is green and worse is red. */
void findings_table(const findings *all, bool colour, FILE *to);

#endif
