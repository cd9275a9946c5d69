#include "context.h"

#include "support/text.h"

/* One value being read. */
typedef struct reader {
    const json_line *line;
    pst_arena *memory;
} reader;

static bool read_value(const reader *from, size_t node, postern_type type,
                       postern_value *out);

static const postern_json_node *node_at(const reader *from, size_t node)
{
    return &from->line->nodes[node];
}

static bool is(const reader *from, size_t node, postern_json_kind kind)
{
    return node_at(from, node)->kind == (uint8_t)kind;
}

/* The value of an object's only member, if it is called `name`; or 0. */
static size_t only_member(const reader *from, size_t object, const char *name)
{
    const size_t value = json_line_member(from->line, object, name);

    return value == object + 2 &&
                   node_at(from, value)->next == node_at(from, object)->next
               ? value
               : 0;
}

/* {"hex": "6a0f"} */
static bool read_hex(const reader *from, size_t object, postern_str *out)
{
    const size_t value = only_member(from, object, "hex");
    postern_str digits;
    char *bytes;

    if (value == 0 || !is(from, value, POSTERN_JSON_STRING)) {
        return false;
    }
    digits = json_line_text(from->line, value, from->memory);
    bytes = take(from->memory, digits.len / 2, 1);
    for (size_t i = 0; i + 1 < digits.len; i += 2) {
        const int high = pst_hex_value((unsigned char)digits.data[i]);
        const int low = pst_hex_value((unsigned char)digits.data[i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        bytes[i / 2] = (char)(high << 4 | low);
    }
    *out = (postern_str){bytes, digits.len / 2};
    return digits.len % 2 == 0;
}

static bool read_string(const reader *from, size_t node, postern_str *out)
{
    if (!is(from, node, POSTERN_JSON_STRING)) {
        return read_hex(from, node, out);
    }
    *out = json_line_text(from->line, node, from->memory);
    return true;
}

static bool read_array(const reader *from, size_t node, postern_value *out)
{
    const postern_type element = postern_type_element(out->type);
    postern_value *const items =
        take(from->memory, json_line_count(from->line, node), sizeof *items);
    size_t count = 0;

    if (!is(from, node, POSTERN_JSON_ARRAY)) {
        return false;
    }
    for (size_t at = node + 1; at < node_at(from, node)->next;
         at = node_at(from, at)->next) {
        if (!read_value(from, at, element, &items[count++])) {
            return false;
        }
    }
    out->as.array.items = items;
    out->as.array.count = count;
    return true;
}

/* [key, value], where the key is any string */
static bool read_pair(const reader *from, size_t node, postern_type element,
                      postern_entry *out)
{
    return is(from, node, POSTERN_JSON_ARRAY) &&
           json_line_count(from->line, node) == 2 &&
           read_string(from, node + 1, &out->key) &&
           read_value(from, node_at(from, node + 1)->next, element, &out->value);
}

/* The entries that stand in `node`: members of an object, or pairs of an array. */
static bool read_map(const reader *from, size_t node, postern_value *out)
{
    const postern_type element = postern_type_element(out->type);
    postern_entry *const entries =
        take(from->memory, json_line_count(from->line, node), sizeof *entries);
    size_t count = 0;

    for (size_t at = node + 1; at < node_at(from, node)->next;
         at = node_at(from, at)->next) {
        postern_entry *const entry = &entries[count++];
        if (is(from, at, POSTERN_JSON_KEY)) {
            entry->key = json_line_text(from->line, at, from->memory);
            if (!read_value(from, at + 1, element, &entry->value)) {
                return false;
            }
        } else if (!read_pair(from, at, element, entry)) {
            return false;
        }
    }
    out->as.map.entries = entries;
    out->as.map.count = count;
    return true;
}

static bool read_object(const reader *from, size_t node, postern_value *out)
{
    const size_t pairs = only_member(from, node, "pairs");

    if (!is(from, node, POSTERN_JSON_OBJECT)) {
        return false;
    }
    /* A map may have a key "pairs" of its own, whose value is then no pair of pairs. */
    return (pairs != 0 && is(from, pairs, POSTERN_JSON_ARRAY) &&
            read_map(from, pairs, out)) ||
           read_map(from, node, out);
}

/* As deep as the type, at most seven. */
static bool read_value(const reader *from, size_t node, postern_type type,
                       postern_value *out)
{
    *out = (postern_value){.type = type};
    switch (postern_type_kind(type)) {
    case POSTERN_KIND_BOOL:
        out->as.boolean = is(from, node, POSTERN_JSON_TRUE);
        return out->as.boolean || is(from, node, POSTERN_JSON_FALSE);
    case POSTERN_KIND_INT:
        return postern_json_integer(from->line->text, node_at(from, node),
                                    &out->as.integer);
    case POSTERN_KIND_STRING:
        return read_string(from, node, &out->as.string);
    case POSTERN_KIND_IP:
        return is(from, node, POSTERN_JSON_STRING) &&
               postern_address_parse(json_line_text(from->line, node, from->memory),
                                     &out->as.address);
    case POSTERN_KIND_ARRAY:
        return read_array(from, node, out);
    case POSTERN_KIND_MAP:
        return read_object(from, node, out);
    case POSTERN_KIND_NONE:
        break;
    }
    return false;
}

const char *context_read(const json_line *line, size_t node,
                         const postern_scheme *scheme, pst_arena *memory,
                         context_field **out, size_t *count, postern_str *culprit)
{
    const reader from = {line, memory};

    *culprit = (postern_str){NULL, 0};
    *count = 0;
    if (!is(&from, node, POSTERN_JSON_OBJECT)) {
        return "the context is not an object";
    }
    *out = take(memory, json_line_count(line, node), sizeof **out);
    for (size_t at = node + 1; at < line->nodes[node].next; at = line->nodes[at].next) {
        context_field *const next = &(*out)[(*count)++];
        postern_type type;
        *culprit = next->name = json_line_text(line, at, memory);
        if (postern_scheme_find_field(scheme, next->name, &next->field, &type) !=
            POSTERN_OK) {
            return "the context sets a field that is not in the scheme";
        }
        if (!read_value(&from, at + 1, type, &next->value)) {
            return "the context has a value that is not of its field's type";
        }
    }
    return NULL;
}

const char *context_apply(const json_line *line, size_t node,
                          const postern_scheme *scheme, postern_request *request,
                          pst_arena *memory, postern_str *culprit)
{
    context_field *fields;
    size_t count;
    const char *const problem =
        context_read(line, node, scheme, memory, &fields, &count, culprit);

    if (problem != NULL) {
        return problem;
    }
    for (size_t i = 0; i < count; i++) {
        *culprit = fields[i].name;
        if (postern_request_set(request, fields[i].field, &fields[i].value) !=
            POSTERN_OK) {
            return "the request does not take a value of the context";
        }
    }
    return NULL;
}
