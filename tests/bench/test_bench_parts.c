/*
 * test_bench_parts.c - what postern-bench counts and makes is what it says. Not what
 * anything costs.
 */
#include "calibration.h"
#include "clock.h"
#include "counting.h"
#include "measure.h"
#include "variety.h"

#include "../harness/harness.h"
#include "support/alloc.h"

#include <string.h>

/* --- measuring ------------------------------------------------------------------------ */

enum { WORK_NS = 20000 };

static void work(void *user, size_t times)
{
    size_t *const calls = user;

    for (size_t i = 0; i < times; i++) {
        const uint64_t start = clock_ns();
        while (clock_ns() - start < WORK_NS) {
        }
        (*calls)++;
    }
}

static void undo(void *user, size_t times)
{
    size_t *const calls = user;

    *calls -= times;
}

static const measure_effort effort = {3, 1e7, 1e9, 1};

START_TEST(a_round_of_many_calls_tells_what_one_costs)
{
    size_t calls = 0;
    const timing took = measure(&effort, 3, work, &calls);

    ck_assert(took.ns_min >= WORK_NS && took.ns_min < effort.round_ns / 2);
    ck_assert(took.ns_min <= took.ns_median);
    ck_assert_uint_eq(calls % 3, 0);
}
END_TEST

START_TEST(single_calls_are_cleaned_up_behind)
{
    size_t calls = 0;
    const timing took = measure_each(&effort, work, undo, &calls);

    ck_assert(took.ns_min >= WORK_NS && took.ns_min <= took.ns_median);
    ck_assert_uint_eq(calls, 0);
    (void)measure_once(work, undo, &calls);
    ck_assert_uint_eq(calls, 0);
}
END_TEST

START_TEST(the_lesser_of_two_measurements_stays)
{
    timing best = {0, 0};

    timing_improve(&best, (timing){5, 7});
    timing_improve(&best, (timing){6, 6});
    ck_assert_double_eq_tol(best.ns_min, 5, 1e-9);
    ck_assert_double_eq_tol(best.ns_median, 6, 1e-9);
}
END_TEST

START_TEST(memory_is_counted_as_it_comes_and_goes)
{
    counting count;
    const postern_allocator *const alloc = &count.allocator;
    void *block;

    counting_init(&count);
    block = alloc->resize(alloc->user, NULL, 0, 100);
    ck_assert_ptr_nonnull(block);
    block = alloc->resize(alloc->user, block, 100, 300);
    ck_assert_ptr_nonnull(block);
    ck_assert_uint_eq(count.live, 300);
    ck_assert_uint_eq(count.calls, 2);
    (void)alloc->resize(alloc->user, block, 300, 0);
    ck_assert_uint_eq(count.live, 0);
    ck_assert_uint_eq(count.calls, 2);
}
END_TEST

START_TEST(machines_are_compared_by_a_geometric_mean)
{
    const calibration there = {1, 40, 20};
    const calibration here = {8, 40, 20};
    const calibration unknown = {0, 0, 0};

    ck_assert_double_eq_tol(calibration_scale(&here, &there), 2, 1e-9);
    ck_assert_double_eq_tol(calibration_scale(&there, &here), 0.5, 1e-9);
    ck_assert_double_eq_tol(calibration_scale(&here, &unknown), 1, 1e-9);
}
END_TEST

/* --- variety -------------------------------------------------------------------------- */

enum { REQUESTS = 200, HOST = 0, URI, PATH, LONG, FIELDS };

static pst_arena memory;

static const input_context *make(void)
{
    static char text[1000];
    static context_field fields[FIELDS] = {
        {.name = POSTERN_STR("http.host")},
        {.name = POSTERN_STR("http.request.uri")},
        {.name = POSTERN_STR("http.request.uri.path")},
        {.name = POSTERN_STR("app.long")},
    };
    static const input_context first = {fields, FIELDS};
    static const char *const values[LONG] = {"shop.example.com", "/a/17/b?x=1",
                                             "/a/17/b"};

    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < FIELDS; i++) {
        fields[i].value.type = POSTERN_STRING;
        fields[i].value.as.string =
            i == LONG ? (postern_str){text, sizeof text} : postern_text(values[i]);
    }
    return variety_of(&first, REQUESTS, &memory);
}

