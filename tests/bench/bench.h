/*
 * tests/bench/bench.h - what every measurement of postern-bench stands on, and what it
 * yields. Nothing here knows how results are shown.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "counting.h"
#include "input.h"
#include "measure.h"

/** A scheme as everybody gets it, but for limits that long inputs need. */
typedef struct bench {
    counting memory; /* all that postern holds */
    postern_scheme *scheme;
    const measure_effort *effort;
} bench;

void bench_init(bench *out, const measure_effort *effort);
void bench_free(bench *b);

typedef struct bench_result {
    postern_str name;
    size_t rules;    /* 0: a case */
    size_t contexts; /* evaluated in turn */
    timing run;
    timing rotating; /* on BENCH_ROTATION requests; zeroes: not measured */
    timing verdict;  /* of a ruleset: with everything around it */
    double compile_us;
    double allocations; /* of an evaluation, when warm */
    size_t bytes;
    size_t wrong; /* contexts whose answer is not the expected one */
} bench_result;

/** Measures a case: postern_filter_match() on sealed requests. */
void bench_filter(bench *b, const input_case *from, bench_result *out);

/** Measures a ruleset of which the last rule matches. */
void bench_ruleset(bench *b, const input_case *from, bench_result *out);

#endif
