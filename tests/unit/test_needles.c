/*
 * test_needles.c - many needles at once are found where each of them alone is: compared
 * with looking at every place of the text for every needle.
 */
#include "../harness/harness.h"
#include "match/needles.h"
#include "support/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEEDLES_MAX = 10000, TEXT_MAX = 4096, POOL = 1 << 20 };

static uint64_t state;

static void seed(int round)
{
    state = (uint64_t)round * 0x9e3779b97f4a7c15U + 88172645463325252U;
}

static size_t pick(size_t bound)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state * 0x2545f4914f6cdd1dU >> 32) % bound;
}

/* Needles, and where their texts are. Every needle's tag is its number. */
typedef struct shelf {
    pst_needle needles[NEEDLES_MAX];
    size_t count;
    char pool[POOL];
    size_t used;
    unsigned told[NEEDLES_MAX];
    counting_heap heap;
    pst_arena arena;
    pst_arena scratch;
    postern_status failure; /* of an arena */
} shelf;

static shelf *open_shelf(size_t fail_at)
{
    shelf *const s = calloc(1, sizeof *s);

    ck_assert_ptr_nonnull(s);
    counting_heap_init(&s->heap, fail_at);
    pst_arena_init(&s->arena, &s->heap.alloc, SIZE_MAX / 2);
    pst_arena_init(&s->scratch, &s->heap.alloc, SIZE_MAX / 2);
    return s;
}

static void close_shelf(shelf *s)
{
    pst_arena_free(&s->arena);
    pst_arena_free(&s->scratch);
    ck_assert_uint_eq(s->heap.live_bytes, 0);
    free(s);
}

static void add(shelf *s, postern_str text, pst_needle_place place, bool fold)
{
    char *const copy = s->pool + s->used;

    ck_assert_uint_lt(s->count, NEEDLES_MAX);
    ck_assert_uint_le(s->used + text.len, POOL);
    memcpy(copy, text.data, text.len);
    for (size_t i = 0; fold && i < text.len; i++) {
        copy[i] = (char)pst_lower((unsigned char)copy[i]);
    }
    s->needles[s->count] = (pst_needle){
        .text = {copy, text.len},
        .tag = (uint32_t)s->count,
        .place = (uint8_t)place,
        .fold = fold
    };
    s->count++;
    s->used += text.len;
}

static void add_text(shelf *s, const char *text, pst_needle_place place, bool fold)
{
    add(s, postern_text(text), place, fold);
}

/* Nothing of what was given may be looked at afterwards. */
static const pst_needles *build(shelf *s)
{
    pst_needle *const given = malloc((s->count + 1) * sizeof *given);
    const pst_needles *made;

    ck_assert_ptr_nonnull(given);
    memcpy(given, s->needles, s->count * sizeof *given);
    for (size_t i = s->count; i > 1; i--) { /* in any order */
        const size_t other = pick(i);
        const pst_needle swap = given[i - 1];
        given[i - 1] = given[other];
        given[other] = swap;
    }
    made = pst_needles_build(&s->arena, &s->scratch, given, s->count);
    free(given);
    s->failure = s->arena.status != POSTERN_OK ? s->arena.status : s->scratch.status;
    pst_arena_free(&s->scratch);
    return made;
}

static void note(void *user, uint32_t tag)
{
    shelf *const s = user;

    if (tag >= s->count) { /* an assertion of Check costs a write, also when it holds */
        ck_abort_msg("tag %u of %zu", tag, s->count);
    }
    s->told[tag]++;
}

static bool stands_at(const pst_needle *needle, postern_str text, size_t at)
{
    const postern_str piece = pst_str_slice(text, at, at + needle->text.len);

    return needle->fold ? pst_str_same_folded(piece, needle->text)
                        : pst_str_same(piece, needle->text);
}

