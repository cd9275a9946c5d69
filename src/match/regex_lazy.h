/*
 * match/regex_lazy.h - a DFA made as a text needs it.
 */
#ifndef PST_MATCH_REGEX_LAZY_H
#define PST_MATCH_REGEX_LAZY_H

#include "match/regex_states.h"

/**
 * Whether `automaton` matches in `text` behind `at`, read backwards if so said.
 *
 * @param owner  whose states these are: each pattern of memory->program has its own
 * @param memory where states are kept from one text to the next; without (NULL, or no
 *               room left) the search goes step by step
 */
bool pst_regex_lazy_match(const pst_regex_automaton *automaton, const pst_regex *owner,
                          postern_str text, size_t at, bool backward,
                          pst_regex_memory *memory);

#endif
