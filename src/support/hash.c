#include "support/hash.h"

uint64_t pst_hash_long(postern_str text, uint64_t seed)
{
    const uint64_t key = PST_HASH_K1 + seed * 0x9e3779b97f4a7c15U;
    const char *const end = text.data + text.len;
    uint64_t hash = seed ^ PST_HASH_K0;

    for (const char *at = text.data; end - at > 16; at += 16) {
        hash = pst_fold(pst_load_64(at) ^ key, pst_load_64(at + 8) ^ hash);
    }
    hash = pst_fold(pst_load_64(end - 16) ^ key, pst_load_64(end - 8) ^ hash);
    return pst_fold(hash ^ key, (uint64_t)text.len ^ PST_HASH_K0);
}

uint32_t pst_hash_folded(postern_str name)
{
    uint32_t hash = PST_HASH_FOLDED_START;

    for (size_t i = 0; i < name.len; i++) {
        hash = pst_hash_folded_step(hash, pst_lower((unsigned char)name.data[i]));
    }
    return pst_hash_folded_end(hash);
}
