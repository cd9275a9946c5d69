/* digest.c - SHA-256, and a hash that spreads requests over a range. */
#include "builtin/body.h"

postern_status pst_body_SHA256(const pst_invocation *in, pst_result *out)
{
    const postern_str source = in->values[0].string;
    char *const digest = pst_text_result(in, POSTERN_SHA256, out);

    if (digest == NULL) {
        return in->arena->status;
    }
    return in->crypto->digest(in->crypto->context, POSTERN_SHA256, source.data,
                              source.len, (unsigned char *)digest);
}

/* --- hash_in_range ------------------------------------------------------------------ */

enum { BYTES_MAX = 16 };

static size_t write_low_first(uint64_t word, unsigned char *out)
{
    for (size_t i = 0; i < 8; i++) {
        out[i] = (unsigned char)(word >> (8 * i));
    }
    return 8;
}

/* The bytes of a value that is no text. */
static size_t write_value(postern_type type, pst_value value, unsigned char *out)
{
    postern_address address;
    size_t len;

    if (type == POSTERN_BOOL) {
        out[0] = value.boolean;
        return 1;
    }
    if (type == POSTERN_INT) {
        return write_low_first((uint64_t)value.integer, out);
    }
    address = pst_ip_to_address(value.ip);
    len = address.family == 4 ? 4 : 16;
    memcpy(out, address.bytes, len);
    return len;
}

/* FNV-1a, 64 bits. */
static uint64_t go_on(uint64_t hash, const void *data, size_t len)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ bytes[i]) * 0x100000001b3U;
    }
    return hash;
}

/**
 * low + h % (high - low), the same everywhere and for ever: h is the 64-bit FNV-1a
 * hash of the fields one after the other, each as the length of its bytes (8 bytes,
 * the lowest first) and its bytes. These are, of a String, the bytes as they are; of
 * an Integer 8, two's complement, the lowest first; of a Boolean one, 0 or 1; of an
 * address 4 or 16, in network order.
 */
postern_status pst_body_HASH_IN_RANGE(const pst_invocation *in, pst_result *out)
{
    const uint64_t low = (uint64_t)in->values[0].integer;
    const uint64_t high = (uint64_t)in->values[1].integer;
    uint64_t hash = 0xcbf29ce484222325U;

    for (size_t i = 2; i < in->count; i++) {
        unsigned char bytes[BYTES_MAX];
        unsigned char length[8];
        const void *data = in->values[i].string.data;
        size_t len = in->values[i].string.len;
        if (in->types[i] != POSTERN_STRING) {
            data = bytes;
            len = write_value(in->types[i], in->values[i], bytes);
        }
        (void)write_low_first(len, length);
        hash = go_on(hash, length, sizeof length);
        hash = go_on(hash, data, len);
    }
    /* Unsigned, so that a range wider than half of all numbers works as well. */
    out->value.integer = (int64_t)(low + hash % (high - low));
    return POSTERN_OK;
}

postern_status pst_check_HASH_IN_RANGE(pst_arena *arena, const pst_argument *arguments,
                                       size_t count, uint32_t star_limit,
                                       const void **prepared,
                                       pst_argument_problem *problem)
{
    (void)arena;
    (void)count;
    (void)star_limit;
    (void)prepared;
    if (arguments[0].value.integer < arguments[1].value.integer) {
        return POSTERN_OK;
    }
    return pst_refuse_literal(
        problem, POSTERN_INVALID, 1, "no number is from low up to, but not, high",
        "low must be less than high: hash_in_range(0, 100, ...) gives "
        "0 to 99");
}
