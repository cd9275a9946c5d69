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
                      pst_arena *constants)
{
    *emitter = (pst_emitter){
        .scheme = scheme, .alloc = scheme->options.allocator, .constants = constants};
}

void pst_emitter_free(pst_emitter *e)
{
    pst_free_array(e->alloc, e->code, e->code_cap, sizeof *e->code);
    pst_free_array(e->alloc, e->entries, e->entry_cap, sizeof *e->entries);
    pst_free_array(e->alloc, e->derived, e->derived_cap, sizeof *e->derived);
    pst_free_array(e->alloc, e->derived_index, e->derived_buckets,
                   sizeof *e->derived_index);
    pst_free_array(e->alloc, e->places, e->place_cap, sizeof *e->places);
    pst_free_array(e->alloc, e->labels, e->label_cap, sizeof *e->labels);
    *e = (pst_emitter){.alloc = e->alloc};
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

/* An element's slot has its value while the body runs. */
static postern_status emit_test(pst_emitter *e, const pst_claim *claim, ways to)
{
    const ways decided = claim->inverted ? (ways){to.on_false, to.on_true} : to;
    pst_insn insn = claim->test;
    postern_status status = POSTERN_OK;

    if (!claim->each) {
        insn.slot = claim->left->slot;
        status = emit_ensure(e, insn.slot, to.on_false);
    }
    if (status == POSTERN_OK && claim->right != NULL) {
        insn.as.slot = claim->right->slot;
        status = emit_ensure(e, insn.as.slot, to.on_false);
    }
    if (status == POSTERN_OK) {
        status = append(e, &insn, decided);
    }
    return status == POSTERN_OK ? pst_share_note(e, e->length - 1) : status;
}

/* An array that is missing has no elements: any() of it is false and all() true, but an
 * array of Booleans that is asked as it is and missing makes both false. */
static postern_status emit_quantifier(pst_emitter *e, const pst_claim *claim, ways to)
{
    const bool all = claim->kind == PST_CLAIM_ALL;
    const pst_each *each = claim->test.as.each;
    const pst_insn insn = {.op = all ? PST_OP_EACH_ALL : PST_OP_EACH_ANY,
                           .as.each = each};
    const uint32_t missing = all && !claim->first->direct ? to.on_true : to.on_false;
    postern_status status = POSTERN_OK;

    for (size_t i = 0; i < each->count && status == POSTERN_OK; i++) {
        status = emit_ensure(e, each->arrays[i], missing);
    }
    if (status == POSTERN_OK) {
        status = append(e, &insn, to);
    }
    return status == POSTERN_OK ? pst_share_note(e, e->length - 1) : status;
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
    case PST_CLAIM_ANY:
    case PST_CLAIM_ALL:
        return emit_quantifier(e, claim, to);
    }
    return POSTERN_STATE;
}

/* The whole of a rule or a body. */
static postern_status emit_whole(pst_emitter *e, pst_claim *claim)
{
    const size_t start = e->length;
    postern_status status;

    e->label_count = 0;
    status = pst_fold_tests(e, claim);
    if (status == POSTERN_OK) {
        status = emit_claim(e, claim, (ways){PST_RETURN_TRUE, PST_RETURN_FALSE}, 0);
    }
    if (status == POSTERN_OK) {
        resolve(e, start);
    }
    return status;
}

postern_status pst_emit_body(pst_emitter *e, pst_claim *claim, pst_body *body)
{
    const size_t start = e->length;
    postern_status status;

    e->in_body = true;
    status = emit_whole(e, claim);
    e->in_body = false;
    *body = (pst_body){(uint32_t)start, (uint32_t)(e->length - start)};
    return status;
}

postern_status pst_emit(pst_emitter *e, pst_claim *claim)
{
    void *entries = e->entries;
    postern_status status = pst_prepare_claim(e, claim);

    if (status != POSTERN_OK) {
        return status;
    }
    if (!pst_grow(e->alloc, &entries, e->entry_count, &e->entry_cap,
                  sizeof *e->entries)) {
        return POSTERN_NO_MEMORY;
    }
    e->entries = entries;
    e->entries[e->entry_count++] = (uint32_t)e->length;
    return emit_whole(e, claim);
}

postern_status pst_emit_again(pst_emitter *e, const pst_insn *test, uint32_t slot)
{
    const size_t start = e->length;
    postern_status status;

    e->label_count = 0;
    status = emit_ensure(e, slot, PST_RETURN_FALSE);
    if (status == POSTERN_OK) {
        status = append(e, test, (ways){PST_RETURN_TRUE, PST_RETURN_FALSE});
    }
    if (status == POSTERN_OK) {
        resolve(e, start);
    }
    return status;
}

postern_status pst_emit_value(pst_emitter *e, pst_term *term, uint32_t *slot)
{
    const postern_status status = pst_place_term(e, term);

    *slot = term->slot;
    return status;
}

/* --- the program ----------------------------------------------------------------- */

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

static const pst_list_ref *describe_lists(pst_arena *arena,
                                          const postern_named_list *lists, size_t count,
                                          postern_status *status)
{
    pst_list_ref *uses = pst_arena_array(arena, count, sizeof *uses);

    if (uses == NULL) {
        *status = arena->status;
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        uses[i].kind = postern_list_kind_of(lists[i].list);
        if (!pst_arena_copy(arena, lists[i].name, &uses[i].name)) {
            *status = arena->status;
        }
    }
    return uses;
}

postern_status pst_emitter_finish(const pst_emitter *e, const postern_named_list *lists,
                                  size_t count, pst_program *out)
{
    pst_arena *constants = e->constants;
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
        .lists = describe_lists(constants, lists, count, &status),
        .list_count = count,
    };
    return status;
}
