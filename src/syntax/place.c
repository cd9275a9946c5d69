#include "syntax/place.h"

/* How much a byte of the text was written with. The escapes have been read before, so
 * they are whole. */
static size_t written_length(const char *at, bool pattern)
{
    if (at[0] != '\\') {
        return 1;
    }
    if (pattern) { /* only \" is an escape; another backslash is itself */
        return at[1] == '"' ? 2 : 1;
    }
    return at[1] == '"' || at[1] == '\\' ? 2 : 4;
}

/* Where byte `offset` of the text starts. */
static size_t find(postern_str expression, const pst_node *literal, size_t offset)
{
    const size_t quotes = literal->span.length - literal->text.len;
    size_t at = literal->span.offset + 1;

    if (literal->raw) { /* r, hashes, quote: one byte more than half of all marks */
        return literal->span.offset + (quotes + 1) / 2 + offset;
    }
    if (quotes == 2) { /* nothing was escaped */
        return at + offset;
    }
    for (size_t i = 0; i < offset; i++) {
        at += written_length(&expression.data[at], literal->pattern);
    }
    return at;
}

pst_span pst_place_inside(postern_str expression, const pst_node *literal,
                          size_t offset, size_t length)
{
    const size_t len = literal->text.len;
    const size_t first = offset < len ? offset : len;
    const size_t last = length < len - first ? first + length : len;
    const size_t start = find(expression, literal, first);

    return (pst_span){start, find(expression, literal, last) - start};
}
