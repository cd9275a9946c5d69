/*
 * crypto.h - the cryptography the REPL's scheme gets: mbedTLS's in a build with it
 * (crypto_mbedtls.c), otherwise none (crypto_none.c): then policies with registered
 * hosts and functions such as sha256() are refused, with a reason.
 */
#ifndef REPL_CRYPTO_H
#define REPL_CRYPTO_H

#include <postern/crypto.h>

const postern_crypto *repl_crypto(void);

#endif
