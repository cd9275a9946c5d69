/*
 * claims.h - tries one claim of a page; what does not hold is noted with its line.
 * It knows nothing of blocks and headers.
 */
#ifndef PAGES_CLAIMS_H
#define PAGES_CLAIMS_H

#include "reader.h"

enum { TEXT_MAX = 4096 };

/** Notes that a claim does not hold: all of a page are told at once. */
void blame(reader *r, int line, const char *what, const char *more);
void blame_on(reader *r, int line, postern_str name, const char *what);

/** Whether a cell, as it is meant, is `text`. */
bool cell_is(postern_str cell, const char *text);

/** Fills r->request from the request that `name` means. */
bool fill(reader *r, int line, postern_str name, source *memory);
void empty(reader *r, source *memory);

/** "$office ip 192.0.2.0/24 2001:db8::/32" */
void read_list(reader *r, int line, postern_str text);

/** Compiles, without a word. NULL: noted. */
postern_filter *compile(reader *r, int line, postern_str text);

/** What `filter` says to a request is what the cell says. */
void check_answer(reader *r, int line, const postern_filter *filter,
                  postern_str request, postern_str cell);

/** The same of a row: an expression, and what it says to each request of the header. */
void check_filter_row(reader *r, const piece *row);
void check_value_row(reader *r, const piece *row);

/** The last report says what the cell says. */
void check_told(reader *r, int line, bool error, postern_str cell);

/** An expression, and what is told when it is compiled. */
void check_told_row(reader *r, const piece *row);

/** An expression, how its first pattern is searched for, and in how many steps. */
void check_cost_row(reader *r, const piece *row);

/** Expressions behind "> ", each followed by what it is compiled to. */
void check_listing(reader *r, const piece *block);

#endif
