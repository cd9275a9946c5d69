/*
 * tests/harness/path.h - a crypto table for tests of what lies behind it: digests
 * and signatures by mbedTLS.
 */
#ifndef HARNESS_PATH_H
#define HARNESS_PATH_H

#include "certificate/authority.h"

/* Files of tests/data/. */
#define CA(name) "corpus/ca/" name ".pem"
#define CRL(name) "corpus/crl/" name ".pem"
#define LEAF(name) "corpus/certs/" name ".der"
#define CHAIN(name) "corpus/chains/" name ".pem"
#define EXTRA(name) "extra/" name ".pem"
#define EXTRA_LEAF(name) "extra/" name ".der"

enum { NOW = 1800000000 }; /* January 2027; the corpus is valid from 2025 to 2045 */

/** The table; it builds no paths. */
const postern_crypto *path_crypto(void);

/** Loads files, named with spaces between, at NOW. @return as pst_authority_new() */
postern_status path_load(const postern_allocator *alloc, const char *cas,
                         const char *crls, pst_revocation mode, pst_authority **out,
                         postern_report *report);

/** The same; fails the test when it cannot. */
pst_authority *path_must_load(const char *cas, const char *crls, pst_revocation mode);

#endif
