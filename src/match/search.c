/*
 * match/search.c - the two-way algorithm (Crochemore and Perrin, 1991): the needle is
 * cut where its local period is its period; the right half is compared first, the left
 * one afterwards. No table, and never more than a few looks at each byte.
 */
#include "match/search.h"

#include "support/text.h"

typedef struct cut {
    size_t at;   /* where the right half starts; below needle.len */
    size_t move; /* how far to go on when only the right half stood */
} cut;

/* Where the greatest suffix starts, by the order of bytes or by its reverse. */
static size_t greatest_suffix(postern_str needle, bool reversed, size_t *period)
{
    size_t greatest = 0; /* where it starts, */
    size_t at = 1;       /* where the one it is compared with starts, */
    size_t same = 0;     /* and how many bytes they share */

    *period = 1;
    while (at + same < needle.len) {
        const unsigned char a = (unsigned char)needle.data[at + same];
        const unsigned char b = (unsigned char)needle.data[greatest + same];
        if (a == b) {
            same++;
            if (same == *period) {
                at += same;
                same = 0;
            }
        } else if ((a < b) != reversed) {
            at += same + 1;
            same = 0;
            *period = at - greatest;
        } else {
            greatest = at++;
            same = 0;
            *period = 1;
        }
    }
    return greatest;
}

static cut cut_needle(postern_str needle)
{
    size_t period;
    size_t reversed_period;
    const size_t suffix = greatest_suffix(needle, false, &period);
    const size_t reversed = greatest_suffix(needle, true, &reversed_period);
    cut made = {suffix, period};
    size_t right;

    if (reversed > suffix) {
        made = (cut){reversed, reversed_period};
    }
    /* The period is that of the right half, so there is as much to compare with. */
    if (memcmp(needle.data, needle.data + made.move, made.at) != 0) {
        right = needle.len - made.at;
        made.move = (made.at > right ? made.at : right) + 1;
    }
    return made;
}

static inline bool same_byte(postern_str text, size_t at, postern_str needle, size_t i,
                             bool fold)
{
    const unsigned char byte = (unsigned char)text.data[at + i];

    return (fold ? pst_lower(byte) : byte) == (unsigned char)needle.data[i];
}

/* The first place from `at` on where the needle's byte behind the cut stands. */
static inline size_t next_place(postern_str text, size_t at, size_t last,
                                postern_str needle, size_t cut_at, bool fold)
{
    if (!fold) {
        const char *found =
            memchr(text.data + at + cut_at, needle.data[cut_at], last - at + 1);
        return found == NULL ? SIZE_MAX : (size_t)(found - text.data) - cut_at;
    }
    while (!same_byte(text, at, needle, cut_at, true)) {
        if (at++ == last) {
            return SIZE_MAX;
        }
    }
    return at;
}

/* `needle` has a byte, and `text` room for it. Bytes that stood are not remembered:
 * behind a left half that did not stand the needle moves by half its length, or by its
 * period, and then the left half stands. */
static inline size_t two_way(postern_str text, postern_str needle, bool fold)
{
    const cut c = cut_needle(needle);
    const size_t last = text.len - needle.len;
    size_t at = 0;

    while (at <= last) {
        size_t i = c.at;
        at = next_place(text, at, last, needle, c.at, fold);
        if (at == SIZE_MAX) {
            return SIZE_MAX;
        }
        while (i < needle.len && same_byte(text, at, needle, i, fold)) {
            i++;
        }
        if (i < needle.len) {
            at += i - c.at + 1;
            continue;
        }
        i = 0;
        while (i < c.at && same_byte(text, at, needle, i, fold)) {
            i++;
        }
        if (i == c.at) {
            return at;
        }
        at += c.move;
    }
    return SIZE_MAX;
}

size_t pst_search(postern_str text, postern_str needle)
{
    if (needle.len == 0 || needle.len > text.len) {
        return needle.len == 0 ? 0 : SIZE_MAX;
    }
    return two_way(text, needle, false);
}

size_t pst_search_folded(postern_str text, postern_str needle)
{
    if (needle.len == 0 || needle.len > text.len) {
        return needle.len == 0 ? 0 : SIZE_MAX;
    }
    return two_way(text, needle, true);
}

bool pst_search_by(postern_str text, postern_str needle, size_t rare)
{
    const char *at = text.data;
    const char *end; /* of where the rare byte may stand */
    size_t patience = 16 * needle.len;

    if (needle.len > text.len) {
        return false;
    }
    end = text.data + (text.len - needle.len + rare) + 1;
    for (at += rare; at < end; at++) {
        const char *found = memchr(at, needle.data[rare], (size_t)(end - at));
        if (found == NULL) {
            return false;
        }
        patience += (size_t)(found - at);
        if (patience < needle.len) {
            const char *from = found - rare; /* too many false starts */
            const postern_str rest = {from, text.len - (size_t)(from - text.data)};
            return pst_search(rest, needle) != SIZE_MAX;
        }
        patience -= needle.len;
        at = found;
        if (memcmp(found - rare, needle.data, needle.len) == 0) {
            return true;
        }
    }
    return false;
}
