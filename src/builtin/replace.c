/* replace.c - a text rewritten by a wildcard pattern or a regular expression. */
#include "builtin/body.h"
#include "builtin/replacement.h"

#include "match/wildcard.h"

/* --- wildcard_replace -------------------------------------------------------------- */

typedef struct rewriting {
    pst_wildcard pattern;
    pst_replacement replacement;
} rewriting;

/* Text that does not match is its own result. */
postern_status pst_body_WILDCARD_REPLACE(const pst_invocation *in, pst_result *out)
{
    enum { FEW = 16 };
    const rewriting *const how = in->prepared;
    postern_str few[FEW];
    postern_str *stars = few;

    if (how->pattern.star_count > FEW) {
        stars = pst_arena_array(in->arena, how->pattern.star_count, sizeof *stars);
        if (stars == NULL) {
            return in->arena->status;
        }
    }
    if (!pst_wildcard_capture(&how->pattern, in->values[0].string, stars)) {
        out->value.string = in->values[0].string;
        return POSTERN_OK;
    }
    return pst_replacement_write(in->arena, &how->replacement, stars,
                                 (postern_str){NULL, 0}, (postern_str){NULL, 0},
                                 &out->value.string);
}

/* Compiles both literals, the pattern first: the replacement refers to its stars. */
static postern_status prepare(pst_arena *arena, const pst_argument *arguments,
                              bool fold, uint32_t star_limit, rewriting *how,
                              pst_argument_problem *problem)
{
    pst_wildcard_problem pattern = {.status = POSTERN_OK};
    pst_replacement_problem replacement = {.status = POSTERN_OK};
    postern_status status;

    status = pst_wildcard_compile(arena, arguments[1].value.string, fold, star_limit,
                                  &how->pattern, &pattern);
    if (pattern.status != POSTERN_OK) {
        return pst_refuse_piece(problem, pattern.status, 1, pattern.offset,
                                pattern.length, pattern.message, pattern.hint);
    }
    if (status != POSTERN_OK) {
        return status;
    }
    status =
        pst_replacement_parse(arena, arguments[2].value.string, how->pattern.star_count,
                              &how->replacement, &replacement);
    if (replacement.status != POSTERN_OK) {
        return pst_refuse_piece(problem, replacement.status, 2, replacement.offset,
                                replacement.length, replacement.message,
                                replacement.hint);
    }
    return status;
}

postern_status pst_check_WILDCARD_REPLACE(pst_arena *arena,
                                          const pst_argument *arguments, size_t count,
                                          uint32_t star_limit, const void **prepared,
                                          pst_argument_problem *problem)
{
    rewriting *how;
    bool fold;
    postern_status status =
        pst_check_flags(arena, arguments, count, 3, "s",
                        "write \"s\" to tell upper from lower case", problem);

    if (status != POSTERN_OK) {
        return status;
    }
    how = pst_arena_alloc(arena, sizeof *how);
    if (how == NULL) {
        return arena->status;
    }
    fold = count < 4 || arguments[3].value.string.len == 0;
    status = prepare(arena, arguments, fold, star_limit, how, problem);
    if (status == POSTERN_OK) {
        *prepared = how;
    }
    return status;
}

/* --- regex_replace ----------------------------------------------------------------- */

typedef struct substitution {
    const pst_regex *regex;
    pst_replacement replacement;
    size_t groups; /* that are told, with the whole match */
} substitution;

/* Only the first match is rewritten: all of them could take time that is quadratic. */
postern_status pst_body_REGEX_REPLACE(const pst_invocation *in, pst_result *out)
{
    const substitution *const how = in->prepared;
    const postern_str text = in->values[0].string;
    size_t places[2 * (1 + PST_REFERENCES_MAX)];
    postern_str pieces[PST_REFERENCES_MAX];
    bool found;
    const postern_status status =
        pst_regex_find(how->regex, text, in->regexes, how->groups, places, &found);

    if (status != POSTERN_OK || !found) {
        out->value.string = text;
        return status;
    }
    for (size_t i = 1; i < how->groups; i++) { /* NOWHERE is the end: nothing */
        pieces[i - 1] = pst_str_slice(text, places[2 * i], places[2 * i + 1]);
    }
    return pst_replacement_write(
        in->arena, &how->replacement, pieces, pst_str_slice(text, 0, places[0]),
        pst_str_slice(text, places[1], text.len), &out->value.string);
}

postern_status pst_check_REGEX_REPLACE(pst_arena *arena, const pst_argument *arguments,
                                       size_t count, uint32_t star_limit,
                                       const void **prepared,
                                       pst_argument_problem *problem)
{
    pst_replacement_problem replacement = {.status = POSTERN_OK};
    substitution *const how = pst_arena_alloc(arena, sizeof *how);
    postern_status status;

    (void)count;
    (void)star_limit;
    if (how == NULL) {
        return arena->status;
    }
    how->regex = arguments[1].regex;
    status = pst_replacement_parse(arena, arguments[2].value.string,
                                   pst_regex_groups(how->regex), &how->replacement,
                                   &replacement);
    if (replacement.status != POSTERN_OK) {
        return pst_refuse_piece(problem, replacement.status, 2, replacement.offset,
                                replacement.length, replacement.message,
                                replacement.hint);
    }
    if (status != POSTERN_OK) {
        return status;
    }
    how->groups = 1 + pst_replacement_most(&how->replacement);
    *prepared = how;
    return POSTERN_OK;
}
