/*
 * test_regex_engine.c - the way a pattern is searched for, and what happens at limits and
 * when there is no memory, for a pattern or for a search.
 */
#include "../harness/harness.h"
#include "support/alloc.h"
#include "regex_world.h"
#include "ways.h"

#include <string.h>
#include <time.h>

#define P(text) POSTERN_STR(text)
#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static const pst_regex *compile(world *w, postern_str pattern)
{
    const pst_regex *regex;

    ck_assert_msg(pst_regex_compile(&w->arena, &w->scratch, pattern, PST_REGEX_MATCH,
                                    &w->limits, &regex, &w->problem) == POSTERN_OK,
                  "%.*s: %s", (int)pattern.len, pattern.data, w->problem.message);
    return regex;
}

/* --- the way a pattern is searched for ----------------------------------------------- */

static const struct {
    postern_str pattern;
    pst_regex_engine engine;
    bool backward;
    uint32_t states;
    uint32_t positions;
    uint32_t steps;
    const char *required;
} descriptions[] = {
    {P(""),                                                    PST_REGEX_TABLE, false, 2,   0,   3,   ""   },
    {P("a"),                                                   PST_REGEX_TABLE, false, 3,   0,   3,   ""   },
    {P("abc"),                                                 PST_REGEX_TABLE, false, 5,   0,   3,   "abc"},
    {P("^abc"),                                                PST_REGEX_TABLE, false, 5,   0,   1,   "abc"},
    {P("abc$"),                                                PST_REGEX_TABLE, true,  5,   0,   1,   "abc"},
    {P("^abc$"),                                               PST_REGEX_TABLE, false, 6,   0,   1,   "abc"},
    {P("^a.*b"),                                               PST_REGEX_TABLE, false, 5,   0,   1,   "b"  },
    {P("a|^b"),                                                PST_REGEX_TABLE, false, 4,   0,   3,   ""   },
    {P("(?m)^ab"),                                             PST_REGEX_TABLE, false, 5,   0,   3,   "ab" },
    {P("[ab]*a[ab]{8}"),                                       PST_REGEX_TABLE, false, 258, 0,   3,   ""   },
    {P("[ab]*a[ab]{12}c"),                                     PST_REGEX_TABLE, true,  16,  0,   2,   ""   },
    {P("^[ab]*a[ab]{12}c"),                                    PST_REGEX_TABLE, true,  19,  0,   2,   ""   },
    {P("x[ab]{12}a[ab]*$"),                                    PST_REGEX_TABLE, false, 19,  0,   3,   "x"  },
    {P("a[ab]{12}$"),                                          PST_REGEX_TABLE, true,  15,  0,   1,   ""   },
    {P("^a[ab]*a[ab]{9}|b"),                                   PST_REGEX_TABLE, false, 14,  0,   3,   ""   },
    {P("x[ab]*a[ab]{12}y[ab]{12}a[ab]*z"),                     PST_REGEX_BITS,  false, 0,   32,  7,   "z"  },
    {P("x[ab]*a[ab]{12}(?:y|zz|[xy]z|w)[ab]{12}a[ab]*z"),      PST_REGEX_LAZY,  false, 0,   37,
     19,                                                                                              "z"  },
    {P("[ab]*a[ab]{200}c[ab]{200}a[ab]*d"),                    PST_REGEX_LAZY,  false, 0,   406, 73,  ""   },
    {P("x[ab]*a[ab]{200}c[ab]{200}a[ab]*y"),                   PST_REGEX_LAZY,  false, 0,   408, 87,  "x"  },
    {P("[^\\x00-\\xff]"),                                      PST_REGEX_TABLE, false, 3,   0,   3,   ""   },
    {P("^.*x[ab]*a[ab]{200}c[ab]{200}a[ab]*y$"),               PST_REGEX_LAZY,  false, 0,   409, 100,
     "x"                                                                                                   },
    {P("x(?:[ab]{1,2}c?){12}[ab]*a[ab]{12}y[ab]{12}a[ab]*z"),  PST_REGEX_LAZY,  false, 0,
     68,                                                                                         119, "z"  },
    {P("[ab]*a[ab]{10}|QWERTYUIOPASDFG"),                      PST_REGEX_TABLE, true,  27,  0,   2,   ""   },
    {P("[ab]*a[ab]{10}|QWERTYUIOPASDFGHJKLZXCVBNM0123456789"), PST_REGEX_TABLE, false,
     1061,                                                                                  0,   3,   ""   },
};

