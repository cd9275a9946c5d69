/*
 * test_regex_replace.c - regex_replace() from text to answer: the first match and nothing
 * else is rewritten.
 */
#include "call.h"
#include "compile_with.h"

#include <stdio.h>
#include <string.h>

/* --- the function ----------------------------------------------------------------------- */

#define R(text, pattern, replacement)       \
    FN(REGEX_REPLACE),                      \
    {                                       \
        S(text), S(pattern), S(replacement) \
    }
/* clang-format off */
static const call_row rewritten[] = {
    {R("/foo/bar", "/bar$", "/baz"), S("/foo/baz")},
    {R("/x/y", "/bar$", "/baz"), S("/x/y")},
    {R("aaa", "a", "b"), S("baa")},
    {R("xaxa", "a", ""), S("xxa")},
    {R("abc", "", "-"), S("-abc")},
    {R("abc", "$", "-"), S("abc-")},
    {R("", "", "-"), S("-")},
    {R("", "a", "-"), S("")},
    {R("abc", "x*", "-"), S("-abc")},
    {R("abc", "abc", ""), S("")},
    {R("/a/b", "^/(.*)/(.*)$", "/${2}/${1}"), S("/b/a")},
    {R("/a/b/c", "^/(.*?)/(.*)$", "/${2}/${1}"), S("/b/c/a")},
    {R("xaby", "(a)(b)", "<${1}${2}${1}>"), S("x<aba>y")},
    {R("xaby", "(a)|(b)", "<${1}|${2}>"), S("x<a|>by")},
    {R("xby", "(a)|(b)", "<${1}|${2}>"), S("x<|b>y")},
    {R("abab", "(a|b)+", "${1}"), S("b")},
    {R("price 5", "(\\d)", "$$${1}"), S("price $5")},
    {R("ABC", "b", "x"), S("ABC")},
    {R("ABC", "(?i)b", "x"), S("AxC")},
    {R("a.b", "\\.", "\\"), S("a\\b")},
    {R("a\\b", "\\\\", "/"), S("a/b")},
    {R("a\0b", "\\x00", "\0" "0"), S("a\0" "0b")},
    {R("a\xff" "b", "[^a-z]", "?"), S("a?b")},
    {R("abcdefghi", "(.)(.)(.)(.)(.)(.)(.)(.)(.)", "${8}${7}${6}${5}${4}${3}${2}${1}"), S("hgfedcba")},
    {R("abcdefghijk", "(.)(.)(.)(.)(.)(.)(.)(.)(.)", "<${08}>"), S("<h>jk")},
    {R("ab", "(?P<x>a)", "${1}${1}"), S("aab")},
    {R("ab", "(?:a)(b)", "${1}"), S("b")},
    {R("a b", "\\b", "|"), S("|a b")},
    {R("x\ny", "(?m)^y", "z"), S("x\nz")},
};
/* clang-format on */
enum { REWRITTEN = sizeof rewritten / sizeof rewritten[0] };

START_TEST(the_first_match_is_rewritten)
{
    call_holds(&rewritten[_i], NULL);
}
END_TEST

/* Nothing is copied when there is nothing to do. */
START_TEST(text_without_a_match_is_its_own_result)
{
    static const given arguments[ARGUMENTS] = {S("abc"), S("x"), S("y")};
    const void *prepared;
    pst_argument_problem problem;
    pst_arena arena;
    pst_result result;
    call c;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    call_open(&c, FN(REGEX_REPLACE), arguments);
    ck_assert_int_eq(call_check(&c, &arena, &prepared, &problem), POSTERN_OK);
    ck_assert_int_eq(call_body(&c, NULL, prepared, &arena, &result), POSTERN_OK);
    ck_assert_ptr_eq(result.value.string.data, c.values[0].string.data);
    ck_assert_uint_eq(result.value.string.len, 3);
    call_close(&c);
    pst_arena_free(&arena);
}
END_TEST

/* --- literals --------------------------------------------------------------------------- */

