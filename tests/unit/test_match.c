/*
 * test_match.c - substrings are found where looking at each place finds them, and
 * wildcards match what trying every length of every star matches; both in linear time.
 */
#include "../harness/harness.h"
#include "match/search.h"
#include "match/wildcard.h"
#include "support/text.h"

#include <stdlib.h>
#include <time.h>

static uint64_t state;

static void seed(int round)
{
    state = (uint64_t)round * 0x9e3779b97f4a7c15U + 88172645463325252U;
}

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1dU;
}

/* A block of exactly `len` bytes, so that a sanitizer sees one byte too far. */
static char *room(size_t len)
{
    char *const block = malloc(len > 0 ? len : 1);

    ck_assert_ptr_nonnull(block);
    return block;
}

/* Few letters, so that pieces recur. */
static postern_str pick_text(size_t most, const char *letters, size_t letter_count)
{
    const size_t len = next() % (most + 1);
    char *const bytes = room(len);

    for (size_t i = 0; i < len; i++) {
        bytes[i] = letters[next() % letter_count];
    }
    return (postern_str){bytes, len};
}

static void drop(postern_str text)
{
    free((void *)(uintptr_t)text.data);
}

static postern_str lowered(postern_str text)
{
    char *const bytes = room(text.len);

    for (size_t i = 0; i < text.len; i++) {
        bytes[i] = (char)pst_lower((unsigned char)text.data[i]);
    }
    return (postern_str){bytes, text.len};
}

/* --- search ------------------------------------------------------------------------ */

static bool stands_at(postern_str text, size_t at, postern_str piece, bool fold)
{
    const postern_str there = {text.data + at, piece.len};

    return fold ? pst_str_same_folded(there, piece) : pst_str_same(there, piece);
}

