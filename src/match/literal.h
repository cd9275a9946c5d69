/*
 * match/literal.h - numbers, addresses, blocks and ranges, as expressions and
 * policies spell them.
 *
 * Each reader takes the whole of `text`. A failure comes with one sentence and,
 * where there is one, a hint; both fixed or written to the caller's buffer.
 */
#ifndef PST_MATCH_LITERAL_H
#define PST_MATCH_LITERAL_H

#include "match/int_set.h"
#include "match/ip_set.h"

typedef struct pst_literal_problem {
    postern_status status; /* SYNTAX, or INVALID for a value that cannot be */
    const char *message;   /* goes behind the quoted text: "is not a number" */
    char hint[128];        /* empty: none */
} pst_literal_problem;

/** Decimal with an optional minus, 0x hexadecimal, or 0 octal; 64-bit signed. */
bool pst_read_int(postern_str text, int64_t *out, pst_literal_problem *problem);

/** The same, or "first..last". */
bool pst_read_int_range(postern_str text, pst_int_range *out,
                        pst_literal_problem *problem);

/** Two hex digits a byte, two bytes at least, `:`, `-` or `.` between them: the bytes go
 *  to `out`, which has room for a third of text.len, rounded up. */
bool pst_read_bytes(postern_str text, char *out, size_t *len,
                    pst_literal_problem *problem);

/** One address. */
bool pst_read_ip(postern_str text, pst_ip *out, pst_literal_problem *problem);

/** One address, "first..last" of one family, or a block without host bits. */
bool pst_read_ip_range(postern_str text, pst_ip_range *out,
                       pst_literal_problem *problem);

#endif
