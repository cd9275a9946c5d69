/*
 * builtin/text.c - functions of text: case, length, parts, joining.
 */
#include "builtin/bodies.h"
#include "support/text.h"

typedef unsigned char fold(unsigned char c);

static unsigned char upper(unsigned char c)
{
    return c >= 'a' && c <= 'z' ? (unsigned char)(c - 'a' + 'A') : c;
}

static unsigned char lower(unsigned char c)
{
    return pst_lower(c);
}

/* Text that folding does not change is its own result. */
static postern_status folded(const pst_invocation *in, pst_result *out, fold *to)
{
    const postern_str text = in->values[0].string;
    size_t first = 0;
    char *copy;

    while (first < text.len &&
           (unsigned char)text.data[first] == to((unsigned char)text.data[first])) {
        first++;
    }
    out->value.string = text;
    if (first == text.len) {
        return POSTERN_OK;
    }
    copy = pst_arena_alloc(in->arena, text.len);
    if (copy == NULL) {
        return in->arena->status;
    }
    memcpy(copy, text.data, first);
    for (size_t i = first; i < text.len; i++) {
        copy[i] = (char)to((unsigned char)text.data[i]);
    }
    out->value.string.data = copy;
    return POSTERN_OK;
}

postern_status pst_body_LOWER(const pst_invocation *in, pst_result *out)
{
    return folded(in, out, lower);
}

postern_status pst_body_UPPER(const pst_invocation *in, pst_result *out)
{
    return folded(in, out, upper);
}

postern_status pst_body_LEN(const pst_invocation *in, pst_result *out)
{
    out->value.integer =
        (int64_t)(in->types[0] == POSTERN_STRING ? in->values[0].string.len
                                                 : in->values[0].array.count);
    return POSTERN_OK;
}

postern_status pst_body_STARTS_WITH(const pst_invocation *in, pst_result *out)
{
    out->value.boolean = pst_str_starts(in->values[0].string, in->values[1].string);
    return POSTERN_OK;
}

postern_status pst_body_ENDS_WITH(const pst_invocation *in, pst_result *out)
{
    const postern_str text = in->values[0].string;
    const postern_str end = in->values[1].string;

    out->value.boolean =
        end.len <= text.len &&
        pst_str_same(pst_str_slice(text, text.len - end.len, text.len), end);
    return POSTERN_OK;
}

/* Where `offset` points to in `len` bytes: negative counts from the end, and what lies
 * outside is moved to the nearest end. */
static size_t place(int64_t offset, size_t len)
{
    if (offset < 0) {
        const uint64_t back = (uint64_t)0 - (uint64_t)offset;
        return back > len ? 0 : len - (size_t)back;
    }
    return (uint64_t)offset > len ? len : (size_t)offset;
}

postern_status pst_body_SUBSTRING(const pst_invocation *in, pst_result *out)
{
    const postern_str text = in->values[0].string;
    const size_t start = place(in->values[1].integer, text.len);
    const size_t end =
        in->count > 2 ? place(in->values[2].integer, text.len) : text.len;

    out->value.string = pst_str_slice(text, start, end > start ? end : start);
    return POSTERN_OK;
}

postern_status pst_body_REMOVE_BYTES(const pst_invocation *in, pst_result *out)
{
    const postern_str text = in->values[0].string;
    const postern_str unwanted = in->values[1].string;
    bool remove[256] = {false};
    char *copy = pst_arena_alloc(in->arena, text.len);
    size_t len = 0;

    if (copy == NULL) {
        return in->arena->status;
    }
    for (size_t i = 0; i < unwanted.len; i++) {
        remove[(unsigned char)unwanted.data[i]] = true;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!remove[(unsigned char)text.data[i]]) {
            copy[len++] = text.data[i];
        }
    }
    out->value.string = (postern_str){copy, len};
    return POSTERN_OK;
}

postern_status pst_body_TO_STRING(const pst_invocation *in, pst_result *out)
{
    enum { ROOM = 48 };
    const pst_value *value = &in->values[0];
    char *text = pst_arena_alloc(in->arena, ROOM);
    pst_writer writer = {text, ROOM, 0};

    if (text == NULL) {
        return in->arena->status;
    }
    if (in->types[0] == POSTERN_INT) {
        pst_write_int(&writer, value->integer);
    } else if (in->types[0] == POSTERN_BOOL) {
        pst_write_text(&writer, value->boolean ? "true" : "false");
    } else {
        const postern_address address = pst_ip_to_address(value->ip);
        writer.len = postern_address_format(&address, text, ROOM);
    }
    out->value.string = (postern_str){text, writer.len};
    return POSTERN_OK;
}

