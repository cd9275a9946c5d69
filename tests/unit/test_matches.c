/*
 * test_matches.c - `matches` from text to answer: patterns shared, limited, described;
 * what searches remember belongs to one round of a request.
 */
#include "../harness/harness.h"

#include "compile/compile.h"

#include <postern.h>

#include <stdio.h>
#include <stdlib.h>

/* --- a bench -------------------------------------------------------------------------- */

typedef struct bench {
    postern_scheme *scheme;
    postern_request *request;
    postern_field text;
    postern_field list;
} bench;

static void bench_open(bench *b, const postern_limits *limits)
{
    postern_options options = {0};

    if (limits != NULL) {
        options.limits = *limits;
    }
    ck_assert_int_eq(postern_scheme_new(&options, &b->scheme), POSTERN_OK);
    ck_assert_int_eq(postern_scheme_add_field(b->scheme, postern_text("app.text"),
                                              POSTERN_STRING, &b->text),
                     POSTERN_OK);
    ck_assert_int_eq(postern_scheme_add_field(b->scheme, postern_text("app.list"),
                                              POSTERN_ARRAY_OF(POSTERN_STRING),
                                              &b->list),
                     POSTERN_OK);
    ck_assert_int_eq(postern_request_new_simulated(b->scheme, &b->request), POSTERN_OK);
}

static void bench_close(bench *b)
{
    postern_request_free(b->request);
    postern_scheme_free(b->scheme);
}

static postern_filter *compiled(const bench *b, const char *expression)
{
    postern_filter *filter;

    ck_assert_msg(postern_filter_compile(b->scheme, postern_text(expression), NULL,
                                         &filter, NULL) == POSTERN_OK,
                  "%s", expression);
    return filter;
}

static void set_text(const bench *b, postern_str text)
{
    const postern_value value = {.type = POSTERN_STRING, .as.string = text};

    postern_request_reset(b->request);
    ck_assert_int_eq(postern_request_set(b->request, b->text, &value), POSTERN_OK);
}

static bool matched(const bench *b, const postern_filter *filter)
{
    bool answer;

    ck_assert_int_eq(postern_filter_match(filter, b->request, &answer), POSTERN_OK);
    return answer;
}

/* --- answers ---------------------------------------------------------------------------- */

static const struct {
    const char *expression;
    const char *text;
    bool matches;
} answers[] = {
    {"app.text matches \"b+c\"",                         "abbcd",          true },
    {"app.text matches \"b+c\"",                         "abbd",           false},
    {"app.text ~ r\"^ab?$\"",                            "a",              true },
    {"app.text ~ r\"^ab?$\"",                            "abb",            false},
    {"not app.text matches \"x\"",                       "abc",            true },
    {"app.text matches \"\"",                            "",               true },
    {"app.text matches \"(?i)ABC\"",                     "xabcx",          true },
    {"app.text matches \"a\\\"b\"",                      "a\"b",           true },
    {"app.text matches \"[\"x]\"",                       "\"",             true },
    {"app.text matches \"\\x41\"",                       "A",              true },
    {"app.text matches r\"\\d{3}-\\d{4}\"",              "call 555-0123!", true },
    {"app.text matches r\"\\d{3}-\\d{4}\"",              "call 555-012",   false},
    {"lower(app.text) matches \"^abc$\"",                "ABC",            true },
    {"app.text matches \"a\" xor app.text ~ \"b\"",      "ab",             false},
    {"app.text matches \"a\" and app.text ~ \"a\"",      "a",              true },
    {"any(split(app.text, \",\", 9)[*] ~ \"^b\")",       "a,bc",           true },
    {"all(split(app.text, \",\", 9)[*] ~ \"^b\")",       "a,bc",           false},
    {"len((split(app.text, \",\", 9)[*] ~ \"b\")) eq 2", "a,b",            true },
    {"app.list[0] matches \"\"",                         "a",              false},
    {"not app.list[0] matches \"\"",                     "a",              true },
};

