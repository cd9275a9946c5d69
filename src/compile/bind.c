#include "compile/bind.h"

#include "match/needles.h"
#include "match/range_map.h"
#include "match/regex_literals.h"
#include "support/alloc.h"

#include <string.h>

enum {
    NO_PRICE = 1 << 20,  /* of what cannot be looked up */
    KEYS_MAX = 256,      /* of one test; a larger set is asked itself */
    LITERALS_MAX = 16,   /* of one regular expression */
    INT_WIDTH_MAX = 4096 /* wider ranges leave out too little */
};

typedef struct binder {
    const pst_derived *derived;
    const postern_scheme *scheme;
    pst_arena *memory;
    pst_key *keys;
    size_t count;
    size_t cap;
    bool failed; /* out of memory */
} binder;

/* --- prices: what is worth looking up, the cheaper the better --------------------- */

/* Goes to the slot that this one is computed from.
 * @return false for a field, and for what is made of several slots or of none */
static bool step_back(const binder *b, uint32_t *slot)
{
    const pst_derived *how;

    if (*slot < b->scheme->field_count) {
        return false;
    }
    how = &b->derived[*slot - b->scheme->field_count];
    if (how->kind == PST_DERIVED_CALL && !how->as.call->operands[0].literal) {
        *slot = how->as.call->operands[0].slot;
        return true;
    }
    if (how->kind == PST_DERIVED_MAP_GET || how->kind == PST_DERIVED_ARRAY_GET ||
        how->kind == PST_DERIVED_FLATTEN) {
        *slot = how->slot;
        return true;
    }
    return false;
}

static bool is_looked_up(const pst_derived *how)
{
    return how->kind == PST_DERIVED_HEADER || how->kind == PST_DERIVED_LINES;
}

/* Fields are there anyway; what is derived is computed for the look-up. */
static unsigned slot_price(const binder *b, uint32_t slot)
{
    unsigned price = 0;

    while (step_back(b, &slot)) {
        price += 4;
    }
    if (slot < b->scheme->field_count) {
        return price;
    }
    return is_looked_up(&b->derived[slot - b->scheme->field_count]) ? price + 1
                                                                    : NO_PRICE;
}

static unsigned count_price(size_t count)
{
    return count > KEYS_MAX ? NO_PRICE : (unsigned)(count / 16);
}

static postern_str longest_piece(const pst_wildcard *pattern, pst_needle_place *place)
{
    size_t best = 0;

    for (size_t i = 1; i <= pattern->star_count; i++) {
        if (pattern->pieces[i].len > pattern->pieces[best].len) {
            best = i;
        }
    }
    *place = best == 0                     ? PST_NEEDLE_START
             : best == pattern->star_count ? PST_NEEDLE_END
                                           : PST_NEEDLE_ANYWHERE;
    return pattern->pieces[best];
}

static unsigned part_price(size_t len)
{
    return len < PST_NEEDLE_MIN ? NO_PRICE : len < 16 ? 48 - (unsigned)len : 32;
}

static unsigned int_price(int64_t first, int64_t last)
{
    const uint64_t open = (uint64_t)last - (uint64_t)first;

    return first > last           ? 0
           : open < INT_WIDTH_MAX ? 12 + (unsigned)(open / 64)
                                  : NO_PRICE;
}

static unsigned ints_price(const pst_int_set *set)
{
    unsigned price = 12 + count_price(set->count);

    for (size_t i = 0; i < set->count && price < NO_PRICE; i++) {
        price += int_price(set->ranges[i].first, set->ranges[i].last) - 12;
    }
    return price;
}

