/*
 * syntax/parser.c - recursive descent over grammar/postern.ebnf, one function a
 * production, in the same order.
 *
 * After an error the parser skips to the next logical operator or closing bracket
 * of the same depth and goes on, so that one run tells all that is wrong.
 */
#include "support/text.h"
#include "syntax/hint.h"
#include "syntax/lexer.h"
#include "syntax/tree.h"

enum { INDEXES_MAX = 7 }; /* no type is deeper */

typedef struct parser {
    pst_lexer lexer;
    pst_token token; /* the one being looked at */
    pst_arena *arena;
    pst_complaints *complaints;
    postern_status status; /* not POSTERN_OK: out of memory, unwind */
    uint32_t depth;
    uint32_t nesting;
    bool gave_up;    /* too deep: the rest was skipped, and nothing is missing */
    pst_node failed; /* what every production returns once memory ran out */
} parser;

static pst_node *parse_or(parser *p);
static pst_node *parse_unary(parser *p);
static pst_node *parse_value(parser *p);

static postern_str token_text(const parser *p)
{
    return pst_str_slice(p->complaints->expression, p->token.offset,
                         p->token.offset + p->token.length);
}

static pst_span token_span(const parser *p)
{
    return (pst_span){p->token.offset, p->token.length};
}

static void advance(parser *p)
{
    p->token = pst_lexer_next(&p->lexer);
}

static bool at_kind(const parser *p, pst_token_kind kind)
{
    return p->token.kind == kind;
}

static bool at_word(const parser *p, const char *word)
{
    return at_kind(p, PST_TOKEN_NAME) && pst_str_same(token_text(p), postern_text(word));
}

/* Takes the token when it is the symbol or the word. */
static bool take(parser *p, pst_token_kind symbol, const char *word)
{
    if (!at_kind(p, symbol) && !at_word(p, word)) {
        return false;
    }
    advance(p);
    return true;
}

static pst_node *node_new(parser *p, pst_node_kind kind, pst_span span)
{
    pst_node *node = pst_arena_alloc(p->arena, sizeof *node);

    if (node == NULL) {
        p->status = p->arena->status;
        return &p->failed;
    }
    *node = (pst_node){.kind = (uint8_t)kind, .span = span};
    return node;
}

static pst_node *broken(parser *p)
{
    return node_new(p, PST_NODE_BROKEN, token_span(p));
}

/* --- recovery ----------------------------------------------------------------- */

static bool at_logical(const parser *p)
{
    return at_kind(p, PST_TOKEN_AND) || at_kind(p, PST_TOKEN_OR) ||
           at_kind(p, PST_TOKEN_XOR) || at_word(p, "and") || at_word(p, "or") ||
           at_word(p, "xor");
}

/* Skips to where the expression around the broken piece may go on. */
static void recover(parser *p)
{
    size_t open = 0;

    while (!at_kind(p, PST_TOKEN_END)) {
        if (at_kind(p, PST_TOKEN_OPEN)) {
            open++;
        } else if (at_kind(p, PST_TOKEN_CLOSE)) {
            if (open == 0) {
                return;
            }
            open--;
        } else if (open == 0 && at_logical(p)) {
            return;
        }
        advance(p);
    }
}

/* "expected WHAT, found TOKEN" */
static pst_node *expected(parser *p, const char *what, const char *hint)
{
    char message[128];
    pst_writer out = {message, sizeof message, 0};

    if (p->status != POSTERN_OK) {
        return &p->failed;
    }
    pst_write_text(&out, "expected ");
    pst_write_text(&out, what);
    if (at_kind(p, PST_TOKEN_NAME) || at_kind(p, PST_TOKEN_BARE)) {
        pst_write_text(&out, ", found");
        (void)pst_write_end(&out);
        pst_complain_of(p->complaints, POSTERN_SYNTAX, token_span(p), message,
                        token_text(p), "", hint);
    } else {
        pst_write_text(&out, ", found ");
        pst_write_text(&out, pst_token_text(p->token.kind));
        (void)pst_write_end(&out);
        pst_complain(p->complaints, POSTERN_SYNTAX, token_span(p), message, hint);
    }
    pst_node *node = broken(p);
    recover(p);
    return node;
}

/* Something stands behind a complete value or comparison that cannot. `before` is
 * the name in front of it, or empty. */
