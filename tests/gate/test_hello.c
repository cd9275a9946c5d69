/*
 * test_hello.c - the fields that come from the ClientHello, against digests made here.
 */
#include "door.h"

#include <mbedtls/base64.h>
#include <mbedtls/md.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static door d;

/* RFC 8446 4.1.2, by hand: header 4, version 2, random 32, session 1 + 2, ciphers
 * 2 + 6, compression 1 + 1, extensions 2 + 21. */
static const unsigned char hello[] = {
    0x01,
    0x00,
    0x00,
    0x46,
    0x03,
    0x03,
    /* 6: random */
    0x00,
    0x01,
    0x02,
    0x03,
    0x04,
    0x05,
    0x06,
    0x07,
    0x08,
    0x09,
    0x0a,
    0x0b,
    0x0c,
    0x0d,
    0x0e,
    0x0f,
    0xf0,
    0xf1,
    0xf2,
    0xf3,
    0xf4,
    0xf5,
    0xf6,
    0xf7,
    0xf8,
    0xf9,
    0xfa,
    0xfb,
    0xfc,
    0xfd,
    0xfe,
    0xff,
    /* 38: session id */
    0x02,
    0xaa,
    0xbb,
    /* 41: cipher suites, one of them GREASE */
    0x00,
    0x06,
    0x1a,
    0x1a,
    0x13,
    0x01,
    0xc0,
    0x2b,
    /* 49: compression */
    0x01,
    0x00,
    /* 51: extensions: GREASE, server_name of 6 bytes, supported_versions of 3 */
    0x00,
    0x15,
    0x2a,
    0x2a,
    0x00,
    0x00,
    0x00,
    0x00,
    0x00,
    0x06,
    0x00,
    0x04,
    0x00,
    0x00,
    0x01,
    0x61,
    0x00,
    0x2b,
    0x00,
    0x03,
    0x02,
    0x03,
    0x04,
};
enum { RANDOM = 6, SESSION = 38, CIPHERS = 41, COMPRESSION = 49, EXTENSIONS = 51 };

static const unsigned char suites[] = {0x1a, 0x1a, 0x13, 0x01, 0xc0, 0x2b};
static const unsigned char types[] = {0x2a, 0x2a, 0x00, 0x00, 0x00, 0x2b};
static const unsigned char swapped[] = {0x2a, 0x2a, 0x00, 0x00, 0x2b, 0x00};

static void show(const unsigned char *bytes, size_t len)
{
    /* A block of exactly that size: a sanitizer sees one byte too far. */
    char *copy = malloc(len > 0 ? len : 1);
    postern_tls_info info = {.size = sizeof info, .fresh = true};

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, len);
    info.client_hello = (postern_str){copy, len};
    door_connect(&d);
    ck_assert_int_eq(postern_connection_set_tls(d.connection, &info), POSTERN_OK);
    free(copy);
}

static void base64(const unsigned char *bytes, size_t len, char *out)
{
    size_t written;

    ck_assert_int_eq(
        mbedtls_base64_encode((unsigned char *)out, 64, &written, bytes, len), 0);
}

static void sha1(const unsigned char *bytes, size_t len, char *out)
{
    unsigned char digest[20];

    ck_assert_int_eq(
        mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA1), bytes, len, digest), 0);
    base64(digest, sizeof digest, out);
}

static void expect(const char *field, const char *value)
{
    char expression[256];

    (void)snprintf(expression, sizeof expression, "%s eq `%s`", field, value);
    ck_assert_msg(door_sees(&d, PLAIN, expression), "%s", expression);
}

static const char *const texts[] = {
    "cf.tls_client_random",
    "cf.tls_ciphers_sha1",
    "cf.tls_client_extensions_sha1",
    "cf.tls_client_extensions_sha1_le",
};

static bool is_empty(void)
{
    bool all = door_sees(&d, PLAIN, "cf.tls_client_hello_length eq 0");

    for (size_t i = 0; i < 4; i++) {
        char expression[128];

        (void)snprintf(expression, sizeof expression, "%s eq ``", texts[i]);
        all = door_sees(&d, PLAIN, expression) && all;
    }
    return all;
}

