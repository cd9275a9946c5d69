/*
 * tls/crypto.c - the crypto table on mbedTLS: digests, signatures, and the trust
 * functions of trust.c. It keeps nothing between calls.
 */
#include "compat.h"
#include "trust.h"

#include <postern/mbedtls.h>

static mbedtls_md_type_t md_of(postern_digest algorithm)
{
    switch (algorithm) {
    case POSTERN_SHA1:
        return MBEDTLS_MD_SHA1;
    case POSTERN_SHA256:
        return MBEDTLS_MD_SHA256;
    case POSTERN_SHA384:
        return MBEDTLS_MD_SHA384;
    case POSTERN_SHA512:
        return MBEDTLS_MD_SHA512;
    }
    return MBEDTLS_MD_NONE;
}

/* mbedTLS wants a pointer even where there are no bytes. */
static const unsigned char *bytes_of(const void *data, size_t len)
{
    static const unsigned char nothing[1] = {0};

    return len == 0 ? nothing : data;
}

static postern_status digest(void *context, postern_digest algorithm, const void *data,
                             size_t len, unsigned char *out)
{
    const mbedtls_md_info_t *info = mbedtls_md_info_from_type(md_of(algorithm));
    int rc;

    (void)context;
    if (info == NULL || !pst_tls_start()) {
        return POSTERN_CRYPTO;
    }
    rc = mbedtls_md(info, bytes_of(data, len), len, out);
    return rc == 0 ? POSTERN_OK : pst_tls_failure(rc, POSTERN_CRYPTO);
}

static postern_status hmac(void *context, postern_digest algorithm, const void *key,
                           size_t key_len, const void *data, size_t len,
                           unsigned char *out)
{
    const mbedtls_md_info_t *info = mbedtls_md_info_from_type(md_of(algorithm));
    int rc;

    (void)context;
    if (info == NULL || !pst_tls_start()) {
        return POSTERN_CRYPTO;
    }
    rc = mbedtls_md_hmac(info, bytes_of(key, key_len), key_len, bytes_of(data, len),
                         len, out);
    return rc == 0 ? POSTERN_OK : pst_tls_failure(rc, POSTERN_CRYPTO);
}

static bool is_of_scheme(const mbedtls_pk_context *key, postern_signature scheme)
{
    switch (scheme) {
    case POSTERN_SIGNATURE_RSA:
    case POSTERN_SIGNATURE_RSA_PSS:
        return mbedtls_pk_can_do(key, MBEDTLS_PK_RSA) != 0;
    case POSTERN_SIGNATURE_ECDSA:
        return mbedtls_pk_can_do(key, MBEDTLS_PK_ECDSA) != 0;
    }
    return false;
}

static int check(mbedtls_pk_context *key, postern_signature scheme,
                 postern_digest algorithm, const unsigned char *hash,
                 postern_str signature)
{
    const mbedtls_pk_rsassa_pss_options pss = {md_of(algorithm),
                                               MBEDTLS_RSA_SALT_LEN_ANY};
    const unsigned char *bytes = (const unsigned char *)signature.data;

    if (scheme == POSTERN_SIGNATURE_RSA_PSS) {
        return mbedtls_pk_verify_ext(MBEDTLS_PK_RSASSA_PSS, &pss, key, md_of(algorithm),
                                     hash, (size_t)algorithm, bytes, signature.len);
    }
    return mbedtls_pk_verify(key, md_of(algorithm), hash, (size_t)algorithm, bytes,
                             signature.len);
}

/* mbedTLS's parser also takes PEM, which ends in a NUL and never begins so. */
static bool begins_like_der(postern_str spki)
{
    return spki.len > 0 && spki.data[0] == 0x30;
}

static postern_status verify(void *context, postern_str spki, postern_signature scheme,
                             postern_digest algorithm, postern_str data,
                             postern_str signature)
{
    unsigned char hash[MBEDTLS_MD_MAX_SIZE];
    mbedtls_pk_context key;
    postern_status status;
    int rc;

    status = digest(context, algorithm, data.data, data.len, hash);
    if (status != POSTERN_OK) {
        return status;
    }
    if (!begins_like_der(spki) || signature.len == 0) {
        return POSTERN_INVALID;
    }
    mbedtls_pk_init(&key);
    rc = mbedtls_pk_parse_public_key(&key, (const unsigned char *)spki.data, spki.len);
    if (rc == 0 && !is_of_scheme(&key, scheme)) {
        rc = MBEDTLS_ERR_PK_TYPE_MISMATCH;
    }
    if (rc == 0) {
        rc = check(&key, scheme, algorithm, hash, signature);
    }
    mbedtls_pk_free(&key);
    return rc == 0 ? POSTERN_OK : pst_tls_failure(rc, POSTERN_INVALID);
}

const postern_crypto *postern_mbedtls_crypto(void)
{
    static const postern_crypto table = {
        .size = sizeof table,
        .digest = digest,
        .verify = verify,
        .trust_new = pst_tls_trust_new,
        .trust_free = pst_tls_trust_free,
        .trust_verify = pst_tls_trust_verify,
        .hmac = hmac,
    };

    return &table;
}
