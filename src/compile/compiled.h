/*
 * compile/compiled.h - what a filter and a value expression have in common: a program
 * of their own with everything it needs.
 */
#ifndef PST_COMPILE_COMPILED_H
#define PST_COMPILE_COMPILED_H

#include "compile/compile.h"

typedef struct pst_compiled {
    postern_scheme *scheme;
    pst_arena constants;
    pst_program program;
    postern_named_list *lists; /* one for each of program.lists, each kept alive */
    size_t list_count;
    const pst_insn *start; /* of its only rule; NULL: it has none */
    bool reopens;          /* pst_compiled_reopen() is enough */
} pst_compiled;

/** Prepares an empty object; free it with pst_compiled_free() whatever comes. */
void pst_compiled_init(pst_compiled *compiled, const postern_scheme *scheme);

void pst_compiled_free(pst_compiled *compiled);

/** Takes the program over from `compiler`, and the lists it asks. */
postern_status pst_compiled_finish(pst_compiled *compiled, pst_compiler *compiler,
                                   postern_report *report);

/** Makes `request` ready for runs of the program: sealed, head in order.
 *  @return as postern_filter_match() */
postern_status pst_compiled_prepare(const pst_compiled *compiled,
                                    postern_request *request);

/** The same where it is quick: a request that is found in order already. What the clock
 *  said is not forgotten, so the program's code must not ask for it.
 *  @return false when pst_compiled_prepare() is needed instead; nothing is done then */
static inline bool pst_compiled_reopen(const pst_compiled *compiled,
                                       postern_request *request)
{
    if (!request->open || request->scheme != compiled->scheme || !compiled->reopens ||
        request->run.used > 0) {
        return false;
    }
    pst_program_attach(&compiled->program, compiled->lists, request);
    return true;
}

#endif
