/*
 * tests/bench/options.h - what postern-bench is asked for.
 */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct options {
    const char *cases; /* a file */
    const char *rulesets;
    const char *only; /* NULL: all */
    const char *svg;  /* NULL: none */
    size_t text_size; /* 0: not said */
    size_t code_size;
    size_t passes;
    bool growth;
    bool quick;
    bool json;
} options;

/** Ends the program when it is asked for help, or for what there is not. */
void options_read(int count, char **arguments, options *out);

#endif
