/*
 * tests/property/bench.h - what the tests with random expressions stand on: a scheme, a
 * request, a generator, and words for what disagrees.
 */
#ifndef PROPERTY_BENCH_H
#define PROPERTY_BENCH_H

#include "../reference/walk.h"
#include "generator.h"

#include <postern/filter.h>

/** Each test is a loop of so many rounds, each with a seed of its own. */
enum { BENCH_ROUNDS = 20 };

typedef struct bench {
    postern_scheme *scheme;
    postern_request *request;
    postern_compile_options options; /* with the generator's lists */
    generator *g;
    unsigned long long seed;
} bench;

void bench_open(bench *b, int round);
void bench_close(bench *b);

/** How many expressions a round is to try. */
unsigned long long bench_count(void);

/** Fails the test, naming the expression, unless `got` is `wanted`. */
void bench_expect(const bench *b, bool wanted, bool got, const char *who);

/** Fails the test: `text` should have compiled. */
void bench_refused(const bench *b, postern_str text);

postern_filter *bench_compile(const bench *b, postern_str text);

/** What the machine says of the request as it is. */
bool bench_answer(const bench *b, const postern_filter *filter);
bool bench_machine(const bench *b, postern_str text);

/** What the tree walk says. */
bool bench_walked(const bench *b, walk *reference);

#endif
