/*
 * tls/version.h - which mbedTLS may run. A shared library can be exchanged after
 * the build, so tls/compat.h's #error is not enough.
 */
#ifndef PST_TLS_VERSION_H
#define PST_TLS_VERSION_H

#include <stdbool.h>

/** May a program that was compiled against `compiled` run with `loaded`? Both as
 *  MBEDTLS_VERSION_NUMBER. */
bool pst_tls_version_fits(unsigned compiled, unsigned loaded);

#endif
