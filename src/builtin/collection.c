/*
 * builtin/collection.c - functions of maps, arrays, and of values that may be missing.
 */
#include "builtin/bodies.h"
#include "support/text.h"

static bool same(const pst_value *a, const pst_value *b, postern_type type);

static bool same_arrays(pst_array a, pst_array b, postern_type element)
{
    if (a.count != b.count) {
        return false;
    }
    for (size_t i = 0; i < a.count; i++) {
        if (!same(&a.items[i], &b.items[i], element)) {
            return false;
        }
    }
    return true;
}

/* The same keys with the same values, in any order. */
static bool same_maps(pst_map a, pst_map b, postern_type element)
{
    if (a.count != b.count) {
        return false;
    }
    for (size_t i = 0; i < a.count; i++) {
        const pst_value *other = pst_map_find(b, a.entries[i].key);
        if (other == NULL || !same(&a.entries[i].value, other, element)) {
            return false;
        }
    }
    return true;
}

/* Nesting is bounded by the type, which is at most seven kinds deep. */
static bool same(const pst_value *a, const pst_value *b, postern_type type)
{
    switch (postern_type_kind(type)) {
    case POSTERN_KIND_BOOL:
        return a->boolean == b->boolean;
    case POSTERN_KIND_INT:
        return a->integer == b->integer;
    case POSTERN_KIND_STRING:
        return pst_str_same(a->string, b->string);
    case POSTERN_KIND_IP:
        return pst_ip_order(a->ip, b->ip) == 0;
    case POSTERN_KIND_ARRAY:
        return same_arrays(a->array, b->array, postern_type_element(type));
    case POSTERN_KIND_MAP:
        return same_maps(a->map, b->map, postern_type_element(type));
    case POSTERN_KIND_NONE:
        break;
    }
    return false;
}

postern_status pst_body_HAS_KEY(const pst_invocation *in, pst_result *out)
{
    out->value.boolean = pst_map_find(in->values[0].map, in->values[1].string) != NULL;
    return POSTERN_OK;
}

postern_status pst_body_HAS_VALUE(const pst_invocation *in, pst_result *out)
{
    const pst_value *collection = &in->values[0];
    const pst_value *wanted = &in->values[1];
    const postern_type type = in->types[1];

    if (postern_type_kind(in->types[0]) == POSTERN_KIND_ARRAY) {
        for (size_t i = 0; i < collection->array.count && !out->value.boolean; i++) {
            out->value.boolean = same(&collection->array.items[i], wanted, type);
        }
        return POSTERN_OK;
    }
    for (size_t i = 0; i < collection->map.count && !out->value.boolean; i++) {
        out->value.boolean = same(&collection->map.entries[i].value, wanted, type);
    }
    return POSTERN_OK;
}

postern_status pst_body_COALESCE(const pst_invocation *in, pst_result *out)
{
    size_t first = 0;

    while (first < in->count && !in->present[first]) {
        first++;
    }
    out->present = first < in->count;
    if (out->present) {
        out->value = in->values[first];
    }
    return POSTERN_OK;
}
