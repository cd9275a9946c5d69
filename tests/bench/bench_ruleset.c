/*
 * bench_ruleset.c - rulesets: a policy of rules that block, of which the last matches.
 *
 * Two figures: the ruleset alone, which is what the peer's figure is (its filters, one
 * after the other), and the whole verdict of postern_policy_evaluate().
 */
#include "bench.h"
#include "policy_text.h"
#include "stop.h"
#include "subjects.h"
#include "variety.h"

#include "gate/policy.h"
#include "support/alloc.h"

#include <stdio.h>

/* What a verdict tells lives as long as the request, so that it is filled afresh after
 * so many. */
enum { REFILL = 256 };

typedef struct evaluating {
    const bench *bench;
    const input_case *from;
    postern_source source;
    const postern_policy *policy;
    const pst_ruleset *set;
    subjects all;
    size_t at;
    size_t since_filled;
    size_t blocked;
} evaluating;

static void load(void *user, size_t times)
{
    evaluating *const e = user;
    postern_policy *policy;

    (void)times;
    stop_unless_ok(postern_policy_load(e->bench->scheme, &e->source, &policy, NULL),
                   e->from->name.data, NULL);
    e->policy = policy;
}

static void release(void *user, size_t times)
{
    evaluating *const e = user;

    (void)times;
    postern_policy_release(e->policy);
    e->policy = NULL;
}

static void step(evaluating *e)
{
    e->at = e->at + 1 == e->all.count ? 0 : e->at + 1;
}

static void evaluate_set(void *user, size_t times)
{
    evaluating *const e = user;

    for (size_t i = 0; i < times; i++) {
        pst_matches matches = {.count = 0};
        const pst_rule *rule;
        postern_status fault;

        e->blocked +=
            pst_ruleset_evaluate(e->set, NULL, e->all.requests[e->at], &matches, &rule,
                                 &fault) == PST_DECISION_BLOCK;
        step(e);
    }
}

static void evaluate(void *user, size_t times)
{
    evaluating *const e = user;

    for (size_t i = 0; i < times; i++) {
        postern_verdict verdict;

        if (e->since_filled++ == REFILL * e->all.count) {
            for (size_t k = 0; k < e->all.count; k++) {
                subject_fill(e->all.requests[k], &e->from->contexts[k]);
            }
            e->since_filled = 1;
        }
        postern_policy_evaluate(e->policy, e->all.requests[e->at], &verdict);
        e->blocked += verdict.outcome == POSTERN_BLOCKED;
        step(e);
    }
}

/* How many contexts the last rule does not block. */
static size_t count_wrong(evaluating *e)
{
    char ref[32];
    size_t wrong = 0;

    (void)snprintf(ref, sizeof ref, "r%zu", e->from->expression_count);
    for (size_t i = 0; i < e->all.count; i++) {
        postern_verdict verdict;

        postern_policy_evaluate(e->policy, e->all.requests[i], &verdict);
        if (verdict.outcome == POSTERN_FAULT) {
            stop("%s: context %zu: %.*s", e->from->name.data, i + 1,
                 (int)verdict.reason.len, verdict.reason.data);
        }
        wrong += verdict.outcome != POSTERN_BLOCKED ||
                 !postern_str_equal(verdict.rule_ref, postern_text(ref));
    }
    return wrong;
}

static void load_and_tell(evaluating *e)
{
    postern_report *const report = postern_report_new(NULL);
    postern_policy *policy;

    stop_unless_ok(postern_policy_load(e->bench->scheme, &e->source, &policy, report),
                   e->from->name.data, report);
    postern_report_free(report);
    e->policy = policy;
    e->set = &policy->body->rulesets[0];
}

/* On many requests that are like the one. */
static timing rotate(const evaluating *like)
{
    evaluating e = *like;
    pst_arena memory;
    timing took;

    pst_arena_init(&memory, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    subjects_new(e.bench->scheme,
                 variety_of(&e.from->contexts[0], e.bench->effort->variety, &memory),
                 e.bench->effort->variety, &e.all);
    e.at = 0;
    for (size_t i = 0; i < e.all.count; i++) { /* as a policy sees them */
        postern_verdict verdict;
        postern_policy_evaluate(e.policy, e.all.requests[i], &verdict);
        if (verdict.outcome == POSTERN_FAULT) {
            stop("%s: cannot be evaluated for a request like its own",
                 e.from->name.data);
        }
    }
    took = measure(e.bench->effort, e.all.count, evaluate_set, &e);
    subjects_free(&e.all);
    pst_arena_free(&memory);
    return took;
}

void bench_ruleset(bench *b, const input_case *from, bench_result *out)
{
    evaluating e = {.bench = b, .from = from};
    const size_t before = b->memory.live;
    size_t calls;

    e.source.text = policy_text(from->expressions, from->expression_count);
    load_and_tell(&e);
    out->name = from->name;
    out->rules = from->expression_count;
    out->bytes = b->memory.live - before;
    subjects_new(b->scheme, from->contexts, from->context_count, &e.all);
    out->contexts = e.all.count;
    out->wrong = count_wrong(&e);
    out->verdict = measure(b->effort, e.all.count, evaluate, &e);
    evaluate_set(&e, e.all.count);
    calls = b->memory.calls;
    evaluate_set(&e, e.all.count);
    out->allocations = (double)(b->memory.calls - calls) / (double)e.all.count;
    out->run = measure(b->effort, e.all.count, evaluate_set, &e);
    subjects_free(&e.all);
    if (from->context_count == 1) {
        out->rotating = rotate(&e);
    }
    release(&e, 1);
    out->compile_us = measure_each(b->effort, load, release, &e).ns_min / 1e3;
    free(pst_unconst(e.source.text.data));
}
