/*
 * session.h - what the REPL works with: one scheme, one simulated request, and the
 * words it answers in.
 */
#ifndef REPL_SESSION_H
#define REPL_SESSION_H

#include "../request_json.h"

#include <postern/filter.h>
#include <postern/report.h>

#include <stdio.h>

/** A field that was set by hand: stronger than the request's file. */
typedef struct session_setting {
    struct session_setting *next;
    postern_field field;
    source memory;
    postern_value value;
} session_setting;

typedef struct session {
    postern_scheme *scheme;
    postern_request *request;
    postern_report *report;
    request_clock clock;
    source source; /* what the request borrows from */
    char *file;    /* the request as it was read; NULL: none */
    size_t file_length;
    session_setting *settings;
    bool strict;
    bool print;         /* show the compiled listing before the answer */
    bool colour_out;    /* stdout is a terminal */
    bool colour_errors; /* stderr is one */
} session;

/** How an evaluation ended. */
typedef enum session_answer {
    SESSION_TRUE,
    SESSION_FALSE,
    SESSION_FAILED
} session_answer;

/** @return false without memory; session_close() is fine then too */
bool session_open(session *repl);

void session_close(session *repl);

/** Reads the request from the file `path` and forgets the settings. Complains on
 *  stderr; the old request stays then. */
bool session_load(session *repl, const char *path);

/** Sets field `name` to `text`, which is written as the field's type asks: JSON, but
 *  strings and addresses may do without quotes. Complains on stderr. */
bool session_set(session *repl, postern_str name, postern_str text);

/** Compiles and matches. Findings and faults go to stderr; the listing, when asked
 *  for, to stdout. */
session_answer session_evaluate(session *repl, postern_str expression);

#endif
