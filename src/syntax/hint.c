#include "syntax/hint.h"

/* --- tokens ------------------------------------------------------------------------ */

static unsigned char byte_at(postern_str text, size_t at)
{
    return at < text.len ? (unsigned char)text.data[at] : '\0';
}

static const char *equals_hint(unsigned char before, unsigned char after)
{
    return after == '>'    ? "'at least' is written ge or >="
           : after == '<'  ? "'at most' is written le or <="
           : after == '~'  ? "a regular expression goes with matches or ~"
           : before == '!' ? "inequality is written ne or !="
                           : "equality is written eq or ==";
}

/* Of characters outside ASCII. */
static const char *character_hint(postern_str text)
{
    static const postern_str mark = POSTERN_STR("\xef\xbb\xbf");
    static const postern_str blank = POSTERN_STR("\xc2\xa0");
    static const postern_str dash = POSTERN_STR("\xe2\x80\x93");
    static const postern_str general = POSTERN_STR("\xe2\x80");

    if (pst_str_starts(text, mark)) {
        return "this is a byte order mark, which editors hide; remove it";
    }
    if (pst_str_starts(text, blank)) {
        return "this is a no-break space; write an ordinary blank";
    }
    if (pst_str_starts(text, general) && byte_at(text, 2) >= 0x98 &&
        byte_at(text, 2) <= 0x9f) {
        return "this is a typographic quote; strings are written in plain ones: \"...\"";
    }
    return pst_str_starts(text, dash) ? "this is a dash, not a minus" : NULL;
}

/* Of a byte that begins no token. */
static const char *byte_hint(postern_str expression, size_t offset)
{
    const unsigned char before = offset > 0 ? byte_at(expression, offset - 1) : '\0';

    switch (byte_at(expression, offset)) {
    case '=':
        return equals_hint(before, byte_at(expression, offset + 1));
    case '|':
    case '^':
        return "operators are doubled: || and ^^";
    case '\'':
    case '`':
        return "strings are written in double quotes: \"...\"";
    case '/':
        return "a pattern stands in quotes, a block of addresses without blanks: "
               "10.0.0.0/8";
    case '+':
    case '-':
    case '%':
        return "there is no arithmetic; names hold letters, digits, '_' and '.'";
    case '.':
        return "a name begins and ends with a letter, a digit or '_'; a range has no "
               "blanks: 1..9";
    case ';':
        return "an expression ends without a sign";
    default:
        return character_hint(pst_str_slice(expression, offset, expression.len));
    }
}

const char *pst_hint_token(postern_str expression, pst_token token)
{
    const unsigned char before =
        token.offset > 0 ? byte_at(expression, token.offset - 1) : '\0';

    if (token.kind == PST_TOKEN_BAD) {
        return byte_hint(expression, token.offset);
    }
    if (token.kind == PST_TOKEN_AMPERSAND) {
        return "claims are joined with 'and' or '&&'";
    }
    if (token.kind == PST_TOKEN_GT && before == '<') {
        return "inequality is written ne or !=";
    }
    if (token.kind == PST_TOKEN_STAR) {
        return "there is no arithmetic; every element of an array is name[*]";
    }
    return NULL;
}

const char *pst_hint_comment(postern_str expression, size_t offset)
{
    const unsigned char before = offset > 0 ? byte_at(expression, offset - 1) : '\0';

    return byte_at(expression, offset) == '#' && (before == '"' || before == '#')
               ? "a raw string, r#\"...\"#, ends with as many '#' as it began with"
               : "expressions have no comments; notes go into the rule's description";
}

const char *pst_hint_literal(pst_token_kind kind)
{
    if (kind == PST_TOKEN_NAME) {
        return "strings are written in quotes; a field stands here only behind eq, ne, "
               "lt, le, gt, ge";
    }
    return kind == PST_TOKEN_OPEN_SET || kind == PST_TOKEN_OPEN
               ? "one string stands here; join comparisons with 'or'"
               : NULL;
}

