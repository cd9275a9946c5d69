/*
 * support/arena.h - memory that is given back all at once.
 *
 * Blocks are carved off growing chunks. Resetting keeps the chunks, so that an
 * arena which is reused stops asking the allocator once it is warm. A limit
 * bounds what one round may use.
 */
#ifndef PST_SUPPORT_ARENA_H
#define PST_SUPPORT_ARENA_H

#include <postern/base.h>

struct pst_chunk;

typedef struct pst_arena {
    const postern_allocator *alloc;
    struct pst_chunk *first;   /* all chunks, in the order they are filled */
    struct pst_chunk *current; /* being filled; NULL before the first block */
    size_t used;               /* bytes handed out since the last reset */
    size_t limit;
    postern_status status; /* why the last request failed */
} pst_arena;

/** Prepares an empty arena; nothing is allocated yet. `limit` is in bytes. */
void pst_arena_init(pst_arena *arena, const postern_allocator *alloc, size_t limit);

/** Gives everything back to the allocator. */
void pst_arena_free(pst_arena *arena);

/** Takes all blocks back and keeps the memory. */
void pst_arena_reset(pst_arena *arena);

/** `size` bytes, aligned for any object, uninitialised. NULL when there is no
 *  memory or the limit is reached: arena->status says which. */
void *pst_arena_alloc(pst_arena *arena, size_t size);

/** Room for `count` items of `size` bytes; as pst_arena_alloc(). For 0 items a
 *  valid pointer to nothing. */
void *pst_arena_array(pst_arena *arena, size_t count, size_t size);

/** True when `place` lies in memory that the arena handed out. Linear in its chunks. */
bool pst_arena_holds(const pst_arena *arena, const void *place);

/** A copy of `text`. @return false as pst_arena_alloc() */
bool pst_arena_copy(pst_arena *arena, postern_str text, postern_str *out);

#endif
