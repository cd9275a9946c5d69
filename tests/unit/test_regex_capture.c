/*
 * test_regex_capture.c - a match and its groups are where a backtracking search would
 * meet them first, whichever way they are looked for, in linear time.
 */
#include "../harness/harness.h"
#include "match/regex_capture.h"
#include "support/alloc.h"
#include "support/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { GROUPS_MAX = 32, PLACES_TEXT = 512, ARENA = 1 << 27 };

static const pst_regex_limits generous = {1 << 16, 250, 10 << 20, 1 << 20};

/* A program, and the same with so much behind its end that it is not small. */
typedef struct compiled {
    pst_arena arena;
    pst_regex_program program;
    pst_regex_program large;
} compiled;

static void enlarge(compiled *c)
{
    enum { MORE = 1000 };
    const size_t length = c->program.length;
    pst_regex_insn *code = pst_arena_array(&c->arena, length + MORE, sizeof *code);

    ck_assert_ptr_nonnull(code);
    memcpy(code, c->program.code, length * sizeof *code);
    memset(code + length, 0, MORE * sizeof *code);
    c->large = c->program;
    c->large.code = code;
    c->large.length += MORE;
}

static void compile(compiled *c, postern_str pattern)
{
    pst_regex_problem problem;
    pst_regex_tree tree;

    pst_arena_init(&c->arena, pst_alloc_or_default(NULL), ARENA);
    ck_assert_msg(pst_regex_parse(&c->arena, pattern, true, &generous, &tree,
                                  &problem) == POSTERN_OK,
                  "%.*s: %s", (int)pattern.len, pattern.data, problem.message);
    ck_assert_int_eq(pst_regex_program_build(&c->arena, &c->arena, &tree, false,
                                             PST_REGEX_PROGRAM_MAX, &c->program),
                     POSTERN_OK);
    ck_assert_uint_lt(c->program.groups, GROUPS_MAX);
    enlarge(c);
}

static void done(compiled *c)
{
    pst_arena_free(&c->arena);
}

/* Where groups are, as "0-3 1-2 -"; nothing when there is no match. */
static void write_places(char *out, bool found, const size_t *places, size_t groups)
{
    pst_writer writer = {out, PLACES_TEXT, 0};

    for (size_t i = 0; found && i < groups; i++) {
        if (i > 0) {
            pst_write_byte(&writer, ' ');
        }
        if (places[2 * i] == PST_REGEX_NOWHERE) {
            ck_assert_uint_eq(places[2 * i + 1], PST_REGEX_NOWHERE);
            pst_write_byte(&writer, '-');
            continue;
        }
        pst_write_size(&writer, places[2 * i]);
        pst_write_byte(&writer, '-');
        pst_write_size(&writer, places[2 * i + 1]);
    }
    (void)pst_write_end(&writer);
}

/* Exactly as many places as are asked for, in a block of their size. */
static void capture(const pst_regex_program *program, postern_str text,
                    pst_regex_memory *memory, size_t groups, char *out)
{
    size_t *const places = malloc(2 * groups * sizeof *places);
    bool found;

    ck_assert_ptr_nonnull(places);
    ck_assert_int_eq(pst_regex_capture(program, text, memory, groups, places, &found),
                     POSTERN_OK);
    write_places(out, found, places, groups);
    free(places);
}

/* Both ways, for every number of groups. */
static void capture_both(const compiled *c, postern_str text, char *out)
{
    char other[PLACES_TEXT];
    pst_arena arena;
    pst_regex_memory memory = {.arena = &arena};

    pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA);
    capture(&c->program, text, &memory, c->program.groups + 1, out);
    for (size_t groups = 1; groups <= c->program.groups + 1; groups++) {
        capture(&c->large, text, &memory, groups, other);
        ck_assert_msg(strncmp(out, other, strlen(other)) == 0 &&
                          (out[strlen(other)] == '\0' || other[0] != '\0'),
                      "one thread: \"%s\", all threads: \"%s\"", out, other);
        capture(&c->program, text, &memory, groups, other);
        ck_assert_msg(strncmp(out, other, strlen(other)) == 0,
                      "all groups: \"%s\", %zu of them: \"%s\"", out, groups, other);
    }
    pst_arena_free(&arena);
}

static postern_str exact_copy(postern_str text)
{
    char *const block = malloc(text.len == 0 ? 1 : text.len);

    ck_assert_ptr_nonnull(block);
    if (text.len > 0) {
        memcpy(block, text.data, text.len);
    }
    return (postern_str){block, text.len};
}

