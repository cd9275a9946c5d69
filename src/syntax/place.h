/*
 * syntax/place.h - where a piece of a string stands in the expression.
 *
 * Wildcard patterns, regular expressions and replacements are judged after unquoting;
 * what is wrong with them is shown where it was written. Knows how strings are written,
 * not what is in them.
 */
#ifndef PST_SYNTAX_PLACE_H
#define PST_SYNTAX_PLACE_H

#include "syntax/tree.h"

/**
 * The span of `length` bytes from `offset` on of literal->text; an escape is shown
 * whole. What is beyond the text is its end.
 *
 * @param literal a TEXT of `expression`
 */
pst_span pst_place_inside(postern_str expression, const pst_node *literal,
                          size_t offset, size_t length);

#endif
