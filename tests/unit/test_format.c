/*
 * test_format.c - the canonical text of an expression, and its tree.
 */
#include "../harness/harness.h"
#include "support/text.h"

#include <postern/format.h>

#include <stdlib.h>

typedef struct sample {
    const char *text;
    const char *want;
} sample;

/* What `print` makes of `text`: the caller frees it. NULL when it does not parse. */
typedef postern_status (*printer)(postern_str, const postern_format_options *, char *,
                                  size_t, size_t *, postern_report *);

static char *printed(printer print, postern_str text,
                     const postern_format_options *options)
{
    size_t length = 1;
    char *buf;

    if (print(text, options, NULL, 0, &length, NULL) != POSTERN_OK) {
        ck_assert_uint_eq(length, 0);
        return NULL;
    }
    buf = malloc(length + 1);
    ck_assert_ptr_nonnull(buf);
    ck_assert_int_eq(print(text, options, buf, length + 1, NULL, NULL), POSTERN_OK);
    ck_assert_uint_eq(strlen(buf), length);
    return buf;
}

static void check(const sample *row, const postern_format_options *options)
{
    char *first = printed(postern_format_expression, postern_text(row->text), options);
    char *second;

    ck_assert_msg(first != NULL, "does not parse: %s", row->text);
    ck_assert_str_eq(first, row->want);
    second = printed(postern_format_expression, postern_text(first), options);
    ck_assert_msg(second != NULL, "does not parse any more: %s", first);
    ck_assert_str_eq(second, first);
    free(first);
    free(second);
}

/* --- one line ---------------------------------------------------------------------- */

/* clang-format off */
static const sample words[] = {
    {"  a\t==\r\n1  ", "a eq 1"},
    {"a", "a"},
    {"true", "true"},
    {"((false))", "false"},
    {"a!=1&&b<2||c<=3", "(a ne 1 and b lt 2) or c le 3"},
    {"a>1^^b>=2", "a gt 1 xor b ge 2"},
    {"a~\"x\"", "a matches \"x\""},
    {"a&4", "a bitwise_and 4"},
    {"a wildcard \"*\"", "a wildcard \"*\""},
<<<<<<< HEAD
    {"a \n strict wildcard\nr\"*\"", "a strict wildcard r\"*\""},
=======
    {"a strict wildcard r\"*\"", "a strict wildcard r\"*\""},
>>>>>>> syntax
    {"a contains\"x\"", "a contains \"x\""},
    {"a contains 6a:0F", "a contains 6a:0F"},
    {"a in{1 2..3\n\"x\"}", "a in {1 2..3 \"x\"}"},
    {"a in {}", "a in {}"},
    {"a in $office.eu", "a in $office.eu"},
    {"a eq ab.cd", "a eq ab.cd"},
    {"a eq ab.cd(x)", "a eq ab.cd(x)"},
    {"a[ 0 ][ \"k\" ][ * ] eq b", "a[0][\"k\"][*] eq b"},
    {"f ( a,\"x\" , 1,10.0.0.1 )[0] eq g()", "f(a, \"x\", 1, 10.0.0.1)[0] eq g()" },
    /* parentheses */
    {"(a)", "a"},
    {"((a eq 1)) and (not (b))", "a eq 1 and not b"},
    {"a and b or c", "(a and b) or c"},
    {"a or b and c xor d", "a or ((b and c) xor d)"},
    {"a and (b or c)", "a and (b or c)"},
    {"a and (b and c)", "a and (b and c)"},
    {"(a or b) or c or (d)", "(a or b) or c or d"},
    {"not a eq 1", "not a eq 1"},
    {"not (a eq 1)", "not a eq 1"},
    {"!(a and b)", "not (a and b)"},
    {"not ! (not a)", "not not not a"},
    {"not a and b", "not a and b"},
    /* claims as arguments */
    {"any(a[*]eq 1)", "any(a[*] eq 1)"},
    {"any((a[*] eq 1))", "any(a[*] eq 1)"},
    {"any(not a)", "any(not a)"},
    {"any((not (a)))", "any(not a)"},
    {"any((a or b))", "any((a or b))"},
    {"any(not a or b)", "any((not a or b))"},
    {"any((a) and b or c)", "any(((a and b) or c))"},
    {"any((a))", "any((a))"},
    {"any(((true)), x)", "any((true), x)"},
    /* strings */
    {"a eq \"\\x41\\102\\\"\\\\\"", "a eq \"AB\\\"\\\\\""},
    {"a eq \"\\x00\\x1f\\x7f\\xff\"", "a eq \"\\x00\\x1f\\x7f\\xff\""},
    {"a eq \"x\ny\tz\"", "a eq \"x\\x0ay\\x09z\""},
    {"a eq \"\\303\\244\xe2\x82\xac\"", "a eq \"\xc3\xa4\xe2\x82\xac\""},
    {"a eq \"\xe2\x80\xae\xc2\xa0\"", "a eq \"\\xe2\\x80\\xae\\xc2\\xa0\"" },
    {"a eq \"\\xed\\xa0\\x80\\xc0\\x80\"", "a eq \"\\xed\\xa0\\x80\\xc0\\x80\"" },
    {"a eq \"\\xf0\\x9f\\x98\\x80\\xf0\\x9f\"", "a eq \"\xf0\x9f\x98\x80\\xf0\\x9f\""},
    {"a eq r\"\\n\"", "a eq r\"\\n\""},
    {"a eq r###\"x\"###", "a eq r\"x\""},
    {"a eq r##\"\"x\"##", "a eq r#\"\"x\"#"},
    {"a eq r###\"\"#\"\"##\"###", "a eq r###\"\"#\"\"##\"###"},
    {"a[\"\\x41\"]", "a[\"A\"]"},
    /* patterns keep every backslash but the one before a quote, and their classes */
    {"a matches \"\\.\\d[\"]\\\"\\x41\"", "a matches \"\\.\\d[\"]\\\"\\x41\""},
    {"a matches \"[\\\"]\"", "a matches \"[\"]\""},
    {"a matches \"\\[\\\"\"", "a matches \"\\[\\\"\""},
    {"a matches r#\"\\\"[\"]\"#", "a matches r#\"\\\"[\"]\"#"},
    {"a matches \"[[]\\\\\"", "a matches \"[[]\\\\\""},
};
/* clang-format on */

