/*
 * match/regex_cursor.c - steps over characters and white space, and tells what is wrong.
 */
#include "match/regex_parser.h"

#include "support/text.h"

/* --- characters --------------------------------------------------------------------- */

pst_regex_place pst_regex_here(const pst_regex_parser *parser)
{
    if (parser->at == parser->pattern.len) {
        return (pst_regex_place){parser->at, 0};
    }
    return (pst_regex_place){
        parser->at,
        pst_utf8_read(pst_str_slice(parser->pattern, parser->at, parser->pattern.len),
                      NULL)};
}

/* --- white space -------------------------------------------------------------------- */

/* The bytes of what has White_Space=yes in Unicode at `at`, or 0. */
static size_t blank(const pst_regex_parser *parser, size_t at)
{
    const postern_str text = parser->pattern;
    const unsigned char *bytes;
    unsigned low;

    if (at == text.len) {
        return 0;
    }
    bytes = (const unsigned char *)text.data + at;
    switch (bytes[0]) {
    case ' ':
    case '\t':
    case '\n':
    case '\v':
    case '\f':
    case '\r':
        return 1;
    case 0xc2: /* U+0085, U+00A0 */
        return bytes[1] == 0x85 || bytes[1] == 0xa0 ? 2 : 0;
    case 0xe1: /* U+1680 */
        return bytes[1] == 0x9a && bytes[2] == 0x80 ? 3 : 0;
    case 0xe2: /* U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F */
        low = bytes[2];
        if (bytes[1] == 0x80 &&
            (low <= 0x8a || low == 0xa8 || low == 0xa9 || low == 0xaf)) {
            return 3;
        }
        return bytes[1] == 0x81 && low == 0x9f ? 3 : 0;
    case 0xe3: /* U+3000 */
        return bytes[1] == 0x80 && bytes[2] == 0x80 ? 3 : 0;
    }
    return 0;
}

void pst_regex_skip_blanks(pst_regex_parser *parser)
{
    for (size_t step; (step = blank(parser, parser->at)) != 0;) {
        parser->at += step;
    }
}

void pst_regex_skip_space(pst_regex_parser *parser)
{
    if ((parser->flags & PST_REGEX_VERBOSE) == 0) {
        return;
    }
    pst_regex_skip_blanks(parser);
    while (pst_regex_peek(parser, 0) == '#') {
        while (pst_regex_peek(parser, 0) != '\n' && pst_regex_peek(parser, 0) != -1) {
            parser->at++;
        }
        pst_regex_skip_blanks(parser);
    }
}

int pst_regex_peek_behind_space(const pst_regex_parser *parser)
{
    size_t at = parser->at + 1;
    bool comment = false;

    if ((parser->flags & PST_REGEX_VERBOSE) != 0) {
        /* As the original: of a comment, only its '#' and white space are skipped. */
        for (;;) {
            const size_t step = blank(parser, at);
            if (step != 0) {
                at += step;
            } else if (!comment && at < parser->pattern.len &&
                       parser->pattern.data[at] == '#') {
                comment = true;
                at++;
            } else {
                break;
            }
        }
    }
    return at < parser->pattern.len ? (unsigned char)parser->pattern.data[at] : -1;
}

/* --- problems ----------------------------------------------------------------------- */

enum { QUOTED_MAX = 40 }; /* of the pattern, in a message */

static bool tell(pst_regex_parser *parser, postern_status status, pst_regex_place place,
                 const char *hint)
{
    parser->status = status;
    parser->problem->status = status;
    parser->problem->offset = place.offset;
    parser->problem->length = place.length;
    parser->problem->hint = hint;
    return false;
}

static pst_writer message_writer(pst_regex_parser *parser)
{
    return (pst_writer){parser->problem->message, sizeof parser->problem->message, 0};
}

bool pst_regex_refuse(pst_regex_parser *parser, postern_status status,
                      pst_regex_place place, const char *message, const char *hint)
{
    pst_writer out = message_writer(parser);

    pst_write_text(&out, message);
    pst_write_end(&out);
    return tell(parser, status, place, hint);
}

bool pst_regex_refuse_quoting(pst_regex_parser *parser, postern_status status,
                              pst_regex_place place, const char *before,
                              const char *hint)
{
    pst_writer out = message_writer(parser);
    postern_str piece =
        pst_str_slice(parser->pattern, place.offset, place.offset + place.length);
    const bool cut = piece.len > QUOTED_MAX;

    if (cut) {
        piece.len = QUOTED_MAX;
    }
    pst_write_text(&out, before);
    pst_write_text(&out, " '");
    pst_write_printable(&out, piece);
    pst_write_text(&out, cut ? "...'" : "'");
    pst_write_end(&out);
    return tell(parser, status, place, hint);
}

/* 12345678 as 12,345,678. */
static void write_amount(pst_writer *out, uint64_t amount)
{
    uint64_t unit = 1;

    while (amount / unit >= 1000) {
        unit *= 1000;
    }
    pst_write_size(out, (size_t)(amount / unit));
    while (unit > 1) {
        const uint64_t digits = amount % unit / (unit / 1000);
        unit /= 1000;
        pst_write_byte(out, ',');
        pst_write_byte(out, (unsigned char)('0' + digits / 100));
        pst_write_byte(out, (unsigned char)('0' + digits / 10 % 10));
        pst_write_byte(out, (unsigned char)('0' + digits % 10));
    }
}

bool pst_regex_refuse_amount(pst_regex_parser *parser, pst_regex_place place,
                             const char *before, uint64_t amount, const char *between,
                             uint64_t limit)
{
    const uint64_t countless = UINT64_C(1000000000000); /* nobody reads more digits */
    pst_writer out = message_writer(parser);

    pst_write_text(&out, before);
    if (amount > countless) {
        pst_write_text(&out, "more than ");
    }
    write_amount(&out, amount > countless ? countless : amount);
    pst_write_text(&out, between);
    write_amount(&out, limit);
    pst_write_end(&out);
    return tell(parser, POSTERN_LIMIT, place, NULL);
}

bool pst_regex_refuse_depth(pst_regex_parser *parser, pst_regex_place place)
{
    pst_writer out = message_writer(parser);

    pst_write_text(&out, "the pattern nests deeper than ");
    write_amount(&out, parser->nesting);
    pst_write_text(&out, " levels, the limit regex_nesting");
    pst_write_end(&out);
    return tell(parser, POSTERN_LIMIT, place,
                "groups, classes, alternatives, sequences and repeats count one each");
}

bool pst_regex_starve(pst_regex_parser *parser)
{
    parser->status = parser->arena->status;
    return false;
}
