/*
 * match/string_set.h - sets of byte strings, immutable: a short list is compared
 * one by one, a long one hashed.
 *
 * The members come from a trusted author; the string that is looked up does not,
 * so chains are kept short when the set is built, and look-ups with them.
 */
#ifndef PST_MATCH_STRING_SET_H
#define PST_MATCH_STRING_SET_H

#include "support/arena.h"

enum { PST_STRING_SET_LONG = 63 };

typedef struct pst_string_set {
    const postern_str *members; /* as given, duplicates dropped */
    size_t count;
    size_t longest;        /* member, in bytes */
    uint64_t lengths;      /* which there are: bit 63 stands for all from 63 on */
    const uint64_t *heads; /* pst_str_head() of each member; NULL: hashed */

    /* 0, or 1 + index of a member in the bits of `index_bits`, part of its hash in the
     * others. */
    const uint32_t *buckets;
    uint32_t index_bits;
    size_t mask; /* buckets - 1 */
    uint64_t seed;
} pst_string_set;

/** Builds a set; the members' bytes are borrowed and must outlive it.
 *  @return false as pst_arena_alloc() */
bool pst_string_set_build(pst_arena *arena, const postern_str *members, size_t count,
                          pst_string_set *out);

/** False when no member has as many bytes as `text`. */
static inline bool pst_string_set_has_length(const pst_string_set *set,
                                             postern_str text)
{
    const size_t bit = text.len < PST_STRING_SET_LONG ? text.len : PST_STRING_SET_LONG;

    return (set->lengths >> bit & 1) != 0;
}

/** The place of `text` in set->members, or SIZE_MAX. */
size_t pst_string_set_find(const pst_string_set *set, postern_str text);

static inline bool pst_string_set_has(const pst_string_set *set, postern_str text)
{
    return pst_string_set_has_length(set, text) &&
           pst_string_set_find(set, text) != SIZE_MAX;
}

/** The place of the longest member that starts with a dot and is an end of `text`, with
 *  something in front of it; or SIZE_MAX. */
size_t pst_string_set_find_end(const pst_string_set *set, postern_str text);

#endif
