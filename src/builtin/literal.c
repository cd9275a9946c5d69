/* literal.c - what checks of literal arguments have in common. */
#include "builtin/body.h"

postern_status pst_refuse_literal(pst_argument_problem *problem, postern_status status,
                                  size_t argument, const char *message,
                                  const char *hint)
{
    return pst_refuse_piece(problem, status, argument, 0, 0, message, hint);
}

postern_status pst_refuse_piece(pst_argument_problem *problem, postern_status status,
                                size_t argument, size_t offset, size_t length,
                                const char *message, const char *hint)
{
    *problem = (pst_argument_problem){status, argument, message, hint, offset, length};
    return status;
}

postern_status pst_check_range(const pst_argument *arguments, size_t count,
                               size_t argument, int64_t low, int64_t high,
                               const char *message, pst_argument_problem *problem)
{
    if (argument >= count || (arguments[argument].value.integer >= low &&
                              arguments[argument].value.integer <= high)) {
        return POSTERN_OK;
    }
    return pst_refuse_literal(problem, POSTERN_INVALID, argument, message, NULL);
}

/* The letter is a byte of the expression: it may be anything. */
static postern_status refuse_letter(pst_arena *arena, postern_str letter,
                                    size_t argument, const char *hint,
                                    pst_argument_problem *problem)
{
    enum { ROOM = 32 };
    char *const message = pst_arena_alloc(arena, ROOM);
    pst_writer out = {message, ROOM, 0};

    if (message == NULL) {
        return arena->status;
    }
    pst_write_text(&out, "there is no flag '");
    pst_write_printable(&out, letter);
    pst_write_byte(&out, '\'');
    (void)pst_write_end(&out);
    return pst_refuse_literal(problem, POSTERN_INVALID, argument, message, hint);
}

postern_status pst_check_flags(pst_arena *arena, const pst_argument *arguments,
                               size_t count, size_t argument, const char *letters,
                               const char *hint, pst_argument_problem *problem)
{
    postern_str flags;

    if (argument >= count) {
        return POSTERN_OK;
    }
    flags = arguments[argument].value.string;
    for (size_t i = 0; i < flags.len; i++) {
        if (memchr(letters, flags.data[i], strlen(letters)) == NULL) {
            return refuse_letter(arena, pst_str_slice(flags, i, i + 1), argument, hint,
                                 problem);
        }
    }
    return POSTERN_OK;
}
