/*
 * bench_filter.c - cases: one expression, compiled alone.
 */
#include "bench.h"
#include "stop.h"
#include "subjects.h"
#include "variety.h"

#include "support/alloc.h"

#include <postern/filter.h>

/* --- compiling ---------------------------------------------------------------------- */

typedef struct compiling {
    const bench *bench;
    const input_case *from;
    postern_filter *filter;
    postern_report *report;
} compiling;

static void compile(void *user, size_t times)
{
    compiling *const c = user;

    (void)times;
    if (postern_filter_compile(c->bench->scheme, c->from->expressions[0], NULL,
                               &c->filter, NULL) != POSTERN_OK) {
        stop("%s: compiles no more", c->from->name.data);
    }
}

static void forget(void *user, size_t times)
{
    compiling *const c = user;

    (void)times;
    postern_filter_free(c->filter);
    c->filter = NULL;
}

/* --- matching ----------------------------------------------------------------------- */

typedef struct matching {
    const postern_filter *filter;
    postern_request **requests;
    size_t count;
    size_t at;
    size_t matches;
    size_t faults;
} matching;

static void match(void *user, size_t times)
{
    matching *const m = user;
    size_t at = m->at;
    bool matched;

    for (size_t i = 0; i < times; i++) {
        m->faults +=
            postern_filter_match(m->filter, m->requests[at], &matched) != POSTERN_OK;
        m->matches += matched;
        at = at + 1 == m->count ? 0 : at + 1;
    }
    m->at = at;
}

/* How many contexts are answered otherwise than expected; ends the program on a fault. */
static size_t count_wrong(const input_case *from, matching *m)
{
    size_t wrong = 0;
    size_t all = 0;

    for (size_t i = 0; i < m->count; i++) {
        m->matches = 0;
        m->at = i;
        match(m, 1);
        if (m->faults > 0) {
            stop("%s: context %zu cannot be evaluated", from->name.data, i + 1);
        }
        all += m->matches;
        wrong += from->expected[i] >= 0 && (size_t)from->expected[i] != m->matches;
    }
    m->at = 0;
    return wrong +
           (from->expected_matches >= 0 && (size_t)from->expected_matches != all);
}

/* On many requests that are like the one. */
static timing rotate(const bench *b, const input_case *from,
                     const postern_filter *filter)
{
    matching m = {.filter = filter};
    subjects all;
    pst_arena memory;
    timing took;

    pst_arena_init(&memory, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    subjects_new(b->scheme, variety_of(&from->contexts[0], b->effort->variety, &memory),
                 b->effort->variety, &all);
    m.requests = all.requests;
    m.count = all.count;
    took = measure(b->effort, all.count, match, &m);
    if (m.faults > 0) {
        stop("%s: cannot be evaluated for a request like its own", from->name.data);
    }
    subjects_free(&all);
    pst_arena_free(&memory);
    return took;
}

void bench_filter(bench *b, const input_case *from, bench_result *out)
{
    compiling c = {.bench = b, .from = from, .report = postern_report_new(NULL)};
    const size_t before = b->memory.live;
    matching m = {0};
    subjects all;
    size_t calls;

    stop_unless_ok(postern_filter_compile(b->scheme, from->expressions[0], NULL,
                                          &c.filter, c.report),
                   from->name.data, c.report);
    out->name = from->name;
    out->bytes = b->memory.live - before;
    subjects_new(b->scheme, from->contexts, from->context_count, &all);
    m = (matching){.filter = c.filter, .requests = all.requests, .count = all.count};
    out->contexts = all.count;
    out->wrong = count_wrong(from, &m);
    calls = b->memory.calls;
    match(&m, all.count);
    out->allocations = (double)(b->memory.calls - calls) / (double)all.count;
    out->run = measure(b->effort, all.count, match, &m);
    if (m.faults > 0) {
        stop("%s: a fault when warm", from->name.data);
    }
    subjects_free(&all);
    if (from->context_count == 1) {
        out->rotating = rotate(b, from, c.filter);
    }
    forget(&c, 1);
    out->compile_us = measure_each(b->effort, compile, forget, &c).ns_min / 1e3;
    postern_report_free(c.report);
}
