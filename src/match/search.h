/*
 * match/search.h - one string inside another. Knows bytes only.
 *
 * What is known of a needle beforehand are the places of two of its bytes that texts
 * have rarely (rarity.h): an expression finds them when it is compiled, and searches for
 * both at once (simd.h). A text that has them often after all is searched for another
 * pair, and at last by an algorithm that cares for no bytes.
 */
#ifndef PST_MATCH_SEARCH_H
#define PST_MATCH_SEARCH_H

#include "match/simd.h"

/** Two places in a needle: of its rarest byte, in the lower eight bits, and of another
 *  rare one; each in its first 256 bytes. Those of an empty needle are both 0. */
PST_COLD uint16_t pst_search_places(postern_str needle, bool fold);

/** True if a needle of `length` bytes has these places. */
static inline bool pst_search_places_fit(uint16_t places, size_t length)
{
    return length == 0 || ((places & 0xffU) < length && places >> 8 < length);
}

/** Where `needle` first stands in `text`, or SIZE_MAX. An empty needle stands at 0.
 *  Cost: linear in text.len plus needle.len, whatever the bytes are. */
size_t pst_search(postern_str text, postern_str needle);

/** The same, ASCII case folded; `needle` is in lower case. */
size_t pst_search_folded(postern_str text, postern_str needle);

/** Goes on with a search where both bytes are at `at`. */
size_t pst_search_on(postern_str text, postern_str needle, uint16_t places, bool fold,
                     size_t at);

/** As pst_search(), or with `fold` pst_search_folded(), by places that fit the needle. */
static PST_INLINE size_t pst_search_by(postern_str text, postern_str needle,
                                       uint16_t places, bool fold)
{
    size_t count;
    size_t at;

    if (needle.len - 1 >= text.len) { /* that of an empty one is SIZE_MAX */
        return needle.len == 0 ? 0 : SIZE_MAX;
    }
    count = text.len - needle.len + 1;
    at = pst_pair_next(text.data, count, needle.data, places, fold);
    return at == count ? SIZE_MAX : pst_search_on(text, needle, places, fold, at);
}

#endif
