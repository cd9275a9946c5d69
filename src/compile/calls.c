/*
 * compile/calls.c - calls: arguments read as the function's parameters want them.
 */
#include "compile/checker.h"
#include "compile/regexes.h"
#include "compile/suggest.h"
#include "support/attribute.h"
#include "support/text.h"
#include "syntax/place.h"

bool pst_is_quantifier(const pst_node *node, pst_claim_kind *kind)
{
    static const postern_str any = POSTERN_STR("any");
    static const postern_str all = POSTERN_STR("all");

    if (node->kind != PST_NODE_CALL) {
        return false;
    }
    *kind = pst_str_same(node->text, any) ? PST_CLAIM_ANY : PST_CLAIM_ALL;
    return *kind == PST_CLAIM_ANY || pst_str_same(node->text, all);
}

/* --- what arguments are ---------------------------------------------------------- */

/* What a literal number may be read as here. */
static uint16_t wanted_kinds(const pst_parameter *parameter, const pst_term *first)
{
    uint16_t takes = parameter->takes;

    if (first != NULL && (takes & PST_TAKES_SAME) != 0) {
        takes |= pst_takes_of(first->type);
    }
    if (first != NULL && (takes & PST_TAKES_ELEMENT) != 0) {
        takes |= pst_takes_of(postern_type_element(first->type));
    }
    return takes;
}

static PST_NOINLINE pst_term *literal_string(pst_checker *c, const pst_node *node)
{
    pst_term *term = pst_term_new(c, PST_TERM_LITERAL, POSTERN_STRING, node->span);

    return term == NULL || pst_checker_keep(c, node->text, &term->value.string) ? term
                                                                                : NULL;
}

static PST_NOINLINE pst_term *literal_regex(pst_checker *c, const pst_node *node)
{
    pst_term *term = literal_string(c, node);
    pst_pattern pattern;

    if (term == NULL || !pst_checker_regex(c, node, PST_REGEX_CAPTURE, &pattern)) {
        return NULL;
    }
    term->regex = pattern.regex;
    return term;
}

static bool is_decimal(postern_str text)
{
    for (size_t i = text.len > 0 && text.data[0] == '-'; i < text.len; i++) {
        if (!pst_is_digit((unsigned char)text.data[i])) {
            return false;
        }
    }
    return true;
}

/* Numbers are not hexadecimal here, and hex bytes stand only where no field could, as in
 * Cloudflare's engine: elsewhere they could be taken for names. */
static PST_NOINLINE pst_term *literal_number(pst_checker *c, const pst_node *node,
                                             uint16_t takes, uint8_t form)
{
    pst_term *term = pst_term_new(c, PST_TERM_LITERAL, POSTERN_INT, node->span);
    const bool bytes = form == PST_FORM_LITERAL && (takes & PST_TAKES_INT) == 0;
    pst_literal_problem problem;
    bool read;

    if (term == NULL) {
        return NULL;
    }
    if ((takes & PST_TAKES_REGEX) != 0) {
        pst_complain_of(&c->unit->complaints, POSTERN_TYPE, node->span, "", node->text,
                        " is not a string", "strings are written in quotes");
        return NULL;
    }
    if (!bytes && (takes & PST_TAKES_IP) == 0 && !is_decimal(node->text)) {
        pst_complain_of(
            &c->unit->complaints, POSTERN_TYPE, node->span, "", node->text,
            " is not a decimal number",
            (takes & PST_TAKES_STRING) != 0 ? "strings are written in quotes" : NULL);
        return NULL;
    }
    if ((takes & PST_TAKES_INT) == 0 && (takes & PST_TAKES_STRING) != 0) {
        term->type = POSTERN_STRING;
        return pst_checker_read_bytes(c, node, &term->value.string) ? term : NULL;
    }
    if ((takes & PST_TAKES_INT) == 0 && (takes & PST_TAKES_IP) != 0) {
        term->type = POSTERN_IP;
        read = pst_read_ip(node->text, &term->value.ip, &problem);
    } else {
        read = pst_read_int(node->text, &term->value.integer, &problem);
        pst_checker_warn_octal(c, node);
    }
    if (!read) {
        pst_checker_complain_of_literal(c, node, &problem);
        return NULL;
    }
    return term;
}

pst_term *pst_check_claim_value(pst_checker *c, const pst_node *node)
{
    pst_claim *claim = pst_check_claim(c, node);
    pst_term *term;

    if (claim == NULL) {
        return NULL;
    }
    term = pst_term_new(c, claim->each ? PST_TERM_CLAIMS : PST_TERM_CLAIM,
                        claim->each ? POSTERN_ARRAY_OF(POSTERN_BOOL) : POSTERN_BOOL,
                        node->span);
    if (term != NULL) {
        term->claim = claim;
    }
    return term;
}

