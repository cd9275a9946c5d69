/*
 * tls/handshake.h - what the configuration has to know of a handshake.
 */
#ifndef PST_TLS_HANDSHAKE_H
#define PST_TLS_HANDSHAKE_H

#include "compat.h"

/** The callback for mbedtls_ssl_conf_sni(). `options` is a
 *  const postern_mbedtls_options, or NULL. */
int pst_tls_on_sni(void *options, mbedtls_ssl_context *ssl, const unsigned char *name,
                   size_t len);

#endif
