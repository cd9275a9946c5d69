/*
 * match/regex_table.h - a whole DFA made ahead of time: one look-up for a byte of text.
 */
#ifndef PST_MATCH_REGEX_TABLE_H
#define PST_MATCH_REGEX_TABLE_H

#include "match/regex_filter.h"
#include "match/regex_states.h"

/** The most bytes a text is compared with before the table is asked. */
enum { PST_REGEX_LEAD = 16 };

/** A state is the index of its row's first cell, so that a look-up needs no product. Row
 *  0 is DEAD, row 1 FOUND; then come the states a search starts in, which are those of a
 *  search that has nothing begun. */
typedef struct pst_regex_table {
    const void *cells; /* uint16_t, or uint32_t if `wide` */
    bool wide;
    bool anchored;   /* of a search from the edge alone */
    uint32_t stride; /* cells of a row: one for each class, and the edge */
    uint32_t states;
    uint32_t busy; /* states from here on have begun something */
    uint32_t start[PST_REGEX_BORDER_COUNT]; /* by the border before */
    uint8_t edge;                           /* the border of the edge */
    uint8_t lead_length;
    char lead
        [PST_REGEX_LEAD]; /* a search from the edge alone wants these bytes there, */
    uint32_t behind_lead; /* and is in this state behind them */
    uint8_t class_of[256];
    uint8_t border_of[256]; /* of a class */
} pst_regex_table;

/**
 * Makes all states of an automaton.
 *
 * @param arena   where the table goes
 * @param scratch for the time of the call
 * @param backward the automaton reads from the end of a text
 * @return POSTERN_OK; POSTERN_LIMIT for too many states or too much work; or the failure
 *         of an arena
 */
PST_COLD postern_status pst_regex_table_build(pst_arena *arena, pst_arena *scratch,
                                              const pst_regex_automaton *automaton,
                                              bool backward, pst_regex_table *out);

/**
 * Whether the table's pattern matches in `text`, read backwards if so said.
 *
 * @param filter where a match may start, of a search that goes forward; or NULL
 * @param at     the first such place, or 0
 */
bool pst_regex_table_match(const pst_regex_table *table, const pst_regex_filter *filter,
                           postern_str text, size_t at, bool backward);

#endif
