/*
 * vm/uses.c - which fields a program reads.
 */
#include "vm/program.h"

static bool call_uses(const pst_call *call, size_t field)
{
    for (size_t i = 0; i < call->count; i++) {
        if (!call->operands[i].literal && call->operands[i].slot == field) {
            return true;
        }
    }
    return false;
}

static bool each_uses(const pst_each *each, size_t field)
{
    for (size_t i = 0; i < each->count; i++) {
        if (each->arrays[i] == field) {
            return true;
        }
    }
    return false;
}

static bool derived_uses(const pst_derived *how, size_t field)
{
    switch ((pst_derived_kind)how->kind) {
    case PST_DERIVED_MAP_GET:
    case PST_DERIVED_ARRAY_GET:
    case PST_DERIVED_FLATTEN:
        return how->slot == field;
    case PST_DERIVED_HEADER:
    case PST_DERIVED_LINES:
        return field == PST_FIELD_HEADERS;
    case PST_DERIVED_CALL:
        return call_uses(how->as.call, field);
    case PST_DERIVED_CLAIMS:
    case PST_DERIVED_ELEMENT:
        return each_uses(how->as.each, field);
    case PST_DERIVED_CLAIM:
        break;
    }
    return false;
}

bool pst_program_uses(const pst_program *program, size_t field)
{
    for (size_t at = 0; at < program->length; at++) {
        const pst_insn *insn = &program->code[at];
        if ((pst_insn_reads_slot(insn) && insn->slot == field) ||
            (pst_insn_reads_other(insn) && insn->as.slot == field)) {
            return true;
        }
    }
    for (size_t i = 0; i < program->derived_count; i++) {
        if (derived_uses(&program->derived[i], field)) {
            return true;
        }
    }
    return false;
}
