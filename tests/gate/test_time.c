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

/* --- what else is on the path ------------------------------------------------------ */

/* Seconds: the dates of extra/int-short, whose leaf is good from 2025 to 2044. */
enum { INT_BEGINS = 1780272000, INT_ENDS = 1893456000 };

#define ONLY_A POLICY(MTLS(A, "ca-a", ""), "", GUARDS, "")
#define REQUIRES POLICY(MTLS(A, "ca-a", ",'require':true"), "", SKIP("in", "true"), "")

/* A connection after a handshake with these certificates, leaf first: told of with the
 * path, whose anchor is ca-a, or without. */
static void shake(const char *leaf, const char *intermediate, bool with_path)
{
    postern_str chain[3];
    postern_path_step path[3] = {0};
    postern_tls_info info = {.size = sizeof info, .fresh = true, .chain = chain};
    bool ask;

    door_connect(&d);
    ck_assert_int_eq(postern_connection_on_sni(d.connection, postern_text(A), &ask),
                     POSTERN_OK);
    (void)door_chain(leaf, NULL, chain, 1);
    info.chain_count = 1;
    if (intermediate != NULL) {
        (void)door_chain(intermediate, NULL, chain + 1, 1);
        info.chain_count = 2;
    }
    if (with_path) {
        (void)door_chain("extra/../corpus/ca/ca-a", NULL, chain + info.chain_count, 1);
        info.path_count = info.chain_count + 1;
        for (size_t i = 0; i < info.path_count; i++) {
            path[i].certificate = chain[i];
        }
        info.path = path;
    }
    ck_assert_int_eq(postern_connection_set_tls(d.connection, &info), POSTERN_OK);
}

START_TEST(an_intermediate_begins_and_ends_between_two_requests)
{
    door_open(&d, ONLY_A);
    shake("extra/by-int-short", "extra/int-short", _i == 1);
    expect_at(NOW, 0, "ok");
    expect_at(INT_ENDS, 999, "ok");
    expect_at(INT_ENDS + 1, 0, "expired");
    expect_at(INT_ENDS, 0, "ok"); /* the clock steps back, and the answer with it */
    expect_at(INT_BEGINS, 0, "ok");
    expect_at(INT_BEGINS - 1, 999, "not-yet-valid");
    expect_at(INT_ENDS + 1, 0, "expired");
    expect_at(INT_BEGINS - 1, 0, "not-yet-valid");
    expect_at(NOW, 0, "ok");
    door_close(&d);
}
END_TEST

/* In every order: what was thought at one time is never thought at another. */
START_TEST(a_clock_may_jump_to_any_time)
{
    static const struct {
        int64_t at;
        const char *reason;
    } times[] = {
        {0,                        "not-yet-valid"},
        {INT_BEGINS - 1,           "not-yet-valid"},
        {INT_BEGINS,               "ok"           },
        {NOW,                      "ok"           },
        {INT_ENDS,                 "ok"           },
        {INT_ENDS + 1,             "expired"      },
        {INT64_C(2366841601),      "expired"      },
        {INT64_C(253402300800),    "expired"      },
        {INT64_MAX / 1000 - 86400, "expired"      },
    };
    enum { TIMES = sizeof times / sizeof times[0] };

    door_open(&d, ONLY_A);
    shake("extra/by-int-short", "extra/int-short", _i == 1);
    for (size_t from = 0; from < TIMES; from++) {
        for (size_t to = 0; to < TIMES; to++) {
            expect_at(times[from].at, 0, times[from].reason);
            expect_at(times[to].at, 0, times[to].reason);
        }
    }
    door_close(&d);
}
END_TEST

