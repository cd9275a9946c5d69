/*
 * unit/any_text.h - random texts, each in a block of exactly its size.
 */
#ifndef UNIT_ANY_TEXT_H
#define UNIT_ANY_TEXT_H

#include "../harness/harness.h"

#include <stdlib.h>
#include <string.h>

static uint64_t random_state = 0x9e3779b97f4a7c15U;

static inline unsigned below(unsigned limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 33) % limit;
}

/* Bytes of `alphabet`, in a block of exactly their size, now and then any byte. */
static inline postern_str random_text(const char *alphabet, size_t len)
{
    const size_t count = strlen(alphabet);
    char *bytes = malloc(len > 0 ? len : 1);
    const bool wild = below(8) == 0;

    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < len; i++) {
        bytes[i] = wild && below(16) == 0 ? (char)below(256)
                                          : alphabet[below((unsigned)count)];
    }
    return (postern_str){bytes, len};
}

static inline void drop(postern_str text)
{
    free((void *)(uintptr_t)text.data);
}

#endif
