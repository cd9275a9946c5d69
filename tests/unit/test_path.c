/* test_path.c - a path is not believed because a TLS library shows it. */
#include "../harness/corpus.h"
#include "../harness/harness.h"
#include "../harness/path.h"
#include "certificate/judge.h"

enum { FILES_MAX = 8 };

/* --- the path is not taken on trust -------------------------------------------- */

/* A path as a careless TLS library could show it: without objections. */
static pst_judgement judge_path(const char *ca, const char *const *files, size_t count,
                                uint32_t objections, int64_t now)
{
    pst_authority *authority = path_must_load(ca, "", PST_REVOCATION_OFF);
    postern_path_step path[PST_PATH_MAX + 1];
    pst_judgement got;

    for (size_t i = 0; i < count; i++) {
        path[i] = (postern_path_step){corpus_read(files[i]), 0};
    }
    if (count > 0) {
        path[0].objections = objections;
    }
    ck_assert_int_eq(pst_judge(authority, path, count, now, NULL, &got), POSTERN_OK);
    pst_authority_free(authority);
    got.issuer = (postern_str){NULL, got.issuer.len};
    return got;
}

START_TEST(the_end_of_the_path_is_an_anchor)
{
    static const char *const good[] = {LEAF("ok-p256"), "corpus/ca/ca-a.der"};
    static const char *const impostor[] = {LEAF("ok-p256"), "corpus/ca/ca-c.der"};
    static const char *const other[] = {LEAF("ok-by-b"), "corpus/ca/ca-b.der"};
    static const char *const unlinked[] = {LEAF("ok-by-b"), "corpus/ca/ca-a.der"};
    static const char *const lonely[] = {"corpus/ca/ca-a.der"};
    pst_judgement got;

    ck_assert(judge_path(CA("ca-a"), good, 2, 0, NOW).verified);
    got = judge_path(CA("ca-a"), impostor, 2, 0, NOW);
    ck_assert_int_eq(got.reason, PST_REASON_UNTRUSTED_ISSUER);
    ck_assert(!got.has_issuer);
    got = judge_path(CA("ca-a"), other, 2, 0, NOW);
    ck_assert_int_eq(got.reason, PST_REASON_UNTRUSTED_ISSUER);
    got = judge_path(CA("ca-a"), unlinked, 2, 0, NOW);
    ck_assert_int_eq(got.reason, PST_REASON_UNTRUSTED_ISSUER);
    got = judge_path(CA("ca-a"), good, 1, 0, NOW);
    ck_assert_int_eq(got.reason, PST_REASON_UNTRUSTED_ISSUER);
    got = judge_path(CA("ca-a"), NULL, 0, 0, NOW);
    ck_assert_int_eq(got.reason, PST_REASON_UNTRUSTED_ISSUER);
    /* An anchor that presents itself is still no client. */
    got = judge_path(CA("ca-a"), lonely, 1, 0, NOW);
    ck_assert_int_eq(got.reason, PST_REASON_WRONG_USAGE);
    corpus_free();
}
END_TEST

/* A certificate with the name and key of an anchor, which anybody may have signed:
 * what counts is what the authority holds. */
START_TEST(the_authority_s_own_anchor_counts)
{
    static const char *const with_old[] = {LEAF("ok-p256"), EXTRA_LEAF("ca-a-old")};
    static const char *const with_other[] = {LEAF("ok-p256"), EXTRA_LEAF("ca-a-other")};
    static const char *const with_new[] = {LEAF("ok-p256"), "corpus/ca/ca-a.der"};
    pst_judgement got = judge_path(CA("ca-a"), with_old, 2, 0, NOW);

    ck_assert_int_eq(got.reason, PST_REASON_OK);
    ck_assert_uint_eq(got.issuer.len, corpus_read("corpus/ca/ca-a.der").len);
    got = judge_path(EXTRA("ca-a-old"), with_new, 2, 0, NOW);
    ck_assert_int_eq(got.reason, PST_REASON_EXPIRED);
    ck_assert_uint_eq(got.issuer.len, corpus_read(EXTRA_LEAF("ca-a-old")).len);
    /* Of two that fit, the one that is valid. */
    got = judge_path(EXTRA("ca-a-old") " " CA("ca-a"), with_other, 2, 0, NOW);
    ck_assert_int_eq(got.reason, PST_REASON_OK);
    ck_assert_int_eq(got.from, 1735689600);
    corpus_free();
}
END_TEST

