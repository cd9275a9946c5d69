/*
 * test_regex_texts.c - random patterns on random texts: where a pattern matches, one
 * of the texts that must stand there does.
 *
 * POSTERN_EXPRESSIONS says how many pairs (default in regex_bench.c), POSTERN_SEED where
 * to start; a failure names the seed of its round.
 */
#include "../harness/harness.h"
#include "match/regex_literals.h"
#include "regex_bench.h"
#include "support/text.h"

enum { SUBJECTS = 8, CAP = 64 };

typedef struct literals {
    postern_str texts[CAP];
    size_t count;
    size_t least;
} literals;

/* Every number of texts and every length is asked for at times. */
static void ask(regex_bench *b, postern_str pattern, size_t least, size_t cap,
                literals *out)
{
    out->least = least;
    out->count =
        pst_regex_literals(&b->arena, &b->scratch, pattern, least, out->texts, cap);
    ck_assert_uint_le(out->count, cap);
    for (size_t i = 0; i < out->count; i++) {
        ck_assert_uint_ge(out->texts[i].len, least);
        for (size_t k = 0; k < out->texts[i].len; k++) {
            const unsigned char byte = (unsigned char)out->texts[i].data[k];
            ck_assert_uint_eq(byte, pst_lower(byte));
        }
    }
}

static bool one_stands_in(const literals *l, postern_str text)
{
    for (size_t i = 0; i < l->count; i++) {
        const size_t length = l->texts[i].len;
        for (size_t at = 0; at + length <= text.len; at++) {
            if (pst_str_same_folded(l->texts[i],
                                    pst_str_slice(text, at, at + length))) {
                return true;
            }
        }
    }
    return false;
}

static bool would_be_missed(regex_bench *b, postern_str pattern, postern_str text)
{
    pst_regex_problem problem;
    const pst_regex *const regex =
        regex_bench_try(b, pattern, PST_REGEX_MATCH, &problem);
    literals l;

    if (regex == NULL || !pst_regex_match(regex, text, NULL)) {
        return false;
    }
    ask(b, pattern, 1, CAP, &l);
    return l.count > 0 && !one_stands_in(&l, text);
}

/* What the rounds have seen. */
typedef struct tally {
    size_t known;   /* patterns with texts */
    size_t matched; /* pairs of which the texts could be wrong */
    size_t kept;    /* pairs without a match that the texts do not tell */
} tally;

static void judge(regex_bench *b, const pst_regex *regex, const literals *l, tally *sum)
{
    const postern_str text = regex_bench_subject(b);
    const bool stands = one_stands_in(l, text);

    if (!pst_regex_match(regex, text, NULL)) {
        sum->kept += stands;
        return;
    }
    sum->matched++;
    if (!stands) {
        regex_bench_fail(b, "the pattern matches where no literal stands",
                         regex_bench_pattern(b), text, would_be_missed);
    }
}

START_TEST(where_a_pattern_matches_one_literal_stands)
{
    static const size_t caps[] = {1, 2, 8, CAP};
    const size_t pairs = regex_bench_count();
    tally sum = {0};
    size_t patterns = 0;
    regex_bench b;

    regex_bench_open(&b, REGEX_FULL, _i);
    for (size_t asked = 0; asked < pairs; patterns++) {
        const pst_regex *regex;
        literals l;
        regex_generate(b.g);
        regex_bench_forget(&b);
        regex = regex_bench_compile(&b, regex_bench_pattern(&b), PST_REGEX_MATCH);
        if (regex == NULL) {
            asked++; /* a limit */
            continue;
        }
        ask(&b, regex_bench_pattern(&b), 1 + patterns % 5,
            caps[regex_pick(b.g, sizeof caps / sizeof caps[0])], &l);
        sum.known += l.count > 0;
        for (int i = 0; i < SUBJECTS; i++, asked++) {
            regex_generate_subject(b.g);
            if (l.count > 0) {
                judge(&b, regex, &l, &sum);
            }
        }
    }
    if (pairs >= 1000) { /* a test without literals would find nothing */
        ck_assert_uint_gt(sum.known, patterns / 20);
        ck_assert_uint_gt(sum.matched, pairs / 50);
    }
    regex_bench_close(&b);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("regex literals");
    TCase *tcase = tcase_create("regex literals");

    tcase_set_timeout(tcase, 3600);
    tcase_add_loop_test(tcase, where_a_pattern_matches_one_literal_stands, 0,
                        REGEX_ROUNDS);
    suite_add_tcase(suite, tcase);
    return suite;
}
