/* collection.c - functions over several values: arguments, elements, entries. */
#include "builtin/body.h"

#include "match/search.h"

postern_status pst_body_LEN(const pst_invocation *in, pst_result *out)
{
    out->value.integer =
        (int64_t)(in->types[0] == POSTERN_STRING ? in->values[0].string.len
                                                 : in->values[0].array.count);
    return POSTERN_OK;
}

postern_status pst_body_COALESCE(const pst_invocation *in, pst_result *out)
{
    for (size_t i = 0; i < in->count; i++) {
        if (in->present[i]) {
            out->value = in->values[i];
            return POSTERN_OK;
        }
    }
    return pst_missing(out);
}

/* --- putting together --------------------------------------------------------------- */

/* Lengths of what is borrowed, maybe many times, may add up to more than there is
 * memory. */
static bool add(size_t *sum, size_t more)
{
    if (more > SIZE_MAX - *sum) {
        return false;
    }
    *sum += more;
    return true;
}

static char *append(char *at, postern_str text)
{
    if (text.len > 0) {
        memcpy(at, text.data, text.len);
    }
    return at + text.len;
}

static postern_status concat_texts(const pst_invocation *in, pst_result *out)
{
    size_t len = 0;
    char *at;

    for (size_t i = 0; i < in->count; i++) {
        if (in->present[i] && !add(&len, in->values[i].string.len)) {
            return POSTERN_LIMIT;
        }
    }
    at = pst_text_result(in, len, out);
    if (at == NULL) {
        return in->arena->status;
    }
    for (size_t i = 0; i < in->count; i++) {
        if (in->present[i]) {
            at = append(at, in->values[i].string);
        }
    }
    return POSTERN_OK;
}

static postern_status concat_arrays(const pst_invocation *in, pst_result *out)
{
    size_t count = 0;
    pst_value *at;

    for (size_t i = 0; i < in->count; i++) {
        if (in->present[i] && !add(&count, in->values[i].array.count)) {
            return POSTERN_LIMIT;
        }
    }
    at = pst_arena_array(in->arena, count, sizeof *at);
    if (at == NULL) {
        return in->arena->status;
    }
    out->value.array = (pst_array){at, count};
    for (size_t i = 0; i < in->count; i++) {
        if (in->present[i] && in->values[i].array.count > 0) {
            memcpy(at, in->values[i].array.items,
                   in->values[i].array.count * sizeof *at);
            at += in->values[i].array.count;
        }
    }
    return POSTERN_OK;
}

/* Missing arguments are skipped; one that is left alone is the result as it is. */
postern_status pst_body_CONCAT(const pst_invocation *in, pst_result *out)
{
    size_t present = 0;

    for (size_t i = 0; i < in->count; i++) {
        if (in->present[i]) {
            present++;
            out->value = in->values[i];
        }
    }
    if (present == 0) {
        return pst_missing(out);
    }
    if (present == 1) {
        return POSTERN_OK;
    }
    return in->types[0] == POSTERN_STRING ? concat_texts(in, out)
                                          : concat_arrays(in, out);
}

postern_status pst_body_JOIN(const pst_invocation *in, pst_result *out)
{
    const pst_array items = in->values[0].array;
    const postern_str separator = in->values[1].string;
    size_t len = 0;
    char *at;

    if (items.count <= 1) {
        out->value.string =
            items.count == 1 ? items.items[0].string : (postern_str)POSTERN_STR("");
        return POSTERN_OK;
    }
    for (size_t i = 0; i < items.count; i++) {
        if (!add(&len, items.items[i].string.len) ||
            (i > 0 && !add(&len, separator.len))) {
            return POSTERN_LIMIT;
        }
    }
    at = pst_text_result(in, len, out);
    if (at == NULL) {
        return in->arena->status;
    }
    for (size_t i = 0; i < items.count; i++) {
        at = i > 0 ? append(at, separator) : at;
        at = append(at, items.items[i].string);
    }
    return POSTERN_OK;
}

/* --- taking apart ------------------------------------------------------------------- */

/* Where the next separator stands in `rest`, or SIZE_MAX. */
static size_t next_separator(postern_str rest, postern_str separator)
{
    const char *found;

    if (separator.len != 1) {
        return pst_search(rest, separator);
    }
    found = rest.len == 0 ? NULL : memchr(rest.data, separator.data[0], rest.len);
    return found == NULL ? SIZE_MAX : (size_t)(found - rest.data);
}

