#include "field_json.h"

#include <stdio.h>

static bool refuse_type(source *from, size_t node, postern_type type)
{
    char message[128];
    char name[64];

    (void)postern_type_name(type, name, sizeof name);
    (void)snprintf(message, sizeof message, "a value of type %s is wanted here", name);
    return source_refuse(from, node, message, (postern_str){NULL, 0}, NULL);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* {"hex": "6a0f"} */
static bool read_hex(source *from, size_t object, postern_str *out)
{
    const size_t key = object + 1;
    const char *const wanted = "any bytes are written {\"hex\": \"6a0f\"}";
    postern_str name;
    postern_str digits;
    char *bytes;

    if (from->nodes[object].next != object + 3 ||
        from->nodes[key + 1].kind != POSTERN_JSON_STRING) {
        return source_refuse(from, object, "not a string", (postern_str){NULL, 0},
                             wanted);
    }
    if (!source_string(from, key, &name) || !source_string(from, key + 1, &digits)) {
        return false;
    }
    if (!postern_str_equal(name, postern_text("hex"))) {
        return source_refuse(from, key, "unknown key", name, wanted);
    }
    bytes = source_take(from, digits.len);
    if (bytes == NULL) {
        return false;
    }
    for (size_t i = 0; i < digits.len; i += 2) {
        const int high = hex_value(digits.data[i]);
        const int low = i + 1 < digits.len ? hex_value(digits.data[i + 1]) : -1;
        if (high < 0 || low < 0) {
            return source_refuse(from, key + 1, "not pairs of hexadecimal digits",
                                 digits, NULL);
        }
        bytes[i / 2] = (char)(high << 4 | low);
    }
    *out = (postern_str){bytes, digits.len / 2};
    return true;
}

static bool read_address(source *from, size_t node, postern_address *out)
{
    postern_str text;

    if (!source_string(from, node, &text)) {
        return false;
    }
    return postern_address_parse(text, out) ||
           source_refuse(from, node, "not an IP address", text,
                         "IPv4 has four decimal parts without leading zeros");
}

static size_t count_held(const source *from, size_t node)
{
    size_t count = 0;

    for (size_t at = node + 1; at < from->nodes[node].next; at = from->nodes[at].next) {
        count++;
    }
    return count;
}

static bool read_array(source *from, size_t node, postern_value *out)
{
    const postern_type element = postern_type_element(out->type);
    const size_t count = count_held(from, node);
    postern_value *const items = source_take(from, count * sizeof *items);
    size_t filled = 0;

    if (items == NULL) {
        return false;
    }
    for (size_t at = node + 1; at < from->nodes[node].next; at = from->nodes[at].next) {
        if (!field_json_read(from, at, element, &items[filled++])) {
            return false;
        }
    }
    out->as.array.items = items;
    out->as.array.count = count;
    return true;
}

static bool read_map(source *from, size_t node, postern_value *out)
{
    const postern_type element = postern_type_element(out->type);
    const size_t count = count_held(from, node);
    postern_entry *const entries = source_take(from, count * sizeof *entries);
    size_t filled = 0;

    if (entries == NULL) {
        return false;
    }
    for (size_t at = node + 1; at < from->nodes[node].next; at = from->nodes[at].next) {
        postern_entry *const entry = &entries[filled++];
        if (!source_string(from, at, &entry->key) ||
            !field_json_read(from, at + 1, element, &entry->value)) {
            return false;
        }
    }
    out->as.map.entries = entries;
    out->as.map.count = count;
    return true;
}

/* The depth is that of the type, at most seven. */
bool field_json_read(source *from, size_t node, postern_type type, postern_value *out)
{
    const postern_json_kind kind = (postern_json_kind)from->nodes[node].kind;

    *out = (postern_value){.type = type};
    switch (postern_type_kind(type)) {
    case POSTERN_KIND_BOOL:
        out->as.boolean = kind == POSTERN_JSON_TRUE;
        return kind == POSTERN_JSON_TRUE || kind == POSTERN_JSON_FALSE ||
               refuse_type(from, node, type);
    case POSTERN_KIND_INT:
        return postern_json_integer(from->text, &from->nodes[node], &out->as.integer) ||
               refuse_type(from, node, type);
    case POSTERN_KIND_STRING:
        if (kind == POSTERN_JSON_OBJECT) {
            return read_hex(from, node, &out->as.string);
        }
        return kind == POSTERN_JSON_STRING ? source_string(from, node, &out->as.string)
                                           : refuse_type(from, node, type);
    case POSTERN_KIND_IP:
        return kind == POSTERN_JSON_STRING ? read_address(from, node, &out->as.address)
                                           : refuse_type(from, node, type);
    case POSTERN_KIND_ARRAY:
        return kind == POSTERN_JSON_ARRAY ? read_array(from, node, out)
                                          : refuse_type(from, node, type);
    case POSTERN_KIND_MAP:
        return kind == POSTERN_JSON_OBJECT ? read_map(from, node, out)
                                           : refuse_type(from, node, type);
    case POSTERN_KIND_NONE:
        break;
    }
    return refuse_type(from, node, type);
}
