/*
 * certificate/known_keys.h - which keys have signed something and which have not, as far
 * as somebody has checked.
 *
 * What is remembered is shared by threads: entries are added and never changed, without
 * a lock, and a reader sees an entry whole or not at all. Remembering is a help, no
 * duty: without memory or room the next one checks again, with the same result.
 */
#ifndef PST_CERTIFICATE_KNOWN_KEYS_H
#define PST_CERTIFICATE_KNOWN_KEYS_H

#include <postern/base.h>

#include <stdatomic.h>

/** The most keys that are remembered to have signed one thing, and as many that have
 *  not: so it cannot grow without end, and the latter keep no room from the former. */
enum { PST_KNOWN_KEYS_MAX = 16 };

struct pst_known_key;

/** Zeroed: nothing is known. */
typedef struct pst_known_keys {
    _Atomic(struct pst_known_key *) newest;
} pst_known_keys;

/** What is known of the key in `spki`. @return false: nothing; else `*signed_by` */
bool pst_known_keys_find(const pst_known_keys *known, postern_str spki,
                         bool *signed_by);

/** True when one more that has signed it, or has not, would be remembered. */
bool pst_known_keys_has_room(const pst_known_keys *known, bool signed_by);

/** Remembers what a check of the key in `spki` (copied) has shown beyond doubt. */
void pst_known_keys_add(pst_known_keys *known, const postern_allocator *alloc,
                        postern_str spki, bool signed_by);

/** When nobody else uses it any more. */
void pst_known_keys_free(pst_known_keys *known, const postern_allocator *alloc);

#endif
