/*
 * builtin/address.c - networks of addresses.
 */
#include "builtin/bodies.h"

static bool bits_ok(const pst_argument *argument, int64_t most)
{
    return argument->value.integer >= 1 && argument->value.integer <= most;
}

postern_status pst_check_CIDR(pst_arena *arena, const pst_argument *arguments,
                              size_t count, uint32_t star_limit, const void **prepared,
                              pst_argument_problem *problem)
{
    (void)arena;
    (void)count;
    (void)star_limit;
    (void)prepared;
    if (!bits_ok(&arguments[1], 32)) {
        return pst_refuse_argument(problem, 1, "IPv4 networks have 1 to 32 bits", NULL);
    }
    if (!bits_ok(&arguments[2], 128)) {
        return pst_refuse_argument(problem, 2, "IPv6 networks have 1 to 128 bits",
                                   NULL);
    }
    return POSTERN_OK;
}

postern_status pst_check_CIDR6(pst_arena *arena, const pst_argument *arguments,
                               size_t count, uint32_t star_limit, const void **prepared,
                               pst_argument_problem *problem)
{
    (void)arena;
    (void)count;
    (void)star_limit;
    (void)prepared;
    if (!bits_ok(&arguments[1], 128)) {
        return pst_refuse_argument(problem, 1, "IPv6 networks have 1 to 128 bits",
                                   NULL);
    }
    return POSTERN_OK;
}

/* The first `bits` of 64. */
static uint64_t leading(int64_t bits)
{
    if (bits <= 0) {
        return 0;
    }
    return bits >= 64 ? UINT64_MAX : ~(UINT64_MAX >> bits);
}

static pst_ip network(pst_ip ip, int64_t v4_bits, int64_t v6_bits)
{
    const int64_t bits = pst_ip_is_v4(ip) ? v4_bits + 96 : v6_bits;

    return (pst_ip){ip.high & leading(bits), ip.low & leading(bits - 64)};
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
