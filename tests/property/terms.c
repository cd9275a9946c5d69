/*
 * terms.c - values: fields and what is in them, calls, and both behind [*].
 */
#include "writing.h"

#include "../harness/harness.h"

#include <inttypes.h>
#include <stdio.h>

/* --- fields and elements --------------------------------------------------------------- */

/* How many indexes lead from a field of type `from` to `to`, or -1. */
static int steps_to(postern_type from, postern_type to)
{
    int steps = 0;

    while (from != to) {
        from = postern_type_element(from);
        steps++;
        if (from == 0) {
            return -1;
        }
    }
    return steps;
}

static const generated_field *pick_field(generator *g, postern_type to, int least)
{
    const generated_field *field = g->favourite;

    while (field == NULL || steps_to(field->type, to) < least) {
        field = &g->fields[generator_pick(g, GENERATOR_FIELDS)];
    }
    return field;
}

static value at_index(const value *base, size_t index)
{
    return base->present && index < base->count
               ? base->items[index]
               : value_missing(postern_type_element(base->type));
}

static value at_key(const value *base, postern_str key)
{
    for (size_t i = 0; base->present && i < base->count; i++) {
        if (base->keys[i].len == key.len && text_starts(base->keys[i], key)) {
            return base->items[i];
        }
    }
    return value_missing(postern_type_element(base->type));
}

/* An index as it is written, to be taken of one value or of many. */
typedef struct step {
    bool is_key;
    size_t index;
    postern_str key;
} step;

/* Decimal, octal or hexadecimal. */
static void write_index(generator *g, size_t index, char *text, size_t cap)
{
    switch (generator_pick(g, 3)) {
    case 0:
        (void)snprintf(text, cap, "[%zu]", index);
        break;
    case 1:
        (void)snprintf(text, cap, "[ 0%zo ]", index);
        break;
    default:
        (void)snprintf(text, cap, "[0x%zx]", index);
    }
}

static step write_step(generator *g, postern_type type)
{
    step out = {.is_key = postern_type_kind(type) == POSTERN_KIND_MAP};
    char text[32];

    if (out.is_key) {
        out.key = writing_key(g);
        (void)snprintf(text, sizeof text, "[\"%.*s\"]", (int)out.key.len, out.key.data);
    } else {
        out.index = generator_pick(g, 4);
        write_index(g, out.index, text, sizeof text);
    }
    generator_write(g, text);
    return out;
}

static value take_step(const step *by, const value *base)
{
    return by->is_key ? at_key(base, by->key) : at_index(base, by->index);
}

/* `base` was written: writes indexes down to a value of type `to`. */
static value write_steps(generator *g, value base, postern_type to)
{
    while (base.type != to) {
        const step by = write_step(g, base.type);
        base = base.unsure ? value_unsure(postern_type_element(base.type))
                           : take_step(&by, &base);
    }
    return base;
}

static value write_access(generator *g, postern_type to)
{
    const generated_field *const field = pick_field(g, to, 0);

    generator_write(g, field->name);
    return write_steps(g, field->now, to);
}

/* --- behind [*] --------------------------------------------------------------------- */

/* [*] of what `many` stands for: all there is in its items, one behind the other. */
static value flatten(generator *g, const value *many)
{
    const postern_type element = postern_type_element(postern_type_element(many->type));
    size_t count = 0;
    value out;

    for (size_t i = 0; i < many->count; i++) {
        count += many->items[i].count;
    }
    out = value_array(&g->memory, element, count);
    count = 0;
    for (size_t i = 0; i < many->count; i++) {
        for (size_t j = 0; j < many->items[i].count; j++) {
            out.items[count++] = many->items[i].items[j];
        }
    }
    return out;
}

/* An index behind [*]: where there is no such element, there is none. */
static value step_of_each(generator *g, const step *by, const value *many)
{
    value out =
        value_array(&g->memory, postern_type_element(postern_type_element(many->type)),
                    many->count);

    out.count = 0;
    for (size_t i = 0; i < many->count; i++) {
        const value one = take_step(by, &many->items[i]);
        if (one.present) {
            out.items[out.count++] = one;
        }
    }
    return out;
}

