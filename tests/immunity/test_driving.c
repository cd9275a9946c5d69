/*
 * test_driving.c - hosts that drive a handshake in another way than they should: by
 * mbedTLS's reading and writing, in pieces, twice, on a context that was used before,
 * or with callbacks of their own. Nothing may be presented that postern did not see.
 */
#include "stage.h"

#include <string.h>

static void set_up(bool tls13)
{
    stage_up(WATCHED, tls13);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
}

/* --- who ends the handshake ------------------------------------------------------- */

typedef enum driver { BY_READ, BY_WRITE, BY_STEP, BY_HANDSHAKE, DRIVERS } driver;

static void drive(driver by)
{
    unsigned char bytes[16] = "x";

    switch (by) {
    case BY_READ:
        w.server_rc = mbedtls_ssl_read(&w.server, bytes, sizeof bytes);
        break;
    case BY_WRITE:
        w.server_rc = mbedtls_ssl_write(&w.server, bytes, 1);
        break;
    case BY_STEP:
        w.server_rc = mbedtls_ssl_handshake_step(&w.server);
        break;
    case BY_HANDSHAKE:
    case DRIVERS:
        w.server_rc = mbedtls_ssl_handshake(&w.server);
        break;
    }
    if (w.client_rc == MBEDTLS_ERR_SSL_WANT_READ) {
        w.client_rc = mbedtls_ssl_handshake(&w.client);
    }
}

static void finish(driver by)
{
    if (w.client_rc == MBEDTLS_ERR_SSL_WANT_READ) {
        w.client_rc = mbedtls_ssl_handshake(&w.client);
    }
    for (unsigned i = 0; i < 40; i++) {
        drive(by);
    }
}

START_TEST(a_handshake_that_ends_elsewhere_presents_nothing)
{
    static const unsigned turns[] = {0, 1, 60, 150, 400, 700, 800, 900, 1000, 1100};
    unsigned finished = 0;

    set_up(_i % VERSIONS == 1);
    for (unsigned i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        stage_open(A);
        if (stage_begin(turns[i]) == 0) {
            stage_a_is_presented("postern was in time");
            continue;
        }
        finish((driver)(_i / VERSIONS));
        finished += w.client_rc == 0;
        stage_nothing_is_presented("a handshake that ended elsewhere");
        /* It is too late to tell postern. */
        (void)postern_mbedtls_handshake(d.connection, &w.server);
        stage_nothing_is_presented("a handshake told of afterwards");
    }

    ck_assert_uint_ge(finished, 3); /* there was something that could be presented */
    stage_down();
}
END_TEST

/* The client has the certificate and another key, and the host tries again and again. */
START_TEST(a_stolen_certificate_is_not_presented_whoever_drives)
{
    bool asked; /* by postern; the host's own handshake asks nobody */
    int rc;

    stage_up(WATCHED, _i % VERSIONS == 1);
    client_certificate(&client, "ok-p256", "eku-server", NULL);
    for (unsigned turns = 0; turns < 1500; turns += 150) {
        stage_open(A);
        (void)stage_begin(turns);
        finish((driver)(_i / VERSIONS));
        asked = postern_connection_sni(d.connection).len > 0;
        ck_assert_msg(!asked || w.server_rc != 0, "%u: -0x%x", turns,
                      (unsigned)-w.server_rc);
        stage_nothing_is_presented("a stolen certificate");
        for (unsigned i = 0; i < 3; i++) {
            rc = postern_mbedtls_handshake(d.connection, &w.server);
            ck_assert_msg(!asked || rc != 0, "%u", turns);
            stage_nothing_is_presented("a stolen certificate, told of afterwards");
        }
    }
    stage_down();
}
END_TEST

/* --- two connections, one context ------------------------------------------------- */

static void another(void)
{
    const postern_address peer = {
        .family = 4, .bytes = {192, 0, 2, 8}
    };

    ck_assert_int_eq(
        postern_connection_new(d.gate, &peer, postern_text("public"), &d.connection),
        POSTERN_OK);
}

