#include "generator.h"

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

static bool chance(generator *g, size_t in)
{
    return generator_pick(g, in) == 0;
}

/* --- values ------------------------------------------------------------------------ */

static const int64_t numbers[] = {
    INT64_MIN, INT64_MIN + 1, -8,        -1, 0, 1, 2, 7, 8, 9, 10,
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

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static scalar pick_scalar(generator *g, postern_type type)
{
    scalar value = {.type = type, .present = true};

    if (type == POSTERN_BOOL) {
        value.number = (int64_t)generator_pick(g, 2);
    } else if (type == POSTERN_INT) {
        value.number = numbers[generator_pick(g, COUNT(numbers))];
    } else if (type == POSTERN_STRING) {
        value.text = texts[generator_pick(g, COUNT(texts))];
    } else {
        const char *const text = addresses[generator_pick(g, COUNT(addresses))];
        (void)postern_address_parse(postern_text(text), &value.address);
    }
    return value;
}

/* --- requests ---------------------------------------------------------------------- */

static const char *const map_keys[] = {"k0", "k1", "k2", "k3"};
static const char *const header_names[] = {"x-a", "X-a", "X-B", "x-c"};

static const struct {
    const char *name;
    postern_type type;
} declared[GENERATOR_FIELDS] = {
    {"t0",         POSTERN_BOOL                    },
    {"t1",         POSTERN_BOOL                    },
    {"notable",    POSTERN_BOOL                    },
    {"order.true", POSTERN_BOOL                    },
    {"i0",         POSTERN_INT                     },
    {"i1",         POSTERN_INT                     },
    {"i2",         POSTERN_INT                     },
    {"s0",         POSTERN_STRING                  },
    {"s1",         POSTERN_STRING                  },
    {"s2",         POSTERN_STRING                  },
    {"p0",         POSTERN_IP                      },
    {"p1",         POSTERN_IP                      },
    {"p2",         POSTERN_IP                      },
    {"arrays.t",   POSTERN_ARRAY_OF(POSTERN_BOOL)  },
    {"arrays.i",   POSTERN_ARRAY_OF(POSTERN_INT)   },
    {"arrays.s",   POSTERN_ARRAY_OF(POSTERN_STRING)},
    {"arrays.p",   POSTERN_ARRAY_OF(POSTERN_IP)    },
    {"maps.t",     POSTERN_MAP_OF(POSTERN_BOOL)    },
    {"maps.i",     POSTERN_MAP_OF(POSTERN_INT)     },
    {"maps.s",     POSTERN_MAP_OF(POSTERN_STRING)  },
    {"maps.p",     POSTERN_MAP_OF(POSTERN_IP)      },
    {"arrays.s2",  POSTERN_ARRAY_OF(POSTERN_STRING)},
};

void generator_init(generator *g, postern_scheme *scheme, uint64_t seed)
{
    *g = (generator){.state = seed * 2654435761U + 88172645463325252U};
    for (size_t i = 0; i < GENERATOR_FIELDS; i++) {
        g->fields[i].name = declared[i].name;
        g->fields[i].type = declared[i].type;
        ck_assert_int_eq(
            postern_scheme_add_field(scheme, postern_text(declared[i].name),
                                     declared[i].type, &g->fields[i].field),
            POSTERN_OK);
    }
}

static postern_type element_of(postern_type type)
{
    return postern_type_element(type) != 0 ? postern_type_element(type) : type;
}

static postern_value to_value(const scalar *from)
{
    postern_value value = {.type = from->type};

    if (from->type == POSTERN_BOOL) {
        value.as.boolean = from->number != 0;
    } else if (from->type == POSTERN_INT) {
        value.as.integer = from->number;
    } else if (from->type == POSTERN_STRING) {
        value.as.string = from->text;
    } else {
        value.as.address = from->address;
    }
    return value;
}

static void put_field(const generated_field *field, postern_request *request)
{
    postern_value items[4] = {{0}};
    postern_entry entries[4] = {
        {{0}, {0}}
    };
    postern_value value = {.type = field->type};

    for (size_t i = 0; i < field->count; i++) {
        items[i] = to_value(&field->items[i]);
        entries[i].key = postern_text(map_keys[i]);
        entries[i].value = items[i];
    }
    if (postern_type_kind(field->type) == POSTERN_KIND_ARRAY) {
        value.as.array.items = items;
        value.as.array.count = field->count;
    } else if (postern_type_kind(field->type) == POSTERN_KIND_MAP) {
        value.as.map.entries = entries;
        value.as.map.count = field->count;
    } else {
        value = items[0];
    }
    if (postern_request_set(request, field->field, &value) != POSTERN_OK) {
        ck_abort_msg("%s cannot be set", field->name);
    }
}

void generator_fill(generator *g, postern_request *request)
{
    (void)postern_request_begin(request, NULL, postern_text("GET"),
                                postern_text("/a?b"), postern_text("HTTP/2"));
    (void)postern_request_add_header(request, postern_text("Host"), postern_text("h"));
    for (size_t i = 0; i < GENERATOR_HEADERS; i++) {
        g->headers[i].name = header_names[generator_pick(g, GENERATOR_HEADERS)];
        g->headers[i].value = texts[generator_pick(g, COUNT(texts))];
        (void)postern_request_add_header(request, postern_text(g->headers[i].name),
                                         g->headers[i].value);
    }
    for (size_t i = 0; i < GENERATOR_FIELDS; i++) {
        generated_field *const field = &g->fields[i];
        field->present = !chance(g, 4);
        field->count =
            postern_type_element(field->type) == 0 ? 1 : generator_pick(g, 5);
        for (size_t j = 0; j < field->count; j++) {
            field->items[j] = pick_scalar(g, element_of(field->type));
        }
        if (field->present) {
            put_field(field, request);
        }
    }
}

/* --- text -------------------------------------------------------------------------- */

static void write_bytes(generator *g, const char *text, size_t length)
{
    if (g->length + length >= sizeof g->text) {
        ck_abort_msg("the expression is too long");
    }
    memcpy(g->text + g->length, text, length);
    g->length += length;
}

void generator_write(generator *g, const char *text)
{
    write_bytes(g, text, strlen(text));
}

static void write_blank(generator *g)
{
    static const char *const blanks[] = {" ", "  ", "\t", "\n", " \r\n"};

    generator_write(g, blanks[chance(g, 8) ? generator_pick(g, COUNT(blanks)) : 0]);
}

static void write_number(generator *g, int64_t value)
{
    const uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    const char *const sign = value < 0 ? "-" : "";
    char text[48];

    if (chance(g, 4)) {
        (void)snprintf(text, sizeof text, "%s0x%" PRIx64, sign, magnitude);
    } else if (value >= 0 && chance(g, 4)) {
        (void)snprintf(text, sizeof text, "0%" PRIo64, magnitude);
    } else {
        (void)snprintf(text, sizeof text, "%s%" PRIu64, sign, magnitude);
    }
    generator_write(g, text);
}

static void write_string(generator *g, postern_str text)
{
    if (chance(g, 3) && memchr(text.data, '\0', text.len) == NULL) {
        generator_write(g, "r##\"");
        write_bytes(g, text.data, text.len);
        generator_write(g, "\"##");
        return;
    }
    generator_write(g, "\"");
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.data[i];
        char escape[8];
        if (c == 0 || chance(g, 8)) {
            (void)snprintf(escape, sizeof escape, chance(g, 2) ? "\\x%02X" : "\\%03o",
                           c);
            generator_write(g, escape);
        } else {
            if (c == '"' || c == '\\') {
                generator_write(g, "\\");
            }
            write_bytes(g, &text.data[i], 1);
        }
    }
    generator_write(g, "\"");
}

