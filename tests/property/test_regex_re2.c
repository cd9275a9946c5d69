/*
 * test_regex_re2.c - random patterns on random texts: the engine and RE2 agree on whether
 * a text matches, where, and on what is a pattern at all.
 *
 * Only what means the same to both is drawn. RE2 (20220601) has no x mode, no sets in
 * sets with && -- ~~, no \b{start} and its like, no \< (it is a plain <), no (?<n>), no
 * repeat of a repeat without parentheses, no blank in a repeat and no count over 1000; {n
 * and {,n} are text to it; a group's name may start with a digit; its \s lacks \v; a
 * character beyond ASCII is one byte to its Latin-1, and has another case there. What
 * else it has and we have not (\C, \Q, \pN, octal) is not drawn.
 *
 * POSTERN_EXPRESSIONS and POSTERN_SEED as in test_regex.c.
 */
#include "../harness/harness.h"
#include "re2_oracle.h"
#include "regex_bench.h"

#include <stdio.h>
#include <string.h>

enum { SUBJECTS = 8, PLACES = 2 * RE2_ORACLE_GROUPS_MAX };

/* --- whether ------------------------------------------------------------------------- */

static bool answers_quarrel(regex_bench *b, postern_str pattern, postern_str text)
{
    pst_regex_problem problem;
    const pst_regex *const regex =
        regex_bench_try(b, pattern, PST_REGEX_MATCH, &problem);
    re2_oracle *const re2 = re2_oracle_new(pattern.data, pattern.len);
    const bool quarrel = regex != NULL && re2 != NULL &&
                         pst_regex_match(regex, text, NULL) !=
                             re2_oracle_match(re2, text.data, text.len);

    re2_oracle_free(re2);
    return quarrel;
}

static void compare_answers(regex_bench *b, const pst_regex *regex,
                            const re2_oracle *re2)
{
    const postern_str text = regex_bench_subject(b);
    const bool got = regex_bench_match(b, regex_bench_pattern(b), regex, text);

    if (got != re2_oracle_match(re2, text.data, text.len)) {
        regex_bench_fail(b, got ? "RE2 says: no match" : "RE2 says: a match",
                         regex_bench_pattern(b), text, answers_quarrel);
    }
}

/* --- where --------------------------------------------------------------------------- */

/* Whether RE2 finds something else than a regex made to find. */
static bool finds_otherwise(regex_bench *b, const pst_regex *regex,
                            const re2_oracle *re2, postern_str text)
{
    size_t ours[PLACES] = {0};
    size_t theirs[PLACES] = {0};
    const size_t all = re2_oracle_groups(re2) + 1;
    const size_t groups = all > RE2_ORACLE_GROUPS_MAX ? RE2_ORACLE_GROUPS_MAX : all;
    const bool wanted = re2_oracle_find(re2, text.data, text.len, groups, theirs);
    bool found = false;

    return pst_regex_find(regex, text, &b->memory, groups, ours, &found) !=
               POSTERN_OK ||
           found != wanted ||
           (found && memcmp(ours, theirs, 2 * groups * sizeof *ours) != 0);
}

static bool places_quarrel(regex_bench *b, postern_str pattern, postern_str text)
{
    pst_regex_problem problem;
    const pst_regex *const regex =
        regex_bench_try(b, pattern, PST_REGEX_CAPTURE, &problem);
    re2_oracle *const re2 = re2_oracle_new(pattern.data, pattern.len);
    const bool quarrel =
        regex != NULL && re2 != NULL && finds_otherwise(b, regex, re2, text);

    re2_oracle_free(re2);
    return quarrel;
}

static void say_places(regex_bench *b, const pst_regex *regex, const re2_oracle *re2,
                       char *out, size_t cap)
{
    const postern_str text = regex_bench_subject(b);
    size_t places[2][PLACES] = {{0}};
    size_t groups = re2_oracle_groups(re2) + 1;
    size_t length = 0;
    bool found = false;

    groups = groups > 8 ? 8 : groups;
    (void)pst_regex_find(regex, text, &b->memory, groups, places[0], &found);
    (void)re2_oracle_find(re2, text.data, text.len, groups, places[1]);
    for (size_t i = 0; i < groups && length < cap; i++) {
        length +=
            (size_t)snprintf(out + length, cap - length, "%s %zd-%zd (RE2 %zd-%zd)",
                             found ? "" : " none", (ssize_t)places[0][2 * i],
                             (ssize_t)places[0][2 * i + 1], (ssize_t)places[1][2 * i],
                             (ssize_t)places[1][2 * i + 1]);
    }
}

/* Some alternative may be nothing and is preferred to another, or a repeat rather does
 * without. */
