/*
 * tests/harness/harness.h - what every test program shares: a main that speaks
 * TAP and a heap that can be told to fail.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <check.h>
#include <postern/base.h>

/** Each test program defines this; harness/main.c runs it. */
Suite *test_suite(void);

/** False in a build with -Dregex=disabled, which refuses every regular expression. */
bool harness_has_regex(void);

/** A heap that counts. Request number `fail_at` (from 0) and all later ones return
 *  NULL, as in a process that has run out. */
typedef struct counting_heap {
    postern_allocator alloc; /* hand &heap.alloc to the library */
    size_t fail_at;          /* SIZE_MAX: never */
    size_t requests;
    size_t live_bytes; /* 0 at the end, or something leaked */
} counting_heap;

void counting_heap_init(counting_heap *heap, size_t fail_at);

#endif
