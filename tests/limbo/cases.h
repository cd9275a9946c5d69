/*
 * tests/limbo/cases.h - the cases of x509-limbo (C2SP): chains that were made to be
 * accepted or refused, each with the time, the name and the purpose it is meant for.
 */
#ifndef LIMBO_CASES_H
#define LIMBO_CASES_H

#include "certificate/judge.h"

enum { LIMBO_CERTIFICATES = 128 };

typedef struct limbo_case {
    char *id;
    bool good; /* the suite wants it accepted */
    pst_pem_file cas[LIMBO_CERTIFICATES];
    size_t ca_count;
    pst_pem_file crls[LIMBO_CERTIFICATES];
    size_t crl_count;
    postern_str chain[LIMBO_CERTIFICATES]; /* leaf first */
    size_t chain_count;
    int64_t now;
    pst_expectation expected;
    pst_peer peer;
} limbo_case;

/** Reads the suite. @return how many cases there are; 0 when it is not there */
size_t limbo_open(void);

/** Case `index`, which stays until the next call. A case that asks for something this
 *  reader does not know fails the test. */
const limbo_case *limbo_read(size_t index);

void limbo_close(void);

#endif
