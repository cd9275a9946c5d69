#include "regexes.h"

#include "writing.h"

#include <string.h>

/* --- choosing -------------------------------------------------------------------------- */

typedef struct draft {
    char *pattern;
    size_t length;
} draft;

static void put(draft *out, const char *text)
{
    while (*text != '\0') {
        out->pattern[out->length++] = *text++;
    }
}

static bool is_letter_or_digit(unsigned char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z');
}

/* As it is where it means itself, otherwise \xHH. */
static void put_byte(draft *out, unsigned char byte)
{
    static const char digits[] = "0123456789abcdef";

    if (is_letter_or_digit(byte)) {
        out->pattern[out->length++] = (char)byte;
        return;
    }
    put(out, "\\x");
    out->pattern[out->length++] = digits[byte >> 4];
    out->pattern[out->length++] = digits[byte & 15];
}

static void put_text(draft *out, postern_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        put_byte(out, (unsigned char)text.data[i]);
    }
}

static postern_str slice(generator *g, postern_str text, size_t most)
{
    const size_t from = generator_pick(g, text.len + 1);
    size_t len = generator_pick(g, text.len - from + 1);

    if (len > most) {
        len = most;
    }
    return (postern_str){text.data + from, len};
}

static void put_form(draft *out, const regex_case *regex, postern_str once)
{
    switch (regex->form) {
    case REGEX_PIECE:
        put_text(out, regex->a);
        return;
    case REGEX_TWICE:
        put(out, "(?:");
        put_text(out, once);
        put(out, "){2}");
        return;
    case REGEX_BEHIND:
        put_text(out, regex->a);
        put(out, ".*");
        put_text(out, regex->b);
        return;
    case REGEX_EITHER:
        put(out, "(?:");
        put_text(out, regex->a);
        put(out, "|");
        put_text(out, regex->b);
        put(out, ")");
        return;
    case REGEX_CLASS:
        put(out, "[");
        put_byte(out, regex->first);
        put(out, "-");
        put_byte(out, regex->last);
        put(out, "]");
        return;
    case REGEX_FORMS:
        return;
    }
}

size_t regex_choose(generator *g, postern_str text, regex_case *out, char *pattern)
{
    draft writing = {pattern, 0};
    postern_str once;

    *out = (regex_case){
        .form = (regex_form)generator_pick(g, REGEX_FORMS),
        .fold = writing_chance(g, 3),
        .from_start = writing_chance(g, 4),
        .to_end = writing_chance(g, 4),
        .a = slice(g, text, REGEX_PIECE_MAX),
        .b = slice(g, text, REGEX_PIECE_MAX),
    };
    once = out->a;
    if (out->form == REGEX_TWICE) {
        once.len = once.len > 2 ? 1 : once.len;
        for (size_t i = 0; i < 2 * once.len; i++) {
            out->doubled[i] = once.data[i % once.len];
        }
        out->a = (postern_str){out->doubled, 2 * once.len};
    }
    out->first = (unsigned char)(out->a.len > 0 ? out->a.data[0] : 'a');
    out->last = (unsigned char)(out->first + generator_pick(g, 5));
    if (out->last < out->first) {
        out->last = out->first;
    }
    put(&writing, out->fold ? "(?si)" : "(?s)");
    put(&writing, out->from_start ? "^" : "");
    put_form(&writing, out, once);
    put(&writing, out->to_end ? "$" : "");
    return writing.length;
}

/* --- answering ------------------------------------------------------------------------- */

static unsigned char lower(unsigned char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte + 32) : byte;
}

static bool stands(const regex_case *regex, postern_str text, size_t at,
                   postern_str piece)
{
    if (piece.len > text.len - at) {
        return false;
    }
    for (size_t i = 0; i < piece.len; i++) {
        const unsigned char a = (unsigned char)text.data[at + i];
        const unsigned char b = (unsigned char)piece.data[i];
        if (a != b && !(regex->fold && lower(a) == lower(b))) {
            return false;
        }
    }
    return true;
}

/* The first place from `from` on where the piece stands; to_end: and the text ends
 * behind it. SIZE_MAX: nowhere. */
static size_t find(const regex_case *regex, postern_str text, size_t from,
                   postern_str piece, bool to_end)
{
    for (size_t at = from; at <= text.len; at++) {
        if (stands(regex, text, at, piece) && !(to_end && at + piece.len != text.len)) {
            return at;
        }
    }
    return SIZE_MAX;
}

static bool has_piece(const regex_case *regex, postern_str text, postern_str piece)
{
    if (regex->from_start) {
        return stands(regex, text, 0, piece) &&
               !(regex->to_end && piece.len != text.len);
    }
    return find(regex, text, 0, piece, regex->to_end) != SIZE_MAX;
}

static bool has_both(const regex_case *regex, postern_str text)
{
    const size_t at = regex->from_start && !stands(regex, text, 0, regex->a)
                          ? SIZE_MAX
                          : find(regex, text, 0, regex->a, false);

    return at != SIZE_MAX &&
           find(regex, text, at + regex->a.len, regex->b, regex->to_end) != SIZE_MAX;
}

static bool in_class(const regex_case *regex, unsigned char byte)
{
    for (unsigned one = regex->first; one <= regex->last; one++) {
        if (one == byte || (regex->fold && lower((unsigned char)one) == lower(byte))) {
            return true;
        }
    }
    return false;
}

static bool has_class(const regex_case *regex, postern_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (in_class(regex, (unsigned char)text.data[i]) &&
            !(regex->from_start && i > 0) && !(regex->to_end && i + 1 < text.len)) {
            return true;
        }
    }
    return false;
}

bool regex_holds(const regex_case *regex, postern_str text)
{
    switch (regex->form) {
    case REGEX_PIECE:
    case REGEX_TWICE:
        return has_piece(regex, text, regex->a);
    case REGEX_EITHER:
        return has_piece(regex, text, regex->a) || has_piece(regex, text, regex->b);
    case REGEX_BEHIND:
        return has_both(regex, text);
    case REGEX_CLASS:
        return has_class(regex, text);
    case REGEX_FORMS:
        break;
    }
    return false;
}