static unsigned test_price(const pst_insn *test)
{
    pst_needle_place place;

    switch ((pst_opcode)test->op) {
    case PST_OP_STRING_EQ:
        return 8;
    case PST_OP_STRING_IN:
        return 8 + count_price(test->as.string_set->count);
    case PST_OP_IP_ORDER:
        return test->relation == PST_RELATION_EQ ? 10 : NO_PRICE;
    case PST_OP_IP_IN:
        return 10 + count_price(pst_ip_set_count(test->as.ip_set));
    case PST_OP_INT_RANGE:
        return int_price(test->as.range.first, test->as.range.last);
    case PST_OP_INT_IN:
        return ints_price(test->as.int_set);
    case PST_OP_STRING_CONTAINS:
    case PST_OP_STRING_STARTS:
    case PST_OP_STRING_ENDS:
        return part_price(test->as.string.len);
    case PST_OP_STRING_WILDCARD:
        return part_price(longest_piece(test->as.wildcard, &place).len);
    case PST_OP_STRING_PARTS:
        return 48 + count_price(test->as.parts->count);
    case PST_OP_STRING_MATCHES:
        return 60;
    case PST_OP_ALWAYS:
    case PST_OP_ENSURE:
    case PST_OP_BOOL:
    case PST_OP_ONCE:
    case PST_OP_INT_BITS:
    case PST_OP_INT_LIST:
    case PST_OP_INT_COMPARE:
    case PST_OP_STRING_ORDER:
    case PST_OP_STRING_LENGTH:
    case PST_OP_STRING_LIST:
    case PST_OP_STRING_COMPARE:
    case PST_OP_IP_LIST:
    case PST_OP_IP_COMPARE:
    case PST_OP_FLIP:
    case PST_OP_PARITY:
    case PST_OP_EACH_ANY:
    case PST_OP_EACH_ALL:
    case PST_OP_COUNT:
        break;
    }
    return NO_PRICE;
}

/* --- faults: what may end a run for another reason than memory ------------------------ */

static bool claim_may_fault(const pst_claim *claim);

static bool term_may_fault(const pst_term *term)
{
    if (term->kind == PST_TERM_FIELD) {
        return term->field == PST_FIELD_TIMESTAMP_SEC ||
               term->field == PST_FIELD_TIMESTAMP_MSEC;
    }
    if (term->kind == PST_TERM_CLAIM || term->kind == PST_TERM_CLAIMS) {
        return claim_may_fault(term->claim);
    }
    if (term->kind == PST_TERM_CALL &&
        (pst_function_at(term->function)->flags & PST_FLAG_NEEDS_CRYPTO) != 0) {
        return true;
    }
    for (size_t i = 0; i < term->count; i++) {
        if (term_may_fault(term->arguments[i])) {
            return true;
        }
    }
    return term->base != NULL && term_may_fault(term->base);
}

static bool claim_may_fault(const pst_claim *claim)
{
    if ((claim->left != NULL && term_may_fault(claim->left)) ||
        (claim->right != NULL && term_may_fault(claim->right))) {
        return true;
    }
    for (const pst_claim *child = claim->first; child != NULL; child = child->next) {
        if (claim_may_fault(child)) {
            return true;
        }
    }
    return false;
}

/* --- the cheapest way to know that a claim is false ------------------------------------- */

static unsigned price_of(const binder *b, const pst_claim *claim);

/* A test that may end the run in a fault must be come to: what stands behind it does not
 * count. Frames are kept small here: they nest as deep as the expression. */
static unsigned cheapest(const binder *b, const pst_claim *claim,
                         const pst_claim **which)
{
    unsigned best = NO_PRICE;

    for (const pst_claim *child = claim->first; child != NULL; child = child->next) {
        const unsigned price = price_of(b, child);
        if (price < best) {
            best = price;
            *which = child;
        }
        if (claim_may_fault(child)) {
            break;
        }
    }
    return best;
}

static unsigned sum_of(const binder *b, const pst_claim *claim)
{
    unsigned sum = 0;

    for (const pst_claim *child = claim->first; child != NULL && sum < NO_PRICE;
         child = child->next) {
        const unsigned price = price_of(b, child);
        sum = price > sum ? price + 1 : sum + 1; /* the dearest, and one for each */
    }
    return sum < NO_PRICE ? sum : NO_PRICE;
}

/* The depth of claims is that of the expression, which the parser limits. */
static unsigned price_of(const binder *b, const pst_claim *claim)
{
    const pst_claim *which;
    unsigned price;

    switch ((pst_claim_kind)claim->kind) {
    case PST_CLAIM_CONSTANT:
        return claim->inverted ? 0 : NO_PRICE;
    case PST_CLAIM_TEST:
        price = claim->inverted || claim_may_fault(claim) ? NO_PRICE
                                                          : test_price(&claim->test);
        price += price < NO_PRICE ? slot_price(b, claim->left->slot) : 0;
        return price < NO_PRICE ? price : NO_PRICE;
    case PST_CLAIM_AND:
        return cheapest(b, claim, &which);
    case PST_CLAIM_OR:
        return sum_of(b, claim);
    case PST_CLAIM_ANY: /* all arrays are computed before the first element is asked */
        price = claim_may_fault(claim->first) ? NO_PRICE : price_of(b, claim->first);
        return price < NO_PRICE ? price + 6 : NO_PRICE;
    case PST_CLAIM_XOR:
    case PST_CLAIM_NOT:
    case PST_CLAIM_ALL:
        break;
    }
    return NO_PRICE;
}

