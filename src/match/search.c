/*
 * match/search.c - chooses the bytes of a needle that are looked for, and goes on where
 * that was of no use: with another pair of bytes, which tells the last false start from
 * the needle, and after some of them by the two-way algorithm (Crochemore and Perrin,
 * 1991): the needle is cut where its local period is its period; the right half is
 * compared first, the left one afterwards. No table, and never more than a few looks at
 * each byte. As every pair is given up in linear time, all of it is linear.
 */
#include "match/search.h"

#include "match/rarity.h"
#include "support/text.h"

/* Places are told in eight bits each. */
enum { PLACES = 256 };

/* Pairs that are tried before the two-way algorithm, but the first. */
enum { MORE_PAIRS = 3 };

/* --- the bytes to look for ------------------------------------------------------------ */

static unsigned rarity_of(char byte, bool fold)
{
    const unsigned own = pst_rarity((unsigned char)byte);

    return fold && pst_is_letter((unsigned char)byte)
               ? own + pst_rarity((unsigned char)(byte ^ 0x20))
               : own;
}

static uint16_t pair_of(size_t first, size_t second)
{
    return (uint16_t)(first | second << 8);
}

uint16_t pst_search_places(postern_str needle, bool fold)
{
    const size_t len = needle.len < PLACES ? needle.len : PLACES;
    size_t first = 0;
    size_t second = 0;
    unsigned least = UINT32_MAX;

    for (size_t i = 1; i < len; i++) {
        if (rarity_of(needle.data[i], fold) < rarity_of(needle.data[first], fold)) {
            first = i;
        }
    }
    /* The other one is of another byte if there is one, and not beside the first if it
     * need not be: neighbours know each other. */
    for (size_t i = 0; i < len; i++) {
        const bool same = needle.data[i] == needle.data[first];
        const bool beside = i + 1 == first || i == first + 1;
        const unsigned rarity =
            rarity_of(needle.data[i], fold) + (beside ? 4 : 0) + (same ? 2048 : 0);
        if (i != first && rarity <= least) {
            least = rarity;
            second = i;
        }
    }
    return pair_of(first, second);
}

/* --- two-way -------------------------------------------------------------------------- */

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

/* --- searching ------------------------------------------------------------------------ */

/* A false start costs as much as the needle and these bytes. As many as ALLOWED cost
 * nothing, and then each must be paid for with text that was passed. */
enum { PRICE = 16, ALLOWED = 8 };

/* From `at` on, where both bytes are. @return where the needle stands, or SIZE_MAX.
 * After too many false starts *tired, and the last of them */
static PST_INLINE size_t seek(postern_str text, postern_str needle, uint16_t places,
                              bool fold, size_t at, bool *tired)
{
    const size_t count = text.len - needle.len + 1;
    const size_t price = needle.len + PRICE;
    const size_t start = at;
    size_t spent = 0;

    while (at < count) {
        if (pst_same_bytes(text.data + at, needle.data, needle.len, fold)) {
            return at;
        }
        spent += price;
        if (spent > at - start + ALLOWED * price) {
            *tired = true;
            return at;
        }
        at++;
        if (at < count) {
            at += pst_pair_next(text.data + at, count - at, needle.data, places, fold);
        }
    }
    return SIZE_MAX;
}

/* A place where the needle is unlike the text at `at`, which has room for it. */
static size_t difference(postern_str text, size_t at, postern_str needle, bool fold)
{
    size_t i = 0;

    while (i + 1 < needle.len && same_byte(text, at, needle, i, fold)) {
        i++;
    }
    return i;
}

/* The needle does not stand at `at`, nor before. */
PST_COLD PST_NOINLINE static size_t seek_patiently(postern_str text, postern_str needle,
                                                   uint16_t places, bool fold,
                                                   size_t at)
{
    const size_t last = text.len - needle.len;
    postern_str rest;
    size_t found;

    for (unsigned turn = 0; turn < MORE_PAIRS && at < last; turn++) {
        const size_t unlike = difference(text, at, needle, fold);
        bool tired = false;
        if (unlike >= PLACES) {
            break;
        }
        places = pair_of(turn % 2 == 0 ? places & 0xffU : places >> 8, unlike);
        at = seek(text, needle, places, fold, at, &tired);
        if (!tired) {
            return at;
        }
    }
    rest = pst_str_slice(text, at, text.len);
    found = fold ? two_way(rest, needle, true) : two_way(rest, needle, false);
    return found == SIZE_MAX ? SIZE_MAX : at + found;
}

/* The first place is no more than likely: the needle does not stand there. */
PST_NOINLINE static size_t seek_on(postern_str text, postern_str needle,
                                   uint16_t places, bool fold, size_t at)
{
    bool tired = false;

    at = fold ? seek(text, needle, places, true, at, &tired)
              : seek(text, needle, places, false, at, &tired);
    return tired ? seek_patiently(text, needle, places, fold, at) : at;
}

size_t pst_search_on(postern_str text, postern_str needle, uint16_t places, bool fold,
                     size_t at)
{
    const char *there = text.data + at;

    return (fold ? pst_same_bytes(there, needle.data, needle.len, true)
                 : pst_same_bytes(there, needle.data, needle.len, false))
               ? at
               : seek_on(text, needle, places, fold, at);
}

/* For one search the first and the last byte are as good as what takes long to find. */
static uint16_t edges_of(postern_str needle)
{
    const size_t len = needle.len < PLACES ? needle.len : PLACES;

    return len == 0 ? 0 : pair_of(len - 1, 0);
}

size_t pst_search(postern_str text, postern_str needle)
{
    return pst_search_by(text, needle, edges_of(needle), false);
}

size_t pst_search_folded(postern_str text, postern_str needle)
{
    return pst_search_by(text, needle, edges_of(needle), true);
}
