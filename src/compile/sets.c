/*
 * compile/sets.c - `in { ... }`, its members read by the type of the left side, and
 * `in $list`.
 */
#include "compile/checker.h"
#include "match/list.h"
#include "support/text.h"

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
static bool items_are(pst_checker *c, const pst_node *set, pst_node_kind kind,
                      const char *message, const char *hint)
{
    bool all = true;

    for (const pst_node *item = set->first; item != NULL; item = item->next) {
        if (item->kind == PST_NODE_BROKEN) {
            all = false;
        } else if (item->kind != kind) {
            pst_checker_complain(c, POSTERN_TYPE, item->span, message, hint);
            all = false;
        }
    }
    return all;
}

/* The claim, unless the set could not be built. */
static pst_claim *built_in(pst_checker *c, bool built, pst_claim *claim)
{
    if (!built) {
        c->status = c->unit->constants->status;
        return NULL;
    }
    return claim;
}

/* Strings, or hex bytes. */
static bool keep_member(pst_checker *c, const pst_node *item, postern_str *out)
{
    if (item->kind == PST_NODE_NUMBER) {
        return pst_checker_read_bytes(c, item, out);
    }
    return item->kind == PST_NODE_TEXT && pst_checker_keep(c, item->text, out);
}

static pst_claim *test_eq(pst_checker *c, pst_term *left, postern_str text)
{
    pst_claim *claim = pst_test_new(c, left, PST_OP_STRING_EQ);

    if (claim != NULL) {
        claim->test.as.string = text;
    }
    return claim;
}

/* One or two members cost less as tests of their own, where the value is always there:
 * less time than a set, and a fraction of its memory. */
static bool is_pair(const pst_checker *c, const pst_term *left, size_t count)
{
    return count >= 1 && count <= 2 && left->kind == PST_TERM_FIELD &&
           !pst_field_needs_check(&c->unit->scheme->fields[left->field]);
}

static pst_claim *test_pair(pst_checker *c, pst_term *left, const postern_str *members,
                            size_t count)
{
    pst_claim *first = test_eq(c, left, members[0]);
    pst_claim *second = count == 1 ? NULL : test_eq(c, left, members[1]);
    pst_claim *either;

    if (first == NULL || count == 1) {
        return first;
    }
    either = pst_checker_make(c, sizeof *either);
    if (second == NULL || either == NULL) {
        return NULL;
    }
    either->kind = PST_CLAIM_OR;
    either->first = first;
    first->next = second;
    return either;
}

static pst_claim *test_in_strings(pst_checker *c, pst_term *left, const pst_node *set)
{
    const size_t count = count_items(set);
    postern_str *members = pst_checker_make(c, (count + 1) * sizeof *members);
    pst_string_set *built;
    pst_claim *claim;
    bool whole = true;
    size_t at = 0;

    if (members == NULL) {
        return NULL;
    }
    for (const pst_node *item = set->first; item != NULL && c->status == POSTERN_OK;
         item = item->next) {
        whole = keep_member(c, item, &members[at++]) && whole;
        pst_checker_warn_host(c, left, item);
    }
    if (!whole || c->status != POSTERN_OK) {
        return NULL;
    }
    if (is_pair(c, left, count)) {
        return test_pair(c, left, members, count);
    }
    built = pst_checker_make_constant(c, sizeof *built);
    claim = pst_test_new(c, left, PST_OP_STRING_IN);
    if (built == NULL || claim == NULL) {
        return NULL;
    }
    claim->test.as.string_set = built;
    return built_in(c, pst_string_set_build(c->unit->constants, members, count, built),
                    claim);
}

static pst_claim *test_in_ints(pst_checker *c, pst_term *left, const pst_node *set)
{
    const size_t count = count_items(set);
    pst_int_range *ranges = pst_checker_make(c, (count + 1) * sizeof *ranges);
    pst_int_set *built = pst_checker_make_constant(c, sizeof *built);
    pst_claim *claim = pst_test_new(c, left, PST_OP_INT_IN);
    pst_literal_problem problem;
    bool whole = true;
    size_t at = 0;

    if (ranges == NULL || built == NULL || claim == NULL ||
        !items_are(c, set, PST_NODE_NUMBER, "this set holds numbers", NULL)) {
        return NULL;
    }
    for (const pst_node *item = set->first; item != NULL; item = item->next) {
        pst_checker_warn_octal(c, item);
        if (!pst_read_int_range(item->text, &ranges[at++], &problem)) {
            pst_checker_complain_of_literal(c, item, &problem);
            whole = false;
        }
    }
    if (!whole) {
        return NULL;
    }
    claim->test.as.int_set = built;
    return built_in(c, pst_int_set_build(c->unit->constants, ranges, count, built),
                    claim);
}

