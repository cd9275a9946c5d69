/*
 * test_regex_facts.c - what a tree knows of itself, and the limits that are made of it.
 */
#include "../harness/harness.h"
#include "regex_text.h"

#include <string.h>

/* --- facts -------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *pattern;
    unsigned height;
    uint64_t size;
    bool nullable;
    bool hollow;
    uint32_t groups;
} facts[] = {
    /*                  height size nullable hollow groups */
    {"",                     0,   0, true,  true,  0},
    {"a",                    0,   1, false, false, 0},
    {"\\d",                  0,   1, false, false, 0},
    {".",                    0,   1, false, false, 0},
    {"^",                    0,   1, true,  true,  0},
    {"\xc3\xa9",             0,   2, false, false, 0},
    {"\\x{20ac}",            0,   3, false, false, 0},
    {"ab",                   1,   2, false, false, 0},
    {"^$",                   1,   2, true,  true,  0},
    {"^a",                   1,   2, false, false, 0},
    {"a|b",                  1,   3, false, false, 0},
    {"a|b|c",                1,   5, false, false, 0},
    {"a|bc|d",               2,   6, false, false, 0},
    {"a|",                   1,   2, true,  false, 0},
    {"|",                    1,   1, true,  true,  0},
    {"a*",                   1,   2, true,  false, 0},
    {"a+",                   1,   2, false, false, 0},
    {"a?",                   1,   2, true,  false, 0},
    {"a{3}",                 1,   3, false, false, 0},
    {"a{3,}",                1,   4, false, false, 0},
    {"a{0,}",                1,   2, true,  false, 0},
    {"a{1,}",                1,   2, false, false, 0},
    {"a{2,5}",               1,   8, false, false, 0},
    {"a{0,5}",               1,  10, true,  false, 0},
    {"a{1}",                 1,   1, false, false, 0},
    {"a{0}",                 1,   0, true,  true,  0},
    {"a{0}{0}{0}",           3,   0, true,  true,  0},
    {"(?:a{0}){7}",          3,   0, true,  true,  0},
    {"a**",                  2,   3, true,  false, 0},
    {"(a*)+",                3,   5, true,  false, 1},
    {"(ab){3}",              3,  12, false, false, 1},
    {"(?:ab){3}",            3,   6, false, false, 0},
    {"a{2}{3}{4}",           3,  24, false, false, 0},
    {"^*",                   1,   2, true,  true,  0},
    {"^{4294967295}",        1,   1, true,  true,  0},
    {"(a)",                  1,   3, false, false, 1},
    {"(?:a)",                1,   1, false, false, 0},
    {"()",                   1,   2, true,  true,  1},
    {"((a)(b))",             3,   8, false, false, 3},
    {"(?<x>a)|(b)",          2,   7, false, false, 2},
    {"(a){0}(b)",            3,   3, false, false, 2},
    {"(?i)a",                1,   1, false, false, 0},
    {"(?i)",                 0,   0, true,  true,  0},
    {"(?i)(?s)",             1,   0, true,  true,  0},
    {"(?i:a)",               1,   1, false, false, 0},
    {"[a]",                  1,   1, false, false, 0},
    {"[ab]",                 2,   1, false, false, 0},
    {"[a-z]",                1,   1, false, false, 0},
    {"[a-z&&b]",             2,   1, false, false, 0},
    {"[ab&&b]",              3,   1, false, false, 0},
    {"[a&&b&&c]",            3,   1, false, false, 0},
    {"[a&&bc--d~~e]",        5,   1, false, false, 0},
    {"[[a]]",                2,   1, false, false, 0},
    {"[[a][b]]",             3,   1, false, false, 0},
    {"[[[a]]b]",             4,   1, false, false, 0},
    {"[a&&[bc]]",            4,   1, false, false, 0},
    {"[ab]c",                3,   2, false, false, 0},
    {"[[:alpha:]]",          1,   1, false, false, 0},
    {"(?:a|b)c",             3,   4, false, false, 0},
    {"(?:a|b)|c",            3,   5, false, false, 0},
};
/* clang-format on */

