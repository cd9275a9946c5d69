/*
 * syntax/character.h - characters that cannot be seen, which are written as escapes.
 */
#ifndef PST_SYNTAX_CHARACTER_H
#define PST_SYNTAX_CHARACTER_H

#include "support/utf8.h"

/** False for control characters and for those that hide or turn the text around. */
bool pst_character_visible(uint32_t point);

#endif
