#include "literal.h"

#include <inttypes.h>

/* The length of the UTF-8 sequence at text[at], its code point in *point; 0: none. */
static size_t sequence_at(postern_str text, size_t at, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char first = (unsigned char)text.data[at];
    const size_t length = first < 0x80   ? 1
                          : first < 0xC2 ? 0
                          : first < 0xE0 ? 2
                          : first < 0xF0 ? 3
                          : first < 0xF5 ? 4
                                         : 0;

    if (length == 0 || length > text.len - at) {
        return 0;
    }
    *point = length == 1 ? first : first & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        const unsigned char next = (unsigned char)text.data[at + i];
        if ((next & 0xC0U) != 0x80) {
            return 0;
        }
        *point = *point << 6 | (next & 0x3FU);
    }
    if (*point < least[length] || *point > 0x10FFFF ||
        (*point >= 0xD800 && *point <= 0xDFFF)) {
        return 0;
    }
    return length;
}

/* Controls, what changes the direction of text, line separators, byte order mark. */
static bool is_harmless(uint32_t point)
{
    return point >= 0x20 && !(point >= 0x7F && point <= 0x9F) && point != 0x061C &&
           point != 0x200E && point != 0x200F &&
           !(point >= 0x2028 && point <= 0x202E) &&
           !(point >= 0x2066 && point <= 0x2069) && point != 0xFEFF;
}

static bool is_text(postern_str text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t point;
        const size_t length = sequence_at(text, at, &point);
        if (length == 0) {
            return false;
        }
        at += length;
    }
    return true;
}

/* Bytes that are no text are all written as such, what looks like a letter too. */
static void write_bytes(FILE *out, postern_str text, bool quoted)
{
    const uint32_t most = is_text(text) ? 0x10FFFF : 0x7F;

    for (size_t at = 0; at < text.len;) {
        uint32_t point = 0;
        const size_t length = sequence_at(text, at, &point);
        const char byte = text.data[at];
        if (length == 0 || point > most || !is_harmless(point)) {
            const size_t count = length == 0 ? 1 : length;
            for (size_t i = 0; i < count; i++) {
                (void)fprintf(out, "\\x%02x", (unsigned char)text.data[at + i]);
            }
            at += count;
            continue;
        }
        if (quoted && (byte == '"' || byte == '\\')) {
            (void)fputc('\\', out);
        }
        (void)fwrite(text.data + at, 1, length, out);
        at += length;
    }
}

void literal_write_plain(FILE *out, postern_str text)
{
    write_bytes(out, text, false);
}

void literal_write_string(FILE *out, postern_str text)
{
    (void)fputc('"', out);
    write_bytes(out, text, true);
    (void)fputc('"', out);
}

/* Depth: that of the type, at most seven. */
static void write_array(FILE *out, const postern_value *value)
{
    (void)fputc('[', out);
    for (size_t i = 0; i < value->as.array.count; i++) {
        (void)fputs(i > 0 ? ", " : "", out);
        literal_write(out, &value->as.array.items[i]);
    }
    (void)fputc(']', out);
}

static void write_map(FILE *out, const postern_value *value)
{
    (void)fputc('{', out);
    for (size_t i = 0; i < value->as.map.count; i++) {
        (void)fputs(i > 0 ? ", " : "", out);
        literal_write_string(out, value->as.map.entries[i].key);
        (void)fputs(": ", out);
        literal_write(out, &value->as.map.entries[i].value);
    }
    (void)fputc('}', out);
}

void literal_write(FILE *out, const postern_value *value)
{
    char text[46];

    switch (postern_type_kind(value->type)) {
    case POSTERN_KIND_BOOL:
        (void)fputs(value->as.boolean ? "true" : "false", out);
        break;
    case POSTERN_KIND_INT:
        (void)fprintf(out, "%" PRId64, value->as.integer);
        break;
    case POSTERN_KIND_STRING:
        literal_write_string(out, value->as.string);
        break;
    case POSTERN_KIND_IP:
        (void)postern_address_format(&value->as.address, text, sizeof text);
        (void)fputs(text, out);
        break;
    case POSTERN_KIND_ARRAY:
        write_array(out, value);
        break;
    case POSTERN_KIND_MAP:
        write_map(out, value);
        break;
    case POSTERN_KIND_NONE:
        break;
    }
}
