/*
 * support/word.h - eight bytes of text at a time, in one integer: the first byte of the
 * text is the lowest one, on every machine. Questions are answered in the highest bit
 * of each byte: set where it holds, and every other bit clear. No answer ever spills
 * over into the byte beside it.
 */
#ifndef PST_SUPPORT_WORD_H
#define PST_SUPPORT_WORD_H

#include <postern/base.h>

enum { PST_WORD = 8 };

#define PST_WORD_ONES UINT64_C(0x0101010101010101)
#define PST_WORD_HIGHS UINT64_C(0x8080808080808080)

/** Eight bytes; compilers make one load of it. */
static inline uint64_t pst_word_load(const char *at)
{
    const unsigned char *bytes = (const unsigned char *)at;

    return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 |
           (uint64_t)bytes[3] << 24 | (uint64_t)bytes[4] << 32 |
           (uint64_t)bytes[5] << 40 | (uint64_t)bytes[6] << 48 |
           (uint64_t)bytes[7] << 56;
}

/** The same of 1 to 7 bytes, some of them more than once. Texts of one length have the
 *  same word only when they have the same bytes. */
static inline uint64_t pst_word_load_few(const char *at, size_t len)
{
    const unsigned char *bytes = (const unsigned char *)at;
    const unsigned char *end = bytes + len;
    uint64_t word;

    if (len >= 4) {
        return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 |
               (uint64_t)bytes[3] << 24 | (uint64_t)end[-4] << 32 |
               (uint64_t)end[-3] << 40 | (uint64_t)end[-2] << 48 |
               (uint64_t)end[-1] << 56;
    }
    word = (uint64_t)bytes[0] | (uint64_t)bytes[len / 2] << 8;
    return word | word << 16 | (uint64_t)end[-1] * 0x0101U << 32 | word << 48;
}

/** Bytes from `low` to `high`, both below 0x80. */
static inline uint64_t pst_word_between(uint64_t word, unsigned char low,
                                        unsigned char high)
{
    const uint64_t ascii = word & ~PST_WORD_HIGHS;
    const uint64_t from = ascii + PST_WORD_ONES * (0x80U - low);
    const uint64_t behind = ascii + PST_WORD_ONES * (0x7fU - high);

    return from & ~(behind | word) & PST_WORD_HIGHS;
}

/** Bytes that are `byte`, which is below 0x80. */
static inline uint64_t pst_word_equal(uint64_t word, unsigned char byte)
{
    const uint64_t differ = word ^ PST_WORD_ONES * byte;

    return ~(((differ & ~PST_WORD_HIGHS) + ~PST_WORD_HIGHS) | differ) & PST_WORD_HIGHS;
}

#endif
