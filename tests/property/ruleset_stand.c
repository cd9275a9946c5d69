#include "ruleset_stand.h"

#include "../harness/harness.h"
#include "../harness/stub_crypto.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- making ---------------------------------------------------------------------------- */

static int64_t clock_of(void *user)
{
    const bool *const fails = user;

    return *fails ? -1 : INT64_C(1800000000000);
}

static postern_status digest_of(void *context, postern_digest algorithm,
                                const void *data, size_t len, unsigned char *out)
{
    const bool *const fails = context;

    return *fails ? POSTERN_CRYPTO
                  : stub_crypto()->digest(NULL, algorithm, data, len, out);
}

void stand_init(stand *s, unsigned long long seed)
{
    memset(s, 0, sizeof *s);
    s->seed = seed;
    s->crypto = *stub_crypto();
    s->crypto.context = &s->digests_fail;
    s->crypto.digest = digest_of;
    s->options = (postern_options){
        .clock = clock_of,
        .clock_user = &s->clock_fails,
        .crypto = &s->crypto,
        .limits = {.expression_bytes = RULESETS_EXPRESSION, .regexes = 4096},
    };
}

static postern_scheme *scheme_with(const postern_options *options)
{
    postern_scheme *scheme;

    ck_assert_int_eq(postern_scheme_new(options, &scheme), POSTERN_OK);
    rulesets_declare(scheme);
    return scheme;
}

void stand_open(stand *s)
{
    postern_options plain = s->options;

    plain.allocator = NULL;
    plain.limits.request_bytes = 0;
    s->scheme = scheme_with(&s->options);
    s->plain_scheme = scheme_with(&plain);
    s->contestants = calloc(STAND_CONTESTANTS, sizeof *s->contestants);
    ck_assert_ptr_nonnull(s->contestants);
    for (size_t i = 0; i < STAND_CONTESTANTS; i++) {
        rulesets_init(&s->contestants[i].rules, s->scheme,
                      s->seed * STAND_CONTESTANTS + i, harness_has_regex());
    }
    ck_assert_int_eq(postern_request_new_simulated(s->scheme, &s->request), POSTERN_OK);
    ck_assert_int_eq(postern_request_new_simulated(s->plain_scheme, &s->plain_request),
                     POSTERN_OK);
}

void stand_close(stand *s)
{
    postern_request_free(s->request);
    postern_request_free(s->plain_request);
    for (size_t i = 0; i < STAND_CONTESTANTS; i++) {
        rulesets_free(&s->contestants[i].rules);
    }
    free(s->contestants);
    postern_scheme_free(s->scheme);
    postern_scheme_free(s->plain_scheme);
}

static void load_policy(contestant *c)
{
    c->policy = rulesets_load(&c->rules);
    if (c->policy != NULL && c->other_words) {
        c->policy = rulesets_other_words(&c->rules, c->policy);
    }
}

static void refuse(const stand *s, const contestant *c, const char *who)
{
    rulesets_print(&c->rules);
    ck_abort_msg("seed %llu: %s refuses the rules", s->seed, who);
}

void stand_load(stand *s, size_t which, size_t count)
{
    contestant *const c = &s->contestants[which];
    postern_compile_options options;

    s->clock_fails = false;
    s->digests_fail = false;
    rulesets_make(&c->rules, count);
    rulesets_spell(&c->rules, NULL);
    c->other_words = rulesets_chance(&c->rules, 4);
    options = rulesets_options(&c->rules, c->other_words, c->lists);
    load_policy(c);
    if (c->policy == NULL) {
        refuse(s, c, "the loader");
    }
    if (in_order_open(&c->plain, s->plain_scheme, c->rules.rules, c->rules.count,
                      &options, c->rules.block_by_default) != SIZE_MAX) {
        refuse(s, c, "the plain evaluator");
    }
}

void stand_unload(stand *s, size_t which)
{
    contestant *const c = &s->contestants[which];

    in_order_close(&c->plain);
    postern_policy_release(c->policy);
    c->policy = NULL;
}

/* --- asking ---------------------------------------------------------------------------- */

static void ask_plainly(stand *s, contestant *c)
{
    in_order_evaluate(&c->plain, s->plain_request, &c->wanted);
    if (c->wanted.disputed != SIZE_MAX) {
        const postern_str rule = c->rules.rules[c->wanted.disputed].expression;
        rulesets_print_request(&s->asked);
        ck_abort_msg("seed %llu: filter and tree walk differ: %.*s", s->seed,
                     (int)rule.len, rule.data);
    }
}

void stand_ask(stand *s, size_t which)
{
    rulesets_request(&s->contestants[which].rules, &s->asked);
    s->clock_fails = s->asked.clock_fails;
    s->digests_fail = s->asked.digests_fail;
    s->history_length = 0;
    if (!rulesets_fill(&s->asked, s->plain_scheme, s->plain_request, true)) {
        rulesets_print_request(&s->asked);
        ck_abort_msg("seed %llu: the request is refused", s->seed);
    }
    for (size_t i = 0; i < STAND_CONTESTANTS; i++) {
        if (s->contestants[i].policy != NULL) {
            ask_plainly(s, &s->contestants[i]);
        }
    }
}

void stand_evaluate(stand *s, size_t which, postern_request *request,
                    postern_verdict *verdict)
{
    if (s->history_length + 1 < sizeof s->history) {
        s->history[s->history_length++] = (char)('A' + which);
        s->history[s->history_length] = '\0';
    }
    memset(verdict, 0xa5, sizeof *verdict);
    postern_policy_evaluate(s->contestants[which].policy, request, verdict);
}

