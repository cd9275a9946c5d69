/* test_judge.c - who is let in, who is not, and for how long that holds. */
#include "../harness/corpus.h"
#include "../harness/harness.h"
#include "../harness/path.h"
#include "certificate/crl.h"
#include "certificate/facts.h"
#include "certificate/judge.h"
#include "support/alloc.h"
#include "support/text.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    FILES_MAX = 8,
    CHAIN_CAP = 80,
    ARENA_LIMIT = 1 << 22,
    YEAR_2025 = 1735689600,
    YEAR_2026 = 1767225600,
    NOW = 1800000000, /* January 2027 */
};
static const int64_t YEAR_2045 = 2366841600;

#define CA(name) "corpus/ca/" name ".pem"
#define CRL(name) "corpus/crl/" name ".pem"
#define LEAF(name) "corpus/certs/" name ".der"
#define CHAIN(name) "corpus/chains/" name ".pem"
#define EXTRA(name) "extra/" name ".pem"
#define EXTRA_LEAF(name) "extra/" name ".der"

static postern_status load(const postern_allocator *alloc, const char *cas,
                           const char *crls, pst_revocation mode, pst_authority **out,
                           postern_report *report)
{
    pst_pem_file ca_files[FILES_MAX];
    pst_pem_file crl_files[FILES_MAX];
    size_t ca_count = corpus_files(cas, ca_files, FILES_MAX);
    size_t crl_count = corpus_files(crls, crl_files, FILES_MAX);

    return pst_authority_new(alloc, path_crypto(), ca_files, ca_count, crl_files,
                             crl_count, mode, NOW, out, report);
}

static pst_authority *must_load(const char *cas, const char *crls, pst_revocation mode)
{
    pst_authority *authority;

    ck_assert_int_eq(load(NULL, cas, crls, mode, &authority, NULL), POSTERN_OK);
    return authority;
}

static size_t read_chain(const char *leaf, const char *chain, postern_str *out)
{
    out[0] = corpus_read(leaf);
    return 1 +
           (chain[0] == '\0' ? 0 : corpus_certificates(chain, out + 1, CHAIN_CAP - 1));
}

/* --- tables in tests/data/ ------------------------------------------------------ */

/* Cases of each table; a test counts them. */
enum { VERDICTS = 128, REFUSALS = 31 };
enum { WORDS_MAX = 7, WORD_BYTES = 64, TEXT_BYTES = 512 };

/* The cases of a table: lines that are neither empty nor a comment. */
static postern_str table_line(const char *file, int index)
{
    postern_str rest = corpus_read(file);

    while (rest.len > 0) {
        const char *end = memchr(rest.data, '\n', rest.len);
        size_t len = end == NULL ? rest.len : (size_t)(end - rest.data);
        postern_str line = pst_str_slice(rest, 0, len);

        rest = pst_str_slice(rest, len + 1, rest.len);
        if (line.len > 0 && line.data[0] != '#' && index-- == 0) {
            return line;
        }
    }
    return (postern_str){NULL, 0};
}

/* Takes a word off the front of a line. */
static const char *take_word(postern_str *line, char *buf)
{
    size_t len = 0;

    while (len < line->len && line->data[len] != ' ') {
        len++;
    }
    ck_assert_uint_lt(len, WORD_BYTES);
    memcpy(buf, line->data, len);
    buf[len] = '\0';
    while (len < line->len && line->data[len] == ' ') {
        len++;
    }
    *line = pst_str_slice(*line, len, line->len);
    return buf;
}

/* "a,extra/b" becomes "FOLDER/aSUFFIX extra/bSUFFIX"; "bad/" is corpus/bad/. */
static void spell_files(const char *names, const char *folder, const char *suffix,
                        char *out)
{
    size_t at = 0;

    out[0] = '\0';
    while (strcmp(names, "-") != 0 && *names != '\0') {
        int len = (int)strcspn(names, ",");
        const char *in = strncmp(names, "extra/", 6) == 0 ? ""
                         : strncmp(names, "bad/", 4) == 0 ? "corpus/"
                                                          : folder;
        int wrote = snprintf(out + at, TEXT_BYTES - at, "%s%s%.*s%s", at > 0 ? " " : "",
                             in, len, names, suffix);

        ck_assert_int_gt(wrote, 0);
        at += (size_t)wrote;
        ck_assert_uint_lt(at, TEXT_BYTES);
        names += len + (names[len] == ',' ? 1 : 0);
    }
}