#define EIGHT "${1}${1}${1}${1}${1}${1}${1}${1}"
static const struct refusal {
    const char *pattern;
    const char *replacement;
    postern_status status; /* OK: accepted */
    const char *message;
} refusals[] = {
    {"(a)",    "$$${1}",     POSTERN_OK,      NULL                                       },
    {"(a)",    EIGHT,        POSTERN_OK,      NULL                                       },
    {"(a)(b)", "${2}",       POSTERN_OK,      NULL                                       },
    {"a",      "",           POSTERN_OK,      NULL                                       },
    {"(a)",    "${2}",       POSTERN_INVALID,
     "the replacement refers to more than the pattern has"                               },
    {"(?:a)",  "${1}",       POSTERN_INVALID,
     "the replacement refers to more than the pattern has"                               },
    {"(a)",    "${0}",       POSTERN_INVALID, "references count from ${1}"               },
    {"(a)",    "${9}",       POSTERN_LIMIT,   "references go up to ${8}"                 },
    {"(a)",    EIGHT "${1}", POSTERN_LIMIT,   "a replacement has at most 8 references"   },
    {"(a)",    "$1",         POSTERN_SYNTAX,  "a '$' in a replacement begins a reference"},
    {"(a)",    "${x}",       POSTERN_SYNTAX,  "a '$' in a replacement begins a reference"},
    {"(a)",    "$",          POSTERN_SYNTAX,  "a '$' in a replacement begins a reference"},
};

