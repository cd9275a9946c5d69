/* name.c - names out of certificates and requests, for people. */
#include "name.h"

#include <string.h>

const ca_attribute ca_attributes[CA_ATTRIBUTES] = {
    {"CN",           "\x55\x04\x03",                             CA_DER_UTF8_STRING,      64 },
    {"O",            "\x55\x04\x0a",                             CA_DER_UTF8_STRING,      64 },
    {"OU",           "\x55\x04\x0b",                             CA_DER_UTF8_STRING,      64 },
    {"C",            "\x55\x04\x06",                             CA_DER_PRINTABLE_STRING, 2  },
    {"L",            "\x55\x04\x07",                             CA_DER_UTF8_STRING,      128},
    {"ST",           "\x55\x04\x08",                             CA_DER_UTF8_STRING,      128},
    {"serialNumber", "\x55\x04\x05",                             CA_DER_PRINTABLE_STRING, 64 },
    {"UID",          "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", CA_DER_UTF8_STRING,      256},
    {"DC",           "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", CA_DER_IA5_STRING,       63 },
    {"emailAddress", "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01",     CA_DER_IA5_STRING,       255},
};

int64_t ca_name_characters(ca_bytes text)
{
    int64_t count = 0;

    for (size_t i = 0; i < text.len; count++) {
        const unsigned char lead = text.data[i];
        const size_t more = lead < 0x80 ? 0U : lead < 0xe0 ? 1U : lead < 0xf0 ? 2U : 3U;
        uint32_t code = more == 0 ? lead : lead & (0x3fU >> more);

        if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || text.len - i <= more) {
            return -1;
        }
        for (size_t k = 1; k <= more; k++) {
            if ((text.data[i + k] & 0xc0U) != 0x80U) {
                return -1;
            }
            code = code << 6 | (text.data[i + k] & 0x3fU);
        }
        if ((more == 2 && code < 0x800) || (more == 3 && code < 0x10000) ||
            code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
            return -1;
        }
        i += more + 1;
    }
    return count;
}

bool ca_name_check(ca_bytes name)
{
    ca_tlv all;
    ca_tlv set;
    ca_tlv one;
    ca_tlv type;
    ca_tlv value;

    if (!ca_der_take(&name, CA_DER_SEQUENCE, &all) || name.len != 0 ||
        all.contents.len == 0) {
        return false;
    }
    while (all.contents.len > 0) {
        if (!ca_der_take(&all.contents, CA_DER_SET, &set) || set.contents.len == 0) {
            return false;
        }
        while (set.contents.len > 0) {
            if (!ca_der_take(&set.contents, CA_DER_SEQUENCE, &one) ||
                !ca_der_take(&one.contents, CA_DER_OID, &type) ||
                type.contents.len == 0 || !ca_der_next(&one.contents, &value) ||
                one.contents.len != 0) {
                return false;
            }
            if (value.tag == CA_DER_UTF8_STRING &&
                ca_name_characters(value.contents) < 0) {
                return false;
            }
        }
    }
    return true;
}

/* An OBJECT IDENTIFIER with dots; its first number holds two arcs. */
static void print_oid(ca_bytes oid, edge_text *out)
{
    unsigned long arc = 0;
    bool first = true;

    for (size_t i = 0; i < oid.len; i++) {
        arc = arc << 7 | (oid.data[i] & 0x7fU);
        if ((oid.data[i] & 0x80U) != 0) {
            continue;
        }
        if (first) {
            const unsigned long top = arc < 80 ? arc / 40 : 2;
            edge_text_format(out, "%lu.%lu", top, arc - top * 40);
        } else {
            edge_text_format(out, ".%lu", arc);
        }
        first = false;
        arc = 0;
    }
}

static void print_hex(ca_bytes value, edge_text *out)
{
    edge_text_format(out, "#");
    for (size_t i = 0; i < value.len; i++) {
        edge_text_format(out, "%02X", value.data[i]);
    }
}

/* Bytes outside of ASCII, and whatever a terminal obeys, become \XX. */
static void print_characters(ca_bytes value, edge_text *out)
{
    for (size_t i = 0; i < value.len; i++) {
        const unsigned char c = value.data[i];
        const bool at_edge =
            (c == ' ' && (i == 0 || i + 1 == value.len)) || (c == '#' && i == 0);

        if (c < 0x20 || c >= 0x7f) {
            edge_text_format(out, "\\%02X", c);
        } else if (at_edge || strchr(",+\"\\<>;", c) != NULL) {
            edge_text_format(out, "\\%c", c);
        } else {
            edge_text_format(out, "%c", c);
        }
    }
}

static void print_attribute(ca_bytes parts, edge_text *out)
{
    ca_tlv type;
    ca_tlv value;
    const char *known = NULL;

    if (!ca_der_next(&parts, &type) || !ca_der_next(&parts, &value)) {
        return;
    }
    for (size_t i = 0; i < CA_ATTRIBUTES; i++) {
        if (ca_bytes_same(type.contents, ca_bytes_of(ca_attributes[i].oid))) {
            known = ca_attributes[i].type;
        }
    }
    if (known == NULL) {
        print_oid(type.contents, out);
    } else {
        edge_text_add(out, postern_text(known));
    }
    edge_text_format(out, "=");
    if (known != NULL &&
        (value.tag == CA_DER_UTF8_STRING || value.tag == CA_DER_PRINTABLE_STRING ||
         value.tag == CA_DER_IA5_STRING || value.tag == CA_DER_T61_STRING)) {
        print_characters(value.contents, out);
    } else {
        print_hex(value.whole, out);
    }
}

/* The sets of a Name, and the attributes of a set: text has the last one first. */
static void print_backwards(ca_bytes list, unsigned depth, edge_text *out)
{
    const ca_bytes whole = list;
    size_t count = 0;
    ca_tlv item;

    while (ca_der_next(&list, &item)) {
        count++;
    }
    for (size_t left = count; left > 0; left--) {
        ca_bytes rest = whole;

        for (size_t i = 0; i < left; i++) {
            (void)ca_der_next(&rest, &item);
        }
        if (left < count) {
            edge_text_format(out, depth == 0 ? "," : "+");
        }
        if (depth == 0) {
            print_backwards(item.contents, 1, out);
        } else {
            print_attribute(item.contents, out);
        }
    }
}

void ca_name_print(ca_bytes name, edge_text *out)
{
    ca_tlv all;

    if (ca_der_next(&name, &all)) {
        print_backwards(all.contents, 0, out);
    }
}
