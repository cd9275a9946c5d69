/*
 * test_sessions.c - sessions that are forged, grafted, changed or carried elsewhere, on
 * a server whose host switched resumption back on.
 */
#include "../tls/rogue.h"
#include "stage.h"

#include <mbedtls/platform.h>
#include <string.h>

enum { TICKET_MAX = 4096 };

static rogue thief;
static side owner; /* has the good certificate; `client` has none */

static void set_up(const char *policy, bool tls13)
{
    stage_up(policy, tls13);
    client_start(&owner, tls13);
    client_certificate(&owner, "ok-p256", "ok-p256", NULL);
    rogue_start(&thief, &server);
}

static void tear_down(void)
{
    stage_down();
    rogue_stop(&thief);
    side_stop(&owner);
}

static void use_id_only(side *any)
{
    mbedtls_ssl_conf_session_tickets(&any->conf, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
}

/* A whole handshake of `who`, whose session is returned. */
static void visit(side *who, const char *name, mbedtls_ssl_session *session)
{
    stage_open_by(who, name);
    wire_handshake(&w, d.connection);
    ck_assert_msg(w.server_rc == 0 && w.client_rc == 0, "-0x%x -0x%x",
                  (unsigned)-w.server_rc, (unsigned)-w.client_rc);
    rogue_fetch_ticket(&w);
    mbedtls_ssl_session_init(session);
    ck_assert_int_eq(mbedtls_ssl_get_session(&w.client, session), 0);
}

/* The client without a certificate offers `session`. */
static void offer(mbedtls_ssl_session *session, const char *name)
{
    stage_open(name);
    rogue_offer(&w, session, name);
    wire_handshake(&w, d.connection);
}

/* --- a ticket that was changed ---------------------------------------------------- */

static unsigned flip_all(mbedtls_ssl_session *session, unsigned char *at, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        at[i] = (unsigned char)(at[i] ^ (1 << i % 8));
        offer(session, A);
        ck_assert_int_eq(w.server_rc, 0); /* a full handshake, without a certificate */
        ck_assert(!rogue_resumed_on_the_wire(&w.down));
        stage_nothing_is_presented("a ticket that was changed");
        at[i] = (unsigned char)(at[i] ^ (1 << i % 8));
    }
    return (unsigned)len;
}

START_TEST(a_ticket_with_one_bit_changed_is_none)
{
    mbedtls_ssl_session session;
    unsigned flips;

    set_up(WATCHED, _i == 1);
    rogue_turn(&thief, &server, false, true);
    visit(&owner, A, &session);
    flips = flip_all(&session, session.PRIVATE(ticket), session.PRIVATE(ticket_len));
    ck_assert_uint_ge(flips, 80);
    ck_assert_uint_eq(thief.resumed, 0);
    offer(&session, A); /* as it was */
    ck_assert_uint_eq(thief.resumed, 1);
    ck_assert(rogue_resumed_on_the_wire(&w.down));
    stage_nothing_is_presented("the ticket itself");
    mbedtls_ssl_session_free(&session);
    tear_down();
}
END_TEST

START_TEST(a_session_id_with_one_bit_changed_is_none)
{
    mbedtls_ssl_session session;

    set_up(WATCHED, false);
    use_id_only(&owner);
    use_id_only(&client);
    rogue_turn(&thief, &server, true, false);
    visit(&owner, A, &session);
    ck_assert_uint_eq(session.PRIVATE(id_len), 32);
    (void)flip_all(&session, session.PRIVATE(id), session.PRIVATE(id_len));
    ck_assert_uint_eq(thief.resumed, 0);
    offer(&session, A);
    ck_assert_uint_eq(thief.resumed, 1);
    stage_nothing_is_presented("the session itself");
    mbedtls_ssl_session_free(&session);
    tear_down();
}
END_TEST

/* --- a session that went to another client ---------------------------------------- */

