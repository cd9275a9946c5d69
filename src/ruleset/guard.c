/*
 * ruleset/guard.c - which hosts are guarded by a block rule?
 *
 * A rule's code is walked with the host known. A block rule guards a host that it
 * names if the walk of a stranger (TLS, no certificate) can end in true; a host that it
 * does not name only if every such walk ends so. A skip rule in which every
 * walk of a stranger ends in true lets everybody in, whatever comes after it.
 * Only forward jumps, so one pass is enough. Parity bits are followed exactly up to
 * PARITY_KNOWN of them; a rule that nests `xor` deeper guards nothing,
 * and a skip rule that does may let everybody in.
 */
#include "ruleset/ruleset.h"

#include "match/search.h"
#include "support/text.h"

#include <string.h>

typedef struct walk {
    const pst_program *program;
    const pst_insn *code; /* of the rule */
    size_t length;
    uint8_t *reached; /* an instruction's byte: the parities it is reached with, a bit
                         for each of the eight combinations */
} walk;

enum { PARITY_KNOWN = 3, ANY_PARITY = 0xff };

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

static const pst_call *call_of(const pst_program *program, uint32_t slot)
{
    const size_t fields = program->scheme->field_count;
    const pst_derived *how = slot < fields ? NULL : &program->derived[slot - fields];

    return how != NULL && how->kind == PST_DERIVED_CALL && !how->as.call->mapped
               ? how->as.call
               : NULL;
}

/* starts_with(http.host, "...") or ends_with(): the call, or NULL. */
static const pst_call *end_of_host(const pst_program *program, uint32_t slot)
{
    const pst_call *call = call_of(program, slot);

    return call != NULL &&
                   (call->function == PST_FUNCTION_STARTS_WITH ||
                    call->function == PST_FUNCTION_ENDS_WITH) &&
                   call->operands[1].literal &&
                   is_host_slot(program, call->operands[0].slot)
               ? call
               : NULL;
}

static bool reads_host(const walk *w, const pst_insn *insn)
{
    return pst_insn_reads_slot(insn) && (is_host_slot(w->program, insn->slot) ||
                                         end_of_host(w->program, insn->slot) != NULL);
}

/* A test that many hosts pass: a pattern or a part of the name. */
static bool names_many(const pst_insn *insn)
{
    return insn->op == PST_OP_STRING_WILDCARD || insn->op == PST_OP_STRING_CONTAINS ||
           insn->op == PST_OP_STRING_MATCHES || insn->op == PST_OP_BOOL;
}

static bool has_end(const pst_call *call, postern_str host)
{
    const postern_str end = call->operands[1].value.string;
    const size_t from =
        call->function == PST_FUNCTION_STARTS_WITH ? 0 : host.len - end.len;

    return end.len <= host.len &&
           pst_str_same(pst_str_slice(host, from, from + end.len), end);
}