static pst_node *unexpected(parser *p, const char *what, postern_str before)
{
    char text[96];
    pst_writer hint = {text, sizeof text, 0};
    bool told = false;

    if (at_kind(p, PST_TOKEN_BAD)) {
        return expected(p, what, pst_hint_byte(token_text(p)));
    }
    if (at_kind(p, PST_TOKEN_OPEN_INDEX)) {
        return expected(p, what, "an index stands right behind its value");
    }
    if (at_kind(p, PST_TOKEN_NAME)) {
        told = pst_hint_word(token_text(p), &hint);
    }
    told = told || pst_hint_word(before, &hint);
    (void)pst_write_end(&hint);
    return expected(p, what, told ? text : NULL);
}

/* Counts a level of nesting; at the limit it complains and skips the rest. */
static bool enter(parser *p)
{
    if (p->depth < p->nesting) {
        p->depth++;
        return true;
    }
    pst_complain(p->complaints, POSTERN_LIMIT, token_span(p),
                 "the expression is nested too deeply", NULL);
    p->gave_up = true;
    while (!at_kind(p, PST_TOKEN_END)) {
        advance(p);
    }
    return false;
}

/* --- logic -------------------------------------------------------------------- */

/* operand { operator operand }, as one node of all operands */
static pst_node *parse_chain(parser *p, pst_node_kind kind, pst_token_kind symbol,
                             const char *word, pst_node *(*operand)(parser *))
{
    pst_node *first = operand(p);
    pst_node *chain = NULL;
    pst_node *last = first;

    for (;;) {
        const pst_span span = token_span(p);
        if (p->status != POSTERN_OK || !take(p, symbol, word)) {
            break;
        }
        if (chain == NULL) {
            chain = node_new(p, kind, span);
            chain->first = first;
        }
        if (p->status != POSTERN_OK) {
            return &p->failed;
        }
        pst_node *following = operand(p);
        if (p->status != POSTERN_OK) {
            return &p->failed;
        }
        last->next = following;
        last = following;
    }
    return chain != NULL ? chain : first;
}

static pst_node *parse_and(parser *p)
{
    return parse_chain(p, PST_NODE_AND, PST_TOKEN_AND, "and", parse_unary);
}

static pst_node *parse_xor(parser *p)
{
    return parse_chain(p, PST_NODE_XOR, PST_TOKEN_XOR, "xor", parse_and);
}

static pst_node *parse_or(parser *p)
{
    return parse_chain(p, PST_NODE_OR, PST_TOKEN_OR, "or", parse_xor);
}

static pst_node *parse_parenthesis(parser *p)
{
    const pst_span open = token_span(p);
    pst_node *inner;

    if (!enter(p)) {
        return broken(p);
    }
    advance(p);
    inner = parse_or(p);
    p->depth--;
    if (p->status != POSTERN_OK) {
        return &p->failed;
    }
    if (at_kind(p, PST_TOKEN_END)) {
        if (!p->gave_up) {
            pst_complain(p->complaints, POSTERN_SYNTAX, open,
                         "this parenthesis is never closed", NULL);
        }
        return inner;
    }
    if (!at_kind(p, PST_TOKEN_CLOSE)) {
        return unexpected(p, "'and', 'or', 'xor' or ')'", (postern_str){NULL, 0});
    }
    advance(p);
    return inner;
}

static pst_node *parse_not(parser *p)
{
    pst_node *node = node_new(p, PST_NODE_NOT, token_span(p));

    if (p->status != POSTERN_OK || !enter(p)) {
        return node;
    }
    advance(p);
    pst_node *child = parse_unary(p);
    p->depth--;
    if (p->status != POSTERN_OK) {
        return &p->failed;
    }
    node->first = child;
    return node;
}

static pst_node *parse_comparison(parser *p);

static pst_node *parse_unary(parser *p)
{
    if (at_kind(p, PST_TOKEN_NOT) || at_word(p, "not")) {
        return parse_not(p);
    }
    if (at_kind(p, PST_TOKEN_OPEN)) {
        return parse_parenthesis(p);
    }
    if (at_word(p, "true") || at_word(p, "false")) {
        pst_node *node = node_new(
            p, at_word(p, "true") ? PST_NODE_TRUE : PST_NODE_FALSE, token_span(p));
        advance(p);
        return node;
    }
    return parse_comparison(p);
}

/* --- comparisons -------------------------------------------------------------- */

