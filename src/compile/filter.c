/*
 * compile/filter.c - the public face of one compiled expression.
 */
#include "compile/compiled.h"
#include "support/alloc.h"
#include "support/attribute.h"
#include "support/report.h"
#include "vm/plain.h"

struct postern_filter {
    pst_compiled compiled;
};

static postern_status compile(postern_filter *filter, postern_str expression,
                              const postern_compile_options *options,
                              postern_report *report)
{
    pst_compiled *compiled = &filter->compiled;
    pst_compiler compiler;
    postern_status status;

    pst_compiler_init(&compiler, compiled->scheme, &compiled->constants, options);
    status = pst_compiler_add(&compiler, expression, NULL, report);
    if (status == POSTERN_OK) {
        status = pst_compiled_finish(compiled, &compiler, report);
    }
    pst_compiler_free(&compiler);
    return status;
}

postern_status postern_filter_compile(const postern_scheme *scheme,
                                      postern_str expression,
                                      const postern_compile_options *options,
                                      postern_filter **out, postern_report *report)
{
    postern_filter *filter =
        pst_alloc_zeroed(scheme->options.allocator, sizeof *filter);
    postern_status status;

    *out = NULL;
    if (filter == NULL) {
        return pst_report_no_memory(report);
    }
    pst_compiled_init(&filter->compiled, scheme);
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
    alloc = filter->compiled.scheme->options.allocator;
    pst_compiled_free(&filter->compiled);
    pst_free(alloc, filter, sizeof *filter);
}

static PST_INLINE postern_status match(pst_plain plain, const pst_compiled *compiled,
                                       postern_request *request, bool *matched)
{
    const pst_insn *pc = compiled->start;
    const uint32_t way = pst_plain_run(plain, &pc, request);

    if (way == 0) {
        return pst_program_resume(&compiled->program, pc, request, matched);
    }
    *matched = way == PST_RETURN_TRUE;
    return POSTERN_OK;
}

static PST_NOINLINE postern_status prepare_and_match(const pst_compiled *compiled,
                                                     postern_request *request,
                                                     bool *matched)
{
    const postern_status status = pst_compiled_reopen(compiled, request);

    *matched = false;
    return status == POSTERN_OK ? match(PST_PLAIN_FEW, compiled, request, matched)
                                : status;
}

/* On a request that is in order nothing is called before the tests call something. */
postern_status postern_filter_match(const postern_filter *filter,
                                    postern_request *request, bool *matched)
{
    return pst_compiled_is_ready(&filter->compiled, request)
               ? match(PST_PLAIN_ONE, &filter->compiled, request, matched)
               : prepare_and_match(&filter->compiled, request, matched);
}

bool postern_filter_uses(const postern_filter *filter, postern_field field)
{
    return pst_program_uses(&filter->compiled.program, field.index);
}

size_t postern_filter_print(const postern_filter *filter, size_t index, char *buf,
                            size_t cap)
{
    return pst_program_print(&filter->compiled.program, index, buf, cap);
}

size_t postern_filter_regex_count(const postern_filter *filter)
{
    return filter->compiled.program.pattern_count;
}

bool postern_filter_regex_at(const postern_filter *filter, size_t index,
                             postern_regex_info *out)
{
    return pst_program_pattern(&filter->compiled.program, index, out);
}