START_TEST(a_pattern_is_searched_for)
{
    postern_filter *filter;
    bench b;

    bench_open(&b, NULL);
    filter = compiled(&b, answers[_i].expression);
    for (int round = 0; round < 2; round++) { /* the second one is warm */
        set_text(&b, postern_text(answers[_i].text));
        ck_assert_msg(matched(&b, filter) == answers[_i].matches, "%s of '%s'",
                      answers[_i].expression, answers[_i].text);
    }
    postern_filter_free(filter);
    bench_close(&b);
}
END_TEST

/* a, gap, b, gap, a: no table knows them, forward or backward. */
static bool has_beat(const char *text, size_t len, size_t gap)
{
    for (size_t i = 0; i + 2 * gap + 2 < len; i++) {
        if (text[i] == 'a' && text[i + gap + 1] == 'b' &&
            text[i + 2 * gap + 2] == 'a') {
            return true;
        }
    }
    return false;
}

/* What is remembered lies in memory that the next round hands out anew. */
START_TEST(rounds_of_a_request_do_not_remember_each_other)
{
    enum { ROUNDS = 300, LONGEST = 700 };
    postern_regex_info info;
    postern_filter *near;
    postern_filter *far;
    char text[LONGEST];
    bench b;

    bench_open(&b, NULL);
    near = compiled(&b, "concat(app.text, \"\") ~ \"a.{14}b.{14}a\"");
    far = compiled(&b, "app.text ~ \"a.{200}b.{200}a\" and app.text ~ \"[^x]\"");
    ck_assert(postern_filter_regex_at(near, 0, &info));
    ck_assert_int_eq(info.engine, POSTERN_REGEX_BITS);
    ck_assert(postern_filter_regex_at(far, 0, &info));
    ck_assert_int_eq(info.engine, POSTERN_REGEX_LAZY);
    for (unsigned round = 1; round < ROUNDS; round++) {
        const size_t len = 1 + round * 7919 % LONGEST;
        uint32_t state = round;
        for (size_t i = 0; i < len; i++) {
            state = state * 1664525U + 1013904223U;
            text[i] = (state >> 16) % 100 < 10 + round % 30 * 3 ? 'a' : 'b';
        }
        set_text(&b, (postern_str){text, len});
        ck_assert(matched(&b, near) == has_beat(text, len, 14));
        ck_assert(matched(&b, far) == has_beat(text, len, 200));
        ck_assert(matched(&b, far) == has_beat(text, len, 200));
    }
    postern_filter_free(near);
    postern_filter_free(far);
    bench_close(&b);
}
END_TEST

/* Filters come and go on one request, and may stand where others stood. */
START_TEST(a_filter_does_not_inherit_what_another_remembered)
{
    enum { LENGTH = 20001, FILTERS = 20 };
    char *const text = malloc(LENGTH);
    bench b;

    ck_assert_ptr_nonnull(text);
    bench_open(&b, NULL);
    for (size_t gap = 100; gap < 400; gap += 21) {
        for (uint32_t i = 0; i < LENGTH - 1; i++) {
            text[i] = (i * 2654435761U >> 9 & 1) != 0 ? 'a' : 'b';
        }
        text[LENGTH - 1] = 'd';
        set_text(&b, (postern_str){text, LENGTH});
        for (int i = 0; i < FILTERS; i++) {
            const bool odd =
                i % 2 != 0; /* ends in a and b, or in c, which is nowhere */
            char expression[128];
            postern_filter *filter;
            snprintf(expression, sizeof expression,
                     "app.text matches \"%s.{%zu}%s.{%zu}[%s]\"", odd ? "[xa]" : "[ax]",
                     gap, odd ? "[ax]" : "[bx]", gap, odd ? "by" : "cy");
            filter = compiled(&b, expression);
            ck_assert_msg(matched(&b, filter) == odd, "%s", expression);
            postern_filter_free(filter);
        }
    }
    bench_close(&b);
    free(text);
}
END_TEST

