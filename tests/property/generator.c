#include "writing.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

size_t generator_pick(generator *g, size_t bound)
{
    g->state ^= g->state << 13;
    g->state ^= g->state >> 7;
    g->state ^= g->state << 17;
    return (size_t)(g->state >> 11) % bound;
}

bool writing_chance(generator *g, size_t in)
{
    return generator_pick(g, in) == 0;
}

/* --- values ------------------------------------------------------------------------ */

static const int64_t numbers[] = {
    INT64_MIN, INT64_MIN + 1, -8,        -1, 0, 1, 2, 3, 7, 8, 9, 10,
    255,       INT64_MAX - 1, INT64_MAX,
};

static const postern_str texts[] = {
    POSTERN_STR(""),
    POSTERN_STR("a"),
    POSTERN_STR("A"),
    POSTERN_STR("b"),
    POSTERN_STR("ab"),
    POSTERN_STR("aB"),
    POSTERN_STR("\0"),
    POSTERN_STR("a\0b"),
    POSTERN_STR("\xff\x80"),
    POSTERN_STR("k0"),
    POSTERN_STR("a,b,,a"),
    POSTERN_STR("aabaabaa*\\aab"),
    POSTERN_STR("{\"a\":\"b\",\"k0\":7,\"0\":[1]}"),
    POSTERN_STR("a=1&b=%41+&a"),
    POSTERN_STR("1234567"),
    POSTERN_STR("12345678"),
    POSTERN_STR("12345679"),
    POSTERN_STR("1234567890abcdef"),
    POSTERN_STR("1234567890abcdeF"),
    POSTERN_STR("1234567890abcdefg"),
    POSTERN_STR("one \"quoted\" \\ and # a tail that is rather long"),
};

static const char *const addresses[] = {
    "0.0.0.0",
    "10.0.0.0",
    "10.0.0.1",
    "10.0.0.255",
    "10.0.1.0",
    "255.255.255.255",
    "::",
    "::1",
    "::fffe:ffff:ffff",
    "::1:0:0:0",
    "2001:db8::",
    "2001:db8::ffff",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
};

/* In the order that maps have. */
static const postern_str keys[] = {
    POSTERN_STR(""),   POSTERN_STR("K0"), POSTERN_STR("a"),
    POSTERN_STR("k0"), POSTERN_STR("k1"), POSTERN_STR("k3"),
};

value writing_scalar(generator *g, postern_type type)
{
    value out = {.type = type, .present = true};

    if (type == POSTERN_BOOL) {
        out.boolean = writing_chance(g, 2);
    } else if (type == POSTERN_INT) {
        out.number = numbers[generator_pick(g, COUNT(numbers))];
    } else if (type == POSTERN_STRING) {
        out.text = texts[generator_pick(g, COUNT(texts))];
    } else {
        const char *const text = addresses[generator_pick(g, COUNT(addresses))];
        (void)postern_address_parse(postern_text(text), &out.address);
    }
    return out;
}

postern_str writing_key(generator *g)
{
    return keys[generator_pick(g, COUNT(keys))];
}

static value pick_value(generator *g, postern_type type);

static value pick_map(generator *g, postern_type type)
{
    value out = value_array(&g->memory, postern_type_element(type), COUNT(keys));

    out.type = type;
    out.keys = pool_take(&g->memory, COUNT(keys), sizeof *out.keys);
    out.count = 0;
    for (size_t i = 0; i < COUNT(keys); i++) {
        if (writing_chance(g, 3)) {
            out.items[out.count] = pick_value(g, postern_type_element(type));
            out.keys[out.count++] = keys[i];
        }
    }
    return out;
}

/* A value of any type; arrays and maps are short and often empty. */
static value pick_value(generator *g, postern_type type)
{
    const postern_type element = postern_type_element(type);
    value out;

    if (element == 0) {
        return writing_scalar(g, type);
    }
    if (postern_type_kind(type) == POSTERN_KIND_MAP) {
        return pick_map(g, type);
    }
    out = value_array(&g->memory, element, generator_pick(g, 5));
    for (size_t i = 0; i < out.count; i++) {
        out.items[i] = pick_value(g, element);
    }
    return out;
}

