/*
 * vm/plain.h - the tests that call nothing, and a loop over them alone.
 *
 * Most rules are decided by a few of these, so the loop stands in its callers; at anything else it stops, and run.c takes over. Knows no state of a run but
 * the slots.
 */
#ifndef PST_VM_PLAIN_H
#define PST_VM_PLAIN_H

#include "support/text.h"
#include "vm/program.h"

/* pst_same_bytes() in fewer registers: the loop below has no frame of its own. */
static inline bool pst_plain_same(const char *a, const char *b, size_t len)
{
    if (len >= 8) {
        for (size_t i = 0; i < len - 8; i += 8) {
            if (pst_word(a + i) != pst_word(b + i)) {
                return false;
            }
        }
        return pst_word(a + len - 8) == pst_word(b + len - 8);
    }
    if (len >= 4) {
        return pst_half_word(a) == pst_half_word(b) &&
               pst_half_word(a + len - 4) == pst_half_word(b + len - 4);
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

/**
 * Goes from instruction to instruction as long as each is plain.
 *
 * @param pc where to begin; receives the first instruction that is not plain
 * @return a return, or 0: the run goes on at *pc
 */
static PST_INLINE uint32_t pst_plain_run(const pst_insn **pc,
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

#endif
