#include "patient.h"

#include "support/alloc.h"

#include <check.h>
#include <stdlib.h>

void patient_lists_open(patient_lists *l)
{
    static const struct {
        const char *name;
        postern_list_kind kind;
    } lists[3] = {
        {"office",  POSTERN_LIST_IP      },
        {"ports",   POSTERN_LIST_INT     },
        {"our.own", POSTERN_LIST_HOSTNAME},
    };

    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(
            postern_list_new(NULL, lists[i].kind, NULL, 0, &l->of[i], NULL),
            POSTERN_OK);
        l->named[i] = (postern_named_list){postern_text(lists[i].name), l->of[i]};
    }
    l->options = (postern_compile_options){.lists = l->named, .list_count = 3};
}

void patient_lists_close(patient_lists *l)
{
    for (size_t i = 0; i < 3; i++) {
        postern_list_release(l->of[i]);
    }
}

/* Starts with ENSURE, IP_IN, ENSURE, ENSURE, IP_COMPARE; has every kind of derived
 * slot, of set and of operand. */
static const char expression[] =
    "ip.src in {10.0.0.0/8} or ip.src eq postern.ip.peer or "
    "lower(http.request.headers[\"a\"][0]) eq \"b\" and "
    "postern.client_cert.san_dns[1] in {\"x\"} and (ssl xor true) and "
    "http.request.timestamp.sec in {1} and len(http.request.headers[\"B\"]) gt 3 and "
    "http.host contains \"a\" and http.host wildcard \"a*\" and ip.src in $office and "
    "http.request.timestamp.sec & 1 and "
    "any((postern.client_cert.san_dns[*] eq \"x\" or "
    "http.request.headers[*][0] eq http.cookie)) and "
    "all(lower(postern.client_cert.san_uri[*])[*] eq \"z\") and "
    "len((postern.client_cert.san_ip[*] in {10.0.0.1} or "
    "postern.client_cert.san_email[*] eq \"e\")) gt 0 and "
    "to_string((ssl and len(http.cookie) gt 2)) eq \"true\" and "
    "cidr6(ip.src, 64) in {2001:db8::/64} and "
    "any(http.request.headers[\"c\"][*] eq \"x\") and http.cookie contains \"twice\" and "
    "(ssl or http.cookie contains \"twice\")";

static void *copy(const void *from, size_t size)
{
    void *const block = malloc(size + 1);

    ck_assert_ptr_nonnull(block);
    memcpy(block, from, size);
    return block;
}

void patient_open(patient *p)
{
    pst_compiler compiler;

    ck_assert_int_eq(postern_scheme_new(NULL, &p->scheme), POSTERN_OK);
    patient_lists_open(&p->lists);
    pst_arena_init(&p->arena, p->scheme->options.allocator, SIZE_MAX / 2);
    pst_compiler_init(&compiler, p->scheme, &p->arena, &p->lists.options);
    compiler.emitter.sharing = true;
    ck_assert_int_eq(pst_compiler_add(&compiler, postern_text(expression), NULL, NULL),
                     POSTERN_OK);
    ck_assert_int_eq(pst_compiler_finish(&compiler, &p->program), POSTERN_OK);
    pst_compiler_free(&compiler);
    p->code = copy(p->program.code, p->program.length * sizeof *p->code);
    p->derived =
        copy(p->program.derived, p->program.derived_count * sizeof *p->derived);
    p->entries = copy(p->program.entries, p->program.entry_count * sizeof *p->entries);
    p->list_refs = copy(p->program.lists, p->program.list_count * sizeof *p->list_refs);
    p->program.code = p->code;
    p->program.derived = p->derived;
    p->program.entries = p->entries;
    p->program.lists = p->list_refs;
}

void patient_close(patient *p)
{
    free(p->code);
    free(p->derived);
    free(p->entries);
    free(p->list_refs);
    pst_arena_free(&p->arena);
    patient_lists_close(&p->lists);
    postern_scheme_free(p->scheme);
}

bool patient_sound(const patient *p)
{
    uint8_t *const scratch = malloc(p->program.length + 1);
    bool verdict;

    ck_assert_ptr_nonnull(scratch);
    verdict = pst_program_verify(&p->program, scratch);
    free(scratch);
    return verdict;
}