/* --- keys ---------------------------------------------------------------------------- */

static void add(binder *b, const pst_key *key)
{
    if (b->count == b->cap) {
        const size_t cap = b->cap == 0 ? 4 : b->cap * 2;
        pst_key *grown = pst_arena_array(b->memory, cap, sizeof *grown);
        if (grown == NULL) {
            b->failed = true;
            return;
        }
        if (b->count > 0) {
            memcpy(grown, b->keys, b->count * sizeof *grown);
        }
        b->keys = grown;
        b->cap = cap;
    }
    b->keys[b->count++] = *key;
}

static void add_ips(binder *b, pst_key key, const pst_ip_set *set)
{
    key.kind = PST_KEY_RANGE;
    for (size_t i = 0; i < pst_ip_set_count(set); i++) {
        key.as.range = pst_ip_set_at(set, i);
        add(b, &key);
    }
}

static void add_int_range(binder *b, pst_key key, pst_int_range range)
{
    key.kind = PST_KEY_RANGE;
    key.integer = true;
    key.as.range =
        (pst_ip_range){pst_range_int(range.first), pst_range_int(range.last)};
    if (range.first <= range.last) {
        add(b, &key);
    }
}

static void add_part(binder *b, pst_key key, postern_str text, pst_needle_place place,
                     bool fold)
{
    key.kind = PST_KEY_PART;
    key.as.text = text;
    key.place = (uint8_t)place;
    key.fold = fold;
    add(b, &key);
}

/* @return false when nothing is known of what the pattern needs */
static bool add_literals(binder *b, pst_key key, const pst_pattern *pattern)
{
    postern_str texts[LITERALS_MAX];
    const size_t count = pst_regex_literals(b->memory, b->memory, *pattern->text,
                                            PST_NEEDLE_MIN, texts, LITERALS_MAX);

    for (size_t i = 0; i < count; i++) {
        add_part(b, key, texts[i], PST_NEEDLE_ANYWHERE, true);
    }
    return count > 0;
}

static bool add_test(binder *b, const pst_claim *claim, bool elements)
{
    const pst_insn *test = &claim->test;
    pst_key key = {.elements = elements, .slot = claim->left->slot};
    pst_needle_place place = PST_NEEDLE_ANYWHERE;
    postern_str piece;

    switch ((int)test->op) {
    case PST_OP_STRING_EQ:
        key.as.text = test->as.string;
        add(b, &key);
        return true;
    case PST_OP_STRING_IN:
        for (size_t i = 0; i < test->as.string_set->count; i++) {
            key.as.text = test->as.string_set->members[i];
            add(b, &key);
        }
        return true;
    case PST_OP_IP_ORDER:
        key.kind = PST_KEY_RANGE;
        key.as.range = (pst_ip_range){test->as.ip, test->as.ip};
        add(b, &key);
        return true;
    case PST_OP_IP_IN:
        add_ips(b, key, test->as.ip_set);
        return true;
    case PST_OP_INT_RANGE:
        add_int_range(b, key, test->as.range);
        return true;
    case PST_OP_INT_IN:
        for (size_t i = 0; i < test->as.int_set->count; i++) {
            add_int_range(b, key, test->as.int_set->ranges[i]);
        }
        return true;
    case PST_OP_STRING_CONTAINS:
        add_part(b, key, test->as.string, place, false);
        return true;
    case PST_OP_STRING_PARTS:
        for (size_t i = 0; i < test->as.parts->count; i++) {
            add_part(b, key, test->as.parts->texts[i], place, false);
        }
        return true;
    case PST_OP_STRING_STARTS:
        add_part(b, key, test->as.string, PST_NEEDLE_START, false);
        return true;
    case PST_OP_STRING_ENDS:
        add_part(b, key, test->as.string, PST_NEEDLE_END, false);
        return true;
    case PST_OP_STRING_WILDCARD:
        piece = longest_piece(test->as.wildcard, &place);
        add_part(b, key, piece, place, test->as.wildcard->fold);
        return true;
    case PST_OP_STRING_MATCHES:
        return add_literals(b, key, &test->as.pattern);
    default:
        return false; /* it has no price */
    }
}

