/*
 * tests/unit/regex_text.h - patterns parsed from exactly-sized memory, and their trees
 * as text: `a` and `[a-c\x20]` are bytes, `(a b)` a sequence, `(a|b)` alternatives,
 * `a{0,}?` a repeat, `#1(a)` a group, `<word-edge>` an assertion, `()` nothing.
 */
#ifndef UNIT_REGEX_TEXT_H
#define UNIT_REGEX_TEXT_H

#include "match/regex_tree.h"
#include "support/text.h"

/** A parsed pattern; what it needs is in the arena. */
typedef struct regex_text {
    pst_arena arena;
    char *copy;
    pst_regex_tree tree;
    pst_regex_problem problem;
    postern_status status;
} regex_text;

/** Generous ones. */
pst_regex_limits regex_limits(void);

/** Parses; `alloc` may be NULL. To be given to regex_free(). */
void regex_parse(regex_text *text, const postern_allocator *alloc, postern_str pattern,
                 bool captures, const pst_regex_limits *limits);

void regex_free(regex_text *text);

/** Writes the tree as text. */
void regex_write(pst_writer *to, const pst_regex_node *node);

/** Fails the test unless the tree is linked as it should be and its facts are those of
 *  its children. */
void regex_is_sound(const pst_regex_tree *tree, bool captures);

#endif
