/* test_judge.c - who is let in, who is not, and for how long that holds. */
#include "../harness/corpus.h"
#include "../harness/harness.h"
#include "../harness/path.h"
#include "certificate/facts.h"
#include "certificate/judge.h"
#include "support/alloc.h"
#include "support/text.h"

#include <stdio.h>
#include <stdlib.h>

enum { VERDICTS = 137 }; /* in tests/data/verdicts.txt; a test counts them */
enum { WORDS_MAX = 7 };
enum {
    CHAIN_CAP = 80,
    ARENA_LIMIT = 1 << 22,
    YEAR_2025 = 1735689600,
    YEAR_2026 = 1767225600
};
static const int64_t YEAR_2045 = 2366841600;

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
    ck_assert_uint_gt(corpus_line("verdicts.txt", VERDICTS - 1).len, 0);
    ck_assert_uint_eq(corpus_line("verdicts.txt", VERDICTS).len, 0);
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
    postern_str line = corpus_line("verdicts.txt", _i);
    char words[WORDS_MAX][WORD_BYTES];
    char files[4][TEXT_BYTES];
    postern_str chain[CHAIN_CAP];
    pst_authority *authority;
    pst_judgement got;
    size_t count;
    int64_t now;

    for (size_t i = 0; i < WORDS_MAX; i++) {
        corpus_word(&line, words[i]);
    }
    spell_files(words[0], "corpus/certs/", ".der", files[0]);
    spell_files(words[1], "corpus/chains/", ".pem", files[1]);
    spell_files(words[2], "corpus/ca/", ".pem", files[2]);
    spell_files(words[3], "corpus/crl/", ".pem", files[3]);
    now = words[5][0] == '-' ? NOW : strtoll(words[5], NULL, 10);
    authority = path_must_load(files[2], files[3], mode_of(words[4]));
    count = corpus_chain(files[0], files[1], chain, CHAIN_CAP);
    ck_assert_int_eq(pst_judge_chain(authority, chain, count, now, NULL, &got),
                     POSTERN_OK);
    check_verdict(&got, words[6], now);
    pst_authority_free(authority);
    corpus_free();
}
END_TEST

/* --- how long a judgement holds ------------------------------------------------- */

START_TEST(a_judgement_ends_with_the_next_date)
{
    postern_str leaf = corpus_read(LEAF("date-1day"));
    pst_authority *authority =
        path_must_load(CA("ca-a"), CRL("crl-a"), PST_REVOCATION_REQUIRE);
    pst_judgement got;

    ck_assert_int_eq(pst_judge_chain(authority, &leaf, 1, NOW, NULL, &got), POSTERN_OK);
    ck_assert_int_eq(got.reason, PST_REASON_OK);
    ck_assert_int_eq(got.from, 1740877323);     /* Mar  2 01:02:03 2025: the leaf */
    ck_assert_int_eq(got.until, YEAR_2045 + 1); /* the CA and the CRL */
    /* What is not on the path may be on it once it is valid. */
    {
        postern_str chain[2] = {leaf, corpus_read(LEAF("notyet"))};

        ck_assert_int_eq(pst_judge_chain(authority, chain, 2, NOW, NULL, &got),
                         POSTERN_OK);
        ck_assert_int_eq(got.reason, PST_REASON_OK);
        ck_assert_int_eq(got.until, 2335219200); /* Jan  1 2044 */
    }
    pst_authority_free(authority);

    /* A CRL of the future will change the answer, and so will the end of one. */
    authority = path_must_load(CA("ca-a"), CRL("crl-a-future"), PST_REVOCATION_REQUIRE);
    ck_assert_int_eq(pst_judge_chain(authority, &leaf, 1, NOW, NULL, &got), POSTERN_OK);
    ck_assert_int_eq(got.until, 2335219200); /* Jan  1 2044 */
    ck_assert_int_eq(pst_judge_chain(authority, &leaf, 1, got.until, NULL, &got),
                     POSTERN_OK);
    ck_assert_int_eq(got.reason, PST_REASON_OK);
    ck_assert_int_eq(got.from, 2335219200);
    ck_assert_int_eq(got.until, 2337897601); /* Feb  1 2044 and a second */
    ck_assert_int_eq(pst_judge_chain(authority, &leaf, 1, got.until, NULL, &got),
                     POSTERN_OK);
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
        path_must_load(CA("ca-a") " " EXTRA("ca-a-old"),
                       CRL("crl-a") " " CRL("crl-a-expired"), PST_REVOCATION_REQUIRE);

    for (size_t l = 0; l < sizeof leaves / sizeof *leaves; l++) {
        postern_str leaf = corpus_read(leaves[l]);

        for (size_t m = 0; m < sizeof moments / sizeof *moments; m++) {
            pst_judgement got;
            pst_judgement at;

            ck_assert_int_eq(
                pst_judge_chain(authority, &leaf, 1, moments[m], NULL, &got),
                POSTERN_OK);
            ck_assert(got.from <= moments[m] && moments[m] < got.until);
            for (size_t k = 0; k < sizeof moments / sizeof *moments; k++) {
                if (moments[k] < got.from || moments[k] >= got.until) {
                    continue;
                }
                ck_assert_int_eq(
                    pst_judge_chain(authority, &leaf, 1, moments[k], NULL, &at),
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

/* --- out of memory -------------------------------------------------------------- */

static postern_status whole_round(const postern_allocator *alloc)
{
    pst_authority *authority;
    postern_str chain[CHAIN_CAP];
    size_t count = corpus_chain(LEAF("ok-int"), CHAIN("ok-int"), chain, CHAIN_CAP);
    pst_judgement got;
    pst_arena arena;
    pst_facts facts;
    postern_status status =
        path_load(alloc, CA("ca-a") " " CA("ca-b"), CRL("crl-a") " " CRL("crl-a-int"),
                  PST_REVOCATION_REQUIRE, &authority, NULL);

    if (status != POSTERN_OK) {
        ck_assert_ptr_null(authority);
        return status;
    }
    ck_assert_int_eq(pst_judge_chain(authority, chain, count, NOW, NULL, &got),
                     POSTERN_OK);
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

Suite *test_suite(void)
{
    Suite *suite = suite_create("judge");
    TCase *judge = tcase_create("judge");

    tcase_add_test(judge, tables_are_read_whole);
    tcase_add_loop_test(judge, every_verdict, 0, VERDICTS);
    tcase_add_test(judge, a_judgement_ends_with_the_next_date);
    tcase_add_test(judge, inside_the_window_nothing_changes);
    tcase_add_test(judge, every_request_may_fail);
    suite_add_tcase(suite, judge);
    return suite;
}
