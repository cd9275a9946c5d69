/*
 * support/alloc.h - the only door to memory.
 *
 * Everything postern keeps comes through a postern_allocator; this is the only
 * room that names malloc. Sizes from input are checked by pst_alloc_array()
 * before they are multiplied.
 */
#ifndef PST_SUPPORT_ALLOC_H
#define PST_SUPPORT_ALLOC_H

#include <postern/base.h>

/** `alloc`, or the C library's when NULL. */
const postern_allocator *pst_alloc_or_default(const postern_allocator *alloc);

/** `size` bytes (not 0), uninitialised, or NULL. */
void *pst_alloc(const postern_allocator *alloc, size_t size);

/** `size` bytes (not 0), all zero, or NULL. */
void *pst_alloc_zeroed(const postern_allocator *alloc, size_t size);

/** Room for `count` items of `size`, uninitialised; NULL when there is none, when
 *  the product overflows, or when it is 0. */
void *pst_alloc_array(const postern_allocator *alloc, size_t count, size_t size);

/** Gives back a block of `size` bytes. NULL is fine. */
void pst_free(const postern_allocator *alloc, void *ptr, size_t size);

/** Gives back a block made by pst_alloc_array(). NULL is fine. */
void pst_free_array(const postern_allocator *alloc, void *ptr, size_t count,
                    size_t size);

/** The same pointer without its const, for who owns what it points to: memory that
 *  is given back, counts that are written through a shared handle. */
static inline void *pst_unconst(const void *pointer)
{
    const union {
        const void *in;
        void *out;
    } same = {pointer};

    return same.out;
}

/** A copy of `text` with exactly text.len bytes (an empty one owns nothing).
 *  @return false when there is no memory; *out is then empty */
bool pst_str_copy(const postern_allocator *alloc, postern_str text, postern_str *out);

/** Gives back what pst_str_copy() made and empties it. */
void pst_str_free(const postern_allocator *alloc, postern_str *text);

/**
 * Makes room for one more item in a growing array: `*items` holds `count` of
 * `*cap` items of `size` bytes. @return false when there is no memory; nothing
 * changed then
 */
bool pst_grow(const postern_allocator *alloc, void **items, size_t count, size_t *cap,
              size_t size);

#endif
