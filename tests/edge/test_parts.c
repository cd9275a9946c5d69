/* test_parts.c - bodies, deadlines, admission and the log of the edge. */
#define _GNU_SOURCE
#include "../harness/harness.h"
#include "admission.h"
#include "body.h"
#include "log.h"
#include "timers.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* --- bodies ----------------------------------------------------------------------- */

static const struct {
    const char *bytes;
    edge_body_progress progress;
    size_t used;
} chunks[] = {
    {"0\r\n\r\n",                      EDGE_BODY_DONE,      5 },
    {"000\r\n\r\nGET",                 EDGE_BODY_DONE,      7 },
    {"5\r\nhello\r\n0\r\n\r\n0",       EDGE_BODY_DONE,      15},
    {"A\r\n0123456789\r\n0\r\n\r\n",   EDGE_BODY_DONE,      20},
    {"1\r\na\r\n1\r\nb\r\n0\r\n\r\n",  EDGE_BODY_DONE,      17},
    {"5\r\nhel",                       EDGE_BODY_MORE,      6 },
    {"0\r\n",                          EDGE_BODY_MORE,      3 },
    {"",                               EDGE_BODY_MORE,      0 },
    {"\r\n",                           EDGE_BODY_BAD,       1 },
    {"g\r\n",                          EDGE_BODY_BAD,       1 },
    {"0x5\r\nhello\r\n",               EDGE_BODY_BAD,       2 },
    {"-5\r\n",                         EDGE_BODY_BAD,       1 },
    {"+5\r\n",                         EDGE_BODY_BAD,       1 },
    {" 5\r\n",                         EDGE_BODY_BAD,       1 },
    {"5 \r\n",                         EDGE_BODY_BAD,       2 },
    {"5\nhello\r\n",                   EDGE_BODY_BAD,       2 },
    {"5\r\r\n",                        EDGE_BODY_BAD,       3 },
    {"5;a=b\r\nhello\r\n0\r\n\r\n",    EDGE_BODY_BAD,       2 },
    {"5\r\nhello0\r\n\r\n",            EDGE_BODY_BAD,       9 },
    {"5\r\nhello\n0\r\n\r\n",          EDGE_BODY_BAD,       9 },
    {"5\r\nhello\r0\r\n\r\n",          EDGE_BODY_BAD,       10},
    {"0\r\nTrailer: a\r\n\r\n",        EDGE_BODY_BAD,       4 },
    {"0\r\n\n",                        EDGE_BODY_BAD,       4 },
    {"10001\r\n",                      EDGE_BODY_TOO_LARGE, 5 },
    {"fffffffffffffffffffffffff5\r\n", EDGE_BODY_TOO_LARGE, 5 },
};

START_TEST(chunks_are_read_strictly)
{
    const edge_head head = {.framing = EDGE_FRAMING_CHUNKED};
    const size_t len = strlen(chunks[_i].bytes);
    edge_body_progress progress = EDGE_BODY_MORE;
    edge_body body;
    size_t used;
    size_t sum = 0;

    edge_body_start(&body, &head);
    ck_assert_int_eq(edge_body_skip(&body, chunks[_i].bytes, len, &used),
                     chunks[_i].progress);
    ck_assert_uint_eq(used, chunks[_i].used);
    edge_body_start(&body, &head);
    for (size_t at = 0; at < len && progress == EDGE_BODY_MORE; at++) {
        progress = edge_body_skip(&body, chunks[_i].bytes + at, 1, &used);
        sum += used;
    }
    ck_assert_int_eq(progress, chunks[_i].progress);
    ck_assert_uint_eq(sum, chunks[_i].used);
}
END_TEST