START_TEST(an_expression_is_written_in_words)
{
    const postern_format_options options = {.width = UINT32_MAX};

    check(&words[_i], &options);
}
END_TEST

static const sample symbols[] = {
    {"a eq 1 and b ne 2 or c lt 3 xor d le 4",
     "(a == 1 && b != 2) || (c < 3 ^^ d <= 4)"                               },
    {"not a gt 1 or not (b ge 2 and c)",       "!a > 1 || !(b >= 2 && c)"    },
    {"not not a",                              "!!a"                         },
    {"a matches \"x\"",                        "a ~ \"x\""                   },
    {"a bitwise_and 4",                        "a & 4"                       },
    {"a in {1} and b contains \"x\"",          "a in {1} && b contains \"x\""},
    {"a strict wildcard \"x\"",                "a strict wildcard \"x\""     },
};

START_TEST(an_expression_is_written_in_symbols)
{
    const postern_format_options options = {.symbols = true};

    check(&symbols[_i], &options);
}
END_TEST

/* --- lines ------------------------------------------------------------------------- */

static const sample narrow[] = {
    {"a eq 1 and b eq 2 ",                       "a eq 1 and b eq 2"                                },
    {"a eq 1 and bbb eq 22",                     "a eq 1 and bbb eq 22"                             },
    {"a eq 1 and bbb eq 222",                    "a eq 1\n"
                              "and bbb eq 222"                         },
    {"a eq 1 or (b eq 2 and c eq 3)",            "a eq 1\n"
                                      "or (\n"
                                      "  b eq 2\n"
                                      "  and c eq 3\n"
                                      ")"                      },
    {"a or (b and c) or d eq 1",                 "a\n"
                                 "or (b and c)\n"
                                 "or d eq 1"                        },
    {"not (aaaaaaaa and bbbbbbbb)",              "not (\n"
                                    "  aaaaaaaa\n"
                                    "  and bbbbbbbb\n"
                                    ")"                          },
    {"any((aaaaaaaa or bbbbbbbb))",              "any((\n"
                                    "  aaaaaaaa\n"
                                    "  or bbbbbbbb\n"
                                    "))"                         },
    {"any((aaaaaa or bbbbb))",                   "any((\n"
                               "  aaaaaa\n"
                               "  or bbbbb\n"
                               "))"                                   },
    {"any((aaaaa or bbbb))",                     "any((aaaaa or bbbb))"                             },
    {"a in {1111 2222 3333 4444 5555 6666}",     "a in {\n"
                                             "  1111 2222 3333\n"
                                             "  4444 5555 6666\n"
                                             "}"        },
    {"a in {\"longer than a line can be\" 1 2}", "a in {\n"
                                                 "  \"longer than a line can be\"\n"
                                                 "  1 2\n"
                                                 "}"},
    {"a eq \"longer than a line can be\"",       "a eq \"longer than a line can be\""               },
    {"a eq r\"x\ny\" and bbb eq 1",              "a eq r\"x\ny\"\nand bbb eq 1"                     },
};

