/*
 * Real handshakes between an mbedTLS client and a server with postern, over a
 * memory pipe: what each certificate gives, and what is left when a step is not.
 */
#include "../harness/harness.h"
#include "scene.h"

#include <stdlib.h>
#include <string.h>

static bool same_bytes(const mbedtls_x509_crt *certificate, postern_str der)
{
    return certificate->raw.len == der.len &&
           memcmp(certificate->raw.p, der.data, der.len) == 0;
}

/* --- what each certificate gives --------------------------------------------------- */

enum { UNTRUSTED = 1, WEAK_SIGNATURE = 2, WEAK_KEY = 4, ONLY_TLS12 = 64 };

static const struct row {
    const char *certificate;
    const char *chain; /* NULL: none is sent */
    const char *ca;
    size_t path_count;
    int objections; /* of any certificate on the path */
} rows[] = {
    {"ok-p256",       NULL,            "ca-a",    2, 0                    },
    {"ok-p384",       NULL,            "ca-a",    2, 0                    },
    {"ok-p521",       NULL,            "ca-a",    2, 0                    },
    {"ok-rsa2048",    NULL,            "ca-a",    2, 0                    },
    {"ok-rsa4096",    NULL,            "ca-a",    2, 0                    },
    {"ok-int",        "ok-int",        "ca-a",    3, 0                    },
    {"ok-int",        "with-root",     "ca-a",    3, 0                    },
    {"ok-int",        NULL,            "ca-a",    1, UNTRUSTED            },
    {"ok-by-p384",    NULL,            "ca-p384", 2, 0                    },
    {"ok-by-b",       NULL,            "ca-a",    1, UNTRUSTED            },
    {"by-impostor",   NULL,            "ca-a",    1, UNTRUSTED            },
    {"self-signed",   NULL,            "ca-a",    1, UNTRUSTED            },
    {"by-deep3",      "by-deep3",      "ca-b",    4, UNTRUSTED            },
    {"expired",       NULL,            "ca-a",    2, 0                    },
    {"notyet",        NULL,            "ca-a",    2, 0                    },
    {"revoked",       NULL,            "ca-a",    2, 0                    },
    {"by-expired-ca", NULL,            "ca-exp",  2, 0                    },
    {"eku-server",    NULL,            "ca-a",    2, 0                    },
    {"ku-nosig",      NULL,            "ca-a",    2, 0                    },
    {"sig-sha512",    NULL,            "ca-a",    2, 0                    },
    {"sig-sha1",      NULL,            "ca-a",    2, WEAK_SIGNATURE       },
    {"key-rsa1024",   NULL,            "ca-a",    2, WEAK_KEY | ONLY_TLS12},
    {"key-secp256k1", NULL,            "ca-a",    2, WEAK_KEY | ONLY_TLS12},
    {"by-int-server", "by-int-server", "ca-a",    3, 0                    },
    {"by-noca",       "by-noca",       "ca-a",    1, UNTRUSTED            },
    {"by-pathlen",    "by-pathlen",    "ca-a",    2, UNTRUSTED            },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* Gathers what trust_verify shows; a depth is shown once. */
typedef struct seen_path {
    char *copies[FAKE_MAX];
    postern_path_step steps[FAKE_MAX];
    size_t count;
} seen_path;

static bool see(void *user, unsigned depth, const postern_path_step *step)
{
    seen_path *seen = user;

    ck_assert_uint_lt(depth, FAKE_MAX);
    ck_assert_ptr_null(seen->copies[depth]);
    seen->copies[depth] = malloc(step->certificate.len);
    ck_assert_ptr_nonnull(seen->copies[depth]);
    memcpy(seen->copies[depth], step->certificate.data, step->certificate.len);
    seen->steps[depth] = *step;
    seen->steps[depth].certificate.data = seen->copies[depth];
    seen->count++;
    return true;
}

/* The path built from the kept chain must say what the handshake's path said. */
static void check_same_path(const struct row *row)
{
    const postern_crypto *crypto = postern_mbedtls_crypto();
    seen_path again = {.count = 0};
    size_t i;

    ck_assert_int_eq(crypto->trust_verify(crypto->context, trust, connection->chain,
                                          connection->chain_count, see, &again),
                     POSTERN_OK);
    ck_assert_msg(again.count == connection->path_count, "%s: %zu and %zu",
                  row->certificate, again.count, connection->path_count);
    for (i = 0; i < again.count; i++) {
        ck_assert_msg(postern_str_equal(again.steps[i].certificate,
                                        connection->path[i].certificate),
                      "%s: certificate %zu differs", row->certificate, i);
        ck_assert_msg(again.steps[i].objections == connection->path[i].objections,
                      "%s: objections to %zu are %u and %u", row->certificate, i,
                      again.steps[i].objections, connection->path[i].objections);
        free(again.copies[i]);
    }
}

static void check_chain(const struct row *row)
{
    const mbedtls_x509_crt *sent = &client.certificate;
    size_t i;

    for (i = 0; i < connection->chain_count; i++) {
        ck_assert_msg(sent != NULL && same_bytes(sent, connection->chain[i]),
                      "%s: chain %zu", row->certificate, i);
        sent = sent->next;
    }
    ck_assert_ptr_null(sent);
}

START_TEST(a_certificate_is_handed_over_with_its_path)
{
    const struct row *row = &rows[_i % ROWS];
    bool tls13 = _i >= ROWS;
    int objections = 0;
    size_t i;

    if (tls13 && (row->objections & ONLY_TLS12) != 0) {
        return;
    }
    set_up_host(row->ca, tls13);
    client_certificate(&client, row->certificate, row->certificate, row->chain);
    connect_to(HOST);
    ck_assert_msg(w.server_rc == 0, "%s: -0x%x", row->certificate,
                  (unsigned)-w.server_rc);
    ck_assert_msg(fake_connection_presented(connection), "%s", row->certificate);
    check_chain(row);
    for (i = 0; i < connection->path_count; i++) {
        objections |= (int)connection->path[i].objections;
    }
    ck_assert_msg(objections == (row->objections & ~ONLY_TLS12), "%s: objections %d",
                  row->certificate, objections);
    ck_assert_msg(connection->path_count == row->path_count, "%s: path of %zu",
                  row->certificate, connection->path_count);
    check_same_path(row);
    tear_down();
}
END_TEST

START_TEST(a_certificate_mbedtls_cannot_read_ends_the_handshake)
{
    static const char *const unreadable[] = {"ok-p256"};

    /* The client sends what it cannot read either: valid, then cut short. */
    set_up();
    client_certificate(&client, unreadable[0], unreadable[0], NULL);
    client.certificate.raw.len -= 7;
    connect_to(HOST);
    client.certificate.raw.len += 7;
    ck_assert_int_ne(w.server_rc, 0);
    ck_assert_uint_eq(connection->set_tls_calls, 0);
    tear_down();
}
END_TEST

/* --- nothing to present ------------------------------------------------------------ */

START_TEST(a_client_without_a_certificate_presents_nothing)
{
    set_up_host("ca-a", _i == 1);
    connect_to(HOST);
    check_nothing_presented();
    ck_assert(connection->fresh);
    tear_down();
}
END_TEST

START_TEST(a_host_that_is_not_registered_asks_for_nothing)
{
    set_up_host("ca-a", _i == 1);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    connect_to(OTHER);
    check_nothing_presented();
    tear_down();
}
END_TEST

START_TEST(without_a_server_name_nothing_is_asked)
{
    set_up_host("ca-a", _i == 1);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    connect_to(NULL);
    check_nothing_presented();
    ck_assert_uint_eq(connection->sni_calls, 0);
    tear_down();
}
END_TEST

START_TEST(a_stolen_certificate_hands_over_nothing)
{
    set_up_host("ca-a", _i == 1);
    client_certificate(&client, "ok-p256", "eku-server", NULL);
    connect_to(HOST);
    ck_assert_int_ne(w.server_rc, 0);
    ck_assert_uint_eq(connection->set_tls_calls, 0);
    tear_down();
}
END_TEST

START_TEST(the_name_arrives_as_it_was_sent)
{
    set_up();
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    connect_to("SERVICE.Example.COM");
    ck_assert_str_eq(connection->sni, "SERVICE.Example.COM");
    ck_assert(fake_connection_presented(connection));
    tear_down();
}
END_TEST

/* A host that sets the authmode after all asks for itself, not for the connection;
 * and where there is a name that is not registered, not even that. */
START_TEST(a_certificate_nobody_asked_for_is_not_presented)
{
    const char *name = _i % 2 == 0 ? NULL : OTHER;

    set_up_host("ca-a", _i >= 2);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    mbedtls_ssl_conf_authmode(&server.conf, MBEDTLS_SSL_VERIFY_OPTIONAL);
    wire_open_attached(&w, &client, &server, name, connection);
    wire_handshake(&w, connection);
    ck_assert_int_eq(mbedtls_ssl_get_peer_cert(&w.server) != NULL, name == NULL);
    check_nothing_presented();
    wire_close(&w);
    tear_down();
}
END_TEST

/* --- steps left out or repeated ---------------------------------------------------- */

START_TEST(a_context_that_was_not_attached_asks_nobody)
{
    set_up_host("ca-a", _i == 1);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    wire_open(&w, &client, &server, HOST);
    wire_handshake(&w, NULL);
    ck_assert_int_eq(w.server_rc, 0);
    ck_assert_int_eq(w.client_rc, 0);
    ck_assert_ptr_null(mbedtls_ssl_get_peer_cert(&w.server));
    wire_close(&w);
    tear_down();
}
END_TEST

START_TEST(a_handshake_driven_by_the_host_presents_nothing)
{
    set_up_host("ca-a", _i == 1);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    wire_open_attached(&w, &client, &server, HOST, connection);
    wire_handshake(&w, NULL);
    ck_assert_int_eq(w.server_rc, 0);
    ck_assert_uint_eq(connection->sni_calls, 0);
    ck_assert_int_eq(postern_mbedtls_handshake(connection, &w.server), 0);
    check_nothing_presented();
    wire_close(&w);
    tear_down();
}
END_TEST

/* The callbacks are there for the first part, and gone when the certificate comes. */
START_TEST(a_handshake_finished_by_the_host_presents_nothing)
{
    set_up_host("ca-a", _i == 1);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    wire_open_attached(&w, &client, &server, HOST, connection);
    ck_assert_int_eq(mbedtls_ssl_handshake(&w.client), MBEDTLS_ERR_SSL_WANT_READ);
    ck_assert_int_eq(postern_mbedtls_handshake(connection, &w.server),
                     MBEDTLS_ERR_SSL_WANT_READ);
    ck_assert_uint_eq(connection->sni_calls, 1);
    wire_handshake(&w, NULL);
    ck_assert_int_eq(w.server_rc, 0);
    ck_assert_ptr_nonnull(mbedtls_ssl_get_peer_cert(&w.server));
    ck_assert_int_eq(postern_mbedtls_handshake(connection, &w.server), 0);
    check_nothing_presented();
    ck_assert(!connection->fresh);
    wire_close(&w);
    tear_down();
}
END_TEST

START_TEST(calls_out_of_order_are_refused)
{
    mbedtls_ssl_context other;

    set_up();
    mbedtls_ssl_init(&other);
    wire_open(&w, &client, &server, HOST);
    ck_assert_int_eq(
        postern_mbedtls_set_bio(connection, &w.server, &w, server_send, server_receive),
        POSTERN_STATE);
    ck_assert_int_eq(postern_mbedtls_handshake(connection, &w.server),
                     MBEDTLS_ERR_SSL_BAD_INPUT_DATA);
    ck_assert_int_eq(postern_mbedtls_attach(connection, &w.server), POSTERN_OK);
    ck_assert_int_eq(postern_mbedtls_attach(connection, &w.server), POSTERN_STATE);
    ck_assert_int_eq(postern_mbedtls_attach(connection, &other), POSTERN_STATE);
    ck_assert_int_eq(
        postern_mbedtls_set_bio(connection, &other, &w, server_send, server_receive),
        POSTERN_STATE);
    ck_assert_int_eq(postern_mbedtls_handshake(connection, &other),
                     MBEDTLS_ERR_SSL_BAD_INPUT_DATA);
    ck_assert_uint_eq(connection->set_tls_calls, 0);
    wire_close(&w);
    tear_down();
}
END_TEST

START_TEST(a_finished_handshake_stays_finished)
{
    set_up();
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    wire_open_attached(&w, &client, &server, HOST, connection);
    wire_handshake(&w, connection);
    ck_assert_int_eq(postern_mbedtls_handshake(connection, &w.server), 0);
    ck_assert_int_eq(postern_mbedtls_handshake(connection, &w.server), 0);
    ck_assert_uint_eq(connection->set_tls_calls, 1);
    ck_assert(fake_connection_presented(connection));
    wire_close(&w);
    tear_down();
}
END_TEST

START_TEST(a_failed_handshake_stays_failed)
{
    int first;

    set_up();
    client_certificate(&client, "ok-p256", "eku-server", NULL);
    wire_open_attached(&w, &client, &server, HOST, connection);
    wire_handshake(&w, connection);
    first = w.server_rc;
    ck_assert_int_ne(first, 0);
    ck_assert_int_eq(postern_mbedtls_handshake(connection, &w.server), first);
    ck_assert_int_eq(mbedtls_ssl_session_reset(&w.server), 0);
    ck_assert_int_eq(postern_mbedtls_handshake(connection, &w.server), first);
    ck_assert_uint_eq(connection->set_tls_calls, 0);
    wire_close(&w);
    tear_down();
}
END_TEST

START_TEST(a_context_reset_under_its_connection_presents_nothing_more)
{
    set_up();
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    wire_open_attached(&w, &client, &server, HOST, connection);
    wire_handshake(&w, connection);
    ck_assert(fake_connection_presented(connection));
    ck_assert_int_eq(mbedtls_ssl_session_reset(&w.server), 0);
    ck_assert_int_eq(postern_mbedtls_handshake(connection, &w.server),
                     MBEDTLS_ERR_SSL_BAD_INPUT_DATA);
    ck_assert_uint_eq(connection->set_tls_calls, 2); /* the second one poisons */
    wire_close(&w);
    tear_down();
}
END_TEST

START_TEST(a_context_used_again_without_reset_presents_nothing)
{
    set_up();
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    wire_open_attached(&w, &client, &server, HOST, connection);
    wire_handshake(&w, connection);
    reconnect();
    ck_assert_int_eq(postern_mbedtls_attach(connection, &w.server), POSTERN_OK);
    ck_assert_int_eq(postern_mbedtls_handshake(connection, &w.server), 0);
    check_nothing_presented();
    wire_close(&w);
    tear_down();
}
END_TEST

/* ASan watches: the context must not point to what was freed. */
START_TEST(the_context_outlives_its_connection)
{
    const unsigned char text[] = "x";

    set_up();
    wire_open_attached(&w, &client, &server, HOST, connection);
    if (_i == 0) {
        wire_handshake(&w, connection);
        postern_connection_free(connection);
        connection = NULL;
        ck_assert_int_eq(mbedtls_ssl_write(&w.server, text, 1), 1);
        ck_assert_int_eq(mbedtls_ssl_close_notify(&w.server), 0);
    } else {
        (void)mbedtls_ssl_handshake(&w.client);
        ck_assert_int_eq(postern_mbedtls_handshake(connection, &w.server),
                         MBEDTLS_ERR_SSL_WANT_READ);
        postern_connection_free(connection);
        connection = NULL;
        wire_handshake(&w, NULL);
        ck_assert_int_eq(w.server_rc, 0);
    }
    wire_close(&w);
    tear_down();
}
END_TEST

/* --- the host's own part ----------------------------------------------------------- */

static unsigned next_calls;

static int next_sni(void *user, mbedtls_ssl_context *ssl, const unsigned char *name,
                    size_t len)
{
    const char *wish = user;

    next_calls++;
    ck_assert_uint_eq(len, strlen(HOST));
    ck_assert_mem_eq(name, HOST, len);
    ck_assert_uint_eq(connection->sni_calls, 1);
    if (strcmp(wish, "required") == 0) {
        mbedtls_ssl_set_hs_authmode(ssl, MBEDTLS_SSL_VERIFY_REQUIRED);
    }
    return strcmp(wish, "refuse") == 0 ? -1 : 0;
}

static const char *const wishes[] = {"nothing", "required", "refuse"};

START_TEST(the_hosts_name_callback_comes_after_ours)
{
    postern_mbedtls_options options = {0};
    char wish[16];

    strcpy(wish, wishes[_i]);
    options.next_sni = next_sni;
    options.next_sni_user = wish;
    set_up();
    next_calls = 0;
    ck_assert_int_eq(postern_mbedtls_configure(&server.conf, &options), POSTERN_OK);
    connect_to(HOST); /* without a certificate: required would end it */
    ck_assert_uint_eq(next_calls, 1);
    if (_i == 2) {
        ck_assert_int_ne(w.server_rc, 0);
    } else {
        check_nothing_presented();
    }
    tear_down();
}
END_TEST

/* Anchors from another crypto table: asked for, but the gate builds the path. */
START_TEST(foreign_anchors_give_a_chain_without_a_path)
{
    static const char *const foreign = "not made here";

    set_up();
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    connection->trust = _i == 0 ? NULL : (const void *)&foreign;
    connect_to(HOST);
    ck_assert(fake_connection_presented(connection));
    ck_assert_uint_eq(connection->chain_count, 1);
    ck_assert_uint_eq(connection->path_count, 0);
    tear_down();
}
END_TEST

static const struct suite {
    int id;
    bool tls13;
    const char *version;
    const char *cipher;
} suites[] = {
    {0xC02B, false, "TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256"               },
    {0xC024, false, "TLSv1.2", "ECDHE-ECDSA-AES256-SHA384"                   },
    {0xCCA9, false, "TLSv1.2", "ECDHE-ECDSA-CHACHA20-POLY1305"               },
    {0xC087, false, "TLSv1.2", "TLS-ECDHE-ECDSA-WITH-CAMELLIA-256-GCM-SHA384"},
    {0x1301, true,  "TLSv1.3", "AEAD-AES128-GCM-SHA256"                      },
    {0x1302, true,  "TLSv1.3", "AEAD-AES256-GCM-SHA384"                      },
    {0x1303, true,  "TLSv1.3", "AEAD-CHACHA20-POLY1305-SHA256"               },
};
enum { SUITES = sizeof suites / sizeof suites[0] };

START_TEST(version_cipher_and_protocol_have_their_usual_names)
{
    static const char *protocols[] = {"http/1.1", NULL};
    const struct suite *suite = &suites[_i];
    const int ids[2] = {suite->id, 0};

    if (suite->tls13 && !HAVE_TLS13) {
        return;
    }
    set_up_host("ca-a", suite->tls13);
    mbedtls_ssl_conf_ciphersuites(&client.conf, ids);
    if (_i != 0) {
        ck_assert_int_eq(mbedtls_ssl_conf_alpn_protocols(&client.conf, protocols), 0);
    }
    connect_to(OTHER);
    ck_assert_int_eq(w.server_rc, 0);
    ck_assert_str_eq(connection->version, suite->version);
    ck_assert_str_eq(connection->cipher, suite->cipher);
    ck_assert_str_eq(connection->alpn, _i != 0 ? "http/1.1" : "");
    tear_down();
}
END_TEST

#if HAVE_TLS13
/* A context that postern does not run: what is in it is not taken for ours. */
START_TEST(the_hosts_user_data_is_left_alone)
{
    char mine[] = "the host's";

    set_up();
    wire_open(&w, &client, &server, HOST);
    mbedtls_ssl_set_user_data_p(&w.server, mine);
    if (_i == 1) {
        ck_assert_int_eq(postern_mbedtls_attach(connection, &w.server), POSTERN_OK);
    }
    wire_handshake(&w, _i == 1 ? connection : NULL);
    ck_assert_int_eq(w.server_rc, 0);
    ck_assert_ptr_eq(mbedtls_ssl_get_user_data_p(&w.server), mine);
    wire_close(&w);
    tear_down();
}
END_TEST

START_TEST(the_hosts_user_data_may_be_a_number)
{
    set_up();
    wire_open(&w, &client, &server, HOST);
    mbedtls_ssl_set_user_data_n(&w.server, 7);
    wire_handshake(&w, NULL);
    ck_assert_int_eq(w.server_rc, 0);
    ck_assert_uint_eq(mbedtls_ssl_get_user_data_n(&w.server), 7);
    wire_close(&w);
    tear_down();
}
END_TEST
#endif

START_TEST(a_connection_that_cannot_take_the_result_fails_the_handshake)
{
    set_up();
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    connection->set_tls_status = _i == 0 ? POSTERN_NO_MEMORY : POSTERN_LIMIT;
    wire_open_attached(&w, &client, &server, HOST, connection);
    wire_handshake(&w, connection);
    ck_assert_int_ne(w.server_rc, 0);
    connection->set_tls_status = POSTERN_OK;
    ck_assert_int_eq(postern_mbedtls_handshake(connection, &w.server), w.server_rc);
    ck_assert_uint_eq(connection->set_tls_calls, 0);
    wire_close(&w);
    tear_down();
}
END_TEST

/* --- memory ------------------------------------------------------------------------ */

/* Each request of postern's own fails in turn, and all after it: then the handshake
 * fails. With a certificate, with one that is required, and without one, where the
 * ClientHello alone is kept. */
START_TEST(every_request_may_fail)
{
    const char *name = _i % 3 != 1 ? HOST : OTHER;
    counting_heap heap;
    size_t fail_at;
    bool done = false;

    set_up_host("ca-a", _i >= 3);
    client_certificate(&client, "ok-int", "ok-int", "ok-int");
    for (fail_at = 0; !done; fail_at++) {
        postern_status status;

        reconnect();
        connection->required = _i % 3 == 2;
        counting_heap_init(&heap, fail_at);
        connection->alloc = &heap.alloc;
        wire_open(&w, &client, &server, name);
        status = postern_mbedtls_attach(connection, &w.server);
        if (status == POSTERN_OK) {
            size_t attached = heap.live_bytes;

            ck_assert_int_eq(postern_mbedtls_set_bio(connection, &w.server, &w,
                                                     server_send, server_receive),
                             POSTERN_OK);
            wire_handshake(&w, connection);
            done = w.server_rc == 0;
            ck_assert_uint_eq(connection->set_tls_calls, done);
            ck_assert_uint_le(connection->accepts_calls, connection->required);
            ck_assert(!done || connection->accepts_calls == connection->required);
            ck_assert_int_eq(done && name[0] == 's',
                             fake_connection_presented(connection));
            ck_assert_int_eq(done, connection->client_hello.len > 0);
            ck_assert_uint_eq(heap.live_bytes, attached); /* the rest is given back */
        } else {
            ck_assert_int_eq(status, POSTERN_NO_MEMORY);
        }
        wire_close(&w);
        postern_connection_free(connection);
        connection = NULL;
        ck_assert_uint_eq(heap.live_bytes, 0);
    }
    ck_assert_uint_ge(fail_at, name[0] == 's' ? 6 : 3);
    tear_down();
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("handshake");
    TCase *tc = tcase_create("handshake");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_certificate_is_handed_over_with_its_path, 0,
                        ROWS * VERSIONS);
    tcase_add_test(tc, a_certificate_mbedtls_cannot_read_ends_the_handshake);
    tcase_add_loop_test(tc, a_client_without_a_certificate_presents_nothing, 0,
                        VERSIONS);
    tcase_add_loop_test(tc, a_host_that_is_not_registered_asks_for_nothing, 0,
                        VERSIONS);
    tcase_add_loop_test(tc, without_a_server_name_nothing_is_asked, 0, VERSIONS);
    tcase_add_loop_test(tc, a_stolen_certificate_hands_over_nothing, 0, VERSIONS);
    tcase_add_test(tc, the_name_arrives_as_it_was_sent);
    tcase_add_loop_test(tc, a_certificate_nobody_asked_for_is_not_presented, 0,
                        2 * VERSIONS);
    tcase_add_loop_test(tc, a_context_that_was_not_attached_asks_nobody, 0, VERSIONS);
    tcase_add_loop_test(tc, a_handshake_driven_by_the_host_presents_nothing, 0,
                        VERSIONS);
    tcase_add_loop_test(tc, a_handshake_finished_by_the_host_presents_nothing, 0,
                        VERSIONS);
    tcase_add_test(tc, calls_out_of_order_are_refused);
    tcase_add_test(tc, a_finished_handshake_stays_finished);
    tcase_add_test(tc, a_failed_handshake_stays_failed);
    tcase_add_test(tc, a_context_reset_under_its_connection_presents_nothing_more);
    tcase_add_test(tc, a_context_used_again_without_reset_presents_nothing);
    tcase_add_loop_test(tc, the_context_outlives_its_connection, 0, 2);
    tcase_add_loop_test(tc, the_hosts_name_callback_comes_after_ours, 0, 3);
    tcase_add_loop_test(tc, foreign_anchors_give_a_chain_without_a_path, 0, 2);
    tcase_add_loop_test(tc, version_cipher_and_protocol_have_their_usual_names, 0,
                        SUITES);
    tcase_add_loop_test(
        tc, a_connection_that_cannot_take_the_result_fails_the_handshake, 0, 2);
    tcase_add_loop_test(tc, every_request_may_fail, 0, 3 * VERSIONS);
#if HAVE_TLS13
    tcase_add_loop_test(tc, the_hosts_user_data_is_left_alone, 0, 2);
    tcase_add_test(tc, the_hosts_user_data_may_be_a_number);
#endif
    suite_add_tcase(suite, tc);
    return suite;
}
