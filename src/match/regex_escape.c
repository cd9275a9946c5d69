/*
 * match/regex_escape.c - what stands behind a backslash.
 */
#include "match/regex_parser.h"

#include "support/text.h"

#include <string.h>

/* --- what is not there -------------------------------------------------------------- */

/* Letters that mean something to other engines. */
static const struct {
    char letter;
    const char *hint;
} foreign[] = {
    {'C', "any byte is (?s:.)"                             },
    {'E', "write a backslash before each special character"},
    {'G', "a search starts at the start of the text: \\A"  },
    {'H', "all but blanks and tabs is [^[:blank:]]"        },
    {'K', NULL                                             },
    {'M', "the end of a word is \\b{end}"                  },
    {'N', "all but a newline is [^\\n]"                    },
    {'Q', "write a backslash before each special character"},
    {'R', "the end of a line is \\r?\\n"                   },
    {'X', "bytes are searched, not characters"             },
    {'Y', "inside of a word, or outside, is \\B"           },
    {'Z', "the end of the text is \\z"                     },
    {'c', "a control character is \\x01 to \\x1F"          },
    {'e', "the escape character is \\x1B"                  },
    {'h', "blanks and tabs are [[:blank:]]"                },
    {'i', "the flag (?i) ignores case"                     },
    {'l', "small letters are [[:lower:]]"                  },
    {'m', "the start of a word is \\b{start}"              },
    {'o', "a byte is \\x and two hexadecimal digits"       },
    {'y', "the edge of a word is \\b"                      },
};

static bool refuse_unknown(pst_regex_parser *parser, size_t start, char letter)
{
    const pst_regex_place place = pst_regex_since(parser, start);

    if (letter == 'g' || letter == 'k') {
        return pst_regex_refuse(parser, POSTERN_UNSUPPORTED, place,
                                "back-references are not available",
                                "they cannot be searched in linear time");
    }
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        if (foreign[i].letter == letter) {
            return pst_regex_refuse_quoting(parser, POSTERN_SYNTAX, place,
                                            "unknown escape", foreign[i].hint);
        }
    }
    return pst_regex_refuse_quoting(parser, POSTERN_SYNTAX, place, "unknown escape",
                                    "only signs stand for themselves behind a "
                                    "backslash");
}

/* \1 and \101; at the first digit. */
static bool refuse_digits(pst_regex_parser *parser, size_t start)
{
    const bool zero = pst_regex_peek(parser, 0) == '0';
    size_t octal = 0;

    while (pst_regex_peek(parser, octal) >= '0' &&
           pst_regex_peek(parser, octal) <= '7' && octal < 3) {
        octal++;
    }
    if (zero || octal == 3) {
        parser->at += octal;
        return pst_regex_refuse(parser, POSTERN_UNSUPPORTED,
                                pst_regex_since(parser, start),
                                "octal escapes are not available",
                                "a byte is \\x and two hexadecimal digits");
    }
    parser->at++;
    return pst_regex_refuse(parser, POSTERN_UNSUPPORTED, pst_regex_since(parser, start),
                            "back-references are not available",
                            "they cannot be searched in linear time");
}

/* What ASCII has in place of a general category. */
static const char *ascii_class(const pst_regex_parser *parser, size_t name)
{
    switch (name < parser->pattern.len ? parser->pattern.data[name] : '\0') {
    case 'L':
        return "the letters of ASCII are [[:alpha:]], [[:upper:]], [[:lower:]]";
    case 'N':
        return "the digits of ASCII are \\d";
    case 'P':
    case 'S':
        return "the punctuation of ASCII is [[:punct:]]";
    case 'Z':
        return "the white space of ASCII is \\s";
    default:
        return "bytes are searched; ASCII has \\d, \\w, \\s and [[:alpha:]]";
    }
}

/* At the p or P. */
static bool refuse_unicode_class(pst_regex_parser *parser, size_t start)
{
    size_t name;

    parser->at++;
    name = parser->at;
    if (pst_regex_peek(parser, 0) == '{') {
        const size_t left = parser->pattern.len - parser->at;
        const char *const open = parser->pattern.data + parser->at;
        const char *const end = memchr(open, '}', left);

        name += pst_regex_peek(parser, 1) == '^' ? 2 : 1;
        parser->at += end == NULL ? left : (size_t)(end - open) + 1;
    } else {
        parser->at += pst_regex_here(parser).length;
    }
    return pst_regex_refuse(parser, POSTERN_UNSUPPORTED, pst_regex_since(parser, start),
                            "Unicode classes are not available",
                            ascii_class(parser, name));
}

