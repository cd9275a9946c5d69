/*
 * builtin.c - the table of functions, and what a parameter takes.
 */
#include "builtin/body.h"

/* The words of functions.def. */
enum {
    STRING = PST_TAKES_STRING,
    INT = PST_TAKES_INT,
    BOOL = PST_TAKES_BOOL,
    IP = PST_TAKES_IP,
    STRINGS = PST_TAKES_STRINGS,
    ARRAY = PST_TAKES_ARRAY,
    MAP = PST_TAKES_MAP,
    SAME = PST_TAKES_SAME,
    ELEMENT = PST_TAKES_ELEMENT,
    REGEX = PST_TAKES_REGEX
};
enum {
    TAKES_MISSING = PST_FLAG_TAKES_MISSING,
    NEEDS_CRYPTO = PST_FLAG_NEEDS_CRYPTO,
    ONCE = PST_FLAG_ONCE
};
#define RESULT_BOOL POSTERN_BOOL
#define RESULT_INT POSTERN_INT
#define RESULT_STRING POSTERN_STRING
#define RESULT_IP POSTERN_IP
#define RESULT_STRINGS POSTERN_ARRAY_OF(POSTERN_STRING)
#define RESULT_SAME 0

/* clang-format off */
#define VALUE(name, types) {name, types, PST_FORM_VALUE}
#define LITERAL(name, types) {name, types, PST_FORM_LITERAL}
#define EITHER(name, types) {name, types, PST_FORM_EITHER}
/* clang-format on */

#define FUNCTION(id, name, result, min, max, flags, text, ...) \
    static const pst_parameter parameters_of_##id[] = {__VA_ARGS__};
#include "builtin/functions.def"
#undef FUNCTION

/* clang-format off */
#define ROW(id, name, result, min, max, flags, text, check)         \
    {POSTERN_STR(name), text, RESULT_##result, min, max, flags,     \
     sizeof parameters_of_##id / sizeof(pst_parameter),             \
     parameters_of_##id, pst_body_##id, check},
/* clang-format on */
#define FUNCTION(id, name, result, min, max, flags, text, ...) \
    ROW(id, name, result, min, max, flags, text, NULL)
#define CHECKED(id, name, result, min, max, flags, text, ...) \
    ROW(id, name, result, min, max, flags, text, pst_check_##id)
static const pst_function functions[] = {
#include "builtin/functions.def"
};
#undef FUNCTION

const pst_function *pst_function_at(size_t id)
{
    return &functions[id];
}

size_t pst_function_find(postern_str name)
{
    size_t from = 0;
    size_t to = PST_FUNCTION_COUNT;

    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        const int order = pst_str_order(name, functions[middle].name);
        if (order == 0) {
            return middle;
        }
        if (order < 0) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    return PST_FUNCTION_COUNT;
}

const pst_parameter *pst_function_parameter(const pst_function *function, size_t index)
{
    const size_t last = function->parameter_count - 1U;

    return &function->parameters[index < last ? index : last];
}

uint16_t pst_takes_of(postern_type type)
{
    switch (postern_type_kind(type)) {
    case POSTERN_KIND_BOOL:
        return PST_TAKES_BOOL;
    case POSTERN_KIND_INT:
        return PST_TAKES_INT;
    case POSTERN_KIND_STRING:
        return PST_TAKES_STRING;
    case POSTERN_KIND_IP:
        return PST_TAKES_IP;
    case POSTERN_KIND_ARRAY:
        return PST_TAKES_ARRAY;
    case POSTERN_KIND_MAP:
        return PST_TAKES_MAP;
    case POSTERN_KIND_NONE:
        break;
    }
    return 0;
}

bool pst_parameter_takes(const pst_parameter *parameter, postern_type type,
                         postern_type first)
{
    unsigned taken = pst_takes_of(type);

    if (type == POSTERN_ARRAY_OF(POSTERN_STRING)) {
        taken |= PST_TAKES_STRINGS;
    }
    if (type == first) {
        taken |= PST_TAKES_SAME;
    }
    if (type == postern_type_element(first)) {
        taken |= PST_TAKES_ELEMENT;
    }
    return type != 0 && (parameter->takes & taken) != 0;
}
