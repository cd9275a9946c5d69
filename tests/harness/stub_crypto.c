#include "stub_crypto.h"

#include <stdlib.h>
#include <string.h>

static postern_status digest(void *context, postern_digest algorithm, const void *data,
                             size_t len, unsigned char *out)
{
    const unsigned char *bytes = data;
    unsigned char sum = 0;

    (void)context;
    for (size_t i = 0; i < len; i++) {
        sum = (unsigned char)(sum * 31 + bytes[i]);
    }
    memset(out, sum, (size_t)algorithm);
    return POSTERN_OK;
}

/* Tells keys and data apart about as well as digest() does. */
static postern_status hmac(void *context, postern_digest algorithm, const void *key,
                           size_t key_len, const void *data, size_t len,
                           unsigned char *out)
{
    unsigned char outer[POSTERN_SHA512];

    (void)digest(context, algorithm, key, key_len, outer);
    (void)digest(context, algorithm, data, len, out);
    for (size_t i = 0; i < (size_t)algorithm; i++) {
        out[i] ^= outer[i];
    }
    return POSTERN_OK;
}

static postern_status verify(void *context, postern_str spki, postern_signature scheme,
                             postern_digest algorithm, postern_str data,
                             postern_str signature)
{
    (void)context;
    (void)spki;
    (void)scheme;
    (void)algorithm;
    (void)data;
    (void)signature;
    return POSTERN_OK;
}

static postern_status trust_new(void *context, const postern_str *anchors, size_t count,
                                size_t *bad, void **trust)
{
    (void)context;
    (void)anchors;
    (void)count;
    (void)bad;
    *trust = malloc(1); /* so that one which is not given back is a leak */
    return *trust == NULL ? POSTERN_NO_MEMORY : POSTERN_OK;
}

static void trust_free(void *context, void *trust)
{
    (void)context;
    free(trust);
}

static postern_status trust_verify(void *context, const void *trust,
                                   const postern_str *chain, size_t count,
                                   postern_path_observer observer, void *user)
{
    (void)context;
    (void)trust;
    (void)chain;
    (void)count;
    (void)observer;
    (void)user;
    return POSTERN_INVALID;
}

const postern_crypto *stub_crypto(void)
{
    static const postern_crypto table = {
        .size = sizeof table,
        .digest = digest,
        .verify = verify,
        .trust_new = trust_new,
        .trust_free = trust_free,
        .trust_verify = trust_verify,
        .hmac = hmac,
    };

    return &table;
}
