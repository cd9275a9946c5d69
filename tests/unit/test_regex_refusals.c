/*
 * test_regex_refusals.c - what is no regular expression, or not one of ours, is refused
 * with the place and a message that helps.
 */
#include "../harness/harness.h"
#include "regex_text.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
static const struct {
    postern_status status;
    const char *pattern;
    const char *place;
    const char *message;
} refused[] = {
/* REFUSED */
    /* --- nothing to repeat */
    {POSTERN_SYNTAX, "*", "^", "nothing to repeat before '*'"},
    {POSTERN_SYNTAX, "+", "^", "nothing to repeat before '+'"},
    {POSTERN_SYNTAX, "?", "^", "nothing to repeat before '?'"},
    {POSTERN_SYNTAX, "{2}", "^", "nothing to repeat before '{'"},
    {POSTERN_SYNTAX, "a|*", "  ^", "nothing to repeat before '*'"},
    {POSTERN_SYNTAX, "(*a)", " ^", "nothing to repeat before '*'"},
    {POSTERN_SYNTAX, "(?:+)", "   ^", "nothing to repeat before '+'"},
    {POSTERN_SYNTAX, "(?i)*", "    ^", "nothing to repeat before '*'"},
    {POSTERN_SYNTAX, "a(?i){2}", "     ^", "nothing to repeat before '{'"},
    {POSTERN_SYNTAX, "|?", " ^", "nothing to repeat before '?'"},
    {POSTERN_SYNTAX, "(?x) *", "     ^", "nothing to repeat before '*'"},
    {POSTERN_SYNTAX, "(|+)", "  ^", "nothing to repeat before '+'"},
    /* --- repeats */
    {POSTERN_SYNTAX, "a{", " ^", "the repeat is not closed"},
    {POSTERN_SYNTAX, "a{2", " ^^", "the repeat is not closed"},
    {POSTERN_SYNTAX, "a{2,", " ^^^", "the repeat is not closed"},
    {POSTERN_SYNTAX, "a{2,3", " ^^^^", "the repeat is not closed"},
    {POSTERN_SYNTAX, "a{ 2", " ^^^", "the repeat is not closed"},
    {POSTERN_SYNTAX, "a{}", " ^^", "a number is missing in the repeat"},
    {POSTERN_SYNTAX, "a{,}", " ^^^", "a number is missing in the repeat"},
    {POSTERN_SYNTAX, "a{,3}", " ^^^^", "a number is missing in the repeat"},
    {POSTERN_SYNTAX, "a{2, }", " ^^^^^", "a number is missing in the repeat"},
    {POSTERN_SYNTAX, "a{,\303\251}", "   ^^",
     "expected a number or '}' instead of '\\xc3\\xa9'"},
    {POSTERN_SYNTAX, "a{x}", "  ^", "expected a number or '}' instead of 'x'"},
    {POSTERN_SYNTAX, "a{2x}", "   ^", "expected a number or '}' instead of 'x'"},
    {POSTERN_SYNTAX, "a{2,x}", "    ^", "expected a number or '}' instead of 'x'"},
    {POSTERN_SYNTAX, "a{2,3,4}", "     ^", "expected a number or '}' instead of ','"},
    {POSTERN_SYNTAX, "a{-1}", "  ^", "expected a number or '}' instead of '-'"},
    {POSTERN_SYNTAX, "a{2 3}", "    ^", "expected a number or '}' instead of '3'"},
    {POSTERN_SYNTAX, "a{3,1}", " ^^^^^", "the repeat goes backwards"},
    {POSTERN_SYNTAX, "a{3,1}?", " ^^^^^", "the repeat goes backwards"},
    {POSTERN_SYNTAX, "a{10,9}b", " ^^^^^^", "the repeat goes backwards"},
    {POSTERN_SYNTAX, "a{4294967296}", "  ^^^^^^^^^^",
     "the number is above 4,294,967,295"},
    {POSTERN_SYNTAX, "a{0,4294967296}", "    ^^^^^^^^^^",
     "the number is above 4,294,967,295"},
    {POSTERN_SYNTAX, "a{99999999999999999999999}", "  ^^^^^^^^^^^^^^^^^^^^^^^",
     "the number is above 4,294,967,295"},
    {POSTERN_SYNTAX, "a{18446744073709551618}", "  ^^^^^^^^^^^^^^^^^^^^",
     "the number is above 4,294,967,295"},
    {POSTERN_SYNTAX, "(?x)a{2 # }", "     ^^^^^^", "the repeat is not closed"},
    /* --- groups */
    {POSTERN_SYNTAX, "(", "^", "the group is not closed"},
    {POSTERN_SYNTAX, "(a", "^", "the group is not closed"},
    {POSTERN_SYNTAX, "((a)", "^", "the group is not closed"},
    {POSTERN_SYNTAX, "a(b|c", " ^", "the group is not closed"},
    {POSTERN_SYNTAX, "(?:a", "^", "the group is not closed"},
    {POSTERN_SYNTAX, "(?i:a", "^", "the group is not closed"},
    {POSTERN_SYNTAX, ")", "^", "no group is open here"},
    {POSTERN_SYNTAX, "a)", " ^", "no group is open here"},
    {POSTERN_SYNTAX, "a)b", " ^", "no group is open here"},
    {POSTERN_SYNTAX, "(a))", "   ^", "no group is open here"},
    {POSTERN_SYNTAX, "a|b)", "   ^", "no group is open here"},
    {POSTERN_SYNTAX, "(?", "^", "the group is not closed"},
    {POSTERN_SYNTAX, "(?i", "^", "the group is not closed"},
    {POSTERN_SYNTAX, "(?i-", "^", "the group is not closed"},
    {POSTERN_SYNTAX, "(?)", " ^", "nothing to repeat before '?'"},
    {POSTERN_SYNTAX, "(?x)( ?)", "      ^", "nothing to repeat before '?'"},
    /* --- names */
    {POSTERN_SYNTAX, "(?<", "^^^", "the name of the group is not closed"},
    {POSTERN_SYNTAX, "(?P<", "^^^^", "the name of the group is not closed"},
    {POSTERN_SYNTAX, "(?<a", "^^^^", "the name of the group is not closed"},
    {POSTERN_SYNTAX, "(?P<ab", "^^^^^^", "the name of the group is not closed"},
    {POSTERN_SYNTAX, "(?<>a)", "^^^^", "the name of the group is missing"},
    {POSTERN_SYNTAX, "(?P<>a)", "^^^^^", "the name of the group is missing"},
    {POSTERN_SYNTAX, "(?<1>a)", "   ^", "the name of a group cannot hold '1'"},
    {POSTERN_SYNTAX, "(?<a-b>a)", "    ^", "the name of a group cannot hold '-'"},
    {POSTERN_SYNTAX, "(?<a b>a)", "    ^", "the name of a group cannot hold ' '"},
    {POSTERN_SYNTAX, "(?<\303\251>a)", "   ^^",
     "the name of a group cannot hold '\\xc3\\xa9'"},
    {POSTERN_SYNTAX, "(?<a>b)(?<a>c)", "          ^", "another group has the name 'a'"},
    {POSTERN_SYNTAX, "(?<a>b)(?<ab>c)(?P<ab>d)", "                   ^^",
     "another group has the name 'ab'"},
    {POSTERN_SYNTAX, "(?P<.>a)", "    ^", "the name of a group cannot hold '.'"},
    {POSTERN_SYNTAX, "(?P<a.b[0]>a)|(?P<a.b[0]>b)", "                  ^^^^^^",
     "another group has the name 'a.b[0]'"},
    {POSTERN_SYNTAX, "(?'a'b)", "^^^", "unknown kind of group '(?''"},
    {POSTERN_SYNTAX, "(?Pa)", "  ^", "unknown flag 'P'"},
    /* --- flags */
    {POSTERN_SYNTAX, "(?z)", "  ^", "unknown flag 'z'"},
    {POSTERN_SYNTAX, "(?iz:a)", "   ^", "unknown flag 'z'"},
    {POSTERN_SYNTAX, "(?i i)", "   ^", "unknown flag ' '"},
    {POSTERN_SYNTAX, "(?ii)", "   ^", "twice in these flags: 'i'"},
    {POSTERN_SYNTAX, "(?i-i)", "    ^", "twice in these flags: 'i'"},
    {POSTERN_SYNTAX, "(?s-s:.)", "    ^", "twice in these flags: 's'"},
    {POSTERN_SYNTAX, "(?--i)", "   ^", "twice in these flags: '-'"},
    {POSTERN_SYNTAX, "(?-)", "  ^", "no flag behind the minus"},
    {POSTERN_SYNTAX, "(?i-)", "   ^", "no flag behind the minus"},
    {POSTERN_SYNTAX, "(?i-:a)", "   ^", "no flag behind the minus"},
    {POSTERN_SYNTAX, "(?\303\251)", "  ^^", "unknown flag '\\xc3\\xa9'"},
    {POSTERN_SYNTAX, "(?L)", "  ^", "unknown flag 'L'"},
    {POSTERN_SYNTAX, "(?#comment)", "^^^", "unknown kind of group '(?#'"},
    {POSTERN_UNSUPPORTED, "(?R)", "  ^", "the flag R is not available"},
    {POSTERN_UNSUPPORTED, "(?u)", "  ^", "the flag u is not available"},
    {POSTERN_UNSUPPORTED, "(?iu)", "   ^", "the flag u is not available"},
    {POSTERN_UNSUPPORTED, "(?u:a)", "  ^", "the flag u is not available"},
    {POSTERN_UNSUPPORTED, "(?R:a)", "  ^", "the flag R is not available"},
    {POSTERN_SYNTAX, "(?i-mR-u)", "      ^", "twice in these flags: '-'"},
    /* --- what is not there */
    {POSTERN_UNSUPPORTED, "(?=a)", "^^^", "look-ahead is not available"},
    {POSTERN_UNSUPPORTED, "(?!a)", "^^^", "look-ahead is not available"},
    {POSTERN_UNSUPPORTED, "(?<=a)", "^^^^", "look-behind is not available"},
    {POSTERN_UNSUPPORTED, "(?<!a)", "^^^^", "look-behind is not available"},
    {POSTERN_UNSUPPORTED, "a(?=b)c", " ^^^", "look-ahead is not available"},
    {POSTERN_UNSUPPORTED, "(?x)( ?=a)", "    ^^^^", "look-ahead is not available"},
    {POSTERN_UNSUPPORTED, "(?>a)", "^^^", "atomic groups are not available"},
    {POSTERN_UNSUPPORTED, "(?|a)", "^^^",
     "groups that share numbers are not available"},
    {POSTERN_UNSUPPORTED, "(?(1)a)", "^^^", "conditions are not available"},
    {POSTERN_UNSUPPORTED, "(?P=n)", "^^^^", "back-references are not available"},
    {POSTERN_UNSUPPORTED, "(?P>n)", "^^^^", "calls of groups are not available"},
    {POSTERN_UNSUPPORTED, "(?&n)", "^^^", "calls of groups are not available"},
    {POSTERN_UNSUPPORTED, "(?1)", "^^^", "calls of groups are not available"},
    {POSTERN_UNSUPPORTED, "(?+1)", "^^^", "calls of groups are not available"},
    {POSTERN_UNSUPPORTED, "(a)\\1", "   ^^", "back-references are not available"},
    {POSTERN_UNSUPPORTED, "\\2", "^^", "back-references are not available"},
    {POSTERN_UNSUPPORTED, "\\9", "^^", "back-references are not available"},
    {POSTERN_UNSUPPORTED, "(a)\\12", "   ^^", "back-references are not available"},
    {POSTERN_UNSUPPORTED, "\\0", "^^", "octal escapes are not available"},
    {POSTERN_UNSUPPORTED, "\\012", "^^^^", "octal escapes are not available"},
    {POSTERN_UNSUPPORTED, "\\101", "^^^^", "octal escapes are not available"},
    {POSTERN_UNSUPPORTED, "\\400", "^^^^", "octal escapes are not available"},
    {POSTERN_UNSUPPORTED, "\\8", "^^", "back-references are not available"},
    {POSTERN_UNSUPPORTED, "\\k<n>", "^^", "back-references are not available"},
    {POSTERN_UNSUPPORTED, "\\g{1}", "^^", "back-references are not available"},
    {POSTERN_UNSUPPORTED, "\\pL", "^^^", "Unicode classes are not available"},
    {POSTERN_UNSUPPORTED, "\\PL", "^^^", "Unicode classes are not available"},
    {POSTERN_UNSUPPORTED, "\\p{L}", "^^^^^", "Unicode classes are not available"},
    {POSTERN_UNSUPPORTED, "\\p{Greek}", "^^^^^^^^^",
     "Unicode classes are not available"},
    {POSTERN_UNSUPPORTED, "\\p{^Lu}", "^^^^^^^", "Unicode classes are not available"},
    {POSTERN_UNSUPPORTED, "\\p{Nd}", "^^^^^^", "Unicode classes are not available"},
    {POSTERN_UNSUPPORTED, "\\pN", "^^^", "Unicode classes are not available"},
    {POSTERN_UNSUPPORTED, "\\pP", "^^^", "Unicode classes are not available"},
    {POSTERN_UNSUPPORTED, "\\p{Sc}", "^^^^^^", "Unicode classes are not available"},
    {POSTERN_UNSUPPORTED, "\\p{Zs}", "^^^^^^", "Unicode classes are not available"},
    {POSTERN_UNSUPPORTED, "\\p{Alphabetic}", "^^^^^^^^^^^^^^",
     "Unicode classes are not available"},
    {POSTERN_UNSUPPORTED, "\\p", "^^", "Unicode classes are not available"},
    {POSTERN_UNSUPPORTED, "\\p{", "^^^", "Unicode classes are not available"},
    {POSTERN_UNSUPPORTED, "\\p{L", "^^^^", "Unicode classes are not available"},
    {POSTERN_UNSUPPORTED, "\\p\\d", "^^^", "Unicode classes are not available"},
    {POSTERN_UNSUPPORTED, "\\p\303\251", "^^^^", "Unicode classes are not available"},
    {POSTERN_UNSUPPORTED, "[\\pL]", " ^^^", "Unicode classes are not available"},
    {POSTERN_UNSUPPORTED, "[^\\P{Lu}]", "  ^^^^^^",
     "Unicode classes are not available"},
    /* --- escapes */
    {POSTERN_SYNTAX, "\\", "^", "nothing behind the backslash"},
    {POSTERN_SYNTAX, "a\\", " ^", "nothing behind the backslash"},
    {POSTERN_SYNTAX, "\\Z", "^^", "unknown escape '\\Z'"},
    {POSTERN_SYNTAX, "\\h", "^^", "unknown escape '\\h'"},
    {POSTERN_SYNTAX, "\\H", "^^", "unknown escape '\\H'"},
    {POSTERN_SYNTAX, "\\R", "^^", "unknown escape '\\R'"},
    {POSTERN_SYNTAX, "\\N", "^^", "unknown escape '\\N'"},
    {POSTERN_SYNTAX, "\\X", "^^", "unknown escape '\\X'"},
    {POSTERN_SYNTAX, "\\e", "^^", "unknown escape '\\e'"},
    {POSTERN_SYNTAX, "\\cA", "^^", "unknown escape '\\c'"},
    {POSTERN_SYNTAX, "\\Q", "^^", "unknown escape '\\Q'"},
    {POSTERN_SYNTAX, "\\E", "^^", "unknown escape '\\E'"},
    {POSTERN_SYNTAX, "\\G", "^^", "unknown escape '\\G'"},
    {POSTERN_SYNTAX, "\\K", "^^", "unknown escape '\\K'"},
    {POSTERN_SYNTAX, "\\C", "^^", "unknown escape '\\C'"},
    {POSTERN_SYNTAX, "\\i", "^^", "unknown escape '\\i'"},
    {POSTERN_SYNTAX, "\\j", "^^", "unknown escape '\\j'"},
    {POSTERN_SYNTAX, "\\l", "^^", "unknown escape '\\l'"},
    {POSTERN_SYNTAX, "\\m", "^^", "unknown escape '\\m'"},
    {POSTERN_SYNTAX, "\\M", "^^", "unknown escape '\\M'"},
    {POSTERN_SYNTAX, "\\o{101}", "^^", "unknown escape '\\o'"},
    {POSTERN_SYNTAX, "\\y", "^^", "unknown escape '\\y'"},
    {POSTERN_SYNTAX, "\\Y", "^^", "unknown escape '\\Y'"},
    {POSTERN_SYNTAX, "\\q", "^^", "unknown escape '\\q'"},
    {POSTERN_SYNTAX, "\\\303\251", "^^^", "unknown escape '\\\\xc3\\xa9'"},
    {POSTERN_SYNTAX, "\\b{", "^^^", "the brace is not closed"},
    {POSTERN_SYNTAX, "\\b{start", "^^^^^^^^", "the brace is not closed"},
    {POSTERN_SYNTAX, "\\b{foo}", "   ^^^", "unknown word boundary 'foo'"},
    {POSTERN_SYNTAX, "\\b{start-halfway}", "   ^^^^^^^^^^^^^",
     "unknown word boundary 'start-halfway'"},
    {POSTERN_SYNTAX, "\\b{starthalf}", "   ^^^^^^^^^",
     "unknown word boundary 'starthalf'"},
    {POSTERN_SYNTAX, "\\b{ start }", "    ^",
     "expected a number or '}' instead of 's'"},
    {POSTERN_SYNTAX, "\\b{start }", "^^^^^^^^", "the brace is not closed"},
    {POSTERN_SYNTAX, "(?x)\\b{ en de }", "        ^^^^^^",
     "unknown word boundary 'en de '"},
    /* --- numbers */
    {POSTERN_SYNTAX, "\\x", "^^", "the escape ends too early"},
    {POSTERN_SYNTAX, "\\x4", "^^^", "the escape ends too early"},
    {POSTERN_SYNTAX, "\\xg", "  ^", "expected a hexadecimal digit instead of 'g'"},
    {POSTERN_SYNTAX, "\\x4g", "   ^", "expected a hexadecimal digit instead of 'g'"},
    {POSTERN_SYNTAX, "\\x4\303\251", "   ^^",
     "expected a hexadecimal digit instead of '\\xc3\\xa9'"},
    {POSTERN_SYNTAX, "\\u004", "^^^^^", "the escape ends too early"},
    {POSTERN_SYNTAX, "\\u", "^^", "the escape ends too early"},
    {POSTERN_SYNTAX, "\\U0000004", "^^^^^^^^^", "the escape ends too early"},
    {POSTERN_SYNTAX, "\\x{", "^^^", "the escape ends too early"},
    {POSTERN_SYNTAX, "\\x{4", "^^^^", "the escape ends too early"},
    {POSTERN_SYNTAX, "\\x{}", "^^^^", "a number is missing between the braces"},
    {POSTERN_SYNTAX, "\\x{g}", "   ^", "expected a hexadecimal digit instead of 'g'"},
    {POSTERN_SYNTAX, "\\x{4 1}", "    ^",
     "expected a hexadecimal digit instead of ' '"},
    {POSTERN_SYNTAX, "\\x{110000}", "^^^^^^^^^^",
     "no character has the number '\\x{110000}'"},
    {POSTERN_SYNTAX, "\\x{D800}", "^^^^^^^^",
     "no character has the number '\\x{D800}'"},
    {POSTERN_SYNTAX, "\\uDFFF", "^^^^^^", "no character has the number '\\uDFFF'"},
    {POSTERN_SYNTAX, "\\UFFFFFFFF", "^^^^^^^^^^",
     "no character has the number '\\UFFFFFFFF'"},
    {POSTERN_SYNTAX, "\\x{fffffffffffffffffffff}", "^^^^^^^^^^^^^^^^^^^^^^^^^",
     "no character has the number '\\x{fffffffffffffffffffff}'"},
    {POSTERN_SYNTAX, "\\x{100000041}", "^^^^^^^^^^^^^",
     "no character has the number '\\x{100000041}'"},
    {POSTERN_SYNTAX, "(?x)\\x{ }", "    ^^^^^",
     "a number is missing between the braces"},
    /* --- classes */
    {POSTERN_SYNTAX, "[", "^", "the class is not closed"},
    {POSTERN_SYNTAX, "[a", "^", "the class is not closed"},
    {POSTERN_SYNTAX, "[^", "^", "the class is not closed"},
    {POSTERN_SYNTAX, "[^a", "^", "the class is not closed"},
    {POSTERN_SYNTAX, "[]", "^", "the class is not closed"},
    {POSTERN_SYNTAX, "[^]", "^", "the class is not closed"},
    {POSTERN_SYNTAX, "[-", "^", "the class is not closed"},
    {POSTERN_SYNTAX, "[a-", "^", "the class is not closed"},
    {POSTERN_SYNTAX, "[a-b", "^", "the class is not closed"},
    {POSTERN_SYNTAX, "[a[b]", "^", "the class is not closed"},
    {POSTERN_SYNTAX, "[a[b", "  ^", "the class is not closed"},
    {POSTERN_SYNTAX, "[[:alpha:]", "^", "the class is not closed"},
    {POSTERN_SYNTAX, "[[:alpha:", " ^", "the class is not closed"},
    {POSTERN_SYNTAX, "[[:alpha", " ^", "the class is not closed"},
    {POSTERN_SYNTAX, "[[:", " ^", "the class is not closed"},
    {POSTERN_SYNTAX, "[[:^", " ^", "the class is not closed"},
    {POSTERN_SYNTAX, "[a&&", "^", "the class is not closed"},
    {POSTERN_SYNTAX, "[[]", " ^", "the class is not closed"},
    {POSTERN_SYNTAX, "[^]-", "^", "the class is not closed"},
    {POSTERN_SYNTAX, "(?x)[a # ]", "    ^", "the class is not closed"},
    {POSTERN_SYNTAX, "[a", "^", "the class is not closed"},
    {POSTERN_SYNTAX, "]b[", "  ^", "the class is not closed"},
    {POSTERN_SYNTAX, "[z-a]", " ^^^", "the range goes backwards: 'z-a'"},
    {POSTERN_SYNTAX, "[a-Z]", " ^^^", "the range goes backwards: 'a-Z'"},
    {POSTERN_SYNTAX, "[b-\\x61]", " ^^^^^^", "the range goes backwards: 'b-\\x61'"},
    {POSTERN_SYNTAX, "[\\d-z]", " ^^", "an end of a range cannot be '\\d'"},
    {POSTERN_SYNTAX, "[a-\\d]", "   ^^", "an end of a range cannot be '\\d'"},
    {POSTERN_SYNTAX, "[a-\\W]", "   ^^", "an end of a range cannot be '\\W'"},
    {POSTERN_SYNTAX, "[\\xff-a]", " ^^^^^^", "the range goes backwards: '\\xff-a'"},
    {POSTERN_UNSUPPORTED, "[\303\251]", " ^^",
     "a class holds bytes, not characters beyond ASCII"},
    {POSTERN_UNSUPPORTED, "[a-\303\251]", "   ^^",
     "a class holds bytes, not characters beyond ASCII"},
    {POSTERN_UNSUPPORTED, "[\303\251-\303\274]", " ^^",
     "a class holds bytes, not characters beyond ASCII"},
    {POSTERN_UNSUPPORTED, "[^\303\251]", "  ^^",
     "a class holds bytes, not characters beyond ASCII"},
    {POSTERN_UNSUPPORTED, "[\\u00e9]", " ^^^^^^",
     "a class holds bytes, not characters beyond ASCII"},
    {POSTERN_UNSUPPORTED, "[\\x{ff}]", " ^^^^^^",
     "a class holds bytes, not characters beyond ASCII"},
    {POSTERN_UNSUPPORTED, "[\\u{e9}-\\xff]", " ^^^^^^",
     "a class holds bytes, not characters beyond ASCII"},
    {POSTERN_SYNTAX, "[\\b]", " ^^", "a class cannot hold '\\b'"},
    {POSTERN_SYNTAX, "[\\B]", " ^^", "a class cannot hold '\\B'"},
    {POSTERN_SYNTAX, "[\\A]", " ^^", "a class cannot hold '\\A'"},
    {POSTERN_SYNTAX, "[\\z]", " ^^", "a class cannot hold '\\z'"},
    {POSTERN_SYNTAX, "[\\<]", " ^^", "a class cannot hold '\\<'"},
    {POSTERN_SYNTAX, "[\\>]", " ^^", "a class cannot hold '\\>'"},
    {POSTERN_SYNTAX, "[\\b{start}]", " ^^^^^^^^^", "a class cannot hold '\\b{start}'"},
    {POSTERN_SYNTAX, "[a-\\b]", "   ^^", "a class cannot hold '\\b'"},
    {POSTERN_SYNTAX, "[\\b-a]", " ^^", "a class cannot hold '\\b'"},
    {POSTERN_SYNTAX, "[\\h]", " ^^", "unknown escape '\\h'"},
    {POSTERN_UNSUPPORTED, "[\\1]", " ^^", "back-references are not available"},
    {POSTERN_SYNTAX, "[\\Z]", " ^^", "unknown escape '\\Z'"},
    {POSTERN_SYNTAX, "[\\x]", "   ^", "expected a hexadecimal digit instead of ']'"},
    {POSTERN_UNSUPPORTED, "[(?i)\303\251]", "     ^^",
     "a class holds bytes, not characters beyond ASCII"},
    /* --- not UTF-8 */
    {POSTERN_SYNTAX, "\377", "^", "the pattern is not UTF-8"},
    {POSTERN_SYNTAX, "a\200", " ^", "the pattern is not UTF-8"},
    {POSTERN_SYNTAX, "a\303", " ^", "the pattern is not UTF-8"},
    {POSTERN_SYNTAX, "\303(", "^", "the pattern is not UTF-8"},
    {POSTERN_SYNTAX, "\351a", "^", "the pattern is not UTF-8"},
    {POSTERN_SYNTAX, "\300\200", "^", "the pattern is not UTF-8"},
    {POSTERN_SYNTAX, "\340\200\200", "^", "the pattern is not UTF-8"},
    {POSTERN_SYNTAX, "\355\240\200", "^", "the pattern is not UTF-8"},
    {POSTERN_SYNTAX, "\364\220\200\200", "^", "the pattern is not UTF-8"},
    {POSTERN_SYNTAX, "\360\217\277\277", "^", "the pattern is not UTF-8"},
    {POSTERN_SYNTAX, "\356\200", "^", "the pattern is not UTF-8"},
    {POSTERN_SYNTAX, "\356\200a", "^", "the pattern is not UTF-8"},
    {POSTERN_SYNTAX, "\361\200\200(", "^", "the pattern is not UTF-8"},
    {POSTERN_SYNTAX, "\365\200\200\200", "^", "the pattern is not UTF-8"},
    {POSTERN_SYNTAX, "[\377]", " ^", "the pattern is not UTF-8"},
    {POSTERN_SYNTAX, "(?x)a # \377", "        ^", "the pattern is not UTF-8"},
/* END */
};

