#include "input.h"

#include "model/scheme.h"
#include "model/value.h"

#include <string.h>

static bool is(const json_line *line, size_t node, postern_json_kind kind)
{
    return node != 0 && line->nodes[node].kind == (uint8_t)kind;
}

static bool is_object(const json_line *line)
{
    return line->nodes != NULL && line->nodes[0].kind == POSTERN_JSON_OBJECT;
}

/* --- fields ----------------------------------------------------------------------- */

/* The type that a value looks like; 0: none. What is empty holds strings. */
static postern_type guess(const json_line *line, size_t node)
{
    const postern_json_node *const at = &line->nodes[node];
    const bool empty = at->next == node + 1;

    switch ((postern_json_kind)at->kind) {
    case POSTERN_JSON_FALSE:
    case POSTERN_JSON_TRUE:
        return POSTERN_BOOL;
    case POSTERN_JSON_INTEGER:
        return POSTERN_INT;
    case POSTERN_JSON_STRING:
        return POSTERN_STRING;
    case POSTERN_JSON_ARRAY:
        return POSTERN_ARRAY_OF(empty ? POSTERN_STRING : guess(line, node + 1));
    case POSTERN_JSON_OBJECT:
        return POSTERN_MAP_OF(empty ? POSTERN_ARRAY_OF(POSTERN_STRING)
                                    : guess(line, node + 2));
    case POSTERN_JSON_NULL:
    case POSTERN_JSON_NUMBER:
    case POSTERN_JSON_KEY:
        break;
    }
    return 0;
}

static const char *learn(const json_line *line, size_t object, postern_scheme *scheme,
                         pst_arena *memory)
{
    for (size_t at = object + 1; at < line->nodes[object].next;
         at = line->nodes[at].next) {
        const postern_str name = json_line_text(line, at, memory);
        const postern_type type = guess(line, at + 1);
        postern_field field;
        if (postern_scheme_find_field(scheme, name, &field, NULL) == POSTERN_OK) {
            scheme->fields[field.index].phases = PST_PHASES_ANY;
            continue;
        }
        if (!pst_type_valid(type) ||
            pst_scheme_add(scheme, name, type, NULL) != POSTERN_OK) {
            return "a context has a value of no type";
        }
    }
    return NULL;
}

const char *input_learn(const json_line *line, postern_scheme *scheme,
                        pst_arena *memory)
{
    size_t one;
    size_t many;
    const char *problem = NULL;

    if (!is_object(line)) {
        return "not a JSON object";
    }
    one = json_line_member(line, 0, "ctx");
    many = json_line_member(line, 0, "ctxs");
    if (is(line, one, POSTERN_JSON_OBJECT)) {
        problem = learn(line, one, scheme, memory);
    }
    if (is(line, many, POSTERN_JSON_ARRAY)) {
        for (size_t at = many + 1; at < line->nodes[many].next && problem == NULL;
             at = line->nodes[at].next) {
            if (is(line, at, POSTERN_JSON_OBJECT)) {
                problem = learn(line, at, scheme, memory);
            }
        }
    }
    return problem;
}

/* --- cases ------------------------------------------------------------------------ */

typedef struct reader {
    const json_line *line;
    const postern_scheme *scheme;
    pst_arena *memory;
    postern_str *culprit;
} reader;

static const char *read_expressions(const reader *from, input_case *out)
{
    const size_t one = json_line_member(from->line, 0, "expr");
    const size_t many = json_line_member(from->line, 0, "exprs");
    const size_t count = many == 0 ? 1 : json_line_count(from->line, many);
    postern_str *const texts = take(from->memory, count, sizeof *texts);

    *from->culprit = postern_text("expr");
    out->ruleset = many != 0;
    out->expressions = texts;
    out->expression_count = count;
    if ((one == 0) == (many == 0)) {
        return "either an expression or a list of them";
    }
    if (is(from->line, one, POSTERN_JSON_STRING)) {
        texts[0] = json_line_text(from->line, one, from->memory);
        return NULL;
    }
    if (!is(from->line, many, POSTERN_JSON_ARRAY) || count == 0) {
        return "not a string, or not a list of strings";
    }
    for (size_t at = many + 1, i = 0; i < count; at = from->line->nodes[at].next, i++) {
        if (!is(from->line, at, POSTERN_JSON_STRING)) {
            return "not a list of strings";
        }
        texts[i] = json_line_text(from->line, at, from->memory);
    }
    return NULL;
}

