#include "twins.h"
#include "walker.h"

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

static bool ip_test(uint8_t relation, pst_ip a, pst_ip b)
{
    return pst_ip_is_v4(a) == pst_ip_is_v4(b) && holds(relation, pst_ip_order(a, b));
}

static int int_order(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static bool test(walker *w, const pst_insn *how, pst_value left, pst_value right)
{
    pst_regex_memory nothing = {.arena = NULL};
    bool *scratch;

    switch ((pst_opcode)how->op) {
    case PST_OP_BOOL:
        return left.boolean;
    case PST_OP_INT_RANGE:
        return how->as.range.first <= left.integer &&
               left.integer <= how->as.range.last;
    case PST_OP_INT_IN:
        return twin_int_set(how->as.int_set, left.integer);
    case PST_OP_INT_BITS:
        return ((uint64_t)left.integer & (uint64_t)how->as.mask) != 0;
    case PST_OP_INT_COMPARE:
        return holds(how->relation, int_order(left.integer, right.integer));
    case PST_OP_STRING_EQ:
        return twin_order(left.string, how->as.string) == 0;
    case PST_OP_STRING_ORDER:
        return holds(how->relation, twin_order(left.string, how->as.string));
    case PST_OP_STRING_IN:
        return twin_string_set(how->as.string_set, left.string);
    case PST_OP_STRING_CONTAINS:
        return twin_contains(left.string, how->as.string);
    case PST_OP_STRING_WILDCARD:
        scratch = walker_make(w, left.string.len + 1, 2);
        return scratch != NULL && twin_wildcard(how->as.wildcard, left.string, scratch);
    case PST_OP_STRING_MATCHES:
        return pst_regex_match(how->as.pattern.regex, left.string, &nothing);
    case PST_OP_STRING_COMPARE:
        return holds(how->relation, twin_order(left.string, right.string));
    case PST_OP_IP_ORDER:
        return ip_test(how->relation, left.ip, how->as.ip);
    case PST_OP_IP_IN:
        return twin_ip_set(how->as.ip_set, left.ip);
    case PST_OP_IP_COMPARE:
        return ip_test(how->relation, left.ip, right.ip);
    case PST_OP_INT_LIST:
    case PST_OP_STRING_LIST:
    case PST_OP_IP_LIST:
        return twin_list(w->reference->options.lists[how->as.list].list, left);
    case PST_OP_STRING_STARTS:
    case PST_OP_STRING_ENDS:
    case PST_OP_STRING_LENGTH:
    case PST_OP_ALWAYS:
    case PST_OP_ENSURE:
    case PST_OP_ONCE:
    case PST_OP_STRING_PARTS:
    case PST_OP_FLIP:
    case PST_OP_PARITY:
    case PST_OP_EACH_ANY:
    case PST_OP_EACH_ALL:
    case PST_OP_COUNT:
        break; /* not tests: no claim holds them */
    }
    return false;
}

/* Missing is false, whatever is asked. */
static bool ask(walker *w, const pst_claim *claim)
{
    const seen left = walker_see(w, claim->left);
    seen right = {.present = true};

    if (!left.present || w->status != POSTERN_OK) {
        return false;
    }
    if (claim->right != NULL) {
        right = walker_see(w, claim->right);
    }
    return right.present && w->status == POSTERN_OK &&
           test(w, &claim->test, left.value, right.value) != claim->inverted;
}

/* --- claims about each element ---------------------------------------------------------- */

/* One side of a test: its value for each element, or one for all of them. */
typedef struct side {
    bool many;
    seen all;
} side;

static side see_side(walker *w, const pst_term *term)
{
    if (term == NULL) {
        return (side){false, {.present = true}};
    }
    return (side){term->mapped || postern_type_kind(term->type) == POSTERN_KIND_ARRAY,
                  walker_see(w, term)};
}

static size_t side_count(const side *s)
{
    if (!s->many) {
        return SIZE_MAX;
    }
    return s->all.present ? s->all.value.array.count : 0;
}

static answers answers_new(walker *w, size_t count)
{
    bool *const of = walker_make(w, count, sizeof *of);

    return (answers){of, of == NULL ? 0 : count, false};
}

static answers ask_each(walker *w, const pst_claim *claim)
{
    const side left = see_side(w, claim->left);
    const side right = see_side(w, claim->right);
    const size_t l = side_count(&left);
    const size_t r = side_count(&right);
    answers out = answers_new(w, l < r ? l : r);

    out.missing = left.many && !left.all.present;
    for (size_t i = 0; i < out.count; i++) {
        const pst_value a = left.many ? left.all.value.array.items[i] : left.all.value;
        const pst_value b =
            right.many ? right.all.value.array.items[i] : right.all.value;
        out.of[i] = left.all.present && right.all.present &&
                    test(w, &claim->test, a, b) != claim->inverted;
    }
    return out;
}

/* Side by side, up to the end of the shortest. */
static answers combine(walker *w, pst_claim_kind kind, answers a, answers b)
{
    answers out = answers_new(w, a.count < b.count ? a.count : b.count);

    out.missing = a.missing || b.missing;
    for (size_t i = 0; i < out.count; i++) {
        if (kind == PST_CLAIM_AND) {
            out.of[i] = a.of[i] && b.of[i];
        } else if (kind == PST_CLAIM_OR) {
            out.of[i] = a.of[i] || b.of[i];
        } else {
            out.of[i] = a.of[i] != b.of[i];
        }
    }
    return out;
}

answers walker_judge_each(walker *w, const pst_claim *claim)
{
    answers out;

    if (claim->kind == PST_CLAIM_TEST) {
        return ask_each(w, claim);
    }
    out = walker_judge_each(w, claim->first);
    if (claim->kind == PST_CLAIM_NOT) {
        for (size_t i = 0; i < out.count; i++) {
            out.of[i] = !out.of[i];
        }
        return out;
    }
    for (const pst_claim *child = claim->first->next;
         child != NULL && w->status == POSTERN_OK; child = child->next) {
        out = combine(w, (pst_claim_kind)claim->kind, out, walker_judge_each(w, child));
    }
    return out;
}

/* A missing array of Booleans, as it is, is not all true. */
static bool judge_quantifier(walker *w, const pst_claim *claim)
{
    const pst_claim *const said = claim->first;
    const bool wanted = claim->kind == PST_CLAIM_ANY;
    answers all;

    if (!wanted && said->kind == PST_CLAIM_TEST && said->direct &&
        !walker_see(w, said->left).present) {
        return false;
    }
    all = walker_judge_each(w, said);
    for (size_t i = 0; i < all.count; i++) {
        if (all.of[i] == wanted) {
            return wanted;
        }
    }
    return !wanted;
}

/* --- claims ------------------------------------------------------------------------- */

static bool judge_chain(walker *w, const pst_claim *claim)
{
    const bool neutral = claim->kind == PST_CLAIM_AND;

    for (const pst_claim *child = claim->first;
         child != NULL && w->status == POSTERN_OK; child = child->next) {
        if (walker_judge(w, child) != neutral) {
            return !neutral;
        }
    }
    return neutral;
}

static bool judge_xor(walker *w, const pst_claim *claim)
{
    bool answer = false;

    for (const pst_claim *child = claim->first;
         child != NULL && w->status == POSTERN_OK; child = child->next) {
        answer ^= walker_judge(w, child);
    }
    return answer;
}

bool walker_judge(walker *w, const pst_claim *claim)
{
    switch ((pst_claim_kind)claim->kind) {
    case PST_CLAIM_CONSTANT:
        return !claim->inverted;
    case PST_CLAIM_TEST:
        return ask(w, claim);
    case PST_CLAIM_NOT:
        return !walker_judge(w, claim->first);
    case PST_CLAIM_AND:
    case PST_CLAIM_OR:
        return judge_chain(w, claim);
    case PST_CLAIM_XOR:
        return judge_xor(w, claim);
    case PST_CLAIM_ANY:
    case PST_CLAIM_ALL:
        return judge_quantifier(w, claim);
    }
    return false;
}

/* --- from outside ------------------------------------------------------------------- */

static void start(walk *reference, const postern_scheme *scheme,
                  const postern_compile_options *options)
{
    const postern_allocator *const allocator = scheme->options.allocator;

    *reference = (walk){.scheme = scheme};
    if (options != NULL) {
        reference->options = *options;
    }
    pst_regexes_init(&reference->regexes, allocator);
    pst_arena_init(&reference->scratch, allocator, SIZE_MAX / 2);
    pst_arena_init(&reference->constants, allocator, SIZE_MAX / 2);
    pst_arena_init(&reference->values, allocator, SIZE_MAX / 2);
}

static pst_compilation unit_of(walk *reference, postern_str expression)
{
    return (pst_compilation){
        .scheme = reference->scheme,
        .complaints = {.expression = expression},
        .scratch = &reference->scratch,
        .constants = &reference->constants,
        .options = &reference->options,
        .regexes = &reference->regexes,
    };
}

bool walk_open(walk *reference, const postern_scheme *scheme, postern_str expression,
               const postern_compile_options *options)
{
    const postern_limits *const limits = &scheme->options.limits;
    pst_compilation unit;
    pst_node *tree;

    start(reference, scheme, options);
    unit = unit_of(reference, expression);
    return expression.len <= limits->expression_bytes &&
           pst_parse(unit.scratch, &unit.complaints, limits->nesting, &tree) ==
               POSTERN_OK &&
           pst_check(&unit, tree, &reference->claim) == POSTERN_OK &&
           unit.complaints.errors == 0;
}

bool walk_open_value(walk *reference, const postern_scheme *scheme,
                     postern_str expression, const postern_compile_options *options)
{
    const postern_limits *const limits = &scheme->options.limits;
    pst_compilation unit;
    pst_node *tree;

    start(reference, scheme, options);
    unit = unit_of(reference, expression);
    return expression.len <= limits->expression_bytes &&
           pst_parse_value(unit.scratch, &unit.complaints, limits->nesting, &tree) ==
               POSTERN_OK &&
           pst_check_value(&unit, tree, &reference->term) == POSTERN_OK &&
           unit.complaints.errors == 0;
}

void walk_close(walk *reference)
{
    pst_regexes_free(&reference->regexes);
    pst_arena_free(&reference->scratch);
    pst_arena_free(&reference->constants);
    pst_arena_free(&reference->values);
}

postern_status walk_evaluate(walk *reference, postern_request *request, bool *answer)
{
    walker w = {reference, &reference->values, request, POSTERN_OK};

    pst_arena_reset(&reference->values);
    *answer = walker_judge(&w, reference->claim) && w.status == POSTERN_OK;
    return w.status;
}

postern_status walk_value(walk *reference, postern_request *request, bool *present,
                          pst_value *value)
{
    walker w = {reference, &reference->values, request, POSTERN_OK};
    seen out;

    pst_arena_reset(&reference->values);
    out = walker_see(&w, reference->term);
    *present = out.present && w.status == POSTERN_OK;
    *value = out.value;
    return w.status;
}
