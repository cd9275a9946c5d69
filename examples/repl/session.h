/*
 * session.h - what the REPL works with: one scheme, one simulated request made of a
 * file and of fields set by hand, and perhaps a policy.
 */
#ifndef REPL_SESSION_H
#define REPL_SESSION_H

#include "../request_json.h"
#include "style.h"

#include <postern/filter.h>
#include <postern/policy.h>
#include <postern/report.h>

/** A field that was set by hand: stronger than the request's file. */
typedef struct session_setting {
    struct session_setting *next;
    postern_str name; /* of the scheme */
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
    session_setting *settings; /* in the order they were first set */
    postern_policy *policy;    /* NULL: none */
    char *policy_path;
    const postern_named_list *lists; /* of the policy */
    size_t list_count;
    postern_phase phase;
    bool strict; /* refuse what only postern has */
    bool print;  /* show the compiled listing before the answer */
    bool quit;   /* the command was given */
    style style;
} session;

/** @return false without memory; session_close() is fine then too */
bool session_open(session *repl);

void session_close(session *repl);

/** Reads the request from the file `path` and forgets what was set. Complains on
 *  stderr; the old request stays then. */
bool session_load(session *repl, const char *path);

/** Loads the policy at `path`. Findings go to stderr; after an error the old policy
 *  stays. */
bool session_load_policy(session *repl, const char *path);

/** Sets field `name` to `text`, which is written as the field's type asks: JSON, but
 *  strings and addresses may do without quotes. Complains on stderr. */
bool session_set(session *repl, postern_str name, postern_str text);

/** Forgets what was set by hand for field `name`, or for all fields ("*"). Complains on
 *  stderr when nothing was. */
bool session_unset(session *repl, postern_str name);

/** Lets expressions name the fields of phase `name`. @return false: there is none */
bool session_set_phase(session *repl, postern_str name);

/** Makes the request afresh, as evaluations seal it. Complains on stderr. */
bool session_prepare(session *repl);

/** What expressions are compiled with; borrowed from the session. */
postern_compile_options session_compile_options(const session *repl);

/** Says on stderr why an evaluation ended without an answer. */
void session_complain_of_fault(const session *repl, postern_status status);

#endif
