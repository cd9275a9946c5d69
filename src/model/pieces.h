/*
 * model/pieces.h - texts that are lists: pieces between separators.
 */
#ifndef PST_MODEL_PIECES_H
#define PST_MODEL_PIECES_H

#include "support/text.h"

/** A space or a tab. */
static inline bool pst_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/** `text` without blanks around it. */
postern_str pst_trim(postern_str text);

/** Where the first `byte` of `text` is, or text.len. */
size_t pst_find_byte(postern_str text, char byte);

/** Takes the piece before the next `separator`, and that, off the front of `rest`.
 *  @return false when `rest` is empty */
bool pst_next_piece(postern_str *rest, char separator, postern_str *piece);

#endif
