/*
 * compile/check.c - gives every name its meaning and every comparison its types.
 *
 * After an error it goes on: each comparison is judged by itself, and a claim that
 * could not be made sense of is NULL here and never compiled.
 */
#include "compile/checker.h"
#include "compile/suggest.h"
#include "model/host.h"
#include "support/attribute.h"
#include "support/text.h"

void pst_checker_complain(pst_checker *c, postern_status status, pst_span span,
                          const char *message, const char *hint)
{
    pst_complain(&c->unit->complaints, status, span, message, hint);
}

void pst_checker_complain_of_literal(pst_checker *c, const pst_node *literal,
                                     const pst_literal_problem *problem)
{
    pst_complain_of(&c->unit->complaints, problem->status, literal->span, "",
                    literal->text, problem->message,
                    problem->hint[0] == '\0' ? NULL : problem->hint);
}

void *pst_checker_make(pst_checker *c, size_t size)
{
    void *block = pst_arena_alloc(c->unit->scratch, size);

    if (block == NULL) {
        c->status = c->unit->scratch->status;
        return NULL;
    }
    memset(block, 0, size);
    return block;
}

void *pst_checker_make_constant(pst_checker *c, size_t size)
{
    void *block = pst_arena_alloc(c->unit->constants, size);

    if (block == NULL) {
        c->status = c->unit->constants->status;
    }
    return block;
}

bool pst_checker_keep(pst_checker *c, postern_str text, postern_str *out)
{
    if (!pst_arena_copy(c->unit->constants, text, out)) {
        c->status = c->unit->constants->status;
        return false;
    }
    return true;
}

bool pst_checker_read_bytes(pst_checker *c, const pst_node *literal, postern_str *out)
{
    char *bytes = pst_checker_make_constant(c, literal->text.len / 3 + 1);
    pst_literal_problem problem;

    if (bytes == NULL) {
        return false;
    }
    out->data = bytes;
    if (!pst_read_bytes(literal->text, bytes, &out->len, &problem)) {
        pst_checker_complain_of_literal(c, literal, &problem);
        return false;
    }
    pst_warn(&c->unit->complaints, literal->span,
             "Cloudflare's documentation does not have strings in hex bytes",
             "a quoted string says the same: \"\\x6a\\x0f\"");
    return true;
}

PST_NOINLINE void pst_checker_warn_host(pst_checker *c, const pst_term *left,
                                        const pst_node *literal)
{
    char hint[PST_HOST_MAX + 16];
    pst_writer out = {hint, sizeof hint, 0};
    pst_host host;

    if (left->kind != PST_TERM_FIELD || left->field != PST_FIELD_HOST ||
        literal->kind != PST_NODE_TEXT || literal->text.len == 0) {
        return;
    }
    if (pst_host_normalise(literal->text, PST_HOST_WITH_PORT, &host)) {
        if (pst_str_same(pst_host_name(&host), literal->text)) {
            return;
        }
        pst_write_text(&out, "write \"");
        pst_write_printable(&out, pst_host_name(&host));
        pst_write_text(&out, "\"");
    }
    (void)pst_write_end(&out);
    pst_warn(&c->unit->complaints, literal->span,
             "http.host is never this: it is in lower case, without port or final dot",
             hint[0] == '\0' ? NULL : hint);
}

void pst_checker_warn_octal(pst_checker *c, const pst_node *literal)
{
    const postern_str text = literal->text;

    if (text.len > 1 && text.data[0] == '0' &&
        pst_is_digit((unsigned char)text.data[1])) {
        pst_warn(&c->unit->complaints, literal->span,
                 "this number is octal: it starts with 0", NULL);
    }
}

static pst_claim *claim_new(pst_checker *c, pst_claim_kind kind)
{
    pst_claim *claim = pst_checker_make(c, sizeof *claim);

    if (claim != NULL) {
        claim->kind = (uint8_t)kind;
    }
    return claim;
}

