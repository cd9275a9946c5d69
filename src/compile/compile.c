#include "compile/compile.h"

#include "support/alloc.h"
#include "support/report.h"

/* Trees of one expression: generous, but never more than the text can need. */
enum { SCRATCH_LEAST = 1 << 20, SCRATCH_PER_BYTE = 256 };

void pst_compiler_init(pst_compiler *compiler, const postern_scheme *scheme,
                       pst_arena *constants, const postern_compile_options *options)
{
    *compiler = (pst_compiler){.scheme = scheme, .constants = constants};
    if (options != NULL) {
        compiler->options = *options;
    }
    pst_emitter_init(&compiler->emitter, scheme, constants);
    pst_regexes_init(&compiler->regexes, scheme->options.allocator);
    pst_arena_init(&compiler->scratch, scheme->options.allocator, SCRATCH_LEAST);
}

void pst_compiler_free(pst_compiler *compiler)
{
    pst_emitter_free(&compiler->emitter);
    pst_regexes_free(&compiler->regexes);
    pst_arena_free(&compiler->scratch);
}

static pst_compilation unit_of(pst_compiler *compiler, postern_str expression,
                               const pst_expression_origin *origin,
                               postern_report *report)
{
    pst_arena_reset(&compiler->scratch);
    if (expression.len < SIZE_MAX / 2 / SCRATCH_PER_BYTE) {
        compiler->scratch.limit = SCRATCH_LEAST + expression.len * SCRATCH_PER_BYTE;
    }
    return (pst_compilation){
        .scheme = compiler->scheme,
        .complaints = {.report = report, .expression = expression, .origin = origin},
        .scratch = &compiler->scratch,
        .constants = compiler->constants,
        .options = &compiler->options,
        .regexes = &compiler->regexes,
    };
}

static bool too_long(pst_compilation *unit)
{
    const uint32_t most = unit->scheme->options.limits.expression_bytes;

    if (unit->complaints.expression.len <= most) {
        return false;
    }
    pst_complain(&unit->complaints, POSTERN_LIMIT, (pst_span){most, 0},
                 "the expression is longer than allowed", NULL);
    return true;
}

/* What ends a compilation before anything is emitted, or POSTERN_OK. */
static postern_status judged(const pst_compilation *unit, postern_status status)
{
    return status == POSTERN_OK && unit->complaints.errors > 0 ? unit->complaints.first
                                                               : status;
}

static postern_status emitted(pst_compilation *unit, postern_status status)
{
    if (status == POSTERN_LIMIT) {
        pst_complain(&unit->complaints, status, (pst_span){0, 0},
                     "the expression needs more than the machine has: too many nested "
                     "xor, or arrays side by side",
                     NULL);
    }
    return status;
}

static postern_status compile(pst_compilation *unit, pst_emitter *emitter,
                              pst_bindings *bindings)
{
    pst_node *tree;
    pst_claim *claim = NULL;
    postern_status status;

    if (too_long(unit)) {
        return unit->complaints.first;
    }
    status = pst_parse(unit->scratch, &unit->complaints,
                       unit->scheme->options.limits.nesting, &tree);
    if (status == POSTERN_OK) {
        status = judged(unit, pst_check(unit, tree, &claim));
    }
    if (status == POSTERN_OK) {
        status = emitted(unit, pst_emit(emitter, claim));
    }
    if (status == POSTERN_OK && bindings != NULL &&
        !pst_bind(bindings, claim, emitter->derived, unit->scheme)) {
        status = POSTERN_NO_MEMORY;
    }
    return status;
}

static postern_status compile_value(pst_compilation *unit, pst_emitter *emitter,
                                    uint32_t *slot, postern_type *type)
{
    pst_node *tree;
    pst_term *term = NULL;
    postern_status status;

    if (too_long(unit)) {
        return unit->complaints.first;
    }
    status = pst_parse_value(unit->scratch, &unit->complaints,
                             unit->scheme->options.limits.nesting, &tree);
    if (status == POSTERN_OK) {
        status = judged(unit, pst_check_value(unit, tree, &term));
    }
    if (status != POSTERN_OK) {
        return status;
    }
    *type = term->type;
    return emitted(unit, pst_emit_value(emitter, term, slot));
}

/* An arena that is full has told nobody why. */
static postern_status told(pst_compilation *unit, postern_status status)
{
    if (status == POSTERN_LIMIT && unit->complaints.errors > 0) {
        return unit->complaints.first;
    }
    if (status == POSTERN_LIMIT) {
        pst_complain(&unit->complaints, status, (pst_span){0, 0},
                     "the expression has more parts than fit into memory set aside",
                     NULL);
    }
    return status == POSTERN_NO_MEMORY ? pst_report_no_memory(unit->complaints.report)
                                       : status;
}

postern_status pst_compiler_add(pst_compiler *compiler, postern_str expression,
                                const pst_expression_origin *origin,
                                postern_report *report)
{
    pst_compilation unit = unit_of(compiler, expression, origin, report);

    return told(&unit, compile(&unit, &compiler->emitter, compiler->bindings));
}

postern_status pst_compiler_add_value(pst_compiler *compiler, postern_str expression,
                                      postern_report *report, uint32_t *slot,
                                      postern_type *type)
{
    pst_compilation unit = unit_of(compiler, expression, NULL, report);

    return told(&unit, compile_value(&unit, &compiler->emitter, slot, type));
}

postern_status pst_compiler_finish(pst_compiler *compiler, pst_program *out)
{
    const postern_allocator *alloc = compiler->scheme->options.allocator;
    postern_status status = pst_share_tests(&compiler->emitter);
    uint8_t *scratch;
    bool sound;

    if (status == POSTERN_OK) {
        status = pst_emitter_finish(&compiler->emitter, compiler->options.lists,
                                    compiler->options.list_count, out);
    }
    if (status == POSTERN_OK) {
        status = pst_regexes_finish(&compiler->regexes, compiler->constants, out);
    }
    if (status != POSTERN_OK) {
        return status;
    }
    out->number = pst_scheme_number_program(compiler->scheme);
    scratch = pst_alloc(alloc, out->length + 1);
    if (scratch == NULL) {
        return POSTERN_NO_MEMORY;
    }
    sound = pst_program_verify(out, scratch);
    pst_free(alloc, scratch, out->length + 1);
    /* Code that the verifier refuses is a mistake of the compiler; it never runs. */
    return sound ? POSTERN_OK : POSTERN_STATE;
}
