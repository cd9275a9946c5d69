/*
 * vm/derive.c - computes derived slots: look-ups, calls and claims that are values,
 * each at most once a run. A slot only reads slots before it, so the recursion ends;
 * its depth is that of the expression, which the compiler limits. Frames on that way
 * are kept small.
 */
#include "vm/program.h"

#include "model/derive.h"
#include "support/attribute.h"
#include "vm/flatten.h"
#include "vm/memory.h"

#include <string.h>

static bool is_present(const postern_request *request, uint32_t slot)
{
    return (request->states[slot] & 1U) != 0;
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

/* Headers are looked up line by line, unless the whole map was given. */
static PST_NOINLINE postern_status get_header(postern_request *request,
                                              const pst_derived *how, uint32_t slot)
{
    const postern_str *line;
    const pst_value *values;
    pst_value map;
    postern_status status;

    if (request->header_maps[0].given) {
        status = pst_request_value(request, PST_FIELD_HEADERS, &map);
        values = status == POSTERN_OK ? pst_map_find(map.map, how->key) : NULL;
        set(request, slot, values == NULL ? NULL : array_at(values->array, how->index));
        return status;
    }
    line = pst_request_header(request, how->key, how->hash, how->index);
    if (line == NULL) {
        request->states[slot] = PST_SLOT_MISSING;
        return POSTERN_OK;
    }
    request->values[slot].string = *line;
    request->states[slot] = PST_SLOT_PRESENT;
    return POSTERN_OK;
}

/* How many visible lines the header has; their values go to `items`, if there is room. */
static size_t copy_lines(const postern_request *request, const pst_derived *how,
                         pst_value *items)
{
    size_t count = 0;

    for (const pst_header *header = pst_header_first(request, how->hash);
         header != NULL; header = pst_header_next(request, header)) {
        if (pst_header_is(request, header, how->key, how->hash)) {
            if (items != NULL) {
                items[count].string = header->value;
            }
            count++;
        }
    }
    return count;
}

static PST_NOINLINE postern_status get_lines(postern_request *request,
                                             const pst_derived *how, uint32_t slot)
{
    pst_value lines = {
        .array = {NULL, 0}
    };
    pst_value *items;
    pst_value map;
    postern_status status;

    if (request->header_maps[0].given) {
        status = pst_request_value(request, PST_FIELD_HEADERS, &map);
        set(request, slot,
            status == POSTERN_OK ? pst_map_find(map.map, how->key) : NULL);
        return status;
    }
    lines.array.count = copy_lines(request, how, NULL);
    if (lines.array.count == 0) {
        request->states[slot] = PST_SLOT_MISSING;
        return POSTERN_OK;
    }
    items = pst_arena_array(&request->run, lines.array.count, sizeof *items);
    if (items == NULL) {
        return request->run.status;
    }
    (void)copy_lines(request, how, items);
    lines.array.items = items;
    set(request, slot, &lines);
    return POSTERN_OK;
}

/* --- calls ----------------------------------------------------------------------- */

enum { FEW = 4 }; /* arguments that fit on the stack */

/* The arguments of one call; for many of them in the request's arena. */
typedef struct arguments {
    pst_value few[FEW];
    bool few_present[FEW];
    pst_value *values;
    bool *present;
} arguments;

static bool arguments_open(pst_arena *arena, size_t count, arguments *out)
{
    out->values = out->few;
    out->present = out->few_present;
    if (count > FEW) {
        out->values = pst_arena_array(arena, count, sizeof *out->values);
        out->present = pst_arena_array(arena, count, sizeof *out->present);
    }
    return out->values != NULL && out->present != NULL;
}

static void arguments_read(const postern_request *request, const pst_call *how,
                           arguments *out)
{
    for (size_t i = 0; i < how->count; i++) {
        const pst_operand *operand = &how->operands[i];
        out->present[i] = operand->literal || is_present(request, operand->slot);
        out->values[i] =
            operand->literal ? operand->value : request->values[operand->slot];
    }
}

static pst_invocation invocation_of(postern_request *request, const pst_call *how,
                                    const arguments *given, pst_regex_memory *regexes)
{
    return (pst_invocation){.arena = &request->run,
                            .crypto = request->scheme->options.crypto,
                            .regexes = regexes,
                            .types = how->types,
                            .values = given->values,
                            .present = given->present,
                            .count = how->count,
                            .prepared = how->prepared};
}

/* The results for each element of the first argument; missing ones are left out. */
static postern_status call_each(postern_request *request, const pst_function *function,
                                pst_invocation *in, pst_array elements,
                                pst_value *first, pst_value *out)
{
    pst_value *items = pst_arena_array(in->arena, elements.count, sizeof *items);
    size_t count = 0;

    if (items == NULL) {
        return request->run.status;
    }
    for (size_t i = 0; i < elements.count; i++) {
        pst_result result = {.present = true};
        *first = elements.items[i];
        const postern_status status = function->body(in, &result);
        if (status != POSTERN_OK) {
            return status;
        }
        if (result.present) {
            items[count++] = result.value;
        }
    }
    out->array = (pst_array){items, count};
    return POSTERN_OK;
}

/* All arguments have been computed. */
static PST_NOINLINE postern_status call(postern_request *request, const pst_call *how,
                                        uint32_t slot)
{
    const pst_function *function = pst_function_at(how->function);
    pst_regex_memory regexes = pst_regex_memory_of(request);
    pst_result result = {.present = true};
    pst_invocation in;
    arguments given;
    postern_status status;

    if (!arguments_open(&request->run, how->count, &given)) {
        return request->run.status;
    }
    arguments_read(request, how, &given);
    in = invocation_of(request, how, &given, &regexes);
    status = how->mapped ? call_each(request, function, &in,
                                     request->values[how->operands[0].slot].array,
                                     &given.values[0], &result.value)
                         : function->body(&in, &result);
    pst_regex_memory_keep(request, &regexes);
    if (status == POSTERN_OK) {
        set(request, slot, result.present ? &result.value : NULL);
    }
    return status;
}

/* A missing argument makes the result missing, but for functions that look for them. A
 * walk over nothing that is there has no result either; one in which no element has a
 * result has an empty one. */
static postern_status compute_call(const pst_program *program, postern_request *request,
                                   const pst_call *how, uint32_t slot)
{
    const bool takes_missing =
        (pst_function_at(how->function)->flags & PST_FLAG_TAKES_MISSING) != 0;

    for (size_t i = 0; i < how->count; i++) {
        const pst_operand *operand = &how->operands[i];
        postern_status status;
        if (operand->literal) {
            continue;
        }
        status = pst_slot_ensure(program, request, operand->slot);
        if (status != POSTERN_OK) {
            return status;
        }
        if (!is_present(request, operand->slot) &&
            (!takes_missing || (how->mapped && i == 0))) {
            request->values[slot].array = (pst_array){NULL, 0};
            request->states[slot] =
                how->mapped && i > 0 ? PST_SLOT_PRESENT : PST_SLOT_MISSING;
            return POSTERN_OK;
        }
    }
    return call(request, how, slot);
}

/* --- claims as values --------------------------------------------------------------- */

static postern_status compute_claim(const pst_program *program,
                                    postern_request *request, const pst_body *body,
                                    uint32_t slot)
{
    postern_status fault = POSTERN_OK;
    const pst_answer answer = pst_program_run_at(program, body->start, request, &fault);

    if (answer == PST_FAULTED) {
        return fault;
    }
    request->values[slot].boolean = answer == PST_YES;
    request->states[slot] = PST_SLOT_PRESENT;
    return POSTERN_OK;
}

/* Of a missing array nothing can be said: no answers. */
static postern_status compute_claims(const pst_program *program,
                                     postern_request *request, const pst_each *each,
                                     uint32_t slot)
{
    postern_status status = POSTERN_OK;

    for (size_t i = 0; i < each->count && status == POSTERN_OK; i++) {
        status = pst_slot_ensure(program, request, each->arrays[i]);
        if (status == POSTERN_OK && !is_present(request, each->arrays[i])) {
            request->states[slot] = PST_SLOT_MISSING;
            return POSTERN_OK;
        }
    }
    if (status == POSTERN_OK) {
        status = pst_each_collect(program, each, request, &request->values[slot].array);
    }
    if (status == POSTERN_OK) {
        request->states[slot] = PST_SLOT_PRESENT;
    }
    return status;
}

/* --- look-ups ------------------------------------------------------------------------ */

static postern_status compute_look_up(const pst_program *program,
                                      postern_request *request, const pst_derived *how,
                                      uint32_t slot)
{
    const postern_status status = request->states[how->slot] == PST_SLOT_UNKNOWN
                                      ? pst_slot_ensure(program, request, how->slot)
                                      : POSTERN_OK;
    const pst_value *base = &request->values[how->slot];

    if (status != POSTERN_OK || !is_present(request, how->slot)) {
        request->states[slot] =
            status == POSTERN_OK ? PST_SLOT_MISSING : PST_SLOT_UNKNOWN;
        return status;
    }
    if (how->kind == PST_DERIVED_FLATTEN) {
        return pst_flatten(program, request, how, slot);
    }
    if (how->kind == PST_DERIVED_ARRAY_GET) {
        set(request, slot, array_at(base->array, how->index));
    } else {
        set(request, slot, pst_map_find(base->map, how->key));
    }
    return POSTERN_OK;
}

static postern_status compute(const pst_program *program, postern_request *request,
                              uint32_t slot)
{
    const pst_derived *how = &program->derived[slot - request->scheme->field_count];

    switch ((pst_derived_kind)how->kind) {
    case PST_DERIVED_MAP_GET:
    case PST_DERIVED_ARRAY_GET:
    case PST_DERIVED_FLATTEN:
        return compute_look_up(program, request, how, slot);
    case PST_DERIVED_LINES:
        return get_lines(request, how, slot);
    case PST_DERIVED_HEADER:
        return get_header(request, how, slot);
    case PST_DERIVED_CALL:
        return compute_call(program, request, how->as.call, slot);
    case PST_DERIVED_CLAIM:
        return compute_claim(program, request, &how->as.body, slot);
    case PST_DERIVED_CLAIMS:
        return compute_claims(program, request, how->as.each, slot);
    case PST_DERIVED_ELEMENT:
        break;
    }
    return POSTERN_STATE; /* the verifier lets no such program through */
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
