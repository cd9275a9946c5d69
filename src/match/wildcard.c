#include "match/wildcard.h"

#include "match/search.h"
#include "support/text.h"

/* --- compiling ---------------------------------------------------------------------- */

static postern_status refuse(pst_wildcard_problem *problem, postern_status status,
                             size_t offset, size_t length, const char *message,
                             const char *hint)
{
    *problem = (pst_wildcard_problem){status, offset, length, message, hint};
    return status;
}

/* Looks at the whole pattern, so that cutting it cannot fail. */
static postern_status check(postern_str pattern, uint32_t star_limit, size_t *stars,
                            pst_wildcard_problem *problem)
{
    size_t behind_star = SIZE_MAX; /* where the next star would be a double one */

    *stars = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.data[i] == '\\') {
            i++;
            if (i == pattern.len ||
                (pattern.data[i] != '*' && pattern.data[i] != '\\')) {
                return refuse(
                    problem, POSTERN_SYNTAX, i - 1, i < pattern.len ? 2 : 1,
                    "a backslash in a wildcard stands before '*' or '\\'",
                    "write a backslash itself twice, in a raw string: r\"\\\\\"");
            }
        } else if (pattern.data[i] == '*' && i == behind_star) {
            return refuse(problem, POSTERN_SYNTAX, i - 1, 2,
                          "two stars side by side in a wildcard",
                          "one takes any run of bytes; a star itself is r\"\\*\"");
        } else if (pattern.data[i] == '*' && *stars == star_limit) {
            return refuse(problem, POSTERN_LIMIT, i, 1, "too many stars in a wildcard",
                          NULL);
        } else if (pattern.data[i] == '*') {
            (*stars)++;
            behind_star = i + 1;
        }
    }
    return POSTERN_OK;
}

/* Writes what is no star to `bytes`, cut into `pieces`. */
static size_t cut_at_stars(postern_str pattern, bool fold, char *bytes,
                           postern_str *pieces)
{
    size_t len = 0;
    size_t start = 0;

    for (size_t i = 0; i < pattern.len; i++) {
        unsigned char byte = (unsigned char)pattern.data[i];
        if (byte == '*') {
            *pieces++ = (postern_str){bytes + start, len - start};
            start = len;
            continue;
        }
        if (byte == '\\') {
            byte = (unsigned char)pattern.data[++i];
        }
        bytes[len++] = (char)(fold ? pst_lower(byte) : byte);
    }
    *pieces = (postern_str){bytes + start, len - start};
    return len;
}

postern_status pst_wildcard_compile(pst_arena *arena, postern_str pattern, bool fold,
                                    uint32_t star_limit, pst_wildcard *out,
                                    pst_wildcard_problem *problem)
{
    size_t stars;
    postern_status status = check(pattern, star_limit, &stars, problem);
    postern_str *pieces;
    uint16_t *places;
    char *bytes;

    *out = (pst_wildcard){.pieces = NULL};
    if (status != POSTERN_OK) {
        return status;
    }
    *problem = (pst_wildcard_problem){.status = POSTERN_OK};
    pieces = pst_arena_array(arena, stars + 1, sizeof *pieces);
    places = pst_arena_array(arena, stars + 1, sizeof *places);
    bytes = pst_arena_alloc(arena, pattern.len);
    if (pieces == NULL || places == NULL || bytes == NULL) {
        return arena->status;
    }
    *out = (pst_wildcard){
        .pieces = pieces, .places = places, .star_count = stars, .fold = fold};
    out->least = cut_at_stars(pattern, fold, bytes, pieces);
    for (size_t i = 0; i <= stars; i++) {
        places[i] = pst_search_places(pieces[i], fold);
    }
    return POSTERN_OK;
}

bool pst_wildcard_is_sound(const pst_wildcard *pattern)
{
    for (size_t i = 0; i <= pattern->star_count; i++) {
        if (!pst_search_places_fit(pattern->places[i], pattern->pieces[i].len)) {
            return false;
        }
    }
    return true;
}

/* --- matching ----------------------------------------------------------------------- */

/* The first piece begins the text and the last ends it. Those between are looked for
 * from left to right: the first place of each leaves most for the rest, so no other
 * place need ever be tried. */
static PST_INLINE bool walk(const pst_wildcard *pattern, postern_str text,
                            postern_str *stars, bool fold)
{
    const size_t count = pattern->star_count;
    const postern_str first = pattern->pieces[0];
    const postern_str last = pattern->pieces[count];
    postern_str rest;

    if (text.len < pattern->least ||
        !pst_same_bytes(text.data, first.data, first.len, fold)) {
        return false;
    }
    if (count == 0) {
        return text.len == first.len;
    }
    if (last.len > 0 &&
        !pst_same_bytes(text.data + (text.len - last.len), last.data, last.len, fold)) {
        return false;
    }
    /* An empty text may have no address to count from. */
    rest = text.len == 0
               ? text
               : (postern_str){text.data + first.len, text.len - first.len - last.len};
    for (size_t i = 1; i < count; i++) {
        const postern_str piece = pattern->pieces[i];
        const size_t taken = pst_search_by(rest, piece, pattern->places[i], fold);
        if (taken == SIZE_MAX) {
            return false;
        }
        if (stars != NULL) {
            stars[i - 1] = (postern_str){rest.data, taken};
        }
        rest = (postern_str){rest.data + (taken + piece.len),
                             rest.len - taken - piece.len};
    }
    if (stars != NULL) {
        stars[count - 1] = rest;
    }
    return true;
}

bool pst_wildcard_match(const pst_wildcard *pattern, postern_str text)
{
    return pattern->fold ? walk(pattern, text, NULL, true)
                         : walk(pattern, text, NULL, false);
}

bool pst_wildcard_capture(const pst_wildcard *pattern, postern_str text,
                          postern_str *stars)
{
    return walk(pattern, text, stars, pattern->fold);
}
