/*
 * tests/conformance/json_lines.h - files of JSON, a document a line, and what their
 * nodes say. Strings come decoded.
 */
#ifndef CONFORMANCE_JSON_LINES_H
#define CONFORMANCE_JSON_LINES_H

#include "memory.h"

#include <postern/json.h>

/** One document. */
typedef struct json_line {
    postern_str text;
    size_t number;                  /* 1-based */
    const postern_json_node *nodes; /* NULL: not JSON, see `error` */
    postern_json_error error;
} json_line;

typedef struct json_lines {
    postern_str text;
    size_t at;
    size_t number;
    postern_json_node *nodes; /* of the line last read */
    size_t node_cap;
} json_lines;

/** Opens the file at `path`, to be closed with json_lines_close() whatever comes of it.
 *  @return NULL, or why it cannot be read */
const char *json_lines_open(json_lines *lines, const char *path);

/** Reads the next line that is not blank; it is valid until the next call.
 *  @return false at the end */
bool json_lines_next(json_lines *lines, json_line *out);

/** Reads the whole file as one document. */
void json_lines_whole(json_lines *lines, json_line *out);

void json_lines_close(json_lines *lines);

/** The value of member `name` of the object at `object`; 0: there is none. */
size_t json_line_member(const json_line *line, size_t object, const char *name);

/** True when `node` is the string `text`. */
bool json_line_says(const json_line *line, size_t node, const char *text);

/** The string or key at `node`, decoded into `memory`; anything else as written. */
postern_str json_line_text(const json_line *line, size_t node, pst_arena *memory);

/** How many values or keys the array or object at `node` holds. */
size_t json_line_count(const json_line *line, size_t node);

#endif
