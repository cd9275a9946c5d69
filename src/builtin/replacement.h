/*
 * builtin/replacement.h - what a matched text is rewritten to: text with references
 * such as `${1}`, and `$$` for a dollar. Knows numbered pieces, not where they come
 * from.
 */
#ifndef PST_BUILTIN_REPLACEMENT_H
#define PST_BUILTIN_REPLACEMENT_H

#include "support/arena.h"

/** The most references in one replacement, and the highest number of one. */
enum { PST_REFERENCES_MAX = 8 };

typedef struct pst_replacement_part {
    postern_str text; /* stands before the reference */
    size_t reference; /* counts from 1; 0: none, the replacement ends here */
} pst_replacement_part;

/** Immutable. The last part has no reference. */
typedef struct pst_replacement {
    const pst_replacement_part *parts;
    size_t count;
} pst_replacement;

typedef struct pst_replacement_problem {
    postern_status status; /* SYNTAX, INVALID or LIMIT; OK when nothing is wrong */
    const char *message;
    const char *hint;
    size_t offset; /* into the replacement */
    size_t length;
} pst_replacement_problem;

/**
 * @param pieces how many there will be to refer to
 * @return POSTERN_OK; problem->status; or the arena's failure, and then
 *         problem->status is POSTERN_OK
 */
postern_status pst_replacement_parse(pst_arena *arena, postern_str text, size_t pieces,
                                     pst_replacement *out,
                                     pst_replacement_problem *problem);

/** The highest number that is referred to, or 0. */
size_t pst_replacement_most(const pst_replacement *replacement);

/** Writes the replacement with `pieces` in their places, between `before` and `behind`,
 *  to the arena.
 *  @return POSTERN_OK or the arena's failure; POSTERN_LIMIT when it is too long */
postern_status pst_replacement_write(pst_arena *arena,
                                     const pst_replacement *replacement,
                                     const postern_str *pieces, postern_str before,
                                     postern_str behind, postern_str *out);

#endif
