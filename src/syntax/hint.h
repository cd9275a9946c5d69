/*
 * syntax/hint.h - what an author probably meant, where the grammar has no place for
 * what was written. Looks at words only; names are compile/suggest.h's.
 *
 * A function that writes a hint returns false, with nothing written, when it knows of
 * none.
 */
#ifndef PST_SYNTAX_HINT_H
#define PST_SYNTAX_HINT_H

#include "support/text.h"
#include "syntax/lexer.h"

/** The hint for a token that stands where it cannot ("=", "&", a curly quote), from how
 *  it and its neighbours look; or NULL. */
const char *pst_hint_token(postern_str expression, pst_token token);

/** The hint for the comment at `offset`. */
const char *pst_hint_comment(postern_str expression, size_t offset);

/** The hint for a token that stands where a string literal should, or NULL. */
const char *pst_hint_literal(pst_token_kind kind);

/** `word` stands behind `left` where an operator should: "EQ", "eq10", "startswith". */
bool pst_hint_operator(postern_str word, postern_str left, pst_writer *hint);

/** "EQ", "Not": a word operator in capitals. */
/** What is told of a negation behind the value `left`. */
void pst_hint_negation(postern_str left, pst_writer *hint);

bool pst_hint_capitals(postern_str word, pst_writer *hint);

/** "1and": a number that ran into a logical operator. */
bool pst_hint_fused_number(postern_str number, pst_writer *hint);

/** A logical operator stands right before `offset`. */
bool pst_hint_repeated(postern_str expression, size_t offset);

/** The hint for an operator of comparison at `offset`, behind a complete claim. */
const char *pst_hint_second_operator(postern_str expression, size_t offset);

#endif
