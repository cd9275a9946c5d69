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
 * Builds the structure. Needles and their texts are copied: about 22 bytes a needle
 * beside its text. Up to some thousand needles that have five bytes each take about 40
 * more, and a search half the time.
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
 * Cost: a step for each byte of the text, or each second one. Where the next four bytes
 * are those that some needles are filed under, these needles are looked for by halves,
 * once for all of one length that have the four bytes at one place. So a hostile text
 * costs at most its length times the different lengths of needles that are filed
 * together (a few, in sets that people write), each compared as often as their number
 * has binary digits. Measured: 14 ns a byte where a usual text costs 1 to 2, and 50 with
 * needles chosen to be filed together.
 */
void pst_needles_find(const pst_needles *needles, postern_str text,
                      pst_needle_found *found, void *user);

/** True if one of them stands in `text`; the same cost. */
bool pst_needles_any(const pst_needles *needles, postern_str text);

#endif
