/*
 * postern/regex.h - regular expressions: what they may say and what they cost.
 *
 * The dialect is that of Rust's regex crate with Unicode off. A pattern is searched for
 * anywhere in the text, and texts are bytes:
 *
 *   a  .  \xHH  \n \r \t     a byte; . is any but \n, (?s) any at all
 *   é                        a character beyond ASCII is the bytes of its UTF-8
 *   [a-z] [^a-z] [[:alpha:]] one of some bytes; [a-z&&[^aeiou]], --, ~~ combine them
 *   \d \w \s \D \W \S        ASCII digits, word bytes, white space, and the others
 *   ab  a|b  (ab)  (?:ab)    one behind the other, one of both, groups
 *   * + ? {n} {n,} {n,m}     repetitions; a ? behind them matters to regex_replace()
 *   ^ $ \A \z \b \B          start and end (of lines with (?m)), edges of words
 *   (?i) (?s) (?m) (?U) (?x) flags from here on, (?i:a) of a group; (?i) folds ASCII
 *
 * Refused, each by its name and with its place: look-around and back-references, which
 * no search in linear time can have; \p{..} and (?u), which need Unicode's tables; (?R).
 *
 * Cost. A search takes at most `steps_per_byte` steps for each byte of the text, whatever
 * pattern and text are; a step is one look-up in a table, one operation on 64 bits, or one
 * instruction of regex_replace() with the places it keeps.
 * There is no backtracking. How many steps, is known when an expression is compiled:
 *
 *   POSTERN_REGEX_TABLE  one look-up a byte, two where a match may start anywhere, in a
 *                        table made ahead of time
 *   POSTERN_REGEX_LAZY   the table would be large: what a text needs of it is made
 *                        during the search and kept with the request
 *   POSTERN_REGEX_BITS   all places in the pattern at once, as bits of a few words
 *
 * Where a match may start anywhere, one step more looks for a start, or for bytes that
 * every match holds. regex_replace() adds two for each instruction of its pattern: all
 * bytes, classes and assertions, branches, and both ends of groups, when repetitions are
 * written out, and the end.
 *
 * A pattern that takes more than postern_limits.regex_steps is refused; the other
 * limits, too, are in postern/options.h. A library built with -Dregex=disabled refuses
 * all of them with POSTERN_UNSUPPORTED.
 */
#ifndef POSTERN_REGEX_H
#define POSTERN_REGEX_H

#include <postern/expression.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How a pattern is searched for; see above. */
typedef enum postern_regex_engine {
    POSTERN_REGEX_TABLE = 0,
    POSTERN_REGEX_LAZY = 1,
    POSTERN_REGEX_BITS = 2
} postern_regex_engine;

/** "table", "lazy" or "bits"; "unknown" otherwise. Never NULL. */
POSTERN_API const char *postern_regex_engine_text(postern_regex_engine engine);

/** A regular expression and what searching for it costs. Strings are borrowed from the
 *  compiled expression. */
typedef struct postern_regex_info {
    postern_str pattern; /**< without the quotes around it */
    postern_regex_engine engine;
    uint32_t states;         /**< of the table made ahead of time; otherwise 0 */
    uint32_t positions;      /**< places in the pattern; 0 when there are states */
    uint32_t steps_per_byte; /**< the most a search does for a byte of text */
    size_t bytes;            /**< of memory the compiled pattern takes */
    postern_str required;    /**< bytes that every match holds, and a search may look
                                  for first; may be empty */
} postern_regex_info;

/** How many different patterns `filter` searches for: equal ones are one. */
POSTERN_API size_t postern_filter_regex_count(const postern_filter *filter);

/** Describes pattern `index`, in the order of the expression.
 *  @return false, *out untouched, when there is no such pattern */
POSTERN_API bool postern_filter_regex_at(const postern_filter *filter, size_t index,
                                         postern_regex_info *out);

/** As postern_filter_regex_count(). */
POSTERN_API size_t
postern_value_expression_regex_count(const postern_value_expression *expression);

/** As postern_filter_regex_at(). */
POSTERN_API bool postern_value_expression_regex_at(
    const postern_value_expression *expression, size_t index, postern_regex_info *out);

#ifdef __cplusplus
}
#endif

#endif
