/*
 * tests/bench/modsecurity_peer.h - the same two rules in libmodsecurity, where the build
 * has found it. It is linked to nothing else.
 */
#ifndef BENCH_MODSECURITY_PEER_H
#define BENCH_MODSECURITY_PEER_H

#include "measure.h"

/** A transaction with the host and what a server says of the certificate in two headers,
 *  up to its decision. @return false: it is not here */
bool modsecurity_cost(const measure_effort *effort, timing *out);

#endif