/* --- numbers ------------------------------------------------------------------------ */

static const char hex_hint[] = "write \\x41, \\x{41}, \\u0041 or \\U00000041";

static bool refuse_digit(pst_regex_parser *parser, size_t start)
{
    if (pst_regex_peek(parser, 0) == -1) {
        return pst_regex_refuse(parser, POSTERN_SYNTAX, pst_regex_since(parser, start),
                                "the escape ends too early", hex_hint);
    }
    return pst_regex_refuse_quoting(parser, POSTERN_SYNTAX, pst_regex_here(parser),
                                    "expected a hexadecimal digit instead of",
                                    hex_hint);
}

/* One more digit; whatever is above all characters stays so. */
static uint32_t append(uint32_t code, int digit)
{
    return code > 0x10ffff ? code : code * 16 + (uint32_t)digit;
}

/* At the '{'. */
static bool read_braced(pst_regex_parser *parser, size_t start, uint32_t *code)
{
    size_t digits = 0;

    parser->at++;
    pst_regex_skip_space(parser);
    for (int next; (next = pst_regex_peek(parser, 0)) != '}'; digits++) {
        const int digit = next < 0 ? -1 : pst_hex_value((unsigned char)next);

        if (digit < 0) {
            return refuse_digit(parser, start);
        }
        *code = append(*code, digit);
        parser->at++;
        pst_regex_skip_space(parser);
    }
    parser->at++;
    if (digits == 0) {
        return pst_regex_refuse(parser, POSTERN_SYNTAX, pst_regex_since(parser, start),
                                "a number is missing between the braces", hex_hint);
    }
    return true;
}

static bool read_fixed(pst_regex_parser *parser, size_t start, size_t digits,
                       uint32_t *code)
{
    for (size_t i = 0; i < digits; i++) {
        int digit;

        if (i > 0) {
            pst_regex_skip_space(parser);
        }
        digit = pst_regex_peek(parser, 0);
        digit = digit < 0 ? -1 : pst_hex_value((unsigned char)digit);
        if (digit < 0) {
            return refuse_digit(parser, start);
        }
        *code = append(*code, digit);
        parser->at++;
    }
    return true;
}

/* At the x, u or U. */
static bool read_number(pst_regex_parser *parser, size_t start, pst_regex_atom *out)
{
    const int letter = pst_regex_peek(parser, 0);
    const size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : 8;

    parser->at++;
    pst_regex_skip_space(parser);
    out->code = 0;
    out->kind = PST_REGEX_CHARACTER;
    if (pst_regex_peek(parser, 0) == '{') {
        if (!read_braced(parser, start, &out->code)) {
            return false;
        }
    } else {
        if (!read_fixed(parser, start, digits, &out->code)) {
            return false;
        }
        if (letter == 'x') {
            out->kind = PST_REGEX_BYTE;
        }
    }
    out->place = pst_regex_since(parser, start);
    if (out->code > 0x10ffff || (out->code >= 0xd800 && out->code <= 0xdfff)) {
        return pst_regex_refuse_quoting(parser, POSTERN_SYNTAX, out->place,
                                        "no character has the number",
                                        "they go from 0 to 10FFFF, without D800 to "
                                        "DFFF");
    }
    return true;
}

/* --- words -------------------------------------------------------------------------- */

enum { EDGE_NAME_MAX = 10 }; /* start-half */

static const struct {
    const char *name;
    pst_regex_assertion assertion;
} edges[] = {
    {"start",      PST_REGEX_WORD_START     },
    {"end",        PST_REGEX_WORD_END       },
    {"start-half", PST_REGEX_WORD_START_HALF},
    {"end-half",   PST_REGEX_WORD_END_HALF  },
};

static const char edge_hint[] =
    "there are \\b{start}, \\b{end}, \\b{start-half} and \\b{end-half}";

static bool in_edge_name(int byte)
{
    return byte == '-' || (byte >= 0 && pst_is_letter((unsigned char)byte));
}

