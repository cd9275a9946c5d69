/*
 * match/regex_filter.h - where a match may start, by a look at its first bytes
 * (halves.h). It may let through too much, never too little: the search decides.
 */
#ifndef PST_MATCH_REGEX_FILTER_H
#define PST_MATCH_REGEX_FILTER_H

#include "match/halves.h"
#include "match/regex_automaton.h"

typedef struct pst_regex_filter {
    pst_halves starts;    /* of the first bytes of every match; depth 0: none */
    uint32_t least;       /* bytes a match has at least, up to 8 */
    postern_str required; /* what stands in every match, or empty */
    uint16_t places;      /* pst_search_places() of it */
} pst_regex_filter;

/**
 * Makes the filter of an automaton that may start anywhere.
 *
 * @return POSTERN_OK, or the failure of `scratch`
 */
PST_COLD postern_status pst_regex_filter_build(pst_arena *scratch,
                                               const pst_regex_automaton *automaton,
                                               pst_regex_filter *out);

#endif
