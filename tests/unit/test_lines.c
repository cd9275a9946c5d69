/*
 * test_lines.c - all lines of one header, looked up without the map of all: what stands
 * there, in the order it came, whatever its case; nothing of headers that are hidden; the
 * map itself when it was given.
 */
#include "../harness/harness.h"
#include "rules.h"

#include <postern/request.h>

#include <stdio.h>
#include <stdlib.h>

#define ROWS(table) ((int)(sizeof(table) / sizeof(table)[0]))

enum { LINES_MAX = 4 };

/* "name: value" lines, and whether the expression holds: with headers that claim an
 * identity in sight, and with these hidden. */
static const struct row {
    const char *lines[LINES_MAX];
    const char *expression;
    bool holds;
    bool hidden;
    bool elsewhere; /* it is no look-up of lines */
} rows[] = {
    {{"x: 1"},                          "any(http.request.headers[\"x\"][*] eq \"1\")", true,  true,  false},
    {{"X: 1"},                          "any(http.request.headers[\"x\"][*] eq \"1\")", true,  true,  false},
    {{"x: 1"},                          "any(http.request.headers[\"X\"][*] eq \"1\")", false, false, true },
    {{"X: 1"},                          "any(http.request.headers[\"X\"][*] eq \"1\")", false, false, true },
    {{"x: 1", "y: 2"},
     "any(http.request.headers[\"x\"][*] eq \"2\")",                                    false,
     false,                                                                                           false},
    {{"x: 1", "y: 2", "X: 3"},
     "any(http.request.headers[\"x\"][*] eq \"3\")",                                    true,
     true,                                                                                            false},
    {{"x: 1", "y: 2", "X: 3"},
     "all(http.request.headers[\"x\"][*] in {\"1\" \"3\"})",                            true,
     true,                                                                                            false},
    {{"x: 1", "y: 2", "X: 3"},
     "len(http.request.headers[\"x\"]) eq 2",                                           true,
     true,                                                                                            false},
    {{"x: 1", "y: 2", "X: 3"},
     "join(http.request.headers[\"x\"], \"-\") eq \"1-3\"",                             true,
     true,                                                                                            false},
    {{"x: 3", "y: 2", "x: 1", "xx: 4"},
     "join(http.request.headers[\"x\"], \"-\") eq \"3-1\"",                             true,
     true,                                                                                            false},
    {{"x:"},                            "any(http.request.headers[\"x\"][*] eq \"\")",  true,  true,  false},
    {{"y: 1"},                          "any(http.request.headers[\"x\"][*] ne \"\")",  false, false, false},
    {{"y: 1"},                          "all(http.request.headers[\"x\"][*] eq \"1\")", true,  true,  false},
    {{"y: 1"},                          "len(http.request.headers[\"x\"]) ge 0",        false, false, false},
    {{NULL},                            "any(http.request.headers[\"x\"][*] ne \"\")",  false, false, false},
    {{NULL},                            "all(http.request.headers[\"x\"][*] eq \"1\")", true,  true,  false},
    {{"cf-access-x: 1"},
     "any(http.request.headers[\"cf-access-x\"][*] eq \"1\")",                          true,
     false,                                                                                           false},
    {{"CF-Access-X: 1"},
     "any(http.request.headers[\"cf-access-x\"][*] eq \"1\")",                          true,
     false,                                                                                           false},
    {{"cf-access-x: 1"},
     "all(http.request.headers[\"cf-access-x\"][*] eq \"2\")",                          false,
     true,                                                                                            false},
    {{"cf-access-x: 1"},
     "len(http.request.headers[\"cf-access-x\"]) ge 1",                                 true,
     false,                                                                                           false},
    {{"cf-access-x: 1", "x: 1"},
     "any(http.request.headers[\"x\"][*] eq \"1\")",                                    true,
     true,                                                                                            false},
};

typedef struct stand {
    rules r;
    postern_request *request;
} stand;

static void open_stand(stand *s, const struct row *row, bool simulated)
{
    rules_open(&s->r, false);
    rules_write(&s->r, row->expression, 0);
    rules_add(&s->r);
    rules_finish(&s->r);
    ck_assert_int_eq(simulated ? postern_request_new_simulated(s->r.scheme, &s->request)
                               : postern_request_new(s->r.scheme, &s->request),
                     POSTERN_OK);
}

static void close_stand(stand *s)
{
    postern_request_free(s->request);
    rules_close(&s->r);
}

static postern_str name_of(const char *line)
{
    return (postern_str){line, strcspn(line, ":")};
}

