/*
 * test_differential.c - random expressions on random requests: the machine, a tree
 * walk and the generator's own opinion agree; so does the expression in canonical form.
 *
 * POSTERN_EXPRESSIONS says how many (default below), POSTERN_SEED where to start; a
 * failure names the seed of its round.
 */
#include "../harness/harness.h"
#include "bench.h"

#include <postern/expression.h>
#include <postern/format.h>

#include <string.h>

/* --- filters ------------------------------------------------------------------------- */

/* How often the generator knew the answer, and how often it was yes. */
typedef struct tally {
    unsigned long long all;
    unsigned long long known;
    unsigned long long yes;
} tally;

static void count(tally *t, truth wanted)
{
    t->all++;
    t->known += wanted != UNSURE;
    t->yes += wanted == YES;
}

/* An opinion that knows little or always says the same would find nothing. */
static void expect_opinions(const tally *t)
{
    if (t->all >= 100) {
        ck_assert_uint_gt(t->known, t->all * 2 / 3);
        ck_assert_uint_gt(t->yes, t->all / 5);
        ck_assert_uint_lt(t->yes, t->known - t->all / 5);
    }
}

static void expect_canonical(bench *b, postern_str text, bool wanted)
{
    static char canonical[2 * GENERATOR_TEXT_MAX];
    static const uint32_t widths[] = {0, 1, 20, UINT32_MAX};
    const postern_format_options options = {
        .symbols = generator_pick(b->g, 2) == 0,
        .width = widths[generator_pick(b->g, 4)],
    };
    size_t length;

    bench_expect(b, true,
                 postern_format_expression(text, &options, canonical, sizeof canonical,
                                           &length, NULL) == POSTERN_OK &&
                     length < sizeof canonical,
                 "the formatter's status");
    if (bench_machine(b, (postern_str){canonical, length}) != wanted) {
        ck_abort_msg("seed %llu: the machine says the opposite of\n%.*s\nand of\n%s",
                     b->seed, (int)text.len, text.data, canonical);
    }
}

static void three_opinions(bench *b, tally *t)
{
    postern_filter *filter;
    postern_str text;
    walk reference;
    truth wanted;
    bool got;

    generator_fill(b->g, b->request);
    b->g->length = 0;
    wanted = generator_pick(b->g, 4) == 0 ? generator_relatives(b->g)
                                          : generator_expression(b->g);
    count(t, wanted);
    text = (postern_str){b->g->text, b->g->length};
    filter = bench_compile(b, text);
    if (!walk_open(&reference, b->scheme, text, &b->options)) {
        bench_refused(b, text);
    }
    got = bench_answer(b, filter);
    bench_expect(b, got, bench_walked(b, &reference), "the tree walk");
    if (wanted != UNSURE) {
        bench_expect(b, wanted == YES, got, "the machine");
    }

    /* the same filter once more, in canonical form, and on another request */
    bench_expect(b, got, bench_answer(b, filter), "the second run");
    if (generator_pick(b->g, 4) == 0) {
        expect_canonical(b, text, got);
    }
    generator_fill(b->g, b->request);
    got = bench_answer(b, filter);
    bench_expect(b, bench_walked(b, &reference), got,
                 "the machine, on another request");
    walk_close(&reference);
    postern_filter_free(filter);
}

START_TEST(machine_walk_and_generator_agree)
{
    const unsigned long long rounds = bench_count();
    tally t = {0};
    bench b;

    bench_open(&b, _i);
    for (unsigned long long i = 0; i < rounds; i++) {
        three_opinions(&b, &t);
    }
    expect_opinions(&t);
    bench_close(&b);
}
END_TEST

/* --- value expressions ----------------------------------------------------------------- */

static bool same_text(postern_str a, postern_str b)
{
    return postern_str_equal(a, b);
}

static bool same_address(const postern_address *a, const postern_address *b)
{
    return a->family == b->family &&
           memcmp(a->bytes, b->bytes, a->family == 4 ? 4 : 16) == 0;
}