static void drop(postern_str text)
{
    free((void *)(uintptr_t)text.data);
}

/* --- a table of patterns ------------------------------------------------------------ */

static const struct {
    postern_str pattern;
    postern_str text;
    const char *places;
} rows[] = {
#define ROW(pattern, text, places) {POSTERN_STR(pattern), POSTERN_STR(text), places},
#include "regex_places.def"
};
enum { ROWS = sizeof rows / sizeof rows[0] };

START_TEST(groups_are_where_a_backtracking_search_meets_them_first)
{
    const postern_str pattern = exact_copy(rows[_i].pattern);
    const postern_str text = exact_copy(rows[_i].text);
    char places[PLACES_TEXT];
    compiled c;

    compile(&c, pattern);
    capture_both(&c, text, places);
    ck_assert_msg(strcmp(places, rows[_i].places) == 0, "/%s/ in \"%s\": %s, not %s",
                  rows[_i].pattern.data, rows[_i].text.data, places, rows[_i].places);
    done(&c);
    drop(pattern);
    drop(text);
}
END_TEST

/* --- the door: pst_regex_find() ------------------------------------------------------ */

static const pst_regex *compile_whole(pst_arena *arena, postern_str pattern,
                                      pst_regex_use use)
{
    pst_regex_problem problem;
    const pst_regex *regex;
    pst_arena scratch;

    pst_arena_init(&scratch, pst_alloc_or_default(NULL), ARENA);
    ck_assert_msg(pst_regex_compile(arena, &scratch, pattern, use, &generous, &regex,
                                    &problem) == POSTERN_OK,
                  "%.*s", (int)pattern.len, pattern.data);
    pst_arena_free(&scratch);
    return regex;
}

START_TEST(what_is_found_is_what_the_instructions_say)
{
    char places[PLACES_TEXT];
    size_t found_at[2 * GROUPS_MAX];
    pst_arena arena;
    pst_regex_memory memory = {.arena = &arena};
    const pst_regex *regex;
    bool found;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA);
    regex = compile_whole(&arena, rows[_i].pattern, PST_REGEX_CAPTURE);
    ck_assert_int_eq(pst_regex_find(regex, rows[_i].text, &memory,
                                    pst_regex_groups(regex) + 1, found_at, &found),
                     POSTERN_OK);
    write_places(places, found, found_at, pst_regex_groups(regex) + 1);
    ck_assert_msg(strcmp(places, rows[_i].places) == 0, "/%s/ in \"%s\": %s, not %s",
                  rows[_i].pattern.data, rows[_i].text.data, places, rows[_i].places);
    ck_assert_int_eq(pst_regex_match(regex, rows[_i].text, &memory), found);
    pst_arena_free(&arena);
}
END_TEST

/* --- laws ---------------------------------------------------------------------------- */

static uint64_t state;

static size_t pick(size_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)((state * 0x2545f4914f6cdd1dU) >> 33) % below;
}

static void write_random(pst_writer *out, int depth)
{
    static const char *const atoms[] = {"a", "b",   "c",    "[ab]", ".",
                                        "",  "\\n", "[^a]", "ab",   "(?i:A)"};
    static const char *const places[] = {"^", "$", "\\b", "\\B", "(?m:^)", "(?m:$)"};
    static const char *const repeats[] = {"*",  "+",   "?",    "*?",    "+?",
                                          "??", "{2}", "{2,}", "{1,3}", "{0,2}?"};

    switch (depth == 0 ? pick(5) : pick(12)) {
    case 0:
    case 1:
    case 2:
    case 3:
        pst_write_text(out, atoms[pick(sizeof atoms / sizeof atoms[0])]);
        return;
    case 4:
        pst_write_text(out, places[pick(sizeof places / sizeof places[0])]);
        return;
    case 5:
    case 6:
    case 7:
        write_random(out, depth - 1);
        write_random(out, depth - 1);
        return;
    case 8:
    case 9:
        pst_write_text(out, pick(3) > 0 ? "(" : "(?:");
        write_random(out, depth - 1);
        pst_write_byte(out, '|');
        write_random(out, depth - 1);
        pst_write_byte(out, ')');
        return;
    default:
        pst_write_text(out, pick(2) > 0 ? "(" : "(?:");
        write_random(out, depth - 1);
        pst_write_byte(out, ')');
        pst_write_text(out, repeats[pick(sizeof repeats / sizeof repeats[0])]);
        return;
    }
}

