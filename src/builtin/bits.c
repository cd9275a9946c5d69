/*
 * builtin/bits.c - numbers cut out of bytes.
 */
#include "builtin/bodies.h"

enum { BITS_MOST = 32, OFFSET_MOST = 2040 };

postern_status pst_check_BIT_SLICE(pst_arena *arena, const pst_argument *arguments,
                                   size_t count, uint32_t star_limit,
                                   const void **prepared, pst_argument_problem *problem)
{
    const int64_t start = arguments[1].value.integer;
    const int64_t end = arguments[2].value.integer;

    (void)arena;
    (void)count;
    (void)star_limit;
    (void)prepared;
    if (start < 0 || start > OFFSET_MOST) {
        return pst_refuse_argument(problem, 1, "the start is between 0 and 2040", NULL);
    }
    if (end <= start || end - start > BITS_MOST) {
        return pst_refuse_argument(problem, 2, "a slice has 1 to 32 bits", NULL);
    }
    return POSTERN_OK;
}

/* The first bit is the highest of the first byte. Bits that are not there make the result
 * missing. */
postern_status pst_body_BIT_SLICE(const pst_invocation *in, pst_result *out)
{
    const postern_str text = in->values[0].string;
    const size_t start = (size_t)in->values[1].integer;
    const size_t end = (size_t)in->values[2].integer;

    out->present = end <= text.len * 8;
    for (size_t bit = start; out->present && bit < end; bit++) {
        const unsigned char byte = (unsigned char)text.data[bit / 8];
        out->value.integer = out->value.integer * 2 + (byte >> (7 - bit % 8) & 1);
    }
    return POSTERN_OK;
}
