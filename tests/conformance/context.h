/*
 * tests/conformance/context.h - what a vector says of the request.
 */
#ifndef CONFORMANCE_CONTEXT_H
#define CONFORMANCE_CONTEXT_H

#include "json_lines.h"

#include <postern/request.h>

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
