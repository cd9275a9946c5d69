#include "compile/compile.h"

#include "support/alloc.h"
#include "support/report.h"

/* Trees of one expression: generous, but never more than the text can need. */
enum { SCRATCH_MAX = 64 << 20 };

void pst_compiler_init(pst_compiler *compiler, const postern_scheme *scheme,
                       pst_arena *constants, const postern_compile_options *options)
{
    const postern_allocator *alloc = scheme->options.allocator;

    *compiler = (pst_compiler){.scheme = scheme, .constants = constants};
    compiler->strict_cloudflare = options != NULL && options->strict_cloudflare;
    pst_emitter_init(&compiler->emitter, scheme, alloc);
    pst_arena_init(&compiler->scratch, alloc, SCRATCH_MAX);
}

void pst_compiler_free(pst_compiler *compiler)
{
    pst_emitter_free(&compiler->emitter);
    pst_arena_free(&compiler->scratch);
}

static postern_status compile(pst_compilation *unit, pst_emitter *emitter)
{
    const postern_limits *limits = &unit->scheme->options.limits;
    pst_node *tree;
    pst_claim *claim;
    postern_status status;

    if (unit->complaints.expression.len > limits->expression_bytes) {
        pst_complain(&unit->complaints, POSTERN_LIMIT,
                     (pst_span){limits->expression_bytes, 0},
                     "the expression is longer than allowed", NULL);
        return unit->complaints.first;
    }
    status = pst_parse(unit->scratch, &unit->complaints, limits->nesting, &tree);
    if (status != POSTERN_OK) {
        return status;
    }
    status = pst_check(unit, tree, &claim);
    if (status != POSTERN_OK) {
        return status;
    }
    if (unit->complaints.errors > 0) {
        return unit->complaints.first;
    }
    status = pst_emit(emitter, claim);
    if (status == POSTERN_LIMIT) {
        pst_complain(
            &unit->complaints, status, (pst_span){0, 0},
            "the expression needs more than the machine has: too many nested xor",
            NULL);
    }
    return status;
}

postern_status pst_compiler_add(pst_compiler *compiler, postern_str expression,
                                const pst_expression_origin *origin,
                                postern_report *report)
{
    pst_compilation unit = {
        .scheme = compiler->scheme,
        .complaints = {.report = report, .expression = expression, .origin = origin},
        .scratch = &compiler->scratch,
        .constants = compiler->constants,
        .strict_cloudflare = compiler->strict_cloudflare,
    };
    postern_status status;

    pst_arena_reset(&compiler->scratch);
    status = compile(&unit, &compiler->emitter);
    if (status == POSTERN_NO_MEMORY) {
        return pst_report_no_memory(report);
    }
    return status;
}

postern_status pst_compiler_finish(pst_compiler *compiler, pst_program *out)
{
    const postern_allocator *alloc = compiler->scheme->options.allocator;
    postern_status status =
        pst_emitter_finish(&compiler->emitter, compiler->constants, out);
    uint8_t *scratch;
    bool sound;

    if (status != POSTERN_OK) {
        return status;
    }
    scratch = pst_alloc(alloc, out->length + 1);
    if (scratch == NULL) {
        return POSTERN_NO_MEMORY;
    }
    sound = pst_program_verify(out, scratch);
    pst_free(alloc, scratch, out->length + 1);
    /* Code that the verifier refuses is a mistake of the compiler; it never runs. */
    return sound ? POSTERN_OK : POSTERN_STATE;
}
