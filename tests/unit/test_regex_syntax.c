/*
 * test_regex_syntax.c - a regular expression becomes the tree that says what it means:
 * every production of the dialect.
 */
#include "../harness/harness.h"
#include "regex_text.h"

#include <string.h>

typedef struct expectation {
    const char *pattern;
    const char *tree;
} expectation;

/* clang-format off */
static const expectation trees[] = {
/* ACCEPTED */
    /* --- literals */
    {"a", "a"},
    {"abc", "(a b c)"},
    {"aBc1_", "(a B c 1 _)"},
    {"a b", "(a \\x20 b)"},
    {"]", "\\x5d"},
    {"}", "\\x7d"},
    {"a]b}", "(a \\x5d b \\x7d)"},
    {"-", "\\x2d"},
    {"&&", "(\\x26 \\x26)"},
    {"a~~b", "(a \\x7e \\x7e b)"},
    {",", "\\x2c"},
    {"<>", "(\\x3c \\x3e)"},
    {"/", "\\x2f"},
    {"\"'`", "(\\x22 \\x27 \\x60)"},
    {"!@%=:;", "(\\x21 \\x40 \\x25 \\x3d \\x3a \\x3b)"},
    {"\303\251", "(\\xc3 \\xa9)"},
    {"a\303\251", "(a \\xc3 \\xa9)"},
    {"\303\251a", "(\\xc3 \\xa9 a)"},
    {"\303\251*", "(\\xc3 \\xa9){0,}"},
    {"a\303\251b", "(a \\xc3 \\xa9 b)"},
    {"\342\202\254{2}", "(\\xe2 \\x82 \\xac){2,2}"},
    {"\360\237\230\200", "(\\xf0 \\x9f \\x98 \\x80)"},
    {"\302\200", "(\\xc2 \\x80)"},
    {"\337\277", "(\\xdf \\xbf)"},
    {"\340\240\200", "(\\xe0 \\xa0 \\x80)"},
    {"\355\237\277", "(\\xed \\x9f \\xbf)"},
    {"\356\200\200", "(\\xee \\x80 \\x80)"},
    {"\357\277\277", "(\\xef \\xbf \\xbf)"},
    {"\360\220\200\200", "(\\xf0 \\x90 \\x80 \\x80)"},
    {"\364\217\277\277", "(\\xf4 \\x8f \\xbf \\xbf)"},
    {"\n", "\\x0a"},
    {"#", "\\x23"},
    /* --- any byte, edges */
    {".", "[\\x00-\\x09\\x0b-\\xff]"},
    {"(?s).", "[\\x00-\\xff]"},
    {"^", "<text-start>"},
    {"$", "<text-end>"},
    {"(?m)^$", "(<line-start> <line-end>)"},
    {"^a$", "(<text-start> a <text-end>)"},
    {"(?m:^)^", "(<line-start> <text-start>)"},
    {"\\A\\z", "(<text-start> <text-end>)"},
    {"(?m)\\A\\z", "(<text-start> <text-end>)"},
    {"\\b", "<word-edge>"},
    {"\\B", "<word-inside>"},
    {"\\<a\\>", "(<word-start> a <word-end>)"},
    {"\\b{start}", "<word-start>"},
    {"\\b{end}", "<word-end>"},
    {"\\b{start-half}", "<word-start-half>"},
    {"\\b{end-half}", "<word-end-half>"},
    {"(?x)\\b{ st art }", "<word-start>"},
    {"(?x)\\b { 2 }a", "(<word-edge> a)"},
    {"\\b{2}", "<word-edge>"},
    {"\\b{ 2 }", "<word-edge>"},
    /* --- escapes */
    {"\\a\\f\\t\\n\\r\\v", "(\\x07 \\x0c \\x09 \\x0a \\x0d \\x0b)"},
    {"\\d", "[0-9]"},
    {"\\D", "[\\x00-\\x2f\\x3a-\\xff]"},
    {"\\s", "[\\x09-\\x0d\\x20]"},
    {"\\S", "[\\x00-\\x08\\x0e-\\x1f\\x21-\\xff]"},
    {"\\w", "[0-9A-Z_a-z]"},
    {"\\W", "[\\x00-\\x2f\\x3a-\\x40\\x5b-\\x5e\\x60\\x7b-\\xff]"},
    {"\\.\\*\\+\\?\\(\\)\\|\\[\\]\\{\\}\\^\\$\\\\",
     "(\\x2e \\x2a \\x2b \\x3f \\x28 \\x29 \\x7c \\x5b \\x5d \\x7b \\x7d \\x5e \\x24 \\x5c)"},
    {"\\#\\&\\-\\~", "(\\x23 \\x26 \\x2d \\x7e)"},
    {"\\/\\!\\\"\\%\\'\\,\\:\\;\\=\\@\\_\\`",
     "(\\x2f \\x21 \\x22 \\x25 \\x27 \\x2c \\x3a \\x3b \\x3d \\x40 _ \\x60)"},
    {"\\ \\\t", "(\\x20 \\x09)"},
    {"\\x41", "A"},
    {"\\xff", "\\xff"},
    {"\\xFf", "\\xff"},
    {"\\x{41}", "A"},
    {"\\x{e9}", "(\\xc3 \\xa9)"},
    {"\\x{e9}*", "(\\xc3 \\xa9){0,}"},
    {"\\x{0000000000041}", "A"},
    {"\\x{20ac}", "(\\xe2 \\x82 \\xac)"},
    {"\\x{1F600}", "(\\xf0 \\x9f \\x98 \\x80)"},
    {"\\u0041", "A"},
    {"\\u00e9", "(\\xc3 \\xa9)"},
    {"\\u{41}", "A"},
    {"\\u{e9}", "(\\xc3 \\xa9)"},
    {"\\U00000041", "A"},
    {"\\U{41}", "A"},
    {"\\U0010FFFF", "(\\xf4 \\x8f \\xbf \\xbf)"},
    {"\\x{0}", "\\x00"},
    {"(?x)\\x 4 1", "A"},
    {"(?x)\\x{ 4 1 }", "A"},
    /* --- classes */
    {"[a]", "a"},
    {"[abc]", "[a-c]"},
    {"[a-c]", "[a-c]"},
    {"[c-c]", "c"},
    {"[a-cx-z]", "[a-cx-z]"},
    {"[^a]", "[\\x00-\\x60b-\\xff]"},
    {"[^a-z]", "[\\x00-\\x60\\x7b-\\xff]"},
    {"[a-]", "[\\x2da]"},
    {"[-a]", "[\\x2da]"},
    {"[-]", "\\x2d"},
    {"[--]", "\\x2d"},
    {"[--a]", "[\\x2da]"},
    {"[---a]", "[\\x2da]"},
    {"[^-a]", "[\\x00-\\x2c\\x2e-\\x60b-\\xff]"},
    {"[a-c-e]", "[\\x2da-ce]"},
    {"[]]", "\\x5d"},
    {"[]a]", "[\\x5da]"},
    {"[^]a]", "[\\x00-\\x5c\\x5e-\\x60b-\\xff]"},
    {"[]-a]", "[\\x2d\\x5da]"},
    {"[^]]", "[\\x00-\\x5c\\x5e-\\xff]"},
    {"[a^]", "[\\x5ea]"},
    {"[.*+?(){}|$]", "[\\x24\\x28-\\x2b\\x2e\\x3f\\x7b-\\x7d]"},
    {"[\\]\\[\\\\\\-\\^]", "[\\x2d\\x5b-\\x5e]"},
    {"[\\d]", "[0-9]"},
    {"[\\D]", "[\\x00-\\x2f\\x3a-\\xff]"},
    {"[\\d\\s]", "[\\x09-\\x0d\\x200-9]"},
    {"[\\w-]", "[\\x2d0-9A-Z_a-z]"},
    {"[\\x41-\\x43]", "[A-C]"},
    {"[\\xe9\\xff]", "[\\xe9\\xff]"},
    {"[\\x80-\\xff]", "[\\x80-\\xff]"},
    {"[\\x00-\\xff]", "[\\x00-\\xff]"},
    {"[\\n\\t]", "[\\x09\\x0a]"},
    {"[\\a-\\r]", "[\\x07-\\x0d]"},
    {"[ ]", "\\x20"},
    {"[a b]", "[\\x20ab]"},
    {"[+-[]", "[\\x2b-\\x5b]"},
    {"[!-~]", "[\\x21-\\x7e]"},
    {"[+--]", "\\x2b"},
    {"[\\u0041\\U00000042\\x{43}]", "[A-C]"},
    /* --- POSIX classes */
    {"[[:alnum:]]", "[0-9A-Za-z]"},
    {"[[:alpha:]]", "[A-Za-z]"},
    {"[[:ascii:]]", "[\\x00-\\x7f]"},
    {"[[:blank:]]", "[\\x09\\x20]"},
    {"[[:cntrl:]]", "[\\x00-\\x1f\\x7f]"},
    {"[[:digit:]]", "[0-9]"},
    {"[[:graph:]]", "[\\x21-\\x7e]"},
    {"[[:lower:]]", "[a-z]"},
    {"[[:print:]]", "[\\x20-\\x7e]"},
    {"[[:punct:]]", "[\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e]"},
    {"[[:space:]]", "[\\x09-\\x0d\\x20]"},
    {"[[:upper:]]", "[A-Z]"},
    {"[[:word:]]", "[0-9A-Z_a-z]"},
    {"[[:xdigit:]]", "[0-9A-Fa-f]"},
    {"[[:^alpha:]]", "[\\x00-\\x40\\x5b-\\x60\\x7b-\\xff]"},
    {"[[:^space:]x]", "[\\x00-\\x08\\x0e-\\x1f\\x21-\\xff]"},
    {"[^[:digit:]]", "[\\x00-\\x2f\\x3a-\\xff]"},
    {"[[:alpha:]-z]", "[\\x2dA-Za-z]"},
    {"[:alpha:]", "[\\x3aahlp]"},
    {"[[:alfa:]]", "[\\x3aafl]"},
    {"[[:Alpha:]]", "[\\x3aAahlp]"},
    {"[[:alpha]]", "[\\x3aahlp]"},
    {"[[:alphabet:]]", "[\\x3aabehlpt]"},
    {"[a[:^ascii:]]", "[a\\x80-\\xff]"},
    /* --- classes in classes */
    {"[a[b]]", "[ab]"},
    {"[a[^b]]", "[\\x00-ac-\\xff]"},
    {"[[a][b]]", "[ab]"},
    {"[^[^a]]", "a"},
    {"[[[[a]]]]", "a"},
    {"[[]a]]", "[\\x5da]"},
    {"[a-z&&[aeiou]]", "[aeiou]"},
    {"[a-z&&[^aeiou]]", "[b-df-hj-np-tv-z]"},
    {"[a-z--[aeiou]]", "[b-df-hj-np-tv-z]"},
    {"[a-z--b-y]", "[az]"},
    {"[a-g~~d-j]", "[a-ch-j]"},
    {"[a-z&&c-x--m]", "[c-ln-x]"},
    {"[a--b&&c]", "[]"},
    {"[ab&&bc~~b]", "[]"},
    {"[a&&]", "[]"},
    {"[&&a]", "[]"},
    {"[^&&]", "[\\x00-\\xff]"},
    {"[a&&b]", "[]"},
    {"[a&b]", "[\\x26ab]"},
    {"[a~b]", "[ab\\x7e]"},
    {"[a&&&b]", "[]"},
    {"[\\w--\\d]", "[A-Z_a-z]"},
    {"[\\w&&[^\\d_]]", "[A-Za-z]"},
    {"[[a-c]&&[b-d]]", "[bc]"},
    {"[^a-z&&b]", "[\\x00-ac-\\xff]"},
    {"[0-9--[4-6&&5]]", "[0-46-9]"},
    /* --- repeats */
    {"a*", "a{0,}"},
    {"a+", "a{1,}"},
    {"a?", "a{0,1}"},
    {"a*?", "a{0,}?"},
    {"a+?", "a{1,}?"},
    {"a??", "a{0,1}?"},
    {"a{2}", "a{2,2}"},
    {"a{2,}", "a{2,}"},
    {"a{2,3}", "a{2,3}"},
    {"a{0,3}", "a{0,3}"},
    {"a{2}?", "a{2,2}?"},
    {"a{2,}?", "a{2,}?"},
    {"a{2,3}?", "a{2,3}?"},
    {"a{ 2 }", "a{2,2}"},
    {"a{ 2 , 3 }", "a{2,3}"},
    {"a{02,003}", "a{2,3}"},
    {"a{0}", "()"},
    {"a{0,0}", "()"},
    {"a{0}*", "()"},
    {"a{1}", "a"},
    {"a{1,1}?", "a"},
    {"a{1}{1}", "a"},
    {"a**", "a{0,}{0,}"},
    {"a*+", "a{0,}{1,}"},
    {"a*??", "a{0,}?{0,1}"},
    {"a{2}{3}", "a{2,2}{3,3}"},
    {"(a{2}){3}", "#1(a{2,2}){3,3}"},
    {".*", "[\\x00-\\x09\\x0b-\\xff]{0,}"},
    {"\\d+", "[0-9]{1,}"},
    {"[a-c]{2}", "[a-c]{2,2}"},
    {"(ab)*", "#1((a b)){0,}"},
    {"^*", "<text-start>{0,1}"},
    {"^{5}", "<text-start>"},
    {"\\b{2,}", "<word-edge>"},
    {"(^$)+", "#1((<text-start> <text-end>))"},
    {"(?:)*", "()"},
    {"(?:){4294967295}", "()"},
    {"(?:^|\\b){3,}", "(<text-start>|<word-edge>)"},
    {"((a*)*)*", "#1(#2(a{0,}){0,}){0,}"},
    {"a{655360}", "a{655360,655360}"},
    /* --- (?U) */
    {"(?U)a*", "a{0,}?"},
    {"(?U)a*?", "a{0,}"},
    {"(?U)a{2,3}", "a{2,3}?"},
    {"(?U:a+)b+", "(a{1,}? b{1,})"},
    {"(?U)(?-U)a+", "a{1,}"},
    {"(?-U)a+", "a{1,}"},
    /* --- groups */
    {"(a)", "#1(a)"},
    {"(a)(b)", "(#1(a) #2(b))"},
    {"((a)b)", "#1((#2(a) b))"},
    {"(?:a)", "a"},
    {"(?:ab)c", "(a b c)"},
    {"a(?:bc)d", "(a b c d)"},
    {"a(?:b(?:c)d)e", "(a b c d e)"},
    {"(ab)c", "(#1((a b)) c)"},
    {"(?P<n>a)", "#1(a)"},
    {"(?<n>a)", "#1(a)"},
    {"(?<_>a)(?<n1.[x]>b)", "(#1(a) #2(b))"},
    {"(?P<ab>a)(?P<a>b)(?P<abc>c)", "(#1(a) #2(b) #3(c))"},
    {"()", "#1(())"},
    {"(())", "#1(#2(()))"},
    {"a()b", "(a #1(()) b)"},
    {"(|)", "#1((()|()))"},
    {"(?:)", "()"},
    {"a(?:)b", "(a b)"},
    {"a\\)", "(a \\x29)"},
    /* --- alternatives */
    {"a|b", "(a|b)"},
    {"a|b|c", "(a|b|c)"},
    {"ab|c", "((a b)|c)"},
    {"a|bc|d", "(a|(b c)|d)"},
    {"a|", "(a|())"},
    {"|a", "(()|a)"},
    {"|", "(()|())"},
    {"||", "(()|()|())"},
    {"a||b", "(a|()|b)"},
    {"(a|b)", "#1((a|b))"},
    {"(a|b)c", "(#1((a|b)) c)"},
    {"(a)|(b)", "(#1(a)|#2(b))"},
    {"(?:a|b)|c", "((a|b)|c)"},
    {"(?:ab|c)|d", "(((a b)|c)|d)"},
    {"a|(b|c)", "(a|#1((b|c)))"},
    {"[a-c]|d|\\d", "([a-c]|d|[0-9])"},
    {"a|^", "(a|<text-start>)"},
    {".|\\n", "([\\x00-\\x09\\x0b-\\xff]|\\x0a)"},
    {"(?:a|b)*", "(a|b){0,}"},
    {"a|b*", "(a|b{0,})"},
    {"(?:a|b)(?:c|d)", "((a|b) (c|d))"},
    {"\303\251|a", "((\\xc3 \\xa9)|a)"},
    /* --- flags */
    {"(?i)a", "[Aa]"},
    {"(?i)aB1\303\251", "([Aa] [Bb] 1 \\xc3 \\xa9)"},
    {"(?i:a)b", "([Aa] b)"},
    {"(?i)a(?-i)b", "([Aa] b)"},
    {"(?i)a(?-i:b)c", "([Aa] b [Cc])"},
    {"((?i)a)b", "(#1([Aa]) b)"},
    {"(?:(?i)a|b)c", "(([Aa]|[Bb]) c)"},
    {"a(?i)b|c", "((a [Bb])|[Cc])"},
    {"(?i)[a-c]", "[A-Ca-c]"},
    {"(?i)[^a]", "[\\x00-\\x40B-\\x60b-\\xff]"},
    {"(?i)[[:lower:]]", "[A-Za-z]"},
    {"(?i)[[:^lower:]]", "[\\x00-\\x40\\x5b-\\x60\\x7b-\\xff]"},
    {"(?i)[a-c&&B]", "[Bb]"},
    {"(?i)[a-z--K]", "[A-JL-Za-jl-z]"},
    {"(?i)[k~~K]", "[]"},
    {"(?i)[_-c]", "[A-C_-c]"},
    {"(?i)\\x41", "[Aa]"},
    {"(?i)\\xe1", "\\xe1"},
    {"(?i)\\u0041", "[Aa]"},
    {"(?i)\303\251", "(\\xc3 \\xa9)"},
    {"(?i)\\d\\D", "([0-9] [\\x00-\\x2f\\x3a-\\xff])"},
    {"(?im)^a", "(<line-start> [Aa])"},
    {"(?si).k", "([\\x00-\\xff] [Kk])"},
    {"(?ms-ix)a.$", "(a [\\x00-\\xff] <line-end>)"},
    {"(?-u)\\w", "[0-9A-Z_a-z]"},
    {"(?-u:\\xff)", "\\xff"},
    {"(?i-u)k", "[Kk]"},
    {"(?-R)$", "<text-end>"},
    {"(?i)", "()"},
    {"(?i)|a", "(()|[Aa])"},
    {"a(?i)", "a"},
    {"(?i)(?s)", "()"},
    {"(?i)()*", "#1(()){0,1}"},
    /* --- (?x) */
    {"(?x)a b", "(a b)"},
    {"(?x) a # comment\n b", "(a b)"},
    {"(?x)a#comment", "a"},
    {"(?x)a\\ b\\#", "(a \\x20 b \\x23)"},
    {"(?x)[a b]", "[ab]"},
    {"(?x)[a # ]\nb]", "[ab]"},
    {"(?x)[ ^ a ]", "[\\x00-\\x60b-\\xff]"},
    {"(?x)[a - c]", "[a-c]"},
    {"(?x)[ - a]", "[\\x2da]"},
    {"(?x)[ ] a]", "[\\x5da]"},
    {"(?x)[a-#]\nc]", "[\\x2dac]"},
    {"(?x)[a-##]\nc]", "[a-c]"},
    {"(?x)[a - -]", "[\\x2da]"},
    {"(?x)[[:alpha:] 1]", "[1A-Za-z]"},
    {"(?x)[a &&a]", "a"},
    {"(?x)[a& &a]", "[\\x26a]"},
    {"(?x)a * b", "(a{0,} b)"},
    {"(?x)a* ?", "a{0,}{0,1}"},
    {"(?x)a { 2 } ?", "a{2,2}?"},
    {"(?x)a{2 # two\n, 3}", "a{2,3}"},
    {"(?x)a{1 0}", "a{10,10}"},
    {"(?x)a{2, }", "a{2,}"},
    {"(?x) ( ?: a )", "a"},
    {"(?x)(?-x: a )( b )", "(\\x20 a \\x20 #1(b))"},
    {"(?x: a ) b", "(a \\x20 b)"},
    {"((?x) a) b", "(#1(a) \\x20 b)"},
    {"(?x)a |b", "(a|b)"},
    {"(?x)\303\251", "(\\xc3 \\xa9)"},
    {"a b", "(a \\x20 b)"},
    {"(?x)a\302\240b\343\200\200c\342\200\203d\342\200\250e\302\205f\341\232\200g\342\201\237h\342\200\257i\342\200\251j\342\200\213k",
     "(a b c d e f g h i j \\xe2 \\x80 \\x8b k)"},
    {"(?x)a\342\200\212{2}\342\200\252\343\200\201\342\201\240\341\232\201\302\241",
     "(a{2,2} \\xe2 \\x80 \\xaa \\xe3 \\x80 \\x81 \\xe2 \\x81 \\xa0 \\xe1 \\x9a \\x81 \\xc2 \\xa1)"},
    {"a{\302\2402\342\200\202}", "a{2,2}"},
/* END */
};