/* The first instruction of the rule; those of bodies stand before it. */
pst_insn *patient_start(const patient *p)
{
    return &p->code[p->entries[0]];
}

/* The first instruction `op` of the rule. */
pst_insn *patient_find(const patient *p, pst_opcode op)
{
    for (size_t i = p->entries[0]; i < p->program.length; i++) {
        if (p->code[i].op == op) {
            return &p->code[i];
        }
    }
    ck_abort_msg("the rule has no such instruction");
    return NULL;
}

pst_derived *patient_find_derived(const patient *p, pst_derived_kind kind)
{
    for (size_t i = 0; i < p->program.derived_count; i++) {
        if (p->derived[i].kind == kind) {
            return &p->derived[i];
        }
    }
    ck_abort_msg("the program derives no such thing");
    return NULL;
}

pst_derived *patient_find_call(const patient *p, pst_function_id function)
{
    for (size_t i = 0; i < p->program.derived_count; i++) {
        if (p->derived[i].kind == PST_DERIVED_CALL &&
            p->derived[i].as.call->function == function) {
            return &p->derived[i];
        }
    }
    ck_abort_msg("the program has no such call");
    return NULL;
}

void patient_forget(patient *p, uint32_t slot)
{
    for (size_t i = 0; i < p->program.length; i++) {
        if (pst_insn_reads_slot(&p->code[i]) && p->code[i].slot == slot &&
            p->code[i].op != PST_OP_ENSURE) {
            p->code[i].op = PST_OP_ALWAYS;
        }
    }
}

uint32_t patient_slot(const patient *p, const pst_derived *derived)
{
    return (uint32_t)(p->scheme->field_count + (size_t)(derived - p->derived));
}

/* A copy of something small that the arena frees. */
static void *arena_copy(patient *p, const void *from, size_t size)
{
    void *const block = pst_arena_alloc(&p->arena, size);

    ck_assert_ptr_nonnull(block);
    memcpy(block, from, size);
    return block;
}

/* What a derived slot calls, open to damage. */
pst_call *patient_open_call(patient *p, pst_derived *derived)
{
    pst_call *const call = arena_copy(p, derived->as.call, sizeof *call);

    derived->as.call = call;
    return call;
}

pst_operand *patient_open_operands(patient *p, pst_call *call)
{
    pst_operand *const operands =
        arena_copy(p, call->operands, call->count * sizeof *operands);

    call->operands = operands;
    return operands;
}

/* A walk, open to damage: everybody who knew it knows the copy. */
postern_type *patient_open_types(patient *p, pst_call *call)
{
    postern_type *const types = arena_copy(p, call->types, call->count * sizeof *types);

    call->types = types;
    return types;
}

patient_walk patient_open_walk(patient *p, const pst_each *old)
{
    patient_walk w = {arena_copy(p, old, sizeof *old),
                      arena_copy(p, old->arrays, old->count * sizeof *old->arrays),
                      arena_copy(p, old->elements, old->count * sizeof *old->elements)};

    w.each->arrays = w.arrays;
    w.each->elements = w.elements;
    for (size_t i = 0; i < p->program.length; i++) {
        if ((p->code[i].op == PST_OP_EACH_ANY || p->code[i].op == PST_OP_EACH_ALL) &&
            p->code[i].as.each == old) {
            p->code[i].as.each = w.each;
        }
    }
    for (size_t i = 0; i < p->program.derived_count; i++) {
        if ((p->derived[i].kind == PST_DERIVED_ELEMENT ||
             p->derived[i].kind == PST_DERIVED_CLAIMS) &&
            p->derived[i].as.each == old) {
            p->derived[i].as.each = w.each;
        }
    }
    return w;
}

patient_walk patient_open_any(patient *p)
{
    return patient_open_walk(p, patient_find(p, PST_OP_EACH_ANY)->as.each);
}

pst_step *patient_open_path(patient *p, pst_derived *derived)
{
    pst_step *const steps =
        arena_copy(p, derived->as.path.steps, derived->as.path.count * sizeof *steps);

    derived->as.path.steps = steps;
    return steps;
}