START_TEST(facts_are_known_of_the_whole)
{
    for (int captures = 0; captures <= 1; captures++) {
        const pst_regex_limits limits = regex_limits();
        regex_text text;
        const pst_regex_node *root;

        regex_parse(&text, NULL, postern_text(facts[_i].pattern), captures != 0,
                    &limits);
        ck_assert_msg(text.status == POSTERN_OK, "%s", facts[_i].pattern);
        root = text.tree.root;
        ck_assert_msg(root->height == facts[_i].height, "%s is %u high",
                      facts[_i].pattern, root->height);
        ck_assert_msg(root->size == facts[_i].size, "%s has %llu", facts[_i].pattern,
                      (unsigned long long)root->size);
        ck_assert_msg(root->nullable == facts[_i].nullable, "%s", facts[_i].pattern);
        ck_assert_msg(root->hollow == facts[_i].hollow, "%s", facts[_i].pattern);
        ck_assert_msg(text.tree.groups == facts[_i].groups, "%s", facts[_i].pattern);
        regex_free(&text);
    }
}
END_TEST

/* --- limits ------------------------------------------------------------------------- */

static void is_refused(const char *pattern, const pst_regex_limits *limits,
                       size_t offset, size_t length, const char *message)
{
    regex_text text;

    regex_parse(&text, NULL, postern_text(pattern), false, limits);
    ck_assert_msg(text.status == POSTERN_LIMIT, "%s", pattern);
    ck_assert_int_eq(text.problem.status, POSTERN_LIMIT);
    ck_assert_str_eq(text.problem.message, message);
    ck_assert_msg(text.problem.offset == offset && text.problem.length == length,
                  "%s: %zu+%zu", pattern, text.problem.offset, text.problem.length);
    regex_free(&text);
}

static void is_accepted(const char *pattern, const pst_regex_limits *limits)
{
    regex_text text;

    regex_parse(&text, NULL, postern_text(pattern), false, limits);
    ck_assert_msg(text.status == POSTERN_OK, "%s: %s", pattern, text.problem.message);
    regex_free(&text);
}

/* A limit of as many levels as there are is none; one less refuses. */
START_TEST(nesting_is_limited_to_the_level)
{
    pst_regex_limits limits = regex_limits();
    regex_text text;

    for (uint32_t less = 0; less <= 1; less++) {
        if (facts[_i].height <= less) {
            continue; /* a limit is never 0 */
        }
        limits.nesting = facts[_i].height - less;
        regex_parse(&text, NULL, postern_text(facts[_i].pattern), true, &limits);
        ck_assert_msg(text.status == (less == 0 ? POSTERN_OK : POSTERN_LIMIT), "%s",
                      facts[_i].pattern);
        if (less == 1) {
            ck_assert_uint_gt(text.problem.length, 0);
            ck_assert_ptr_nonnull(strstr(text.problem.message, "nests deeper"));
        }
        regex_free(&text);
    }
}
END_TEST

START_TEST(size_is_limited_to_the_instruction)
{
    pst_regex_limits limits = regex_limits();
    regex_text text;

    for (uint32_t less = 0; less <= 1; less++) {
        if (facts[_i].size <= less || facts[_i].hollow) {
            continue;
        }
        limits.compiled_bytes = (uint32_t)facts[_i].size * PST_REGEX_INSN_BYTES - less;
        regex_parse(&text, NULL, postern_text(facts[_i].pattern), true, &limits);
        ck_assert_msg(text.status == (less == 0 ? POSTERN_OK : POSTERN_LIMIT), "%s",
                      facts[_i].pattern);
        if (less == 1) {
            ck_assert_uint_gt(text.problem.length, 0);
            ck_assert_ptr_nonnull(strstr(text.problem.message, "compiles to"));
        }
        regex_free(&text);
    }
}
END_TEST

