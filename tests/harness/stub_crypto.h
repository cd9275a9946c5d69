/*
 * tests/harness/stub_crypto.h - a crypto table without cryptography, for tests of
 * what is built around it: any signature holds and nothing is trusted.
 */
#ifndef HARNESS_STUB_CRYPTO_H
#define HARNESS_STUB_CRYPTO_H

#include <postern/crypto.h>

const postern_crypto *stub_crypto(void);

#endif