/* True when the pattern matches `text` from `start` to `end`, of what is around it as
 * well; says the engine that knows nothing of groups. */
static bool matches_at(postern_str pattern, postern_str text, size_t start, size_t end)
{
    char whole[1024];
    pst_arena arena;
    pst_regex_memory memory = {.arena = &arena};
    int len;
    bool holds;

    len = end == SIZE_MAX
              ? snprintf(whole, sizeof whole, "\\A(?s:.{%zu})(?:%.*s)", start,
                         (int)pattern.len, pattern.data)
              : snprintf(whole, sizeof whole, "\\A(?s:.{%zu})(?:%.*s)(?s:.{%zu})\\z",
                         start, (int)pattern.len, pattern.data, text.len - end);
    ck_assert(len > 0 && (size_t)len < sizeof whole);
    pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA);
    holds = pst_regex_match(
        compile_whole(&arena, (postern_str){whole, (size_t)len}, PST_REGEX_MATCH), text,
        &memory);
    pst_arena_free(&arena);
    return holds;
}

static void check_laws(const compiled *c, postern_str pattern, postern_str text)
{
    char out[PLACES_TEXT];
    size_t places[2 * GROUPS_MAX];
    const size_t groups = c->program.groups + 1;
    pst_arena arena;
    pst_regex_memory memory = {.arena = &arena};
    bool found;

    capture_both(c, text, out);
    pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA);
    ck_assert_int_eq(
        pst_regex_capture(&c->program, text, &memory, groups, places, &found),
        POSTERN_OK);
    for (size_t start = 0; start <= (found ? places[0] : text.len); start++) {
        const bool here = found && start == places[0];
        ck_assert_msg(matches_at(pattern, text, start, SIZE_MAX) == here,
                      "/%.*s/ in \"%.*s\": %s", (int)pattern.len, pattern.data,
                      (int)text.len, text.data, out);
    }
    ck_assert_msg(!found || matches_at(pattern, text, places[0], places[1]),
                  "/%.*s/ in \"%.*s\": %s", (int)pattern.len, pattern.data,
                  (int)text.len, text.data, out);
    for (size_t i = 0; found && i < groups; i++) {
        if (places[2 * i] != PST_REGEX_NOWHERE) {
            ck_assert_uint_le(places[0], places[2 * i]);
            ck_assert_uint_le(places[2 * i], places[2 * i + 1]);
            ck_assert_uint_le(places[2 * i + 1], places[1]);
        }
    }
    pst_arena_free(&arena);
}

/* The pattern matches there, and nowhere before; both ways agree. */
START_TEST(a_match_is_one_and_the_leftmost)
{
    enum { PATTERNS = 250, TEXTS = 3, LENGTH = 9 };

    state = (uint64_t)_i * 0x9e3779b97f4a7c15U + 88172645463325252U;
    for (int i = 0; i < PATTERNS; i++) {
        char bytes[400];
        char letters[LENGTH];
        pst_writer writer = {bytes, sizeof bytes, 0};
        compiled c;

        write_random(&writer, (int)pick(4) + 1);
        if (writer.len >= sizeof bytes) {
            continue;
        }
        compile(&c, (postern_str){bytes, writer.len});
        for (int k = 0; k < TEXTS; k++) {
            const size_t len = pick(LENGTH);
            for (size_t at = 0; at < len; at++) {
                letters[at] = "aabbc\n -"[pick(8)];
            }
            const postern_str text = exact_copy((postern_str){letters, len});
            check_laws(&c, (postern_str){bytes, writer.len}, text);
            drop(text);
        }
        done(&c);
    }
}
END_TEST

/* --- cost ------------------------------------------------------------------------------ */

static const struct {
    const char *pattern;
    char letter;
    const char *places; /* in 64 KiB of the letter and an x */
} hostile[] = {
    {"(a+)+$",                  'a', ""                               },
    {"(a|aa)+$",                'a', ""                               },
    {"(a*)*b",                  'a', ""                               },
    {"(a|a|a|a|a|a)*y",         'a', ""                               },
    {"(.*)(.*)(.*)(.*)(.*)y",   'a', ""                               },
    {"(.*?)(.*?)(.*?)(.*?)y",   'a', ""                               },
    {"(?:a|b)*a(?:a|b){60}y",   'a', ""                               },
    {"(a?){50}a{50}y",          'a', ""                               },
    {"(\\s+)$",                 ' ', ""                               },
    {"(a*)*x",                  'a', "0-65537 0-65536"                },
    {"(a|aa)+(x)",              'a', "0-65537 65535-65536 65536-65537"},
    {"((a?){8}){8}x",           'a', NULL                             },
    {"(.*)x",                   'a', "0-65537 0-65536"                },
    {"(a)*?x",                  'a', "0-65537 65535-65536"            },
    {"x",                       'a', "65536-65537"                    },
    {"(|a)+x",                  'a', "0-65537 65535-65536"            },
    {"(?:(?:(?:(?:a*)*)*)*)*y", 'a', ""                               },
};
enum { HOSTILE = sizeof hostile / sizeof hostile[0], LONG = 65536 };

