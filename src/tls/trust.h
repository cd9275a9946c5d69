/*
 * tls/trust.h - trust anchors, and what mbedTLS has to say about a path to them.
 *
 * The crypto table (crypto.c) and the handshake share this: same profile, same
 * translation of flags, so that a path seen during a handshake and one built later
 * from the kept chain say the same.
 */
#ifndef PST_TLS_TRUST_H
#define PST_TLS_TRUST_H

#include "compat.h"

#include <postern/crypto.h>

/** No path of mbedTLS is longer: leaf, eight intermediates, anchor. */
#define PST_TLS_PATH_MAX (MBEDTLS_X509_MAX_INTERMEDIATE_CA + 2)

/** SHA-256, -384, -512; RSA from 2048 bits (PKCS #1 v1.5 or PSS), ECDSA on P-256,
 *  P-384 and P-521. */
extern const mbedtls_x509_crt_profile pst_tls_profile;

/** What postern_crypto.trust_new makes. Immutable: any threads verify with it. */
typedef struct pst_tls_trust pst_tls_trust;

/** `pointer` if it is a trust object of this library's table, else NULL. Hosts may
 *  use another table with this handshake; its objects must be memory too. */
const pst_tls_trust *pst_tls_trust_cast(const void *pointer);

/** For mbedTLS, which takes it without const and only reads it. */
mbedtls_x509_crt *pst_tls_trust_anchors(const pst_tls_trust *trust);

/** True when one of the anchors is exactly `certificate`. */
bool pst_tls_trust_has(const pst_tls_trust *trust, postern_str certificate);

/** `flags` of mbedTLS without dates, usages and CRLs: postern judges those itself. */
uint32_t pst_tls_unjudged(uint32_t flags);

/** mbedTLS's flags of one certificate as bits of postern_objection, without what
 *  postern judges itself. */
uint32_t pst_tls_objections(uint32_t flags);

/** POSTERN_NO_MEMORY if that is why mbedTLS failed with `rc`, else `otherwise`. */
postern_status pst_tls_failure(int rc, postern_status otherwise);

/* Rows of the crypto table: see postern/crypto.h. */
postern_status pst_tls_trust_new(void *context, const postern_str *anchors,
                                 size_t count, size_t *bad, void **trust);
void pst_tls_trust_free(void *context, void *trust);
postern_status pst_tls_trust_verify(void *context, const void *trust,
                                    const postern_str *chain, size_t count,
                                    postern_path_observer observer, void *user);

#endif
