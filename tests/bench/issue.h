/*
 * tests/bench/issue.h - what the corpus has not got: large CRLs, and leaves of any key.
 */
#ifndef BENCH_ISSUE_H
#define BENCH_ISSUE_H

#include "pair.h"

/** Issues a certificate for keys/SUBJECT.key by ca/ISSUER.pem, and parses it as the first
 *  of `out`. */
void issue_leaf(const char *subject, const char *issuer, mbedtls_x509_crt *out);

/** A CRL in PEM, NUL-terminated, by ca/ISSUER.pem, whose key is on P-256, with `count` 16-byte serial
 *  numbers that nobody has; never freed. */
postern_str issue_crl(const char *issuer, size_t count);

#endif
