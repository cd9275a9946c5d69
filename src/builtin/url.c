/*
 * url.c - percent-decoding.
 *
 * An escape is `%XX`, and with option u also `%uXXXX`: a UTF-16 code unit, written as
 * UTF-8 (a high surrogate only together with its low one). Whatever else begins with
 * `%` stays as it is.
 *
 * Escapes never overlap: each begins with the only `%` of its kind. So decoding until
 * nothing changes gives the same whichever escape comes first, and one pass does it:
 * what was written so far holds no escape, and a new byte can only complete the one
 * that ends with it. Doing all passes one after the other would take time squared.
 */
#include "builtin/body.h"
#include "support/utf8.h"

/* Four hexadecimal digits, or -1. */
static int32_t four_digits(const char *text)
{
    int32_t value = 0;

    for (size_t i = 0; i < 4; i++) {
        const int digit = pst_hex_value((unsigned char)text[i]);
        if (digit < 0) {
            return -1;
        }
        value = value << 4 | digit;
    }
    return value;
}

/* The low surrogate escaped in the first six bytes of `text`, or -1. */
static int32_t low_half(postern_str text)
{
    int32_t unit;

    if (text.len < 6 || text.data[0] != '%' || text.data[1] != 'u') {
        return -1;
    }
    unit = four_digits(text.data + 2);
    return unit >= 0xdc00 && unit <= 0xdfff ? unit : -1;
}

/* How long the escape is with which `text` begins, and what it stands for; 0 when it
 * begins with none. A character of %uXXXX is a code point, else a byte. */
static size_t escape_at(postern_str text, bool unicode, uint32_t *code,
                        bool *is_character)
{
    int32_t value;
    int32_t low;

    if (text.len < 3 || text.data[0] != '%') {
        return 0;
    }
    *is_character = unicode && text.data[1] == 'u';
    if (!*is_character) {
        const int first = pst_hex_value((unsigned char)text.data[1]);
        const int second = pst_hex_value((unsigned char)text.data[2]);
        if (first < 0 || second < 0) {
            return 0;
        }
        *code = (uint32_t)(first << 4 | second);
        return 3;
    }
    value = text.len < 6 ? -1 : four_digits(text.data + 2);
    if (value < 0 || (value >= 0xdc00 && value <= 0xdfff)) {
        return 0;
    }
    *code = (uint32_t)value;
    if (value < 0xd800 || value > 0xdbff) {
        return 6;
    }
    low = low_half(pst_str_slice(text, 6, text.len));
    if (low < 0) {
        return 0;
    }
    *code = 0x10000U + ((uint32_t)(value - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
    return 12;
}

static size_t write_decoded(uint32_t code, bool is_character, char *out)
{
    if (is_character) {
        return pst_utf8_write(code, (unsigned char *)out); /* never longer */
    }
    *out = (char)(unsigned char)code;
    return 1;
}

static size_t decode_once(postern_str text, bool unicode, char *out)
{
    size_t len = 0;
    size_t i = 0;

    while (i < text.len) {
        const char c = text.data[i];
        const postern_str rest = {text.data + i, text.len - i};
        uint32_t code;
        bool is_character;
        size_t taken;
        if (c != '%') {
            out[len++] = c == '+' ? ' ' : c;
            i++;
            continue;
        }
        taken = escape_at(rest, unicode, &code, &is_character);
        if (taken > 0) {
            len += write_decoded(code, is_character, out + len);
            i += taken;
            continue;
        }
        out[len++] = c;
        i++;
    }
    return len;
}

/* Decodes the escape that ends with out[len), if one does. @return the new length */
static size_t decode_end(char *out, size_t len, bool unicode, bool *decoded)
{
    static const size_t lengths[] = {3, 6, 12};
    uint32_t code;
    bool is_character;

    *decoded = false;
    for (size_t i = 0; i < 3 && lengths[i] <= len; i++) {
        const size_t start = len - lengths[i];
        const postern_str end = {out + start, lengths[i]};
        if (escape_at(end, unicode, &code, &is_character) == lengths[i]) {
            *decoded = true;
            return start + write_decoded(code, is_character, out + start);
        }
    }
    return len;
}

static size_t decode_until_stable(postern_str text, bool unicode, char *out)
{
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        bool changed = true;
        out[len++] = text.data[i];
        while (changed) {
            if (out[len - 1] == '+') {
                out[len - 1] = ' ';
            }
            changed = pst_hex_value((unsigned char)out[len - 1]) >= 0;
            if (changed) {
                len = decode_end(out, len, unicode, &changed);
            }
        }
    }
    return len;
}

/* Text without '%' and '+' is its own result. */
postern_status pst_body_URL_DECODE(const pst_invocation *in, pst_result *out)
{
    const postern_str text = in->values[0].string;
    const bool unicode = pst_has_flag(in, 1, 'u');
    char *bytes;

    out->value.string = text;
    if (text.len == 0 || (memchr(text.data, '%', text.len) == NULL &&
                          memchr(text.data, '+', text.len) == NULL)) {
        return POSTERN_OK;
    }
    bytes = pst_text_result(in, text.len, out);
    if (bytes == NULL) {
        return in->arena->status;
    }
    out->value.string.len = pst_has_flag(in, 1, 'r')
                                ? decode_until_stable(text, unicode, bytes)
                                : decode_once(text, unicode, bytes);
    return POSTERN_OK;
}

postern_status pst_check_URL_DECODE(pst_arena *arena, const pst_argument *arguments,
                                    size_t count, uint32_t star_limit,
                                    const void **prepared,
                                    pst_argument_problem *problem)
{
    (void)star_limit;
    (void)prepared;
    return pst_check_flags(
        arena, arguments, count, 1, "ru",
        "write \"r\" to decode until nothing changes, \"u\" to decode %uXXXX too, "
        "\"ru\" for both",
        problem);
}
