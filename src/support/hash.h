/*
 * support/hash.h - two hashes: one for sets of trusted strings, one for header
 * names that folds ASCII case. Neither guards against chosen keys; whoever keeps
 * a client's strings in a table must bound the work itself.
 */
#ifndef PST_SUPPORT_HASH_H
#define PST_SUPPORT_HASH_H

#include "support/text.h"
#include "support/word.h"

/** The 128-bit product of `a` and `b`, its high half folded onto the low one; in 64-bit
 *  steps, for compilers that know no wider number. */
static inline uint64_t pst_fold_in_steps(uint64_t a, uint64_t b)
{
    const uint64_t al = a & 0xffffffffU;
    const uint64_t ah = a >> 32;
    const uint64_t bl = b & 0xffffffffU;
    const uint64_t bh = b >> 32;
    const uint64_t cross = (al * bl >> 32) + (ah * bl & 0xffffffffU) + al * bh;
    const uint64_t high = ah * bh + (ah * bl >> 32) + (cross >> 32);

    return a * b ^ high;
}

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 pst_wide;

/** The same in one multiplication. */
static inline uint64_t pst_fold(uint64_t a, uint64_t b)
{
    const pst_wide product = (pst_wide)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}
#else
static inline uint64_t pst_fold(uint64_t a, uint64_t b)
{
    return pst_fold_in_steps(a, b);
}
#endif

#define PST_HASH_K0 UINT64_C(0xa0761d6478bd642f)
#define PST_HASH_K1 UINT64_C(0xe7037ed1a0b428db)

/** pst_hash() of more than 16 bytes. */
uint64_t pst_hash_long(postern_str text, uint64_t seed);

/** Hash of the bytes of `text`; `seed` selects another function. All bits are good.
 *  Who knows the seed can make texts of one hash.
 *  `head` is pst_str_head(), for who needs that too. */
static inline uint64_t pst_hash_headed(postern_str text, uint64_t head, uint64_t seed)
{
    const uint64_t key = PST_HASH_K1 + seed * 0x9e3779b97f4a7c15U;
    const uint64_t other = PST_HASH_K0 ^ (seed << 8 | text.len) * 0xd6e8feb86659fd93U;

    /* A text that makes one of them 0 hides what is in the other. Both depend on the
     * seed: such a text is one for few seeds. */
    if (text.len <= 8) {
        return pst_fold(head ^ key, other);
    }
    if (text.len <= 16) {
        return pst_fold(head ^ key, pst_word_load(text.data + text.len - 8) ^ other);
    }
    return pst_hash_long(text, seed);
}

/** The same, for everybody else; a call. */
uint64_t pst_hash(postern_str text, uint64_t seed);

/** Hash of `name`, the same for both cases of a letter. Never 0. */
uint32_t pst_hash_folded(postern_str name);

/**
 * The same, for who looks at every byte anyway: `look` is given all words of the name,
 * some bytes of it more than once (support/word.h), and *seen receives whatever bit any
 * of its answers had.
 *
 * Case is folded by one bit of each byte, which folds a few other bytes too: no harm to
 * a hash.
 */
static inline uint32_t pst_hash_folded_look(postern_str name, uint64_t look(uint64_t),
                                            uint64_t *seen)
{
    const uint64_t fold = PST_WORD_ONES * 0x20U;
    const uint64_t factor = UINT64_C(0x9fb21c651e98df25);
    uint64_t hash = (uint64_t)name.len * factor;
    uint64_t all = 0;
    uint64_t word = 0;

    for (size_t at = 0; at + PST_WORD < name.len; at += PST_WORD) {
        word = pst_word_load(name.data + at);
        all |= look(word);
        hash = (hash ^ (word | fold)) * factor;
        hash ^= hash >> 32;
    }
    if (name.len >= PST_WORD) {
        word = pst_word_load(name.data + name.len - PST_WORD);
    } else if (name.len > 0) {
        word = pst_word_load_few(name.data, name.len);
    }
    *seen = all | look(word);
    hash = (hash ^ (word | fold)) * factor;
    hash >>= 32; /* the half that every byte has a part in, and its first bits most */
    return hash == 0 ? 1 : (uint32_t)hash;
}

#endif