START_TEST(a_session_that_was_saved_and_loaded_presents_nothing)
{
    const bool switched_on = _i / VERSIONS == 1;
    unsigned char saved[TICKET_MAX];
    mbedtls_ssl_session first;
    mbedtls_ssl_session second;
    size_t len;

    set_up(WATCHED, _i % VERSIONS == 1);
    rogue_turn(&thief, &server, true, true);
    visit(&owner, A, &first);
    ck_assert_int_eq(mbedtls_ssl_session_save(&first, saved, sizeof saved, &len), 0);
    mbedtls_ssl_session_init(&second);
    ck_assert_int_eq(mbedtls_ssl_session_load(&second, saved, len), 0);
    if (!switched_on) {
        ck_assert_int_eq(postern_mbedtls_configure(&server.conf, NULL), POSTERN_OK);
    }
    offer(&second, A);
    ck_assert_int_eq(w.server_rc, 0);
    ck_assert_int_eq(rogue_resumed_on_the_wire(&w.down), switched_on);
    stage_nothing_is_presented("somebody else's session");
    mbedtls_ssl_session_free(&first);
    mbedtls_ssl_session_free(&second);
    tear_down();
}
END_TEST

/* --- hostile callbacks ------------------------------------------------------------ */

/* What a host's callbacks do with another's session, behind postern's back. */
typedef enum trick {
    GIVES_ANOTHERS,   /* whatever the ticket, the owner's session */
    GRAFTS,           /* the client's own session, with the owner's certificate in it */
    GRAFTS_AND_FAILS, /* likewise, and then an error */
    GIVES_NOTHING,    /* success, and an untouched session */
    GIVES_GARBAGE,    /* success, and a session of random secrets */
    FAILS,            /* errors of many kinds */
    FAILS_POSITIVE,
    TRICKS
} trick;

static trick played;
static unsigned plays;
static unsigned char owners[TICKET_MAX]; /* the first ticket that was written */
static size_t owners_len;

static int write_first(void *user, const mbedtls_ssl_session *session,
                       unsigned char *start, const unsigned char *end, size_t *len,
                       uint32_t *lifetime)
{
    int rc = mbedtls_ssl_ticket_write(user, session, start, end, len, lifetime);

    if (rc == 0 && owners_len == 0) {
        ck_assert_uint_le(*len, sizeof owners);
        memcpy(owners, start, *len);
        owners_len = *len;
    }
    return rc;
}

static int owners_session(void *tickets, mbedtls_ssl_session *session)
{
    unsigned char copy[TICKET_MAX]; /* parsing decrypts in place */

    memcpy(copy, owners, owners_len);
    return mbedtls_ssl_ticket_parse(tickets, session, copy, owners_len);
}

/* `session` keeps its secrets and gets the owner's certificate. */
static void graft(void *tickets, mbedtls_ssl_session *session)
{
    mbedtls_ssl_session from;
    mbedtls_x509_crt *own = session->PRIVATE(peer_cert);

    mbedtls_ssl_session_init(&from);
    ck_assert_int_eq(owners_session(tickets, &from), 0);
    session->PRIVATE(peer_cert) = from.PRIVATE(peer_cert);
    from.PRIVATE(peer_cert) = own;
    mbedtls_ssl_session_free(&from);
    if (session->PRIVATE(peer_cert) == NULL) { /* a 1.3 ticket has none: a new one */
        mbedtls_x509_crt *made = mbedtls_calloc(1, sizeof *made);

        ck_assert_ptr_nonnull(made);
        mbedtls_x509_crt_init(made);
        corpus_certificates("ok-p256", NULL, made);
        session->PRIVATE(peer_cert) = made;
    }
    session->PRIVATE(verify_result) = 0;
}

static int play(void *user, mbedtls_ssl_session *session, unsigned char *ticket,
                size_t len)
{
    static const int errors[] = {
        -1, MBEDTLS_ERR_SSL_INVALID_MAC, MBEDTLS_ERR_SSL_SESSION_TICKET_EXPIRED,
        MBEDTLS_ERR_SSL_ALLOC_FAILED, MBEDTLS_ERR_SSL_WANT_READ};
    int rc;

    plays++;
    switch (played) {
    case GIVES_ANOTHERS:
        return owners_session(user, session);
    case GRAFTS:
    case GRAFTS_AND_FAILS:
        rc = mbedtls_ssl_ticket_parse(user, session, ticket, len);
        if (rc == 0) {
            graft(user, session);
        }
        return played == GRAFTS ? rc : MBEDTLS_ERR_SSL_INVALID_MAC;
    case GIVES_GARBAGE:
        rc = mbedtls_ssl_ticket_parse(user, session, ticket, len);
        graft(user, session);
        memset(session->PRIVATE(master), 0x5a, sizeof session->PRIVATE(master));
        return rc;
    case FAILS:
        return errors[plays % 5];
    case FAILS_POSITIVE:
        return 1;
    case GIVES_NOTHING:
    case TRICKS:
        break;
    }
    return 0;
}

