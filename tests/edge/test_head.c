/* test_head.c - the edge refuses what two programs could read differently. */
#include "../harness/harness.h"
#include "head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADERS = 8, HEAD_BYTES = 16384 };

/* A head and what becomes of it: its parts as written by describe(), "400 reason",
 * or "more". Rows may hold NULs, hence the length. */
typedef struct row {
    const char *bytes;
    size_t len;
    const char *outcome;
} row;

#define ROW(bytes, outcome)               \
    {                                     \
        bytes, sizeof(bytes) - 1, outcome \
    }
#define G "GET / HTTP/1.1\r\n"

static const row rows[] = {
#include "heads.def"
};

static void describe(const edge_head *head, char *buf, size_t cap)
{
    int at = snprintf(buf, cap, "%.*s %.*s %.*s%s%s", (int)head->method.len,
                      head->method.data, (int)head->target.len, head->target.data,
                      (int)head->version.len, head->version.data,
                      head->keep_alive ? " keep" : " close",
                      head->expects ? " expects" : "");

    if (head->framing == EDGE_FRAMING_LENGTH) {
        at += snprintf(buf + at, cap - (size_t)at, " length=%llu",
                       (unsigned long long)head->body_length);
    } else if (head->framing == EDGE_FRAMING_CHUNKED) {
        at += snprintf(buf + at, cap - (size_t)at, " chunked");
    }
    for (size_t i = 0; i < head->header_count; i++) {
        const edge_header *header = &head->headers[i];
        at +=
            snprintf(buf + at, cap - (size_t)at, " [%.*s: %.*s]", (int)header->name.len,
                     header->name.data, (int)header->value.len, header->value.data);
    }
}

static void outcome(const edge_head *head, char *buf, size_t cap)
{
    switch (head->progress) {
    case EDGE_MORE:
        (void)snprintf(buf, cap, "more");
        break;
    case EDGE_REFUSED:
        ck_assert_uint_eq(head->header_count, 0);
        ck_assert_ptr_null(head->method.data);
        (void)snprintf(buf, cap, "%u %s", head->status, head->reason);
        break;
    case EDGE_DONE:
        describe(head, buf, cap);
        break;
    }
}

/* Reads `len` bytes in pieces of `step`, each time from a copy of exactly what has
 * arrived, so that a read past the end is seen. The last copy is returned. */
static char *read_in_steps(edge_head *head, edge_header *room, const char *bytes,
                           size_t len, size_t step)
{
    char *copy = malloc(1);

    ck_assert_ptr_nonnull(copy);
    edge_head_start(head, room, HEADERS, HEAD_BYTES);
    for (size_t have = 0; have < len;) {
        have = have + step < len ? have + step : len;
        free(copy);
        copy = malloc(have);
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, bytes, have);
        if (edge_head_read(head, copy, have) != EDGE_MORE) {
            break;
        }
    }
    return copy;
}

START_TEST(head_has_its_outcome)
{
    const row *r = &rows[_i];
    static const size_t steps[] = {SIZE_MAX / 2, 1, 2, 7};
    char got[1024];

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        edge_header room[HEADERS];
        edge_head head;
        char *copy = read_in_steps(&head, room, r->bytes, r->len, steps[i]);
        outcome(&head, got, sizeof got);
        ck_assert_msg(strcmp(got, r->outcome) == 0, "row %d, step %zu: %s, not %s", _i,
                      steps[i], got, r->outcome);
        free(copy);
    }
}
END_TEST

START_TEST(answer_stays_until_the_next_start)
{
    static const char text[] = G "Host: a\r\n\r\nGET /b";
    edge_header room[HEADERS];
    edge_head head;

    edge_head_start(&head, room, HEADERS, HEAD_BYTES);
    ck_assert_int_eq(edge_head_read(&head, text, sizeof text - 1), EDGE_DONE);
    ck_assert_uint_eq(head.length, strlen(G "Host: a\r\n\r\n"));
    ck_assert_int_eq(edge_head_read(&head, text, sizeof text - 1), EDGE_DONE);
    ck_assert_uint_eq(head.header_count, 1);
    edge_head_start(&head, room, HEADERS, HEAD_BYTES);
    ck_assert_int_eq(edge_head_read(&head, "\n", 1), EDGE_REFUSED);
    ck_assert_int_eq(edge_head_read(&head, text, sizeof text - 1), EDGE_REFUSED);
}
END_TEST

