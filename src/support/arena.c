#include "support/arena.h"

#include "support/alloc.h"

#include <stdalign.h>
#include <string.h>

typedef struct pst_chunk {
    struct pst_chunk *next;
    size_t cap;
    size_t filled;
    alignas(max_align_t) unsigned char bytes[];
} chunk;

enum { FIRST_CHUNK = 2048 };

void pst_arena_init(pst_arena *arena, const postern_allocator *alloc, size_t limit)
{
    *arena = (pst_arena){.alloc = alloc, .limit = limit};
}

void pst_arena_free(pst_arena *arena)
{
    chunk *at = arena->first;

    while (at != NULL) {
        chunk *next = at->next;
        pst_free(arena->alloc, at, sizeof *at + at->cap);
        at = next;
    }
    pst_arena_init(arena, arena->alloc, arena->limit);
}

void pst_arena_reset(pst_arena *arena)
{
    if (arena->used == 0) {
        return;
    }
    for (chunk *at = arena->first; at != NULL; at = at->next) {
        at->filled = 0;
    }
    arena->current = arena->first;
    arena->used = 0;
}

/* The next chunk with room for `size`, or a new one linked behind the current. */
static chunk *chunk_with_room(pst_arena *arena, size_t size)
{
    chunk *last = arena->current;
    size_t cap;
    chunk *made;

    while (last != NULL && last->next != NULL) {
        last = last->next;
        if (last->cap - last->filled >= size) {
            return last;
        }
    }
    cap = last == NULL ? FIRST_CHUNK : last->cap * 2;
    if (cap < size) {
        cap = size;
    }
    made = pst_alloc(arena->alloc, sizeof *made + cap);
    if (made == NULL) {
        return NULL;
    }
    *made = (chunk){.next = NULL, .cap = cap, .filled = 0};
    if (last == NULL) {
        arena->first = made;
    } else {
        last->next = made;
    }
    return made;
}

void *pst_arena_alloc(pst_arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    chunk *at = arena->current;
    void *block;

    if (size == 0) {
        size = 1;
    }
    if (size > arena->limit - arena->used || size > SIZE_MAX / 4) {
        arena->status = POSTERN_LIMIT;
        return NULL;
    }
    size = (size + align - 1) / align * align;
    if (at == NULL || at->cap - at->filled < size) {
        at = chunk_with_room(arena, size);
        if (at == NULL) {
            arena->status = POSTERN_NO_MEMORY;
            return NULL;
        }
        arena->current = at;
    }
    block = at->bytes + at->filled;
    at->filled += size;
    arena->used +=
        size < arena->limit - arena->used ? size : arena->limit - arena->used;
    return block;
}

void *pst_arena_array(pst_arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        arena->status = POSTERN_LIMIT;
        return NULL;
    }
    return pst_arena_alloc(arena, count * size);
}

bool pst_arena_copy(pst_arena *arena, postern_str text, postern_str *out)
{
    char *copy = pst_arena_alloc(arena, text.len);

    if (copy == NULL) {
        return false;
    }
    if (text.len > 0) {
        memcpy(copy, text.data, text.len);
    }
    *out = (postern_str){copy, text.len};
    return true;
}

bool pst_arena_holds(const pst_arena *arena, const void *place)
{
    const uintptr_t address = (uintptr_t)place;

    for (const chunk *at = arena->first; at != NULL; at = at->next) {
        const uintptr_t start = (uintptr_t)at->bytes;
        if (address >= start && address - start < at->cap) {
            return true;
        }
    }
    return false;
}
