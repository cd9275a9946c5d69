/*
 * ruleset/guard.c - which hosts can a block rule refuse at all?
 *
 * A rule's code is walked with the host known and everything else unknown: the rule
 * covers the host when the walk can end in true. Only forward jumps, so one pass is
 * enough.
 */
#include "ruleset/ruleset.h"

#include "support/text.h"

#include <string.h>

typedef struct walk {
    const pst_program *program;
    const pst_insn *code; /* of the rule */
    size_t length;
    uint8_t *reached; /* a byte an instruction */
} walk;

/* What a test can say. */
enum { CAN_HOLD = 1, CAN_FAIL = 2 };

/* http.host itself, or lower() of it, which changes nothing: it is in normal form. */
static bool is_host_slot(const pst_program *program, uint32_t slot)
{
    const size_t fields = program->scheme->field_count;

    while (slot >= fields) {
        const pst_derived *how = &program->derived[slot - fields];
        if (how->kind != PST_DERIVED_CALL || how->function != PST_FUNCTION_LOWER) {
            return false;
        }
        slot = how->slots[0];
    }
    return slot == PST_FIELD_HOST;
}

static bool reads_host(const walk *w, const pst_insn *insn)
{
    return insn->op != PST_OP_ALWAYS && insn->op != PST_OP_FLIP &&
           insn->op != PST_OP_PARITY && is_host_slot(w->program, insn->slot);
}

/* `host` NULL: one that no rule names. */
static unsigned test_host(const pst_insn *insn, const postern_str *host)
{
    bool holds;

    if (insn->op == PST_OP_ENSURE) {
        return CAN_HOLD;
    }
    if (insn->op == PST_OP_STRING_EQ) {
        holds = host != NULL && pst_str_same(insn->as.string, *host);
    } else if (insn->op == PST_OP_STRING_IN) {
        holds = host != NULL && pst_string_set_has(insn->as.string_set, *host);
    } else {
        return CAN_HOLD | CAN_FAIL;
    }
    return holds ? CAN_HOLD : CAN_FAIL;
}

static unsigned test(const walk *w, const pst_insn *insn, const postern_str *host)
{
    if (insn->op == PST_OP_ALWAYS || insn->op == PST_OP_FLIP) {
        return CAN_HOLD;
    }
    return reads_host(w, insn) ? test_host(insn, host) : CAN_HOLD | CAN_FAIL;
}

/* Takes one way on. @return true when it ends in true */
static bool follow(const walk *w, size_t at, uint32_t way)
{
    if (way < PST_RETURN_FALSE) {
        w->reached[at + way] = 1;
    }
    return way == PST_RETURN_TRUE;
}

static bool can_match(const walk *w, const postern_str *host)
{
    memset(w->reached, 0, w->length);
    w->reached[0] = 1;
    for (size_t at = 0; at < w->length; at++) {
        const unsigned says = w->reached[at] != 0 ? test(w, &w->code[at], host) : 0;
        if (((says & CAN_HOLD) != 0 && follow(w, at, w->code[at].on_true)) ||
            ((says & CAN_FAIL) != 0 && follow(w, at, w->code[at].on_false))) {
            return true;
        }
    }
    return false;
}

static void guard_name(const walk *w, const pst_string_set *hosts, postern_str name,
                       bool *guarded)
{
    const size_t at = pst_string_set_find(hosts, name);

    if (at != SIZE_MAX && !guarded[at] && can_match(w, &name)) {
        guarded[at] = true;
    }
}

static void guard_named(const walk *w, const pst_string_set *hosts, bool *guarded)
{
    for (size_t i = 0; i < w->length; i++) {
        const pst_insn *insn = &w->code[i];
        if (!reads_host(w, insn)) {
            continue;
        }
        if (insn->op == PST_OP_STRING_EQ) {
            guard_name(w, hosts, insn->as.string, guarded);
        } else if (insn->op == PST_OP_STRING_IN) {
            for (size_t j = 0; j < insn->as.string_set->count; j++) {
                guard_name(w, hosts, insn->as.string_set->members[j], guarded);
            }
        }
    }
}

static void guard_by_rule(const walk *w, const pst_string_set *hosts, bool *guarded)
{
    if (!can_match(w, NULL)) {
        guard_named(w, hosts, guarded);
        return;
    }
    for (size_t i = 0; i < hosts->count; i++) {
        guarded[i] = guarded[i] || can_match(w, &hosts->members[i]);
    }
}

bool pst_ruleset_guard(const pst_ruleset *set, const pst_string_set *hosts,
                       pst_arena *scratch, bool *guarded)
{
    const pst_program *program = &set->program;
    walk w = {program, NULL, 0, pst_arena_alloc(scratch, program->length)};

    if (w.reached == NULL) {
        return false;
    }
    for (size_t i = 0; i < set->active_count; i++) {
        const uint32_t rule = set->active[i];
        const size_t start = program->entries[rule];
        const size_t end = rule + 1 < program->entry_count ? program->entries[rule + 1]
                                                           : program->length;
        if (set->rules[rule].action == POSTERN_ACTION_BLOCK) {
            w.code = &program->code[start];
            w.length = end - start;
            guard_by_rule(&w, hosts, guarded);
        }
    }
    return true;
}
