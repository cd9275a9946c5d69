/*
 * tests/bench/collect.h - measures what files hold and keeps what was found.
 */
#ifndef BENCH_COLLECT_H
#define BENCH_COLLECT_H

#include "findings.h"

/** Tells `b` of the fields that the file at `path` names: of all files, before anything
 *  is compiled. */
void collect_fields(bench *b, const char *path);

/**
 * Measures the cases and rulesets of the files at `paths`.
 *
 * @param only NULL, or a part of the names of those that are
 * @param out  a second time what is there is measured again: the least figures stay
 */
void collect_cases(bench *b, const char *const paths[2], const char *only,
                   findings *out);

void collect_free(findings *all);

#endif