static postern_str value_of(const char *line)
{
    line += strcspn(line, ":") + 1;
    return postern_text(line + strspn(line, " "));
}

static void expect(stand *s, bool hide, bool wanted, const struct row *row)
{
    postern_status fault = POSTERN_OK;
    pst_answer answer;

    ck_assert_int_eq(pst_request_seal(s->request, NULL, hide), POSTERN_OK);
    ck_assert_int_eq(pst_program_prepare(&s->r.program, NULL, s->request), POSTERN_OK);
    answer = pst_program_run(&s->r.program, 0, s->request, &fault);
    ck_assert_int_eq(fault, POSTERN_OK);
    ck_assert_msg(answer == (wanted ? PST_YES : PST_NO), "%s%s", row->expression,
                  hide ? ", hidden" : "");
}

START_TEST(lines_of_a_header_are_found_as_they_came)
{
    const struct row *row = &rows[_i];
    bool looked_up = false;
    stand s;

    open_stand(&s, row, false);
    for (size_t i = 0; i < s.r.program.derived_count; i++) {
        looked_up = looked_up || s.r.program.derived[i].kind == PST_DERIVED_LINES;
    }
    ck_assert_int_eq(looked_up, !row->elsewhere);
    for (int round = 0; round < 2; round++) { /* what the first left does not show */
        ck_assert_int_eq(postern_request_begin(s.request, NULL, postern_text("GET"),
                                               postern_text("/"),
                                               postern_text("HTTP/1.1")),
                         POSTERN_OK);
        for (size_t i = 0; i < LINES_MAX && row->lines[i] != NULL; i++) {
            ck_assert_int_eq(postern_request_add_header(s.request,
                                                        name_of(row->lines[i]),
                                                        value_of(row->lines[i])),
                             POSTERN_OK);
        }
        expect(&s, false, row->holds, row);
        expect(&s, true, row->hidden, row);
        expect(&s, false, row->holds, row);
    }
    close_stand(&s);
}
END_TEST

/* As given: names of one entry each, in lower case. */
START_TEST(a_map_that_was_given_is_asked_itself)
{
    static const postern_str names[] = {POSTERN_STR("x"), POSTERN_STR("cf-access-x")};
    static const struct row given[] = {
        {{NULL}, "any(http.request.headers[\"x\"][*] eq \"1\")",   true,  true,  false},
        {{NULL}, "len(http.request.headers[\"x\"]) eq 2",          true,  true,  false},
        {{NULL},
         "join(http.request.headers[\"x\"], \"-\") eq \"1-2\"",    true,
         true,                                                                   false},
        {{NULL}, "any(http.request.headers[\"y\"][*] ne \"\")",    false, false, false},
        {{NULL}, "all(http.request.headers[\"y\"][*] eq \"1\")",   true,  true,  false},
        {{NULL},
         "any(http.request.headers[\"cf-access-x\"][*] eq \"1\")", true,
         false,                                                                  false},
        {{NULL},
         "all(http.request.headers[\"cf-access-x\"][*] eq \"7\")", false,
         true,                                                                   false},
    };
    const postern_value lines[] = {
        {.type = POSTERN_STRING, .as.string = POSTERN_STR("1")},
        {.type = POSTERN_STRING, .as.string = POSTERN_STR("2")}
    };
    postern_entry entries[2];
    postern_value map = {
        .type = POSTERN_MAP_OF(POSTERN_ARRAY_OF(POSTERN_STRING)),
        .as.map = {entries, 2}
    };

    for (size_t i = 0; i < 2; i++) {
        entries[i] = (postern_entry){
            names[i],
            {.type = POSTERN_ARRAY_OF(POSTERN_STRING), .as.array = {lines, 2}}
        };
    }
    for (int i = 0; i < ROWS(given); i++) {
        stand s;
        open_stand(&s, &given[i], true);
        ck_assert_int_eq(
            postern_request_set(s.request, (postern_field){PST_FIELD_HEADERS}, &map),
            POSTERN_OK);
        expect(&s, false, given[i].holds, &given[i]);
        expect(&s, true, given[i].hidden, &given[i]);
        close_stand(&s);
    }
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("lines");
    TCase *tcase = tcase_create("lines");

    tcase_add_loop_test(tcase, lines_of_a_header_are_found_as_they_came, 0, ROWS(rows));
    tcase_add_test(tcase, a_map_that_was_given_is_asked_itself);
    suite_add_tcase(suite, tcase);
    return suite;
}
