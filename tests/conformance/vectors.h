/*
 * tests/conformance/vectors.h - reads *.vec: what an expression amounts to, one a
 * line, for readers as much as for the machine.
 *
 *   true         | not f and t
 *   UNKNOWN_NAME | t and http.hots eq "a"
 *                        ^^^^^^^^^
 *   hint: did you mean 'http.host'?
 *
 * The outcome is true, false, or the status of a refusal. Below it may stand, in this
 * order: carets under the piece a finding points at (a single one at the end), then
 * `says:` and `hint:` with a part of that finding's message and hint. When there are
 * carets there are no other findings. # starts a comment line. The pictures of a tab,
 * a line feed, a carriage return and a NUL (U+2409, 240A, 240D, 2400) stand for them.
 */
#ifndef CONFORMANCE_VECTORS_H
#define CONFORMANCE_VECTORS_H

#include <postern/base.h>

enum { VECTOR_FINDINGS_MAX = 8 };

typedef struct vector_finding {
    size_t offset;
    size_t length;    /* of the carets: at least 1 */
    const char *says; /* NULL: anything */
    const char *hint;
} vector_finding;

typedef struct vector {
    const char *file;
    int line;
    const char *want;
    postern_str expression; /* in memory of exactly its length */
    vector_finding findings[VECTOR_FINDINGS_MAX];
    size_t finding_count;
} vector;

/** Reads every *.vec of `folder`, by name; ends the program when one is malformed.
 *  The vectors live to the end of the program. */
vector *vectors_load(const char *folder, size_t *count);

#endif
