/*
 * syntax/complaint.h - what is wrong with an expression, on its way to the report.
 *
 * The parser and the type checker complain in terms of the expression: offset,
 * length, message, hint. Where the expression stands inside a file, the places are
 * translated on the way.
 */
#ifndef PST_SYNTAX_COMPLAINT_H
#define PST_SYNTAX_COMPLAINT_H

#include <postern/report.h>

/** The most errors told about one expression. */
enum { PST_COMPLAINTS_MAX = 8 };

/** Where an expression was written, if not on its own. */
typedef struct pst_expression_origin {
    postern_str file;
    /* Line and column, in the file, of byte `offset` of the expression. */
    void (*locate)(void *user, size_t offset, size_t *line, size_t *column);
    void *user;
} pst_expression_origin;

typedef struct pst_complaints {
    postern_report *report; /* may be NULL */
    postern_str expression;
    const pst_expression_origin *origin; /* NULL: the expression is all there is */
    size_t errors;
    postern_status first; /* status of the first error; POSTERN_OK: none */
} pst_complaints;

/** A piece of the expression. */
typedef struct pst_span {
    size_t offset;
    size_t length;
} pst_span;

/** True when further errors are only counted: no need to look for a hint. */
static inline bool pst_complaints_full(const pst_complaints *complaints)
{
    return complaints->errors >= PST_COMPLAINTS_MAX;
}

/** Records an error. `message` and `hint` are printf formats' results: plain text;
 *  `hint` may be NULL. Errors behind the eighth are counted only. */
void pst_complain(pst_complaints *complaints, postern_status status, pst_span span,
                  const char *message, const char *hint);

/** The same with one quoted name in the message: "unknown field 'NAME'" is told as
 *  ("unknown field", NAME, ""). `before`, `after` and `hint` are plain text. */
void pst_complain_of(pst_complaints *complaints, postern_status status, pst_span span,
                     const char *before, postern_str name, const char *after,
                     const char *hint);

/** Records a note: all is well, but there is something to know. */
void pst_note(pst_complaints *complaints, pst_span span, const char *message,
              const char *hint);

/** Records a warning; never limited, never an error. */
void pst_warn(pst_complaints *complaints, pst_span span, const char *message,
              const char *hint);

#endif
