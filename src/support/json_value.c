/* json_value.c - what the nodes of a text that was read say, and how to quote. */
#include "support/json_walk.h"
#include "support/text.h"
#include "support/utf8.h"

size_t postern_json_member(postern_str text, const postern_json_node *nodes,
                           size_t object, postern_str name)
{
    const pst_json_walk wanted = pst_json_walk_plain(name);
    const uint32_t hash = pst_json_walk_hash(wanted);

    if (nodes[object].kind != POSTERN_JSON_OBJECT) {
        return 0;
    }
    for (size_t key = object + 1; key < nodes[object].next; key = nodes[key].next) {
        if (nodes[key].hash == hash &&
            pst_json_walk_order(pst_json_walk_node(text, &nodes[key]), wanted) == 0) {
            return key + 1;
        }
    }
    return 0;
}

size_t postern_json_decode(postern_str text, const postern_json_node *node, char *buf,
                           size_t cap)
{
    pst_json_walk walk = pst_json_walk_node(text, node);
    size_t length = 0;

    if (!node->escaped) {
        if (cap > 0 && node->length > 0) {
            memcpy(buf, text.data + node->offset,
                   node->length < cap ? node->length : cap);
        }
        return node->length;
    }
    for (int byte = pst_json_walk_next(&walk); byte >= 0;
         byte = pst_json_walk_next(&walk)) {
        if (length < cap) {
            buf[length] = (char)byte;
        }
        length++;
    }
    return length;
}

size_t postern_json_origin(postern_str text, const postern_json_node *node,
                           size_t decoded)
{
    pst_json_walk walk = pst_json_walk_node(text, node);

    if (!node->escaped) {
        return node->offset + (decoded < node->length ? decoded : node->length);
    }
    while (pst_json_walk_next(&walk) >= 0 && decoded > 0) {
        decoded--;
    }
    return walk.origin;
}

bool postern_json_integer(postern_str text, const postern_json_node *node, int64_t *out)
{
    const postern_str digits =
        pst_str_slice(text, node->offset, (size_t)node->offset + node->length);
    int64_t value = 0; /* below zero, where there is room for one more */
    bool negative;

    if (node->kind != POSTERN_JSON_INTEGER) {
        return false;
    }
    negative = digits.data[0] == '-';
    for (size_t i = negative; i < digits.len; i++) {
        const int digit = digits.data[i] - '0';
        if (value < (INT64_MIN + digit) / 10) {
            return false;
        }
        value = value * 10 - digit;
    }
    if (!negative && value == INT64_MIN) {
        return false;
    }
    *out = negative ? value : -value;
    return true;
}

void postern_json_place(postern_str text, size_t offset, size_t *line, size_t *column)
{
    size_t start = 0;

    *line = 1;
    if (offset > text.len) {
        offset = text.len;
    }
    for (size_t i = 0; i < offset; i++) {
        if (text.data[i] == '\n') {
            start = i + 1;
            ++*line;
        }
    }
    *column = offset - start + 1;
}

/* --- quoting ------------------------------------------------------------------ */

/* Code points that act on the text around them instead of being seen. All are
 * below U+10000, so one escape says each. */
static bool acts_unseen(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || /* controls */
           code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
           code == 0x2028 || code == 0x2029 || /* line and paragraph separator */
           code == 0xfeff;                     /* byte order mark */
}

static void write_escape(pst_writer *out, uint32_t code)
{
    static const char letters[] = "btn\0fr"; /* U+0008 to U+000D, one has none */

    pst_write_byte(out, '\\');
    if (code >= 0x08 && code <= 0x0d && letters[code - 0x08] != '\0') {
        pst_write_byte(out, (unsigned char)letters[code - 0x08]);
        return;
    }
    pst_write_byte(out, 'u');
    pst_write_hex(out, (unsigned char)(code >> 8), false);
    pst_write_hex(out, (unsigned char)(code & 0xffU), false);
}

size_t postern_json_quote(postern_str value, char *buf, size_t cap)
{
    pst_writer out = {buf, cap, 0};
    size_t count;

    pst_write_byte(&out, '"');
    for (size_t at = 0; at < value.len; at += count) {
        uint32_t code = 0xfffd;
        count = pst_utf8_read(pst_str_slice(value, at, value.len), &code);
        if (count == 0) {
            count = 1;
            write_escape(&out, 0xfffd);
        } else if (acts_unseen(code)) {
            write_escape(&out, code);
        } else {
            if (code == '"' || code == '\\') {
                pst_write_byte(&out, '\\');
            }
            pst_write_str(&out, pst_str_slice(value, at, at + count));
        }
    }
    pst_write_byte(&out, '"');
    return pst_write_end(&out);
}