static bool prefers_nothing(const pst_regex_node *node)
{
    if (node->kind == PST_REGEX_REPEAT && node->lazy && node->least == 0) {
        return true;
    }
    for (const pst_regex_node *child = node->first; child != NULL;
         child = child->next) {
        if ((node->kind == PST_REGEX_ALTERNATE && child->next != NULL &&
             regex_shortest(child) == 0) ||
            prefers_nothing(child)) {
            return true;
        }
    }
    return false;
}

/* Where a loop may go around without a byte, "as a backtracking search would" has more
 * than one reading. RE2 and Rust agree, but where the loop would rather eat nothing:
 * there RE2 does not always stop where Rust does: K(?:|y+)* on Ky, or
 * b((?:(y|)*?)+|) on by. */
static bool is_disputed(const pst_regex_node *node)
{
    if (node->kind == PST_REGEX_REPEAT && node->most == PST_REGEX_FOREVER &&
        regex_shortest(node->first) == 0 && prefers_nothing(node)) {
        return true;
    }
    for (const pst_regex_node *child = node->first; child != NULL;
         child = child->next) {
        if (is_disputed(child)) {
            return true;
        }
    }
    return false;
}

static void compare_places(regex_bench *b, const pst_regex *regex,
                           const re2_oracle *re2)
{
    char said[1024];

    compare_answers(b, regex, re2);
    if (is_disputed(b->g->root)) {
        return;
    }
    if (finds_otherwise(b, regex, re2, regex_bench_subject(b))) {
        say_places(b, regex, re2, said, sizeof said);
        regex_bench_fail(b, said, regex_bench_pattern(b), regex_bench_subject(b),
                         places_quarrel);
    }
}

/* The letter, from 0 for a, that a set is in one case or in both; otherwise -1. */
static int letter_of(const pst_byte_set *set, bool *both)
{
    for (int letter = 0; letter < 26; letter++) {
        pst_byte_set small = {{0}};
        pst_byte_set any = {{0}};
        pst_byte_set_add(&small, (unsigned)('a' + letter), (unsigned)('a' + letter));
        pst_byte_set_add(&any, (unsigned)('A' + letter), (unsigned)('A' + letter));
        *both = false;
        if (memcmp(set, &small, sizeof small) == 0 ||
            memcmp(set, &any, sizeof any) == 0) {
            return letter;
        }
        pst_byte_set_add(&any, (unsigned)('a' + letter), (unsigned)('a' + letter));
        *both = true;
        if (memcmp(set, &any, sizeof any) == 0) {
            return letter;
        }
    }
    return -1;
}

/* RE2 puts alternatives together, and forgets on the way that a byte beyond ASCII is
 * Latin-1, and that a letter came in both cases: \xff|\xff does not match \xff, and
 * c|(?i)c, or c|[cC], does not match C. */
static bool is_mistaken(const pst_regex_node *nodes, size_t count)
{
    bool alternatives = false;
    bool high = false;
    uint32_t one_case = 0;
    uint32_t both_cases = 0;

    for (size_t i = 0; i < count; i++) {
        const uint64_t *const words = nodes[i].set.words;
        bool both;
        int letter;
        alternatives |= nodes[i].kind == PST_REGEX_ALTERNATE;
        if (nodes[i].kind != PST_REGEX_SET) {
            continue;
        }
        high |= (words[0] | words[1]) == 0;
        letter = letter_of(&nodes[i].set, &both);
        if (letter >= 0) {
            *(both ? &both_cases : &one_case) |= UINT32_C(1) << letter;
        }
    }
    return alternatives && (high || (one_case & both_cases) != 0);
}

/* --- both ---------------------------------------------------------------------------- */

static void compare(regex_bench *b, size_t pairs, pst_regex_use use)
{
    const postern_str nothing = {"", 0};

    for (size_t asked = 0; asked < pairs;) {
        const pst_regex *regex;
        re2_oracle *re2;
        if (regex_chance(b->g, 16)) {
            regex_generate_explosion(b->g);
        } else {
            regex_generate(b->g);
        }
        if (is_mistaken(b->g->nodes, b->g->count)) {
            continue;
        }
        regex_bench_forget(b);
        regex = regex_bench_compile(b, regex_bench_pattern(b), use);
        re2 = re2_oracle_new(b->g->text, b->g->length);
        if (re2 == NULL) {
            regex_bench_fail(b, "RE2 refuses", regex_bench_pattern(b), nothing, NULL);
        }
        if (regex == NULL) {
            asked++; /* a limit */
            re2_oracle_free(re2);
            continue;
        }
        ck_assert(use == PST_REGEX_MATCH ||
                  pst_regex_groups(regex) == re2_oracle_groups(re2));
        for (int i = 0; i < SUBJECTS; i++, asked++) {
            regex_generate_subject(b->g);
            if (use == PST_REGEX_CAPTURE) {
                compare_places(b, regex, re2);
            } else {
                compare_answers(b, regex, re2);
            }
        }
        re2_oracle_free(re2);
    }
    if (pairs >= 1000) { /* a test that says always the same would find nothing */
        ck_assert_uint_gt(b->matched, b->asked / 4);
        ck_assert_uint_lt(b->matched, b->asked - b->asked / 5);
        ck_assert_uint_lt(b->limited, pairs / 50);
    }
}

