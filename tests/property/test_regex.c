/*
 * test_regex.c - random patterns on random texts: the engine, a walk over the parser's
 * tree and a walk over the generator's own tree agree.
 *
 * POSTERN_EXPRESSIONS says how many pairs (default in regex_bench.c), POSTERN_SEED where
 * to start; a failure names the seed of its round.
 */
#include "../harness/harness.h"
#include "../reference/regex_walk.h"
#include "regex_bench.h"

enum { SUBJECTS = 8 };

static bool parse(regex_bench *b, postern_str pattern, pst_regex_tree *tree)
{
    pst_regex_problem problem;

    return pst_regex_parse(&b->scratch, pattern, false, &b->limits, tree, &problem) ==
           POSTERN_OK;
}

/* The engine and the walk over the parser's tree say different things. */
static bool engine_quarrels(regex_bench *b, postern_str pattern, postern_str text)
{
    pst_regex_problem problem;
    const pst_regex *const regex =
        regex_bench_try(b, pattern, PST_REGEX_MATCH, &problem);
    regex_walk_answer answer;
    pst_regex_tree tree;

    if (regex == NULL || !parse(b, pattern, &tree)) {
        return false;
    }
    answer = regex_walk_search(tree.root, text);
    return answer != REGEX_WALK_TIRED &&
           (answer == REGEX_WALK_YES) != pst_regex_match(regex, text, NULL);
}

/* @return false when the walk was tired */
static bool three_opinions(regex_bench *b, const pst_regex *regex,
                           const pst_regex_tree *tree)
{
    const postern_str pattern = regex_bench_pattern(b);
    const postern_str text = regex_bench_subject(b);
    const regex_walk_answer parsed = regex_walk_search(tree->root, text);
    const regex_walk_answer meant = regex_walk_search(b->g->root, text);
    const bool got = regex_bench_match(b, pattern, regex, text);

    if (parsed == REGEX_WALK_TIRED || meant == REGEX_WALK_TIRED) {
        return false;
    }
    if (parsed != meant) {
        regex_bench_fail(b,
                         meant == REGEX_WALK_YES
                             ? "the parser's tree does not match, the generator's does"
                             : "the parser's tree matches, the generator's does not",
                         pattern, text, NULL);
    }
    if (got != (parsed == REGEX_WALK_YES)) {
        regex_bench_fail(b,
                         got ? "the engine matches, the walk does not"
                             : "the engine does not match, the walk does",
                         pattern, text, engine_quarrels);
    }
    return true;
}

static void agree(regex_bench *b, size_t pairs)
{
    size_t tired = 0;
    size_t asked = 0;

    while (asked < pairs) {
        const pst_regex *regex;
        pst_regex_tree tree;
        if (regex_chance(b->g, 8)) {
            regex_generate_explosion(b->g);
        } else {
            regex_generate(b->g);
        }
        regex_bench_forget(b);
        regex = regex_bench_compile(b, regex_bench_pattern(b), PST_REGEX_MATCH);
        if (regex == NULL || !parse(b, regex_bench_pattern(b), &tree)) {
            asked++; /* a limit */
            continue;
        }
        ck_assert_uint_eq(tree.groups, b->g->groups);
        for (int i = 0; i < SUBJECTS; i++, asked++) {
            regex_generate_subject(b->g);
            tired += !three_opinions(b, regex, &tree);
        }
    }
    ck_assert_uint_le(tired, pairs / 50 + 4);
}

START_TEST(engine_and_walks_agree)
{
    const size_t pairs = regex_bench_count();
    regex_bench b;

    regex_bench_open(&b, REGEX_FULL, _i);
    agree(&b, pairs);
    if (pairs >= 1000) { /* a test that says always the same would find nothing */
        ck_assert_uint_gt(b.matched, b.asked / 4);
        ck_assert_uint_lt(b.matched, b.asked - b.asked / 5);
        ck_assert_uint_lt(b.limited, pairs / 50);
        ck_assert_uint_gt(b.backward, 0);
        for (size_t i = 0; i <= PST_REGEX_BITS; i++) {
            ck_assert_uint_gt(b.engines[i], 0);
        }
    }
    regex_bench_close(&b);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("regex");
    TCase *tcase = tcase_create("regex");

    tcase_set_timeout(tcase, 3600);
    tcase_add_loop_test(tcase, engine_and_walks_agree, 0, REGEX_ROUNDS);
    suite_add_tcase(suite, tcase);
    return suite;
}
