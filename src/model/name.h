/*
 * model/name.h - names of header lines: what is one, its hash, and whether it claims an
 * identity. Knows nothing of requests.
 */
#ifndef PST_MODEL_NAME_H
#define PST_MODEL_NAME_H

#include "support/hash.h"
#include "support/text.h"

/** True for a token (RFC 9110 5.6.2): what a name must be. Byte by byte. */
bool pst_header_name_valid(postern_str name);

/* Has the highest bit of some byte unless all of them are letters or `-`. A byte from
 * 0x80 on has its own, whatever it spills over into the next one. */
static inline uint64_t pst_header_name_unusual(uint64_t word)
{
    const uint64_t folded = word | PST_WORD_ONES * 0x20U;
    const uint64_t from_a = folded + PST_WORD_ONES * (0x80U - 'a');
    const uint64_t behind_z = folded + PST_WORD_ONES * (0x7fU - 'z');
    const uint64_t no_dash = (word ^ PST_WORD_ONES * '-') + PST_WORD_ONES * 0x7fU;

    return word | ((~from_a | behind_z) & no_dash);
}

/**
 * Checks a name and hashes it on the way: names of letters and `-` by words, others by
 * pst_header_name_valid().
 *
 * @param hash receives pst_hash_folded(name)
 * @return whether it is a name
 */
static inline bool pst_header_name_read(postern_str name, uint32_t *hash)
{
    uint64_t unusual;

    *hash = pst_hash_folded_look(name, pst_header_name_unusual, &unusual);
    return (unusual & PST_WORD_HIGHS) == 0 || pst_header_name_valid(name);
}

/** True unless the start of `name` or its length tell that it claims no identity: most
 *  names do not get further. */
static inline bool pst_header_may_claim(postern_str name)
{
    unsigned char first;

    if (name.len < 8) {
        return false;
    }
    first = pst_lower((unsigned char)name.data[0]);
    return (first == 'c' && pst_lower((unsigned char)name.data[1]) != 'o') ||
           (first == 'x' && name.len == 23);
}

/** True for names of headers that claim an identity: cf-access-*,
 *  cf-client-cert-*, cf-cert-*, client-cert, client-cert-chain,
 *  x-forwarded-client-cert; `_` counts as `-`. */
bool pst_header_claims_identity(postern_str name);

#endif