START_TEST(a_pattern_is_searched_for_as_told)
{
    pst_regex_description d;
    size_t before;
    world w;

    open_world(&w);
    before = w.arena.used;
    pst_regex_describe(compile(&w, descriptions[_i].pattern), &d);
    ck_assert_int_eq(d.engine, descriptions[_i].engine);
    ck_assert(d.backward == descriptions[_i].backward);
    ck_assert_uint_eq(d.states, descriptions[_i].states);
    ck_assert_uint_eq(d.positions, descriptions[_i].positions);
    ck_assert_uint_eq(d.steps_per_byte, descriptions[_i].steps);
    ck_assert_uint_eq(d.bytes, w.arena.used - before);
    ck_assert(postern_str_equal(d.required, postern_text(descriptions[_i].required)));
    close_world(&w);
}
END_TEST

START_TEST(only_states_made_on_the_way_are_remembered)
{
    for (size_t i = 0; i < COUNT(descriptions); i++) {
        world w;
        open_world(&w);
        ck_assert(pst_regex_remembers(compile(&w, descriptions[i].pattern)) ==
                  (descriptions[i].engine == PST_REGEX_LAZY));
        close_world(&w);
    }
}
END_TEST

START_TEST(a_text_may_be_as_short_as_a_match)
{
    const pst_regex *regex;
    world w;

    open_world(&w);
    regex = compile(&w, (postern_str)P("abc"));
    ck_assert(pst_regex_match(regex, (postern_str)P("abc"), NULL));
    ck_assert(!pst_regex_match(regex, (postern_str)P("ab"), NULL));
    close_world(&w);
}
END_TEST

/* Words enough for a table whose cells are no 16 bits. */
static postern_str many_words(char *out, size_t count, char words[][10])
{
    uint32_t seed = 5;
    size_t length = 0;

    for (size_t i = 0; i < count; i++) {
        for (size_t at = 0; at < 9; at++) {
            seed = seed * 1103515245 + 12345;
            words[i][at] = (char)('a' + (seed >> 16) % 26);
        }
        words[i][9] = '\0';
        out[length++] = i == 0 ? '(' : '|';
        memcpy(out + length, words[i], 9);
        length += 9;
    }
    out[length++] = ')';
    return (postern_str){out, length};
}

START_TEST(a_large_table_is_wide_and_right)
{
    enum { WORDS = 420 };
    static char pattern[10 * WORDS + 2];
    static char words[WORDS][10];
    char bytes[100];
    ways w;

    ways_open(&w, many_words(pattern, WORDS, words));
    ck_assert(w.of[0].has_table && w.of[0].table.wide);
    ck_assert(w.of[1].has_table && w.of[1].table.wide);
    ck_assert_uint_gt(w.of[0].table.states * w.of[0].table.stride, 65536);
    for (size_t i = 0; i < WORDS; i++) {
        memset(bytes, ' ', sizeof bytes);
        memcpy(bytes + i % 91, words[i], 9);
        ck_assert(ways_match(&w, (postern_str){bytes, sizeof bytes}));
        bytes[i % 91 + i % 9] = ' ';
        ck_assert(!ways_match(&w, (postern_str){bytes, sizeof bytes}));
    }
    ways_close(&w);
}
END_TEST

/* --- limits -------------------------------------------------------------------------- */

