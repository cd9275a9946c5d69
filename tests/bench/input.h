/*
 * tests/bench/input.h - what is measured, as files say it: a case or a ruleset a line.
 *
 *   {"name": .., "expr": .., "ctx": {field: value, ..}, "expect": true}
 *   {"name": .., "exprs": [.., ..], "ctx": {..}}
 *
 * Instead of `ctx` there may be `ctxs`, a list of contexts that are evaluated in turn;
 * `expect` then is a Boolean for all of them, a list of them, or how many of them match.
 */
#ifndef BENCH_INPUT_H
#define BENCH_INPUT_H

#include "../conformance/context.h"

typedef struct input_context {
    context_field *fields;
    size_t count;
} input_context;

typedef struct input_case {
    postern_str name; /* NUL-terminated */
    bool ruleset;     /* `exprs` */
    const postern_str *expressions;
    size_t expression_count;
    const input_context *contexts;
    size_t context_count;
    const signed char *expected; /* of each context: 0, 1; -1: not said */
    int64_t expected_matches;    /* -1: not said */
} input_case;

/** Adds the fields that the contexts of `line` name and `scheme` does not know, of the
 *  types of their values, and lets those of all phases stand in one expression.
 *  @return NULL, or what is wrong: fixed text */
const char *input_learn(const json_line *line, postern_scheme *scheme,
                        pst_arena *memory);

/**
 * Reads a line.
 *
 * @param out     lives in `memory`
 * @param culprit receives the name of what is wrong, or the empty string
 * @return NULL, or what is wrong: fixed text
 */
const char *input_read(const json_line *line, const postern_scheme *scheme,
                       pst_arena *memory, input_case *out, postern_str *culprit);

#endif