/* --- words ------------------------------------------------------------------------- */

static const postern_str operators[] = {
    POSTERN_STR("eq"),       POSTERN_STR("ne"),          POSTERN_STR("lt"),
    POSTERN_STR("le"),       POSTERN_STR("gt"),          POSTERN_STR("ge"),
    POSTERN_STR("in"),       POSTERN_STR("and"),         POSTERN_STR("xor"),
    POSTERN_STR("not"),      POSTERN_STR("or"),          POSTERN_STR("contains"),
    POSTERN_STR("wildcard"), POSTERN_STR("strict"),      POSTERN_STR("matches"),
    POSTERN_STR("true"),     POSTERN_STR("bitwise_and"), POSTERN_STR("false"),
};

enum { OPERATORS = sizeof operators / sizeof operators[0], SHOWN = 40 };

/* "write 'FIRST SECOND', with a blank" */
static void write_apart(pst_writer *hint, postern_str text, size_t at)
{
    pst_write_text(hint, "write '");
    pst_write_printable(hint, pst_str_slice(text, 0, at < SHOWN ? at : SHOWN));
    pst_write_text(hint, " ");
    pst_write_printable(hint, pst_str_slice(text, at, at + SHOWN));
    pst_write_text(hint, "', with a blank");
}

bool pst_hint_capitals(postern_str word, pst_writer *hint)
{
    for (size_t i = 0; i < OPERATORS; i++) {
        if (pst_str_same_folded(word, operators[i]) &&
            !pst_str_same(word, operators[i])) {
            pst_write_text(hint, "operators are in lower case: ");
            pst_write_str(hint, operators[i]);
            return true;
        }
    }
    return false;
}

/* "eq10", "andssl": the longest operator that `word` begins with. Of the short ones
 * only before a digit, because too many words begin like them. */
static bool fused_word(postern_str word, pst_writer *hint)
{
    size_t longest = 0;

    for (size_t i = 0; i < OPERATORS; i++) {
        const postern_str known = operators[i];
        if (known.len > longest && word.len > known.len &&
            pst_str_starts(word, known) &&
            (known.len > 2 || pst_is_digit((unsigned char)word.data[known.len]) ||
             pst_str_same(known, operators[0]))) {
            longest = known.len;
        }
    }
    if (longest > 0) {
        write_apart(hint, word, longest);
    }
    return longest > 0;
}

/* What other languages write between two values. */
static const struct {
    postern_str word;
    const char *hint; /* NULL: it is a function here */
} foreign[] = {
    {POSTERN_STR("is"),             "equality is written eq or =="                   },
    {POSTERN_STR("equals"),         "equality is written eq or =="                   },
    {POSTERN_STR("equal"),          "equality is written eq or =="                   },
    {POSTERN_STR("like"),           "a pattern with * goes with wildcard"            },
    {POSTERN_STR("glob"),           "a pattern with * goes with wildcard"            },
    {POSTERN_STR("match"),          "a regular expression goes with matches or ~"    },
    {POSTERN_STR("regex"),          "a regular expression goes with matches or ~"    },
    {POSTERN_STR("includes"),       "a part of a string is looked for with contains" },
    {POSTERN_STR("contain"),        "a part of a string is looked for with contains" },
    {POSTERN_STR("has"),            "a part of a string is looked for with contains" },
    {POSTERN_STR("between"),        "a range is a set: in {1..9}"                    },
    {POSTERN_STR("strictwildcard"), "write strict wildcard, with a blank"            },
    {POSTERN_STR("startswith"),     "write it as a call: starts_with(field, \"...\")"},
    {POSTERN_STR("endswith"),       "write it as a call: ends_with(field, \"...\")"  },
    {POSTERN_STR("starts_with"),    NULL                                             },
    {POSTERN_STR("ends_with"),      NULL                                             },
    {POSTERN_STR("has_key"),        NULL                                             },
    {POSTERN_STR("has_value"),      NULL                                             },
};