START_TEST(a_long_expression_is_broken_at_its_outermost_operators)
{
    const postern_format_options options = {.width = 20};

    check(&narrow[_i], &options);
}
END_TEST

START_TEST(a_line_has_88_bytes_unless_told_otherwise)
{
    char text[] = "aaaaaaaaaaaaaaaaaaaa eq 1 and aaaaaaaaaaaaaaaaaaaa eq 2 and "
                  "aaaaaaaaaaaaaaaaaaaaa eq \"1\" ";
    char *whole = printed(postern_format_expression, postern_text(text), NULL);
    char *broken;

    ck_assert_uint_eq(strlen(whole), 88);
    ck_assert_ptr_null(strchr(whole, '\n'));
    text[5] = 'b';
    memcpy(strstr(text, "\"1\" "), "\"12\"", 4);
    broken = printed(postern_format_expression, postern_text(text), NULL);
    ck_assert_ptr_nonnull(strchr(broken, '\n'));
    free(whole);
    free(broken);
}
END_TEST

/* --- values and trees -------------------------------------------------------------- */

static const sample values[] = {
    {" a ",                                         "a"          },
    {"concat ( \"https://\",http.host, lower(x) )",
     "concat(\"https://\", http.host, lower(x))"                 },
    {"a[0][\"k\"]",                                 "a[0][\"k\"]"},
    {"true",                                        "true"       },
};

START_TEST(a_value_expression_is_formatted_too)
{
    const postern_format_options options = {.value = true};

    check(&values[_i], &options);
}
END_TEST

static const char *const no_values[] = {"",      "a eq 1", "a b", "(a)",
                                        "not a", "\"a\"",  "1"};

START_TEST(a_claim_is_no_value_expression)
{
    const postern_format_options options = {.value = true};

    ck_assert_int_eq(postern_format_expression(postern_text(no_values[_i]), &options,
                                               NULL, 0, NULL, NULL),
                     POSTERN_SYNTAX);
}
END_TEST

static const sample trees[] = {
    {"a",                                                         "field a\n"                                                                    },
    {"true",                                                      "true\n"                                                                       },
    {"a and not b or false xor c",                                "or\n"
                                   "  and\n"
                                   "    field a\n"
                                   "    not\n"
                                   "      field b\n"
                                   "  xor\n"
                                   "    false\n"
                                   "    field c\n"                                                             },
    {"a or b or c",                                               "or\n"
                    "  field a\n"
                    "  field b\n"
                    "  field c\n"                                                                                             },
    {"any(x[*] in {1 \"s\"}) and y in $z",                        "and\n"
                                           "  call any\n"
                                           "    in\n"
                                           "      index\n"
                                           "        field x\n"
                                           "        *\n"
                                           "      set\n"
                                           "        1\n"
                                           "        \"s\"\n"
                                           "  in\n"
                                           "    field y\n"
                                           "    list $z\n"                                             },
    {"a == lower(b) && c ~ \"[\"]\" && d strict wildcard r\"x\"", "and\n"
                                                                  "  eq\n"
                                                                  "    field a\n"
                                                                  "    call lower\n"
                                                                  "      field b\n"
                                                                  "  matches\n"
                                                                  "    field c\n"
                                                                  "    \"[\"]\"\n"
                                                                  "  strict wildcard\n"
                                                                  "    field d\n"
                                                                  "    r\"x\"\n"},
};

