#include "support/hash.h"

uint64_t pst_hash_long(postern_str text, uint64_t seed)
{
    const uint64_t key = PST_HASH_K1 + seed * 0x9e3779b97f4a7c15U;
    const char *const end = text.data + text.len;
    uint64_t hash = seed ^ PST_HASH_K0;

    for (const char *at = text.data; end - at > 16; at += 16) {
        hash = pst_fold(pst_word_load(at) ^ key, pst_word_load(at + 8) ^ hash);
    }
    hash = pst_fold(pst_word_load(end - 16) ^ key, pst_word_load(end - 8) ^ hash);
    return pst_fold(hash ^ key, (uint64_t)text.len ^ PST_HASH_K0);
}

uint64_t pst_hash(postern_str text, uint64_t seed)
{
    return pst_hash_headed(text, pst_str_head(text), seed);
}

static inline uint64_t look_away(uint64_t word)
{
    return word;
}

uint32_t pst_hash_folded(postern_str name)
{
    uint64_t seen;

    return pst_hash_folded_look(name, look_away, &seen);
}