/* `base`, not a scalar, was written: writes indexes, one [*] or more among them, that
 * lead to `to`. The result is the array of what it then stands for. */
static value write_stars(generator *g, value base, postern_type to)
{
    value many = {0};
    bool missing = false;
    bool mapped = false;

    while (base.type != to) {
        const postern_type next = postern_type_element(base.type);
        if (writing_chance(g, 2) || (!mapped && steps_to(next, to) == 0)) {
            generator_write(g, "[*]");
            if (mapped) {
                many = flatten(g, &many);
            } else {
                missing = !base.present;
                many = value_array(&g->memory, base.type, 1);
                many.items[0] = base;
                many = flatten(g, &many);
                mapped = true;
            }
        } else {
            const step by = write_step(g, base.type);
            if (mapped) {
                many = step_of_each(g, &by, &many);
            } else {
                base = take_step(&by, &base);
            }
        }
        base.type = next;
    }
    return missing ? value_missing(many.type) : many;
}

value writing_mapped(generator *g, postern_type element)
{
    const generated_field *field;
    value base;

    if (g->budget > 0 && g->nesting < WRITING_NESTING && writing_chance(g, 4) &&
        postern_type_element(element) == 0) {
        base = writing_value(g, POSTERN_ARRAY_OF(element));
        if (!base.unsure) {
            return write_stars(g, base, element);
        }
        generator_write(g, "[*]");
        return base;
    }
    field = pick_field(g, element, 1);
    generator_write(g, field->name);
    return write_stars(g, field->now, element);
}

/* --- calls -------------------------------------------------------------------------- */

typedef enum model {
    LEN,
    LOWER,
    UPPER,
    CONCAT,
    COALESCE,
    SUBSTRING,
    TO_STRING,
    STARTS_WITH,
    ENDS_WITH,
    HAS_KEY,
    HAS_VALUE,
    JOIN,
    SPLIT,
    NOT_MODELLED
} model;

/* How an argument may be written. LITERALs are written as they stand here. */
typedef enum form { NOTHING, VALUE, EITHER, SEPARATOR, PARTS, LITERAL } form;

typedef struct parameter {
    form form;
    postern_type type;
    const char *literal;
} parameter;

enum { PARAMETERS = 4 };

typedef struct shape {
    model model;
    const char *name;
    postern_type result;
    bool once; /* one in an expression */
    parameter parameters[PARAMETERS];
} shape;

#define B POSTERN_BOOL
#define I POSTERN_INT
#define S POSTERN_STRING
#define P POSTERN_IP
#define A(type) POSTERN_ARRAY_OF(type)
#define M(type) POSTERN_MAP_OF(type)

