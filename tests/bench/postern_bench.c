/*
 * postern_bench.c - what postern costs: cases and rulesets, beside another engine's
 * figures.
 */
#include "findings.h"
#include "stop.h"

#include "support/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: postern-bench [--cases FILE] [--rulesets FILE] [--only PART] [--growth]\n"
    "                     [--svg FILE] [--text-size BYTES] [--quick] [--json]\n"
    "\n"
    "Measures what evaluation, compiling and memory cost; see tests/bench/README.md.\n"
    "\n"
    "  --cases FILE       expressions to measure, one JSON object a line, compressed or\n"
    "                     not, instead of those this program was built with\n"
    "  --rulesets FILE    rulesets, likewise\n"
    "  --only PART        only those whose name holds PART, and nothing else\n"
    "  --growth           how costs grow with rules and entries, which takes a minute;\n"
    "                     it is measured anyway where no other option chooses\n"
    "  --svg FILE         writes that as a picture, too\n"
    "  --text-size BYTES  of the library, to be shown with the rest\n"
    "  --quick            hardly measures: to see that it runs\n"
    "  --json             for programs\n"
    "\n"
    "Exit status: 0; 1 when an answer is not the expected one; 2 usage or input that\n"
    "cannot be used.\n";

typedef struct options {
    const char *cases;
    const char *rulesets;
    const char *only;
    const char *svg;
    const char *text_size;
    bool growth;
    bool quick;
    bool json;
} options;

/* --- options ----------------------------------------------------------------------- */

static _Noreturn void refuse(const char *why, const char *what)
{
    fprintf(stderr, "postern-bench: %s%s\n\n%s", why, what, usage);
    exit(2);
}

static bool take_flag(const char *argument, options *out)
{
    if (strcmp(argument, "--json") == 0) {
        out->json = true;
    } else if (strcmp(argument, "--quick") == 0) {
        out->quick = true;
    } else if (strcmp(argument, "--growth") == 0) {
        out->growth = true;
    } else if (strcmp(argument, "--help") == 0) {
        (void)fputs(usage, stdout);
        exit(0);
    } else {
        return false;
    }
    return true;
}

static const char **option_named(const char *argument, options *out)
{
    const struct {
        const char *name;
        const char **value;
    } known[] = {
        {"--cases",     &out->cases    },
        {"--only",      &out->only     },
        {"--rulesets",  &out->rulesets },
        {"--svg",       &out->svg      },
        {"--text-size", &out->text_size},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(argument, known[i].name) == 0) {
            return known[i].value;
        }
    }
    return NULL;
}

static void read_options(int count, char **arguments, options *out)
{
    for (int i = 1; i < count; i++) {
        const char **value;
        if (take_flag(arguments[i], out)) {
            continue;
        }
        value = option_named(arguments[i], out);
        if (value == NULL) {
            refuse("unknown option ", arguments[i]);
        }
        if (i + 1 == count) {
            refuse("no value behind ", arguments[i]);
        }
        *value = arguments[++i];
    }
    out->growth = out->growth || out->svg != NULL ||
                  (out->cases == NULL && out->rulesets == NULL && out->only == NULL &&
                   !out->quick);
}

/* --- files of cases ------------------------------------------------------------------ */

static void open_lines(const char *path, json_lines *out)
{
    const char *const problem = json_lines_open(out, path);

    if (problem != NULL) {
        stop("%s %s", path, problem);
    }
}

/* All fields are known before anything is compiled. */
static void learn(bench *b, const char *path)
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

static bool chosen(const input_case *one, const options *wanted)
{
    return wanted->only == NULL || strstr(one->name.data, wanted->only) != NULL;
}

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

static void forget_results(bench_result *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(pst_unconst(list[i].name.data));
    }
    free(list);
}

static void measure_one(bench *b, const input_case *one, findings *out)
{
    bench_result result = {0};

    if (one->ruleset) {
        bench_ruleset(b, one, &result);
        add(&out->rulesets, &out->ruleset_count, &result);
    } else {
        bench_filter(b, one, &result);
        add(&out->cases, &out->case_count, &result);
    }
}

static void measure_file(bench *b, const char *path, const options *wanted,
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
        if (chosen(&one, wanted)) {
            measure_one(b, &one, out);
        }
        pst_arena_reset(&memory);
    }
    pst_arena_free(&memory);
    json_lines_close(&lines);
}

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

    open_lines(path, &file);
    json_lines_whole(&file, &line);
    pst_arena_init(&memory, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    problem = line.nodes == NULL
                  ? line.error.message
                  : context_read(&line, 0, b->scheme, &memory, &context.fields,
                                 &context.count, &culprit);
    if (problem != NULL) {
        stop("%s: %s", path, problem);
    }
    bench_filling(b, &context, out);
    pst_arena_free(&memory);
    json_lines_close(&file);
}

/* --- all of it ----------------------------------------------------------------------- */

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

static void calibrate_all(const bench *b, findings *out)
{
    calibration there;

    peers_open(&out->peer, BENCH_DATA "/peer.json");
    there = (calibration){peers_number(&out->peer, "calibration_ns/two_rules"),
                          peers_number(&out->peer, "calibration_ns/eight_rules"),
                          peers_number(&out->peer, "calibration_ns/search")};
    out->here = calibrate(b->effort);
    out->scale = calibration_scale(&out->here, &there);
}

int main(int count, char **arguments)
{
    options wanted = {0};
    findings found = {0};
    bench b;
    size_t wrong;

    read_options(count, arguments, &wanted);
    found.cases_path = wanted.cases != NULL ? wanted.cases : BENCH_CASES;
    found.rulesets_path = wanted.rulesets != NULL ? wanted.rulesets : BENCH_RULESETS;
    bench_init(&b, wanted.quick ? &measure_quick : &measure_full);
    b.growth_max = wanted.quick ? 100 : 100000;
    learn(&b, found.cases_path);
    learn(&b, found.rulesets_path);
    (void)measure_pin();
    calibrate_all(&b, &found);
    measure_file(&b, found.cases_path, &wanted, &found);
    measure_file(&b, found.rulesets_path, &wanted, &found);
    if (wanted.only == NULL) {
        measure_filling(&b, &found.fill);
        bench_decision(&b, &found.two_rules);
    }
    if (wanted.growth) {
        measure_growth(&b, wanted.svg, &found);
    }
    if (wanted.text_size != NULL) {
        found.text_size = strtoul(wanted.text_size, NULL, 10);
    }
    if (wanted.json) {
        findings_json(&found, stdout);
    } else {
        findings_table(&found, isatty(STDOUT_FILENO) != 0, stdout);
    }
    wrong = tell_wrong(found.cases, found.case_count) +
            tell_wrong(found.rulesets, found.ruleset_count);
    forget_results(found.cases, found.case_count);
    forget_results(found.rulesets, found.ruleset_count);
    peers_close(&found.peer);
    bench_free(&b);
    return wrong == 0 ? 0 : 1;
}
