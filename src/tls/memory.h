/*
 * tls/memory.h - memory of a connection. This room is a guest, so it has its own
 * small door to the allocator that postern_connection_allocator() names.
 */
#ifndef PST_TLS_MEMORY_H
#define PST_TLS_MEMORY_H

#include <postern/base.h>

/** `size` bytes (not 0), uninitialised, or NULL. */
static inline void *pst_tls_alloc(const postern_allocator *alloc, size_t size)
{
    return alloc->resize(alloc->user, NULL, 0, size);
}

/** Room for `count` items of `size`; NULL when there is none, when the product
 *  overflows, or when it is 0. */
static inline void *pst_tls_alloc_array(const postern_allocator *alloc, size_t count,
                                        size_t size)
{
    if (count == 0 || size == 0 || count > SIZE_MAX / size) {
        return NULL;
    }
    return pst_tls_alloc(alloc, count * size);
}

/** Gives back a block of `size` bytes. NULL is fine. */
static inline void pst_tls_free(const postern_allocator *alloc, void *block,
                                size_t size)
{
    if (block != NULL) {
        (void)alloc->resize(alloc->user, block, size, 0);
    }
}

#endif
