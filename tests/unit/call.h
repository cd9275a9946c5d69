/*
 * tests/unit/call.h - calls one function of the language as the machine does: literals
 * are checked once, then the body runs. Arguments are written as S("text"), I(7) and
 * so on; a list of them ends with the first that has no type.
 */
#ifndef UNIT_CALL_H
#define UNIT_CALL_H

#include "../harness/harness.h"
#include "builtin/builtin.h"
#include "support/alloc.h"
#include "support/text.h"

#include <stdlib.h>

typedef struct given {
    postern_type type;
    bool missing;
    pst_value value;
} given;

/* clang-format off */
#define TEXT(text) {.string = {text, sizeof(text) - 1}}
#define S(text) {POSTERN_STRING, false, {.string = {text, sizeof(text) - 1}}}
#define I(number) {POSTERN_INT, false, {.integer = (number)}}
#define B(claim) {POSTERN_BOOL, false, {.boolean = (claim)}}
#define V4(a, b, c, d) {POSTERN_IP, false, {.ip = {0, 0xffff00000000U | \
    (uint64_t)(a) << 24 | (uint64_t)(b) << 16 | (uint64_t)(c) << 8 | (d)}}}
#define V6(high, low) {POSTERN_IP, false, {.ip = {high, low}}}
#define A(element, list) {POSTERN_ARRAY_OF(element), false, \
    {.array = {list, sizeof(list) / sizeof(list)[0]}}}
#define EMPTY(element) {POSTERN_ARRAY_OF(element), false, {.array = {NULL, 0}}}
#define M(element, list) {POSTERN_MAP_OF(element), false, \
    {.map = {list, sizeof(list) / sizeof(list)[0]}}}
#define MISSING(type) {type, true, {.string = {NULL, 5}}} /* nobody may look */
#define NOTHING MISSING(POSTERN_STRING)
#define FN(id) PST_FUNCTION_##id
/* clang-format on */

enum { ARGUMENTS = 10, STARS = 16 };

static inline size_t count_given(const given *arguments)
{
    size_t count = 0;

    while (count < ARGUMENTS && arguments[count].type != 0) {
        count++;
    }
    return count;
}

/* What a call needs, in blocks of exactly their size. */
typedef struct call {
    const pst_function *function;
    size_t count;
    postern_type *types;
    pst_value *values;
    bool *present;
    char *texts[ARGUMENTS];
    pst_argument *known;
} call;

static inline void *room_for(size_t count, size_t size)
{
    void *const block = calloc(count == 0 ? 1 : count, size);

    ck_assert_ptr_nonnull(block);
    return block;
}

static inline void call_open(call *c, pst_function_id id, const given *arguments)
{
    *c = (call){.function = pst_function_at(id), .count = count_given(arguments)};
    c->types = room_for(c->count, sizeof *c->types);
    c->values = room_for(c->count, sizeof *c->values);
    c->present = room_for(c->count, sizeof *c->present);
    c->known = room_for(c->count, sizeof *c->known);
    for (size_t i = 0; i < c->count; i++) {
        const given *const from = &arguments[i];
        c->types[i] = from->type;
        c->values[i] = from->value;
        c->present[i] = !from->missing;
        if (!from->missing && from->type == POSTERN_STRING &&
            from->value.string.len > 0) {
            c->texts[i] = room_for(from->value.string.len, 1);
            memcpy(c->texts[i], from->value.string.data, from->value.string.len);
            c->values[i].string.data = c->texts[i];
        }
        c->known[i].type = from->type;
        c->known[i].literal =
            pst_function_parameter(c->function, i)->form == PST_FORM_LITERAL;
        if (c->known[i].literal) {
            c->known[i].value = c->values[i];
        }
    }
}

static inline void call_close(call *c)
{
    for (size_t i = 0; i < c->count; i++) {
        free(c->texts[i]);
    }
    free(c->types);
    free(c->values);
    free(c->present);
    free(c->known);
}

/* The arguments are ones that the compiler lets through. */
static inline void call_fits(const call *c)
{
    const pst_function *const function = c->function;

    ck_assert_uint_ge(c->count, function->min);
    ck_assert_uint_le(c->count, function->max);
    for (size_t i = 0; i < c->count; i++) {
        ck_assert_msg(pst_parameter_takes(pst_function_parameter(function, i),
                                          c->types[i], c->types[0]),
                      "%s does not take argument %zu", function->name.data, i);
        ck_assert(c->present[i] || (function->flags & PST_FLAG_TAKES_MISSING) != 0);
    }
}