/* --- fields ------------------------------------------------------------------------ */

#define STRINGS POSTERN_ARRAY_OF(POSTERN_STRING)

/* The last ones are the library's: they come of the head. */
enum { HOST = GENERATOR_FIELDS - 4, HEADERS, HEADER_NAMES, HEADER_VALUES };

static const struct {
    const char *name;
    postern_type type;
} declared[GENERATOR_FIELDS] = {
    {"t0",                          POSTERN_BOOL                                    },
    {"t1",                          POSTERN_BOOL                                    },
    {"notable",                     POSTERN_BOOL                                    },
    {"order.true",                  POSTERN_BOOL                                    },
    {"i0",                          POSTERN_INT                                     },
    {"i1",                          POSTERN_INT                                     },
    {"in2",                         POSTERN_INT                                     },
    {"s0",                          POSTERN_STRING                                  },
    {"s1",                          POSTERN_STRING                                  },
    {"s2",                          POSTERN_STRING                                  },
    {"p0",                          POSTERN_IP                                      },
    {"p1",                          POSTERN_IP                                      },
    {"p2",                          POSTERN_IP                                      },
    {"arrays.t",                    POSTERN_ARRAY_OF(POSTERN_BOOL)                  },
    {"arrays.u",                    POSTERN_ARRAY_OF(POSTERN_BOOL)                  },
    {"arrays.i",                    POSTERN_ARRAY_OF(POSTERN_INT)                   },
    {"arrays.s",                    STRINGS                                         },
    {"arrays.r",                    STRINGS                                         },
    {"arrays.p",                    POSTERN_ARRAY_OF(POSTERN_IP)                    },
    {"maps.t",                      POSTERN_MAP_OF(POSTERN_BOOL)                    },
    {"maps.i",                      POSTERN_MAP_OF(POSTERN_INT)                     },
    {"maps.s",                      POSTERN_MAP_OF(POSTERN_STRING)                  },
    {"maps.p",                      POSTERN_MAP_OF(POSTERN_IP)                      },
    {"deep.mat",                    POSTERN_MAP_OF(POSTERN_ARRAY_OF(POSTERN_BOOL))  },
    {"deep.mai",                    POSTERN_MAP_OF(POSTERN_ARRAY_OF(POSTERN_INT))   },
    {"deep.mas",                    POSTERN_MAP_OF(STRINGS)                         },
    {"deep.mms",                    POSTERN_MAP_OF(POSTERN_MAP_OF(POSTERN_STRING))  },
    {"deep.aas",                    POSTERN_ARRAY_OF(STRINGS)                       },
    {"deep.aat",                    POSTERN_ARRAY_OF(POSTERN_ARRAY_OF(POSTERN_BOOL))},
    {"deep.ami",                    POSTERN_ARRAY_OF(POSTERN_MAP_OF(POSTERN_INT))   },
    {"deep.amp",                    POSTERN_ARRAY_OF(POSTERN_MAP_OF(POSTERN_IP))    },
    {"deep.maas",                   POSTERN_MAP_OF(POSTERN_ARRAY_OF(STRINGS))       },
    {"deep.aaas",                   POSTERN_ARRAY_OF(POSTERN_ARRAY_OF(STRINGS))     },
    {"http.host",                   POSTERN_STRING                                  },
    {"http.request.headers",        POSTERN_MAP_OF(STRINGS)                         },
    {"http.request.headers.names",  STRINGS                                         },
    {"http.request.headers.values", STRINGS                                         },
};

static postern_value to_value(generator *g, const value *from);