START_TEST(the_tree_has_one_node_a_line)
{
    char *text = printed(postern_format_tree, postern_text(trees[_i].text), NULL);

    ck_assert_str_eq(text, trees[_i].want);
    free(text);
}
END_TEST

/* --- the contract ------------------------------------------------------------------ */

static const printer printers[] = {postern_format_expression, postern_format_tree};

START_TEST(a_short_buffer_is_cut_not_overrun)
{
    const postern_str text = POSTERN_STR("not a and (b eq \"x\\x00\" or c in {1 2 3})");
    char *whole = printed(printers[_i], text, NULL);
    const size_t length = strlen(whole);

    for (size_t cap = 0; cap <= length + 1; cap++) {
        char *buf = malloc(cap + (cap == 0));
        size_t told = 0;
        ck_assert_int_eq(printers[_i](text, NULL, buf, cap, &told, NULL), POSTERN_OK);
        ck_assert_uint_eq(told, length);
        if (cap > 0) {
            ck_assert_uint_eq(strlen(buf), cap - 1 < length ? cap - 1 : length);
            ck_assert_int_eq(strncmp(buf, whole, cap - 1), 0);
        }
        free(buf);
    }
    free(whole);
}
END_TEST

START_TEST(what_does_not_parse_is_told_and_leaves_an_empty_text)
{
    postern_report *report = postern_report_new(NULL);
    postern_finding finding;
    char buf[8] = "before";
    size_t length = 1;

    ck_assert_int_eq(
        printers[_i](postern_text("a AND b"), NULL, buf, sizeof buf, &length, report),
        POSTERN_SYNTAX);
    ck_assert_str_eq(buf, "");
    ck_assert_uint_eq(length, 0);
    ck_assert_uint_eq(postern_report_count(report), 1);
    ck_assert(postern_report_get(report, 0, &finding));
    ck_assert_uint_eq(finding.offset, 2);
    ck_assert_uint_eq(finding.length, 3);
    postern_report_free(report);
}
END_TEST

/* `count` times `open`, then `inside`, then as many times `close`. */
static postern_str nested(const char *open, const char *inside, const char *close,
                          size_t count)
{
    const size_t lengths[] = {strlen(open), strlen(inside), strlen(close)};
    const size_t length = count * (lengths[0] + lengths[2]) + lengths[1];
    char *text = malloc(length);
    char *at = text;

    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < count; i++, at += lengths[0]) {
        memcpy(at, open, lengths[0]);
    }
    memcpy(at, inside, lengths[1]);
    at += lengths[1];
    for (size_t i = 0; i < count; i++, at += lengths[2]) {
        memcpy(at, close, lengths[2]);
    }
    return (postern_str){text, length};
}

static void drop(postern_str text)
{
    free((void *)(uintptr_t)text.data);
}

static const struct {
    const char *open;
    const char *inside;
    const char *close;
    uint32_t levels;
    uint32_t more; /* once, beside the innermost */
} nests[] = {
    {"(",            "a",      ")",  1, 0},
    {"not ",         "a",      "",   1, 0},
    {"!",            "a",      "",   1, 0},
    {"f(",           "a",      ")",  1, 0},
    {"f(b eq ",      "a",      ")",  1, 0},
    {"not (",        "a",      ")",  2, 0},
    {"f((",          "a",      "))", 2, 0},
    {"(a and ",      "b or c", ")",  1, 0},
    {"f(not a and ", "b or c", ")",  1, 1},
};

/* Also when the canonical text would like more parentheses than may nest. */
START_TEST(nesting_ends_at_its_limit)
{
    static const uint32_t limits[] = {0, 1, 2, 5, 128, 300};

    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        const postern_format_options options = {.nesting = limits[i]};
        const uint32_t limit = limits[i] == 0 ? 128 : limits[i];
        const uint32_t fit = (limit - nests[_i].more) / nests[_i].levels;
        postern_str text =
            nested(nests[_i].open, nests[_i].inside, nests[_i].close, fit);
        char *once = printed(postern_format_expression, text, &options);
        char *twice;
        ck_assert_ptr_nonnull(once);
        twice = printed(postern_format_expression, postern_text(once), &options);
        ck_assert_ptr_nonnull(twice);
        ck_assert_str_eq(once, twice);
        drop(text);
        text = nested(nests[_i].open, nests[_i].inside, nests[_i].close, fit + 1);
        ck_assert_int_eq(postern_format_expression(text, &options, NULL, 0, NULL, NULL),
                         POSTERN_LIMIT);
        drop(text);
        free(once);
        free(twice);
    }
}
END_TEST

