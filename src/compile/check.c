/*
 * compile/check.c - gives every name its meaning and every comparison its types.
 *
 * After an error it goes on: each comparison is judged by itself, and a claim that
 * could not be made sense of is NULL here and never compiled.
 */
#include "compile/claim.h"
#include "compile/literal.h"
#include "compile/suggest.h"
#include "support/hash.h"
#include "support/text.h"

typedef struct checker {
    pst_compilation *unit;
    postern_status status; /* not POSTERN_OK: an arena failed, unwind */
} checker;

static void complain(checker *c, postern_status status, pst_span span, const char *message,
                     const char *hint)
{
    pst_complain(&c->unit->complaints, status, span, message, hint);
}

static void *make(checker *c, size_t size)
{
    void *block = pst_arena_alloc(c->unit->scratch, size);

    if (block == NULL) {
        c->status = c->unit->scratch->status;
        return NULL;
    }
    memset(block, 0, size);
    return block;
}

/* A copy that lives as long as the program. */
static bool keep(checker *c, postern_str text, postern_str *out)
{
    if (!pst_arena_copy(c->unit->constants, text, out)) {
        c->status = c->unit->constants->status;
        return false;
    }
    return true;
}

/* --- terms -------------------------------------------------------------------- */

static pst_term *check_term(checker *c, const pst_node *node);

static pst_term *term_new(checker *c, pst_term_kind kind, postern_type type,
                          pst_span span)
{
    pst_term *term = make(c, sizeof *term);

    if (term != NULL) {
        term->kind = (uint8_t)kind;
        term->type = type;
        term->span = span;
    }
    return term;
}

static pst_term *check_field(checker *c, const pst_node *node)
{
    static const postern_str own = POSTERN_STR("postern.");
    const postern_scheme *scheme = c->unit->scheme;
    const size_t field = pst_scheme_find(scheme, node->text);
    pst_term *term;

    if (field == SIZE_MAX) {
        pst_complain_unknown_field(&c->unit->complaints, scheme, node->span, node->text);
        return NULL;
    }
    if (c->unit->strict_cloudflare && pst_str_starts(node->text, own)) {
        complain(c, POSTERN_UNSUPPORTED, node->span, "Cloudflare does not have this field",
                 "fields of postern's own are refused in strict mode");
        return NULL;
    }
    term = term_new(c, PST_TERM_FIELD, scheme->fields[field].type, node->span);
    if (term != NULL) {
        term->field = (uint32_t)field;
    }
    return term;
}

/* http.request.headers["X-Id"] can never match: the map's keys are lower case. */
static void warn_header_case(checker *c, const pst_term *base, const pst_node *key)
{
    static const postern_str headers = POSTERN_STR("http.request.headers");

    if (base->kind != PST_TERM_FIELD ||
        !pst_str_same(c->unit->scheme->fields[base->field].name, headers)) {
        return;
    }
    for (size_t i = 0; i < key->text.len; i++) {
        const unsigned char byte = (unsigned char)key->text.data[i];
        if (pst_lower(byte) != byte) {
            pst_warn(&c->unit->complaints, key->span,
                     "this key never matches: header names in the map are lower case",
                     NULL);
            return;
        }
    }
}

static pst_term *check_map_get(checker *c, const pst_node *node, pst_term *base,
                               const pst_node *key)
{
    pst_term *term;

    if (key->kind != PST_NODE_TEXT || key->raw) {
        complain(c, POSTERN_TYPE, key->span, "a map is indexed with a quoted key",
                 "such as http.request.headers[\"x-id\"]");
        return NULL;
    }
    warn_header_case(c, base, key);
    term = term_new(c, PST_TERM_MAP_GET, postern_type_element(base->type), node->span);
    if (term == NULL || !keep(c, key->text, &term->key)) {
        return NULL;
    }
    term->base = base;
    return term;
}

