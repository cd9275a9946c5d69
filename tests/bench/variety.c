#include "variety.h"

#include "support/text.h"

#include <string.h>

enum {
    PIECES = 5,        /* what other values may hold */
    SCRATCH = 1 << 18, /* the longest text */
    LONG_TEXT = 512    /* such a text differs in its length, too */
};

/* A text and what stands for it in this request. */
typedef struct piece {
    postern_str from;
    postern_str to;
} piece;

typedef struct maker {
    uint64_t state;
    piece pieces[PIECES];
    size_t piece_count;
    char *scratch; /* the text being made, SCRATCH bytes */
    size_t length;
    pst_arena *memory;
} maker;

/* --- chance ------------------------------------------------------------------------ */

/* splitmix64, which has no bad seeds */
static uint64_t draw(maker *m)
{
    uint64_t z = m->state += 0x9e3779b97f4a7c15U;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

static size_t below(maker *m, size_t limit)
{
    return (size_t)(draw(m) % limit);
}

static bool one_in(maker *m, size_t n)
{
    return below(m, n) == 0;
}

#define PICK(m, list) ((list)[below(m, sizeof(list) / sizeof((list)[0]))])

/* --- texts -------------------------------------------------------------------------- */

/* # is a digit, @ a hex digit, * a word. */
static const char *const hosts[] = {
    "www.example.com",     "api#.example.com",      "shop.example.org",
    "mtls.example.com",    "service#.example.net",  "h#.eu.example.net",
    "h###.us.example.net", "cdn-##.static.example", "*.customers.example.com",
    "*-*.example.io",      "m.example.de",
};
static const char *const paths[] = {
    "/",
    "/index.html",
    "/api/v#/users/#####/orders",
    "/api/v#/*/#######/*",
    "/admin/*",
    "/*/*/*-*-##.html",
    "/static/*/@@@@@@@@.js",
    "/wp-login.php",
    "/p#",
    "/images/*_####x###.webp",
};
static const char *const queries[] = {
    "",
    "page=#&sort=asc&filter=*&filter=*&q=*%20*",
    "q=*+*+*&lang=de&from=##",
    "id=########&utm_source=*&utm_medium=*",
    "*=##&*=*&*=@@@@@@@@",
    "token=@@@@@@@@@@@@@@@@@@@@@@@@&next=%2F*%2F*",
};
static const char *const agents[] = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:1##.0) Gecko/20100101 Firefox/1##.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 1#_# like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/1#.# Mobile/15E### Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_#) AppleWebKit/537.36 (KHTML, like "
    "Gecko) Chrome/1##.0.0.0 Safari/537.36",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (Linux; Android 1#; SM-S9##B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/1##.0.0.0 Mobile Safari/537.36",
    "curl/8.#.#",
    "python-requests/2.##.#",
    "Go-http-client/2.0",
    "okhttp/4.##.#",
};
static const char *const words[] = {
    "account", "basket", "blue",    "checkout", "de",     "feed",  "garden", "home",
    "item",    "json",   "kitchen", "list",     "mobile", "news",  "offers", "photo",
    "query",   "red",    "search",  "summer",   "table",  "union", "video",  "winter",
};
static const char *const countries[] = {
    "DE", "US", "FR", "CN", "BR", "IN", "PT", "NL", "GB", "JP", "T1", "XX", "UA", "SE",
};
static const char *const methods[] = {"GET", "GET", "GET", "POST", "HEAD", "PUT"};

static void put(maker *m, postern_str text)
{
    const size_t room = SCRATCH - m->length;
    const size_t len = text.len < room ? text.len : room;

    memcpy(m->scratch + m->length, text.data, len);
    m->length += len;
}

static void put_byte(maker *m, char byte)
{
    put(m, (postern_str){&byte, 1});
}

static void put_form(maker *m, const char *form)
{
    for (; *form != '\0'; form++) {
        switch (*form) {
        case '#':
            put_byte(m, (char)('0' + below(m, 10)));
            break;
        case '@':
            put_byte(m, "0123456789abcdef"[below(m, 16)]);
            break;
        case '*':
            put(m, postern_text(PICK(m, words)));
            break;
        default:
            put_byte(m, *form);
        }
    }
}

static postern_str made(maker *m)
{
    char *const copy = take(m->memory, m->length + 1, 1);

    memcpy(copy, m->scratch, m->length);
    return (postern_str){copy, m->length};
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* The piece that `text` has at `at`, or NULL. */
static const piece *piece_at(const maker *m, postern_str text, size_t at)
{
    const postern_str rest = pst_str_slice(text, at, text.len);

    for (size_t i = 0; i < m->piece_count; i++) {
        if (m->pieces[i].from.len > 1 && pst_str_starts(rest, m->pieces[i].from)) {
            return &m->pieces[i];
        }
    }
    return NULL;
}

/* The same text with other digits, and with what stands for its pieces. */
static postern_str vary_text(maker *m, postern_str text)
{
    const size_t cut = text.len < LONG_TEXT ? 0 : below(m, text.len / 4);
    const size_t end = text.len - cut;

    m->length = 0;
    for (size_t at = 0; at < end;) {
        const piece *const known = piece_at(m, text, at);
        if (known != NULL) {
            put(m, known->to);
            at += known->from.len;
        } else if (is_digit(text.data[at])) {
            put_byte(m, (char)('0' + below(m, 10)));
            at++;
        } else {
            put_byte(m, text.data[at++]);
        }
    }
    return made(m);
}

/* About as long as `like`. */
static postern_str other_text(maker *m, const char *form, postern_str like,
                              const char *filler)
{
    m->length = 0;
    put_form(m, form);
    while (*filler != '\0' && m->length + like.len / 8 < like.len) {
        put_form(m, filler);
    }
    return made(m);
}

/* --- what is said in several places --------------------------------------------------- */

static postern_str text_of(const input_context *from, const char *name)
{
    for (size_t i = 0; i < from->count; i++) {
        if (from->fields[i].value.type == POSTERN_STRING &&
            postern_str_equal(from->fields[i].name, postern_text(name))) {
            return from->fields[i].value.as.string;
        }
    }
    return (postern_str){NULL, 0};
}

static void add_piece(maker *m, postern_str from, const char *form, const char *filler)
{
    piece *const next = &m->pieces[m->piece_count];

    next->from = from;
    next->to = one_in(m, 2) ? vary_text(m, from) : other_text(m, form, from, filler);
    m->piece_count++;
}

/* Longer ones first: they may hold others. */
static void choose_pieces(maker *m, const input_context *from)
{
    m->piece_count = 0;
    add_piece(m, text_of(from, "http.user_agent"), PICK(m, agents), " (*; * ##.#)");
    add_piece(m, text_of(from, "http.request.uri.query"), PICK(m, queries), "&*=#*");
    add_piece(m, text_of(from, "http.request.uri.path"), PICK(m, paths), "/*-*");
    add_piece(m, text_of(from, "http.host"), PICK(m, hosts), "");
}

/* --- values ------------------------------------------------------------------------- */

static void vary_address(maker *m, postern_address *out)
{
    const bool six = one_in(m, 4);

    *out = (postern_address){.family = six ? 6 : 4};
    for (size_t i = 0; i < (six ? 16U : 4U); i++) {
        out->bytes[i] = (uint8_t)below(m, 256);
    }
    if (six) {
        out->bytes[0] = 0x2a;
    } else if (one_in(m, 4)) {
        out->bytes[0] = 10;
    }
}

static int64_t vary_integer(maker *m, int64_t value)
{
    const size_t range = value > 0 && value < INT32_MAX ? (size_t)value * 2 : 100;

    return (int64_t)below(m, range + 1);
}

static postern_value vary_value(maker *m, const postern_value *from);

static void vary_array(maker *m, const postern_value *from, postern_value *out)
{
    const size_t count = from->as.array.count;
    postern_value *const items = take(m->memory, count, sizeof *items);

    out->as.array.items = items;
    out->as.array.count = 0;
    for (size_t i = 0; i < count; i++) {
        if (count == 1 || !one_in(m, 8)) {
            items[out->as.array.count++] = vary_value(m, &from->as.array.items[i]);
        }
    }
}

static void vary_map(maker *m, const postern_value *from, postern_value *out)
{
    const size_t count = from->as.map.count;
    postern_entry *const entries = take(m->memory, count, sizeof *entries);

    out->as.map.entries = entries;
    out->as.map.count = 0;
    for (size_t i = 0; i < count; i++) {
        const postern_entry *const entry = &from->as.map.entries[i];
        if (!one_in(m, 8)) {
            entries[out->as.map.count++] =
                (postern_entry){entry->key, vary_value(m, &entry->value)};
        }
    }
}

static postern_value vary_value(maker *m, const postern_value *from)
{
    postern_value out = *from;

    switch (postern_type_kind(from->type)) {
    case POSTERN_KIND_BOOL:
        out.as.boolean = from->as.boolean != one_in(m, 4);
        break;
    case POSTERN_KIND_INT:
        out.as.integer = vary_integer(m, from->as.integer);
        break;
    case POSTERN_KIND_STRING:
        out.as.string = vary_text(m, from->as.string);
        break;
    case POSTERN_KIND_IP:
        vary_address(m, &out.as.address);
        break;
    case POSTERN_KIND_ARRAY:
        vary_array(m, from, &out);
        break;
    case POSTERN_KIND_MAP:
        vary_map(m, from, &out);
        break;
    case POSTERN_KIND_NONE:
        break;
    }
    return out;
}

static bool is_called(const context_field *field, const char *end)
{
    const size_t len = strlen(end);

    return field->name.len >= len &&
           memcmp(field->name.data + field->name.len - len, end, len) == 0;
}

static void vary_field(maker *m, const context_field *from, context_field *out)
{
    *out = *from;
    if (is_called(from, ".country")) {
        out->value.as.string = postern_text(PICK(m, countries));
    } else if (is_called(from, "http.request.method")) {
        out->value.as.string = postern_text(PICK(m, methods));
    } else {
        out->value = vary_value(m, &from->value);
    }
}

const input_context *variety_of(const input_context *first, size_t count,
                                pst_arena *memory)
{
    input_context *const all = take(memory, count, sizeof *all);
    maker m = {.scratch = take(memory, SCRATCH, 1), .memory = memory};

    for (size_t i = 0; i < count; i++) {
        m.state = i;
        choose_pieces(&m, first);
        all[i].fields = take(memory, first->count, sizeof *all[i].fields);
        all[i].count = first->count;
        for (size_t k = 0; k < first->count; k++) {
            vary_field(&m, &first->fields[k], &all[i].fields[k]);
        }
    }
    return all;
}
