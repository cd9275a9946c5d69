/*
 * compile/fold.c - many tests of one value become one test.
 *
 * `path eq "/a" or path eq "/b" or ...` is `path in {"/a" "/b" ...}`; so it is with
 * numbers and addresses, and with `ne` and `and`. A chain of `contains` looks for all
 * its texts in one pass. Only tests that stand side by side are put together, so
 * that nothing is asked before what stood in front of it. Knows claims, no text.
 */
#include "compile/emit.h"

#include "match/needles.h"
#include "support/alloc.h"

/* How many tests are worth it: a set or a pass costs as much as some of them. */
enum { TEXTS_LEAST = 8, RANGES_LEAST = 4, PARTS_LEAST = 3 };

typedef enum fold_kind {
    FOLD_NONE,
    FOLD_TEXTS, /* eq and in, of strings */
    FOLD_INTS,
    FOLD_IPS,
    FOLD_PARTS /* contains */
} fold_kind;

static fold_kind kind_of(const pst_claim *claim)
{
    const pst_insn *test = &claim->test;

    if (claim->kind != PST_CLAIM_TEST) {
        return FOLD_NONE;
    }
    switch ((int)test->op) {
    case PST_OP_STRING_EQ:
    case PST_OP_STRING_IN:
        return FOLD_TEXTS;
    case PST_OP_INT_RANGE:
    case PST_OP_INT_IN:
        return FOLD_INTS;
    case PST_OP_IP_IN:
        return FOLD_IPS;
    case PST_OP_IP_ORDER:
        return test->relation == PST_RELATION_EQ ? FOLD_IPS : FOLD_NONE;
    case PST_OP_STRING_CONTAINS:
        return test->as.string.len >= PST_NEEDLE_MIN ? FOLD_PARTS : FOLD_NONE;
    default:
        return FOLD_NONE;
    }
}

static size_t least_of(fold_kind kind)
{
    switch (kind) {
    case FOLD_TEXTS:
        return TEXTS_LEAST;
    case FOLD_INTS:
    case FOLD_IPS:
        return RANGES_LEAST;
    case FOLD_PARTS:
        return PARTS_LEAST;
    case FOLD_NONE:
        break;
    }
    return SIZE_MAX;
}

/* Tests side by side that ask the same of one value. */
typedef struct run {
    fold_kind kind;
    pst_claim *first;
    pst_claim *end; /* behind the last */
    size_t tests;
    size_t members; /* of all of them; sets may be empty */
} run;

static size_t members_of(const pst_insn *test)
{
    switch ((int)test->op) {
    case PST_OP_STRING_IN:
        return test->as.string_set->count;
    case PST_OP_INT_IN:
        return test->as.int_set->count;
    case PST_OP_IP_IN:
        return pst_ip_set_count(test->as.ip_set);
    default:
        return 1;
    }
}

/* The run that starts at `first`; `inverted` tests are those of an `and`. */
static run run_at(pst_claim *first, bool inverted)
{
    run found = {kind_of(first), first, first, 0, 0};

    while (found.end != NULL && found.kind != FOLD_NONE &&
           kind_of(found.end) == found.kind && found.end->inverted == inverted &&
           found.end->left->slot == first->left->slot) {
        found.tests++;
        found.members += members_of(&found.end->test);
        found.end = found.end->next;
    }
    return found;
}

/* --- one test of many -------------------------------------------------------------------- */

static postern_status fold_texts(pst_emitter *e, const run *r, pst_insn *out)
{
    pst_string_set *set = pst_arena_alloc(e->constants, sizeof *set);
    postern_str *members = pst_alloc_array(e->alloc, r->members + 1, sizeof *members);
    size_t count = 0;
    bool built = false;

    for (const pst_claim *at = r->first; members != NULL && at != r->end;
         at = at->next) {
        if (at->test.op == PST_OP_STRING_EQ) {
            members[count++] = at->test.as.string;
            continue;
        }
        for (size_t i = 0; i < at->test.as.string_set->count; i++) {
            members[count++] = at->test.as.string_set->members[i];
        }
    }
    if (set != NULL && members != NULL) {
        built = pst_string_set_build(e->constants, members, count, set);
    }
    pst_free_array(e->alloc, members, r->members + 1, sizeof *members);
    out->op = PST_OP_STRING_IN;
    out->as.string_set = set;
    return built ? POSTERN_OK : POSTERN_NO_MEMORY;
}

