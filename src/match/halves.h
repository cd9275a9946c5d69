/*
 * match/halves.h - where one of several texts may start, by a look at one to three bytes.
 *
 * The bytes are known up to sets, in up to eight kinds (`bucket`s; a bit each): at each
 * of these places a byte belongs to the kinds that its two halves have in common. Where
 * no kind is left after all places, nothing starts. Processors that look up 16 or 32
 * halves at once (simd.c) skip a text far faster than any table. It may let through too
 * much, never too little: who asks decides. Knows bytes only.
 */
#ifndef PST_MATCH_HALVES_H
#define PST_MATCH_HALVES_H

#include "support/attribute.h"

#include <postern/base.h>

enum { PST_HALVES_BUCKETS = 8, PST_HALVES_DEPTH = 3 };

/** A text shorter than this is not filtered. */
enum { PST_HALVES_TEXT = 32 + PST_HALVES_DEPTH - 1 };

typedef struct pst_halves {
    uint8_t low[PST_HALVES_DEPTH][16];  /* buckets of a byte's lower half */
    uint8_t high[PST_HALVES_DEPTH][16]; /* and of its upper half */
    uint32_t depth;                     /* places that are looked at; 0: not worth it */
} pst_halves;

/** The buckets that may start at `bytes`, which has `depth` of them. */
static inline unsigned pst_halves_at(const pst_halves *halves, const char *bytes)
{
    unsigned buckets = 0xff;

    for (uint32_t place = 0; place < halves->depth; place++) {
        const unsigned byte = (unsigned char)bytes[place];
        buckets &= halves->low[place][byte % 16] & halves->high[place][byte / 16];
    }
    return buckets;
}

/** The first place from `at` on where something may start, or text.len. The text has at
 *  least PST_HALVES_TEXT bytes. */
size_t pst_halves_next(const pst_halves *halves, postern_str text, size_t at);

/** The same byte by byte: what the other is tested against. */
size_t pst_halves_next_plain(const pst_halves *halves, postern_str text, size_t at);

/** True if this processor makes it worth its while. */
bool pst_halves_are_fast(void);

#endif
