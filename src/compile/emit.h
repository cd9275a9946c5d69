/*
 * compile/emit.h - from claims to code.
 *
 * An emitter collects the rules of one program: their code, one after the other,
 * and the derived slots they share. Logic becomes forward jumps; `xor` counts in a
 * parity bit, so that code grows with the expression and no faster.
 */
#ifndef PST_COMPILE_EMIT_H
#define PST_COMPILE_EMIT_H

#include "compile/claim.h"

typedef struct pst_emitter {
    const postern_scheme *scheme;
    const postern_allocator *alloc;
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
    uint32_t *labels; /* of the rule being emitted: label -> instruction */
    size_t label_count;
    size_t label_cap;
} pst_emitter;

void pst_emitter_init(pst_emitter *emitter, const postern_scheme *scheme,
                      const postern_allocator *alloc);

/** Gives back everything that pst_emitter_finish() did not copy. */
void pst_emitter_free(pst_emitter *emitter);

/**
 * Appends one rule.
 *
 * @return POSTERN_OK; POSTERN_LIMIT when `xor` is nested too deeply or the program
 *         grows too large; POSTERN_NO_MEMORY. After a failure the emitter can only
 *         be freed.
 */
postern_status pst_emit(pst_emitter *emitter, const pst_claim *claim);

/** Copies the program into `constants`, where its strings and sets live already.
 *  @return POSTERN_OK, or the arena's failure */
postern_status pst_emitter_finish(const pst_emitter *emitter, pst_arena *constants,
                                  pst_program *out);

#endif