static size_t look_at_each_place(postern_str text, postern_str needle, bool fold)
{
    for (size_t i = 0; i + needle.len <= text.len; i++) {
        if (stands_at(text, i, needle, fold)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void is_found_where_it_stands(postern_str text, postern_str needle)
{
    const postern_str lower = lowered(needle);

    if (pst_search(text, needle) != look_at_each_place(text, needle, false)) {
        ck_abort_msg("'%.*s' in '%.*s'", (int)needle.len, needle.data, (int)text.len,
                     text.data);
    }
    if (pst_search_folded(text, lower) != look_at_each_place(text, lower, true)) {
        ck_abort_msg("folded '%.*s' in '%.*s'", (int)needle.len, needle.data,
                     (int)text.len, text.data);
    }
    drop(lower);
}

START_TEST(random_needles_are_found_where_they_stand)
{
    enum { ROUNDS = 6000 };

    seed(_i);
    for (int round = 0; round < ROUNDS; round++) {
        const size_t letters = 1 + next() % 4;
        const postern_str text = pick_text(60, "abAB", letters);
        const postern_str needle = pick_text(2 + next() % 20, "abAB", letters);
        is_found_where_it_stands(text, needle);
        drop(text);
        drop(needle);
    }
}
END_TEST

/* Every needle up to seven letters of two kinds, in every text up to ten: all shapes of
 * periods. */
START_TEST(every_short_needle_is_found_in_every_short_text)
{
    char text[10];
    char needle[7];
    const size_t needle_len = (size_t)_i;

    for (unsigned n = 0; n < 1U << needle_len; n++) {
        for (size_t i = 0; i < needle_len; i++) {
            needle[i] = (n >> i & 1U) != 0 ? 'b' : 'a';
        }
        for (unsigned t = 0; t < 1U << sizeof text; t++) {
            const postern_str piece = {needle, needle_len};
            const postern_str whole = {text, sizeof text};
            for (size_t i = 0; i < sizeof text; i++) {
                text[i] = (t >> i & 1U) != 0 ? 'b' : 'a';
            }
            if (pst_search(whole, piece) != look_at_each_place(whole, piece, false) ||
                pst_search_folded(whole, piece) != pst_search(whole, piece)) {
                ck_abort_msg("'%.*s' in '%.10s'", (int)needle_len, needle, text);
            }
        }
    }
}
END_TEST

START_TEST(pieces_of_a_text_are_found_in_it)
{
    seed(_i);
    for (int round = 0; round < 2000; round++) {
        const postern_str text = pick_text(300, "abcdefgh\0\xff", 10);
        const size_t from = next() % (text.len + 1);
        const postern_str piece = pst_str_slice(text, from, from + next() % 40);
        const size_t at = pst_search(text, piece);
        ck_assert_uint_le(at, from);
        is_found_where_it_stands(text, piece);
        drop(text);
    }
}
END_TEST

START_TEST(an_empty_needle_stands_at_the_start)
{
    const postern_str nothing = {NULL, 0};

    ck_assert_uint_eq(pst_search(nothing, nothing), 0);
    ck_assert_uint_eq(pst_search_folded(nothing, nothing), 0);
    ck_assert_uint_eq(pst_search(postern_text("a"), nothing), 0);
    ck_assert_uint_eq(pst_search_folded(postern_text("a"), nothing), 0);
    ck_assert_uint_eq(pst_search(nothing, postern_text("a")), SIZE_MAX);
    ck_assert_uint_eq(pst_search_folded(nothing, postern_text("a")), SIZE_MAX);
}
END_TEST

START_TEST(only_ascii_letters_fold)
{
    ck_assert_uint_eq(pst_search_folded(postern_text("x@Z["), postern_text("z[")), 2);
    ck_assert_uint_eq(pst_search_folded(postern_text("@"), postern_text("`")),
                      SIZE_MAX);
    ck_assert_uint_eq(pst_search_folded(postern_text("["), postern_text("{")),
                      SIZE_MAX);
    ck_assert_uint_eq(
        pst_search_folded(postern_text("\xc3\x89"), postern_text("\xc3\xa9")),
        SIZE_MAX);
    ck_assert_uint_eq(pst_search(postern_text("AB"), postern_text("ab")), SIZE_MAX);
}
END_TEST

/* --- wildcards --------------------------------------------------------------------- */

typedef struct compiled {
    counting_heap heap;
    pst_arena arena;
    pst_wildcard pattern;
    pst_wildcard_problem problem;
    postern_status status;
} compiled;

static void compile(compiled *c, postern_str pattern, bool fold, uint32_t stars)
{
    counting_heap_init(&c->heap, SIZE_MAX);
    pst_arena_init(&c->arena, &c->heap.alloc, SIZE_MAX / 2);
    c->status =
        pst_wildcard_compile(&c->arena, pattern, fold, stars, &c->pattern, &c->problem);
    ck_assert_int_eq(c->status, c->problem.status);
}

static void done(compiled *c)
{
    pst_arena_free(&c->arena);
    ck_assert_uint_eq(c->heap.live_bytes, 0);
}

/* clang-format off */
static const struct {
    const char *pattern;
    const char *text;
    bool folded;
    bool strict;
} matches[] = {
    {"abc",            "abc",              true,  true},
    {"abc",            "aBC",              true,  false},
    {"ABC",            "abc",              true,  false},
    {"abc",            "abcd",             false, false},
    {"abc",            "xabc",             false, false},
    {"",               "",                 true,  true},
    {"",               "a",                false, false},
    {"*",              "",                 true,  true},
    {"*",              "a\nb",             true,  true},
    {"a*",             "A",                true,  false},
    {"a*a",            "a",                false, false}, /* the ends may not overlap */
    {"*a",             "bca",              true,  true},
    {"*a",             "ab",               false, false},
    {"a*b*c",          "axxbyyc",          true,  true},
    {"a*b*c",          "aXbXC",            true,  false},
    {"a*b*c",          "ac",               false, false},
    {"*ab*ab*",        "aab",              false, false},
    {"*ab*ab*",        "xabxabx",          true,  true},
    {"*ab*b",          "ab",               false, false},
    {"a?c",            "abc",              false, false}, /* '?' is ordinary */
    {"a?c",            "a?c",              true,  true},
    {"[ab]",           "a",                false, false},
    {"a\\*b",          "a*b",              true,  true},
    {"a\\*b",          "axb",              false, false},
    {"a\\\\b",         "a\\b",             true,  true},
    {"\\**",           "*x",               true,  true},
    {"\\**",           "x",                false, false},
    {"*\\*",           "x*",               true,  true},
    {"*\\\\*",         "a\\b",             true,  true},
    {"*.example.com",  ".example.com",     true,  true},
    {"*.example.com",  "example.com",      false, false},
    {"*.EXAMPLE.com",  "a.b.Example.Com",  true,  false},
    {"/admin/*",       "/admin",           false, false},
    {"\xc3\xa9*",      "\xc3\x89",         false, false},
};
/* clang-format on */

START_TEST(a_pattern_covers_the_whole_text)
{
    const postern_str pattern = postern_text(matches[_i].pattern);
    const postern_str text = postern_text(matches[_i].text);
    compiled c;

    compile(&c, pattern, true, 16);
    ck_assert_int_eq(c.status, POSTERN_OK);
    ck_assert_int_eq(pst_wildcard_match(&c.pattern, text), matches[_i].folded);
    done(&c);
    compile(&c, pattern, false, 16);
    ck_assert_int_eq(pst_wildcard_match(&c.pattern, text), matches[_i].strict);
    done(&c);
}
END_TEST

/* clang-format off */
static const struct {
    const char *pattern;
    postern_status status;
    size_t offset;
    size_t length;
} refusals[] = {
    {"a**",        POSTERN_SYNTAX, 1, 2},
    {"**",         POSTERN_SYNTAX, 0, 2},
    {"\\***",      POSTERN_SYNTAX, 2, 2},
    {"a\\",        POSTERN_SYNTAX, 1, 1},
    {"\\?",        POSTERN_SYNTAX, 0, 2},
    {"*a\\n",      POSTERN_SYNTAX, 2, 2},
    {"*a*b*c*",    POSTERN_LIMIT,  6, 1},
    {"*a*b*c**",   POSTERN_LIMIT,  6, 1}, /* the first thing that is wrong */
    {"*a*b*\\c*",  POSTERN_SYNTAX, 5, 2},
};
/* clang-format on */

START_TEST(a_bad_pattern_is_told_with_its_place)
{
    compiled c;

    compile(&c, postern_text(refusals[_i].pattern), false, 3);
    ck_assert_int_eq(c.status, refusals[_i].status);
    ck_assert_uint_eq(c.problem.offset, refusals[_i].offset);
    ck_assert_uint_eq(c.problem.length, refusals[_i].length);
    ck_assert_ptr_nonnull(c.problem.message);
    ck_assert_uint_eq(c.heap.requests, 0);
    done(&c);
}
END_TEST

START_TEST(as_many_stars_as_the_limit_are_fine)
{
    compiled c;

    compile(&c, postern_text("*a*b*c"), false, 3);
    ck_assert_int_eq(c.status, POSTERN_OK);
    ck_assert_uint_eq(c.pattern.star_count, 3);
    ck_assert_uint_eq(c.pattern.least, 3);
    done(&c);
    compile(&c, postern_text("\\*\\*"), false, 0);
    ck_assert_int_eq(c.status, POSTERN_OK);
    ck_assert_uint_eq(c.pattern.star_count, 0);
    done(&c);
}
END_TEST

/* Tries every length of every star, the shortest first. `at` counts pattern bytes. */
static bool try_all(postern_str pattern, size_t at, postern_str text, size_t from,
                    bool fold, postern_str *stars)
{
    for (; at < pattern.len && pattern.data[at] != '*'; at++, from++) {
        if (pattern.data[at] == '\\') {
            at++;
        }
        if (from == text.len ||
            !stands_at(text, from, (postern_str){pattern.data + at, 1}, fold)) {
            return false;
        }
    }
    if (at == pattern.len) {
        return from == text.len;
    }
    for (size_t to = from; to <= text.len; to++) {
        if (try_all(pattern, at + 1, text, to, fold, stars + 1)) {
            *stars = pst_str_slice(text, from, to);
            return true;
        }
    }
    return false;
}

/* Random patterns, most of them right. */
static postern_str pick_pattern(void)
{
    const postern_str letters = pick_text(9, "aabbAB***\\", 10);
    char *const bytes = room(2 * letters.len);
    size_t len = 0;
    bool star = false;

    for (size_t i = 0; i < letters.len; i++) {
        if (letters.data[i] == '\\') {
            bytes[len++] = '\\';
            bytes[len++] = '*';
        } else if (letters.data[i] != '*' || !star) {
            bytes[len++] = letters.data[i];
        }
        star = letters.data[i] == '*';
    }
    drop(letters);
    return (postern_str){bytes, len};
}

START_TEST(stars_take_what_trying_every_length_finds)
{
    enum { ROUNDS = 4000 };

    seed(_i);
    for (int round = 0; round < ROUNDS; round++) {
        const postern_str pattern = pick_pattern();
        const postern_str text = pick_text(14, "aabbAB*", 7);
        const bool fold = next() % 2 == 0;
        postern_str stars[32];
        postern_str wanted[32];
        const bool expected = try_all(pattern, 0, text, 0, fold, wanted);
        compiled c;
        compile(&c, pattern, fold, 32);
        ck_assert_int_eq(c.status, POSTERN_OK);
        if (pst_wildcard_match(&c.pattern, text) != expected ||
            pst_wildcard_capture(&c.pattern, text, stars) != expected) {
            ck_abort_msg("'%.*s' on '%.*s'", (int)pattern.len, pattern.data,
                         (int)text.len, text.data);
        }
        for (size_t i = 0; expected && i < c.pattern.star_count; i++) {
            ck_assert_ptr_eq(stars[i].data, wanted[i].data);
            ck_assert_uint_eq(stars[i].len, wanted[i].len);
        }
        done(&c);
        drop(pattern);
        drop(text);
    }
}
END_TEST

START_TEST(every_request_of_a_compilation_may_fail)
{
    const postern_str pattern = postern_text("*a*b*\\*c*");
    postern_status status = POSTERN_NO_MEMORY;
    size_t fail_at = 0;

    for (; status != POSTERN_OK; fail_at++) {
        counting_heap heap;
        pst_arena arena;
        pst_wildcard out;
        pst_wildcard_problem problem = {.status = POSTERN_SYNTAX};
        counting_heap_init(&heap, fail_at);
        pst_arena_init(&arena, &heap.alloc, SIZE_MAX / 2);
        status = pst_wildcard_compile(&arena, pattern, true, 16, &out, &problem);
        ck_assert(status == POSTERN_OK || status == POSTERN_NO_MEMORY);
        ck_assert_int_eq(problem.status, POSTERN_OK);
        pst_arena_free(&arena);
        ck_assert_uint_eq(heap.live_bytes, 0);
    }
    ck_assert_uint_ge(fail_at, 2);
}
END_TEST

START_TEST(a_full_arena_is_not_a_wrong_pattern)
{
    counting_heap heap;
    pst_arena arena;
    pst_wildcard out;
    pst_wildcard_problem problem;

    counting_heap_init(&heap, SIZE_MAX);
    pst_arena_init(&arena, &heap.alloc, 8);
    ck_assert_int_eq(
        pst_wildcard_compile(&arena, postern_text("*a*"), true, 16, &out, &problem),
        POSTERN_LIMIT);
    ck_assert_int_eq(problem.status, POSTERN_OK);
    pst_arena_free(&arena);
}
END_TEST

/* --- cost -------------------------------------------------------------------------- */

/* Looking at each place, or trying stars again, would take minutes over these. */
enum { LONG = 1 << 18 };

static char *many(char byte, size_t count)
{
    char *const bytes = room(count);

    memset(bytes, byte, count);
    return bytes;
}

static double seconds_since(clock_t start)
{
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

START_TEST(hostile_needles_are_searched_in_linear_time)
{
    char *const text = many('a', LONG);
    char *const needle = many('a', LONG / 2);
    const postern_str whole = {text, LONG};
    const postern_str piece = {needle, LONG / 2};
    const size_t odd[] = {0, 1, LONG / 4, LONG / 2 - 2, LONG / 2 - 1};
    const clock_t start = clock();

    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        needle[odd[i]] = 'b';
        ck_assert_uint_eq(pst_search(whole, piece), SIZE_MAX);
        ck_assert_uint_eq(pst_search_folded(whole, piece), SIZE_MAX);
        needle[odd[i]] = 'a';
    }
    for (size_t i = 0; i < LONG; i += 1000) { /* almost periodic */
        text[i] = 'b';
    }
    ck_assert_uint_eq(pst_search(whole, piece), SIZE_MAX);
    ck_assert_uint_eq(pst_search_folded(whole, piece), SIZE_MAX);
    ck_assert(seconds_since(start) < 10);
    free(text);
    free(needle);
}
END_TEST

START_TEST(hostile_wildcards_match_in_linear_time)
{
    char *const text = many('a', LONG);
    const postern_str whole = {text, LONG};
    const clock_t start = clock();
    compiled c;

    compile(&c, postern_text("*aaab*aaab*aaab*aaab*aaab*aaab*aaab*aaab*"), true, 16);
    ck_assert(!pst_wildcard_match(&c.pattern, whole));
    done(&c);
    compile(&c, postern_text("a*a*a*a*a*a*a*a*a*a*a*a*a*ab*a"), false, 16);
    ck_assert(!pst_wildcard_match(&c.pattern, whole));
    done(&c);
    ck_assert(seconds_since(start) < 10);
    free(text);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("match");
    TCase *search = tcase_create("search");
    TCase *wildcard = tcase_create("wildcard");
    TCase *cost = tcase_create("cost");

    tcase_add_loop_test(search, random_needles_are_found_where_they_stand, 0, 4);
    tcase_add_loop_test(search, every_short_needle_is_found_in_every_short_text, 0, 8);
    tcase_add_loop_test(search, pieces_of_a_text_are_found_in_it, 0, 3);
    tcase_add_test(search, an_empty_needle_stands_at_the_start);
    tcase_add_test(search, only_ascii_letters_fold);
    suite_add_tcase(suite, search);
    tcase_add_loop_test(wildcard, a_pattern_covers_the_whole_text, 0,
                        sizeof matches / sizeof matches[0]);
    tcase_add_loop_test(wildcard, a_bad_pattern_is_told_with_its_place, 0,
                        sizeof refusals / sizeof refusals[0]);
    tcase_add_test(wildcard, as_many_stars_as_the_limit_are_fine);
    tcase_add_loop_test(wildcard, stars_take_what_trying_every_length_finds, 0, 3);
    tcase_add_test(wildcard, every_request_of_a_compilation_may_fail);
    tcase_add_test(wildcard, a_full_arena_is_not_a_wrong_pattern);
    suite_add_tcase(suite, wildcard);
    tcase_add_test(cost, hostile_needles_are_searched_in_linear_time);
    tcase_add_test(cost, hostile_wildcards_match_in_linear_time);
    suite_add_tcase(suite, cost);
    return suite;
}
