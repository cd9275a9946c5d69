/*
 * peer_postern.c - a pattern in an arena of its own; what searches remember is forgotten
 * each time, as it is with each request.
 */
#include "regex_peer.h"

#include "match/regex.h"
#include "support/alloc.h"

#include <stdio.h>
#include <stdlib.h>

static const pst_regex_limits limits = {
    .pattern_bytes = 1 << 14, .nesting = 250, .compiled_bytes = 1 << 20, .steps = 4096};

typedef struct pattern {
    pst_arena arena;
    pst_arena cache;
    const pst_regex *regex;
} pattern;

/* Shared by all, as when a policy is loaded. */
static pst_arena scratch;

static void release(void *compiled)
{
    pattern *const p = compiled;

    pst_arena_free(&p->arena);
    pst_arena_free(&p->cache);
    free(p);
}

static void *compile(postern_str text)
{
    const postern_allocator *const heap = pst_alloc_or_default(NULL);
    pattern *const p = calloc(1, sizeof *p);
    pst_regex_problem problem;

    if (p == NULL) {
        return NULL;
    }
    if (scratch.alloc == NULL) {
        pst_arena_init(&scratch, heap, SIZE_MAX);
    }
    pst_arena_init(&p->arena, heap, SIZE_MAX);
    pst_arena_init(&p->cache, heap, SIZE_MAX);
    pst_arena_reset(&scratch);
    if (pst_regex_compile(&p->arena, &scratch, text, PST_REGEX_MATCH, &limits,
                          &p->regex, &problem) != POSTERN_OK) {
        fprintf(stderr, "%s\n", problem.message);
        release(p);
        return NULL;
    }
    return p;
}

static size_t bytes(const void *compiled)
{
    const pattern *const p = compiled;
    pst_regex_description d;

    pst_regex_describe(p->regex, &d);
    return d.bytes;
}

static peer_answer match(void *compiled, postern_str text)
{
    pattern *const p = compiled;
    pst_regex_memory memory = {.arena = &p->cache};

    pst_arena_reset(&p->cache);
    return pst_regex_match(p->regex, text, &memory) ? PEER_YES : PEER_NO;
}

const regex_peer peer_postern = {"postern", true, compile, bytes, match, release};
