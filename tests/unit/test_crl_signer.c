/* test_crl_signer.c - who has signed a CRL, and what is remembered of that. */
#include "../harness/corpus.h"
#include "../harness/crl_writer.h"
#include "../harness/harness.h"
#include "../harness/path.h"
#include "certificate/anchors.h"
#include "support/alloc.h"
#include "support/text.h"

#include <pthread.h>
#include <stdlib.h>

#define BYTES(literal)                    \
    {                                     \
        "" literal "", sizeof literal - 1 \
    }

/* Loads CRLs as files of one block each, beside ca-a. */
static void load(counting_heap *heap, const crl_plan *plans, size_t count,
                 const postern_crypto *crypto, pst_authority **out)
{
    pst_pem_file crls[4];
    pst_pem_file ca;

    ck_assert_uint_eq(corpus_files(CA("ca-a"), &ca, 1), 1);
    for (size_t i = 0; i < count; i++) {
        crls[i] = (pst_pem_file){postern_text("x.crl"), crl_write_pem(&plans[i])};
    }
    ck_assert_int_eq(pst_authority_new(&heap->alloc, crypto, &ca, 1, crls, count,
                                       PST_REVOCATION_REQUIRE, NOW, out, NULL),
                     POSTERN_OK);
    for (size_t i = 0; i < count; i++) {
        free((void *)(uintptr_t)crls[i].text.data);
    }
    corpus_free();
}

/* --- CRLs of intermediates -------------------------------------------------------- */

typedef struct witness {
    size_t calls;
    postern_status fails; /* or POSTERN_OK */
    bool once;            /* only the next call fails */
} witness;

static postern_status counted_verify(void *context, postern_str spki,
                                     postern_signature scheme, postern_digest digest,
                                     postern_str data, postern_str signature)
{
    witness *seen = context;
    const postern_status fails = seen->fails;

    seen->calls++;
    if (seen->once) {
        seen->fails = POSTERN_OK;
    }
    return fails != POSTERN_OK
               ? fails
               : path_crypto()->verify(NULL, spki, scheme, digest, data, signature);
}

static postern_crypto watched(witness *seen)
{
    postern_crypto table = *path_crypto();

    table.context = seen;
    table.verify = counted_verify;
    return table;
}

static pst_certificate certificate_of(const char *name)
{
    pst_certificate certificate;

    ck_assert(pst_certificate_parse(corpus_read(name), &certificate));
    return certificate;
}

START_TEST(the_crl_of_an_intermediate_is_checked_once_for_each_key)
{
    const crl_plan plan = {.count = 3, .ca = "ca-a-int"};
    witness seen = {.fails = POSTERN_OK};
    const postern_crypto table = watched(&seen);
    const pst_revocation_list *list;
    pst_certificate right;
    pst_certificate wrong;
    counting_heap heap;
    pst_authority *authority;
    bool is_by;

    counting_heap_init(&heap, SIZE_MAX);
    load(&heap, &plan, 1, &table, &authority);
    right = certificate_of("corpus/ca/ca-a-int.der");
    wrong = certificate_of("corpus/ca/ca-b.der");
    list = &authority->crls[0];
    ck_assert_uint_eq(seen.calls, 0);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(pst_revocation_list_is_by(authority, list, &right, &is_by),
                         POSTERN_OK);
        ck_assert(is_by);
        ck_assert_int_eq(pst_revocation_list_is_by(authority, list, &wrong, &is_by),
                         POSTERN_OK);
        ck_assert(!is_by);
        ck_assert_uint_eq(seen.calls, 3); /* a "no" is asked twice */
    }
    pst_authority_free(authority);
    ck_assert_uint_eq(heap.live_bytes, 0);
    corpus_free();
}
END_TEST

/* A check that could not be made is no answer; without memory there is one all the same,
 * each time anew. */
