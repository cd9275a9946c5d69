/*
 * tls/leaf.h - which certificate a context holds, to notice that it is another one.
 */
#ifndef PST_TLS_LEAF_H
#define PST_TLS_LEAF_H

#include "compat.h"

/** Zeroed: no certificate. */
typedef struct pst_tls_leaf {
    bool present;
    unsigned char digest[32]; /**< SHA-256 */
} pst_tls_leaf;

/** Reads what `ssl` holds of its client now. @return false: mbedTLS cannot digest it */
bool pst_tls_leaf_read(const mbedtls_ssl_context *ssl, pst_tls_leaf *out);

bool pst_tls_leaf_equal(const pst_tls_leaf *a, const pst_tls_leaf *b);

#endif
