/*
 * builtin/query.c - queries of URIs.
 */
#include "builtin/bodies.h"
#include "support/text.h"

/* Names are compared byte by byte, as they are written. */
static bool is_named(const pst_invocation *in, postern_str pair)
{
    const char *equals = pair.len == 0 ? NULL : memchr(pair.data, '=', pair.len);
    const postern_str name = {pair.data,
                              equals == NULL ? pair.len : (size_t)(equals - pair.data)};

    for (size_t i = 1; i < in->count; i++) {
        if (pst_str_same(name, in->values[i].string)) {
            return true;
        }
    }
    return false;
}

postern_status pst_body_REMOVE_QUERY_ARGS(const pst_invocation *in, pst_result *out)
{
    const postern_str query = in->values[0].string;
    char *kept = pst_arena_alloc(in->arena, query.len);
    size_t len = 0;
    bool any = false;

    if (kept == NULL) {
        return in->arena->status;
    }
    for (size_t at = 0; at <= query.len;) {
        const char *mark =
            at < query.len ? memchr(query.data + at, '&', query.len - at) : NULL;
        const size_t end = mark == NULL ? query.len : (size_t)(mark - query.data);
        const postern_str pair = pst_str_slice(query, at, end);
        at = end + 1;
        if (is_named(in, pair)) {
            continue;
        }
        if (any) {
            kept[len++] = '&';
        }
        any = true;
        if (pair.len > 0) {
            memcpy(kept + len, pair.data, pair.len);
            len += pair.len;
        }
    }
    out->value.string = (postern_str){kept, len};
    return POSTERN_OK;
}
