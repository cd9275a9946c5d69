/*
 * test_regex_literals.c - which texts must stand where a pattern matches.
 */
#include "../harness/harness.h"
#include "match/regex_literals.h"
#include "support/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAP = 64 };

/* clang-format off */
static const struct {
    const char *pattern;
    size_t least;
    size_t cap;
    const char *texts; /* in order of bytes, a blank between them */
} rows[] = {
    /* concatenations */
    {"badbot",                       4, 8, "badbot"},
    {"(?i)BadBot",                   4, 8, "badbot"},
    {"BadBot",                       4, 8, "badbot"},
    {"bad[0-9]bot",                  3, 8, "bad"},
    {"bad[0-9]robot",                3, 8, "robot"},
    {"bad[0-9]bot",                  4, 8, ""},
    {"^/api/v[0-9]+/users$",         4, 8, "/api/v"},
    {"\\bunion\\b.*select",          4, 8, "select"},
    {"abc(?:def)ghi",                4, 8, "abcdefghi"},
    {"(abc)(def(ghi))",              4, 8, "abcdefghi"},
    {"\xc3\xa9t\xc3\xa9",            4, 8, "\xc3\xa9t\xc3\xa9"},
    {"abc",                          4, 8, ""},
    {"",                             1, 8, ""},
    {"^$",                           1, 8, ""},
    {".*",                           1, 8, ""},
    {"[^\\x00-\\xff]",               1, 8, ""},
    /* classes */
    {"scrap[e3]r",                   4, 8, "scrap3r scraper"},
    {"scrap[eE]r",                   4, 8, "scraper"},
    {"ab[1-4]cd",                    4, 8, "ab1cd ab2cd ab3cd ab4cd"},
    {"ab[1-5]cd",                    4, 8, ""},
    {"[ab][cd][ef]",                 3, 8, "ace acf ade adf bce bcf bde bdf"},
    {"[ab][cd][ef]",                 3, 7, ""},
    {"longliteral[ab]",              4, 8, "longliteral"},
    {"longliteral[ab]1234",          4, 8, "longliterala1234 longliteralb1234"},
    {"longliteral[ab]1234",          4, 1, "longliteral"},
    {"[ab][cd][ef][gh][ij]literal",  4, 8, "iliteral jliteral"},
    /* alternations */
    {"foot|ball",                    4, 8, "ball foot"},
    {"foot|bal",                     4, 8, ""},
    {"foot|",                        4, 8, ""},
    {"foot|ball|club",               4, 2, ""},
    {"(?i)badbot7|scrap[e3]r7",      4, 8, "badbot7 scrap3r7 scraper7"},
    {"x(?:foo|bar)y",                4, 8, "xbary xfooy"},
    {"(?:foo|.)bar1",                4, 8, "bar1"},
    {"(?:abcd|ef.gh)(?:ij|kl)",      2, 8, "abcdij abcdkl ghij ghkl"},
    {"(?:abcd.|efgh.)x",             2, 8, "abcd efgh"},
    {"(?:.abcd|.efgh)x",             2, 8, "abcdx efghx"},
    {"http|https",                   4, 8, "http"},
    {"http.|https.",                 4, 8, "http"},
    {"foot|foot",                    4, 8, "foot"},
    {"Foot|fOOT",                    4, 8, "foot"},
    {"(?:aaaa|bbbb.)c|dddd",         4, 8, "aaaa bbbb dddd"},
    /* repeats */
    {"(?:ab)?cdef",                  4, 1, "cdef"},
    {"https?://",                    4, 8, "http:// https://"},
    {"(?:abc)+",                     3, 8, "abc"},
    {"(?:abc){2}",                   3, 8, "abcabc"},
    {"(?:abc){2,3}",                 3, 8, "abcabc"},
    {"x(?:ab)+y",                    3, 8, "xab"},
    {"x(?:abc)+",                    3, 8, "xabc"},
    {"x(?:ab)*y12",                  3, 8, "y12"},
    {"xyzab*c",                      3, 8, "xyza"},
    {"xyz(?:ab.)*c",                 3, 8, "xyz"},
    {"(?:ab.cde)+",                  2, 8, "cde"},
    {"x(?:ab.cde)+z",                2, 8, "cdez"},
    {"a{5}",                         4, 8, "aaaaa"},
    {"a{40}b",                       4, 8, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
    {"a{4000000}",                   4, 8, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
    {"a{0}bcde",                     4, 8, "bcde"},
    {"(?:^){3}bcde",                 4, 8, "bcde"},
    {"(?:a?){3000}bcde",             4, 8, "bcde"},
    {"(?:a?){3000}b[cd]ef",          4, 8, "bcef bdef"},
    {"[0-9]{3}abcd[0-9]?",           4, 8, "abcd"},
    /* what is longer than a text may be is cut */
    {"abcdefghijklmnopqrstuvwxyz0123456789", 4, 8, "abcdefghijklmnopqrstuvwxyz01234"},
};
/* clang-format on */

typedef struct desk {
    counting_heap heap;
    pst_arena arena;
    pst_arena scratch;
    postern_str texts[CAP];
    size_t count;
} desk;

static void ask(desk *d, size_t fail_at, postern_str pattern, size_t least, size_t cap)
{
    counting_heap_init(&d->heap, fail_at);
    pst_arena_init(&d->arena, &d->heap.alloc, SIZE_MAX / 2);
    pst_arena_init(&d->scratch, &d->heap.alloc, SIZE_MAX / 2);
    d->count =
        pst_regex_literals(&d->arena, &d->scratch, pattern, least, d->texts, cap);
    ck_assert_uint_eq(d->scratch.used, 0);
    ck_assert(d->arena.used <= d->count * 64);
}

static void leave(desk *d)
{
    pst_arena_free(&d->arena);
    ck_assert_uint_eq(d->heap.live_bytes, 0);
}

static int by_bytes(const void *a, const void *b)
{
    return pst_str_order(*(const postern_str *)a, *(const postern_str *)b);
}

static const char *joined(desk *d)
{
    static char line[2048];
    pst_writer out = {line, sizeof line, 0};

    qsort(d->texts, d->count, sizeof d->texts[0], by_bytes);
    for (size_t i = 0; i < d->count; i++) {
        pst_write_text(&out, i > 0 ? " " : "");
        pst_write_str(&out, d->texts[i]);
    }
    (void)pst_write_end(&out);
    return line;
}

START_TEST(literals_are_known)
{
    desk d;

    ask(&d, SIZE_MAX, postern_text(rows[_i].pattern), rows[_i].least, rows[_i].cap);
    ck_assert_msg(strcmp(joined(&d), rows[_i].texts) == 0, "%s gives %s",
                  rows[_i].pattern, joined(&d));
    leave(&d);
}
END_TEST

START_TEST(any_bytes_are_fine)
{
    desk d;

    ask(&d, SIZE_MAX, postern_text("\\x00\\xc1\\xffA"), 4, 8);
    ck_assert_uint_eq(d.count, 1);
    ck_assert_uint_eq(d.texts[0].len, 4);
    ck_assert_int_eq(memcmp(d.texts[0].data,
                            "\0\xc1\xff"
                            "a",
                            4),
                     0);
    leave(&d);
}
END_TEST

/* As many as there is room for, and one more. */
START_TEST(long_alternations_are_taken_to_the_last)
{
    char pattern[1024];
    size_t length = 0;
    desk d;

    for (int i = 0; i < CAP + 1; i++) {
        length += (size_t)snprintf(pattern + length, sizeof pattern - length,
                                   "%srobot%d,", i > 0 ? "|" : "", i);
        if (i >= CAP - 1) {
            ask(&d, SIZE_MAX, (postern_str){pattern, length}, 4, CAP);
            ck_assert_uint_eq(d.count, i == CAP - 1 ? CAP : 0);
            leave(&d);
        }
    }
}
END_TEST

/* Deeper than any stack would like. */
START_TEST(nesting_needs_no_stack)
{
    enum { DEEP = 2000 };
    char *const pattern = malloc(2 * DEEP * 3 + 8);
    size_t length = 0;
    desk d;

    ck_assert_ptr_nonnull(pattern);
    for (int i = 0; i < DEEP; i++) {
        memcpy(pattern + length, "(x|", 3);
        length += 3;
    }
    memcpy(pattern + length, "abcd", 4);
    length += 4;
    for (int i = 0; i < DEEP; i++) {
        memcpy(pattern + length, ")yz", 3);
        length += 3;
    }
    ask(&d, SIZE_MAX, (postern_str){pattern, length}, 2, CAP);
    ck_assert_str_eq(joined(&d), "xyz zyzyz");
    leave(&d);
    free(pattern);
}
END_TEST

START_TEST(without_memory_nothing_is_known)
{
    static const char pattern[] = "(?:aaaa|(?:b|cccc).*dddd){3}|eeee(ffff|gggg[12])+";
    size_t fail_at = 0;
    desk d;

    do {
        ask(&d, fail_at++, postern_text(pattern), 4, CAP);
        ck_assert(d.count == 0 || d.count == 5);
        leave(&d);
    } while (d.count == 0);
    ck_assert_uint_gt(fail_at, 3);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("regex literals");
    TCase *tcase = tcase_create("regex literals");

    tcase_add_loop_test(tcase, literals_are_known, 0, sizeof rows / sizeof rows[0]);
    tcase_add_test(tcase, any_bytes_are_fine);
    tcase_add_test(tcase, long_alternations_are_taken_to_the_last);
    tcase_add_test(tcase, nesting_needs_no_stack);
    tcase_add_test(tcase, without_memory_nothing_is_known);
    suite_add_tcase(suite, tcase);
    return suite;
}
