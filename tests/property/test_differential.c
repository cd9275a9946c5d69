/*
 * test_differential.c - random expressions on random requests: the machine, a tree
 * walk and the generator's own opinion agree, and so do expressions that logic says
 * are the same.
 *
 * POSTERN_EXPRESSIONS says how many (default below), POSTERN_SEED where to start; a
 * failure names the seed of its round.
 */
#include "../harness/harness.h"
#include "../reference/walk.h"
#include "generator.h"

#include <postern/filter.h>

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 20, EXPRESSIONS = 200000 };

typedef struct bench {
    postern_scheme *scheme;
    postern_request *request;
    generator *g;
    unsigned long long seed;
} bench;

static unsigned long long number_from(const char *name, unsigned long long otherwise)
{
    const char *const text = getenv(name);

    return text == NULL || *text == '\0' ? otherwise : strtoull(text, NULL, 0);
}

static void bench_open(bench *b, int round)
{
    const postern_options options = {
        .limits = {.expression_bytes = GENERATOR_TEXT_MAX}};

    b->seed = number_from("POSTERN_SEED", 1) + (unsigned long long)round;
    b->g = malloc(sizeof *b->g);
    ck_assert_ptr_nonnull(b->g);
    ck_assert_int_eq(postern_scheme_new(&options, &b->scheme), POSTERN_OK);
    generator_init(b->g, b->scheme, b->seed);
    ck_assert_int_eq(postern_request_new_simulated(b->scheme, &b->request), POSTERN_OK);
}

static void bench_close(bench *b)
{
    postern_request_free(b->request);
    postern_scheme_free(b->scheme);
    free(b->g);
}

static void expect(const bench *b, bool wanted, bool got, const char *who)
{
    if (wanted != got) { /* Check's own assertions cost more than an expression */
        ck_abort_msg("seed %llu: %s says %s, not %s: %.*s", b->seed, who,
                     got ? "true" : "false", wanted ? "true" : "false",
                     (int)b->g->length, b->g->text);
    }
}

static void refused(const bench *b, postern_str text)
{
    postern_report *const report = postern_report_new(NULL);
    postern_filter *filter;
    char why[512] = "";

    (void)postern_filter_compile(b->scheme, text, NULL, &filter, report);
    (void)postern_report_render(report, 0, why, sizeof why);
    ck_abort_msg("seed %llu: %.*s\n%s", b->seed, (int)text.len, text.data, why);
}

static bool answer_of(const bench *b, const postern_filter *filter)
{
    bool answer;

    expect(b, true, postern_filter_match(filter, b->request, &answer) == POSTERN_OK,
           "the machine's status");
    return answer;
}

/* What the machine says of the text at `from`, on the request as it is. */
static bool machine(const bench *b, size_t from)
{
    const postern_str text = {b->g->text + from, b->g->length - from};
    postern_filter *filter;
    bool answer;

    if (postern_filter_compile(b->scheme, text, NULL, &filter, NULL) != POSTERN_OK) {
        refused(b, text);
    }
    answer = answer_of(b, filter);
    postern_filter_free(filter);
    return answer;
}

static bool walked(const bench *b, const walk *reference)
{
    bool answer;

    expect(b, true, walk_evaluate(reference, b->request, &answer) == POSTERN_OK,
           "the tree walk's status");
    return answer;
}

static void three_opinions(bench *b)
{
    postern_filter *filter;
    postern_str text;
    walk reference;
    bool wanted;
    bool got;

    generator_fill(b->g, b->request);
    b->g->length = 0;
    wanted = generator_expression(b->g);
    text = (postern_str){b->g->text, b->g->length};
    if (postern_filter_compile(b->scheme, text, NULL, &filter, NULL) != POSTERN_OK ||
        !walk_open(&reference, b->scheme, text)) {
        refused(b, text);
    }
    expect(b, wanted, answer_of(b, filter), "the machine");
    expect(b, wanted, walked(b, &reference), "the tree walk");

    /* the same filter once more, and on another request */
    expect(b, wanted, answer_of(b, filter), "the second run");
    generator_fill(b->g, b->request);
    got = answer_of(b, filter);
    expect(b, walked(b, &reference), got, "the machine, on another request");
    walk_close(&reference);
    postern_filter_free(filter);
}

START_TEST(machine_walk_and_generator_agree)
{
    const unsigned long long count = number_from("POSTERN_EXPRESSIONS", EXPRESSIONS);
    bench b;

    bench_open(&b, _i);
    for (unsigned long long i = 0; i < count / ROUNDS; i++) {
        three_opinions(&b);
    }
    bench_close(&b);
}
END_TEST

/* Writes "BEFORE expression AFTER"; returns the expression's answer. */
static bool write_within(generator *g, const char *before, const char *after)
{
    bool answer;

    generator_write(g, before);
    answer = generator_expression(g);
    generator_write(g, after);
    return answer;
}

/* Repeats the text that was written from `start` to `end`. */
static void repeat(generator *g, size_t start, size_t end)
{
    char copy[GENERATOR_TEXT_MAX];

    memcpy(copy, g->text + start, end - start);
    copy[end - start] = '\0';
    generator_write(g, copy);
}

/* "not not (x)" is x; "not (x and y)" is "not (x) or not (y)", and the other way
 * round; x xor y is y xor x. */
static void logic_holds(bench *b)
{
    static const char *const operators[][2] = {
        {" and ", " or " },
        {" or ",  " and "}
    };
    generator *const g = b->g;
    const size_t which = generator_pick(g, 2);
    size_t first[2];
    size_t second[2];
    size_t start;
    bool x;
    bool y;

    generator_fill(g, b->request);
    g->length = 0;
    x = write_within(g, "not not (", ")");
    first[0] = sizeof "not not " - 1;
    first[1] = g->length;
    expect(b, x, machine(b, 0), "not not");

    start = g->length;
    generator_write(g, "not (");
    repeat(g, first[0], first[1]);
    generator_write(g, operators[which][0]);
    second[0] = g->length;
    y = write_within(g, "(", ")");
    second[1] = g->length;
    generator_write(g, ")");
    expect(b, which == 0 ? !(x && y) : !(x || y), machine(b, start), "De Morgan");

    start = g->length;
    generator_write(g, "not ");
    repeat(g, first[0], first[1]);
    generator_write(g, operators[which][1]);
    generator_write(g, "not ");
    repeat(g, second[0], second[1]);
    expect(b, which == 0 ? !x || !y : !x && !y, machine(b, start), "De Morgan");

    start = g->length;
    repeat(g, second[0], second[1]);
    generator_write(g, " xor ");
    repeat(g, first[0], first[1]);
    expect(b, x != y, machine(b, start), "xor");
}

START_TEST(logic_holds_whatever_the_operands)
{
    const unsigned long long count = number_from("POSTERN_EXPRESSIONS", EXPRESSIONS);
    bench b;

    bench_open(&b, _i);
    for (unsigned long long i = 0; i < count / ROUNDS / 8; i++) {
        logic_holds(&b);
    }
    bench_close(&b);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("differential");
    TCase *tcase = tcase_create("differential");

    tcase_set_timeout(tcase, 600);
    tcase_add_loop_test(tcase, machine_walk_and_generator_agree, 0, ROUNDS);
    tcase_add_loop_test(tcase, logic_holds_whatever_the_operands, 0, ROUNDS);
    suite_add_tcase(suite, tcase);
    return suite;
}
