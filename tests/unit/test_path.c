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

typedef struct liar {
    postern_status verify;
    postern_status trust_verify;
    postern_path_step steps[3];
    unsigned depths[3];
    size_t count;
} liar;

static postern_status lying_verify(void *context, postern_str spki,
                                   postern_signature scheme, postern_digest digest,
                                   postern_str data, postern_str signature)
{
    (void)spki;
    (void)scheme;
    (void)digest;
    (void)data;
    (void)signature;
    return ((const liar *)context)->verify;
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

static postern_status lying_trust_verify(void *context, const void *trust,
                                         const postern_str *chain, size_t count,
                                         postern_path_observer observer, void *user)
{
    const liar *lie = context;

    (void)trust;
    (void)chain;
    (void)count;
    for (size_t i = 0; i < lie->count; i++) {
        if (!observer(user, lie->depths[i], &lie->steps[i])) {
            return POSTERN_INVALID;
        }
    }
    return lie->trust_verify;
}

static pst_judgement believe(liar *lie, const char *crls, postern_status expected)
{
    postern_crypto table = *path_crypto();
    pst_pem_file cas[1];
    pst_pem_file lists[FILES_MAX];
    pst_authority *authority;
    postern_str leaf = corpus_read(LEAF("ok-p256"));
    size_t crl_count = corpus_files(crls, lists, FILES_MAX);
    pst_judgement got;

    table.context = lie;
    table.verify = lying_verify;
    table.trust_new = lying_trust_new;
    table.trust_free = lying_trust_free;
    table.trust_verify = lying_trust_verify;
    ck_assert_uint_eq(corpus_files(CA("ca-a"), cas, 1), 1);
    ck_assert_int_eq(pst_authority_new(NULL, &table, cas, 1, lists, crl_count,
                                       PST_REVOCATION_REQUIRE, NOW, &authority, NULL),
                     POSTERN_OK);
    ck_assert_int_eq(pst_judge_chain(authority, &leaf, 1, NOW, NULL, &got), expected);
    pst_authority_free(authority);
    return got;
}

START_TEST(only_a_whole_path_of_known_certificates_counts)
{
    postern_path_step leaf = {corpus_read(LEAF("ok-p256")), 0};
    postern_path_step other = {corpus_read(LEAF("ok-p384")), 0};
    postern_path_step root = {corpus_read("corpus/ca/ca-a.der"), 0};
    postern_path_step empty = {
        {NULL, 0},
        0
    };
    liar lie = {
        .count = 2, .steps = {leaf, root},
             .depths = {0,    1   }
    };

    ck_assert(believe(&lie, CRL("crl-a"), POSTERN_OK).verified);
    lie = (liar){
        .count = 2, .steps = {root, leaf},
             .depths = {1,    0   }
    };
    ck_assert(believe(&lie, CRL("crl-a"), POSTERN_OK).verified);
    /* Another leaf, a gap, an unknown certificate, an empty one, nothing at all. */
    lie = (liar){
        .count = 2, .steps = {other, root},
             .depths = {0,     1   }
    };
    ck_assert_int_eq(believe(&lie, CRL("crl-a"), POSTERN_OK).reason,
                     PST_REASON_UNTRUSTED_ISSUER);
    lie = (liar){
        .count = 2, .steps = {leaf, root},
             .depths = {0,    2   }
    };
    ck_assert_int_eq(believe(&lie, CRL("crl-a"), POSTERN_OK).reason,
                     PST_REASON_UNTRUSTED_ISSUER);
    lie = (liar){
        .count = 3, .steps = {leaf, other, root},
             .depths = {0,    1,     2   }
    };
    ck_assert_int_eq(believe(&lie, CRL("crl-a"), POSTERN_OK).reason,
                     PST_REASON_UNTRUSTED_ISSUER);
    lie = (liar){
        .count = 3, .steps = {leaf, other, root},
             .depths = {0,    1,     1   }
    };
    ck_assert_int_eq(believe(&lie, CRL("crl-a"), POSTERN_OK).reason,
                     PST_REASON_UNTRUSTED_ISSUER);
    lie = (liar){
        .count = 2, .steps = {leaf, empty},
             .depths = {0,    1    }
    };
    ck_assert_int_eq(believe(&lie, CRL("crl-a"), POSTERN_OK).reason,
                     PST_REASON_UNTRUSTED_ISSUER);
    lie = (liar){.count = 0};
    ck_assert_int_eq(believe(&lie, CRL("crl-a"), POSTERN_OK).reason,
                     PST_REASON_UNTRUSTED_ISSUER);
    /* The first sighting of a depth may object, whatever the second says. */
    lie = (liar){
        .count = 3, .steps = {leaf, root, leaf},
             .depths = {0,    1,    0   }
    };
    lie.steps[0].objections = POSTERN_OBJECTION_WEAK_KEY;
    ck_assert_int_eq(believe(&lie, CRL("crl-a"), POSTERN_OK).reason,
                     PST_REASON_WEAK_KEY);
    lie = (liar){.count = 1, .steps = {leaf}, .depths = {PST_PATH_MAX}};
    ck_assert_int_eq(believe(&lie, CRL("crl-a"), POSTERN_OK).reason,
                     PST_REASON_UNTRUSTED_ISSUER);
    corpus_free();
}
END_TEST

START_TEST(failing_cryptography_is_no_verdict)
{
    postern_path_step leaf = {corpus_read(LEAF("ok-p256")), 0};
    postern_path_step root = {corpus_read("corpus/ca/ca-a.der"), 0};
    liar lie = {
        .count = 2, .steps = {leaf, root},
             .depths = {0,    1   }
    };
    pst_judgement got;

    lie.trust_verify = POSTERN_NO_MEMORY;
    got = believe(&lie, CRL("crl-a"), POSTERN_NO_MEMORY);
    ck_assert(!got.verified);
    ck_assert_int_eq(got.reason, PST_REASON_NOT_EVALUATED);
    lie.trust_verify = POSTERN_IO;
    ck_assert(!believe(&lie, CRL("crl-a"), POSTERN_CRYPTO).verified);
    lie.trust_verify = POSTERN_INVALID;
    ck_assert_int_eq(believe(&lie, CRL("crl-a"), POSTERN_OK).reason,
                     PST_REASON_UNTRUSTED_ISSUER);
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

/* The CRL of an issuer that is no anchor is checked at each judgement. */
static void judge_with_failing_verify(postern_status status, postern_status expected,
                                      pst_reason reason)
{
    postern_crypto table = *path_crypto();
    liar lie = {.verify = status, .trust_verify = POSTERN_OK, .count = 3};
    pst_pem_file ca;
    pst_pem_file crl;
    postern_str chain[2];
    pst_authority *authority;
    pst_judgement got;

    ck_assert_uint_eq(corpus_chain(LEAF("ok-int"), CHAIN("ok-int"), chain, 2), 2);
    lie.steps[0] = (postern_path_step){chain[0], 0};
    lie.steps[1] = (postern_path_step){chain[1], 0};
    lie.steps[2] = (postern_path_step){corpus_read("corpus/ca/ca-a.der"), 0};
    lie.depths[1] = 1;
    lie.depths[2] = 2;
    table.context = &lie;
    table.verify = lying_verify;
    table.trust_new = lying_trust_new;
    table.trust_free = lying_trust_free;
    table.trust_verify = lying_trust_verify;
    ck_assert_uint_eq(corpus_files(CA("ca-a"), &ca, 1), 1);
    ck_assert_uint_eq(corpus_files(CRL("crl-a-int"), &crl, 1), 1);
    ck_assert_int_eq(pst_authority_new(NULL, &table, &ca, 1, &crl, 1,
                                       PST_REVOCATION_REQUIRE, NOW, &authority, NULL),
                     POSTERN_OK);
    ck_assert_int_eq(pst_judge_chain(authority, chain, 2, NOW, NULL, &got), expected);
    ck_assert_int_eq(got.reason, reason);
    ck_assert(!got.verified);
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
    tcase_add_test(path, only_a_whole_path_of_known_certificates_counts);
    tcase_add_test(path, a_crl_that_cannot_be_checked_is_not_loaded);
    tcase_add_test(path, a_chain_has_at_most_32_different_certificates);
    tcase_add_test(path, failing_cryptography_is_no_verdict);
    tcase_add_test(path, a_crl_that_cannot_be_checked_is_a_fault);
    suite_add_tcase(suite, path);
    return suite;
}
