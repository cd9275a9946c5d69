/*
 * match/regex_shape.h - what the shape of a tree tells before anything is built of it.
 */
#ifndef PST_MATCH_REGEX_SHAPE_H
#define PST_MATCH_REGEX_SHAPE_H

#include "match/regex_tree.h"

/**
 * Takes away what cannot change whether a text matches: of what repeats at the very
 * start or end of a pattern, all that need not be there. `.*a{2,9}` finds a text when
 * `a{2}` does. Tells tree->starts and tree->ends on the way. The tree must not be asked
 * for groups afterwards.
 *
 * @return POSTERN_OK, or the failure of `scratch`
 */
PST_COLD postern_status pst_regex_trim(pst_arena *scratch, pst_regex_tree *tree);

/**
 * Finds the rarest run of bytes that every match contains.
 *
 * @param arena where it goes
 * @param out   empty when there is none worth looking for
 * @return POSTERN_OK, or the failure of an arena
 */
PST_COLD postern_status pst_regex_required(pst_arena *arena, pst_arena *scratch,
                                           const pst_regex_tree *tree,
                                           postern_str *out);

#endif
