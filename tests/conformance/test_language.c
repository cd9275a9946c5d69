/*
 * test_language.c - runs every .vec file here, one Check iteration a vector, and what
 * does not fit on a line: limits and options. Check's TAP lines do not name the
 * iteration, so messages say file:line.
 */
#include "../harness/harness.h"
#include "vectors.h"

#include <postern/filter.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static vector *vectors;
static size_t vector_count;

/* --- the request of the vectors ------------------------------------------------------ */

#define TEXT(literal) {POSTERN_STRING, {.string = POSTERN_STR(literal)}}
#define NUMBER(value) {POSTERN_INT, {.integer = (value)}}
#define TRUTH(value) {POSTERN_BOOL, {.boolean = (value)}}
#define V4(a, b, c, d) {POSTERN_IP, {.address = {4, {a, b, c, d}}}}
#define V6(a, b, c, d, last) \
    {POSTERN_IP, {.address = {6, {a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last}}}}
#define COUNT(from) (sizeof(from) / sizeof(from)[0])
#define LIST(element, from) {POSTERN_ARRAY_OF(element), {.array = {(from), COUNT(from)}}}
#define MAP(element, from) {POSTERN_MAP_OF(element), {.map = {(from), COUNT(from)}}}
#define MISSING(type) {(type), {.integer = 0}}

static const postern_value list_items[] = {TEXT("a"), TEXT("B"), TEXT("a")};
static const postern_value int_items[] = {NUMBER(1), NUMBER(-2)};
static const postern_value ip_items[] = {V4(203, 0, 113, 9), V6(0x20, 1, 0xd, 0xb8, 1)};
static const postern_value bool_items[] = {TRUTH(true), TRUTH(false)};
static const postern_value inner_items[] = {LIST(POSTERN_INT, int_items)};
static const postern_entry map_entries[] = {
    {POSTERN_STR("k"),         TEXT("v")},
    {POSTERN_STR(""),          TEXT("e")},
    {POSTERN_STR("a\"b\\"), TEXT("q")},
};
static const postern_entry multi_entries[] = {
    {POSTERN_STR("a"), LIST(POSTERN_STRING, list_items)},
    {POSTERN_STR("z"), {POSTERN_ARRAY_OF(POSTERN_STRING), {.array = {NULL, 0}}}},
};
static const postern_entry flag_entries[] = {
    {POSTERN_STR("on"),  TRUTH(true) },
    {POSTERN_STR("off"), TRUTH(false)},
};

static const struct {
    const char *name;
    bool present;
    postern_value value;
} fields[] = {
    {"t",       true,  TRUTH(true)                                               },
    {"f",       true,  TRUTH(false)                                              },
    {"nb",      false, MISSING(POSTERN_BOOL)                                     },
    {"notable", true,  TRUTH(true)                                               },
    {"android", true,  TRUTH(true)                                               },
    {"orange",  true,  TRUTH(true)                                               },
    {"inside",  true,  TRUTH(true)                                               },
    {"x.not.1", true,  TRUTH(true)                                               },
    {"zero",    true,  NUMBER(0)                                                 },
    {"one",     true,  NUMBER(1)                                                 },
    {"ten",     true,  NUMBER(10)                                                },
    {"low",     true,  NUMBER(INT64_MIN)                                         },
    {"high",    true,  NUMBER(INT64_MAX)                                         },
    {"ni",      false, MISSING(POSTERN_INT)                                      },
    {"abc",     true,  TEXT("abc")                                               },
    {"upper",   true,  TEXT("ABC-\xc3\x84")                                      },
    {"empty",   true,  TEXT("")                                                  },
    {"bytes",   true,  TEXT("\x80\xff\0z")                                       },
    {"quote",   true,  TEXT("a\"b\\c")                                           },
    {"ns",      false, MISSING(POSTERN_STRING)                                   },
    {"v4",      true,  V4(203, 0, 113, 9)                                        },
    {"v6",      true,  V6(0x20, 1, 0xd, 0xb8, 1)                                 },
    {"np",      false, MISSING(POSTERN_IP)                                       },
    {"list",    true,  LIST(POSTERN_STRING, list_items)                          },
    {"none",    true,  {POSTERN_ARRAY_OF(POSTERN_STRING), {.array = {NULL, 0}}}  },
    {"nl",      false, MISSING(POSTERN_ARRAY_OF(POSTERN_STRING))                 },
    {"ints",    true,  LIST(POSTERN_INT, int_items)                              },
    {"ips",     true,  LIST(POSTERN_IP, ip_items)                                },
    {"bools",   true,  LIST(POSTERN_BOOL, bool_items)                            },
    {"nested",  true,  LIST(POSTERN_ARRAY_OF(POSTERN_INT), inner_items)          },
    {"map",     true,  MAP(POSTERN_STRING, map_entries)                          },
    {"nm",      false, MISSING(POSTERN_MAP_OF(POSTERN_STRING))                   },
    {"multi",   true,  MAP(POSTERN_ARRAY_OF(POSTERN_STRING), multi_entries)      },
    {"flags",   true,  MAP(POSTERN_BOOL, flag_entries)                           },
};

