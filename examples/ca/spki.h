/*
 * spki.h - public keys as certificates hold them: which ones this CA signs and trusts,
 * and by what identifier they go.
 */
#ifndef CA_SPKI_H
#define CA_SPKI_H

#include "der.h"

#include <mbedtls/pk.h>

enum { CA_KEY_ID_BYTES = 20 };

/**
 * Reads a SubjectPublicKeyInfo and checks that it is of the profile every verifier
 * here has: P-256, P-384, P-521 with an uncompressed point, or RSA of 2048 to 8192
 * bits.
 *
 * @param key initialised; the caller frees it, also after a failure
 * @return NULL, or why the key is refused
 */
const char *ca_spki_read(ca_bytes spki, mbedtls_pk_context *key);

/** The first 160 bits of the SHA-256 of the key (RFC 7093, method 1).
 *  @return false when `spki` is none, or there is no SHA-256 */
bool ca_spki_identify(ca_bytes spki, unsigned char out[CA_KEY_ID_BYTES]);

#endif