/* clang-format off */
static const shape shapes[] = {
    {LEN, "len", I, false, {{VALUE, S, NULL}}},
    {LEN, "len", I, false, {{VALUE, A(S), NULL}}},
    {LEN, "len", I, false, {{VALUE, A(I), NULL}}},
    {LEN, "len", I, false, {{VALUE, A(B), NULL}}},
    {LEN, "len", I, false, {{VALUE, A(A(S)), NULL}}},
    {LOWER, "lower", S, false, {{VALUE, S, NULL}}},
    {UPPER, "upper", S, false, {{VALUE, S, NULL}}},
    {CONCAT, "concat", S, false, {{EITHER, S, NULL}, {EITHER, S, NULL}}},
    {CONCAT, "concat", S, false, {{VALUE, S, NULL}, {VALUE, S, NULL}, {EITHER, S, NULL}}},
    {CONCAT, "concat", A(S), false, {{VALUE, A(S), NULL}, {VALUE, A(S), NULL}}},
    {CONCAT, "concat", A(I), false, {{VALUE, A(I), NULL}, {VALUE, A(I), NULL}, {VALUE, A(I), NULL}}},
    {CONCAT, "concat", A(B), false, {{VALUE, A(B), NULL}, {VALUE, A(B), NULL}}},
    {COALESCE, "coalesce", S, false, {{VALUE, S, NULL}, {EITHER, S, NULL}}},
    {COALESCE, "coalesce", S, false, {{VALUE, S, NULL}, {VALUE, S, NULL}, {VALUE, S, NULL}}},
    {COALESCE, "coalesce", I, false, {{VALUE, I, NULL}, {EITHER, I, NULL}}},
    {COALESCE, "coalesce", P, false, {{VALUE, P, NULL}, {EITHER, P, NULL}}},
    {COALESCE, "coalesce", B, false, {{VALUE, B, NULL}, {VALUE, B, NULL}}},
    {COALESCE, "coalesce", A(S), false, {{VALUE, A(S), NULL}, {VALUE, A(S), NULL}}},
    {COALESCE, "coalesce", A(P), false, {{VALUE, A(P), NULL}, {VALUE, A(P), NULL}}},
    {COALESCE, "coalesce", M(S), false, {{VALUE, M(S), NULL}, {VALUE, M(S), NULL}}},
    {SUBSTRING, "substring", S, false, {{VALUE, S, NULL}, {EITHER, I, NULL}}},
    {SUBSTRING, "substring", S, false, {{VALUE, S, NULL}, {EITHER, I, NULL}, {EITHER, I, NULL}}},
    {TO_STRING, "to_string", S, false, {{VALUE, I, NULL}}},
    {TO_STRING, "to_string", S, false, {{VALUE, B, NULL}}},
    {TO_STRING, "to_string", S, false, {{VALUE, P, NULL}}},
    {STARTS_WITH, "starts_with", B, false, {{VALUE, S, NULL}, {EITHER, S, NULL}}},
    {ENDS_WITH, "ends_with", B, false, {{VALUE, S, NULL}, {EITHER, S, NULL}}},
    {HAS_KEY, "has_key", B, false, {{VALUE, M(S), NULL}, {EITHER, S, NULL}}},
    {HAS_KEY, "has_key", B, false, {{VALUE, M(A(S)), NULL}, {EITHER, S, NULL}}},
    {HAS_VALUE, "has_value", B, false, {{VALUE, A(S), NULL}, {EITHER, S, NULL}}},
    {HAS_VALUE, "has_value", B, false, {{VALUE, M(I), NULL}, {EITHER, I, NULL}}},
    {HAS_VALUE, "has_value", B, false, {{VALUE, A(P), NULL}, {EITHER, P, NULL}}},
    {HAS_VALUE, "has_value", B, false, {{VALUE, A(B), NULL}, {VALUE, B, NULL}}},
    {JOIN, "join", S, false, {{VALUE, A(S), NULL}, {EITHER, S, NULL}}},
    {SPLIT, "split", A(S), false, {{VALUE, S, NULL}, {SEPARATOR, S, NULL}, {PARTS, I, NULL}}},
    {NOT_MODELLED, "encode_base64", S, false, {{VALUE, S, NULL}, {LITERAL, S, "\"up\""}}},
    {NOT_MODELLED, "decode_base64", S, false, {{VALUE, S, NULL}}},
    {NOT_MODELLED, "url_decode", S, false, {{VALUE, S, NULL}, {LITERAL, S, "\"r\""}}},
    {NOT_MODELLED, "remove_bytes", S, false, {{VALUE, S, NULL}, {LITERAL, S, "61:2c"}}},
    {NOT_MODELLED, "remove_query_args", S, false, {{VALUE, S, NULL}, {EITHER, S, NULL}}},
    {NOT_MODELLED, "lookup_json_string", S, false, {{VALUE, S, NULL}, {EITHER, S, NULL}}},
    {NOT_MODELLED, "lookup_json_integer", I, false, {{VALUE, S, NULL}, {EITHER, S, NULL}}},
    {NOT_MODELLED, "uuidv4", S, false, {{VALUE, S, NULL}}},
    {NOT_MODELLED, "wildcard_replace", S, true, {{VALUE, S, NULL}, {LITERAL, S, "r\"*a*\""}, {LITERAL, S, "\"${2}-${1}\""}}},
    {NOT_MODELLED, "regex_replace", S, true, {{VALUE, S, NULL}, {LITERAL, S, "\"(a+)([b-y]?)\""}, {LITERAL, S, "\"${2}-${1}\""}}},
    {NOT_MODELLED, "bit_slice", I, false, {{VALUE, S, NULL}, {LITERAL, I, "3"}, {LITERAL, I, "16"}}},
    {NOT_MODELLED, "hash_in_range", I, false, {{LITERAL, I, "0"}, {LITERAL, I, "4"}, {VALUE, S, NULL}, {VALUE, P, NULL}}},
    {NOT_MODELLED, "cidr", P, false, {{VALUE, P, NULL}, {LITERAL, I, "24"}, {LITERAL, I, "64"}}},
    {NOT_MODELLED, "cidr6", P, false, {{VALUE, P, NULL}, {LITERAL, I, "32"}}},
};
/* clang-format on */