enum { FIELDS = sizeof fields / sizeof fields[0] };

static const char *const headers[][2] = {
    {"Host",       "Service.Example.COM.:8443"},
    {"X-Team",     "Blue"                     },
    {"x-team",     "Red"                      },
    {"Cookie",     "a=1"                      },
    {"cookie",     "b=2"                      },
    {"User-Agent", "curl/8"                   },
};

static int64_t still_clock(void *user)
{
    (void)user;
    return INT64_C(1795176000123);
}

typedef struct stage {
    postern_scheme *scheme;
    postern_request *request;
    postern_field fields[FIELDS];
} stage;

static void stage_open(stage *s, const postern_limits *limits)
{
    const postern_options options = {
        .clock = still_clock,
        .limits = limits == NULL ? (postern_limits){0} : *limits,
    };

    ck_assert_int_eq(postern_scheme_new(&options, &s->scheme), POSTERN_OK);
    for (size_t i = 0; i < FIELDS; i++) {
        ck_assert_int_eq(postern_scheme_add_field(s->scheme, postern_text(fields[i].name),
                                                  fields[i].value.type, &s->fields[i]),
                         POSTERN_OK);
    }
    ck_assert_int_eq(postern_request_new(s->scheme, &s->request), POSTERN_OK);
}

static void stage_fill(stage *s)
{
    const postern_value address = V4(203, 0, 113, 9);
    postern_field ip;

    ck_assert_int_eq(postern_request_begin(s->request, NULL, postern_text("GET"),
                                           postern_text("/Docs/./%7Euser//x?q=1&Q"),
                                           postern_text("HTTP/1.1")),
                     POSTERN_OK);
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        ck_assert_int_eq(postern_request_add_header(s->request, postern_text(headers[i][0]),
                                                    postern_text(headers[i][1])),
                         POSTERN_OK);
    }
    (void)postern_scheme_find_field(s->scheme, postern_text("ip.src"), &ip, NULL);
    ck_assert_int_eq(postern_request_set(s->request, ip, &address), POSTERN_OK);
    for (size_t i = 0; i < FIELDS; i++) {
        ck_assert(!fields[i].present ||
                  postern_request_set(s->request, s->fields[i], &fields[i].value) ==
                      POSTERN_OK);
    }
}

static void stage_close(stage *s)
{
    postern_request_free(s->request);
    postern_scheme_free(s->scheme);
}

/* --- vectors ------------------------------------------------------------------------- */

static const char *status_name(postern_status status)
{
    switch (status) {
#define X(suffix, value, text) \
    case POSTERN_##suffix:     \
        return #suffix;
        POSTERN_STATUS_MAP(X)
#undef X
    }
    return "?";
}

