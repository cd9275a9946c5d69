/*
 * support/arena.h - memory that is given back all at once.
 *
 * Blocks are carved off the start of growing chunks, text off their end. Resetting keeps
 * the chunks, so that an arena which is reused stops asking the allocator once it is
 * warm. A limit bounds what one round may use.
 */
#ifndef PST_SUPPORT_ARENA_H
#define PST_SUPPORT_ARENA_H

#include <postern/base.h>

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PST_ARENA_ALIGN = alignof(max_align_t),
    PST_ARENA_CHUNK = 2048,     /* the first one, in bytes; every other is larger */
    PST_ARENA_CHUNK_MAX = 16384 /* except for a larger block */
};

struct pst_chunk;

typedef struct pst_arena {
    const postern_allocator *alloc;
    unsigned char *at;         /* what is free of the current chunk; aligned */
    unsigned char *end;        /* not aligned */
    struct pst_chunk *first;   /* all chunks, in the order they are filled */
    struct pst_chunk *current; /* being filled; NULL before the first block */
    size_t next_chunk;         /* may be made less while there is none */
    size_t used;               /* bytes handed out since the last reset */
    size_t limit;
    unsigned round;        /* resets so far */
    postern_status status; /* why the last request failed */
} pst_arena;

/** Prepares an empty arena; nothing is allocated yet. `limit` is in bytes. */
void pst_arena_init(pst_arena *arena, const postern_allocator *alloc, size_t limit);

/** Gives everything back to the allocator. */
void pst_arena_free(pst_arena *arena);

/** Takes all blocks back and keeps the memory. Costs the same however much that is. */
void pst_arena_reset(pst_arena *arena);

/** Bytes free in the current chunk. */
static inline size_t pst_arena_room(const pst_arena *arena)
{
    return (uintptr_t)arena->end - (uintptr_t)arena->at; /* both NULL at first */
}

/** `size` bytes, aligned for any object, uninitialised. NULL when there is no
 *  memory or the limit is reached: arena->status says which. */
void *pst_arena_alloc(pst_arena *arena, size_t size);

/** What pst_arena_alloc() does where the current chunk has no room. */
void *pst_arena_alloc_slow(pst_arena *arena, size_t size);

/** pst_arena_alloc() without a call, for what is done for every request. */
static inline void *pst_arena_alloc_inline(pst_arena *arena, size_t size)
{
    const size_t cut = ~((size_t)PST_ARENA_ALIGN - 1);
    const size_t need = (size + PST_ARENA_ALIGN - 1) & cut;
    unsigned char *block = arena->at;

    /* 0 bytes, and so many that `need` is less than `size`, go the slow way. */
    if (size - 1 >= (pst_arena_room(arena) & cut) ||
        need > arena->limit - arena->used) {
        return pst_arena_alloc_slow(arena, size);
    }
    arena->at = block + need;
    arena->used += need;
    return block;
}

/** Room for `length` bytes of text; not aligned. Otherwise as pst_arena_alloc(). */
char *pst_arena_text(pst_arena *arena, size_t length);

/** Room for `count` items of `size` bytes; as pst_arena_alloc(). For 0 items a
 *  valid pointer to nothing. */
void *pst_arena_array(pst_arena *arena, size_t count, size_t size);

/** True when `place` lies in memory that the arena handed out. Linear in its chunks. */
bool pst_arena_holds(const pst_arena *arena, const void *place);

/** A copy of `text`. @return false as pst_arena_alloc() */
bool pst_arena_copy(pst_arena *arena, postern_str text, postern_str *out);

#endif