/* Values may fill the memory of a request whatever was searched for before. */
START_TEST(searches_take_no_room_from_values)
{
    enum { LENGTH = 900 << 10 };
    static const char expression[] =
        "app.text ~ \"a.{200}b.{200}a[xyz]\" or app.text ~ \"a.{201}b.{200}a[xyz]\" or "
        "app.text ~ \"a.{202}b.{200}a[xyz]\" or app.text ~ \"a.{203}b.{200}a[xyz]\" or "
        "len(upper(app.text)) eq 921600";
    char *const text = malloc(LENGTH);
    postern_filter *filter;
    bench b;

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < LENGTH; i++) {
        text[i] = (i * 2654435761U >> 9 & 1) != 0 ? 'a' : 'b';
    }
    bench_open(&b, NULL);
    filter = compiled(&b, expression);
    set_text(&b, (postern_str){text, LENGTH});
    ck_assert(matched(&b, filter));
    postern_filter_free(filter);
    bench_close(&b);
    free(text);
}
END_TEST

/* --- patterns are shared ---------------------------------------------------------------- */

START_TEST(rules_share_what_equal_patterns_are_compiled_to)
{
    enum { RULES = 10000 };
    const pst_regex *first = NULL;
    pst_compiler compiler;
    pst_program program;
    pst_arena arena;
    bench b;

    bench_open(&b, NULL);
    pst_arena_init(&arena, b.scheme->options.allocator, SIZE_MAX / 2);
    pst_compiler_init(&compiler, b.scheme, &arena, NULL);
    for (int i = 0; i < RULES; i++) {
        const char *const text = i % 2 == 0 ? "app.text ~ \"a{50}[^x]{9}\""
                                            : "app.text matches r\"a{50}[^x]{9}\"";
        ck_assert_int_eq(pst_compiler_add(&compiler, postern_text(text), NULL, NULL),
                         POSTERN_OK);
    }
    ck_assert_int_eq(
        pst_compiler_add(&compiler, postern_text("app.text ~ \"a{50}\""), NULL, NULL),
        POSTERN_OK);
    ck_assert_int_eq(pst_compiler_finish(&compiler, &program), POSTERN_OK);
    pst_compiler_free(&compiler);
    ck_assert_uint_eq(program.pattern_count, 2);
    for (size_t i = 0; i < program.length; i++) {
        const pst_insn *insn = &program.code[i];
        if (insn->op == PST_OP_STRING_MATCHES) {
            first = first == NULL ? insn->as.pattern.regex : first;
            ck_assert(insn->as.pattern.regex ==
                      program.patterns[i + 1 == program.length].regex);
        }
    }
    ck_assert(first == program.patterns[0].regex && first != program.patterns[1].regex);
    pst_arena_free(&arena);
    bench_close(&b);
}
END_TEST

START_TEST(many_patterns_are_all_found_again)
{
    enum { RULES = 500 };
    pst_compiler compiler;
    pst_program program;
    pst_arena arena;
    char text[64];
    bench b;

    bench_open(&b, NULL);
    pst_arena_init(&arena, b.scheme->options.allocator, SIZE_MAX / 2);
    pst_compiler_init(&compiler, b.scheme, &arena, NULL);
    for (int i = 0; i < 4 * RULES; i++) {
        (void)snprintf(text, sizeof text,
                       i % 2 == 0 ? "app.text ~ \"a%db\""
                                  : "regex_replace(app.text, \"a%db\", \"\") eq \"\"",
                       i / 2 % RULES);
        ck_assert_int_eq(pst_compiler_add(&compiler, postern_text(text), NULL, NULL),
                         POSTERN_OK);
    }
    ck_assert_int_eq(pst_compiler_finish(&compiler, &program), POSTERN_OK);
    pst_compiler_free(&compiler);
    ck_assert_uint_eq(program.pattern_count, 2 * RULES);
    for (size_t i = 0; i < 2 * RULES; i++) {
        (void)snprintf(text, sizeof text, "a%zub", i / 2);
        ck_assert_uint_eq(program.patterns[i].text->len, strlen(text));
        ck_assert_mem_eq(program.patterns[i].text->data, text, strlen(text));
    }
    pst_arena_free(&arena);
    bench_close(&b);
}
END_TEST

