/*
 * vm/plain.h - the tests that call nothing, and a loop over them alone.
 *
 * Most rules are decided by a few of these, so the loop is small enough to stand in its
 * caller; at anything else it stops, and run.c takes over. Knows no state of a run but
 * the slots.
 */
#ifndef PST_VM_PLAIN_H
#define PST_VM_PLAIN_H

#include "vm/program.h"

/* Both sides have `len` bytes. A word at a time, the last one overlapping: what is
 * compared is short, and a call would cost more. */
static inline bool pst_plain_same(const char *a, const char *b, size_t len)
{
    uint64_t left;
    uint64_t right;
    uint32_t small[4];

    if (len >= 8) {
        for (size_t i = 0; i < len - 8; i += 8) {
            memcpy(&left, a + i, 8);
            memcpy(&right, b + i, 8);
            if (left != right) {
                return false;
            }
        }
        memcpy(&left, a + len - 8, 8);
        memcpy(&right, b + len - 8, 8);
        return left == right;
    }
    if (len >= 4) {
        memcpy(&small[0], a, 4);
        memcpy(&small[1], b, 4);
        memcpy(&small[2], a + len - 4, 4);
        memcpy(&small[3], b + len - 4, 4);
        return small[0] == small[1] && small[2] == small[3];
    }
    return len == 0 ||
           (a[0] == b[0] && a[len / 2] == b[len / 2] && a[len - 1] == b[len - 1]);
}

static inline bool pst_plain_string_eq(const pst_insn *insn, const pst_value *values)
{
    const postern_str text = values[insn->slot].string;

    return text.len == insn->as.string.len &&
           pst_plain_same(text.data, insn->as.string.data, text.len);
}

static inline bool pst_plain_starts(const pst_insn *insn, const pst_value *values)
{
    const postern_str text = values[insn->slot].string;
    const postern_str start = insn->as.string;

    return text.len >= start.len && pst_plain_same(text.data, start.data, start.len);
}

static inline bool pst_plain_ends(const pst_insn *insn, const pst_value *values)
{
    const postern_str text = values[insn->slot].string;
    const postern_str end = insn->as.string;

    return end.len == 0 ||
           (text.len >= end.len &&
            pst_plain_same(text.data + (text.len - end.len), end.data, end.len));
}

static inline bool pst_plain_length(const pst_insn *insn, const pst_value *values)
{
    const size_t len = values[insn->slot].string.len;

    return insn->as.range.first <= (int64_t)len && (int64_t)len <= insn->as.range.last;
}

static inline bool pst_plain_int_range(const pst_insn *insn, const pst_value *values)
{
    const int64_t number = values[insn->slot].integer;

    return insn->as.range.first <= number && number <= insn->as.range.last;
}

/**
 * Goes from instruction to instruction as long as each is plain.
 *
 * @param pc where to begin; receives the first instruction that is not plain
 * @return a return, or 0: the run goes on at *pc
 */
static inline uint32_t pst_plain_run(const pst_insn **pc,
                                     const postern_request *request)
{
    const pst_value *const values = request->values;
    const uint8_t *const states = request->states;
    const pst_insn *at = *pc;

    for (;;) {
        uint32_t way;
        bool holds;
        if (at->op == PST_OP_STRING_EQ) {
            holds = pst_plain_string_eq(at, values);
        } else if (at->op == PST_OP_BOOL) {
            holds = values[at->slot].boolean;
        } else if (at->op == PST_OP_ENSURE && states[at->slot] != PST_SLOT_UNKNOWN) {
            holds = (states[at->slot] & 1U) != 0;
        } else if (at->op == PST_OP_INT_RANGE) {
            holds = pst_plain_int_range(at, values);
        } else if (at->op == PST_OP_STRING_STARTS) {
            holds = pst_plain_starts(at, values);
        } else if (at->op == PST_OP_STRING_ENDS) {
            holds = pst_plain_ends(at, values);
        } else if (at->op == PST_OP_STRING_LENGTH) {
            holds = pst_plain_length(at, values);
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