/* What a function with one string or two makes of them. */
static value apply_simple(generator *g, model what, const value *arguments)
{
    const value *const first = &arguments[0];

    if (what == LEN) {
        return value_number(
            (int64_t)(first->type == S ? first->text.len : first->count));
    }
    if (what == STARTS_WITH) {
        return value_boolean(text_starts(first->text, arguments[1].text));
    }
    if (what == ENDS_WITH) {
        return value_boolean(text_ends(first->text, arguments[1].text));
    }
    if (what == TO_STRING) {
        return value_text(text_of(&g->memory, first));
    }
    return value_text(what == LOWER ? text_lower(&g->memory, first->text)
                                    : text_upper(&g->memory, first->text));
}

static value apply(generator *g, const shape *how, const value *arguments, size_t count)
{
    const value *const first = &arguments[0];
    bool missing = false;

    for (size_t i = 0; i < count; i++) {
        if (arguments[i].unsure) {
            return value_unsure(how->result);
        }
        missing = missing || !arguments[i].present;
    }
    if (missing && how->model != CONCAT && how->model != COALESCE) {
        return value_missing(how->result);
    }
    switch (how->model) {
    case CONCAT:
        return model_concat(&g->memory, arguments, count);
    case COALESCE:
        return model_coalesce(arguments, count);
    case SUBSTRING:
        return model_substring(arguments, count);
    case HAS_KEY:
        return model_has_key(first, &arguments[1]);
    case HAS_VALUE:
        return model_has_value(first, &arguments[1]);
    case JOIN:
        return model_join(&g->memory, first, &arguments[1]);
    case SPLIT:
        return model_split(&g->memory, first, arguments[1].text,
                           (size_t)arguments[2].number);
    case NOT_MODELLED:
        return value_unsure(how->result);
    case LEN:
    case LOWER:
    case UPPER:
    case TO_STRING:
    case STARTS_WITH:
    case ENDS_WITH:
        break;
    }
    return apply_simple(g, how->model, arguments);
}

/* The first argument has been written as [*]: the call is made for each element, and
 * where it has no result there is none. */
static value apply_mapped(generator *g, const shape *how, value *arguments,
                          size_t count)
{
    const value over = arguments[0];
    value out = value_array(&g->memory, how->result, over.count);

    if (over.unsure) {
        return value_unsure(out.type);
    }
    if (!over.present) {
        return value_missing(out.type);
    }
    out.count = 0;
    for (size_t i = 0; i < over.count; i++) {
        value one;
        arguments[0] = over.items[i];
        one = apply(g, how, arguments, count);
        if (one.unsure) {
            return value_unsure(out.type);
        }
        if (one.present) {
            out.items[out.count++] = one;
        }
    }
    return out;
}

static value write_literal_argument(generator *g, const parameter *of)
{
    static const char *const separators[] = {",", "a", "b", "ab", "aa", "k0"};
    value out = {.type = of->type, .present = true};
    char number[32];

    if (of->form == SEPARATOR) {
        out =
            value_text(postern_text(separators[generator_pick(g, COUNT(separators))]));
    } else if (of->form == PARTS) {
        out = value_number(1 + (int64_t)generator_pick(g, 5));
    } else if (of->form == EITHER) {
        out = writing_scalar(g, of->type);
    } else {
        generator_write(g, of->literal);
        return out;
    }
    if (of->type == I) { /* no hexadecimal here */
        (void)snprintf(number, sizeof number, "%" PRId64, out.number);
        generator_write(g, number);
    } else {
        writing_literal(g, &out);
    }
    return out;
}