/* mbedTLS before 3.6.7 takes basicConstraints { INTEGER } for a CA (CVE-2026-49300). */
START_TEST(a_forged_ca_is_malformed)
{
    static const char *const path[] = {
        LEAF("by-bc-int"), "corpus/bad/bc-int-as-bool.der", "corpus/ca/ca-a.der"};
    pst_judgement got = judge_path(CA("ca-a"), path, 3, 0, NOW);

    ck_assert_int_eq(got.reason, PST_REASON_MALFORMED);
    ck_assert(!got.verified && !got.has_issuer);
    corpus_free();
}
END_TEST

START_TEST(eleven_certificates_are_too_many)
{
    static const char *const path[PST_PATH_MAX + 1] = {
        LEAF("by-deep9"),         "corpus/ca/ca-deep9.der", "corpus/ca/ca-deep8.der",
        "corpus/ca/ca-deep7.der", "corpus/ca/ca-deep6.der", "corpus/ca/ca-deep5.der",
        "corpus/ca/ca-deep4.der", "corpus/ca/ca-deep3.der", "corpus/ca/ca-deep2.der",
        "corpus/ca/ca-deep1.der", "corpus/ca/ca-a.der"};

    ck_assert_int_eq(judge_path(CA("ca-a"), path, PST_PATH_MAX + 1, 0, NOW).reason,
                     PST_REASON_UNTRUSTED_ISSUER);
    ck_assert(judge_path(CA("ca-a"), path + 1, PST_PATH_MAX, 0, NOW).reason ==
              PST_REASON_WRONG_USAGE);
    corpus_free();
}
END_TEST

static const struct {
    uint32_t objections;
    pst_reason reason;
} objections[] = {
    {POSTERN_OBJECTION_UNTRUSTED,                              PST_REASON_UNTRUSTED_ISSUER},
    {POSTERN_OBJECTION_WEAK_SIGNATURE,                         PST_REASON_WEAK_SIGNATURE  },
    {POSTERN_OBJECTION_WEAK_KEY,                               PST_REASON_WEAK_KEY        },
    {POSTERN_OBJECTION_OTHER,                                  PST_REASON_MALFORMED       },
    {POSTERN_OBJECTION_WEAK_KEY | POSTERN_OBJECTION_UNTRUSTED,
     PST_REASON_UNTRUSTED_ISSUER                                                          },
    {16,                                                       PST_REASON_MALFORMED       },
    {UINT32_MAX,                                               PST_REASON_MALFORMED       },
};

START_TEST(every_objection_counts)
{
    static const char *const good[] = {LEAF("ok-p256"), "corpus/ca/ca-a.der"};
    pst_judgement got = judge_path(CA("ca-a"), good, 2, objections[_i].objections, NOW);

    ck_assert_int_eq(got.reason, objections[_i].reason);
    ck_assert(!got.verified && !got.revoked && !got.has_issuer);
    corpus_free();
}
END_TEST

START_TEST(every_problem_is_gathered_before_one_is_told)
{
    /* Expired, and with an objection: the objection is graver. */
    static const char *const path[] = {LEAF("expired"), "corpus/ca/ca-a.der"};

    ck_assert_int_eq(judge_path(CA("ca-a"), path, 2, 0, NOW).reason,
                     PST_REASON_EXPIRED);
    ck_assert_int_eq(
        judge_path(CA("ca-a"), path, 2, POSTERN_OBJECTION_WEAK_KEY, NOW).reason,
        PST_REASON_WEAK_KEY);
    corpus_free();
}
END_TEST

/* --- a table of cryptography that lies ------------------------------------------ */

/* Says that the first `good` signatures hold, and of all others what it is told. */
typedef struct liar {
    unsigned good;
    postern_status verify;
    unsigned asked;
} liar;

static postern_status lying_verify(void *context, postern_str spki,
                                   postern_signature scheme, postern_digest digest,
                                   postern_str data, postern_str signature)
{
    liar *lie = context;

    (void)spki;
    (void)scheme;
    (void)digest;
    (void)data;
    (void)signature;
    return lie->asked++ < lie->good ? POSTERN_OK : lie->verify;
}

static postern_status lying_trust_new(void *context, const postern_str *anchors,
                                      size_t count, size_t *bad, void **trust)
{
    (void)anchors;
    (void)count;
    *bad = 0;
    *trust = context;
    return POSTERN_OK;
}

static void lying_trust_free(void *context, void *trust)
{
    (void)context;
    (void)trust;
}

static pst_authority *load_liar(liar *lie, postern_crypto *table, const char *cas,
                                const char *crls)
{
    pst_pem_file files[FILES_MAX];
    pst_pem_file lists[FILES_MAX];
    pst_authority *authority;
    size_t ca_count = corpus_files(cas, files, FILES_MAX);
    size_t crl_count = corpus_files(crls, lists, FILES_MAX);

    *table = *path_crypto();
    table->context = lie;
    table->verify = lying_verify;
    table->trust_new = lying_trust_new;
    table->trust_free = lying_trust_free;
    ck_assert_int_eq(
        pst_authority_new(NULL, table, files, ca_count, lists, crl_count,
                          crl_count > 0 ? PST_REVOCATION_REQUIRE : PST_REVOCATION_OFF,
                          NOW, &authority, NULL),
        POSTERN_OK);
    return authority;
}