/* Without captures, what is only grouped leaves no trace. */
static const expectation plain_trees[] = {
/* PLAIN */
    {"(a)", "a"},
    {"((a))", "a"},
    {"(a)(b)", "(a b)"},
    {"(ab)c", "(a b c)"},
    {"a((b)c)d", "(a b c d)"},
    {"(ab)*", "(a b){0,}"},
    {"()", "()"},
    {"a()b", "(a b)"},
    {"()*", "()"},
    {"(a){0}", "()"},
    {"(a){1}", "a"},
    {"a|b", "[ab]"},
    {"a|b|c", "[a-c]"},
    {"(a)|(b)", "[ab]"},
    {"(a|b)c", "([ab] c)"},
    {"(?:a|b)|c", "[a-c]"},
    {"a|(b|c)", "[a-c]"},
    {"a|[^b]|\\d", "[\\x00-ac-\\xff]"},
    {"[a-c]|d", "[a-d]"},
    {"a|bc", "(a|(b c))"},
    {"a|b|cd", "(a|b|(c d))"},
    {"a|", "(a|())"},
    {"a|^", "(a|<text-start>)"},
    {"\303\251|a", "((\\xc3 \\xa9)|a)"},
    {"(?i)a|b", "[ABab]"},
    {"a|(?i)b", "[Bab]"},
    {"a|b*", "(a|b{0,})"},
    {"(a|b)*", "[ab]{0,}"},
    {"((a|b)c|d)e", "((([ab] c)|d) e)"},
    {".|\\n", "[\\x00-\\xff]"},
    {"(a{1}|b)", "[ab]"},
    {"(|a)", "(()|a)"},
/* END */
};
/* clang-format on */