START_TEST(a_hello_is_read)
{
    char text[64];

    door_open(&d, USUAL);
    show(hello, sizeof hello);
    ck_assert(door_sees(&d, PLAIN, "cf.tls_client_hello_length eq 74"));
    base64(hello + RANDOM, 32, text);
    expect(texts[0], text);
    sha1(suites, sizeof suites, text);
    expect(texts[1], text);
    door_close(&d);
}
END_TEST

START_TEST(a_hello_that_is_cut_is_empty)
{
    door_open(&d, USUAL);
    for (size_t len = 0; len < sizeof hello; len++) {
        unsigned char cut[sizeof hello];

        show(hello, len);
        ck_assert_msg(is_empty(), "%zu bytes", len);
        if (len < 4) {
            continue;
        }
        /* and one that says that it is so short; without extensions it may be */
        memcpy(cut, hello, sizeof cut);
        cut[3] = (unsigned char)(len - 4);
        show(cut, len);
        ck_assert_msg(is_empty() == (len != EXTENSIONS), "%zu bytes, said", len);
    }
    door_close(&d);
}
END_TEST

static const struct damage {
    size_t at;
    int add;
} damages[] = {
    {0,               1 }, /* another message */
    {1,               1 }, /* lengths */
    {2,               1 },
    {3,               1 },
    {3,               -1},
    {SESSION,         1 },
    {SESSION,         -1},
    {SESSION,         99},
    {CIPHERS,         1 },
    {CIPHERS + 1,     1 },
    {CIPHERS + 1,     -1},
    {CIPHERS + 1,     2 },
    {COMPRESSION,     1 },
    {EXTENSIONS,      1 },
    {EXTENSIONS + 1,  1 },
    {EXTENSIONS + 1,  -1},
    {EXTENSIONS + 5,  1 }, /* the first extension's */
    {EXTENSIONS + 8,  1 },
    {EXTENSIONS + 9,  -1},
    {EXTENSIONS + 18, 1 },
    {EXTENSIONS + 19, 1 },
    {EXTENSIONS + 19, -1},
};
enum { DAMAGES = sizeof damages / sizeof damages[0] };

START_TEST(a_hello_whose_lengths_lie_is_empty)
{
    unsigned char bad[sizeof hello];

    door_open(&d, USUAL);
    memcpy(bad, hello, sizeof bad);
    bad[damages[_i].at] = (unsigned char)(bad[damages[_i].at] + damages[_i].add);
    show(bad, sizeof bad);
    ck_assert_msg(is_empty(), "byte %zu", damages[_i].at);
    door_close(&d);
}
END_TEST

START_TEST(a_hello_without_extensions_hashes_none)
{
    unsigned char bare[EXTENSIONS];
    char text[64];

    door_open(&d, USUAL);
    memcpy(bare, hello, sizeof bare);
    bare[3] = sizeof bare - 4;
    show(bare, sizeof bare);
    sha1(bare, 0, text);
    expect(texts[2], text);
    expect(texts[3], text);
    door_close(&d);
}
END_TEST

START_TEST(extensions_are_hashed_by_type)
{
    char text[64];

    door_open(&d, USUAL);
    show(hello, sizeof hello);
    sha1(types, sizeof types, text);
    expect(texts[2], text);
    sha1(swapped, sizeof swapped, text);
    expect(texts[3], text);
    door_close(&d);
}
END_TEST

START_TEST(without_tls_there_is_no_hello)
{
    door_open(&d, USUAL);
    door_connect(&d);
    ck_assert(is_empty());
    door_close(&d);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-hello");
    TCase *tc = tcase_create("gate-hello");

    tcase_add_test(tc, a_hello_is_read);
    tcase_add_test(tc, extensions_are_hashed_by_type);
    tcase_add_test(tc, a_hello_that_is_cut_is_empty);
    tcase_add_loop_test(tc, a_hello_whose_lengths_lie_is_empty, 0, DAMAGES);
    tcase_add_test(tc, a_hello_without_extensions_hashes_none);
    tcase_add_test(tc, without_tls_there_is_no_hello);
    suite_add_tcase(suite, tc);
    return suite;
}
