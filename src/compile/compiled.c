#include "compile/compiled.h"

#include "support/alloc.h"
#include "support/report.h"

void pst_compiled_init(pst_compiled *compiled, const postern_scheme *scheme)
{
    *compiled = (pst_compiled){.scheme = pst_scheme_use(scheme)};
    pst_arena_init(&compiled->constants, scheme->options.allocator, SIZE_MAX / 2);
    compiled->constants.next_chunk = 256; /* most expressions need less */
}

void pst_compiled_free(pst_compiled *compiled)
{
    const postern_allocator *alloc = compiled->scheme->options.allocator;

    for (size_t i = 0; i < compiled->list_count; i++) {
        postern_list_release(compiled->lists[i].list);
    }
    pst_free_array(alloc, compiled->lists, compiled->list_count,
                   sizeof *compiled->lists);
    pst_arena_free(&compiled->constants);
    postern_scheme_free(compiled->scheme);
}

static postern_status keep_lists(pst_compiled *compiled,
                                 const postern_compile_options *options)
{
    const size_t count = options->list_count;
    postern_named_list *lists;

    if (count == 0) {
        return POSTERN_OK;
    }
    lists = pst_alloc_array(compiled->scheme->options.allocator, count, sizeof *lists);
    if (lists == NULL) {
        return POSTERN_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        lists[i] = (postern_named_list){compiled->program.lists[i].name,
                                        pst_list_use(options->lists[i].list)};
    }
    compiled->lists = lists;
    compiled->list_count = count;
    return POSTERN_OK;
}

/* How runs of the program begin. */
static void choose_way(pst_compiled *compiled)
{
    const pst_program *const program = &compiled->program;

    if (program->entry_count > 0) {
        compiled->start = program->code + program->entries[0];
    }
    compiled->asks_time = pst_program_uses(program, PST_FIELD_TIMESTAMP_SEC) ||
                          pst_program_uses(program, PST_FIELD_TIMESTAMP_MSEC);
    if (program->derived_count + program->list_count + program->pattern_count == 0 &&
        !compiled->asks_time) {
        compiled->opens = compiled->scheme;
    }
}

postern_status pst_compiled_finish(pst_compiled *compiled, pst_compiler *compiler,
                                   postern_report *report)
{
    postern_status status = pst_compiler_finish(compiler, &compiled->program);

    if (status == POSTERN_OK) {
        status = keep_lists(compiled, &compiler->options);
    }
    if (status == POSTERN_OK) {
        choose_way(compiled);
    }
    return status == POSTERN_NO_MEMORY ? pst_report_no_memory(report) : status;
}

postern_status pst_compiled_prepare(const pst_compiled *compiled,
                                    postern_request *request)
{
    postern_status status;

    if (request->scheme != compiled->scheme) {
        return POSTERN_STATE;
    }
    status = pst_request_seal(request, NULL, false);
    if (status == POSTERN_OK && request->has_head && request->head.problem != NULL) {
        status = POSTERN_INVALID;
    }
    if (status != POSTERN_OK) {
        return status;
    }
    request->open = request->scheme;
    return pst_program_prepare(&compiled->program, compiled->lists, request);
}