/* Behind \b: {start} and its like. What cannot be a name is left to the repeats. */
static bool read_edge(pst_regex_parser *parser, size_t start,
                      pst_regex_assertion *assertion)
{
    const size_t brace = parser->at;
    char name[EDGE_NAME_MAX + 1] = "";
    size_t length = 0;
    size_t from;
    pst_regex_place place;

    parser->at++;
    pst_regex_skip_space(parser);
    from = parser->at;
    if (pst_regex_peek(parser, 0) != -1 && !in_edge_name(pst_regex_peek(parser, 0))) {
        parser->at = brace;
        return true;
    }
    while (in_edge_name(pst_regex_peek(parser, 0))) {
        if (length < EDGE_NAME_MAX) {
            name[length] = (char)pst_regex_peek(parser, 0);
        }
        length++;
        parser->at++;
        pst_regex_skip_space(parser);
    }
    place = pst_regex_since(parser, from);
    if (pst_regex_peek(parser, 0) != '}') {
        return pst_regex_refuse(parser, POSTERN_SYNTAX, pst_regex_since(parser, start),
                                "the brace is not closed", edge_hint);
    }
    parser->at++;
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        if (length == strlen(edges[i].name) &&
            memcmp(name, edges[i].name, length) == 0) {
            *assertion = edges[i].assertion;
            return true;
        }
    }
    return pst_regex_refuse_quoting(parser, POSTERN_SYNTAX, place,
                                    "unknown word boundary", edge_hint);
}

/* --- letters ------------------------------------------------------------------------ */

static bool read_perl_class(char letter, pst_byte_set *set)
{
    const char *name;

    switch (letter | 0x20) {
    case 'd':
        name = "digit";
        break;
    case 's':
        name = "space";
        break;
    case 'w':
        name = "word";
        break;
    default:
        return false;
    }
    *set = (pst_byte_set){{0}};
    pst_regex_posix_class(postern_text(name), set);
    if ((letter & 0x20) == 0) {
        pst_byte_set_negate(set);
    }
    return true;
}

static bool read_control(char letter, uint32_t *code)
{
    static const char letters[] = "aftnrv";
    static const char controls[] = "\a\f\t\n\r\v";
    const char *const found = letter == '\0' ? NULL : strchr(letters, letter);

    if (found == NULL) {
        return false;
    }
    *code = (uint32_t)controls[found - letters];
    return true;
}

static bool read_assertion(char letter, pst_regex_assertion *assertion)
{
    switch (letter) {
    case 'A':
        *assertion = PST_REGEX_TEXT_START;
        return true;
    case 'z':
        *assertion = PST_REGEX_TEXT_END;
        return true;
    case 'b':
        *assertion = PST_REGEX_WORD_EDGE;
        return true;
    case 'B':
        *assertion = PST_REGEX_WORD_INSIDE;
        return true;
    case '<':
        *assertion = PST_REGEX_WORD_START;
        return true;
    case '>':
        *assertion = PST_REGEX_WORD_END;
        return true;
    default:
        return false;
    }
}

/* Signs, blanks and controls of ASCII stand for themselves. */
static bool is_sign(char byte)
{
    return (unsigned char)byte < 0x80 && !pst_is_letter((unsigned char)byte) &&
           !pst_is_digit((unsigned char)byte) && byte != '<' && byte != '>';
}

bool pst_regex_read_escape(pst_regex_parser *parser, pst_regex_atom *out)
{
    const size_t start = parser->at;
    char letter;

    parser->at++;
    if (parser->at == parser->pattern.len) {
        return pst_regex_refuse(parser, POSTERN_SYNTAX, pst_regex_since(parser, start),
                                "nothing behind the backslash",
                                "a backslash itself is \\\\");
    }
    letter = parser->pattern.data[parser->at];
    if (pst_is_digit((unsigned char)letter)) {
        return refuse_digits(parser, start);
    }
    if (letter == 'p' || letter == 'P') {
        return refuse_unicode_class(parser, start);
    }
    if (letter == 'x' || letter == 'u' || letter == 'U') {
        return read_number(parser, start, out);
    }
    parser->at += pst_regex_here(parser).length;
    if (is_sign(letter)) {
        out->kind = PST_REGEX_CHARACTER;
        out->code = (unsigned char)letter;
    } else if (read_control(letter, &out->code)) {
        out->kind = PST_REGEX_CHARACTER;
    } else if (read_perl_class(letter, &out->set)) {
        out->kind = PST_REGEX_BYTES;
    } else if (read_assertion(letter, &out->assertion)) {
        out->kind = PST_REGEX_PLACE;
        if (letter == 'b' && pst_regex_peek(parser, 0) == '{' &&
            !read_edge(parser, start, &out->assertion)) {
            return false;
        }
    } else {
        return refuse_unknown(parser, start, letter);
    }
    out->place = pst_regex_since(parser, start);
    return true;
}
