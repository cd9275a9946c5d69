/*
 * test_require.c - a connection that requires certificates and says which it takes:
 * what it is asked, and what the client hears.
 */
#include "../harness/harness.h"
#include "scene.h"

#include <string.h>

/* RFC 8446 section 6 */
enum {
    HANDSHAKE_FAILURE = 40,
    UNSUPPORTED = 43,
    REVOKED = 44,
    EXPIRED = 45,
    UNKNOWN_CA = 48,
    DENIED = 49,
    CERTIFICATE_REQUIRED = 116
};

static int alert;

static void set_up_required(bool tls13)
{
    set_up_host("ca-a", tls13);
    connection->required = true;
    client_listen(&client, &alert);
}

static void shake(const char *name)
{
    unsigned char byte;

    alert = 0;
    wire_open_attached(&w, &client, &server, name, connection);
    wire_handshake(&w, connection);
    if (w.client_rc == 0) { /* TLS 1.3: it hears of its refusal when it reads */
        (void)mbedtls_ssl_read(&w.client, &byte, 1);
    }
    wire_close(&w);
}

static void check_refused(int expected, const char *what)
{
    ck_assert_msg(w.server_rc != 0, "%s: the handshake succeeded", what);
    ck_assert_msg(alert == expected, "%s: alert %d, not %d", what, alert, expected);
    ck_assert_uint_eq(connection->set_tls_calls, 0);
}

static void check_passed(const char *what)
{
    ck_assert_msg(w.server_rc == 0, "%s: -0x%x", what, (unsigned)-w.server_rc);
    ck_assert_int_eq(w.client_rc, 0);
    ck_assert_int_eq(alert, 0);
    ck_assert(fake_connection_presented(connection));
}

