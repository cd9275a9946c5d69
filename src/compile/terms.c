/*
 * compile/terms.c - fields, elements and calls: names looked up, types known.
 */
#include "compile/checker.h"
#include "compile/suggest.h"
#include "support/text.h"

static pst_term *term_new(pst_checker *c, pst_term_kind kind, postern_type type,
                          pst_span span)
{
    pst_term *term = pst_checker_make(c, sizeof *term);

    if (term != NULL) {
        term->kind = (uint8_t)kind;
        term->type = type;
        term->span = span;
    }
    return term;
}

static pst_term *check_field(pst_checker *c, const pst_node *node)
{
    static const postern_str own = POSTERN_STR("postern.");
    const postern_scheme *scheme = c->unit->scheme;
    const size_t field = pst_scheme_find(scheme, node->text);
    pst_term *term;

    if (field == SIZE_MAX) {
        pst_complain_unknown_field(&c->unit->complaints, scheme, node->span,
                                   node->text);
        return NULL;
    }
    if (c->unit->strict_cloudflare && pst_str_starts(node->text, own)) {
        pst_checker_complain(c, POSTERN_UNSUPPORTED, node->span,
                             "Cloudflare does not have this field",
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
static void warn_header_case(pst_checker *c, const pst_term *base, const pst_node *key)
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

static pst_term *check_map_get(pst_checker *c, const pst_node *node, pst_term *base,
                               const pst_node *key)
{
    pst_term *term;

    if (key->kind != PST_NODE_TEXT || key->raw) {
        pst_checker_complain(c, POSTERN_TYPE, key->span,
                             "a map is indexed with a quoted key",
                             "such as http.request.headers[\"x-id\"]");
        return NULL;
    }
    warn_header_case(c, base, key);
    term = term_new(c, PST_TERM_MAP_GET, postern_type_element(base->type), node->span);
    if (term == NULL || !pst_checker_keep(c, key->text, &term->key)) {
        return NULL;
    }
    term->base = base;
    return term;
}

static pst_term *check_array_get(pst_checker *c, const pst_node *node, pst_term *base,
                                 const pst_node *key)
{
    pst_literal_problem problem;
    int64_t index;
    pst_term *term;

    if (key->kind != PST_NODE_NUMBER) {
        pst_checker_complain(c, POSTERN_TYPE, key->span,
                             "an array is indexed with a number",
                             "the first element is [0]");
        return NULL;
    }
    if (!pst_read_int(key->text, &index, &problem)) {
        pst_complain_of(&c->unit->complaints, problem.status, key->span, "the index",
                        key->text, problem.message, NULL);
        return NULL;
    }
    if (index < 0 || index > (int64_t)UINT32_MAX) {
        pst_checker_complain(c, POSTERN_INVALID, key->span,
                             "an index is between 0 and 4294967295", NULL);
        return NULL;
    }
    term =
        term_new(c, PST_TERM_ARRAY_GET, postern_type_element(base->type), node->span);
    if (term != NULL) {
        term->base = base;
        term->index = (uint32_t)index;
    }
    return term;
}

static pst_term *check_index(pst_checker *c, const pst_node *node)
{
    const pst_node *key = node->first->next;
    pst_term *base = pst_check_term(c, node->first);
    char type[128];

    if (base == NULL || key->kind == PST_NODE_BROKEN) {
        return NULL;
    }
    if (key->kind == PST_NODE_STAR) {
        pst_checker_complain(c, POSTERN_UNSUPPORTED, key->span,
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
    pst_complain_of(&c->unit->complaints, POSTERN_TYPE, base->span,
                    "only maps and arrays "
                    "have elements; this is of type",
                    postern_text(type), "", NULL);
    return NULL;
}

static bool is_function(postern_str name)
{
    for (size_t id = 0; id < PST_FUNCTION_COUNT; id++) {
        if (pst_str_same(pst_function_at(id)->name, name)) {
            return true;
        }
    }
    return false;
}

/* The overload of `name` that takes these arguments, or PST_FUNCTION_COUNT. */
static size_t find_function(postern_str name, pst_term *const *arguments, size_t count)
{
    for (size_t id = 0; id < PST_FUNCTION_COUNT && count <= PST_PARAMETERS_MAX; id++) {
        const pst_function *function = pst_function_at(id);
        size_t matching = 0;
        if (!pst_str_same(function->name, name)) {
            continue;
        }
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

/* Reads the arguments. @return false when one of them was told to be wrong */
static bool check_arguments(pst_checker *c, const pst_node *node, pst_term **arguments,
                            size_t *count)
{
    bool whole = true;

    *count = 0;
    for (const pst_node *at = node->first; at != NULL; at = at->next, (*count)++) {
        if (at->kind == PST_NODE_TEXT || at->kind == PST_NODE_NUMBER) {
            pst_checker_complain(c, POSTERN_TYPE, at->span,
                                 "a field is wanted here, not a literal", NULL);
            whole = false;
        } else if (*count < PST_PARAMETERS_MAX) {
            arguments[*count] = pst_check_term(c, at);
            whole = whole && arguments[*count] != NULL;
        }
    }
    return whole && c->status == POSTERN_OK;
}

static pst_term *check_call(pst_checker *c, const pst_node *node)
{
    pst_term *arguments[PST_PARAMETERS_MAX] = {NULL};
    size_t count;
    size_t id;
    pst_term *term;

    if (!is_function(node->text)) {
        const pst_span name = {node->span.offset, node->text.len};
        pst_complain_unknown_function(&c->unit->complaints, name, node->text);
        return NULL;
    }
    if (!check_arguments(c, node, arguments, &count)) {
        return NULL;
    }
    id = find_function(node->text, arguments, count);
    if (id == PST_FUNCTION_COUNT) {
        pst_complain_of(&c->unit->complaints, POSTERN_TYPE, node->span, "the function",
                        node->text,
                        count == 1 ? " does not take an argument of this type"
                                   : " takes exactly one argument",
                        NULL);
        return NULL;
    }
    term = term_new(c, PST_TERM_CALL, pst_function_at(id)->result, node->span);
    if (term != NULL) {
        term->function = (uint8_t)id;
        for (size_t i = 0; i < count; i++) {
            term->arguments[i] = arguments[i];
        }
    }
    return term;
}

/* Recursion is bounded by the parser's nesting limit and, for chains of indexes,
 * by the depth of types: an index into a scalar is an error. */
pst_term *pst_check_term(pst_checker *c, const pst_node *node)
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
