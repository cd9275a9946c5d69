/* text.c - functions that look at the bytes of one text. */
#include "builtin/body.h"

/* --- case --------------------------------------------------------------------------- */

static unsigned char upper(unsigned char c)
{
    return (unsigned char)(c - 'a') < 26U ? (unsigned char)(c & 0xdfU) : c;
}

static unsigned char lower(unsigned char c)
{
    return pst_lower(c);
}

/* Text in which nothing changes is its own result. `change` is a constant where this
 * is called, so that the loops are compiled for it. */
static inline postern_status change_case(const pst_invocation *in, pst_result *out,
                                         unsigned char (*change)(unsigned char))
{
    const postern_str text = in->values[0].string;
    size_t first = 0;
    char *copy;

    while (first < text.len &&
           change((unsigned char)text.data[first]) == (unsigned char)text.data[first]) {
        first++;
    }
    if (first == text.len) {
        out->value.string = text;
        return POSTERN_OK;
    }
    copy = pst_text_result(in, text.len, out);
    if (copy == NULL) {
        return in->arena->status;
    }
    memcpy(copy, text.data, first);
    for (size_t i = first; i < text.len; i++) {
        copy[i] = (char)change((unsigned char)text.data[i]);
    }
    return POSTERN_OK;
}

postern_status pst_body_LOWER(const pst_invocation *in, pst_result *out)
{
    return change_case(in, out, lower);
}

postern_status pst_body_UPPER(const pst_invocation *in, pst_result *out)
{
    return change_case(in, out, upper);
}

/* --- parts -------------------------------------------------------------------------- */

postern_status pst_body_STARTS_WITH(const pst_invocation *in, pst_result *out)
{
    out->value.boolean = pst_str_starts(in->values[0].string, in->values[1].string);
    return POSTERN_OK;
}

postern_status pst_body_ENDS_WITH(const pst_invocation *in, pst_result *out)
{
    const postern_str text = in->values[0].string;
    const postern_str suffix = in->values[1].string;

    out->value.boolean =
        suffix.len <= text.len &&
        pst_str_same(pst_str_slice(text, text.len - suffix.len, text.len), suffix);
    return POSTERN_OK;
}

/* A place in `len` bytes: negative ones count from the end, and those outside are at
 * the nearer end. */
static size_t place(int64_t offset, size_t len)
{
    if (offset < 0) {
        const uint64_t back = 0 - (uint64_t)offset;
        return back < len ? len - (size_t)back : 0;
    }
    return (uint64_t)offset < len ? (size_t)offset : len;
}

/* Ends that cross leave nothing. */
postern_status pst_body_SUBSTRING(const pst_invocation *in, pst_result *out)
{
    const postern_str text = in->values[0].string;
    const size_t start = place(in->values[1].integer, text.len);
    const size_t end =
        in->count > 2 ? place(in->values[2].integer, text.len) : text.len;

    out->value.string = pst_str_slice(text, start, end > start ? end : start);
    return POSTERN_OK;
}

static inline bool holds(const uint64_t set[4], char c)
{
    const unsigned char byte = (unsigned char)c;

    return (set[byte >> 6] >> (byte & 63U) & 1U) != 0;
}

/* Text that holds none of the bytes is its own result. */
postern_status pst_body_REMOVE_BYTES(const pst_invocation *in, pst_result *out)
{
    const postern_str text = in->values[0].string;
    const postern_str bytes = in->values[1].string;
    uint64_t set[4] = {0};
    size_t len = 0;
    char *copy;

    for (size_t i = 0; i < bytes.len; i++) {
        const unsigned char byte = (unsigned char)bytes.data[i];
        set[byte >> 6] |= (uint64_t)1 << (byte & 63U);
    }
    while (len < text.len && !holds(set, text.data[len])) {
        len++;
    }
    if (len == text.len) {
        out->value.string = text;
        return POSTERN_OK;
    }
    copy = pst_text_result(in, text.len, out);
    if (copy == NULL) {
        return in->arena->status;
    }
    memcpy(copy, text.data, len);
    for (size_t i = len; i < text.len; i++) {
        copy[len] = text.data[i];
        len += !holds(set, text.data[i]);
    }
    out->value.string.len = len;
    return POSTERN_OK;
}

/* --- other values as text ----------------------------------------------------------- */

postern_status pst_body_TO_STRING(const pst_invocation *in, pst_result *out)
{
    char buf[48]; /* an address needs 46 */
    pst_writer text = {buf, sizeof buf, 0};
    postern_address address;

    if (in->types[0] == POSTERN_BOOL) {
        out->value.string = postern_text(in->values[0].boolean ? "true" : "false");
        return POSTERN_OK;
    }
    if (in->types[0] == POSTERN_INT) {
        pst_write_int(&text, in->values[0].integer);
    } else {
        address = pst_ip_to_address(in->values[0].ip);
        text.len = postern_address_format(&address, buf, sizeof buf);
    }
    return pst_arena_copy(in->arena, (postern_str){buf, text.len}, &out->value.string)
               ? POSTERN_OK
               : in->arena->status;
}