static pst_term *check_array_get(checker *c, const pst_node *node, pst_term *base,
                                 const pst_node *key)
{
    pst_literal_problem problem;
    int64_t index;
    pst_term *term;

    if (key->kind != PST_NODE_NUMBER) {
        complain(c, POSTERN_TYPE, key->span, "an array is indexed with a number",
                 "the first element is [0]");
        return NULL;
    }
    if (!pst_read_int(key->text, &index, &problem)) {
        pst_complain_of(&c->unit->complaints, problem.status, key->span, "the index",
                        key->text, problem.message, NULL);
        return NULL;
    }
    if (index < 0 || index > (int64_t)UINT32_MAX) {
        complain(c, POSTERN_INVALID, key->span,
                 "an index is between 0 and 4294967295", NULL);
        return NULL;
    }
    term = term_new(c, PST_TERM_ARRAY_GET, postern_type_element(base->type), node->span);
    if (term != NULL) {
        term->base = base;
        term->index = (uint32_t)index;
    }
    return term;
}

static pst_term *check_index(checker *c, const pst_node *node)
{
    const pst_node *key = node->first->next;
    pst_term *base = check_term(c, node->first);
    char type[128];

    if (base == NULL || key->kind == PST_NODE_BROKEN) {
        return NULL;
    }
    if (key->kind == PST_NODE_STAR) {
        complain(c, POSTERN_UNSUPPORTED, key->span,
                 "[*] is not available in this version",
                 "name one element, such as [0]");
        return NULL;
    }
    if (postern_type_kind(base->type) == POSTERN_KIND_MAP) {
        return check_map_get(c, node, base, key);
    }
    if (postern_type_kind(base->type) == POSTERN_KIND_ARRAY) {
        return check_array_get(c, node, base, key);
    }
    (void)postern_type_name(base->type, type, sizeof type);
    pst_complain_of(&c->unit->complaints, POSTERN_TYPE, base->span, "only maps and arrays "
                    "have elements; this is of type", postern_text(type), "", NULL);
    return NULL;
}

/* The overload of `name` that takes these arguments, or PST_FUNCTION_COUNT with
 * *known telling whether the name exists at all. */
static size_t find_function(postern_str name, pst_term *const *arguments, size_t count,
                            bool *known)
{
    *known = false;
    for (size_t id = 0; id < PST_FUNCTION_COUNT; id++) {
        const pst_function *function = pst_function_at(id);
        size_t matching = 0;
        if (!pst_str_same(function->name, name)) {
            continue;
        }
        *known = true;
        while (matching < count && function->parameters[matching] != '\0' &&
               pst_parameter_takes(function->parameters[matching],
                                   arguments[matching]->type)) {
            matching++;
        }
        if (matching == count && function->parameters[matching] == '\0') {
            return id;
        }
    }
    return PST_FUNCTION_COUNT;
}

static void complain_of_call(checker *c, const pst_node *node, bool known, size_t count)
{
    pst_span name = {node->span.offset, node->text.len};

    if (!known) {
        pst_complain_unknown_function(&c->unit->complaints, name, node->text);
        return;
    }
    pst_complain_of(&c->unit->complaints, POSTERN_TYPE, node->span, "the function",
                    node->text,
                    count == 1 ? " does not take an argument of this type"
                               : " takes exactly one argument",
                    NULL);
}