/* What the right side of "x == true" says: 1, 0, or -1 for neither. */
static int truth_of(const pst_node *right)
{
    static const postern_str yes[] = {POSTERN_STR("true"), POSTERN_STR("1")};
    static const postern_str no[] = {POSTERN_STR("false"), POSTERN_STR("0")};

    for (size_t i = 0; i < 2; i++) {
        if (pst_str_same_folded(right->text, yes[i])) {
            return 1;
        }
        if (pst_str_same_folded(right->text, no[i])) {
            return 0;
        }
    }
    return -1;
}

static void write_boolean_hint(pst_writer *out, const pst_node *compare,
                               postern_str name)
{
    const bool equality =
        compare->relation == PST_COMPARE_EQ || compare->relation == PST_COMPARE_NE;
    const int truth = equality ? truth_of(compare->first->next) : -1;
    const bool positive = (truth == 1) == (compare->relation == PST_COMPARE_EQ);
    const postern_str shown = pst_str_slice(name, 0, 60);

    pst_write_text(out, "write '");
    pst_write_text(out, truth >= 0 && !positive ? "not " : "");
    pst_write_printable(out, shown);
    if (truth < 0) {
        pst_write_text(out, "' or 'not ");
        pst_write_printable(out, shown);
    }
    pst_write_text(out, "'");
}

/* "== true" and its kind: Booleans stand alone, arrays and maps need an element. */
static PST_NOINLINE bool comparable(pst_checker *c, const pst_node *node,
                                    const pst_term *left)
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
        write_boolean_hint(&out, node, name);
        (void)pst_write_end(&out);
        pst_checker_complain(c, POSTERN_TYPE, node->span,
                             "a Boolean is not compared, it stands for itself", hint);
        return false;
    case POSTERN_KIND_ARRAY:
        pst_write_text(&out, "name one element, ");
        pst_write_printable(&out, pst_str_slice(name, 0, 60));
        pst_write_text(&out, "[0], or ask any(");
        pst_write_printable(&out, pst_str_slice(name, 0, 60));
        pst_write_text(&out, "[*] ...)");
        (void)pst_write_end(&out);
        pst_checker_complain(c, POSTERN_TYPE, node->span,
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
        pst_checker_complain(c, POSTERN_TYPE, node->span,
                             "a map is not compared as a whole", hint);
        return false;
    case POSTERN_KIND_NONE:
        break;
    }
    return false;
}

