#include "walk.h"

#include "support/text.h"

/* A value, or none. */
typedef struct seen {
    bool present;
    pst_value value;
} seen;

typedef struct walker {
    postern_request *request;
    postern_status status;
} walker;

bool walk_open(walk *reference, const postern_scheme *scheme, postern_str expression)
{
    pst_compilation unit = {
        .scheme = scheme,
        .complaints = {.expression = expression},
        .scratch = &reference->scratch,
        .constants = &reference->constants,
    };
    const postern_options *const options = &scheme->options;
    pst_node *tree;

    *reference = (walk){0};
    pst_arena_init(&reference->scratch, options->allocator, SIZE_MAX / 2);
    pst_arena_init(&reference->constants, options->allocator, SIZE_MAX / 2);
    return expression.len <= options->limits.expression_bytes &&
           pst_parse(unit.scratch, &unit.complaints, options->limits.nesting, &tree) ==
               POSTERN_OK &&
           pst_check(&unit, tree, &reference->claim) == POSTERN_OK &&
           unit.complaints.errors == 0;
}

void walk_close(walk *reference)
{
    pst_arena_free(&reference->scratch);
    pst_arena_free(&reference->constants);
}

/* --- terms ------------------------------------------------------------------------ */

static seen see_field(walker *w, uint32_t field)
{
    if (w->request->states[field] == PST_SLOT_UNKNOWN) {
        const postern_status status = pst_request_derive(w->request, field);
        if (status != POSTERN_OK) {
            w->status = status;
            return (seen){0};
        }
    }
    return (seen){w->request->states[field] != PST_SLOT_MISSING,
                  w->request->values[field]};
}

static int byte_order(postern_str a, postern_str b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        if (a.data[i] != b.data[i]) {
            return (unsigned char)a.data[i] < (unsigned char)b.data[i] ? -1 : 1;
        }
    }
    return (a.len > b.len) - (a.len < b.len);
}

static seen see_call(walker *w, const pst_term *term, pst_value argument)
{
    seen result = {.present = true};

    if (term->function == PST_FUNCTION_LEN_STRING) {
        result.value.integer = (int64_t)argument.string.len;
    } else if (term->function == PST_FUNCTION_LEN_ARRAY) {
        result.value.integer = (int64_t)argument.array.count;
    } else {
        const postern_status status =
            pst_function_at(term->function)
                ->body(&w->request->arena, &argument, &result.value);
        w->status = status != POSTERN_OK ? status : w->status;
    }
    return result;
}

static seen see(walker *w, const pst_term *term)
{
    const pst_term *const inner =
        term->kind == PST_TERM_CALL ? term->arguments[0] : term->base;
    seen base;

    if (term->kind == PST_TERM_FIELD) {
        return see_field(w, term->field);
    }
    base = see(w, inner);
    if (!base.present || w->status != POSTERN_OK) {
        return (seen){0};
    }
    if (term->kind == PST_TERM_CALL) {
        return see_call(w, term, base.value);
    }
    if (term->kind == PST_TERM_ARRAY_GET) {
        const pst_array array = base.value.array;
        return term->index < array.count ? (seen){true, array.items[term->index]}
                                         : (seen){0};
    }
    for (size_t i = 0; i < base.value.map.count; i++) {
        if (byte_order(base.value.map.entries[i].key, term->key) == 0) {
            return (seen){true, base.value.map.entries[i].value};
        }
    }
    return (seen){0};
}

/* --- tests ------------------------------------------------------------------------ */

static bool holds(uint8_t relation, int order)
{
    switch ((pst_relation)relation) {
    case PST_RELATION_EQ:
        return order == 0;
    case PST_RELATION_LT:
        return order < 0;
    case PST_RELATION_LE:
        return order <= 0;
    case PST_RELATION_GT:
        return order > 0;
    case PST_RELATION_GE:
        return order >= 0;
    }
    return false;
}

static bool in_ints(const pst_int_set *set, int64_t value)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->ranges[i].first <= value && value <= set->ranges[i].last) {
            return true;
        }
    }
    return false;
}

