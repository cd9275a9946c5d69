/*
 * tests/conformance/memory.h - memory of the conformance program: it stops when there
 * is none.
 */
#ifndef CONFORMANCE_MEMORY_H
#define CONFORMANCE_MEMORY_H

#include "support/arena.h"

#include <stdlib.h>

/** Room for `count` items of `size` bytes. */
static inline void *take(pst_arena *memory, size_t count, size_t size)
{
    void *const room = pst_arena_array(memory, count, size);

    if (room == NULL) {
        abort();
    }
    return room;
}

#endif
