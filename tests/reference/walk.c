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

/* What a test of elements walks over. */
typedef struct walked_array {
    const pst_claim *test;
    pst_array elements;
    const struct walked_array *before;
} walked_array;

/* All arrays are computed, in the order they are written, before the first element is
 * asked; behind one that is missing none is needed. */
typedef struct walked {
    const walked_array *last;
    size_t count; /* of elements, in the shortest */
    bool missing;
} walked;

static void see_arrays(walker *w, const pst_claim *claim, walked *out)
{
    walked_array *array;
    seen left;

    for (const pst_claim *child = claim->first;
         child != NULL && !out->missing && w->status == POSTERN_OK;
         child = child->next) {
        see_arrays(w, child, out);
    }
    if (claim->kind != PST_CLAIM_TEST) {
        return;
    }
    left = walker_see(w, claim->left);
    array = left.present ? walker_make(w, 1, sizeof *array) : NULL;
    if (array == NULL) {
        out->missing = true;
        return;
    }
    *array = (walked_array){claim, left.value.array, out->last};
    out->last = array;
    out->count =
        array->elements.count < out->count ? array->elements.count : out->count;
}

static pst_value element_of(const walked *arrays, const pst_claim *test, size_t at)
{
    const walked_array *array = arrays->last;

    while (array->test != test) {
        array = array->before;
    }
    return array->elements.items[at];
}

/* The other side is computed when an element is compared with it. */
static bool ask_element(walker *w, const pst_claim *claim, const walked *arrays,
                        size_t at)
{
    seen right = {.present = true};

    if (claim->right != NULL) {
        right = walker_see(w, claim->right);
    }
    return right.present && w->status == POSTERN_OK &&
           test(w, &claim->test, element_of(arrays, claim, at), right.value) !=
               claim->inverted;
}

/* As walker_judge() does, of the elements that stand at one place. */
static bool judge_element(walker *w, const pst_claim *claim, const walked *arrays,
                          size_t at)
{
    bool answer = claim->kind == PST_CLAIM_AND;

    if (claim->kind == PST_CLAIM_TEST) {
        return ask_element(w, claim, arrays, at);
    }
    if (claim->kind == PST_CLAIM_NOT) {
        return !judge_element(w, claim->first, arrays, at);
    }
    for (const pst_claim *child = claim->first;
         child != NULL && w->status == POSTERN_OK; child = child->next) {
        const bool said = judge_element(w, child, arrays, at);
        if (claim->kind == PST_CLAIM_XOR) {
            answer ^= said;
        } else if (said != answer) {
            return said;
        }
    }
    return answer;
}

static walked see_walked(walker *w, const pst_claim *claim)
{
    walked arrays = {NULL, SIZE_MAX, false};

    see_arrays(w, claim, &arrays);
    arrays.count = arrays.missing ? 0 : arrays.count;
    return arrays;
}

answers walker_judge_each(walker *w, const pst_claim *claim)
{
    const walked arrays = see_walked(w, claim);
    bool *const of = walker_make(w, arrays.count, sizeof *of);

    for (size_t i = 0; i < arrays.count && of != NULL && w->status == POSTERN_OK; i++) {
        of[i] = judge_element(w, claim, &arrays, i);
    }
    return (answers){of, of == NULL ? 0 : arrays.count, arrays.missing};
}

/* Ends at the first element that decides. A missing array of Booleans, as it is, is not
 * all true. */
static bool judge_quantifier(walker *w, const pst_claim *claim)
{
    const bool wanted = claim->kind == PST_CLAIM_ANY;
    const walked arrays = see_walked(w, claim->first);

    if (arrays.missing) {
        return !wanted && !claim->first->direct;
    }
    for (size_t i = 0; i < arrays.count && w->status == POSTERN_OK; i++) {
        if (judge_element(w, claim->first, &arrays, i) == wanted) {
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