static pst_judgement believe(liar lie, const char *leaf, const char *chain,
                             const char *cas, postern_status expected)
{
    postern_crypto table;
    pst_authority *authority = load_liar(&lie, &table, cas, "");
    postern_str sent[FILES_MAX];
    size_t count = corpus_chain(leaf, chain, sent, FILES_MAX);
    pst_judgement got;

    ck_assert_int_eq(pst_judge_chain(authority, sent, count, NOW, NULL, &got),
                     expected);
    pst_authority_free(authority);
    return got;
}

START_TEST(signatures_lead_only_where_names_lead)
{
    const liar yes = {.verify = POSTERN_OK};
    pst_judgement got = believe(yes, LEAF("ok-p256"), "", CA("ca-a"), POSTERN_OK);

    ck_assert(got.verified);
    got = believe(yes, LEAF("ok-by-b"), "", CA("ca-a"), POSTERN_OK);
    ck_assert_int_eq(got.reason, PST_REASON_UNTRUSTED_ISSUER);
    got = believe(yes, LEAF("ok-int"), "", CA("ca-a"), POSTERN_OK);
    ck_assert_int_eq(got.reason, PST_REASON_UNTRUSTED_ISSUER);
    got = believe(yes, LEAF("self-signed"), "", CA("ca-a"), POSTERN_OK);
    ck_assert_int_eq(got.reason, PST_REASON_UNTRUSTED_ISSUER);
    /* Not even through what is no CA, or only claims to be one. */
    got = believe(yes, LEAF("by-leaf"), CHAIN("by-leaf"), CA("ca-a"), POSTERN_OK);
    ck_assert_int_eq(got.reason, PST_REASON_UNTRUSTED_ISSUER);
    got = believe(yes, LEAF("by-noca"), CHAIN("by-noca"), CA("ca-a"), POSTERN_OK);
    ck_assert_int_eq(got.reason, PST_REASON_UNTRUSTED_ISSUER);
    got = believe(yes, LEAF("by-bc-int"), CHAIN("by-bc-int"), CA("ca-a"), POSTERN_OK);
    ck_assert_int_eq(got.reason, PST_REASON_MALFORMED);
    corpus_free();
}
END_TEST

START_TEST(every_signature_of_the_path_counts)
{
    for (unsigned good = 0; good < 2; good++) {
        const liar no = {.good = good, .verify = POSTERN_INVALID};
        pst_judgement got =
            believe(no, LEAF("ok-int"), CHAIN("ok-int"), CA("ca-a"), POSTERN_OK);

        ck_assert_int_eq(got.reason, PST_REASON_UNTRUSTED_ISSUER);
        ck_assert(!got.verified && !got.has_issuer);
    }
    ck_assert(believe((liar){.good = 2, .verify = POSTERN_INVALID}, LEAF("ok-int"),
                      CHAIN("ok-int"), CA("ca-a"), POSTERN_OK)
                  .verified);
    corpus_free();
}
END_TEST

START_TEST(failing_cryptography_is_no_verdict)
{
    static const struct {
        postern_status verify;
        postern_status expected;
    } rows[] = {
        {POSTERN_NO_MEMORY, POSTERN_NO_MEMORY},
        {POSTERN_CRYPTO,    POSTERN_CRYPTO   },
        {POSTERN_IO,        POSTERN_CRYPTO   },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (unsigned good = 0; good < 2; good++) {
            const liar lie = {.good = good, .verify = rows[i].verify};
            pst_judgement got = believe(lie, LEAF("ok-int"), CHAIN("ok-int"),
                                        CA("ca-a"), rows[i].expected);

            ck_assert(!got.verified);
            ck_assert_int_eq(got.reason, PST_REASON_NOT_EVALUATED);
        }
    }
    corpus_free();
}
END_TEST

START_TEST(a_crl_that_cannot_be_checked_is_not_loaded)
{
    postern_crypto table = *path_crypto();
    liar lie = {.verify = POSTERN_IO};
    pst_pem_file ca;
    pst_pem_file crl;
    pst_authority *authority;

    table.context = &lie;
    table.verify = lying_verify;
    ck_assert_uint_eq(corpus_files(CA("ca-a"), &ca, 1), 1);
    ck_assert_uint_eq(corpus_files(CRL("crl-a"), &crl, 1), 1);
    ck_assert_int_eq(pst_authority_new(NULL, &table, &ca, 1, &crl, 1,
                                       PST_REVOCATION_REQUIRE, NOW, &authority, NULL),
                     POSTERN_CRYPTO);
    ck_assert_ptr_null(authority);
    lie.verify = POSTERN_NO_MEMORY;
    ck_assert_int_eq(pst_authority_new(NULL, &table, &ca, 1, &crl, 1,
                                       PST_REVOCATION_REQUIRE, NOW, &authority, NULL),
                     POSTERN_NO_MEMORY);
    corpus_free();
}
END_TEST

