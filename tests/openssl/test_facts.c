/*
 * test_facts.c - every field of random certificates, and of those as large as a field may
 * be, is what libcrypto prints, byte by byte.
 *
 * POSTERN_EXPRESSIONS says how many (default below, a quarter of it), POSTERN_SEED where to
 * start; a failure names the seed of the certificate that made it.
 */
#include "pair.h"
#include "random.h"
#include "sheet.h"

#include "../gate/door.h" /* defines A and B, which OpenSSL's headers use */

#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXPRESSIONS = 50000, ROUNDS = 10, CHAIN = 3 };

#define POLICY_A                                                                      \
    POLICY(MTLS(A, "ca-a", CRL("crl-a") ",'revoked':'rules','monitor':true"), "", "", \
           "")

static door d;
static sheet_reader reader;
static sheet seen;
static random_keys keys;
static STACK_OF(X509) * issuers;

static void set_up(void)
{
    door_open(&d, POLICY_A);
    sheet_reader_open(&reader, d.scheme);
    random_keys_open(&keys);
    issuers = sk_X509_new_null();
    ck_assert_int_gt(sk_X509_push(issuers, keys.ca), 0);
}

static void tear_down(void)
{
    sk_X509_free(issuers);
    random_keys_close(&keys);
    sheet_reader_close(&reader);
    door_close(&d);
}

/* Tells the gate of a handshake with `leaf` and what follows it, and reads the fields. */
static void show(X509 *leaf, STACK_OF(X509) * sent)
{
    postern_str chain[16];
    postern_tls_info info = {.size = sizeof info, .fresh = true, .chain = chain};
    bool ask;

    for (int i = 0; i == 0 || i <= sk_X509_num(sent); i++) {
        unsigned char *der = NULL;
        const int len = i2d_X509(i == 0 ? leaf : sk_X509_value(sent, i - 1), &der);

        must(len > 0);
        chain[info.chain_count++] = (postern_str){(const char *)der, (size_t)len};
    }
    door_connect(&d);
    must(postern_connection_on_sni(d.connection, postern_text(A), &ask) == POSTERN_OK);
    must(postern_connection_set_tls(d.connection, &info) == POSTERN_OK);
    while (info.chain_count > 0) {
        const char *der = chain[--info.chain_count].data;

        OPENSSL_free((void *)(uintptr_t)der);
    }
    (void)door_ask(&d, A);
    sheet_read(&reader, d.request, &seen);
}

/* --- random certificates ------------------------------------------------------------------ */

static unsigned long long number_from(const char *name, unsigned long long otherwise)
{
    const char *const text = getenv(name);

    return text == NULL || *text == '\0' ? otherwise : strtoull(text, NULL, 0);
}

/* Nothing of a certificate that breaks RFC 5280 is told but what needs no reading. */
static void compare_malformed(X509 *leaf, STACK_OF(X509) * sent, const char *what)
{
    static sheet expected;
    static sheet nothing;

    oracle_read(leaf, sent, NULL, &expected);
    sheet_clear(&nothing);
    for (unsigned i = 0; i < SHEET_FIELDS; i++) {
        const bool date = i == SHEET_NOT_BEFORE_SEC || i == SHEET_NOT_AFTER_SEC;
        const bool raw = i == SHEET_FINGERPRINT_SHA256 || i == SHEET_FINGERPRINT_SHA1 ||
                         (i >= SHEET_RFC9440 && i <= SHEET_CHAIN_TOO_LARGE);
        const postern_str text = raw    ? sheet_get(&expected, i)
                                 : date ? postern_text("missing")
                                        : postern_text("");

        sheet_put(&nothing, text.data, text.len);
        sheet_end(&nothing);
    }
    sheet_compare(&seen, &nothing, SHEET_FACTS, what);
    ck_assert_msg(sheet_is(&seen, SHEET_VERIFIED, "0"), "%s", what);
}

typedef struct tally {
    size_t compared;
    size_t malformed;
    size_t unreadable;
    size_t verified;
} tally;

static void check_random(unsigned long long seed, STACK_OF(X509) * sent, tally *sum)
{
    random_certificate made = random_make(&keys, seed);
    char what[64];

    (void)snprintf(what, sizeof what, "seed %llu", seed);
    if (made.certificate == NULL) {
        sum->unreadable++;
        return;
    }
    show(made.certificate, sent);
    if (made.malformed) {
        compare_malformed(made.certificate, sent, what);
        sum->malformed++;
    } else {
        oracle_compare(&seen, made.certificate, sent, issuers, what);
        sum->compared++;
        sum->verified += sheet_is(&seen, SHEET_VERIFIED, "1");
    }
    /* Later leaves are sent with it; the oldest makes room. */
    if (sk_X509_num(sent) == CHAIN) {
        X509_free(sk_X509_shift(sent));
    }
    must(sk_X509_push(sent, made.certificate) > 0);
}