/* What the machine hands out and what the generator knows. */
static bool as_known(const postern_value *got, const value *known)
{
    bool same = got->type == known->type;

    switch (postern_type_kind(known->type)) {
    case POSTERN_KIND_BOOL:
        return same && got->as.boolean == known->boolean;
    case POSTERN_KIND_INT:
        return same && got->as.integer == known->number;
    case POSTERN_KIND_STRING:
        return same && same_text(got->as.string, known->text);
    case POSTERN_KIND_IP:
        return same && same_address(&got->as.address, &known->address);
    case POSTERN_KIND_ARRAY:
        same = same && got->as.array.count == known->count;
        for (size_t i = 0; same && i < known->count; i++) {
            same = as_known(&got->as.array.items[i], &known->items[i]);
        }
        return same;
    case POSTERN_KIND_MAP:
        same = same && got->as.map.count == known->count;
        for (size_t i = 0; same && i < known->count; i++) {
            same = same_text(got->as.map.entries[i].key, known->keys[i]) &&
                   as_known(&got->as.map.entries[i].value, &known->items[i]);
        }
        return same;
    case POSTERN_KIND_NONE:
        break;
    }
    return false;
}

/* What the machine hands out and what the tree walk sees. */
static bool as_walked(const postern_value *got, pst_value seen, postern_type type)
{
    const postern_type element = postern_type_element(type);
    postern_address address;
    bool same = got->type == type;

    switch (postern_type_kind(type)) {
    case POSTERN_KIND_BOOL:
        return same && got->as.boolean == seen.boolean;
    case POSTERN_KIND_INT:
        return same && got->as.integer == seen.integer;
    case POSTERN_KIND_STRING:
        return same && same_text(got->as.string, seen.string);
    case POSTERN_KIND_IP:
        address = pst_ip_to_address(seen.ip);
        return same && same_address(&got->as.address, &address);
    case POSTERN_KIND_ARRAY:
        same = same && got->as.array.count == seen.array.count;
        for (size_t i = 0; same && i < seen.array.count; i++) {
            same = as_walked(&got->as.array.items[i], seen.array.items[i], element);
        }
        return same;
    case POSTERN_KIND_MAP:
        same = same && got->as.map.count == seen.map.count;
        for (size_t i = 0; same && i < seen.map.count; i++) {
            same = same_text(got->as.map.entries[i].key, seen.map.entries[i].key) &&
                   as_walked(&got->as.map.entries[i].value, seen.map.entries[i].value,
                             element);
        }
        return same;
    case POSTERN_KIND_NONE:
        break;
    }
    return false;
}

static void expect_value(bench *b, const postern_value_expression *expression,
                         walk *reference, const value *known)
{
    postern_value got;
    pst_value seen;
    bool present;
    bool walked = false;

    bench_expect(b, true,
                 postern_value_evaluate(expression, b->request, &present, &got) ==
                         POSTERN_OK &&
                     walk_value(reference, b->request, &walked, &seen) == POSTERN_OK,
                 "the status");
    bench_expect(b, present, walked, "whether there is a value, the tree walk");
    bench_expect(b, true, !present || as_walked(&got, seen, reference->term->type),
                 "whether it is the tree walk's value");
    if (!known->unsure) {
        bench_expect(b, known->present, present, "whether there is a value");
        bench_expect(b, true, !present || as_known(&got, known),
                     "whether it is the generator's value");
    }
}

static void three_values(bench *b)
{
    postern_value_expression *expression;
    postern_str text;
    walk reference;
    value known;

    generator_fill(b->g, b->request);
    b->g->length = 0;
    known = generator_value(b->g);
    text = (postern_str){b->g->text, b->g->length};
    if (postern_value_compile(b->scheme, text, &b->options, &expression, NULL) !=
            POSTERN_OK ||
        !walk_open_value(&reference, b->scheme, text, &b->options)) {
        bench_refused(b, text);
    }
    bench_expect(b, true, postern_value_expression_type(expression) == known.type,
                 "the type");
    expect_value(b, expression, &reference, &known);
    expect_value(b, expression, &reference, &known);
    generator_fill(b->g, b->request);
    known.unsure = true;
    expect_value(b, expression, &reference, &known);
    walk_close(&reference);
    postern_value_expression_free(expression);
}

START_TEST(values_agree_too)
{
    const unsigned long long rounds = bench_count() / 4;
    bench b;

    bench_open(&b, _i);
    for (unsigned long long i = 0; i < rounds; i++) {
        three_values(&b);
    }
    bench_close(&b);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("differential");
    TCase *tcase = tcase_create("differential");

    tcase_set_timeout(tcase, 3600);
    tcase_add_loop_test(tcase, machine_walk_and_generator_agree, 0, BENCH_ROUNDS);
    tcase_add_loop_test(tcase, values_agree_too, 0, BENCH_ROUNDS);
    suite_add_tcase(suite, tcase);
    return suite;
}
