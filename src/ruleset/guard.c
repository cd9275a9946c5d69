/*
 * ruleset/guard.c - which hosts are guarded by a block rule?
 *
 * A rule's code is walked with the host known. A block rule guards a host that it
 * names if the walk can end in true for some client; a host that it does not name only
 * if every walk of a stranger (TLS, no certificate) ends so. A skip rule in which every
 * walk of a stranger ends in true lets everybody in, whatever comes after it.
 * Only forward jumps, so one pass is enough.
 */
#include "ruleset/ruleset.h"

#include "match/search.h"
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
        if (how->kind != PST_DERIVED_CALL || how->as.call->mapped ||
            how->as.call->function != PST_FUNCTION_LOWER) {
            return false;
        }
        slot = how->as.call->operands[0].slot;
    }
    return slot == PST_FIELD_HOST;
}

static bool reads_host(const walk *w, const pst_insn *insn)
{
    return pst_insn_reads_slot(insn) && is_host_slot(w->program, insn->slot);
}

/* A test that many hosts pass: a pattern or a part of the name. */
static bool names_many(const pst_insn *insn)
{
    return insn->op == PST_OP_STRING_WILDCARD || insn->op == PST_OP_STRING_CONTAINS;
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
    } else if (insn->op == PST_OP_STRING_WILDCARD && host != NULL) {
        holds = pst_wildcard_match(insn->as.wildcard, *host);
    } else if (insn->op == PST_OP_STRING_CONTAINS && host != NULL) {
        holds = pst_search(*host, insn->as.string) != SIZE_MAX;
    } else {
        return CAN_HOLD | CAN_FAIL;
    }
    return holds ? CAN_HOLD : CAN_FAIL;
}

/* A header that claims an identity, or something computed from one: hidden from the
 * rules of a policy, so it never has a value. */
static bool is_hidden(const pst_program *program, uint32_t slot)
{
    const size_t fields = program->scheme->field_count;

    while (slot >= fields) {
        const pst_derived *how = &program->derived[slot - fields];
        if (how->kind == PST_DERIVED_HEADER ||
            (how->kind == PST_DERIVED_MAP_GET &&
             (how->slot == PST_FIELD_HEADERS || how->slot == PST_FIELD_RAW_HEADERS))) {
            return pst_header_claims_identity(how->key);
        }
        if (how->kind == PST_DERIVED_CALL && !how->as.call->operands[0].literal &&
            (pst_function_at(how->as.call->function)->flags & PST_FLAG_TAKES_MISSING) ==
                0) {
            slot = how->as.call->operands[0].slot;
        } else if (how->kind == PST_DERIVED_MAP_GET ||
                   how->kind == PST_DERIVED_ARRAY_GET) {
            slot = how->slot;
        } else {
            return false;
        }
    }
    return false;
}

/* TLS, and no certificate. */
static unsigned test_stranger(const pst_insn *insn)
{
    if (insn->op == PST_OP_BOOL && insn->slot == PST_FIELD_SSL) {
        return CAN_HOLD;
    }
    if (insn->op == PST_OP_BOOL && (insn->slot == PST_FIELD_CERT_PRESENTED ||
                                    insn->slot == PST_FIELD_CERT_VERIFIED ||
                                    insn->slot == PST_FIELD_CERT_REVOKED)) {
        return CAN_FAIL;
    }
    return CAN_HOLD | CAN_FAIL;
}

static unsigned test(const walk *w, const pst_insn *insn, const postern_str *host,
                     bool stranger)
{
    if (insn->op == PST_OP_ALWAYS || insn->op == PST_OP_FLIP) {
        return CAN_HOLD;
    }
    if (insn->op == PST_OP_PARITY) {
        return CAN_HOLD | CAN_FAIL;
    }
    if (reads_host(w, insn)) {
        return test_host(insn, host);
    }
    if (insn->op == PST_OP_ENSURE && is_hidden(w->program, insn->slot)) {
        return CAN_FAIL;
    }
    return stranger ? test_stranger(insn) : CAN_HOLD | CAN_FAIL;
}

/* Takes one way on. @return true when it ends in `wanted` */
static bool follow(const walk *w, size_t at, uint32_t way, uint32_t wanted)
{
    if (way < PST_RETURN_FALSE) {
        w->reached[at + way] = 1;
    }
    return way == wanted;
}

