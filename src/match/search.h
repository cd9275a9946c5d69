/*
 * match/search.h - one string inside another. Knows bytes only.
 */
#ifndef PST_MATCH_SEARCH_H
#define PST_MATCH_SEARCH_H

#include <postern/base.h>

/** Where `needle` first stands in `text`, or SIZE_MAX. An empty needle stands at 0.
 *  Cost: linear in text.len plus needle.len, whatever the bytes are. */
size_t pst_search(postern_str text, postern_str needle);

/** The same, ASCII case folded; `needle` is in lower case. */
size_t pst_search_folded(postern_str text, postern_str needle);

/** True if `needle` stands somewhere in `text`; the same cost, but faster where the byte
 *  needle.data[rare] is met rarely. `rare` is below needle.len. */
bool pst_search_by(postern_str text, postern_str needle, size_t rare);

#endif