/* @return false when the claim turns out not to be bound */
static bool gather(binder *b, const pst_claim *claim, bool elements)
{
    const pst_claim *which = NULL;
    bool bound = true;

    switch ((pst_claim_kind)claim->kind) {
    case PST_CLAIM_CONSTANT:
        return claim->inverted;
    case PST_CLAIM_TEST:
        return add_test(b, claim, elements);
    case PST_CLAIM_AND:
        return cheapest(b, claim, &which) < NO_PRICE && gather(b, which, elements);
    case PST_CLAIM_OR:
        for (const pst_claim *child = claim->first; child != NULL && bound;
             child = child->next) {
            bound = gather(b, child, elements);
        }
        return bound;
    case PST_CLAIM_ANY:
        return gather(b, claim->first, true);
    case PST_CLAIM_XOR:
    case PST_CLAIM_NOT:
    case PST_CLAIM_ALL:
        break;
    }
    return false;
}

void pst_bindings_init(pst_bindings *bindings, const postern_allocator *alloc)
{
    *bindings = (pst_bindings){.alloc = alloc};
    pst_arena_init(&bindings->memory, alloc, SIZE_MAX / 2);
}

void pst_bindings_free(pst_bindings *bindings)
{
    pst_free_array(bindings->alloc, bindings->items, bindings->cap,
                   sizeof *bindings->items);
    pst_arena_free(&bindings->memory);
}

/* Children of an `and`, any other claim itself: the cheapest first. */
typedef struct choices {
    const pst_claim *claims[PST_OPTIONS_MAX];
    unsigned prices[PST_OPTIONS_MAX];
    size_t count;
} choices;

static void offer(choices *c, const pst_claim *claim, unsigned price)
{
    size_t at = c->count;

    if (price >= NO_PRICE) {
        return;
    }
    while (at > 0 && c->prices[at - 1] > price) {
        if (at < PST_OPTIONS_MAX) {
            c->prices[at] = c->prices[at - 1];
            c->claims[at] = c->claims[at - 1];
        }
        at--;
    }
    if (at < PST_OPTIONS_MAX) {
        c->prices[at] = price;
        c->claims[at] = claim;
        c->count += c->count < PST_OPTIONS_MAX;
    }
}

/* What stands behind a test that may end the run in a fault does not count: see
 * cheapest(). */
static choices choices_of(const binder *b, const pst_claim *claim)
{
    choices c = {.count = 0};

    if (claim->kind != PST_CLAIM_AND) {
        offer(&c, claim, price_of(b, claim));
        return c;
    }
    for (const pst_claim *child = claim->first; child != NULL; child = child->next) {
        offer(&c, child, price_of(b, child));
        if (claim_may_fault(child)) {
            break;
        }
    }
    return c;
}

/* Is one of the keys' slots made of the body? */
static bool is_dear(const binder *b)
{
    bool dear = false;

    for (size_t i = 0; i < b->count && !dear; i++) {
        uint32_t slot = b->keys[i].slot;
        while (step_back(b, &slot)) {
        }
        dear = slot < b->scheme->field_count &&
               b->scheme->fields[slot].origin == PST_ORIGIN_BODY;
    }
    return dear;
}

static bool bind(binder *b, const pst_claim *claim, pst_binding *out)
{
    const choices c = choices_of(b, claim);
    pst_option *options =
        c.count == 0 ? NULL : pst_arena_array(b->memory, c.count, sizeof *options);

    *out = (pst_binding){0, options};
    for (size_t i = 0; i < c.count && options != NULL; i++) {
        b->keys = NULL;
        b->count = b->cap = 0;
        if (gather(b, c.claims[i], false)) {
            options[out->count++] =
                (pst_option){(uint32_t)b->count, is_dear(b), b->keys};
        }
    }
    return (options != NULL || c.count == 0) && !b->failed;
}

bool pst_bind(pst_bindings *bindings, const pst_claim *claim,
              const pst_derived *derived, const postern_scheme *scheme)
{
    binder b = {.derived = derived, .scheme = scheme, .memory = &bindings->memory};
    void *items = bindings->items;
    pst_binding binding;

    if (!bind(&b, claim, &binding) ||
        !pst_grow(bindings->alloc, &items, bindings->count, &bindings->cap,
                  sizeof *bindings->items)) {
        return false;
    }
    bindings->items = items;
    bindings->items[bindings->count++] = binding;
    return true;
}