START_TEST(length_is_skipped_up_to_a_cap)
{
    edge_head head = {.framing = EDGE_FRAMING_LENGTH, .body_length = 5};
    edge_body body;
    size_t used;

    edge_body_start(&body, &head);
    ck_assert_int_eq(edge_body_skip(&body, "abc", 3, &used), EDGE_BODY_MORE);
    ck_assert_uint_eq(used, 3);
    ck_assert_int_eq(edge_body_skip(&body, "deGET", 5, &used), EDGE_BODY_DONE);
    ck_assert_uint_eq(used, 2);
    head.body_length = EDGE_BODY_BYTES + 1;
    edge_body_start(&body, &head);
    ck_assert_int_eq(edge_body_skip(&body, "abc", 3, &used), EDGE_BODY_TOO_LARGE);
    head.framing = EDGE_FRAMING_NONE;
    edge_body_start(&body, &head);
    ck_assert_int_eq(edge_body_skip(&body, "abc", 3, &used), EDGE_BODY_DONE);
    ck_assert_uint_eq(used, 0);
}
END_TEST

START_TEST(small_chunks_count_with_their_lines)
{
    const edge_head head = {.framing = EDGE_FRAMING_CHUNKED};
    edge_body_progress progress = EDGE_BODY_MORE;
    edge_body body;
    size_t used;
    size_t sum = 0;

    edge_body_start(&body, &head);
    while (progress == EDGE_BODY_MORE) {
        progress = edge_body_skip(&body, "1\r\na\r\n", 6, &used);
        sum += used;
    }
    ck_assert_int_eq(progress, EDGE_BODY_TOO_LARGE);
    ck_assert_uint_eq(sum, EDGE_BODY_BYTES + 1);
}
END_TEST

/* --- deadlines -------------------------------------------------------------------- */

static const int64_t lasts[EDGE_DEADLINES] = {100, 50, 300, 50, 20};

START_TEST(timers_are_due_in_order)
{
    edge_timers timers;
    edge_timer a = {0};
    edge_timer b = {0};
    edge_timer c = {0};

    edge_timers_init(&timers, lasts);
    ck_assert_int_eq(edge_timers_wait(&timers, 1000), -1);
    ck_assert_ptr_null(edge_timers_expired(&timers, 1000));
    edge_timer_start(&timers, &a, EDGE_DEADLINE_HANDSHAKE, 1000);
    edge_timer_start(&timers, &b, EDGE_DEADLINE_REQUEST, 1010);
    edge_timer_start(&timers, &c, EDGE_DEADLINE_REQUEST, 1020);
    ck_assert_int_eq(edge_timers_wait(&timers, 1020), 40);
    ck_assert_ptr_null(edge_timers_expired(&timers, 1059));
    ck_assert_ptr_eq(edge_timers_expired(&timers, 1060), &b);
    ck_assert_ptr_null(edge_timers_expired(&timers, 1060));
    ck_assert_int_eq(edge_timers_wait(&timers, 1060), 10);
    edge_timer_stop(&c);
    edge_timer_stop(&c);
    ck_assert_int_eq(edge_timers_wait(&timers, 1060), 40);
    ck_assert_ptr_eq(edge_timers_expired(&timers, 5000), &a);
    ck_assert_int_eq(edge_timers_wait(&timers, 5000), -1);
}
END_TEST

START_TEST(timer_may_change_its_kind)
{
    edge_timers timers;
    edge_timer a = {0};
    edge_timer b = {0};

    edge_timers_init(&timers, lasts);
    edge_timer_start(&timers, &a, EDGE_DEADLINE_IDLE, 0);
    edge_timer_start(&timers, &b, EDGE_DEADLINE_IDLE, 10);
    edge_timer_start(&timers, &a, EDGE_DEADLINE_IDLE, 20); /* goes to the end */
    ck_assert_ptr_eq(edge_timers_expired(&timers, 310), &b);
    edge_timer_start(&timers, &a, EDGE_DEADLINE_LINGER, 310);
    ck_assert_int_eq(edge_timers_wait(&timers, 310), 20);
    ck_assert_ptr_eq(edge_timers_expired(&timers, 330), &a);
    ck_assert_int_eq(a.kind, EDGE_DEADLINE_LINGER);
}
END_TEST

