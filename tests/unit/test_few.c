/*
 * test_few.c - one of a few needles is found where looking for each of them finds one:
 * between pages that may not be read, behind many false starts, and in linear time
 * whatever the bytes are.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include "../harness/harness.h"
#include "match/few.h"
#include "match/halves.h"
#include "support/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static uint64_t state;

static size_t draw(size_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)((state * 0x2545f4914f6cdd1dU) >> 33) % below;
}

static void fill(char *to, size_t len, const char *letters, size_t letter_count)
{
    for (size_t i = 0; i < len; i++) {
        to[i] = letters[draw(letter_count)];
    }
}

static bool look_for_each(const postern_str *needles, size_t count, postern_str text)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t at = 0; at + needles[i].len <= text.len; at++) {
            if (memcmp(text.data + at, needles[i].data, needles[i].len) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* A page between two that may not be touched, and needles. */
typedef struct world {
    char *all;
    char *end; /* of the page */
    size_t page;
    pst_arena arena;
    char bytes[PST_FEW_MOST][400];
    postern_str needles[PST_FEW_MOST];
    size_t count;
    const pst_few *few;
} world;

static void set_up(world *w, int round)
{
    state = (uint64_t)round * 0x9e3779b97f4a7c15U + 88172645463325252U;
    w->page = (size_t)sysconf(_SC_PAGESIZE);
    w->all = mmap(NULL, 3 * w->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(w->all, MAP_FAILED);
    w->end = w->all + 2 * w->page;
    ck_assert_int_eq(mprotect(w->all + w->page, w->page, PROT_READ | PROT_WRITE), 0);
    pst_arena_init(&w->arena, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    w->count = 0;
}

static void tear_down(world *w)
{
    pst_arena_free(&w->arena);
    ck_assert_int_eq(munmap(w->all, 3 * w->page), 0);
}

static void add(world *w, const char *bytes, size_t len)
{
    memcpy(w->bytes[w->count], bytes, len);
    w->needles[w->count] = (postern_str){w->bytes[w->count], len};
    w->count++;
}

static void build(world *w)
{
    w->few = pst_few_build(&w->arena, w->needles, w->count);
    ck_assert_ptr_nonnull(w->few);
}

static void draw_needles(world *w, size_t count, size_t longest, const char *letters)
{
    char bytes[400];

    for (w->count = 0; w->count < count;) {
        const size_t len = PST_FEW_LENGTH + draw(longest - PST_FEW_LENGTH + 1);
        fill(bytes, len, letters, strlen(letters));
        add(w, bytes, len);
    }
    build(w);
}

static void all_agree(const world *w, postern_str text)
{
    const bool expected = look_for_each(w->needles, w->count, text);

    if (pst_few_any(w->few, text) != expected) {
        ck_abort_msg("%zu needles in '%.*s': not %d", w->count, (int)text.len,
                     text.data, expected);
    }
}

/* Every length of text, of letters that are met often and seldom. */
START_TEST(a_needle_is_found_where_each_is_looked_for)
{
    static const char *const letters[] = {"abc", "aaaaaaaaaaaab", "abcdefghijABCDEF",
                                          "abcdefghijklmnopqrstuvwxyz0123456789-_/."};
    const char *const mine = letters[_i % 4];
    world w;

    set_up(&w, _i);
    for (size_t count = 1; count <= PST_FEW_MOST; count++) {
        draw_needles(&w, count, 3 + draw(20), mine);
        for (size_t len = 0; len <= 150; len++) {
            const postern_str text = {w.end - len, len};
            fill(w.end - len, len, mine, strlen(mine));
            all_agree(&w, text);
            if (len >= 30) { /* one that stands at the very end, and at the start */
                const postern_str *const some = &w.needles[draw(count)];
                memcpy(w.end - some->len, some->data, some->len);
                all_agree(&w, text);
                memcpy(w.end - len, some->data, some->len);
                all_agree(&w, text);
            }
        }
    }
    tear_down(&w);
}
END_TEST

/* One needle alone at each place of each text. */
START_TEST(a_needle_is_found_at_every_place)
{
    static const char *const texts[] = {
        "googlebot", "bingbot",     "slurp", "yandexbot", "sogou", "exabot",
        "facebot",   "ia_archiver", "ccbot", "gptbot",    "x-y"};
    world w;

    set_up(&w, _i);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        add(&w, texts[i], strlen(texts[i]));
    }
    build(&w);
    for (size_t len = 0; len <= 140; len++) {
        const postern_str text = {w.end - len, len};
        memset(w.end - len, '.', len);
        ck_assert(!pst_few_any(w.few, text));
        for (size_t at = 0; at < len; at++) {
            const postern_str needle = w.needles[(at + len) % w.count];
            const size_t part = needle.len < len - at ? needle.len : len - at;
            memcpy(w.end - len + at, needle.data, part);
            ck_assert(pst_few_any(w.few, text) == (part == needle.len));
            memset(w.end - len + at, '.', part);
        }
    }
    tear_down(&w);
}
END_TEST

/* What stands behind a short text is none of it. */
START_TEST(zeros_behind_a_text_are_not_found)
{
    world w;

    set_up(&w, _i);
    add(&w, "ab\0", 3);
    add(&w, "\0\0\0", 3);
    add(&w, "\0\0\0\0\0\0\0\0", 8);
    build(&w);
    for (size_t len = 0; len <= 80; len++) {
        memset(w.end - len, 'a', len);
        if (len > 0) {
            w.end[-1] = 'b';
        }
        ck_assert(!pst_few_any(w.few, (postern_str){w.end - len, len}));
        if (len > 3) {
            memcpy(w.end - 3, "ab\0", 3);
            ck_assert(pst_few_any(w.few, (postern_str){w.end - len, len}));
        }
    }
    tear_down(&w);
}
END_TEST

/* So many starts that each needle is searched for alone; rarest bytes are far behind the
 * starts of long needles, but not behind what can be told. */
START_TEST(needles_are_found_behind_many_false_starts)
{
    char bytes[400];
    world w;

    set_up(&w, _i);
    for (int round = 0; round < 300; round++) {
        const size_t len = w.page / 2 + draw(w.page / 2);
        const postern_str text = {w.end - len, len};
        const size_t rare = draw(390);
        w.count = 0;
        memset(bytes, 'e', sizeof bytes);
        memcpy(bytes + rare, "zqz", 3);
        for (size_t i = 0; i < 1 + (size_t)round % 12; i++) {
            bytes[draw(sizeof bytes)] = 'x';
            add(&w, bytes, rare + 3 + draw(398 - rare));
        }
        build(&w);
        memset(w.end - len, 'e', len);
        for (size_t at = draw(500); at + 3 <= len; at += 3 + draw(20)) {
            memcpy(w.end - len + at, "zqz", 3);
        }
        all_agree(&w, text);
        if (round % 2 == 0) {
            const postern_str *const some = &w.needles[draw(w.count)];
            memcpy(w.end - some->len - draw(len - some->len + 1), some->data,
                   some->len);
            all_agree(&w, text);
        }
    }
    tear_down(&w);
}
END_TEST

/* A text is given up in the middle of a needle that stands in it. */
START_TEST(a_long_needle_is_found_around_a_false_start)
{
    char bytes[400];
    char dear[400]; /* to be compared with, so that the first false start is too many */
    world w;

    memset(dear, 'e', sizeof dear);
    memcpy(dear, "zqz", 3);
    for (size_t at = 3; at < 396; at++) {
        set_up(&w, _i);
        memset(bytes, 'e', sizeof bytes);
        memcpy(bytes + 397, "\x01\x02\x01", 3);
        memcpy(bytes + at - 3, "zqz", 3);
        add(&w, bytes, sizeof bytes);
        add(&w, dear, sizeof dear);
        build(&w);
        memcpy(w.end - sizeof bytes, bytes, sizeof bytes);
        w.end[-(int)sizeof bytes - 1] = '-';
        ck_assert(pst_few_any(w.few, (postern_str){w.end - 401, 401}));
        tear_down(&w);
    }
}
END_TEST

enum { LONG = 200000 };

START_TEST(bad_needles_cost_linear_time)
{
    const clock_t start = clock();
    char *const text = malloc(LONG);
    char *const needle = malloc(LONG / 2);
    world w;

    ck_assert(text != NULL && needle != NULL);
    set_up(&w, _i);
    memset(text, 'a', LONG);
    memset(needle, 'a', LONG / 2);
    needle[LONG / 2 - 1] = 'b';
    for (w.count = 0; w.count < PST_FEW_MOST; w.count++) {
        w.needles[w.count] =
            (postern_str){needle + w.count * LONG / 80, LONG / 2 - w.count * LONG / 80};
    }
    build(&w);
    for (int round = 0; round < 10; round++) {
        ck_assert(!pst_few_any(w.few, (postern_str){text, LONG}));
    }
    ck_assert((double)(clock() - start) / CLOCKS_PER_SEC < 10);
    tear_down(&w);
    free(text);
    free(needle);
}
END_TEST

/* At each depth, with buckets that are met often. */
START_TEST(all_see_the_same_start_first)
{
    world w;

    set_up(&w, _i);
    for (int round = 0; round < 200; round++) {
        pst_halves halves = {.depth = 1 + (uint32_t)draw(PST_HALVES_DEPTH)};
        const size_t len = PST_HALVES_TEXT + draw(100);
        const postern_str text = {w.end - len, len};
        for (size_t i = 0; i < PST_HALVES_DEPTH * 16U; i++) {
            halves.low[i / 16][i % 16] = (uint8_t)(draw(256) & draw(256));
            halves.high[i / 16][i % 16] = (uint8_t)(draw(256) & draw(256) & draw(256));
        }
        for (size_t i = 0; i < len; i++) {
            w.end[i - len] = (char)draw(256);
        }
        for (size_t at = 0; pst_halves_are_fast() && at <= len; at++) {
            ck_assert_uint_eq(pst_halves_next(&halves, text, at),
                              pst_halves_next_plain(&halves, text, at));
        }
    }
    tear_down(&w);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("few");
    TCase *all = tcase_create("all");

    tcase_add_loop_test(all, a_needle_is_found_where_each_is_looked_for, 0, 8);
    tcase_add_test(all, a_needle_is_found_at_every_place);
    tcase_add_test(all, zeros_behind_a_text_are_not_found);
    tcase_add_loop_test(all, needles_are_found_behind_many_false_starts, 0, 4);
    tcase_add_test(all, a_long_needle_is_found_around_a_false_start);
    tcase_add_test(all, bad_needles_cost_linear_time);
    tcase_add_loop_test(all, all_see_the_same_start_first, 0, 4);
    suite_add_tcase(suite, all);
    return suite;
}
