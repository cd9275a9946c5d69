/* bits.c - a number from the bits of a packet. */
#include "builtin/body.h"

/* The first bit of a byte is its highest. A text that ends before has no such bits. */
postern_status pst_body_BIT_SLICE(const pst_invocation *in, pst_result *out)
{
    const postern_str source = in->values[0].string;
    const size_t start = (size_t)in->values[1].integer;
    const size_t end = (size_t)in->values[2].integer;
    const size_t last = (end - 1) / 8;
    uint64_t bits = 0;

    if (last >= source.len) {
        return pst_missing(out);
    }
    for (size_t i = start / 8; i <= last; i++) { /* at most five bytes */
        bits = bits << 8 | (unsigned char)source.data[i];
    }
    bits >>= (last + 1) * 8 - end;
    out->value.integer = (int64_t)(bits & (UINT64_MAX >> (64 - (end - start))));
    return POSTERN_OK;
}

postern_status pst_check_BIT_SLICE(pst_arena *arena, const pst_argument *arguments,
                                   size_t count, uint32_t star_limit,
                                   const void **prepared, pst_argument_problem *problem)
{
    static const char range[] = "offsets are from 0 to 2040 bits";
    postern_status status =
        pst_check_range(arguments, count, 1, 0, 2040, range, problem);
    int64_t start;

    (void)arena;
    (void)star_limit;
    (void)prepared;
    if (status == POSTERN_OK) {
        status = pst_check_range(arguments, count, 2, 0, 2040, range, problem);
    }
    if (status != POSTERN_OK) {
        return status;
    }
    start = arguments[1].value.integer;
    if (arguments[2].value.integer <= start) {
        return pst_refuse_literal(problem, POSTERN_INVALID, 2,
                                  arguments[2].value.integer == start
                                      ? "the slice ends where it starts"
                                      : "the slice ends before it starts",
                                  "the end is the first bit that is not taken");
    }
    return pst_check_range(arguments, count, 2, start + 1, start + 32,
                           "a slice has at most 32 bits", problem);
}
