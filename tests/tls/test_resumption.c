/*
 * Sessions that are resumed: not with a prepared configuration; and if the host has
 * switched resumption back on, nothing is presented on them.
 */
#include "../harness/harness.h"
#include "scene.h"

#include <mbedtls/ssl_cache.h>
#include <mbedtls/ssl_ticket.h>
#include <string.h>

/* --- resumption -------------------------------------------------------------------- */

/* A host that switches resumption back on, behind postern's back. */
typedef struct rogue {
    mbedtls_ssl_ticket_context tickets;
    mbedtls_ssl_cache_context cache;
    unsigned resumed;
} rogue;

static rogue thief;

static int parse_ticket(void *user, mbedtls_ssl_session *session, unsigned char *ticket,
                        size_t len)
{
    rogue *r = user;
    int rc = mbedtls_ssl_ticket_parse(&r->tickets, session, ticket, len);

    r->resumed += rc == 0;
    return rc;
}

static int write_ticket(void *user, const mbedtls_ssl_session *session,
                        unsigned char *start, const unsigned char *end, size_t *len,
                        uint32_t *lifetime)
{
    rogue *r = user;

    return mbedtls_ssl_ticket_write(&r->tickets, session, start, end, len, lifetime);
}

#if HAVE_TLS13
static int get_cached(void *user, unsigned char const *id, size_t id_len,
                      mbedtls_ssl_session *session)
{
    rogue *r = user;
    int rc = mbedtls_ssl_cache_get(&r->cache, id, id_len, session);

    r->resumed += rc == 0;
    return rc;
}

static int set_cached(void *user, unsigned char const *id, size_t id_len,
                      const mbedtls_ssl_session *session)
{
    rogue *r = user;

    return mbedtls_ssl_cache_set(&r->cache, id, id_len, session);
}

static void allow_tls13_tickets(mbedtls_ssl_config *conf)
{
    mbedtls_ssl_conf_new_session_tickets(conf, 1);
    mbedtls_ssl_conf_tls13_key_exchange_modes(conf,
                                              MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_ALL);
}

/* In 1.3 the ticket comes after the handshake; reading takes some turns. */
static void fetch_ticket(void)
{
    unsigned char buffer[16];
    unsigned turns;

    for (turns = 0; turns < 4; turns++) {
        (void)mbedtls_ssl_read(&w.client, buffer, sizeof buffer);
    }
}
#else
static int get_cached(void *user, mbedtls_ssl_session *session)
{
    rogue *r = user;
    int rc = mbedtls_ssl_cache_get(&r->cache, session);

    r->resumed += rc == 0;
    return rc;
}

static int set_cached(void *user, const mbedtls_ssl_session *session)
{
    rogue *r = user;

    return mbedtls_ssl_cache_set(&r->cache, session);
}

static void allow_tls13_tickets(mbedtls_ssl_config *conf)
{
    (void)conf;
}

static void fetch_ticket(void)
{
}
#endif

static void turn_rogue(bool cache, bool tickets)
{
    memset(&thief, 0, sizeof thief);
    mbedtls_ssl_ticket_init(&thief.tickets);
    mbedtls_ssl_cache_init(&thief.cache);
    if (cache) {
        mbedtls_ssl_conf_session_cache(&server.conf, &thief, get_cached, set_cached);
    }
    if (tickets) {
        ck_assert_int_eq(
            mbedtls_ssl_ticket_setup(&thief.tickets, mbedtls_ctr_drbg_random,
                                     &server.random, MBEDTLS_CIPHER_AES_256_GCM, 86400),
            0);
        mbedtls_ssl_conf_session_tickets_cb(&server.conf, write_ticket, parse_ticket,
                                            &thief);
        allow_tls13_tickets(&server.conf);
    }
}

static const struct resumption {
    bool tls13;
    bool cache;
    bool tickets;
    bool asked_first; /* is HOST registered when the session is made? */
    const char *certificate;
    const char *first;
    const char *second; /* in 1.3 the client wants the same name again */
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
    fetch_ticket();
    ck_assert_int_eq(mbedtls_ssl_get_session(&w.client, &session), 0);
    wire_close(&w);
    reconnect();
    connection->required = required;
    wire_open_attached(&w, &client, &server, r->second, connection);
    ck_assert_int_eq(mbedtls_ssl_set_session(&w.client, &session), 0);
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
    /* mbedTLS does not resume 1.3 with a session of another server name. */
    if (!(r->tls13 && r->first != r->second)) {
        ck_assert_msg(thief.resumed == 1, "row %d: resumed %u times", _i,
                      thief.resumed);
    }
    check_nothing_presented();
    mbedtls_ssl_ticket_free(&thief.tickets);
    mbedtls_ssl_cache_free(&thief.cache);
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
    if (thief.resumed == 1) {
        ck_assert_int_eq(w.server_rc, MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE);
        ck_assert_uint_eq(connection->set_tls_calls, 0);
        ck_assert(postern_str_equal(postern_connection_refusal(connection),
                                    postern_text("none")));
    }
    ck_assert(thief.resumed == 1 || r->tls13);
    mbedtls_ssl_ticket_free(&thief.tickets);
    mbedtls_ssl_cache_free(&thief.cache);
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
    mbedtls_ssl_ticket_free(&thief.tickets);
    mbedtls_ssl_cache_free(&thief.cache);
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