enum {
    TREES = sizeof trees / sizeof trees[0],
    PLAIN_TREES = sizeof plain_trees / sizeof plain_trees[0]
};

/* --- trees -------------------------------------------------------------------------- */

static void becomes(const expectation *row, bool captures)
{
    const pst_regex_limits limits = regex_limits();
    regex_text text;
    char written[1024] = "";
    pst_writer to = {written, sizeof written, 0};

    regex_parse(&text, NULL, postern_text(row->pattern), captures, &limits);
    ck_assert_msg(text.status == POSTERN_OK, "%s: %s", row->pattern,
                  text.problem.message);
    ck_assert_int_eq(text.problem.status, POSTERN_OK);
    regex_write(&to, text.tree.root);
    ck_assert_uint_lt(pst_write_end(&to), sizeof written);
    ck_assert_msg(strcmp(written, row->tree) == 0, "%s is %s, not %s", row->pattern,
                  written, row->tree);
    regex_is_sound(&text.tree, captures);
    regex_free(&text);
}

START_TEST(patterns_become_trees)
{
    becomes(&trees[_i], true);
}
END_TEST

START_TEST(patterns_without_captures_become_simpler_trees)
{
    becomes(&plain_trees[_i], false);
}
END_TEST

/* Whether groups are kept changes the tree and nothing that is said of it. */
START_TEST(facts_do_not_depend_on_captures)
{
    const pst_regex_limits limits = regex_limits();
    regex_text kept;
    regex_text plain;

    regex_parse(&kept, NULL, postern_text(trees[_i].pattern), true, &limits);
    regex_parse(&plain, NULL, postern_text(trees[_i].pattern), false, &limits);
    regex_is_sound(&plain.tree, false);
    ck_assert_uint_eq(kept.tree.groups, plain.tree.groups);
    ck_assert_uint_eq(kept.tree.root->height, plain.tree.root->height);
    ck_assert_uint_eq(kept.tree.root->size, plain.tree.root->size);
    ck_assert_int_eq(kept.tree.root->nullable, plain.tree.root->nullable);
    ck_assert_int_eq(kept.tree.root->hollow, plain.tree.root->hollow);
    regex_free(&kept);
    regex_free(&plain);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("regex syntax");
    TCase *tcase = tcase_create("trees");

    tcase_add_loop_test(tcase, patterns_become_trees, 0, TREES);
    tcase_add_loop_test(tcase, patterns_without_captures_become_simpler_trees, 0,
                        PLAIN_TREES);
    tcase_add_loop_test(tcase, facts_do_not_depend_on_captures, 0, TREES);
    suite_add_tcase(suite, tcase);
    return suite;
}
