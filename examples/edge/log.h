/*
 * log.h - one JSON object a line, written at once, so that the lines of several
 * threads never mix. Whatever came from a client passes through
 * postern_json_quote(), so no line can be forged.
 */
#ifndef EDGE_LOG_H
#define EDGE_LOG_H

#include "text.h"

/** Used by every thread at once. Writing blocks when nobody reads the other end. */
typedef struct edge_log edge_log;

/** @param path to append to; NULL: standard error
 *  @return NULL when the file cannot be opened (errno says why) */
edge_log *edge_log_open(const char *path);
/** Opens the file anew, for after it was rotated. Keeps the old one on failure. */
bool edge_log_reopen(edge_log *log);
/** NULL is fine. */
void edge_log_close(edge_log *log);

/** Begins a line in `line`: its time and what happened. */
void edge_line_start(edge_text *line, const char *event);
/** Adds a string; over 2048 bytes it is cut and ends in "...". */
void edge_line_text(edge_text *line, const char *key, postern_str value);
void edge_line_number(edge_text *line, const char *key, int64_t value);
/** Ends the line and writes it. One that did not fit in memory is replaced by a
 *  line that says so. */
void edge_line_write(edge_text *line, edge_log *log);

#endif
