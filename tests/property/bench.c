#include "bench.h"

#include <check.h>
#include <stdlib.h>

enum { EXPRESSIONS = 50000 };

static unsigned long long number_from(const char *name, unsigned long long otherwise)
{
    const char *const text = getenv(name);

    return text == NULL || *text == '\0' ? otherwise : strtoull(text, NULL, 0);
}

unsigned long long bench_count(void)
{
    return number_from("POSTERN_EXPRESSIONS", EXPRESSIONS) / BENCH_ROUNDS;
}

void bench_open(bench *b, int round)
{
    const postern_options options = {
        .limits = {.expression_bytes = 2 * GENERATOR_TEXT_MAX}};

    b->seed = number_from("POSTERN_SEED", 1) + (unsigned long long)round;
    b->g = malloc(sizeof *b->g);
    ck_assert_ptr_nonnull(b->g);
    ck_assert_int_eq(postern_scheme_new(&options, &b->scheme), POSTERN_OK);
    generator_init(b->g, b->scheme, b->seed);
    b->options =
        (postern_compile_options){.lists = b->g->named, .list_count = GENERATOR_LISTS};
    ck_assert_int_eq(postern_request_new_simulated(b->scheme, &b->request), POSTERN_OK);
}

void bench_close(bench *b)
{
    postern_request_free(b->request);
    postern_scheme_free(b->scheme);
    generator_free(b->g);
    free(b->g);
}

void bench_expect(const bench *b, bool wanted, bool got, const char *who)
{
    if (wanted != got) { /* Check's own assertions cost more than an expression */
        ck_abort_msg("seed %llu: %s says %s, not %s: %.*s", b->seed, who,
                     got ? "true" : "false", wanted ? "true" : "false",
                     (int)b->g->length, b->g->text);
    }
}

void bench_refused(const bench *b, postern_str text)
{
    postern_report *const report = postern_report_new(NULL);
    postern_filter *filter;
    char why[1024] = "";

    (void)postern_filter_compile(b->scheme, text, &b->options, &filter, report);
    (void)postern_report_render(report, 0, why, sizeof why);
    ck_abort_msg("seed %llu: %.*s\n%s", b->seed, (int)text.len, text.data, why);
}

postern_filter *bench_compile(const bench *b, postern_str text)
{
    postern_filter *filter;

    if (postern_filter_compile(b->scheme, text, &b->options, &filter, NULL) !=
        POSTERN_OK) {
        bench_refused(b, text);
    }
    return filter;
}

bool bench_answer(const bench *b, const postern_filter *filter)
{
    bool answer;

    bench_expect(b, true,
                 postern_filter_match(filter, b->request, &answer) == POSTERN_OK,
                 "the machine's status");
    return answer;
}

bool bench_machine(const bench *b, postern_str text)
{
    postern_filter *const filter = bench_compile(b, text);
    const bool answer = bench_answer(b, filter);

    postern_filter_free(filter);
    return answer;
}

bool bench_walked(const bench *b, walk *reference)
{
    bool answer;

    bench_expect(b, true, walk_evaluate(reference, b->request, &answer) == POSTERN_OK,
                 "the tree walk's status");
    return answer;
}
