/*
 * test_open.c - a request that one filter found in order is open for the next, until
 * something changes; then the next filter looks again.
 */
#include "../harness/harness.h"
#include "compile/compiled.h"

#include <postern/expression.h>
#include <postern/filter.h>

typedef struct bench {
    postern_scheme *scheme;
    postern_request *request;
    int64_t now;
} bench;

static int64_t read_clock(void *user)
{
    return *(const int64_t *)user;
}

static void begin(const bench *b, const char *target)
{
    static const char *const lines[][2] = {
        {"Host",      "A.example"},
        {"a",         "one"      },
        {"b",         "two"      },
        {"cf-cert-x", "forged"   }
    };

    ck_assert_int_eq(postern_request_begin(b->request, NULL, postern_text("GET"),
                                           postern_text(target),
                                           postern_text("HTTP/1.1")),
                     POSTERN_OK);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        ck_assert_int_eq(postern_request_add_header(b->request,
                                                    postern_text(lines[i][0]),
                                                    postern_text(lines[i][1])),
                         POSTERN_OK);
    }
}

static void open_bench(bench *b)
{
    const postern_options options = {.clock = read_clock, .clock_user = &b->now};

    b->now = 1000;
    ck_assert_int_eq(postern_scheme_new(&options, &b->scheme), POSTERN_OK);
    ck_assert_int_eq(postern_request_new(b->scheme, &b->request), POSTERN_OK);
    begin(b, "/");
}

static void close_bench(bench *b)
{
    postern_request_free(b->request);
    postern_scheme_free(b->scheme);
}

static postern_filter *compile(const bench *b, const char *expression)
{
    postern_filter *filter;

    ck_assert_msg(postern_filter_compile(b->scheme, postern_text(expression), NULL,
                                         &filter, NULL) == POSTERN_OK,
                  "%s", expression);
    return filter;
}

static void check(const bench *b, const char *expression, postern_status wanted,
                  bool holds)
{
    postern_filter *filter = compile(b, expression);
    bool matched = !holds;

    ck_assert_int_eq(postern_filter_match(filter, b->request, &matched), wanted);
    ck_assert_msg(matched == holds, "%s", expression);
    postern_filter_free(filter);
}

static void check_true(const bench *b, const char *expression)
{
    check(b, expression, POSTERN_OK, true);
}

START_TEST(derived_slots_are_those_of_the_filter)
{
    bench b;

    open_bench(&b);
    for (int i = 0; i < 2; i++) {
        check_true(&b, "http.request.headers[\"a\"][0] eq \"one\"");
        ck_assert(b.request->open);
        check_true(&b, "http.request.headers[\"b\"][0] eq \"two\"");
        check_true(&b, "concat(http.host, \"/\") eq \"a.example/\"");
        ck_assert_uint_gt(b.request->run.used, 0);
        check_true(&b, "concat(http.host, \"?\") eq \"a.example?\"");
        check_true(&b, "http.request.headers[\"a\"][0] eq \"one\"");
        ck_assert_uint_eq(b.request->run.used, 0);
    }
    close_bench(&b);
}
END_TEST

/* More than every request has room for, before and after fewer. */
START_TEST(many_derived_slots_are_all_forgotten)
{
    const char *const many =
        "len(http.request.headers[\"a\"][0]) in {3} and len(lower(http.host)) eq 9 and "
        "len(http.request.headers[\"b\"][0]) in {3} and len(upper(http.host)) eq 9 and "
        "not len(http.request.headers[\"c\"][0]) in {3} and "
        "not len(http.request.headers[\"d\"][0]) in {3} and "
        "not len(http.request.headers[\"e\"][0]) in {3} and "
        "not len(http.request.headers[\"f\"][0]) in {3} and "
        "not len(http.request.headers[\"g\"][0]) in {3} and "
        "http.request.headers[\"b\"][0] eq \"two\"";
    postern_filter *filter;
    bool matched;
    bench b;

    open_bench(&b);
    filter = compile(&b, many);
    check_true(&b, "http.request.headers[\"b\"][0] eq \"two\"");
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(postern_filter_match(filter, b.request, &matched), POSTERN_OK);
        ck_assert(matched);
        check_true(&b, "http.request.headers[\"a\"][0] eq \"one\"");
    }
    postern_filter_free(filter);
    close_bench(&b);
}
END_TEST

