/*
 * tls.h - the server's side of TLS: certificate, key, randomness and configuration.
 *
 * Each worker has its own, so that threads share nothing of mbedTLS but what 3.x
 * keeps globally for TLS 1.3.
 */
#ifndef EDGE_TLS_H
#define EDGE_TLS_H

#include "text.h"

#include <mbedtls/ssl.h>

typedef struct edge_tls edge_tls;

/** To be called once, before anything else and after any fork. */
bool edge_tls_init(void);
/** Frees what edge_tls_init() made. */
void edge_tls_done(void);
/** Whether this mbedTLS may be used by several threads at once. */
bool edge_tls_has_threads(void);

/**
 * Loads the certificate chain and the key.
 *
 * @param problems receives a line for each thing that is wrong
 * @return NULL on failure
 */
edge_tls *edge_tls_new(const char *certificate, const char *key, edge_text *problems);
/** NULL is fine. Every context made from its configuration must be gone. */
void edge_tls_free(edge_tls *tls);

/** For mbedtls_ssl_setup(). */
const mbedtls_ssl_config *edge_tls_config(const edge_tls *tls);

/** Fills `out` with random bytes. */
bool edge_tls_random(edge_tls *tls, unsigned char *out, size_t len);

#endif