/* Cuts `text` into at most `limit` parts, the last of which keeps the rest, and says
 * how many there are. `parts` may be NULL. */
static size_t cut(postern_str text, postern_str separator, size_t limit,
                  pst_value *parts)
{
    postern_str rest = text;
    size_t count = 1;

    while (count < limit) {
        const size_t at = next_separator(rest, separator);
        if (at == SIZE_MAX) {
            break;
        }
        if (parts != NULL) {
            parts[count - 1].string = pst_str_slice(rest, 0, at);
        }
        rest = pst_str_slice(rest, at + separator.len, rest.len);
        count++;
    }
    if (parts != NULL) {
        parts[count - 1].string = rest;
    }
    return count;
}

postern_status pst_body_SPLIT(const pst_invocation *in, pst_result *out)
{
    const postern_str text = in->values[0].string;
    const postern_str separator = in->values[1].string;
    const size_t limit = (size_t)in->values[2].integer;
    const size_t count = cut(text, separator, limit, NULL);
    pst_value *const parts = pst_arena_array(in->arena, count, sizeof *parts);

    if (parts == NULL) {
        return in->arena->status;
    }
    (void)cut(text, separator, limit, parts);
    out->value.array = (pst_array){parts, count};
    return POSTERN_OK;
}

postern_status pst_check_SPLIT(pst_arena *arena, const pst_argument *arguments,
                               size_t count, uint32_t star_limit, const void **prepared,
                               pst_argument_problem *problem)
{
    (void)arena;
    (void)star_limit;
    (void)prepared;
    if (arguments[1].value.string.len == 0) {
        return pst_refuse_literal(problem, POSTERN_INVALID, 1, "the separator is empty",
                                  "say what stands between the parts, such as \",\"");
    }
    return pst_check_range(arguments, count, 2, 1, 128,
                           "the limit of split is from 1 to 128 parts", problem);
}

/* --- looking for one ---------------------------------------------------------------- */

postern_status pst_body_HAS_KEY(const pst_invocation *in, pst_result *out)
{
    out->value.boolean = pst_map_find(in->values[0].map, in->values[1].string) != NULL;
    return POSTERN_OK;
}

static bool same(postern_type type, pst_value a, pst_value b);

static bool same_items(postern_type element, pst_array a, pst_array b)
{
    for (size_t i = 0; i < a.count && a.count == b.count; i++) {
        if (!same(element, a.items[i], b.items[i])) {
            return false;
        }
    }
    return a.count == b.count;
}

/* Whatever the order of the entries. */
static bool same_entries(postern_type element, pst_map a, pst_map b)
{
    for (size_t i = 0; i < a.count && a.count == b.count; i++) {
        const pst_value *other = pst_map_find(b, a.entries[i].key);
        if (other == NULL || !same(element, a.entries[i].value, *other)) {
            return false;
        }
    }
    return a.count == b.count;
}

/* Types are at most seven kinds deep, so this is too. */
static bool same(postern_type type, pst_value a, pst_value b)
{
    switch (postern_type_kind(type)) {
    case POSTERN_KIND_BOOL:
        return a.boolean == b.boolean;
    case POSTERN_KIND_INT:
        return a.integer == b.integer;
    case POSTERN_KIND_STRING:
        return pst_str_same_inline(a.string, b.string);
    case POSTERN_KIND_IP:
        return pst_ip_order(a.ip, b.ip) == 0;
    case POSTERN_KIND_ARRAY:
        return same_items(postern_type_element(type), a.array, b.array);
    case POSTERN_KIND_MAP:
        return same_entries(postern_type_element(type), a.map, b.map);
    case POSTERN_KIND_NONE:
        break;
    }
    return false;
}

postern_status pst_body_HAS_VALUE(const pst_invocation *in, pst_result *out)
{
    const postern_type element = postern_type_element(in->types[0]);
    const bool map = postern_type_kind(in->types[0]) == POSTERN_KIND_MAP;
    const size_t count = map ? in->values[0].map.count : in->values[0].array.count;

    for (size_t i = 0; i < count && !out->value.boolean; i++) {
        out->value.boolean = same(element,
                                  map ? in->values[0].map.entries[i].value
                                      : in->values[0].array.items[i],
                                  in->values[1]);
    }
    return POSTERN_OK;
}
