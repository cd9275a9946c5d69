/*
 * builtin/encoding.c - Base64, URL decoding, UUIDs.
 */
#include "builtin/bodies.h"
#include "support/base64.h"
#include "support/text.h"

/* --- Base64 ------------------------------------------------------------------------- */

static bool is_base64(postern_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        if (!pst_is_letter(c) && !pst_is_digit(c) && c != '+' && c != '/' && c != '=') {
            return false;
        }
    }
    return true;
}

/* The standard alphabet, with or without padding. Everything else is missing. */
postern_status pst_body_DECODE_BASE64(const pst_invocation *in, pst_result *out)
{
    const postern_str text = in->values[0].string;
    const size_t padding = (4 - text.len % 4) % 4;
    char *padded = pst_arena_alloc(in->arena, text.len + padding);
    unsigned char *bytes = pst_arena_alloc(in->arena, pst_base64_room(text.len));
    size_t len = 0;

    if (padded == NULL || bytes == NULL) {
        return in->arena->status;
    }
    if (text.len > 0) {
        memcpy(padded, text.data, text.len);
    }
    memset(padded + text.len, '=', padding);
    out->present =
        is_base64(text) && (padding == 0 || memchr(text.data, '=', text.len) == NULL) &&
        pst_base64_decode((postern_str){padded, text.len + padding}, bytes, &len);
    out->value.string = (postern_str){(const char *)bytes, len};
    return POSTERN_OK;
}

postern_status pst_check_ENCODE_BASE64(pst_arena *arena, const pst_argument *arguments,
                                       size_t count, uint32_t star_limit,
                                       const void **prepared,
                                       pst_argument_problem *problem)
{
    (void)arena;
    (void)star_limit;
    (void)prepared;
    if (count > 1 && !pst_only_letters(arguments[1].value.string, "up")) {
        return pst_refuse_argument(problem, 1, "the flags are u and p",
                                   "u is the URL-safe alphabet, p padding");
    }
    return POSTERN_OK;
}

postern_status pst_body_ENCODE_BASE64(const pst_invocation *in, pst_result *out)
{
    const postern_str bytes = in->values[0].string;
    const bool url = pst_has_flag(in, 1, 'u');
    const size_t room = pst_base64_length(bytes.len) + 1;
    char *text = pst_arena_alloc(in->arena, room);
    pst_writer writer = {text, room, 0};

    if (text == NULL) {
        return in->arena->status;
    }
    pst_base64_write(&writer, bytes);
    while (!pst_has_flag(in, 1, 'p') && writer.len > 0 && text[writer.len - 1] == '=') {
        writer.len--;
    }
    for (size_t i = 0; url && i < writer.len; i++) {
        text[i] = text[i] == '+' ? '-' : text[i] == '/' ? '_' : text[i];
    }
    out->value.string = (postern_str){text, writer.len};
    return POSTERN_OK;
}

/* --- URLs ------------------------------------------------------------------------------ */

postern_status pst_check_URL_DECODE(pst_arena *arena, const pst_argument *arguments,
                                    size_t count, uint32_t star_limit,
                                    const void **prepared,
                                    pst_argument_problem *problem)
{
    (void)arena;
    (void)star_limit;
    (void)prepared;
    if (count > 1 && !pst_only_letters(arguments[1].value.string, "ru")) {
        return pst_refuse_argument(problem, 1, "the options are r and u",
                                   "r decodes until nothing changes, u also %uXXXX");
    }
    return POSTERN_OK;
}

/* The value of `digits` hex digits at text[at], or -1. */
static int32_t read_hex(postern_str text, size_t at, size_t digits)
{
    int32_t value = 0;

    for (size_t i = 0; i < digits; i++) {
        const int digit =
            at + i < text.len ? pst_hex_value((unsigned char)text.data[at + i]) : -1;
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

/* Never more bytes than the escape %uXXXX has. */
static size_t write_utf8(int32_t point, char *out)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xc0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3f));
        return 2;
    }
    out[0] = (char)(0xe0 | point >> 12);
    out[1] = (char)(0x80 | (point >> 6 & 0x3f));
    out[2] = (char)(0x80 | (point & 0x3f));
    return 3;
}

/* Decodes once, in place: the result is never longer. What is no whole escape stays.
 * Returns the new length. */
static size_t decode_once(char *text, size_t len, bool unicode, bool *changed)
{
    const postern_str all = {text, len};
    size_t to = 0;

    *changed = false;
    for (size_t at = 0; at < len;) {
        const int32_t byte = text[at] == '%' ? read_hex(all, at + 1, 2) : -1;
        const int32_t point =
            unicode && text[at] == '%' && at + 1 < len && text[at + 1] == 'u'
                ? read_hex(all, at + 2, 4)
                : -1;
        if (byte >= 0) {
            text[to++] = (char)byte;
            at += 3;
        } else if (point >= 0 && (point < 0xd800 || point > 0xdfff)) {
            to += write_utf8(point, text + to);
            at += 6;
        } else {
            *changed = *changed || text[at] == '+';
            text[to++] = text[at] == '+' ? ' ' : text[at];
            at++;
            continue;
        }
        *changed = true;
    }
    return to;
}

/* Each round but the last makes the text shorter or has turned every plus into a blank:
 * decoding until nothing changes ends. A text of nested escapes costs its length times
 * their depth, at most half its length. */
postern_status pst_body_URL_DECODE(const pst_invocation *in, pst_result *out)
{
    const postern_str text = in->values[0].string;
    const bool again = pst_has_flag(in, 1, 'r');
    const bool unicode = pst_has_flag(in, 1, 'u');
    bool changed = true;
    size_t len = text.len;
    char *copy;

    out->value.string = text;
    if (text.len == 0 || (memchr(text.data, '%', text.len) == NULL &&
                          memchr(text.data, '+', text.len) == NULL)) {
        return POSTERN_OK;
    }
    copy = pst_arena_alloc(in->arena, text.len);
    if (copy == NULL) {
        return in->arena->status;
    }
    memcpy(copy, text.data, text.len);
    for (int round = 0; changed; round++) {
        if (round == 64) {
            return POSTERN_LIMIT;
        }
        len = decode_once(copy, len, unicode, &changed);
        changed = changed && again;
    }
    out->value.string = (postern_str){copy, len};
    return POSTERN_OK;
}

/* --- UUIDs ------------------------------------------------------------------------------- */

/* RFC 9562: 16 bytes with version 4 and the variant put in. */
postern_status pst_body_UUIDV4(const pst_invocation *in, pst_result *out)
{
    enum { BYTES = 16, TEXT = 36 };
    static const char digits[] = "0123456789abcdef";
    const postern_str source = in->values[0].string;
    char *text = pst_arena_alloc(in->arena, TEXT);
    size_t at = 0;

    if (text == NULL) {
        return in->arena->status;
    }
    out->present = source.len >= BYTES;
    for (size_t i = 0; out->present && i < BYTES; i++) {
        unsigned char byte = (unsigned char)source.data[i];
        byte = i == 6   ? (unsigned char)(0x40U | (byte & 0x0fU))
               : i == 8 ? (unsigned char)(0x80U | (byte & 0x3fU))
                        : byte;
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            text[at++] = '-';
        }
        text[at++] = digits[byte >> 4];
        text[at++] = digits[byte & 15U];
    }
    out->value.string = (postern_str){text, at};
    return POSTERN_OK;
}
