#include "path.h"

#include "corpus.h"
#include "harness.h"

#include "certificate/certificate.h"
#include "support/text.h"

#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <stdlib.h>

enum { DEPTH_MAX = 16, FILES_MAX = 8 };

typedef struct anchors {
    postern_str *items;
    size_t count;
} anchors;

static const unsigned char *bytes_of(postern_str text)
{
    return (const unsigned char *)text.data;
}

static const mbedtls_md_info_t *digest_info(postern_digest algorithm)
{
    switch (algorithm) {
    case POSTERN_SHA1:
        return mbedtls_md_info_from_type(MBEDTLS_MD_SHA1);
    case POSTERN_SHA256:
        return mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
    case POSTERN_SHA384:
        return mbedtls_md_info_from_type(MBEDTLS_MD_SHA384);
    case POSTERN_SHA512:
        return mbedtls_md_info_from_type(MBEDTLS_MD_SHA512);
    }
    return NULL;
}

static postern_status digest(void *context, postern_digest algorithm, const void *data,
                             size_t len, unsigned char *out)
{
    (void)context;
    return mbedtls_md(digest_info(algorithm), data, len, out) == 0 ? POSTERN_OK
                                                                   : POSTERN_CRYPTO;
}

static bool holds(postern_str spki, pst_signature_algorithm algorithm, postern_str data,
                  postern_str signature)
{
    const mbedtls_md_info_t *info = digest_info(algorithm.digest);
    mbedtls_md_type_t md = mbedtls_md_get_type(info);
    mbedtls_pk_rsassa_pss_options pss = {md, MBEDTLS_RSA_SALT_LEN_ANY};
    mbedtls_pk_type_t type =
        algorithm.kind == PST_SIGNATURE_ECDSA ? MBEDTLS_PK_ECDSA : MBEDTLS_PK_RSA;
    unsigned char hash[64];
    mbedtls_pk_context key;
    bool good;

    mbedtls_pk_init(&key);
    good = mbedtls_pk_parse_public_key(&key, bytes_of(spki), spki.len) == 0 &&
           mbedtls_pk_can_do(&key, type) &&
           mbedtls_md(info, bytes_of(data), data.len, hash) == 0;
    if (good && algorithm.kind == PST_SIGNATURE_RSA_PSS) {
        good = mbedtls_pk_verify_ext(MBEDTLS_PK_RSASSA_PSS, &pss, &key, md, hash,
                                     algorithm.digest, bytes_of(signature),
                                     signature.len) == 0;
    } else if (good) {
        good = mbedtls_pk_verify(&key, md, hash, algorithm.digest, bytes_of(signature),
                                 signature.len) == 0;
    }
    mbedtls_pk_free(&key);
    return good;
}

static postern_status verify(void *context, postern_str spki, postern_signature scheme,
                             postern_digest algorithm, postern_str data,
                             postern_str signature)
{
    pst_signature_kind kind = scheme == POSTERN_SIGNATURE_RSA ? PST_SIGNATURE_RSA
                              : scheme == POSTERN_SIGNATURE_ECDSA
                                  ? PST_SIGNATURE_ECDSA
                                  : PST_SIGNATURE_RSA_PSS;

    (void)context;
    return holds(spki, (pst_signature_algorithm){kind, algorithm}, data, signature)
               ? POSTERN_OK
               : POSTERN_INVALID;
}

static void trust_free(void *context, void *trust)
{
    anchors *from = trust;

    (void)context;
    free(from->items);
    free(from);
}

static postern_status trust_new(void *context, const postern_str *certificates,
                                size_t count, size_t *bad, void **trust)
{
    anchors *made = malloc(sizeof *made);

    (void)context;
    (void)bad;
    if (made == NULL) {
        return POSTERN_NO_MEMORY;
    }
    made->count = count;
    made->items = malloc(count * sizeof *made->items);
    if (made->items == NULL) {
        free(made);
        return POSTERN_NO_MEMORY;
    }
    memcpy(made->items, certificates, count * sizeof *made->items);
    *trust = made;
    return POSTERN_OK;
}

/* A signature of a kind that nobody can check counts as good here. */
static bool issued(const pst_certificate *parent, const pst_certificate *child)
{
    return pst_str_same(parent->subject, child->issuer) &&
           (child->algorithm.kind == PST_SIGNATURE_REFUSED ||
            holds(parent->spki, child->algorithm, child->tbs, child->signature));
}

static bool find_parent(const postern_str *from, size_t count,
                        const pst_certificate *child, pst_certificate *out)
{
    for (size_t i = 0; i < count; i++) {
        if (!pst_str_same(from[i], child->raw) && pst_certificate_parse(from[i], out) &&
            issued(out, child)) {
            return true;
        }
    }
    return false;
}

static postern_status trust_verify(void *context, const void *trust,
                                   const postern_str *chain, size_t count,
                                   postern_path_observer observer, void *user)
{
    const anchors *known = trust;
    pst_certificate child;
    pst_certificate parent;

    (void)context;
    if (count == 0 || !pst_certificate_parse(chain[0], &child)) {
        return POSTERN_INVALID;
    }
    for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
        postern_path_step step = {child.raw, 0};
        bool anchored = find_parent(known->items, known->count, &child, &parent);

        if (!anchored && !find_parent(chain, count, &child, &parent)) {
            step.objections = POSTERN_OBJECTION_UNTRUSTED;
            return observer(user, depth, &step) ? POSTERN_OK : POSTERN_INVALID;
        }
        if (child.algorithm.kind == PST_SIGNATURE_REFUSED) {
            step.objections = POSTERN_OBJECTION_WEAK_SIGNATURE;
        }
        if (!observer(user, depth, &step)) {
            return POSTERN_INVALID;
        }
        if (anchored) {
            step = (postern_path_step){parent.raw, 0};
            return observer(user, depth + 1, &step) ? POSTERN_OK : POSTERN_INVALID;
        }
        child = parent;
    }
    return POSTERN_INVALID;
}

const postern_crypto *path_crypto(void)
{
    static const postern_crypto table = {
        .size = sizeof table,
        .digest = digest,
        .verify = verify,
        .trust_new = trust_new,
        .trust_free = trust_free,
        .trust_verify = trust_verify,
    };

    return &table;
}

postern_status path_load(const postern_allocator *alloc, const char *cas,
                         const char *crls, pst_revocation mode, pst_authority **out,
                         postern_report *report)
{
    pst_pem_file ca_files[FILES_MAX];
    pst_pem_file crl_files[FILES_MAX];
    size_t ca_count = corpus_files(cas, ca_files, FILES_MAX);
    size_t crl_count = corpus_files(crls, crl_files, FILES_MAX);

    return pst_authority_new(alloc, path_crypto(), ca_files, ca_count, crl_files,
                             crl_count, mode, NOW, out, report);
}

pst_authority *path_must_load(const char *cas, const char *crls, pst_revocation mode)
{
    pst_authority *authority;

    ck_assert_int_eq(path_load(NULL, cas, crls, mode, &authority, NULL), POSTERN_OK);
    return authority;
}
