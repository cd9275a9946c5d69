/*
 * builtin/json.c - values out of JSON texts.
 */
#include "builtin/bodies.h"
#include "support/text.h"

#include <postern/json.h>

static postern_status check_keys(const pst_argument *arguments, size_t count,
                                 pst_argument_problem *problem)
{
    for (size_t i = 1; i < count; i++) {
        if (arguments[i].literal && arguments[i].type == POSTERN_INT &&
            arguments[i].value.integer < 0) {
            return pst_refuse_argument(problem, i, "elements are counted from 0", NULL);
        }
    }
    return POSTERN_OK;
}

postern_status pst_check_LOOKUP_JSON_INTEGER(pst_arena *arena,
                                             const pst_argument *arguments,
                                             size_t count, uint32_t star_limit,
                                             const void **prepared,
                                             pst_argument_problem *problem)
{
    (void)arena;
    (void)star_limit;
    (void)prepared;
    return check_keys(arguments, count, problem);
}

postern_status pst_check_LOOKUP_JSON_STRING(pst_arena *arena,
                                            const pst_argument *arguments, size_t count,
                                            uint32_t star_limit, const void **prepared,
                                            pst_argument_problem *problem)
{
    (void)arena;
    (void)star_limit;
    (void)prepared;
    return check_keys(arguments, count, problem);
}

/* Element `index` of the array at `at`, or 0. */
static size_t element(const postern_json_node *nodes, size_t at, int64_t index)
{
    if (nodes[at].kind != POSTERN_JSON_ARRAY || index < 0) {
        return 0;
    }
    for (size_t i = at + 1; i < nodes[at].next; i = nodes[i].next) {
        if (index-- == 0) {
            return i;
        }
    }
    return 0;
}

/* Reads the document and follows the keys. *found is 0 when they lead nowhere: to the
 * document itself leads no key. */
static postern_status look_up(const pst_invocation *in, postern_json_node **nodes,
                              size_t *found)
{
    const postern_str text = in->values[0].string;
    size_t count = 0;
    size_t at = 0;

    *found = 0;
    if (postern_json_read(text, NULL, 0, &count, NULL) != POSTERN_LIMIT || count == 0) {
        return POSTERN_OK;
    }
    *nodes = pst_arena_array(in->arena, count, sizeof **nodes);
    if (*nodes == NULL) {
        return in->arena->status;
    }
    if (postern_json_read(text, *nodes, count, &count, NULL) != POSTERN_OK) {
        return POSTERN_OK;
    }
    for (size_t i = 1; i < in->count; i++) {
        at = in->types[i] == POSTERN_STRING
                 ? postern_json_member(text, *nodes, at, in->values[i].string)
                 : element(*nodes, at, in->values[i].integer);
        if (at == 0) {
            return POSTERN_OK;
        }
    }
    *found = at;
    return POSTERN_OK;
}

postern_status pst_body_LOOKUP_JSON_INTEGER(const pst_invocation *in, pst_result *out)
{
    postern_json_node *nodes = NULL;
    size_t found;
    const postern_status status = look_up(in, &nodes, &found);

    out->present =
        status == POSTERN_OK && found != 0 &&
        postern_json_integer(in->values[0].string, &nodes[found], &out->value.integer);
    return status;
}

postern_status pst_body_LOOKUP_JSON_STRING(const pst_invocation *in, pst_result *out)
{
    const postern_str text = in->values[0].string;
    postern_json_node *nodes = NULL;
    size_t found;
    const postern_status status = look_up(in, &nodes, &found);
    char *decoded;

    out->present =
        status == POSTERN_OK && found != 0 && nodes[found].kind == POSTERN_JSON_STRING;
    if (!out->present) {
        return status;
    }
    if (!nodes[found].escaped) {
        out->value.string =
            (postern_str){text.data + nodes[found].offset, nodes[found].length};
        return POSTERN_OK;
    }
    decoded = pst_arena_alloc(in->arena, nodes[found].length);
    if (decoded == NULL) {
        return in->arena->status;
    }
    out->value.string.data = decoded;
    out->value.string.len =
        postern_json_decode(text, &nodes[found], decoded, nodes[found].length);
    return POSTERN_OK;
}
