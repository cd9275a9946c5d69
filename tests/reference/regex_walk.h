/*
 * tests/reference/regex_walk.h - what a regular expression means, told by its tree.
 *
 * The second opinion on src/match/regex*.c: no instructions, no states and no
 * cleverness. A node is a way to get from places in a text to other places; a pattern
 * matches when its root leads from anywhere to anywhere. Slow, and for short texts.
 * Knows match/regex_tree.h and nothing else of the library.
 */
#ifndef REFERENCE_REGEX_WALK_H
#define REFERENCE_REGEX_WALK_H

#include "match/regex_tree.h"

enum { REGEX_WALK_TEXT_MAX = 6143 };

typedef enum regex_walk_answer {
    REGEX_WALK_NO,
    REGEX_WALK_YES,
    REGEX_WALK_TIRED /* it would have taken too long */
} regex_walk_answer;

/** Whether the tree under `root` matches somewhere in `text`, which is at most
 *  REGEX_WALK_TEXT_MAX long. Recurses as deep as the tree is. */
regex_walk_answer regex_walk_search(const pst_regex_node *root, postern_str text);

#endif
