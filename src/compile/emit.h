/*
 * compile/emit.h - from claims to code.
 *
 * An emitter collects the rules of one program: their code, one after the other,
 * and the derived slots they share. Logic becomes forward jumps; `xor` counts in a
 * parity bit, so that code grows with the expression and no faster. What is asked of
 * elements, and claims that are arguments, become bodies, which stand in front of the
 * rule that needs them. emit.c writes code, slots.c hands out slots.
 */
#ifndef PST_COMPILE_EMIT_H
#define PST_COMPILE_EMIT_H

#include "compile/claim.h"

typedef struct pst_emitter {
    const postern_scheme *scheme;
    const postern_allocator *alloc;
    pst_arena *constants; /* what instructions and slots point to */
    pst_insn *code;
    size_t length;
    size_t code_cap;
    uint32_t *entries;
    size_t entry_count;
    size_t entry_cap;
    pst_derived *derived;
    size_t derived_count;
    size_t derived_cap;
    uint32_t *derived_index; /* open addressing: 1 + place in `derived`, or 0 */
    size_t derived_buckets;
    bool sharing;     /* rules: tests they have in common are asked once, see share.c */
    bool in_body;     /* what is emitted now is no rule */
    uint32_t *places; /* tests of rules that may be shared */
    size_t place_count;
    size_t place_cap;
    uint32_t *labels; /* of the rule being emitted: label -> instruction */
    size_t label_count;
    size_t label_cap;
} pst_emitter;

/** `constants` lives as long as the program. */
void pst_emitter_init(pst_emitter *emitter, const postern_scheme *scheme,
                      pst_arena *constants);

/** Gives back everything that pst_emitter_finish() did not copy. */
void pst_emitter_free(pst_emitter *emitter);

/**
 * Appends one rule.
 *
 * @return POSTERN_OK; POSTERN_LIMIT when `xor` is nested too deeply or the program
 *         grows too large; POSTERN_NO_MEMORY. After a failure the emitter can only
 *         be freed.
 */
postern_status pst_emit(pst_emitter *emitter, pst_claim *claim);

/** The slot of a value, with everything it is computed from. */
postern_status pst_emit_value(pst_emitter *emitter, pst_term *term, uint32_t *slot);

/**
 * Copies the program into the constants, where its strings and sets live already.
 *
 * @param lists `count` lists that the expressions were compiled with
 * @return POSTERN_OK, or the arena's failure
 */
postern_status pst_emitter_finish(const pst_emitter *emitter,
                                  const postern_named_list *lists, size_t count,
                                  pst_program *out);

/* --- between emit.c, slots.c and share.c ---------------------------------------------------- */

/** Sets term->slot; what it is computed from gets slots before it. */
postern_status pst_place_term(pst_emitter *emitter, pst_term *term);

/** Places all that a claim reads and writes the bodies it needs. */
postern_status pst_prepare_claim(pst_emitter *emitter, pst_claim *claim);

/** Writes the code of a prepared claim as a body. */
postern_status pst_emit_body(pst_emitter *emitter, pst_claim *claim, pst_body *body);

/** Appends a derived slot, or finds the one that is computed in the same way. */
postern_status pst_derive_slot(pst_emitter *emitter, const pst_derived *how,
                               uint32_t *slot);

/** Writes a test that stands in a rule once more, with returns: as a body. `slot` is the
 *  one that it needs. */
postern_status pst_emit_again(pst_emitter *emitter, const pst_insn *test,
                              uint32_t slot);

/** Puts tests of a claim together that ask for one of many values, see fold.c; its slots
 *  are placed. */
postern_status pst_fold_tests(pst_emitter *emitter, pst_claim *claim);

/** Takes note of the test at `place`, if it is one that may be shared. */
postern_status pst_share_note(pst_emitter *emitter, size_t place);

/** Makes equal tests of rules one, when all rules are emitted. */
postern_status pst_share_tests(pst_emitter *emitter);

/** The walk that a claim said of elements needs. */
postern_status pst_emit_each(pst_emitter *emitter, pst_claim *claim, pst_each **out);

#endif