static const char *outcome(stage *s, postern_str expression, postern_report *report)
{
    postern_filter *filter;
    bool matched;
    postern_status status =
        postern_filter_compile(s->scheme, expression, NULL, &filter, report);

    if (status == POSTERN_OK) {
        stage_fill(s);
        status = postern_filter_match(filter, s->request, &matched);
        postern_filter_free(filter);
        if (status == POSTERN_OK) {
            return matched ? "true" : "false";
        }
    }
    return status_name(status);
}

static bool holds_part(postern_str text, const char *part)
{
    const size_t length = part == NULL ? 0 : strlen(part);

    for (size_t i = 0; i + length <= text.len; i++) {
        if (length == 0 || memcmp(text.data + i, part, length) == 0) {
            return true;
        }
    }
    return part == NULL;
}

static void check_finding(const vector *v, const postern_report *report, size_t index)
{
    const vector_finding *const want = &v->findings[index];
    postern_finding got;

    ck_assert(postern_report_get(report, index, &got));
    ck_assert_msg(got.offset == want->offset, "%s:%d: finding %zu at byte %zu, not %zu",
                  v->file, v->line, index, got.offset, want->offset);
    ck_assert_msg((got.length == 0 ? 1 : got.length) == want->length,
                  "%s:%d: finding %zu is %zu bytes long, not %zu", v->file, v->line, index,
                  got.length, want->length);
    ck_assert_msg(holds_part(got.message, want->says), "%s:%d: says '%.*s'", v->file,
                  v->line, (int)got.message.len, got.message.data);
    ck_assert_msg(holds_part(got.hint, want->hint), "%s:%d: hint '%.*s'", v->file, v->line,
                  (int)got.hint.len, got.hint.data);
}

START_TEST(every_vector_has_its_outcome)
{
    const vector *const v = &vectors[_i];
    postern_report *const report = postern_report_new(NULL);
    char rendered[1024] = "";
    const char *got;
    stage s;

    stage_open(&s, NULL);
    got = outcome(&s, v->expression, report);
    (void)postern_report_render(report, 0, rendered, sizeof rendered);
    ck_assert_msg(strcmp(got, v->want) == 0, "%s:%d: want %s, got %s\n%s", v->file, v->line,
                  v->want, got, rendered);
    if (v->finding_count > 0) {
        ck_assert_msg(postern_report_count(report) == v->finding_count,
                      "%s:%d: %zu findings, not %zu\n%s", v->file, v->line,
                      postern_report_count(report), v->finding_count, rendered);
    }
    for (size_t i = 0; i < v->finding_count; i++) {
        check_finding(v, report, i);
    }
    postern_report_free(report);
    stage_close(&s);
}
END_TEST

/* --- limits -------------------------------------------------------------------------- */

/* "open" n times, `middle`, "close" n times; the caller frees it. */
static char *nest(const char *open, size_t count, const char *middle, const char *close)
{
    const size_t length = count * (strlen(open) + strlen(close)) + strlen(middle) + 1;
    char *const text = malloc(length);
    char *at = text;

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < count; i++) {
        at += snprintf(at, length, "%s", open);
    }
    at += snprintf(at, strlen(middle) + 1, "%s", middle);
    for (size_t i = 0; i < count; i++) {
        at += snprintf(at, strlen(close) + 1, "%s", close);
    }
    return text;
}

static const struct {
    const char *open;
    const char *middle;
    const char *close;
    bool even_is_true;
} nestings[] = {
    {"(",      "t",               ")", true },
    {"!",      "t",               "",  true },
    {"not ",   "t",               "",  true },
    {"lower(", "abc",             ")", false}, /* compared below */
    {"(f or ", "t",               ")", true },
};