static pst_term *check_call(checker *c, const pst_node *node)
{
    pst_term *arguments[PST_PARAMETERS_MAX];
    size_t count = 0;
    bool whole = true;
    bool known;
    size_t id;
    pst_term *term;

    for (const pst_node *at = node->first; at != NULL; at = at->next, count++) {
        if (at->kind == PST_NODE_TEXT || at->kind == PST_NODE_NUMBER) {
            complain(c, POSTERN_TYPE, at->span,
                     "a field is wanted here, not a literal", NULL);
            whole = false;
        } else if (count < PST_PARAMETERS_MAX) {
            arguments[count] = check_term(c, at);
            whole = whole && arguments[count] != NULL;
        }
    }
    if (!whole || c->status != POSTERN_OK) {
        return NULL;
    }
    id = count > PST_PARAMETERS_MAX ? PST_FUNCTION_COUNT
                                    : find_function(node->text, arguments, count, &known);
    if (count > PST_PARAMETERS_MAX) {
        (void)find_function(node->text, arguments, PST_PARAMETERS_MAX, &known);
    }
    if (id == PST_FUNCTION_COUNT) {
        complain_of_call(c, node, known, count);
        return NULL;
    }
    term = term_new(c, PST_TERM_CALL, pst_function_at(id)->result, node->span);
    if (term != NULL) {
        term->function = (uint8_t)id;
        memcpy(term->arguments, arguments, count * sizeof arguments[0]);
    }
    return term;
}

/* Recursion is bounded by the parser's nesting limit and, for chains of indexes,
 * by the depth of types: an index into a scalar is an error. */
static pst_term *check_term(checker *c, const pst_node *node)
{
    switch ((pst_node_kind)node->kind) {
    case PST_NODE_NAME:
        return check_field(c, node);
    case PST_NODE_CALL:
        return check_call(c, node);
    case PST_NODE_INDEX:
        return check_index(c, node);
    case PST_NODE_BROKEN:
    case PST_NODE_TRUE:
    case PST_NODE_FALSE:
    case PST_NODE_AND:
    case PST_NODE_OR:
    case PST_NODE_XOR:
    case PST_NODE_NOT:
    case PST_NODE_COMPARE:
    case PST_NODE_BARE:
    case PST_NODE_TEXT:
    case PST_NODE_NUMBER:
    case PST_NODE_STAR:
    case PST_NODE_SET:
    case PST_NODE_LIST:
        break;
    }
    return NULL;
}

/* --- tests -------------------------------------------------------------------- */

static pst_claim *claim_new(checker *c, pst_claim_kind kind)
{
    pst_claim *claim = make(c, sizeof *claim);

    if (claim != NULL) {
        claim->kind = (uint8_t)kind;
    }
    return claim;
}

static pst_claim *test_new(checker *c, pst_term *left, pst_opcode op)
{
    pst_claim *claim = claim_new(c, PST_CLAIM_TEST);

    if (claim != NULL) {
        claim->left = left;
        claim->test.op = (uint8_t)op;
    }
    return claim;
}

static void complain_of_literal(checker *c, const pst_node *literal,
                                const pst_literal_problem *problem)
{
    pst_complain_of(&c->unit->complaints, problem->status, literal->span, "",
                    literal->text, problem->message,
                    problem->hint[0] == '\0' ? NULL : problem->hint);
}

/* Integers: every relation to a literal is a range. */
static pst_claim *test_int(checker *c, pst_term *left, pst_comparison relation,
                           const pst_node *right)
{
    pst_literal_problem problem;
    pst_int_range range = {INT64_MIN, INT64_MAX};
    const pst_int_range nothing = {1, 0};
    pst_claim *claim;
    int64_t value;

    if (!pst_read_int(right->text, &value, &problem)) {
        complain_of_literal(c, right, &problem);
        return NULL;
    }
    switch (relation) {
    case PST_COMPARE_EQ:
    case PST_COMPARE_NE:
        range = (pst_int_range){value, value};
        break;
    case PST_COMPARE_LT:
        range.last = value - (value != INT64_MIN);
        range = value == INT64_MIN ? nothing : range;
        break;
    case PST_COMPARE_LE:
        range.last = value;
        break;
    case PST_COMPARE_GT:
        range.first = value + (value != INT64_MAX);
        range = value == INT64_MAX ? nothing : range;
        break;
    case PST_COMPARE_GE:
        range.first = value;
        break;
    case PST_COMPARE_IN:
        break;
    }
    claim = test_new(c, left, PST_OP_INT_RANGE);
    if (claim != NULL) {
        claim->inverted = relation == PST_COMPARE_NE;
        claim->test.as.range = range;
    }
    return claim;
}