static postern_str text_at(const input_context *context, size_t field)
{
    return context->fields[field].value.as.string;
}

static void set_up(void)
{
    pst_arena_init(&memory, pst_alloc_or_default(NULL), SIZE_MAX / 2);
}

static void tear_down(void)
{
    pst_arena_free(&memory);
}

START_TEST(requests_differ_and_are_always_the_same)
{
    const input_context *const all = make();
    const input_context *const again = make();
    size_t same = 0;

    for (size_t i = 0; i < REQUESTS; i++) {
        for (size_t k = 0; k < FIELDS; k++) {
            ck_assert(postern_str_equal(text_at(&all[i], k), text_at(&again[i], k)));
        }
        for (size_t k = 0; k < i; k++) {
            same += postern_str_equal(text_at(&all[i], PATH), text_at(&all[k], PATH)) &&
                    postern_str_equal(text_at(&all[i], HOST), text_at(&all[k], HOST));
        }
    }
    ck_assert_uint_lt(same, REQUESTS * REQUESTS / 2 / 20);
}
END_TEST

START_TEST(about_half_stay_as_they_are_but_for_digits)
{
    const input_context *const all = make();
    size_t hosts = 0;
    size_t paths = 0;

    for (size_t i = 0; i < REQUESTS; i++) {
        const postern_str path = text_at(&all[i], PATH);
        hosts +=
            postern_str_equal(text_at(&all[i], HOST), postern_text("shop.example.com"));
        paths += path.len == 7 && memcmp(path.data, "/a/", 3) == 0 &&
                 memcmp(path.data + 5, "/b", 2) == 0;
    }
    ck_assert(hosts > REQUESTS / 3 && hosts < REQUESTS * 2 / 3);
    ck_assert(paths > REQUESTS / 3 && paths < REQUESTS * 2 / 3);
}
END_TEST

START_TEST(what_holds_another_value_still_does)
{
    const input_context *const all = make();

    for (size_t i = 0; i < REQUESTS; i++) {
        const postern_str uri = text_at(&all[i], URI);
        const postern_str path = text_at(&all[i], PATH);
        ck_assert_uint_gt(uri.len, path.len);
        ck_assert_mem_eq(uri.data, path.data, path.len);
        ck_assert_int_eq(uri.data[path.len], '?');
    }
}
END_TEST

START_TEST(long_texts_differ_in_length_and_stay_long)
{
    const input_context *const all = make();
    size_t shorter = 0;

    for (size_t i = 0; i < REQUESTS; i++) {
        const postern_str text = text_at(&all[i], LONG);
        ck_assert(text.len > 700 && text.len <= 1000);
        shorter += text.len < 900;
    }
    ck_assert_uint_gt(shorter, REQUESTS / 4);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("bench_parts");
    TCase *counts = tcase_create("counts");
    TCase *variety = tcase_create("variety");

    tcase_add_test(counts, a_round_of_many_calls_tells_what_one_costs);
    tcase_add_test(counts, single_calls_are_cleaned_up_behind);
    tcase_add_test(counts, the_lesser_of_two_measurements_stays);
    tcase_add_test(counts, memory_is_counted_as_it_comes_and_goes);
    tcase_add_test(counts, machines_are_compared_by_a_geometric_mean);
    suite_add_tcase(suite, counts);
    tcase_add_checked_fixture(variety, set_up, tear_down);
    tcase_add_test(variety, requests_differ_and_are_always_the_same);
    tcase_add_test(variety, about_half_stay_as_they_are_but_for_digits);
    tcase_add_test(variety, what_holds_another_value_still_does);
    tcase_add_test(variety, long_texts_differ_in_length_and_stay_long);
    suite_add_tcase(suite, variety);
    return suite;
}