static const char *nested_outcome(stage *s, int which, size_t count, postern_report *report)
{
    char *text = nest(nestings[which].open, count, nestings[which].middle,
                      nestings[which].close);
    const char *got;

    if (!nestings[which].even_is_true) {
        char *const compared = nest(text, 1, " eq \"abc\"", "");
        free(text);
        text = compared;
    }
    got = outcome(s, postern_text(text), report);
    free(text);
    return got;
}

START_TEST(nesting_of_128_is_fine_and_129_is_not)
{
    postern_report *const report = postern_report_new(NULL);
    postern_finding finding;
    stage s;

    stage_open(&s, NULL);
    ck_assert_str_eq(nested_outcome(&s, _i, 128, report), "true");
    ck_assert_uint_eq(postern_report_count(report), 0);
    ck_assert_str_eq(nested_outcome(&s, _i, 129, report), "LIMIT");
    ck_assert_uint_eq(postern_report_count(report), 1);
    ck_assert(postern_report_get(report, 0, &finding));
    ck_assert_uint_ge(finding.offset, 128 * strlen(nestings[_i].open));
    ck_assert_str_eq(nested_outcome(&s, _i, 1000, report), "LIMIT");
    postern_report_free(report);
    stage_close(&s);
}
END_TEST

START_TEST(nesting_limit_is_an_option)
{
    const postern_limits limits = {.nesting = 300, .expression_bytes = 8192};
    stage s;

    stage_open(&s, &limits);
    ck_assert_str_eq(nested_outcome(&s, _i, 300, NULL), "true");
    ck_assert_str_eq(nested_outcome(&s, _i, 301, NULL), "LIMIT");
    stage_close(&s);
}
END_TEST

/* "t", blanks and nothing else, `length` bytes. */
static const char *long_outcome(stage *s, size_t length, postern_report *report)
{
    char *const text = malloc(length);
    const char *got;

    ck_assert_ptr_nonnull(text);
    memset(text, ' ', length);
    text[0] = 't';
    got = outcome(s, (postern_str){text, length}, report);
    free(text);
    return got;
}

START_TEST(length_of_4096_is_fine_and_4097_is_not)
{
    const postern_limits limits = {.expression_bytes = 100};
    postern_report *const report = postern_report_new(NULL);
    postern_finding finding;
    stage s;

    stage_open(&s, NULL);
    ck_assert_str_eq(long_outcome(&s, 4096, report), "true");
    ck_assert_str_eq(long_outcome(&s, 4097, report), "LIMIT");
    ck_assert(postern_report_get(report, 0, &finding));
    ck_assert_uint_eq(finding.offset, 4096);
    stage_close(&s);
    stage_open(&s, &limits);
    ck_assert_str_eq(long_outcome(&s, 100, NULL), "true");
    ck_assert_str_eq(long_outcome(&s, 101, NULL), "LIMIT");
    postern_report_free(report);
    stage_close(&s);
}
END_TEST

/* A chain of a thousand is one node deep, and all of it is looked at. */
START_TEST(chains_may_be_long)
{
    static const char *const chains[][3] = {
        {"f or ",  "t", "true" },
        {"t and ", "f", "false"},
        {"f xor ", "t", "true" },
        {"t xor ", "t", "true" }, /* 601 times true */
    };
    char *const text = nest(chains[_i][0], 600, chains[_i][1], "");
    stage s;

    stage_open(&s, NULL);
    ck_assert_str_eq(outcome(&s, postern_text(text), NULL), chains[_i][2]);
    free(text);
    stage_close(&s);
}
END_TEST

/* Each needs a parity bit of its own; there are as many as parentheses may nest. */
START_TEST(xor_may_be_nested_as_deeply_as_parentheses)
{
    char *const text = nest("(t xor t and ", 128, "t", ")");
    char *const deeper = nest("t xor t and ", 1, text, "");
    postern_report *const report = postern_report_new(NULL);
    stage s;

    stage_open(&s, NULL);
    ck_assert_str_eq(outcome(&s, postern_text(text), report), "true");
    ck_assert_str_eq(outcome(&s, postern_text(deeper), report), "LIMIT");
    ck_assert_uint_eq(postern_report_count(report), 1);
    free(text);
    free(deeper);
    postern_report_free(report);
    stage_close(&s);
}
END_TEST