/* Regular expressions are right here; what is wrong ones' is the compiler's to say. */
static inline void call_compile(const call *c, pst_arena *constants)
{
    static const pst_regex_limits limits = {4096, 250, 10 << 20, 512};
    pst_regex_problem problem;
    pst_arena scratch;

    pst_arena_init(&scratch, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    for (size_t i = 0; i < c->count; i++) {
        if ((pst_function_parameter(c->function, i)->takes & PST_TAKES_REGEX) != 0) {
            ck_assert_int_eq(pst_regex_compile(constants, &scratch, c->values[i].string,
                                               PST_REGEX_CAPTURE, &limits,
                                               &c->known[i].regex, &problem),
                             POSTERN_OK);
        }
    }
    pst_arena_free(&scratch);
}

static inline postern_status call_check(const call *c, pst_arena *constants,
                                        const void **prepared,
                                        pst_argument_problem *problem)
{
    call_compile(c, constants);
    *prepared = NULL;
    *problem = (pst_argument_problem){.status = POSTERN_OK};
    return c->function->check == NULL
               ? POSTERN_OK
               : c->function->check(constants, c->known, c->count, STARS, prepared,
                                    problem);
}

static inline postern_status call_body(const call *c, const postern_crypto *crypto,
                                       const void *prepared, pst_arena *arena,
                                       pst_result *out)
{
    pst_regex_memory regexes = {.arena = arena};
    const pst_invocation in = {.arena = arena,
                               .crypto = crypto,
                               .regexes = &regexes,
                               .types = c->types,
                               .values = c->values,
                               .present = c->present,
                               .count = c->count,
                               .prepared = prepared};

    *out = (pst_result){.present = true};
    return c->function->body(&in, out);
}

/* --- a row of a table: a call and what comes of it ------------------------------------ */

typedef struct call_row {
    pst_function_id id;
    given arguments[ARGUMENTS];
    given result; /* of an array of strings: the strings, joined with '|' */
} call_row;

static inline bool call_is_joined(pst_array strings, postern_str joined)
{
    postern_str rest = joined;

    for (size_t i = 0; i < strings.count; i++) {
        const postern_str string = strings.items[i].string;
        if (!pst_str_starts(rest, string)) {
            return false;
        }
        rest = pst_str_slice(rest, string.len, rest.len);
        if (i + 1 < strings.count) {
            if (rest.len == 0 || rest.data[0] != '|') {
                return false;
            }
            rest = pst_str_slice(rest, 1, rest.len);
        }
    }
    return rest.len == 0;
}

static inline bool call_gives(const call *c, const pst_result *result,
                              const given *wanted)
{
    const postern_type type =
        c->function->result != 0 ? c->function->result : c->types[0];

    if (wanted->missing || !result->present) {
        return wanted->missing == !result->present;
    }
    switch (postern_type_kind(type)) {
    case POSTERN_KIND_BOOL:
        return result->value.boolean == wanted->value.boolean;
    case POSTERN_KIND_INT:
        return result->value.integer == wanted->value.integer;
    case POSTERN_KIND_STRING:
        return pst_str_same(result->value.string, wanted->value.string);
    case POSTERN_KIND_IP:
        return pst_ip_order(result->value.ip, wanted->value.ip) == 0;
    case POSTERN_KIND_ARRAY:
        return call_is_joined(result->value.array, wanted->value.string);
    case POSTERN_KIND_MAP:
    case POSTERN_KIND_NONE:
        break;
    }
    return false;
}

/* Runs the body in an arena of its own. @return how much of it was used; or, with a
 * smaller limit or a heap that fails, checks that there is no wrong answer */
static inline size_t call_run(const call *c, const call_row *row,
                              const postern_crypto *crypto, const void *prepared,
                              size_t limit, size_t fail_at)
{
    counting_heap heap;
    pst_arena arena;
    pst_result result;
    postern_status status;
    size_t used;

    counting_heap_init(&heap, fail_at);
    pst_arena_init(&arena, &heap.alloc, limit);
    status = call_body(c, crypto, prepared, &arena, &result);
    used = arena.used;
    if (status == POSTERN_OK) {
        ck_assert_msg(
            call_gives(c, &result, &row->result), "%s: present %d, \"%.*s\"",
            c->function->name.data, result.present,
            c->function->result == POSTERN_STRING ? (int)result.value.string.len : 0,
            c->function->result == POSTERN_STRING ? result.value.string.data : "");
    } else {
        ck_assert_int_eq(status,
                         fail_at == SIZE_MAX ? POSTERN_LIMIT : POSTERN_NO_MEMORY);
    }
    pst_arena_free(&arena);
    ck_assert_uint_eq(heap.live_bytes, 0);
    return status == POSTERN_OK ? used : SIZE_MAX;
}

/* The answer is right, and with too little memory it is no answer. */
static inline void call_holds(const call_row *row, const postern_crypto *crypto)
{
    pst_argument_problem problem;
    const void *prepared;
    counting_heap heap;
    pst_arena constants;
    size_t used;
    call c;

    counting_heap_init(&heap, SIZE_MAX);
    pst_arena_init(&constants, &heap.alloc, SIZE_MAX / 2);
    call_open(&c, row->id, row->arguments);
    call_fits(&c);
    ck_assert_int_eq(call_check(&c, &constants, &prepared, &problem), POSTERN_OK);
    used = call_run(&c, row, crypto, prepared, SIZE_MAX / 2, SIZE_MAX);
    ck_assert_uint_ne(used, SIZE_MAX);
    for (size_t limit = 0; limit < used; limit += 16) {
        const size_t less = call_run(&c, row, crypto, prepared, limit, SIZE_MAX);
        ck_assert(limit > 0 || less == SIZE_MAX);
    }
    if (used > 0) {
        ck_assert_uint_eq(call_run(&c, row, crypto, prepared, SIZE_MAX / 2, 0),
                          SIZE_MAX);
    }
    call_close(&c);
    pst_arena_free(&constants);
    ck_assert_uint_eq(heap.live_bytes, 0);
}

#endif
