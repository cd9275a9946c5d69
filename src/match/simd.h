/*
 * match/simd.h - two bytes looked for at many places of a text at once.
 *
 * A needle is met only where two of its bytes are, as far from each other as in the
 * needle: search.h chooses them, and compares. Knows no needles.
 *
 * simd.c is the only file with instructions of one processor, those of halves.h
 * too. Whatever it does so it does again in plain C, for others and to be tested against.
 */
#ifndef PST_MATCH_SIMD_H
#define PST_MATCH_SIMD_H

#include "support/attribute.h"

#include <postern/base.h>

/**
 * The first of `count` places where two bytes of a needle are as they would be if it
 * stood there, or `count`. Read are, of each of them, the `count` bytes it may be.
 *
 * @param places of the two bytes in the needle, in eight bits each
 * @param fold   ASCII case does not count; the needle is in lower case
 */
typedef size_t pst_pair_way(const char *text, size_t count, const char *needle,
                            uint16_t places, bool fold);

/** As fast as this processor can. */
pst_pair_way pst_pair_next;

/** What every processor can. */
pst_pair_way pst_pair_next_plain;

/** Each way that this processor has, to compare them; NULL behind the last. */
PST_COLD pst_pair_way *pst_pair_way_at(size_t index);

#endif
