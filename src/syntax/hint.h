/*
 * syntax/hint.h - what an author probably meant, where the grammar has no place for
 * what was written. Looks at words only; names are compile/suggest.h's.
 */
#ifndef PST_SYNTAX_HINT_H
#define PST_SYNTAX_HINT_H

#include "support/text.h"

/** The hint for a byte that starts no token ("#", a lone "="), or NULL. */
const char *pst_hint_byte(postern_str text);

/** "EQ", or "eq10": a word operator in capitals, or one that ran into a number.
 *  @return false, with nothing written, for any other word */
bool pst_hint_word(postern_str word, pst_writer *hint);

/** "1and": a number that ran into a logical operator; otherwise as above. */
bool pst_hint_fused_number(postern_str number, pst_writer *hint);

#endif
