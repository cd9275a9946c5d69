/*
 * tests/unit/ways.h - one pattern, searched for in every way there is: forward and
 * backward, from the tree as it is or trimmed, by a table, by states made on the way and
 * step by step. Whichever way the product would choose, all of them agree.
 */
#ifndef UNIT_WAYS_H
#define UNIT_WAYS_H

#include "match/regex_filter.h"
#include "match/regex_lazy.h"
#include "match/regex_table.h"

typedef struct way {
    bool backward;
    bool has_table;
    pst_regex_program program;
    pst_regex_automaton automaton;
    pst_regex_table table;   /* if it has one */
    pst_regex_filter filter; /* depth 0: none */
} way;

/** Four of them: forward and backward, then the same of the trimmed tree. */
enum { WAYS = 4 };

typedef struct ways {
    postern_str pattern;
    pst_arena arena;
    pst_arena kept; /* where states made on the way stay */
    pst_regex_tree tree;
    pst_regex_memory memory;
    way of[WAYS];
} ways;

/** Fails the test when the pattern does not compile. */
void ways_open(ways *w, postern_str pattern);
void ways_close(ways *w);

/** Makes every way meet a text that is long enough to keep states from then on. */
void ways_warm(ways *w);

/** Whether the pattern matches; fails the test where two ways disagree, naming both. */
bool ways_match(ways *w, postern_str text);

/** Whether all tables give this answer; faster. */
bool ways_tables_say(const ways *w, postern_str text, bool wanted);

/** Whether it matches from `at` on, a match starting there and nowhere else. */
bool ways_match_at(const ways *w, postern_str text, size_t at);

/** A copy in a block of its size, so that a look too far is noticed. */
postern_str ways_copy(const char *bytes, size_t length);
void ways_drop(postern_str text);

#endif
