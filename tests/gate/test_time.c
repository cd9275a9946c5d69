/*
 * test_time.c - a verdict holds for a time, and not a second longer.
 */
#include "door.h"

static door d;

enum { YEAR_2025 = 1735689600 };
static const int64_t YEAR_2045 = INT64_C(2366841600); /* the last second of most */
static const int64_t NOT_YET = INT64_C(2335219200);   /* the first second of "notyet" */

/* At `seconds` and `milliseconds` the same connection is judged so. */
static void expect_at(int64_t seconds, int64_t milliseconds, const char *reason)
{
    d.now = seconds * 1000 + milliseconds;
    door_ask(&d, A);
    if (postern_str_equal(postern_text(reason), postern_text("ok"))) {
        door_expect(&d, reason, let_in);
    } else {
        door_expect(&d, reason, kept_out(reason));
    }
}

START_TEST(a_certificate_expires_between_two_requests)
{
    door_open(&d, POLICY(MTLS(A, "ca-a", ""), "", GUARDS, ""));
    door_tls(&d, A, "ok-p256", NULL);
    expect_at(NOW, 0, "ok");
    expect_at(YEAR_2045, 0, "ok");
    expect_at(YEAR_2045, 999, "ok");
    expect_at(YEAR_2045 + 1, 0, "expired");
    expect_at(YEAR_2045, 999, "ok");
    expect_at(YEAR_2045 + 1, 0, "expired");
    door_close(&d);
}
END_TEST

START_TEST(a_certificate_becomes_valid_between_two_requests)
{
    door_open(&d, POLICY(MTLS(A, "ca-a", ""), "", GUARDS, ""));
    door_tls(&d, A, "ok-p256", NULL);
    expect_at(YEAR_2025 - 1, 999, "not-yet-valid");
    expect_at(YEAR_2025, 0, "ok");
    expect_at(YEAR_2025 - 1, 0, "not-yet-valid"); /* a clock may step back */
    expect_at(0, 0, "not-yet-valid");
    expect_at(YEAR_2025, 0, "ok");
    door_tls(&d, A, "notyet", NULL);
    expect_at(NOT_YET - 1, 999, "not-yet-valid");
    expect_at(NOT_YET, 0, "ok");
    expect_at(YEAR_2045 + 1, 0, "expired");
    expect_at(NOT_YET - 1, 0, "not-yet-valid");
    door_close(&d);
}
END_TEST

/* This CRL is good for January 2044. */
START_TEST(a_crl_goes_stale_between_two_requests)
{
    const int64_t next = NOT_YET + INT64_C(31) * 86400;

    door_open(&d, POLICY(MTLS(A, "ca-a", CRL("crl-a-future")), "", GUARDS, ""));
    door_tls(&d, A, "ok-p256", NULL);
    expect_at(NOW, 0, "crl-expired"); /* not yet */
    expect_at(NOT_YET - 1, 999, "crl-expired");
    expect_at(NOT_YET, 0, "ok");
    expect_at(next, 999, "ok");
    expect_at(next + 1, 0, "crl-expired");
    expect_at(NOT_YET, 0, "ok");
    expect_at(NOT_YET - 1, 0, "crl-expired");
    door_close(&d);
    door_open(&d, POLICY(MTLS(A, "ca-a", CRL("crl-a-expired")), "", GUARDS, ""));
    door_tls(&d, A, "ok-p256", NULL);
    expect_at(NOW, 0, "crl-expired");
    door_close(&d);
}
END_TEST

/* Between two dates a judgement is made once; the clock is all that is asked. */
START_TEST(nothing_is_judged_again_while_nothing_changes)
{
    size_t requests;

    door_open(&d, USUAL);
    door_tls(&d, A, "ok-p256", NULL);
    door_ask(&d, A);
    door_expect(&d, "first", let_in);
    requests = d.heap.requests;
    for (int64_t day = 0; day < 1000; day++) {
        expect_at(NOW + day * 86400, 0, "ok");
    }
    ck_assert_uint_eq(d.heap.requests, requests);
    door_close(&d);
}
END_TEST

START_TEST(without_a_clock_no_certificate_counts)
{
    static const int64_t broken[] = {-1, -1000, INT64_MIN};

    door_open(&d, USUAL);
    door_tls(&d, A, "ok-p256", NULL);
    d.now = broken[_i];
    door_ask(&d, A);
    door_expect(&d, "never judged", faulted());
    ck_assert_int_eq(d.verdict.fault, POSTERN_CLOCK);
    d.now = NOW * 1000;
    door_ask(&d, A);
    door_expect(&d, "judged", let_in);
    d.now = broken[_i];
    door_ask(&d, A);
    door_expect(&d, "no more", faulted());
    ck_assert_int_eq(d.verdict.fault, POSTERN_CLOCK);
    d.now = NOW * 1000;
    door_ask(&d, A);
    door_expect(&d, "again", let_in);
    door_close(&d);
}
END_TEST

/* A rule that asks for the time faults too, whatever its action and its sign. */
START_TEST(without_a_clock_no_rule_reads_the_time)
{
    static const char *const policies[] = {
        POLICY("", "", BLOCK("late", "http.request.timestamp.sec gt 1"), ""),
        POLICY("", "", BLOCK("late", "not http.request.timestamp.sec lt 9"), ""),
        POLICY("", "", SKIP("late", "http.request.timestamp.msec ge 0"), ""),
        POLICY("", "", LOG("late", "not http.request.timestamp.msec ge 0"), ""),
    };

    door_open(&d, policies[_i]);
    door_connect(&d);
    d.now = -1;
    door_ask(&d, PLAIN);
    door_expect(&d, "no clock", faulted());
    ck_assert_int_eq(d.verdict.fault, POSTERN_CLOCK);
    door_close(&d);
}
END_TEST

START_TEST(without_a_clock_no_policy_loads)
{
    postern_policy *policy;

    door_open(&d, USUAL);
    d.now = -1;
    ck_assert_int_eq(door_load(d.scheme, USUAL, &policy), POSTERN_CLOCK);
    ck_assert_ptr_null(policy);
    door_close(&d);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-time");
    TCase *tc = tcase_create("gate-time");

    tcase_add_test(tc, a_certificate_expires_between_two_requests);
    tcase_add_test(tc, a_certificate_becomes_valid_between_two_requests);
    tcase_add_test(tc, a_crl_goes_stale_between_two_requests);
    tcase_add_test(tc, nothing_is_judged_again_while_nothing_changes);
    tcase_add_loop_test(tc, without_a_clock_no_certificate_counts, 0, 3);
    tcase_add_loop_test(tc, without_a_clock_no_rule_reads_the_time, 0, 4);
    tcase_add_test(tc, without_a_clock_no_policy_loads);
    suite_add_tcase(suite, tc);
    return suite;
}
