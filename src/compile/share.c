/*
 * compile/share.c - tests that several rules of a program ask, asked once.
 *
 * What costs more than to remember its answer: searches, named lists, walks over
 * arrays. When all rules are emitted, each such test that stands in them more than once
 * becomes the body of a derived slot, computed at most once a run, and its places ask
 * for that slot (ONCE). The code around a place stays as it was, and so do its ways.
 */
#include "compile/emit.h"

#include "support/alloc.h"
#include "support/hash.h"
#include "support/text.h"

static bool is_shareable(const pst_insn *insn)
{
    return insn->op == PST_OP_STRING_CONTAINS || insn->op == PST_OP_STRING_PARTS ||
           insn->op == PST_OP_STRING_WILDCARD || insn->op == PST_OP_STRING_MATCHES ||
           insn->op == PST_OP_STRING_LIST || insn->op == PST_OP_IP_LIST ||
           insn->op == PST_OP_INT_LIST || insn->op == PST_OP_EACH_ANY ||
           insn->op == PST_OP_EACH_ALL;
}

postern_status pst_share_note(pst_emitter *e, size_t place)
{
    void *places = e->places;

    if (!e->sharing || e->in_body || !is_shareable(&e->code[place])) {
        return POSTERN_OK;
    }
    if (!pst_grow(e->alloc, &places, e->place_count, &e->place_cap,
                  sizeof *e->places)) {
        return POSTERN_NO_MEMORY;
    }
    e->places = places;
    e->places[e->place_count++] = (uint32_t)place;
    return POSTERN_OK;
}

/* --- equal tests ---------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t number)
{
    return (hash ^ number) * UINT64_C(0x9e3779b97f4a7c15);
}

static uint64_t wildcard_hash(const pst_wildcard *pattern, uint64_t hash)
{
    for (size_t i = 0; i <= pattern->star_count; i++) {
        hash = pattern->pieces[i].len == 0 ? mix(hash, i)
                                           : pst_hash(pattern->pieces[i], hash);
    }
    return hash;
}

static uint64_t operand_hash(const pst_insn *insn, uint64_t hash)
{
    switch ((int)insn->op) {
    case PST_OP_STRING_CONTAINS:
    case PST_OP_STRING_EQ:
        return insn->as.string.len == 0 ? hash : pst_hash(insn->as.string, hash);
    case PST_OP_STRING_PARTS:
        return pst_hash(insn->as.parts->texts[0], mix(hash, insn->as.parts->count));
    case PST_OP_STRING_WILDCARD:
        return wildcard_hash(insn->as.wildcard, hash);
    case PST_OP_STRING_MATCHES:
        return mix(hash, (uintptr_t)insn->as.pattern.regex);
    case PST_OP_STRING_LIST:
    case PST_OP_IP_LIST:
    case PST_OP_INT_LIST:
        return mix(hash, insn->as.list);
    default:
        return hash;
    }
}

static uint64_t test_hash(const pst_emitter *e, const pst_insn *insn)
{
    uint64_t hash = mix(insn->op, insn->slot);

    if (insn->op == PST_OP_EACH_ANY || insn->op == PST_OP_EACH_ALL) {
        const pst_each *each = insn->as.each;
        hash = mix(mix(hash, each->arrays[0]), each->body.length);
        hash = operand_hash(&e->code[each->body.start], hash);
    } else {
        hash = operand_hash(insn, hash);
    }
    return hash ^ hash >> 32;
}

static bool wildcards_same(const pst_wildcard *a, const pst_wildcard *b)
{
    if (a->star_count != b->star_count || a->fold != b->fold) {
        return false;
    }
    for (size_t i = 0; i <= a->star_count; i++) {
        if (!pst_str_same(a->pieces[i], b->pieces[i])) {
            return false;
        }
    }
    return true;
}

static bool parts_same(const pst_parts *a, const pst_parts *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (!pst_str_same(a->texts[i], b->texts[i])) {
            return false;
        }
    }
    return true;
}

/* Of instructions with one opcode. Sets are not compared: what they cost is no more
 * than what sharing saves. */
static bool operands_same(const pst_insn *a, const pst_insn *b)
{
    switch ((int)a->op) {
    case PST_OP_BOOL:
        return true;
    case PST_OP_INT_RANGE:
        return a->as.range.first == b->as.range.first &&
               a->as.range.last == b->as.range.last;
    case PST_OP_STRING_EQ:
    case PST_OP_STRING_ORDER:
    case PST_OP_STRING_CONTAINS:
        return pst_str_same(a->as.string, b->as.string);
    case PST_OP_STRING_PARTS:
        return parts_same(a->as.parts, b->as.parts);
    case PST_OP_STRING_WILDCARD:
        return wildcards_same(a->as.wildcard, b->as.wildcard);
    case PST_OP_STRING_MATCHES:
        return a->as.pattern.regex == b->as.pattern.regex;
    case PST_OP_STRING_LIST:
    case PST_OP_IP_LIST:
    case PST_OP_INT_LIST:
        return a->as.list == b->as.list;
    default:
        return false;
    }
}