static pst_term *read_argument(pst_checker *c, const pst_node *node,
                               const pst_parameter *parameter, const pst_term *first)
{
    switch ((pst_node_kind)node->kind) {
    case PST_NODE_TEXT:
        return (parameter->takes & PST_TAKES_REGEX) != 0 ? literal_regex(c, node)
                                                         : literal_string(c, node);
    case PST_NODE_NUMBER:
        return literal_number(c, node, wanted_kinds(parameter, first), parameter->form);
    case PST_NODE_TRUE:
    case PST_NODE_FALSE:
    case PST_NODE_AND:
    case PST_NODE_OR:
    case PST_NODE_XOR:
    case PST_NODE_NOT:
    case PST_NODE_COMPARE:
    case PST_NODE_BARE:
        return pst_check_claim_value(c, node);
    case PST_NODE_NAME:
    case PST_NODE_CALL:
    case PST_NODE_INDEX:
    case PST_NODE_BROKEN:
    case PST_NODE_STAR:
    case PST_NODE_SET:
    case PST_NODE_LIST:
        break;
    }
    return pst_check_term(c, node);
}

/* --- what functions take ----------------------------------------------------------- */

static void write_types(pst_writer *out, const pst_parameter *parameter,
                        const pst_term *first)
{
    static const struct {
        uint16_t takes;
        const char *name;
    } types[] = {
        {PST_TAKES_STRING,  "String"       },
        {PST_TAKES_INT,     "Integer"      },
        {PST_TAKES_BOOL,    "Boolean"      },
        {PST_TAKES_IP,      "IP address"   },
        {PST_TAKES_STRINGS, "Array<String>"},
        {PST_TAKES_ARRAY,   "Array"        },
        {PST_TAKES_MAP,     "Map"          },
    };
    const char *separator = "it takes ";
    char type[64];

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if ((parameter->takes & types[i].takes) != 0) {
            pst_write_text(out, separator);
            pst_write_text(out, types[i].name);
            separator = " or ";
        }
    }
    if ((parameter->takes & (PST_TAKES_SAME | PST_TAKES_ELEMENT)) != 0 &&
        first != NULL) {
        (void)postern_type_name((parameter->takes & PST_TAKES_SAME) != 0
                                    ? first->type
                                    : postern_type_element(first->type),
                                type, sizeof type);
        pst_write_text(out, separator);
        pst_write_text(out, type);
    }
}

/* An array where one of its elements is meant. */
static void write_element_hint(pst_writer *out, const pst_parameter *parameter,
                               size_t index, const pst_term *argument,
                               const pst_term *first)
{
    const postern_type element = postern_type_element(argument->type);

    if (element != 0 && pst_parameter_takes(parameter, element, first->type)) {
        pst_write_text(out, index == 0 ? "; name one element, [0], or map it over all, "
                                         "[*]"
                                       : "; name one element, [0]");
    } else if (index > 0 && (parameter->takes & PST_TAKES_SAME) != 0 &&
               argument->type == postern_type_element(first->type)) {
        pst_write_text(out, ", as the first; of that name one element, [0]");
    }
}

/* "argument 2 of 'split' (separator) ..." */
static PST_NOINLINE void complain_of_argument(pst_checker *c, const pst_node *call,
                                              const pst_parameter *parameter,
                                              size_t index, const pst_term *argument,
                                              const char *what, const char *hint)
{
    char before[48];
    char after[192];
    pst_writer front = {before, sizeof before, 0};
    pst_writer back = {after, sizeof after, 0};

    pst_write_text(&front, "argument ");
    pst_write_size(&front, index + 1);
    pst_write_text(&front, " of");
    (void)pst_write_end(&front);
    pst_write_text(&back, ", ");
    pst_write_text(&back, parameter->name);
    pst_write_text(&back, ", ");
    pst_write_text(&back, what);
    (void)pst_write_end(&back);
    pst_complain_of(&c->unit->complaints, POSTERN_TYPE, argument->span, before,
                    call->text, after, hint);
}

