/*
 * builtin/replace.c - text rewritten by a wildcard pattern.
 */
#include "builtin/bodies.h"
#include "match/wildcard.h"
#include "support/text.h"

enum { REFERENCES_MOST = 8, STARS_MOST = 255 };

/* A piece of the replacement: text, or what a star took. */
typedef struct part {
    postern_str text;
    size_t star; /* from 1; 0: text */
} part;

typedef struct rewrite {
    pst_wildcard pattern;
    const part *parts;
    size_t count;
} rewrite;

/* "${N}" at text[at]: its number, or 0. */
static size_t read_reference(postern_str text, size_t at)
{
    if (at + 3 < text.len && text.data[at + 1] == '{' &&
        pst_is_digit((unsigned char)text.data[at + 2]) && text.data[at + 3] == '}') {
        return (size_t)(text.data[at + 2] - '0');
    }
    return 0;
}

/* Cuts the replacement into parts; there is room for as many as it has bytes. */
static const char *read_parts(postern_str text, size_t stars, part *parts,
                              size_t *count)
{
    size_t from = 0;
    size_t references = 0;

    *count = 0;
    for (size_t at = 0; at < text.len;) {
        if (text.data[at] != '$') {
            at++;
            continue;
        }
        if (at > from) {
            parts[(*count)++] = (part){pst_str_slice(text, from, at), 0};
        }
        if (at + 1 < text.len && text.data[at + 1] == '$') {
            parts[(*count)++] = (part){pst_str_slice(text, at, at + 1), 0};
            at += 2;
        } else {
            const size_t star = read_reference(text, at);
            if (star == 0) {
                return "a '$' stands in front of {1} to {8}; a dollar itself is $$";
            }
            if (star > REFERENCES_MOST || star > stars) {
                return "this names a star that the pattern does not have";
            }
            if (++references > REFERENCES_MOST) {
                return "a replacement has at most 8 references";
            }
            parts[(*count)++] = (part){
                {NULL, 0},
                star
            };
            at += 4;
        }
        from = at;
    }
    if (from < text.len) {
        parts[(*count)++] = (part){pst_str_slice(text, from, text.len), 0};
    }
    return NULL;
}

postern_status pst_check_WILDCARD_REPLACE(pst_arena *arena,
                                          const pst_argument *arguments, size_t count,
                                          uint32_t star_limit, const void **prepared,
                                          pst_argument_problem *problem)
{
    const postern_str replacement = arguments[2].value.string;
    const bool strict = count > 3 && arguments[3].value.string.len > 0;
    const uint32_t most = star_limit < STARS_MOST ? star_limit : STARS_MOST;
    rewrite *made = pst_arena_alloc(arena, sizeof *made);
    part *parts = pst_arena_array(arena, replacement.len, sizeof *parts);
    pst_wildcard_problem wrong;
    const char *message;
    postern_status status;

    if (made == NULL || parts == NULL) {
        return arena->status;
    }
    if (strict && !pst_only_letters(arguments[3].value.string, "s")) {
        return pst_refuse_argument(problem, 3, "the only flag is s",
                                   "s tells upper from lower case");
    }
    status = pst_wildcard_compile(arena, arguments[1].value.string, !strict, most,
                                  &made->pattern, &wrong);
    if (status != POSTERN_OK) {
        if (arena->status == POSTERN_OK) {
            *problem = (pst_argument_problem){status, 1, wrong.message, wrong.hint};
        }
        return status;
    }
    message = read_parts(replacement, made->pattern.star_count, parts, &made->count);
    if (message != NULL) {
        return pst_refuse_argument(problem, 2, message, NULL);
    }
    made->parts = parts;
    *prepared = made;
    return POSTERN_OK;
}

static postern_str part_text(const part *p, const postern_str *stars)
{
    return p->star == 0 ? p->text : stars[p->star - 1];
}

postern_status pst_body_WILDCARD_REPLACE(const pst_invocation *in, pst_result *out)
{
    const rewrite *how = in->prepared;
    const postern_str text = in->values[0].string;
    postern_str *stars =
        pst_arena_array(in->arena, how->pattern.star_count, sizeof *stars);
    size_t room = 0;
    size_t at = 0;
    char *made;

    if (stars == NULL) {
        return in->arena->status;
    }
    out->value.string = text;
    if (!pst_wildcard_capture(&how->pattern, text, stars)) {
        return POSTERN_OK;
    }
    for (size_t i = 0; i < how->count; i++) {
        room += part_text(&how->parts[i], stars).len;
    }
    made = pst_arena_alloc(in->arena, room);
    if (made == NULL) {
        return in->arena->status;
    }
    for (size_t i = 0; i < how->count; i++) {
        const postern_str piece = part_text(&how->parts[i], stars);
        if (piece.len > 0) {
            memcpy(made + at, piece.data, piece.len);
            at += piece.len;
        }
    }
    out->value.string = (postern_str){made, room};
    return POSTERN_OK;
}
