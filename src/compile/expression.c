/*
 * compile/expression.c - the public face of one value expression.
 */
#include "compile/compiled.h"
#include "support/alloc.h"
#include "support/report.h"

#include <postern/expression.h>

struct postern_value_expression {
    pst_compiled compiled;
    uint32_t slot;
    postern_type type;
};

static postern_status compile(postern_value_expression *value, postern_str expression,
                              const postern_compile_options *options,
                              postern_report *report)
{
    pst_compiled *compiled = &value->compiled;
    pst_compiler compiler;
    postern_status status;

    pst_compiler_init(&compiler, compiled->scheme, &compiled->constants, options);
    status = pst_compiler_add_value(&compiler, expression, report, &value->slot,
                                    &value->type);
    if (status == POSTERN_OK) {
        status = pst_compiled_finish(compiled, &compiler, report);
    }
    pst_compiler_free(&compiler);
    return status;
}

postern_status postern_value_compile(const postern_scheme *scheme,
                                     postern_str expression,
                                     const postern_compile_options *options,
                                     postern_value_expression **out,
                                     postern_report *report)
{
    postern_value_expression *value =
        pst_alloc_zeroed(scheme->options.allocator, sizeof *value);
    postern_status status;

    *out = NULL;
    if (value == NULL) {
        return pst_report_no_memory(report);
    }
    pst_compiled_init(&value->compiled, scheme);
    status = compile(value, expression, options, report);
    if (status != POSTERN_OK) {
        postern_value_expression_free(value);
        return status;
    }
    *out = value;
    return POSTERN_OK;
}

void postern_value_expression_free(postern_value_expression *expression)
{
    const postern_allocator *alloc;

    if (expression == NULL) {
        return;
    }
    alloc = expression->compiled.scheme->options.allocator;
    pst_compiled_free(&expression->compiled);
    pst_free(alloc, expression, sizeof *expression);
}

postern_type postern_value_expression_type(const postern_value_expression *expression)
{
    return expression->type;
}

postern_status postern_value_evaluate(const postern_value_expression *expression,
                                      postern_request *request, bool *present,
                                      postern_value *value)
{
    const pst_program *program = &expression->compiled.program;
    const pst_export to = {&request->arena, &expression->compiled.constants,
                           &request->run};
    postern_status status = pst_compiled_prepare(&expression->compiled, request);

    *present = false;
    if (status == POSTERN_OK) {
        status = pst_slot_ensure(program, request, expression->slot);
    }
    if (status != POSTERN_OK || (request->states[expression->slot] & 1U) == 0) {
        return status;
    }
    status = pst_value_export(&to, &request->values[expression->slot], expression->type,
                              value);
    *present = status == POSTERN_OK;
    return status;
}

size_t postern_value_expression_regex_count(const postern_value_expression *expression)
{
    return expression->compiled.program.pattern_count;
}

bool postern_value_expression_regex_at(const postern_value_expression *expression,
                                       size_t index, postern_regex_info *out)
{
    return pst_program_pattern(&expression->compiled.program, index, out);
}