/* --- admission -------------------------------------------------------------------- */

static postern_address address(const char *text)
{
    postern_address out = {0};

    ck_assert(postern_address_parse(postern_text(text), &out));
    return out;
}

/* A socket that says whether it was shut down, and its other end. */
typedef struct ends {
    int ours;
    int theirs;
} ends;

static ends open_ends(void)
{
    int pair[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    return (ends){pair[0], pair[1]};
}

static bool is_shut(ends e)
{
    char byte;

    return recv(e.theirs, &byte, 1, MSG_DONTWAIT) == 0;
}

static void close_ends(ends e)
{
    (void)close(e.ours);
    (void)close(e.theirs);
}

static edge_guest *enter_at(edge_admission *admission, const char *text, int fd,
                            bool handshake, int64_t now)
{
    const postern_address from = address(text);

    return edge_admission_enter(admission, &from, fd, handshake, now);
}

static edge_guest *enter(edge_admission *admission, const char *text, bool handshake)
{
    return enter_at(admission, text, -1, handshake, 0);
}

START_TEST(caps_hold_for_all_and_for_each_peer)
{
    const edge_caps caps = {5, 3, 3, 2, 1000};
    edge_admission *admission = edge_admission_new(&caps);
    edge_guest *a[3];
    edge_guest *b;

    ck_assert_ptr_nonnull(admission);
    a[0] = enter(admission, "192.0.2.1", true);
    a[1] = enter(admission, "192.0.2.1", true);
    ck_assert(a[0] != NULL && a[1] != NULL && a[0] != a[1]);
    ck_assert_ptr_null(enter(admission, "192.0.2.1", true)); /* two handshakes */
    edge_admission_shaken(admission, a[0]);
    a[2] = enter(admission, "192.0.2.1", true);
    ck_assert_ptr_nonnull(a[2]);
    ck_assert_ptr_null(enter(admission, "192.0.2.1", false)); /* three connections */
    b = enter(admission, "192.0.2.2", true);
    ck_assert_ptr_nonnull(b);
    ck_assert_ptr_nonnull(enter(admission, "192.0.2.2", false));
    ck_assert_ptr_null(enter(admission, "192.0.2.3", false)); /* five connections */
    edge_admission_leave(admission, a[0]);
    edge_admission_leave(admission, a[1]);
    edge_admission_leave(admission, a[2]);
    ck_assert_ptr_nonnull(enter(admission, "192.0.2.3", true));
    ck_assert_ptr_nonnull(enter(admission, "192.0.2.4", true));
    ck_assert_ptr_null(enter(admission, "192.0.2.2", true)); /* has one, as they have */
    edge_admission_free(admission);
}
END_TEST

START_TEST(ipv6_counts_by_network)
{
    const edge_caps caps = {10, 1, 10, 10, 1000};
    edge_admission *admission = edge_admission_new(&caps);

    ck_assert_ptr_nonnull(enter(admission, "2001:db8::1", false));
    ck_assert_ptr_null(enter(admission, "2001:db8::ffff:1", false));
    ck_assert_ptr_nonnull(enter(admission, "2001:db8:0:1::1", false));
    /* An IPv4 address is not the network that begins with its bytes. */
    ck_assert_ptr_nonnull(enter(admission, "32.1.13.184", false));
    ck_assert_ptr_null(enter(admission, "32.1.13.184", false));
    edge_admission_free(admission);
}
END_TEST

START_TEST(the_oldest_handshake_of_who_has_most_makes_room)
{
    const edge_caps caps = {20, 10, 4, 4, 1000};
    edge_admission *admission = edge_admission_new(&caps);
    edge_guest *guests[4];
    ends sockets[4];

    for (size_t i = 0; i < 4; i++) {
        sockets[i] = open_ends();
        guests[i] = enter_at(admission, i == 0 ? "192.0.2.1" : "192.0.2.2",
                             sockets[i].ours, true, 0);
        ck_assert_ptr_nonnull(guests[i]);
    }
    /* 1 + 3 are all: the oldest of the three goes, and its time comes once. */
    ck_assert_ptr_nonnull(enter(admission, "192.0.2.3", true));
    ck_assert(!is_shut(sockets[0]) && is_shut(sockets[1]) && !is_shut(sockets[2]));
    edge_admission_shaken(admission, guests[1]); /* it was about to be done */
    edge_admission_leave(admission, guests[1]);
    ck_assert_ptr_nonnull(enter(admission, "192.0.2.4", true));
    ck_assert(!is_shut(sockets[0]) && is_shut(sockets[2]) && !is_shut(sockets[3]));
    /* 1 + 1 + 1 + 1: a newcomer has fewer, somebody who has one has not. */
    ck_assert_ptr_null(enter(admission, "192.0.2.4", true));
    ck_assert(!is_shut(sockets[0]) && !is_shut(sockets[3]));
    ck_assert_ptr_nonnull(enter(admission, "192.0.2.5", true));
    ck_assert(is_shut(sockets[0]) != is_shut(sockets[3]));
    /* Who is done is not turned out. */
    ck_assert_ptr_nonnull(enter(admission, "192.0.2.6", false));
    for (size_t i = 0; i < 4; i++) {
        close_ends(sockets[i]);
    }
    edge_admission_free(admission);
}
END_TEST

/* 60 seconds of time a minute would be one a second. */
START_TEST(a_peer_that_used_up_its_time_waits_for_more)
{
    const edge_caps caps = {4, 4, 4, 4, 6000};
    edge_admission *admission = edge_admission_new(&caps);
    edge_guest *a = enter_at(admission, "192.0.2.1", -1, true, 1000000);
    edge_guest *b = enter_at(admission, "192.0.2.2", -1, true, 1000000);

    ck_assert_int_eq(edge_admission_begin(admission, a, 1000000), EDGE_TURN_NOW);
    edge_admission_end(admission, a, 5999999, 1000000);
    ck_assert_int_eq(edge_admission_begin(admission, a, 1000000), EDGE_TURN_NOW);
    edge_admission_end(admission, a, 2000001, 1000000);
    /* Eight seconds of six: two must come back, a tenth of a second each second. */
    ck_assert_int_eq(edge_admission_begin(admission, a, 1000000), EDGE_TURN_NEVER);
    ck_assert_ptr_null(enter_at(admission, "192.0.2.1", -1, true, 1019000));
    ck_assert_int_eq(edge_admission_begin(admission, b, 1000000), EDGE_TURN_NOW);
    edge_admission_end(admission, b, 1000, 1000000);
    /* To leave does not help, and what is no handshake costs nothing. */
    edge_admission_leave(admission, a);
    ck_assert_ptr_null(enter_at(admission, "192.0.2.1", -1, true, 1019999));
    ck_assert_ptr_nonnull(enter_at(admission, "192.0.2.1", -1, false, 1019999));
    ck_assert_ptr_nonnull(enter_at(admission, "192.0.2.1", -1, true, 1020001));
    edge_admission_free(admission);
}
END_TEST

START_TEST(time_that_is_not_used_does_not_pile_up)
{
    const edge_caps caps = {4, 4, 4, 4, 6000};
    edge_admission *admission = edge_admission_new(&caps);
    edge_guest *a = enter_at(admission, "192.0.2.1", -1, true, 0);

    ck_assert_int_eq(edge_admission_begin(admission, a, 86400000), EDGE_TURN_NOW);
    edge_admission_end(admission, a, 6000000, 86400000);
    ck_assert_int_eq(edge_admission_begin(admission, a, 86400000), EDGE_TURN_NEVER);
    ck_assert_int_eq(edge_admission_begin(admission, a, 86400000 + 60000),
                     EDGE_TURN_NOW);
    edge_admission_free(admission);
}
END_TEST

/* Keeps this thread's processor busy. */
static void work_ms(long wanted)
{
    struct timespec begun;
    struct timespec now;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begun);
    do {
        (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    } while ((now.tv_sec - begun.tv_sec) * 1000 +
                 (now.tv_nsec - begun.tv_nsec) / 1000000 <
             wanted);
}

START_TEST(handshakes_of_a_peer_are_computed_one_by_one)
{
    const edge_caps caps = {4, 4, 4, 4, 6000};
    edge_admission *admission = edge_admission_new(&caps);
    edge_guest *a = enter(admission, "192.0.2.1", true);
    edge_guest *b = enter(admission, "192.0.2.1", true);
    edge_guest *other = enter(admission, "192.0.2.2", true);

    ck_assert_int_eq(edge_admission_begin(admission, a, 0), EDGE_TURN_NOW);
    /* However long it takes, this thread had next to nothing of a processor. */
    ck_assert_int_eq(edge_admission_begin(admission, b, 5000), EDGE_TURN_LATER);
    ck_assert_int_eq(edge_admission_begin(admission, other, 101), EDGE_TURN_NOW);
    work_ms(110);
    ck_assert_int_eq(edge_admission_begin(admission, b, 101), EDGE_TURN_NEVER);
    edge_admission_end(admission, a, 1000, 200);
    ck_assert_int_eq(edge_admission_begin(admission, b, 200), EDGE_TURN_NOW);
    edge_admission_end(admission, b, 1000, 201);
    edge_admission_end(admission, other, 1000, 201);
    edge_admission_free(admission);
}
END_TEST

/* Whoever gets the place of one who left gets nothing of his past. */
START_TEST(a_newcomer_has_his_own_time)
{
    const edge_caps caps = {2, 2, 2, 2, 6000};
    edge_admission *admission = edge_admission_new(&caps);
    char text[16];

    for (int i = 0; i < 20; i++) {
        edge_guest *guest;
        (void)snprintf(text, sizeof text, "192.0.2.%d", i);
        guest = enter_at(admission, text, -1, true, 1000);
        ck_assert_ptr_nonnull(guest);
        ck_assert_int_eq(edge_admission_begin(admission, guest, 1000), EDGE_TURN_NOW);
        edge_admission_end(admission, guest, 90000000, 1000);
        ck_assert_int_eq(edge_admission_begin(admission, guest, 1000), EDGE_TURN_NEVER);
        edge_admission_leave(admission, guest);
    }
    edge_admission_free(admission);
}
END_TEST

/* Peers come and go: who left is remembered until his place is needed. */
START_TEST(more_peers_than_places_come_and_go)
{
    const edge_caps caps = {2, 1, 2, 1, 6000};
    edge_admission *admission = edge_admission_new(&caps);
    char text[16];

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 200; i++) {
            edge_guest *a;
            edge_guest *b;
            (void)snprintf(text, sizeof text, "192.0.2.%d", i);
            a = enter(admission, text, true);
            ck_assert_ptr_nonnull(a);
            ck_assert_ptr_null(enter(admission, text, true));
            b = enter(admission, "198.51.100.1", i % 2 == 0);
            ck_assert_ptr_nonnull(b);
            ck_assert_ptr_null(enter(admission, "198.51.100.2", false));
            if (i % 3 == 0) {
                edge_admission_shaken(admission, a);
            }
            edge_admission_leave(admission, a);
            edge_admission_leave(admission, b);
        }
    }
    edge_admission_free(admission);
}
END_TEST

