#include "sheet.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { EXCERPT = 80 };

void sheet_clear(sheet *s)
{
    s->count = 0;
    s->len = 0;
}

void sheet_put(sheet *s, const void *bytes, size_t len)
{
    must(s->count < SHEET_FIELDS);
    must(len <= sizeof s->bytes - s->len);
    if (len > 0) {
        memcpy(s->bytes + s->len, bytes, len);
        s->len += len;
    }
}

void sheet_put_item(sheet *s, const void *bytes, size_t len)
{
    char head[24];

    (void)snprintf(head, sizeof head, "%zu:", len);
    sheet_put(s, head, strlen(head));
    sheet_put(s, bytes, len);
}

void sheet_end(sheet *s)
{
    s->end[s->count++] = s->len;
}

postern_str sheet_get(const sheet *s, unsigned field)
{
    const size_t from = field == 0 ? 0 : s->end[field - 1];

    return (postern_str){s->bytes + from, s->end[field] - from};
}

bool sheet_is(const sheet *s, unsigned field, const char *text)
{
    return postern_str_equal(sheet_get(s, field), postern_text(text));
}

const char *sheet_name(unsigned field)
{
    static const char *const names[] = {
#define X(name, field_name) field_name,
        SHEET_MAP(X)
#undef X
    };

    return names[field];
}

/* The first bytes of a text from `from` on. */
static postern_str excerpt(postern_str text, size_t from)
{
    const size_t left = text.len - from;

    return (postern_str){text.data + from, left < EXCERPT ? left : EXCERPT};
}

static void complain(const char *what, unsigned field, postern_str a, postern_str b)
{
    postern_str got;
    postern_str expected;
    size_t same = 0;

    while (same < a.len && same < b.len && a.data[same] == b.data[same]) {
        same++;
    }
    same -= same < EXCERPT / 4 ? same : EXCERPT / 4;
    got = excerpt(a, same);
    expected = excerpt(b, same);
    ck_abort_msg("%s: %s, from byte %zu of %zu: '%.*s', not '%.*s' of %zu", what,
                 sheet_name(field), same, a.len, (int)got.len, got.data,
                 (int)expected.len, expected.data, b.len);
}

void sheet_compare(const sheet *got, const sheet *expected, unsigned first,
                   const char *what)
{
    must(got->count == SHEET_FIELDS);
    must(expected->count == SHEET_FIELDS);
    for (unsigned i = first; i < SHEET_FIELDS; i++) {
        const postern_str a = sheet_get(got, i);
        const postern_str b = sheet_get(expected, i);

        if (!postern_str_equal(a, b)) { /* cheaper than an assertion each time */
            complain(what, i, a, b);
        }
    }
}

/* --- what rules see ---------------------------------------------------------------- */

void sheet_reader_open(sheet_reader *reader, const postern_scheme *scheme)
{
    for (unsigned i = 0; i < SHEET_FIELDS; i++) {
        must(postern_value_compile(scheme, postern_text(sheet_name(i)), NULL,
                                   &reader->fields[i], NULL) == POSTERN_OK);
    }
}

void sheet_reader_close(sheet_reader *reader)
{
    for (unsigned i = 0; i < SHEET_FIELDS; i++) {
        postern_value_expression_free(reader->fields[i]);
    }
}

static void put_value(sheet *s, const postern_value *value)
{
    const postern_str text = value->as.string;
    char number[24];

    switch (postern_type_kind(value->type)) {
    case POSTERN_KIND_BOOL:
        sheet_put(s, value->as.boolean ? "1" : "0", 1);
        break;
    case POSTERN_KIND_INT:
        (void)snprintf(number, sizeof number, "%" PRId64, value->as.integer);
        sheet_put(s, number, strlen(number));
        break;
    case POSTERN_KIND_STRING:
        sheet_put(s, text.data, text.len);
        break;
    case POSTERN_KIND_ARRAY:
        for (size_t i = 0; i < value->as.array.count; i++) {
            const postern_value *item = &value->as.array.items[i];
            const postern_address *address = &item->as.address;

            if (item->type == POSTERN_IP) {
                sheet_put_item(s, address->bytes, address->family == 4 ? 4 : 16);
            } else {
                sheet_put_item(s, item->as.string.data, item->as.string.len);
            }
        }
        break;
    case POSTERN_KIND_NONE:
    case POSTERN_KIND_IP:
    case POSTERN_KIND_MAP:
        ck_abort_msg("a field of an unexpected type");
    }
}

void sheet_read(const sheet_reader *reader, postern_request *request, sheet *s)
{
    sheet_clear(s);
    for (unsigned i = 0; i < SHEET_FIELDS; i++) {
        bool present;
        postern_value value;

        must(postern_value_evaluate(reader->fields[i], request, &present, &value) ==
             POSTERN_OK);
        if (present) {
            put_value(s, &value);
        } else {
            sheet_put(s, "missing", 7);
        }
        sheet_end(s);
    }
}
