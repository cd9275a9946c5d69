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
    char *bytes;

    *out = (pst_wildcard){.pieces = NULL};
    if (status != POSTERN_OK) {
        return status;
    }
    *problem = (pst_wildcard_problem){.status = POSTERN_OK};
    pieces = pst_arena_array(arena, stars + 1, sizeof *pieces);
    bytes = pst_arena_alloc(arena, pattern.len);
    if (pieces == NULL || bytes == NULL) {
        return arena->status;
    }
    *out = (pst_wildcard){.pieces = pieces, .star_count = stars, .fold = fold};
    out->least = cut_at_stars(pattern, fold, bytes, pieces);
    return POSTERN_OK;
}

/* --- matching ----------------------------------------------------------------------- */

static bool stands_at(const pst_wildcard *pattern, postern_str text, size_t at,
                      postern_str piece)
{
    const postern_str there = pst_str_slice(text, at, at + piece.len);

    return pattern->fold ? pst_str_same_folded(there, piece)
                         : pst_str_same(there, piece);
}

/* The first piece begins the text and the last ends it. Those between are looked for
 * from left to right: the first place of each leaves most for the rest, so no other
 * place need ever be tried. */
static bool walk(const pst_wildcard *pattern, postern_str text, postern_str *stars)
{
    const size_t count = pattern->star_count;
    const postern_str *pieces = pattern->pieces;
    size_t at = pieces[0].len;
    size_t end;

    if (text.len < pattern->least || !stands_at(pattern, text, 0, pieces[0])) {
        return false;
    }
    if (count == 0) {
        return text.len == at;
    }
    end = text.len - pieces[count].len;
    if (!stands_at(pattern, text, end, pieces[count])) {
        return false;
    }
    for (size_t i = 1; i <= count; i++) {
        const postern_str rest = pst_str_slice(text, at, end);
        size_t taken = rest.len;
        if (i < count) {
            taken = pattern->fold ? pst_search_folded(rest, pieces[i])
                                  : pst_search(rest, pieces[i]);
        }
        if (taken == SIZE_MAX) {
            return false;
        }
        if (stars != NULL) {
            stars[i - 1] = pst_str_slice(rest, 0, taken);
        }
        at += taken + pieces[i].len;
    }
    return true;
}

bool pst_wildcard_match(const pst_wildcard *pattern, postern_str text)
{
    return walk(pattern, text, NULL);
}

bool pst_wildcard_capture(const pst_wildcard *pattern, postern_str text,
                          postern_str *stars)
{
    return walk(pattern, text, stars);
}