/* `host` NULL: one that no rule names. */
static unsigned test_host(const walk *w, const pst_insn *insn, const postern_str *host)
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
    } else if (insn->op == PST_OP_STRING_MATCHES && host != NULL) {
        pst_regex_memory none = {.arena = NULL};
        holds = pst_regex_match(insn->as.pattern.regex, *host, &none);
    } else if (insn->op == PST_OP_BOOL && host != NULL) {
        holds = has_end(end_of_host(w->program, insn->slot), *host);
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

/* has_key(http.request.headers, "cf-access-..."): never, it is hidden. */
static bool asks_for_hidden_key(const pst_program *program, uint32_t slot)
{
    const pst_call *call = call_of(program, slot);

    return call != NULL && call->function == PST_FUNCTION_HAS_KEY &&
           call->operands[1].literal &&
           (call->operands[0].slot == PST_FIELD_HEADERS ||
            call->operands[0].slot == PST_FIELD_RAW_HEADERS) &&
           pst_header_claims_identity(call->operands[1].value.string);
}

/* A test that nothing passes. */
static bool is_impossible(const walk *w, const pst_insn *insn)
{
    if (insn->op == PST_OP_ENSURE) {
        return is_hidden(w->program, insn->slot);
    }
    if (insn->op == PST_OP_BOOL) {
        return asks_for_hidden_key(w->program, insn->slot);
    }
    if (insn->op == PST_OP_INT_RANGE) {
        return insn->as.range.first > insn->as.range.last;
    }
    return (insn->op == PST_OP_INT_IN && insn->as.int_set->count == 0) ||
           (insn->op == PST_OP_STRING_IN && insn->as.string_set->count == 0) ||
           (insn->op == PST_OP_IP_IN &&
            insn->as.ip_set->v4_count + insn->as.ip_set->v6_count == 0);
}

/* A client without a certificate. */
static unsigned test_stranger(const pst_insn *insn)
{
    if (insn->op == PST_OP_BOOL && (insn->slot == PST_FIELD_CERT_PRESENTED ||
                                    insn->slot == PST_FIELD_CERT_VERIFIED ||
                                    insn->slot == PST_FIELD_CERT_REVOKED)) {
        return CAN_FAIL;
    }
    return CAN_HOLD | CAN_FAIL;
}

/* Requests in plaintext for a registered host never come to the rules. */
static unsigned test(const walk *w, const pst_insn *insn, const postern_str *host)
{
    if (insn->op == PST_OP_ALWAYS || insn->op == PST_OP_FLIP ||
        (insn->op == PST_OP_BOOL && insn->slot == PST_FIELD_SSL)) {
        return CAN_HOLD;
    }
    if (is_impossible(w, insn)) {
        return CAN_FAIL;
    }
    if (reads_host(w, insn)) {
        return test_host(w, insn, host);
    }
    return test_stranger(insn);
}

/* Takes one way on with these parities. @return true when it ends in `wanted` */
static bool follow(const walk *w, size_t at, uint32_t way, unsigned parities,
                   uint32_t wanted)
{
    if (parities == 0) {
        return false;
    }
    if (way < PST_RETURN_FALSE) {
        w->reached[at + way] |= (uint8_t)parities;
    }
    return way == wanted;
}

/* The combinations in which the bit is set. */
static unsigned with_bit(unsigned bit)
{
    static const uint8_t sets[PARITY_KNOWN] = {0xaa, 0xcc, 0xf0};

    return sets[bit];
}

/* FLIP moves each combination to that which differs in the bit. */
static unsigned flipped(unsigned parities, unsigned bit)
{
    const unsigned distance = 1U << bit;

    return ((parities & ~with_bit(bit)) << distance) |
           ((parities & with_bit(bit)) >> distance);
}

/* Takes the ways on from one instruction. @return true when one ends in `wanted` */
static bool go_on(const walk *w, size_t at, const postern_str *host, uint32_t wanted)
{
    const pst_insn *insn = &w->code[at];
    const unsigned parities = w->reached[at];
    unsigned says;
    bool ends;

    if (insn->op == PST_OP_FLIP) {
        return follow(w, at, insn->on_true, flipped(parities, insn->bit), wanted);
    }
    if (insn->op == PST_OP_PARITY) {
        const unsigned odd = parities & with_bit(insn->bit);
        ends = follow(w, at, insn->on_true, odd >> (1U << insn->bit), wanted);
        return follow(w, at, insn->on_false, parities & ~with_bit(insn->bit), wanted) ||
               ends;
    }
    says = test(w, insn, host);
    ends = (says & CAN_HOLD) != 0 && follow(w, at, insn->on_true, parities, wanted);
    return ((says & CAN_FAIL) != 0 &&
            follow(w, at, insn->on_false, parities, wanted)) ||
           ends;
}

/* Can the rule end in `wanted`, one of the two returns? */
static bool can_end(const walk *w, const postern_str *host, uint32_t wanted)
{
    bool ends = false;

    memset(w->reached, 0, w->length);
    w->reached[0] = 1;
    for (size_t at = 0; at < w->length && !ends; at++) {
        ends = w->reached[at] != 0 && go_on(w, at, host, wanted);
    }
    return ends;
}

/* Some client without a certificate; `host` NULL: one that no rule names. */
static bool can_match(const walk *w, const postern_str *host)
{
    return can_end(w, host, PST_RETURN_TRUE);
}

static bool must_match(const walk *w, const postern_str *host)
{
    return !can_end(w, host, PST_RETURN_FALSE);
}

/* What is settled about a host. */
enum { NOTHING, GUARDED, OPEN };

typedef struct hosts {
    const pst_string_set *names;
    uint8_t *settled; /* one of the above for each */
    uint32_t *named;  /* the last rule that named it, from 1 */
    uint32_t rule;    /* at hand, from 1 */
    bool block;       /* it blocks; otherwise it skips */
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
        h->named[at] = h->rule;
        settle(w, h, at, true);
    }
}

