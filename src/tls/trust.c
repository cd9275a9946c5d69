#include "trust.h"

#include <mbedtls/asn1.h>
#include <mbedtls/bignum.h>
#include <string.h>

/* Chain building tries every certificate with the right name at every level: a
 * message full of them once cost seconds. More than a path can hold is no use. */
#define CHAIN_MAX ((size_t)PST_TLS_PATH_MAX)

struct pst_tls_trust {
    const char *tag; /* trust_tag: made here */
    mbedtls_x509_crt anchors;
};

static const char trust_tag[] = "postern trust";

/* Certificates name an elliptic key ECKEY and a signature made with it ECDSA. */
const mbedtls_x509_crt_profile pst_tls_profile = {
    .allowed_mds = MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA256) |
                   MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA384) |
                   MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA512),
    .allowed_pks = MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_RSA) |
                   MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_RSASSA_PSS) |
                   MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_ECKEY) |
                   MBEDTLS_X509_ID_FLAG(MBEDTLS_PK_ECDSA),
    .allowed_curves = MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP256R1) |
                      MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP384R1) |
                      MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP521R1),
    .rsa_min_bitlen = 2048,
};

const pst_tls_trust *pst_tls_trust_cast(const void *pointer)
{
    const pst_tls_trust *trust = pointer;

    return trust != NULL && trust->tag == trust_tag ? trust : NULL;
}

mbedtls_x509_crt *pst_tls_trust_anchors(const pst_tls_trust *trust)
{
    return pst_tls_unconst(&trust->anchors);
}

static postern_str der_of(const mbedtls_x509_crt *certificate)
{
    return (postern_str){(const char *)certificate->raw.p, certificate->raw.len};
}

bool pst_tls_trust_has(const pst_tls_trust *trust, postern_str certificate)
{
    const mbedtls_x509_crt *anchor;

    for (anchor = &trust->anchors; anchor != NULL; anchor = anchor->next) {
        if (postern_str_equal(der_of(anchor), certificate)) {
            return true;
        }
    }
    return false;
}

uint32_t pst_tls_unjudged(uint32_t flags)
{
    const uint32_t judged_by_postern =
        MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE |
        MBEDTLS_X509_BADCERT_REVOKED | MBEDTLS_X509_BADCERT_KEY_USAGE |
        MBEDTLS_X509_BADCERT_EXT_KEY_USAGE | MBEDTLS_X509_BADCERT_NS_CERT_TYPE |
        MBEDTLS_X509_BADCRL_NOT_TRUSTED | MBEDTLS_X509_BADCRL_EXPIRED |
        MBEDTLS_X509_BADCRL_FUTURE | MBEDTLS_X509_BADCRL_BAD_MD |
        MBEDTLS_X509_BADCRL_BAD_PK | MBEDTLS_X509_BADCRL_BAD_KEY;

    return flags & ~judged_by_postern;
}

uint32_t pst_tls_objections(uint32_t flags)
{
    const uint32_t weak_signature =
        MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK;
    uint32_t objections = 0;

    flags = pst_tls_unjudged(flags);
    if ((flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) != 0) {
        objections |= POSTERN_OBJECTION_UNTRUSTED;
    }
    if ((flags & weak_signature) != 0) {
        objections |= POSTERN_OBJECTION_WEAK_SIGNATURE;
    }
    if ((flags & MBEDTLS_X509_BADCERT_BAD_KEY) != 0) {
        objections |= POSTERN_OBJECTION_WEAK_KEY;
    }
    flags &= ~(weak_signature | MBEDTLS_X509_BADCERT_NOT_TRUSTED |
               MBEDTLS_X509_BADCERT_BAD_KEY);
    if (flags != 0) {
        objections |= POSTERN_OBJECTION_OTHER;
    }
    return objections;
}

/* An error code of mbedTLS is the sum of a high-level one (a multiple of 0x80) and
 * a low-level one. Its parser of RSA keys loses the low one of a number that it had no
 * memory for: alone, the high one may mean that, and is no answer. Otherwise it would
 * mean an even modulus or a bad exponent; faults of syntax have a low-level code. */
postern_status pst_tls_failure(int rc, postern_status otherwise)
{
    int low = -(-rc & 0x7F);
    int high = rc - low;

    if (rc == MBEDTLS_ERR_PK_INVALID_PUBKEY) {
        return POSTERN_CRYPTO;
    }
    if (high == MBEDTLS_ERR_X509_ALLOC_FAILED || high == MBEDTLS_ERR_PK_ALLOC_FAILED ||
        high == MBEDTLS_ERR_MD_ALLOC_FAILED || high == MBEDTLS_ERR_ECP_ALLOC_FAILED ||
        low == MBEDTLS_ERR_ASN1_ALLOC_FAILED || low == MBEDTLS_ERR_MPI_ALLOC_FAILED) {
        return POSTERN_NO_MEMORY;
    }
    return otherwise;
}

/* Adds one certificate to `list`, whose last one is `*last`. DER has one length:
 * bytes after the certificate make it unacceptable. */
static int append(mbedtls_x509_crt *list, mbedtls_x509_crt **last, postern_str der)
{
    int rc = mbedtls_x509_crt_parse_der(list, (const unsigned char *)der.data, der.len);

    if (rc != 0) {
        return rc;
    }
    if ((*last)->next != NULL) {
        *last = (*last)->next;
    }
    return (*last)->raw.len == der.len ? 0 : MBEDTLS_ERR_X509_INVALID_FORMAT;
}

