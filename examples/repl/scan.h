/*
 * scan.h - where an expression stands at its end, while it is still being typed: is it
 * whole, and what could come next. It looks at brackets, strings and words alone; what
 * is right is for the parser to say.
 */
#ifndef REPL_SCAN_H
#define REPL_SCAN_H

#include <postern/base.h>

/** What a token is to the one after it. */
typedef enum scan_kind {
    SCAN_START,      /* there is none */
    SCAN_OPERAND,    /* a name, a literal, or what closes a bracket */
    SCAN_COMPARISON, /* eq, <, in ... */
    SCAN_LOGICAL,    /* and, or, xor, not ... */
    SCAN_OPEN,       /* an opening bracket */
    SCAN_COMMA
} scan_kind;

typedef struct scan {
    size_t parentheses; /* open ones */
    size_t sets;
    size_t indexes;
    bool string;   /* it ends inside a string */
    bool excess;   /* something was closed that was not open */
    bool compared; /* the last operand is the right side of a comparison */
    postern_str
        word; /* of letters, digits, '_', '.', '$', at the very end; may be empty */
    scan_kind before;  /* the token before `word` */
    postern_str token; /* that token */
} scan;

scan scan_expression(postern_str text);

/** True for the beginning of an expression: an open bracket, an open string, or an
 *  operator without its right side. */
bool scan_is_unfinished(postern_str text);

#endif