START_TEST(a_hostile_ticket_callback_gains_nothing)
{
    static const char *const names[] = {A, PLAIN};
    mbedtls_ssl_session victims;
    mbedtls_ssl_session own;

    set_up(WATCHED, _i % VERSIONS == 1);
    rogue_turn(&thief, &server, false, true); /* the modes that PSK needs */
    mbedtls_ssl_conf_session_tickets_cb(&server.conf, write_first, play,
                                        &thief.tickets);
    owners_len = 0;
    plays = 0;
    played = (trick)(_i / VERSIONS);
    visit(&owner, A, &victims);
    ck_assert_uint_gt(owners_len, 0);
    for (unsigned i = 0; i < 10; i++) {
        visit(&client, names[i % 2], &own);
        offer(&own, A);
        stage_nothing_is_presented("a hostile callback");
        /* Only a session with the client's own secrets can be finished. */
        ck_assert_msg(played != GRAFTS ||
                          (w.server_rc == 0 && rogue_resumed_on_the_wire(&w.down)),
                      "not grafted: -0x%x", (unsigned)-w.server_rc);
        ck_assert(played != GRAFTS ||
                  _i % VERSIONS == 1 /* 1.3 takes no certificate */ ||
                  mbedtls_ssl_get_peer_cert(&w.server) != NULL);
        mbedtls_ssl_session_free(&own);
    }
    ck_assert_uint_eq(plays, 10);
    mbedtls_ssl_session_free(&victims);
    tear_down();
}
END_TEST

/* A certificate is shown without its key; in the midst of it the host resets the
 * context, keeps the connection, and resumes a session with that certificate grafted
 * into it. */
START_TEST(what_an_unfinished_handshake_showed_does_not_count_in_another)
{
    static const char *const names[] = {A, NULL};
    const char *name = names[_i];
    mbedtls_ssl_session victims;
    mbedtls_ssl_session own;
    unsigned grafts = 0;
    side stolen;

    set_up(WATCHED, false);
    client_start(&stolen, false);
    client_certificate(&stolen, "ok-p256", "eku-server", NULL);
    rogue_turn(&thief, &server, false, true);
    mbedtls_ssl_conf_session_tickets_cb(&server.conf, write_first, play,
                                        &thief.tickets);
    owners_len = 0;
    played = GRAFTS;
    visit(&owner, A, &victims);
    visit(&client, PLAIN, &own);
    for (unsigned turns = 1; turns < 3000; turns += 40) {
        stage_open_by(&stolen, A);
        if (stage_begin(turns) != MBEDTLS_ERR_SSL_WANT_READ) {
            break;
        }
        stage_next_client(&client, name);
        rogue_offer(&w, &own, name);
        wire_handshake(&w, d.connection);
        grafts += w.client_rc == 0 && rogue_resumed_on_the_wire(&w.down);
        stage_nothing_is_presented("shown to another handshake");
    }
    ck_assert_uint_gt(grafts, 0);
    mbedtls_ssl_session_free(&victims);
    mbedtls_ssl_session_free(&own);
    tear_down();
    side_stop(&stolen);
}
END_TEST

/* The owner comes back, and the callback gives it what it had. */
START_TEST(not_even_the_owner_is_presented_by_a_callback)
{
    mbedtls_ssl_session session;

    set_up(WATCHED, _i == 1);
    rogue_turn(&thief, &server, true, true);
    visit(&owner, A, &session);
    stage_open_by(&owner, A);
    rogue_offer(&w, &session, A);
    wire_handshake(&w, d.connection);
    ck_assert_int_eq(w.server_rc, 0);
    ck_assert(rogue_resumed_on_the_wire(&w.down));
    stage_nothing_is_presented("the owner, resumed");
    mbedtls_ssl_session_free(&session);
    tear_down();
}
END_TEST