static const struct {
    const char *pattern;
    const char *hint;
} hints[] = {
/* HINTS */
    {"*", "a star itself is \\*"},
    {"+", "a plus itself is \\+"},
    {"?", "a question mark itself is \\?"},
    {"{2}", "a brace itself is \\{"},
    {"a{", "write {2}, {2,} or {2,3}; a brace itself is \\{"},
    {"a{}", "write {0,2}; a brace itself is \\{"},
    {"a{3,1}", "the smaller number comes first"},
    {"a{4294967296}", NULL},
    {"(", "a parenthesis itself is \\("},
    {")", "a parenthesis itself is \\)"},
    {"(?)", "the flags are i, m, s, U and x; a group without a number is (?:...)"},
    {"(?<", "it stands between < and >"},
    {"(?<>a)", "a group without a name is (...)"},
    {"(?<1>a)",
     "it is made of letters, digits, '_', '.', '[' and ']', a letter or '_' first"},
    {"(?'a'b)", "a group with a name is (?<name>...)"},
    {"(?#comment)", "with (?x), a comment goes from # to the end of the line"},
    {"(?R)", "lines end in \\n; write \\r?$ with (?m)"},
    {"(?u)",
     "bytes are searched: classes and (?i) know ASCII, other characters are their UTF-8"},
    {"(?=a)", "it cannot be searched in linear time; test it with a second matches"},
    {"(?!a)",
     "it cannot be searched in linear time; test it with \"and not\" and a second matches"},
    {"(?>a)", "no search goes back here; write (?:...)"},
    {"(?|a)", "write alternatives: (?:...|...)"},
    {"(?P=n)", "they cannot be searched in linear time"},
    {"(?P>n)", "write the group again"},
    {"\\0", "a byte is \\x and two hexadecimal digits"},
    {"\\pL", "the letters of ASCII are [[:alpha:]], [[:upper:]], [[:lower:]]"},
    {"\\p{Greek}", "bytes are searched; ASCII has \\d, \\w, \\s and [[:alpha:]]"},
    {"\\p{Nd}", "the digits of ASCII are \\d"},
    {"\\pP", "the punctuation of ASCII is [[:punct:]]"},
    {"\\p{Zs}", "the white space of ASCII is \\s"},
    {"\\", "a backslash itself is \\\\"},
    {"\\Z", "the end of the text is \\z"},
    {"\\h", "blanks and tabs are [[:blank:]]"},
    {"\\H", "all but blanks and tabs is [^[:blank:]]"},
    {"\\R", "the end of a line is \\r?\\n"},
    {"\\N", "all but a newline is [^\\n]"},
    {"\\X", "bytes are searched, not characters"},
    {"\\e", "the escape character is \\x1B"},
    {"\\cA", "a control character is \\x01 to \\x1F"},
    {"\\Q", "write a backslash before each special character"},
    {"\\G", "a search starts at the start of the text: \\A"},
    {"\\C", "any byte is (?s:.)"},
    {"\\i", "the flag (?i) ignores case"},
    {"\\j", "only signs stand for themselves behind a backslash"},
    {"\\l", "small letters are [[:lower:]]"},
    {"\\m", "the start of a word is \\b{start}"},
    {"\\M", "the end of a word is \\b{end}"},
    {"\\y", "the edge of a word is \\b"},
    {"\\Y", "inside of a word, or outside, is \\B"},
    {"\\b{", "there are \\b{start}, \\b{end}, \\b{start-half} and \\b{end-half}"},
    {"\\x", "write \\x41, \\x{41}, \\u0041 or \\U00000041"},
    {"\\x{110000}", "they go from 0 to 10FFFF, without D800 to DFFF"},
    {"[", "it ends in ]; a bracket itself is \\["},
    {"[z-a]", "a hyphen itself is \\-"},
    {"[\303\251]", "write (?:...|...) with a character each; a byte is \\xFF"},
    {"[\\b]", "a backspace is \\x08; the edge of a word stands outside"},
    {"[\\B]", "it stands for a place and not for a byte"},
    {"[\\<]", "the sign itself needs no backslash"},
    {"\377", "a byte beyond ASCII is written \\xFF"},
/* END */
};
/* clang-format on */

