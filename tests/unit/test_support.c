/* test_support.c - arena, text and report keep their promises. */
#include "../harness/harness.h"
#include "support/alloc.h"
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

static uint64_t state;

static size_t below(size_t bound)
{
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (size_t)(state >> 33) % bound;
}

typedef struct piece {
    unsigned char *bytes;
    size_t length;
} piece;

/* A block or a text, full of a byte of its own. */
static piece take(pst_arena *arena, size_t number)
{
    static const size_t bounds[] = {20, 20, 20, 300, 3000, 70000, 300000};
    const size_t pick = below(1000);
    piece made = {.length =
                      below(pick < 980 ? bounds[pick % 4] : bounds[3 + pick % 4])};

    if (below(2) == 0) {
        made.bytes = (unsigned char *)pst_arena_text(arena, made.length);
    } else {
        made.bytes = pst_arena_alloc(arena, made.length);
        ck_assert_uint_eq((uintptr_t)made.bytes % alignof(max_align_t), 0);
    }
    ck_assert_ptr_nonnull(made.bytes);
    ck_assert(pst_arena_holds(arena, made.bytes));
    memset(made.bytes, (int)(number % 251), made.length);
    return made;
}

START_TEST(arena_blocks_and_texts_never_overlap)
{
    enum { PIECES = 3000 };
    static piece pieces[PIECES];
    counting_heap heap;
    pst_arena arena;
    size_t cold = 0;

    counting_heap_init(&heap, SIZE_MAX);
    pst_arena_init(&arena, &heap.alloc, SIZE_MAX / 2);
    for (int round = 0; round < 4; round++) {
        size_t length = 0;
        state = (uint64_t)_i;
        for (size_t i = 0; i < PIECES; i++) {
            pieces[i] = take(&arena, i);
            length += pieces[i].length;
        }
        ck_assert_uint_ge(arena.used, length);
        ck_assert_uint_le(arena.used, length + (size_t)PIECES * 16);
        ck_assert_uint_le(heap.live_bytes, arena.used + arena.used / 2 + (1U << 19));
        for (size_t i = 0; i < PIECES; i++) {
            for (size_t j = 0; j < pieces[i].length; j++) {
                if (pieces[i].bytes[j] != i % 251) {
                    ck_abort_msg("piece %zu was written over", i);
                }
            }
        }
        cold = round == 0 ? heap.requests : cold;
        ck_assert_uint_eq(heap.requests, cold); /* the same again costs nothing */
        pst_arena_reset(&arena);
    }
    pst_arena_free(&arena);
    ck_assert_uint_eq(heap.live_bytes, 0);
}
END_TEST

/* A client that sends a little more each time does not make a request hold all of it. */
START_TEST(arena_that_wants_more_each_round_does_not_pile_up)
{
    enum { MOST = 131072 };
    counting_heap heap;
    pst_arena arena;

    counting_heap_init(&heap, SIZE_MAX);
    pst_arena_init(&arena, &heap.alloc, 1 << 20);
    for (size_t size = 4096; size <= MOST; size += 16) {
        unsigned char *first = pst_arena_alloc(&arena, size);
        unsigned char *second = pst_arena_alloc(&arena, size / 2);
        unsigned char *third = pst_arena_alloc(&arena, 64);
        ck_assert(first != NULL && second != NULL && third != NULL);
        memset(first, 1, size);
        memset(second, 2, size / 2);
        memset(third, 3, 64);
        ck_assert(first[size - 1] == 1 && second[0] == 2 && third[63] == 3);
        pst_arena_reset(&arena);
    }
    ck_assert_uint_lt(heap.live_bytes, 4 * MOST);
    pst_arena_free(&arena);
    ck_assert_uint_eq(heap.live_bytes, 0);
}
END_TEST

