#include "support/alloc.h"

#include <stdlib.h>
#include <string.h>

static void *libc_resize(void *user, void *ptr, size_t old_size, size_t new_size)
{
    (void)user;
    (void)old_size;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    return realloc(ptr, new_size);
}

static const postern_allocator libc_allocator = {libc_resize, NULL};

const postern_allocator *pst_alloc_or_default(const postern_allocator *alloc)
{
    return alloc != NULL ? alloc : &libc_allocator;
}

void *pst_alloc(const postern_allocator *alloc, size_t size)
{
    return alloc->resize(alloc->user, NULL, 0, size);
}

void *pst_alloc_zeroed(const postern_allocator *alloc, size_t size)
{
    void *ptr = pst_alloc(alloc, size);

    if (ptr != NULL) {
        memset(ptr, 0, size);
    }
    return ptr;
}

void *pst_alloc_array(const postern_allocator *alloc, size_t count, size_t size)
{
    if (count == 0 || size == 0 || count > SIZE_MAX / size) {
        return NULL;
    }
    return pst_alloc(alloc, count * size);
}

void pst_free(const postern_allocator *alloc, void *ptr, size_t size)
{
    if (ptr != NULL) {
        (void)alloc->resize(alloc->user, ptr, size, 0);
    }
}

void pst_free_array(const postern_allocator *alloc, void *ptr, size_t count,
                    size_t size)
{
    pst_free(alloc, ptr, count * size);
}

bool pst_str_copy(const postern_allocator *alloc, postern_str text, postern_str *out)
{
    char *copy;

    *out = (postern_str){NULL, 0};
    if (text.len == 0) {
        return true;
    }
    copy = pst_alloc(alloc, text.len);
    if (copy == NULL) {
        return false;
    }
    memcpy(copy, text.data, text.len);
    *out = (postern_str){copy, text.len};
    return true;
}

void pst_str_free(const postern_allocator *alloc, postern_str *text)
{
    /* The copy is ours: only its users see it as const. */
    pst_free(alloc, pst_unconst(text->data), text->len);
    *text = (postern_str){NULL, 0};
}

bool pst_grow(const postern_allocator *alloc, void **items, size_t count, size_t *cap,
              size_t size)
{
    size_t wanted;
    void *grown;

    if (count < *cap) {
        return true;
    }
    if (*cap > SIZE_MAX / 2 / size) {
        return false;
    }
    wanted = *cap == 0 ? 8 : *cap * 2;
    grown = alloc->resize(alloc->user, *items, *cap * size, wanted * size);
    if (grown == NULL) {
        return false;
    }
    *items = grown;
    *cap = wanted;
    return true;
}
