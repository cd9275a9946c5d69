#include "ruleset/ruleset.h"

#include "ruleset/index.h"
#include "support/attribute.h"
#include "vm/plain.h"

#include <string.h>

/* --- what matched -------------------------------------------------------------------- */

static bool grow(postern_request *request, pst_matches *matches)
{
    const size_t cap = matches->cap == 0 ? 4 : matches->cap * 2;
    postern_rule_match *own = pst_arena_array(&request->arena, cap, sizeof *own);

    if (own == NULL) {
        return false;
    }
    memcpy(own, matches->items, matches->count * sizeof *own);
    matches->items = matches->own = own;
    matches->cap = cap;
    return true;
}

/* Behind those already there. */
static PST_NOINLINE bool note_further(postern_request *request, const pst_rule *rule,
                                      pst_matches *matches)
{
    if (matches->count >= matches->cap && !grow(request, matches)) {
        return false;
    }
    if (matches->items != matches->own) { /* the first, where it stands */
        matches->own[0] = *matches->items;
        matches->items = matches->own;
    }
    matches->own[matches->count++] = rule->told;
    return true;
}

static PST_INLINE bool note_match(postern_request *request, const pst_rule *rule,
                                  pst_matches *matches)
{
    if (matches->count > 0) {
        return note_further(request, rule, matches);
    }
    matches->items = &rule->told;
    matches->count = 1;
    return true;
}

/* --- one evaluation ------------------------------------------------------------------ */

typedef struct evaluation {
    const pst_ruleset *set;
    postern_request *request;
    pst_matches *matches;
    const pst_rule **rule;
    postern_status *fault;
} evaluation;

/* Does what the active rule number `at`, which is true, is there for.
 * @return whether that ends the ruleset, as *decision says */
static PST_INLINE bool act(const evaluation *e, size_t at, pst_decision *decision)
{
    const pst_rule *rule = &e->set->rules[pst_ruleset_rule(e->set, at)];

    if (!note_match(e->request, rule, e->matches)) {
        *e->fault = e->request->arena.status;
        *decision = PST_DECISION_FAULT;
        return true;
    }
    switch (rule->told.action) {
    case POSTERN_ACTION_BLOCK:
        *e->rule = rule;
        *decision = PST_DECISION_BLOCK;
        return true;
    case POSTERN_ACTION_SKIP:
        if (rule->ends) {
            *e->rule = rule;
            *decision = PST_DECISION_PASS;
        }
        return rule->ends;
    case POSTERN_ACTION_LOG:
        break;
    }
    return false;
}

/* Asks all rules from number `at` on; those of plain tests without a call. */
static PST_INLINE pst_decision ask_all(const evaluation *e, size_t at)
{
    const pst_ruleset *set = e->set;
    pst_decision decision = PST_DECISION_PASS;

    for (; at < set->active_count; at++) {
        const pst_answer answer = pst_program_find(
            &set->program, set->starts, set->active_count, &at, e->request, e->fault);
        if (answer == PST_NO) {
            break;
        }
        if (answer == PST_FAULTED) {
            return PST_DECISION_FAULT;
        }
        if (act(e, at, &decision)) {
            return decision;
        }
    }
    return PST_DECISION_PASS;
}

/* @return false when a rule ends in a fault: *next is that rule */
static bool ask_each(const evaluation *e, pst_candidates *candidates,
                     pst_decision *decision, size_t *next)
{
    const pst_ruleset *set = e->set;
    uint32_t at;

    *decision = PST_DECISION_PASS;
    while (pst_candidates_next(candidates, &at)) {
        const pst_answer answer =
            pst_program_run_at(&set->program, set->starts[at], e->request, e->fault);
        if (answer == PST_FAULTED) {
            *next = at;
            return false;
        }
        if (answer == PST_YES && act(e, at, decision)) {
            return true;
        }
    }
    return true;
}

/* Asks those that the index leaves. The room for marks may be larger than this ruleset
 * needs: the summary stands behind the bits it needs.
 * @return false when something could not be computed: all rules from *next on are to be
 *         asked */
static PST_NOINLINE bool ask_candidates(const pst_ruleset *set,
                                        postern_request *request, pst_matches *matches,
                                        const pst_rule **rule, postern_status *fault,
                                        pst_decision *decision, size_t *next)
{
    const pst_index *index = set->index;
    const evaluation e = {set, request, matches, rule, fault};
    bool asked = false;

    *next = 0;
    if (pst_request_reserve_marks(request, index->words + index->summary_words) !=
        POSTERN_OK) {
        return false;
    }
    const pst_marks marks = {request->marks, request->marks + index->words};
    pst_candidates candidates =
        pst_candidates_open(marks, index->always, index->summary_words);

    if (pst_index_mark(index, &set->program, request, marks)) {
        asked = ask_each(&e, &candidates, decision, next);
    }
    pst_candidates_close(&candidates);
    return asked;
}

/* What the index looks up it computes before any rule is asked, and some of it no rule
 * would have come to: when that takes too much memory, it is given back and the rules
 * are asked in their order, as if there were no index. */
pst_decision pst_ruleset_evaluate(const pst_ruleset *set,
                                  const postern_named_list *lists,
                                  postern_request *request, pst_matches *matches,
                                  const pst_rule **rule, postern_status *fault)
{
    const evaluation e = {set, request, matches, rule, fault};
    postern_status status = pst_program_prepare(&set->program, lists, request);
    size_t next = 0;

    if (status == POSTERN_OK && set->index != NULL) {
        pst_decision decision;
        if (ask_candidates(set, request, matches, rule, fault, &decision, &next)) {
            return decision;
        }
        status = pst_program_prepare(&set->program, lists, request);
    }
    if (status != POSTERN_OK) {
        *fault = status;
        return PST_DECISION_FAULT;
    }
    return ask_all(&e, next);
}