/* The bodies of two walks over one and the same array. */
static bool walks_same(const pst_emitter *e, const pst_each *a, const pst_each *b)
{
    if (a->count != 1 || b->count != 1 || a->arrays[0] != b->arrays[0] ||
        a->body.length != b->body.length) {
        return false;
    }
    for (uint32_t i = 0; i < a->body.length; i++) {
        const pst_insn *left = &e->code[a->body.start + i];
        const pst_insn *right = &e->code[b->body.start + i];
        if (left->op != right->op || left->relation != right->relation ||
            left->on_true != right->on_true || left->on_false != right->on_false ||
            left->slot != a->elements[0] || right->slot != b->elements[0] ||
            !operands_same(left, right)) {
            return false;
        }
    }
    return true;
}

static bool tests_same(const pst_emitter *e, const pst_insn *a, const pst_insn *b)
{
    if (a->op != b->op || a->slot != b->slot) {
        return false;
    }
    if (a->op == PST_OP_EACH_ANY || a->op == PST_OP_EACH_ALL) {
        return walks_same(e, a->as.each, b->as.each);
    }
    return operands_same(a, b);
}

/* --- sharing --------------------------------------------------------------------------- */

/* The test at `first`, as the body of a slot of its own. */
static postern_status make_slot(pst_emitter *e, uint32_t first, uint32_t *slot)
{
    const pst_insn test = e->code[first];
    const bool walk = test.op == PST_OP_EACH_ANY || test.op == PST_OP_EACH_ALL;
    pst_derived how = {.kind = PST_DERIVED_CLAIM,
                       .type = POSTERN_BOOL,
                       .as.body.start = (uint32_t)e->length};
    postern_status status =
        pst_emit_again(e, &test, walk ? test.as.each->arrays[0] : test.slot);

    how.as.body.length = (uint32_t)e->length - how.as.body.start;
    if (status == POSTERN_OK) {
        status = pst_derive_slot(e, &how, slot);
    }
    return status;
}

static void ask_once(pst_insn *insn, uint32_t slot)
{
    const pst_insn once = {.op = PST_OP_ONCE,
                           .slot = slot,
                           .on_true = insn->on_true,
                           .on_false = insn->on_false};

    *insn = once;
}

/* What is known of one test: where it first stands, and its slot once there is one. */
typedef struct shared {
    uint32_t first;
    uint32_t slot; /* 0: none yet; slot 0 is a field's */
} shared;

static postern_status share_place(pst_emitter *e, uint32_t place, shared *known)
{
    postern_status status = POSTERN_OK;

    if (known->slot == 0) {
        status = make_slot(e, known->first, &known->slot);
        if (status == POSTERN_OK) {
            ask_once(&e->code[known->first], known->slot);
        }
    }
    if (status == POSTERN_OK) {
        ask_once(&e->code[place], known->slot);
    }
    return status;
}

/* The test of what is known already: asked by its slot, it stands in that one's body. */
static const pst_insn *test_of(const pst_emitter *e, const shared *known)
{
    const pst_derived *how;

    if (known->slot == 0) {
        return &e->code[known->first];
    }
    how = &e->derived[known->slot - e->scheme->field_count];
    return &e->code[how->as.body.start + how->as.body.length - 1];
}

static postern_status share_in(pst_emitter *e, shared *table, size_t mask)
{
    postern_status status = POSTERN_OK;

    for (size_t i = 0; i < e->place_count && status == POSTERN_OK; i++) {
        const pst_insn *insn = &e->code[e->places[i]];
        size_t at = (size_t)test_hash(e, insn) & mask;
        while (table[at].first != UINT32_MAX &&
               !tests_same(e, test_of(e, &table[at]), insn)) {
            at = (at + 1) & mask;
        }
        if (table[at].first == UINT32_MAX) {
            table[at].first = e->places[i];
        } else {
            status = share_place(e, e->places[i], &table[at]);
        }
    }
    return status;
}

postern_status pst_share_tests(pst_emitter *e)
{
    size_t buckets = 16;
    postern_status status;
    shared *table;

    if (e->place_count < 2) {
        return POSTERN_OK;
    }
    while (buckets < e->place_count * 2) {
        buckets *= 2;
    }
    table = pst_alloc_array(e->alloc, buckets, sizeof *table);
    if (table == NULL) {
        return POSTERN_NO_MEMORY;
    }
    for (size_t i = 0; i < buckets; i++) {
        table[i] = (shared){UINT32_MAX, 0};
    }
    status = share_in(e, table, buckets - 1);
    pst_free_array(e->alloc, table, buckets, sizeof *table);
    return status;
}
