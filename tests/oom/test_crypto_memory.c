/*
 * test_crypto_memory.c - a signature that could not be checked is never said not to
 * hold: each allocation of mbedTLS fails once, in every check and in what is built on it.
 */
#include "../harness/corpus.h"
#include "../harness/harness.h"
#include "../harness/path.h"
#include "certificate/anchors.h"
#include "certificate/judge.h"
#include "process_heap.h"

#include <postern/mbedtls.h>

static pst_certificate certificate_of(const char *name)
{
    pst_certificate certificate;

    ck_assert(pst_certificate_parse(corpus_read(name), &certificate));
    return certificate;
}

/* The first use of mbedTLS sets things up that stay. */
static void set_up(void)
{
    unsigned char out[POSTERN_SHA256];

    ck_assert_int_eq(postern_mbedtls_crypto()->digest(NULL, POSTERN_SHA256, "", 0, out),
                     POSTERN_OK);
}

static void tear_down(void)
{
    process_heap_pause();
    corpus_free();
}

static bool is_without_answer(postern_status status)
{
    return status == POSTERN_NO_MEMORY || status == POSTERN_CRYPTO;
}

/* A check over an elliptic curve asks for memory thousands of times, and always alike. */
static size_t next_request(size_t at)
{
    enum { EACH = 200, STEP = 37 };

    return at < EACH ? at + 1 : at + STEP;
}

/* --- signatures ------------------------------------------------------------------- */

static const struct pair {
    const char *signer;
    const char *signed_one;
    postern_signature scheme;
} pairs[] = {
    {"corpus/ca/ca-b.der",    LEAF("ok-by-b"),    POSTERN_SIGNATURE_RSA    },
    {"corpus/ca/ca-b.der",    LEAF("sig-pss"),    POSTERN_SIGNATURE_RSA_PSS},
    {"corpus/ca/ca-a.der",    LEAF("ok-p256"),    POSTERN_SIGNATURE_ECDSA  },
    {"corpus/ca/ca-p384.der", LEAF("ok-by-p384"), POSTERN_SIGNATURE_ECDSA  },
};
enum { PAIRS = sizeof pairs / sizeof *pairs };

START_TEST(a_good_signature_holds_or_is_not_checked)
{
    const postern_crypto *crypto = postern_mbedtls_crypto();
    const pst_certificate signer = certificate_of(pairs[_i].signer);
    const pst_certificate one = certificate_of(pairs[_i].signed_one);
    bool failed = true;
    size_t tries = 0;

    for (size_t at = 0; failed; at = next_request(at)) {
        postern_status status;

        process_heap_fail(at, false);
        process_heap_resume();
        status = crypto->verify(crypto->context, signer.spki, pairs[_i].scheme,
                                one.algorithm.digest, one.tbs, one.signature);
        process_heap_pause();
        failed = process_heap_failed();
        ck_assert_msg(status == POSTERN_OK || (failed && is_without_answer(status)),
                      "request %zu: %d", at, (int)status);
        tries++;
    }
    ck_assert_uint_gt(tries, 5);
}
END_TEST

static const char *const anchors[] = {"corpus/ca/ca-b.der", "corpus/ca/ca-a.der",
                                      "corpus/ca/ca-p384.der"};
enum { ANCHORS = sizeof anchors / sizeof *anchors };

START_TEST(a_good_anchor_is_never_called_bad)
{
    const postern_crypto *crypto = postern_mbedtls_crypto();
    const postern_str anchor = corpus_read(anchors[_i]);
    const size_t live = process_heap_live();
    postern_status status = POSTERN_CRYPTO;

    for (size_t at = 0; status != POSTERN_OK; at++) {
        void *trust = NULL;
        size_t bad = 7;

        process_heap_fail(at, false);
        process_heap_resume();
        status = crypto->trust_new(crypto->context, &anchor, 1, &bad, &trust);
        process_heap_pause();
        ck_assert_msg(status == POSTERN_OK ||
                          (process_heap_failed() && is_without_answer(status)),
                      "request %zu: %d", at, (int)status);
        ck_assert_uint_eq(bad, 7);
        crypto->trust_free(crypto->context, trust);
        ck_assert_uint_eq(process_heap_live(), live);
    }
}
END_TEST

/* --- revocation ------------------------------------------------------------------- */

/* The CRL of an intermediate is checked when the first path shows its key. */
START_TEST(a_revoked_certificate_stays_revoked)
{
    const postern_path_step path[] = {
        {corpus_read(EXTRA_LEAF("by-int-rsa")), 0},
        {corpus_read(EXTRA_LEAF("int-rsa")),    0},
        {corpus_read("corpus/ca/ca-a.der"),     0}
    };
    bool failed = true;

    for (size_t at = 0; failed; at++) {
        pst_authority *authority;
        pst_pem_file ca;
        pst_pem_file crl;
        pst_judgement got;
        postern_status status;

        ck_assert_uint_eq(corpus_files(CA("ca-a"), &ca, 1), 1);
        ck_assert_uint_eq(corpus_files(EXTRA("crl-int-rsa"), &crl, 1), 1);
        ck_assert_int_eq(pst_authority_new(NULL, postern_mbedtls_crypto(), &ca, 1, &crl,
                                           1, PST_REVOCATION_IF_PRESENT, NOW,
                                           &authority, NULL),
                         POSTERN_OK);
        process_heap_fail(at, false);
        process_heap_resume();
        status = pst_judge(authority, path, 3, NOW, NULL, &got);
        process_heap_pause();
        failed = process_heap_failed();
        ck_assert_msg(status == POSTERN_OK ? got.revoked
                                           : failed && is_without_answer(status),
                      "request %zu: %d", at, (int)status);
        ck_assert_int_eq(pst_judge(authority, path, 3, NOW, NULL, &got), POSTERN_OK);
        ck_assert_msg(got.revoked, "after request %zu", at);
        pst_authority_free(authority);
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("crypto-memory");
    TCase *tc = tcase_create("crypto-memory");

    tcase_set_timeout(tc, 280);
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(tc, a_good_signature_holds_or_is_not_checked, 0, PAIRS);
    tcase_add_loop_test(tc, a_good_anchor_is_never_called_bad, 0, ANCHORS);
    tcase_add_test(tc, a_revoked_certificate_stays_revoked);
    suite_add_tcase(suite, tc);
    return suite;
}
