/*
 * match/wildcard.h - patterns with stars: `*` is any run of bytes, everything else
 * itself. The pattern covers the whole text.
 *
 * Semantics: the Rules language's `wildcard` and `strict wildcard`. Escapes are `\*`
 * and `\\`; two stars side by side are an error. Knows bytes, not fields.
 */
#ifndef PST_MATCH_WILDCARD_H
#define PST_MATCH_WILDCARD_H

#include "support/arena.h"
#include "support/attribute.h"

/** A pattern cut at its stars; immutable. */
typedef struct pst_wildcard {
    const postern_str *pieces; /* what stands around the stars: star_count + 1, each
                                  maybe empty; in lower case when folding */
    const uint16_t *places;    /* pst_search_places() of each */
    size_t star_count;
    size_t least; /* bytes of all pieces */
    bool fold;    /* ASCII case does not count */
} pst_wildcard;

typedef struct pst_wildcard_problem {
    postern_status status; /* SYNTAX or LIMIT */
    size_t offset;         /* into the pattern, as it is after unquoting */
    size_t length;
    const char *message;
    const char *hint; /* or NULL */
} pst_wildcard_problem;

/**
 * @param star_limit the most stars allowed
 * @param problem    receives what is wrong with the pattern, a whole sentence each;
 *                   its status is POSTERN_OK when nothing is
 * @return POSTERN_OK; problem->status; or the arena's failure, and then
 *         problem->status is POSTERN_OK
 */
postern_status pst_wildcard_compile(pst_arena *arena, postern_str pattern, bool fold,
                                    uint32_t star_limit, pst_wildcard *out,
                                    pst_wildcard_problem *problem);

/** True if the places fit the pieces. */
PST_COLD bool pst_wildcard_is_sound(const pst_wildcard *pattern);

/** Cost: linear in the text and the pattern, whatever the bytes are. */
bool pst_wildcard_match(const pst_wildcard *pattern, postern_str text);

/** The same; `stars` (star_count of them) receive what each star took, as little as
 *  possible, from left to right. Their contents are undefined after false. */
bool pst_wildcard_capture(const pst_wildcard *pattern, postern_str text,
                          postern_str *stars);

#endif
