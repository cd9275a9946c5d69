/*
 * vm/verify.c - the compiler's promise, checked: see pst_program_verify().
 *
 * Code is cut into regions: one for each rule and one for each body. A branch stays in
 * its region. What a region may read depends on who runs it: the body of a derived slot
 * reads slots before that one only, a walk's body also the walk's own elements. A walk
 * stands in no other walk, and its body in front of it. So every run ends.
 */
#include "match/search.h"
#include "vm/program.h"

#include <string.h>

typedef enum slot_kind {
    SLOT_NONE,
    SLOT_ANY,
    SLOT_BOOL,
    SLOT_INT,
    SLOT_STRING,
    SLOT_IP,
    SLOT_CLAIM
} slot_kind;

typedef enum operand {
    OPERAND_NONE,
    OPERAND_RANGE,
    OPERAND_MASK,
    OPERAND_INT_SET,
    OPERAND_STRING,
    OPERAND_STRING_SET,
    OPERAND_PARTS,
    OPERAND_WILDCARD,
    OPERAND_REGEX,
    OPERAND_IP,
    OPERAND_IP_SET,
    OPERAND_LIST,
    OPERAND_SLOT,
    OPERAND_BIT,
    OPERAND_EACH
} operand;

static const struct {
    uint8_t slot;
    uint8_t operand;
} opcodes[] = {
#define OP(name, slot, operand, text) {SLOT_##slot, OPERAND_##operand},
#include "vm/opcodes.def"
#undef OP
};

/* Marks of an instruction. */
enum { IS_TARGET = 1, IS_START = 2 };

typedef struct region {
    size_t start;
    size_t end;
    size_t limit;         /* derived slots below this one may be read */
    const pst_each *each; /* whose elements may be read; NULL: nobody's */
} region;

typedef struct verifier {
    const pst_program *program;
    uint8_t *marks; /* one an instruction */
} verifier;

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

const pst_insn *pst_insn_test(const pst_program *program, const pst_insn *insn)
{
    const pst_body *body;

    if (insn->op != PST_OP_ONCE) {
        return insn;
    }
    body = &program->derived[insn->slot - program->scheme->field_count].as.body;
    return &program->code[body->start + body->length - 1];
}

bool pst_insn_reads_other(const pst_insn *insn)
{
    return opcodes[insn->op].operand == OPERAND_SLOT;
}

static const pst_derived *derived_at(const pst_program *program, uint32_t slot)
{
    const size_t fields = program->scheme->field_count;

    return slot < fields ? NULL : &program->derived[slot - fields];
}

/* --- slots that are read ------------------------------------------------------------- */

static bool kind_ok(slot_kind kind, postern_type type)
{
    static const postern_type types[] = {
        0, 0, POSTERN_BOOL, POSTERN_INT, POSTERN_STRING, POSTERN_IP, POSTERN_BOOL};

    return kind == SLOT_ANY ? type != 0 : type == types[kind];
}

/* The region may read the slot; whether it has a value is another question. */
static bool visible(const verifier *v, const region *r, uint32_t slot)
{
    const pst_derived *how = derived_at(v->program, slot);

    if (pst_program_slot_type(v->program, slot) == 0) {
        return false;
    }
    if (how == NULL) {
        return true;
    }
    if (how->kind == PST_DERIVED_ELEMENT) {
        return r->each != NULL && how->as.each == r->each;
    }
    return slot - v->program->scheme->field_count < r->limit;
}

static bool needs_check(const verifier *v, uint32_t slot)
{
    const pst_derived *how = derived_at(v->program, slot);

    return how == NULL ? pst_field_needs_check(&v->program->scheme->fields[slot])
                       : how->kind != PST_DERIVED_ELEMENT;
}

/* A slot that may be without a value is only read right behind its ENSURE, which
 * nobody jumps over: of the instructions before `at`, ENSUREs that fall through to
 * the next one, one is of this slot and none of those after it is a target. */
