/* replace.c - a text rewritten by a pattern. */
#include "builtin/body.h"
#include "builtin/replacement.h"

#include "match/wildcard.h"

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
        return pst_refuse_literal(problem, pattern.status, 1, pattern.message,
                                  pattern.hint);
    }
    if (status != POSTERN_OK) {
        return status;
    }
    status =
        pst_replacement_parse(arena, arguments[2].value.string, how->pattern.star_count,
                              &how->replacement, &replacement);
    if (replacement.status != POSTERN_OK) {
        return pst_refuse_literal(problem, replacement.status, 2, replacement.message,
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
