/* name.c - RFC 5280 section 4.1.2.4; the texts after RFC 2253 and OpenSSL. */
#include "certificate/name.h"

#include "certificate/der.h"
#include "support/text.h"
#include "support/utf8.h"

enum {
    /* Bytes of one arc of an OID: 133 bits, so that 2.25.UUID can be printed. */
    ARC_BYTES_MAX = 19,
    ARC_LIMBS = 5, /* base 10^9: 149 bits */
    LIMB = 1000000000
};

/* String types that names are made of (X.680 section 8.4). */
enum {
    TYPE_UTF8 = 0x0c,
    TYPE_NUMERIC = 0x12,
    TYPE_PRINTABLE = 0x13,
    TYPE_T61 = 0x14,
    TYPE_IA5 = 0x16,
    TYPE_VISIBLE = 0x1a,
    TYPE_UNIVERSAL = 0x1c,
    TYPE_BMP = 0x1e
};

static const struct {
    postern_str oid;
    const char *name;
} known_types[] = {
#define ATTRIBUTE(oid, name) {POSTERN_STR(oid), name},
#include "certificate/attribute.def"
#undef ATTRIBUTE
};

static const postern_str common_name = POSTERN_STR("\x55\x04\x03");

typedef struct attribute {
    postern_str type;
    pst_tlv value;
    size_t set; /* attributes of one RDN share it */
} attribute;

/* Where a walk over a name is. */
typedef struct walk {
    postern_str sets;
    postern_str attributes; /* left in the current RDN */
    size_t set;
    bool broken;
} walk;

static walk walk_start(postern_str name)
{
    walk at = {.set = 0};

    at.broken = !pst_der_take(&name, PST_DER_SEQUENCE, &at.sets) || name.len != 0;
    return at;
}

/* @return false at the end, or when the name is broken */
static bool walk_next(walk *at, attribute *out)
{
    postern_str fields;

    if (at->broken || (at->attributes.len == 0 && at->sets.len == 0)) {
        return false;
    }
    at->broken = true;
    if (at->attributes.len == 0) {
        at->set++;
        if (!pst_der_take(&at->sets, PST_DER_SET, &at->attributes)) {
            return false;
        }
    }
    out->set = at->set;
    if (!pst_der_take(&at->attributes, PST_DER_SEQUENCE, &fields) ||
        !pst_der_take_oid(&fields, &out->type) || !pst_der_next(&fields, &out->value) ||
        fields.len != 0) {
        return false;
    }
    at->broken = false;
    return true;
}

static bool arcs_are_printable(postern_str oid)
{
    size_t len = 0;

    for (size_t i = 0; i < oid.len; i++) {
        if (++len > ARC_BYTES_MAX) {
            return false;
        }
        len = pst_octet(oid, i) < 0x80 ? 0 : len;
    }
    return true;
}

bool pst_name_check(postern_str name)
{
    walk at = walk_start(name);
    attribute ignored;
    size_t count = 0;

    while (walk_next(&at, &ignored)) {
        if (++count > PST_ATTRIBUTES_MAX || !arcs_are_printable(ignored.type)) {
            return false;
        }
    }
    return !at.broken;
}

/* --- attribute types ---------------------------------------------------------- */

static const char *short_name(postern_str oid)
{
    for (size_t i = 0; i < sizeof known_types / sizeof *known_types; i++) {
        if (pst_str_same(known_types[i].oid, oid)) {
            return known_types[i].name;
        }
    }
    return NULL;
}

/* The first arc holds two: 40 times 0, 1 or 2, plus the second. */
static unsigned split_first(uint32_t *limbs)
{
    bool large = false;
    unsigned first;

    for (size_t i = 1; i < ARC_LIMBS; i++) {
        large = large || limbs[i] != 0;
    }
    first = large || limbs[0] >= 80 ? 2 : limbs[0] / 40;
    for (size_t i = 1; limbs[0] < first * 40; i++) {
        /* Borrow: some higher limb is not zero, or first would be smaller. */
        if (limbs[i] != 0) {
            limbs[i]--;
            while (--i > 0) {
                limbs[i] = LIMB - 1;
            }
            limbs[0] += LIMB;
        }
    }
    limbs[0] -= first * 40;
    return first;
}

static void write_limbs(pst_writer *out, const uint32_t *limbs)
{
    size_t top = ARC_LIMBS - 1;

    while (top > 0 && limbs[top] == 0) {
        top--;
    }
    pst_write_size(out, limbs[top]);
    while (top-- > 0) {
        for (uint32_t digit = LIMB / 10; digit > 0; digit /= 10) {
            pst_write_byte(out, (unsigned char)('0' + limbs[top] / digit % 10));
        }
    }
}

