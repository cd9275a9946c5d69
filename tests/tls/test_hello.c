/*
 * What is in a ClientHello: its bytes, and the server names.
 */
#include "../harness/harness.h"
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

typedef struct bytes {
    unsigned char data[2048];
    size_t len;
} bytes;

static void add(bytes *b, const void *data, size_t len)
{
    ck_assert_uint_le(b->len + len, sizeof b->data);
    memcpy(b->data + b->len, data, len);
    b->len += len;
}

static void add16(bytes *b, size_t value)
{
    const unsigned char two[2] = {(unsigned char)(value >> 8), (unsigned char)value};

    add(b, two, sizeof two);
}

static void add_name(bytes *b, const char *name, size_t len)
{
    add16(b, 0); /* server_name */
    add16(b, len + 5);
    add16(b, len + 3);
    add(b, "", 1);
    add16(b, len);
    add(b, name, len);
}

/* TLS 1.2, ECDHE-ECDSA-AES128-GCM-SHA256; groups, point formats, signatures. */
static void add_client_hello(bytes *out, const bytes *extensions)
{
    static const unsigned char common[] = {
        0, 10, 0, 8, 0,  6, 0, 29, 0, 23, 0, 24, 0, 11, 0,
        2, 1,  0, 0, 13, 0, 8, 0,  6, 4,  3, 4,  1, 2,  1,
    };
    size_t all = sizeof common + extensions->len;
    size_t body = 2 + 32 + 1 + 4 + 2 + 2 + all;
    const unsigned char random[32] = {7};

    add(out, "\x16\x03\x01", 3);
    add16(out, body + 4);
    add(out, "\x01", 2);
    add16(out, body);
    add(out, "\x03\x03", 2);
    add(out, random, sizeof random);
    add(out, "", 1);
    add(out, "\x00\x02\xc0\x2b\x01", 6);
    add16(out, all);
    add(out, extensions->data, extensions->len);
    add(out, common, sizeof common);
}

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
    bytes extensions = {.len = 0};
    bytes hello = {.len = 0};

    set_up_host("ca-a", false);
    add_name(&extensions, row->first, row->first_len);
    if (row->second != NULL) {
        add_name(&extensions, row->second, strlen(row->second));
    }
    add_client_hello(&hello, &extensions);
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