static pst_relation relation_of(pst_comparison comparison)
{
    switch (comparison) {
    case PST_COMPARE_LT:
        return PST_RELATION_LT;
    case PST_COMPARE_LE:
        return PST_RELATION_LE;
    case PST_COMPARE_GT:
        return PST_RELATION_GT;
    case PST_COMPARE_GE:
        return PST_RELATION_GE;
    case PST_COMPARE_EQ:
    case PST_COMPARE_NE:
    case PST_COMPARE_IN:
        break;
    }
    return PST_RELATION_EQ;
}

static pst_claim *test_string(checker *c, pst_term *left, pst_comparison relation,
                              const pst_node *right)
{
    const bool equality = relation == PST_COMPARE_EQ || relation == PST_COMPARE_NE;
    pst_claim *claim =
        test_new(c, left, equality ? PST_OP_STRING_EQ : PST_OP_STRING_ORDER);

    if (claim == NULL || !keep(c, right->text, &claim->test.as.string)) {
        return NULL;
    }
    claim->inverted = relation == PST_COMPARE_NE;
    claim->test.relation = (uint8_t)relation_of(relation);
    return claim;
}

static pst_claim *test_ip(checker *c, pst_term *left, pst_comparison relation,
                          const pst_node *right)
{
    pst_literal_problem problem;
    pst_claim *claim;
    pst_ip ip;

    if (!pst_read_ip(right->text, &ip, &problem)) {
        complain_of_literal(c, right, &problem);
        return NULL;
    }
    claim = test_new(c, left, PST_OP_IP_ORDER);
    if (claim != NULL) {
        claim->inverted = relation == PST_COMPARE_NE;
        claim->test.relation = (uint8_t)relation_of(relation);
        claim->test.as.ip = ip;
    }
    return claim;
}

/* Both sides are read from the request. */
static pst_claim *test_terms(checker *c, pst_term *left, pst_comparison relation,
                             pst_term *right)
{
    pst_opcode op = PST_OP_STRING_COMPARE;
    pst_claim *claim;

    if (left->type != right->type) {
        char message[256];
        pst_writer out = {message, sizeof message, 0};
        char type[64];
        pst_write_text(&out, "both sides must have one type: the left is ");
        (void)postern_type_name(left->type, type, sizeof type);
        pst_write_text(&out, type);
        pst_write_text(&out, ", the right ");
        (void)postern_type_name(right->type, type, sizeof type);
        pst_write_text(&out, type);
        (void)pst_write_end(&out);
        complain(c, POSTERN_TYPE, right->span, message, NULL);
        return NULL;
    }
    if (left->type == POSTERN_INT) {
        op = PST_OP_INT_COMPARE;
    } else if (left->type == POSTERN_IP) {
        op = PST_OP_IP_COMPARE;
    }
    claim = test_new(c, left, op);
    if (claim != NULL) {
        claim->right = right;
        claim->inverted = relation == PST_COMPARE_NE;
        claim->test.relation = (uint8_t)relation_of(relation);
    }
    return claim;
}

/* --- sets --------------------------------------------------------------------- */

static size_t count_items(const pst_node *set)
{
    size_t count = 0;

    for (const pst_node *item = set->first; item != NULL; item = item->next) {
        count++;
    }
    return count;
}

/* True when every item of the set is of `kind`; otherwise it complains of those
 * that are not. */
static bool items_are(checker *c, const pst_node *set, pst_node_kind kind,
                      const char *message, const char *hint)
{
    bool all = true;

    for (const pst_node *item = set->first; item != NULL; item = item->next) {
        if (item->kind == PST_NODE_BROKEN) {
            all = false;
        } else if (item->kind != kind) {
            complain(c, POSTERN_TYPE, item->span, message, hint);
            all = false;
        }
    }
    return all;
}

