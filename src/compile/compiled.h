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

#endif
