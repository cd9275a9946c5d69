/*
 * match/few.h - a few texts looked for at once: does one of them stand in a text?
 *
 * One pass asks at each place whether three bytes are those of a needle (halves.h), the
 * rarest that stand side by side in it; only there needles are compared. For many
 * needles, or to learn which of them stand, there is needles.h.
 *
 * Knows bytes, and nothing of fields or rules.
 */
#ifndef PST_MATCH_FEW_H
#define PST_MATCH_FEW_H

#include "support/arena.h"
#include "support/attribute.h"

/** How many needles there may be, and how long the shortest must be. */
enum { PST_FEW_MOST = 32, PST_FEW_LENGTH = 3 };

/** Immutable; threads may share it. */
typedef struct pst_few pst_few;

/**
 * Builds the structure, of 24 bytes a needle and 150.
 *
 * @param arena where it goes
 * @param texts 1 to PST_FEW_MOST needles, each of PST_FEW_LENGTH bytes or more; what they
 *              point to must live as long
 * @return NULL when the arena failed: its status says how
 */
PST_COLD const pst_few *pst_few_build(pst_arena *arena, const postern_str *texts,
                                      size_t count);

/**
 * True if one of the needles stands in `text`. Never fails, allocates nothing.
 *
 * Cost: 6 ns and 0.1 ns a byte, on a processor with AVX2. Where starts of needles are all
 * over the text, and on other processors, that of a search (search.h) for each needle.
 */
bool pst_few_any(const pst_few *few, postern_str text);

#endif
