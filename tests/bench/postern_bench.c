/*
 * postern_bench.c - what postern costs: cases and rulesets, beside another engine's
 * figures, requests and decisions, and how all that grows. README.md says how.
 */
#include "collect.h"
#include "options.h"
#include "stop.h"

#include "support/alloc.h"

#include <math.h>
#include <unistd.h>

/* The request that bench_filling() fills. */
static void measure_filling(bench *b, bench_fill *out)
{
    static const char path[] = BENCH_DATA "/request.json";
    json_lines file;
    json_line line;
    pst_arena memory;
    input_context context;
    postern_str culprit;
    const char *problem;

    pst_arena_init(&memory, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    problem = json_lines_open(&file, path);
    if (problem == NULL) {
        json_lines_whole(&file, &line);
        problem = line.nodes == NULL
                      ? line.error.message
                      : context_read(&line, 0, b->scheme, &memory, &context.fields,
                                     &context.count, &culprit);
    }
    if (problem != NULL) {
        stop("%s: %s", path, problem);
    }
    bench_filling(b, &context, out);
    pst_arena_free(&memory);
    json_lines_close(&file);
}

static size_t tell_wrong(const bench_result *results, size_t count)
{
    size_t wrong = 0;

    for (size_t i = 0; i < count; i++) {
        if (results[i].wrong > 0) {
            fprintf(stderr,
                    "postern-bench: %s: %zu of %zu answers are not as expected\n",
                    results[i].name.data, results[i].wrong, results[i].contexts);
            wrong++;
        }
    }
    return wrong;
}

static void measure_growth(bench *b, const char *svg, findings *out)
{
    FILE *file;

    growth_rules(b, out->curves);
    growth_lists(b, out->curves + GROWTH_RULE_CURVES);
    out->curve_count = FINDINGS_CURVES;
    if (svg == NULL) {
        return;
    }
    file = fopen(svg, "w");
    if (file == NULL) {
        stop("%s cannot be written", svg);
    }
    growth_svg(out->curves, out->curve_count, file);
    if (fclose(file) != 0) {
        stop("%s cannot be written", svg);
    }
}

/* Once more: the machine may have been busy before. */
static void calibrate_again(const bench *b, calibration *best)
{
    const calibration other = calibrate(b->effort);

    best->two_rules = fmin(best->two_rules, other.two_rules);
    best->eight_rules = fmin(best->eight_rules, other.eight_rules);
    best->search = fmin(best->search, other.search);
}

static void measure_all(bench *b, const options *wanted, findings *out)
{
    const char *const paths[2] = {wanted->cases, wanted->rulesets};

    out->here = calibrate(b->effort);
    for (size_t i = 0; i < wanted->passes; i++) {
        collect_cases(b, paths, wanted->only, out);
        if (wanted->only == NULL) {
            measure_filling(b, &out->fill);
            bench_decision(b, &out->two_rules);
        }
        calibrate_again(b, &out->here);
    }
    if (wanted->growth) {
        measure_growth(b, wanted->svg, out);
    }
    calibrate_again(b, &out->here);
}

int main(int count, char **arguments)
{
    options wanted;
    findings found = {0};
    calibration there;
    bench b;
    size_t wrong;

    options_read(count, arguments, &wanted);
    found.text_size = wanted.text_size;
    found.code_size = wanted.code_size;
    peers_open(&found.peer, BENCH_DATA "/peer.json");
    there = (calibration){peers_number(&found.peer, "calibration_ns/two_rules"),
                          peers_number(&found.peer, "calibration_ns/eight_rules"),
                          peers_number(&found.peer, "calibration_ns/search")};
    bench_init(&b, wanted.quick ? &measure_quick : &measure_full);
    b.growth_max = wanted.quick ? 100 : 100000;
    collect_fields(&b, wanted.cases);
    collect_fields(&b, wanted.rulesets);
    (void)measure_pin();
    measure_all(&b, &wanted, &found);
    found.scale = calibration_scale(&found.here, &there);
    if (wanted.json) {
        findings_json(&found, stdout);
    } else {
        findings_table(&found, isatty(STDOUT_FILENO) != 0, stdout);
    }
    wrong = tell_wrong(found.cases, found.case_count) +
            tell_wrong(found.rulesets, found.ruleset_count);
    collect_free(&found);
    peers_close(&found.peer);
    bench_free(&b);
    return wrong == 0 ? 0 : 1;
}
