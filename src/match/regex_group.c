/*
 * match/regex_group.c - what stands behind an opening parenthesis: names, flags, and what
 * there is not.
 */
#include "match/regex_parser.h"

#include "support/text.h"

/* --- names -------------------------------------------------------------------------- */

/* Names share their beginnings: at most 65 letters are looked at for each byte. */
typedef struct pst_regex_letter {
    struct pst_regex_letter *next;  /* in the same place */
    struct pst_regex_letter *below; /* those that may follow */
    char byte;
    bool ends; /* a name */
} letter;

static letter *step_into(pst_regex_parser *parser, letter **list, char byte)
{
    letter *made;

    for (letter *known = *list; known != NULL; known = known->next) {
        if (known->byte == byte) {
            return known;
        }
    }
    made = pst_arena_alloc(parser->arena, sizeof *made);
    if (made != NULL) {
        *made = (letter){.next = *list, .byte = byte};
        *list = made;
    }
    return made;
}

/* `name` is not empty. */
static bool remember_name(pst_regex_parser *parser, pst_regex_place name)
{
    letter **list = &parser->names;
    letter *last = NULL;

    for (size_t i = 0; i < name.length; i++) {
        last = step_into(parser, list, parser->pattern.data[name.offset + i]);
        if (last == NULL) {
            return pst_regex_starve(parser);
        }
        list = &last->below;
    }
    if (last->ends) {
        return pst_regex_refuse_quoting(parser, POSTERN_SYNTAX, name,
                                        "another group has the name", NULL);
    }
    last->ends = true;
    return true;
}

static bool in_name(int byte, bool first)
{
    if (byte == '_' || (byte >= 0 && pst_is_letter((unsigned char)byte))) {
        return true;
    }
    return !first && (byte == '.' || byte == '[' || byte == ']' ||
                      (byte >= 0 && pst_is_digit((unsigned char)byte)));
}

/* Behind the '<' of the group that starts at `open`. */
static bool read_name(pst_regex_parser *parser, size_t open)
{
    const size_t start = parser->at;
    pst_regex_place name;

    while (in_name(pst_regex_peek(parser, 0), parser->at == start)) {
        parser->at++;
    }
    name = pst_regex_since(parser, start);
    if (pst_regex_peek(parser, 0) == -1) {
        return pst_regex_refuse(parser, POSTERN_SYNTAX, pst_regex_since(parser, open),
                                "the name of the group is not closed",
                                "it stands between < and >");
    }
    if (pst_regex_peek(parser, 0) != '>') {
        return pst_regex_refuse_quoting(
            parser, POSTERN_SYNTAX, pst_regex_here(parser),
            "the name of a group cannot hold",
            "it is made of letters, digits, '_', '.', '[' and ']', a letter or '_' first");
    }
    parser->at++;
    if (name.length == 0) {
        return pst_regex_refuse(parser, POSTERN_SYNTAX, pst_regex_since(parser, open),
                                "the name of the group is missing",
                                "a group without a name is (...)");
    }
    return remember_name(parser, name);
}

/* --- what is not there -------------------------------------------------------------- */

static bool refuse_look(pst_regex_parser *parser, pst_regex_place place, bool behind,
                        bool negative)
{
    return pst_regex_refuse(parser, POSTERN_UNSUPPORTED, place,
                            behind ? "look-behind is not available"
                                   : "look-ahead is not available",
                            negative ? "it cannot be searched in linear time; test it "
                                       "with \"and not\" and a second matches"
                                     : "it cannot be searched in linear time; test it "
                                       "with a second matches");
}

/* Looks like an operator of other engines; at the byte behind "(?". */
static bool refuse_foreign(pst_regex_parser *parser, size_t open)
{
    const int next = pst_regex_peek(parser, 0);
    const int after = pst_regex_peek(parser, next == -1 ? 0 : 1);
    const pst_regex_place place = {open, parser->at + 1 - open};
    const pst_regex_place wide = {open, parser->at + 2 - open};

    if (next == '=' || next == '!') {
        return refuse_look(parser, place, false, next == '!');
    }
    if (next == '<' && (after == '=' || after == '!')) {
        return refuse_look(parser, wide, true, after == '!');
    }
    if (next == 'P' && after == '=') {
        return pst_regex_refuse(parser, POSTERN_UNSUPPORTED, wide,
                                "back-references are not available",
                                "they cannot be searched in linear time");
    }
    if ((next == 'P' && after == '>') || next == '&' || next == '+' ||
        (next >= 0 && pst_is_digit((unsigned char)next))) {
        return pst_regex_refuse(parser, POSTERN_UNSUPPORTED, next == 'P' ? wide : place,
                                "calls of groups are not available",
                                "write the group again");
    }
    if (next == '>') {
        return pst_regex_refuse(parser, POSTERN_UNSUPPORTED, place,
                                "atomic groups are not available",
                                "no search goes back here; write (?:...)");
    }
    if (next == '|' || next == '(') {
        return pst_regex_refuse(parser, POSTERN_UNSUPPORTED, place,
                                next == '|'
                                    ? "groups that share numbers are not available"
                                    : "conditions are not available",
                                "write alternatives: (?:...|...)");
    }
    if (next == '#' || next == '\'') {
        return pst_regex_refuse_quoting(
            parser, POSTERN_SYNTAX, place, "unknown kind of group",
            next == '#' ? "with (?x), a comment goes from # to the end of the line"
                        : "a group with a name is (?<name>...)");
    }
    return true;
}

