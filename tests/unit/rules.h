/*
 * tests/unit/rules.h - rules compiled into one program, as a policy's are, and what their
 * code looks like. An expression is written piece by piece, then added.
 */
#ifndef UNIT_RULES_H
#define UNIT_RULES_H

#include "patient.h"

typedef struct rules {
    postern_scheme
        *scheme; /* with app.number, and app.numbers, flags and tags: arrays */
    patient_lists lists;
    pst_arena memory;
    pst_compiler compiler;
    pst_bindings bindings;
    pst_program program; /* after rules_finish() */
    char *text;
    size_t length;
} rules;

/** @param sharing equal tests of several rules are asked once */
void rules_open(rules *r, bool sharing);
void rules_close(rules *r);

/** Writes more of the next expression: each '#' is `number`. */
void rules_write(rules *r, const char *text, unsigned number);

/** Writes `item` for each number from `first` on, with `joint` between two. */
void rules_write_chain(rules *r, const char *item, const char *joint, unsigned first,
                       unsigned count);

/** Adds what was written as a rule; then the next is written. */
void rules_add(rules *r);

/** No more rules: the program is there. */
void rules_finish(rules *r);

/** How many instructions `op` the program has. */
size_t rules_count(const rules *r, pst_opcode op);

/** The first instruction `op`. */
const pst_insn *rules_find(const rules *r, pst_opcode op);

#endif
