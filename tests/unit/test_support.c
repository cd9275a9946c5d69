/* test_support.c - arena, text and report keep their promises. */
#include "../harness/harness.h"
#include "support/arena.h"
#include "support/hash.h"
#include "support/report.h"
#include "support/text.h"

#include <stdio.h>

START_TEST(arena_is_warm_after_one_round)
{
    counting_heap heap;
    pst_arena arena;
    size_t cold;

    counting_heap_init(&heap, SIZE_MAX);
    pst_arena_init(&arena, &heap.alloc, 1 << 20);
    for (int i = 0; i < 100; i++) {
        ck_assert_ptr_nonnull(pst_arena_alloc(&arena, 100));
    }
    cold = heap.requests;
    for (int round = 0; round < 3; round++) {
        pst_arena_reset(&arena);
        for (int i = 0; i < 100; i++) {
            ck_assert_ptr_nonnull(pst_arena_alloc(&arena, 100));
        }
    }
    ck_assert_uint_eq(heap.requests, cold);
    pst_arena_free(&arena);
    ck_assert_uint_eq(heap.live_bytes, 0);
}
END_TEST

START_TEST(arena_limit_is_a_limit_not_a_lack_of_memory)
{
    pst_arena arena;
    counting_heap heap;

    counting_heap_init(&heap, SIZE_MAX);
    pst_arena_init(&arena, &heap.alloc, 1000);
    ck_assert_ptr_nonnull(pst_arena_alloc(&arena, 900));
    ck_assert_ptr_null(pst_arena_alloc(&arena, 200));
    ck_assert_int_eq(arena.status, POSTERN_LIMIT);
    ck_assert_ptr_null(pst_arena_array(&arena, SIZE_MAX / 2, 3));
    ck_assert_int_eq(arena.status, POSTERN_LIMIT);
    pst_arena_free(&arena);

    counting_heap_init(&heap, 0);
    pst_arena_init(&arena, &heap.alloc, 1000);
    ck_assert_ptr_null(pst_arena_alloc(&arena, 10));
    ck_assert_int_eq(arena.status, POSTERN_NO_MEMORY);
    pst_arena_free(&arena);
}
END_TEST

START_TEST(writer_counts_what_it_cuts)
{
    char buf[8];
    pst_writer out = {buf, sizeof buf, 0};

    pst_write_text(&out, "hello");
    pst_write_text(&out, " world");
    ck_assert_uint_eq(pst_write_end(&out), 11);
    ck_assert_str_eq(buf, "hello w");

    out = (pst_writer){NULL, 0, 0};
    pst_write_int(&out, INT64_MIN);
    ck_assert_uint_eq(pst_write_end(&out), 20);
}
END_TEST

static const struct {
    const char *wanted;
    const char *best;
} near_names[] = {
    {"http.hots",      "http.host"      },
    {"http.hst",       "http.host"      },
    {"http.user_agen", "http.user_agent"},
    {"ssl",            "ssl"            },
    {"completely.off", ""               },
    {"x",              ""               },
};

START_TEST(nearest_name_is_found_or_none)
{
    static const char *const names[] = {"http.host", "http.user_agent", "ssl",
                                        "ip.src"};
    pst_nearest nearest;

    pst_nearest_init(&nearest, postern_text(near_names[_i].wanted));
    for (size_t i = 0; i < 4; i++) {
        pst_nearest_try(&nearest, postern_text(names[i]));
    }
    ck_assert_msg(pst_str_same(nearest.best, postern_text(near_names[_i].best)), "%s",
                  near_names[_i].wanted);
}
END_TEST