static const struct {
    postern_str pattern;
    pst_regex_use use;
    uint32_t steps;
    const char *message; /* NULL: compiles */
} limited[] = {
    {P("x[ab]*a[ab]{12}y[ab]{12}a[ab]*z"),  PST_REGEX_MATCH,   7,    NULL              },
    {P("x[ab]*a[ab]{12}y[ab]{12}a[ab]*z"),  PST_REGEX_MATCH,   6,
     "each byte of text could cost 7 steps; the limit regex_steps is 6"                },
    {P("[ab]*a[ab]{200}c[ab]{200}a[ab]*d"), PST_REGEX_MATCH,   73,   NULL              },
    {P("[ab]*a[ab]{200}c[ab]{200}a[ab]*d"), PST_REGEX_MATCH,   29,   NULL              },
    {P("[ab]*a[ab]{200}c[ab]{200}a[ab]*d"), PST_REGEX_MATCH,   28,
     "each byte of text could cost 29 steps; the limit regex_steps is 28"              },
    {P("x[ab]{0,8190}y"),                   PST_REGEX_MATCH,   9000,
     "each byte of text could cost more than 9000 steps; the limit regex_steps is 9000"},
    {P("(a)bc"),                            PST_REGEX_CAPTURE, 15,   NULL              },
    {P("(a)bc"),                            PST_REGEX_CAPTURE, 14,
     "each byte of text could cost 15 steps; the limit regex_steps is 14"              },
};

START_TEST(what_costs_too_much_is_refused_by_number)
{
    const pst_regex *regex;
    postern_status status;
    world w;

    open_world(&w);
    w.limits.steps = limited[_i].steps;
    status = pst_regex_compile(&w.arena, &w.scratch, limited[_i].pattern,
                               limited[_i].use, &w.limits, &regex, &w.problem);
    if (limited[_i].message == NULL) {
        ck_assert_int_eq(status, POSTERN_OK);
        ck_assert_int_eq(w.problem.status, POSTERN_OK);
    } else {
        ck_assert_int_eq(status, POSTERN_LIMIT);
        ck_assert_int_eq(w.problem.status, POSTERN_LIMIT);
        ck_assert_str_eq(w.problem.message, limited[_i].message);
        ck_assert_uint_eq(w.problem.offset, 0);
        ck_assert_uint_eq(w.problem.length, limited[_i].pattern.len);
        ck_assert_ptr_nonnull(w.problem.hint);
    }
    close_world(&w);
}
END_TEST

static const postern_str awkward[] = {
    P("(?:a?){500}a{500}"),
    P("(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)=(.*)"),
    P("x(?:a*b*c*){300}y"),
    P("x.{0,4000}y"),
    P("(?:(?:a?){40}){40}b"),
    P("(?:(?:(?:(?:a?){8}){8}){8}){7}b"),
    P("x(?:[ab]?[bc]?){1000}y"),
    P("(?:(?:a*)*)*b"),
    P("(?:x+x+)+y"),
    P("x(?:a{0,63}b{0,63}){30}y"),
    P("x(?:\\b|\\B|(?m:^|$)|a?){300}y"),
    P("((((((a{0,3}){0,3}){0,3}){0,3}){0,3}){0,3})b"),
    P("(?:.?.?.?.?.?.?.?.?){100}[^a]{100}y"),
};

/* Bounds a good deal above what is needed, and far below what would hurt. */
START_TEST(awkward_patterns_cost_little)
{
    const clock_t from = clock();
    const pst_regex *regex;
    postern_status status;
    world w;

    open_world(&w);
    status = pst_regex_compile(&w.arena, &w.scratch, awkward[_i], PST_REGEX_CAPTURE,
                               &w.limits, &regex, &w.problem);
    ck_assert(status == w.problem.status);
    ck_assert(status == POSTERN_OK || status == POSTERN_LIMIT);
    ck_assert_uint_le(w.scratch.used, 64U << 20);
    ck_assert_uint_le(w.arena.used, 2U << 20);
    ck_assert_int_lt((clock() - from) / CLOCKS_PER_SEC, 3);
    close_world(&w);
}
END_TEST

/* --- without memory ------------------------------------------------------------------ */

/* An arena that has `room` bytes and is given no more. */
static void open_small(pst_arena *arena, counting_heap *heap, size_t room)
{
    enum { CHUNK = 2048 };
    const size_t chunk = room < CHUNK ? CHUNK : room;

    counting_heap_init(heap, SIZE_MAX);
    pst_arena_init(arena, &heap->alloc, ARENA);
    ck_assert_ptr_nonnull(pst_arena_alloc(arena, chunk));
    pst_arena_reset(arena);
    if (chunk > room) {
        ck_assert_ptr_nonnull(pst_arena_alloc(arena, chunk - room));
    }
    heap->fail_at = 0;
}

