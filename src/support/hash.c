#include "support/hash.h"

#include "support/text.h"

#include <string.h>

/* Multiply and fold the high half onto the low one, in 64-bit steps so that no
 * 128-bit type is needed. */
static uint64_t mix(uint64_t a, uint64_t b)
{
    const uint64_t al = a & 0xffffffffU;
    const uint64_t ah = a >> 32;
    const uint64_t bl = b & 0xffffffffU;
    const uint64_t bh = b >> 32;
    const uint64_t cross = (al * bl >> 32) + (ah * bl & 0xffffffffU) + al * bh;
    const uint64_t high = ah * bh + (ah * bl >> 32) + (cross >> 32);

    return a * b ^ high;
}

static uint64_t load(const char *at, size_t len)
{
    uint64_t word = 0;

    memcpy(&word, at, len);
    return word;
}

uint64_t pst_hash(postern_str text, uint64_t seed)
{
    static const uint64_t k0 = 0xa0761d6478bd642fU;
    static const uint64_t k1 = 0xe7037ed1a0b428dbU;
    const uint64_t key = k1 + seed * 0x9e3779b97f4a7c15U;
    uint64_t hash = seed ^ k0;
    const char *at = text.data;
    size_t left = text.len;

    /* Both factors depend on the seed, so that no text makes one of them 0 for all. */
    for (; left >= 16; at += 16, left -= 16) {
        hash = mix(load(at, 8) ^ key, load(at + 8, 8) ^ hash);
    }
    if (left >= 8) {
        hash = mix(load(at, 8) ^ key, load(at + left - 8, 8) ^ hash);
    } else if (left > 0) {
        hash = mix(load(at, left) ^ key, hash);
    }
    return mix(hash ^ key, (uint64_t)text.len ^ k0);
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
