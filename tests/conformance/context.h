/*
 * tests/conformance/context.h - what a vector says of the request.
 */
#ifndef CONFORMANCE_CONTEXT_H
#define CONFORMANCE_CONTEXT_H

#include "json_lines.h"

#include <postern/request.h>

/** A field that a context names, and its value. */
typedef struct context_field {
    postern_str name;
    postern_field field;
    postern_value value;
} context_field;

/**
 * Reads the object at `node` as context_apply() does, and sets nothing.
 *
 * @param out receives json_line_count() fields at most, in `memory`
 */
const char *context_read(const json_line *line, size_t node,
                         const postern_scheme *scheme, pst_arena *memory,
                         context_field **out, size_t *count, postern_str *culprit);

/**
 * Sets the fields that the object at `node` names: true, false, numbers, strings,
 * {"hex": "6a0f"}, addresses as text, arrays, and maps as objects or as
 * {"pairs": [[key, value], ..]}, each as the field's type asks.
 *
 * @param scheme  that of the request
 * @param memory  holds the values as long as the request is used
 * @param culprit receives the name of the field that is wrong
 * @return NULL, or what is wrong: fixed text
 */
const char *context_apply(const json_line *line, size_t node,
                          const postern_scheme *scheme, postern_request *request,
                          pst_arena *memory, postern_str *culprit);

#endif