static const struct {
    postern_str pattern;
    size_t stride; /* between two rooms */
} starved[] = {
    {P("(?m)^(a|bc)+d\\b"),                16 },
    {P("x[ab]*a[ab]{12}y[ab]{12}a[ab]*z"), 192},
    {P("[ab]*a[ab]{12}c"),                 16 },
};

/* @return whether there was room enough */
static bool compile_starved(postern_str pattern, pst_regex_use use, size_t room,
                            bool starve_scratch)
{
    counting_heap small_heap;
    pst_regex_problem problem;
    const pst_regex *regex;
    postern_status status;
    pst_arena small;
    pst_arena large;

    open_small(&small, &small_heap, room);
    pst_arena_init(&large, pst_alloc_or_default(NULL), ARENA);
    problem.status = POSTERN_SYNTAX;
    status = pst_regex_compile(starve_scratch ? &large : &small,
                               starve_scratch ? &small : &large, pattern, use,
                               &generous, &regex, &problem);
    if ((status != POSTERN_OK && status != POSTERN_NO_MEMORY) ||
        problem.status != POSTERN_OK) {
        ck_abort_msg("%.*s, %zu bytes: %d, of the pattern %d", (int)pattern.len,
                     pattern.data, room, (int)status, (int)problem.status);
    }
    pst_arena_free(&large);
    pst_arena_free(&small);
    if (small_heap.live_bytes != 0) {
        ck_abort_msg("%zu bytes leaked", small_heap.live_bytes);
    }
    return status == POSTERN_OK;
}

START_TEST(every_request_of_a_compilation_may_fail)
{
    const size_t stride = starved[_i].stride;

    for (unsigned turn = 0; turn < 4; turn++) {
        const pst_regex_use use = turn % 2 == 0 ? PST_REGEX_MATCH : PST_REGEX_CAPTURE;
        size_t room = 16;
        while (!compile_starved(starved[_i].pattern, use, room, turn >= 2)) {
            room += stride;
        }
        ck_assert_uint_gt(room, 1000);
    }
}
END_TEST

/* --- states made on the way ---------------------------------------------------------- */

/* Texts of a, b and now and then something else. */
static postern_str draw_text(char *bytes, size_t length, uint32_t *seed)
{
    for (size_t i = 0; i < length; i++) {
        *seed = *seed * 1103515245 + 12345;
        bytes[i] = "abababababababab"[*seed >> 28];
        if ((*seed >> 16 & 63) == 0) {
            bytes[i] = "xyz-"[*seed >> 22 & 3];
        }
    }
    return (postern_str){bytes, length};
}

START_TEST(the_chosen_way_answers_as_all_do)
{
    char bytes[200];
    uint32_t seed = 21;
    const pst_regex *regex;
    world w;
    ways all;

    open_world(&w);
    ways_open(&all, descriptions[_i].pattern);
    regex = compile(&w, descriptions[_i].pattern);
    for (size_t length = 0; length < sizeof bytes; length++) {
        const postern_str text = draw_text(bytes, length, &seed);
        for (size_t end = length; end > 0 && end + 30 > length; end--) {
            bytes[end - 1] = 'c';
            ck_assert(pst_regex_match(regex, text, NULL) == ways_match(&all, text));
            bytes[end - 1] = 'b';
        }
    }
    ways_close(&all);
    close_world(&w);
}
END_TEST

static const postern_str exploding[] = {
    P("x[ab]*a[ab]{12}y[ab]{12}a[ab]*z"),
    P("[ab]*a[ab]{200}c[ab]{200}a[ab]*d"),
    P("x(?:[ab]{1,2}c?){12}[ab]*a[ab]{12}y[ab]{12}a[ab]*z"),
};

