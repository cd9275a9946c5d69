/*
 * compile/slots.c - slots for values: fields have theirs, everything else is derived,
 * once for all rules of a program.
 */
#include "compile/emit.h"

#include "support/alloc.h"
#include "support/attribute.h"
#include "support/hash.h"
#include "support/text.h"

/* --- derived slots ------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t number)
{
    return (hash ^ number) * UINT64_C(0x9e3779b97f4a7c15);
}

static uint64_t literal_hash(const pst_operand *literal)
{
    if (literal->type == POSTERN_STRING) {
        return pst_hash(literal->value.string, literal->value.string.len);
    }
    return literal->type == POSTERN_INT ? (uint64_t)literal->value.integer
                                        : literal->value.ip.low;
}

static uint64_t call_hash(const pst_call *call)
{
    uint64_t hash = mix(call->function, call->count);

    for (size_t i = 0; i < call->count; i++) {
        const pst_operand *operand = &call->operands[i];
        hash = mix(hash, operand->literal ? literal_hash(operand) : operand->slot);
    }
    return hash;
}

static uint64_t path_hash(const pst_derived *how)
{
    uint64_t hash = how->as.path.count;

    for (size_t i = 0; i < how->as.path.count; i++) {
        const pst_step *step = &how->as.path.steps[i];
        hash = mix(hash, step->kind + (uint64_t)step->index * 4);
        hash = step->kind == PST_STEP_KEY ? pst_hash(step->key, hash) : hash;
    }
    return hash;
}

static uint64_t derived_hash(const pst_derived *how)
{
    uint64_t hash = mix(mix(how->kind, how->index), how->slot);

    if (how->key.len > 0) {
        hash = pst_hash(how->key, hash);
    }
    if (how->kind == PST_DERIVED_CALL) {
        hash = mix(hash, call_hash(how->as.call));
    } else if (how->kind == PST_DERIVED_FLATTEN) {
        hash = mix(hash, path_hash(how));
    }
    return hash ^ hash >> 32;
}

static bool literals_same(const pst_operand *a, const pst_operand *b)
{
    if (a->type == POSTERN_STRING) {
        return pst_str_same(a->value.string, b->value.string);
    }
    return a->type == POSTERN_INT ? a->value.integer == b->value.integer
                                  : pst_ip_order(a->value.ip, b->value.ip) == 0;
}

static bool calls_same(const pst_call *a, const pst_call *b)
{
    if (a->function != b->function || a->mapped != b->mapped || a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        const pst_operand *left = &a->operands[i];
        const pst_operand *right = &b->operands[i];
        if (left->literal != right->literal || left->type != right->type ||
            (left->literal ? !literals_same(left, right) : left->slot != right->slot)) {
            return false;
        }
    }
    return true;
}

static bool paths_same(const pst_derived *a, const pst_derived *b)
{
    if (a->as.path.count != b->as.path.count) {
        return false;
    }
    for (size_t i = 0; i < a->as.path.count; i++) {
        const pst_step *left = &a->as.path.steps[i];
        const pst_step *right = &b->as.path.steps[i];
        if (left->kind != right->kind || left->index != right->index ||
            !pst_str_same(left->key, right->key)) {
            return false;
        }
    }
    return true;
}

static bool derived_same(const pst_derived *a, const pst_derived *b)
{
    if (a->kind != b->kind || a->index != b->index || a->slot != b->slot ||
        !pst_str_same(a->key, b->key)) {
        return false;
    }
    switch ((pst_derived_kind)a->kind) {
    case PST_DERIVED_MAP_GET:
    case PST_DERIVED_ARRAY_GET:
    case PST_DERIVED_HEADER:
    case PST_DERIVED_LINES:
        return true;
    case PST_DERIVED_FLATTEN:
        return paths_same(a, b);
    case PST_DERIVED_CALL:
        return calls_same(a->as.call, b->as.call);
    case PST_DERIVED_CLAIM:
    case PST_DERIVED_CLAIMS:
    case PST_DERIVED_ELEMENT:
        break;
    }
    return false; /* each stands for itself */
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
postern_status pst_derive_slot(pst_emitter *e, const pst_derived *how, uint32_t *slot)
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