/* One connection begins the handshake, another one ends it. */
START_TEST(a_handshake_begun_on_another_connection_presents_nothing)
{
    postern_connection *first;

    set_up(_i % VERSIONS == 1);
    stage_open(A);
    do { /* until the hello was read, and then some more */
        ck_assert_int_eq(stage_begin(1), MBEDTLS_ERR_SSL_WANT_READ);
    } while (postern_connection_sni(d.connection).len == 0);
    ck_assert_int_ne(stage_begin(150 * (unsigned)(_i / VERSIONS)), 0);
    first = d.connection;
    another();
    ck_assert_int_eq(postern_mbedtls_attach(d.connection, &w.server), POSTERN_OK);
    wire_handshake(&w, d.connection);
    stage_nothing_is_presented("the second half of a handshake");
    postern_connection_free(d.connection);
    d.connection = first;
    stage_nothing_is_presented("the first half of a handshake");
    (void)postern_mbedtls_handshake(d.connection, &w.server);
    stage_nothing_is_presented("the first half, and the end");
    stage_down();
}
END_TEST

START_TEST(a_connection_beside_the_handshake_presents_nothing)
{
    postern_connection *first;

    set_up(_i == 1);
    stage_shake(A);
    ck_assert_int_eq(w.server_rc, 0);
    first = d.connection;
    another();
    ck_assert_int_eq(postern_mbedtls_attach(d.connection, &w.server), POSTERN_OK);
    stage_nothing_is_presented("attached afterwards");
    (void)postern_mbedtls_handshake(d.connection, &w.server);
    stage_nothing_is_presented("told afterwards");
    postern_connection_free(d.connection);
    d.connection = first;
    stage_a_is_presented("the first one");
    stage_down();
}
END_TEST

/* --- once is once ----------------------------------------------------------------- */

START_TEST(a_handshake_is_told_once)
{
    const postern_tls_info nothing = {.size = sizeof nothing, .fresh = true};

    set_up(_i == 1);
    stage_shake(A);
    ck_assert_int_eq(w.server_rc, 0);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(postern_mbedtls_handshake(d.connection, &w.server), 0);
        stage_a_is_presented("called again");
    }
    ck_assert_int_eq(postern_connection_set_tls(d.connection, &nothing), POSTERN_STATE);
    stage_nothing_is_presented("told twice");
    (void)postern_mbedtls_handshake(d.connection, &w.server);
    stage_nothing_is_presented("told twice, called again");
    stage_down();
}
END_TEST

/* --- a context that is used again ------------------------------------------------- */

/* The loop index says which version, and whether the host takes a new connection. */
START_TEST(a_context_that_is_reset_is_nobodys)
{
    const bool tls13 = _i % VERSIONS == 1;
    const bool anew = _i / VERSIONS == 1;
    side stranger;

    set_up(tls13);
    client_start(&stranger, tls13);
    stage_shake(A);
    ck_assert_int_eq(w.server_rc, 0);
    stage_a_is_presented("the first client");
    stage_next_client(&stranger, A);
    if (anew) {
        door_connect(&d);
        ck_assert_int_eq(postern_mbedtls_attach(d.connection, &w.server), POSTERN_OK);
        ck_assert_int_eq(postern_mbedtls_set_bio(d.connection, &w.server, &w,
                                                 server_send, server_receive),
                         POSTERN_OK);
    }
    wire_handshake(&w, d.connection);
    ck_assert_int_eq(w.server_rc == 0, anew);
    stage_nothing_is_presented("the second client");
    stage_next_client(&client, A); /* with the certificate, as the first one */
    if (anew) {
        door_connect(&d);
        ck_assert_int_eq(postern_mbedtls_attach(d.connection, &w.server), POSTERN_OK);
        wire_handshake(&w, d.connection);
        ck_assert_int_eq(w.server_rc, 0);
        stage_a_is_presented("the third client");
    } else {
        wire_handshake(&w, d.connection);
        stage_nothing_is_presented("the third client");
    }
    stage_down();
    side_stop(&stranger);
}
END_TEST

/* The second client is through before postern is called again. */
START_TEST(a_reset_is_noticed_when_the_host_drives_the_next_client)
{
    const bool tls13 = _i % VERSIONS == 1;
    side stranger;

    set_up(tls13);
    client_start(&stranger, tls13);
    stage_shake(A);
    stage_a_is_presented("the first client");
    stage_next_client(&stranger, A);
    finish((driver)(_i / VERSIONS));
    ck_assert_int_eq(w.client_rc, 0); /* it got in; the host knows no better */
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(postern_mbedtls_handshake(d.connection, &w.server),
                         MBEDTLS_ERR_SSL_BAD_INPUT_DATA);
        stage_nothing_is_presented("the second client");
    }
    stage_down();
    side_stop(&stranger);
}
END_TEST

