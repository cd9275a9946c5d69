/*
 * tests/bench/peers.h - another engine's figures for the same cases, from a file.
 */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include "../conformance/json_lines.h"

typedef struct peer_figure {
    double ns_min; /* 0: not known, here and below */
    double compile_us_min;
    double bytes;
} peer_figure;

typedef struct peers {
    json_lines file;
    json_line line;
} peers;

/** Reads the file at `path`; without one there are no figures. */
void peers_open(peers *out, const char *path);
void peers_close(peers *all);

/** The figures of a case or ruleset. */
peer_figure peers_find(const peers *all, postern_str name);

/** A number at the place that `path` names, such as "fill_context/scalar_fields". */
double peers_number(const peers *all, const char *path);

#endif