/* headers["lower-case"]: looked up in the header lines, without a map. */
static bool is_header(const pst_term *term)
{
    if (term->kind != PST_TERM_MAP_GET || term->base->kind != PST_TERM_FIELD ||
        term->base->field != PST_FIELD_HEADERS) {
        return false;
    }
    for (size_t i = 0; i < term->key.len; i++) {
        const unsigned char c = (unsigned char)term->key.data[i];
        if (pst_lower(c) != c) {
            return false;
        }
    }
    return true;
}

/* --- values ---------------------------------------------------------------------- */

/* The innermost value in front of the first [*], and how many steps lead from it. */
static pst_term *path_root(pst_term *term, size_t *steps)
{
    *steps = 0;
    while (term->mapped) {
        term = term->base;
        (*steps)++;
    }
    return term;
}

static pst_step step_of(const pst_term *term)
{
    if (term->kind == PST_TERM_EACH) {
        return (pst_step){.kind = PST_STEP_EACH};
    }
    if (term->kind == PST_TERM_MAP_GET) {
        return (pst_step){.kind = PST_STEP_KEY, .key = term->key};
    }
    return (pst_step){.kind = PST_STEP_INDEX, .index = term->index};
}

/* What is placed first nests as deep as the expression; the slots are described behind
 * it, in functions of their own, so that descriptions do not pile up on the stack. */

static PST_NOINLINE postern_status derive_path(pst_emitter *e, pst_term *term)
{
    pst_derived how = {.kind = PST_DERIVED_FLATTEN,
                       .type = POSTERN_ARRAY_OF(term->type)};
    size_t count;
    const pst_term *root = path_root(term, &count);
    pst_step *steps = pst_arena_array(e->constants, count, sizeof *steps);

    if (steps == NULL) {
        return e->constants->status;
    }
    how.slot = root->slot;
    how.as.path.steps = steps;
    how.as.path.count = (uint32_t)count;
    for (const pst_term *at = term; at->mapped; at = at->base) {
        steps[--count] = step_of(at);
    }
    return pst_derive_slot(e, &how, &term->slot);
}

/* The array of all elements: array[*] is the array itself, everything else is made. */
static postern_status place_mapped(pst_emitter *e, pst_term *term)
{
    size_t count;
    pst_term *root = path_root(term, &count);
    const postern_status status = pst_place_term(e, root);

    if (status != POSTERN_OK) {
        return status;
    }
    if (count == 1 && postern_type_kind(root->type) == POSTERN_KIND_ARRAY) {
        term->slot = root->slot;
        return POSTERN_OK;
    }
    return derive_path(e, term);
}

static PST_NOINLINE postern_status derive_call(pst_emitter *e, pst_term *term)
{
    pst_call *call = pst_arena_alloc(e->constants, sizeof *call);
    pst_operand *operands =
        pst_arena_array(e->constants, term->count, sizeof *operands);
    postern_type *types = pst_arena_array(e->constants, term->count, sizeof *types);
    pst_derived how = {.kind = PST_DERIVED_CALL, .type = term->type, .as.call = call};

    if (call == NULL || operands == NULL || types == NULL) {
        return e->constants->status;
    }
    *call = (pst_call){.function = term->function,
                       .mapped = term->arguments[0]->mapped,
                       .count = term->count,
                       .operands = operands,
                       .types = types,
                       .prepared = term->prepared};
    for (size_t i = 0; i < term->count; i++) {
        const pst_term *argument = term->arguments[i];
        operands[i] = (pst_operand){.literal = argument->kind == PST_TERM_LITERAL,
                                    .type = argument->type,
                                    .slot = argument->slot,
                                    .value = argument->value};
        types[i] = argument->type;
    }
    return pst_derive_slot(e, &how, &term->slot);
}

static postern_status place_call(pst_emitter *e, pst_term *term)
{
    postern_status status = POSTERN_OK;

    for (size_t i = 0; i < term->count && status == POSTERN_OK; i++) {
        if (term->arguments[i]->kind != PST_TERM_LITERAL) {
            status = pst_place_term(e, term->arguments[i]);
        }
    }
    return status == POSTERN_OK ? derive_call(e, term) : status;
}

