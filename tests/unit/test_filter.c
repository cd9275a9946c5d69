/*
 * test_filter.c - limits of expressions as options, and which fields a filter reads.
 */
#include "compile_with.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_MAX = 4000 };

static void write_stars(char *text, int count)
{
    (void)strcpy(text, "http.host wildcard \"");
    for (int i = 0; i < count; i++) {
        (void)strcat(text, "*a");
    }
    (void)strcat(text, "\"");
}

static void write_concat(char *text, int count)
{
    (void)strcpy(text, "concat(http.host");
    for (int i = 1; i < count; i++) {
        (void)strcat(text, ",\"a\"");
    }
    (void)strcat(text, ") eq \"a\"");
}

static void write_rewrites(char *text, int count)
{
    (void)strcpy(text, "true");
    for (int i = 0; i < count; i++) {
        (void)strcat(text,
                     " and wildcard_replace(http.host, \"a*\", \"${1}\") eq \"b\"");
    }
}

static const struct {
    const char *what;
    void (*write)(char *text, int count);
    int most; /* by default */
    int raised;
    postern_limits limits;
} rows[] = {
    {"stars",    write_stars,    16, 20,  {.wildcard_stars = 20}     },
    {"concat",   write_concat,   32, 100, {.concat_arguments = 100}  },
    {"concat",   write_concat,   32, 255, {.concat_arguments = 10000}},
    {"rewrites", write_rewrites, 1,  3,   {.rewrites = 3}            },
};

START_TEST(a_limit_holds_and_can_be_raised)
{
    const postern_limits standard = {0};
    char text[TEXT_MAX];

    rows[_i].write(text, rows[_i].most);
    ck_assert_int_eq(compile_with(standard, text), POSTERN_OK);
    rows[_i].write(text, rows[_i].most + 1);
    ck_assert_int_eq(compile_with(standard, text), POSTERN_LIMIT);
    rows[_i].write(text, rows[_i].raised);
    ck_assert_int_eq(compile_with(rows[_i].limits, text), POSTERN_OK);
    rows[_i].write(text, rows[_i].raised + 1);
    ck_assert_int_eq(compile_with(rows[_i].limits, text), POSTERN_LIMIT);
}
END_TEST

static const struct {
    const char *expression;
    const char *field;
    bool uses;
} readings[] = {
    {"http.host eq \"a\"",                                "http.host",                   true },
    {"http.host eq \"a\"",                                "http.cookie",                 false},
    {"http.host eq http.cookie",                          "http.cookie",                 true },
    {"http.request.headers[\"a\"][0] eq \"b\"",           "http.request.headers",        true },
    {"len(lower(http.cookie)) gt 1",                      "http.cookie",                 true },
    {"any(http.request.headers.names[*] eq \"a\")",       "http.request.headers.names",  true },
    {"any(http.request.headers[*][*] eq \"a\")",          "http.request.headers",        true },
    {"any(http.request.headers.names[*] eq http.cookie)", "http.cookie",                 true },
    {"to_string(ssl) eq \"a\"",                           "ssl",                         true },
    {"to_string((ssl and http.host eq \"a\")) eq \"b\"",  "http.host",                   true },
    {"len(http.request.headers.names[*] eq \"a\") gt 1",  "http.request.headers.names",
     true                                                                                     },
    {"ip.geoip.country eq \"PT\"",                        "ip.src.country",              true },
    {"any(http.request.headers.names[*] eq \"a\")",       "http.request.headers.values",
     false                                                                                    },
};

START_TEST(a_filter_tells_what_it_reads)
{
    postern_scheme *scheme;
    postern_filter *filter;
    postern_field field;

    ck_assert_int_eq(postern_scheme_new(NULL, &scheme), POSTERN_OK);
    ck_assert_int_eq(postern_scheme_find_field(scheme, postern_text(readings[_i].field),
                                               &field, NULL),
                     POSTERN_OK);
    ck_assert_int_eq(postern_filter_compile(scheme,
                                            postern_text(readings[_i].expression), NULL,
                                            &filter, NULL),
                     POSTERN_OK);
    ck_assert_msg(postern_filter_uses(filter, field) == readings[_i].uses, "%s",
                  readings[_i].expression);
    ck_assert(!postern_filter_uses(filter, (postern_field){UINT32_MAX}));
    postern_filter_free(filter);
    postern_scheme_free(scheme);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("filter");
    TCase *tcase = tcase_create("filter");

    tcase_add_loop_test(tcase, a_limit_holds_and_can_be_raised, 0,
                        sizeof rows / sizeof rows[0]);
    tcase_add_loop_test(tcase, a_filter_tells_what_it_reads, 0,
                        sizeof readings / sizeof readings[0]);
    suite_add_tcase(suite, tcase);
    return suite;
}
