/*
 * vm/print.c - instructions as text, for golden listings and curious people:
 *
 *   0001 STRING_EQ http.host "a.example" | true, 0004
 *
 * Behind the bar stand the two ways on: true and false are returns.
 */
#include "support/text.h"
#include "vm/program.h"

#include <stdio.h>

static const char *const names[] = {
#define OP(name, slot, operand, text) #name,
#include "vm/opcodes.def"
#undef OP
};

static const char *const relations[] = {"eq", "lt", "le", "gt", "ge"};

static void write_count(pst_writer *out, size_t count, const char *what)
{
    pst_write_size(out, count);
    pst_write_text(out, what);
    pst_write_text(out, count == 1 ? "" : "s");
}

static void write_quoted(pst_writer *out, postern_str text)
{
    pst_write_byte(out, '"');
    pst_write_printable(out, text);
    pst_write_byte(out, '"');
}

static void write_ip(pst_writer *out, pst_ip ip)
{
    const postern_address address = pst_ip_to_address(ip);
    char text[48];

    (void)postern_address_format(&address, text, sizeof text);
    pst_write_text(out, text);
}

static void write_slot(pst_writer *out, const pst_program *program, uint32_t slot);

static void write_key(pst_writer *out, postern_str key)
{
    pst_write_byte(out, '[');
    write_quoted(out, key);
    pst_write_byte(out, ']');
}

static void write_index(pst_writer *out, uint32_t index)
{
    pst_write_byte(out, '[');
    pst_write_size(out, index);
    pst_write_byte(out, ']');
}

static void write_steps(pst_writer *out, const pst_derived *how)
{
    for (size_t i = 0; i < how->as.path.count; i++) {
        const pst_step *step = &how->as.path.steps[i];
        if (step->kind == PST_STEP_EACH) {
            pst_write_text(out, "[*]");
        } else if (step->kind == PST_STEP_KEY) {
            write_key(out, step->key);
        } else {
            write_index(out, step->index);
        }
    }
}

static void write_literal(pst_writer *out, const pst_operand *operand)
{
    if (operand->type == POSTERN_STRING) {
        write_quoted(out, operand->value.string);
    } else if (operand->type == POSTERN_INT) {
        pst_write_int(out, operand->value.integer);
    } else {
        write_ip(out, operand->value.ip);
    }
}

static void write_call(pst_writer *out, const pst_program *program,
                       const pst_call *call)
{
    pst_write_str(out, pst_function_at(call->function)->name);
    pst_write_byte(out, '(');
    for (size_t i = 0; i < call->count; i++) {
        if (i > 0) {
            pst_write_text(out, ", ");
        }
        if (call->operands[i].literal) {
            write_literal(out, &call->operands[i]);
        } else {
            write_slot(out, program, call->operands[i].slot);
        }
        if (i == 0 && call->mapped) {
            pst_write_text(out, "[*]");
        }
    }
    pst_write_byte(out, ')');
}

/* "{0001..0003}" */
static void write_body(pst_writer *out, const pst_body *body)
{
    char text[64];

    (void)snprintf(text, sizeof text, "{%04u..%04u}", (unsigned)body->start,
                   (unsigned)(body->start + body->length - 1));
    pst_write_text(out, text);
}

static bool is_flattened(const pst_program *program, uint32_t slot)
{
    const size_t fields = program->scheme->field_count;

    return slot >= fields &&
           program->derived[slot - fields].kind == PST_DERIVED_FLATTEN;
}

/* The element of the array it belongs to; one that is flattened has its [*] already. */
static void write_element(pst_writer *out, const pst_program *program, uint32_t slot,
                          const pst_each *each)
{
    for (size_t i = 0; i < each->count; i++) {
        if (each->elements[i] == slot) {
            write_slot(out, program, each->arrays[i]);
            pst_write_text(out, is_flattened(program, each->arrays[i]) ? "" : "[*]");
        }
    }
}

/* A field by its name, a derived slot by how it is made. Nesting is bounded by the
 * expression's. */