static const char *read_context(const reader *from, size_t node, input_context *out)
{
    return context_read(from->line, node, from->scheme, from->memory, &out->fields,
                        &out->count, from->culprit);
}

static const char *read_contexts(const reader *from, input_case *out)
{
    const size_t one = json_line_member(from->line, 0, "ctx");
    const size_t many = json_line_member(from->line, 0, "ctxs");
    const size_t count = many == 0 ? 1 : json_line_count(from->line, many);
    input_context *const contexts = take(from->memory, count, sizeof *contexts);
    const char *problem = NULL;

    *from->culprit = postern_text("ctx");
    out->contexts = contexts;
    out->context_count = count;
    if ((one == 0) == (many == 0)) {
        return "either a context or a list of them";
    }
    if (many == 0) {
        return read_context(from, one, &contexts[0]);
    }
    if (!is(from->line, many, POSTERN_JSON_ARRAY) || count == 0) {
        return "not a list of contexts";
    }
    for (size_t at = many + 1, i = 0; i < count && problem == NULL;
         at = from->line->nodes[at].next, i++) {
        problem = read_context(from, at, &contexts[i]);
    }
    return problem;
}

static postern_str terminated(postern_str text, pst_arena *memory)
{
    char *const bytes = take(memory, text.len + 1, 1);

    memcpy(bytes, text.data, text.len);
    bytes[text.len] = '\0';
    return (postern_str){bytes, text.len};
}

/* -1: no Boolean. */
static signed char boolean(const json_line *line, size_t node)
{
    if (is(line, node, POSTERN_JSON_TRUE)) {
        return 1;
    }
    return is(line, node, POSTERN_JSON_FALSE) ? 0 : -1;
}

static const char *read_expectation(const reader *from, input_case *out)
{
    const size_t node = json_line_member(from->line, 0, "expect");
    signed char *const each = take(from->memory, out->context_count, 1);
    size_t count = 0;

    for (size_t i = 0; i < out->context_count; i++) {
        each[i] = boolean(from->line, node);
    }
    *from->culprit = postern_text("expect");
    out->expected = each;
    out->expected_matches = -1;
    if (node == 0 || is(from->line, node, POSTERN_JSON_NULL) ||
        boolean(from->line, node) >= 0) {
        return NULL;
    }
    if (is(from->line, node, POSTERN_JSON_INTEGER)) {
        return postern_json_integer(from->line->text, &from->line->nodes[node],
                                    &out->expected_matches) &&
                       out->expected_matches >= 0
                   ? NULL
                   : "not a number of matches";
    }
    if (!is(from->line, node, POSTERN_JSON_ARRAY) ||
        json_line_count(from->line, node) != out->context_count) {
        return "neither a Boolean, nor one for each context, nor a number of them";
    }
    for (size_t at = node + 1; at < from->line->nodes[node].next;
         at = from->line->nodes[at].next) {
        each[count] = boolean(from->line, at);
        if (each[count++] < 0) {
            return "not a list of Booleans";
        }
    }
    return NULL;
}

const char *input_read(const json_line *line, const postern_scheme *scheme,
                       pst_arena *memory, input_case *out, postern_str *culprit)
{
    const reader from = {line, scheme, memory, culprit};
    size_t name;
    const char *problem;

    *out = (input_case){0};
    *culprit = postern_text("");
    if (!is_object(line)) {
        return "not a JSON object";
    }
    *culprit = postern_text("name");
    name = json_line_member(line, 0, "name");
    if (!is(line, name, POSTERN_JSON_STRING)) {
        return "not a string";
    }
    out->name = terminated(json_line_text(line, name, memory), memory);
    problem = read_expressions(&from, out);
    if (problem == NULL) {
        problem = read_contexts(&from, out);
    }
    return problem != NULL ? problem : read_expectation(&from, out);
}
