/*
 * syntax/character.h - UTF-8, as far as an expression looks at it: keys have to be
 * valid, and what cannot be seen is written as an escape.
 */
#ifndef PST_SYNTAX_CHARACTER_H
#define PST_SYNTAX_CHARACTER_H

#include "support/text.h"

/** The length of the character that `text` (not empty) begins with; 0: it begins with
 *  none. `point` receives the code point and may be NULL. */
size_t pst_character_length(postern_str text, uint32_t *point);

/** False for control characters and for those that hide or turn the text around. */
bool pst_character_visible(uint32_t point);

#endif
