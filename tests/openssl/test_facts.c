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
#include "../tls/wire.h"

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

/* Tells the gate of a handshake that showed `chain`, and reads the fields. */
static void show_chain(const postern_str *chain, size_t count)
{
    const postern_tls_info info = {
        .size = sizeof info, .fresh = true, .chain = chain, .chain_count = count};
    bool ask;

    door_connect(&d);
    must(postern_connection_on_sni(d.connection, postern_text(A), &ask) == POSTERN_OK);
    must(postern_connection_set_tls(d.connection, &info) == POSTERN_OK);
    (void)door_ask(&d, A);
    sheet_read(&reader, d.request, &seen);
}

/* The same for `leaf` and what was sent with it. */
static void show(X509 *leaf, STACK_OF(X509) * sent)
{
    unsigned char *owned[16] = {NULL};
    postern_str chain[16];
    size_t count = 0;

    for (int i = 0; i == 0 || i <= sk_X509_num(sent); i++) {
        const int len =
            i2d_X509(i == 0 ? leaf : sk_X509_value(sent, i - 1), &owned[count]);

        must(len > 0);
        chain[count] = (postern_str){(const char *)owned[count], (size_t)len};
        count++;
    }
    show_chain(chain, count);
    while (count > 0) {
        OPENSSL_free(owned[--count]);
    }
}

/* --- what OpenSSL does not read ------------------------------------------------------- */

/* Certificates of the corpus with a string type in the subject that OpenSSL refuses. With
 * IA5String in its place it reads them, and all that is not that string is the same. */
static const struct {
    const char *file;
    size_t tag; /* where it is */
    const char *subject;
    const char *common_name; /* with its length; empty: there is none */
} odd[] = {
    {"certs/dn-visible.der", 242, "CN=visible,O=Postern Corpus,C=US",                 "7:visible"            },
    {"certs/dn-octet.der",   249,
     "CN=octet string value,1.3.6.1.4.1.55555.7.2=#040300FF10,O=Postern Corpus,C=US", "18:octet string value"},
    {"certs/dn-integer.der", 249,
     "CN=integer value,1.3.6.1.4.1.55555.7.3=#02012A,O=Postern Corpus,C=US",          "13:integer value"     },
    {"certs/dn-badutf8.der", 242, "CN=a\\FFb,O=Postern Corpus,C=US",                  ""                     },
};
enum { ODD = sizeof odd / sizeof odd[0] };

static void compare_odd(X509 *readable, const char *what, const char *subject,
                        const char *common_name)
{
    static sheet expected;
    const bool issued = sheet_get(&seen, SHEET_ISSUER_SERIAL).len > 0;

    oracle_read(readable, NULL, issued ? keys.ca : NULL, &expected);
    for (unsigned i = SHEET_FACTS; i < SHEET_FIELDS; i++) {
        const bool whole = i == SHEET_FINGERPRINT_SHA256 ||
                           i == SHEET_FINGERPRINT_SHA1 || i == SHEET_RFC9440;
        const bool name = i == SHEET_SUBJECT_DN || i == SHEET_SUBJECT_DN_RFC2253;
        const postern_str text = name                    ? postern_text(subject)
                                 : i == SHEET_SUBJECT_CN ? postern_text(common_name)
                                                         : sheet_get(&expected, i);
        const postern_str got = sheet_get(&seen, i);

        /* The bytes are others, as many as before. */
        ck_assert_msg(whole ? got.len == text.len : postern_str_equal(got, text),
                      "%s: %s is '%.*s'", what, sheet_name(i), (int)got.len, got.data);
    }
}

START_TEST(names_that_openssl_refuses_are_seen_too)
{
    unsigned char *bytes;
    const unsigned char *at;
    X509 *readable;
    postern_str leaf;
    size_t len;

    set_up();
    bytes = corpus_read(odd[_i].file, &len);
    leaf = (postern_str){(const char *)bytes, len};
    show_chain(&leaf, 1);
    at = bytes;
    ck_assert_ptr_null(d2i_X509(NULL, &at, (long)len));
    bytes[odd[_i].tag] = V_ASN1_IA5STRING;
    at = bytes;
    readable = d2i_X509(NULL, &at, (long)len);
    ck_assert_ptr_nonnull(readable);
    compare_odd(readable, odd[_i].file, odd[_i].subject, odd[_i].common_name);
    X509_free(readable);
    free(bytes);
    ERR_clear_error();
    tear_down();
}
END_TEST

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
    tcase_add_loop_test(tc, names_that_openssl_refuses_are_seen_too, 0, ODD);
    tcase_add_loop_test(tc, random_certificates_are_printed_as_libcrypto_does, 0,
                        ROUNDS);
    tcase_add_loop_test(tc, the_leaf_of_rfc9440_has_at_most_10_kib, 0, 6);
    tcase_add_loop_test(tc, the_chain_of_rfc9440_has_at_most_16_kib, 0, 7);
    suite_add_tcase(suite, tc);
    return suite;
}