/* --- several into one, one into several ---------------------------------------------- */

/* The texts that are there, one behind the other with `separator` between them. */
static postern_status glue(pst_arena *arena, const pst_value *items,
                           const bool *present, size_t count, postern_str separator,
                           postern_str *out)
{
    size_t room = 0;
    size_t at = 0;
    char *text;

    for (size_t i = 0; i < count; i++) {
        if (present == NULL || present[i]) {
            const size_t more = items[i].string.len + (i > 0 ? separator.len : 0);
            if (more > SIZE_MAX - room) {
                return POSTERN_LIMIT;
            }
            room += more;
        }
    }
    text = pst_arena_alloc(arena, room);
    if (text == NULL) {
        return arena->status;
    }
    for (size_t i = 0; i < count; i++) {
        if (present != NULL && !present[i]) {
            continue;
        }
        if (i > 0 && separator.len > 0) {
            memcpy(text + at, separator.data, separator.len);
            at += separator.len;
        }
        if (items[i].string.len > 0) {
            memcpy(text + at, items[i].string.data, items[i].string.len);
            at += items[i].string.len;
        }
    }
    *out = (postern_str){text, room};
    return POSTERN_OK;
}

static postern_status append_arrays(const pst_invocation *in, pst_array *out)
{
    size_t count = 0;
    size_t at = 0;
    pst_value *items;

    for (size_t i = 0; i < in->count; i++) {
        count += in->present[i] ? in->values[i].array.count : 0;
    }
    items = pst_arena_array(in->arena, count, sizeof *items);
    if (items == NULL) {
        return in->arena->status;
    }
    for (size_t i = 0; i < in->count; i++) {
        const pst_array array = in->values[i].array;
        if (in->present[i] && array.count > 0) {
            memcpy(items + at, array.items, array.count * sizeof *items);
            at += array.count;
        }
    }
    *out = (pst_array){items, count};
    return POSTERN_OK;
}

postern_status pst_body_CONCAT(const pst_invocation *in, pst_result *out)
{
    out->present = false;
    for (size_t i = 0; i < in->count; i++) {
        out->present = out->present || in->present[i];
    }
    if (!out->present) {
        return POSTERN_OK;
    }
    if (in->types[0] == POSTERN_STRING) {
        return glue(in->arena, in->values, in->present, in->count,
                    (postern_str){NULL, 0}, &out->value.string);
    }
    return append_arrays(in, &out->value.array);
}

postern_status pst_body_JOIN(const pst_invocation *in, pst_result *out)
{
    const pst_array items = in->values[0].array;

    return glue(in->arena, items.items, NULL, items.count, in->values[1].string,
                &out->value.string);
}

enum { SPLIT_MOST = 128 };

postern_status pst_check_SPLIT(pst_arena *arena, const pst_argument *arguments,
                               size_t count, uint32_t star_limit, const void **prepared,
                               pst_argument_problem *problem)
{
    const int64_t limit = arguments[2].value.integer;

    (void)arena;
    (void)count;
    (void)star_limit;
    (void)prepared;
    if (arguments[1].value.string.len == 0) {
        return pst_refuse_argument(problem, 1, "an empty separator separates nothing",
                                   NULL);
    }
    if (limit < 1 || limit > SPLIT_MOST) {
        return pst_refuse_argument(problem, 2, "the limit is between 1 and 128", NULL);
    }
    return POSTERN_OK;
}

/* Where `separator` next stands in `text` from `at` on, or text.len. */
static size_t next_separator(postern_str text, size_t at, postern_str separator)
{
    for (; at + separator.len <= text.len; at++) {
        if (memcmp(text.data + at, separator.data, separator.len) == 0) {
            return at;
        }
    }
    return text.len;
}

postern_status pst_body_SPLIT(const pst_invocation *in, pst_result *out)
{
    const postern_str text = in->values[0].string;
    const postern_str separator = in->values[1].string;
    const size_t limit = (size_t)in->values[2].integer;
    pst_value *items = pst_arena_array(in->arena, limit, sizeof *items);
    size_t count = 0;
    size_t at = 0;

    if (items == NULL) {
        return in->arena->status;
    }
    while (count + 1 < limit) {
        const size_t end = next_separator(text, at, separator);
        if (end == text.len) {
            break;
        }
        items[count++].string = pst_str_slice(text, at, end);
        at = end + separator.len;
    }
    items[count++].string = pst_str_slice(text, at, text.len);
    out->value.array = (pst_array){items, count};
    return POSTERN_OK;
}
