/*
 * tests/oom/process_heap.h - malloc and its family for the whole process, libraries
 * included, that can be told to fail. glibc only, and not beside a sanitizer, which has
 * its own.
 */
#ifndef PROCESS_HEAP_H
#define PROCESS_HEAP_H

#include <stdbool.h>
#include <stddef.h>

/** Request number `at` (from 0, counted while not paused) returns NULL; with `lasting`
 *  all later ones, too. Starts paused. SIZE_MAX: none fails. */
void process_heap_fail(size_t at, bool lasting);

/** From here on requests count, and may fail. */
void process_heap_resume(void);

/** From here on all is well. */
void process_heap_pause(void);

/** Requests that were counted since process_heap_fail(). */
size_t process_heap_requests(void);

/** Whether one of them failed. */
bool process_heap_failed(void);

/** Blocks handed out and not given back, whoever has them. */
size_t process_heap_live(void);

#endif
