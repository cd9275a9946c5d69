/*
 * match/regex_repeat.c - how often: * + ? and counts in braces.
 */
#include "match/regex_parser.h"

/* Digits, white space around them; no digits are no number. */
static bool read_number(pst_regex_parser *parser, bool *any, uint32_t *out)
{
    uint64_t number = 0;
    size_t start;
    size_t end;

    pst_regex_skip_blanks(parser);
    start = parser->at;
    end = start;
    for (int next; (next = pst_regex_peek(parser, 0)) >= '0' && next <= '9';) {
        number = number > UINT32_MAX ? number : number * 10 + (uint64_t)(next - '0');
        end = ++parser->at;
        pst_regex_skip_space(parser);
    }
    pst_regex_skip_blanks(parser);
    pst_regex_skip_space(parser);
    *any = end > start;
    *out = (uint32_t)number;
    if (number > UINT32_MAX) {
        return pst_regex_refuse(parser, POSTERN_SYNTAX,
                                (pst_regex_place){start, end - start},
                                "the number is above 4,294,967,295", NULL);
    }
    return true;
}

static const char braces_hint[] = "write {2}, {2,} or {2,3}; a brace itself is \\{";

/* At the '{'. */
static bool read_braces(pst_regex_parser *parser, pst_regex_count *out)
{
    const size_t start = parser->at;
    bool from = false;
    bool to = true;

    parser->at++;
    pst_regex_skip_space(parser);
    if (!read_number(parser, &from, &out->least)) {
        return false;
    }
    out->most = out->least;
    if (pst_regex_peek(parser, 0) == ',') {
        parser->at++;
        pst_regex_skip_space(parser);
        out->endless = pst_regex_peek(parser, 0) == '}';
        if (!out->endless && !read_number(parser, &to, &out->most)) {
            return false;
        }
    }
    if (pst_regex_peek(parser, 0) == -1) {
        return pst_regex_refuse(parser, POSTERN_SYNTAX, pst_regex_since(parser, start),
                                "the repeat is not closed", braces_hint);
    }
    if (pst_regex_peek(parser, 0) != '}') {
        return pst_regex_refuse_quoting(parser, POSTERN_SYNTAX, pst_regex_here(parser),
                                        "expected a number or '}' instead of",
                                        braces_hint);
    }
    parser->at++;
    if (!from || !to) {
        return pst_regex_refuse(parser, POSTERN_SYNTAX, pst_regex_since(parser, start),
                                "a number is missing in the repeat",
                                from ? braces_hint
                                     : "write {0,2}; a brace itself is \\{");
    }
    if (!out->endless && out->least > out->most) {
        return pst_regex_refuse(parser, POSTERN_SYNTAX, pst_regex_since(parser, start),
                                "the repeat goes backwards",
                                "the smaller number comes first");
    }
    pst_regex_skip_space(parser); /* a question mark may follow */
    return true;
}

bool pst_regex_read_count(pst_regex_parser *parser, pst_regex_count *out)
{
    const int sign = pst_regex_peek(parser, 0);

    *out = (pst_regex_count){.least = sign == '+', .most = 1, .endless = sign != '?'};
    if (sign == '{') {
        out->endless = false;
        return read_braces(parser, out);
    }
    parser->at++;
    return true;
}