/* Short enough for one thread, and by far too long for it. */
START_TEST(hostile_patterns_are_searched_in_linear_time)
{
    const size_t lengths[] = {100, LONG};
    char *const bytes = malloc(LONG + 1);
    const clock_t start = clock();
    char places[PLACES_TEXT];
    compiled c;

    ck_assert_ptr_nonnull(bytes);
    compile(&c, postern_text(hostile[_i].pattern));
    for (size_t i = 0; i < 2; i++) {
        pst_arena arena;
        pst_regex_memory memory = {.arena = &arena};
        memset(bytes, hostile[_i].letter, LONG);
        bytes[lengths[i]] = 'x';
        pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA);
        capture(&c.program, (postern_str){bytes, lengths[i] + 1}, &memory,
                c.program.groups + 1, places);
        pst_arena_free(&arena);
        ck_assert((clock() - start) / CLOCKS_PER_SEC < 20);
    }
    ck_assert_msg(hostile[_i].places == NULL || strcmp(places, hostile[_i].places) == 0,
                  "%s: %s", hostile[_i].pattern, places);
    done(&c);
    free(bytes);
}
END_TEST

/* Texts at which one way is given up for the other: there is more to remember than one
 * thread may, or more to turn back to. */
START_TEST(both_ways_meet_without_a_seam)
{
    static const char *const patterns[] = {"(a|b)*?(a*)(b*)", "^(?:(a|b)*?(a*))(b*)"};
    enum { MOST = 9000 };
    char *const bytes = malloc(MOST);
    char wanted[PLACES_TEXT];
    char places[PLACES_TEXT];
    compiled c;

    ck_assert_ptr_nonnull(bytes);
    memset(bytes, 'a', MOST);
    compile(&c, postern_text(patterns[_i]));
    for (size_t len = 0; len < MOST; len = len < 20 ? len + 1 : len + len / 8) {
        const postern_str text = exact_copy((postern_str){bytes, len});
        (void)snprintf(wanted, sizeof wanted, "0-%zu - 0-%zu %zu-%zu", len, len, len,
                       len);
        capture_both(&c, text, places);
        ck_assert_str_eq(places, wanted);
        drop(text);
    }
    done(&c);
    free(bytes);
}
END_TEST

/* --- memory ---------------------------------------------------------------------------- */

static postern_status capture_with(const pst_regex_program *program, size_t limit,
                                   size_t fail_at, size_t *used)
{
    counting_heap heap;
    pst_arena arena;
    pst_regex_memory memory = {.arena = &arena};
    size_t places[4];
    bool found = true;
    postern_status status;

    counting_heap_init(&heap, fail_at);
    pst_arena_init(&arena, &heap.alloc, limit);
    status = pst_regex_capture(program, (postern_str)POSTERN_STR("xab"), &memory, 2,
                               places, &found);
    if (status == POSTERN_OK) {
        ck_assert(found && places[0] == 1 && places[2] == 2);
    } else {
        ck_assert(!found);
    }
    *used = arena.used;
    pst_arena_free(&arena);
    ck_assert_uint_eq(heap.live_bytes, 0);
    return status;
}

START_TEST(every_request_may_fail)
{
    for (int large = 0; large < 2; large++) {
        const pst_regex_program *program;
        size_t fail_at = 0;
        size_t used;
        size_t less;
        compiled c;

        compile(&c, postern_text("a(b)"));
        program = large ? &c.large : &c.program;
        while (capture_with(program, ARENA, fail_at, &used) != POSTERN_OK) {
            ck_assert_int_eq(capture_with(program, ARENA, fail_at++, &less),
                             POSTERN_NO_MEMORY);
        }
        ck_assert_uint_ge(fail_at, 1);
        ck_assert_int_eq(capture_with(program, used, SIZE_MAX, &less), POSTERN_OK);
        ck_assert_int_eq(capture_with(program, used - 16, SIZE_MAX, &less),
                         POSTERN_LIMIT);
        done(&c);
    }
}
END_TEST