/* RSA keys of mbedTLS remember a helper value when they are first used. Without
 * MBEDTLS_THREADING_C nothing guards that, so each is used once before anybody
 * shares it; that the signature is wrong does not matter. */
static void use_once(mbedtls_pk_context *key)
{
    unsigned char signature[MBEDTLS_MPI_MAX_SIZE] = {0};
    const unsigned char hash[32] = {0};
    size_t len = mbedtls_pk_get_len(key);

    if (mbedtls_pk_get_type(key) == MBEDTLS_PK_RSA && len > 0 &&
        len <= sizeof signature) {
        signature[len - 1] = 1;
        (void)mbedtls_pk_verify(key, MBEDTLS_MD_SHA256, hash, sizeof hash, signature,
                                len);
    }
}

postern_status pst_tls_trust_new(void *context, const postern_str *anchors,
                                 size_t count, size_t *bad, void **trust)
{
    pst_tls_trust *made;
    mbedtls_x509_crt *last;
    mbedtls_x509_crt *anchor;
    size_t i;

    (void)context;
    if (!pst_tls_start()) {
        return POSTERN_CRYPTO;
    }
    if (count == 0) {
        *bad = 0;
        return POSTERN_INVALID;
    }
    /* The table has no allocator of its own: what it makes is made by mbedTLS. */
    made = mbedtls_calloc(1, sizeof *made);
    if (made == NULL) {
        return POSTERN_NO_MEMORY;
    }
    made->tag = trust_tag;
    mbedtls_x509_crt_init(&made->anchors);
    last = &made->anchors;
    for (i = 0; i < count; i++) {
        int rc = append(&made->anchors, &last, anchors[i]);

        if (rc != 0) {
            postern_status status = pst_tls_failure(rc, POSTERN_INVALID);

            if (status == POSTERN_INVALID) {
                *bad = i;
            }
            pst_tls_trust_free(NULL, made);
            return status;
        }
    }
    for (anchor = &made->anchors; anchor != NULL; anchor = anchor->next) {
        use_once(&anchor->pk);
    }
    *trust = made;
    return POSTERN_OK;
}

void pst_tls_trust_free(void *context, void *trust)
{
    pst_tls_trust *mine = trust;

    (void)context;
    if (mine != NULL) {
        mbedtls_x509_crt_free(&mine->anchors);
        mbedtls_free(mine);
    }
}

static bool seen_before(const postern_str *chain, size_t at)
{
    size_t i;

    for (i = 0; i < at; i++) {
        if (postern_str_equal(chain[i], chain[at])) {
            return true;
        }
    }
    return false;
}

/* Reads the leaf and what may help to build a path. As in a handshake, a further
 * certificate that cannot be parsed is passed over: nothing depends on it. */
static postern_status read_chain(mbedtls_x509_crt *list, const postern_str *chain,
                                 size_t count)
{
    mbedtls_x509_crt *last = list;
    postern_status status;
    size_t tried = 1;
    size_t i;
    int rc;

    if (count == 0) {
        return POSTERN_INVALID;
    }
    rc = append(list, &last, chain[0]);
    if (rc != 0) {
        return pst_tls_failure(rc, POSTERN_INVALID);
    }
    for (i = 1; i < count && tried < CHAIN_MAX; i++) {
        if (seen_before(chain, i)) {
            continue;
        }
        rc = append(list, &last, chain[i]);
        status = pst_tls_failure(rc, POSTERN_OK);
        if (status != POSTERN_OK) {
            return status;
        }
        tried++;
    }
    return POSTERN_OK;
}

/* Passes mbedTLS's view of each certificate on to the observer. */
typedef struct witness {
    postern_path_observer observer;
    void *user;
    bool stopped;
} witness;

static int on_certificate(void *user, mbedtls_x509_crt *certificate, int depth,
                          uint32_t *flags) /* NOLINT: the type is mbedTLS's */
{
    witness *w = user;
    postern_path_step step = {der_of(certificate), pst_tls_objections(*flags)};

    if (depth < 0 || !w->observer(w->user, (unsigned)depth, &step)) {
        w->stopped = true;
        return MBEDTLS_ERR_X509_FATAL_ERROR;
    }
    return 0;
}

postern_status pst_tls_trust_verify(void *context, const void *trust,
                                    const postern_str *chain, size_t count,
                                    postern_path_observer observer, void *user)
{
    const pst_tls_trust *anchors = pst_tls_trust_cast(trust);
    witness w = {observer, user, false};
    mbedtls_x509_crt list;
    postern_status status;
    uint32_t flags = 0;
    int rc;

    (void)context;
    if (anchors == NULL || !pst_tls_start()) {
        return POSTERN_CRYPTO;
    }
    mbedtls_x509_crt_init(&list);
    status = read_chain(&list, chain, count);
    if (status == POSTERN_OK) {
        rc = mbedtls_x509_crt_verify_with_profile(&list, pst_tls_trust_anchors(anchors),
                                                  NULL, &pst_tls_profile, NULL, &flags,
                                                  on_certificate, &w);
        if (w.stopped) {
            status = POSTERN_NO_MEMORY;
        } else if (rc != 0 && rc != MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) {
            status = pst_tls_failure(rc, POSTERN_INVALID);
        }
    }
    mbedtls_x509_crt_free(&list);
    return status;
}
