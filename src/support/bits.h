/*
 * support/bits.h - questions about the bits of a word.
 */
#ifndef PST_SUPPORT_BITS_H
#define PST_SUPPORT_BITS_H

#include <stdint.h>

/** The number of the lowest bit that is set; `word` is not 0. */
static inline unsigned pst_lowest_bit(uint64_t word)
{
#if defined(__GNUC__)
    return (unsigned)__builtin_ctzll(word);
#else
    unsigned at = 0;

    for (; (word & 1U) == 0; word >>= 1) {
        at++;
    }
    return at;
#endif
}

#endif
