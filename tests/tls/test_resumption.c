/*
 * Sessions that are resumed: not with a prepared configuration; and if the host has
 * switched resumption back on, nothing is presented on them.
 */
#include "../harness/harness.h"
#include "rogue.h"
#include "scene.h"

#include <string.h>

static rogue thief;

static void turn_rogue(bool cache, bool tickets)
{
    rogue_start(&thief, &server);
    rogue_turn(&thief, &server, cache, tickets);
}

static const struct resumption {
    bool tls13;
    bool cache;
    bool tickets;
    bool asked_first; /* is HOST registered when the session is made? */
    const char *certificate;
    const char *first;
    const char *second;
} resumptions[] = {
    {false, true,  false, true,  "ok-p256",     HOST,  HOST },
    {false, true,  false, true,  "ok-p256",     HOST,  OTHER},
    {false, true,  false, true,  NULL,          OTHER, HOST },
    {false, true,  false, true,  "self-signed", HOST,  HOST },
    {false, false, true,  true,  "ok-p256",     HOST,  HOST },
    {false, false, true,  true,  "ok-p256",     HOST,  NULL },
    {false, false, true,  true,  NULL,          OTHER, HOST },
    {false, false, true,  true,  NULL,          HOST,  HOST },
    {false, false, true,  false, "ok-p256",     HOST,  HOST },
    {true,  false, true,  true,  "ok-p256",     HOST,  HOST },
    {true,  false, true,  true,  "ok-by-b",     HOST,  HOST },
    {true,  false, true,  true,  NULL,          HOST,  HOST },
    {true,  false, true,  false, "ok-p256",     HOST,  HOST },
    {true,  false, true,  true,  "ok-p256",     HOST,  OTHER},
    {true,  false, true,  true,  "ok-p256",     HOST,  NULL },
    {true,  false, true,  true,  NULL,          OTHER, HOST },
};
enum { RESUMPTIONS = sizeof resumptions / sizeof resumptions[0] };

/* Once as `r` says, then again with the session of the first time; `required`: then HOST
 * requires a certificate. */
static void connect_twice(const struct resumption *r, bool required)
{
    mbedtls_ssl_session session;

    mbedtls_ssl_session_init(&session);
    connection->registered = r->asked_first ? HOST : NULL;
    wire_open_attached(&w, &client, &server, r->first, connection);
    wire_handshake(&w, connection);
    ck_assert_int_eq(w.server_rc, 0);
    ck_assert_int_eq(w.client_rc, 0);
    rogue_fetch_ticket(&w);
    ck_assert_int_eq(mbedtls_ssl_get_session(&w.client, &session), 0);
    wire_close(&w);
    reconnect();
    connection->required = required;
    wire_open_attached(&w, &client, &server, r->second, connection);
    rogue_offer(&w, &session, r->second);
    wire_handshake(&w, connection);
    wire_close(&w);
    mbedtls_ssl_session_free(&session);
}

static void set_up_resumption(const struct resumption *r)
{
    set_up_host("ca-a", r->tls13);
    if (r->certificate != NULL) {
        client_certificate(&client, r->certificate, r->certificate, NULL);
    }
}

START_TEST(a_resumed_session_presents_nothing)
{
    const struct resumption *r = &resumptions[_i];

    if (r->tls13 && !HAVE_TLS13) {
        return;
    }
    set_up_resumption(r);
    turn_rogue(r->cache, r->tickets);
    connect_twice(r, false);
    ck_assert_msg(thief.resumed == 1, "row %d: resumed %u times", _i, thief.resumed);
    check_nothing_presented();
    rogue_stop(&thief);
    tear_down();
}
END_TEST

/* What was shown in another handshake is nothing in this one. */
START_TEST(a_resumed_session_is_refused_where_a_certificate_is_required)
{
    const struct resumption *r = &resumptions[_i];
    const bool required = r->second != NULL && strcmp(r->second, HOST) == 0;

    if ((r->tls13 && !HAVE_TLS13) || !required) {
        return;
    }
    set_up_resumption(r);
    turn_rogue(r->cache, r->tickets);
    connect_twice(r, true);
    ck_assert_uint_eq(thief.resumed, 1);
    ck_assert_int_eq(w.server_rc, MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE);
    ck_assert_uint_eq(connection->set_tls_calls, 0);
    ck_assert(postern_str_equal(postern_connection_refusal(connection),
                                postern_text("none")));
    rogue_stop(&thief);
    tear_down();
}
END_TEST

/* Whatever the host had switched on before. */
START_TEST(a_prepared_configuration_does_not_resume)
{
    const struct resumption *r = &resumptions[_i];

    if (r->tls13 && !HAVE_TLS13) {
        return;
    }
    set_up_resumption(r);
    turn_rogue(r->cache, r->tickets);
    mbedtls_ssl_conf_authmode(&server.conf, MBEDTLS_SSL_VERIFY_REQUIRED);
    ck_assert_int_eq(postern_mbedtls_configure(&server.conf, NULL), POSTERN_OK);
    connect_twice(r, false);
    ck_assert_uint_eq(thief.resumed, 0);
    ck_assert_int_eq(w.server_rc, 0);
    ck_assert(connection->fresh);
    ck_assert_int_eq(fake_connection_presented(connection),
                     r->certificate != NULL && r->second != NULL &&
                         strcmp(r->second, HOST) == 0);
    rogue_stop(&thief);
    tear_down();
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("resumption");
    TCase *tc = tcase_create("resumption");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_resumed_session_presents_nothing, 0, RESUMPTIONS);
    tcase_add_loop_test(tc,
                        a_resumed_session_is_refused_where_a_certificate_is_required, 0,
                        RESUMPTIONS);
    tcase_add_loop_test(tc, a_prepared_configuration_does_not_resume, 0, RESUMPTIONS);
    suite_add_tcase(suite, tc);
    return suite;
}
