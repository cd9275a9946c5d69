/*
 * syntax/literal.c - the productions of literals: strings, patterns, keys, numbers,
 * sets and the names of lists.
 */
#include "syntax/parser.h"

#include "support/utf8.h"
#include "syntax/hint.h"

/* --- strings ----------------------------------------------------------------------- */

/* The rest of the expression is one string. */
static pst_node *unfinished(pst_parser *p, bool pattern)
{
    const postern_str text = pst_token_bytes(p);
    pst_node *node = pst_broken(p);
    const char *hint =
        memchr(text.data, '\0', text.len) != NULL
            ? "there is a NUL byte; write it \\x00"
        : text.data[0] == 'r'
            ? "a raw string ends with a quote and as many '#' as it began "
              "with"
        : pattern ? "in a pattern a quote inside [ ] is an ordinary "
                    "character, and \\\" stands for one"
                  : NULL;

    pst_complain(p->complaints, POSTERN_SYNTAX, (pst_span){p->token.offset, 1},
                 "this string has no closing quote", hint);
    p->gave_up = true;
    pst_parser_advance(p);
    return node;
}

/* What the escape at the start of `text` stands for; 0 when it is none, else its
 * length. */
static size_t read_escape(postern_str text, unsigned char *byte)
{
    const unsigned char *const at = (const unsigned char *)text.data;

    if (text.len >= 2 && (at[1] == '"' || at[1] == '\\')) {
        *byte = at[1];
        return 2;
    }
    if (text.len < 4) {
        return 0;
    }
    if (at[1] == 'x' && pst_hex_value(at[2]) >= 0 && pst_hex_value(at[3]) >= 0) {
        *byte = (unsigned char)(pst_hex_value(at[2]) << 4 | pst_hex_value(at[3]));
        return 4;
    }
    if (at[1] >= '0' && at[1] <= '3' && (at[2] & 0xf8U) == '0' &&
        (at[3] & 0xf8U) == '0') {
        *byte =
            (unsigned char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0'));
        return 4;
    }
    return 0;
}

static bool unknown_escape(pst_parser *p, postern_str rest)
{
    const size_t offset = (size_t)(rest.data - p->complaints->expression.data);

    pst_complain(p->complaints, POSTERN_SYNTAX, (pst_span){offset, 2},
                 "unknown escape in a string",
                 "allowed are \\\" \\\\ \\xHH and \\OOO; in a raw string, r\"...\", a "
                 "backslash is just a backslash");
    return false;
}

/* Decodes the inside of a quoted string; the result is never longer. */
static bool decode(pst_parser *p, postern_str inside, bool pattern, postern_str *out)
{
    char *copy;
    size_t len = 0;
    size_t step;

    *out = inside;
    if (inside.len == 0 || memchr(inside.data, '\\', inside.len) == NULL) {
        return true;
    }
    copy = pst_arena_alloc(p->arena, inside.len);
    if (copy == NULL) {
        p->status = p->arena->status;
        return false;
    }
    for (size_t i = 0; i < inside.len; i += step) {
        const postern_str rest = pst_str_slice(inside, i, inside.len);
        unsigned char byte = (unsigned char)rest.data[0];
        step = 1;
        if (byte == '\\' && pattern) {
            /* the lexer saw to it that a byte follows */
            step = 2;
            if (rest.data[1] != '"') {
                copy[len++] = '\\';
            }
            byte = (unsigned char)rest.data[1];
        } else if (byte == '\\') {
            step = read_escape(rest, &byte);
            if (step == 0) {
                return unknown_escape(p, rest);
            }
        }
        copy[len++] = (char)byte;
    }
    *out = (postern_str){copy, len};
    return true;
}

static void read_raw(pst_parser *p, pst_node *node)
{
    enum { FENCE_MAX = 255 };
    const postern_str text = pst_token_bytes(p);
    size_t fence = 0;

    while (text.data[1 + fence] == '#') {
        fence++;
    }
    if (fence > FENCE_MAX) {
        pst_complain(p->complaints, POSTERN_LIMIT, pst_token_span(p),
                     "a raw string has at most 255 '#'", NULL);
        node->kind = PST_NODE_BROKEN;
    }
    node->raw = true;
    node->text = pst_str_slice(text, fence + 2, text.len - fence - 1);
}

pst_node *pst_read_string(pst_parser *p, bool pattern)
{
    const postern_str text = pst_token_bytes(p);
    pst_node *node;

    if (pst_at(p, PST_TOKEN_OPEN_STRING)) {
        return unfinished(p, pattern);
    }
    node = pst_node_new(p, PST_NODE_TEXT, pst_token_span(p));
    if (p->status != POSTERN_OK) {
        return node;
    }
    node->pattern = pattern;
    if (pst_at(p, PST_TOKEN_RAW_STRING)) {
        read_raw(p, node);
    } else if (!decode(p, pst_str_slice(text, 1, text.len - 1), pattern, &node->text)) {
        node->kind = PST_NODE_BROKEN;
    }
    pst_parser_advance(p);
    return node;
}

pst_node *pst_read_key(pst_parser *p)
{
    pst_node *key = pst_read_string(p, false);

    for (size_t i = 0; key->kind == PST_NODE_TEXT && i < key->text.len;) {
        const size_t len =
            pst_utf8_read(pst_str_slice(key->text, i, key->text.len), NULL);
        if (len == 0) {
            pst_complain(p->complaints, POSTERN_SYNTAX, key->span,
                         "a key has to be valid UTF-8", NULL);
            key->kind = PST_NODE_BROKEN;
        }
        i += len;
    }
    return key;
}

/* --- numbers ----------------------------------------------------------------------- */

bool pst_at_byte_name(const pst_parser *p)
{
    const postern_str text = pst_token_bytes(p);
    pst_lexer ahead = p->lexer;
    pst_token_kind next;

    if (!pst_at(p, PST_TOKEN_NAME) || text.len < 5 || text.len % 3 != 2) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char byte = (unsigned char)text.data[i];
        if (i % 3 == 2 ? byte != '.' : pst_hex_value(byte) < 0) {
            return false;
        }
    }
    next = pst_lexer_next(&ahead).kind;
    return next != PST_TOKEN_OPEN && next != PST_TOKEN_OPEN_INDEX;
}

