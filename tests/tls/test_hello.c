/*
 * What is in a ClientHello: its bytes, and the server names.
 */
#include "../harness/harness.h"
#include "hello_bytes.h"
#include "scene.h"

#include <stdlib.h>
#include <string.h>

/* --- ClientHello ------------------------------------------------------------------- */

/* The handshake message inside the first record of `s`. */
static void check_client_hello(const stream *s)
{
    size_t len = (size_t)s->bytes[3] << 8 | s->bytes[4];

    ck_assert_uint_eq(connection->client_hello.len, len);
    ck_assert_mem_eq(connection->client_hello.data, s->bytes + 5, len);
}

START_TEST(the_client_hello_is_what_was_sent)
{
    set_up_host("ca-a", _i == 1);
    connect_to(HOST);
    ck_assert_int_eq(w.server_rc, 0);
    check_client_hello(&w.up);
    tear_down();
}
END_TEST

START_TEST(without_the_tap_there_is_no_client_hello)
{
    set_up();
    wire_open(&w, &client, &server, HOST);
    ck_assert_int_eq(postern_mbedtls_attach(connection, &w.server), POSTERN_OK);
    wire_handshake(&w, connection);
    ck_assert_int_eq(w.server_rc, 0);
    ck_assert_uint_eq(connection->client_hello.len, 0);
    wire_close(&w);
    tear_down();
}
END_TEST

START_TEST(bytes_may_come_one_by_one)
{
    set_up_host("ca-a", _i == 1);
    client_certificate(&client, "ok-int", "ok-int", "ok-int");
    wire_open_attached(&w, &client, &server, HOST, connection);
    w.up.step = 1;
    wire_handshake(&w, connection);
    ck_assert_int_eq(w.server_rc, 0);
    ck_assert(fake_connection_presented(connection));
    ck_assert_uint_eq(connection->path_count, 3);
    check_client_hello(&w.up);
    wire_close(&w);
    tear_down();
}
END_TEST

START_TEST(a_client_hello_may_come_in_many_records)
{
    unsigned char message[4096];
    size_t len = 0;
    size_t at = 0;

    set_up_host("ca-a", _i == 1);
    wire_open_attached(&w, &client, &server, HOST, connection);
    w.up.splits = 50;
    wire_handshake(&w, connection);
    if (!HAVE_TLS13) {
        ck_assert_int_ne(w.server_rc, 0); /* 2.28 takes one record only */
    } else {
        ck_assert_int_eq(w.server_rc, 0);
        while (len < connection->client_hello.len) {
            size_t n = (size_t)w.up.bytes[at + 3] << 8 | w.up.bytes[at + 4];

            memcpy(message + len, w.up.bytes + at + 5, n);
            len += n;
            at += 5 + n;
        }
        ck_assert_uint_gt(at, len + 10);
        ck_assert_uint_eq(len, connection->client_hello.len);
        ck_assert_mem_eq(message, connection->client_hello.data, len);
    }
    wire_close(&w);
    tear_down();
}
END_TEST

/* --- server names in a ClientHello made by hand ------------------------------------- */

enum { SERVER_HELLO, ALERT, ANY };

static const struct names {
    const char *first;
    size_t first_len;
    const char *second; /* NULL: only one */
    int reply;
} names[] = {
    {HOST,           19, NULL,                  SERVER_HELLO},
    {HOST,           19, HOST,                  SERVER_HELLO},
    {HOST,           19, "SERVICE.EXAMPLE.COM", SERVER_HELLO},
    {HOST,           19, OTHER,                 ALERT       },
    {OTHER,          15, HOST,                  ALERT       },
    {HOST "\0.evil", 25, NULL,                  ALERT       },
};
enum { NAMES = sizeof names / sizeof names[0] };

START_TEST(the_first_server_name_counts)
{
    const struct names *row = &names[_i];
    const hello_name first = {0, row->first, row->first_len};
    hello_bytes extensions = {.len = 0};
    hello_bytes hello = {.len = 0};

    set_up_host("ca-a", false);
    hello_add_names(&extensions, &first, 1);
    if (row->second != NULL) {
        const hello_name second = {0, row->second, strlen(row->second)};

        hello_add_names(&extensions, &second, 1);
    }
    hello_make(&hello, &extensions, false);
    wire_open_attached(&w, &client, &server, HOST, connection);
    memcpy(w.up.bytes, hello.data, hello.len);
    w.up.written = hello.len;
    w.server_rc = postern_mbedtls_handshake(connection, &w.server);
    if (row->reply == ALERT) {
        ck_assert_int_ne(w.server_rc, MBEDTLS_ERR_SSL_WANT_READ);
        ck_assert_uint_eq(w.down.written, 7);
        ck_assert_uint_eq(w.down.bytes[0], 21);  /* alert, */
        ck_assert_uint_eq(w.down.bytes[5], 2);   /* fatal: */
        ck_assert_uint_eq(w.down.bytes[6], 112); /* unrecognized_name */
    } else {
        ck_assert_msg(w.server_rc == MBEDTLS_ERR_SSL_WANT_READ, "row %d: -0x%x", _i,
                      (unsigned)-w.server_rc);
        ck_assert_uint_eq(w.down.bytes[0], 22);
    }
    ck_assert_uint_eq(connection->set_tls_calls, 0);
    wire_close(&w);
    tear_down();
}
END_TEST

START_TEST(a_connection_that_cannot_take_the_name_ends_the_handshake)
{
    set_up_host("ca-a", _i == 1);
    connection->sni_status = POSTERN_NO_MEMORY;
    connect_to(HOST);
    ck_assert_int_ne(w.server_rc, 0);
    ck_assert_uint_eq(connection->set_tls_calls, 0);
    tear_down();
}
END_TEST

#if HAVE_TLS13
/* The server wants another group, so the client says hello twice. */
START_TEST(a_hello_may_have_to_be_repeated)
{
    static const uint16_t p384[] = {MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1, 0};

    set_up();
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    mbedtls_ssl_conf_groups(&server.conf, p384);
    connect_to(HOST);
    ck_assert_int_eq(w.server_rc, 0);
    ck_assert_uint_eq(connection->sni_calls, 2);
    ck_assert(fake_connection_presented(connection));
    ck_assert_uint_eq(connection->path_count, 2);
    check_client_hello(&w.up);
    tear_down();
}
END_TEST
#endif

Suite *test_suite(void)
{
    Suite *suite = suite_create("hello");
    TCase *tc = tcase_create("hello");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, the_client_hello_is_what_was_sent, 0, VERSIONS);
    tcase_add_test(tc, without_the_tap_there_is_no_client_hello);
    tcase_add_loop_test(tc, bytes_may_come_one_by_one, 0, VERSIONS);
    tcase_add_loop_test(tc, a_client_hello_may_come_in_many_records, 0, VERSIONS);
    tcase_add_loop_test(tc, the_first_server_name_counts, 0, NAMES);
    tcase_add_loop_test(tc, a_connection_that_cannot_take_the_name_ends_the_handshake,
                        0, VERSIONS);
#if HAVE_TLS13
    tcase_add_test(tc, a_hello_may_have_to_be_repeated);
#endif
    suite_add_tcase(suite, tc);
    return suite;
}
