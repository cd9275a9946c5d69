/*
 * compile/terms.c - fields and elements: names looked up, types known.
 */
#include "compile/checker.h"
#include "compile/suggest.h"
#include "support/attribute.h"
#include "support/text.h"

pst_term *pst_term_new(pst_checker *c, pst_term_kind kind, postern_type type,
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

static void complain_of_phase(pst_checker *c, const pst_node *node, uint8_t phases)
{
    const char *hint = (phases & PST_PHASES_RESPONSE) != 0
                           ? "it is known once the request is answered"
                           : "it is a field of network packets";

    pst_complain_of(&c->unit->complaints, POSTERN_UNKNOWN_NAME, node->span, "the field",
                    node->text, " has no value in this phase", hint);
}

/* The field may be named here at all. */
static bool field_allowed(pst_checker *c, const pst_node *node,
                          const pst_field_info *info)
{
    static const postern_str own = POSTERN_STR("postern.");
    const postern_compile_options *options = c->unit->options;

    if (options->phase > POSTERN_PHASE_PACKET ||
        (info->phases & 1U << options->phase) == 0) {
        complain_of_phase(c, node, info->phases);
        return false;
    }
    if (options->strict_cloudflare && pst_str_starts(node->text, own)) {
        pst_checker_complain(c, POSTERN_UNSUPPORTED, node->span,
                             "Cloudflare does not have this field",
                             "fields of postern's own are refused in strict mode");
        return false;
    }
    if (options->provided_only && !info->provided) {
        pst_complain_of(&c->unit->complaints, POSTERN_UNSUPPORTED, node->span,
                        "this server does not provide the field", node->text, "",
                        "the program declares what it sets: postern_scheme_provide()");
        return false;
    }
    return true;
}

static PST_NOINLINE void note_successor(pst_checker *c, const pst_node *node,
                                        postern_str successor)
{
    char hint[96];
    pst_writer out = {hint, sizeof hint, 0};

    pst_write_text(&out, "write ");
    pst_write_printable(&out, successor);
    (void)pst_write_end(&out);
    pst_note(&c->unit->complaints, node->span, "this name is deprecated", hint);
}

static PST_NOINLINE pst_term *check_field(pst_checker *c, const pst_node *node)
{
    const postern_scheme *scheme = c->unit->scheme;
    const postern_str *successor;
    const size_t field = pst_scheme_resolve(scheme, node->text, &successor);
    pst_term *term;

    if (field == SIZE_MAX) {
        pst_complain_unknown_field(&c->unit->complaints, scheme, node->span,
                                   node->text);
        return NULL;
    }
    if (!field_allowed(c, node, &scheme->fields[field])) {
        return NULL;
    }
    if (successor != NULL) {
        note_successor(c, node, *successor);
    }
    term = pst_term_new(c, PST_TERM_FIELD, scheme->fields[field].type, node->span);
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

static PST_NOINLINE pst_term *check_map_get(pst_checker *c, const pst_node *node,
                                            pst_term *base, const pst_node *key)
{
    pst_term *term;

    if (key->kind != PST_NODE_TEXT || key->raw) {
        pst_checker_complain(c, POSTERN_TYPE, key->span,
                             "a map is indexed with a quoted key",
                             "such as http.request.headers[\"x-id\"]");
        return NULL;
    }
    warn_header_case(c, base, key);
    term =
        pst_term_new(c, PST_TERM_MAP_GET, postern_type_element(base->type), node->span);
    if (term == NULL || !pst_checker_keep(c, key->text, &term->key)) {
        return NULL;
    }
    term->base = base;
    term->mapped = base->mapped;
    return term;
}

static PST_NOINLINE pst_term *check_array_get(pst_checker *c, const pst_node *node,
                                              pst_term *base, const pst_node *key)
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
    pst_checker_warn_octal(c, key);
    if (index < 0 || index > (int64_t)UINT32_MAX) {
        pst_checker_complain(c, POSTERN_INVALID, key->span,
                             "an index is between 0 and 4294967295", NULL);
        return NULL;
    }
    term = pst_term_new(c, PST_TERM_ARRAY_GET, postern_type_element(base->type),
                        node->span);
    if (term != NULL) {
        term->base = base;
        term->mapped = base->mapped;
        term->index = (uint32_t)index;
    }
    return term;
}

/* base[*]: each element of an array, each value of a map. */
static PST_NOINLINE pst_term *check_each(pst_checker *c, const pst_node *node,
                                         pst_term *base)
{
    pst_term *term =
        pst_term_new(c, PST_TERM_EACH, postern_type_element(base->type), node->span);

    if (term != NULL) {
        term->base = base;
        term->mapped = true;
    }
    return term;
}

static PST_NOINLINE void complain_of_elements(pst_checker *c, const pst_term *base)
{
    char type[128];

    (void)postern_type_name(base->type, type, sizeof type);
    pst_complain_of(&c->unit->complaints, POSTERN_TYPE, base->span,
                    "only maps and arrays have elements; this is of type",
                    postern_text(type), "", NULL);
}

static pst_term *check_index(pst_checker *c, const pst_node *node)
{
    const pst_node *key = node->first->next;
    pst_term *base = pst_check_term(c, node->first);

    if (base == NULL || key->kind == PST_NODE_BROKEN) {
        return NULL;
    }
    if (postern_type_element(base->type) == 0) {
        complain_of_elements(c, base);
        return NULL;
    }
    if (key->kind == PST_NODE_STAR) {
        return check_each(c, node, base);
    }
    return postern_type_kind(base->type) == POSTERN_KIND_MAP
               ? check_map_get(c, node, base, key)
               : check_array_get(c, node, base, key);
}

/* Recursion is bounded by the parser's nesting limit and, for chains of indexes,
 * by the depth of types: an index into a scalar is an error. */
pst_term *pst_check_term(pst_checker *c, const pst_node *node)
{
    pst_claim_kind quantifier;

    switch ((pst_node_kind)node->kind) {
    case PST_NODE_NAME:
        return check_field(c, node);
    case PST_NODE_CALL:
        return pst_is_quantifier(node, &quantifier) ? pst_check_claim_value(c, node)
                                                    : pst_check_call(c, node);
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