static postern_status fold_ints(pst_emitter *e, const run *r, pst_insn *out)
{
    pst_int_set *set = pst_arena_alloc(e->constants, sizeof *set);
    pst_int_range *ranges = pst_alloc_array(e->alloc, r->members + 1, sizeof *ranges);
    size_t count = 0;
    bool built = false;

    for (const pst_claim *at = r->first; ranges != NULL && at != r->end;
         at = at->next) {
        const pst_int_range range = at->test.as.range;
        if (at->test.op == PST_OP_INT_IN) {
            for (size_t i = 0; i < at->test.as.int_set->count; i++) {
                ranges[count++] = at->test.as.int_set->ranges[i];
            }
        } else if (range.first <= range.last) {
            ranges[count++] = range;
        }
    }
    if (set != NULL && ranges != NULL) {
        built = pst_int_set_build(e->constants, ranges, count, set);
    }
    pst_free_array(e->alloc, ranges, r->members + 1, sizeof *ranges);
    out->op = PST_OP_INT_IN;
    out->as.int_set = set;
    return built ? POSTERN_OK : POSTERN_NO_MEMORY;
}

static postern_status fold_ips(pst_emitter *e, const run *r, pst_insn *out)
{
    pst_ip_set *set = pst_arena_alloc(e->constants, sizeof *set);
    pst_ip_range *ranges = pst_alloc_array(e->alloc, r->members + 1, sizeof *ranges);
    size_t count = 0;
    bool built = false;

    for (const pst_claim *at = r->first; ranges != NULL && at != r->end;
         at = at->next) {
        if (at->test.op == PST_OP_IP_ORDER) {
            ranges[count++] = (pst_ip_range){at->test.as.ip, at->test.as.ip};
            continue;
        }
        for (size_t i = 0; i < pst_ip_set_count(at->test.as.ip_set); i++) {
            ranges[count++] = pst_ip_set_at(at->test.as.ip_set, i);
        }
    }
    if (set != NULL && ranges != NULL) {
        built = pst_ip_set_build(e->constants, ranges, count, set);
    }
    pst_free_array(e->alloc, ranges, r->members + 1, sizeof *ranges);
    out->op = PST_OP_IP_IN;
    out->relation = 0;
    out->as.ip_set = set;
    return built ? POSTERN_OK : POSTERN_NO_MEMORY;
}

static const pst_needles *needles_of(pst_emitter *e, const postern_str *texts,
                                     size_t count)
{
    pst_needle *needles = pst_alloc_array(e->alloc, count, sizeof *needles);
    const pst_needles *built;
    pst_arena scratch;

    if (needles == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        needles[i] = (pst_needle){.text = texts[i]};
    }
    pst_arena_init(&scratch, e->alloc, SIZE_MAX / 2);
    built = pst_needles_build(e->constants, &scratch, needles, count);
    pst_arena_free(&scratch);
    pst_free_array(e->alloc, needles, count, sizeof *needles);
    return built;
}

static postern_status fold_parts(pst_emitter *e, const run *r, pst_insn *out)
{
    pst_parts *parts = pst_arena_alloc(e->constants, sizeof *parts);
    postern_str *texts = pst_arena_array(e->constants, r->tests, sizeof *texts);
    size_t count = 0;

    if (parts == NULL || texts == NULL) {
        return POSTERN_NO_MEMORY;
    }
    for (const pst_claim *at = r->first; at != r->end; at = at->next) {
        texts[count++] = at->test.as.string;
    }
    *parts = (pst_parts){.texts = texts, .count = count};
    if (count <= PST_FEW_MOST) {
        parts->few = pst_few_build(e->constants, texts, count);
    } else {
        parts->needles = needles_of(e, texts, count);
    }
    out->op = PST_OP_STRING_PARTS;
    out->bit = 0;
    out->as.parts = parts;
    return parts->few == NULL && parts->needles == NULL ? POSTERN_NO_MEMORY
                                                        : POSTERN_OK;
}

