/* query.c - the query of a URL without some of its parameters. */
#include "builtin/body.h"

/* The name of the parameter `piece`, as it is written. */
static postern_str name_of(postern_str piece)
{
    const char *equals = piece.len == 0 ? NULL : memchr(piece.data, '=', piece.len);

    return equals == NULL ? piece
                          : pst_str_slice(piece, 0, (size_t)(equals - piece.data));
}

static bool is_named(const pst_invocation *in, postern_str name)
{
    for (size_t i = 1; i < in->count; i++) {
        if (pst_str_same_inline(in->values[i].string, name)) {
            return true;
        }
    }
    return false;
}

/* Where the piece that starts at `at` ends: at the next '&', or with the query. */
static size_t end_of_piece(postern_str query, size_t at)
{
    const char *ampersand =
        at == query.len ? NULL : memchr(query.data + at, '&', query.len - at);

    return ampersand == NULL ? query.len : (size_t)(ampersand - query.data);
}

static bool loses_any(const pst_invocation *in, postern_str query)
{
    for (size_t at = 0; at <= query.len;) {
        const size_t end = end_of_piece(query, at);
        if (is_named(in, name_of(pst_str_slice(query, at, end)))) {
            return true;
        }
        at = end + 1;
    }
    return false;
}

/* Names are compared as they are written, without decoding; the parameters that stay
 * keep their order. A query that loses none is its own result. */
postern_status pst_body_REMOVE_QUERY_ARGS(const pst_invocation *in, pst_result *out)
{
    const postern_str query = in->values[0].string;
    size_t len = 0;
    bool empty = true;
    char *kept;

    if (!loses_any(in, query)) {
        out->value.string = query;
        return POSTERN_OK;
    }
    kept = pst_text_result(in, query.len, out);
    if (kept == NULL) {
        return in->arena->status;
    }
    for (size_t at = 0; at <= query.len;) {
        const size_t end = end_of_piece(query, at);
        const postern_str piece = pst_str_slice(query, at, end);
        at = end + 1;
        if (is_named(in, name_of(piece))) {
            continue;
        }
        if (!empty) {
            kept[len++] = '&';
        }
        empty = false;
        if (piece.len > 0) {
            memcpy(kept + len, piece.data, piece.len);
            len += piece.len;
        }
    }
    out->value.string.len = len;
    return POSTERN_OK;
}
