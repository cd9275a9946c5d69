/*
 * tests/unit/patient.h - a sound program that may be written to, so that tests can damage
 * it in one place and see that the verifier notices.
 */
#ifndef UNIT_PATIENT_H
#define UNIT_PATIENT_H

#include "compile/compile.h"

/** Lists of three kinds, for expressions that name them. */
typedef struct patient_lists {
    postern_list *of[3];
    postern_named_list named[3];
    postern_compile_options options;
} patient_lists;

void patient_lists_open(patient_lists *l);
void patient_lists_close(patient_lists *l);

/** Starts with ENSURE, IP_IN, ENSURE, ENSURE, IP_COMPARE; has every kind of derived slot,
 *  of set and of operand. */
typedef struct patient {
    postern_scheme *scheme;
    patient_lists lists;
    pst_arena arena;
    pst_program program;
    pst_insn *code;
    pst_derived *derived;
    uint32_t *entries;
    pst_list_ref *list_refs;
} patient;

void patient_open(patient *p);
void patient_close(patient *p);

/** What the verifier says. */
bool patient_sound(const patient *p);

/** The first instruction of the rule; those of bodies stand before it. */
pst_insn *patient_start(const patient *p);

/** The first instruction `op` of the rule. */
pst_insn *patient_find(const patient *p, pst_opcode op);

pst_derived *patient_find_derived(const patient *p, pst_derived_kind kind);

/** The call of `function`. */
pst_derived *patient_find_call(const patient *p, pst_function_id function);

/** The slot that `derived` computes. */
uint32_t patient_slot(const patient *p, const pst_derived *derived);

/** Nothing tests the slot any more: damage to it is damage to nothing else. */
void patient_forget(patient *p, uint32_t slot);

/** Each opens what the program only borrows to damage. */
pst_call *patient_open_call(patient *p, pst_derived *derived);
pst_operand *patient_open_operands(patient *p, pst_call *call);
postern_type *patient_open_types(patient *p, pst_call *call);
pst_step *patient_open_path(patient *p, pst_derived *derived);

typedef struct patient_walk {
    pst_each *each;
    uint32_t *arrays;
    uint32_t *elements;
} patient_walk;

/** A walk: everybody who knew it knows the opened one. */
patient_walk patient_open_walk(patient *p, const pst_each *old);

/** That of the rule's first any(). */
patient_walk patient_open_any(patient *p);

#endif
