/*
 * syntax/parser.h - what the productions of grammar/postern.ebnf share: the token
 * being looked at, new nodes, and what to do when something else was expected.
 *
 * parser.c holds the productions of logic, comparison.c and operator.c of comparisons,
 * value.c of values, literal.c of literals; expected.c has the complaints. Only they
 * include this header; others see tree.h.
 *
 * A production that calls itself through others keeps few locals and no buffer: its
 * frame is there once for every level of nesting. That is why they are spread over
 * files in this way: what is called from another file is not copied into the frame.
 */
#ifndef PST_SYNTAX_PARSER_H
#define PST_SYNTAX_PARSER_H

#include "support/text.h"
#include "syntax/lexer.h"
#include "syntax/tree.h"

typedef struct pst_parser {
    pst_lexer lexer;
    pst_token token; /* the one being looked at */
    pst_arena *arena;
    pst_complaints *complaints;
    postern_status status; /* not POSTERN_OK: out of memory, unwind */
    uint32_t depth;
    uint32_t nesting;
    bool gave_up;    /* the rest was skipped, so nothing is missing at the end */
    pst_node failed; /* what every production returns once memory ran out */
} pst_parser;

/* --- the token ------------------------------------------------------------------- */

/** Moves on to the next token; comments are told and skipped. */
void pst_parser_advance(pst_parser *p);

/** The same inside something broken, where nothing more is told. */
void pst_parser_skip(pst_parser *p);

static inline bool pst_at(const pst_parser *p, pst_token_kind kind)
{
    return p->token.kind == kind;
}

static inline pst_span pst_token_span(const pst_parser *p)
{
    return (pst_span){p->token.offset, p->token.length};
}

static inline bool pst_at_string(const pst_parser *p)
{
    return pst_at(p, PST_TOKEN_STRING) || pst_at(p, PST_TOKEN_RAW_STRING) ||
           pst_at(p, PST_TOKEN_OPEN_STRING);
}

postern_str pst_token_bytes(const pst_parser *p);
bool pst_at_word(const pst_parser *p, const char *word);

/** At `and`, `or`, `xor` or one of their symbols. */
bool pst_at_logical(const pst_parser *p);

/** At a name that may stand for a field or function. */
bool pst_at_name(const pst_parser *p);

/** At an operator of comparison. */
bool pst_at_operator(const pst_parser *p);

/* --- the tree -------------------------------------------------------------------- */

/** A node without children; &p->failed, with p->status set, when memory ran out. */
pst_node *pst_node_new(pst_parser *p, pst_node_kind kind, pst_span span);

/** A BROKEN node at the token that is looked at. */
pst_node *pst_broken(pst_parser *p);

/** Counts a level of nesting; at the limit it complains and skips the rest. */
bool pst_enter(pst_parser *p);

/* --- something else was expected ------------------------------------------------- */

/** Complains "expected WHAT, found TOKEN" and skips to where the claim around may go
 *  on: a logical operator or closing parenthesis of the same depth. A hint of what the
 *  token itself suggests is used when `hint` is NULL.
 *  @return a BROKEN node */
pst_node *pst_expected(pst_parser *p, const char *what, const char *hint);

/** The same behind `left`, a complete value or claim (NULL: none in particular), where
 *  an operator or an end should stand: looks for what was meant as one. */
pst_node *pst_expected_operator(pst_parser *p, const char *what, const pst_node *left);

/** Skips as pst_expected() does. @return a BROKEN node */
pst_node *pst_recover(pst_parser *p);

/** As pst_expected(), where a claim, a field or a literal should begin. */
pst_node *pst_expected_field(pst_parser *p);

/* --- productions that several files need ------------------------------------------ */

pst_node *pst_read_expression(pst_parser *p);
pst_node *pst_read_value(pst_parser *p);

pst_node *pst_read_comparison(pst_parser *p);

/** A comparison whose left side was read; NULL when no operator follows. */
pst_node *pst_read_relation(pst_parser *p, pst_node *left);

/** At an operator of comparison: takes it, and returns a COMPARE with its relation, or
 *  BROKEN. NULL when there is none. */
pst_node *pst_take_operator(pst_parser *p);

/** What stands behind the operator `relation`. */
pst_node *pst_read_right(pst_parser *p, pst_comparison relation);

/** At a string: the literal, TEXT; `pattern` when it was read by the pattern rule. */
pst_node *pst_read_string(pst_parser *p, bool pattern);

/** At a string: a TEXT that is valid UTF-8. */
pst_node *pst_read_key(pst_parser *p);

/** At a number, address or hex bytes: NUMBER. */
pst_node *pst_read_number(pst_parser *p);

/** The same behind an operator, where "1and" is told. */
pst_node *pst_read_operand_number(pst_parser *p);

/** At a name that is read as hex bytes (`ab.cd`) where those may stand: nothing is
 *  called or indexed. */
bool pst_at_byte_name(const pst_parser *p);

pst_node *pst_read_set(pst_parser *p);

#endif