pst_node *pst_read_number(pst_parser *p)
{
    pst_node *node = pst_node_new(p, PST_NODE_NUMBER, pst_token_span(p));

    if (p->status == POSTERN_OK) {
        node->text = pst_token_bytes(p);
        pst_parser_advance(p);
    }
    return node;
}

/* "1and" is told here and not with the types, so that it comes before what follows
 * from it. */
pst_node *pst_read_operand_number(pst_parser *p)
{
    const postern_str text = pst_token_bytes(p);
    char hint[96];
    pst_writer out = {hint, sizeof hint, 0};

    if (!pst_hint_fused_number(text, &out)) {
        return pst_read_number(p);
    }
    (void)pst_write_end(&out);
    pst_complain_of(p->complaints, POSTERN_SYNTAX, pst_token_span(p), "", text,
                    " is not a number or address", hint);
    return pst_recover(p);
}

/* --- sets -------------------------------------------------------------------------- */

static bool is_list_name(postern_str name)
{
    if (name.len == 0 || name.data[0] == '.' || name.data[name.len - 1] == '.') {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        const unsigned char byte = (unsigned char)name.data[i];
        if (!(byte >= 'a' && byte <= 'z') && !pst_is_digit(byte) && byte != '_' &&
            byte != '.') {
            return false;
        }
    }
    return true;
}

static pst_node *read_list(pst_parser *p)
{
    const postern_str text = pst_token_bytes(p);
    pst_node *list = pst_node_new(p, PST_NODE_LIST, pst_token_span(p));

    list->text = pst_str_slice(text, 1, text.len);
    if (p->status == POSTERN_OK && !is_list_name(list->text)) {
        pst_complain_of(p->complaints, POSTERN_SYNTAX, pst_token_span(p),
                        "no list can be named", text, "",
                        "names of lists hold a to z, 0 to 9, '_' and, inside, '.'");
        return pst_recover(p);
    }
    pst_parser_advance(p);
    return list;
}

static bool at_member(const pst_parser *p)
{
    return pst_at_string(p) || pst_at(p, PST_TOKEN_BARE) || pst_at_byte_name(p);
}

static const char *member_hint(const pst_parser *p)
{
    return pst_at_logical(p)               ? "the set is never closed: '}' is missing"
           : pst_at(p, PST_TOKEN_COMMA)    ? "members are separated by blanks"
           : pst_at(p, PST_TOKEN_NAME)     ? "strings are written in quotes"
           : pst_at(p, PST_TOKEN_LIST)     ? "a named list stands alone: in $name"
           : pst_at(p, PST_TOKEN_OPEN_SET) ? "one set does not hold another"
                                           : NULL;
}

pst_node *pst_read_set(pst_parser *p)
{
    pst_node *set;
    pst_node *last = NULL;

    if (pst_at(p, PST_TOKEN_LIST)) {
        return read_list(p);
    }
    if (!pst_at(p, PST_TOKEN_OPEN_SET)) {
        return pst_expected(p, "'{' after 'in'",
                            "a set is written { }, its members separated by blanks; a "
                            "named list $name");
    }
    set = pst_node_new(p, PST_NODE_SET, pst_token_span(p));
    pst_parser_advance(p);
    while (p->status == POSTERN_OK && at_member(p)) {
        pst_node *member =
            pst_at_string(p) ? pst_read_string(p, false) : pst_read_number(p);
        if (last == NULL) {
            set->first = member;
        } else {
            last->next = member;
        }
        last = member;
    }
    if (!pst_at(p, PST_TOKEN_CLOSE_SET)) {
        return pst_expected(p, "a string, a number, an address or '}' in a set",
                            member_hint(p));
    }
    pst_parser_advance(p);
    return set;
}
