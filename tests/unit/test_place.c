/*
 * test_place.c - a piece of an unquoted string is found where it was written.
 */
#include "../harness/harness.h"

#include "support/alloc.h"
#include "syntax/place.h"

#include <postern/base.h>

#include <string.h>

/* The left side is `a`; the string begins at `from`, the piece is shown as `seen`. */
static const struct {
    const char *expression;
    size_t offset;
    size_t length;
    size_t at;
    const char *seen;
} rows[] = {
  /* raw strings are as they are */
    {"a matches r\"xyz\"",                 1, 1,          13, "y"             },
    {"a matches r\"\\\\z\"",               1, 1,          13, "\\"            },
    {"a matches r#\"x\"z\"#",              2, 1,          15, "z"             },
    {"a matches r##\"x\"#z\"##",           1, 3,          15, "\"#z"          },
    {"a wildcard r\"a*\\\\x**\"",          5, 2,          18, "**"            },
    {"a matches r\"\"",                    0, 0,          12, ""              },
 /* quoted strings without an escape */
    {"a matches \"xyz\"",                  0, 3,          11, "xyz"           },
    {"a eq \"xyz\"",                       2, 1,          8,  "z"             },
    {"a matches \"\"",                     0, 0,          11, ""              },
 /* quoted patterns: \" is the only escape */
    {"a matches \"\\\"b\"",                0, 1,          11, "\\\""          },
    {"a matches \"\\\"b\"",                1, 1,          13, "b"             },
    {"a matches \"\\d\\\"b\"",             0, 2,          11, "\\d"           },
    {"a matches \"\\d\\\"b\"",             2, 2,          13, "\\\"b"         },
    {"a matches \"\\\\\\\"b\"",            0, 2,          11, "\\\\"          },
    {"a matches \"\\\\\\\"b\"",            2, 1,          13, "\\\""          },
    {"a matches \"\\x41\\\"b\"",           4, 1,          15, "\\\""          },
    {"a matches \"[\"\\\\]\\\"b\"",        5, 2,          16, "\\\"b"         },
    {"a matches \"[\"\\\\]\\\"b\"",        1, 1,          12, "\""            },
    {"a ~ \"\\\"\\\"\\\"\"",               1, 1,          7,  "\\\""          },
    {"a ~ \"\\\"\\\"\\\"\"",               3, 0,          11, ""              },
 /* other strings: \" \\ \xHH \OOO */
    {"a wildcard \"\\\\*\"",               1, 1,          14, "*"             },
    {"a wildcard \"\\x2a*\"",              0, 2,          12, "\\x2a*"        },
    {"a wildcard \"\\x2a*\"",              1, 1,          16, "*"             },
    {"a wildcard \"\\052*\"",              0, 1,          12, "\\052"         },
    {"a wildcard \"\\\"\\x41\\101\\\\z\"", 4, 1,          24, "z"             },
    {"a wildcard \"\\\"\\x41\\101\\\\z\"", 1, 3,          14, "\\x41\\101\\\\"},
 /* what is beyond the text is its end */
    {"a matches \"xyz\"",                  3, 0,          14, ""              },
    {"a matches \"xyz\"",                  2, 9,          13, "z"             },
    {"a matches \"x\\\"z\"",               9, 9,          15, ""              },
    {"a matches r\"xyz\"",                 7, 1,          15, ""              },
    {"a matches \"xyz\"",                  1, (size_t)-1, 12, "yz"            },
};

START_TEST(a_piece_is_found_where_it_was_written)
{
    const postern_str expression = postern_text(rows[_i].expression);
    pst_complaints complaints = {.expression = expression};
    pst_arena arena;
    pst_node *tree;
    pst_span span;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), SIZE_MAX / 2);
    ck_assert_int_eq(pst_parse(&arena, &complaints, 10, &tree), POSTERN_OK);
    ck_assert_uint_eq(complaints.errors, 0);
    ck_assert_int_eq(tree->kind, PST_NODE_COMPARE);
    ck_assert_int_eq(tree->first->next->kind, PST_NODE_TEXT);
    span = pst_place_inside(expression, tree->first->next, rows[_i].offset,
                            rows[_i].length);
    ck_assert_uint_eq(span.offset, rows[_i].at);
    ck_assert_uint_eq(span.length, strlen(rows[_i].seen));
    ck_assert_mem_eq(expression.data + span.offset, rows[_i].seen, span.length);
    pst_arena_free(&arena);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("place");
    TCase *tcase = tcase_create("place");

    tcase_add_loop_test(tcase, a_piece_is_found_where_it_was_written, 0,
                        sizeof rows / sizeof rows[0]);
    suite_add_tcase(suite, tcase);
    return suite;
}