START_TEST(random_certificates_are_printed_as_libcrypto_does)
{
    const unsigned long long count =
        number_from("POSTERN_EXPRESSIONS", EXPRESSIONS) / 4 / ROUNDS + 1;
    const unsigned long long first =
        number_from("POSTERN_SEED", 1) + (unsigned long long)_i * count;
    STACK_OF(X509) *sent = sk_X509_new_null();
    tally sum = {.compared = 0};

    set_up();
    for (unsigned long long i = 0; i < count; i++) {
        check_random(first + i, sent, &sum);
    }
    /* What was meant to be compared was. */
    if (count >= 500) {
        ck_assert_uint_ge(sum.compared, count * 9 / 10);
        ck_assert_uint_ge(sum.malformed, count / 100);
        ck_assert_uint_ge(sum.verified, count / 100);
    }
    sk_X509_pop_free(sent, X509_free);
    tear_down();
}
END_TEST

/* --- sizes ---------------------------------------------------------------------------------- */

/* In characters with their colons, 10,240 cannot be met: base64 comes in fours. 7,677
 * bytes make 10,238, and one more makes 10,242. */
START_TEST(the_leaf_of_rfc9440_has_at_most_10_kib)
{
    static const struct {
        int bytes;
        size_t shown;
    } rows[] = {
        {7675, 10238},
        {7677, 10238},
        {7678, 0    },
        {7679, 0    },
        {7680, 0    },
        {7681, 0    }
    };
    X509 *leaf;

    set_up();
    leaf = random_of_size(&keys, rows[_i].bytes);
    show(leaf, NULL);
    oracle_compare(&seen, leaf, NULL, issuers, "sized");
    ck_assert(sheet_is(&seen, SHEET_VERIFIED, "1"));
    ck_assert_uint_eq(sheet_get(&seen, SHEET_RFC9440).len, rows[_i].shown);
    ck_assert(
        sheet_is(&seen, SHEET_RFC9440_TOO_LARGE, rows[_i].shown == 0 ? "1" : "0"));
    ck_assert(sheet_is(&seen, SHEET_CHAIN_TOO_LARGE, "0"));
    ck_assert_uint_eq(sheet_get(&seen, SHEET_CHAIN_RFC9440).len, 0);
    X509_free(leaf);
    tear_down();
}
END_TEST

/* Likewise 16,384: two certificates make 16,382 or 16,386. */
START_TEST(the_chain_of_rfc9440_has_at_most_16_kib)
{
    static const struct {
        int first;
        int second; /* 0: only one */
        size_t shown;
    } rows[] = {
        {12285, 0,    16382},
        {12286, 0,    0    },
        {12288, 0,    0    },
        {6141,  6141, 16382},
        {6141,  6142, 0    },
        {6144,  6138, 16382},
        {9000,  9000, 0    },
    };
    STACK_OF(X509) *sent = sk_X509_new_null();
    X509 *leaf;

    set_up();
    leaf = random_of_size(&keys, 1000);
    ck_assert_int_gt(sk_X509_push(sent, random_of_size(&keys, rows[_i].first)), 0);
    if (rows[_i].second > 0) {
        ck_assert_int_gt(sk_X509_push(sent, random_of_size(&keys, rows[_i].second)), 0);
    }
    show(leaf, sent);
    oracle_compare(&seen, leaf, sent, issuers, "sized");
    ck_assert_uint_eq(sheet_get(&seen, SHEET_CHAIN_RFC9440).len, rows[_i].shown);
    ck_assert(sheet_is(&seen, SHEET_CHAIN_TOO_LARGE, rows[_i].shown == 0 ? "1" : "0"));
    ck_assert(sheet_is(&seen, SHEET_RFC9440_TOO_LARGE, "0"));
    X509_free(leaf);
    sk_X509_pop_free(sent, X509_free);
    tear_down();
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("openssl-facts");
    TCase *tc = tcase_create("openssl-facts");

    tcase_set_timeout(tc, 600);
    tcase_add_loop_test(tc, random_certificates_are_printed_as_libcrypto_does, 0,
                        ROUNDS);
    tcase_add_loop_test(tc, the_leaf_of_rfc9440_has_at_most_10_kib, 0, 6);
    tcase_add_loop_test(tc, the_chain_of_rfc9440_has_at_most_16_kib, 0, 7);
    suite_add_tcase(suite, tc);
    return suite;
}