static PST_NOINLINE postern_status derive_claim(pst_emitter *e, pst_term *term,
                                                const pst_each *each)
{
    pst_derived how = {.kind = PST_DERIVED_CLAIMS, .type = term->type, .as.each = each};
    postern_status status = POSTERN_OK;

    if (each == NULL) {
        how.kind = PST_DERIVED_CLAIM;
        status = pst_emit_body(e, term->claim, &how.as.body);
    }
    return status == POSTERN_OK ? pst_derive_slot(e, &how, &term->slot) : status;
}

static postern_status place_claim(pst_emitter *e, pst_term *term)
{
    pst_each *each = NULL;
    const postern_status status = term->kind == PST_TERM_CLAIM
                                      ? pst_prepare_claim(e, term->claim)
                                      : pst_emit_each(e, term->claim, &each);

    return status == POSTERN_OK ? derive_claim(e, term, each) : status;
}

static PST_NOINLINE postern_status derive_element(pst_emitter *e, pst_term *term)
{
    pst_derived how = {.type = term->type,
                       .key = term->key,
                       .index = term->index,
                       .slot = term->base->slot};

    how.kind =
        term->kind == PST_TERM_MAP_GET ? PST_DERIVED_MAP_GET : PST_DERIVED_ARRAY_GET;
    return pst_derive_slot(e, &how, &term->slot);
}

static PST_NOINLINE postern_status derive_header(pst_emitter *e, pst_term *term)
{
    const postern_str key = term->base->key;
    const pst_derived how = {.kind = PST_DERIVED_HEADER,
                             .type = term->type,
                             .key = key,
                             .index = term->index,
                             .hash = pst_hash_folded(key)};

    return pst_derive_slot(e, &how, &term->slot);
}

static PST_NOINLINE postern_status derive_lines(pst_emitter *e, pst_term *term)
{
    const pst_derived how = {.kind = PST_DERIVED_LINES,
                             .type = term->type,
                             .key = term->key,
                             .hash = pst_hash_folded(term->key)};

    return pst_derive_slot(e, &how, &term->slot);
}

static postern_status place_element(pst_emitter *e, pst_term *term)
{
    postern_status status;

    if (is_header(term)) {
        return derive_lines(e, term);
    }
    if (term->kind == PST_TERM_ARRAY_GET && is_header(term->base)) {
        return derive_header(e, term);
    }
    status = pst_place_term(e, term->base);
    return status == POSTERN_OK ? derive_element(e, term) : status;
}

/* The depth of terms is that of the expression, which the parser limits. */
postern_status pst_place_term(pst_emitter *e, pst_term *term)
{
    if (term->mapped) {
        return place_mapped(e, term);
    }
    switch ((pst_term_kind)term->kind) {
    case PST_TERM_FIELD:
        term->slot = term->field;
        return POSTERN_OK;
    case PST_TERM_MAP_GET:
    case PST_TERM_ARRAY_GET:
        return place_element(e, term);
    case PST_TERM_CALL:
        return place_call(e, term);
    case PST_TERM_CLAIM:
    case PST_TERM_CLAIMS:
        return place_claim(e, term);
    case PST_TERM_EACH:
    case PST_TERM_LITERAL:
        break;
    }
    return POSTERN_STATE;
}

/* --- claims ------------------------------------------------------------------------ */

/* The call that is tested: itself, or mapped and then each of its results. NULL: none of
 * `function`. */
static const pst_term *call_under(const pst_claim *claim, pst_function_id function)
{
    const pst_term *term = claim->left;

    if (claim->each && term->kind == PST_TERM_EACH) {
        term = term->base;
    }
    return term->kind == PST_TERM_CALL && term->function == function && !term->mapped &&
                   term->arguments[0]->mapped == claim->each
               ? term
               : NULL;
}

/* What functions that only look at a text say is asked of the text itself; they have a
 * result for every text. */
static void fuse(pst_claim *claim)
{
    const pst_term *starts = call_under(claim, PST_FUNCTION_STARTS_WITH);
    const pst_term *ends = call_under(claim, PST_FUNCTION_ENDS_WITH);
    const pst_term *len = call_under(claim, PST_FUNCTION_LEN);
    const pst_term *end = starts != NULL ? starts : ends;

    if (claim->test.op == PST_OP_BOOL && end != NULL &&
        end->arguments[1]->kind == PST_TERM_LITERAL) {
        claim->test.op = starts != NULL ? PST_OP_STRING_STARTS : PST_OP_STRING_ENDS;
        claim->test.as.string = end->arguments[1]->value.string;
        claim->left = end->arguments[0];
    } else if (claim->test.op == PST_OP_INT_RANGE && len != NULL &&
               len->arguments[0]->type == POSTERN_STRING) {
        claim->test.op = PST_OP_STRING_LENGTH;
        claim->left = len->arguments[0];
    }
}

