#include "builtin/bodies.h"

#include "support/text.h"

/* The words of functions.def. */
/* clang-format off */
enum {
    STRING = PST_TAKES_STRING, INT = PST_TAKES_INT, BOOL = PST_TAKES_BOOL,
    IP = PST_TAKES_IP, STRINGS = PST_TAKES_STRINGS, ARRAY = PST_TAKES_ARRAY,
    MAP = PST_TAKES_MAP, SAME = PST_TAKES_SAME, ELEMENT = PST_TAKES_ELEMENT,
    TAKES_MISSING = PST_FLAG_TAKES_MISSING, NEEDS_CRYPTO = PST_FLAG_NEEDS_CRYPTO,
    ONCE = PST_FLAG_ONCE
};
/* clang-format on */
#define VALUE(name, takes) {(name), (takes), PST_FORM_VALUE}
#define LITERAL(name, takes) {(name), (takes), PST_FORM_LITERAL}
#define EITHER(name, takes) {(name), (takes), PST_FORM_EITHER}
#define RESULT_BOOL POSTERN_BOOL
#define RESULT_INT POSTERN_INT
#define RESULT_STRING POSTERN_STRING
#define RESULT_IP POSTERN_IP
#define RESULT_STRINGS POSTERN_ARRAY_OF(POSTERN_STRING)
#define RESULT_SAME 0

#define FUNCTION(id, name, result, min, max, flags, text, ...) \
    static const pst_parameter parameters_##id[] = {__VA_ARGS__};
#include "builtin/functions.def"
#undef FUNCTION

static const pst_function functions[] = {
#define FUNCTION(id, name, result, min, max, flags, text, ...)      \
    {POSTERN_STR(name),                                             \
     (text),                                                        \
     RESULT_##result,                                               \
     (min),                                                         \
     (max),                                                         \
     (flags),                                                       \
     sizeof parameters_##id / sizeof parameters_##id[0],            \
     parameters_##id,                                               \
     pst_body_##id},
#include "builtin/functions.def"
#undef FUNCTION
};

static pst_function_check *const checks[PST_FUNCTION_COUNT] = {
    [PST_FUNCTION_BIT_SLICE] = pst_check_BIT_SLICE,
    [PST_FUNCTION_CIDR] = pst_check_CIDR,
    [PST_FUNCTION_CIDR6] = pst_check_CIDR6,
    [PST_FUNCTION_ENCODE_BASE64] = pst_check_ENCODE_BASE64,
    [PST_FUNCTION_HASH_IN_RANGE] = pst_check_HASH_IN_RANGE,
    [PST_FUNCTION_IS_TIMED_HMAC_VALID_V0] = pst_check_IS_TIMED_HMAC_VALID_V0,
    [PST_FUNCTION_LOOKUP_JSON_INTEGER] = pst_check_LOOKUP_JSON_INTEGER,
    [PST_FUNCTION_LOOKUP_JSON_STRING] = pst_check_LOOKUP_JSON_STRING,
    [PST_FUNCTION_SPLIT] = pst_check_SPLIT,
    [PST_FUNCTION_URL_DECODE] = pst_check_URL_DECODE,
    [PST_FUNCTION_WILDCARD_REPLACE] = pst_check_WILDCARD_REPLACE,
};

const pst_function *pst_function_at(size_t id)
{
    return &functions[id];
}

pst_function_check *pst_function_check_of(size_t id)
{
    return checks[id];
}

/* The rows are in the order of their names. */
size_t pst_function_find(postern_str name)
{
    size_t low = 0;
    size_t high = PST_FUNCTION_COUNT;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = pst_str_order(functions[middle].name, name);
        if (order == 0) {
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return PST_FUNCTION_COUNT;
}

const pst_parameter *pst_function_parameter(const pst_function *function, size_t index)
{
    const size_t last = function->parameter_count - 1U;

    return &function->parameters[index < last ? index : last];
}

static uint16_t taken_by(postern_type type)
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
        return type == POSTERN_ARRAY_OF(POSTERN_STRING)
                   ? PST_TAKES_ARRAY | PST_TAKES_STRINGS
                   : PST_TAKES_ARRAY;
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
    if ((parameter->takes & PST_TAKES_SAME) != 0 && type == first) {
        return true;
    }
    if ((parameter->takes & PST_TAKES_ELEMENT) != 0 &&
        type == postern_type_element(first)) {
        return true;
    }
    return (parameter->takes & taken_by(type)) != 0;
}

postern_status pst_refuse_argument(pst_argument_problem *problem, size_t argument,
                                   const char *message, const char *hint)
{
    *problem = (pst_argument_problem){POSTERN_INVALID, argument, message, hint};
    return POSTERN_INVALID;
}

bool pst_only_letters(postern_str text, const char *letters)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\0' || strchr(letters, text.data[i]) == NULL) {
            return false;
        }
    }
    return true;
}

bool pst_has_flag(const pst_invocation *in, size_t index, char letter)
{
    const postern_str flags =
        index < in->count ? in->values[index].string : (postern_str){NULL, 0};

    return flags.len > 0 && memchr(flags.data, letter, flags.len) != NULL;
}