START_TEST(refusals_name_the_place_and_the_reason)
{
    const pst_regex_limits limits = regex_limits();
    char place[160] = "";

    for (int captures = 0; captures <= 1; captures++) {
        regex_text text;

        regex_parse(&text, NULL, postern_text(refused[_i].pattern), captures != 0,
                    &limits);
        ck_assert_msg(text.status == refused[_i].status, "%s: %d", refused[_i].pattern,
                      (int)text.status);
        ck_assert_int_eq(text.problem.status, text.status);
        ck_assert_uint_lt(text.problem.offset + text.problem.length, sizeof place);
        memset(place, ' ', text.problem.offset);
        memset(place + text.problem.offset, '^', text.problem.length);
        place[text.problem.offset + text.problem.length] = '\0';
        ck_assert_str_eq(text.problem.message, refused[_i].message);
        if (strcmp(place, refused[_i].place) != 0) {
            ck_abort_msg("\n%s\n%s, expected:\n%s", refused[_i].pattern, place,
                         refused[_i].place);
        }
        regex_free(&text);
    }
}
END_TEST

START_TEST(refusals_come_with_a_hint)
{
    const pst_regex_limits limits = regex_limits();
    regex_text text;

    regex_parse(&text, NULL, postern_text(hints[_i].pattern), false, &limits);
    ck_assert_int_ne(text.status, POSTERN_OK);
    ck_assert_pstr_eq(text.problem.hint, hints[_i].hint);
    regex_free(&text);
}
END_TEST

