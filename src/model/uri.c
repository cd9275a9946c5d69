/*
 * model/uri.c - whole URIs, and the extension of a path.
 */
#include "model/derive.h"
#include "support/hash.h"
#include "support/text.h"

/* scheme://authority followed by path and query */
static postern_status full_uri(postern_request *request, postern_str authority,
                               postern_str rest, postern_str *out)
{
    const bool tls = request->values[PST_FIELD_SSL].boolean;
    const postern_str scheme = postern_text(tls ? "https://" : "http://");
    const size_t len = scheme.len + authority.len + rest.len;
    char *text = pst_arena_alloc_inline(&request->arena, len + 1);

    if (text == NULL) {
        return request->arena.status;
    }
    pst_writer writer = {text, len + 1, 0};
    pst_write_str(&writer, scheme);
    pst_write_str(&writer, authority);
    pst_write_str(&writer, rest);
    *out = (postern_str){text, len};
    return POSTERN_OK;
}

postern_status pst_derive_full_uri(postern_request *request, pst_field_id field,
                                   pst_value *out)
{
    const pst_head *head = &request->head;

    (void)field;
    if (!request->has_head) {
        return POSTERN_OK;
    }
    return full_uri(request, pst_host_name(&head->host), head->target.uri,
                    &out->string);
}

postern_status pst_derive_raw_full_uri(postern_request *request, pst_field_id field,
                                       pst_value *out)
{
    static const postern_str name = POSTERN_STR("host");
    const postern_str *host;

    (void)field;
    if (!request->has_head) {
        return POSTERN_OK;
    }
    if (request->head.target.absolute) {
        out->string = request->target;
        return POSTERN_OK;
    }
    host = pst_request_header(request, name, pst_hash_folded(name), 0);
    return full_uri(request, host == NULL ? (postern_str){NULL, 0} : *host,
                    request->head.target.raw, &out->string);
}

/* What follows the last dot of the last segment; a dot at its start is part of the
 * name: "/.profile" has no extension. */
static postern_str extension_of(postern_str path)
{
    size_t at = path.len;

    while (at > 0 && path.data[at - 1] != '/' && path.data[at - 1] != '.') {
        at--;
    }
    if (at < 2 || path.data[at - 1] != '.' || path.data[at - 2] == '/') {
        return (postern_str){NULL, 0};
    }
    return pst_str_slice(path, at, path.len);
}

postern_status pst_derive_extension(postern_request *request, pst_field_id field,
                                    pst_value *out)
{
    const pst_field_id path =
        field == PST_FIELD_EXTENSION ? PST_FIELD_PATH : PST_FIELD_RAW_PATH;
    const postern_str extension = extension_of(request->values[path].string);
    char *copy = pst_arena_alloc_inline(&request->arena, extension.len);

    if (copy == NULL) {
        return request->arena.status;
    }
    for (size_t i = 0; i < extension.len; i++) {
        copy[i] = (char)pst_lower((unsigned char)extension.data[i]);
    }
    out->string = (postern_str){copy, extension.len};
    return POSTERN_OK;
}
