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

typedef struct pst_needles pst_needles;

/**
 * Builds the structure; needles' texts are borrowed and must outlive it.
 *
 * @param needles each at least PST_NEEDLE_MIN bytes long; put in another order
 * @return NULL as pst_arena_alloc()
 */
const pst_needles *pst_needles_build(pst_arena *arena, pst_arena *scratch,
                                     pst_needle *needles, size_t count);

/** Told the tag of a needle that stands in the text, perhaps more than once. */
typedef void pst_needle_found(void *user, uint32_t tag);

/**
 * Looks at `text` once and tells of each needle that stands in it, in no order.
 * Cost: the length of the text, and what is compared.
 */
void pst_needles_find(const pst_needles *needles, postern_str text,
                      pst_needle_found *found, void *user);

#endif