/* Read by people: one line, no full stop, in full. */
START_TEST(messages_are_in_good_form)
{
    const pst_regex_limits limits = regex_limits();
    regex_text text;
    size_t length;

    regex_parse(&text, NULL, postern_text(refused[_i].pattern), false, &limits);
    length = strlen(text.problem.message);
    ck_assert_uint_gt(length, 0);
    ck_assert_uint_lt(length, sizeof text.problem.message - 1);
    ck_assert_int_ne(text.problem.message[length - 1], '.');
    ck_assert_ptr_null(strchr(text.problem.message, '\n'));
    ck_assert_uint_gt(text.problem.length, 0);
    ck_assert_uint_le(text.problem.offset + text.problem.length,
                      strlen(refused[_i].pattern));
    if (text.problem.hint != NULL) {
        ck_assert_int_ne(text.problem.hint[strlen(text.problem.hint) - 1], '.');
        ck_assert_uint_le(strlen(text.problem.hint), 84);
    }
    regex_free(&text);
}
END_TEST

/* Wrong in the same way wherever it stands. */
START_TEST(refusals_move_with_the_pattern)
{
    const pst_regex_limits limits = regex_limits();
    regex_text alone;
    regex_text inside;
    char pattern[200];

    regex_parse(&alone, NULL, postern_text(refused[_i].pattern), false, &limits);
    ck_assert_int_lt(
        snprintf(pattern, sizeof pattern, "x|(a)(?-ix:%s", refused[_i].pattern),
        (int)sizeof pattern);
    regex_parse(&inside, NULL, postern_text(pattern), false, &limits);
    if (strchr(alone.problem.message, '(') == NULL &&
        strstr(alone.problem.message, "no group is open") == NULL) {
        ck_assert_str_eq(inside.problem.message, alone.problem.message);
        ck_assert_uint_eq(inside.problem.offset, alone.problem.offset + 11);
        ck_assert_uint_eq(inside.problem.length, alone.problem.length);
    }
    regex_free(&alone);
    regex_free(&inside);
}
END_TEST