/* What only has to be found is compiled otherwise than what is rewritten. */
START_TEST(a_pattern_with_two_uses_is_two)
{
    postern_filter *filter;
    bench b;

    bench_open(&b, NULL);
    filter = compiled(&b, "app.text ~ \"(a+)b\" and "
                          "regex_replace(app.text, \"(a+)b\", \"${1}\") eq \"aac\"");
    ck_assert_uint_eq(postern_filter_regex_count(filter), 2);
    set_text(&b, postern_text("aabc"));
    ck_assert(matched(&b, filter));
    postern_filter_free(filter);
    filter = compiled(&b, "regex_replace(app.text, \"(a+)b\", \"${1}\") eq \"aac\" "
                          "and app.text ~ \"(a+)b\"");
    ck_assert_uint_eq(postern_filter_regex_count(filter), 2);
    set_text(&b, postern_text("aabc"));
    ck_assert(matched(&b, filter));
    postern_filter_free(filter);
    bench_close(&b);
}
END_TEST

/* --- limits ------------------------------------------------------------------------------ */

enum { LONG_TEXT = 20000 };

static void write_many(char *text, size_t count)
{
    (void)strcpy(text, "true");
    for (size_t i = 0; i < count; i++) {
        (void)strcat(text, i % 2 == 0 ? " and app.text~\"a\"" : " and app.text~\"b\"");
    }
}

/* A class, which is one step however long it is. */
static void write_wide(char *text, size_t count)
{
    (void)strcpy(text, "app.text~\"[");
    for (size_t i = 2; i < count; i++) {
        (void)strcat(text, "a");
    }
    (void)strcat(text, "]\"");
}

static void write_deep(char *text, size_t count)
{
    (void)strcpy(text, "app.text~\"");
    for (size_t i = 0; i < count; i++) {
        (void)strcat(text, "(");
    }
    (void)strcat(text, "a");
    for (size_t i = 0; i < count; i++) {
        (void)strcat(text, ")");
    }
    (void)strcat(text, "\"");
}

/* `count` instructions of 16 bytes; that they are never searched for comes later. */
static void write_large(char *text, size_t count)
{
    (void)sprintf(text, "app.text~\"(?:a{%zu}){0}\"", count);
}

static const struct {
    const char *names; /* the limit's */
    void (*write)(char *text, size_t count);
    size_t most; /* by default */
    size_t raised;
    postern_limits limits;
} limits[] = {
    {"regexes",              write_many,  64,     100,  {.regexes = 100}              },
    {"regex_pattern_bytes",  write_wide,  4096,   5000, {.regex_pattern_bytes = 5000} },
    {"regex_pattern_bytes",  write_wide,  4096,   7,    {.regex_pattern_bytes = 7}    },
    {"regex_nesting",        write_deep,  250,    300,  {.regex_nesting = 300}        },
    {"regex_nesting",        write_deep,  250,    3,    {.regex_nesting = 3}          },
    {"regex_compiled_bytes", write_large, 655360, 62,   {.regex_compiled_bytes = 1000}},
};

static bool mentions(const postern_report *report, const char *name)
{
    char option[64];
    char text[1024];

    (void)snprintf(option, sizeof option, "the limit %s", name);
    ck_assert_uint_eq(postern_report_count(report), 1);
    (void)postern_report_render(report, 0, text, sizeof text);
    return strstr(text, option) != NULL;
}

static postern_status compile_with(postern_limits with, const char *text,
                                   const char *name)
{
    postern_report *report = postern_report_new(NULL);
    postern_filter *filter;
    postern_status status;
    bench b;

    with.expression_bytes = LONG_TEXT;
    bench_open(&b, &with);
    status =
        postern_filter_compile(b.scheme, postern_text(text), NULL, &filter, report);
    if (status != POSTERN_OK) {
        ck_assert_msg(mentions(report, name), "%s", name);
    }
    postern_filter_free(filter);
    postern_report_free(report);
    bench_close(&b);
    return status;
}

