/*
 * tests/bench/counting.h - an allocator that knows how much it has given away. That of
 * the harness is only for tests: it asserts each time.
 */
#ifndef BENCH_COUNTING_H
#define BENCH_COUNTING_H

#include <postern/base.h>

typedef struct counting {
    postern_allocator allocator;
    size_t live;  /* bytes asked for and not given back */
    size_t calls; /* that asked for memory */
} counting;

/** `out` stays where it is: the allocator points to it. */
void counting_init(counting *out);

#endif
