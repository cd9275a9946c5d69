/*
 * tests/bench/variety.h - many different requests made of one, so that no predictor
 * learns the one by heart.
 *
 * Always the same ones. About half of what each says (host, path, query, user agent) is
 * as the first has it but for its digits; the rest is something else that clients send,
 * about as long. Addresses, numbers and countries differ, one Boolean in four does,
 * and one header or argument in eight is not there. Where one value holds another (the host in the URI, the user
 * agent in a header), it still does.
 */
#ifndef BENCH_VARIETY_H
#define BENCH_VARIETY_H

#include "input.h"

/** @return `count` contexts, in `memory` */
const input_context *variety_of(const input_context *first, size_t count,
                                pst_arena *memory);

#endif