static PST_NOINLINE bool argument_fits(pst_checker *c, const pst_node *call,
                                       size_t index, const pst_parameter *parameter,
                                       const pst_term *argument, const pst_term *first)
{
    const bool literal = argument->kind == PST_TERM_LITERAL;
    char text[160];
    char type[64];
    pst_writer hint = {text, sizeof text, 0};

    if (literal && parameter->form == PST_FORM_VALUE) {
        complain_of_argument(c, call, parameter, index, argument,
                             "is read from the request, not written out", NULL);
        return false;
    }
    if (!literal && parameter->form == PST_FORM_LITERAL) {
        complain_of_argument(c, call, parameter, index, argument, "must be written out",
                             NULL);
        return false;
    }
    if (argument->mapped && index > 0) {
        complain_of_argument(c, call, parameter, index, argument,
                             "cannot be mapped: only the first one takes [*]", NULL);
        return false;
    }
    if (!pst_parameter_takes(parameter, argument->type, first->type)) {
        write_types(&hint, parameter, first);
        write_element_hint(&hint, parameter, index, argument, first);
        (void)pst_write_end(&hint);
        (void)postern_type_name(argument->type, type, sizeof type);
        char what[96];
        pst_writer out = {what, sizeof what, 0};
        pst_write_text(&out, "cannot be of type ");
        pst_write_text(&out, type);
        (void)pst_write_end(&out);
        complain_of_argument(c, call, parameter, index, argument, what, text);
        return false;
    }
    return true;
}

static size_t most_arguments(const pst_checker *c, const pst_function *function,
                             size_t id)
{
    return id == PST_FUNCTION_CONCAT ? c->unit->scheme->options.limits.concat_arguments
                                     : function->max;
}

static PST_NOINLINE bool count_fits(pst_checker *c, const pst_node *node,
                                    const pst_function *function, size_t most,
                                    size_t count)
{
    const bool limited =
        count > most && function == pst_function_at(PST_FUNCTION_CONCAT);
    char after[96];
    pst_writer out = {after, sizeof after, 0};

    if (count >= function->min && count <= most) {
        return true;
    }
    pst_write_text(&out, " takes ");
    pst_write_size(&out, function->min);
    if (most != function->min) {
        pst_write_text(&out, " to ");
        pst_write_size(&out, most);
    }
    pst_write_text(&out, most == 1 ? " argument, not " : " arguments, not ");
    pst_write_size(&out, count);
    (void)pst_write_end(&out);
    pst_complain_of(&c->unit->complaints, limited ? POSTERN_LIMIT : POSTERN_TYPE,
                    node->span, "the function", node->text, after, NULL);
    return false;
}

/* Reads the arguments. @return false when one of them was told to be wrong */
static bool read_arguments(pst_checker *c, const pst_node *node,
                           const pst_function *function, pst_term *call)
{
    const pst_node *at = node->first;
    bool whole = true;

    for (size_t i = 0; i < call->count && c->status == POSTERN_OK; i++, at = at->next) {
        const pst_parameter *parameter = pst_function_parameter(function, i);
        const pst_term *first = i == 0 ? NULL : call->arguments[0];
        pst_term *argument = read_argument(c, at, parameter, first);
        call->arguments[i] = argument;
        if (argument == NULL ||
            !argument_fits(c, node, i, parameter, argument,
                           i == 0 ? argument : call->arguments[0])) {
            whole = false;
        }
        if (i == 0 && !whole) {
            return false; /* the others are judged by its type */
        }
    }
    return whole && c->status == POSTERN_OK;
}

static bool check_arguments(pst_checker *c, const pst_node *node,
                            const pst_function *function, pst_term *call)
{
    const uint32_t rewrites = (function->flags & PST_FLAG_ONCE) != 0;
    bool whole;

    c->unit->rewriting += rewrites;
    whole = read_arguments(c, node, function, call);
    c->unit->rewriting -= rewrites;
    return whole;
}

/* --- literals with rules of their own ------------------------------------------------ */

/* Where the problem stands in the call. */
static pst_span place_of(const pst_checker *c, const pst_node *call,
                         const pst_argument_problem *problem)
{
    const pst_node *argument = call->first;

    for (size_t i = 0; i < problem->argument; i++) {
        argument = argument->next;
    }
    return problem->length > 0 && argument->kind == PST_NODE_TEXT
               ? pst_place_inside(c->unit->complaints.expression, argument,
                                  problem->offset, problem->length)
               : argument->span;
}

static PST_NOINLINE bool check_literals(pst_checker *c, const pst_node *node,
                                        pst_function_check *check, pst_term *call)
{
    pst_arena *constants = c->unit->constants;
    pst_argument *known = pst_checker_make(c, (call->count + 1U) * sizeof *known);
    pst_argument_problem problem = {.message = ""};
    postern_status status;

    if (known == NULL) {
        return false;
    }
    for (size_t i = 0; i < call->count; i++) {
        const pst_term *argument = call->arguments[i];
        known[i] = (pst_argument){argument->type, argument->kind == PST_TERM_LITERAL,
                                  argument->value, argument->regex};
    }
    status = check(constants, known, call->count,
                   c->unit->scheme->options.limits.wildcard_stars, &call->prepared,
                   &problem);
    if (status == POSTERN_OK) {
        return true;
    }
    if (constants->status != POSTERN_OK) {
        c->status = constants->status;
        return false;
    }
    pst_checker_complain(c, problem.status, place_of(c, node, &problem),
                         problem.message, problem.hint);
    return false;
}