/* The answers stay right when the states do not fit, and the memory does not grow. */
START_TEST(a_full_cache_is_still_right)
{
    static char bytes[30000];
    uint32_t seed = 3;
    size_t used;
    ways w;

    ways_open(&w, exploding[_i]);
    ck_assert(!w.of[0].has_table && !w.of[1].has_table);
    ways_warm(&w);
    used = w.kept.used;
    ck_assert_uint_le(used, WAYS * (128U << 10));
    for (int round = 0; round < 60; round++) {
        postern_str text = draw_text(bytes, round < 3 ? sizeof bytes : 3000, &seed);
        bytes[0] = 'x';
        (void)ways_match(&w, text);
        memset(bytes + 1000, round % 2 == 0 ? '-' : 'b',
               300); /* back to known states */
        (void)ways_match(&w, text);
        memcpy(bytes + 2000, "xaaaaaaaaaaaaaaayaaaaaaaaaaaaaaaz", 33);
        ck_assert(ways_match(&w, text) || _i != 0);
    }
    ck_assert_uint_eq(w.kept.used, used);
    ck_assert(!w.memory.full);
    ways_close(&w);
}
END_TEST

/* Wherever it starts from, with `before` being what stands there. */
START_TEST(a_lazy_search_starts_in_the_middle)
{
    const postern_str text = P("ab-ba\nab_ab ba");
    static const postern_str rows[] = {P("\\bab"), P("(?m)^ab"), P("^ab"), P("\\Bab")};
    ways w;

    ways_open(&w, rows[_i]);
    ways_warm(&w);
    for (size_t at = 0; at <= text.len; at++) {
        const pst_regex_automaton *const a = &w.of[0].automaton;
        bool wanted = false;
        for (size_t from = at; from <= text.len; from++) {
            wanted |= ways_match_at(&w, text, from);
        }
        ck_assert(pst_regex_bits_match(a, text, at, false) == wanted);
        ck_assert(pst_regex_lazy_match(a, (const pst_regex *)(const void *)&w.of[0],
                                       text, at, false, &w.memory) == wanted);
    }
    ways_close(&w);
}
END_TEST

START_TEST(only_a_text_that_pays_makes_states)
{
    static char bytes[5000];
    const pst_regex_automaton *a;
    const pst_regex *owner;
    size_t least;
    ways w;

    ways_open(&w, exploding[0]);
    a = &w.of[0].automaton;
    owner = (const pst_regex *)(const void *)&w;
    least = 4096 / a->steps;
    memset(bytes, 'a', sizeof bytes);
    (void)pst_regex_lazy_match(a, owner, (postern_str){bytes, least - 1}, 0, false,
                               &w.memory);
    ck_assert_ptr_null(w.memory.caches);
    (void)pst_regex_lazy_match(a, owner, (postern_str){bytes, least}, 0, false,
                               &w.memory);
    ck_assert_ptr_nonnull(w.memory.caches);
    ck_assert_uint_gt(w.kept.used, 30U << 10);
    ways_close(&w);
}
END_TEST

/* A pattern for pst_regex_match() that has a table in no direction, and its answers. */
static void match_both(const pst_regex *const *regexes, pst_regex_memory *memory)
{
    static char bytes[6000];
    uint32_t seed = 11;

    for (int round = 0; round < 10; round++) {
        const postern_str text = draw_text(bytes, sizeof bytes, &seed);
        for (size_t i = 0; i < 2; i++) {
            const bool wanted = pst_regex_match(regexes[i], text, NULL);
            ck_assert(pst_regex_match(regexes[i], text, memory) == wanted);
        }
    }
}

static const pst_regex *const *compile_both(world *w)
{
    static const pst_regex *regexes[2];

    regexes[0] = compile(
        w, (postern_str)P("x(?:[ab]{1,2}c?){12}[ab]*a[ab]{12}y[ab]{12}a[ab]*z"));
    regexes[1] = compile(
        w, (postern_str)P("y(?:[ab]{1,2}c?){12}[ab]*b[ab]{12}x[ab]{12}b[ab]*z"));
    return regexes;
}

