#include "match/string_set.h"

#include "support/hash.h"
#include "support/text.h"

enum {
    LINEAR_MAX = 8, /* up to here comparing all is as fast */
    CHAIN_MAX = 32, /* a longer chain asks for another seed, then for more room */
    SEEDS = 4,      /* tried before the room is doubled */
    ROOM_MAX = 16   /* buckets a member, at most */
};

static size_t buckets_for(size_t count)
{
    size_t buckets = 16;

    while (buckets < count * 2) {
        buckets *= 2;
    }
    return buckets;
}

/* Puts every member into `buckets`, dropping duplicates; returns the longest chain
 * met, and the members that are left in *kept. */
static size_t place(postern_str *members, size_t count, uint32_t *buckets, size_t mask,
                    uint64_t seed, size_t *kept)
{
    size_t longest = 0;

    *kept = 0;
    memset(buckets, 0, (mask + 1) * sizeof *buckets);
    for (size_t i = 0; i < count; i++) {
        size_t at = (size_t)pst_hash(members[i], seed) & mask;
        size_t chain = 1;
        while (buckets[at] != 0 &&
               !pst_str_same(members[buckets[at] - 1], members[i])) {
            at = (at + 1) & mask;
            chain++;
        }
        longest = chain > longest ? chain : longest;
        if (buckets[at] == 0) {
            members[*kept] = members[i];
            buckets[at] = (uint32_t)++ * kept;
        }
    }
    return longest;
}

/* Tries seeds, then more room. Members are a trusted author's: if all of that does
 * not help, the chains of the last try are what there is. */
static bool hash_members(pst_arena *arena, postern_str *members, pst_string_set *set)
{
    size_t size = buckets_for(set->count);
    size_t longest = SIZE_MAX;

    while (longest > CHAIN_MAX) {
        uint32_t *buckets = pst_arena_array(arena, size, sizeof *buckets);
        if (buckets == NULL) {
            return false;
        }
        set->buckets = buckets;
        set->mask = size - 1;
        for (uint64_t seed = 0; seed < SEEDS && longest > CHAIN_MAX; seed++) {
            set->seed = seed; /* always the one that placed the members */
            longest = place(members, set->count, buckets, set->mask, seed, &set->count);
        }
        if (size / ROOM_MAX >= set->count) {
            break;
        }
        size *= 2;
    }
    return true;
}

static void drop_duplicates(postern_str *members, size_t *count)
{
    size_t kept = 0;

    for (size_t i = 0; i < *count; i++) {
        size_t j = 0;
        while (j < kept && !pst_str_same(members[j], members[i])) {
            j++;
        }
        if (j == kept) {
            members[kept++] = members[i];
        }
    }
    *count = kept;
}

bool pst_string_set_build(pst_arena *arena, const postern_str *members, size_t count,
                          pst_string_set *out)
{
    postern_str *own;

    *out = (pst_string_set){.count = count};
    if (count > UINT32_MAX / 4) {
        arena->status = POSTERN_LIMIT;
        return false;
    }
    own = pst_arena_array(arena, count, sizeof *own);
    if (own == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        own[i] = members[i];
        out->longest = own[i].len > out->longest ? own[i].len : out->longest;
    }
    out->members = own;
    if (count <= LINEAR_MAX) {
        drop_duplicates(own, &out->count);
        return true;
    }
    return hash_members(arena, own, out);
}

size_t pst_string_set_find(const pst_string_set *set, postern_str text)
{
    size_t at;

    if (text.len > set->longest) {
        return SIZE_MAX;
    }
    if (set->buckets == NULL) {
        for (size_t i = 0; i < set->count; i++) {
            if (pst_str_same(set->members[i], text)) {
                return i;
            }
        }
        return SIZE_MAX;
    }
    at = (size_t)pst_hash(text, set->seed) & set->mask;
    while (set->buckets[at] != 0) {
        if (pst_str_same(set->members[set->buckets[at] - 1], text)) {
            return set->buckets[at] - 1;
        }
        at = (at + 1) & set->mask;
    }
    return SIZE_MAX;
}

bool pst_string_set_has(const pst_string_set *set, postern_str text)
{
    return pst_string_set_find(set, text) != SIZE_MAX;
}