static bool has_cryptography(const postern_crypto *crypto, const pst_function *function)
{
    return crypto != NULL &&
           (function == pst_function_at(PST_FUNCTION_IS_TIMED_HMAC_VALID_V0)
                ? crypto->hmac != NULL
                : crypto->digest != NULL);
}

/* Calls that rewrite are counted each for itself, and how many are in each other. */
static bool may_rewrite(pst_checker *c, const pst_node *node, pst_span name, size_t id)
{
    const uint32_t most = c->unit->scheme->options.limits.rewrites;
    const char *problem = NULL;

    if (c->unit->rewrites[id]++ >= most) {
        problem = " is called too often in one expression";
    } else if (c->unit->rewriting >= most) {
        problem = " cannot stand inside another call that rewrites";
    }
    if (problem != NULL) {
        pst_complain_of(&c->unit->complaints, POSTERN_LIMIT, name, "", node->text,
                        problem, NULL);
    }
    return problem == NULL;
}

/* What a function needs besides its arguments. */
static PST_NOINLINE bool may_be_called(pst_checker *c, const pst_node *node,
                                       pst_span name, size_t id)
{
    const pst_function *function = pst_function_at(id);

    if ((function->flags & PST_FLAG_NEEDS_CRYPTO) != 0 &&
        !has_cryptography(c->unit->scheme->options.crypto, function)) {
        pst_complain_of(&c->unit->complaints, POSTERN_CRYPTO, name, "the function",
                        node->text, " needs cryptography",
                        "hand a table of it in: postern_options.crypto");
        return false;
    }
    return (function->flags & PST_FLAG_ONCE) == 0 || may_rewrite(c, node, name, id);
}

static size_t count_nodes(const pst_node *first)
{
    size_t count = 0;

    for (; first != NULL; first = first->next) {
        count++;
    }
    return count;
}

/* The call itself, its arguments still to be read. */
static pst_term *call_new(pst_checker *c, const pst_node *node, size_t id, size_t count)
{
    pst_term *call = pst_term_new(c, PST_TERM_CALL, 0, node->span);

    if (call == NULL) {
        return NULL;
    }
    call->function = (uint8_t)id;
    call->count = (uint8_t)count;
    call->arguments = pst_checker_make(c, count * sizeof(pst_term *));
    return call->arguments == NULL ? NULL : call;
}

/* Part of the call could not be read, which was told: only what its arguments name is
 * looked at. */
bool pst_check_broken_call(pst_checker *c, const pst_node *node)
{
    const pst_node *argument = node->first;

    while (argument != NULL && argument->kind != PST_NODE_BROKEN) {
        argument = argument->next;
    }
    if (argument == NULL) {
        return false;
    }
    for (argument = node->first; argument != NULL && c->status == POSTERN_OK;
         argument = argument->next) {
        if (argument->kind == PST_NODE_NAME || argument->kind == PST_NODE_INDEX ||
            argument->kind == PST_NODE_CALL) {
            (void)pst_check_term(c, argument);
        } else if (argument->kind == PST_NODE_NOT ||
                   argument->kind == PST_NODE_COMPARE) {
            (void)pst_check_claim(c, argument);
        }
    }
    return true;
}

pst_term *pst_check_call(pst_checker *c, const pst_node *node)
{
    const size_t id = pst_function_find(node->text);
    const size_t count = count_nodes(node->first);
    const pst_span name = {node->span.offset, node->text.len};
    const pst_function *function;
    pst_term *call;

    if (id == PST_FUNCTION_COUNT) {
        pst_complain_unknown_function(&c->unit->complaints, name, node->text);
        return NULL;
    }
    if (pst_check_broken_call(c, node)) {
        return NULL;
    }
    function = pst_function_at(id);
    if (!may_be_called(c, node, name, id) ||
        !count_fits(c, node, function, most_arguments(c, function, id), count)) {
        return NULL;
    }
    call = call_new(c, node, id, count);
    if (call == NULL || !check_arguments(c, node, function, call) ||
        (function->check != NULL && !check_literals(c, node, function->check, call))) {
        return NULL;
    }
    call->type = function->result != 0 ? function->result : call->arguments[0]->type;
    if (call->arguments[0]->mapped) {
        call->type = POSTERN_ARRAY_OF(call->type);
    }
    return call;
}
