/*
 * vm/derive.c - computes derived slots: look-ups and calls, each at most once a
 * run. A slot only reads slots before it, so the recursion ends; its depth is that
 * of the expression, which the compiler limits.
 */
#include "vm/program.h"

#include <string.h>

postern_status pst_program_prepare(const pst_program *program, postern_request *request)
{
    return pst_request_reserve(request, program->derived_count);
}

static void set(postern_request *request, uint32_t slot, const pst_value *value)
{
    if (value == NULL) {
        request->states[slot] = PST_SLOT_MISSING;
        return;
    }
    request->values[slot] = *value;
    request->states[slot] = PST_SLOT_PRESENT;
}

static const pst_value *array_at(pst_array array, uint32_t index)
{
    return index < array.count ? &array.items[index] : NULL;
}

/* A map of headers that the host has set hides what lines would hide. */
static bool is_hidden(const postern_request *request, uint32_t base, postern_str key)
{
    return base == PST_FIELD_HEADERS && request->hide_identity &&
           pst_header_claims_identity(key);
}

/* Headers are looked up line by line, unless the host has set the whole map. */
static void get_header(postern_request *request, const pst_derived *how, uint32_t slot)
{
    const postern_str *line;
    const pst_value *values;

    if (request->states[PST_FIELD_HEADERS] == PST_SLOT_SET) {
        values = is_hidden(request, PST_FIELD_HEADERS, how->key)
                     ? NULL
                     : pst_map_find(request->values[PST_FIELD_HEADERS].map, how->key);
        set(request, slot, values == NULL ? NULL : array_at(values->array, how->index));
        return;
    }
    line = pst_request_header(request, how->key, how->hash, how->index);
    if (line == NULL) {
        request->states[slot] = PST_SLOT_MISSING;
        return;
    }
    request->values[slot].string = *line;
    request->states[slot] = PST_SLOT_PRESENT;
}

static postern_status call(postern_request *request, const pst_derived *how,
                           uint32_t slot, size_t count)
{
    pst_value arguments[PST_PARAMETERS_MAX];
    postern_status status;

    for (size_t i = 0; i < count; i++) {
        arguments[i] = request->values[how->slots[i]];
    }
    status = pst_function_at(how->function)
                 ->body(&request->arena, arguments, &request->values[slot]);
    if (status == POSTERN_OK) {
        request->states[slot] = PST_SLOT_PRESENT;
    }
    return status;
}

static size_t input_count(const pst_derived *how)
{
    switch ((pst_derived_kind)how->kind) {
    case PST_DERIVED_MAP_GET:
    case PST_DERIVED_ARRAY_GET:
        return 1;
    case PST_DERIVED_HEADER:
        return 0;
    case PST_DERIVED_CALL:
        return strlen(pst_function_at(how->function)->parameters);
    }
    return 0;
}

static postern_status compute(const pst_program *program, postern_request *request,
                              uint32_t slot)
{
    const pst_derived *how = &program->derived[slot - request->scheme->field_count];
    const size_t inputs = input_count(how);

    for (size_t i = 0; i < inputs; i++) {
        const postern_status status = pst_slot_ensure(program, request, how->slots[i]);
        if (status != POSTERN_OK) {
            return status;
        }
        if (request->states[how->slots[i]] == PST_SLOT_MISSING) {
            request->states[slot] = PST_SLOT_MISSING;
            return POSTERN_OK;
        }
    }
    switch ((pst_derived_kind)how->kind) {
    case PST_DERIVED_MAP_GET:
        set(request, slot,
            is_hidden(request, how->slots[0], how->key)
                ? NULL
                : pst_map_find(request->values[how->slots[0]].map, how->key));
        return POSTERN_OK;
    case PST_DERIVED_ARRAY_GET:
        set(request, slot, array_at(request->values[how->slots[0]].array, how->index));
        return POSTERN_OK;
    case PST_DERIVED_HEADER:
        get_header(request, how, slot);
        return POSTERN_OK;
    case PST_DERIVED_CALL:
        return call(request, how, slot, inputs);
    }
    return POSTERN_STATE;
}

postern_status pst_slot_ensure(const pst_program *program, postern_request *request,
                               uint32_t slot)
{
    if (request->states[slot] != PST_SLOT_UNKNOWN) {
        return POSTERN_OK;
    }
    if (slot < request->scheme->field_count) {
        return pst_request_derive(request, slot);
    }
    return compute(program, request, slot);
}
