/*
 * fuzz_request_fields.c - any query, cookies, languages, form or multipart body have
 * fields: names and values stay in step, a map holds what the lists hold, and nothing
 * that was not sent appears in them.
 *
 * An input is a query, a Cookie line, an Accept-Language line and a Content-Type line,
 * each ended by a line feed, and the body.
 */
#include "model/derive.h"
#include "support/alloc.h"
#include "support/text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { QUERY, COOKIE, LANGUAGE, TYPE, BODY, PIECES };

typedef struct bench {
    postern_scheme *scheme;
    postern_request *request;
    postern_str pieces[PIECES]; /* each a block of its own */
} bench;

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static postern_str copy(const char *data, size_t len)
{
    char *block = malloc(len == 0 ? 1 : len);

    require(block != NULL);
    if (len > 0) {
        memcpy(block, data, len);
    }
    return (postern_str){block, len};
}

static void split(bench *b, const char *data, size_t size)
{
    for (int i = 0; i < PIECES; i++) {
        const char *end = i == BODY || size == 0 ? NULL : memchr(data, '\n', size);
        const size_t len = end == NULL ? size : (size_t)(end - data);
        const size_t used = end == NULL ? len : len + 1;
        b->pieces[i] = copy(data, len);
        data = used == 0 ? data : data + used;
        size -= used;
    }
}

static void fill(bench *b)
{
    static const postern_str names[PIECES] = {
        POSTERN_STR("host"), POSTERN_STR("cookie"), POSTERN_STR("accept-language"),
        POSTERN_STR("content-type")};
    static const postern_str host = POSTERN_STR("a");
    const postern_value query = {POSTERN_STRING, {.string = b->pieces[QUERY]}};

    (void)postern_request_begin(b->request, NULL, postern_text("POST"),
                                postern_text("/"), postern_text("HTTP/1.1"));
    for (int i = QUERY; i < BODY; i++) {
        require(postern_request_add_header(b->request, names[i],
                                           i == QUERY ? host : b->pieces[i]) ==
                POSTERN_OK);
    }
    require(postern_request_set_body(b->request, b->pieces[BODY], b->pieces[BODY].len,
                                     false) == POSTERN_OK);
    require(postern_request_set(b->request, (postern_field){PST_FIELD_QUERY}, &query) ==
            POSTERN_OK);
    require(pst_request_seal(b->request, NULL, false) == POSTERN_OK);
}

/* --- what holds ---------------------------------------------------------------------- */

static void inside(const bench *b, int piece, postern_str part)
{
    const postern_str whole = b->pieces[piece];

    require(part.len == 0 || (part.data >= whole.data && part.len <= whole.len &&
                              part.data + part.len <= whole.data + whole.len));
}

static bool value_of(bench *b, pst_field_id field, pst_value *value)
{
    const postern_status status = pst_request_value(b->request, field, value);

    require(status == POSTERN_OK || status == POSTERN_LIMIT);
    return status == POSTERN_OK;
}

/* All values of a map lie in `piece`, no key comes twice. Gives their number. */
static size_t check_map(const bench *b, int piece, pst_map map)
{
    size_t count = 0;

    for (size_t i = 0; i < map.count; i++) {
        const pst_entry *entry = &map.entries[i];
        require(entry->value.array.count > 0);
        require(map.count > 1000 || pst_map_find(map, entry->key) == &entry->value);
        for (size_t n = 0; n < entry->value.array.count; n++) {
            inside(b, piece, entry->value.array.items[n].string);
        }
        count += entry->value.array.count;
    }
    return count;
}

/* names[i] and values[i] are in the map under the name, in order. */
static void check_pairs(bench *b, int piece, pst_field_id map_field)
{
    const pst_field_id names_field = (pst_field_id)(map_field + 1);
    const pst_field_id values_field = (pst_field_id)(map_field + 2);
    pst_value map;
    pst_value names;
    pst_value values;

    if (!value_of(b, map_field, &map) || !value_of(b, names_field, &names) ||
        !value_of(b, values_field, &values)) {
        return;
    }
    require(names.array.count == values.array.count);
    require(check_map(b, piece, map.map) == values.array.count);
    for (size_t i = 0; i < names.array.count; i++) {
        inside(b, piece, names.array.items[i].string);
        inside(b, piece, values.array.items[i].string);
    }
    for (size_t i = 0; i < names.array.count && i < 100; i++) {
        const pst_value *found = pst_map_find(map.map, names.array.items[i].string);
        size_t before = 0;
        require(found != NULL);
        for (size_t n = 0; n < i; n++) {
            before +=
                pst_str_same(names.array.items[n].string, names.array.items[i].string);
        }
        require(before < found->array.count);
        require(pst_str_same(found->array.items[before].string,
                             values.array.items[i].string));
    }
}

static void check_parts(bench *b)
{
    pst_value map;
    pst_value values;
    size_t names = 0;

    if (!value_of(b, PST_FIELD_BODY_MULTIPART, &map) ||
        !value_of(b, PST_FIELD_BODY_MULTIPART_VALUES, &values)) {
        return;
    }
    for (int f = PST_FIELD_BODY_MULTIPART_NAMES;
         f <= PST_FIELD_BODY_MULTIPART_FILENAMES; f++) {
        pst_value lists;
        if (f == PST_FIELD_BODY_MULTIPART_VALUES ||
            !value_of(b, (pst_field_id)f, &lists)) {
            continue;
        }
        require(lists.array.count == values.array.count);
        for (size_t i = 0; i < lists.array.count; i++) {
            const pst_array list = lists.array.items[i].array;
            names += f == PST_FIELD_BODY_MULTIPART_NAMES ? list.count : 0;
            for (size_t n = 0; n < list.count; n++) {
                inside(b, BODY, list.items[n].string);
            }
        }
    }
    for (size_t i = 0; i < values.array.count; i++) {
        inside(b, BODY, values.array.items[i].string);
    }
    require(check_map(b, BODY, map.map) == names ||
            b->request->arena.status != POSTERN_OK);
}

static void check_headers(bench *b)
{
    pst_value cookies;
    pst_value languages;

    if (value_of(b, PST_FIELD_COOKIES, &cookies)) {
        (void)check_map(b, COOKIE, cookies.map);
        for (size_t i = 0; i < cookies.map.count; i++) {
            require(cookies.map.entries[i].key.len <= b->pieces[COOKIE].len);
        }
    }
    if (value_of(b, PST_FIELD_LANGUAGES, &languages)) {
        for (size_t i = 0; i < languages.array.count; i++) {
            const postern_str tag = languages.array.items[i].string;
            inside(b, LANGUAGE, tag);
            require(tag.len > 0 && !(tag.len == 1 && tag.data[0] == '*'));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bench b = {0};
    pst_value mime;

    require(postern_scheme_new(NULL, &b.scheme) == POSTERN_OK);
    require(postern_request_new_simulated(b.scheme, &b.request) == POSTERN_OK);
    split(&b, (const char *)data, size);
    fill(&b);
    check_pairs(&b, QUERY, PST_FIELD_ARGS);
    check_pairs(&b, BODY, PST_FIELD_BODY_FORM);
    check_parts(&b);
    check_headers(&b);
    require(value_of(&b, PST_FIELD_BODY_MIME, &mime));
    postern_request_free(b.request);
    postern_scheme_free(b.scheme);
    for (int i = 0; i < PIECES; i++) {
        free(pst_unconst(b.pieces[i].data));
    }
    return 0;
}