static void write_slot(pst_writer *out, const pst_program *program, uint32_t slot)
{
    const size_t fields = program->scheme->field_count;
    const pst_derived *how;

    if (slot < fields) {
        pst_write_str(out, program->scheme->fields[slot].name);
        return;
    }
    how = &program->derived[slot - fields];
    switch ((pst_derived_kind)how->kind) {
    case PST_DERIVED_MAP_GET:
        write_slot(out, program, how->slot);
        write_key(out, how->key);
        return;
    case PST_DERIVED_ARRAY_GET:
        write_slot(out, program, how->slot);
        write_index(out, how->index);
        return;
    case PST_DERIVED_HEADER:
        pst_write_text(out, "http.request.headers");
        write_key(out, how->key);
        write_index(out, how->index);
        return;
    case PST_DERIVED_LINES:
        pst_write_text(out, "http.request.headers");
        write_key(out, how->key);
        return;
    case PST_DERIVED_FLATTEN:
        write_slot(out, program, how->slot);
        write_steps(out, how);
        return;
    case PST_DERIVED_CALL:
        write_call(out, program, how->as.call);
        return;
    case PST_DERIVED_CLAIM:
        write_body(out, &how->as.body);
        return;
    case PST_DERIVED_CLAIMS:
        write_body(out, &how->as.each->body);
        pst_write_text(out, "[*]");
        return;
    case PST_DERIVED_ELEMENT:
        write_element(out, program, slot, how->as.each);
        return;
    }
}

static void write_each(pst_writer *out, const pst_program *program,
                       const pst_each *each)
{
    for (size_t i = 0; i < each->count; i++) {
        write_slot(out, program, each->arrays[i]);
        pst_write_byte(out, ' ');
    }
    write_body(out, &each->body);
}

/* A star or backslash that stands for itself. */
static void write_piece(pst_writer *out, postern_str piece)
{
    for (size_t i = 0; i < piece.len; i++) {
        if (piece.data[i] == '*' || piece.data[i] == '\\') {
            pst_write_byte(out, '\\');
        }
        pst_write_printable(out, pst_str_slice(piece, i, i + 1));
    }
}

static void write_wildcard(pst_writer *out, const pst_wildcard *wildcard)
{
    pst_write_byte(out, '"');
    for (size_t i = 0; i <= wildcard->star_count; i++) {
        if (i > 0) {
            pst_write_byte(out, '*');
        }
        write_piece(out, wildcard->pieces[i]);
    }
    pst_write_text(out, wildcard->fold ? "\" folded" : "\"");
}

/* The pattern and what a search costs, such as "(table: 5 states, 1 step a byte)". */
static void write_pattern(pst_writer *out, pst_pattern pattern)
{
    const postern_regex_info cost = pst_pattern_info(pattern);

    write_quoted(out, *pattern.text);
    pst_write_text(out, " (");
    pst_write_text(out, postern_regex_engine_text(cost.engine));
    pst_write_text(out, ": ");
    if (cost.states > 0) {
        write_count(out, cost.states, " state");
    } else {
        write_count(out, cost.positions, " position");
    }
    pst_write_text(out, ", ");
    write_count(out, cost.steps_per_byte, " step");
    pst_write_text(out, " a byte)");
}

static void write_strings(pst_writer *out, const postern_str *texts, size_t count)
{
    pst_write_byte(out, '{');
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            pst_write_byte(out, ' ');
        }
        write_quoted(out, texts[i]);
    }
    pst_write_byte(out, '}');
}

static void write_int_range(pst_writer *out, pst_int_range range)
{
    pst_write_int(out, range.first);
    if (range.last != range.first) {
        pst_write_text(out, "..");
        pst_write_int(out, range.last);
    }
}

static void write_ints(pst_writer *out, const pst_int_set *set)
{
    pst_write_byte(out, '{');
    for (size_t i = 0; i < set->count; i++) {
        if (i > 0) {
            pst_write_byte(out, ' ');
        }
        write_int_range(out, set->ranges[i]);
    }
    pst_write_byte(out, '}');
}

static void write_ip_range(pst_writer *out, pst_ip first, pst_ip last)
{
    write_ip(out, first);
    if (pst_ip_order(first, last) != 0) {
        pst_write_text(out, "..");
        write_ip(out, last);
    }
}

static void write_ips(pst_writer *out, const pst_ip_set *set)
{
    pst_write_byte(out, '{');
    for (size_t i = 0; i < pst_ip_set_count(set); i++) {
        const pst_ip_range range = pst_ip_set_at(set, i);
        if (i > 0) {
            pst_write_byte(out, ' ');
        }
        write_ip_range(out, range.first, range.last);
    }
    pst_write_byte(out, '}');
}