START_TEST(only_answers_are_remembered)
{
    const crl_plan plan = {.count = 3, .ca = "ca-a-int"};
    witness seen = {.fails = POSTERN_OK};
    const postern_crypto table = watched(&seen);
    pst_certificate issuer;
    counting_heap heap;
    pst_authority *authority;
    bool is_by;

    counting_heap_init(&heap, SIZE_MAX);
    load(&heap, &plan, 1, &table, &authority);
    issuer = certificate_of("corpus/ca/ca-a-int.der");
    seen.fails = POSTERN_CRYPTO;
    ck_assert_int_eq(
        pst_revocation_list_is_by(authority, &authority->crls[0], &issuer, &is_by),
        POSTERN_CRYPTO);
    ck_assert(!is_by);
    seen.fails = POSTERN_OK;
    heap.fail_at = heap.requests;
    for (size_t i = 2; i < 4; i++) {
        ck_assert_int_eq(
            pst_revocation_list_is_by(authority, &authority->crls[0], &issuer, &is_by),
            POSTERN_OK);
        ck_assert(is_by);
        ck_assert_uint_eq(seen.calls, i);
    }
    heap.fail_at = SIZE_MAX;
    pst_authority_free(authority);
    ck_assert_uint_eq(heap.live_bytes, 0);
    corpus_free();
}
END_TEST

/* Many keys that have not signed a CRL make its check neither dearer than once each time,
 * nor that of the right key. */
START_TEST(wrong_keys_cost_no_more_than_one_check)
{
    const crl_plan plan = {.count = 3, .ca = "ca-a-int"};
    witness seen = {.fails = POSTERN_OK};
    const postern_crypto table = watched(&seen);
    pst_certificate right;
    pst_certificate wrong;
    counting_heap heap;
    pst_authority *authority;
    bool is_by;

    counting_heap_init(&heap, SIZE_MAX);
    load(&heap, &plan, 1, &table, &authority);
    right = certificate_of("corpus/ca/ca-a-int.der");
    wrong = certificate_of("corpus/ca/ca-b.der");
    for (char i = 0; i < PST_KNOWN_KEYS_MAX; i++) {
        pst_known_keys_add(&authority->crls[0].known, &heap.alloc, (postern_str){&i, 1},
                           false);
    }
    for (size_t i = 1; i < 4; i++) {
        ck_assert_int_eq(
            pst_revocation_list_is_by(authority, &authority->crls[0], &wrong, &is_by),
            POSTERN_OK);
        ck_assert(!is_by);
        ck_assert_uint_eq(seen.calls, i);
    }
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(
            pst_revocation_list_is_by(authority, &authority->crls[0], &right, &is_by),
            POSTERN_OK);
        ck_assert(is_by);
        ck_assert_uint_eq(seen.calls, 4);
    }
    pst_authority_free(authority);
    ck_assert_uint_eq(heap.live_bytes, 0);
    corpus_free();
}
END_TEST

/* Whatever went wrong in a check that says "no" must go wrong twice to be believed. */
START_TEST(one_no_is_not_believed)
{
    const crl_plan plan = {.count = 3, .ca = "ca-a-int"};
    witness seen = {.fails = POSTERN_INVALID, .once = true};
    const postern_crypto table = watched(&seen);
    pst_certificate issuer;
    counting_heap heap;
    pst_authority *authority;
    bool is_by;

    counting_heap_init(&heap, SIZE_MAX);
    load(&heap, &plan, 1, &table, &authority);
    issuer = certificate_of("corpus/ca/ca-a-int.der");
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(
            pst_revocation_list_is_by(authority, &authority->crls[0], &issuer, &is_by),
            POSTERN_OK);
        ck_assert(is_by);
    }
    ck_assert_uint_eq(seen.calls, 2);
    pst_authority_free(authority);
    ck_assert_uint_eq(heap.live_bytes, 0);
    corpus_free();
}
END_TEST