/* --- log -------------------------------------------------------------------------- */

static char *read_back(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 1 << 20);

    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(text);
    (void)fread(text, 1, (1 << 20) - 1, file);
    (void)fclose(file);
    (void)unlink(path);
    return text;
}

START_TEST(client_cannot_forge_a_line)
{
    static const char hostile[] = "/\r\n{\"event\":\"start\"}\"\x7f\xe2\x80\xae\xff";
    char path[] = "/tmp/edge-log-XXXXXX";
    const int fd = mkstemp(path);
    edge_log *log = edge_log_open(path);
    edge_text line = {0};
    char *text;

    ck_assert_int_ge(fd, 0);
    (void)close(fd);
    edge_line_start(&line, "request");
    edge_line_text(&line, "target", (postern_str){hostile, sizeof hostile - 1});
    edge_line_number(&line, "status", 403);
    edge_line_write(&line, log);
    edge_log_close(log);
    text = read_back(path);
    ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
    for (const char *at = text; *at != '\n'; at++) {
        ck_assert(*at >= 0x20 && *at < 0x7f);
    }
    ck_assert_ptr_nonnull(strstr(text, "\"event\":\"request\",\"target\":\"/\\r\\n{"));
    ck_assert_ptr_nonnull(strstr(text, "\",\"status\":403}\n"));
    free(text);
    edge_text_free(&line);
}
END_TEST