START_TEST(lists_are_those_of_the_filter)
{
    static const char *const items[] = {"a.example", "b.example"};
    postern_filter *filters[2];
    bench b;

    open_bench(&b);
    for (size_t i = 0; i < 2; i++) {
        const postern_str item = postern_text(items[i]);
        postern_list *list;
        ck_assert_int_eq(
            postern_list_new(NULL, POSTERN_LIST_HOSTNAME, &item, 1, &list, NULL),
            POSTERN_OK);
        const postern_named_list named = {POSTERN_STR("ours"), list};
        const postern_compile_options options = {.lists = &named, .list_count = 1};
        ck_assert_int_eq(postern_filter_compile(b.scheme,
                                                postern_text("http.host in $ours"),
                                                &options, &filters[i], NULL),
                         POSTERN_OK);
        postern_list_release(list);
    }
    for (size_t i = 0; i < 6; i++) {
        bool matched;
        ck_assert_int_eq(postern_filter_match(filters[i % 2], b.request, &matched),
                         POSTERN_OK);
        ck_assert(matched == (i % 2 == 0));
    }
    postern_filter_free(filters[0]);
    postern_filter_free(filters[1]);
    close_bench(&b);
}
END_TEST

static void add_header(const bench *b)
{
    ck_assert_int_eq(
        postern_request_add_header(b->request, postern_text("c"), postern_text("d")),
        POSTERN_STATE);
}

static void set_body(const bench *b)
{
    ck_assert_int_eq(postern_request_set_body(b->request, postern_text("c"), 1, false),
                     POSTERN_STATE);
}

static void set_field(const bench *b)
{
    const postern_value value = {POSTERN_STRING, {.string = postern_text("b")}};

    ck_assert_int_eq(
        postern_request_set(b->request, (postern_field){PST_FIELD_HOST}, &value),
        POSTERN_STATE);
}

static void begin_anew_without_host(const bench *b)
{
    ck_assert_int_eq(postern_request_begin(b->request, NULL, postern_text("GET"),
                                           postern_text("/"), postern_text("")),
                     POSTERN_OK);
}

static void begin_anew_in_disorder(const bench *b)
{
    begin(b, "http://other/");
}

static const struct {
    void (*misuse)(const bench *b);
    postern_status status;
} misuses[] = {
    {add_header,              POSTERN_STATE  },
    {set_body,                POSTERN_STATE  },
    {set_field,               POSTERN_STATE  },
    {begin_anew_without_host, POSTERN_INVALID},
    {begin_anew_in_disorder,  POSTERN_INVALID},
};

START_TEST(what_goes_wrong_later_is_noticed)
{
    postern_filter *filter;
    bool matched = true;
    bench b;

    open_bench(&b);
    filter = compile(&b, "http.host eq \"a.example\"");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(postern_filter_match(filter, b.request, &matched), POSTERN_OK);
        ck_assert(matched);
    }
    misuses[_i].misuse(&b);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(postern_filter_match(filter, b.request, &matched),
                         misuses[_i].status);
        ck_assert(!matched);
        ck_assert(!b.request->open);
    }
    begin(&b, "/");
    ck_assert(!b.request->open);
    ck_assert_int_eq(postern_filter_match(filter, b.request, &matched), POSTERN_OK);
    ck_assert(matched);
    postern_filter_free(filter);
    close_bench(&b);
}
END_TEST

START_TEST(a_reset_closes)
{
    bench b;

    open_bench(&b);
    check_true(&b, "http.host eq \"a.example\"");
    postern_request_reset(b.request);
    ck_assert(!b.request->open);
    check_true(&b, "http.host eq \"\"");
    close_bench(&b);
}
END_TEST