/* A function may be mapped over hundreds of values, which share one arena. */
START_TEST(a_second_search_takes_no_memory)
{
    char bytes[2000];
    char places[PLACES_TEXT];

    memset(bytes, 'a', sizeof bytes);
    for (int large = 0; large < 2; large++) {
        pst_arena arena;
        pst_regex_memory memory = {.arena = &arena};
        size_t used;
        compiled c;

        pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA);
        compile(&c, postern_text("(a)+(b)?"));
        capture(large ? &c.large : &c.program, (postern_str){bytes, 1}, &memory, 3,
                places);
        used = arena.used;
        ck_assert_uint_gt(used, 0);
        for (size_t len = 0; len < 600; len++) {
            capture(large ? &c.large : &c.program, (postern_str){bytes, len}, &memory,
                    3, places);
        }
        ck_assert_uint_eq(arena.used, used);
        done(&c);
        pst_arena_free(&arena);
    }
}
END_TEST

/* Rows of groups that nobody asks for take nothing. */
START_TEST(memory_is_for_the_groups_that_are_asked_for)
{
    char places[PLACES_TEXT];
    size_t used[2];
    compiled c;

    compile(&c, postern_text("(a)(b)(c)(d)(e)(f)(g)(h)"));
    for (size_t i = 0; i < 2; i++) {
        pst_arena arena;
        pst_regex_memory memory = {.arena = &arena};
        pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA);
        capture(&c.large, (postern_str)POSTERN_STR("abcdefgh"), &memory, 1 + 8 * i,
                places);
        used[i] = arena.used;
        pst_arena_free(&arena);
    }
    ck_assert_uint_lt(used[0] + 1000, used[1]);
    done(&c);
}
END_TEST

/* A short search must not leave the next one with too little room. */
START_TEST(memory_grows_when_it_must)
{
    pst_arena arena;
    pst_regex_memory memory = {.arena = &arena};
    char places[PLACES_TEXT];
    compiled few;
    compiled many;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA);
    compile(&few, postern_text("a"));
    compile(&many, postern_text("(a)(b)(c)(d)(e)(f)(g)(h)(i)(j){300,600}"));
    for (int i = 0; i < 3; i++) {
        capture(&few.program, (postern_str)POSTERN_STR("a"), &memory, 1, places);
        ck_assert_str_eq(places, "0-1");
        capture(&many.large, (postern_str)POSTERN_STR("abcdefghij"), &memory, 11,
                places);
        ck_assert_str_eq(places, "");
        capture(&few.large, (postern_str)POSTERN_STR("ba"), &memory, 1, places);
        ck_assert_str_eq(places, "1-2");
    }
    done(&few);
    done(&many);
    pst_arena_free(&arena);
}
END_TEST

START_TEST(a_text_whose_places_are_no_32_bits_is_refused)
{
    pst_arena arena;
    pst_regex_memory memory = {.arena = &arena};
    size_t places[2];
    bool found = true;
    compiled c;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA);
    compile(&c, postern_text("a"));
    ck_assert_int_eq(pst_regex_capture(&c.program, (postern_str){"a", UINT32_MAX - 1},
                                       &memory, 1, places, &found),
                     POSTERN_LIMIT);
    ck_assert(!found);
    done(&c);
    pst_arena_free(&arena);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("regex_capture");
    TCase *table = tcase_create("table");
    TCase *laws = tcase_create("laws");
    TCase *cost = tcase_create("cost");

    tcase_add_loop_test(table, groups_are_where_a_backtracking_search_meets_them_first,
                        0, ROWS);
    tcase_add_loop_test(table, what_is_found_is_what_the_instructions_say, 0, ROWS);
    suite_add_tcase(suite, table);
    tcase_add_loop_test(laws, a_match_is_one_and_the_leftmost, 0, 4);
    suite_add_tcase(suite, laws);
    tcase_add_loop_test(cost, hostile_patterns_are_searched_in_linear_time, 0, HOSTILE);
    tcase_add_loop_test(cost, both_ways_meet_without_a_seam, 0, 2);
    tcase_add_test(cost, every_request_may_fail);
    tcase_add_test(cost, a_second_search_takes_no_memory);
    tcase_add_test(cost, memory_is_for_the_groups_that_are_asked_for);
    tcase_add_test(cost, memory_grows_when_it_must);
    tcase_add_test(cost, a_text_whose_places_are_no_32_bits_is_refused);
    suite_add_tcase(suite, cost);
    return suite;
}