/* The plain way. */
static bool stands(const pst_needle *needle, postern_str text)
{
    const size_t length = needle->text.len;

    for (size_t at = 0; at + length <= text.len; at++) {
        const bool right = needle->place == PST_NEEDLE_ANYWHERE ||
                           (needle->place == PST_NEEDLE_START && at == 0) ||
                           (needle->place == PST_NEEDLE_END && at + length == text.len);
        if (right && stands_at(needle, text, at)) {
            return true;
        }
    }
    return false;
}

/* Looks through an exact copy, so that a byte too far is noticed. @return how many stand */
static size_t check_text(shelf *s, const pst_needles *needles, postern_str text)
{
    char *const copy = malloc(text.len > 0 ? text.len : 1);
    const size_t requests = s->heap.requests;
    size_t sum = 0;

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, text.data, text.len);
    memset(s->told, 0, s->count * sizeof *s->told);
    pst_needles_find(needles, (postern_str){copy, text.len}, note, s);
    free(copy);
    for (size_t i = 0; i < s->count; i++) {
        const bool expected = stands(&s->needles[i], text);
        if ((s->told[i] > 0) != expected) {
            ck_abort_msg("%.*s %s in %.*s", (int)s->needles[i].text.len,
                         s->needles[i].text.data, expected ? "is missed" : "is seen",
                         (int)text.len, text.data);
        }
        sum += expected;
    }
    ck_assert_uint_eq(s->heap.requests, requests);
    return sum;
}

/* --- random sets ----------------------------------------------------------------------- */

static const char *const alphabets[] = {"ab", "aA", "abAB0", "abcdefghijklmnop", NULL};

static char random_byte(size_t alphabet)
{
    static const unsigned char odd[] = {0,   0xff, 0x80, 'A', 'a',  'Z', 'z',
                                        '@', '[',  '`',  '{', 0xc1, 0xe1};
    const char *const letters = alphabets[alphabet];

    return letters != NULL ? letters[pick(strlen(letters))]
                           : (char)odd[pick(sizeof odd)];
}

static postern_str random_text(char *room, size_t alphabet, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        room[i] = random_byte(alphabet);
    }
    return (postern_str){room, length};
}

/* Many of them with the same beginning, many of one length, some twice. */
static void add_random(shelf *s, size_t alphabet, size_t least, size_t count)
{
    char room[64];
    postern_str text = random_text(room, alphabet, 8);

    for (size_t i = 0; i < count; i++) {
        const size_t length = least + (pick(8) == 0 ? pick(30) : pick(4));
        const size_t kept = pick(3) == 0 ? pick(text.len) : 0;
        if (pick(8) != 0) {
            (void)random_text(room + kept, alphabet, sizeof room - kept);
            text.len = length;
        }
        add(s, text, (pst_needle_place)(pick(2) * pick(3)), pick(2) == 0);
    }
}

/* Made of needles and other things. */
static postern_str random_subject(const shelf *s, char *room, size_t alphabet)
{
    const size_t length = pick(10) == 0 ? pick(300) : pick(40);
    size_t at = 0;

    (void)random_text(room, alphabet, length);
    while (s->count > 0 && pick(3) != 0 && at < length) {
        const postern_str text = s->needles[pick(s->count)].text;
        const size_t cut = text.len < length - at ? text.len : length - at;
        memcpy(room + at, text.data, cut);
        if (pick(3) == 0 && pst_is_letter((unsigned char)room[at + cut / 2])) {
            room[at + cut / 2] ^= 0x20;
        }
        at += cut + pick(6);
    }
    return (postern_str){room, length};
}

START_TEST(as_many_are_found_as_one_by_one)
{
    enum { ALPHABETS = sizeof alphabets / sizeof alphabets[0], TEXTS = 30 };
    static const size_t counts[] = {0, 1, 2, 3, 17, 300, 1500};
    char room[512];
    size_t found = 0;

    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        shelf *const s = open_shelf(SIZE_MAX);
        const size_t alphabet = (size_t)_i % ALPHABETS;
        const pst_needles *needles;
        seed(_i * 100 + (int)c);
        add_random(s, alphabet, 4 + (size_t)_i % 2, counts[c]);
        needles = build(s);
        ck_assert_ptr_nonnull(needles);
        for (int i = 0; i < TEXTS; i++) {
            found += check_text(s, needles, random_subject(s, room, alphabet));
        }
        close_shelf(s);
    }
    ck_assert_uint_gt(found, 20);
}
END_TEST