static int write_badly(void *user, const mbedtls_ssl_session *session,
                       unsigned char *start, const unsigned char *end, size_t *len,
                       uint32_t *lifetime)
{
    const unsigned *how = user;

    (void)session;
    *lifetime = 0xffffffff;
    *len = 0;
    switch (*how) {
    case 0:
        return MBEDTLS_ERR_SSL_ALLOC_FAILED;
    case 1:
        return -1;
    case 2:
        return 0; /* an empty ticket */
    case 3:
        *len = 1;
        start[0] = 0;
        return 0;
    default:
        *len = (size_t)(end - start) < 700 ? (size_t)(end - start) : 700;
        memset(start, 0xa5, *len);
        return 0;
    }
}

static int parse_never(void *user, mbedtls_ssl_session *session, unsigned char *ticket,
                       size_t len)
{
    (void)user;
    (void)session;
    (void)ticket;
    (void)len;
    return MBEDTLS_ERR_SSL_INVALID_MAC;
}

/* Whatever becomes of the handshake, the gate knows whether it ended well. */
START_TEST(a_ticket_that_cannot_be_written_changes_no_verdict)
{
    unsigned how = (unsigned)_i / VERSIONS;

    set_up(WATCHED, _i % VERSIONS == 1);
    rogue_turn(&thief, &server, false, true);
    mbedtls_ssl_conf_session_tickets_cb(&server.conf, write_badly, parse_never, &how);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    stage_shake(A);
    if (w.server_rc == 0) {
        stage_a_is_presented("a full handshake");
    } else {
        stage_nothing_is_presented("a handshake that failed");
    }
    tear_down();
}
END_TEST

/* --- a host that requires certificates -------------------------------------------- */

#define REQUIRED                                                                    \
    POLICY(MTLS(A, "ca-a", CRL("crl-a") ",'require':true") "," MTLS(B, "ca-b", ""), \
           "'" PLAIN "'", WATCH GUARDS, "")

/* A resumed session asks for no certificate, and mbedTLS is content with that. */
START_TEST(a_resumed_session_does_not_meet_a_requirement)
{
    static const char *const firsts[] = {A, B, PLAIN, NULL};
    const char *first = firsts[_i / VERSIONS];
    mbedtls_ssl_session session;

    set_up(REQUIRED, _i % VERSIONS == 1);
    rogue_turn(&thief, &server, true, true);
    visit(&owner, first, &session);
    offer(&session, A);
    ck_assert(rogue_resumed_on_the_wire(&w.down));
    ck_assert_int_ne(w.server_rc, 0);
    stage_nothing_is_presented("resumed where a certificate is required");
    mbedtls_ssl_session_free(&session);
    tear_down();
}
END_TEST

/* --- renegotiation (TLS 1.2) ------------------------------------------------------ */

static void read_both(unsigned turns)
{
    unsigned char bytes[64];

    for (unsigned i = 0; i < turns; i++) {
        (void)mbedtls_ssl_read(&w.client, bytes, sizeof bytes);
        (void)mbedtls_ssl_read(&w.server, bytes, sizeof bytes);
    }
}

