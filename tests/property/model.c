#include "model.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- truth ------------------------------------------------------------------------ */

truth truth_of(bool claim)
{
    return claim ? YES : NO;
}

truth truth_not(truth a)
{
    return a == UNSURE ? UNSURE : truth_of(a == NO);
}

truth truth_and(truth a, truth b)
{
    if (a == NO || b == NO) {
        return NO;
    }
    return a == UNSURE || b == UNSURE ? UNSURE : YES;
}

truth truth_or(truth a, truth b)
{
    return truth_not(truth_and(truth_not(a), truth_not(b)));
}

truth truth_xor(truth a, truth b)
{
    return a == UNSURE || b == UNSURE ? UNSURE : truth_of(a != b);
}

/* --- values ----------------------------------------------------------------------- */

void *pool_take(pool *from, size_t count, size_t size)
{
    void *const block = from->bytes + from->used;
    const size_t room = sizeof from->bytes - from->used;

    if (size != 0 && count > room / size) {
        ck_abort_msg("the pool is empty");
    }
    from->used += (count * size + 15) / 16 * 16;
    return memset(block, 0, count * size);
}

value value_missing(postern_type type)
{
    return (value){.type = type};
}

value value_unsure(postern_type type)
{
    return (value){.type = type, .unsure = true};
}

value value_text(postern_str text)
{
    return (value){.type = POSTERN_STRING, .present = true, .text = text};
}

value value_number(int64_t number)
{
    return (value){.type = POSTERN_INT, .present = true, .number = number};
}

value value_boolean(bool boolean)
{
    return (value){.type = POSTERN_BOOL, .present = true, .boolean = boolean};
}

value value_array(pool *memory, postern_type element, size_t count)
{
    return (value){.type = POSTERN_ARRAY_OF(element),
                   .present = true,
                   .count = count,
                   .items = pool_take(memory, count, sizeof(value))};
}

int value_order(const value *a, const value *b)
{
    int order;

    if (a->type == POSTERN_BOOL) {
        return a->boolean - b->boolean;
    }
    if (a->type == POSTERN_INT) {
        return a->number < b->number ? -1 : a->number > b->number;
    }
    if (a->type == POSTERN_IP) {
        if (a->address.family != b->address.family) {
            return 2;
        }
        order = memcmp(a->address.bytes, b->address.bytes, sizeof a->address.bytes);
    } else {
        const size_t shorter = a->text.len < b->text.len ? a->text.len : b->text.len;
        order = shorter == 0 ? 0 : memcmp(a->text.data, b->text.data, shorter);
        if (order == 0) {
            order = (a->text.len > b->text.len) - (a->text.len < b->text.len);
        }
    }
    return (order > 0) - (order < 0);
}

/* --- strings ---------------------------------------------------------------------- */

static postern_str slice(postern_str text, size_t from, size_t to)
{
    return (postern_str){to > from ? text.data + from : "", to - from};
}

static bool same(postern_str a, postern_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool text_starts(postern_str text, postern_str prefix)
{
    return prefix.len <= text.len && same(slice(text, 0, prefix.len), prefix);
}

bool text_ends(postern_str text, postern_str suffix)
{
    return suffix.len <= text.len &&
           same(slice(text, text.len - suffix.len, text.len), suffix);
}

bool text_contains(postern_str text, postern_str needle)
{
    while (text.len > needle.len) {
        if (text_starts(text, needle)) {
            return true;
        }
        text = slice(text, 1, text.len);
    }
    return text_starts(text, needle);
}

static int folded(char c, bool fold)
{
    return (unsigned char)(fold && c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* By trying: patterns here are short. */
bool text_covers(postern_str pattern, postern_str text, bool fold)
{
    size_t step = 1;
    char c;

    if (pattern.len == 0) {
        return text.len == 0;
    }
    if (pattern.data[0] == '*') {
        const postern_str rest = slice(pattern, 1, pattern.len);
        for (size_t taken = 0; taken <= text.len; taken++) {
            if (text_covers(rest, slice(text, taken, text.len), fold)) {
                return true;
            }
        }
        return false;
    }
    c = pattern.data[0];
    if (c == '\\') {
        c = pattern.data[1];
        step = 2;
    }
    return text.len > 0 && folded(c, fold) == folded(text.data[0], fold) &&
           text_covers(slice(pattern, step, pattern.len), slice(text, 1, text.len),
                       fold);
}

static postern_str shifted(pool *memory, postern_str text, char from, int by)
{
    char *const out = pool_take(memory, text.len, 1);

    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        out[i] = c >= from && c < from + 26 ? (char)(c + by) : c;
    }
    return (postern_str){out, text.len};
}

postern_str text_lower(pool *memory, postern_str text)
{
    return shifted(memory, text, 'A', 'a' - 'A');
}

postern_str text_upper(pool *memory, postern_str text)
{
    return shifted(memory, text, 'a', 'A' - 'a');
}

postern_str text_of(pool *memory, const value *scalar)
{
    char *const out = pool_take(memory, 64, 1);
    int length;

    if (scalar->type == POSTERN_BOOL) {
        length = snprintf(out, 64, "%s", scalar->boolean ? "true" : "false");
    } else if (scalar->type == POSTERN_INT) {
        length = snprintf(out, 64, "%" PRId64, scalar->number);
    } else {
        length = (int)postern_address_format(&scalar->address, out, 64);
    }
    return (postern_str){out, (size_t)length};
}

/* --- functions -------------------------------------------------------------------- */

static value concat_arrays(pool *memory, const value *arguments, size_t count)
{
    size_t length = 0;
    value out;

    for (size_t i = 0; i < count; i++) {
        length += arguments[i].count;
    }
    out = value_array(memory, postern_type_element(arguments[0].type), length);
    length = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < arguments[i].count; j++) {
            out.items[length++] = arguments[i].items[j];
        }
    }
    return out;
}