/* `count` letters after `before`, then `after`; the outcome of reading it all. */
static unsigned status_of(const char *before, size_t count, const char *after)
{
    const size_t first = strlen(before);
    const size_t last = strlen(after);
    char *bytes = malloc(first + count + last + 1);
    edge_header room[HEADERS];
    edge_head head;

    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, before, first + 1);
    memset(bytes + first, 'a', count);
    memcpy(bytes + first + count, after, last + 1);
    edge_head_start(&head, room, HEADERS, HEAD_BYTES);
    (void)edge_head_read(&head, bytes, first + count + last);
    free(bytes);
    return head.progress == EDGE_DONE ? 200 : head.status;
}

START_TEST(request_line_has_a_limit)
{
    const size_t rest = strlen("GET / HTTP/1.1\r\n");

    ck_assert_uint_eq(
        status_of("GET /", EDGE_HEAD_LINE - rest, " HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    ck_assert_uint_eq(
        status_of("GET /", EDGE_HEAD_LINE - rest + 1, " HTTP/1.1\r\nHost: a\r\n\r\n"),
        414);
    ck_assert_uint_eq(status_of("GET /", EDGE_HEAD_LINE, ""), 414);
    ck_assert_uint_eq(status_of("", EDGE_HEAD_LINE, ""), 414);
}
END_TEST

START_TEST(head_has_a_limit)
{
    const size_t rest = strlen(G "Host: a\r\nX: \r\n\r\n");

    ck_assert_uint_eq(status_of(G "Host: a\r\nX: ", HEAD_BYTES - rest, "\r\n\r\n"),
                      200);
    ck_assert_uint_eq(status_of(G "Host: a\r\nX: ", HEAD_BYTES - rest + 1, "\r\n\r\n"),
                      431);
    ck_assert_uint_eq(status_of(G "Host: a\r\nX: ", HEAD_BYTES, ""), 431);
}
END_TEST

START_TEST(headers_have_a_limit)
{
    static const char text[] = G "X: y\r\nX: y\r\nX: y\r\nX: y\r\n"
                                 "X: y\r\nX: y\r\nX: y\r\nX: y\r\n";

    ck_assert_uint_eq(HEADERS, 8);
    ck_assert_uint_eq(status_of(text, 0, "\r\n"), 200);
    ck_assert_uint_eq(status_of(text, 0, "X: y\r\n"), 431);
}
END_TEST

START_TEST(no_control_character_gets_through)
{
    for (unsigned c = 0; c < 256; c++) {
        char value[] = G "Host: a\r\nX: a.b\r\n\r\n";
        char target[] = "GET /a.b HTTP/1.1\r\nHost: a\r\n\r\n";
        edge_header room[HEADERS];
        edge_head head;
        const bool control = c < 0x20 || c == 0x7f;

        value[strlen(G "Host: a\r\nX: a")] = (char)c;
        target[6] = (char)c;
        edge_head_start(&head, room, HEADERS, HEAD_BYTES);
        (void)edge_head_read(&head, value, sizeof value - 1);
        ck_assert_msg((head.progress == EDGE_DONE) == (!control || c == '\t'),
                      "value with 0x%02x", c);
        edge_head_start(&head, room, HEADERS, HEAD_BYTES);
        (void)edge_head_read(&head, target, sizeof target - 1);
        ck_assert_msg((head.progress == EDGE_DONE) ==
                          (!control && c < 0x7f && c != ' ' && c != '#'),
                      "target with 0x%02x", c);
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("head");
    TCase *table = tcase_create("table");
    TCase *limits = tcase_create("limits");

    tcase_add_loop_test(table, head_has_its_outcome, 0,
                        (int)(sizeof rows / sizeof *rows));
    tcase_add_test(table, answer_stays_until_the_next_start);
    suite_add_tcase(suite, table);
    tcase_add_test(limits, request_line_has_a_limit);
    tcase_add_test(limits, head_has_a_limit);
    tcase_add_test(limits, headers_have_a_limit);
    tcase_add_test(limits, no_control_character_gets_through);
    suite_add_tcase(suite, limits);
    return suite;
}
