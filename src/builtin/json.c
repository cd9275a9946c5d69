/*
 * json.c - one value out of a JSON text, without a tree.
 *
 * The strict reader looks at the whole text first, so that what is walked over
 * afterwards is known to be JSON and not too deep. It counts only, so duplicate keys
 * are left to the walk: a member looked for that is there twice is missing, for nobody
 * knows which one another reader would take.
 */
#include "builtin/body.h"

#include "support/json_lexer.h"
#include "support/json_walk.h"

static bool is_json(postern_str text)
{
    postern_json_error error;
    size_t count;

    /* With room for no node, a good text is one with too many. */
    return postern_json_read(text, NULL, 0, &count, &error) == POSTERN_LIMIT &&
           error.message[0] == '\0';
}

/* Where the value ends that begins with `token`. */
static size_t end_of_value(postern_str text, pst_json_token token)
{
    size_t depth = 0;

    for (;;) {
        size_t at = token.end;
        if (token.kind == PST_JSON_QUOTE) {
            at = pst_json_lex_string(text, at).end + 1;
        } else if (token.kind == PST_JSON_OPEN_OBJECT ||
                   token.kind == PST_JSON_OPEN_ARRAY) {
            depth++;
        } else if (token.kind == PST_JSON_CLOSE_OBJECT ||
                   token.kind == PST_JSON_CLOSE_ARRAY) {
            depth--;
        }
        if (depth == 0) {
            return at;
        }
        token = pst_json_lex(text, at);
    }
}

/* The string behind a quote, as a node of the reader. */
static postern_json_node string_node(postern_str text, pst_json_token quote)
{
    const pst_json_token string = pst_json_lex_string(text, quote.end);

    return (postern_json_node){
        .offset = (uint32_t)string.start, /* is_json(): all places fit */
        .length = (uint32_t)(string.end - string.start),
        .kind = POSTERN_JSON_STRING,
        .escaped = string.kind == PST_JSON_STRING_ESCAPED,
    };
}

/* Both start at the bracket in *token and leave the first token of the value there. */
static bool find_member(postern_str text, postern_str name, pst_json_token *token)
{
    const pst_json_walk wanted = pst_json_walk_plain(name);
    pst_json_token found = {.kind = PST_JSON_END};
    pst_json_token key = pst_json_lex(text, token->end);

    while (key.kind == PST_JSON_QUOTE) {
        const postern_json_node node = string_node(text, key);
        const pst_json_token colon =
            pst_json_lex(text, (size_t)node.offset + node.length + 1);
        const pst_json_token value = pst_json_lex(text, colon.end);
        if (pst_json_walk_order(pst_json_walk_node(text, &node), wanted) == 0) {
            if (found.kind != PST_JSON_END) {
                return false;
            }
            found = value;
        }
        key = pst_json_lex(text, end_of_value(text, value));
        if (key.kind == PST_JSON_COMMA) {
            key = pst_json_lex(text, key.end);
        }
    }
    *token = found;
    return found.kind != PST_JSON_END;
}

static bool find_element(postern_str text, int64_t index, pst_json_token *token)
{
    pst_json_token value = pst_json_lex(text, token->end);

    if (index < 0) {
        return false;
    }
    for (; value.kind != PST_JSON_CLOSE_ARRAY; index--) {
        pst_json_token comma;
        if (index == 0) {
            *token = value;
            return true;
        }
        comma = pst_json_lex(text, end_of_value(text, value));
        if (comma.kind != PST_JSON_COMMA) {
            return false;
        }
        value = pst_json_lex(text, comma.end);
    }
    return false;
}

/* The first token of the value that the keys lead to. */
static bool find(const pst_invocation *in, pst_json_token *token)
{
    const postern_str text = in->values[0].string;

    if (!is_json(text)) {
        return false;
    }
    *token = pst_json_lex(text, 0);
    for (size_t i = 1; i < in->count; i++) {
        const bool by_name = in->types[i] == POSTERN_STRING;
        if (token->kind != (by_name ? PST_JSON_OPEN_OBJECT : PST_JSON_OPEN_ARRAY) ||
            !(by_name ? find_member(text, in->values[i].string, token)
                      : find_element(text, in->values[i].integer, token))) {
            return false;
        }
    }
    return true;
}

/* 42.0 and 4e1 are no whole numbers here, nor is what does not fit in 64 bits. */
postern_status pst_body_LOOKUP_JSON_INTEGER(const pst_invocation *in, pst_result *out)
{
    pst_json_token token;
    postern_json_node node;

    if (!find(in, &token) || token.kind != PST_JSON_INTEGER) {
        return pst_missing(out);
    }
    node = (postern_json_node){.offset = (uint32_t)token.start,
                               .length = (uint32_t)(token.end - token.start),
                               .kind = POSTERN_JSON_INTEGER};
    out->present =
        postern_json_integer(in->values[0].string, &node, &out->value.integer);
    return POSTERN_OK;
}

postern_status pst_body_LOOKUP_JSON_STRING(const pst_invocation *in, pst_result *out)
{
    const postern_str text = in->values[0].string;
    pst_json_token token;
    postern_json_node node;
    char *decoded;

    if (!find(in, &token) || token.kind != PST_JSON_QUOTE) {
        return pst_missing(out);
    }
    node = string_node(text, token);
    if (!node.escaped) {
        out->value.string = (postern_str){text.data + node.offset, node.length};
        return POSTERN_OK;
    }
    decoded = pst_text_result(in, node.length, out);
    if (decoded == NULL) {
        return in->arena->status;
    }
    out->value.string.len = postern_json_decode(text, &node, decoded, node.length);
    return POSTERN_OK;
}

static postern_status check_keys(const pst_argument *arguments, size_t count,
                                 pst_argument_problem *problem)
{
    for (size_t i = 1; i < count; i++) {
        if (arguments[i].literal && arguments[i].type == POSTERN_INT &&
            arguments[i].value.integer < 0) {
            return pst_refuse_literal(problem, POSTERN_INVALID, i,
                                      "an index into a JSON array is not negative",
                                      "the first element has the index 0");
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
