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

/* upper() of eight bytes at once. */
static uint64_t upper_word(uint64_t word)
{
    const uint64_t ones = UINT64_MAX / 255;
    const uint64_t low = word & 0x7f * ones;
    const uint64_t from_a = low + (0x80 - 'a') * ones; /* its top bit: not below a */
    const uint64_t behind_z = low + (0x7f - 'z') * ones;
    const uint64_t letters = (from_a ^ behind_z) & ~word & 0x80 * ones;

    return word ^ letters >> 2;
}

static uint64_t lower_word(uint64_t word)
{
    return pst_lower_word(word);
}

/* Text in which nothing changes is its own result. What changes bytes is a constant
 * where this is called, so that the loops are compiled for it. */
static PST_INLINE postern_status change_case(const pst_invocation *in, pst_result *out,
                                             unsigned char (*change)(unsigned char),
                                             uint64_t (*change_word)(uint64_t))
{
    const postern_str text = in->values[0].string;
    const size_t words = text.len - text.len % 8;
    size_t at = 0;
    char *copy;

    while (at < words && change_word(pst_word_load(text.data + at)) ==
                             pst_word_load(text.data + at)) {
        at += 8;
    }
    if (at == words) {
        while (at < text.len &&
               change((unsigned char)text.data[at]) == (unsigned char)text.data[at]) {
            at++;
        }
    }
    if (at == text.len) {
        out->value.string = text;
        return POSTERN_OK;
    }
    copy = pst_text_result(in, text.len, out);
    if (copy == NULL) {
        return in->arena->status;
    }
    memcpy(copy, text.data, at);
    for (; at < words; at += 8) {
        const uint64_t word = change_word(pst_word_load(text.data + at));
        memcpy(copy + at, &word, sizeof word);
    }
    for (; at < text.len; at++) {
        copy[at] = (char)change((unsigned char)text.data[at]);
    }
    return POSTERN_OK;
}

postern_status pst_body_LOWER(const pst_invocation *in, pst_result *out)
{
    return change_case(in, out, lower, lower_word);
}

postern_status pst_body_UPPER(const pst_invocation *in, pst_result *out)
{
    return change_case(in, out, upper, upper_word);
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
        pst_str_same_inline(pst_str_slice(text, text.len - suffix.len, text.len),
                            suffix);
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

    out->value.string = pst_str_slice(text, start, end);
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