/* The next client has a certificate too, and a connection of its own. */
START_TEST(a_reset_is_noticed_when_the_next_client_shows_another_certificate)
{
    const bool tls13 = _i == 1;
    postern_connection *first;
    side other;

    set_up(tls13);
    client_start(&other, tls13);
    client_certificate(&other, "ok-rsa2048", "ok-rsa2048", NULL);
    stage_shake(A);
    first = d.connection;
    stage_next_client(&other, A);
    another();
    ck_assert_int_eq(postern_mbedtls_attach(d.connection, &w.server), POSTERN_OK);
    wire_handshake(&w, d.connection);
    stage_a_is_presented("the next client");
    ck_assert_int_ne(postern_mbedtls_handshake(first, &w.server), 0);
    postern_connection_free(d.connection);
    d.connection = first;
    stage_nothing_is_presented("the first client's connection");
    stage_down();
    side_stop(&other);
}
END_TEST

/* --- what a host might set besides ------------------------------------------------ */

static int approve(void *user, mbedtls_x509_crt *certificate, int depth,
                   uint32_t *flags)
{
    (void)user;
    (void)certificate;
    (void)depth;
    *flags = 0;
    return 0;
}

static int choose_loosely(void *user, mbedtls_ssl_context *ssl,
                          const unsigned char *name, size_t len)
{
    (void)user;
    (void)name;
    (void)len;
    mbedtls_ssl_set_hs_authmode(ssl, MBEDTLS_SSL_VERIFY_OPTIONAL);
    mbedtls_ssl_set_verify(ssl, approve, NULL);
    return 0;
}

/* Hosts that say yes to everything change nothing for a certificate of another CA. */
START_TEST(a_host_that_approves_of_all_changes_no_verdict)
{
    static const postern_mbedtls_options loose = {.next_sni = choose_loosely};
    const unsigned how = (unsigned)_i / VERSIONS;

    stage_up(WATCHED, _i % VERSIONS == 1);
    client_certificate(&client, "ok-by-b", "ok-by-b", NULL);
    if (how == 0) {
        mbedtls_ssl_conf_verify(&server.conf, approve, NULL);
    } else if (how == 1) {
        mbedtls_ssl_conf_authmode(&server.conf, MBEDTLS_SSL_VERIFY_OPTIONAL);
        mbedtls_ssl_conf_ca_chain(&server.conf, &client.certificate, NULL);
    } else {
        ck_assert_int_eq(postern_mbedtls_configure(&server.conf, &loose), POSTERN_OK);
    }
    stage_open(A);
    if (how == 0) {
        mbedtls_ssl_set_verify(&w.server, approve, NULL);
    }
    wire_handshake(&w, d.connection);
    door_ask(&d, A);
    ck_assert_int_ne(d.verdict.outcome, POSTERN_ALLOWED);
    ck_assert(!stage_saw("verified"));
    if (how < 2) {
        door_expect(&d, "of another CA", kept_out("untrusted-issuer"));
    }
    stage_shake(PLAIN); /* where nobody is asked */
    stage_nothing_is_presented("a plain host");
    stage_down();
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("immunity-driving");
    TCase *tc = tcase_create("immunity-driving");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_handshake_that_ends_elsewhere_presents_nothing, 0,
                        DRIVERS * VERSIONS);
    tcase_add_loop_test(tc, a_stolen_certificate_is_not_presented_whoever_drives, 0,
                        DRIVERS * VERSIONS);
    tcase_add_loop_test(tc, a_handshake_begun_on_another_connection_presents_nothing, 0,
                        5 * VERSIONS);
    tcase_add_loop_test(tc, a_connection_beside_the_handshake_presents_nothing, 0,
                        VERSIONS);
    tcase_add_loop_test(tc, a_handshake_is_told_once, 0, VERSIONS);
    tcase_add_loop_test(tc, a_context_that_is_reset_is_nobodys, 0, 2 * VERSIONS);
    tcase_add_loop_test(tc, a_reset_is_noticed_when_the_host_drives_the_next_client, 0,
                        DRIVERS * VERSIONS);
    tcase_add_loop_test(
        tc, a_reset_is_noticed_when_the_next_client_shows_another_certificate, 0,
        VERSIONS);
    tcase_add_loop_test(tc, a_host_that_approves_of_all_changes_no_verdict, 0,
                        3 * VERSIONS);
    suite_add_tcase(suite, tc);
    return suite;
}
