/*
 * syntax/expected.c - tells what was expected and what was found, and skips to where
 * the expression may go on.
 *
 * In a file of its own also because messages need room on the stack, which the
 * productions must not take at every level of nesting.
 */
#include "support/utf8.h"
#include "syntax/hint.h"
#include "syntax/parser.h"

/* What is told as unexpected: of a token that is none only its first character. */
static pst_span found_span(const pst_parser *p)
{
    pst_span span = pst_token_span(p);

    if (pst_at(p, PST_TOKEN_BAD)) {
        const size_t length = pst_utf8_read(pst_token_bytes(p), NULL);
        span.length = length > 0 ? length : 1;
    }
    return span;
}

static void write_code_point(pst_writer *out, uint32_t point)
{
    pst_write_text(out, "U+");
    if (point > 0xffff) {
        pst_write_hex(out, (unsigned char)(point >> 16), true);
    }
    pst_write_hex(out, (unsigned char)(point >> 8 & 0xff), true);
    pst_write_hex(out, (unsigned char)(point & 0xff), true);
}

/* A character no token begins with: '?', U+2019 or 0x0C. */
static void write_strange(pst_writer *out, postern_str text)
{
    const unsigned char first = (unsigned char)text.data[0];
    uint32_t point;

    if (pst_utf8_read(text, &point) > 1) {
        write_code_point(out, point);
    } else if (first == '\'') {
        pst_write_text(out, "a single quote");
    } else if (first > ' ' && first < 0x7f) {
        pst_write_text(out, "'");
        pst_write_byte(out, first);
        pst_write_text(out, "'");
    } else {
        pst_write_text(out, "the byte 0x");
        pst_write_hex(out, first, true);
    }
}

pst_node *pst_recover(pst_parser *p)
{
    pst_node *node = pst_broken(p);
    size_t open = 0;

    while (!pst_at(p, PST_TOKEN_END)) {
        if (pst_at(p, PST_TOKEN_OPEN)) {
            open++;
        } else if (open == 0 && (pst_at(p, PST_TOKEN_CLOSE) || pst_at_logical(p))) {
            break;
        } else if (pst_at(p, PST_TOKEN_CLOSE)) {
            open--;
        }
        pst_parser_skip(p);
    }
    return node;
}

/* The token that is looked at, as it is told. */
static void write_found(pst_writer *out, const pst_parser *p)
{
    enum { SHOWN = 40 };
    const postern_str text = pst_token_bytes(p);
    const bool string = pst_at(p, PST_TOKEN_STRING) || pst_at(p, PST_TOKEN_RAW_STRING);

    if (pst_at(p, PST_TOKEN_BAD)) {
        write_strange(out, text);
    } else if (string || pst_at(p, PST_TOKEN_NAME) || pst_at(p, PST_TOKEN_BARE) ||
               pst_at(p, PST_TOKEN_LIST)) {
        pst_write_text(out, string ? "the string " : "'");
        pst_write_printable(out, pst_str_slice(text, 0, SHOWN));
        pst_write_text(out, text.len > SHOWN ? "..." : "");
        pst_write_text(out, string ? "" : "'");
    } else {
        pst_write_text(out, pst_token_text(p->token.kind));
    }
}

pst_node *pst_expected(pst_parser *p, const char *what, const char *hint)
{
    char message[256];
    pst_writer out = {message, sizeof message, 0};
    const pst_span span = found_span(p);

    if (p->status != POSTERN_OK || (p->gave_up && pst_at(p, PST_TOKEN_END))) {
        return pst_broken(p);
    }
    if (hint == NULL) {
        hint = pst_hint_token(p->complaints->expression, p->token);
    }
    pst_write_text(&out, "expected ");
    pst_write_text(&out, what);
    pst_write_text(&out, ", found ");
    write_found(&out, p);
    (void)pst_write_end(&out);
    pst_complain(p->complaints, POSTERN_SYNTAX, span, message, hint);
    return pst_recover(p);
}

pst_node *pst_expected_operator(pst_parser *p, const char *what, const pst_node *left)
{
    const postern_str text = p->complaints->expression;
    const pst_span before = left != NULL ? left->span : (pst_span){0, 0};
    char hint[128];
    pst_writer out = {hint, sizeof hint, 0};
    bool told;

    if (pst_at(p, PST_TOKEN_OPEN_INDEX)) {
        return pst_expected(p, what, "an index stands right behind its value");
    }
    if (left == NULL && pst_at_operator(p)) {
        return pst_expected(p, what, pst_hint_second_operator(text, p->token.offset));
    }
    const postern_str shown =
        pst_str_slice(text, before.offset, before.offset + before.length);
    if (pst_at(p, PST_TOKEN_NOT) && left != NULL) {
        pst_hint_negation(shown, &out);
        told = true;
    } else {
        told = pst_at(p, PST_TOKEN_NAME) &&
               pst_hint_operator(pst_token_bytes(p), shown, &out);
    }
    (void)pst_write_end(&out);
    return pst_expected(p, what, told ? hint : NULL);
}

pst_node *pst_expected_field(pst_parser *p)
{
    const char *hint = NULL;

    if (pst_at_string(p) || pst_at(p, PST_TOKEN_BARE)) {
        hint =
            pst_hint_repeated(p->complaints->expression, p->token.offset)
                ? "write the field on this side too, or all values in one set: in "
                  "{\"a\" \"b\"}"
                : "the field goes on the left, what it is compared with on the right";
    }
    return pst_expected(p, "a field", hint);
}
