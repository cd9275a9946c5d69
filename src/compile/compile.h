/*
 * compile/compile.h - from text to a program: parse, check, emit, verify.
 *
 * A filter compiles one expression; a ruleset compiles many into one program, so
 * that look-ups and calls they share are computed once.
 */
#ifndef PST_COMPILE_COMPILE_H
#define PST_COMPILE_COMPILE_H

#include "compile/bind.h"
#include "compile/emit.h"
#include "compile/regexes.h"

#include <postern/filter.h>

/** A program under construction. */
typedef struct pst_compiler {
    const postern_scheme *scheme;
    pst_emitter emitter;
    pst_regexes regexes;
    pst_arena scratch;
    pst_arena *constants; /* the caller's; the program will live in it */
    postern_compile_options options;
    pst_bindings *bindings; /* of each rule that is added; NULL: nobody asks for them */
} pst_compiler;

/** `constants` must outlive the program, `options` (NULL: defaults) and its lists the
 *  compiler. */
void pst_compiler_init(pst_compiler *compiler, const postern_scheme *scheme,
                       pst_arena *constants, const postern_compile_options *options);

/** Gives back the scratch memory; the finished program stays. */
void pst_compiler_free(pst_compiler *compiler);

/**
 * Appends one rule.
 *
 * @param origin where the expression was written; NULL: nowhere else
 * @return POSTERN_OK; otherwise that of the first error, all of which are in
 *         `report`. After POSTERN_NO_MEMORY the compiler can only be freed.
 */
postern_status pst_compiler_add(pst_compiler *compiler, postern_str expression,
                                const pst_expression_origin *origin,
                                postern_report *report);

/** Compiles a value expression; it is computed into *slot, of type *type. Outcomes as
 *  pst_compiler_add(). */
postern_status pst_compiler_add_value(pst_compiler *compiler, postern_str expression,
                                      postern_report *report, uint32_t *slot,
                                      postern_type *type);

/** Verifies and hands out the program. */
postern_status pst_compiler_finish(pst_compiler *compiler, pst_program *out);

#endif
