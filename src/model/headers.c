/*
 * model/headers.c - header lines as texts, lists and a map. Those that are hidden are
 * in none of them.
 */
#include "model/derive.h"
#include "support/hash.h"
#include "support/text.h"

/* All visible lines of a header as one text, joined as RFC 9110 5.3 and, for
 * cookies, RFC 9113 8.2.3 do. */
static postern_status join_header(postern_request *request, const char *name,
                                  const char *separator, postern_str *out)
{
    const postern_str wanted = postern_text(name);
    const uint32_t hash = pst_hash_folded(wanted);
    const postern_str *line = pst_request_header(request, wanted, hash, 0);
    size_t room = 1;
    char *text;

    *out = line == NULL ? (postern_str){NULL, 0} : *line;
    if (pst_request_header(request, wanted, hash, 1) == NULL) {
        return POSTERN_OK;
    }
    for (const pst_header *header = pst_header_first(request, hash); header != NULL;
         header = pst_header_next(request, header)) {
        room += header->value.len + strlen(separator);
    }
    text = pst_arena_alloc_inline(&request->arena, room);
    if (text == NULL) {
        return request->arena.status;
    }
    pst_writer joined = {text, room, 0};
    bool first = true;
    for (const pst_header *header = pst_header_first(request, hash); header != NULL;
         header = pst_header_next(request, header)) {
        if (!pst_header_is(request, header, wanted, hash)) {
            continue;
        }
        if (!first) {
            pst_write_text(&joined, separator);
        }
        first = false;
        pst_write_str(&joined, header->value);
    }
    *out = (postern_str){text, joined.len};
    return POSTERN_OK;
}

postern_status pst_derive_joined_header(postern_request *request, pst_field_id field,
                                        pst_value *out)
{
    switch ((int)field) {
    case PST_FIELD_COOKIE:
        return join_header(request, "cookie", "; ", &out->string);
    case PST_FIELD_REFERER:
        return join_header(request, "referer", ", ", &out->string);
    case PST_FIELD_USER_AGENT:
        return join_header(request, "user-agent", ", ", &out->string);
    case PST_FIELD_X_FORWARDED_FOR:
        return join_header(request, "x-forwarded-for", ", ", &out->string);
    default:
        return POSTERN_STATE;
    }
}

/* The raw twins are the same: nothing here ever changes a header. */
postern_status pst_derive_header_list(postern_request *request, pst_field_id field,
                                      pst_value *out)
{
    const bool names =
        field == PST_FIELD_HEADER_NAMES || field == PST_FIELD_RAW_HEADER_NAMES;
    pst_value *items =
        pst_arena_array(&request->arena, request->header_count, sizeof *items);
    size_t count = 0;

    if (items == NULL) {
        return request->arena.status;
    }
    for (size_t i = 0; i < request->header_count; i++) {
        const pst_header *header = &request->headers[i];
        if (pst_header_visible(request, header)) {
            items[count++].string = names ? header->name : header->value;
        }
    }
    out->array = (pst_array){items, count};
    return POSTERN_OK;
}

static postern_status lower_copy(pst_arena *arena, postern_str text, postern_str *out)
{
    char *copy = pst_arena_alloc_inline(arena, text.len);

    if (copy == NULL) {
        return arena->status;
    }
    for (size_t i = 0; i < text.len; i++) {
        copy[i] = (char)pst_lower((unsigned char)text.data[i]);
    }
    *out = (postern_str){copy, text.len};
    return POSTERN_OK;
}

/* A map that was given, without what is hidden. */
static postern_status visible_entries(postern_request *request, pst_map given,
                                      pst_map *out)
{
    pst_entry *entries = pst_arena_array(&request->arena, given.count, sizeof *entries);
    size_t count = 0;

    if (entries == NULL) {
        return request->arena.status;
    }
    for (size_t i = 0; i < given.count; i++) {
        if (!request->hide_identity ||
            !pst_header_claims_identity(given.entries[i].key)) {
            entries[count++] = given.entries[i];
        }
    }
    *out = (pst_map){entries, count};
    return POSTERN_OK;
}

postern_status pst_derive_header_map(postern_request *request, pst_field_id field,
                                     pst_value *out)
{
    const size_t at = field == PST_FIELD_RAW_HEADERS;
    pst_pairs pairs;
    postern_status status;

    if (request->header_maps[at].given) {
        return visible_entries(request, request->header_maps[at].map, &out->map);
    }
    status = pst_pairs_new(&request->arena, request->header_count, &pairs);
    for (size_t i = 0; i < request->header_count && status == POSTERN_OK; i++) {
        const pst_header *header = &request->headers[i];
        postern_str name = {NULL, 0};
        if (!pst_header_visible(request, header)) {
            continue;
        }
        status = lower_copy(&request->arena, header->name, &name);
        if (status == POSTERN_OK) {
            pst_pairs_add(&pairs, name, header->value);
        }
    }
    return status == POSTERN_OK ? pst_group(&request->arena, &pairs, &out->map)
                                : status;
}