static bool ensured(const verifier *v, const region *r, size_t at, uint32_t slot)
{
    if (!needs_check(v, slot)) {
        return true;
    }
    while (at > r->start && (v->marks[at] & IS_TARGET) == 0) {
        const pst_insn *before = &v->program->code[at - 1];
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

static bool readable(const verifier *v, const region *r, size_t at, uint32_t slot)
{
    return visible(v, r, slot) && ensured(v, r, at, slot);
}

/* --- code ----------------------------------------------------------------------------- */

static bool region_ok(const verifier *v, const region *r);

static size_t region_end(const verifier *v, size_t start)
{
    size_t end = start + 1;

    while (end < v->program->length && (v->marks[end] & IS_START) == 0) {
        end++;
    }
    return end;
}

/* A body is a region, whole. */
static bool body_ok(const verifier *v, const pst_body *body, size_t limit,
                    const pst_each *each)
{
    const region r = {body->start, (size_t)body->start + body->length, limit, each};

    return body->length > 0 && body->start < v->program->length &&
           region_end(v, body->start) == r.end && region_ok(v, &r);
}

/* Where `slot` first stands among the walk's elements; each->count: nowhere. */
static size_t place_in(const pst_each *each, uint32_t slot)
{
    size_t i = 0;

    while (i < each->count && each->elements[i] != slot) {
        i++;
    }
    return i;
}

/* The arrays a walk goes through and the slots of their elements. */
static bool arrays_ok(const verifier *v, const pst_each *each)
{
    if (each->count == 0 || each->count > PST_EACH_ARRAYS_MAX) {
        return false;
    }
    for (size_t i = 0; i < each->count; i++) {
        if (place_in(each, each->elements[i]) != i) { /* twice */
            return false;
        }
        const postern_type array = pst_program_slot_type(v->program, each->arrays[i]);
        const postern_type element =
            pst_program_slot_type(v->program, each->elements[i]);
        const pst_derived *how =
            element == 0 ? NULL : derived_at(v->program, each->elements[i]);
        if (postern_type_kind(array) != POSTERN_KIND_ARRAY ||
            postern_type_element(array) != element || how == NULL ||
            how->kind != PST_DERIVED_ELEMENT || how->as.each != each) {
            return false;
        }
    }
    return true;
}

static bool walk_ok(const verifier *v, const region *r, size_t at)
{
    const pst_each *each = v->program->code[at].as.each;

    if (each == NULL || r->each != NULL || !arrays_ok(v, each) ||
        (size_t)each->body.start + each->body.length > r->start) {
        return false;
    }
    for (size_t i = 0; i < each->count; i++) {
        if (!readable(v, r, at, each->arrays[i])) {
            return false;
        }
    }
    return body_ok(v, &each->body, r->limit, each);
}

static bool operand_ok(const verifier *v, const region *r, size_t at)
{
    const pst_program *program = v->program;
    const pst_insn *insn = &program->code[at];

    switch ((operand)opcodes[insn->op].operand) {
    case OPERAND_NONE:
    case OPERAND_RANGE:
    case OPERAND_MASK:
    case OPERAND_IP:
        return true;
    case OPERAND_INT_SET:
        return insn->as.int_set != NULL;
    case OPERAND_STRING:
        return (insn->as.string.len == 0 || insn->as.string.data != NULL) &&
               (insn->op != PST_OP_STRING_CONTAINS ||
                pst_search_places_fit(insn->bit, insn->as.string.len));
    case OPERAND_STRING_SET:
        return insn->as.string_set != NULL;
    case OPERAND_PARTS:
        return insn->as.parts != NULL && insn->as.parts->count > 0 &&
               insn->as.parts->texts != NULL &&
               (insn->as.parts->needles != NULL) != (insn->as.parts->few != NULL);
    case OPERAND_WILDCARD:
        return insn->as.wildcard != NULL && pst_wildcard_is_sound(insn->as.wildcard);
    case OPERAND_REGEX:
        return insn->as.pattern.regex != NULL && insn->as.pattern.text != NULL;
    case OPERAND_IP_SET:
        return insn->as.ip_set != NULL;
    case OPERAND_LIST:
        return insn->as.list < program->list_count &&
               pst_list_type(program->lists[insn->as.list].kind) ==
                   pst_program_slot_type(program, insn->slot);
    case OPERAND_SLOT:
        return pst_program_slot_type(program, insn->as.slot) ==
                   pst_program_slot_type(program, insn->slot) &&
               readable(v, r, at, insn->as.slot);
    case OPERAND_BIT:
        return insn->bit < PST_PARITY_BITS;
    case OPERAND_EACH:
        return walk_ok(v, r, at);
    }
    return false;
}

static bool insn_ok(const verifier *v, const region *r, size_t at)
{
    const pst_insn *insn = &v->program->code[at];
    const slot_kind kind =
        insn->op < PST_OP_COUNT ? (slot_kind)opcodes[insn->op].slot : SLOT_NONE;

    if (insn->op >= PST_OP_COUNT || insn->relation > PST_RELATION_GE) {
        return false;
    }
    if (kind != SLOT_NONE &&
        (!visible(v, r, insn->slot) ||
         !kind_ok(kind, pst_program_slot_type(v->program, insn->slot)))) {
        return false;
    }
    if (kind ==
        SLOT_CLAIM) { /* it computes the slot itself, which always has a value */
        const pst_derived *how = derived_at(v->program, insn->slot);
        return how != NULL && how->kind == PST_DERIVED_CLAIM;
    }
    if (kind != SLOT_NONE && kind != SLOT_ANY && !ensured(v, r, at, insn->slot)) {
        return false;
    }
    return operand_ok(v, r, at);
}

static bool region_ok(const verifier *v, const region *r)
{
    for (size_t at = r->start; at < r->end; at++) {
        if (!insn_ok(v, r, at)) {
            return false;
        }
    }
    return true;
}

/* --- derived slots --------------------------------------------------------------------- */

static bool input_ok(const verifier *v, uint32_t slot, size_t limit)
{
    const region before = {.limit = limit};

    return visible(v, &before, slot);
}

static bool operand_fits(const verifier *v, const pst_call *call, size_t index,
                         size_t limit)
{
    const pst_operand *given = &call->operands[index];
    const pst_parameter *parameter =
        pst_function_parameter(pst_function_at(call->function), index);
    postern_type type = given->type;

    if ((parameter->form == PST_FORM_LITERAL && !given->literal) ||
        (parameter->form == PST_FORM_VALUE && given->literal) ||
        call->types[index] != type ||
        !pst_parameter_takes(parameter, type, call->operands[0].type)) {
        return false;
    }
    if (call->mapped && index == 0) {
        type = POSTERN_ARRAY_OF(type);
    }
    return given->literal || (input_ok(v, given->slot, limit) &&
                              pst_program_slot_type(v->program, given->slot) == type);
}

static bool call_ok(const verifier *v, const pst_derived *how, size_t limit)
{
    const pst_call *call = how->as.call;
    const pst_function *function;
    postern_type result;

    if (call == NULL || call->function >= PST_FUNCTION_COUNT || call->count == 0 ||
        (call->mapped && call->operands[0].literal)) {
        return false;
    }
    function = pst_function_at(call->function);
    if (call->count < function->min ||
        (call->count > function->max && call->function != PST_FUNCTION_CONCAT) ||
        ((function->flags & PST_FLAG_NEEDS_CRYPTO) != 0 &&
         v->program->scheme->options.crypto == NULL)) {
        return false;
    }
    for (size_t i = 0; i < call->count; i++) {
        if (!operand_fits(v, call, i, limit)) {
            return false;
        }
    }
    result = function->result != 0 ? function->result : call->operands[0].type;
    return how->type == (call->mapped ? POSTERN_ARRAY_OF(result) : result);
}

/* What the steps lead to from the base. */
static bool path_ok(const verifier *v, const pst_derived *how)
{
    postern_type type = pst_program_slot_type(v->program, how->slot);
    bool each = false;

    for (size_t i = 0; i < how->as.path.count; i++) {
        const postern_kind kind = postern_type_kind(type);
        const pst_step_kind step = (pst_step_kind)how->as.path.steps[i].kind;
        if ((kind != POSTERN_KIND_ARRAY && kind != POSTERN_KIND_MAP) ||
            (step == PST_STEP_KEY && kind != POSTERN_KIND_MAP) ||
            (step == PST_STEP_INDEX && kind != POSTERN_KIND_ARRAY)) {
            return false;
        }
        each = each || step == PST_STEP_EACH;
        type = postern_type_element(type);
    }
    return each && how->type == POSTERN_ARRAY_OF(type);
}

static bool claims_ok(const verifier *v, const pst_each *each, size_t limit)
{
    if (each == NULL || !arrays_ok(v, each)) {
        return false;
    }
    for (size_t i = 0; i < each->count; i++) {
        if (!input_ok(v, each->arrays[i], limit)) {
            return false;
        }
    }
    return body_ok(v, &each->body, limit, each);
}

static bool derived_ok(const verifier *v, size_t index)
{
    const pst_derived *how = &v->program->derived[index];
    const postern_type base = pst_program_slot_type(v->program, how->slot);

    switch ((pst_derived_kind)how->kind) {
    case PST_DERIVED_MAP_GET:
        return input_ok(v, how->slot, index) &&
               postern_type_kind(base) == POSTERN_KIND_MAP &&
               postern_type_element(base) == how->type;
    case PST_DERIVED_ARRAY_GET:
        return input_ok(v, how->slot, index) &&
               postern_type_kind(base) == POSTERN_KIND_ARRAY &&
               postern_type_element(base) == how->type;
    case PST_DERIVED_HEADER:
        return how->type == POSTERN_STRING;
    case PST_DERIVED_LINES:
        return how->type == POSTERN_ARRAY_OF(POSTERN_STRING);
    case PST_DERIVED_FLATTEN:
        return input_ok(v, how->slot, index) && path_ok(v, how);
    case PST_DERIVED_CALL:
        return call_ok(v, how, index);
    case PST_DERIVED_CLAIM:
        return how->type == POSTERN_BOOL && body_ok(v, &how->as.body, index, NULL);
    case PST_DERIVED_CLAIMS:
        return how->type == POSTERN_ARRAY_OF(POSTERN_BOOL) &&
               claims_ok(v, how->as.each, index);
    case PST_DERIVED_ELEMENT:
        return how->as.each->count <= PST_EACH_ARRAYS_MAX &&
               place_in(how->as.each, (uint32_t)(v->program->scheme->field_count +
                                                 index)) < how->as.each->count;
    }
    return false;
}

/* --- the whole --------------------------------------------------------------------------- */

static bool mark_start(const verifier *v, size_t start)
{
    if (start >= v->program->length) {
        return false;
    }
    v->marks[start] |= IS_START;
    return true;
}

static bool mark_starts(const verifier *v)
{
    const pst_program *program = v->program;

    for (size_t i = 0; i < program->entry_count; i++) {
        if (!mark_start(v, program->entries[i]) ||
            (i > 0 && program->entries[i] <= program->entries[i - 1])) {
            return false;
        }
    }
    for (size_t i = 0; i < program->derived_count; i++) {
        const pst_derived *how = &program->derived[i];
        if ((how->kind == PST_DERIVED_CLAIM && !mark_start(v, how->as.body.start)) ||
            ((how->kind == PST_DERIVED_CLAIMS || how->kind == PST_DERIVED_ELEMENT) &&
             (how->as.each == NULL || !mark_start(v, how->as.each->body.start)))) {
            return false;
        }
    }
    return true;
}

static bool mark_way(const verifier *v, size_t at, uint32_t way, size_t end, bool falls)
{
    if (way >= PST_RETURN_FALSE) {
        return true;
    }
    if (way == 0 || way >= end - at) {
        return false;
    }
    if (!falls) {
        v->marks[at + way] |= IS_TARGET;
    }
    return true;
}

/* Every branch goes forward and stays in its region. */
static bool mark_targets(const verifier *v)
{
    size_t end = 0;

    for (size_t at = 0; at < v->program->length; at++) {
        const pst_insn *insn = &v->program->code[at];
        /* An ENSURE that falls through is not a jump. */
        const bool falls = insn->op == PST_OP_ENSURE && insn->on_true == 1;
        if (at >= end) {
            end = region_end(v, at);
        }
        if (!mark_way(v, at, insn->on_true, end, falls) ||
            !mark_way(v, at, insn->on_false, end, false)) {
            return false;
        }
    }
    return true;
}

bool pst_program_verify(const pst_program *program, uint8_t *marks)
{
    const verifier v = {program, marks};

    memset(marks, 0, program->length);
    if (!mark_starts(&v) || !mark_targets(&v)) {
        return false;
    }
    for (size_t i = 0; i < program->derived_count; i++) {
        if (!derived_ok(&v, i)) {
            return false;
        }
    }
    for (size_t i = 0; i < program->entry_count; i++) {
        const size_t start = program->entries[i];
        const region r = {start, region_end(&v, start), program->derived_count, NULL};
        if (!region_ok(&v, &r)) {
            return false;
        }
    }
    return true;
}