static postern_status place_test(pst_emitter *e, pst_claim *claim)
{
    postern_status status;

    fuse(claim);
    status = pst_place_term(e, claim->left);

    if (status == POSTERN_OK && claim->right != NULL) {
        status = pst_place_term(e, claim->right);
    }
    return status;
}

postern_status pst_prepare_claim(pst_emitter *e, pst_claim *claim)
{
    postern_status status = POSTERN_OK;
    pst_each *each = NULL;

    switch ((pst_claim_kind)claim->kind) {
    case PST_CLAIM_CONSTANT:
        break;
    case PST_CLAIM_TEST:
        return place_test(e, claim);
    case PST_CLAIM_AND:
    case PST_CLAIM_OR:
    case PST_CLAIM_XOR:
    case PST_CLAIM_NOT:
        for (pst_claim *child = claim->first; child != NULL && status == POSTERN_OK;
             child = child->next) {
            status = pst_prepare_claim(e, child);
        }
        break;
    case PST_CLAIM_ANY:
    case PST_CLAIM_ALL:
        status = pst_emit_each(e, claim->first, &each);
        claim->test.as.each = each;
        break;
    }
    return status;
}

static size_t count_tests(const pst_claim *claim)
{
    size_t count = claim->kind == PST_CLAIM_TEST;

    for (const pst_claim *child = claim->first; child != NULL; child = child->next) {
        count += count_tests(child);
    }
    return count;
}

/* An array and the slot of its current element; `count` grows as arrays are met. */
typedef struct walked {
    pst_each *each;
    uint32_t *arrays;
    uint32_t *elements;
} walked;

static postern_status walk_array(pst_emitter *e, walked *w, pst_claim *test)
{
    const uint32_t array = test->left->slot;
    postern_status status;
    uint32_t i = 0;

    while (i < w->each->count && w->arrays[i] != array) {
        i++;
    }
    if (i == PST_EACH_ARRAYS_MAX) {
        return POSTERN_LIMIT;
    }
    if (i == w->each->count) {
        pst_derived how = {
            .kind = PST_DERIVED_ELEMENT, .type = test->left->type, .as.each = w->each};
        status = pst_derive_slot(e, &how, &w->elements[i]);
        if (status != POSTERN_OK) {
            return status;
        }
        w->arrays[i] = array;
        w->each->count++;
    }
    test->test.slot = w->elements[i];
    return POSTERN_OK;
}

static postern_status walk_arrays(pst_emitter *e, walked *w, pst_claim *claim)
{
    postern_status status = POSTERN_OK;

    if (claim->kind == PST_CLAIM_TEST) {
        return walk_array(e, w, claim);
    }
    for (pst_claim *child = claim->first; child != NULL && status == POSTERN_OK;
         child = child->next) {
        status = walk_arrays(e, w, child);
    }
    return status;
}

postern_status pst_emit_each(pst_emitter *e, pst_claim *claim, pst_each **out)
{
    const size_t tests = count_tests(claim);
    const size_t room = tests < PST_EACH_ARRAYS_MAX ? tests : PST_EACH_ARRAYS_MAX;
    walked w = {pst_arena_alloc(e->constants, sizeof *w.each),
                pst_arena_array(e->constants, room, sizeof *w.arrays),
                pst_arena_array(e->constants, room, sizeof *w.elements)};
    postern_status status;

    if (w.each == NULL || w.arrays == NULL || w.elements == NULL) {
        return e->constants->status;
    }
    *w.each = (pst_each){.arrays = w.arrays, .elements = w.elements};
    *out = w.each;
    status = pst_prepare_claim(e, claim);
    if (status == POSTERN_OK) {
        status = walk_arrays(e, &w, claim);
    }
    return status == POSTERN_OK ? pst_emit_body(e, claim, &w.each->body) : status;
}
