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

#include <pthread.h>
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
                      "%.1f%%, blocked %.1f%%, left %.1f%%, fault %.1f%%, bad "
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
        ck_assert_uint_gt(t->skips, t->pairs / 200);
        ck_assert_uint_gt(t->outcomes[POSTERN_FAULT], t->pairs / 1000);
        ck_assert_uint_gt(t->outcomes[POSTERN_BAD_REQUEST], t->pairs / 200);
    }
}

/* Check's own assertions cost more than filling. */
static void fill(const stand *s, postern_request *request)
{
    if (!rulesets_fill(&s->asked, s->scheme, request, false)) {
        ck_abort_msg("seed %llu: the request is refused", s->seed);
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
    fill(s, s->request);
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

/* So many rules that their bits fill more than one word of words of words. */
START_TEST(the_largest_rulesets_agree)
{
    tally t = {0};
    stand s;

    stand_init(&s, number_from("POSTERN_SEED", 1) + 4000U + (unsigned long long)_i);
    stand_open(&s);
    stand_load(&s, 0, RULESETS_RULES - rulesets_pick(&s.contestants[0].rules, 200));
    stand_load(&s, 1, 100);
    for (size_t i = 0; i < 20; i++) {
        try_request(&s, &t);
    }
    stand_unload(&s, 0);
    stand_unload(&s, 1);
    stand_close(&s);
}
END_TEST

/* --- without memory -------------------------------------------------------------------- */

/* What is short of something may give up, and never lets anybody in for that. */
static void expect_fault_or_answer(stand *s, size_t which,
                                   const postern_verdict *verdict)
{
    if (verdict->outcome == POSTERN_FAULT) {
        ck_assert_int_ne(verdict->fault, POSTERN_OK);
        ck_assert(!postern_verdict_allows(verdict));
    } else {
        stand_expect(s, which, verdict);
    }
}

/* Evaluation with each of its requests for memory failing in turn, and all later ones.
 * @return how many there are */
static size_t fail_each_request(stand *s, counting_heap *heap)
{
    bool failed = true;
    size_t at = 0;

    for (; failed; at++) {
        const bool filling = at % 2 == 0;
        postern_request *request;
        postern_verdict verdict;
        bool filled;

        ck_assert_int_eq(postern_request_new_simulated(s->scheme, &request),
                         POSTERN_OK);
        heap->fail_at = filling ? heap->requests + at / 2 : SIZE_MAX;
        filled = rulesets_fill(&s->asked, s->scheme, request, false);
        heap->fail_at = filling ? heap->fail_at : heap->requests + at / 2;
        stand_evaluate(s, 0, request, &verdict);
        failed = heap->requests > heap->fail_at || at % 2 == 0;
        ck_assert(filled || verdict.outcome == POSTERN_FAULT);
        expect_fault_or_answer(s, 0, &verdict);
        heap->fail_at = SIZE_MAX; /* the same request, with memory again */
        for (size_t which = STAND_CONTESTANTS; which-- > 0;) {
            stand_evaluate(s, which, request, &verdict);
            expect_fault_or_answer(s, which, &verdict);
        }
        fill(s, request); /* and begun again it is as good as new */
        stand_evaluate(s, 0, request, &verdict);
        stand_expect(s, 0, &verdict);
        postern_request_free(request);
    }
    return at;
}

START_TEST(without_memory_it_is_a_fault_or_the_same_answer)
{
    enum { RULESETS = 12, REQUESTS = 4 };
    counting_heap heap;
    size_t failures = 0;
    stand s;

    counting_heap_init(&heap, SIZE_MAX);
    stand_init(&s, number_from("POSTERN_SEED", 1) + 1000U + (unsigned long long)_i);
    s.options.allocator = &heap.alloc;
    stand_open(&s);
    for (size_t i = 0; i < RULESETS; i++) {
        stand_load(&s, 0,
                   1 + rulesets_pick(&s.contestants[0].rules, i == 0 ? 400 : 40));
        for (size_t j = 0; j < REQUESTS; j++) {
            stand_ask(&s, 0);
            failures += fail_each_request(&s, &heap);
        }
        stand_unload(&s, 0);
        stand_unload(&s, 1);
    }
    ck_assert_uint_gt(failures, 4 * RULESETS * REQUESTS);
    stand_close(&s);
    ck_assert_uint_eq(heap.live_bytes, 0);
}
END_TEST

/* The same with too little room for what a request derives. */
START_TEST(within_limits_it_is_a_fault_or_the_same_answer)
{
    static const uint32_t rooms[] = {1, 64, 200, 500, 1000, 2000, 4000, 8000, 16000};
    size_t faults = 0;
    size_t answers = 0;
    stand s;

    stand_init(&s, number_from("POSTERN_SEED", 1) + 2000U + (unsigned long long)_i);
    s.options.limits.request_bytes = rooms[_i];
    stand_open(&s);
    for (size_t i = 0; i < 40; i++) {
        stand_load(&s, 0, 0);
        stand_load(&s, 1, 0);
        for (size_t j = 0; j < 20; j++) {
            postern_verdict verdict;
            stand_ask(&s, 0);
            (void)rulesets_fill(&s.asked, s.scheme, s.request, false);
            for (size_t again = 0; again < 2; again++) {
                stand_evaluate(&s, again, s.request, &verdict);
                expect_fault_or_answer(&s, again, &verdict);
            }
            faults += verdict.outcome == POSTERN_FAULT;
            answers += verdict.outcome != POSTERN_FAULT;
        }
        stand_unload(&s, 0);
        stand_unload(&s, 1);
    }
    ck_assert_msg(faults > 0 && (rooms[_i] < 1000 || answers > 100),
                  "%zu faults and %zu answers", faults, answers);
    stand_close(&s);
}
END_TEST

/* --- threads --------------------------------------------------------------------------- */

enum { THREADS = 2, THREAD_REQUESTS = 60 };

/* What is remembered of an answer. */
typedef struct digest {
    postern_outcome outcome;
    postern_status fault;
    postern_str rule; /* lives as long as the policy, as do those of the matches */
    uint64_t matches;
} digest;

typedef struct worker {
    const postern_policy *policy;
    const postern_scheme *scheme;
    const random_request *requests;
    const digest *wanted;
    size_t start;
    size_t differences;
} worker;

static digest digest_of(const postern_verdict *verdict)
{
    digest out = {verdict->outcome, verdict->fault, verdict->rule_ref, 0};

    for (size_t i = 0; i < verdict->match_count; i++) {
        out.matches = (out.matches ^ (uintptr_t)verdict->matches[i].ref.data) *
                      UINT64_C(0x9e3779b97f4a7c15);
    }
    return out;
}

static bool same_digest(const digest *a, const digest *b)
{
    return a->outcome == b->outcome && a->fault == b->fault &&
           postern_str_equal(a->rule, b->rule) && a->matches == b->matches;
}

/* Every request a few times, from another start than the other thread. */
static void *work(void *user)
{
    worker *const w = user;
    postern_request *request;
    postern_verdict verdict;

    if (postern_request_new_simulated(w->scheme, &request) != POSTERN_OK) {
        w->differences++;
        return NULL;
    }
    for (size_t i = 0; i < (size_t)3 * THREAD_REQUESTS; i++) {
        const size_t at = (w->start + i) % THREAD_REQUESTS;
        digest got;
        (void)rulesets_fill(&w->requests[at], w->scheme, request, false);
        postern_policy_evaluate(w->policy, request, &verdict);
        got = digest_of(&verdict);
        w->differences += !same_digest(&got, &w->wanted[at]);
    }
    postern_request_free(request);
    return NULL;
}

static void run_threads(const stand *s, const random_request *requests,
                        const digest *wanted)
{
    worker workers[THREADS];
    pthread_t threads[THREADS];

    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (worker){.policy = s->contestants[0].policy,
                              .scheme = s->scheme,
                              .requests = requests,
                              .wanted = wanted,
                              .start = i * THREAD_REQUESTS / THREADS};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_uint_eq(workers[i].differences, 0);
    }
}

START_TEST(threads_that_share_a_policy_get_the_same_answers)
{
    random_request *const requests = calloc(THREAD_REQUESTS, sizeof *requests);
    digest wanted[THREAD_REQUESTS];
    postern_verdict verdict;
    stand s;

    ck_assert_ptr_nonnull(requests);
    stand_init(&s, number_from("POSTERN_SEED", 1) + 3000U + (unsigned long long)_i);
    stand_open(&s);
    for (size_t round = 0; round < 10; round++) {
        stand_load(&s, 0, round == 0 ? 1000 : 0);
        for (size_t i = 0; i < THREAD_REQUESTS; i++) {
            rulesets_request(&s.contestants[0].rules, &requests[i]);
            (void)rulesets_fill(&requests[i], s.scheme, s.request, false);
            stand_evaluate(&s, 0, s.request, &verdict);
            wanted[i] = digest_of(&verdict);
        }
        run_threads(&s, requests, wanted);
        stand_unload(&s, 0);
    }
    stand_close(&s);
    free(requests);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("rulesets");
    TCase *pairs = tcase_create("pairs");
    TCase *shortage = tcase_create("shortage");
    TCase *threads = tcase_create("threads");

    tcase_set_timeout(pairs, 7200);
    tcase_add_loop_test(pairs, policies_agree_with_the_plain_evaluator, 0, ROUNDS);
    suite_add_tcase(suite, pairs);
    tcase_add_loop_test(pairs, the_largest_rulesets_agree, 0, 6);
    tcase_set_timeout(shortage, 600);
    tcase_add_loop_test(shortage, without_memory_it_is_a_fault_or_the_same_answer, 0,
                        4);
    tcase_add_loop_test(shortage, within_limits_it_is_a_fault_or_the_same_answer, 0, 9);
    suite_add_tcase(suite, shortage);
    tcase_set_timeout(threads, 600);
    tcase_add_loop_test(threads, threads_that_share_a_policy_get_the_same_answers, 0,
                        3);
    suite_add_tcase(suite, threads);
    return suite;
}