START_TEST(report_renders_place_and_hint)
{
    postern_report *report = postern_report_new(NULL);
    postern_finding finding = {
        .status = POSTERN_UNKNOWN_NAME,
        .file = POSTERN_STR("p.json"),
        .message = POSTERN_STR("unknown field 'http.hots'"),
        .hint = POSTERN_STR("did you mean 'http.host'?"),
    };
    char text[256];

    pst_finding_place(&finding, postern_text("first\n(http.hots eq \"a\")\nlast"), 7,
                      9);
    ck_assert_int_eq(pst_report_add(report, &finding), POSTERN_UNKNOWN_NAME);
    ck_assert_uint_lt(postern_report_render(report, 0, text, sizeof text), sizeof text);
    ck_assert_str_eq(text, "p.json:2:2: error: unknown field 'http.hots'\n"
                           "    (http.hots eq \"a\")\n"
                           "     ^^^^^^^^^\n"
                           "    did you mean 'http.host'?\n");
    ck_assert_uint_eq(postern_report_render(report, 1, text, sizeof text), 0);
    postern_report_free(report);
}
END_TEST

START_TEST(report_shows_control_bytes_in_hex)
{
    postern_report *report = postern_report_new(NULL);
    postern_finding finding = {.status = POSTERN_SYNTAX,
                               .message = POSTERN_STR("odd \x1b[31m")};
    char text[128];

    pst_finding_place(&finding, postern_text("a\x01\xff b"), 4, 1);
    (void)pst_report_add(report, &finding);
    (void)postern_report_render(report, 0, text, sizeof text);
    ck_assert_str_eq(text, "1:5: error: odd \\x1b[31m\n"
                           "    a\\x01\\xff b\n"
                           "              ^\n");
    postern_report_free(report);
}
END_TEST

START_TEST(report_without_memory_still_says_so)
{
    counting_heap heap;
    postern_report *report;
    postern_finding finding = {.status = POSTERN_SYNTAX, .message = POSTERN_STR("bad")};
    postern_finding got;

    counting_heap_init(&heap, 1);
    report = postern_report_new(&heap.alloc);
    ck_assert_ptr_nonnull(report);
    ck_assert_int_eq(pst_report_add(report, &finding), POSTERN_SYNTAX);
    ck_assert_uint_eq(postern_report_count(report), 1);
    ck_assert(postern_report_get(report, 0, &got));
    ck_assert_int_eq(got.status, POSTERN_NO_MEMORY);
    postern_report_free(report);
    ck_assert_uint_eq(heap.live_bytes, 0);
}
END_TEST

START_TEST(hash_folds_header_names_and_nothing_else)
{
    const postern_str a = POSTERN_STR("X-Team");
    const postern_str b = POSTERN_STR("x-tEAM");
    const postern_str c = POSTERN_STR("x-teal");

    ck_assert_uint_eq(pst_hash_folded(a), pst_hash_folded(b));
    ck_assert_uint_ne(pst_hash_folded(a), pst_hash_folded(c));
    ck_assert_uint_ne(pst_hash(a, 0), pst_hash(b, 0));
    ck_assert_uint_ne(pst_hash(a, 0), pst_hash(a, 1));
}
END_TEST

START_TEST(statuses_have_texts)
{
    ck_assert_str_eq(postern_status_text(POSTERN_OK), "ok");
    ck_assert_str_eq(postern_status_text((postern_status)12345), "unknown status");
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("support");
    TCase *tcase = tcase_create("support");

    tcase_add_test(tcase, arena_is_warm_after_one_round);
    tcase_add_test(tcase, arena_limit_is_a_limit_not_a_lack_of_memory);
    tcase_add_test(tcase, writer_counts_what_it_cuts);
    tcase_add_loop_test(tcase, nearest_name_is_found_or_none, 0,
                        sizeof near_names / sizeof near_names[0]);
    tcase_add_test(tcase, report_renders_place_and_hint);
    tcase_add_test(tcase, report_shows_control_bytes_in_hex);
    tcase_add_test(tcase, report_without_memory_still_says_so);
    tcase_add_test(tcase, hash_folds_header_names_and_nothing_else);
    tcase_add_test(tcase, statuses_have_texts);
    suite_add_tcase(suite, tcase);
    return suite;
}
