/*
 * model/group.h - lists of names and values become maps.
 *
 * Names come from clients, so nothing here is hashed or quadratic: items are sorted,
 * in time that grows with the bytes of all names times the logarithm of their number.
 */
#ifndef PST_MODEL_GROUP_H
#define PST_MODEL_GROUP_H

#include "model/value.h"
#include "support/arena.h"

/** Compares items number `a` and `b` of `items`: <0, 0, >0. */
typedef int pst_item_order(const void *items, uint32_t a, uint32_t b);

/**
 * The numbers from 0 to count - 1 in the order of their items; equal items stay as
 * they were.
 *
 * @return NULL when the arena fails
 */
uint32_t *pst_sort(pst_arena *arena, const void *items, size_t count,
                   pst_item_order *order);

/** Names and values side by side: `count` String items of each. */
typedef struct pst_pairs {
    pst_value *names;
    pst_value *values;
    size_t count;
} pst_pairs;

/** Room for `count` pairs; pairs->count is 0. @return POSTERN_OK, or the arena's
 *  failure */
postern_status pst_pairs_new(pst_arena *arena, size_t count, pst_pairs *out);

static inline void pst_pairs_add(pst_pairs *pairs, postern_str name, postern_str value)
{
    pairs->names[pairs->count].string = name;
    pairs->values[pairs->count++].string = value;
}

/** The values of each name, as Map<Array<String>>, values in the order of `pairs`.
 *  @return POSTERN_OK, or the arena's failure */
postern_status pst_group(pst_arena *arena, const pst_pairs *pairs, pst_map *out);

/** Makes a map of `entries`, without those whose key came before. @return POSTERN_OK, or
 *  the arena's failure */
postern_status pst_map_make(pst_arena *arena, const pst_entry *entries, size_t count,
                            pst_map *out);

#endif
