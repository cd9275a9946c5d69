/* base64.c - four characters are three bytes. */
#include "support/base64.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The value of a character, or -1. */
static int sextet(unsigned char c)
{
    if (pst_is_letter(c)) {
        return c < 'a' ? c - 'A' : c - 'a' + 26;
    }
    if (pst_is_digit(c)) {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Skips white space at text[at] if a line or the text ends behind it. */
static size_t skip_line_end(postern_str text, size_t at)
{
    size_t end = at;

    while (end < text.len && (text.data[end] == ' ' || text.data[end] == '\t' ||
                              text.data[end] == '\r')) {
        end++;
    }
    if (end == text.len) {
        return end;
    }
    return text.data[end] == '\n' ? end + 1 : at;
}

/* Collects four characters from text[*at]; '=' counts as 0. */
static bool take_four(postern_str text, size_t *at, uint32_t *bits, size_t *padding)
{
    size_t count = 0;

    *bits = 0;
    *padding = 0;
    while (count < 4) {
        size_t next = skip_line_end(text, *at);
        int value;

        if (next != *at) {
            *at = next;
            continue;
        }
        if (*at == text.len) {
            return false;
        }
        value = sextet((unsigned char)text.data[*at]);
        if (text.data[*at] == '=' && count >= 2) {
            (*padding)++;
            value = 0;
        } else if (value < 0 || *padding > 0) {
            return false;
        }
        *bits = *bits << 6 | (uint32_t)value;
        (*at)++;
        count++;
    }
    return (*bits & ((1U << (8 * *padding)) - 1)) == 0;
}

static size_t skip_white(postern_str text, size_t at)
{
    size_t next;

    while ((next = skip_line_end(text, at)) != at) {
        at = next;
    }
    return at;
}

bool pst_base64_decode(postern_str text, unsigned char *out, size_t *len)
{
    size_t at = skip_white(text, 0);
    size_t padding = 0;
    uint32_t bits;

    *len = 0;
    while (at < text.len) {
        if (padding > 0 || !take_four(text, &at, &bits, &padding)) {
            return false;
        }
        for (size_t i = 0; i < 3 - padding; i++) {
            out[(*len)++] = (unsigned char)(bits >> (16 - 8 * i));
        }
        at = skip_white(text, at);
    }
    return true;
}

size_t pst_base64_length(size_t len)
{
    return len / 3 * 4 + (len % 3 != 0 ? 4 : 0);
}

void pst_base64_write(pst_writer *out, postern_str bytes)
{
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t count = bytes.len - i < 3 ? bytes.len - i : 3;
        uint32_t bits = 0;

        for (size_t k = 0; k < 3; k++) {
            bits = bits << 8 | (k < count ? (unsigned char)bytes.data[i + k] : 0U);
        }
        for (size_t k = 0; k < 4; k++) {
            const unsigned char c =
                k <= count ? (unsigned char)alphabet[bits >> (18 - 6 * k) & 0x3f] : '=';
            pst_write_byte(out, c);
        }
    }
}
