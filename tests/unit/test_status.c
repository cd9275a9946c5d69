/*
 * test_status.c - verdicts in Cloudflare's words. The texts are what `openssl verify
 * -purpose sslclient` says of the same files, spelt as BoringSSL does and, for a lone
 * leaf without an issuer, as a server sees it that goes on after the first error.
 */
#include "../harness/corpus.h"
#include "../harness/harness.h"
#include "../harness/path.h"
#include "certificate/status.h"
#include "support/text.h"

#include <stdio.h>

enum { CHAIN_CAP = 80 };

#define FIRST "unable to verify the first certificate"
#define LOCAL "unable to get local issuer certificate"
#define NO_CA "invalid CA certificate"
#define REJECTED "certificate rejected"
#define WEAK_KEY "EE certificate key too weak"
#define PURPOSE "unsupported certificate purpose"
#define KEY_ID "authority and subject key identifier mismatch"
#define SIGNATURE "certificate signature failure"

/* Files of tests/data/corpus/: certs/LEAF.der, chains/CHAIN.pem and so on, "" for none. */
static const struct row {
    const char *leaf;
    const char *chain;
    const char *ca;
    const char *crl;
    const char *status; /* NULL: SUCCESS; else behind "FAILED:" */
} rows[] = {
    {"ok-p256",          "",               "ca-a",      "",              NULL                                          },
    {"ok-rsa2048",       "",               "ca-a",      "",              NULL                                          },
    {"ok-int",           "ok-int",         "ca-a",      "",              NULL                                          },
    {"ok-int",           "with-root",      "ca-a",      "",              NULL                                          },
    {"by-deep3",         "by-deep3",       "ca-a",      "",              NULL                                          },
    {"revoked",          "",               "ca-a",      "crl-a",         NULL                                          },
    {"by-revoked-int",   "by-revoked-int", "ca-a",      "crl-a",         NULL                                          },
    {"expired",          "",               "ca-a",      "",              "certificate has expired"                     },
    {"notyet",           "",               "ca-a",      "",              "certificate is not yet valid"                },
    {"by-expired-ca",    "",               "ca-exp",    "",              "certificate has expired"                     },
    {"revoked-expired",  "",               "ca-a",      "crl-a",         "certificate has expired"                     },
    {"self-signed",      "",               "ca-a",      "",              "self signed certificate"                     },
    {"self-signed",      "ok-int",         "ca-a",      "",              "self signed certificate"                     },
    {"ok-by-b",          "",               "ca-a",      "",              FIRST                                         },
    {"ok-by-noski",      "",               "ca-a",      "",              FIRST                                         },
    {"sig-ed25519",      "",               "ca-a",      "",              FIRST                                         },
    {"by-impostor",      "",               "ca-a",      "",              FIRST                                         }, /* its issuer's name, and another key id */
    {"ok-int",           "",               "ca-a",      "",              FIRST                                         },
    {"ok-int",           "by-noca",        "ca-a",      "",              FIRST                                         }, /* what was sent is of no use */
    {"ok-int",           "ok-int",         "ca-b",      "",              LOCAL                                         },
    {"by-deep3",         "by-deep3",       "ca-b",      "",              LOCAL                                         },
    {"ok-int",           "with-root",      "ca-b",      "",              "self signed certificate in certificate chain"},
    {"bad/sig-flip",     "",               "ca-a",      "",              SIGNATURE                                     },
    {"bad/tbs-flip",     "",               "ca-a",      "",              SIGNATURE                                     },
    {"by-noca",          "by-noca",        "ca-a",      "",              NO_CA                                         },
    {"by-leaf",          "by-leaf",        "ca-a",      "",              NO_CA                                         },
    {"by-pathlen",       "by-pathlen",     "ca-a",      "",              "path length constraint exceeded"             },
    {"by-deep9",         "by-deep9",       "ca-a",      "",              "certificate chain too long"                  },
    {"by-deep10",        "by-deep10",      "ca-a",      "",              "certificate chain too long"                  },
    {"by-int-server",    "by-int-server",  "ca-a",      "",              PURPOSE                                       },
    {"eku-server",       "",               "ca-a",      "",              PURPOSE                                       },
    {"eku-any",          "",               "ca-a",      "",              PURPOSE                                       },
    {"ku-nosig",         "",               "ca-a",      "",              PURPOSE                                       },
    {"ext-crit",         "",               "ca-a",      "",              "unhandled critical extension"                },
    {"bad/truncated",    "",               "ca-a",      "",              REJECTED                                      },
    {"bad/empty",        "",               "ca-a",      "",              REJECTED                                      },
    {"ext-nameconstr",   "",               "ca-a",      "",              "unsupported name constraint type"            },
    {"by-int-nc",        "by-int-nc",      "ca-a",      "",              "unsupported name constraint type"            },
    {"sig-sha1",         "",               "ca-a",      "",              "CA signature digest algorithm too weak"      },
    {"key-rsa1024",      "",               "ca-a",      "",              WEAK_KEY                                      },
    {"key-ed25519",      "",               "ca-a",      "",              WEAK_KEY                                      },
    {"extra/aki-other",  "",               "ca-a,ca-b", "",              KEY_ID                                        },
    {"extra/aki-serial", "",               "ca-a",      "",              KEY_ID                                        },
    {"ok-p256",          "",               "ca-a",      "crl-b",         "unable to get certificate CRL"               },
    {"ok-p256",          "",               "ca-a",      "crl-a-expired", "CRL has expired"                             },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* "a,b" becomes "FOLDERaSUFFIX FOLDERbSUFFIX" */
static void spell(const char *names, const char *folder, const char *suffix, char *out)
{
    size_t at = 0;

    out[0] = '\0';
    while (*names != '\0') {
        const int len = (int)strcspn(names, ",");
        const bool extra = strncmp(names, "extra/", 6) == 0;
        const bool bad = strncmp(names, "bad/", 4) == 0;

        at +=
            (size_t)snprintf(out + at, TEXT_BYTES - at, "%s%s%.*s%s", at > 0 ? " " : "",
                             extra ? ""
                             : bad ? "corpus/"
                                   : folder,
                             len, names, suffix);
        ck_assert_uint_lt(at, TEXT_BYTES);
        names += len + (names[len] == ',');
    }
}

START_TEST(a_verdict_has_cloudflares_words)
{
    const struct row *row = &rows[_i];
    postern_str chain[CHAIN_CAP];
    char files[4][TEXT_BYTES];
    char expected[TEXT_BYTES];
    pst_authority *authority;
    pst_judgement judgement;
    postern_str status;
    size_t count;

    spell(row->leaf, "corpus/certs/", ".der", files[0]);
    spell(row->chain, "corpus/chains/", ".pem", files[1]);
    spell(row->ca, "corpus/ca/", ".pem", files[2]);
    spell(row->crl, "corpus/crl/", ".pem", files[3]);
    authority =
        path_must_load(files[2], files[3],
                       row->crl[0] == '\0'              ? PST_REVOCATION_OFF
                       : strcmp(row->crl, "crl-b") == 0 ? PST_REVOCATION_REQUIRE
                                                        : PST_REVOCATION_IF_PRESENT);
    count = corpus_chain(files[0], files[1], chain, CHAIN_CAP);
    ck_assert_int_eq(pst_judge_chain(authority, chain, count, NOW, &judgement),
                     POSTERN_OK);
    status = pst_certificate_status(judgement.reason, authority, chain, count);
    (void)snprintf(expected, sizeof expected, "%s%s",
                   row->status == NULL ? "SUCCESS" : "FAILED:",
                   row->status == NULL ? "" : row->status);
    ck_assert_msg(pst_str_same(status, postern_text(expected)), "%s: %.*s, not %s",
                  row->leaf, (int)status.len, status.data, expected);
    ck_assert_int_eq(judgement.verified, row->status == NULL);
    pst_authority_free(authority);
    corpus_free();
}
END_TEST

START_TEST(nothing_presented_is_none)
{
    for (unsigned reason = 0; reason < PST_REASON_MALFORMED; reason++) {
        ck_assert(
            pst_str_same(pst_certificate_status((pst_reason)reason, NULL, NULL, 0),
                         postern_text("NONE")));
    }
}
END_TEST

/* Also without a certificate at hand a reason has a status. */
START_TEST(every_problem_has_a_text)
{
    static const postern_str failed = POSTERN_STR("FAILED:");

    for (unsigned reason = PST_REASON_MALFORMED; reason <= PST_REASON_OK; reason++) {
        const bool verified = reason >= PST_REASON_REVOKED;
        const postern_str status =
            pst_certificate_status((pst_reason)reason, NULL, NULL, 0);

        ck_assert_int_eq(pst_str_starts(status, failed), !verified);
        ck_assert_int_eq(pst_str_same(status, postern_text("SUCCESS")), verified);
        ck_assert(pst_str_starts(
            pst_certificate_status_of_word(pst_reason_text((pst_reason)reason)),
            failed));
    }
}
END_TEST

START_TEST(a_weak_key_is_the_leafs_or_another)
{
    const postern_str weak = corpus_read(LEAF("key-rsa1024"));
    const postern_str strong = corpus_read(LEAF("ok-p256"));

    ck_assert(pst_str_same(pst_certificate_status(PST_REASON_WEAK_KEY, NULL, &weak, 1),
                           postern_text("FAILED:EE certificate key too weak")));
    ck_assert(
        pst_str_same(pst_certificate_status(PST_REASON_WEAK_KEY, NULL, &strong, 1),
                     postern_text("FAILED:CA certificate key too weak")));
    corpus_free();
}
END_TEST

/* However many were sent, the walk ends. */
START_TEST(a_long_chain_ends)
{
    pst_authority *authority = path_must_load(CA("ca-b"), "", PST_REVOCATION_OFF);
    postern_str chain[CHAIN_CAP];
    const size_t count =
        corpus_chain(LEAF("by-deep10"), CHAIN("by-deep10"), chain, CHAIN_CAP);

    ck_assert(pst_str_same(
        pst_certificate_status(PST_REASON_UNTRUSTED_ISSUER, authority, chain, count),
        postern_text("FAILED:certificate chain too long")));
    pst_authority_free(authority);
    corpus_free();
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("status");
    TCase *tc = tcase_create("status");

    tcase_add_loop_test(tc, a_verdict_has_cloudflares_words, 0, ROWS);
    tcase_add_test(tc, nothing_presented_is_none);
    tcase_add_test(tc, every_problem_has_a_text);
    tcase_add_test(tc, a_weak_key_is_the_leafs_or_another);
    tcase_add_test(tc, a_long_chain_ends);
    suite_add_tcase(suite, tc);
    return suite;
}