/* The client starts another handshake in the one it has, with another name. */
static void renegotiate(const char *name)
{
    mbedtls_ssl_conf_renegotiation(&client.conf, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
    stage_shake(A);
    ck_assert_int_eq(w.server_rc, 0);
    stage_a_is_presented("before");
    ck_assert_int_eq(mbedtls_ssl_set_hostname(&w.client, name), 0);
    (void)mbedtls_ssl_renegotiate(&w.client);
}

START_TEST(renegotiation_is_refused_and_changes_nothing)
{
    static const char *const names[] = {A, B, PLAIN};
    size_t sent;

    set_up(WATCHED, false);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    /* Whatever the host had switched on before. */
    mbedtls_ssl_conf_renegotiation(&server.conf, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
    ck_assert_int_eq(postern_mbedtls_configure(&server.conf, NULL), POSTERN_OK);
    renegotiate(names[_i]);
    sent = w.down.written;
    read_both(8);
    ck_assert_uint_gt(w.down.written, sent);       /* an answer, */
    ck_assert_uint_eq(w.down.bytes[sent], 21);     /* which is an alert */
    ck_assert_uint_lt(w.down.written - sent, 100); /* and no handshake */
    stage_a_is_presented("after a refused renegotiation");
    ck_assert(text_is(postern_connection_sni(d.connection), A));
    tear_down();
}
END_TEST

/* A host that allows it behind postern's back: what was shown stays what it was. */
START_TEST(renegotiation_behind_our_back_shows_nothing_new)
{
    static const char *const names[] = {A, B, PLAIN};
    size_t sent;

    set_up(WATCHED, false);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    mbedtls_ssl_conf_renegotiation(&server.conf, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
    renegotiate(names[_i]);
    sent = w.down.written;
    read_both(8);
    ck_assert_uint_gt(w.down.written - sent, 500); /* it does happen */
    stage_a_is_presented("after a renegotiation");
    ck_assert(text_is(postern_connection_sni(d.connection), A));
    tear_down();
}
END_TEST

/* Nobody who had no certificate gets one by it. */
START_TEST(renegotiation_with_a_certificate_presents_none)
{
    set_up(WATCHED, false);
    mbedtls_ssl_conf_renegotiation(&server.conf, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
    mbedtls_ssl_conf_renegotiation(&client.conf, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
    stage_shake(_i == 0 ? A : PLAIN);
    ck_assert_int_eq(w.server_rc, 0);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    ck_assert_int_eq(mbedtls_ssl_set_hostname(&w.client, A), 0);
    (void)mbedtls_ssl_renegotiate(&w.client);
    read_both(8);
    stage_nothing_is_presented("a certificate in a second handshake");
    tear_down();
}
END_TEST

/* The host hands the second handshake, once begun, to postern: that is another one than
 * it knew. */
START_TEST(renegotiation_by_postern_presents_nothing_more)
{
    set_up(WATCHED, false);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    mbedtls_ssl_conf_renegotiation(&server.conf, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
    mbedtls_ssl_conf_renegotiation(&client.conf, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
    stage_shake(A);
    ck_assert_int_eq(w.server_rc, 0);
    (void)mbedtls_ssl_renegotiate(&w.server); /* asks for it */
    read_both(1);
    ck_assert_int_ne(postern_mbedtls_handshake(d.connection, &w.server), 0);
    stage_nothing_is_presented("a renegotiation by postern");
    tear_down();
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("immunity-sessions");
    TCase *tc = tcase_create("immunity-sessions");

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, a_ticket_with_one_bit_changed_is_none, 0, VERSIONS);
    tcase_add_test(tc, a_session_id_with_one_bit_changed_is_none);
    tcase_add_loop_test(tc, a_session_that_was_saved_and_loaded_presents_nothing, 0,
                        2 * VERSIONS);
    tcase_add_loop_test(tc, a_hostile_ticket_callback_gains_nothing, 0,
                        TRICKS * VERSIONS);
    tcase_add_loop_test(
        tc, what_an_unfinished_handshake_showed_does_not_count_in_another, 0, 2);
    tcase_add_loop_test(tc, not_even_the_owner_is_presented_by_a_callback, 0, VERSIONS);
    tcase_add_loop_test(tc, a_ticket_that_cannot_be_written_changes_no_verdict, 0,
                        5 * VERSIONS);
    tcase_add_loop_test(tc, a_resumed_session_does_not_meet_a_requirement, 0,
                        4 * VERSIONS);
    tcase_add_loop_test(tc, renegotiation_is_refused_and_changes_nothing, 0, 3);
    tcase_add_loop_test(tc, renegotiation_behind_our_back_shows_nothing_new, 0, 3);
    tcase_add_loop_test(tc, renegotiation_with_a_certificate_presents_none, 0, 2);
    tcase_add_test(tc, renegotiation_by_postern_presents_nothing_more);
    suite_add_tcase(suite, tc);
    return suite;
}