START_TEST(a_limit_holds_and_can_be_changed)
{
    const char *const name = limits[_i].names;
    char *const text = calloc(1, LONG_TEXT);

    ck_assert_ptr_nonnull(text);
    for (int changed = 0; changed < 2; changed++) {
        const postern_limits with =
            changed != 0 ? limits[_i].limits : (postern_limits){0};
        const size_t most = changed != 0 ? limits[_i].raised : limits[_i].most;
        limits[_i].write(text, most);
        ck_assert_int_eq(compile_with(with, text, name), POSTERN_OK);
        limits[_i].write(text, most + 1);
        ck_assert_int_eq(compile_with(with, text, name), POSTERN_LIMIT);
    }
    free(text);
}
END_TEST

START_TEST(too_many_are_told_once)
{
    char *const text = calloc(1, LONG_TEXT);

    ck_assert_ptr_nonnull(text);
    write_many(text, 70);
    ck_assert_int_eq(compile_with((postern_limits){0}, text, "regexes"), POSTERN_LIMIT);
    free(text);
}
END_TEST

/* How many steps a pattern takes is the engine's: what it says is what is allowed. */
START_TEST(steps_are_limited_to_what_is_told)
{
    static const char expression[] = "app.text~\"a.{30}b.{30}a\"";
    postern_regex_info info;
    postern_filter *filter;
    bench b;

    bench_open(&b, NULL);
    filter = compiled(&b, expression);
    ck_assert(postern_filter_regex_at(filter, 0, &info));
    ck_assert_int_eq(info.engine, POSTERN_REGEX_BITS);
    ck_assert_uint_gt(info.steps_per_byte, 1);
    ck_assert_uint_le(info.steps_per_byte, 512);
    ck_assert_int_eq(compile_with((postern_limits){.regex_steps = info.steps_per_byte},
                                  expression, "regex_steps"),
                     POSTERN_OK);
    ck_assert_int_eq(
        compile_with((postern_limits){.regex_steps = info.steps_per_byte - 1},
                     expression, "regex_steps"),
        POSTERN_LIMIT);
    postern_filter_free(filter);
    bench_close(&b);
}
END_TEST

/* --- what is told of them ----------------------------------------------------------------- */

static bool same(postern_str text, const char *wanted)
{
    return text.len == strlen(wanted) && memcmp(text.data, wanted, text.len) == 0;
}

START_TEST(a_filter_tells_its_patterns)
{
    postern_regex_info info = {.states = 77};
    postern_filter *filter;
    bench b;

    bench_open(&b, NULL);
    filter = compiled(&b, "app.text ~ \"ab\\\"c\" and (app.text ~ \"[x-z]\" or "
                          "app.text matches r#\"ab\"c\"#)");
    ck_assert_uint_eq(postern_filter_regex_count(filter), 2);
    ck_assert(!postern_filter_regex_at(filter, 2, &info));
    ck_assert_uint_eq(info.states, 77);
    ck_assert(postern_filter_regex_at(filter, 0, &info));
    ck_assert(same(info.pattern, "ab\"c"));
    ck_assert_int_eq(info.engine, POSTERN_REGEX_TABLE);
    ck_assert_uint_gt(info.states, 0);
    ck_assert_uint_eq(info.positions, 0);
    ck_assert_uint_eq(info.steps_per_byte, 3);
    ck_assert_uint_gt(info.bytes, 0);
    ck_assert(same(info.required, "ab\"c"));
    ck_assert(postern_filter_regex_at(filter, 1, &info));
    ck_assert(same(info.pattern, "[x-z]"));
    ck_assert_uint_eq(info.required.len, 0);
    postern_filter_free(filter);
    filter = compiled(&b, "app.text eq \"a\"");
    ck_assert_uint_eq(postern_filter_regex_count(filter), 0);
    ck_assert(!postern_filter_regex_at(filter, 0, &info));
    postern_filter_free(filter);
    bench_close(&b);
}
END_TEST

