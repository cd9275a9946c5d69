/* text.c - a text that grows. */
#include "text.h"

#include <postern/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void edge_text_clear(edge_text *text)
{
    text->len = 0;
    text->failed = false;
}

void edge_text_free(edge_text *text)
{
    free(text->data);
    *text = (edge_text){0};
}

/* Room for `more` bytes after what is there, or NULL. */
static char *room(edge_text *text, size_t more)
{
    size_t cap = text->cap == 0 ? 256 : text->cap;
    char *data;

    if (text->failed || more > SIZE_MAX / 4 || text->len > SIZE_MAX / 4) {
        text->failed = true;
        return NULL;
    }
    if (text->data == NULL || text->cap - text->len < more) {
        while (cap < text->len + more) {
            cap *= 2;
        }
        data = realloc(text->data, cap);
        if (data == NULL) {
            text->failed = true;
            return NULL;
        }
        text->data = data;
        text->cap = cap;
    }
    return text->data + text->len;
}

void edge_text_add(edge_text *text, postern_str piece)
{
    char *at = room(text, piece.len);

    if (at != NULL && piece.len > 0) {
        memcpy(at, piece.data, piece.len);
        text->len += piece.len;
    }
}

void edge_text_format(edge_text *text, const char *format, ...)
{
    char piece[512];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(piece, sizeof piece, format, args);
    va_end(args);
    if (len < 0) {
        text->failed = true;
        return;
    }
    if ((size_t)len >= sizeof piece) {
        len = (int)sizeof piece - 1;
    }
    edge_text_add(text, (postern_str){piece, (size_t)len});
}

void edge_text_quote(edge_text *text, postern_str value)
{
    const size_t len = postern_json_quote(value, NULL, 0);
    char *at = room(text, len + 1); /* it also writes a NUL */

    if (at != NULL) {
        (void)postern_json_quote(value, at, len + 1);
        text->len += len;
    }
}
