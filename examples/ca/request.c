/* request.c - mbedTLS reads requests but never checks who signed them. */
#include "request.h"

#include "name.h"
#include "spki.h"

#include <mbedtls/md.h>

/* The parts of a request, and what its signature is about. */
typedef struct parts {
    ca_bytes body; /* what was signed */
    ca_bytes algorithm;
    ca_bytes signature;
} parts;

/* AlgorithmIdentifiers, whole. */
static const struct {
    ca_bytes algorithm;
    mbedtls_pk_type_t key;
    mbedtls_md_type_t digest;
} signatures[] = {
    {CA_BYTES_INIT("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"),
     MBEDTLS_PK_ECDSA, MBEDTLS_MD_SHA256},
    {CA_BYTES_INIT("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"),
     MBEDTLS_PK_ECDSA, MBEDTLS_MD_SHA384},
    {CA_BYTES_INIT("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04"),
     MBEDTLS_PK_ECDSA, MBEDTLS_MD_SHA512},
    {CA_BYTES_INIT("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00"),
     MBEDTLS_PK_RSA,   MBEDTLS_MD_SHA256},
    {CA_BYTES_INIT("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c\x05\x00"),
     MBEDTLS_PK_RSA,   MBEDTLS_MD_SHA384},
    {CA_BYTES_INIT("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d\x05\x00"),
     MBEDTLS_PK_RSA,   MBEDTLS_MD_SHA512},
};

enum { SIGNATURES = sizeof signatures / sizeof signatures[0] };

static bool split(ca_bytes der, parts *out)
{
    ca_tlv all;
    ca_tlv part;

    if (!ca_der_take(&der, CA_DER_SEQUENCE, &all) || der.len != 0 ||
        !ca_der_take(&all.contents, CA_DER_SEQUENCE, &part)) {
        return false;
    }
    out->body = part.whole;
    if (!ca_der_take(&all.contents, CA_DER_SEQUENCE, &part)) {
        return false;
    }
    out->algorithm = part.whole;
    if (!ca_der_take(&all.contents, CA_DER_BIT_STRING, &part) ||
        all.contents.len != 0 || part.contents.len < 2 || part.contents.data[0] != 0) {
        return false;
    }
    out->signature = (ca_bytes){part.contents.data + 1, part.contents.len - 1};
    return true;
}

/* version 1, subject, key, [0] attributes, which may be missing though they must not */
static bool read_body(ca_bytes body, ca_request *out)
{
    ca_tlv all;
    ca_tlv part;

    if (!ca_der_take(&body, CA_DER_SEQUENCE, &all) ||
        !ca_der_take(&all.contents, CA_DER_INTEGER, &part) ||
        !ca_bytes_same(part.contents, CA_BYTES("\0")) ||
        !ca_der_take(&all.contents, CA_DER_SEQUENCE, &part)) {
        return false;
    }
    out->subject = part.whole;
    if (!ca_der_take(&all.contents, CA_DER_SEQUENCE, &part)) {
        return false;
    }
    out->spki = part.whole;
    out->has_attributes = ca_der_take(&all.contents, CA_DER_CONTEXT_MADE + 0, &part) &&
                          part.contents.len > 0;
    return all.contents.len == 0;
}

/* @return NULL, or what is wrong with the signature */
static const char *check_signature(const parts *of, mbedtls_pk_context *key)
{
    unsigned char digest[MBEDTLS_MD_MAX_SIZE];

    for (size_t i = 0; i < SIGNATURES; i++) {
        const mbedtls_md_info_t *md = mbedtls_md_info_from_type(signatures[i].digest);

        if (!ca_bytes_same(of->algorithm, signatures[i].algorithm) || md == NULL) {
            continue;
        }
        if (!mbedtls_pk_can_do(key, signatures[i].key)) {
            return "it is signed with another kind of key than its own";
        }
        if (mbedtls_md(md, of->body.data, of->body.len, digest) != 0 ||
            mbedtls_pk_verify(key, signatures[i].digest, digest,
                              mbedtls_md_get_size(md), of->signature.data,
                              of->signature.len) != 0) {
            return "its signature is wrong: who made it does not have its key, or it "
                   "was changed";
        }
        return NULL;
    }
    return "it is not signed with ECDSA or RSA (PKCS #1) and SHA-256, -384 or -512";
}

bool ca_request_read(ca_bytes der, const char *place, ca_request *out,
                     ca_problem *problem)
{
    mbedtls_pk_context key;
    const char *why;
    parts of;

    *out = (ca_request){.has_attributes = false};
    if (der.len > CA_REQUEST_MAX || !split(der, &of) || !read_body(of.body, out)) {
        return ca_fail(problem, place, NULL, "this is no certificate request");
    }
    if (!ca_name_check(out->subject)) {
        return ca_fail(problem, place, "rules tell clients apart by their subjects",
                       "its subject is empty or malformed");
    }
    mbedtls_pk_init(&key);
    why = ca_spki_read(out->spki, &key);
    if (why == NULL) {
        why = check_signature(&of, &key);
    }
    mbedtls_pk_free(&key);
    return why == NULL ||
           ca_fail(problem, place, NULL, "the request is refused: %s", why);
}
