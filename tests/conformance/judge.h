/*
 * tests/conformance/judge.h - puts one vector to the library.
 *
 * A line is known by its keys: `expect` is evaluated, `stage` must be refused, and an
 * expression with neither must compile.
 */
#ifndef CONFORMANCE_JUDGE_H
#define CONFORMANCE_JUDGE_H

#include "vocabulary.h"

#include <postern/report.h>
#include <postern/request.h>

typedef enum outcome {
    OUTCOME_FALSE,
    OUTCOME_TRUE,
    OUTCOME_ERROR, /* the expression is refused */
    OUTCOME_COMPILES,
    OUTCOME_FAULT,     /* no answer: out of memory, a limit at run time, ... */
    OUTCOME_UNREADABLE /* the vector itself cannot be used */
} outcome;

/** What a vector wants and what it gets. Strings live until the next line. */
typedef struct judgement {
    postern_str id;
    postern_str expression;
    outcome expected;
    outcome got;
    char error[256]; /* of a refusal or fault: why; "" otherwise */
} judgement;

typedef struct judge {
    pst_arena memory; /* of the line */
    char *exact;      /* its expression */
    postern_report *report;
    postern_scheme *plain;
    vocabulary words;
    const char *no_words;     /* NULL, or why lines cannot be evaluated */
    postern_scheme *scheme;   /* of words */
    postern_request *request; /* of scheme */
} judge;

void judge_init(judge *bench);
void judge_free(judge *bench);

/** Evaluates with the fields of the scheme.json at `path` from now on. */
void judge_use_words(judge *bench, const char *path);

/** Judges a line. */
void judge_line(judge *bench, const json_line *line, judgement *out);

/** "true", "false", "error", "compiles", "fault" or "unreadable". */
const char *outcome_text(outcome what);

#endif