/* --- flags -------------------------------------------------------------------------- */

static const char flag_hint[] = "the flags are i, m, s, U and x; a group without a "
                                "number is (?:...)";

/* The flag's bit; 0 for one that changes nothing when it is taken away. */
static bool read_flag(pst_regex_parser *parser, bool negated, unsigned *flag)
{
    const pst_regex_place here = pst_regex_here(parser);

    *flag = 0;
    switch (pst_regex_peek(parser, 0)) {
    case 'i':
        *flag = PST_REGEX_FOLD;
        return true;
    case 'm':
        *flag = PST_REGEX_LINES;
        return true;
    case 's':
        *flag = PST_REGEX_DOT_ALL;
        return true;
    case 'U':
        *flag = PST_REGEX_SWAP_LAZY;
        return true;
    case 'x':
        *flag = PST_REGEX_VERBOSE;
        return true;
    case 'u':
        return negated || pst_regex_refuse(parser, POSTERN_UNSUPPORTED, here,
                                           "the flag u is not available",
                                           "bytes are searched: classes and (?i) know "
                                           "ASCII, other characters are their UTF-8");
    case 'R':
        return negated || pst_regex_refuse(parser, POSTERN_UNSUPPORTED, here,
                                           "the flag R is not available",
                                           "lines end in \\n; write \\r?$ with (?m)");
    default:
        return pst_regex_refuse_quoting(parser, POSTERN_SYNTAX, here, "unknown flag",
                                        flag_hint);
    }
}

static bool refuse_open(pst_regex_parser *parser, size_t open)
{
    return pst_regex_refuse(parser, POSTERN_SYNTAX, (pst_regex_place){open, 1},
                            "the group is not closed", "a parenthesis itself is \\(");
}

/* Up to the ':' or ')'; the flags go to the parser. */
static bool read_flags(pst_regex_parser *parser, size_t open)
{
    const char *const text = parser->pattern.data;
    const size_t start = parser->at;
    unsigned flags = parser->flags;
    bool negated = false;

    for (int next; (next = pst_regex_peek(parser, 0)) != ':' && next != ')';) {
        unsigned flag;

        if (next == -1) {
            return refuse_open(parser, open);
        }
        for (size_t i = start; i < parser->at; i++) {
            if (text[i] == (char)next) {
                return pst_regex_refuse_quoting(parser, POSTERN_SYNTAX,
                                                pst_regex_here(parser),
                                                "twice in these flags:", NULL);
            }
        }
        if (next == '-') {
            negated = true;
        } else if (!read_flag(parser, negated, &flag)) {
            return false;
        } else {
            flags = negated ? flags & ~flag : flags | flag;
        }
        parser->at++;
    }
    if (parser->at > start && text[parser->at - 1] == '-') {
        return pst_regex_refuse(parser, POSTERN_SYNTAX,
                                (pst_regex_place){parser->at - 1, 1},
                                "no flag behind the minus", flag_hint);
    }
    if (parser->at == start && pst_regex_peek(parser, 0) == ')') {
        return pst_regex_refuse_quoting(parser, POSTERN_SYNTAX,
                                        (pst_regex_place){start - 1, 1},
                                        "nothing to repeat before", flag_hint);
    }
    parser->flags = flags;
    return true;
}

/* --- openings ----------------------------------------------------------------------- */

pst_regex_opening pst_regex_read_opening(pst_regex_parser *parser)
{
    const size_t open = parser->at;
    bool named = false;
    int end;

    parser->at++;
    pst_regex_skip_space(parser);
    if (pst_regex_peek(parser, 0) != '?') {
        return PST_REGEX_OPENS_CAPTURE;
    }
    parser->at++;
    if (pst_regex_peek(parser, 0) == -1) {
        refuse_open(parser, open);
        return PST_REGEX_OPENS_NOTHING;
    }
    if (!refuse_foreign(parser, open)) {
        return PST_REGEX_OPENS_NOTHING;
    }
    if (pst_regex_peek(parser, 0) == 'P' && pst_regex_peek(parser, 1) == '<') {
        parser->at += 2;
        named = true;
    } else if (pst_regex_peek(parser, 0) == '<') {
        parser->at++;
        named = true;
    }
    if (named) {
        return read_name(parser, open) ? PST_REGEX_OPENS_CAPTURE
                                       : PST_REGEX_OPENS_NOTHING;
    }
    if (!read_flags(parser, open)) {
        return PST_REGEX_OPENS_NOTHING;
    }
    end = pst_regex_peek(parser, 0);
    parser->at++;
    return end == ')' ? PST_REGEX_SETS_FLAGS : PST_REGEX_OPENS_GROUP;
}