START_TEST(arena_text_costs_its_length)
{
    enum { TEXTS = 100000, LENGTH = 5 };
    const postern_str text = POSTERN_STR("hello");
    counting_heap heap;
    pst_arena arena;
    postern_str copy;

    counting_heap_init(&heap, SIZE_MAX);
    pst_arena_init(&arena, &heap.alloc, SIZE_MAX / 2);
    for (int i = 0; i < TEXTS; i++) {
        ck_assert(pst_arena_copy(&arena, text, &copy));
        ck_assert(pst_str_same(copy, text) && copy.data != text.data);
    }
    ck_assert_uint_ge(arena.used, TEXTS * LENGTH);
    ck_assert_uint_lt(arena.used, TEXTS * LENGTH + 1000);
    ck_assert_uint_lt(heap.live_bytes, TEXTS * LENGTH + PST_ARENA_CHUNK_MAX);
    ck_assert(pst_arena_copy(&arena, (postern_str){NULL, 0}, &copy));
    ck_assert(copy.data != NULL && copy.len == 0);
    pst_arena_free(&arena);
}
END_TEST

START_TEST(arena_of_little_asks_for_little)
{
    counting_heap heap;
    pst_arena arena;

    counting_heap_init(&heap, SIZE_MAX);
    pst_arena_init(&arena, &heap.alloc, SIZE_MAX / 2);
    arena.next_chunk = 256;
    ck_assert_ptr_nonnull(pst_arena_alloc(&arena, 142));
    ck_assert_uint_eq(heap.live_bytes, 256);
    ck_assert_ptr_nonnull(pst_arena_alloc(&arena, 142));
    ck_assert_uint_eq(heap.live_bytes, 256 + 512);
    pst_arena_free(&arena);
}
END_TEST

/* A large block leaves the rest of the chunk to those that follow. */
START_TEST(arena_goes_on_behind_a_large_block)
{
    counting_heap heap;
    pst_arena arena;

    counting_heap_init(&heap, SIZE_MAX);
    pst_arena_init(&arena, &heap.alloc, SIZE_MAX / 2);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 5; i++) {
            ck_assert_ptr_nonnull(pst_arena_alloc(&arena, 100));
            ck_assert_ptr_nonnull(pst_arena_alloc(&arena, 1 << 20));
        }
        ck_assert_uint_eq(heap.requests, 6);
        pst_arena_reset(&arena);
    }
    pst_arena_free(&arena);
}
END_TEST

START_TEST(arena_gives_a_large_block_no_more_than_it_needs)
{
    counting_heap heap;
    pst_arena arena;

    counting_heap_init(&heap, SIZE_MAX);
    pst_arena_init(&arena, &heap.alloc, SIZE_MAX / 2);
    arena.next_chunk = PST_ARENA_CHUNK_MAX;
    ck_assert_ptr_nonnull(pst_arena_alloc(&arena, PST_ARENA_CHUNK_MAX - 1000));
    ck_assert_ptr_nonnull(pst_arena_alloc(&arena, PST_ARENA_CHUNK_MAX / 4));
    ck_assert_uint_le(heap.live_bytes, PST_ARENA_CHUNK_MAX / 4 * 5 + 100);
    pst_arena_free(&arena);
}
END_TEST

START_TEST(arena_limit_is_met_to_the_byte)
{
    pst_arena arena;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), 1001);
    ck_assert_ptr_nonnull(pst_arena_alloc(&arena, 992));
    ck_assert_ptr_null(pst_arena_alloc(&arena, 10));
    ck_assert_ptr_null(pst_arena_text(&arena, 10));
    ck_assert_int_eq(arena.status, POSTERN_LIMIT);
    ck_assert_ptr_nonnull(pst_arena_text(&arena, 4));
    ck_assert_ptr_nonnull(pst_arena_alloc(&arena, 5));
    ck_assert_ptr_null(pst_arena_text(&arena, 1));
    ck_assert_ptr_null(pst_arena_alloc(&arena, 0));
    ck_assert_ptr_null(pst_arena_alloc(&arena, SIZE_MAX));
    ck_assert_ptr_null(pst_arena_text(&arena, SIZE_MAX));
    pst_arena_reset(&arena);
    ck_assert_ptr_null(pst_arena_alloc(&arena, 1002));
    ck_assert_ptr_nonnull(pst_arena_alloc(&arena, 1001));
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

