/*
 * support/hash.h - two hashes: one for sets of trusted strings, one for header
 * names that folds ASCII case. Neither guards against chosen keys; whoever keeps
 * a client's strings in a table must bound the work itself.
 */
#ifndef PST_SUPPORT_HASH_H
#define PST_SUPPORT_HASH_H

#include <postern/base.h>

/** Hash of the bytes of `text`; `seed` selects another function. */
uint64_t pst_hash(postern_str text, uint64_t seed);

/** Hash of `name` with A to Z read as a to z. Never 0. */
uint32_t pst_hash_folded(postern_str name);

/* The same byte by byte (FNV-1a), for who looks at each byte anyway: start, a step
 * for every lower-case byte, end. */
#define PST_HASH_FOLDED_START 2166136261U

static inline uint32_t pst_hash_folded_step(uint32_t hash, unsigned char lower)
{
    return (hash ^ lower) * 16777619U;
}

static inline uint32_t pst_hash_folded_end(uint32_t hash)
{
    return hash == 0 ? 1 : hash;
}

#endif
