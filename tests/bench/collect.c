#include "collect.h"

#include "stop.h"

#include "support/alloc.h"

#include <stdlib.h>
#include <string.h>

static void open_lines(const char *path, json_lines *out)
{
    const char *const problem = json_lines_open(out, path);

    if (problem != NULL) {
        stop("%s %s", path, problem);
    }
}

void collect_fields(bench *b, const char *path)
{
    json_lines lines;
    json_line line;
    pst_arena memory;

    open_lines(path, &lines);
    pst_arena_init(&memory, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    while (json_lines_next(&lines, &line)) {
        const char *problem;
        if (line.nodes == NULL) {
            stop("%s:%zu: %s", path, line.number, line.error.message);
        }
        problem = input_learn(&line, b->scheme, &memory);
        if (problem != NULL) {
            stop("%s:%zu: %s", path, line.number, problem);
        }
        pst_arena_reset(&memory);
    }
    pst_arena_free(&memory);
    json_lines_close(&lines);
}

/* --- results ------------------------------------------------------------------------- */

static void add(bench_result **list, size_t *count, const bench_result *one)
{
    bench_result *const grown = realloc(*list, (*count + 1) * sizeof *grown);
    char *const name = malloc(one->name.len + 1);

    if (grown == NULL || name == NULL) {
        stop("out of memory");
    }
    memcpy(name, one->name.data, one->name.len + 1);
    *list = grown;
    grown[*count] = *one;
    grown[(*count)++].name.data = name;
}

static void forget(bench_result *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(pst_unconst(list[i].name.data));
    }
    free(list);
}

void collect_free(findings *all)
{
    forget(all->cases, all->case_count);
    forget(all->rulesets, all->ruleset_count);
}

/* What is measured again. */
static void improve(bench_result *best, const bench_result *other)
{
    timing_improve(&best->run, other->run);
    timing_improve(&best->rotating, other->rotating);
    timing_improve(&best->verdict, other->verdict);
    if (other->compile_us < best->compile_us) {
        best->compile_us = other->compile_us;
    }
}

/* --- files ---------------------------------------------------------------------------- */

/* How many cases and rulesets were met already, in all files. */
typedef struct place {
    size_t cases;
    size_t rulesets;
} place;

static void measure_one(bench *b, const input_case *one, place *at, findings *out)
{
    bench_result **const list = one->ruleset ? &out->rulesets : &out->cases;
    size_t *const count = one->ruleset ? &out->ruleset_count : &out->case_count;
    const size_t here = one->ruleset ? at->rulesets++ : at->cases++;
    bench_result result = {0};

    if (one->ruleset) {
        bench_ruleset(b, one, &result);
    } else {
        bench_filter(b, one, &result);
    }
    if (here < *count) {
        improve(&(*list)[here], &result);
    } else {
        add(list, count, &result);
    }
}

static void measure_file(bench *b, const char *path, const char *only, place *at,
                         findings *out)
{
    json_lines lines;
    json_line line;
    pst_arena memory;

    open_lines(path, &lines);
    pst_arena_init(&memory, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    while (json_lines_next(&lines, &line)) {
        input_case one;
        postern_str culprit;
        const char *const problem =
            input_read(&line, b->scheme, &memory, &one, &culprit);
        if (problem != NULL) {
            stop("%s:%zu: %.*s: %s", path, line.number, (int)culprit.len, culprit.data,
                 problem);
        }
        if (only == NULL || strstr(one.name.data, only) != NULL) {
            measure_one(b, &one, at, out);
        }
        pst_arena_reset(&memory);
    }
    pst_arena_free(&memory);
    json_lines_close(&lines);
}

void collect_cases(bench *b, const char *const paths[2], const char *only,
                   findings *out)
{
    place at = {0, 0};

    measure_file(b, paths[0], only, &at, out);
    measure_file(b, paths[1], only, &at, out);
}