static pst_claim *test_in_strings(checker *c, pst_term *left, const pst_node *set)
{
    const size_t count = count_items(set);
    postern_str *members;
    pst_string_set *built;
    pst_claim *claim;
    size_t at = 0;

    if (!items_are(c, set, PST_NODE_TEXT, "this set holds strings",
                   "strings are written in quotes")) {
        return NULL;
    }
    members = make(c, (count + 1) * sizeof *members);
    built = pst_arena_alloc(c->unit->constants, sizeof *built);
    if (members == NULL || built == NULL) {
        c->status = members == NULL ? c->status : c->unit->constants->status;
        return NULL;
    }
    for (const pst_node *item = set->first; item != NULL; item = item->next) {
        if (!keep(c, item->text, &members[at++])) {
            return NULL;
        }
    }
    if (!pst_string_set_build(c->unit->constants, members, count, built)) {
        c->status = c->unit->constants->status;
        return NULL;
    }
    claim = test_new(c, left, PST_OP_STRING_IN);
    if (claim != NULL) {
        claim->test.as.string_set = built;
    }
    return claim;
}

static pst_claim *test_in_ints(checker *c, pst_term *left, const pst_node *set)
{
    const size_t count = count_items(set);
    pst_literal_problem problem;
    pst_int_range *ranges;
    pst_int_set *built;
    pst_claim *claim;
    size_t at = 0;

    if (!items_are(c, set, PST_NODE_NUMBER, "this set holds numbers", NULL)) {
        return NULL;
    }
    ranges = make(c, (count + 1) * sizeof *ranges);
    built = pst_arena_alloc(c->unit->constants, sizeof *built);
    if (ranges == NULL || built == NULL) {
        c->status = ranges == NULL ? c->status : c->unit->constants->status;
        return NULL;
    }
    for (const pst_node *item = set->first; item != NULL; item = item->next) {
        if (!pst_read_int_range(item->text, &ranges[at++], &problem)) {
            complain_of_literal(c, item, &problem);
            return NULL;
        }
    }
    if (!pst_int_set_build(c->unit->constants, ranges, count, built)) {
        c->status = c->unit->constants->status;
        return NULL;
    }
    claim = test_new(c, left, PST_OP_INT_IN);
    if (claim != NULL) {
        claim->test.as.int_set = built;
    }
    return claim;
}

static pst_claim *test_in_ips(checker *c, pst_term *left, const pst_node *set)
{
    const size_t count = count_items(set);
    pst_literal_problem problem;
    pst_ip_range *ranges;
    pst_ip_set *built;
    pst_claim *claim;
    size_t at = 0;

    if (!items_are(c, set, PST_NODE_NUMBER, "this set holds addresses",
                   "addresses are written without quotes")) {
        return NULL;
    }
    ranges = make(c, (count + 1) * sizeof *ranges);
    built = pst_arena_alloc(c->unit->constants, sizeof *built);
    if (ranges == NULL || built == NULL) {
        c->status = ranges == NULL ? c->status : c->unit->constants->status;
        return NULL;
    }
    for (const pst_node *item = set->first; item != NULL; item = item->next) {
        if (!pst_read_ip_range(item->text, &ranges[at++], &problem)) {
            complain_of_literal(c, item, &problem);
            return NULL;
        }
    }
    if (!pst_ip_set_build(c->unit->constants, ranges, count, built)) {
        c->status = c->unit->constants->status;
        return NULL;
    }
    claim = test_new(c, left, PST_OP_IP_IN);
    if (claim != NULL) {
        claim->test.as.ip_set = built;
    }
    return claim;
}

static pst_claim *check_in(checker *c, const pst_node *node, pst_term *left)
{
    const pst_node *set = node->first->next;

    if (set->kind == PST_NODE_LIST) {
        pst_complain_of(&c->unit->complaints, POSTERN_UNKNOWN_NAME, set->span,
                        "unknown list", set->text, "", NULL);
        return NULL;
    }
    if (left->type == POSTERN_STRING) {
        return test_in_strings(c, left, set);
    }
    if (left->type == POSTERN_INT) {
        return test_in_ints(c, left, set);
    }
    return test_in_ips(c, left, set);
}

