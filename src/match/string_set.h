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

typedef struct pst_string_set {
    const postern_str *members; /* as given, duplicates dropped */
    size_t count;
    const uint32_t *buckets; /* 1 + index of a member, or 0; NULL: compare all */
    size_t mask;             /* buckets - 1 */
    uint64_t seed;
    size_t longest; /* member, in bytes */
} pst_string_set;

/** Builds a set; the members' bytes are borrowed and must outlive it.
 *  @return false as pst_arena_alloc() */
bool pst_string_set_build(pst_arena *arena, const postern_str *members, size_t count,
                          pst_string_set *out);

/** The place of `text` in set->members, or SIZE_MAX. */
size_t pst_string_set_find(const pst_string_set *set, postern_str text);

bool pst_string_set_has(const pst_string_set *set, postern_str text);

#endif