static bool take_relation(parser *p, pst_comparison *out)
{
    static const struct {
        pst_token_kind symbol;
        const char *word;
        pst_comparison relation;
    } relations[] = {
        {PST_TOKEN_EQ, "eq", PST_COMPARE_EQ},
        {PST_TOKEN_NE, "ne", PST_COMPARE_NE},
        {PST_TOKEN_LT, "lt", PST_COMPARE_LT},
        {PST_TOKEN_LE, "le", PST_COMPARE_LE},
        {PST_TOKEN_GT, "gt", PST_COMPARE_GT},
        {PST_TOKEN_GE, "ge", PST_COMPARE_GE},
    };

    for (size_t i = 0; i < sizeof relations / sizeof relations[0]; i++) {
        if (take(p, relations[i].symbol, relations[i].word)) {
            *out = relations[i].relation;
            return true;
        }
    }
    if (at_word(p, "in")) {
        advance(p);
        *out = PST_COMPARE_IN;
        return true;
    }
    return false;
}

/* Decodes the inside of a quoted string, which starts at `offset`. The result is
 * never longer. */
static bool decode_quoted(parser *p, postern_str inside, size_t offset, postern_str *out)
{
    char *copy;
    size_t len = 0;

    if (inside.len == 0 || memchr(inside.data, '\\', inside.len) == NULL) {
        *out = inside;
        return true;
    }
    copy = pst_arena_alloc(p->arena, inside.len);
    if (copy == NULL) {
        p->status = p->arena->status;
        return false;
    }
    for (size_t i = 0; i < inside.len; i++) {
        const unsigned char *at = (const unsigned char *)inside.data + i;
        const size_t left = inside.len - i;
        if (*at != '\\') {
            copy[len++] = (char)*at;
        } else if (left >= 2 && (at[1] == '"' || at[1] == '\\')) {
            copy[len++] = (char)at[1];
            i += 1;
        } else if (left >= 4 && at[1] == 'x' && pst_hex_value(at[2]) >= 0 &&
                   pst_hex_value(at[3]) >= 0) {
            copy[len++] = (char)(pst_hex_value(at[2]) << 4 | pst_hex_value(at[3]));
            i += 3;
        } else if (left >= 4 && at[1] >= '0' && at[1] <= '3' && (at[2] & 0xf8U) == '0' &&
                   (at[3] & 0xf8U) == '0') {
            copy[len++] = (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0'));
            i += 3;
        } else {
            pst_complain(p->complaints, POSTERN_SYNTAX, (pst_span){offset + i, 2},
                         "unknown escape in a string",
                         "allowed are \\\" \\\\ \\xHH and \\OOO; in a raw string, "
                         "r\"...\", a backslash is just a backslash");
            return false;
        }
    }
    *out = (postern_str){copy, len};
    return true;
}

static pst_node *parse_string(parser *p)
{
    const postern_str text = token_text(p);
    pst_node *node = node_new(p, PST_NODE_TEXT, token_span(p));

    if (p->status != POSTERN_OK) {
        return node;
    }
    if (at_kind(p, PST_TOKEN_RAW_STRING)) {
        size_t fence = 0;
        while (text.data[1 + fence] == '#') {
            fence++;
        }
        if (fence > 255) {
            pst_complain(p->complaints, POSTERN_LIMIT, token_span(p),
                         "a raw string has at most 255 '#'", NULL);
            node->kind = PST_NODE_BROKEN;
        }
        node->raw = true;
        node->text = pst_str_slice(text, fence + 2, text.len - fence - 1);
    } else if (!decode_quoted(p, pst_str_slice(text, 1, text.len - 1),
                              p->token.offset + 1, &node->text)) {
        node->kind = PST_NODE_BROKEN;
    }
    advance(p);
    return node;
}

static pst_node *parse_number(parser *p)
{
    pst_node *node = node_new(p, PST_NODE_NUMBER, token_span(p));

    if (p->status == POSTERN_OK) {
        node->text = token_text(p);
        advance(p);
    }
    return node;
}

static bool at_string(const parser *p)
{
    return at_kind(p, PST_TOKEN_STRING) || at_kind(p, PST_TOKEN_RAW_STRING);
}

static pst_node *unfinished_string(parser *p)
{
    pst_node *node = broken(p);

    pst_complain(p->complaints, POSTERN_SYNTAX, (pst_span){p->token.offset, 1},
                 "this string has no closing quote", NULL);
    advance(p);
    return node;
}

static pst_node *parse_set(parser *p)
{
    pst_node *set = node_new(p, PST_NODE_SET, token_span(p));
    pst_node *last = NULL;

    if (at_kind(p, PST_TOKEN_LIST) && p->status == POSTERN_OK) {
        set->kind = PST_NODE_LIST;
        set->text = pst_str_slice(token_text(p), 1, token_text(p).len);
        advance(p);
        return set;
    }
    if (!at_kind(p, PST_TOKEN_OPEN_SET)) {
        return expected(p, "'{' after 'in'",
                        "a set is written { }, its members separated by blanks");
    }
    advance(p);
    while (p->status == POSTERN_OK && !at_kind(p, PST_TOKEN_CLOSE_SET)) {
        pst_node *item;
        if (at_string(p)) {
            item = parse_string(p);
        } else if (at_kind(p, PST_TOKEN_BARE)) {
            item = parse_number(p);
        } else if (at_kind(p, PST_TOKEN_OPEN_STRING)) {
            return unfinished_string(p);
        } else {
            return expected(p, "a string, a number, an address or '}' in a set",
                            at_kind(p, PST_TOKEN_COMMA) ? "members are separated by blanks"
                            : at_kind(p, PST_TOKEN_NAME) ? "strings are written in quotes"
                                                         : NULL);
        }
        if (p->status != POSTERN_OK) {
            break;
        }
        if (last == NULL) {
            set->first = item;
        } else {
            last->next = item;
        }
        last = item;
    }
    if (p->status == POSTERN_OK) {
        advance(p);
    }
    return set;
}

/* "1and": told here and not with the types, so that it comes before what follows
 * from it. NULL when the number is one. */
static pst_node *fused_number(parser *p)
{
    const postern_str text = token_text(p);
    char hint[96];
    pst_writer out = {hint, sizeof hint, 0};

    if (!pst_hint_fused_number(text, &out)) {
        return NULL;
    }
    (void)pst_write_end(&out);
    pst_complain_of(p->complaints, POSTERN_SYNTAX, token_span(p), "", text,
                    " is not a number or address", hint);
    pst_node *node = broken(p);
    recover(p);
    return node;
}

static pst_node *parse_right(parser *p)
{
    if (at_string(p)) {
        return parse_string(p);
    }
    if (at_kind(p, PST_TOKEN_OPEN_STRING)) {
        return unfinished_string(p);
    }
    if (at_kind(p, PST_TOKEN_BARE)) {
        pst_node *fused = fused_number(p);
        return fused != NULL ? fused : parse_number(p);
    }
    if (at_kind(p, PST_TOKEN_NAME) && !at_logical(p)) {
        return parse_value(p);
    }
    return expected(p, "a value to compare with",
                    at_kind(p, PST_TOKEN_OPEN_SET) ? "sets go with 'in'" : NULL);
}

static pst_node *parse_comparison(parser *p)
{
    pst_node *left = parse_value(p);
    pst_node *node;
    pst_node *right;
    pst_span span = token_span(p);
    pst_comparison relation;

    if (p->status != POSTERN_OK || left->kind == PST_NODE_BROKEN) {
        return left;
    }
    if (!take_relation(p, &relation)) {
        if (!at_kind(p, PST_TOKEN_END) && !at_kind(p, PST_TOKEN_CLOSE) && !at_logical(p)) {
            node = unexpected(p, "an operator such as 'eq', 'in' or 'and'", left->text);
            node->first = left; /* its names are still looked at */
            return node;
        }
        node = node_new(p, PST_NODE_BARE, left->span);
        if (p->status == POSTERN_OK) {
            node->first = left;
        }
        return node;
    }
    right = relation == PST_COMPARE_IN ? parse_set(p) : parse_right(p);
    node = node_new(p, PST_NODE_COMPARE, span);
    if (p->status != POSTERN_OK) {
        return &p->failed;
    }
    node->relation = (uint8_t)relation;
    node->first = left;
    left->next = right;
    return node;
}

/* --- values ------------------------------------------------------------------- */

/* Behind the parenthesis of a call that was broken, and on to where the expression
 * may go on. */
static void skip_call(parser *p)
{
    size_t open = 0;

    while (!at_kind(p, PST_TOKEN_END) && (open > 0 || !at_kind(p, PST_TOKEN_CLOSE))) {
        open += at_kind(p, PST_TOKEN_OPEN);
        open -= at_kind(p, PST_TOKEN_CLOSE);
        advance(p);
    }
    advance(p);
    recover(p);
}

static pst_node *parse_arguments(parser *p, pst_node *call)
{
    pst_node *last = NULL;

    if (!enter(p)) {
        call->kind = PST_NODE_BROKEN;
        return call;
    }
    advance(p);
    while (!at_kind(p, PST_TOKEN_CLOSE)) {
        pst_node *argument;
        if (last != NULL) {
            if (!at_kind(p, PST_TOKEN_COMMA)) {
                return expected(p, "',' or ')' after an argument", NULL);
            }
            advance(p);
        }
        argument = at_string(p)                   ? parse_string(p)
                   : at_kind(p, PST_TOKEN_BARE)   ? parse_number(p)
                                                  : parse_value(p);
        if (p->status != POSTERN_OK) {
            return &p->failed;
        }
        if (argument->kind == PST_NODE_BROKEN) {
            return argument;
        }
        if (last == NULL) {
            call->first = argument;
        } else {
            last->next = argument;
        }
        last = argument;
    }
    call->span.length = p->token.offset + 1 - call->span.offset;
    advance(p);
    return call;
}

static pst_node *parse_index(parser *p, pst_node *base)
{
    pst_node *node = node_new(p, PST_NODE_INDEX, base->span);
    pst_node *key;

    advance(p);
    if (at_string(p)) {
        key = parse_string(p);
    } else if (at_kind(p, PST_TOKEN_BARE)) {
        key = parse_number(p);
    } else if (at_kind(p, PST_TOKEN_STAR)) {
        key = node_new(p, PST_NODE_STAR, token_span(p));
        advance(p);
    } else {
        return expected(p, "a number or a quoted key in '[ ]'",
                        at_kind(p, PST_TOKEN_NAME) ? "keys are written in quotes; the first element is [0]" : NULL);
    }
    if (p->status != POSTERN_OK) {
        return &p->failed;
    }
    if (!at_kind(p, PST_TOKEN_CLOSE_INDEX)) {
        return expected(p, "']'", NULL);
    }
    node->span.length = p->token.offset + 1 - node->span.offset;
    advance(p);
    node->first = base;
    base->next = key;
    return node;
}

/* No blank stands between the node and the token that is looked at. */
static bool follows_at_once(const parser *p, const pst_node *node)
{
    return p->token.offset == node->span.offset + node->span.length;
}

static pst_node *parse_value(parser *p)
{
    pst_node *node;

    if (!at_kind(p, PST_TOKEN_NAME) || at_logical(p)) {
        return expected(p, "a field",
                        at_string(p) || at_kind(p, PST_TOKEN_BARE)
                            ? "the field goes on the left, what it is compared with on "
                              "the right"
                            : NULL);
    }
    node = node_new(p, PST_NODE_NAME, token_span(p));
    if (p->status != POSTERN_OK) {
        return node;
    }
    node->text = token_text(p);
    advance(p);
    if (at_kind(p, PST_TOKEN_OPEN)) {
        const uint32_t depth = p->depth;
        node->kind = PST_NODE_CALL;
        node = parse_arguments(p, node);
        p->depth = depth;
        if (node->kind == PST_NODE_BROKEN) {
            skip_call(p);
        }
    }
    for (int level = 0; p->status == POSTERN_OK && node->kind != PST_NODE_BROKEN &&
                        at_kind(p, PST_TOKEN_OPEN_INDEX) && follows_at_once(p, node);
         level++) {
        if (level == INDEXES_MAX) {
            return expected(p, "no more indexes", "no type has so many levels");
        }
        node = parse_index(p, node);
    }
    return node;
}

/* --- the whole ---------------------------------------------------------------- */

postern_status pst_parse(pst_arena *arena, pst_complaints *complaints, uint32_t nesting,
                         pst_node **out)
{
    parser p = {.arena = arena,
                .complaints = complaints,
                .status = POSTERN_OK,
                .nesting = nesting,
                .failed = {.kind = PST_NODE_BROKEN}};

    pst_lexer_init(&p.lexer, complaints->expression);
    advance(&p);
    if (at_kind(&p, PST_TOKEN_END)) {
        pst_complain(complaints, POSTERN_SYNTAX, (pst_span){0, 0},
                     "the expression is empty", "'true' matches every request");
        *out = broken(&p);
        return p.status;
    }
    *out = parse_or(&p);
    while (p.status == POSTERN_OK && !at_kind(&p, PST_TOKEN_END)) {
        if (at_kind(&p, PST_TOKEN_CLOSE)) {
            pst_complain(complaints, POSTERN_SYNTAX, token_span(&p),
                         "this ')' closes nothing", NULL);
            advance(&p);
        } else if (at_logical(&p)) {
            advance(&p); /* what stood before it was told already */
            (void)parse_or(&p);
        } else {
            (void)unexpected(&p, "'and', 'or', 'xor' or the end", (postern_str){NULL, 0});
        }
    }
    return p.status;
}
