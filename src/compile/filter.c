/*
 * compile/filter.c - the public face of one compiled expression.
 */
#include "compile/compile.h"
#include "support/alloc.h"
#include "support/report.h"

struct postern_filter {
    postern_scheme *scheme;
    pst_arena constants;
    pst_program program;
};

static postern_status compile(postern_filter *filter, postern_str expression,
                              const postern_compile_options *options,
                              postern_report *report)
{
    pst_compiler compiler;
    postern_status status;

    pst_compiler_init(&compiler, filter->scheme, &filter->constants, options);
    status = pst_compiler_add(&compiler, expression, NULL, report);
    if (status == POSTERN_OK) {
        status = pst_compiler_finish(&compiler, &filter->program);
        if (status == POSTERN_NO_MEMORY) {
            (void)pst_report_no_memory(report);
        }
    }
    pst_compiler_free(&compiler);
    return status;
}

postern_status postern_filter_compile(const postern_scheme *scheme,
                                      postern_str expression,
                                      const postern_compile_options *options,
                                      postern_filter **out, postern_report *report)
{
    const postern_allocator *alloc = scheme->options.allocator;
    postern_filter *filter = pst_alloc_zeroed(alloc, sizeof *filter);
    postern_status status;

    *out = NULL;
    if (filter == NULL) {
        return pst_report_no_memory(report);
    }
    filter->scheme = pst_scheme_use(scheme);
    pst_arena_init(&filter->constants, alloc, SIZE_MAX / 2);
    status = compile(filter, expression, options, report);
    if (status != POSTERN_OK) {
        postern_filter_free(filter);
        return status;
    }
    *out = filter;
    return POSTERN_OK;
}

void postern_filter_free(postern_filter *filter)
{
    const postern_allocator *alloc;

    if (filter == NULL) {
        return;
    }
    alloc = filter->scheme->options.allocator;
    pst_arena_free(&filter->constants);
    postern_scheme_free(filter->scheme);
    pst_free(alloc, filter, sizeof *filter);
}

postern_status postern_filter_match(const postern_filter *filter,
                                    postern_request *request, bool *matched)
{
    postern_status status;
    pst_answer answer;

    *matched = false;
    if (request->scheme != filter->scheme) {
        return POSTERN_STATE;
    }
    status = pst_request_seal(request, NULL, false);
    if (status == POSTERN_OK && request->has_head && request->head.problem != NULL) {
        status = POSTERN_INVALID;
    }
    if (status == POSTERN_OK) {
        status = pst_program_prepare(&filter->program, request);
    }
    if (status != POSTERN_OK) {
        return status;
    }
    answer = pst_program_run(&filter->program, 0, request, &status);
    *matched = answer == PST_YES;
    return answer == PST_FAULTED ? status : POSTERN_OK;
}

size_t postern_filter_print(const postern_filter *filter, size_t index, char *buf,
                            size_t cap)
{
    return pst_program_print(&filter->program, index, buf, cap);
}