/* More different certificates than anybody has a use for; repetitions do not count. */
START_TEST(a_chain_has_at_most_32_different_certificates)
{
    postern_str chain[66];
    pst_authority *authority = path_must_load(CA("ca-a"), "", PST_REVOCATION_OFF);
    static char bytes[64];
    pst_judgement got;

    chain[0] = corpus_read(LEAF("ok-p256"));
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (char)(i % 32);
        chain[1 + i] = (postern_str){&bytes[i], 1};
    }
    ck_assert_int_eq(pst_judge_chain(authority, chain, 32, NOW, NULL, &got),
                     POSTERN_OK);
    ck_assert(got.verified);
    ck_assert_int_eq(pst_judge_chain(authority, chain, 33, NOW, NULL, &got),
                     POSTERN_OK);
    ck_assert_int_eq(got.reason, PST_REASON_UNTRUSTED_ISSUER);
    bytes[31] = bytes[63] = 0;
    ck_assert_int_eq(pst_judge_chain(authority, chain, 65, NOW, NULL, &got),
                     POSTERN_OK);
    ck_assert(got.verified);
    ck_assert_int_eq(pst_judge_chain(authority, chain, 0, NOW, NULL, &got), POSTERN_OK);
    ck_assert_int_eq(got.reason, PST_REASON_UNTRUSTED_ISSUER);
    pst_authority_free(authority);
    corpus_free();
}
END_TEST

/* The CRL of an issuer that is no anchor is checked at each judgement: after the two
 * signatures of the path. */
static void judge_with_failing_verify(postern_status status, postern_status expected,
                                      pst_reason reason)
{
    liar lie = {.good = 2, .verify = status};
    postern_crypto table;
    pst_authority *authority = load_liar(&lie, &table, CA("ca-a"), CRL("crl-a-int"));
    postern_str chain[2];
    pst_judgement got;

    ck_assert_uint_eq(corpus_chain(LEAF("ok-int"), CHAIN("ok-int"), chain, 2), 2);
    lie.asked = 0;
    ck_assert_int_eq(pst_judge_chain(authority, chain, 2, NOW, NULL, &got), expected);
    ck_assert_int_eq(got.reason, reason);
    ck_assert(!got.verified);
    ck_assert_uint_eq(lie.asked, status == POSTERN_INVALID ? 4 : 3); /* a "no": twice */
    pst_authority_free(authority);
    corpus_free();
}

START_TEST(a_crl_that_cannot_be_checked_is_a_fault)
{
    judge_with_failing_verify(POSTERN_CRYPTO, POSTERN_CRYPTO, PST_REASON_NOT_EVALUATED);
    judge_with_failing_verify(POSTERN_IO, POSTERN_CRYPTO, PST_REASON_NOT_EVALUATED);
    judge_with_failing_verify(POSTERN_NO_MEMORY, POSTERN_NO_MEMORY,
                              PST_REASON_NOT_EVALUATED);
    judge_with_failing_verify(POSTERN_INVALID, POSTERN_OK, PST_REASON_CRL_MISSING);
}
END_TEST

#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)))

Suite *test_suite(void)
{
    Suite *suite = suite_create("path");
    TCase *path = tcase_create("path");

    tcase_add_test(path, the_end_of_the_path_is_an_anchor);
    tcase_add_test(path, the_authority_s_own_anchor_counts);
    tcase_add_test(path, a_forged_ca_is_malformed);
    tcase_add_test(path, eleven_certificates_are_too_many);
    tcase_add_loop_test(path, every_objection_counts, 0, LENGTH(objections));
    tcase_add_test(path, every_problem_is_gathered_before_one_is_told);
    tcase_add_test(path, signatures_lead_only_where_names_lead);
    tcase_add_test(path, every_signature_of_the_path_counts);
    tcase_add_test(path, a_crl_that_cannot_be_checked_is_not_loaded);
    tcase_add_test(path, a_chain_has_at_most_32_different_certificates);
    tcase_add_test(path, failing_cryptography_is_no_verdict);
    tcase_add_test(path, a_crl_that_cannot_be_checked_is_a_fault);
    suite_add_tcase(suite, path);
    return suite;
}