/* Can the rule end in `wanted`, one of the two returns? */
static bool can_end(const walk *w, const postern_str *host, bool stranger,
                    uint32_t wanted)
{
    memset(w->reached, 0, w->length);
    w->reached[0] = 1;
    for (size_t at = 0; at < w->length; at++) {
        const pst_insn *insn = &w->code[at];
        const unsigned says = w->reached[at] != 0 ? test(w, insn, host, stranger) : 0;
        if (((says & CAN_HOLD) != 0 && follow(w, at, insn->on_true, wanted)) ||
            ((says & CAN_FAIL) != 0 && follow(w, at, insn->on_false, wanted))) {
            return true;
        }
    }
    return false;
}

/* Any client at all; `host` NULL: one that no rule names. */
static bool can_match(const walk *w, const postern_str *host)
{
    return can_end(w, host, false, PST_RETURN_TRUE);
}

static bool must_match(const walk *w, const postern_str *host)
{
    return !can_end(w, host, true, PST_RETURN_FALSE);
}

/* What is settled about a host. */
enum { NOTHING, GUARDED, OPEN };

typedef struct hosts {
    const pst_string_set *names;
    uint8_t *settled; /* one of the above for each */
    bool block;       /* the rule at hand blocks; otherwise it skips */
} hosts;

static void settle(const walk *w, const hosts *h, size_t at, bool named)
{
    const postern_str *host = &h->names->members[at];

    if (h->settled[at] != NOTHING) {
        return;
    }
    if (!h->block) {
        h->settled[at] = must_match(w, host) ? OPEN : NOTHING;
    } else if (must_match(w, host) || (named && can_match(w, host))) {
        h->settled[at] = GUARDED;
    }
}

static void settle_name(const walk *w, const hosts *h, postern_str name)
{
    const size_t at = pst_string_set_find(h->names, name);

    if (at != SIZE_MAX) {
        settle(w, h, at, true);
    }
}

static void settle_many(const walk *w, const hosts *h, const pst_insn *insn)
{
    for (size_t i = 0; i < h->names->count; i++) {
        if (test_host(insn, &h->names->members[i]) == CAN_HOLD) {
            settle(w, h, i, true);
        }
    }
}

static void settle_named(const walk *w, const hosts *h)
{
    for (size_t i = 0; i < w->length; i++) {
        const pst_insn *insn = &w->code[i];
        if (!reads_host(w, insn)) {
            continue;
        }
        if (insn->op == PST_OP_STRING_EQ) {
            settle_name(w, h, insn->as.string);
        } else if (insn->op == PST_OP_STRING_IN) {
            for (size_t j = 0; j < insn->as.string_set->count; j++) {
                settle_name(w, h, insn->as.string_set->members[j]);
            }
        } else if (names_many(insn)) {
            settle_many(w, h, insn);
        }
    }
}

static void settle_by_rule(const walk *w, const hosts *h)
{
    const bool any = can_match(w, NULL);

    settle_named(w, h);
    for (size_t i = 0; any && i < h->names->count; i++) {
        settle(w, h, i, false);
    }
}

/* Behind a rule may stand bodies of the next one, which are none of its business. */
static void leave_bodies(walk *w)
{
    size_t last = 0;

    memset(w->reached, 0, w->length);
    w->reached[0] = 1;
    for (size_t at = 0; at < w->length; at++) {
        if (w->reached[at] != 0) {
            last = at;
            (void)follow(w, at, w->code[at].on_true, 0);
            (void)follow(w, at, w->code[at].on_false, 0);
        }
    }
    w->length = last + 1;
}

bool pst_ruleset_guard(const pst_ruleset *set, const pst_string_set *names,
                       pst_arena *scratch, bool *guarded)
{
    const pst_program *program = &set->program;
    walk w = {program, NULL, 0, pst_arena_alloc(scratch, program->length)};
    hosts h = {names, pst_arena_alloc(scratch, names->count), false};

    if (w.reached == NULL || h.settled == NULL) {
        return false;
    }
    memset(h.settled, NOTHING, names->count);
    for (size_t i = 0; i < set->active_count; i++) {
        const uint32_t rule = set->active[i];
        const pst_rule *at = &set->rules[rule];
        const size_t start = program->entries[rule];
        const size_t end = rule + 1 < program->entry_count ? program->entries[rule + 1]
                                                           : program->length;
        h.block = at->action == POSTERN_ACTION_BLOCK;
        if (h.block || (at->action == POSTERN_ACTION_SKIP && at->ends)) {
            w.code = &program->code[start];
            w.length = end - start;
            leave_bodies(&w);
            settle_by_rule(&w, &h);
        }
    }
    for (size_t i = 0; i < names->count; i++) {
        guarded[i] = guarded[i] || h.settled[i] == GUARDED;
    }
    return true;
}
