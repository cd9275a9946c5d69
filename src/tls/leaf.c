#include "leaf.h"

#include <string.h>

bool pst_tls_leaf_read(const mbedtls_ssl_context *ssl, pst_tls_leaf *out)
{
    const mbedtls_x509_crt *peer = mbedtls_ssl_get_peer_cert(ssl);
    const mbedtls_md_info_t *sha256 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);

    *out = (pst_tls_leaf){.present = peer != NULL};
    return peer == NULL ||
           (sha256 != NULL &&
            mbedtls_md(sha256, peer->raw.p, peer->raw.len, out->digest) == 0);
}

bool pst_tls_leaf_equal(const pst_tls_leaf *a, const pst_tls_leaf *b)
{
    return a->present == b->present &&
           memcmp(a->digest, b->digest, sizeof a->digest) == 0;
}