START_TEST(a_bad_replacement_is_refused)
{
    const struct refusal *const row = &refusals[_i];
    given arguments[ARGUMENTS] = {S("field"), S(""), S("")};
    const void *prepared;
    pst_argument_problem problem;
    pst_arena constants;
    call c;

    arguments[1].value.string = postern_text(row->pattern);
    arguments[2].value.string = postern_text(row->replacement);
    pst_arena_init(&constants, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    call_open(&c, FN(REGEX_REPLACE), arguments);
    ck_assert_int_eq(call_check(&c, &constants, &prepared, &problem), row->status);
    if (row->status != POSTERN_OK) {
        ck_assert_int_eq(problem.status, row->status);
        ck_assert_uint_eq(problem.argument, 2);
        ck_assert_str_eq(problem.message, row->message);
    }
    call_close(&c);
    pst_arena_free(&constants);
}
END_TEST

START_TEST(every_request_of_the_check_may_fail)
{
    static const given arguments[ARGUMENTS] = {S("a"), S("(a)"), S("${1}-${1}")};
    counting_heap none;
    pst_arena constants;
    pst_arena empty;
    const void *prepared;
    pst_argument_problem problem;
    postern_status status = POSTERN_NO_MEMORY;
    call c;

    pst_arena_init(&constants, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    call_open(&c, FN(REGEX_REPLACE), arguments);
    ck_assert_int_eq(call_check(&c, &constants, &prepared, &problem), POSTERN_OK);
    counting_heap_init(&none, 0);
    pst_arena_init(&empty, &none.alloc, SIZE_MAX / 2);
    ck_assert_int_eq(
        c.function->check(&empty, c.known, c.count, STARS, &prepared, &problem),
        POSTERN_NO_MEMORY);
    ck_assert_int_eq(problem.status, POSTERN_OK);
    pst_arena_free(&empty);
    for (size_t limit = 0; status != POSTERN_OK; limit += 16) {
        pst_arena_init(&empty, pst_alloc_or_default(NULL), limit);
        status =
            c.function->check(&empty, c.known, c.count, STARS, &prepared, &problem);
        ck_assert(status == POSTERN_OK || status == POSTERN_LIMIT);
        ck_assert_int_eq(problem.status, POSTERN_OK);
        pst_arena_free(&empty);
        ck_assert_uint_lt(limit, 1024);
    }
    call_close(&c);
    pst_arena_free(&constants);
}
END_TEST

/* --- in expressions --------------------------------------------------------------------- */

enum { TEXT_MAX = 4000 };

static void write_beside(char *text, int count)
{
    (void)strcpy(text, "wildcard_replace(http.host, \"a\", \"b\") eq \"b\"");
    for (int i = 0; i < count; i++) {
        (void)strcat(text, " and regex_replace(http.host, \"a\", \"b\") eq \"b\"");
    }
}

static void write_nested(char *text, int count, const char *const *calls)
{
    char inner[TEXT_MAX];

    (void)strcpy(text, "http.host");
    for (int i = 0; i < count; i++) {
        (void)strcpy(inner, text);
        (void)strcpy(text, calls[i % 2]);
        (void)strcat(strcat(text, inner), ", \"a\", \"b\")");
    }
    (void)strcat(text, " eq \"a\"");
}

static void write_regex_outside(char *text, int count)
{
    static const char *const calls[] = {"wildcard_replace(", "regex_replace("};

    write_nested(text, count, calls);
}

static void write_wildcard_outside(char *text, int count)
{
    static const char *const calls[] = {"regex_replace(", "wildcard_replace("};

    write_nested(text, count, calls);
}

static void (*const shapes[])(char *text, int count) = {
    write_beside, write_regex_outside, write_wildcard_outside};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

/* One of each in an expression, and none in another; options may raise both. */
START_TEST(rewriting_is_limited)
{
    const postern_limits standard = {0};
    const postern_limits raised = {.rewrites = 3};
    char text[TEXT_MAX];

    shapes[_i](text, 1);
    ck_assert_int_eq(compile_with(standard, text), POSTERN_OK);
    shapes[_i](text, 2);
    ck_assert_int_eq(compile_with(standard, text), POSTERN_LIMIT);
    shapes[_i](text, 3);
    ck_assert_int_eq(compile_with(raised, text), POSTERN_OK);
    shapes[_i](text, 4);
    ck_assert_int_eq(compile_with(raised, text), POSTERN_LIMIT);
}
END_TEST

/* The call is over when its arguments are read: what stands behind it is not inside. */
START_TEST(one_call_behind_another_is_not_inside_it)
{
    const postern_limits standard = {0};

    ck_assert_int_eq(compile_with(standard,
                                  "concat(wildcard_replace(http.host, \"a\", \"b\"), "
                                  "regex_replace(http.host, \"a\", \"b\")) eq \"x\""),
                     POSTERN_OK);
    ck_assert_int_eq(
        compile_with(standard, "wildcard_replace(lower(regex_replace(http.host, \"a\", "
                               "\"b\")), \"a\", \"b\") eq \"x\""),
        POSTERN_LIMIT);
}
END_TEST

START_TEST(its_pattern_counts_as_a_regular_expression)
{
    const postern_limits one = {.regexes = 1, .rewrites = 2};
    const postern_limits two = {.regexes = 2, .rewrites = 2};
    const char *const text = "regex_replace(http.host, \"a\", \"b\") eq \"x\" or "
                             "http.host matches \"c\"";

    ck_assert_int_eq(compile_with(two, text), POSTERN_OK);
    ck_assert_int_eq(compile_with(one, text), POSTERN_LIMIT);
}
END_TEST

static const struct {
    const char *expression;
    const char *host;
    const char *value; /* NULL: missing */
} values[] = {
    {"regex_replace(http.host, \"^www\\\\.\", \"\")",                            "www.a.example", "a.example"},
    {"regex_replace(http.host, r\"^www\\.\", \"\")",                             "a.example",     "a.example"},
    {"regex_replace(http.host, \"\\x61\", \"\\x62\")",                           "ca",            "cb"       },
    {"regex_replace(http.host, r#\"(\\w+)\\.(\\w+)\"#, \"${2}.${1}\")",          "a.b.c",
     "b.a.c"                                                                                                 },
    {"regex_replace(lower(http.host), \"a\", \"$$\")",                           "xa",            "x$"       },
    {"join(regex_replace(split(http.host, \".\", 9)[*], \"^.\", \"-\"), \".\")",
     "ab.cd.e",                                                                                   "-b.-d.-"  },
    {"upper(regex_replace(http.host, \"(a)(x)?\", \"${2}${1}b\"))",              "a",             "AB"       },
    {"regex_replace(http.request.headers[\"x\"][0], \"a\", \"b\")",              "a",             NULL       },
};
enum { VALUES = sizeof values / sizeof values[0] };

START_TEST(an_expression_rewrites_a_value)
{
    postern_scheme *scheme;
    postern_request *request;
    postern_value_expression *expression;
    postern_field host;
    postern_value value = {.type = POSTERN_STRING};
    bool present;

    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
    ck_assert_int_eq(
        postern_scheme_find_field(scheme, postern_text("http.host"), &host, NULL),
        POSTERN_OK);
    ck_assert_int_eq(postern_value_compile(scheme, postern_text(values[_i].expression),
                                           NULL, &expression, NULL),
                     POSTERN_OK);
    ck_assert_int_eq(postern_request_new_simulated(scheme, &request), POSTERN_OK);
    for (int round = 0; round < 2; round++) {
        value = (postern_value){.type = POSTERN_STRING,
                                .as.string = postern_text(values[_i].host)};
        postern_request_reset(request);
        ck_assert_int_eq(postern_request_set(request, host, &value), POSTERN_OK);
        ck_assert_int_eq(postern_value_evaluate(expression, request, &present, &value),
                         POSTERN_OK);
        ck_assert_int_eq(present, values[_i].value != NULL);
        ck_assert_msg(!present ||
                          pst_str_same(value.as.string, postern_text(values[_i].value)),
                      "%s: %.*s", values[_i].expression, (int)value.as.string.len,
                      value.as.string.data);
    }
    postern_request_free(request);
    postern_value_expression_free(expression);
    postern_scheme_free(scheme);
}
END_TEST

START_TEST(what_it_reads_is_told)
{
    postern_scheme *scheme;
    postern_filter *filter;
    postern_field host;
    postern_field cookie;

    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
    ck_assert_int_eq(
        postern_scheme_find_field(scheme, postern_text("http.host"), &host, NULL),
        POSTERN_OK);
    ck_assert_int_eq(
        postern_scheme_find_field(scheme, postern_text("http.cookie"), &cookie, NULL),
        POSTERN_OK);
    ck_assert_int_eq(
        postern_filter_compile(
            scheme,
            postern_text("regex_replace(http.host, \"(a)\", \"${1}\") eq \"b\" or "
                         "http.host matches \"(a)\""),
            NULL, &filter, NULL),
        POSTERN_OK);
    ck_assert(postern_filter_uses(filter, host));
    ck_assert(!postern_filter_uses(filter, cookie));
    ck_assert_uint_eq(postern_filter_regex_count(filter), 2); /* with groups, without */
    postern_filter_free(filter);
    postern_scheme_free(scheme);
}
END_TEST

/* Hundreds of values share the memory of one request. */
START_TEST(mapping_over_many_values_fits_the_request)
{
    enum { MANY = 500, EACH = 60 };
    static char bytes[MANY][EACH];
    static postern_value items[MANY];
    const postern_limits limits = {.request_bytes = 192 << 10};
    const postern_options options = {.limits = limits};
    postern_value value = {.type = POSTERN_ARRAY_OF(POSTERN_STRING)};
    postern_scheme *scheme;
    postern_request *request;
    postern_filter *filter;
    postern_field list;
    bool matched;

    for (size_t i = 0; i < MANY; i++) {
        memset(bytes[i], 'a', EACH);
        items[i] = (postern_value){
            .type = POSTERN_STRING, .as.string = {bytes[i], 1 + i % EACH}
        };
    }
    ck_assert_int_eq(postern_scheme_new(&options, &scheme), POSTERN_OK);
    ck_assert_int_eq(postern_scheme_add_field(scheme, postern_text("app.list"),
                                              POSTERN_ARRAY_OF(POSTERN_STRING), &list),
                     POSTERN_OK);
    ck_assert_int_eq(
        postern_filter_compile(
            scheme,
            postern_text("all(regex_replace(app.list[*], \"(a)(a*)$\", \"b${1}\")[*] "
                         "eq \"ba\")"),
            NULL, &filter, NULL),
        POSTERN_OK);
    ck_assert_int_eq(postern_request_new_simulated(scheme, &request), POSTERN_OK);
    value.as.array.items = items;
    value.as.array.count = MANY;
    ck_assert_int_eq(postern_request_set(request, list, &value), POSTERN_OK);
    ck_assert_int_eq(postern_filter_match(filter, request, &matched), POSTERN_OK);
    ck_assert(matched);
    postern_request_free(request);
    postern_filter_free(filter);
    postern_scheme_free(scheme);
}
END_TEST

/* --- steps ------------------------------------------------------------------------------ */

/* What costs 512 for a byte is the most, for what is found and for what is rewritten. */
static const struct {
    const char *expression;
    uint32_t steps;
} steps[] = {
    {"regex_replace(http.host, \"a{253}\", \"\") eq \"\"",           511                     },
    {"regex_replace(http.host, \"[ab]*a[ab]{250}c\", \"\") eq \"\"", 512                     },
    {"regex_replace(http.host, \"a{254}\", \"\") eq \"\"",           513                     },
    {"http.host ~ \"a.{3800}b.{200}c\"",                             507                     },
    {"http.host ~ \"a.{3850}b.{200}c\"",                             /* without states */ 129},
};

START_TEST(steps_are_limited_by_default)
{
    enum { MOST = 512 };
    postern_report *report = postern_report_new(NULL);
    postern_scheme *scheme;
    postern_filter *filter;
    postern_regex_info info;
    postern_finding finding;
    char message[128];
    postern_status status;

    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
    status = postern_filter_compile(scheme, postern_text(steps[_i].expression), NULL,
                                    &filter, report);
    if (steps[_i].steps <= MOST) {
        ck_assert_int_eq(status, POSTERN_OK);
        ck_assert(postern_filter_regex_at(filter, 0, &info));
        ck_assert_uint_eq(info.steps_per_byte, steps[_i].steps);
    } else {
        ck_assert_int_eq(status, POSTERN_LIMIT);
        ck_assert(postern_report_get(report, 0, &finding));
        (void)snprintf(message, sizeof message,
                       "each byte of text could cost %u steps; the limit regex_steps "
                       "is 512",
                       (unsigned)steps[_i].steps);
        ck_assert_uint_eq(finding.message.len, strlen(message));
        ck_assert_mem_eq(finding.message.data, message, finding.message.len);
    }
    postern_filter_free(filter);
    postern_report_free(report);
    postern_scheme_free(scheme);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("regex_replace");
    TCase *function = tcase_create("function");
    TCase *expressions = tcase_create("expressions");

    tcase_add_loop_test(function, the_first_match_is_rewritten, 0, REWRITTEN);
    tcase_add_test(function, text_without_a_match_is_its_own_result);
    tcase_add_loop_test(function, a_bad_replacement_is_refused, 0,
                        sizeof refusals / sizeof refusals[0]);
    tcase_add_test(function, every_request_of_the_check_may_fail);
    suite_add_tcase(suite, function);
    tcase_add_loop_test(expressions, rewriting_is_limited, 0, SHAPES);
    tcase_add_test(expressions, one_call_behind_another_is_not_inside_it);
    tcase_add_test(expressions, its_pattern_counts_as_a_regular_expression);
    tcase_add_loop_test(expressions, an_expression_rewrites_a_value, 0, VALUES);
    tcase_add_test(expressions, what_it_reads_is_told);
    tcase_add_test(expressions, mapping_over_many_values_fits_the_request);
    tcase_add_loop_test(expressions, steps_are_limited_by_default, 0,
                        sizeof steps / sizeof steps[0]);
    suite_add_tcase(suite, expressions);
    return suite;
}
