/*
 * test_sessions.c - a server on OpenSSL that resumes sessions, though the adapter has
 * switched that off: nothing is presented on them, at no host.
 */
#include "pair.h"
#include "sheet.h"

#include "../gate/door.h" /* defines A and B, which OpenSSL's headers use */
#include "../tls/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static door d;
static pair p;

static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
enum { VERSIONS = sizeof versions / sizeof versions[0] };

static void set_up(const char *policy, int version)
{
    door_open(&d, policy);
    pair_open(&p, version);
}

static void tear_down(void)
{
    pair_close(&p);
    door_close(&d);
}

static void shake(const char *sni)
{
    door_connect(&d);
    pair_shake(&p, d.connection, sni);
}

static void show(void)
{
    ck_assert(pair_certificate(&p, "ok-p256", NULL)); /* of A's CA */
}

/* --- sessions ----------------------------------------------------------------------- */

/* A server that resumes sessions all the same: with session ids, tickets, or both sorts
 * of PSK of TLS 1.3. */
static const struct {
    int version;
    bool tickets;
} ways[] = {
    {TLS1_2_VERSION, false},
    {TLS1_2_VERSION, true },
    {TLS1_3_VERSION, false},
    {TLS1_3_VERSION, true },
};
enum { WAYS = sizeof ways / sizeof ways[0] };

START_TEST(a_resumed_session_shows_nothing)
{
    set_up(USUAL, ways[_i].version);
    pair_resume(&p, ways[_i].tickets);
    show();
    shake(A);
    door_ask(&d, A);
    door_expect(&d, "first", let_in);
    ck_assert_ptr_nonnull(p.session);
    p.resume = SSL_SESSION_dup(p.session);
    shake(A);
    ck_assert_int_eq(p.server_rc, 1);
    ck_assert_int_eq(SSL_session_reused(p.server_end), 1);
    door_ask(&d, A);
    door_expect(&d, "resumed", kept_out("resumed"));
    ck_assert(!door_sees(&d, A, "cf.tls_client_auth.cert_presented"));
    ck_assert(!door_sees(&d, A, "cf.tls_client_auth.cert_subject_dn ne ``"));
    ck_assert(door_sees(&d, A, "postern.tls.resumed"));
    SSL_SESSION_free(p.resume);
    tear_down();
}
END_TEST

/* The session of one host at another: CVE-2025-23419. Whether OpenSSL resumes it or
 * shakes hands anew, B hears of no certificate that A has verified. */
START_TEST(a_session_of_one_host_shows_nothing_at_another)
{
    static const char *const hosts[] = {PLAIN, A, B};
    const char *first = hosts[_i % 3];
    const char *second = _i % 3 == 2 ? A : B;
    const unsigned way = (unsigned)_i / 3;
    bool resumed;

    set_up(USUAL, ways[way].version);
    pair_resume(&p, ways[way].tickets);
    show();
    shake(first);
    ck_assert_ptr_nonnull(p.session);
    p.resume = SSL_SESSION_dup(p.session);
    shake(second);
    if (p.server_rc == 1) {
        resumed = SSL_session_reused(p.server_end) == 1;
        door_ask(&d, second);
        if (strcmp(second, A) == 0 && !resumed) {
            door_expect(&d, "anew", let_in); /* with the certificate itself */
        } else {
            door_expect(&d, second, kept_out(resumed ? "resumed" : "untrusted-issuer"));
        }
    }
    door_ask(&d, first);
    ck_assert_int_ne(d.verdict.outcome, POSTERN_ALLOWED);
    SSL_SESSION_free(p.resume);
    tear_down();
}
END_TEST

START_TEST(by_default_no_session_is_resumed)
{
    set_up(USUAL, versions[_i]);
    ck_assert_int_eq(
        SSL_CTX_set_session_id_context(p.server, (const unsigned char *)"x", 1), 1);
    show();
    shake(A);
    ck_assert_ptr_null(p.session); /* there was none to keep */
    p.resume =
        p.session == NULL ? SSL_get1_session(p.client_end) : SSL_SESSION_dup(p.session);
    shake(A);
    ck_assert_int_eq(p.server_rc, 1);
    ck_assert_int_eq(SSL_session_reused(p.server_end), 0);
    door_ask(&d, A);
    door_expect(&d, A, let_in);
    SSL_SESSION_free(p.resume);
    tear_down();
}
END_TEST

static unsigned give_secret(SSL *ssl, const char *hint, char *name, unsigned name_cap,
                            unsigned char *secret, unsigned cap)
{
    (void)ssl;
    (void)hint;
    (void)cap;
    (void)snprintf(name, name_cap, "somebody");
    memset(secret, 7, 16);
    return 16;
}

static unsigned know_secret(SSL *ssl, const char *name, unsigned char *secret,
                            unsigned cap)
{
    (void)ssl;
    (void)name;
    (void)cap;
    memset(secret, 7, 16);
    return 16;
}

/* A host with shared secrets of its own, which are none of the gate's business. */
START_TEST(who_knows_a_shared_secret_has_shown_no_certificate)
{
    set_up(USUAL, versions[_i]);
    show();
    ck_assert_int_eq(
        SSL_CTX_set_session_id_context(p.server, (const unsigned char *)"x", 1), 1);
    SSL_CTX_set_psk_server_callback(p.server, know_secret);
    SSL_CTX_set_psk_client_callback(p.client, give_secret);
    ck_assert_int_eq(SSL_CTX_set_cipher_list(p.client, "PSK"), 1);
    ck_assert_int_eq(SSL_CTX_set_cipher_list(p.server, "ALL:@SECLEVEL=0"), 1);
    ck_assert_int_eq(SSL_CTX_set_ciphersuites(p.server, "TLS_AES_128_GCM_SHA256"), 1);
    shake(A);
    ck_assert_int_eq(p.server_rc, 1);
    door_ask(&d, A);
    door_expect(&d, "secret",
                kept_out(versions[_i] == TLS1_2_VERSION ? "none" : "resumed"));
    tear_down();
}
END_TEST

#define STRICT POLICY(MTLS(A, "ca-a", ",'require':true"), "", LOG("seen", "true"), "")

START_TEST(a_resumed_session_does_not_pass_for_what_is_required)
{
    set_up(STRICT, ways[_i].version);
    pair_resume(&p, ways[_i].tickets);
    show();
    shake(A);
    ck_assert_ptr_nonnull(p.session);
    p.resume = SSL_SESSION_dup(p.session);
    shake(A);
    door_ask(&d, A);
    ck_assert_int_eq(SSL_session_reused(p.server_end), 1);
    ck_assert_int_ne(d.verdict.outcome, POSTERN_ALLOWED);
    SSL_SESSION_free(p.resume);
    tear_down();
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("openssl-sessions");
    TCase *tc = tcase_create("openssl-sessions");

    tcase_add_loop_test(tc, a_resumed_session_shows_nothing, 0, WAYS);
    tcase_add_loop_test(tc, a_session_of_one_host_shows_nothing_at_another, 0,
                        WAYS * 3);
    tcase_add_loop_test(tc, by_default_no_session_is_resumed, 0, VERSIONS);
    tcase_add_loop_test(tc, who_knows_a_shared_secret_has_shown_no_certificate, 0,
                        VERSIONS);
    tcase_add_loop_test(tc, a_resumed_session_does_not_pass_for_what_is_required, 0,
                        WAYS);
    suite_add_tcase(suite, tc);
    return suite;
}
