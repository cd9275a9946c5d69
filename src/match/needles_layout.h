/*
 * match/needles_layout.h - what needles_build.c makes and needles.c reads.
 *
 * A needle is filed under one of its grams of four bytes, read in lower case: one that
 * few others have and that is rarely met. A gram's hash selects a bit of the filter; two
 * words of the filter share a bucket. Behind a bucket stand its groups: needles of one
 * length, place and folding that have their gram at the same distance from their start,
 * in order of their texts. All of that is one array of words:
 *
 *     group:  length, traits, [how many members, unless there is one,] members
 *     member: tag, text, filled up to whole words
 *
 * If there are not too many, and each has five bytes, needles are filed under two grams:
 * one at an even distance from their start, one at an odd one. Then only every other
 * place of a text is asked.
 */
#ifndef PST_MATCH_NEEDLES_LAYOUT_H
#define PST_MATCH_NEEDLES_LAYOUT_H

#include "match/needles.h"
#include "support/text.h"

/* A group's traits: the distance of the gram in the lower half, and above it */
enum {
    PST_NEEDLES_AT = 0xffff,
    PST_NEEDLES_PLACE_SHIFT = 16,
    PST_NEEDLES_FOLDED = 1 << 18,
    PST_NEEDLES_ALONE = 1 << 19, /* one member */
    PST_NEEDLES_LAST = 1 << 20,  /* of its bucket */
    PST_NEEDLES_PRINT_SHIFT = 24 /* some of the gram's hash */
};

struct pst_needles {
    const uint32_t *filter;
    const uint32_t *first; /* of a bucket: where its groups start */
    const uint32_t *groups;
    size_t count;
    uint32_t mask;   /* of a hash: the word of the filter */
    unsigned stride; /* from a place that is asked to the next: 1 or 2 */
};

/* Every bit of it depends on the whole gram. */
static inline uint32_t pst_needles_hash(uint32_t gram)
{
    return (uint32_t)(gram * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

/* The bit in the word of the filter. */
static inline unsigned pst_needles_bit(uint32_t hash)
{
    return hash >> 27;
}

/* What the grams of a bucket are told apart by, more or less. */
static inline uint32_t pst_needles_print(uint32_t hash)
{
    return hash >> 19 & 0xff;
}

static inline size_t pst_needles_bucket(uint32_t hash, uint32_t mask)
{
    return (hash & mask) / 2;
}

static inline uint32_t pst_needles_gram(const char *text)
{
    return (uint32_t)pst_lower_word(pst_word_load_half(text));
}

/* Words that a text takes. */
static inline size_t pst_needles_words(size_t length)
{
    return length / sizeof(uint32_t) + (length % sizeof(uint32_t) != 0);
}

static inline const unsigned char *pst_needles_text(const uint32_t *member)
{
    return (const unsigned char *)(member + 1);
}

#endif