/* --- claims ------------------------------------------------------------------- */

/* "== true" and its kind: Booleans stand alone, arrays and maps need an element. */
static bool comparable(checker *c, const pst_node *node, const pst_term *left)
{
    char hint[192];
    pst_writer out = {hint, sizeof hint, 0};
    const postern_str name =
        pst_str_slice(c->unit->complaints.expression, left->span.offset,
                      left->span.offset + left->span.length);

    switch (postern_type_kind(left->type)) {
    case POSTERN_KIND_INT:
    case POSTERN_KIND_STRING:
    case POSTERN_KIND_IP:
        return true;
    case POSTERN_KIND_BOOL:
        pst_write_text(&out, "write '");
        pst_write_printable(&out, pst_str_slice(name, 0, 60));
        pst_write_text(&out, "' or 'not ");
        pst_write_printable(&out, pst_str_slice(name, 0, 60));
        pst_write_text(&out, "'");
        (void)pst_write_end(&out);
        complain(c, POSTERN_TYPE, node->span,
                 "a Boolean is not compared, it stands for itself", hint);
        return false;
    case POSTERN_KIND_ARRAY:
        pst_write_text(&out, "name one element: ");
        pst_write_printable(&out, pst_str_slice(name, 0, 80));
        pst_write_text(&out, "[0]");
        (void)pst_write_end(&out);
        complain(c, POSTERN_TYPE, node->span,
                 "an array is not compared as a whole", hint);
        return false;
    case POSTERN_KIND_MAP:
        pst_write_text(&out, "name one entry: ");
        pst_write_printable(&out, pst_str_slice(name, 0, 80));
        pst_write_text(&out, postern_type_kind(postern_type_element(left->type)) ==
                                     POSTERN_KIND_ARRAY
                                 ? "[\"key\"][0]"
                                 : "[\"key\"]");
        (void)pst_write_end(&out);
        complain(c, POSTERN_TYPE, node->span, "a map is not compared as a whole", hint);
        return false;
    case POSTERN_KIND_NONE:
        break;
    }
    return false;
}

/* "http.host eq example.com": the right side was meant to be a string. */
static bool unquoted_string(checker *c, const pst_term *left, const pst_node *right)
{
    char hint[192];
    pst_writer out = {hint, sizeof hint, 0};

    if (left->type != POSTERN_STRING || right->kind != PST_NODE_NAME ||
        pst_scheme_find(c->unit->scheme, right->text) != SIZE_MAX) {
        return false;
    }
    pst_write_text(&out, "strings are quoted: \"");
    pst_write_printable(&out, pst_str_slice(right->text, 0, 100));
    pst_write_text(&out, "\"");
    (void)pst_write_end(&out);
    pst_complain_of(&c->unit->complaints, POSTERN_UNKNOWN_NAME, right->span,
                    "unknown field", right->text, "", hint);
    return true;
}

static void complain_of_right(checker *c, const pst_term *left, const pst_node *right)
{
    char message[128];
    pst_writer out = {message, sizeof message, 0};
    char type[64];

    (void)postern_type_name(left->type, type, sizeof type);
    pst_write_text(&out, "the left side is of type ");
    pst_write_text(&out, type);
    pst_write_text(&out, right->kind == PST_NODE_TEXT ? ", this is a string"
                                                      : ", this is a number or address");
    (void)pst_write_end(&out);
    complain(c, POSTERN_TYPE, right->span, message,
             left->type == POSTERN_STRING ? "strings are written in quotes"
                                          : "numbers and addresses stand without quotes");
}