START_TEST(eight_errors_are_told_and_no_more)
{
    char *const text = nest("nope.a or ", 9, "nope.b", "");
    postern_report *const report = postern_report_new(NULL);
    postern_finding finding;
    stage s;

    stage_open(&s, NULL);
    ck_assert_str_eq(outcome(&s, postern_text(text), report), "UNKNOWN_NAME");
    ck_assert_uint_eq(postern_report_count(report), 8);
    for (size_t i = 0; i < 8; i++) {
        ck_assert(postern_report_get(report, i, &finding));
        ck_assert_uint_eq(finding.offset, i * strlen("nope.a or "));
    }
    free(text);
    postern_report_free(report);
    stage_close(&s);
}
END_TEST

/* 255 fences are fine (grammar/postern.ebnf), 256 are not. */
START_TEST(raw_strings_have_up_to_255_fences)
{
    char fence[300];
    char text[800];
    stage s;

    stage_open(&s, NULL);
    for (int count = 254; count <= 256; count++) {
        memset(fence, '#', (size_t)count);
        fence[count] = '\0';
        (void)snprintf(text, sizeof text, "abc eq r%s\"abc\"%s", fence, fence);
        ck_assert_str_eq(outcome(&s, postern_text(text), NULL),
                         count <= 255 ? "true" : "LIMIT");
    }
    stage_close(&s);
}
END_TEST

START_TEST(strict_mode_refuses_what_only_postern_has)
{
    const postern_compile_options strict = {.strict_cloudflare = true};
    const postern_str own = POSTERN_STR("ssl or postern.tls.resumed");
    postern_report *const report = postern_report_new(NULL);
    postern_finding finding;
    postern_filter *filter;
    stage s;

    stage_open(&s, NULL);
    ck_assert_int_eq(postern_filter_compile(s.scheme, own, &strict, &filter, report),
                     POSTERN_UNSUPPORTED);
    ck_assert(postern_report_get(report, 0, &finding));
    ck_assert_uint_eq(finding.offset, 7);
    ck_assert_int_eq(postern_filter_compile(s.scheme, own, NULL, &filter, NULL), POSTERN_OK);
    postern_filter_free(filter);
    ck_assert_int_eq(postern_filter_compile(s.scheme, postern_text("ssl or t"), &strict,
                                            &filter, NULL),
                     POSTERN_OK);
    postern_filter_free(filter);
    postern_report_free(report);
    stage_close(&s);
}
END_TEST

Suite *test_suite(void)
{
    const char *const tests = getenv("POSTERN_TESTS");
    Suite *suite = suite_create("language");
    TCase *tcase = tcase_create("language");
    char folder[4096];

    (void)snprintf(folder, sizeof folder, "%s/conformance", tests == NULL ? "tests" : tests);
    vectors = vectors_load(folder, &vector_count);
    tcase_add_loop_test(tcase, every_vector_has_its_outcome, 0, (int)vector_count);
    tcase_add_loop_test(tcase, nesting_of_128_is_fine_and_129_is_not, 0, 5);
    tcase_add_loop_test(tcase, nesting_limit_is_an_option, 0, 5);
    tcase_add_test(tcase, length_of_4096_is_fine_and_4097_is_not);
    tcase_add_loop_test(tcase, chains_may_be_long, 0, 4);
    tcase_add_test(tcase, xor_may_be_nested_as_deeply_as_parentheses);
    tcase_add_test(tcase, eight_errors_are_told_and_no_more);
    tcase_add_test(tcase, raw_strings_have_up_to_255_fences);
    tcase_add_test(tcase, strict_mode_refuses_what_only_postern_has);
    suite_add_tcase(suite, tcase);
    return suite;
}
