/*
 * encoding.c - bytes as Base64 (RFC 4648) and as a UUID (RFC 9562).
 */
#include "builtin/body.h"

/* --- Base64 ------------------------------------------------------------------------- */

static const char alphabets[2][65] = {
    [PST_ALPHABET_STANDARD] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    [PST_ALPHABET_URL] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

/* The value of a character, or -1. */
static int sextet(unsigned char c, const char *alphabet)
{
    if (pst_is_letter(c)) {
        return c < 'a' ? c - 'A' : c - 'a' + 26;
    }
    if (pst_is_digit(c)) {
        return c - '0' + 52;
    }
    return c == (unsigned char)alphabet[62]   ? 62
           : c == (unsigned char)alphabet[63] ? 63
                                              : -1;
}

/* Takes the padding off. @return false when it is not what belongs there */
static bool strip_padding(postern_str *text)
{
    size_t padding = 0;

    while (padding < 2 && padding < text->len &&
           text->data[text->len - 1 - padding] == '=') {
        padding++;
    }
    if (padding > 0 && text->len % 4 != 0) {
        return false;
    }
    text->len -= padding;
    return text->len % 4 != 1;
}

bool pst_sextets_decode(postern_str text, pst_alphabet alphabet, char *out, size_t *len)
{
    uint32_t bits = 0;
    unsigned count = 0; /* of bits not written yet */

    *len = 0;
    if (!strip_padding(&text)) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        const int value = sextet((unsigned char)text.data[i], alphabets[alphabet]);
        if (value < 0) {
            return false;
        }
        bits = bits << 6 | (uint32_t)value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            out[(*len)++] = (char)(unsigned char)(bits >> count);
        }
    }
    /* An encoder leaves zeros there: other bits would be a second spelling. */
    return (bits & ((1U << count) - 1)) == 0;
}

postern_status pst_body_DECODE_BASE64(const pst_invocation *in, pst_result *out)
{
    const postern_str text = in->values[0].string;
    char *const bytes = pst_text_result(in, text.len / 4 * 3 + 2, out);

    if (bytes == NULL) {
        return in->arena->status;
    }
    out->present =
        pst_sextets_decode(text, PST_ALPHABET_STANDARD, bytes, &out->value.string.len);
    return POSTERN_OK;
}

/* Up to three bytes as up to four characters, then padding. @return how many */
static size_t encode_group(const unsigned char *bytes, size_t count,
                           const char *alphabet, bool padded, char *out)
{
    uint32_t bits = 0;

    for (size_t i = 0; i < 3; i++) {
        bits = bits << 8 | (i < count ? bytes[i] : 0U);
    }
    for (size_t i = 0; i < 4; i++) {
        if (i > count && !padded) {
            return i;
        }
        out[i] = i > count ? '=' : alphabet[bits >> (18 - 6 * i) & 0x3fU];
    }
    return 4;
}

postern_status pst_body_ENCODE_BASE64(const pst_invocation *in, pst_result *out)
{
    const postern_str bytes = in->values[0].string;
    const char *const alphabet =
        alphabets[pst_has_flag(in, 1, 'u') ? PST_ALPHABET_URL : PST_ALPHABET_STANDARD];
    const bool padded = pst_has_flag(in, 1, 'p');
    char *text;
    size_t len = 0;

    if (bytes.len > SIZE_MAX / 4) {
        return POSTERN_LIMIT;
    }
    text = pst_text_result(in, (bytes.len + 2) / 3 * 4, out);
    if (text == NULL) {
        return in->arena->status;
    }
    for (size_t i = 0; i < bytes.len; i += 3) {
        const size_t count = bytes.len - i < 3 ? bytes.len - i : 3;
        len += encode_group((const unsigned char *)bytes.data + i, count, alphabet,
                            padded, text + len);
    }
    out->value.string.len = len;
    return POSTERN_OK;
}

postern_status pst_check_ENCODE_BASE64(pst_arena *arena, const pst_argument *arguments,
                                       size_t count, uint32_t star_limit,
                                       const void **prepared,
                                       pst_argument_problem *problem)
{
    (void)star_limit;
    (void)prepared;
    return pst_check_flags(
        arena, arguments, count, 1, "up",
        "write \"u\" for the URL-safe alphabet, \"p\" for padding, \"up\" for both",
        problem);
}

/* --- UUID --------------------------------------------------------------------------- */

/* The first 16 bytes with version and variant set; fewer make none. */
postern_status pst_body_UUIDV4(const pst_invocation *in, pst_result *out)
{
    const postern_str source = in->values[0].string;
    char buf[37];
    pst_writer text = {buf, sizeof buf, 0};

    if (source.len < 16) {
        return pst_missing(out);
    }
    for (size_t i = 0; i < 16; i++) {
        unsigned byte = (unsigned char)source.data[i];
        if (i == 6) {
            byte = 0x40U | (byte & 0x0fU);
        } else if (i == 8) {
            byte = 0x80U | (byte & 0x3fU);
        }
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            pst_write_byte(&text, '-');
        }
        pst_write_hex(&text, (unsigned char)byte, false);
    }
    return pst_arena_copy(in->arena, (postern_str){buf, text.len}, &out->value.string)
               ? POSTERN_OK
               : in->arena->status;
}
