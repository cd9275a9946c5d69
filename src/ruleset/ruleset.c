#include "ruleset/ruleset.h"

#include "support/text.h"

static bool note_match(postern_request *request, const pst_rule *rule,
                       pst_matches *matches)
{
    if (matches->count == matches->cap) {
        const size_t cap = matches->cap == 0 ? 4 : matches->cap * 2;
        postern_rule_match *grown =
            pst_arena_array(&request->arena, cap, sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        if (matches->count > 0) {
            memcpy(grown, matches->items, matches->count * sizeof *grown);
        }
        matches->items = grown;
        matches->cap = cap;
    }
    matches->items[matches->count++] =
        (postern_rule_match){rule->ref, rule->description, rule->action, rule->log};
    return true;
}

pst_decision pst_ruleset_evaluate(const pst_ruleset *set,
                                  const postern_named_list *lists,
                                  postern_request *request, pst_matches *matches,
                                  const pst_rule **rule, postern_status *fault)
{
    const postern_status status = pst_program_prepare(&set->program, lists, request);

    if (status != POSTERN_OK) {
        *fault = status;
        return PST_DECISION_FAULT;
    }
    for (size_t i = 0; i < set->active_count; i++) {
        const pst_rule *at = &set->rules[set->active[i]];
        const pst_answer answer =
            pst_program_run(&set->program, set->active[i], request, fault);
        if (answer == PST_NO) {
            continue;
        }
        if (answer == PST_FAULTED) {
            return PST_DECISION_FAULT;
        }
        if (!note_match(request, at, matches)) {
            *fault = request->arena.status;
            return PST_DECISION_FAULT;
        }
        switch (at->action) {
        case POSTERN_ACTION_BLOCK:
            *rule = at;
            return PST_DECISION_BLOCK;
        case POSTERN_ACTION_SKIP:
            if (at->ends) {
                *rule = at;
                return PST_DECISION_PASS;
            }
            break;
        case POSTERN_ACTION_LOG:
            break;
        }
    }
    return PST_DECISION_PASS;
}
