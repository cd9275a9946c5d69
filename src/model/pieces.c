#include "model/pieces.h"

postern_str pst_trim(postern_str text)
{
    size_t from = 0;

    while (from < text.len && pst_is_blank(text.data[from])) {
        from++;
    }
    while (text.len > from && pst_is_blank(text.data[text.len - 1])) {
        text.len--;
    }
    return pst_str_slice(text, from, text.len);
}

size_t pst_find_byte(postern_str text, char byte)
{
    const char *found = text.len == 0 ? NULL : memchr(text.data, byte, text.len);

    return found == NULL ? text.len : (size_t)(found - text.data);
}

bool pst_next_piece(postern_str *rest, char separator, postern_str *piece)
{
    const size_t len = pst_find_byte(*rest, separator);

    if (rest->len == 0) {
        return false;
    }
    *piece = pst_str_slice(*rest, 0, len);
    *rest = pst_str_slice(*rest, len + 1, rest->len);
    return true;
}