START_TEST(long_values_are_cut)
{
    edge_text line = {0};
    char value[4096];

    memset(value, 'a', sizeof value);
    edge_line_text(&line, "x", (postern_str){value, sizeof value});
    ck_assert_uint_eq(line.len, strlen(",\"x\":\"...\"") + 2048);
    ck_assert_int_eq(memcmp(line.data + line.len - 5, "a...\"", 5), 0);
    edge_text_free(&line);
}
END_TEST

static void *write_lines(void *log)
{
    edge_text line = {0};

    for (int i = 0; i < 200; i++) {
        edge_line_start(&line, "request");
        edge_line_number(&line, "i", i);
        edge_line_write(&line, log);
    }
    edge_text_free(&line);
    return NULL;
}

START_TEST(lines_of_threads_do_not_mix)
{
    char path[] = "/tmp/edge-log-XXXXXX";
    const int fd = mkstemp(path);
    edge_log *log = edge_log_open(path);
    pthread_t threads[4];
    size_t lines = 0;
    char *text;

    (void)close(fd);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_lines, log), 0);
    }
    ck_assert(edge_log_reopen(log));
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    }
    edge_log_close(log);
    text = read_back(path);
    for (char *at = text; *at != '\0'; at = strchr(at, '\n') + 1) {
        ck_assert_int_eq(strncmp(at, "{\"time\":\"", 9), 0);
        ck_assert_int_eq(strchr(at, '\n')[-1], '}');
        lines++;
    }
    ck_assert_uint_eq(lines, 800);
    free(text);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("parts");
    TCase *parts = tcase_create("parts");

    tcase_add_loop_test(parts, chunks_are_read_strictly, 0,
                        (int)(sizeof chunks / sizeof *chunks));
    tcase_add_test(parts, length_is_skipped_up_to_a_cap);
    tcase_add_test(parts, small_chunks_count_with_their_lines);
    tcase_add_test(parts, timers_are_due_in_order);
    tcase_add_test(parts, timer_may_change_its_kind);
    tcase_add_test(parts, caps_hold_for_all_and_for_each_peer);
    tcase_add_test(parts, ipv6_counts_by_network);
    tcase_add_test(parts, the_oldest_handshake_of_who_has_most_makes_room);
    tcase_add_test(parts, a_peer_that_used_up_its_time_waits_for_more);
    tcase_add_test(parts, time_that_is_not_used_does_not_pile_up);
    tcase_add_test(parts, handshakes_of_a_peer_are_computed_one_by_one);
    tcase_add_test(parts, a_newcomer_has_his_own_time);
    tcase_add_test(parts, more_peers_than_places_come_and_go);
    tcase_add_test(parts, client_cannot_forge_a_line);
    tcase_add_test(parts, long_values_are_cut);
    tcase_add_test(parts, lines_of_threads_do_not_mix);
    suite_add_tcase(suite, parts);
    return suite;
}