static postern_value to_array(generator *g, const value *from)
{
    postern_value *const items = pool_take(&g->memory, from->count, sizeof *items);

    for (size_t i = 0; i < from->count; i++) {
        items[i] = to_value(g, &from->items[i]);
    }
    return (postern_value){from->type, {.array = {items, from->count}}};
}

/* In any order, and one key twice: the first entry counts. */
static postern_value to_map(generator *g, const value *from)
{
    const size_t count = from->count;
    const size_t start = generator_pick(g, count + 1);
    postern_entry *const entries = pool_take(&g->memory, count + 1, sizeof *entries);
    postern_value out = {from->type, {.map = {entries, count}}};

    for (size_t i = 0; i < count; i++) {
        const size_t at = (start + i) % count;
        entries[i] = (postern_entry){from->keys[at], to_value(g, &from->items[at])};
    }
    if (count > 0 && writing_chance(g, 2)) {
        entries[count] = (postern_entry){entries[0].key, entries[count - 1].value};
        out.as.map.count++;
    }
    return out;
}

static postern_value to_value(generator *g, const value *from)
{
    postern_value out = {.type = from->type};

    switch (postern_type_kind(from->type)) {
    case POSTERN_KIND_BOOL:
        out.as.boolean = from->boolean;
        break;
    case POSTERN_KIND_INT:
        out.as.integer = from->number;
        break;
    case POSTERN_KIND_STRING:
        out.as.string = from->text;
        break;
    case POSTERN_KIND_IP:
        out.as.address = from->address;
        break;
    case POSTERN_KIND_ARRAY:
        return to_array(g, from);
    case POSTERN_KIND_MAP:
        return to_map(g, from);
    case POSTERN_KIND_NONE:
        break;
    }
    return out;
}

static void fill_field(generator *g, generated_field *field, postern_request *request)
{
    postern_value now;

    if (writing_chance(g, 4)) {
        field->now = value_missing(field->type);
        return;
    }
    field->now = pick_value(g, field->type);
    now = to_value(g, &field->now);
    if (postern_request_set(request, field->field, &now) != POSTERN_OK) {
        ck_abort_msg("%s cannot be set", field->name);
    }
}

/* --- headers ------------------------------------------------------------------------ */

static void append(value *array, postern_str text)
{
    array->items[array->count++] = value_text(text);
}

/* The values of the header called `name`, in lower case. */
static value *header_values(generator *g, postern_str name)
{
    value *const map = &g->fields[HEADERS].now;
    const value wanted = value_text(name);
    size_t at = 0;

    for (; at < map->count; at++) {
        const value key = value_text(map->keys[at]);
        if (value_order(&key, &wanted) >= 0) {
            break;
        }
    }
    if (at < map->count && postern_str_equal(map->keys[at], name)) {
        return &map->items[at];
    }
    memmove(&map->keys[at + 1], &map->keys[at],
            (map->count - at) * sizeof map->keys[0]);
    memmove(&map->items[at + 1], &map->items[at],
            (map->count - at) * sizeof map->items[0]);
    map->count++;
    map->keys[at] = name;
    map->items[at] = value_array(&g->memory, POSTERN_STRING, GENERATOR_HEADERS + 1);
    map->items[at].count = 0;
    return &map->items[at];
}

/* One more line: in the map under its name in lower case, and in the two arrays. */
static void add_header(generator *g, postern_request *request, postern_str name,
                       postern_str text)
{
    if (postern_request_add_header(request, name, text) != POSTERN_OK) {
        ck_abort_msg("a header cannot be added");
    }
    append(&g->fields[HEADER_NAMES].now, name);
    append(&g->fields[HEADER_VALUES].now, text);
    append(header_values(g, text_lower(&g->memory, name)), text);
}

