#include "counting.h"

#include <stdlib.h>

static void *resize(void *user, void *ptr, size_t old_size, size_t new_size)
{
    counting *const count = user;
    void *got;

    if (new_size == 0) {
        count->live -= old_size;
        free(ptr);
        return NULL;
    }
    got = realloc(ptr, new_size);
    if (got != NULL) {
        count->live += new_size - (ptr == NULL ? 0 : old_size);
        count->calls++;
    }
    return got;
}

void counting_init(counting *out)
{
    *out = (counting){
        .allocator = {resize, out}
    };
}
