/*
 * text.h - a text that grows: log lines, answers and messages are put together in
 * one. Running out of memory is remembered and asked for once, at the end.
 */
#ifndef EDGE_TEXT_H
#define EDGE_TEXT_H

#include <postern/base.h>

/** Zeroed: empty. Freed with edge_text_free(). */
typedef struct edge_text {
    char *data;
    size_t len;
    size_t cap;
    bool failed; /**< something did not fit in memory: the text is not whole */
} edge_text;

/** Empties the text and keeps its memory. */
void edge_text_clear(edge_text *text);
void edge_text_free(edge_text *text);

void edge_text_add(edge_text *text, postern_str piece);
/** As printf; results over 511 bytes are cut, so long strings go through
 *  edge_text_add(). */
void edge_text_format(edge_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/** Adds `value` as a JSON string, with its quotes. */
void edge_text_quote(edge_text *text, postern_str value);

#endif
