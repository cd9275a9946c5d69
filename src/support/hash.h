/*
 * support/hash.h - two hashes: one for sets of trusted strings, one for header
 * names that folds ASCII case. Neither guards against chosen keys; whoever keeps
 * a client's strings in a table must bound the work itself.
 */
#ifndef PST_SUPPORT_HASH_H
#define PST_SUPPORT_HASH_H

#include "support/word.h"

/** Hash of the bytes of `text`; `seed` selects another function. */
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
