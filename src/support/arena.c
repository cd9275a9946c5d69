#include "support/arena.h"

#include "support/alloc.h"

#include <string.h>

typedef struct pst_chunk {
    struct pst_chunk *next;
    size_t cap;
    unsigned taken; /* one more than the round in which one block took it whole */
    alignas(max_align_t) unsigned char bytes[];
} chunk;

/* A block of this size gets a chunk of its own, and the current one goes on. */
enum { BLOCK_ALONE = PST_ARENA_CHUNK_MAX / 4 };

void pst_arena_init(pst_arena *arena, const postern_allocator *alloc, size_t limit)
{
    *arena = (pst_arena){.alloc = alloc, .limit = limit, .next_chunk = PST_ARENA_CHUNK};
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

static void fill_from(pst_arena *arena, chunk *at)
{
    arena->current = at;
    arena->at = at == NULL ? NULL : at->bytes;
    arena->end = at == NULL ? NULL : at->bytes + at->cap;
}

void pst_arena_reset(pst_arena *arena)
{
    if (arena->used == 0) {
        return;
    }
    fill_from(arena, arena->first);
    arena->used = 0;
    arena->round++;
}

static bool is_taken(const pst_arena *arena, const chunk *at)
{
    return at->taken == arena->round + 1;
}

static size_t power_of_two(size_t least)
{
    size_t power = BLOCK_ALONE;

    while (power < least) { /* which is at most SIZE_MAX / 4 */
        power *= 2;
    }
    return power;
}

/* A block of its own has exactly its size in memory that is filled once. Where rounds
 * follow each other the next one may want a little more. */
static size_t next_cap(pst_arena *arena, size_t size)
{
    const size_t whole = arena->next_chunk;
    const size_t cap = whole > 2 * sizeof(chunk) ? whole - sizeof(chunk) : whole;

    if (size >= BLOCK_ALONE) {
        return arena->round == 0 ? size : power_of_two(size);
    }
    arena->next_chunk =
        whole < PST_ARENA_CHUNK_MAX / 2 ? whole * 2 : PST_ARENA_CHUNK_MAX;
    return cap < size ? size : cap;
}

/* Gives back the chunk behind `before`, in which nothing stands in this round. */
static void drop_next(pst_arena *arena, chunk *before)
{
    chunk *dropped = before->next;

    before->next = dropped->next;
    pst_free(arena->alloc, dropped, sizeof *dropped + dropped->cap);
}

/* The next chunk with room for `size`, or a new one linked behind the current. A chunk
 * for a large block takes the place of a smaller one that nothing stands in, so that
 * rounds which want more and more do not pile them up. */
static chunk *chunk_with_room(pst_arena *arena, size_t size)
{
    chunk *last = arena->current;
    chunk *before = NULL; /* in front of the largest that is too small */
    size_t cap;
    chunk *made;

    for (; last != NULL && last->next != NULL; last = last->next) {
        chunk *next = last->next;
        if (is_taken(arena, next)) {
            continue;
        }
        if (next->cap >= size) {
            return next;
        }
        if (next->cap >= BLOCK_ALONE &&
            (before == NULL || next->cap > before->next->cap)) {
            before = last;
        }
    }
    if (before != NULL && size >= BLOCK_ALONE) {
        last = before->next == last ? before : last;
        drop_next(arena, before);
    }
    cap = next_cap(arena, size) / PST_ARENA_ALIGN * PST_ARENA_ALIGN;
    made = pst_alloc(arena->alloc, sizeof *made + cap);
    if (made == NULL) {
        return NULL;
    }
    *made = (chunk){.next = NULL, .cap = cap};
    if (last == NULL) {
        arena->first = made;
    } else {
        last->next = made;
    }
    return made;
}

/* `size` bytes, a multiple of the alignment, where the current chunk has not as many. */
static unsigned char *from_next_chunk(pst_arena *arena, size_t size)
{
    chunk *at = chunk_with_room(arena, size);

    if (at == NULL) {
        arena->status = POSTERN_NO_MEMORY;
        return NULL;
    }
    if (arena->current == NULL || size < BLOCK_ALONE) {
        fill_from(arena, at);
        arena->at += size;
    } else {
        at->taken = arena->round + 1;
    }
    return at->bytes;
}

void *pst_arena_alloc_slow(pst_arena *arena, size_t size)
{
    const size_t left = arena->limit - arena->used;
    unsigned char *block = arena->at;

    if (size == 0) {
        size = 1;
    }
    if (size > left || size > SIZE_MAX / 4) {
        arena->status = POSTERN_LIMIT;
        return NULL;
    }
    size = (size + PST_ARENA_ALIGN - 1) / PST_ARENA_ALIGN * PST_ARENA_ALIGN;
    if (size <= pst_arena_room(arena)) {
        arena->at += size;
    } else {
        block = from_next_chunk(arena, size);
        if (block == NULL) {
            return NULL;
        }
    }
    arena->used += size < left ? size : left;
    return block;
}

void *pst_arena_alloc(pst_arena *arena, size_t size)
{
    return pst_arena_alloc_inline(arena, size);
}

/* Wherever the text goes it counts as long as it is. */
char *pst_arena_text(pst_arena *arena, size_t length)
{
    const size_t used = arena->used;

    if (length - 1 >= pst_arena_room(arena) || length > arena->limit - used) {
        char *text = pst_arena_alloc_slow(arena, length);
        arena->used = text == NULL ? used : used + (length == 0 ? 1 : length);
        return text;
    }
    arena->used += length;
    arena->end -= length;
    return (char *)arena->end;
}

void *pst_arena_array(pst_arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        arena->status = POSTERN_LIMIT;
        return NULL;
    }
    return pst_arena_alloc_inline(arena, count * size);
}

bool pst_arena_copy(pst_arena *arena, postern_str text, postern_str *out)
{
    char *copy = pst_arena_text(arena, text.len);

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
