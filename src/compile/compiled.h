/*
 * compile/compiled.h - what a filter and a value expression have in common: a program
 * of their own with everything it needs.
 */
#ifndef PST_COMPILE_COMPILED_H
#define PST_COMPILE_COMPILED_H

#include "compile/compile.h"

typedef struct pst_compiled {
    /* Its scheme when runs on an open request need nothing: they read fields, keep
     * nothing and do not ask what time it is. Otherwise NULL. */
    const postern_scheme *opens;
    const pst_insn *start; /* of its only rule; NULL: it has none */
    bool asks_time;        /* what the clock said must be forgotten before a run */
    postern_scheme *scheme;
    pst_arena constants;
    pst_program program;
    postern_named_list *lists; /* one for each of program.lists, each kept alive */
    size_t list_count;
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

/** The same for runs of its code alone, which is quick where `request` is open. */
static inline postern_status pst_compiled_reopen(const pst_compiled *compiled,
                                                 postern_request *request)
{
    if (request->open != compiled->scheme) {
        return pst_compiled_prepare(compiled, request);
    }
    if (compiled->asks_time) {
        pst_request_forget_time(request);
    }
    return pst_program_prepare(&compiled->program, compiled->lists, request);
}

/** True when runs of its code need neither. */
static inline bool pst_compiled_is_ready(const pst_compiled *compiled,
                                         const postern_request *request)
{
    return compiled->opens != NULL && request->open == compiled->opens;
}

#endif
