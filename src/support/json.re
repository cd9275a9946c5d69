/*
 * json.re - the tokens of JSON (RFC 8259) and nothing more.
 *
 * The text is (pointer, length), so the byte after it must never be read. YYPEEK
 * therefore checks the bound itself and shows a NUL past the end. That is sound
 * because no token may hold a NUL, which re2c proves: with re2c:sentinel = 0 a
 * rule that could cross one is an error. A NUL that really is in the text is a
 * fault like any other byte that JSON does not know.
 *
 * A string is read piece by piece rather than by one rule. So a fault in it is
 * found where it is, and nothing is read twice however long the string is: the
 * longest way back is the twelve bytes of a surrogate pair.
 */
#include "support/json_lexer.h"

/*!re2c
    re2c:api              = custom;
    re2c:api:style        = free-form;
    re2c:yyfill:enable    = 0;
    re2c:sentinel         = 0;
    re2c:define:YYCTYPE   = "unsigned char";
    re2c:define:YYPEEK    = "(at < length ? bytes[at] : 0)";
    re2c:define:YYSKIP    = "++at;";
    re2c:define:YYBACKUP  = "marker = at;";
    re2c:define:YYRESTORE = "at = marker;";

    digit    = [0-9];
    hex      = [0-9a-fA-F];

    integer  = "-"? ("0" | [1-9] digit*);
    fraction = "." digit+;
    exponent = [eE] [+-]? digit+;

    // RFC 3629, section 4: no overlong forms, no surrogates, at most U+10FFFF.
    tail     = [\x80-\xbf];
    utf8     = [\xc2-\xdf] tail
             | "\xe0" [\xa0-\xbf] tail
             | [\xe1-\xec\xee\xef] tail tail
             | "\xed" [\x80-\x9f] tail
             | "\xf0" [\x90-\xbf] tail tail
             | [\xf1-\xf3] tail tail tail
             | "\xf4" [\x80-\x8f] tail tail;
    plain    = [\x20-\x7f] \ ["\\];

    high     = "\\u" [dD] [89abAB] hex{2};
    low      = "\\u" [dD] [c-fC-F] hex{2};
*/

static pst_json_token token(pst_json_token_kind kind, size_t start, size_t end)
{
    return (pst_json_token){kind, start, end, NULL};
}

static pst_json_token fault(size_t where, const char *why)
{
    return (pst_json_token){PST_JSON_FAULT, where, where, why};
}

pst_json_token pst_json_lex(postern_str text, size_t at)
{
    const unsigned char *const bytes = (const unsigned char *)text.data;
    const size_t length = text.len;
    size_t start;
    size_t marker;

    for (;;) {
        start = at;
        /*!re2c
            [ \t\r\n]+   { continue; }
            "{"          { return token(PST_JSON_OPEN_OBJECT, start, at); }
            "}"          { return token(PST_JSON_CLOSE_OBJECT, start, at); }
            "["          { return token(PST_JSON_OPEN_ARRAY, start, at); }
            "]"          { return token(PST_JSON_CLOSE_ARRAY, start, at); }
            ":"          { return token(PST_JSON_COLON, start, at); }
            ","          { return token(PST_JSON_COMMA, start, at); }
            ["]          { return token(PST_JSON_QUOTE, start, at); }
            "null"       { return token(PST_JSON_WORD_NULL, start, at); }
            "false"      { return token(PST_JSON_WORD_FALSE, start, at); }
            "true"       { return token(PST_JSON_WORD_TRUE, start, at); }

            integer                     { return token(PST_JSON_INTEGER, start, at); }
            integer fraction? exponent  { return token(PST_JSON_NUMBER, start, at); }
            integer fraction            { return token(PST_JSON_NUMBER, start, at); }

            "-"? "0" digit  { return fault(at - 2, "a number must not begin with 0"); }
            "-"             { return fault(at, "expected a digit after '-'"); }
            integer "."     { return fault(at, "expected a digit after '.'"); }
            integer fraction? [eE] [+-]?
                            { return fault(at, "expected a digit in the exponent"); }

            "\xef\xbb\xbf"  { return fault(start, "byte order mark"); }
            [\x00]          { return start < length ? fault(start, NULL)
                                                    : token(PST_JSON_END, length, length); }
            *               { return fault(start, NULL); }
        */
    }
}

pst_json_token pst_json_lex_string(postern_str text, size_t at)
{
    static const char control[] = "control character in a string";
    const unsigned char *const bytes = (const unsigned char *)text.data;
    const size_t length = text.len;
    const size_t first = at;
    pst_json_token_kind kind = PST_JSON_STRING;
    size_t start;
    size_t marker;

    for (;;) {
        start = at;
        /*!re2c
            ["]               { return token(kind, first, start); }
            (plain | utf8)+   { continue; }

            "\\" ["\\/bfnrt]  { kind = PST_JSON_STRING_ESCAPED; continue; }
            high low          { kind = PST_JSON_STRING_ESCAPED; continue; }
            high | low        { return fault(start, "lone surrogate"); }
            "\\u" hex{4}      { kind = PST_JSON_STRING_ESCAPED; continue; }
            "\\u"             { return fault(start, "expected four hexadecimal digits"); }
            "\\"              { return fault(start, "unknown escape"); }

            [\x00]            { return start < length ? fault(start, control)
                                                      : fault(length, "expected '\"'"); }
            [\x01-\x1f]       { return fault(start, control); }
            *                 { return fault(start, "invalid UTF-8"); }
        */
    }
}