START_TEST(a_million_levels_are_refused)
{
    const postern_str text =
        nested(nests[_i].open, nests[_i].inside, nests[_i].close, 1000000);

    ck_assert_int_eq(postern_format_expression(text, NULL, NULL, 0, NULL, NULL),
                     POSTERN_LIMIT);
    drop(text);
}
END_TEST

START_TEST(a_chain_is_not_nested_however_long_it_is)
{
    const postern_str text = nested("a and b or ", "a", "", 200000);
    char *formatted = printed(postern_format_expression, text, NULL);

    ck_assert_ptr_nonnull(formatted);
    ck_assert_uint_eq(strlen(formatted), 200000 * strlen("(a and b)\nor ") + 1);
    free(formatted);
    drop(text);
}
END_TEST

START_TEST(every_request_may_fail)
{
    const postern_str text =
        POSTERN_STR("not a and (b eq \"x\\x00\" or any(c[*] in {1 2 3} )) or d eq {");
    const postern_str good = pst_str_slice(text, 0, text.len - strlen(" or d eq {"));
    counting_heap heap;
    postern_status status = POSTERN_NO_MEMORY;
    char buf[200];

    for (size_t fail_at = 0; status == POSTERN_NO_MEMORY; fail_at++) {
        postern_format_options options = {.allocator = &heap.alloc};
        size_t length = 1;
        counting_heap_init(&heap, fail_at);
        status = printers[_i](good, &options, buf, sizeof buf, &length, NULL);
        ck_assert_uint_eq(heap.live_bytes, 0);
        ck_assert(status == POSTERN_OK || (length == 0 && buf[0] == '\0'));
        ck_assert_uint_lt(fail_at, 100);
    }
    ck_assert_int_eq(status, POSTERN_OK);
    ck_assert_uint_gt(heap.requests, 0);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("format");
    TCase *text = tcase_create("text");
    TCase *contract = tcase_create("contract");
    const int nest_count = (int)(sizeof nests / sizeof nests[0]);

    tcase_add_loop_test(text, an_expression_is_written_in_words, 0,
                        (int)(sizeof words / sizeof words[0]));
    tcase_add_loop_test(text, an_expression_is_written_in_symbols, 0,
                        (int)(sizeof symbols / sizeof symbols[0]));
    tcase_add_loop_test(text, a_long_expression_is_broken_at_its_outermost_operators, 0,
                        (int)(sizeof narrow / sizeof narrow[0]));
    tcase_add_test(text, a_line_has_88_bytes_unless_told_otherwise);
    tcase_add_loop_test(text, a_value_expression_is_formatted_too, 0,
                        (int)(sizeof values / sizeof values[0]));
    tcase_add_loop_test(text, a_claim_is_no_value_expression, 0,
                        (int)(sizeof no_values / sizeof no_values[0]));
    tcase_add_loop_test(text, the_tree_has_one_node_a_line, 0,
                        (int)(sizeof trees / sizeof trees[0]));
    suite_add_tcase(suite, text);
    tcase_add_loop_test(contract, a_short_buffer_is_cut_not_overrun, 0, 2);
    tcase_add_loop_test(contract, what_does_not_parse_is_told_and_leaves_an_empty_text,
                        0, 2);
    tcase_add_loop_test(contract, nesting_ends_at_its_limit, 0, nest_count);
    tcase_add_loop_test(contract, a_million_levels_are_refused, 0, nest_count);
    tcase_add_test(contract, a_chain_is_not_nested_however_long_it_is);
    tcase_add_loop_test(contract, every_request_may_fail, 0, 2);
    suite_add_tcase(suite, contract);
    return suite;
}
