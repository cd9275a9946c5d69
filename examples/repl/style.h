/*
 * style.h - how answers look: colours, findings with their carets, columns.
 */
#ifndef REPL_STYLE_H
#define REPL_STYLE_H

#include "../source.h"

#include <postern/report.h>

#include <stdio.h>

/** Where colours are welcome, and how wide lines may be. Zeroed: plain, any width. */
typedef struct style {
    bool colour_out;    /* stdout is a terminal that knows colours */
    bool colour_errors; /* stderr is one */
    bool terminal_out;  /* stdout is a terminal at all */
} style;

/** Escape sequences; each is undone by STYLE_PLAIN. */
#define STYLE_PLAIN "\x1b[0m"
#define STYLE_BOLD "\x1b[1m"
#define STYLE_DIM "\x1b[2m"
#define STYLE_RED "\x1b[31m"
#define STYLE_GREEN "\x1b[32m"
#define STYLE_YELLOW "\x1b[33m"
#define STYLE_CYAN "\x1b[36m"

/** Looks at the terminal and at NO_COLOR and TERM. */
style style_of_terminal(void);

/** `sequence`, or "" where stdout takes no colours. */
const char *style_out(const style *look, const char *sequence);

/** Columns of the terminal as it is now; SIZE_MAX when stdout is none. */
size_t style_width(const style *look);

/** "FILE:LINE:COLUMN: error: MESSAGE" on stderr, and the hint below. */
void style_complain(const style *look, const char *file, const source_error *error);

/** The same without a place. */
void style_complain_of(const style *look, const char *what, const char *message,
                       const char *hint);

/** Every finding of `report` on stderr, its place marked. */
void style_findings(const style *look, const postern_report *report);

#endif