static value write_argument(generator *g, const parameter *of)
{
    if (of->form != VALUE && (of->form != EITHER || writing_chance(g, 2))) {
        return write_literal_argument(g, of);
    }
    if (of->type == B && writing_chance(g, 2)) {
        return writing_claim_argument(g);
    }
    if (of->type == A(B) && writing_chance(g, 3)) {
        return writing_claims_argument(g);
    }
    return writing_value(g, of->type);
}

static value write_call(generator *g, const shape *how, bool mapped)
{
    value arguments[PARAMETERS];
    size_t count = 0;

    g->nesting++;
    g->budget--;
    g->rewrote = g->rewrote || how->once;
    generator_write(g, how->name);
    generator_write(g, writing_chance(g, 8) ? " ( " : "(");
    for (; count < PARAMETERS && how->parameters[count].form != NOTHING; count++) {
        const parameter *const of = &how->parameters[count];
        if (count > 0) {
            generator_write(g, writing_chance(g, 2) ? "," : ", ");
        }
        arguments[count] =
            count == 0 && mapped ? writing_mapped(g, of->type) : write_argument(g, of);
    }
    generator_write(g, ")");
    g->nesting--;
    return mapped ? apply_mapped(g, how, arguments, count)
                  : apply(g, how, arguments, count);
}

/* A function with this result, or NULL. */
static const shape *pick_shape(generator *g, postern_type result)
{
    for (size_t tries = 0; tries < 2 * COUNT(shapes); tries++) {
        const shape *const how = g->favourite_call > 0 && tries < 2
                                     ? &shapes[g->favourite_call - 1]
                                     : &shapes[generator_pick(g, COUNT(shapes))];
        if (how->result == result && !(how->once && g->rewrote) &&
            (harness_has_regex() || strcmp(how->name, "regex_replace") != 0)) {
            return how;
        }
    }
    return NULL;
}

/* Can the first argument stand behind [*]? */
static bool may_be_mapped(const shape *how)
{
    return how->parameters[0].form == VALUE &&
           (postern_type_element(how->parameters[0].type) == 0 ||
            how->parameters[0].type == A(S));
}

value writing_value(generator *g, postern_type type)
{
    const postern_type element = postern_type_element(type);
    const bool array = postern_type_kind(type) == POSTERN_KIND_ARRAY;
    const shape *how = NULL;
    bool mapped = false;

    if (g->budget > 0 && g->nesting < WRITING_NESTING && writing_chance(g, 2)) {
        mapped = array && postern_type_element(element) == 0 && writing_chance(g, 2);
        how = pick_shape(g, mapped ? element : type);
    }
    if (how != NULL && mapped && may_be_mapped(how)) {
        return write_call(g, how, true);
    }
    if (how != NULL && !mapped) {
        return write_call(g, how, false);
    }
    if (element == 0 && g->budget > 0 && g->nesting < WRITING_NESTING &&
        type != POSTERN_IP && writing_chance(g, 10)) {
        g->budget--;
        how = pick_shape(g, A(type));
        if (how != NULL) { /* an element of a call's result */
            return write_steps(g, write_call(g, how, false), type);
        }
    }
    return write_access(g, type);
}

void writing_choose_favourites(generator *g)
{
    g->favourite = &g->fields[generator_pick(g, GENERATOR_FIELDS)];
    g->favourite_call = 1 + generator_pick(g, COUNT(shapes));
}

value generator_term(generator *g, postern_type type)
{
    g->budget = 4;
    g->nesting = 0;
    return writing_value(g, type);
}

value generator_value(generator *g)
{
    static const postern_type types[] = {
        B, I, S, S, S, P, A(S), A(I), A(B), A(P), M(S), M(A(S)), A(A(S)),
    };

    g->budget = 8;
    g->nesting = 0;
    g->rewrote = g->repeats;
    g->memory.used = g->kept;
    return writing_value(g, types[generator_pick(g, COUNT(types))]);
}
