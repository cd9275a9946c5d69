/*
 * literal.h - values as people read them: close to how expressions spell them, and
 * safe to show on a terminal.
 */
#ifndef REPL_LITERAL_H
#define REPL_LITERAL_H

#include <postern/value.h>

#include <stdio.h>

/** Writes `value`: true, 8443, "text", 192.0.2.1, [..] or {"key": ..}. What is not
 *  UTF-8, or could confuse a terminal, comes out as \xHH. */
void literal_write(FILE *out, const postern_value *value);

/** Writes `text` in quotes. */
void literal_write_string(FILE *out, postern_str text);

/** Writes `text` without quotes, for names and prose of others: the same care. */
void literal_write_plain(FILE *out, postern_str text);

#endif
