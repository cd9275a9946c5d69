/*
 * test_rulesets.c - random rulesets and random requests: a policy says what the plain
 * evaluator says, which tries the rules in order and each by a walk over its tree. The
 * decision, the rule that made it, the rules that matched and their order are compared.
 *
 * POSTERN_PAIRS says how many pairs of a ruleset and a request (default below),
 * POSTERN_SEED where to start. A failure prints the policy and the request.
 */
#include "../harness/harness.h"
#include "ruleset_stand.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAIRS = 100000, ROUNDS = 20 };

static unsigned long long number_from(const char *name, unsigned long long otherwise)
{
    const char *const text = getenv(name);

    return text == NULL || *text == '\0' ? otherwise : strtoull(text, NULL, 0);
}

/* --- how much was tried ---------------------------------------------------------------- */

typedef struct tally {
    unsigned long long pairs;
    unsigned long long rules;
    unsigned long long matched; /* pairs with a match */
    unsigned long long matches;
    unsigned long long outcomes[8];
    unsigned long long skips;
} tally;

static void count(tally *t, const contestant *c)
{
    t->pairs++;
    t->rules += c->rules.count;
    t->matched += c->wanted.match_count > 0;
    t->matches += c->wanted.match_count;
    t->outcomes[c->wanted.outcome]++;
    t->skips += c->wanted.outcome == POSTERN_ALLOWED && c->wanted.decided != SIZE_MAX;
}

/* A test in which little happens would find nothing. */
static void expect_variety(const tally *t, int round)
{
    if (getenv("POSTERN_PAIRS") != NULL) {
        (void)fprintf(stderr,
                      "round %d: %llu pairs, %.1f rules each, %.1f matches, matched "
                      "%.1f%%, blocked %.1f%%, skipped %.1f%%, fault %.1f%%, bad "
                      "request %.1f%%\n",
                      round, t->pairs, (double)t->rules / (double)t->pairs,
                      (double)t->matches / (double)t->pairs,
                      100.0 * (double)t->matched / (double)t->pairs,
                      100.0 * (double)t->outcomes[POSTERN_BLOCKED] / (double)t->pairs,
                      100.0 * (double)t->skips / (double)t->pairs,
                      100.0 * (double)t->outcomes[POSTERN_FAULT] / (double)t->pairs,
                      100.0 * (double)t->outcomes[POSTERN_BAD_REQUEST] /
                          (double)t->pairs);
    }
    if (t->pairs >= 4000) {
        ck_assert_uint_gt(t->matched, t->pairs / 2);
        ck_assert_uint_gt(t->matches, t->pairs);
        ck_assert_uint_gt(t->outcomes[POSTERN_ALLOWED], t->pairs / 10);
        ck_assert_uint_gt(t->outcomes[POSTERN_BLOCKED], t->pairs / 10);
        ck_assert_uint_gt(t->skips, t->pairs / 50);
        ck_assert_uint_gt(t->outcomes[POSTERN_FAULT], t->pairs / 1000);
        ck_assert_uint_gt(t->outcomes[POSTERN_BAD_REQUEST], t->pairs / 200);
    }
}

/* --- pairs ----------------------------------------------------------------------------- */

/* One request, asked of both in any order and now and then again: what one evaluation
 * leaves behind must not show in the next. */
static void try_request(stand *s, tally *t)
{
    rulesets *const chance = &s->contestants[0].rules;
    size_t which = rulesets_pick(chance, STAND_CONTESTANTS);
    postern_verdict verdict;

    stand_ask(s, which);
    ck_assert(rulesets_fill(&s->asked, s->scheme, s->request, false));
    for (size_t i = 0; i < STAND_CONTESTANTS; i++) {
        count(t, &s->contestants[i]);
        do {
            stand_evaluate(s, which, s->request, &verdict);
            stand_expect(s, which, &verdict);
        } while (rulesets_chance(chance, 6));
        which = (which + 1) % STAND_CONTESTANTS;
    }
    while (rulesets_chance(chance, 4)) {
        which = rulesets_pick(chance, STAND_CONTESTANTS);
        stand_evaluate(s, which, s->request, &verdict);
        stand_expect(s, which, &verdict);
    }
}

/* Large rulesets take long to load and to try plainly. */
static size_t requests_for(const stand *s)
{
    const size_t rules = s->contestants[0].rules.count + s->contestants[1].rules.count;
    const size_t most = 8000 / rules;

    return most < 10 ? 10 : most > 80 ? 80 : most;
}

START_TEST(policies_agree_with_the_plain_evaluator)
{
    const unsigned long long pairs = number_from("POSTERN_PAIRS", PAIRS) / ROUNDS;
    tally t = {0};
    stand s;

    stand_init(&s, number_from("POSTERN_SEED", 1) + (unsigned long long)_i);
    stand_open(&s);
    while (t.pairs < pairs) {
        stand_load(&s, 0, 0);
        stand_load(&s, 1, 0);
        for (size_t i = requests_for(&s); i > 0 && t.pairs < pairs; i--) {
            try_request(&s, &t);
        }
        stand_unload(&s, 0);
        stand_unload(&s, 1);
    }
    expect_variety(&t, _i);
    stand_close(&s);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("rulesets");
    TCase *pairs = tcase_create("pairs");

    tcase_set_timeout(pairs, 7200);
    tcase_add_loop_test(pairs, policies_agree_with_the_plain_evaluator, 0, ROUNDS);
    suite_add_tcase(suite, pairs);
    return suite;
}
