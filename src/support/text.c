#include "support/text.h"

#include "support/word.h"

#include <inttypes.h>
#include <stdio.h>

postern_str postern_text(const char *text)
{
    return (postern_str){text, text == NULL ? 0 : strlen(text)};
}

bool postern_str_equal(postern_str a, postern_str b)
{
    return pst_str_same_inline(a, b);
}

int pst_hex_value(unsigned char c)
{
    if (pst_is_digit(c)) {
        return c - '0';
    }
    c = pst_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool same_word(uint64_t a, uint64_t b)
{
    return a == b || pst_lower_word(a) == pst_lower_word(b);
}

bool pst_str_same(postern_str a, postern_str b)
{
    return pst_str_same_inline(a, b);
}

bool pst_str_same_folded(postern_str a, postern_str b)
{
    size_t at = 0;

    if (a.len != b.len) {
        return false;
    }
    if (a.len < PST_WORD) {
        return a.len == 0 || same_word(pst_word_load_few(a.data, a.len),
                                       pst_word_load_few(b.data, b.len));
    }
    for (; at + PST_WORD < a.len; at += PST_WORD) {
        if (!same_word(pst_word_load(a.data + at), pst_word_load(b.data + at))) {
            return false;
        }
    }
    at = a.len - PST_WORD;
    return same_word(pst_word_load(a.data + at), pst_word_load(b.data + at));
}

bool pst_str_starts(postern_str text, postern_str prefix)
{
    return text.len >= prefix.len &&
           pst_str_same_inline((postern_str){text.data, prefix.len}, prefix);
}

int pst_str_order(postern_str a, postern_str b)
{
    const size_t common = a.len < b.len ? a.len : b.len;
    const int order = common == 0 ? 0 : memcmp(a.data, b.data, common);

    if (order != 0) {
        return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

postern_str pst_str_slice(postern_str text, size_t from, size_t to)
{
    if (to > text.len) {
        to = text.len;
    }
    if (from > to) {
        from = to;
    }
    return (postern_str){text.data == NULL ? NULL : text.data + from, to - from};
}

void pst_write_byte(pst_writer *out, unsigned char byte)
{
    if (out->len + 1 < out->cap) {
        out->buf[out->len] = (char)byte;
    }
    out->len++;
}

void pst_write_str(pst_writer *out, postern_str text)
{
    if (out->len < out->cap && text.len < out->cap - out->len) {
        if (text.len > 0) {
            memcpy(out->buf + out->len, text.data, text.len);
        }
        out->len += text.len;
        return;
    }
    for (size_t i = 0; i < text.len; i++) {
        pst_write_byte(out, (unsigned char)text.data[i]);
    }
}

void pst_write_text(pst_writer *out, const char *text)
{
    pst_write_str(out, postern_text(text));
}

void pst_write_int(pst_writer *out, int64_t value)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%" PRId64, value);
    pst_write_text(out, digits);
}

void pst_write_size(pst_writer *out, size_t value)
{
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%zu", value);
    pst_write_text(out, digits);
}

void pst_write_two(pst_writer *out, unsigned number, unsigned char pad)
{
    if (number < 10) {
        pst_write_byte(out, pad);
    }
    pst_write_size(out, number);
}

void pst_write_hex(pst_writer *out, unsigned char byte, bool upper)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";

    pst_write_byte(out, (unsigned char)digits[byte >> 4]);
    pst_write_byte(out, (unsigned char)digits[byte & 15]);
}

void pst_write_printable(pst_writer *out, postern_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        if (c >= 0x20 && c < 0x7f) {
            pst_write_byte(out, c);
        } else {
            pst_write_text(out, "\\x");
            pst_write_hex(out, c, false);
        }
    }
}

size_t pst_write_end(pst_writer *out)
{
    if (out->cap > 0) {
        out->buf[out->len < out->cap ? out->len : out->cap - 1] = '\0';
    }
    return out->len;
}

enum { NAME_MAX_LEN = 80 };

/* Optimal string alignment distance; three rows of the usual table. */
static size_t distance(postern_str a, postern_str b)
{
    size_t rows[3][NAME_MAX_LEN + 1];
    size_t *before = rows[0];
    size_t *last = rows[1];
    size_t *now = rows[2];

    for (size_t j = 0; j <= b.len; j++) {
        last[j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t *spare = before;
        now[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t best = last[j - 1] + (a.data[i - 1] != b.data[j - 1]);
            best = last[j] + 1 < best ? last[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] &&
                a.data[i - 2] == b.data[j - 1] && before[j - 2] + 1 < best) {
                best = before[j - 2] + 1;
            }
            now[j] = best;
        }
        before = last;
        last = now;
        now = spare;
    }
    return last[b.len];
}

void pst_nearest_init(pst_nearest *nearest, postern_str wanted)
{
    *nearest = (pst_nearest){.wanted = wanted, .distance = SIZE_MAX};
}

void pst_nearest_try(pst_nearest *nearest, postern_str candidate)
{
    const postern_str wanted = nearest->wanted;
    const size_t longer = wanted.len > candidate.len ? wanted.len : candidate.len;
    size_t found;

    if (longer > NAME_MAX_LEN || longer < 2) {
        return;
    }
    found = distance(wanted, candidate);
    if (found < nearest->distance && found <= (longer + 2) / 3) {
        nearest->distance = found;
        nearest->best = candidate;
    }
}
