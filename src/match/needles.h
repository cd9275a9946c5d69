/*
 * match/needles.h - many short texts looked for at once: which of them stand in a text?
 *
 * One pass over the text asks for each four bytes whether some needle has them at its
 * rarest place; only then needles are compared. What it costs depends on the text and
 * on how many needles share those four bytes with it, hardly on how many there are.
 *
 * Knows bytes, and nothing of fields or rules.
 */
#ifndef PST_MATCH_NEEDLES_H
#define PST_MATCH_NEEDLES_H

#include "support/arena.h"

/** The shortest needle that can be looked for. */
enum { PST_NEEDLE_MIN = 4 };

typedef enum pst_needle_place {
    PST_NEEDLE_ANYWHERE,
    PST_NEEDLE_START, /* of the text */
    PST_NEEDLE_END
} pst_needle_place;

typedef struct pst_needle {
    postern_str text; /* in lower case if `fold` */
    uint32_t tag;     /* the caller's: told when the needle is found */
    uint8_t place;    /* pst_needle_place */
    bool fold;        /* ASCII case does not count */
} pst_needle;

/** Immutable; threads may share it. */
typedef struct pst_needles pst_needles;

/**
 * Builds the structure. Needles and their texts are copied: about 22 bytes a needle beside
 * its text.
 *
 * @param arena   where it goes
 * @param scratch memory for the time of the call
 * @param needles each at least PST_NEEDLE_MIN bytes long; equal ones may have different
 *                tags
 * @param count   may be 0
 * @return NULL when an arena failed: its status says how
 */
const pst_needles *pst_needles_build(pst_arena *arena, pst_arena *scratch,
                                     const pst_needle *needles, size_t count);

/** Told the tag of a needle that stands in the text, perhaps more than once. */
typedef void pst_needle_found(void *user, uint32_t tag);

/**
 * Looks at `text` once and tells of each needle that stands in it, in no order. Never
 * fails, allocates nothing.
 *
 * Cost: a step for each byte of the text. Where its next four bytes are those that some
 * needles are filed under, they are looked for by halves, once for all of one length that
 * have these bytes at one place. So the most a hostile text costs is its length times
 * the different lengths of the needles that are filed together, each compared as often
 * as their number has binary digits: in sets that people write, a few.
 */
void pst_needles_find(const pst_needles *needles, postern_str text,
                      pst_needle_found *found, void *user);

#endif