static pst_claim *check_compare(checker *c, const pst_node *node)
{
    const pst_node *right = node->first->next;
    const pst_comparison relation = (pst_comparison)node->relation;
    pst_term *left = check_term(c, node->first);
    pst_term *term;

    if (left == NULL || !comparable(c, node, left) || right->kind == PST_NODE_BROKEN) {
        return NULL;
    }
    if (relation == PST_COMPARE_IN) {
        return check_in(c, node, left);
    }
    if (right->kind == PST_NODE_TEXT || right->kind == PST_NODE_NUMBER) {
        if ((right->kind == PST_NODE_TEXT) != (left->type == POSTERN_STRING)) {
            complain_of_right(c, left, right);
            return NULL;
        }
        return left->type == POSTERN_STRING ? test_string(c, left, relation, right)
               : left->type == POSTERN_INT  ? test_int(c, left, relation, right)
                                            : test_ip(c, left, relation, right);
    }
    if (unquoted_string(c, left, right)) {
        return NULL;
    }
    term = check_term(c, right);
    return term == NULL ? NULL : test_terms(c, left, relation, term);
}

static pst_claim *check_bare(checker *c, const pst_node *node)
{
    pst_term *term = check_term(c, node->first);
    char hint[160];
    pst_writer out = {hint, sizeof hint, 0};
    char type[64];

    if (term == NULL) {
        return NULL;
    }
    if (term->type == POSTERN_BOOL) {
        return test_new(c, term, PST_OP_BOOL);
    }
    (void)postern_type_name(term->type, type, sizeof type);
    pst_write_text(&out, "only a Boolean stands for itself; this is of type ");
    pst_write_text(&out, type);
    (void)pst_write_end(&out);
    complain(c, POSTERN_TYPE, term->span, "a comparison is missing", hint);
    return NULL;
}

static pst_claim *check_claim(checker *c, const pst_node *node);

static pst_claim *check_children(checker *c, const pst_node *node, pst_claim_kind kind)
{
    pst_claim *claim = claim_new(c, kind);
    pst_claim *last = NULL;
    bool whole = claim != NULL;

    for (const pst_node *at = node->first; at != NULL && c->status == POSTERN_OK;
         at = at->next) {
        pst_claim *child = check_claim(c, at);
        if (child == NULL || claim == NULL) {
            whole = false;
            continue;
        }
        if (last == NULL) {
            claim->first = child;
        } else {
            last->next = child;
        }
        last = child;
    }
    return whole ? claim : NULL;
}

static pst_claim *check_claim(checker *c, const pst_node *node)
{
    pst_claim *claim;

    switch ((pst_node_kind)node->kind) {
    case PST_NODE_TRUE:
    case PST_NODE_FALSE:
        claim = claim_new(c, PST_CLAIM_CONSTANT);
        if (claim != NULL) {
            claim->inverted = node->kind == PST_NODE_FALSE;
        }
        return claim;
    case PST_NODE_AND:
        return check_children(c, node, PST_CLAIM_AND);
    case PST_NODE_OR:
        return check_children(c, node, PST_CLAIM_OR);
    case PST_NODE_XOR:
        return check_children(c, node, PST_CLAIM_XOR);
    case PST_NODE_NOT:
        return check_children(c, node, PST_CLAIM_NOT);
    case PST_NODE_COMPARE:
        return check_compare(c, node);
    case PST_NODE_BARE:
        return check_bare(c, node);
    case PST_NODE_BROKEN:
        if (node->first != NULL) {
            (void)check_term(c, node->first);
        }
        return NULL;
    case PST_NODE_NAME:
    case PST_NODE_CALL:
    case PST_NODE_INDEX:
    case PST_NODE_TEXT:
    case PST_NODE_NUMBER:
    case PST_NODE_STAR:
    case PST_NODE_SET:
    case PST_NODE_LIST:
        break;
    }
    return NULL;
}

postern_status pst_check(pst_compilation *compilation, const pst_node *tree,
                         pst_claim **out)
{
    checker c = {compilation, POSTERN_OK};

    *out = check_claim(&c, tree);
    return c.status;
}