START_TEST(a_zero_byte_is_a_byte)
{
    static const char pattern[] = "a\0*\0{\0}";
    const pst_regex_limits limits = regex_limits();
    regex_text text;

    regex_parse(&text, NULL, (postern_str){pattern, 5}, false, &limits);
    ck_assert_str_eq(text.problem.message, "the repeat is not closed");
    regex_free(&text);
    regex_parse(&text, NULL, (postern_str){pattern, 6}, false, &limits);
    ck_assert_str_eq(text.problem.message,
                     "expected a number or '}' instead of '\\x00'");
    ck_assert_uint_eq(text.problem.offset, 5);
    regex_free(&text);
}
END_TEST

START_TEST(long_pieces_are_cut_in_a_message)
{
    const pst_regex_limits limits = regex_limits();
    char pattern[300] = "\\b{";
    regex_text text;

    memset(pattern + 3, 'a', 200);
    pattern[203] = '}';
    regex_parse(&text, NULL, (postern_str){pattern, 204}, false, &limits);
    ck_assert_str_eq(
        text.problem.message,
        "unknown word boundary 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...'");
    ck_assert_uint_eq(text.problem.length, 200);
    regex_free(&text);
}
END_TEST

Suite *test_suite(void)
{
    enum {
        REFUSED = sizeof refused / sizeof refused[0],
        HINTS = sizeof hints / sizeof hints[0]
    };
    Suite *suite = suite_create("regex refusals");
    TCase *tcase = tcase_create("refusals");

    tcase_add_loop_test(tcase, refusals_name_the_place_and_the_reason, 0, REFUSED);
    tcase_add_loop_test(tcase, refusals_come_with_a_hint, 0, HINTS);
    tcase_add_loop_test(tcase, messages_are_in_good_form, 0, REFUSED);
    tcase_add_loop_test(tcase, refusals_move_with_the_pattern, 0, REFUSED);
    tcase_add_test(tcase, a_zero_byte_is_a_byte);
    tcase_add_test(tcase, long_pieces_are_cut_in_a_message);
    suite_add_tcase(suite, tcase);
    return suite;
}