static const struct row {
    const char *refuses;
    int alert;
} rows[] = {
    {"untrusted-issuer", UNKNOWN_CA },
    {"not-yet-valid",    EXPIRED    },
    {"expired",          EXPIRED    },
    {"revoked",          REVOKED    },
    {"wrong-usage",      UNSUPPORTED},
    {"weak-key",         UNSUPPORTED},
    {"weak-signature",   UNSUPPORTED},
    {"malformed",        DENIED     },
    {"name-constraints", DENIED     },
    {"key-id-mismatch",  DENIED     },
    {"crl-missing",      DENIED     },
    {"crl-expired",      DENIED     },
    {"something new",    DENIED     },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

START_TEST(a_client_hears_why_it_is_refused)
{
    const struct row *row = &rows[_i % ROWS];

    set_up_required(_i >= ROWS);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    connection->refuses = row->refuses;
    shake(HOST);
    check_refused(row->alert, row->refuses);
    ck_assert_uint_eq(connection->accepts_calls, 1);
    tear_down();
}
END_TEST

START_TEST(a_client_without_a_certificate_hears_that_it_needs_one)
{
    set_up_required(_i == 1);
    shake(HOST);
    check_refused(_i == 1 ? CERTIFICATE_REQUIRED : HANDSHAKE_FAILURE, "none");
    ck_assert_int_eq(w.server_rc, MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE);
    ck_assert_uint_eq(connection->accepts_calls, 1);
    ck_assert(postern_str_equal(postern_connection_refusal(connection),
                                postern_text("none")));
    tear_down();
}
END_TEST

/* What the connection is asked is what it is told afterwards. */
START_TEST(the_connection_is_asked_about_the_path_that_was_seen)
{
    set_up_required(_i == 1);
    client_certificate(&client, "ok-int", "ok-int", "ok-int");
    shake(HOST);
    check_passed("ok-int");
    ck_assert_uint_eq(connection->accepts_calls, 1);
    ck_assert_uint_eq(connection->accepts_path, 3);
    ck_assert_uint_eq(connection->accepts_path, connection->path_count);
    ck_assert_uint_ge(connection->accepts_chain, 1);
    ck_assert_uint_eq(connection->accepts_objections, 0);
    tear_down();
}
END_TEST

/* mbedTLS's own opinion of dates and revocation does not count. What it says about
 * signatures does, whatever the connection says: in TLS 1.2 it has the last word. */
START_TEST(dates_are_not_mbedtlss_to_judge)
{
    static const char *const dated[] = {"expired", "notyet", "by-expired-ca",
                                        "ok-p521"};
    const char *name = dated[_i % 4];

    set_up_host(strcmp(name, "by-expired-ca") == 0 ? "ca-exp" : "ca-a", _i >= 4);
    connection->required = true;
    client_listen(&client, &alert);
    client_certificate(&client, name, name, NULL);
    shake(HOST);
    check_passed(name);
    tear_down();
}
END_TEST

START_TEST(an_untrusted_path_is_told_as_one)
{
    set_up_required(_i == 1);
    client_certificate(&client, "ok-by-b", "ok-by-b", NULL);
    shake(HOST);
    ck_assert_uint_eq(connection->accepts_calls, 1);
    ck_assert_uint_eq(connection->accepts_objections, POSTERN_OBJECTION_UNTRUSTED);
    if (_i == 0) {
        check_refused(UNKNOWN_CA, "ok-by-b");
    }
    tear_down();
}
END_TEST

static const postern_status failures[] = {POSTERN_NO_MEMORY, POSTERN_CRYPTO,
                                          POSTERN_CLOCK, POSTERN_LIMIT, POSTERN_STATE};
enum { FAILURES = sizeof failures / sizeof failures[0] };

START_TEST(a_question_that_fails_ends_the_handshake)
{
    set_up_required(_i >= FAILURES);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    connection->accepts_status = failures[_i % FAILURES];
    shake(HOST);
    check_refused(DENIED, "failure");
    tear_down();
}
END_TEST

/* Anchors of another crypto table: mbedTLS cannot judge, so the connection does, at the
 * end and by the chain. */
START_TEST(foreign_anchors_are_judged_at_the_end)
{
    static const char *const foreign = "not made here";
    const bool tls13 = _i >= 3;

    set_up_required(tls13);
    connection->trust = (const void *)&foreign;
    if (_i % 3 != 2) {
        client_certificate(&client, "ok-int", "ok-int", "ok-int");
    }
    connection->refuses = _i % 3 == 1 ? "revoked" : NULL;
    shake(HOST);
    if (_i % 3 == 0) {
        check_passed("foreign");
        ck_assert_uint_eq(connection->accepts_chain, 2);
        ck_assert_uint_eq(connection->accepts_path, 0);
    } else {
        check_refused(_i % 3 == 1 ? REVOKED : CERTIFICATE_REQUIRED, "foreign");
    }
    ck_assert_uint_eq(connection->accepts_calls, 1);
    tear_down();
}
END_TEST

START_TEST(whoever_does_not_require_is_not_asked)
{
    set_up_host("ca-a", _i == 1);
    connection->refuses = "revoked";
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    client_listen(&client, &alert);
    shake(HOST);
    check_passed("not required");
    ck_assert_uint_eq(connection->accepts_calls, 0);
    /* nor where another host was named */
    reconnect();
    connection->required = true;
    connection->refuses = "revoked";
    shake(OTHER);
    ck_assert_int_eq(w.server_rc, 0);
    ck_assert_int_eq(alert, 0);
    ck_assert_uint_eq(connection->accepts_calls, 0);
    ck_assert_uint_eq(connection->chain_count, 0);
    tear_down();
}
END_TEST

START_TEST(a_stolen_certificate_is_refused_whatever_is_said_of_it)
{
    set_up_required(_i == 1);
    client_certificate(&client, "ok-p256", "eku-server", NULL);
    shake(HOST);
    ck_assert_int_ne(w.server_rc, 0);
    ck_assert_uint_eq(connection->set_tls_calls, 0);
    tear_down();
}
END_TEST

/* One connection after the other on the same configuration: nothing is left over. */
START_TEST(a_refusal_leaves_nothing_behind)
{
    set_up_required(_i == 1);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    for (unsigned i = 0; i < 4; i++) {
        connection->required = true;
        connection->refuses = i % 2 == 0 ? "expired" : NULL;
        shake(HOST);
        if (i % 2 == 0) {
            check_refused(EXPIRED, "first");
        } else {
            check_passed("second");
        }
        reconnect();
    }
    tear_down();
}
END_TEST

/* The server waits again and again, and what it knows stays. */
START_TEST(a_slow_handshake_is_judged_once)
{
    set_up_required(_i >= 2);
    client_certificate(&client, "ok-int", "ok-int", "ok-int");
    connection->refuses = _i % 2 == 0 ? NULL : "revoked";
    alert = 0;
    wire_open_attached(&w, &client, &server, HOST, connection);
    w.up.step = 1;
    wire_handshake(&w, connection);
    ck_assert_int_eq(w.server_rc == 0, _i % 2 == 0);
    ck_assert_uint_eq(connection->accepts_calls, 1);
    ck_assert_uint_eq(connection->accepts_path, 3);
    ck_assert_int_eq(fake_connection_presented(connection), _i % 2 == 0);
    wire_close(&w);
    tear_down();
}
END_TEST

#if HAVE_TLS13
/* The server wants another group, so the client says hello twice and names the host
 * twice. */
START_TEST(a_repeated_hello_changes_nothing)
{
    static const uint16_t p384[] = {MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1, 0};

    set_up_required(true);
    mbedtls_ssl_conf_groups(&server.conf, p384);
    if (_i != 2) {
        client_certificate(&client, "ok-p256", "ok-p256", NULL);
    }
    connection->refuses = _i == 1 ? "expired" : NULL;
    shake(HOST);
    ck_assert_uint_eq(connection->sni_calls, 2);
    ck_assert_uint_eq(connection->accepts_calls, 1);
    if (_i == 0) {
        check_passed("twice");
    } else {
        check_refused(_i == 1 ? EXPIRED : CERTIFICATE_REQUIRED, "twice");
    }
    tear_down();
}
END_TEST

/* Which version it will be is known when the name is, whoever could speak which. */
START_TEST(the_version_is_the_one_that_was_agreed_on)
{
    const bool server13 = _i % 2 == 1;

    set_up_required(true);
    mbedtls_ssl_conf_min_tls_version(&client.conf, MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_max_tls_version(&server.conf, server13
                                                       ? MBEDTLS_SSL_VERSION_TLS1_3
                                                       : MBEDTLS_SSL_VERSION_TLS1_2);
    if (_i >= 2) {
        client_certificate(&client, "ok-p256", "ok-p256", NULL);
    }
    connection->refuses = "expired";
    shake(HOST);
    check_refused(_i >= 2    ? EXPIRED
                  : server13 ? CERTIFICATE_REQUIRED
                             : HANDSHAKE_FAILURE,
                  "either");
    ck_assert_int_eq(w.client_rc == 0, server13);
    tear_down();
}
END_TEST
#endif

Suite *test_suite(void)
{
    Suite *suite = suite_create("require");
    TCase *tc = tcase_create("require");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_client_hears_why_it_is_refused, 0, ROWS * VERSIONS);
    tcase_add_loop_test(tc, a_client_without_a_certificate_hears_that_it_needs_one, 0,
                        VERSIONS);
    tcase_add_loop_test(tc, the_connection_is_asked_about_the_path_that_was_seen, 0,
                        VERSIONS);
    tcase_add_loop_test(tc, dates_are_not_mbedtlss_to_judge, 0, 4 * VERSIONS);
    tcase_add_loop_test(tc, an_untrusted_path_is_told_as_one, 0, VERSIONS);
    tcase_add_loop_test(tc, a_question_that_fails_ends_the_handshake, 0,
                        FAILURES * VERSIONS);
    tcase_add_loop_test(tc, foreign_anchors_are_judged_at_the_end, 0, 3 * VERSIONS);
    tcase_add_loop_test(tc, whoever_does_not_require_is_not_asked, 0, VERSIONS);
    tcase_add_loop_test(tc, a_stolen_certificate_is_refused_whatever_is_said_of_it, 0,
                        VERSIONS);
    tcase_add_loop_test(tc, a_refusal_leaves_nothing_behind, 0, VERSIONS);
    tcase_add_loop_test(tc, a_slow_handshake_is_judged_once, 0, 2 * VERSIONS);
#if HAVE_TLS13
    tcase_add_loop_test(tc, a_repeated_hello_changes_nothing, 0, 3);
    tcase_add_loop_test(tc, the_version_is_the_one_that_was_agreed_on, 0, 4);
#endif
    suite_add_tcase(suite, tc);
    return suite;
}
