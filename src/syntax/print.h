/*
 * syntax/print.h - what the printers of expressions share: how literals and operators
 * are written, and the way from an expression to a caller's buffer.
 */
#ifndef PST_SYNTAX_PRINT_H
#define PST_SYNTAX_PRINT_H

#include <postern/format.h>

#include "support/text.h"
#include "syntax/tree.h"

/** A TEXT: raw as it was written, with the fewest '#', or quoted. `pattern`: it stands
 *  behind `matches`. */
void pst_print_string(pst_writer *out, const pst_node *text, bool pattern);

/** "eq" or, where there is one and `symbols` are wanted, "==". */
const char *pst_print_relation(pst_comparison relation, bool symbols);

/** The operator of a chain: "and", or "&&". */
const char *pst_print_logical(pst_node_kind kind, bool symbols);

/** Writes a tree. What it allocates in `arena` goes with the tree. */
typedef postern_status (*pst_printer)(pst_arena *arena,
                                      const postern_format_options *options,
                                      const pst_node *root, pst_writer *out);

/** Parses `expression` and has `print` write the tree; as the functions of
 *  postern/format.h. */
postern_status pst_print_with(pst_printer print, postern_str expression,
                              const postern_format_options *options, char *buf,
                              size_t cap, size_t *length, postern_report *report);

/** How deep an expression may nest. */
uint32_t pst_print_nesting(const postern_format_options *options);

#endif