/* @return whether every host was looked at */
static bool settle_named(const walk *w, const hosts *h)
{
    bool all = false;

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
            for (size_t j = 0; j < h->names->count; j++) {
                settle(w, h, j, test_host(w, insn, &h->names->members[j]) == CAN_HOLD);
            }
            all = true;
        }
    }
    return all;
}

static void settle_rest(const hosts *h, uint8_t as)
{
    for (size_t i = 0; i < h->names->count; i++) {
        if (h->settled[i] == NOTHING) {
            h->settled[i] = as;
        }
    }
}

/* To a rule that names hosts one by one, all others are the same. */
static void settle_by_rule(const walk *w, const hosts *h)
{
    if (settle_named(w, h) || !must_match(w, NULL)) {
        return;
    }
    for (size_t i = 0; i < h->names->count; i++) {
        if (h->settled[i] == NOTHING && h->named[i] != h->rule) {
            h->settled[i] = h->block ? GUARDED : OPEN;
        }
    }
}

/* Cuts off bodies of the next rule, which stand behind this one.
 * @return false when parities cannot be followed */
static bool cut(walk *w)
{
    size_t last = 0;
    bool known = true;

    memset(w->reached, 0, w->length);
    w->reached[0] = ANY_PARITY;
    for (size_t at = 0; at < w->length; at++) {
        const pst_insn *insn = &w->code[at];
        if (w->reached[at] != 0) {
            last = at;
            known = known && insn->bit < PARITY_KNOWN;
            (void)follow(w, at, insn->on_true, ANY_PARITY, 0);
            (void)follow(w, at, insn->on_false, ANY_PARITY, 0);
        }
    }
    w->length = last + 1;
    return known;
}

bool pst_ruleset_guard(const pst_ruleset *set, const pst_string_set *names,
                       pst_arena *scratch, bool *guarded)
{
    const pst_program *program = &set->program;
    walk w = {program, NULL, 0, pst_arena_alloc(scratch, program->length)};
    hosts h = {names, pst_arena_alloc(scratch, names->count),
               pst_arena_array(scratch, names->count, sizeof(uint32_t)), 0, false};

    if (w.reached == NULL || h.settled == NULL || h.named == NULL) {
        return false;
    }
    memset(h.settled, NOTHING, names->count);
    memset(h.named, 0, names->count * sizeof *h.named);
    for (size_t i = 0; i < set->active_count; i++) {
        const uint32_t rule = set->active[i];
        const pst_rule *at = &set->rules[rule];
        const size_t start = program->entries[rule];
        const size_t end = rule + 1 < program->entry_count ? program->entries[rule + 1]
                                                           : program->length;
        w.code = &program->code[start];
        w.length = end - start;
        h.rule = rule + 1;
        h.block = at->action == POSTERN_ACTION_BLOCK;
        if (!h.block && !(at->action == POSTERN_ACTION_SKIP && at->ends)) {
            continue;
        }
        if (cut(&w)) {
            settle_by_rule(&w, &h);
        } else if (!h.block) {
            settle_rest(&h, OPEN); /* it may let everybody in */
        }
    }
    for (size_t i = 0; i < names->count; i++) {
        guarded[i] = guarded[i] || h.settled[i] == GUARDED;
    }
    return true;
}