static bool has_operand(const pst_insn *insn)
{
    return insn->op != PST_OP_ALWAYS && insn->op != PST_OP_ENSURE &&
           insn->op != PST_OP_BOOL && insn->op != PST_OP_ONCE;
}

/* "eq " */
static void write_relation(pst_writer *out, const pst_insn *insn)
{
    pst_write_text(out, relations[insn->relation]);
    pst_write_byte(out, ' ');
}

static void write_list(pst_writer *out, const pst_program *program,
                       const pst_insn *insn)
{
    pst_write_byte(out, '$');
    pst_write_str(out, program->lists[insn->as.list].name);
}

static void write_operand(pst_writer *out, const pst_program *program,
                          const pst_insn *insn)
{
    switch ((pst_opcode)insn->op) {
    case PST_OP_ALWAYS:
    case PST_OP_ENSURE:
    case PST_OP_BOOL:
    case PST_OP_ONCE:
    case PST_OP_COUNT:
        return;
    case PST_OP_INT_RANGE:
    case PST_OP_STRING_LENGTH:
        write_int_range(out, insn->as.range);
        return;
    case PST_OP_INT_IN:
        write_ints(out, insn->as.int_set);
        return;
    case PST_OP_INT_BITS:
        pst_write_int(out, insn->as.mask);
        return;
    case PST_OP_STRING_ORDER:
        write_relation(out, insn);
        write_quoted(out, insn->as.string);
        return;
    case PST_OP_STRING_EQ:
    case PST_OP_STRING_CONTAINS:
    case PST_OP_STRING_STARTS:
    case PST_OP_STRING_ENDS:
        write_quoted(out, insn->as.string);
        return;
    case PST_OP_STRING_IN:
        write_strings(out, insn->as.string_set->members, insn->as.string_set->count);
        return;
    case PST_OP_STRING_PARTS:
        write_strings(out, insn->as.parts->texts, insn->as.parts->count);
        return;
    case PST_OP_STRING_WILDCARD:
        write_wildcard(out, insn->as.wildcard);
        return;
    case PST_OP_STRING_MATCHES:
        write_pattern(out, insn->as.pattern);
        return;
    case PST_OP_IP_ORDER:
        write_relation(out, insn);
        write_ip(out, insn->as.ip);
        return;
    case PST_OP_IP_IN:
        write_ips(out, insn->as.ip_set);
        return;
    case PST_OP_INT_LIST:
    case PST_OP_STRING_LIST:
    case PST_OP_IP_LIST:
        write_list(out, program, insn);
        return;
    case PST_OP_INT_COMPARE:
    case PST_OP_STRING_COMPARE:
    case PST_OP_IP_COMPARE:
        write_relation(out, insn);
        write_slot(out, program, insn->as.slot);
        return;
    case PST_OP_EACH_ANY:
    case PST_OP_EACH_ALL:
        write_each(out, program, insn->as.each);
        return;
    case PST_OP_FLIP:
    case PST_OP_PARITY:
        pst_write_size(out, insn->bit);
        return;
    }
}

static void write_way(pst_writer *out, size_t index, uint32_t way)
{
    char number[24];

    if (way >= PST_RETURN_FALSE) {
        pst_write_text(out, way == PST_RETURN_TRUE ? "true" : "false");
        return;
    }
    (void)snprintf(number, sizeof number, "%04zu", index + way);
    pst_write_text(out, number);
}

size_t pst_program_print(const pst_program *program, size_t index, char *buf,
                         size_t cap)
{
    pst_writer out = {buf, cap, 0};
    const pst_insn *insn;
    char number[24];

    if (index >= program->length) {
        return pst_write_end(&out);
    }
    insn = &program->code[index];
    (void)snprintf(number, sizeof number, "%04zu ", index);
    pst_write_text(&out, number);
    pst_write_text(&out, names[insn->op]);
    if (pst_insn_reads_slot(insn)) {
        pst_write_byte(&out, ' ');
        write_slot(&out, program, insn->slot);
    }
    if (has_operand(insn)) {
        pst_write_byte(&out, ' ');
        write_operand(&out, program, insn);
    }
    pst_write_text(&out, " | ");
    write_way(&out, index, insn->on_true);
    pst_write_text(&out, ", ");
    write_way(&out, index, insn->on_false);
    return pst_write_end(&out);
}