/* The OID as dotted numbers of any size that arcs_are_printable() lets through. */
static void write_dotted(pst_writer *out, postern_str oid)
{
    uint32_t limbs[ARC_LIMBS] = {0};
    bool is_first = true;

    for (size_t i = 0; i < oid.len; i++) {
        uint64_t carry = pst_octet(oid, i) & 0x7fU;

        for (size_t k = 0; k < ARC_LIMBS; k++) {
            carry += (uint64_t)limbs[k] * 128;
            limbs[k] = (uint32_t)(carry % LIMB);
            carry /= LIMB;
        }
        if (pst_octet(oid, i) >= 0x80) {
            continue;
        }
        if (is_first) {
            pst_write_size(out, split_first(limbs));
            is_first = false;
        }
        pst_write_byte(out, '.');
        write_limbs(out, limbs);
        memset(limbs, 0, sizeof limbs);
    }
}

static void write_type(pst_writer *out, postern_str oid)
{
    const char *name = short_name(oid);

    if (name != NULL) {
        pst_write_text(out, name);
    } else {
        write_dotted(out, oid);
    }
}

/* --- values ------------------------------------------------------------------- */

/* Bytes of a character in a string type; 0 when it is not one. T61 is read as
 * Latin-1, as OpenSSL and everybody else does. */
static size_t character_width(unsigned tag)
{
    switch (tag) {
    case TYPE_UTF8:
    case TYPE_NUMERIC:
    case TYPE_PRINTABLE:
    case TYPE_T61:
    case TYPE_IA5:
    case TYPE_VISIBLE:
    case PST_DER_UTC_TIME:
    case PST_DER_GENERALIZED_TIME:
        return 1;
    case TYPE_BMP:
        return 2;
    case TYPE_UNIVERSAL:
        return 4;
    default:
        return 0;
    }
}

static uint32_t character_at(postern_str text, size_t at, size_t width)
{
    uint32_t point = 0;

    for (size_t i = 0; i < width; i++) {
        point = point << 8 | pst_octet(text, at + i);
    }
    return point;
}

static bool is_scalar(uint32_t point)
{
    return point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

/* True when every character of a string type has a code point. UTF8String is not
 * looked into: its bytes are shown as they are. */
static bool is_text(const pst_tlv *value)
{
    size_t width = character_width(value->tag);

    if (width == 0 || value->value.len % width != 0) {
        return false;
    }
    for (size_t i = 0; i < value->value.len; i += width) {
        if (!is_scalar(character_at(value->value, i, width))) {
            return false;
        }
    }
    return true;
}

/* RFC 2253 section 2.4; bytes that are not printable ASCII as \HH. As with OpenSSL a `#`
 * that is all of a value stays as it is; no other value is written so. */
static void write_escaped(pst_writer *out, unsigned char byte, bool first, bool last)
{
    if (byte < 0x20 || byte > 0x7e) {
        pst_write_byte(out, '\\');
        pst_write_hex(out, byte, true);
        return;
    }
    if (memchr(",+\"\\<>;", byte, 7) != NULL || (first && !last && byte == '#') ||
        ((first || last) && byte == ' ')) {
        pst_write_byte(out, '\\');
    }
    pst_write_byte(out, byte);
}

/* Writes a value for which is_text() as UTF-8, escaped for RFC 2253 or not. */
static void write_characters(pst_writer *out, const pst_tlv *value, bool escaped)
{
    postern_str text = value->value;
    size_t width = character_width(value->tag);

    for (size_t i = 0; i < text.len; i += width) {
        unsigned char bytes[4] = {(unsigned char)text.data[i]};
        size_t count = value->tag == TYPE_UTF8
                           ? 1
                           : pst_utf8_write(character_at(text, i, width), bytes);

        for (size_t k = 0; k < count; k++) {
            if (escaped) {
                write_escaped(out, bytes[k], i == 0, i + width == text.len);
            } else {
                pst_write_byte(out, bytes[k]);
            }
        }
    }
}

/* What cannot be shown as text, or belongs to a type nobody knows, is shown as the
 * hexadecimal digits of its DER. */
static void write_rfc2253_value(pst_writer *out, const attribute *from)
{
    if (short_name(from->type) != NULL && is_text(&from->value)) {
        write_characters(out, &from->value, true);
        return;
    }
    pst_write_byte(out, '#');
    for (size_t i = 0; i < from->value.whole.len; i++) {
        pst_write_hex(out, (unsigned char)from->value.whole.data[i], true);
    }
}

/* The bytes of the string, whatever its type; of a SEQUENCE, which is no string, all of
 * its DER. `/` and `+` are marked, as OpenSSL 3 does: otherwise one attribute could pass
 * for several. */
static void write_legacy_value(pst_writer *out, const pst_tlv *value)
{
    postern_str text = value->tag == PST_DER_SEQUENCE ? value->whole : value->value;
    size_t from = value->tag == PST_DER_BIT_STRING ? 1 : 0;

    for (size_t i = from; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.data[i];

        if (byte < ' ' || byte > '~') {
            pst_write_text(out, "\\x");
            pst_write_hex(out, byte, true);
            continue;
        }
        if (byte == '/' || byte == '+') {
            pst_write_byte(out, '\\');
        }
        pst_write_byte(out, byte);
    }
}

/* --- whole names -------------------------------------------------------------- */

static void write_rfc2253(pst_writer *out, const attribute *items, size_t count)
{
    for (size_t i = count; i-- > 0;) {
        if (i + 1 < count) {
            pst_write_byte(out, items[i].set == items[i + 1].set ? '+' : ',');
        }
        write_type(out, items[i].type);
        pst_write_byte(out, '=');
        write_rfc2253_value(out, &items[i]);
    }
}

static void write_legacy(pst_writer *out, const attribute *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool joined = i > 0 && items[i].set == items[i - 1].set;

        pst_write_byte(out, joined ? '+' : '/');
        write_type(out, items[i].type);
        pst_write_byte(out, '=');
        write_legacy_value(out, &items[i].value);
    }
}

