/*
 * fuzz_http_head.c - any bytes are a head, no head, or not a whole one; however they
 * arrive, the outcome is the same. A head's parts lie inside it, in order, and
 * written down again they are read as the same head.
 */
#include "head.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADERS = 16, HEAD_BYTES = 2048 };

/* A reader and its room. */
typedef struct reading {
    edge_head head;
    edge_header room[HEADERS];
    char *bytes; /* a copy of exactly what it was shown last */
} reading;

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Each time from a block of exactly that size, which may be another one. */
static edge_progress show(reading *r, const void *data, size_t len)
{
    char *block = realloc(r->bytes, len == 0 ? 1 : len);

    require(block != NULL);
    r->bytes = block;
    if (len > 0) {
        memcpy(block, data, len);
    }
    return edge_head_read(&r->head, block, len);
}

/* Shows `data` in pieces: the first of `first` bytes, the others of `step`. */
static void read_all(reading *r, const void *data, size_t size, size_t first,
                     size_t step)
{
    size_t have = first < size ? first : size;

    r->bytes = NULL;
    edge_head_start(&r->head, r->room, HEADERS, HEAD_BYTES);
    while (show(r, data, have) == EDGE_MORE && have < size) {
        have = step < size - have ? have + step : size;
    }
}

/* `part` begins at or after `at`, ends inside the head; gives its end. */
static size_t inside(const reading *r, postern_str part, size_t at)
{
    const size_t begin = (size_t)(part.data - r->bytes);

    require(part.data >= r->bytes && begin >= at);
    require(begin <= r->head.length && part.len <= r->head.length - begin);
    return begin + part.len;
}

static void check_parts(const reading *r)
{
    const edge_head *head = &r->head;
    size_t at = inside(r, head->method, 0);

    at = inside(r, head->target, at);
    at = inside(r, head->version, at);
    require(head->method.len > 0 && head->target.len > 0 && head->version.len == 8);
    require(head->header_count <= HEADERS && head->length <= HEAD_BYTES);
    for (size_t i = 0; i < head->header_count; i++) {
        at = inside(r, head->headers[i].name, at);
        at = inside(r, head->headers[i].value, at);
        require(head->headers[i].name.len > 0);
        require(memchr(head->headers[i].name.data, '_', head->headers[i].name.len) ==
                NULL);
    }
}

static bool same(postern_str a, postern_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static void check_same(const edge_head *a, const edge_head *b)
{
    require(a->progress == b->progress && a->header_count == b->header_count);
    require(same(a->method, b->method) && same(a->target, b->target));
    require(same(a->version, b->version));
    require(a->framing == b->framing && a->body_length == b->body_length);
    require(a->keep_alive == b->keep_alive && a->expects == b->expects);
    require(a->status == b->status && a->reason == b->reason);
    for (size_t i = 0; i < a->header_count; i++) {
        require(same(a->headers[i].name, b->headers[i].name));
        require(same(a->headers[i].value, b->headers[i].value));
    }
}

static size_t put(char *out, size_t at, postern_str part, postern_str after)
{
    if (part.len > 0) {
        memcpy(out + at, part.data, part.len);
    }
    memcpy(out + at + part.len, after.data, after.len);
    return at + part.len + after.len;
}

static void check_written_again(const edge_head *head)
{
    static const postern_str blank = POSTERN_STR(" ");
    static const postern_str colon = POSTERN_STR(":");
    static const postern_str crlf = POSTERN_STR("\r\n");
    char text[HEAD_BYTES]; /* it only loses blanks */
    size_t len = put(text, 0, head->method, blank);
    reading again;

    len = put(text, len, head->target, blank);
    len = put(text, len, head->version, crlf);
    for (size_t i = 0; i < head->header_count; i++) {
        len = put(text, len, head->headers[i].name, colon);
        len = put(text, len, head->headers[i].value, crlf);
    }
    len = put(text, len, (postern_str){NULL, 0}, crlf);
    read_all(&again, text, len, len, 1);
    check_same(head, &again.head);
    require(again.head.length == len);
    free(again.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t first = size > 0 ? data[size - 1] : 0;
    reading whole;
    reading pieces;

    if (size > (size_t)2 * HEAD_BYTES) {
        return 0; /* shown byte by byte: quadratic */
    }
    read_all(&whole, data, size, size, 1);
    read_all(&pieces, data, size, first, 1 + first % 7);
    check_same(&whole.head, &pieces.head);
    require(whole.head.length == pieces.head.length);
    if (whole.head.progress == EDGE_DONE) {
        check_parts(&whole);
        check_parts(&pieces);
        check_written_again(&whole.head);
    } else {
        require(whole.head.header_count == 0 && whole.head.length == 0);
        require(whole.head.method.data == NULL && pieces.head.method.data == NULL);
        require(whole.head.progress == EDGE_MORE || whole.head.reason != NULL);
    }
    free(whole.bytes);
    free(pieces.bytes);
    return 0;
}
