/*
 * source.h - a JSON text that a program reads: its nodes, the memory of what is made
 * from it, and what was wrong with it, told with line, column, reason and hint.
 */
#ifndef EXAMPLE_SOURCE_H
#define EXAMPLE_SOURCE_H

#include <postern/json.h>

/** What was wrong. Line 0: there is no place. */
typedef struct source_error {
    size_t line;
    size_t column;
    char message[256];
    char hint[160]; /* empty: none */
} source_error;

struct source_block;

/** Zeroed: nothing was read. Everything taken from it lives until source_free(). */
typedef struct source {
    postern_str text; /* a copy */
    postern_json_node *nodes;
    size_t count;
    struct source_block *blocks;
    source_error error;
} source;

/** Reads a copy of `text`. @return false with source->error set */
bool source_read(source *from, postern_str text);

/** Gives everything back; `from` is zeroed. */
void source_free(source *from);

/** `size` bytes for as long as the source lives, zeroed; NULL with the error set. */
void *source_take(source *from, size_t size);

/** The decoded string or key at `node`. @return false with the error set */
bool source_string(source *from, size_t node, postern_str *out);

/** Records what is wrong with `node`: "MESSAGE", or "MESSAGE 'NAME'" when there is a
 *  name. The first error stays. @return false, so that a reader can end with it */
bool source_refuse(source *from, size_t node, const char *message, postern_str name,
                   const char *hint);

/** Finds the name that was probably meant. Zeroed but for `wanted` it is ready. */
typedef struct nearest_name {
    postern_str wanted;
    postern_str best; /* empty: none is near */
    size_t distance;
} nearest_name;

void nearest_name_try(nearest_name *nearest, postern_str candidate);

/** Writes "did you mean 'NAME'?", or nothing when no name is near. */
void nearest_name_hint(const nearest_name *nearest, char *buf, size_t cap);

#endif
