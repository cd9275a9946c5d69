/*
 * compile/check.c - gives every name its meaning and every comparison its types.
 *
 * After an error it goes on: each comparison is judged by itself, and a claim that
 * could not be made sense of is NULL here and never compiled.
 */
#include "compile/checker.h"
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

static pst_claim *claim_new(pst_checker *c, pst_claim_kind kind)
{
    pst_claim *claim = pst_checker_make(c, sizeof *claim);

    if (claim != NULL) {
        claim->kind = (uint8_t)kind;
    }
    return claim;
}

/* "== true" and its kind: Booleans stand alone, arrays and maps need an element. */
static bool comparable(pst_checker *c, const pst_node *node, const pst_term *left)
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
        pst_checker_complain(c, POSTERN_TYPE, node->span,
                 "a Boolean is not compared, it stands for itself", hint);
        return false;
    case POSTERN_KIND_ARRAY:
        pst_write_text(&out, "name one element: ");
        pst_write_printable(&out, pst_str_slice(name, 0, 80));
        pst_write_text(&out, "[0]");
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
        pst_checker_complain(c, POSTERN_TYPE, node->span, "a map is not compared as a whole", hint);
        return false;
    case POSTERN_KIND_NONE:
        break;
    }
    return false;
}

/* "http.host eq example.com": the right side was meant to be a string. */
static bool unquoted_string(pst_checker *c, const pst_term *left, const pst_node *right)
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

static void complain_of_right(pst_checker *c, const pst_term *left, const pst_node *right)
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
    pst_checker_complain(c, POSTERN_TYPE, right->span, message,
             left->type == POSTERN_STRING ? "strings are written in quotes"
                                          : "numbers and addresses stand without quotes");
}

static pst_claim *check_compare(pst_checker *c, const pst_node *node)
{
    const pst_node *right = node->first->next;
    const pst_comparison relation = (pst_comparison)node->relation;
    pst_term *left = pst_check_term(c, node->first);
    pst_term *term;

    if (left == NULL || !comparable(c, node, left) || right->kind == PST_NODE_BROKEN) {
        return NULL;
    }
    if (relation == PST_COMPARE_IN) {
        return pst_test_in(c, left, right);
    }
    if (right->kind == PST_NODE_TEXT || right->kind == PST_NODE_NUMBER) {
        if ((right->kind == PST_NODE_TEXT) != (left->type == POSTERN_STRING)) {
            complain_of_right(c, left, right);
            return NULL;
        }
        return pst_test_literal(c, left, relation, right);
    }
    if (unquoted_string(c, left, right)) {
        return NULL;
    }
    term = pst_check_term(c, right);
    return term == NULL ? NULL : pst_test_terms(c, left, relation, term);
}

static pst_claim *check_bare(pst_checker *c, const pst_node *node)
{
    pst_term *term = pst_check_term(c, node->first);
    char hint[160];
    pst_writer out = {hint, sizeof hint, 0};
    char type[64];

    if (term == NULL) {
        return NULL;
    }
    if (term->type == POSTERN_BOOL) {
        return pst_test_new(c, term, PST_OP_BOOL);
    }
    (void)postern_type_name(term->type, type, sizeof type);
    pst_write_text(&out, "only a Boolean stands for itself; this is of type ");
    pst_write_text(&out, type);
    (void)pst_write_end(&out);
    pst_checker_complain(c, POSTERN_TYPE, term->span, "a comparison is missing", hint);
    return NULL;
}

static pst_claim *check_claim(pst_checker *c, const pst_node *node);

static pst_claim *check_children(pst_checker *c, const pst_node *node, pst_claim_kind kind)
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

static pst_claim *check_claim(pst_checker *c, const pst_node *node)
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
            (void)pst_check_term(c, node->first);
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
    pst_checker c = {compilation, POSTERN_OK};

    *out = check_claim(&c, tree);
    return c.status;
}