START_TEST(a_value_expression_tells_its_patterns)
{
    postern_value_expression *value;
    postern_regex_info info;
    bench b;

    bench_open(&b, NULL);
    ck_assert_int_eq(postern_value_compile(
                         b.scheme, postern_text("to_string(any(app.list[*] ~ \"a+\"))"),
                         NULL, &value, NULL),
                     POSTERN_OK);
    ck_assert_uint_eq(postern_value_expression_regex_count(value), 1);
    ck_assert(postern_value_expression_regex_at(value, 0, &info));
    ck_assert(same(info.pattern, "a+"));
    ck_assert(!postern_value_expression_regex_at(value, 1, &info));
    postern_value_expression_free(value);
    bench_close(&b);
}
END_TEST

START_TEST(engines_have_names)
{
    ck_assert_str_eq(postern_regex_engine_text(POSTERN_REGEX_TABLE), "table");
    ck_assert_str_eq(postern_regex_engine_text(POSTERN_REGEX_LAZY), "lazy");
    ck_assert_str_eq(postern_regex_engine_text(POSTERN_REGEX_BITS), "bits");
    ck_assert_str_eq(postern_regex_engine_text((postern_regex_engine)3), "unknown");
}
END_TEST

/* --- the verifier ------------------------------------------------------------------------- */

START_TEST(the_verifier_wants_a_pattern)
{
    uint8_t marks[16];
    pst_compiler compiler;
    pst_program program;
    pst_arena arena;
    pst_insn code;
    bench b;

    bench_open(&b, NULL);
    pst_arena_init(&arena, b.scheme->options.allocator, SIZE_MAX / 2);
    pst_compiler_init(&compiler, b.scheme, &arena, NULL);
    ck_assert_int_eq(
        pst_compiler_add(&compiler, postern_text("http.host ~ \"a\""), NULL, NULL),
        POSTERN_OK);
    ck_assert_int_eq(pst_compiler_finish(&compiler, &program), POSTERN_OK);
    pst_compiler_free(&compiler);
    ck_assert_uint_eq(program.length, 1);
    code = program.code[0];
    program.code = &code;
    ck_assert(pst_program_verify(&program, marks));
    code.as.pattern.text = NULL;
    ck_assert(!pst_program_verify(&program, marks));
    code.as.pattern = (pst_pattern){NULL, program.patterns[0].text};
    ck_assert(!pst_program_verify(&program, marks));
    pst_arena_free(&arena);
    bench_close(&b);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("matches");
    TCase *tcase = tcase_create("matches");

    tcase_add_loop_test(tcase, a_pattern_is_searched_for, 0,
                        sizeof answers / sizeof answers[0]);
    tcase_add_test(tcase, rounds_of_a_request_do_not_remember_each_other);
    tcase_add_test(tcase, a_filter_does_not_inherit_what_another_remembered);
    tcase_add_test(tcase, searches_take_no_room_from_values);
    tcase_add_test(tcase, rules_share_what_equal_patterns_are_compiled_to);
    tcase_add_test(tcase, many_patterns_are_all_found_again);
    tcase_add_loop_test(tcase, a_limit_holds_and_can_be_changed, 0,
                        sizeof limits / sizeof limits[0]);
    tcase_add_test(tcase, a_pattern_with_two_uses_is_two);
    tcase_add_test(tcase, too_many_are_told_once);
    tcase_add_test(tcase, steps_are_limited_to_what_is_told);
    tcase_add_test(tcase, a_filter_tells_its_patterns);
    tcase_add_test(tcase, a_value_expression_tells_its_patterns);
    tcase_add_test(tcase, engines_have_names);
    tcase_add_test(tcase, the_verifier_wants_a_pattern);
    suite_add_tcase(suite, tcase);
    return suite;
}
