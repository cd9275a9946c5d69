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
    size_t growth_max; /* the most rules, and a tenth of the most entries */
} bench;

void bench_init(bench *out, const measure_effort *effort);
void bench_free(bench *b);

typedef struct bench_result {
    postern_str name;
    size_t rules;    /* 0: a case */
    size_t contexts; /* evaluated in turn */
    timing run;
    timing
        rotating;   /* on other requests like its own; zeroes: it has several already */
    timing verdict; /* of a ruleset: with everything around it */
    double compile_us;
    double allocations; /* of an evaluation, when warm */
    size_t bytes;
    size_t wrong; /* contexts whose answer is not the expected one */
} bench_result;

/** Filling a simulated request, from its begin to the verdict of two rules. */
typedef struct bench_fill {
    size_t headers;
    size_t values; /* besides */
    timing run;
    timing fill_only; /* nobody looks at it */
    double allocations;
} bench_fill;

/** The two published rules. */
typedef struct bench_two_rules {
    timing rules;  /* alone, on the four requests of calibration.h */
    timing decide; /* with connection and verdict, of a request that is filled */
    timing begin_and_decide; /* of a request with a Host */
    timing modsecurity;      /* the last, there */
    bool has_modsecurity;
} bench_two_rules;

/** Measures a case: postern_filter_match() on sealed requests. */
void bench_filter(bench *b, const input_case *from, bench_result *out);

/** Measures a ruleset of which the last rule matches. */
void bench_ruleset(bench *b, const input_case *from, bench_result *out);

/** Fills a request with `context`: `http.request.headers` as header lines, and all values
 *  that are neither arrays nor maps. Called again, it keeps the least figures, as
 *  bench_decision() does. */
void bench_filling(bench *b, const input_context *context, bench_fill *out);

void bench_decision(bench *b, bench_two_rules *out);

#endif
