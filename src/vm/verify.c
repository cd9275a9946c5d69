/*
 * vm/verify.c - the compiler's promise, checked: see pst_program_verify().
 */
#include "vm/program.h"

#include <string.h>

typedef enum slot_kind {
    SLOT_NONE,
    SLOT_ANY,
    SLOT_BOOL,
    SLOT_INT,
    SLOT_STRING,
    SLOT_IP
} slot_kind;

typedef enum operand {
    OPERAND_NONE,
    OPERAND_RANGE,
    OPERAND_INT_SET,
    OPERAND_STRING,
    OPERAND_STRING_SET,
    OPERAND_IP,
    OPERAND_IP_SET,
    OPERAND_SLOT,
    OPERAND_BIT
} operand;

static const struct {
    uint8_t slot;
    uint8_t operand;
} opcodes[] = {
#define OP(name, slot, operand, text) {SLOT_##slot, OPERAND_##operand},
#include "vm/opcodes.def"
#undef OP
};

postern_type pst_program_slot_type(const pst_program *program, uint32_t slot)
{
    const size_t fields = program->scheme->field_count;

    if (slot < fields) {
        return program->scheme->fields[slot].type;
    }
    return slot - fields < program->derived_count ? program->derived[slot - fields].type
                                                  : 0;
}

bool pst_insn_reads_slot(const pst_insn *insn)
{
    return opcodes[insn->op].slot != SLOT_NONE;
}

static bool way_ok(const pst_program *program, size_t at, uint32_t way)
{
    return way >= PST_RETURN_FALSE || (way > 0 && way < program->length - at);
}

static bool kind_ok(slot_kind kind, postern_type type)
{
    static const postern_type types[] = {
        0, 0, POSTERN_BOOL, POSTERN_INT, POSTERN_STRING, POSTERN_IP};

    return kind == SLOT_ANY ? type != 0 : type == types[kind];
}

/* A slot that may be without a value is only read right behind its ENSURE, which
 * nobody jumps over: of the instructions before `at`, ENSUREs that fall through to
 * the next one, one is of this slot and none of those after it is a target. */
static bool ensured(const pst_program *program, size_t at, uint32_t slot,
                    const uint8_t *targets)
{
    const size_t fields = program->scheme->field_count;

    if (slot < fields && !pst_field_needs_check(&program->scheme->fields[slot])) {
        return true;
    }
    while (at > 0 && !targets[at]) {
        const pst_insn *before = &program->code[at - 1];
        if (before->op != PST_OP_ENSURE || before->on_true != 1) {
            return false;
        }
        if (before->slot == slot) {
            return true;
        }
        at--;
    }
    return false;
}

static bool operand_ok(const pst_program *program, size_t at, const uint8_t *targets)
{
    const pst_insn *insn = &program->code[at];

    switch ((operand)opcodes[insn->op].operand) {
    case OPERAND_NONE:
    case OPERAND_RANGE:
    case OPERAND_IP:
        return true;
    case OPERAND_INT_SET:
        return insn->as.int_set != NULL;
    case OPERAND_STRING:
        return insn->as.string.len == 0 || insn->as.string.data != NULL;
    case OPERAND_STRING_SET:
        return insn->as.string_set != NULL;
    case OPERAND_IP_SET:
        return insn->as.ip_set != NULL;
    case OPERAND_SLOT:
        return pst_program_slot_type(program, insn->as.slot) ==
                   pst_program_slot_type(program, insn->slot) &&
               ensured(program, at, insn->as.slot, targets);
    case OPERAND_BIT:
        return insn->bit < PST_PARITY_BITS;
    }
    return false;
}

static bool insn_ok(const pst_program *program, size_t at, const uint8_t *targets)
{
    const pst_insn *insn = &program->code[at];
    slot_kind kind;

    if (insn->op >= PST_OP_COUNT || insn->relation > PST_RELATION_GE) {
        return false;
    }
    kind = (slot_kind)opcodes[insn->op].slot;
    if (kind != SLOT_NONE) {
        if (!kind_ok(kind, pst_program_slot_type(program, insn->slot))) {
            return false;
        }
        if (kind != SLOT_ANY && !ensured(program, at, insn->slot, targets)) {
            return false;
        }
    }
    return operand_ok(program, at, targets);
}

static bool call_ok(const pst_program *program, const pst_derived *how)
{
    const pst_function *function;

    if (how->function >= PST_FUNCTION_COUNT) {
        return false;
    }
    function = pst_function_at(how->function);
    for (size_t i = 0; function->parameters[i] != '\0'; i++) {
        if (!pst_parameter_takes(function->parameters[i],
                                 pst_program_slot_type(program, how->slots[i]))) {
            return false;
        }
    }
    return how->type == function->result;
}

static bool derived_ok(const pst_program *program, size_t index)
{
    const pst_derived *how = &program->derived[index];
    const postern_type base = pst_program_slot_type(program, how->slots[0]);

    if (how->kind != PST_DERIVED_HEADER &&
        how->slots[0] >= program->scheme->field_count + index) {
        return false;
    }
    switch ((pst_derived_kind)how->kind) {
    case PST_DERIVED_MAP_GET:
        return postern_type_kind(base) == POSTERN_KIND_MAP &&
               postern_type_element(base) == how->type;
    case PST_DERIVED_ARRAY_GET:
        return postern_type_kind(base) == POSTERN_KIND_ARRAY &&
               postern_type_element(base) == how->type;
    case PST_DERIVED_HEADER:
        return how->type == POSTERN_STRING;
    case PST_DERIVED_CALL:
        for (size_t i = 1; i < PST_PARAMETERS_MAX; i++) {
            if (how->slots[i] >= program->scheme->field_count + index) {
                return false;
            }
        }
        return call_ok(program, how);
    }
    return false;
}

bool pst_program_verify(const pst_program *program, uint8_t *targets)
{
    memset(targets, 0, program->length);
    for (size_t i = 0; i < program->entry_count; i++) {
        if (program->entries[i] >= program->length ||
            (i > 0 && program->entries[i] <= program->entries[i - 1])) {
            return false;
        }
        targets[program->entries[i]] = 1;
    }
    for (size_t at = 0; at < program->length; at++) {
        const pst_insn *insn = &program->code[at];
        if (!way_ok(program, at, insn->on_true) ||
            !way_ok(program, at, insn->on_false)) {
            return false;
        }
        /* An ENSURE that falls through is not a jump. */
        if (insn->on_true < PST_RETURN_FALSE &&
            !(insn->op == PST_OP_ENSURE && insn->on_true == 1)) {
            targets[at + insn->on_true] = 1;
        }
        if (insn->on_false < PST_RETURN_FALSE) {
            targets[at + insn->on_false] = 1;
        }
    }
    for (size_t i = 0; i < program->derived_count; i++) {
        if (!derived_ok(program, i)) {
            return false;
        }
    }
    for (size_t at = 0; at < program->length; at++) {
        if (!insn_ok(program, at, targets)) {
            return false;
        }
    }
    return true;
}