static void fill_head(generator *g, postern_request *request)
{
    static const postern_str hosts[] = {
        POSTERN_STR("a"),           POSTERN_STR("a.example"), POSTERN_STR("b.example"),
        POSTERN_STR("c.b.example"), POSTERN_STR("example"),
    };
    static const postern_str names[] = {POSTERN_STR("K0"), POSTERN_STR("k0"),
                                        POSTERN_STR("A"), POSTERN_STR("k1")};
    const postern_str host = hosts[generator_pick(g, COUNT(hosts))];

    (void)postern_request_begin(request, NULL, postern_text("GET"),
                                postern_text("/a?b"), postern_text("HTTP/2"));
    for (size_t i = HEADERS; i <= HEADER_VALUES; i++) {
        value *const now = &g->fields[i].now;
        *now = value_array(&g->memory, STRINGS, GENERATOR_HEADERS + 1);
        now->type = g->fields[i].type;
        now->count = 0;
        now->keys = pool_take(&g->memory, GENERATOR_HEADERS + 1, sizeof *now->keys);
    }
    g->fields[HOST].now = value_text(host);
    add_header(g, request, postern_text("Host"), host);
    for (size_t i = generator_pick(g, GENERATOR_HEADERS + 1); i > 0; i--) {
        add_header(g, request, names[generator_pick(g, COUNT(names))],
                   texts[generator_pick(g, COUNT(texts))]);
    }
}

void generator_fill(generator *g, postern_request *request)
{
    g->memory.used = 0;
    fill_head(g, request);
    for (size_t i = 0; i < HOST; i++) {
        fill_field(g, &g->fields[i], request);
    }
    g->kept = g->memory.used;
}

/* --- lists ------------------------------------------------------------------------- */

static const struct {
    const char *name;
    postern_list_kind kind;
    postern_type type;
} list_kinds[GENERATOR_LISTS] = {
    {"office",    POSTERN_LIST_IP,       POSTERN_IP    },
    {"numbers_1", POSTERN_LIST_INT,      POSTERN_INT   },
    {"a.list",    POSTERN_LIST_STRING,   POSTERN_STRING},
    {"hosts",     POSTERN_LIST_HOSTNAME, POSTERN_STRING},
};

/* A range now and then; of host names, those below one. */
static void pick_item(generator *g, generated_list *list, size_t at, postern_type type)
{
    static const postern_str names[] = {
        POSTERN_STR("*.example"), POSTERN_STR("a.example"), POSTERN_STR("*.b.example"),
        POSTERN_STR("a"), POSTERN_STR("none")};
    value *const first = &list->first[at];
    value *const last = &list->last[at];

    *first = writing_scalar(g, type);
    *last = writing_scalar(g, type);
    if (list->kind == POSTERN_LIST_HOSTNAME) {
        first->text = names[generator_pick(g, COUNT(names))];
    }
    if (type == POSTERN_STRING || writing_chance(g, 2) ||
        value_order(first, last) > 0) {
        *last = *first;
    }
}

/* An item as the list takes it. */
static postern_str spell_item(generator *g, const generated_list *list, size_t at)
{
    const postern_str first = list->first[at].type == POSTERN_STRING
                                  ? list->first[at].text
                                  : text_of(&g->memory, &list->first[at]);
    const value pieces[] = {value_text(first), value_text(postern_text("..")),
                            value_text(text_of(&g->memory, &list->last[at]))};

    if (value_order(&list->first[at], &list->last[at]) == 0) {
        return first;
    }
    return model_concat(&g->memory, pieces, COUNT(pieces)).text;
}

static void make_list(generator *g, size_t which)
{
    generated_list *const list = &g->lists[which];
    postern_str items[GENERATOR_ITEMS];
    postern_list *made;

    list->kind = list_kinds[which].kind;
    list->count = generator_pick(g, GENERATOR_ITEMS + 1);
    for (size_t i = 0; i < list->count; i++) {
        pick_item(g, list, i, list_kinds[which].type);
        items[i] = spell_item(g, list, i);
    }
    ck_assert_int_eq(
        postern_list_new(NULL, list->kind, items, list->count, &made, NULL),
        POSTERN_OK);
    g->named[which] = (postern_named_list){postern_text(list_kinds[which].name), made};
}

