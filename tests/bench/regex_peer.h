/*
 * tests/bench/regex_peer.h - the engines that are measured side by side.
 */
#ifndef BENCH_REGEX_PEER_H
#define BENCH_REGEX_PEER_H

#include <postern/base.h>

typedef enum peer_answer { PEER_NO, PEER_YES, PEER_ERROR } peer_answer;

typedef struct regex_peer {
    const char *name;
    bool linear;                           /* has no texts that take for ever */
    void *(*compile)(postern_str pattern); /* NULL: refused */
    size_t (*bytes)(const void *compiled); /* 0: cannot tell */
    peer_answer (*match)(void *compiled, postern_str text);
    void (*release)(void *compiled);
} regex_peer;

/* One file each; which of them are there is what the build found. */
extern const regex_peer peer_postern;
extern const regex_peer peer_re2;
extern const regex_peer peer_pcre2;

#endif
