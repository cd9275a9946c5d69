/*
 * tests/bench/growth.h - how costs grow with the number of rules and of list entries.
 */
#ifndef BENCH_GROWTH_H
#define BENCH_GROWTH_H

#include "bench.h"

#include <stdio.h>

enum { GROWTH_SIZES_MAX = 6 };

typedef struct growth_point {
    size_t count;
    double ns;      /* of an evaluation: the least */
    double load_ms; /* of the policy or the list */
    size_t bytes;   /* that it holds, less the rules' text */
} growth_point;

typedef struct growth_curve {
    const char *name; /* what its rules or entries are */
    bool lists;       /* entries of a list; otherwise rules */
    growth_point points[GROWTH_SIZES_MAX];
    size_t point_count;
} growth_curve;

enum { GROWTH_RULE_CURVES = 5, GROWTH_LIST_CURVES = 3 };

/** Rules of several kinds, 10 to 100,000 of them. */
void growth_rules(bench *b, growth_curve out[GROWTH_RULE_CURVES]);

/** Lists of several kinds, 10 to 1,000,000 entries. */
void growth_lists(bench *b, growth_curve out[GROWTH_LIST_CURVES]);

/** Writes two plots with logarithmic axes, rules and entries, as a picture of the same
 *  numbers. It is readable on light and dark ground. */
void growth_svg(const growth_curve *curves, size_t count, FILE *to);

#endif