START_TEST(engine_and_re2_agree)
{
    regex_bench b;

    regex_bench_open(&b, REGEX_COMMON, _i);
    compare(&b, regex_bench_count(), PST_REGEX_MATCH);
    regex_bench_close(&b);
}
END_TEST

START_TEST(places_of_groups_agree_with_re2)
{
    regex_bench b;

    regex_bench_open(&b, REGEX_COMMON, REGEX_ROUNDS + _i);
    compare(&b, regex_bench_count(), PST_REGEX_CAPTURE);
    regex_bench_close(&b);
}
END_TEST

/* --- what is a pattern --------------------------------------------------------------- */

/* Puts something wrong somewhere, which may turn out to be right there, or takes a
 * parenthesis away. */
static postern_str broken(regex_bench *b, char *out)
{
    static const char *const wrong[] = {
        "(",     ")",   "(?",      "(?P<",      "(?P<x>a", "(?P<x>b)", "(?P<>a)",
        "(?z)",  "(?i", "(?-)",    "(?=a)",     "(?!a)",   "(?<=a)",   "(?<!a)",
        "[b-a]", "[z",  "a{2,1}",  "(?:+)",     "(|*)",    "\\8",      "\\y",
        "\\Z",   "\\k", "\\x{zz}", "\\xg",      "(?P=x)",  "(*a)",     "(?:a{9}",
        "|?",    "a|+", "(?#a)",   "[\\d-\\y]", "\\",
    };
    regex_generator *const g = b->g;
    const char *const more = wrong[regex_pick(g, sizeof wrong / sizeof wrong[0])];
    const size_t length = strlen(more);

    memcpy(out, g->text, g->length);
    if (regex_chance(g, 3)) {
        const size_t at = g->length == 0 ? 0 : regex_pick(g, g->length);
        if (at < g->length && (out[at] == '(' || out[at] == ')') &&
            (at == 0 || out[at - 1] != '\\')) {
            memmove(out + at, out + at + 1, g->length - at - 1);
            return (postern_str){out, g->length - 1};
        }
    }
    if (strcmp(more, "\\") != 0 && strcmp(more, "[z") != 0 && regex_chance(g, 2)) {
        /* In front, where nothing before it gives it a meaning. Those two would change
         * that of what is behind them. */
        memmove(out + length, out, g->length);
        memcpy(out, more, length);
    } else {
        memcpy(out + g->length, more, length);
    }
    return (postern_str){out, g->length + length};
}

START_TEST(what_re2_refuses_is_refused)
{
    static char out[2 * REGEX_PATTERN_MAX];
    const size_t rounds = regex_bench_count() / 4;
    const postern_str nothing = {"", 0};
    size_t refused = 0;
    regex_bench b;

    regex_bench_open(&b, REGEX_COMMON, 2 * REGEX_ROUNDS + _i);
    for (size_t i = 0; i < rounds; i++) {
        pst_regex_problem problem;
        const pst_regex *regex;
        postern_str pattern;
        re2_oracle *re2;
        regex_generate(b.g);
        regex_bench_forget(&b);
        pattern = broken(&b, out);
        regex = regex_bench_try(&b, pattern, PST_REGEX_MATCH, &problem);
        re2 = re2_oracle_new(pattern.data, pattern.len);
        if ((regex == NULL) != (re2 == NULL) && problem.status != POSTERN_LIMIT) {
            regex_bench_fail(&b, re2 == NULL ? "only RE2 refuses" : problem.message,
                             pattern, nothing, NULL);
        }
        refused += re2 == NULL;
        re2_oracle_free(re2);
    }
    ck_assert(rounds < 100 || refused > rounds / 2);
    regex_bench_close(&b);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("regex and RE2");
    TCase *tcase = tcase_create("regex and RE2");

    tcase_set_timeout(tcase, 3600);
    tcase_add_loop_test(tcase, engine_and_re2_agree, 0, REGEX_ROUNDS);
    tcase_add_loop_test(tcase, places_of_groups_agree_with_re2, 0, REGEX_ROUNDS);
    tcase_add_loop_test(tcase, what_re2_refuses_is_refused, 0, REGEX_ROUNDS);
    suite_add_tcase(suite, tcase);
    return suite;
}