START_TEST(tables_are_read_whole)
{
    ck_assert_uint_gt(table_line("verdicts.txt", VERDICTS - 1).len, 0);
    ck_assert_uint_eq(table_line("verdicts.txt", VERDICTS).len, 0);
    ck_assert_uint_gt(table_line("refusals.txt", REFUSALS - 1).len, 0);
    ck_assert_uint_eq(table_line("refusals.txt", REFUSALS).len, 0);
    corpus_free();
}
END_TEST

/* --- verdicts ------------------------------------------------------------------- */

static pst_revocation mode_of(const char *word)
{
    return strcmp(word, "must") == 0  ? PST_REVOCATION_REQUIRE
           : strcmp(word, "may") == 0 ? PST_REVOCATION_IF_PRESENT
                                      : PST_REVOCATION_OFF;
}

/* With these it is not known who issued the leaf. */
static bool is_doubtful(const char *reason)
{
    return strcmp(reason, "malformed") == 0 ||
           strcmp(reason, "untrusted-issuer") == 0 ||
           strcmp(reason, "weak-signature") == 0 || strcmp(reason, "weak-key") == 0;
}

static void check_verdict(const pst_judgement *got, const char *reason, int64_t now)
{
    bool revoked = strcmp(reason, "revoked") == 0;
    postern_str word = pst_reason_text(got->reason);

    ck_assert_msg(pst_str_same(word, postern_text(reason)), "%.*s, not %s",
                  (int)word.len, word.data, reason);
    ck_assert_int_eq(got->revoked, revoked);
    ck_assert_int_eq(got->verified, revoked || strcmp(reason, "ok") == 0);
    ck_assert_int_eq(got->has_issuer, !is_doubtful(reason));
    ck_assert_int_eq(got->issuer.len > 0, got->has_issuer);
    ck_assert(got->from <= now && now < got->until);
}

START_TEST(every_verdict)
{
    postern_str line = table_line("verdicts.txt", _i);
    char words[WORDS_MAX][WORD_BYTES];
    char files[4][TEXT_BYTES];
    postern_str chain[CHAIN_CAP];
    pst_authority *authority;
    pst_judgement got;
    size_t count;
    int64_t now;

    for (size_t i = 0; i < WORDS_MAX; i++) {
        (void)take_word(&line, words[i]);
    }
    spell_files(words[0], "corpus/certs/", ".der", files[0]);
    spell_files(words[1], "corpus/chains/", ".pem", files[1]);
    spell_files(words[2], "corpus/ca/", ".pem", files[2]);
    spell_files(words[3], "corpus/crl/", ".pem", files[3]);
    now = words[5][0] == '-' ? NOW : strtoll(words[5], NULL, 10);
    authority = must_load(files[2], files[3], mode_of(words[4]));
    count = read_chain(files[0], files[1], chain);
    ck_assert_int_eq(pst_judge_chain(authority, chain, count, now, &got), POSTERN_OK);
    check_verdict(&got, words[6], now);
    pst_authority_free(authority);
    corpus_free();
}
END_TEST

/* --- the path is not taken on trust -------------------------------------------- */