static void write_literal(generator *g, const scalar *value)
{
    char text[64];

    if (value->type == POSTERN_INT) {
        write_number(g, value->number);
    } else if (value->type == POSTERN_STRING) {
        write_string(g, value->text);
    } else {
        (void)postern_address_format(&value->address, text, sizeof text);
        generator_write(g, text);
    }
}

/* --- terms ------------------------------------------------------------------------- */

static scalar missing(postern_type type)
{
    return (scalar){.type = type};
}

/* http.request.headers["x-a"][n] */
static scalar write_header(generator *g)
{
    static const char *const lower[] = {"x-a", "x-b", "x-c", "x-d"};
    const size_t which = generator_pick(g, COUNT(lower));
    size_t index = generator_pick(g, 3);
    char text[64];

    (void)snprintf(text, sizeof text, "http.request.headers[\"%s\"][%zu]", lower[which],
                   index);
    generator_write(g, text);
    for (size_t i = 0; i < GENERATOR_HEADERS; i++) {
        const char *const name = g->headers[i].name;
        if ((name[2] | 0x20) == lower[which][2] && index-- == 0) {
            return (scalar){
                .type = POSTERN_STRING, .present = true, .text = g->headers[i].value};
        }
    }
    return missing(POSTERN_STRING);
}

static const generated_field *pick_field(generator *g, postern_type element)
{
    const generated_field *field;

    do {
        field = &g->fields[generator_pick(g, GENERATOR_FIELDS)];
    } while (element_of(field->type) != element);
    return field;
}

