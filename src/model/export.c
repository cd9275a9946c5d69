/*
 * model/export.c - internal values as the public ones that hosts read.
 */
#include "model/value.h"

static bool passes(const pst_export *to, const char *text)
{
    return pst_arena_holds(to->constants, text) || pst_arena_holds(to->run, text);
}

static postern_status export_array(const pst_export *to, pst_array array,
                                   postern_type element, postern_value *out)
{
    postern_value *items = pst_arena_array(to->arena, array.count, sizeof *items);
    postern_status status = POSTERN_OK;

    if (items == NULL) {
        return to->arena->status;
    }
    for (size_t i = 0; i < array.count && status == POSTERN_OK; i++) {
        status = pst_value_export(to, &array.items[i], element, &items[i]);
    }
    out->as.array.items = items;
    out->as.array.count = array.count;
    return status;
}

static postern_status export_map(const pst_export *to, pst_map map,
                                 postern_type element, postern_value *out)
{
    postern_entry *entries = pst_arena_array(to->arena, map.count, sizeof *entries);
    postern_status status = POSTERN_OK;

    if (entries == NULL) {
        return to->arena->status;
    }
    for (size_t i = 0; i < map.count && status == POSTERN_OK; i++) {
        entries[i].key = map.entries[i].key; /* never an expression's own */
        status =
            pst_value_export(to, &map.entries[i].value, element, &entries[i].value);
    }
    out->as.map.entries = entries;
    out->as.map.count = map.count;
    return status;
}

/* Nesting is bounded by the type, which is at most seven kinds deep. */
postern_status pst_value_export(const pst_export *to, const pst_value *value,
                                postern_type type, postern_value *out)
{
    *out = (postern_value){.type = type};
    switch (postern_type_kind(type)) {
    case POSTERN_KIND_BOOL:
        out->as.boolean = value->boolean;
        return POSTERN_OK;
    case POSTERN_KIND_INT:
        out->as.integer = value->integer;
        return POSTERN_OK;
    case POSTERN_KIND_STRING:
        out->as.string = value->string;
        return !passes(to, value->string.data) ||
                       pst_arena_copy(to->arena, value->string, &out->as.string)
                   ? POSTERN_OK
                   : to->arena->status;
    case POSTERN_KIND_IP:
        out->as.address = pst_ip_to_address(value->ip);
        return POSTERN_OK;
    case POSTERN_KIND_ARRAY:
        return export_array(to, value->array, postern_type_element(type), out);
    case POSTERN_KIND_MAP:
        return export_map(to, value->map, postern_type_element(type), out);
    case POSTERN_KIND_NONE:
        break;
    }
    return POSTERN_STATE;
}