static void write_call(pst_writer *hint, postern_str function, postern_str left)
{
    pst_write_text(hint, "functions are called: ");
    pst_write_str(hint, function);
    pst_write_text(hint, "(");
    pst_write_printable(hint, pst_str_slice(left, 0, SHOWN));
    pst_write_text(hint, left.len > SHOWN ? "..., ...)" : ", ...)");
}

static bool foreign_word(postern_str word, postern_str left, pst_writer *hint)
{
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        if (!pst_str_same_folded(word, foreign[i].word)) {
            continue;
        }
        if (foreign[i].hint != NULL) {
            pst_write_text(hint, foreign[i].hint);
        } else if (left.len > 0) {
            write_call(hint, foreign[i].word, left);
        }
        return foreign[i].hint != NULL || left.len > 0;
    }
    return false;
}

/* "not", "notin", "not_contains" */
static bool is_negated(postern_str word)
{
    static const postern_str negation = POSTERN_STR("not");
    size_t at = negation.len;

    if (!pst_str_starts(word, negation)) {
        return false;
    }
    at += word.len > at && word.data[at] == '_';
    for (size_t i = 0; i < OPERATORS; i++) {
        if (pst_str_same(pst_str_slice(word, at, word.len), operators[i])) {
            return true;
        }
    }
    return word.len == negation.len;
}

void pst_hint_negation(postern_str left, pst_writer *hint)
{
    pst_write_text(hint, "'not' goes in front of the whole comparison: not ");
    pst_write_printable(hint, pst_str_slice(left, 0, SHOWN));
    pst_write_text(hint, left.len > 0 ? " ..." : "x eq 1");
}

bool pst_hint_operator(postern_str word, postern_str left, pst_writer *hint)
{
    if (is_negated(word)) {
        pst_hint_negation(left, hint);
        return true;
    }
    return pst_hint_capitals(word, hint) || foreign_word(word, left, hint) ||
           fused_word(word, hint);
}

bool pst_hint_fused_number(postern_str number, pst_writer *hint)
{
    static const postern_str logical[] = {POSTERN_STR("and"), POSTERN_STR("xor"),
                                          POSTERN_STR("or")};

    for (size_t i = 0; i < sizeof logical / sizeof logical[0]; i++) {
        const postern_str known = logical[i];
        const size_t at = number.len > known.len ? number.len - known.len : 0;
        if (at > 0 && pst_str_same(pst_str_slice(number, at, number.len), known)) {
            write_apart(hint, number, at);
            return true;
        }
    }
    return false;
}

static bool ends_with(postern_str text, postern_str word)
{
    return text.len >= word.len &&
           pst_str_same(pst_str_slice(text, text.len - word.len, text.len), word);
}

/* The text before `offset`, without blanks at its end. */
static postern_str text_before(postern_str expression, size_t offset)
{
    postern_str before = pst_str_slice(expression, 0, offset);

    while (before.len > 0 && (unsigned char)before.data[before.len - 1] <= ' ') {
        before.len--;
    }
    return before;
}

bool pst_hint_repeated(postern_str expression, size_t offset)
{
    static const postern_str logical[] = {POSTERN_STR("and"), POSTERN_STR("or"),
                                          POSTERN_STR("&&"), POSTERN_STR("||")};
    const postern_str before = text_before(expression, offset);

    for (size_t i = 0; i < sizeof logical / sizeof logical[0]; i++) {
        if (ends_with(before, logical[i])) {
            return true;
        }
    }
    return false;
}

const char *pst_hint_second_operator(postern_str expression, size_t offset)
{
    static const postern_str parenthesis = POSTERN_STR(")");

    return ends_with(text_before(expression, offset), parenthesis)
               ? "a field or call is compared, without parentheses around it"
               : "comparisons are joined with 'and' or 'or'";
}