/* A field or an element of one. */
static scalar write_plain(generator *g, postern_type type)
{
    const generated_field *field;
    size_t index;
    char text[32];

    if (type == POSTERN_STRING && chance(g, 4)) {
        return write_header(g);
    }
    field = pick_field(g, type);
    generator_write(g, field->name);
    if (postern_type_kind(field->type) == POSTERN_KIND_ARRAY) {
        index = generator_pick(g, 4);
        (void)snprintf(text, sizeof text, chance(g, 2) ? "[%zu]" : "[ 0%zo ]", index);
        generator_write(g, text);
    } else if (postern_type_kind(field->type) == POSTERN_KIND_MAP) {
        index = generator_pick(g, COUNT(map_keys));
        (void)snprintf(text, sizeof text, "[\"%s\"]", map_keys[index]);
        generator_write(g, text);
    } else {
        index = 0;
    }
    return field->present && index < field->count ? field->items[index] : missing(type);
}

/* The lower-case twins are made once: a scalar borrows its text. */
static postern_str lower_twin(postern_str text)
{
    static char twins[COUNT(texts)][64];
    size_t which = 0;

    while (texts[which].data != text.data) {
        which++;
    }
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.data[i];
        twins[which][i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    return (postern_str){twins[which], text.len};
}

/* len(array) */
static scalar write_count(generator *g)
{
    const generated_field *field;

    do {
        field = &g->fields[generator_pick(g, GENERATOR_FIELDS)];
    } while (postern_type_kind(field->type) != POSTERN_KIND_ARRAY);
    generator_write(g, "len( ");
    generator_write(g, field->name);
    generator_write(g, ")");
    return (scalar){.type = POSTERN_INT,
                    .present = field->present,
                    .number = (int64_t)field->count};
}

static scalar write_term(generator *g, postern_type type)
{
    scalar value;

    if (type == POSTERN_INT && chance(g, 8)) {
        return write_count(g);
    }
    if (type == POSTERN_INT && chance(g, 4)) {
        generator_write(g, "len(");
        value = write_plain(g, POSTERN_STRING);
        generator_write(g, ")");
        return (scalar){.type = POSTERN_INT,
                        .present = value.present,
                        .number = (int64_t)value.text.len};
    }
    if (type == POSTERN_STRING && chance(g, 4)) {
        generator_write(g, "lower(");
        value = write_plain(g, POSTERN_STRING);
        generator_write(g, ")");
        if (value.present) {
            value.text = lower_twin(value.text);
        }
        return value;
    }
    return write_plain(g, type);
}

/* --- comparisons ------------------------------------------------------------------- */

/* -1, 0, 1; 2 when they cannot be ordered */
static int order_of(const scalar *a, const scalar *b)
{
    int order;

    if (a->type == POSTERN_INT) {
        return a->number < b->number ? -1 : a->number > b->number;
    }
    if (a->type == POSTERN_IP) {
        if (a->address.family != b->address.family) {
            return 2;
        }
        order = memcmp(a->address.bytes, b->address.bytes, sizeof a->address.bytes);
    } else {
        const size_t shorter = a->text.len < b->text.len ? a->text.len : b->text.len;
        order = memcmp(a->text.data, b->text.data, shorter);
        if (order == 0) {
            order = (a->text.len > b->text.len) - (a->text.len < b->text.len);
        }
    }
    return order < 0 ? -1 : order > 0;
}

/* What two values of different families are: not equal, and nothing else. */
static bool related(size_t relation, int order)
{
    switch (relation / 2) {
    case 0:
        return order == 0;
    case 1:
        return order != 0;
    case 2:
        return order == -1;
    case 3:
        return order == -1 || order == 0;
    case 4:
        return order == 1;
    default:
        return order == 1 || order == 0;
    }
}

static bool write_relation(generator *g, postern_type type)
{
    static const char *const words[] = {
        " eq ", "==", " ne ", "!=", " lt ", "<",
        " le ", "<=", " gt ", ">",  " ge ", ">=",
    };
    const scalar left = write_term(g, type);
    const size_t relation = generator_pick(g, COUNT(words));
    scalar right;

    generator_write(g, words[relation]);
    if (chance(g, 3)) {
        right = write_term(g, type);
    } else {
        right = pick_scalar(g, type);
        write_literal(g, &right);
    }
    return left.present && right.present && related(relation, order_of(&left, &right));
}

/* One member of a set; a range now and then. */
static bool write_member(generator *g, const scalar *left)
{
    scalar first = pick_scalar(g, left->type);
    scalar last = first;
    int order;

    if (left->type != POSTERN_STRING && chance(g, 3)) {
        last = pick_scalar(g, left->type);
        order = order_of(&first, &last);
        if (order == 2) {
            last = first;
        } else if (order == 1) {
            const scalar swap = first;
            first = last;
            last = swap;
        }
        write_literal(g, &first);
        generator_write(g, "..");
    }
    write_literal(g, &last);
    if (!left->present) {
        return false;
    }
    order = order_of(&first, left);
    if (order != -1 && order != 0) {
        return false;
    }
    order = order_of(left, &last);
    return order == -1 || order == 0;
}

static bool write_set(generator *g, postern_type type)
{
    const scalar left = write_term(g, type);
    const size_t count =
        chance(g, 4) ? 9 + generator_pick(g, 12) : generator_pick(g, 5);
    bool inside = false;

    generator_write(g, " in {");
    for (size_t i = 0; i < count; i++) {
        write_blank(g);
        inside = write_member(g, &left) || inside;
    }
    generator_write(g, "}");
    return inside;
}

static bool write_comparison(generator *g)
{
    static const postern_type types[] = {POSTERN_INT, POSTERN_STRING, POSTERN_IP};
    const postern_type type = types[generator_pick(g, COUNT(types))];

    if (chance(g, 12)) {
        const bool yes = chance(g, 2);
        generator_write(g, yes ? "true" : "false");
        return yes;
    }
    if (chance(g, 4)) {
        const scalar value = write_plain(g, POSTERN_BOOL);
        return value.present && value.number != 0;
    }
    return chance(g, 3) ? write_set(g, type) : write_relation(g, type);
}

/* --- logic ------------------------------------------------------------------------- */

static bool write_or(generator *g);

static bool write_unary(generator *g)
{
    const size_t way = generator_pick(g, 8);
    bool answer;

    if (way < 2 && g->nesting < 8) {
        g->nesting++;
        generator_write(g, way == 0 ? "not " : chance(g, 2) ? "!" : "! ");
        answer = !write_unary(g);
        g->nesting--;
        return answer;
    }
    if (way < 4 && g->nesting < 8) {
        g->nesting++;
        generator_write(g, "(");
        answer = write_or(g);
        generator_write(g, ")");
        g->nesting--;
        return answer;
    }
    return write_comparison(g);
}

static bool write_and(generator *g)
{
    bool answer = write_unary(g);

    while (chance(g, 4)) {
        write_blank(g);
        generator_write(g, chance(g, 2) ? "and" : "&&");
        write_blank(g);
        answer = (int)write_unary(g) & (int)answer;
    }
    return answer;
}

static bool write_xor(generator *g)
{
    bool answer = write_and(g);

    while (chance(g, 5)) {
        write_blank(g);
        generator_write(g, chance(g, 2) ? "xor" : "^^");
        write_blank(g);
        answer ^= write_and(g);
    }
    return answer;
}

static bool write_or(generator *g)
{
    bool answer = write_xor(g);

    while (chance(g, 4)) {
        write_blank(g);
        generator_write(g, chance(g, 2) ? "or" : "||");
        write_blank(g);
        answer = (int)write_xor(g) | (int)answer;
    }
    return answer;
}

bool generator_expression(generator *g)
{
    g->nesting = 0;
    return write_or(g);
}
