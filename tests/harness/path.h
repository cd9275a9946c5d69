/*
 * tests/harness/path.h - a crypto table for tests of what lies behind it: digests
 * and signatures by mbedTLS, and a path builder that looks at names and signatures
 * only.
 */
#ifndef HARNESS_PATH_H
#define HARNESS_PATH_H

#include <postern/crypto.h>

/** The table. Its trust_verify prefers anchors to what the client sent. */
const postern_crypto *path_crypto(void);

#endif