/* --- sets as people write them ---------------------------------------------------------- */

START_TEST(ten_thousand_with_one_beginning_are_told_apart)
{
    shelf *const s = open_shelf(SIZE_MAX);
    const pst_needles *needles;
    char text[64];

    seed(1);
    for (int i = 0; i < NEEDLES_MAX; i++) {
        snprintf(text, sizeof text, i % 2 == 0 ? "/admin%d/" : "badbot%d", i);
        add_text(s, text, PST_NEEDLE_ANYWHERE, i % 2 != 0);
    }
    needles = build(s);
    for (int i = 0; i < 20; i++) {
        const int number = (int)pick(NEEDLES_MAX / 2) * 2;
        snprintf(text, sizeof text, "GET /admin%d/x BadBOT%d", number, number + 1);
        ck_assert_uint_ge(check_text(s, needles, postern_text(text)), 2);
    }
    ck_assert_uint_eq(check_text(s, needles, postern_text("/ADMIN2/ /admin/ adbot1")),
                      0);
    ck_assert_uint_lt(s->arena.used, NEEDLES_MAX * (24 + 12));
    close_shelf(s);
}
END_TEST

START_TEST(equal_needles_are_told_with_each_tag)
{
    shelf *const s = open_shelf(SIZE_MAX);
    const pst_needles *needles;

    for (int i = 0; i < 3; i++) {
        add_text(s, "Attack", PST_NEEDLE_ANYWHERE, false);
        add_text(s, "Attack", PST_NEEDLE_ANYWHERE, true);
        add_text(s, "Attack", PST_NEEDLE_START, false);
        add_text(s, "Attack", PST_NEEDLE_END, true);
        add_text(s, "ATTACK", PST_NEEDLE_ANYWHERE, false);
    }
    needles = build(s);
    ck_assert_uint_eq(check_text(s, needles, postern_text("Attack")), 12);
    ck_assert_uint_eq(check_text(s, needles, postern_text("an Attack!")), 6);
    ck_assert_uint_eq(check_text(s, needles, postern_text("an aTTACK")), 6);
    ck_assert_uint_eq(check_text(s, needles, postern_text("ATTACK")), 9);
    ck_assert_uint_eq(check_text(s, needles, postern_text("Attac")), 0);
    close_shelf(s);
}
END_TEST

/* A sender may repeat what a thousand rules look for; each is filed twice. */
START_TEST(equal_needles_are_told_twice_at_most)
{
    shelf *const s = open_shelf(SIZE_MAX);
    const pst_needles *needles;
    char text[TEXT_MAX];

    for (int i = 0; i < 1000; i++) {
        add_text(s, "admin", PST_NEEDLE_ANYWHERE, i % 2 == 0);
    }
    add_text(s, "nadmi", PST_NEEDLE_ANYWHERE, false);
    needles = build(s);
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = "admin"[i % 5];
    }
    ck_assert_uint_eq(check_text(s, needles, (postern_str){text, sizeof text}), 1001);
    for (int i = 0; i < 1000; i++) {
        ck_assert_uint_le(s->told[i], 2);
    }
    close_shelf(s);
}
END_TEST

START_TEST(places_are_respected)
{
    shelf *const s = open_shelf(SIZE_MAX);
    const pst_needles *needles;

    add_text(s, "/api/", PST_NEEDLE_START, false);
    add_text(s, ".php", PST_NEEDLE_END, true);
    add_text(s, "select", PST_NEEDLE_ANYWHERE, true);
    needles = build(s);
    ck_assert_uint_eq(check_text(s, needles, postern_text("/api/x.PHP")), 2);
    ck_assert_uint_eq(check_text(s, needles, postern_text("/x/api/x.php5")), 0);
    ck_assert_uint_eq(check_text(s, needles, postern_text("/api/.php?SELECT")), 2);
    ck_assert_uint_eq(check_text(s, needles, postern_text("/api/")), 1);
    ck_assert_uint_eq(check_text(s, needles, postern_text(".php")), 1);
    ck_assert_uint_eq(check_text(s, needles, postern_text("php")), 0);
    ck_assert_uint_eq(check_text(s, needles, postern_text("")), 0);
    close_shelf(s);
}
END_TEST

