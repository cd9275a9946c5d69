/*
 * support/text.h - small work on byte strings: ASCII folding, a writer with
 * snprintf's manners, and the nearest of several names for error hints.
 */
#ifndef PST_SUPPORT_TEXT_H
#define PST_SUPPORT_TEXT_H

#include "support/attribute.h"
#include "support/word.h"

#include <string.h>

/** memset(at, 0, len) for a few hundred bytes whose number is known, in steps: of a single
 *  call compilers make an instruction that takes longer to start than this does at all. */
static inline void pst_clear(void *at, size_t len)
{
    unsigned char *bytes = at;
    size_t done = 0;

    for (; len - done >= 32; done += 32) {
        memset(bytes + done, 0, 32);
    }
    memset(bytes + done, 0, len - done);
}

/** A to Z become a to z; every other byte stays. */
static inline unsigned char pst_lower(unsigned char c)
{
    return (unsigned char)(c - 'A') < 26U ? (unsigned char)(c | 0x20U) : c;
}

/** One to three bytes of a text: the first, the middle and the last. */
static inline uint64_t pst_few_bytes(const char *bytes, size_t len)
{
    return (unsigned char)bytes[0] | (uint64_t)(unsigned char)bytes[len / 2] << 8 |
           (uint64_t)(unsigned char)bytes[len - 1] << 16;
}

/** pst_lower() of eight bytes at once. */
static inline uint64_t pst_lower_word(uint64_t word)
{
    return word | pst_word_between(word, 'A', 'Z') >> 2;
}

static inline bool pst_is_digit(unsigned char c)
{
    return (unsigned char)(c - '0') < 10U;
}

static inline bool pst_is_letter(unsigned char c)
{
    return (unsigned char)((c | 0x20U) - 'a') < 26U;
}

/** The value of a hexadecimal digit of either case, or -1. */
int pst_hex_value(unsigned char c);

/** The first eight bytes of `text` as a word. Of a shorter one all bytes: another text
 *  of that length has another word. */
static inline uint64_t pst_str_head(postern_str text)
{
    if (text.len >= PST_WORD) {
        return pst_word_load(text.data);
    }
    return text.len > 0 ? pst_word_load_few(text.data, text.len) : 0;
}

/** True when both hold the same bytes; for where a call costs more than comparing. Both
 *  have `length` bytes and the same pst_str_head(). */
static inline bool pst_rest_same(const char *a, const char *b, size_t length)
{
    if (length <= 8) {
        return true;
    }
    if (length <= 16) {
        return pst_word_load(a + length - 8) == pst_word_load(b + length - 8);
    }
    return memcmp(a + 8, b + 8, length - 8) == 0;
}

/** True when both hold the same bytes. */
bool pst_str_same(postern_str a, postern_str b);

/** The same without a call when the lengths differ, for what is done for every
 *  request. */
static inline bool pst_str_same_inline(postern_str a, postern_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/** True when the `len` bytes of `text`, in lower case if `fold`, are those of `lower`. */
static PST_INLINE bool pst_same_bytes(const char *text, const char *lower, size_t len,
                                      bool fold)
{
    if (len >= 8) {
        for (size_t i = 0; i < len; i += 8) {
            const size_t at = i + 8 < len ? i : len - 8; /* the last word overlaps */
            const uint64_t word = pst_word_load(text + at);
            if ((fold ? pst_lower_word(word) : word) != pst_word_load(lower + at)) {
                return false;
            }
        }
        return true;
    }
    if (len >= 4) {
        const uint64_t word = (uint64_t)pst_word_load_half(text + len - 4) << 32 |
                              pst_word_load_half(text);
        return (fold ? pst_lower_word(word) : word) ==
               ((uint64_t)pst_word_load_half(lower + len - 4) << 32 |
                pst_word_load_half(lower));
    }
    if (len > 0) {
        const uint64_t word = pst_few_bytes(text, len);
        return (fold ? pst_lower_word(word) : word) == pst_few_bytes(lower, len);
    }
    return true;
}

/** True when both hold the same bytes, ASCII case aside. */
bool pst_str_same_folded(postern_str a, postern_str b);

bool pst_str_starts(postern_str text, postern_str prefix);

/** <0, 0, >0 as memcmp; a prefix sorts before what it begins. */
int pst_str_order(postern_str a, postern_str b);

/** Text[from, to), cut to what there is. */
postern_str pst_str_slice(postern_str text, size_t from, size_t to);

/** Writes into a buffer and counts what did not fit, like snprintf. */
typedef struct pst_writer {
    char *buf;
    size_t cap;
    size_t len; /* of everything written, fitting or not */
} pst_writer;

void pst_write_byte(pst_writer *out, unsigned char byte);
void pst_write_str(pst_writer *out, postern_str text);
/** `text` is NUL-terminated. */
void pst_write_text(pst_writer *out, const char *text);
void pst_write_int(pst_writer *out, int64_t value);
void pst_write_size(pst_writer *out, size_t value);
/** A number below 100 in two columns, the first `pad` when one is enough. */
void pst_write_two(pst_writer *out, unsigned number, unsigned char pad);
/** Two hexadecimal digits. */
void pst_write_hex(pst_writer *out, unsigned char byte, bool upper);
/** Bytes that are not printable ASCII come out as `\xHH`; others as they are. */
void pst_write_printable(pst_writer *out, postern_str text);
/** Terminates the text (cutting it when it did not fit) and returns its whole
 *  length. */
size_t pst_write_end(pst_writer *out);

/**
 * Finds the name that was probably meant: the least number of inserted, deleted,
 * replaced or swapped bytes, at most a third of the longer one.
 */
typedef struct pst_nearest {
    postern_str wanted;
    postern_str best; /* empty: none is near */
    size_t distance;
} pst_nearest;

void pst_nearest_init(pst_nearest *nearest, postern_str wanted);
void pst_nearest_try(pst_nearest *nearest, postern_str candidate);

#endif
