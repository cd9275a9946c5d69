/* address.c - the network an address is in. */
#include "builtin/body.h"

/* The first `bits` (1 to 64) of a word. */
static uint64_t first_bits(int64_t bits)
{
    return UINT64_MAX << (64 - bits);
}

static pst_ip network(pst_ip address, int64_t v4_bits, int64_t v6_bits)
{
    if (pst_ip_is_v4(address)) {
        /* The low word is 32 bits of the block, then the address. */
        address.low &= first_bits(32 + v4_bits);
    } else if (v6_bits <= 64) {
        address.high &= first_bits(v6_bits);
        address.low = 0;
    } else {
        address.low &= first_bits(v6_bits - 64);
    }
    return address;
}

postern_status pst_body_CIDR(const pst_invocation *in, pst_result *out)
{
    out->value.ip =
        network(in->values[0].ip, in->values[1].integer, in->values[2].integer);
    return POSTERN_OK;
}

postern_status pst_body_CIDR6(const pst_invocation *in, pst_result *out)
{
    out->value.ip = network(in->values[0].ip, 32, in->values[1].integer);
    return POSTERN_OK;
}

static const char v6_range[] = "the prefix of an IPv6 network is from 1 to 128 bits";

postern_status pst_check_CIDR(pst_arena *arena, const pst_argument *arguments,
                              size_t count, uint32_t star_limit, const void **prepared,
                              pst_argument_problem *problem)
{
    const postern_status status =
        pst_check_range(arguments, count, 1, 1, 32,
                        "the prefix of an IPv4 network is from 1 to 32 bits", problem);

    (void)arena;
    (void)star_limit;
    (void)prepared;
    return status != POSTERN_OK
               ? status
               : pst_check_range(arguments, count, 2, 1, 128, v6_range, problem);
}

postern_status pst_check_CIDR6(pst_arena *arena, const pst_argument *arguments,
                               size_t count, uint32_t star_limit, const void **prepared,
                               pst_argument_problem *problem)
{
    (void)arena;
    (void)star_limit;
    (void)prepared;
    return pst_check_range(arguments, count, 1, 1, 128, v6_range, problem);
}