START_TEST(patterns_share_a_memory_that_may_be_reset)
{
    pst_arena kept;
    pst_regex_memory memory = {.arena = &kept};
    const pst_regex *const *regexes;
    size_t used;
    world w;

    open_world(&w);
    regexes = compile_both(&w);
    pst_arena_init(&kept, pst_alloc_or_default(NULL), ARENA);
    match_both(regexes, &memory);
    used = kept.used;
    ck_assert_uint_gt(used, 64U << 10);
    match_both(regexes, &memory);
    ck_assert_uint_eq(kept.used, used);
    pst_arena_reset(&kept);
    memory = (pst_regex_memory){.arena = &kept};
    match_both(regexes, &memory);
    ck_assert_uint_eq(kept.used, used);
    pst_arena_free(&kept);
    close_world(&w);
}
END_TEST

/* A cache is made where both its halves and as much again are left. */
START_TEST(half_of_the_limit_is_left_alone)
{
    static const struct {
        size_t limit;
        bool made; /* a first cache */
        bool full; /* and no second one */
    } rows[] = {
        {(256 << 10) - 1, false, true },
        {256 << 10,       true,  true },
        {600 << 10,       true,  false},
    };
    const pst_regex *const *regexes;
    pst_regex_memory memory;
    pst_arena kept;
    world w;

    open_world(&w);
    regexes = compile_both(&w);
    pst_arena_init(&kept, pst_alloc_or_default(NULL), rows[_i].limit);
    memory = (pst_regex_memory){.arena = &kept};
    match_both(regexes, &memory);
    ck_assert((memory.caches != NULL) == rows[_i].made);
    ck_assert(memory.full == rows[_i].full);
    ck_assert_uint_le(kept.used, rows[_i].limit / 2);
    ck_assert_int_eq(kept.status, POSTERN_OK);
    pst_arena_free(&kept);
    close_world(&w);
}
END_TEST

/* An arena that failed is not asked again. */
START_TEST(searches_without_memory_go_step_by_step)
{
    const pst_regex *const *regexes;
    size_t fail_at = 0;
    size_t requests;
    bool failed = true;
    world w;

    open_world(&w);
    regexes = compile_both(&w);
    for (; failed; fail_at++) {
        counting_heap heap;
        pst_arena kept;
        pst_regex_memory memory = {.arena = &kept};
        counting_heap_init(&heap, fail_at);
        pst_arena_init(&kept, &heap.alloc, ARENA);
        match_both(regexes, &memory);
        failed = memory.full;
        requests = heap.requests;
        match_both(regexes, &memory);
        ck_assert_uint_eq(heap.requests, requests);
        pst_arena_free(&kept);
        ck_assert_uint_eq(heap.live_bytes, 0);
    }
    ck_assert_uint_gt(fail_at, 2);
    close_world(&w);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("regex_engine");
    TCase *choice = tcase_create("choice");
    TCase *limit = tcase_create("limit");
    TCase *lazy = tcase_create("lazy");

    tcase_add_loop_test(choice, a_pattern_is_searched_for_as_told, 0,
                        COUNT(descriptions));
    tcase_add_loop_test(choice, the_chosen_way_answers_as_all_do, 0,
                        COUNT(descriptions));
    tcase_add_test(choice, a_text_may_be_as_short_as_a_match);
    tcase_add_test(choice, only_states_made_on_the_way_are_remembered);
    tcase_add_test(choice, a_large_table_is_wide_and_right);
    suite_add_tcase(suite, choice);
    tcase_add_loop_test(limit, what_costs_too_much_is_refused_by_number, 0,
                        COUNT(limited));
    tcase_add_loop_test(limit, awkward_patterns_cost_little, 0, COUNT(awkward));
    tcase_add_loop_test(limit, every_request_of_a_compilation_may_fail, 0,
                        COUNT(starved));
    suite_add_tcase(suite, limit);
    tcase_add_loop_test(lazy, a_full_cache_is_still_right, 0, COUNT(exploding));
    tcase_add_loop_test(lazy, a_lazy_search_starts_in_the_middle, 0, 4);
    tcase_add_test(lazy, only_a_text_that_pays_makes_states);
    tcase_add_test(lazy, patterns_share_a_memory_that_may_be_reset);
    tcase_add_loop_test(lazy, half_of_the_limit_is_left_alone, 0, 3);
    tcase_add_test(lazy, searches_without_memory_go_step_by_step);
    suite_add_tcase(suite, lazy);
    return suite;
}
