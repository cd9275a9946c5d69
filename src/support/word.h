/*
 * support/word.h - eight bytes of text at a time, in one integer: the first byte of the
 * text is the lowest one, on every machine. Questions are answered in the highest bit
 * of each byte: set where it holds, and every other bit clear. No answer ever spills
 * over into the byte beside it.
 */
#ifndef PST_SUPPORT_WORD_H
#define PST_SUPPORT_WORD_H

#include <postern/base.h>

#include <string.h>

enum { PST_WORD = 8 };

#define PST_WORD_ONES UINT64_C(0x0101010101010101)
#define PST_WORD_HIGHS UINT64_C(0x8080808080808080)

#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/** Eight bytes; one load. */
static inline uint64_t pst_word_load(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return word;
}

/** Four bytes, as the lowest. */
static inline uint64_t pst_word_load_half(const char *at)
{
    uint32_t half;

    memcpy(&half, at, sizeof half);
    return half;
}
#else
static inline uint64_t pst_word_load_half(const char *at)
{
    const unsigned char *bytes = (const unsigned char *)at;

    return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 |
           (uint64_t)bytes[3] << 24;
}

static inline uint64_t pst_word_load(const char *at)
{
    return pst_word_load_half(at) | pst_word_load_half(at + 4) << 32;
}
#endif

/** The same of 1 to 7 bytes, some of them more than once. Texts of one length have the
 *  same word only when they have the same bytes. */
static inline uint64_t pst_word_load_few(const char *at, size_t len)
{
    const unsigned char *bytes = (const unsigned char *)at;
    const unsigned char *end = bytes + len;
    uint64_t word;

    if (len >= PST_WORD / 2) {
        return pst_word_load_half(at) | pst_word_load_half(at + len - 4) << 32;
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

/* Two that cost less and mark too much: no byte that is meant stays unmarked, but bytes
 * behind it may be marked as well. Good for asking whether there is any. */

/** Bytes that are `byte`, and perhaps others behind them. */
static inline uint64_t pst_word_hint(uint64_t word, unsigned char byte)
{
    const uint64_t differ = word ^ PST_WORD_ONES * byte;

    return (differ - PST_WORD_ONES) & ~differ & PST_WORD_HIGHS;
}

/** Bytes below `limit`, which is at most 0x80, and perhaps others behind them. */
static inline uint64_t pst_word_hint_below(uint64_t word, unsigned char limit)
{
    return (word - PST_WORD_ONES * limit) & ~word & PST_WORD_HIGHS;
}

#endif