static value concat_texts(pool *memory, const value *arguments, size_t count)
{
    size_t length = 0;
    char *out;

    for (size_t i = 0; i < count; i++) {
        length += arguments[i].text.len;
    }
    out = pool_take(memory, length, 1);
    length = 0;
    for (size_t i = 0; i < count; i++) {
        if (arguments[i].text.len > 0) {
            memcpy(out + length, arguments[i].text.data, arguments[i].text.len);
        }
        length += arguments[i].text.len;
    }
    return value_text((postern_str){out, length});
}

value model_concat(pool *memory, const value *arguments, size_t count)
{
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        any = any || arguments[i].present;
    }
    if (!any) {
        return value_missing(arguments[0].type);
    }
    /* what is missing has no bytes and no items */
    return arguments[0].type == POSTERN_STRING
               ? concat_texts(memory, arguments, count)
               : concat_arrays(memory, arguments, count);
}

value model_coalesce(const value *arguments, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (arguments[i].present) {
            return arguments[i];
        }
    }
    return value_missing(arguments[0].type);
}

static size_t place(int64_t offset, size_t length)
{
    const int64_t end = (int64_t)length;

    if (offset >= 0) {
        return (size_t)(offset < end ? offset : end);
    }
    return (size_t)(offset < -end ? 0 : end + offset);
}

value model_substring(const value *arguments, size_t count)
{
    const postern_str text = arguments[0].text;
    size_t from;
    size_t to = text.len;

    from = place(arguments[1].number, text.len);
    if (count > 2) {
        to = place(arguments[2].number, text.len);
    }
    return value_text(slice(text, from, to > from ? to : from));
}

value model_join(pool *memory, const value *items, const value *separator)
{
    value *const pieces = pool_take(memory, 2 * items->count + 1, sizeof *pieces);
    size_t count = 0;

    for (size_t i = 0; i < items->count; i++) {
        if (i > 0) {
            pieces[count++] = *separator;
        }
        pieces[count++] = items->items[i];
    }
    return concat_texts(memory, pieces, count);
}

value model_split(pool *memory, const value *text, postern_str separator, size_t limit)
{
    value out = value_array(memory, POSTERN_STRING, limit);
    size_t start = 0;
    size_t parts = 0;

    for (size_t at = 0; at + separator.len <= text->text.len && parts + 1 < limit;) {
        if (text_starts(slice(text->text, at, text->text.len), separator)) {
            out.items[parts++] = value_text(slice(text->text, start, at));
            at += separator.len;
            start = at;
        } else {
            at++;
        }
    }
    out.items[parts++] = value_text(slice(text->text, start, text->text.len));
    out.count = parts;
    return out;
}

value model_has_value(const value *collection, const value *wanted)
{
    bool found = false;

    for (size_t i = 0; i < collection->count; i++) {
        found = found || value_order(&collection->items[i], wanted) == 0;
    }
    return value_boolean(found);
}

value model_has_key(const value *map, const value *key)
{
    bool found = false;

    for (size_t i = 0; i < map->count; i++) {
        found = found || same(map->keys[i], key->text);
    }
    return value_boolean(found);
}
