/*
 * test_expression.c - value expressions as a host uses them: whose their values are,
 * and what misuse is answered with.
 */
#include "../harness/harness.h"

#include <postern.h>

#include <string.h>

typedef struct bench {
    postern_scheme *scheme;
    postern_request *request;
} bench;

static void bench_open(bench *b)
{
    ck_assert_int_eq(postern_scheme_new(NULL, &b->scheme), POSTERN_OK);
    ck_assert_int_eq(postern_request_new_simulated(b->scheme, &b->request), POSTERN_OK);
    ck_assert_int_eq(postern_request_begin(b->request, NULL, postern_text("GET"),
                                           postern_text("/a?x=1&y=2"),
                                           postern_text("HTTP/1.1")),
                     POSTERN_OK);
    ck_assert_int_eq(postern_request_add_header(b->request, postern_text("Host"),
                                                postern_text("a.example")),
                     POSTERN_OK);
}

static void bench_close(bench *b)
{
    postern_request_free(b->request);
    postern_scheme_free(b->scheme);
}

static postern_value_expression *compiled(const bench *b, const char *text)
{
    postern_value_expression *expression;

    ck_assert_int_eq(
        postern_value_compile(b->scheme, postern_text(text), NULL, &expression, NULL),
        POSTERN_OK);
    return expression;
}

static bool same(postern_str text, const char *wanted)
{
    return text.len == strlen(wanted) && memcmp(text.data, wanted, text.len) == 0;
}

START_TEST(a_value_outlives_its_expression)
{
    static const char *const texts[] = {
        "coalesce(http.request.headers[\"x\"][0], \"literal\")",
        "concat(http.request.headers[\"x\"][0], \"literal\")",
    };
    bench b;

    bench_open(&b);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        postern_value_expression *const expression = compiled(&b, texts[i]);
        postern_value value;
        bool present;
        ck_assert_int_eq(
            postern_value_evaluate(expression, b.request, &present, &value),
            POSTERN_OK);
        postern_value_expression_free(expression);
        ck_assert(present && value.type == POSTERN_STRING);
        ck_assert(same(value.as.string, "literal"));
    }
    bench_close(&b);
}
END_TEST

START_TEST(arrays_and_maps_come_whole)
{
    bench b;
    postern_value value;
    bool present;

    bench_open(&b);
    postern_value_expression *const map = compiled(&b, "http.request.uri.args");
    ck_assert_int_eq(postern_value_evaluate(map, b.request, &present, &value),
                     POSTERN_OK);
    ck_assert(present && value.type == postern_value_expression_type(map));
    ck_assert_uint_eq(value.as.map.count, 2);
    ck_assert(same(value.as.map.entries[1].key, "y"));
    ck_assert_uint_eq(value.as.map.entries[1].value.as.array.count, 1);
    ck_assert(same(value.as.map.entries[1].value.as.array.items[0].as.string, "2"));
    postern_value_expression_free(map);
    bench_close(&b);
}
END_TEST

START_TEST(what_is_missing_is_told)
{
    bench b;
    postern_value value;
    bool present = true;

    bench_open(&b);
    postern_value_expression *const none =
        compiled(&b, "lower(http.request.headers[\"x\"][0])");
    ck_assert_int_eq(postern_value_evaluate(none, b.request, &present, &value),
                     POSTERN_OK);
    ck_assert(!present);
    postern_value_expression_free(none);
    bench_close(&b);
}
END_TEST

START_TEST(a_request_of_another_scheme_is_refused)
{
    bench b;
    bench other;
    postern_value value;
    bool present = true;

    bench_open(&b);
    bench_open(&other);
    postern_value_expression *const host = compiled(&b, "http.host");
    ck_assert_int_eq(postern_value_evaluate(host, other.request, &present, &value),
                     POSTERN_STATE);
    ck_assert(!present);
    postern_value_expression_free(host);
    postern_value_expression_free(NULL);
    bench_close(&other);
    bench_close(&b);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("expression");
    TCase *tcase = tcase_create("expression");

    tcase_add_test(tcase, a_value_outlives_its_expression);
    tcase_add_test(tcase, arrays_and_maps_come_whole);
    tcase_add_test(tcase, what_is_missing_is_told);
    tcase_add_test(tcase, a_request_of_another_scheme_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