/* The attributes of `name` as an array, so that it can be read backwards. */
static attribute *attributes_of(pst_arena *arena, postern_str name, size_t *count)
{
    walk at = walk_start(name);
    attribute one;
    attribute *items;
    size_t total = 0;

    while (walk_next(&at, &one)) {
        total++;
    }
    items = pst_arena_array(arena, total, sizeof *items);
    if (items == NULL) {
        return NULL;
    }
    at = walk_start(name);
    for (size_t i = 0; i < total && walk_next(&at, &one); i++) {
        items[i] = one;
    }
    *count = total;
    return items;
}

/* Writes twice: first to learn the length, so that no name is ever cut. */
static bool print_name(pst_arena *arena, postern_str name, postern_str *out,
                       void (*print)(pst_writer *, const attribute *, size_t))
{
    pst_writer writer = {NULL, 0, 0};
    size_t count;
    const attribute *items = attributes_of(arena, name, &count);
    char *text;

    if (items == NULL) {
        return false;
    }
    print(&writer, items, count);
    text = pst_arena_alloc(arena, writer.len + 1);
    if (text == NULL) {
        return false;
    }
    writer = (pst_writer){text, writer.len + 1, 0};
    print(&writer, items, count);
    *out = (postern_str){text, pst_write_end(&writer)};
    return true;
}

bool pst_name_rfc2253(pst_arena *arena, postern_str name, postern_str *out)
{
    return print_name(arena, name, out, write_rfc2253);
}

bool pst_name_legacy(pst_arena *arena, postern_str name, postern_str *out)
{
    return print_name(arena, name, out, write_legacy);
}

static bool is_readable(const pst_tlv *value)
{
    size_t step;

    if (value->tag != TYPE_UTF8) {
        return is_text(value);
    }
    for (size_t i = 0; i < value->value.len; i += step) {
        step = pst_utf8_read(pst_str_slice(value->value, i, value->value.len), NULL);
        if (step == 0) {
            return false;
        }
    }
    return true;
}

static bool decode(pst_arena *arena, const pst_tlv *value, postern_str *out)
{
    pst_writer writer = {NULL, 0, 0};
    char *text;

    write_characters(&writer, value, false);
    text = pst_arena_alloc(arena, writer.len + 1);
    if (text == NULL) {
        return false;
    }
    writer = (pst_writer){text, writer.len + 1, 0};
    write_characters(&writer, value, false);
    *out = (postern_str){text, pst_write_end(&writer)};
    return true;
}

bool pst_name_common(pst_arena *arena, postern_str name, const postern_str **items,
                     size_t *count)
{
    walk at = walk_start(name);
    attribute one;
    postern_str *made;
    size_t total = 0;

    while (walk_next(&at, &one)) {
        total += pst_str_same(one.type, common_name) ? 1U : 0U;
    }
    made = pst_arena_array(arena, total, sizeof *made);
    if (made == NULL) {
        return false;
    }
    total = 0;
    at = walk_start(name);
    while (walk_next(&at, &one)) {
        if (pst_str_same(one.type, common_name) && is_readable(&one.value) &&
            !decode(arena, &one.value, &made[total++])) {
            return false;
        }
    }
    *items = made;
    *count = total;
    return true;
}