/* "http.host eq example.com": the right side was meant to be a string. */
static PST_NOINLINE bool unquoted_string(pst_checker *c, const pst_term *left,
                                         const pst_node *right)
{
    char hint[192];
    pst_writer out = {hint, sizeof hint, 0};

    if (left->type != POSTERN_STRING || right->kind != PST_NODE_NAME ||
        pst_scheme_find(c->unit->scheme, right->text) != SIZE_MAX ||
        pst_looks_like_field(c->unit->scheme, right->text)) {
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

static PST_NOINLINE void complain_of_right(pst_checker *c, const pst_term *left,
                                           const pst_node *right)
{
    char message[128];
    pst_writer out = {message, sizeof message, 0};
    char type[64];

    (void)postern_type_name(left->type, type, sizeof type);
    pst_write_text(&out, "the left side is of type ");
    pst_write_text(&out, type);
    pst_write_text(&out, right->kind == PST_NODE_TEXT
                             ? ", this is a string"
                             : ", this is a number or address");
    (void)pst_write_end(&out);
    pst_checker_complain(c, POSTERN_TYPE, right->span, message,
                         left->type == POSTERN_STRING
                             ? "strings are written in quotes"
                             : "numbers and addresses stand without quotes");
}

/* `left relation right` where right is a literal, or read from the request. */
static PST_NOINLINE pst_claim *check_ordering(pst_checker *c, pst_term *left,
                                              pst_comparison relation,
                                              const pst_node *right)
{
    pst_term *term;

    if (right->kind == PST_NODE_TEXT || right->kind == PST_NODE_NUMBER) {
        if (right->kind == PST_NODE_TEXT && left->type != POSTERN_STRING) {
            complain_of_right(c, left, right);
            return NULL;
        }
        return pst_test_literal(c, left, relation, right);
    }
    if (unquoted_string(c, left, right)) {
        return NULL;
    }
    term = pst_check_term(c, right);
    if (term != NULL && term->mapped) {
        pst_checker_complain(c, POSTERN_TYPE, term->span,
                             "[*] is only allowed on the left side", NULL);
        return NULL;
    }
    return term == NULL ? NULL : pst_test_terms(c, left, relation, term);
}

static pst_claim *check_compare(pst_checker *c, const pst_node *node)
{
    const pst_node *right = node->first->next;
    const pst_comparison relation = (pst_comparison)node->relation;
    pst_term *left = pst_check_term(c, node->first);
    pst_claim *claim = NULL;

    if (left == NULL || !comparable(c, node, left) || right->kind == PST_NODE_BROKEN) {
        return NULL;
    }
    switch (relation) {
    case PST_COMPARE_EQ:
    case PST_COMPARE_NE:
    case PST_COMPARE_LT:
    case PST_COMPARE_LE:
    case PST_COMPARE_GT:
    case PST_COMPARE_GE:
        claim = check_ordering(c, left, relation, right);
        break;
    case PST_COMPARE_IN:
        claim = pst_test_in(c, left, right);
        break;
    case PST_COMPARE_CONTAINS:
    case PST_COMPARE_WILDCARD:
    case PST_COMPARE_STRICT_WILDCARD:
    case PST_COMPARE_MATCHES:
    case PST_COMPARE_BITWISE_AND:
        claim = pst_test_pattern(c, left, node);
        break;
    }
    if (claim != NULL) {
        claim->each = left->mapped;
    }
    return claim;
}

static PST_NOINLINE void complain_of_bare(pst_checker *c, const pst_term *term)
{
    char hint[160];
    pst_writer out = {hint, sizeof hint, 0};
    char type[64];

    (void)postern_type_name(term->type, type, sizeof type);
    pst_write_text(&out, "only a Boolean stands for itself; this is of type ");
    pst_write_text(&out, type);
    (void)pst_write_end(&out);
    pst_checker_complain(c, POSTERN_TYPE, term->span, "a comparison is missing", hint);
}

/* The Booleans of an array as it is stand for themselves like those behind a [*]. */
static pst_claim *check_bare(pst_checker *c, const pst_node *node)
{
    pst_term *term = pst_check_term(c, node);
    const bool direct =
        term != NULL && !term->mapped && term->type == POSTERN_ARRAY_OF(POSTERN_BOOL);
    pst_claim *claim;

    if (direct) {
        pst_term *each = pst_term_new(c, PST_TERM_EACH, POSTERN_BOOL, term->span);
        if (each != NULL) {
            each->base = term;
            each->mapped = true;
        }
        term = each;
    }
    if (term == NULL) {
        return NULL;
    }
    if (term->type != POSTERN_BOOL) {
        complain_of_bare(c, term);
        return NULL;
    }
    claim = pst_test_new(c, term, PST_OP_BOOL);
    if (claim != NULL) {
        claim->each = term->mapped;
        claim->direct = direct;
    }
    return claim;
}

/* --- any() and all() ---------------------------------------------------------------- */

static bool is_value(const pst_node *node)
{
    return node->kind == PST_NODE_NAME || node->kind == PST_NODE_INDEX ||
           node->kind == PST_NODE_CALL;
}

static PST_NOINLINE pst_claim *check_quantifier(pst_checker *c, const pst_node *node,
                                                pst_claim_kind kind)
{
    const pst_node *argument = node->first;
    pst_claim *claim = claim_new(c, kind);
    pst_claim *child;

    if (pst_check_broken_call(c, node)) {
        return NULL;
    }
    if (argument == NULL || argument->next != NULL) {
        pst_complain_of(&c->unit->complaints, POSTERN_TYPE, node->span, "", node->text,
                        " takes exactly one argument",
                        "several conditions go into parentheses of their own: "
                        "any((x[*] eq 1 or x[*] eq 2))");
        return NULL;
    }
    child = pst_check_claim(c, argument);
    if (child == NULL || claim == NULL) {
        return NULL;
    }
    if (!child->each) {
        pst_complain_of(&c->unit->complaints, POSTERN_TYPE, argument->span, "",
                        node->text,
                        " asks the elements of an array; this is one Boolean",
                        "name them with [*], such as "
                        "any(http.request.headers[\"x-role\"][*] eq \"ops\")");
        return NULL;
    }
    /* in parentheses it is mapped: all((array)) */
    child->direct = child->direct && argument->kind != PST_NODE_BARE;
    if (is_value(argument) && !child->direct) {
        pst_complain_of(&c->unit->complaints, POSTERN_TYPE, argument->span, "",
                        node->text, " takes an array of Booleans without [*]",
                        "the [*] belongs in front of a comparison");
        return NULL;
    }
    claim->first = child;
    return claim;
}

/* --- logic -------------------------------------------------------------------------- */

/* Booleans go with Booleans, arrays with arrays. */
static PST_NOINLINE bool shapes_agree(pst_checker *c, const pst_node *node,
                                      const pst_claim *first, const pst_claim *child)
{
    if (first->each == child->each) {
        return true;
    }
    pst_checker_complain(c, POSTERN_TYPE, node->span,
                         "one side is a Boolean, the other an array of them",
                         "make one of the array: any(...) or all(...) around it");
    return false;
}

static pst_claim *check_children(pst_checker *c, const pst_node *node,
                                 pst_claim_kind kind)
{
    pst_claim *claim = claim_new(c, kind);
    pst_claim *last = NULL;
    bool whole = claim != NULL;

    for (const pst_node *at = node->first; at != NULL && c->status == POSTERN_OK;
         at = at->next) {
        pst_claim *child = pst_check_claim(c, at);
        if (child == NULL || claim == NULL) {
            whole = false;
            continue;
        }
        if (last == NULL) {
            claim->first = child;
            claim->each = child->each;
        } else {
            last->next = child;
            whole = whole && shapes_agree(c, node, claim->first, child);
        }
        last = child;
    }
    return whole ? claim : NULL;
}

static pst_claim *check_constant(pst_checker *c, bool truth)
{
    pst_claim *claim = claim_new(c, PST_CLAIM_CONSTANT);

    if (claim != NULL) {
        claim->inverted = !truth;
    }
    return claim;
}

static pst_claim *check_value_alone(pst_checker *c, const pst_node *node)
{
    pst_claim_kind kind;

    return pst_is_quantifier(node, &kind) ? check_quantifier(c, node, kind)
                                          : check_bare(c, node);
}

/* Recursion is bounded by the parser's nesting limit. */
pst_claim *pst_check_claim(pst_checker *c, const pst_node *node)
{
    switch ((pst_node_kind)node->kind) {
    case PST_NODE_TRUE:
    case PST_NODE_FALSE:
        return check_constant(c, node->kind == PST_NODE_TRUE);
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
        return check_value_alone(c, node->first);
    case PST_NODE_NAME:
    case PST_NODE_CALL:
    case PST_NODE_INDEX:
        return check_value_alone(c, node);
    case PST_NODE_BROKEN:
        if (node->first != NULL) {
            (void)pst_check_term(c, node->first);
        }
        return NULL;
    case PST_NODE_TEXT:
    case PST_NODE_NUMBER:
        pst_checker_complain(c, POSTERN_TYPE, node->span,
                             "a literal is neither true nor false", NULL);
        return NULL;
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
    pst_checker c = {compilation, POSTERN_OK};

    *out = pst_check_claim(&c, tree);
    if (*out != NULL && (*out)->each) {
        pst_checker_complain(&c, POSTERN_TYPE,
                             (pst_span){0, compilation->complaints.expression.len},
                             "a filter is one Boolean, this is an array of them",
                             "make one of it: any(...) or all(...) around it");
    }
    return c.status;
}

postern_status pst_check_value(pst_compilation *compilation, const pst_node *tree,
                               pst_term **out)
{
    pst_checker c = {compilation, POSTERN_OK};

    *out = pst_check_term(&c, tree);
    if (*out != NULL && (*out)->mapped) {
        pst_checker_complain(&c, POSTERN_TYPE, (*out)->span,
                             "a value expression does not end in [*]",
                             "without it the value is the whole array");
    }
    return c.status;
}