/* A path as a careless TLS library could show it: without objections. */
static pst_judgement judge_path(const char *ca, const char *const *files, size_t count,
                                uint32_t objections, int64_t now)
{
    pst_authority *authority = must_load(ca, "", PST_REVOCATION_OFF);
    postern_path_step path[PST_PATH_MAX + 1];
    pst_judgement got;

    for (size_t i = 0; i < count; i++) {
        path[i] = (postern_path_step){corpus_read(files[i]), 0};
    }
    if (count > 0) {
        path[0].objections = objections;
    }
    ck_assert_int_eq(pst_judge(authority, path, count, now, &got), POSTERN_OK);
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
    static const char *const with_new[] = {LEAF("ok-p256"), "corpus/ca/ca-a.der"};
    pst_judgement got = judge_path(CA("ca-a"), with_old, 2, 0, NOW);

    ck_assert_int_eq(got.reason, PST_REASON_OK);
    ck_assert_uint_eq(got.issuer.len, corpus_read("corpus/ca/ca-a.der").len);
    got = judge_path(EXTRA("ca-a-old"), with_new, 2, 0, NOW);
    ck_assert_int_eq(got.reason, PST_REASON_EXPIRED);
    ck_assert_uint_eq(got.issuer.len, corpus_read(EXTRA_LEAF("ca-a-old")).len);
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
    ck_assert_int_eq(pst_judge_chain(authority, &leaf, 1, NOW, &got), expected);
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

    ck_assert_uint_eq(read_chain(LEAF("ok-int"), CHAIN("ok-int"), chain), 2);
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
    ck_assert_int_eq(pst_judge_chain(authority, chain, 2, NOW, &got), expected);
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

/* --- how long a judgement holds ------------------------------------------------- */

START_TEST(a_judgement_ends_with_the_next_date)
{
    postern_str leaf = corpus_read(LEAF("date-1day"));
    pst_authority *authority =
        must_load(CA("ca-a"), CRL("crl-a"), PST_REVOCATION_REQUIRE);
    pst_judgement got;

    ck_assert_int_eq(pst_judge_chain(authority, &leaf, 1, NOW, &got), POSTERN_OK);
    ck_assert_int_eq(got.reason, PST_REASON_OK);
    ck_assert_int_eq(got.from, 1740877323);     /* Mar  2 01:02:03 2025: the leaf */
    ck_assert_int_eq(got.until, YEAR_2045 + 1); /* the CA and the CRL */
    pst_authority_free(authority);

    /* A CRL of the future will change the answer, and so will the end of one. */
    authority = must_load(CA("ca-a"), CRL("crl-a-future"), PST_REVOCATION_REQUIRE);
    ck_assert_int_eq(pst_judge_chain(authority, &leaf, 1, NOW, &got), POSTERN_OK);
    ck_assert_int_eq(got.until, 2335219200); /* Jan  1 2044 */
    ck_assert_int_eq(pst_judge_chain(authority, &leaf, 1, got.until, &got), POSTERN_OK);
    ck_assert_int_eq(got.reason, PST_REASON_OK);
    ck_assert_int_eq(got.from, 2335219200);
    ck_assert_int_eq(got.until, 2337897601); /* Feb  1 2044 and a second */
    ck_assert_int_eq(pst_judge_chain(authority, &leaf, 1, got.until, &got), POSTERN_OK);
    ck_assert_int_eq(got.reason, PST_REASON_CRL_EXPIRED);
    ck_assert_int_eq(got.from, 2337897601);
    pst_authority_free(authority);
    corpus_free();
}
END_TEST

/* Between two moments of one window the verdict is the same. */
START_TEST(inside_the_window_nothing_changes)
{
    static const char *const leaves[] = {LEAF("ok-p256"),   LEAF("expired"),
                                         LEAF("notyet"),    LEAF("revoked"),
                                         LEAF("date-1day"), LEAF("eku-any")};
    static const int64_t moments[] = {0,         1577836799, 1577836800, YEAR_2025 - 1,
                                      YEAR_2025, YEAR_2026,  2335219200, 2366841600,
                                      2366841601};
    pst_authority *authority =
        must_load(CA("ca-a") " " EXTRA("ca-a-old"),
                  CRL("crl-a") " " CRL("crl-a-expired"), PST_REVOCATION_REQUIRE);

    for (size_t l = 0; l < sizeof leaves / sizeof *leaves; l++) {
        postern_str leaf = corpus_read(leaves[l]);

        for (size_t m = 0; m < sizeof moments / sizeof *moments; m++) {
            pst_judgement got;
            pst_judgement at;

            ck_assert_int_eq(pst_judge_chain(authority, &leaf, 1, moments[m], &got),
                             POSTERN_OK);
            ck_assert(got.from <= moments[m] && moments[m] < got.until);
            for (size_t k = 0; k < sizeof moments / sizeof *moments; k++) {
                if (moments[k] < got.from || moments[k] >= got.until) {
                    continue;
                }
                ck_assert_int_eq(pst_judge_chain(authority, &leaf, 1, moments[k], &at),
                                 POSTERN_OK);
                ck_assert_int_eq(at.reason, got.reason);
                ck_assert_int_eq(at.from, got.from);
                ck_assert_int_eq(at.until, got.until);
            }
        }
    }
    pst_authority_free(authority);
    corpus_free();
}
END_TEST

/* --- loading -------------------------------------------------------------------- */

static bool contains(postern_str text, const char *piece)
{
    size_t len = strlen(piece);

    for (size_t i = 0; i + len <= text.len; i++) {
        if (memcmp(text.data + i, piece, len) == 0) {
            return true;
        }
    }
    return false;
}

static postern_status status_of(const char *word)
{
    return strcmp(word, "INVALID") == 0  ? POSTERN_INVALID
           : strcmp(word, "SYNTAX") == 0 ? POSTERN_SYNTAX
                                         : POSTERN_UNSUPPORTED;
}

START_TEST(a_bad_file_is_refused_with_its_place)
{
    postern_str line = table_line("refusals.txt", _i);
    postern_report *report = postern_report_new(NULL);
    char words[4][WORD_BYTES];
    char message[TEXT_BYTES];
    const char *ca;
    const char *crl;
    pst_authority *authority;
    postern_finding finding;

    for (size_t i = 0; i < 4; i++) {
        (void)take_word(&line, words[i]);
    }
    (void)snprintf(message, sizeof message, "%.*s", (int)line.len, line.data);
    ca = words[0][0] == '-' ? "" : words[0];
    crl = words[1][0] == '-' ? "" : words[1];
    ck_assert_int_eq(load(NULL, ca, crl, PST_REVOCATION_REQUIRE, &authority, report),
                     status_of(words[2]));
    ck_assert_ptr_null(authority);
    ck_assert_uint_eq(postern_report_count_of(report, POSTERN_ERROR), 1);
    ck_assert(postern_report_get(report, 0, &finding));
    ck_assert_msg(contains(finding.message, message), "'%.*s' lacks '%s'",
                  (int)finding.message.len, finding.message.data, message);
    ck_assert(pst_str_same(finding.file, postern_text(crl[0] != '\0' ? crl : ca)));
    ck_assert_uint_eq(finding.line, strtoul(words[3], NULL, 10));
    postern_report_free(report);
    corpus_free();
}
END_TEST

START_TEST(every_bad_block_is_told)
{
    static const char text[] = "CA of something\n"
                               "-----BEGIN CERTIFICATE-----\n"
                               "Zm9v\n"
                               "-----END CERTIFICATE-----\n"
                               "-----BEGIN CERTIFICATE-----\n"
                               "not base64!\n"
                               "-----END CERTIFICATE-----\n"
                               "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                               "Zm9v\n"
                               "-----END ENCRYPTED PRIVATE KEY-----\n"
                               "-----BEGIN CERTIFICATE-----\n";
    static const size_t lines[] = {2, 5, 8, 11};
    pst_pem_file file = {postern_text("ca.pem"), postern_text(text)};
    postern_report *report = postern_report_new(NULL);
    pst_authority *authority;
    postern_finding finding;

    ck_assert_int_eq(pst_authority_new(NULL, path_crypto(), &file, 1, NULL, 0,
                                       PST_REVOCATION_OFF, NOW, &authority, report),
                     POSTERN_SYNTAX);
    ck_assert_ptr_null(authority);
    ck_assert_uint_eq(postern_report_count(report), 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert(postern_report_get(report, i, &finding));
        ck_assert_uint_eq(finding.line, lines[i]);
    }
    postern_report_free(report);
}
END_TEST

static const struct {
    const char *cas;
    const char *crls;
    const char *message;
} warnings[] = {
    {CA("ca-exp"),              "",                                    "CA certificate has expired"},
    {CA("ca-a"),                CRL("crl-a-expired"),                  "CRL has expired"           },
    {CA("ca-a"),                CRL("crl-a-future"),                   "not yet valid"             },
    {CA("ca-a"),                EXTRA("crl-a-no-next"),                "without nextUpdate"        },
    {CA("ca-a") " " CA("ca-a"), CRL("crl-a") " " CRL("crl-a-expired"), NULL                        },
};

START_TEST(a_stale_file_is_a_warning)
{
    postern_report *report = postern_report_new(NULL);
    pst_authority *authority;
    postern_finding finding;

    ck_assert_int_eq(load(NULL, warnings[_i].cas, warnings[_i].crls,
                          PST_REVOCATION_REQUIRE, &authority, report),
                     POSTERN_OK);
    ck_assert_ptr_nonnull(pst_authority_trust(authority));
    ck_assert_uint_eq(postern_report_count(report),
                      warnings[_i].message == NULL ? 0 : 1);
    if (warnings[_i].message != NULL) {
        ck_assert(postern_report_get(report, 0, &finding));
        ck_assert_int_eq(finding.severity, POSTERN_WARNING);
        ck_assert(contains(finding.message, warnings[_i].message));
    }
    pst_authority_free(authority);
    pst_authority_free(NULL);
    postern_report_free(report);
    corpus_free();
}
END_TEST

START_TEST(nothing_is_loaded_without_cryptography)
{
    postern_report *report = postern_report_new(NULL);
    pst_pem_file file;
    pst_authority *authority;

    ck_assert_uint_eq(corpus_files(CA("ca-a"), &file, 1), 1);
    ck_assert_int_eq(pst_authority_new(NULL, NULL, &file, 1, NULL, 0,
                                       PST_REVOCATION_OFF, NOW, &authority, report),
                     POSTERN_CRYPTO);
    ck_assert_ptr_null(authority);
    ck_assert_uint_eq(postern_report_count(report), 1);
    postern_report_free(report);
    corpus_free();
}
END_TEST

/* --- the table of serial numbers ------------------------------------------------ */

enum { SERIALS = 50000, ENTRY_BYTES = 25 };

static void put(pst_writer *out, const void *data, size_t len)
{
    pst_write_str(out, (postern_str){data, len});
}

/* A sequence whose length takes three bytes: 64 KiB to 16 MiB. */
static void put_long(pst_writer *out, size_t len)
{
    const unsigned char head[] = {0x30, 0x83, (unsigned char)(len >> 16),
                                  (unsigned char)(len >> 8), (unsigned char)len};

    put(out, head, sizeof head);
}

/* Entry `i` of the CRL below: serials in no order. */
static void put_entry(pst_writer *out, uint32_t i)
{
    const uint32_t number = i * 2654435761U;
    const unsigned char head[] = {0x30, 23, 0x02, 6, 1, 2};
    const unsigned char serial[] = {
        (unsigned char)(number >> 24), (unsigned char)(number >> 16),
        (unsigned char)(number >> 8), (unsigned char)number};

    put(out, head, sizeof head);
    put(out, serial, sizeof serial);
    pst_write_text(out, "\x17\x0d"
                        "250601000000Z");
}

START_TEST(a_huge_table_is_sorted_and_found)
{
    static const char head[] = "\x02\x01\x01"
                               "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
                               "\x30\x00"
                               "\x17\x0d"
                               "250101000000Z";
    static const char tail[] = "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
                               "\x03\x01\x00";
    const size_t entries = (size_t)SERIALS * ENTRY_BYTES;
    const size_t body = sizeof head - 1 + 5 + entries;
    const size_t size = 10 + body + sizeof tail;
    pst_writer out = {malloc(size), size, 0};
    pst_arena arena;
    pst_crl crl;
    const char *why;

    ck_assert_ptr_nonnull(out.buf);
    put_long(&out, body + 5 + sizeof tail - 1);
    put_long(&out, body);
    put(&out, head, sizeof head - 1);
    put_long(&out, entries);
    for (uint32_t i = 0; i < SERIALS; i++) {
        put_entry(&out, i);
    }
    put(&out, tail, sizeof tail - 1);
    pst_arena_init(&arena, pst_alloc_or_default(NULL), SIZE_MAX / 4);
    ck_assert_int_eq(pst_crl_parse(&arena, (postern_str){out.buf, out.len}, &crl, &why),
                     POSTERN_OK);
    ck_assert_uint_eq(crl.count, SERIALS);
    for (uint32_t i = 0; i < 2 * SERIALS; i++) {
        const uint32_t number = i * 2654435761U;
        const char serial[] = {1,
                               2,
                               (char)(number >> 24),
                               (char)(number >> 16),
                               (char)(number >> 8),
                               (char)number};

        ck_assert_int_eq(pst_crl_lists(&crl, (postern_str){serial, sizeof serial}),
                         i < SERIALS);
    }
    pst_arena_free(&arena);
    free(out.buf);
}
END_TEST

/* --- out of memory -------------------------------------------------------------- */

static postern_status whole_round(const postern_allocator *alloc)
{
    pst_authority *authority;
    postern_str chain[CHAIN_CAP];
    size_t count = read_chain(LEAF("ok-int"), CHAIN("ok-int"), chain);
    pst_judgement got;
    pst_arena arena;
    pst_facts facts;
    postern_status status =
        load(alloc, CA("ca-a") " " CA("ca-b"), CRL("crl-a") " " CRL("crl-a-int"),
             PST_REVOCATION_REQUIRE, &authority, NULL);

    if (status != POSTERN_OK) {
        ck_assert_ptr_null(authority);
        return status;
    }
    ck_assert_int_eq(pst_judge_chain(authority, chain, count, NOW, &got), POSTERN_OK);
    ck_assert(got.verified);
    pst_arena_init(&arena, alloc, ARENA_LIMIT);
    status = pst_facts_make(&arena, path_crypto(), chain, count, got.issuer, &facts);
    pst_arena_free(&arena);
    pst_authority_free(authority);
    return status;
}

START_TEST(every_request_may_fail)
{
    postern_status status = POSTERN_NO_MEMORY;
    size_t fail_at = 0;

    for (; status != POSTERN_OK; fail_at++) {
        counting_heap heap;

        counting_heap_init(&heap, fail_at);
        status = whole_round(&heap.alloc);
        ck_assert(status == POSTERN_OK || status == POSTERN_NO_MEMORY);
        ck_assert_uint_eq(heap.live_bytes, 0);
        corpus_free();
    }
    ck_assert_uint_gt(fail_at, 8);
}
END_TEST

#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)))

Suite *test_suite(void)
{
    Suite *suite = suite_create("judge");
    TCase *judge = tcase_create("judge");
    TCase *path = tcase_create("path");
    TCase *loading = tcase_create("authority");

    tcase_add_test(judge, tables_are_read_whole);
    tcase_add_loop_test(judge, every_verdict, 0, VERDICTS);
    tcase_add_test(judge, a_judgement_ends_with_the_next_date);
    tcase_add_test(judge, inside_the_window_nothing_changes);
    tcase_add_test(judge, every_request_may_fail);
    suite_add_tcase(suite, judge);
    tcase_add_test(path, the_end_of_the_path_is_an_anchor);
    tcase_add_test(path, the_authority_s_own_anchor_counts);
    tcase_add_test(path, a_forged_ca_is_malformed);
    tcase_add_test(path, eleven_certificates_are_too_many);
    tcase_add_loop_test(path, every_objection_counts, 0, LENGTH(objections));
    tcase_add_test(path, every_problem_is_gathered_before_one_is_told);
    tcase_add_test(path, only_a_whole_path_of_known_certificates_counts);
    tcase_add_test(path, failing_cryptography_is_no_verdict);
    tcase_add_test(path, a_crl_that_cannot_be_checked_is_a_fault);
    suite_add_tcase(suite, path);
    tcase_add_loop_test(loading, a_bad_file_is_refused_with_its_place, 0, REFUSALS);
    tcase_add_test(loading, every_bad_block_is_told);
    tcase_add_loop_test(loading, a_stale_file_is_a_warning, 0, LENGTH(warnings));
    tcase_add_test(loading, nothing_is_loaded_without_cryptography);
    tcase_add_test(loading, a_huge_table_is_sorted_and_found);
    suite_add_tcase(suite, loading);
    return suite;
}