START_TEST(what_is_known_of_keys_is_bounded)
{
    const postern_allocator *alloc = pst_alloc_or_default(NULL);
    pst_known_keys known = {NULL};
    char keys[2 * (PST_KNOWN_KEYS_MAX + 2)];
    bool signed_by;

    for (size_t i = 0; i < sizeof keys; i++) { /* those that have not signed first */
        const bool yes = i >= sizeof keys / 2;

        ck_assert(pst_known_keys_has_room(&known, yes) ==
                  (i % (sizeof keys / 2) < PST_KNOWN_KEYS_MAX));
        keys[i] = (char)i;
        pst_known_keys_add(&known, alloc, (postern_str){&keys[i], 1}, yes);
    }
    for (size_t i = 0; i < sizeof keys; i++) {
        const postern_str key = {&keys[i], 1};
        const bool kept = i % (sizeof keys / 2) < PST_KNOWN_KEYS_MAX;

        ck_assert(pst_known_keys_find(&known, key, &signed_by) == kept);
        ck_assert(!kept || signed_by == (i >= sizeof keys / 2));
    }
    pst_known_keys_free(&known, alloc);
    ck_assert(!pst_known_keys_find(&known, (postern_str){keys, 1}, &signed_by));
}
END_TEST

enum { THREADS = 4, ROUNDS = 2000 };

/* Each thread finds for each key nothing or the truth. */
static void *learn(void *user)
{
    static char wrong;
    pst_known_keys *known = user;

    for (unsigned i = 0; i < ROUNDS; i++) {
        const char byte = (char)(i % (2 * PST_KNOWN_KEYS_MAX + 8));
        const postern_str key = {&byte, 1};
        bool signed_by;

        if (!pst_known_keys_find(known, key, &signed_by)) {
            pst_known_keys_add(known, pst_alloc_or_default(NULL), key, byte % 2 == 0);
        } else if (signed_by != (byte % 2 == 0)) {
            return &wrong;
        }
    }
    return NULL;
}

START_TEST(threads_learn_of_keys_together)
{
    for (unsigned round = 0; round < 50; round++) {
        pst_known_keys known = {NULL};
        pthread_t threads[THREADS];
        void *wrong;

        for (size_t i = 0; i < THREADS; i++) {
            ck_assert_int_eq(pthread_create(&threads[i], NULL, learn, &known), 0);
        }
        for (size_t i = 0; i < THREADS; i++) {
            ck_assert_int_eq(pthread_join(threads[i], &wrong), 0);
            ck_assert_ptr_null(wrong);
        }
        pst_known_keys_free(&known, pst_alloc_or_default(NULL));
    }
}
END_TEST

/* --- keys --------------------------------------------------------------------- */

START_TEST(an_rsa_key_is_one_with_null_and_without)
{
    static const postern_str with = BYTES("\x30\x16\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7"
                                          "\x0d\x01\x01\x01\x05\x00\x03\x05\x00\x30\x02"
                                          "\x05\x00");
    static const postern_str without = BYTES("\x30\x14\x30\x0b\x06\x09\x2a\x86\x48\x86"
                                             "\xf7\x0d\x01\x01\x01\x03\x05\x00\x30\x02"
                                             "\x05\x00");
    static const postern_str other = BYTES("\x30\x14\x30\x0b\x06\x09\x2a\x86\x48\x86"
                                           "\xf7\x0d\x01\x01\x01\x03\x05\x00\x30\x02"
                                           "\x06\x00");
    static const postern_str none = {NULL, 0};

    ck_assert(pst_key_is_same(with, with));
    ck_assert(pst_key_is_same(with, without) && pst_key_is_same(without, with));
    ck_assert(!pst_key_is_same(with, other) && !pst_key_is_same(other, without));
    ck_assert(!pst_key_is_same(none, none) && !pst_key_is_same(with, none));
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("crl-signer");
    TCase *tc = tcase_create("crl-signer");

    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, the_crl_of_an_intermediate_is_checked_once_for_each_key);
    tcase_add_test(tc, only_answers_are_remembered);
    tcase_add_test(tc, wrong_keys_cost_no_more_than_one_check);
    tcase_add_test(tc, one_no_is_not_believed);
    tcase_add_test(tc, what_is_known_of_keys_is_bounded);
    tcase_add_test(tc, threads_learn_of_keys_together);
    tcase_add_test(tc, an_rsa_key_is_one_with_null_and_without);
    suite_add_tcase(suite, tc);
    return suite;
}
