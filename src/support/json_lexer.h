/*
 * support/json_lexer.h - how the tokens of JSON are spelled (RFC 8259).
 *
 * The lexer is a function of the text and a place in it; it keeps nothing and
 * knows nothing of which token may follow which: that is json.c. It checks what
 * stands inside strings and numbers. To change the spelling edit json.re.
 */
#ifndef PST_SUPPORT_JSON_LEXER_H
#define PST_SUPPORT_JSON_LEXER_H

#include <postern/base.h>

typedef enum pst_json_token_kind {
    PST_JSON_END, /* of the text */
    PST_JSON_OPEN_OBJECT,
    PST_JSON_CLOSE_OBJECT,
    PST_JSON_OPEN_ARRAY,
    PST_JSON_CLOSE_ARRAY,
    PST_JSON_COLON,
    PST_JSON_COMMA,
    PST_JSON_QUOTE, /* opens a string: go on with pst_json_lex_string() */
    PST_JSON_WORD_NULL,
    PST_JSON_WORD_FALSE,
    PST_JSON_WORD_TRUE,
    PST_JSON_INTEGER, /* neither fraction nor exponent */
    PST_JSON_NUMBER,  /* any other number */
    PST_JSON_STRING,
    PST_JSON_STRING_ESCAPED, /* holds a backslash */
    PST_JSON_FAULT           /* no token: `start` is the byte that is wrong */
} pst_json_token_kind;

typedef struct pst_json_token {
    pst_json_token_kind kind;
    size_t start;      /* first byte */
    size_t end;        /* the byte after the last */
    const char *fault; /* fixed text, or NULL when only the reader can say what was
                          expected; NULL for all kinds but PST_JSON_FAULT */
} pst_json_token;

/** The first token at or after `at`, white space skipped. */
pst_json_token pst_json_lex(postern_str text, size_t at);

/** The string whose opening quote is just before `at`: start is `at`, end is the
 *  place of the closing quote. */
pst_json_token pst_json_lex_string(postern_str text, size_t at);

#endif