START_TEST(every_place_of_texts_of_all_lengths_is_looked_at)
{
    shelf *const s = open_shelf(SIZE_MAX);
    const pst_needles *needles;
    char text[64];

    add_text(s, "QxZ9", PST_NEEDLE_ANYWHERE, false);
    add_text(s, "qxz9", PST_NEEDLE_END, true);
    needles = build(s);
    for (size_t length = 0; length <= sizeof text; length++) {
        for (size_t at = 0; at + 4 <= length; at++) {
            memset(text, '.', sizeof text);
            memcpy(text + at, "QxZ9", 4);
            ck_assert_uint_eq(check_text(s, needles, (postern_str){text, length}),
                              at + 4 == length ? 2 : 1);
        }
    }
    close_shelf(s);
}
END_TEST

START_TEST(long_needles_are_found_by_any_of_their_bytes)
{
    enum { LONG = 70000 };
    shelf *const s = open_shelf(SIZE_MAX);
    char *const text = malloc(LONG + 1);
    const pst_needles *needles;

    ck_assert_ptr_nonnull(text);
    memset(text, 'e', LONG + 1);
    memcpy(text + LONG - 4, "\x01\x02\x03\x04",
           4); /* too far behind to be filed under */
    add(s, (postern_str){text, LONG}, PST_NEEDLE_ANYWHERE, false);
    memcpy(text + 60000, "zqzq", 4);
    add(s, (postern_str){text, LONG}, PST_NEEDLE_ANYWHERE, true);
    needles = build(s);
    ck_assert_uint_eq(check_text(s, needles, (postern_str){text, LONG}), 1);
    ck_assert_uint_eq(check_text(s, needles, (postern_str){text, LONG - 1}), 0);
    ck_assert_uint_eq(check_text(s, needles, (postern_str){text + 1, LONG}), 0);
    memset(text + 60000, 'e', 4);
    ck_assert_uint_eq(check_text(s, needles, (postern_str){text, LONG}), 1);
    free(text);
    close_shelf(s);
}
END_TEST

/* --- memory ------------------------------------------------------------------------------ */

START_TEST(every_request_may_fail)
{
    for (size_t fail_at = 0;; fail_at++) {
        shelf *const s = open_shelf(fail_at);
        const pst_needles *needles;
        bool done;
        seed(9);
        add_random(s, 3, 4 + fail_at % 2, 500);
        needles = build(s);
        done = needles != NULL;
        ck_assert(done || s->failure == POSTERN_NO_MEMORY);
        if (done) {
            ck_assert_uint_gt(check_text(s, needles, s->needles[7].text), 0);
        }
        close_shelf(s);
        if (done) {
            ck_assert_uint_gt(fail_at, 4);
            break;
        }
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("needles");
    TCase *tcase = tcase_create("needles");

    tcase_add_loop_test(tcase, as_many_are_found_as_one_by_one, 0, 20);
    tcase_add_test(tcase, ten_thousand_with_one_beginning_are_told_apart);
    tcase_add_test(tcase, equal_needles_are_told_with_each_tag);
    tcase_add_test(tcase, equal_needles_are_told_twice_at_most);
    tcase_add_test(tcase, places_are_respected);
    tcase_add_test(tcase, every_place_of_texts_of_all_lengths_is_looked_at);
    tcase_add_test(tcase, long_needles_are_found_by_any_of_their_bytes);
    tcase_add_test(tcase, every_request_may_fail);
    suite_add_tcase(suite, tcase);
    return suite;
}
