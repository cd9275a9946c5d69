/*
 * tests/property/regex_bench.h - what the tests with random patterns stand on: arenas, a
 * generator, the engine's answer in all ways it can be asked, and words for what
 * disagrees.
 */
#ifndef PROPERTY_REGEX_BENCH_H
#define PROPERTY_REGEX_BENCH_H

#include "match/regex.h"
#include "regex_generator.h"

/** Each test is a loop of so many rounds, each with a seed of its own. */
enum { REGEX_ROUNDS = 20 };

typedef struct regex_bench {
    regex_generator *g;
    unsigned long long seed;
    pst_regex_limits limits;
    pst_arena arena; /* of a pattern */
    pst_arena scratch;
    pst_arena cache;
    pst_regex_memory memory;            /* in `cache` */
    size_t engines[PST_REGEX_BITS + 1]; /* how many patterns ran on each */
    size_t backward;
    size_t asked;
    size_t matched;
    size_t limited; /* refused as too large */
} regex_bench;

void regex_bench_open(regex_bench *b, regex_dialect dialect, int round);
void regex_bench_close(regex_bench *b);

/** How many pairs of pattern and text a round is to try. */
size_t regex_bench_count(void);

/** Forgets the patterns before. */
void regex_bench_forget(regex_bench *b);

/** NULL when the pattern is refused; fails the test when memory runs out, or when what
 *  is said about the pattern or the refusal makes no sense. */
const pst_regex *regex_bench_try(regex_bench *b, postern_str pattern, pst_regex_use use,
                                 pst_regex_problem *problem);

/** The same, but a refusal fails the test, unless a limit is the reason. */
const pst_regex *regex_bench_compile(regex_bench *b, postern_str pattern,
                                     pst_regex_use use);

/** Whether it matches; with memory (cold and warm) and without, which must agree. */
bool regex_bench_match(regex_bench *b, postern_str pattern, const pst_regex *regex,
                       postern_str text);

/** The generator's. */
postern_str regex_bench_pattern(const regex_bench *b);
postern_str regex_bench_subject(const regex_bench *b);

/** True when both sides have an opinion about the pair, and not the same. */
typedef bool (*regex_quarrel)(regex_bench *b, postern_str pattern, postern_str text);

/** Fails the test after making the pair as small as the quarrel allows (NULL: not at
 *  all). */
void regex_bench_fail(regex_bench *b, const char *what, postern_str pattern,
                      postern_str text, regex_quarrel quarrel);

#endif
