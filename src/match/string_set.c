#include "match/string_set.h"

#include "support/hash.h"
#include "support/text.h"

enum {
    LINEAR_MAX = 8, /* up to here comparing all is as fast */
    CHAIN_MAX = 96, /* a longer chain asks for another seed, then for more room */
    SEEDS = 4,      /* tried before the room is doubled */
    ROOM_MAX = 16   /* buckets a member, at most */
};

/* --- building ----------------------------------------------------------------------- */

static size_t buckets_for(size_t count)
{
    size_t buckets = 16;

    while (buckets < count * 2) {
        buckets *= 2;
    }
    return buckets;
}

/* As many low bits as `count` has. */
static uint32_t bits_for(size_t count)
{
    uint32_t bits = 1;

    while (bits < count) {
        bits = bits * 2 + 1;
    }
    return bits;
}

/* What a bucket holds besides the index. */
static uint32_t mark(const pst_string_set *set, uint64_t hash)
{
    return (uint32_t)(hash >> 32) & ~set->index_bits;
}

/* Puts every member into `buckets`, dropping duplicates. Where a chain gets longer than
 * `chain_max` it stops and returns false: no member is lost, but duplicates may be left
 * behind. */
static bool place(postern_str *members, uint32_t *buckets, size_t chain_max,
                  pst_string_set *set)
{
    size_t kept = 0;

    memset(buckets, 0, (set->mask + 1) * sizeof *buckets);
    for (size_t i = 0; i < set->count; i++) {
        const uint64_t hash = pst_hash(members[i], set->seed);
        const uint32_t wanted = mark(set, hash);
        size_t at = (size_t)hash & set->mask;
        size_t chain = 1;
        for (; buckets[at] != 0; at = (at + 1) & set->mask, chain++) {
            if ((buckets[at] & ~set->index_bits) == wanted &&
                pst_str_same(members[(buckets[at] & set->index_bits) - 1],
                             members[i])) {
                break;
            }
        }
        if (chain > chain_max) {
            return false;
        }
        if (buckets[at] == 0) {
            members[kept++] = members[i];
            buckets[at] = wanted | (uint32_t)kept;
        }
    }
    set->count = kept;
    return true;
}

/* A seed that depends on every member, and on the seed before it. Members that are made
 * to have one hash have it under seeds that are known: who adds one more to a set, or
 * gives them in another order, has another seed. */
static uint64_t next_seed(const postern_str *members, const pst_string_set *set)
{
    uint64_t seed = set->seed + 1;

    for (size_t i = 0; i < set->count; i++) {
        seed = (seed << 23 | seed >> 41) + pst_hash(members[i], seed);
    }
    return seed;
}

/* Tries seeds, then more room. Members are a trusted author's: if all of that does
 * not help, the chains of the last try are what there is. */
static bool hash_members(pst_arena *arena, postern_str *members, pst_string_set *set)
{
    size_t size = buckets_for(set->count);
    bool placed = false;

    set->index_bits = bits_for(set->count);
    while (!placed) {
        const bool last_size = size / ROOM_MAX >= set->count;
        uint32_t *buckets = pst_arena_array(arena, size, sizeof *buckets);
        if (buckets == NULL) {
            return false;
        }
        set->buckets = buckets;
        set->mask = size - 1;
        for (unsigned left = SEEDS; left > 0 && !placed; left--) {
            const bool last = last_size && left == 1;
            placed = place(members, buckets, last ? SIZE_MAX : CHAIN_MAX, set);
            if (!placed) {
                set->seed = next_seed(members, set);
            }
        }
        size *= 2;
    }
    return true;
}

/* Drops duplicates. */
static void line_up(postern_str *members, uint64_t *heads, pst_string_set *set)
{
    size_t kept = 0;

    for (size_t i = 0; i < set->count; i++) {
        size_t j = 0;
        while (j < kept && !pst_str_same(members[j], members[i])) {
            j++;
        }
        if (j == kept) {
            heads[kept] = pst_str_head(members[i]);
            members[kept++] = members[i];
        }
    }
    set->count = kept;
    set->heads = heads;
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
        const size_t length = members[i].len;
        own[i] = members[i];
        out->longest = length > out->longest ? length : out->longest;
        out->lengths |= UINT64_C(1)
                        << (length < PST_STRING_SET_LONG ? length
                                                         : PST_STRING_SET_LONG);
    }
    out->members = own;
    if (count <= LINEAR_MAX) {
        uint64_t *heads = pst_arena_array(arena, count, sizeof *heads);
        if (heads != NULL) {
            line_up(own, heads, out);
        }
        return heads != NULL;
    }
    return hash_members(arena, own, out);
}

/* --- asking ------------------------------------------------------------------------- */

static size_t find_in_line(const pst_string_set *set, postern_str text, uint64_t head)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->heads[i] == head && set->members[i].len == text.len &&
            pst_rest_same(set->members[i].data, text.data, text.len)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static size_t find_hashed(const pst_string_set *set, postern_str text, uint64_t head)
{
    const uint64_t hash = pst_hash_headed(text, head, set->seed);
    const uint32_t wanted = mark(set, hash);
    size_t at = (size_t)hash & set->mask;
    uint32_t bucket;

    for (; (bucket = set->buckets[at]) != 0; at = (at + 1) & set->mask) {
        const size_t index = (bucket & set->index_bits) - 1;
        if ((bucket & ~set->index_bits) == wanted) {
            const postern_str member = set->members[index];
            if (member.len == text.len && pst_str_head(member) == head &&
                pst_rest_same(member.data, text.data, text.len)) {
                return index;
            }
        }
    }
    return SIZE_MAX;
}

size_t pst_string_set_find(const pst_string_set *set, postern_str text)
{
    uint64_t head;

    if (!pst_string_set_has_length(set, text) || text.len > set->longest) {
        return SIZE_MAX;
    }
    head = pst_str_head(text);
    return set->heads != NULL ? find_in_line(set, text, head)
                              : find_hashed(set, text, head);
}

size_t pst_string_set_find_end(const pst_string_set *set, postern_str text)
{
    size_t i = text.len > set->longest ? text.len - set->longest : 1;

    for (; i < text.len; i++) {
        const postern_str end = {text.data + i, text.len - i};
        if (*end.data == '.' && pst_string_set_has_length(set, end)) {
            const size_t at = pst_string_set_find(set, end);
            if (at != SIZE_MAX) {
                return at;
            }
        }
    }
    return SIZE_MAX;
}
