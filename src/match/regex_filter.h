/*
 * match/regex_filter.h - where a match may start, by a look at its first bytes.
 *
 * The first one to three bytes of every match are known up to sets, in up to eight kinds
 * (`bucket`s; a bit each): at each of these places a byte belongs to the kinds that its
 * two halves have in common. Where no kind is left after all places, no match starts.
 * Processors that look up 16 or 32 halves at once skip a text far faster than any table.
 * It may let through too much, never too little: the search decides.
 */
#ifndef PST_MATCH_REGEX_FILTER_H
#define PST_MATCH_REGEX_FILTER_H

#include "match/regex_automaton.h"

enum { PST_REGEX_FILTER_BUCKETS = 8, PST_REGEX_FILTER_DEPTH = 3 };

/** A text shorter than this is not filtered. */
enum { PST_REGEX_FILTER_TEXT = 32 + PST_REGEX_FILTER_DEPTH - 1 };

typedef struct pst_regex_filter {
    uint8_t low[PST_REGEX_FILTER_DEPTH][16];  /* buckets of a byte's lower half */
    uint8_t high[PST_REGEX_FILTER_DEPTH][16]; /* and of its upper half */
    uint32_t depth;       /* places that are looked at; 0: not worth it */
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

/** The first place from `at` on where a match may start, or text.len. The text has at
 *  least PST_REGEX_FILTER_TEXT bytes. */
size_t pst_regex_filter_next(const pst_regex_filter *filter, postern_str text,
                             size_t at);

/** The same byte by byte: what the other is tested against. */
size_t pst_regex_filter_next_plain(const pst_regex_filter *filter, postern_str text,
                                   size_t at);

/** True if this processor makes the filter worth its while. */
PST_COLD bool pst_regex_filter_is_fast(void);

#endif