START_TEST(what_nests_too_deep_is_underlined)
{
    static const char message[] =
        "the pattern nests deeper than 3 levels, the limit regex_nesting";
    pst_regex_limits limits = regex_limits();

    limits.nesting = 3;
    is_accepted("(((a)))", &limits);
    is_refused("((((a))))", &limits, 3, 1, message);
    is_refused("((((", &limits, 3, 1, message);
    is_accepted("a((b))c", &limits);
    is_refused("a(((b)))c", &limits, 3, 1, message);
    is_refused("(((b)))c", &limits, 7, 1, message);
    is_accepted("a***", &limits);
    is_refused("a****b", &limits, 0, 5, message);
    is_accepted("[[[a]]]", &limits);
    is_refused("x[[[[a]]]]", &limits, 3, 1, message);
    is_refused("[[[[", &limits, 3, 1, message);
    is_refused("[a[b[c]]]", &limits, 4, 1, message);
    is_refused("[a&&[b&&[c]]]", &limits, 8, 1, message);
    is_refused("[a&&b&&c&&d]", &limits, 0, 12, message);
    is_refused("((a|bc))", &limits, 5, 1, message);
    is_accepted("((a)|b)", &limits);
    is_refused("((ab)|c)", &limits, 5, 1, message);
    limits.nesting = 1234567;
    is_accepted("(((a)))", &limits);
}
END_TEST

START_TEST(what_grows_too_big_is_underlined)
{
    pst_regex_limits limits = regex_limits();

    limits.compiled_bytes = 160;
    is_accepted("a{10}", &limits);
    is_refused("xa{10}y", &limits, 1, 5,
               "the pattern up to here compiles to 176 bytes; the limit "
               "regex_compiled_bytes is 160");
    is_refused("(a{3}){4}", &limits, 0, 9,
               "the pattern up to here compiles to 320 bytes; the limit "
               "regex_compiled_bytes is 160");
    is_refused("abcdefghijk", &limits, 10, 1,
               "the pattern up to here compiles to 176 bytes; the limit "
               "regex_compiled_bytes is 160");
    is_refused("a|b|c|d|e|fg", &limits, 10, 1,
               "the pattern up to here compiles to 176 bytes; the limit "
               "regex_compiled_bytes is 160");
    is_refused("a|b|c|d|ef|", &limits, 10, 1,
               "the pattern up to here compiles to 176 bytes; the limit "
               "regex_compiled_bytes is 160");
}
END_TEST

START_TEST(sizes_are_told_as_far_as_anybody_reads)
{
    pst_regex_limits limits = regex_limits();

    is_refused("(((a{100}){100}){100}){100}", &limits, 1, 20,
               "the pattern up to here compiles to 16,323,200 bytes; the limit "
               "regex_compiled_bytes is 10,485,760");
    is_refused("x{4294967294}", &limits, 0, 13,
               "the pattern up to here compiles to 68,719,476,704 bytes; the limit "
               "regex_compiled_bytes is 10,485,760");
    limits.compiled_bytes = UINT32_MAX;
    is_refused("(?:a{268435455}){4294967295}", &limits, 0, 28,
               "the pattern up to here compiles to more than 1,000,000,000,000 bytes; "
               "the limit regex_compiled_bytes is 4,294,967,295");
}
END_TEST

START_TEST(long_patterns_are_refused_before_they_are_read)
{
    pst_regex_limits limits = regex_limits();

    limits.pattern_bytes = 3;
    is_accepted("abc", &limits);
    is_refused("(*\xff)", &limits, 0, 4,
               "the pattern has 4 bytes; the limit regex_pattern_bytes is 3");
}
END_TEST

Suite *test_suite(void)
{
    enum { FACTS = sizeof facts / sizeof facts[0] };
    Suite *suite = suite_create("regex facts");
    TCase *tcase = tcase_create("facts and limits");

    tcase_add_loop_test(tcase, facts_are_known_of_the_whole, 0, FACTS);
    tcase_add_loop_test(tcase, nesting_is_limited_to_the_level, 0, FACTS);
    tcase_add_loop_test(tcase, size_is_limited_to_the_instruction, 0, FACTS);
    tcase_add_test(tcase, what_nests_too_deep_is_underlined);
    tcase_add_test(tcase, what_grows_too_big_is_underlined);
    tcase_add_test(tcase, sizes_are_told_as_far_as_anybody_reads);
    tcase_add_test(tcase, long_patterns_are_refused_before_they_are_read);
    suite_add_tcase(suite, tcase);
    return suite;
}
