#include "compile/emit.h"

#include "support/alloc.h"
#include "support/hash.h"
#include "support/text.h"

/* While a rule is emitted, ways on are labels; resolve() turns them into distances.
 * The two returns keep their values. */
typedef struct ways {
    uint32_t on_true;
    uint32_t on_false;
} ways;

enum { CODE_MAX = 1 << 28 }; /* instructions; keeps distances far from the returns */

void pst_emitter_init(pst_emitter *emitter, const postern_scheme *scheme,
                      const postern_allocator *alloc)
{
    *emitter = (pst_emitter){.scheme = scheme, .alloc = alloc};
}

void pst_emitter_free(pst_emitter *e)
{
    pst_free_array(e->alloc, e->code, e->code_cap, sizeof *e->code);
    pst_free_array(e->alloc, e->entries, e->entry_cap, sizeof *e->entries);
    pst_free_array(e->alloc, e->derived, e->derived_cap, sizeof *e->derived);
    pst_free_array(e->alloc, e->derived_index, e->derived_buckets,
                   sizeof *e->derived_index);
    pst_free_array(e->alloc, e->labels, e->label_cap, sizeof *e->labels);
    *e = (pst_emitter){.alloc = e->alloc};
}

/* --- derived slots ------------------------------------------------------------- */

static uint64_t derived_hash(const pst_derived *how)
{
    const uint32_t numbers[] = {how->kind, how->function, how->index, how->slots[0]};

    return pst_hash(how->key, 0) ^
           pst_hash((postern_str){(const char *)numbers, sizeof numbers}, 1);
}

static bool derived_same(const pst_derived *a, const pst_derived *b)
{
    return a->kind == b->kind && a->function == b->function && a->index == b->index &&
           memcmp(a->slots, b->slots, sizeof a->slots) == 0 &&
           pst_str_same(a->key, b->key);
}

static void index_put(pst_emitter *e, size_t place)
{
    const size_t mask = e->derived_buckets - 1;
    size_t at = (size_t)derived_hash(&e->derived[place]) & mask;

    while (e->derived_index[at] != 0) {
        at = (at + 1) & mask;
    }
    e->derived_index[at] = (uint32_t)place + 1;
}

