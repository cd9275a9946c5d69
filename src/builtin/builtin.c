#include "builtin/builtin.h"

#include "support/text.h"

static postern_status body_LEN_STRING(pst_arena *arena, const pst_value *arguments,
                                      pst_value *out)
{
    (void)arena;
    out->integer = (int64_t)arguments[0].string.len;
    return POSTERN_OK;
}

static postern_status body_LEN_ARRAY(pst_arena *arena, const pst_value *arguments,
                                     pst_value *out)
{
    (void)arena;
    out->integer = (int64_t)arguments[0].array.count;
    return POSTERN_OK;
}

/* Text without capitals is its own result. */
static postern_status body_LOWER(pst_arena *arena, const pst_value *arguments,
                                 pst_value *out)
{
    const postern_str text = arguments[0].string;
    size_t first = 0;
    char *copy;

    while (first < text.len && (unsigned char)text.data[first] ==
                                   pst_lower((unsigned char)text.data[first])) {
        first++;
    }
    out->string = text;
    if (first == text.len) {
        return POSTERN_OK;
    }
    copy = pst_arena_alloc(arena, text.len);
    if (copy == NULL) {
        return arena->status;
    }
    memcpy(copy, text.data, first);
    for (size_t i = first; i < text.len; i++) {
        copy[i] = (char)pst_lower((unsigned char)text.data[i]);
    }
    out->string.data = copy;
    return POSTERN_OK;
}

static const pst_function functions[] = {
#define FUNCTION(id, name, result, parameters, text) \
    {POSTERN_STR(name), (result), (parameters), body_##id},
#include "builtin/functions.def"
#undef FUNCTION
};

const pst_function *pst_function_at(size_t id)
{
    return &functions[id];
}

bool pst_parameter_takes(char letter, postern_type type)
{
    switch (letter) {
    case 'S':
        return type == POSTERN_STRING;
    case 'I':
        return type == POSTERN_INT;
    case 'B':
        return type == POSTERN_BOOL;
    case 'P':
        return type == POSTERN_IP;
    case 'A':
        return postern_type_kind(type) == POSTERN_KIND_ARRAY;
    case 'M':
        return postern_type_kind(type) == POSTERN_KIND_MAP;
    default:
        return false;
    }
}
