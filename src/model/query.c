/*
 * model/query.c - the arguments of a query and the fields of a URL-encoded form.
 *
 * Pieces between `&` are name and value, parted by the first `=`; without one the value
 * is empty. An empty piece is no argument; `=x` is one with an empty name. Nothing is
 * decoded: not %XX, not +, and ; is a byte like others.
 */
#include "model/derive.h"
#include "model/pieces.h"

static bool next_argument(postern_str *rest, postern_str *piece)
{
    while (pst_next_piece(rest, '&', piece)) {
        if (piece->len > 0) {
            return true;
        }
    }
    return false;
}

static size_t count_arguments(postern_str text)
{
    postern_str piece;
    size_t count = 0;

    while (next_argument(&text, &piece)) {
        count++;
    }
    return count;
}

/* Names or values alone. */
static postern_status list_arguments(pst_arena *arena, postern_str text, bool names,
                                     pst_array *out)
{
    pst_value *items = pst_arena_array(arena, count_arguments(text), sizeof *items);
    postern_str piece;
    size_t count = 0;

    if (items == NULL) {
        return arena->status;
    }
    while (next_argument(&text, &piece)) {
        const size_t name = pst_find_byte(piece, '=');
        items[count++].string = names ? pst_str_slice(piece, 0, name)
                                      : pst_str_slice(piece, name + 1, piece.len);
    }
    *out = (pst_array){items, count};
    return POSTERN_OK;
}

static postern_status map_arguments(pst_arena *arena, postern_str text, pst_map *out)
{
    pst_pairs pairs;
    postern_str piece;
    const postern_status status = pst_pairs_new(arena, count_arguments(text), &pairs);

    if (status != POSTERN_OK) {
        return status;
    }
    while (next_argument(&text, &piece)) {
        const size_t name = pst_find_byte(piece, '=');
        pst_pairs_add(&pairs, pst_str_slice(piece, 0, name),
                      pst_str_slice(piece, name + 1, piece.len));
    }
    return pst_group(arena, &pairs, out);
}

postern_status pst_derive_args(postern_request *request, pst_field_id field,
                               pst_value *out)
{
    const bool raw = field == PST_FIELD_RAW_ARGS || field == PST_FIELD_RAW_ARGS_NAMES ||
                     field == PST_FIELD_RAW_ARGS_VALUES;
    const postern_str query =
        request->values[raw ? PST_FIELD_RAW_QUERY : PST_FIELD_QUERY].string;

    if (field == PST_FIELD_ARGS || field == PST_FIELD_RAW_ARGS) {
        return map_arguments(&request->arena, query, &out->map);
    }
    return list_arguments(&request->arena, query,
                          field == PST_FIELD_ARGS_NAMES ||
                              field == PST_FIELD_RAW_ARGS_NAMES,
                          &out->array);
}

postern_status pst_derive_form(postern_request *request, pst_field_id field,
                               pst_value *out)
{
    static const postern_str type = POSTERN_STR("application/x-www-form-urlencoded");
    postern_str line;
    pst_value body;
    postern_status status;

    if (!pst_body_is(request, type, &line)) {
        return POSTERN_OK;
    }
    status = pst_request_value(request, PST_FIELD_BODY_RAW, &body);
    if (status != POSTERN_OK) {
        return status;
    }
    if (field == PST_FIELD_BODY_FORM) {
        return map_arguments(&request->arena, body.string, &out->map);
    }
    return list_arguments(&request->arena, body.string,
                          field == PST_FIELD_BODY_FORM_NAMES, &out->array);
}
