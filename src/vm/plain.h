/*
 * vm/plain.h - the tests that call nothing, and a loop over them alone.
 *
 * Most rules are decided by a few of these, so the loop stands in its callers; at
 * anything else it stops, and run.c takes over. Knows no state of a run but the slots.
 */
#ifndef PST_VM_PLAIN_H
#define PST_VM_PLAIN_H

#include "support/attribute.h"
#include "support/text.h"
#include "vm/program.h"

/* pst_same_bytes() in fewer registers: the loop below has no frame of its own. */
static inline bool pst_plain_same(const char *a, const char *b, size_t len)
{
    if (len >= 8) {
        for (size_t i = 0; i < len - 8; i += 8) {
            if (pst_word_load(a + i) != pst_word_load(b + i)) {
                return false;
            }
        }
        return pst_word_load(a + len - 8) == pst_word_load(b + len - 8);
    }
    if (len >= 4) {
        return pst_word_load_half(a) == pst_word_load_half(b) &&
               pst_word_load_half(a + len - 4) == pst_word_load_half(b + len - 4);
    }
    return len == 0 ||
           (a[0] == b[0] && a[len / 2] == b[len / 2] && a[len - 1] == b[len - 1]);
}

static inline bool pst_plain_int_range(const pst_insn *insn, const pst_value *value)
{
    return insn->as.range.first <= value->integer &&
           value->integer <= insn->as.range.last;
}

static inline bool pst_plain_string_eq(const pst_insn *insn, const pst_value *value)
{
    const postern_str wanted = insn->as.string;

    return value->string.len == wanted.len &&
           pst_plain_same(value->string.data, wanted.data, wanted.len);
}

static inline bool pst_plain_starts(const pst_insn *insn, const pst_value *value)
{
    const postern_str start = insn->as.string;

    return value->string.len >= start.len &&
           pst_plain_same(value->string.data, start.data, start.len);
}

static inline bool pst_plain_ends(const pst_insn *insn, const pst_value *value)
{
    const postern_str end = insn->as.string;
    const size_t len = value->string.len;

    return end.len == 0 ||
           (len >= end.len &&
            pst_plain_same(value->string.data + (len - end.len), end.data, end.len));
}

static inline bool pst_plain_length(const pst_insn *insn, const pst_value *value)
{
    const int64_t len = (int64_t)value->string.len;

    return insn->as.range.first <= len && len <= insn->as.range.last;
}

/** Asks a set of few members, or one that has no member as long: what most look-ups
 *  come to.
 *  @return false: this is no such test */
static PST_INLINE bool pst_plain_few(const pst_insn *insn, const pst_value *value,
                                     bool *holds)
{
    if (insn->op == PST_OP_INT_IN && insn->as.int_set->count <= PST_FEW) {
        *holds = pst_int_set_few_has(insn->as.int_set, value->integer);
        return true;
    }
    if (insn->op == PST_OP_IP_IN && pst_ip_is_v4(value->ip) &&
        insn->as.ip_set->v4_count <= PST_FEW) {
        *holds = pst_ip_set_few_has(insn->as.ip_set, (uint32_t)value->ip.low);
        return true;
    }
    *holds = false;
    return insn->op == PST_OP_STRING_IN &&
           !pst_string_set_has_length(insn->as.string_set, value->string);
}

/** Which tests are plain: looking at a few members takes a frame. */
typedef enum pst_plain { PST_PLAIN_ONE, PST_PLAIN_FEW } pst_plain;

/**
 * Goes from instruction to instruction as long as each is plain.
 *
 * @param pc where to begin; receives the first instruction that is not plain
 * @return a return, or 0: the run goes on at *pc
 */
static PST_INLINE uint32_t pst_plain_run(pst_plain plain, const pst_insn **pc,
                                         const postern_request *request)
{
    const pst_value *const values = request->values;
    const uint8_t *const states = request->states;
    const pst_insn *at = *pc;

    for (;;) {
        uint32_t way;
        bool holds;
        if (at->op == PST_OP_STRING_EQ) {
            holds = pst_plain_string_eq(at, &values[at->slot]);
        } else if (at->op == PST_OP_BOOL) {
            holds = values[at->slot].boolean;
        } else if (at->op == PST_OP_ENSURE && states[at->slot] != PST_SLOT_UNKNOWN) {
            holds = (states[at->slot] & 1U) != 0;
        } else if (at->op == PST_OP_STRING_CONTAINS || at->op == PST_OP_STRING_PARTS ||
                   at->op == PST_OP_STRING_MATCHES) { /* soon, as they are often met */
            *pc = at;
            return 0;
        } else if (at->op == PST_OP_INT_RANGE) {
            holds = pst_plain_int_range(at, &values[at->slot]);
        } else if (at->op == PST_OP_STRING_STARTS) {
            holds = pst_plain_starts(at, &values[at->slot]);
        } else if (at->op == PST_OP_STRING_ENDS) {
            holds = pst_plain_ends(at, &values[at->slot]);
        } else if (at->op == PST_OP_STRING_LENGTH) {
            holds = pst_plain_length(at, &values[at->slot]);
        } else if (plain == PST_PLAIN_FEW &&
                   pst_plain_few(at, &values[at->slot], &holds)) {
            /* done */
        } else {
            *pc = at;
            return 0;
        }
        way = holds ? at->on_true : at->on_false;
        if (way >= PST_RETURN_FALSE) {
            return way;
        }
        at += way;
    }
}

/** pst_program_run_at(), in its callers. */
static PST_INLINE pst_answer pst_plain_ask(const pst_program *program, uint32_t start,
                                           postern_request *request,
                                           postern_status *fault)
{
    const pst_insn *pc = program->code + start;
    const uint32_t way = pst_plain_run(PST_PLAIN_FEW, &pc, request);

    return way != 0 ? (pst_answer)(way & 1U)
                    : pst_program_go_on(program, pc, request, fault);
}

/**
 * Runs pieces of code one after the other, from starts[*at] on, until one answers yes.
 * Each is a rule (an item of program->entries) or a body; as pst_program_run(), but
 * going from one to the next costs no call.
 *
 * @param starts `count` places of the code, in the order they are to be run
 * @param at     where to begin; receives which one answered yes or faulted, or
 *               `count` with PST_NO. To look for a further one go on at *at + 1.
 */
static PST_INLINE pst_answer pst_program_find(const pst_program *program,
                                              const uint32_t *starts, size_t count,
                                              size_t *at, postern_request *request,
                                              postern_status *fault)
{
    for (; *at < count; ++*at) {
        const pst_answer answer = pst_plain_ask(program, starts[*at], request, fault);
        if (answer != PST_NO) {
            return answer;
        }
    }
    return PST_NO;
}

#endif
