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

pst_decision pst_ruleset_evaluate(const pst_ruleset *set, postern_request *request,
                                  pst_matches *matches, const pst_rule **rule,
                                  postern_status *fault)
{
    const postern_status status = pst_program_prepare(&set->program, request);

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

/* --- does a rule name a host? --------------------------------------------------- */

/* http.host itself, or something computed from it. */
static bool is_host_slot(const pst_program *program, uint32_t slot)
{
    const size_t fields = program->scheme->field_count;

    while (slot >= fields) {
        const pst_derived *how = &program->derived[slot - fields];
        if (how->kind == PST_DERIVED_HEADER) {
            return false;
        }
        slot = how->slots[0];
    }
    return slot == PST_FIELD_HOST;
}

static bool reads_slot(const pst_insn *insn)
{
    return insn->op != PST_OP_ALWAYS && insn->op != PST_OP_FLIP &&
           insn->op != PST_OP_PARITY;
}

static bool rule_covers(const pst_program *program, size_t rule, postern_str host)
{
    const size_t start = program->entries[rule];
    const size_t end = rule + 1 < program->entry_count ? program->entries[rule + 1]
                                                       : program->length;
    bool looks = false;

    for (size_t at = start; at < end; at++) {
        const pst_insn *insn = &program->code[at];
        if (!reads_slot(insn) || !is_host_slot(program, insn->slot)) {
            continue;
        }
        looks = true;
        if ((insn->op == PST_OP_STRING_EQ && pst_str_same(insn->as.string, host)) ||
            (insn->op == PST_OP_STRING_IN && pst_string_set_has(insn->as.string_set, host))) {
            return true;
        }
    }
    return !looks;
}

bool pst_ruleset_blocks_host(const pst_ruleset *set, postern_str host)
{
    for (size_t i = 0; i < set->active_count; i++) {
        const uint32_t rule = set->active[i];
        if (set->rules[rule].action == POSTERN_ACTION_BLOCK &&
            rule_covers(&set->program, rule, host)) {
            return true;
        }
    }
    return false;
}