static pst_claim *test_in_ips(pst_checker *c, pst_term *left, const pst_node *set)
{
    const size_t count = count_items(set);
    pst_ip_range *ranges = pst_checker_make(c, (count + 1) * sizeof *ranges);
    pst_ip_set *built = pst_checker_make_constant(c, sizeof *built);
    pst_claim *claim = pst_test_new(c, left, PST_OP_IP_IN);
    pst_literal_problem problem;
    bool whole = true;
    size_t at = 0;

    if (ranges == NULL || built == NULL || claim == NULL ||
        !items_are(c, set, PST_NODE_NUMBER, "this set holds addresses",
                   "addresses are written without quotes")) {
        return NULL;
    }
    for (const pst_node *item = set->first; item != NULL; item = item->next) {
        if (!pst_read_ip_range(item->text, &ranges[at++], &problem)) {
            pst_checker_complain_of_literal(c, item, &problem);
            whole = false;
        }
    }
    if (!whole) {
        return NULL;
    }
    claim->test.as.ip_set = built;
    return built_in(c, pst_ip_set_build(c->unit->constants, ranges, count, built),
                    claim);
}

/* --- named lists ---------------------------------------------------------------------- */

static void complain_of_list(pst_checker *c, const pst_node *node)
{
    const postern_compile_options *options = c->unit->options;
    char hint[96];
    pst_writer out = {hint, sizeof hint, 0};
    pst_nearest nearest;

    pst_nearest_init(&nearest, node->text);
    for (size_t i = 0; i < options->list_count; i++) {
        pst_nearest_try(&nearest, options->lists[i].name);
    }
    if (nearest.best.len > 0) {
        pst_write_text(&out, "did you mean '$");
        pst_write_printable(&out, nearest.best);
        pst_write_text(&out, "'?");
    } else if (options->list_count == 0) {
        pst_write_text(&out, "no lists are declared");
    }
    (void)pst_write_end(&out);
    pst_complain_of(&c->unit->complaints, POSTERN_UNKNOWN_NAME, node->span,
                    "unknown list", node->text, "", hint[0] == '\0' ? NULL : hint);
}

static void complain_of_list_kind(pst_checker *c, const pst_term *left,
                                  const pst_node *node, postern_list_kind kind)
{
    char after[128];
    pst_writer out = {after, sizeof after, 0};
    char type[64];

    (void)postern_type_name(left->type, type, sizeof type);
    pst_write_text(&out, " is of kind ");
    pst_write_text(&out, postern_list_kind_text(kind));
    pst_write_text(&out, ", the left side of type ");
    pst_write_text(&out, type);
    (void)pst_write_end(&out);
    pst_complain_of(&c->unit->complaints, POSTERN_TYPE, node->span, "the list",
                    node->text, after, NULL);
}

/* Host names are compared in normal form: that of these fields. */
static bool is_host_name(const pst_term *left)
{
    return left->kind == PST_TERM_FIELD &&
           (left->field == PST_FIELD_HOST || left->field == PST_FIELD_POSTERN_SNI);
}

static pst_opcode list_opcode(postern_type type)
{
    if (type == POSTERN_IP) {
        return PST_OP_IP_LIST;
    }
    return type == POSTERN_INT ? PST_OP_INT_LIST : PST_OP_STRING_LIST;
}

static pst_claim *test_in_list(pst_checker *c, pst_term *left, const pst_node *node)
{
    const postern_compile_options *options = c->unit->options;
    pst_claim *claim;
    size_t at = 0;

    while (at < options->list_count &&
           !pst_str_same(options->lists[at].name, node->text)) {
        at++;
    }
    if (at == options->list_count) {
        complain_of_list(c, node);
        return NULL;
    }
    const postern_list_kind kind = postern_list_kind_of(options->lists[at].list);
    if (pst_list_type(kind) != left->type) {
        complain_of_list_kind(c, left, node, kind);
        return NULL;
    }
    if (kind == POSTERN_LIST_HOSTNAME && !is_host_name(left)) {
        pst_checker_complain(c, POSTERN_TYPE, node->span,
                             "host name lists are for http.host and postern.tls.sni",
                             "other strings go with lists of kind string");
        return NULL;
    }
    claim = pst_test_new(c, left, list_opcode(left->type));
    if (claim != NULL) {
        claim->test.as.list = (uint32_t)at;
    }
    return claim;
}

pst_claim *pst_test_in(pst_checker *c, pst_term *left, const pst_node *set)
{
    if (set->kind == PST_NODE_LIST) {
        return test_in_list(c, left, set);
    }
    if (left->type == POSTERN_STRING) {
        return test_in_strings(c, left, set);
    }
    return left->type == POSTERN_INT ? test_in_ints(c, left, set)
                                     : test_in_ips(c, left, set);
}
