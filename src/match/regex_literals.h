/*
 * match/regex_literals.h - what a text must contain for a regular expression to match
 * in it.
 *
 * Only for who asks many expressions of one text: needles.h finds out which of them
 * need be asked at all.
 */
#ifndef PST_MATCH_REGEX_LITERALS_H
#define PST_MATCH_REGEX_LITERALS_H

#include "support/arena.h"

/**
 * Finds texts of which at least one stands, ASCII case folded, in every text that
 * `pattern` matches: of `(?i)bad[0-9]+|scrap[e3]r` "bad", "scraper" and "scrap3r", when
 * three bytes are enough. Long texts are better than short ones, few better than many.
 *
 * @param pattern one that pst_regex_compile() has accepted
 * @param arena   where the texts go, in lower case
 * @param scratch whose allocator and limit give memory for the time of the call; nothing
 *                stays in it, so that it may be `arena`
 * @param least   the shortest text that is of use, in bytes; those found have at most 31
 * @param texts   receives at most `cap`
 * @return how many; 0 when no such texts are known, or there is no memory
 *
 * Cost: linear in the pattern, about twice what it takes to parse it; some 6 KiB of
 * memory for each level it nests.
 */
size_t pst_regex_literals(pst_arena *arena, const pst_arena *scratch,
                          postern_str pattern, size_t least, postern_str *texts,
                          size_t cap);

#endif