static postern_status fold_run(pst_emitter *e, const run *r)
{
    pst_insn folded = r->first->test;
    postern_status status = POSTERN_OK;

    switch (r->kind) {
    case FOLD_TEXTS:
        status = fold_texts(e, r, &folded);
        break;
    case FOLD_INTS:
        status = fold_ints(e, r, &folded);
        break;
    case FOLD_IPS:
        status = fold_ips(e, r, &folded);
        break;
    case FOLD_PARTS:
        status = fold_parts(e, r, &folded);
        break;
    case FOLD_NONE:
        break;
    }
    if (status == POSTERN_OK) {
        r->first->test = folded;
        r->first->next = r->end;
    }
    return status;
}

/* --- claims ------------------------------------------------------------------------------ */

/* Parts of http.host, or of lower() of it, stay to be seen one by one: who looks for
 * hosts that rules guard asks each of them. */
static bool may_be_host(const pst_emitter *e, uint32_t slot)
{
    while (slot >= e->scheme->field_count) {
        const pst_derived *how = &e->derived[slot - e->scheme->field_count];
        if (how->kind != PST_DERIVED_CALL || how->as.call->operands[0].literal) {
            return false;
        }
        slot = how->as.call->operands[0].slot;
    }
    return slot == PST_FIELD_HOST;
}

static bool may_fold(const pst_emitter *e, const run *r)
{
    return r->tests >= least_of(r->kind) &&
           (r->kind != FOLD_PARTS || !may_be_host(e, r->first->left->slot));
}

/* Children of `or`, and with `inverted` those of `and`. */
static postern_status fold_children(pst_emitter *e, pst_claim *claim, bool inverted)
{
    postern_status status = POSTERN_OK;

    for (pst_claim *child = claim->first; child != NULL && status == POSTERN_OK;
         child = child->next) {
        const run r = run_at(child, inverted);
        if (may_fold(e, &r)) {
            status = fold_run(e, &r);
        }
    }
    return status;
}

/* `a or (b or c)` is `a or b or c`, and so with `and`. */
static void flatten(pst_claim *claim)
{
    pst_claim **at = &claim->first;

    while (*at != NULL) {
        pst_claim *child = *at;
        pst_claim *last = child->first;
        if (child->kind != claim->kind) {
            at = &child->next;
            continue;
        }
        while (last->next != NULL) {
            last = last->next;
        }
        last->next = child->next;
        *at = child->first;
        at = &last->next;
    }
}

/* The depth of claims is that of the expression. What stands in any() and all() is
 * folded when its body is written. */
postern_status pst_fold_tests(pst_emitter *e, pst_claim *claim)
{
    postern_status status = POSTERN_OK;

    if (claim->kind == PST_CLAIM_ANY || claim->kind == PST_CLAIM_ALL) {
        return POSTERN_OK;
    }
    for (pst_claim *child = claim->first;
         child != NULL && claim->kind != PST_CLAIM_TEST && status == POSTERN_OK;
         child = child->next) {
        status = pst_fold_tests(e, child);
    }
    if (claim->kind == PST_CLAIM_OR || claim->kind == PST_CLAIM_AND) {
        flatten(claim); /* the children have done so before */
    }
    if (status == POSTERN_OK && claim->kind == PST_CLAIM_OR) {
        status = fold_children(e, claim, false);
    } else if (status == POSTERN_OK && claim->kind == PST_CLAIM_AND) {
        status = fold_children(e, claim, true);
    }
    return status;
}