START_TEST(what_rules_of_a_policy_do_not_see_filters_see_again)
{
    bench b;

    open_bench(&b);
    for (int i = 0; i < 2; i++) {
        check_true(&b, "any(http.request.headers.names[*] eq \"cf-cert-x\")");
        ck_assert(b.request->open);
        ck_assert_int_eq(pst_request_seal(b.request, NULL, true), POSTERN_OK);
        ck_assert(!b.request->open);
    }
    close_bench(&b);
}
END_TEST

START_TEST(another_scheme_is_refused_by_an_open_request)
{
    postern_filter *filter;
    bool matched = true;
    bench one;
    bench two;

    open_bench(&one);
    open_bench(&two);
    check_true(&one, "true");
    filter = compile(&two, "true");
    ck_assert_int_eq(postern_filter_match(filter, one.request, &matched),
                     POSTERN_STATE);
    ck_assert(!matched);
    postern_filter_free(filter);
    close_bench(&one);
    close_bench(&two);
}
END_TEST

static const char *const clocks[] = {
    "http.request.timestamp.sec eq 2",
    "http.request.timestamp.msec eq 345",
    "to_string((http.request.timestamp.sec eq 2)) eq \"true\"",
    "to_string(http.request.timestamp.sec) eq \"2\"",
    "any(http.request.headers.names[*] eq \"a\") and http.request.timestamp.sec eq 2",
};

/* Filters that ask for the time look at the clock, whoever ran before them. */
START_TEST(the_time_is_read_by_whoever_asks)
{
    postern_filter *filter;
    bool matched;
    bench b;

    open_bench(&b);
    filter = compile(&b, clocks[_i]);
    ck_assert_int_eq(postern_filter_match(filter, b.request, &matched), POSTERN_OK);
    ck_assert(!matched);
    check_true(&b, "http.host eq \"a.example\"");
    b.now = 2345;
    check_true(&b, "http.host eq \"a.example\"");
    ck_assert_int_eq(postern_filter_match(filter, b.request, &matched), POSTERN_OK);
    ck_assert(matched);
    b.now = -1;
    ck_assert_int_eq(postern_filter_match(filter, b.request, &matched), POSTERN_CLOCK);
    ck_assert(!matched);
    check_true(&b, "http.host eq \"a.example\"");
    postern_filter_free(filter);
    close_bench(&b);
}
END_TEST

START_TEST(a_value_of_the_time_is_read_anew)
{
    postern_value_expression *expression;
    postern_value value;
    bool present;
    bench b;

    open_bench(&b);
    ck_assert_int_eq(postern_value_compile(b.scheme,
                                           postern_text("http.request.timestamp.sec"),
                                           NULL, &expression, NULL),
                     POSTERN_OK);
    for (int64_t second = 1; second < 4; second++) {
        b.now = second * 1000;
        check_true(&b, "http.host eq \"a.example\"");
        ck_assert_int_eq(
            postern_value_evaluate(expression, b.request, &present, &value),
            POSTERN_OK);
        ck_assert(present);
        ck_assert_int_eq(value.as.integer, second);
    }
    postern_value_expression_free(expression);
    close_bench(&b);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("open");
    TCase *tcase = tcase_create("open");

    tcase_add_test(tcase, derived_slots_are_those_of_the_filter);
    tcase_add_test(tcase, many_derived_slots_are_all_forgotten);
    tcase_add_test(tcase, lists_are_those_of_the_filter);
    tcase_add_loop_test(tcase, what_goes_wrong_later_is_noticed, 0,
                        sizeof misuses / sizeof misuses[0]);
    tcase_add_test(tcase, a_reset_closes);
    tcase_add_test(tcase, what_rules_of_a_policy_do_not_see_filters_see_again);
    tcase_add_test(tcase, another_scheme_is_refused_by_an_open_request);
    tcase_add_loop_test(tcase, the_time_is_read_by_whoever_asks, 0,
                        sizeof clocks / sizeof clocks[0]);
    tcase_add_test(tcase, a_value_of_the_time_is_read_anew);
    suite_add_tcase(suite, tcase);
    return suite;
}
