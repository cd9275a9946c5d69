/*
 * process_heap.c - the executable's symbols win over those of libc, so that every shared
 * library calls these; glibc's own are behind them. For programs of one thread.
 */
#include "process_heap.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

/* NOLINTBEGIN: the names are glibc's */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);
/* NOLINTEND */

static struct {
    bool counting;
    bool lasting;
    bool failed;
    size_t at;
    size_t requests;
    size_t live;
} heap = {.at = SIZE_MAX};

void process_heap_fail(size_t at, bool lasting)
{
    heap.counting = false;
    heap.lasting = lasting;
    heap.failed = false;
    heap.at = at;
    heap.requests = 0;
}

void process_heap_resume(void)
{
    heap.counting = true;
}

void process_heap_pause(void)
{
    heap.counting = false;
}

size_t process_heap_requests(void)
{
    return heap.requests;
}

bool process_heap_failed(void)
{
    return heap.failed;
}

size_t process_heap_live(void)
{
    return heap.live;
}

static bool fails(void)
{
    size_t number;

    if (!heap.counting) {
        return false;
    }
    number = heap.requests++;
    if (number != heap.at && (!heap.lasting || number < heap.at)) {
        return false;
    }
    heap.failed = true;
    errno = ENOMEM;
    return true;
}

static void *counted(void *block)
{
    heap.live += block != NULL;
    return block;
}

void *malloc(size_t size)
{
    return fails() ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : counted(__libc_calloc(count, size));
}

/* A size of 0 frees, as glibc has it. */
void *realloc(void *block, size_t size)
{
    void *fresh;

    if (size > 0 && fails()) {
        return NULL;
    }
    fresh = __libc_realloc(block, size);
    if (block == NULL) {
        return counted(fresh);
    }
    heap.live -= size == 0;
    return fresh;
}

void free(void *block)
{
    heap.live -= block != NULL;
    __libc_free(block);
}