/* --- comparing ------------------------------------------------------------------------- */

static bool same_match(const in_order_rule *rule, const postern_rule_match *match)
{
    return postern_str_equal(match->ref, rule->ref) && match->action == rule->action &&
           match->log == rule->log;
}

bool stand_agrees(const contestant *c, const postern_verdict *verdict)
{
    const in_order_answer *const wanted = &c->wanted;
    const postern_str none = {"", 0};
    bool same =
        verdict->outcome == wanted->outcome && verdict->status == wanted->status &&
        verdict->fault == wanted->fault &&
        verdict->match_count == wanted->match_count &&
        postern_str_equal(verdict->rule_ref, wanted->decided == SIZE_MAX
                                                 ? none
                                                 : c->rules.rules[wanted->decided].ref);

    for (size_t i = 0; same && i < wanted->match_count; i++) {
        same = same_match(&c->rules.rules[c->plain.matches[i]], &verdict->matches[i]);
    }
    return same;
}

/* --- telling --------------------------------------------------------------------------- */

static void print_wanted(const contestant *c)
{
    const in_order_answer *const w = &c->wanted;

    (void)fprintf(stderr, "--- wanted: %s %u fault %d, decided by %.*s, matches",
                  postern_outcome_text(w->outcome), w->status, (int)w->fault,
                  w->decided == SIZE_MAX ? 6 : (int)c->rules.rules[w->decided].ref.len,
                  w->decided == SIZE_MAX ? "nobody"
                                         : c->rules.rules[w->decided].ref.data);
    for (size_t i = 0; i < w->match_count; i++) {
        const postern_str ref = c->rules.rules[c->plain.matches[i]].ref;
        (void)fprintf(stderr, " %.*s", (int)ref.len, ref.data);
    }
    (void)fprintf(stderr, "\n");
}

static void print_got(const postern_verdict *v)
{
    (void)fprintf(stderr, "--- got: %s %u fault %d, decided by %.*s, matches",
                  postern_outcome_text(v->outcome), v->status, (int)v->fault,
                  (int)v->rule_ref.len, v->rule_ref.data);
    for (size_t i = 0; i < v->match_count; i++) {
        (void)fprintf(stderr, " %.*s", (int)v->matches[i].ref.len,
                      v->matches[i].ref.data);
    }
    (void)fprintf(stderr, "\n");
}

/* Still a difference, of a fresh request, when some rules are left out? */
static bool differs_without(stand *s, contestant *c, const bool *without)
{
    const size_t used = c->rules.used;
    postern_request *request;
    postern_verdict verdict;
    bool differs = false;

    for (size_t i = 0; i < c->rules.count; i++) {
        c->rules.rules[i].enabled = c->rules.rules[i].enabled && !without[i];
    }
    postern_policy_release(c->policy);
    rulesets_spell(&c->rules, without);
    load_policy(c);
    c->rules.used = used;
    if (c->policy != NULL &&
        postern_request_new_simulated(s->scheme, &request) == POSTERN_OK) {
        (void)rulesets_fill(&s->asked, s->plain_scheme, s->plain_request, true);
        in_order_evaluate(&c->plain, s->plain_request, &c->wanted);
        if (rulesets_fill(&s->asked, s->scheme, request, false)) {
            postern_policy_evaluate(c->policy, request, &verdict);
            differs = !stand_agrees(c, &verdict);
        }
        postern_request_free(request);
    }
    return differs;
}

/* The first half of the rules, then the other, then quarters: leaves out what the
 * difference does not need, as long as that does not take too long. */
static void shrink(stand *s, contestant *c)
{
    enum { TRIES = 200 };
    static bool enabled[RULESETS_RULES];
    static bool without[RULESETS_RULES];
    static bool tried[RULESETS_RULES];
    size_t tries = 0;

    for (size_t i = 0; i < c->rules.count; i++) {
        enabled[i] = c->rules.rules[i].enabled;
    }
    for (size_t step = (c->rules.count + 1) / 2; step > 0 && tries < TRIES;) {
        for (size_t from = 0; from < c->rules.count && tries < TRIES; from += step) {
            memcpy(tried, without, sizeof tried);
            for (size_t i = from; i < from + step && i < c->rules.count; i++) {
                tried[i] = true;
            }
            tries += memcmp(tried, without, sizeof tried) != 0;
            if (memcmp(tried, without, sizeof tried) != 0 &&
                differs_without(s, c, tried)) {
                memcpy(without, tried, sizeof tried);
            }
            for (size_t i = 0; i < c->rules.count; i++) {
                c->rules.rules[i].enabled = enabled[i];
            }
        }
        step = step == 1 ? 0 : (step + 1) / 2;
    }
    (void)fprintf(stderr, "--- with the rules that matter %s\n",
                  differs_without(s, c, without)
                      ? "it happens again"
                      : "it does not: who was asked before counts");
}

void stand_expect(stand *s, size_t which, const postern_verdict *verdict)
{
    contestant *const c = &s->contestants[which];

    if (stand_agrees(c, verdict)) {
        return;
    }
    (void)fprintf(stderr,
                  "--- seed %llu: asked in this order: %s, of which %c differs\n",
                  s->seed, s->history, (int)('A' + which));
    rulesets_print(&c->rules);
    rulesets_print_request(&s->asked);
    print_wanted(c);
    print_got(verdict);
    shrink(s, c);
    rulesets_print(&c->rules);
    print_wanted(c);
    ck_abort_msg("seed %llu: the policy does not say what the plain evaluator says",
                 s->seed);
}