static bool in_strings(const pst_string_set *set, postern_str value)
{
    for (size_t i = 0; i < set->count; i++) {
        if (byte_order(set->members[i], value) == 0) {
            return true;
        }
    }
    return false;
}

static bool in_ips(const pst_ip_set *set, pst_ip value)
{
    if (pst_ip_is_v4(value)) {
        for (size_t i = 0; i < set->v4_count; i++) {
            if (set->v4_first[i] <= (uint32_t)value.low &&
                (uint32_t)value.low <= set->v4_last[i]) {
                return true;
            }
        }
        return false;
    }
    for (size_t i = 0; i < set->v6_count; i++) {
        if (pst_ip_order(set->v6[i].first, value) <= 0 &&
            pst_ip_order(value, set->v6[i].last) <= 0) {
            return true;
        }
    }
    return false;
}

static bool ip_test(uint8_t relation, pst_ip a, pst_ip b)
{
    return pst_ip_is_v4(a) == pst_ip_is_v4(b) && holds(relation, pst_ip_order(a, b));
}

static int int_order(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static bool test(const pst_insn *how, pst_value left, pst_value right)
{
    switch ((pst_opcode)how->op) {
    case PST_OP_BOOL:
        return left.boolean;
    case PST_OP_INT_RANGE:
        return how->as.range.first <= left.integer &&
               left.integer <= how->as.range.last;
    case PST_OP_INT_IN:
        return in_ints(how->as.int_set, left.integer);
    case PST_OP_INT_COMPARE:
        return holds(how->relation, int_order(left.integer, right.integer));
    case PST_OP_STRING_EQ:
        return byte_order(left.string, how->as.string) == 0;
    case PST_OP_STRING_ORDER:
        return holds(how->relation, byte_order(left.string, how->as.string));
    case PST_OP_STRING_IN:
        return in_strings(how->as.string_set, left.string);
    case PST_OP_STRING_COMPARE:
        return holds(how->relation, byte_order(left.string, right.string));
    case PST_OP_IP_ORDER:
        return ip_test(how->relation, left.ip, how->as.ip);
    case PST_OP_IP_IN:
        return in_ips(how->as.ip_set, left.ip);
    case PST_OP_IP_COMPARE:
        return ip_test(how->relation, left.ip, right.ip);
    case PST_OP_ALWAYS:
    case PST_OP_ENSURE:
    case PST_OP_FLIP:
    case PST_OP_PARITY:
    case PST_OP_COUNT:
        break; /* not tests: no claim holds them */
    }
    return false;
}

/* Missing is false, whatever is asked. */
static bool ask(walker *w, const pst_claim *claim)
{
    const seen left = see(w, claim->left);
    seen right = {.present = true};

    if (!left.present || w->status != POSTERN_OK) {
        return false;
    }
    if (claim->right != NULL) {
        right = see(w, claim->right);
    }
    return right.present && w->status == POSTERN_OK &&
           test(&claim->test, left.value, right.value) != claim->inverted;
}

/* Recursion is bounded by the nesting limit. A fault ends it at once. */
static bool judge(walker *w, const pst_claim *claim)
{
    const pst_claim *child = claim->first;
    bool answer;

    switch ((pst_claim_kind)claim->kind) {
    case PST_CLAIM_CONSTANT:
        return !claim->inverted;
    case PST_CLAIM_TEST:
        return ask(w, claim);
    case PST_CLAIM_NOT:
        return !judge(w, child);
    case PST_CLAIM_AND:
    case PST_CLAIM_OR:
        answer = claim->kind == PST_CLAIM_AND;
        for (; child != NULL && w->status == POSTERN_OK; child = child->next) {
            if (judge(w, child) != answer) {
                return !answer;
            }
        }
        return answer;
    case PST_CLAIM_XOR:
        answer = false;
        for (; child != NULL && w->status == POSTERN_OK; child = child->next) {
            answer ^= judge(w, child);
        }
        return answer;
    }
    return false;
}

postern_status walk_evaluate(const walk *reference, postern_request *request,
                             bool *answer)
{
    walker w = {request, POSTERN_OK};

    *answer = judge(&w, reference->claim) && w.status == POSTERN_OK;
    return w.status;
}
