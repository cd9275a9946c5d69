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

#endif