void generator_init(generator *g, postern_scheme *scheme, uint64_t seed)
{
    *g = (generator){.state = seed * 2654435761U + 88172645463325252U};
    for (size_t i = 0; i < GENERATOR_FIELDS; i++) {
        g->fields[i].name = declared[i].name;
        g->fields[i].type = declared[i].type;
        if (i < HOST) {
            ck_assert_int_eq(
                postern_scheme_add_field(scheme, postern_text(declared[i].name),
                                         declared[i].type, &g->fields[i].field),
                POSTERN_OK);
        }
    }
    for (size_t i = 0; i < GENERATOR_LISTS; i++) {
        make_list(g, i);
    }
}

void generator_free(generator *g)
{
    for (size_t i = 0; i < GENERATOR_LISTS; i++) {
        postern_list_release(g->named[i].list);
    }
}

/* --- text -------------------------------------------------------------------------- */

void writing_bytes(generator *g, const char *text, size_t length)
{
    if (g->length + length >= sizeof g->text) {
        ck_abort_msg("the expression is too long");
    }
    if (length > 0) {
        memcpy(g->text + g->length, text, length);
    }
    g->length += length;
}

void generator_write(generator *g, const char *text)
{
    writing_bytes(g, text, strlen(text));
}

void writing_blank(generator *g)
{
    static const char *const blanks[] = {" ", "  ", "\t", "\n", " \r\n"};

    generator_write(
        g, blanks[writing_chance(g, 8) ? generator_pick(g, COUNT(blanks)) : 0]);
}

static void write_number(generator *g, int64_t number)
{
    const uint64_t magnitude = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    const char *const sign = number < 0 ? "-" : "";
    char text[48];

    if (number >= 0 && writing_chance(g, 4)) {
        (void)snprintf(text, sizeof text, "0x%" PRIx64, magnitude);
    } else if (number >= 0 && writing_chance(g, 4)) {
        (void)snprintf(text, sizeof text, "0%" PRIo64, magnitude);
    } else {
        (void)snprintf(text, sizeof text, "%s%" PRIu64, sign, magnitude);
    }
    generator_write(g, text);
}

static void write_quoted(generator *g, postern_str text)
{
    generator_write(g, "\"");
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        char escape[8];
        if (c == 0 || writing_chance(g, 8)) {
            (void)snprintf(escape, sizeof escape,
                           writing_chance(g, 2) ? "\\x%02X" : "\\%03o", c);
            generator_write(g, escape);
        } else {
            if (c == '"' || c == '\\') {
                generator_write(g, "\\");
            }
            writing_bytes(g, &text.data[i], 1);
        }
    }
    generator_write(g, "\"");
}

void writing_text(generator *g, postern_str text, bool bare)
{
    char byte[8];

    if (bare && text.len >= 2 && writing_chance(g, 6)) {
        for (size_t i = 0; i < text.len; i++) {
            (void)snprintf(byte, sizeof byte, "%s%02x", i == 0 ? "" : ":",
                           (unsigned char)text.data[i]);
            generator_write(g, byte);
        }
    } else if (writing_chance(g, 3) && memchr(text.data, '\0', text.len) == NULL) {
        generator_write(g, "r##\"");
        writing_bytes(g, text.data, text.len);
        generator_write(g, "\"##");
    } else {
        write_quoted(g, text);
    }
}

void writing_literal(generator *g, const value *scalar)
{
    char text[64];

    if (scalar->type == POSTERN_INT) {
        write_number(g, scalar->number);
    } else if (scalar->type == POSTERN_STRING) {
        writing_text(g, scalar->text, false);
    } else {
        (void)postern_address_format(&scalar->address, text, sizeof text);
        generator_write(g, text);
    }
}

value generator_literal(generator *g, postern_type type)
{
    const value literal = writing_scalar(g, type);

    writing_literal(g, &literal);
    return literal;
}
