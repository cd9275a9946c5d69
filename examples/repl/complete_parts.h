/*
 * complete_parts.h - the finders of words that complete.c asks.
 */
#ifndef REPL_COMPLETE_PARTS_H
#define REPL_COMPLETE_PARTS_H

#include "complete.h"

/** Names of fields of the session's phase, each followed by `ending`; NULL: by what its
 *  type wants, such as a bracket. */
void complete_fields(const session *repl, postern_str typed, const char *ending,
                     completion *out);

/** Fields that were set by hand. */
void complete_settings(const session *repl, postern_str typed, completion *out);

/** Operands, operators or lists, as the text before the cursor asks. */
void complete_expression(const session *repl, postern_str text, completion *out);

/** Files and folders. */
void complete_files(postern_str typed, completion *out);

/** The function at `index`, such as "lower"; NULL past the last. */
const char *complete_function_at(size_t index);

#endif