START_TEST(folding_is_the_same_in_steps)
{
    static const uint64_t edges[] = {0, 1, UINT32_MAX, UINT64_C(1) << 32, UINT64_MAX};
    uint64_t a = 1;
    uint64_t b = 2;

    for (size_t i = 0; i < 25; i++) {
        ck_assert_uint_eq(pst_fold(edges[i / 5], edges[i % 5]),
                          pst_fold_in_steps(edges[i / 5], edges[i % 5]));
    }
    for (int i = 0; i < 100000; i++) {
        a = a * 6364136223846793005U + 1442695040888963407U;
        b = (b ^ b >> 29) * 0xbf58476d1ce4e5b9U + a;
        ck_assert_uint_eq(pst_fold(a, b), pst_fold_in_steps(a, b));
    }
    ck_assert_uint_eq(pst_fold(UINT64_MAX, UINT64_MAX), UINT64_MAX); /* 1 ^ ...fffe */
}
END_TEST

/* Each byte, wherever it stands, and the length. */
START_TEST(hash_looks_at_every_byte)
{
    char text[70];

    memset(text, 0, sizeof text);
    for (size_t length = 0; length < sizeof text; length++) {
        const uint64_t whole = pst_hash((postern_str){text, length}, 3);
        ck_assert_uint_ne(whole, pst_hash((postern_str){text, length + 1}, 3));
        for (size_t i = 0; i < length; i++) {
            text[i] = 1;
            ck_assert_uint_ne(whole, pst_hash((postern_str){text, length}, 3));
            text[i] = 0;
        }
    }
}
END_TEST

/* Low bits choose a bucket, high ones tell members apart. */
START_TEST(hash_spreads_numbered_names)
{
    enum { NAMES = 4096 };
    static unsigned low[NAMES];
    static unsigned high[NAMES];
    char text[32];

    for (int i = 0; i < NAMES; i++) {
        const int length =
            snprintf(text, sizeof text, "%.*s%d", i % 14, "prefix.example", i);
        const uint64_t hash = pst_hash((postern_str){text, (size_t)length}, 0);
        low[hash % NAMES]++;
        high[hash >> 52]++;
    }
    for (int i = 0; i < NAMES; i++) {
        ck_assert_uint_le(low[i], 9);
        ck_assert_uint_le(high[i], 9);
    }
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
    tcase_add_loop_test(tcase, arena_blocks_and_texts_never_overlap, 0, 8);
    tcase_add_test(tcase, arena_that_wants_more_each_round_does_not_pile_up);
    tcase_add_test(tcase, arena_text_costs_its_length);
    tcase_add_test(tcase, arena_of_little_asks_for_little);
    tcase_add_test(tcase, arena_goes_on_behind_a_large_block);
    tcase_add_test(tcase, arena_gives_a_large_block_no_more_than_it_needs);
    tcase_add_test(tcase, arena_limit_is_met_to_the_byte);
    tcase_add_test(tcase, writer_counts_what_it_cuts);
    tcase_add_loop_test(tcase, nearest_name_is_found_or_none, 0,
                        sizeof near_names / sizeof near_names[0]);
    tcase_add_test(tcase, report_renders_place_and_hint);
    tcase_add_test(tcase, report_shows_control_bytes_in_hex);
    tcase_add_test(tcase, report_without_memory_still_says_so);
    tcase_add_test(tcase, hash_folds_header_names_and_nothing_else);
    tcase_add_test(tcase, folding_is_the_same_in_steps);
    tcase_add_test(tcase, hash_looks_at_every_byte);
    tcase_add_test(tcase, hash_spreads_numbered_names);
    tcase_add_test(tcase, statuses_have_texts);
    suite_add_tcase(suite, tcase);
    return suite;
}
