/*
 * test_asked.c - a host that was registered since the handshake: nobody was asked, so
 * no rule may decide, and only a new connection helps.
 */
#include "door.h"

static door d;

#define SEEN LOG("seen", "true")
#define EVERYBODY SEEN "," SKIP("in", "true")
/* Policies under which A is registered, and the rules would let everybody in. */
#define OPEN POLICY(MTLS(A, "ca-a", ",'monitor':true"), "'*'", EVERYBODY, "")
#define REQUIRED POLICY(MTLS(A, "ca-a", ",'require':true"), "'*'", EVERYBODY, "")
/* Policies under which it is not. */
#define NOBODY POLICY("", "", EVERYBODY, "")
#define PLAIN_A POLICY(MTLS(B, "ca-b", ",'monitor':true"), "'" A "'", EVERYBODY, "")
#define UNKNOWN_A POLICY(MTLS(B, "ca-b", ",'monitor':true"), "", EVERYBODY, "")

/* 421 and closed, no rule asked, and the log says why. */
static void expect_not_asked(const char *what)
{
    door_expect(&d, what, misdirected);
    ck_assert_uint_eq(d.verdict.match_count, 0);
    ck_assert(text_is(d.verdict.host, A));
    ck_assert_msg(text_is(d.verdict.certificate_reason, "not-asked"), "%s", what);
    ck_assert_msg(text_is(d.verdict.certificate_status, "NONE"), "%s", what);
}

static void expect_open(const char *what, const char *certificate)
{
    door_expect(&d, what, (answer){POSTERN_ALLOWED, 0, false, "in", certificate});
    ck_assert_uint_eq(d.verdict.match_count, 2);
}

static const struct change {
    const char *before; /* A is not registered */
    const char *after;
    const char *certificate;
    bool served; /* before */
} changes[] = {
    {NOBODY,    OPEN,     "ok-p256", true },
    {NOBODY,    OPEN,     NULL,      true },
    {NOBODY,    REQUIRED, "ok-p256", true },
    {NOBODY,    REQUIRED, NULL,      true },
    {NOBODY,    USUAL,    "ok-p256", true },
    {PLAIN_A,   OPEN,     "ok-p256", true },
    {PLAIN_A,   REQUIRED, "ok-p256", true },
    {UNKNOWN_A, OPEN,     "ok-p256", false},
};
enum { CHANGES = sizeof changes / sizeof changes[0] };

/* The reload comes before the first request, or after some; and what was said stays so
 * until the host is not registered any more. */
START_TEST(a_host_registered_since_the_handshake_is_another_connections)
{
    const struct change *change = &changes[_i % CHANGES];
    const bool early = _i >= CHANGES;

    door_open(&d, change->before);
    door_tls(&d, A, change->certificate, NULL);
    if (!early && change->served) {
        door_ask(&d, A);
        expect_open("before", "host-not-registered");
    }
    door_replace(&d, change->after);
    for (unsigned i = 0; i < 2; i++) {
        door_ask(&d, A);
        expect_not_asked("since");
        door_ask(&d, "A.Example.:443");
        expect_not_asked("spelt in another way");
    }
    door_replace(&d, NOBODY);
    door_ask(&d, A);
    expect_open("not registered any more", "host-not-registered");
    door_replace(&d, change->after);
    door_ask(&d, A);
    expect_not_asked("once more");
    /* The client comes again. */
    if (change->certificate != NULL) {
        door_tls(&d, A, change->certificate, NULL);
        door_ask(&d, A);
        ck_assert(postern_verdict_allows(&d.verdict));
        ck_assert(text_is(d.verdict.certificate_reason, "ok"));
    }
    door_close(&d);
}
END_TEST

/* The name and the end of the handshake fall on two sides of the reload. */
START_TEST(who_was_asked_is_settled_when_the_name_is_heard)
{
    const postern_tls_info info = {.size = sizeof info, .fresh = true};
    bool ask = true;

    door_open(&d, NOBODY);
    door_connect(&d);
    ck_assert_int_eq(postern_connection_on_sni(d.connection, postern_text(A), &ask),
                     POSTERN_OK);
    ck_assert(!ask);
    door_replace(&d, OPEN);
    ck_assert_int_eq(postern_connection_on_sni(d.connection, postern_text(A), &ask),
                     POSTERN_OK);
    ck_assert(!ask);
    ck_assert_int_eq(postern_connection_set_tls(d.connection, &info), POSTERN_OK);
    door_ask(&d, A);
    expect_not_asked("registered in between");
    door_close(&d);

    door_open(&d, OPEN);
    door_connect(&d);
    ck_assert_int_eq(postern_connection_on_sni(d.connection, postern_text(A), &ask),
                     POSTERN_OK);
    ck_assert(ask);
    door_replace(&d, NOBODY);
    ck_assert_int_eq(postern_connection_set_tls(d.connection, &info), POSTERN_OK);
    door_ask(&d, A);
    expect_open("removed in between", "host-not-registered");
    door_replace(&d, OPEN);
    door_ask(&d, A);
    expect_open("there again: it was asked", "none");
    door_close(&d);
}
END_TEST

/* A host that was removed is what any other is: plain, or unknown. */
START_TEST(a_host_removed_since_the_handshake_is_any_other)
{
    door_open(&d, OPEN);
    door_tls(&d, A, "ok-p256", NULL);
    door_ask(&d, A);
    expect_open("registered", "ok");
    door_replace(&d, PLAIN_A);
    door_ask(&d, A);
    expect_open("plain", "host-not-registered");
    ck_assert(text_is(d.verdict.certificate_status, "NONE"));
    door_replace(&d, UNKNOWN_A);
    door_ask(&d, A);
    door_expect(&d, "unknown", misdirected);
    ck_assert(text_is(d.verdict.certificate_reason, "host-not-registered"));
    door_replace(&d, OPEN);
    door_ask(&d, A);
    expect_open("registered again", "ok");
    door_close(&d);
}
END_TEST

/* No name, or another one, was misdirected before and is so still. */
START_TEST(whoever_named_another_host_was_never_asked_either)
{
    static const char *const names[] = {NULL, PLAIN};

    door_open(&d, NOBODY);
    door_tls(&d, names[_i], NULL, NULL);
    door_replace(&d, OPEN);
    door_ask(&d, A);
    door_expect(&d, "not named", misdirected);
    ck_assert(!text_is(d.verdict.certificate_reason, "not-asked"));
    door_ask(&d, PLAIN);
    expect_open("a plain host", "host-not-registered");
    door_close(&d);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-asked");
    TCase *tc = tcase_create("gate-asked");

    tcase_add_loop_test(tc,
                        a_host_registered_since_the_handshake_is_another_connections, 0,
                        2 * CHANGES);
    tcase_add_test(tc, who_was_asked_is_settled_when_the_name_is_heard);
    tcase_add_test(tc, a_host_removed_since_the_handshake_is_any_other);
    tcase_add_loop_test(tc, whoever_named_another_host_was_never_asked_either, 0, 2);
    suite_add_tcase(suite, tc);
    return suite;
}