/* Keeps the index at most half full. */
static bool index_grow(pst_emitter *e)
{
    const size_t buckets = e->derived_buckets == 0 ? 16 : e->derived_buckets * 2;
    uint32_t *grown;

    if (e->derived_count * 2 < e->derived_buckets) {
        return true;
    }
    grown = pst_alloc_array(e->alloc, buckets, sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    memset(grown, 0, buckets * sizeof *grown);
    pst_free_array(e->alloc, e->derived_index, e->derived_buckets, sizeof *grown);
    e->derived_index = grown;
    e->derived_buckets = buckets;
    for (size_t i = 0; i < e->derived_count; i++) {
        index_put(e, i);
    }
    return true;
}

/* The slot computed as `how` says: an existing one, or a new one. */
static postern_status derived_slot(pst_emitter *e, const pst_derived *how,
                                   uint32_t *slot)
{
    void *derived = e->derived;
    size_t at;

    if (!index_grow(e)) {
        return POSTERN_NO_MEMORY;
    }
    at = (size_t)derived_hash(how) & (e->derived_buckets - 1);
    for (; e->derived_index[at] != 0; at = (at + 1) & (e->derived_buckets - 1)) {
        if (derived_same(&e->derived[e->derived_index[at] - 1], how)) {
            *slot = (uint32_t)e->scheme->field_count + e->derived_index[at] - 1;
            return POSTERN_OK;
        }
    }
    if (!pst_grow(e->alloc, &derived, e->derived_count, &e->derived_cap,
                  sizeof *e->derived)) {
        return POSTERN_NO_MEMORY;
    }
    e->derived = derived;
    e->derived[e->derived_count] = *how;
    *slot = (uint32_t)(e->scheme->field_count + e->derived_count);
    e->derived_count++;
    e->derived_index[at] = (uint32_t)e->derived_count;
    return POSTERN_OK;
}

/* headers["lower-case"][n]: looked up in the header lines, without a map. */
static bool is_header(const pst_term *term)
{
    if (term->kind != PST_TERM_ARRAY_GET || term->base->kind != PST_TERM_MAP_GET ||
        term->base->base->kind != PST_TERM_FIELD ||
        term->base->base->field != PST_FIELD_HEADERS) {
        return false;
    }
    for (size_t i = 0; i < term->base->key.len; i++) {
        const unsigned char c = (unsigned char)term->base->key.data[i];
        if (pst_lower(c) != c) {
            return false;
        }
    }
    return true;
}

/* The depth of terms is that of the expression, which the parser limits. */
static postern_status slot_of(pst_emitter *e, const pst_term *term, uint32_t *slot)
{
    pst_derived how = {.type = term->type};
    postern_status status = POSTERN_OK;

    if (term->kind == PST_TERM_FIELD) {
        *slot = term->field;
        return POSTERN_OK;
    }
    if (is_header(term)) {
        how.kind = PST_DERIVED_HEADER;
        how.key = term->base->key;
        how.hash = pst_hash_folded(how.key);
        how.index = term->index;
        return derived_slot(e, &how, slot);
    }
    if (term->kind == PST_TERM_CALL) {
        how.kind = PST_DERIVED_CALL;
        how.function = term->function;
        for (size_t i = 0; i < PST_PARAMETERS_MAX && status == POSTERN_OK; i++) {
            if (term->arguments[i] != NULL) {
                status = slot_of(e, term->arguments[i], &how.slots[i]);
            }
        }
    } else {
        how.kind = term->kind == PST_TERM_MAP_GET ? PST_DERIVED_MAP_GET
                                                  : PST_DERIVED_ARRAY_GET;
        how.key = term->key;
        how.index = term->index;
        status = slot_of(e, term->base, &how.slots[0]);
    }
    return status == POSTERN_OK ? derived_slot(e, &how, slot) : status;
}

static bool slot_needs_check(const pst_emitter *e, uint32_t slot)
{
    return slot >= e->scheme->field_count ||
           pst_field_needs_check(&e->scheme->fields[slot]);
}

/* --- code ---------------------------------------------------------------------- */

static postern_status append(pst_emitter *e, const pst_insn *insn, ways to)
{
    void *code = e->code;

    if (e->length >= CODE_MAX) {
        return POSTERN_LIMIT;
    }
    if (!pst_grow(e->alloc, &code, e->length, &e->code_cap, sizeof *e->code)) {
        return POSTERN_NO_MEMORY;
    }
    e->code = code;
    e->code[e->length] = *insn;
    e->code[e->length].on_true = to.on_true;
    e->code[e->length].on_false = to.on_false;
    e->length++;
    return POSTERN_OK;
}

static postern_status label_new(pst_emitter *e, uint32_t *label)
{
    void *labels = e->labels;

    if (!pst_grow(e->alloc, &labels, e->label_count, &e->label_cap,
                  sizeof *e->labels)) {
        return POSTERN_NO_MEMORY;
    }
    e->labels = labels;
    *label = (uint32_t)e->label_count++;
    return POSTERN_OK;
}

static void label_here(pst_emitter *e, uint32_t label)
{
    e->labels[label] = (uint32_t)e->length;
}

static void resolve(pst_emitter *e, size_t from)
{
    for (size_t at = from; at < e->length; at++) {
        pst_insn *insn = &e->code[at];
        if (insn->on_true < PST_RETURN_FALSE) {
            insn->on_true = e->labels[insn->on_true] - (uint32_t)at;
        }
        if (insn->on_false < PST_RETURN_FALSE) {
            insn->on_false = e->labels[insn->on_false] - (uint32_t)at;
        }
    }
}

/* Makes sure `slot` has a value before the next instruction reads it; without one
 * the run goes on at `missing`. */
static postern_status emit_ensure(pst_emitter *e, uint32_t slot, uint32_t missing)
{
    const pst_insn insn = {.op = PST_OP_ENSURE, .slot = slot};
    postern_status status;
    uint32_t next;

    if (!slot_needs_check(e, slot)) {
        return POSTERN_OK;
    }
    status = label_new(e, &next);
    if (status == POSTERN_OK) {
        status = append(e, &insn, (ways){next, missing});
        label_here(e, next);
    }
    return status;
}

static postern_status emit_test(pst_emitter *e, const pst_claim *claim, ways to)
{
    const ways decided = claim->inverted ? (ways){to.on_false, to.on_true} : to;
    pst_insn insn = claim->test;
    postern_status status = slot_of(e, claim->left, &insn.slot);

    if (status == POSTERN_OK && claim->right != NULL) {
        status = slot_of(e, claim->right, &insn.as.slot);
    }
    if (status == POSTERN_OK) {
        status = emit_ensure(e, insn.slot, to.on_false);
    }
    if (status == POSTERN_OK && claim->right != NULL) {
        status = emit_ensure(e, insn.as.slot, to.on_false);
    }
    return status == POSTERN_OK ? append(e, &insn, decided) : status;
}

static postern_status emit_claim(pst_emitter *e, const pst_claim *claim, ways to,
                                 uint16_t parity);

/* Every child but the last goes on to its sibling unless it decides alone. */
static postern_status emit_chain(pst_emitter *e, const pst_claim *claim, ways to,
                                 uint16_t parity)
{
    postern_status status = POSTERN_OK;

    for (const pst_claim *child = claim->first; child != NULL && status == POSTERN_OK;
         child = child->next) {
        ways step = to;
        uint32_t next = 0;
        if (child->next == NULL) {
            return emit_claim(e, child, to, parity);
        }
        status = label_new(e, &next);
        if (claim->kind == PST_CLAIM_AND) {
            step.on_true = next;
        } else {
            step.on_false = next;
        }
        if (status == POSTERN_OK) {
            status = emit_claim(e, child, step, parity);
            label_here(e, next);
        }
    }
    return status;
}

/* Children of a xor inside a xor count in the same bit. */
static postern_status emit_parity(pst_emitter *e, const pst_claim *claim,
                                  uint16_t parity)
{
    const pst_insn flip = {.op = PST_OP_FLIP, .bit = parity};
    postern_status status = POSTERN_OK;

    for (const pst_claim *child = claim->first; child != NULL && status == POSTERN_OK;
         child = child->next) {
        uint32_t odd;
        uint32_t next;
        if (child->kind == PST_CLAIM_XOR) {
            status = emit_parity(e, child, parity);
            continue;
        }
        status = label_new(e, &odd);
        if (status == POSTERN_OK) {
            status = label_new(e, &next);
        }
        if (status == POSTERN_OK) {
            status = emit_claim(e, child, (ways){odd, next}, (uint16_t)(parity + 1));
        }
        if (status == POSTERN_OK) {
            label_here(e, odd);
            status = append(e, &flip, (ways){next, next});
            label_here(e, next);
        }
    }
    return status;
}

static postern_status emit_xor(pst_emitter *e, const pst_claim *claim, ways to,
                               uint16_t parity)
{
    const pst_insn decide = {.op = PST_OP_PARITY, .bit = parity};
    postern_status status;

    if (parity >= PST_PARITY_BITS) {
        return POSTERN_LIMIT;
    }
    status = emit_parity(e, claim, parity);
    return status == POSTERN_OK ? append(e, &decide, to) : status;
}

static postern_status emit_claim(pst_emitter *e, const pst_claim *claim, ways to,
                                 uint16_t parity)
{
    const pst_insn always = {.op = PST_OP_ALWAYS};
    const ways swapped = {to.on_false, to.on_true};

    switch ((pst_claim_kind)claim->kind) {
    case PST_CLAIM_CONSTANT:
        return append(e, &always, claim->inverted ? swapped : to);
    case PST_CLAIM_TEST:
        return emit_test(e, claim, to);
    case PST_CLAIM_AND:
    case PST_CLAIM_OR:
        return emit_chain(e, claim, to, parity);
    case PST_CLAIM_XOR:
        return emit_xor(e, claim, to, parity);
    case PST_CLAIM_NOT:
        return emit_claim(e, claim->first, swapped, parity);
    }
    return POSTERN_STATE;
}

postern_status pst_emit(pst_emitter *e, const pst_claim *claim)
{
    const size_t start = e->length;
    void *entries = e->entries;
    postern_status status;

    if (!pst_grow(e->alloc, &entries, e->entry_count, &e->entry_cap,
                  sizeof *e->entries)) {
        return POSTERN_NO_MEMORY;
    }
    e->entries = entries;
    e->label_count = 0;
    status = emit_claim(e, claim, (ways){PST_RETURN_TRUE, PST_RETURN_FALSE}, 0);
    if (status == POSTERN_OK) {
        resolve(e, start);
        e->entries[e->entry_count++] = (uint32_t)start;
    }
    return status;
}

static const void *copy_out(pst_arena *arena, const void *items, size_t count,
                            size_t size, postern_status *status)
{
    void *copy = pst_arena_array(arena, count, size);

    if (copy == NULL) {
        *status = arena->status;
        return NULL;
    }
    if (count > 0) {
        memcpy(copy, items, count * size);
    }
    return copy;
}

postern_status pst_emitter_finish(const pst_emitter *e, pst_arena *constants,
                                  pst_program *out)
{
    postern_status status = POSTERN_OK;

    *out = (pst_program){
        .scheme = e->scheme,
        .code = copy_out(constants, e->code, e->length, sizeof *e->code, &status),
        .length = e->length,
        .entries = copy_out(constants, e->entries, e->entry_count, sizeof *e->entries,
                            &status),
        .entry_count = e->entry_count,
        .derived = copy_out(constants, e->derived, e->derived_count, sizeof *e->derived,
                            &status),
        .derived_count = e->derived_count,
    };
    return status;
}
