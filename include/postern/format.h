/*
 * postern/format.h - expressions as text: the canonical form, and the tree.
 *
 * Works on any expression that parses, whatever its names mean: no scheme is needed.
 */
#ifndef POSTERN_FORMAT_H
#define POSTERN_FORMAT_H

#include <postern/options.h>
#include <postern/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How to write. Zeroed means defaults. */
typedef struct postern_format_options {
    bool symbols;   /**< `==`, `&&`, `!`... instead of eq, and, not... */
    uint32_t width; /**< break lines longer than this many bytes; 0: 88. One line
                                  only: UINT32_MAX */
    bool value;     /**< a value expression, not a filter */
    const postern_allocator *allocator; /**< for scratch memory; NULL: malloc */
    uint32_t nesting;                   /**< as limits.nesting; 0: 128 */
} postern_format_options;

/**
 * Writes `expression` in canonical form: one blank between tokens, parentheses where
 * `and`, `or` and `xor` mix and nowhere else, long expressions broken at their logical
 * operators. The result parses to the same tree, and formatting it again changes
 * nothing. Parentheses that only show precedence are left out where they would nest
 * deeper than the limit.
 *
 * @param options may be NULL
 * @param buf     receives the text, cut and NUL-terminated as snprintf does; may be NULL
 *                when cap is 0
 * @param length  receives the length of the whole text in bytes, without the NUL, also
 *                when it was cut; may be NULL
 * @param report  receives the findings when it does not parse; may be NULL
 * @retval POSTERN_OK
 * @retval POSTERN_SYNTAX, POSTERN_LIMIT it does not parse; buf holds ""
 * @retval POSTERN_NO_MEMORY
 *
 * Thread-safe. Cost: linear in the length.
 */
POSTERN_API postern_status postern_format_expression(
    postern_str expression, const postern_format_options *options, char *buf,
    size_t cap, size_t *length, postern_report *report);

/**
 * Writes the tree of `expression`, one node a line, children indented by two blanks, for
 * people who wonder how operators bind. Arguments and outcomes as
 * postern_format_expression(); symbols and width do not matter.
 */
POSTERN_API postern_status postern_format_tree(postern_str expression,
                                               const postern_format_options *options,
                                               char *buf, size_t cap, size_t *length,
                                               postern_report *report);

#ifdef __cplusplus
}
#endif

#endif
