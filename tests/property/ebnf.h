/*
 * tests/property/ebnf.h - reads a grammar in EBNF and draws sentences from it.
 *
 * Knows `,` `|` `( )` `[ ]` `{ }`, terminals in either quotes, comments, and `? prose ?`
 * for what the notation has no words for: those come from a table here. A comment that
 * begins with "Tokens" parts the productions between whose terminals blanks may stand
 * from those inside which there are none.
 */
#ifndef PROPERTY_EBNF_H
#define PROPERTY_EBNF_H

#include <postern/base.h>

enum { EBNF_SENTENCE_MAX = 1 << 16 };

typedef struct ebnf ebnf;

/** Reads the grammar in `file`; ends the program when it is malformed. */
ebnf *ebnf_load(const char *file);

void ebnf_free(ebnf *grammar);

/** Draws a sentence of the production `name`. The same `seed` draws the same one. The
 *  text is valid until the next one is drawn. */
postern_str ebnf_draw(ebnf *grammar, const char *name, uint64_t seed);

/** An alternative, option or repetition that was never drawn so far, or NULL. */
const char *ebnf_undrawn(const ebnf *grammar);

#endif
