/*
 * builtin/body.h - what the files of this room share: the declaration of every body
 * and check, and the few steps most of them take.
 */
#ifndef PST_BUILTIN_BODY_H
#define PST_BUILTIN_BODY_H

#include "builtin/builtin.h"
#include "support/text.h"

#define FUNCTION(id, ...) pst_function_body pst_body_##id;
#define CHECKED(id, ...)             \
    pst_function_body pst_body_##id; \
    pst_function_check pst_check_##id;
#include "builtin/functions.def"
#undef FUNCTION

/** Makes `len` bytes of the arena the result, for the body to fill.
 *  @return where; NULL: in->arena->status says why */
static inline char *pst_text_result(const pst_invocation *in, size_t len,
                                    pst_result *out)
{
    char *const text = pst_arena_alloc_inline(in->arena, len);

    out->value.string = (postern_str){text, text == NULL ? 0 : len};
    return text;
}

static inline postern_status pst_missing(pst_result *out)
{
    out->present = false;
    return POSTERN_OK;
}

/** True when the literal `argument` is given and holds `flag`. */
static inline bool pst_has_flag(const pst_invocation *in, size_t argument, char flag)
{
    if (argument >= in->count || in->values[argument].string.len == 0) {
        return false;
    }
    return memchr(in->values[argument].string.data, flag,
                  in->values[argument].string.len) != NULL;
}

/** Leaves a check in one line. @return `status` */
postern_status pst_refuse_literal(pst_argument_problem *problem, postern_status status,
                                  size_t argument, const char *message,
                                  const char *hint);

/** The same for a piece of a string. */
postern_status pst_refuse_piece(pst_argument_problem *problem, postern_status status,
                                size_t argument, size_t offset, size_t length,
                                const char *message, const char *hint);

/** POSTERN_OK, or refuses literal `argument` with `message` unless it is an integer
 *  from `low` to `high`. One that is not given is fine. */
postern_status pst_check_range(const pst_argument *arguments, size_t count,
                               size_t argument, int64_t low, int64_t high,
                               const char *message, pst_argument_problem *problem);

/** POSTERN_OK, or refuses the first letter of `argument` that is none of `letters`.
 *  A letter said twice says nothing new. */
postern_status pst_check_flags(pst_arena *arena, const pst_argument *arguments,
                               size_t count, size_t argument, const char *letters,
                               const char *hint, pst_argument_problem *problem);

/** Which of the two alphabets of RFC 4648. */
typedef enum pst_alphabet { PST_ALPHABET_STANDARD, PST_ALPHABET_URL } pst_alphabet;

/** What Base64 text stands for. Padding may be left out; whatever else is not exactly
 *  what an encoder writes is refused. `out` has room for text.len / 4 * 3 + 2 bytes;
 *  `text` itself may be that room. */
bool pst_sextets_decode(postern_str text, pst_alphabet alphabet, char *out,
                        size_t *len);

#endif
