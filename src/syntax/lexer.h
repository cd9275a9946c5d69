/*
 * syntax/lexer.h - bytes to tokens.
 *
 * Knows how tokens are spelled and nothing of fields, types or code. It borrows
 * the expression, allocates nothing and never fails: a byte that fits no rule
 * becomes PST_TOKEN_BAD, and the parser complains. Word operators (and, eq, in...)
 * are names here. To change how a token looks edit grammar/lexer.re; to add a kind
 * edit grammar/tokens.def as well.
 */
#ifndef PST_SYNTAX_LEXER_H
#define PST_SYNTAX_LEXER_H

#include <postern/base.h>

typedef enum pst_token_kind {
#define TOKEN(name, text) PST_TOKEN_##name,
#include "tokens.def"
#undef TOKEN
} pst_token_kind;

typedef struct pst_token {
    pst_token_kind kind;
    size_t offset;
    size_t length; /* 0 only for END */
} pst_token;

typedef struct pst_lexer {
    const unsigned char *text;
    size_t length;
    size_t at;
} pst_lexer;

void pst_lexer_init(pst_lexer *lexer, postern_str expression);

/** The next token; END for ever once the text is used up. */
pst_token pst_lexer_next(pst_lexer *lexer);

/**
 * The next token, where a regular expression is wanted: in a quoted one a backslash
 * takes the byte behind it along whatever that is, and a quote inside `[ ]` does not
 * end it. Everything else is as pst_lexer_next() finds it.
 */
pst_token pst_lexer_next_pattern(pst_lexer *lexer);

/** How messages call `kind`; never NULL. */
const char *pst_token_text(pst_token_kind kind);

#endif