START_TEST(a_crl_that_runs_out_ends_a_path_of_the_handshake)
{
    const int64_t next = NOT_YET + INT64_C(31) * 86400;

    door_open(&d, POLICY(MTLS(A, "ca-a", CRL("crl-a-future")), "", GUARDS, ""));
    shake("ok-p256", NULL, true);
    expect_at(NOW, 0, "crl-expired"); /* its thisUpdate is in the future */
    expect_at(NOT_YET, 0, "ok");
    expect_at(next, 999, "ok");
    expect_at(next + 1, 0, "crl-expired");
    expect_at(NOT_YET - 1, 999, "crl-expired");
    expect_at(next, 0, "ok");
    door_close(&d);
}
END_TEST

/* A reload while the clock is elsewhere: the new policy judges by the time there is. */
START_TEST(a_reload_and_a_step_of_the_clock_meet)
{
    static const char *const policies[] = {
        ONLY_A, POLICY(MTLS(A, "ca-a", CRL("crl-a")), "", GUARDS, "")};

    door_open(&d, ONLY_A);
    shake("ok-p256", NULL, _i == 1);
    for (unsigned i = 0; i < 4; i++) {
        expect_at(NOW, 0, "ok");
        d.now = (YEAR_2045 + 1) * 1000;
        door_replace(&d, policies[i % 2]);
        expect_at(YEAR_2045 + 1, 0, "expired");
        d.now = NOW * 1000;
        door_replace(&d, policies[1 - i % 2]);
        expect_at(YEAR_2025 - 1, 0, "not-yet-valid");
    }
    expect_at(NOW, 0, "ok");
    door_close(&d);
}
END_TEST

/* The handshake's question is of the present, too. */
START_TEST(a_required_certificate_is_judged_by_the_options_clock)
{
    static const int64_t times[] = {INT_BEGINS - 1, INT_BEGINS, INT_ENDS, INT_ENDS + 1};
    postern_str chain[2];
    bool accepted;
    bool ask;

    door_open(&d, REQUIRES);
    door_connect(&d);
    ck_assert_int_eq(postern_connection_on_sni(d.connection, postern_text(A), &ask),
                     POSTERN_OK);
    (void)door_chain("extra/by-int-short", NULL, chain, 1);
    (void)door_chain("extra/int-short", NULL, chain + 1, 1);
    for (size_t i = 0; i < 4; i++) {
        d.now = times[i] * 1000;
        ck_assert_int_eq(
            postern_connection_accepts(d.connection, chain, 2, NULL, 0, &accepted),
            POSTERN_OK);
        ck_assert_int_eq(accepted, i == 1 || i == 2);
    }
    ck_assert(text_is(postern_connection_refusal(d.connection), "expired"));
    shake("extra/by-int-short", "extra/int-short", true);
    for (size_t i = 0; i < 4; i++) {
        d.now = times[i] * 1000;
        door_ask(&d, A);
        ck_assert_int_eq(postern_verdict_allows(&d.verdict), i == 1 || i == 2);
        ck_assert(postern_verdict_allows(&d.verdict) ||
                  d.verdict.outcome == POSTERN_UNVERIFIED);
    }
    ck_assert(text_is(d.verdict.certificate_status, "FAILED:certificate has expired"));
    d.now = times[0] * 1000;
    door_ask(&d, A);
    ck_assert(
        text_is(d.verdict.certificate_status, "FAILED:certificate is not yet valid"));
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
    tcase_add_loop_test(tc, an_intermediate_begins_and_ends_between_two_requests, 0, 2);
    tcase_add_loop_test(tc, a_clock_may_jump_to_any_time, 0, 2);
    tcase_add_test(tc, a_crl_that_runs_out_ends_a_path_of_the_handshake);
    tcase_add_loop_test(tc, a_reload_and_a_step_of_the_clock_meet, 0, 2);
    tcase_add_test(tc, a_required_certificate_is_judged_by_the_options_clock);
    tcase_add_test(tc, nothing_is_judged_again_while_nothing_changes);
    tcase_add_loop_test(tc, without_a_clock_no_certificate_counts, 0, 3);
    tcase_add_loop_test(tc, without_a_clock_no_rule_reads_the_time, 0, 4);
    tcase_add_test(tc, without_a_clock_no_policy_loads);
    suite_add_tcase(suite, tc);
    return suite;
}
