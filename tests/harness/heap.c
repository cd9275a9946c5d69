#include "harness.h"

#include <stdlib.h>

static void *counting_resize(void *user, void *ptr, size_t old_size, size_t new_size)
{
    counting_heap *heap = user;
    void *fresh;

    if (new_size == 0) {
        heap->live_bytes -= old_size;
        free(ptr);
        return NULL;
    }
    if (heap->requests++ >= heap->fail_at) {
        return NULL;
    }
    fresh = realloc(ptr, new_size);
    ck_assert_ptr_nonnull(fresh);
    heap->live_bytes += new_size - old_size;
    return fresh;
}

void counting_heap_init(counting_heap *heap, size_t fail_at)
{
    *heap = (counting_heap){.fail_at = fail_at};
    heap->alloc.resize = counting_resize;
    heap->alloc.user = heap;
}
