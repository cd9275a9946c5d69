/*
 * tests/openssl/sheet.h - every field of a client certificate as bytes, so that what the
 * gate shows to rules and what libcrypto says can be compared.
 *
 * Strings are their bytes, Booleans and numbers are digits, items of an array have their
 * length in front, addresses are their bytes; what is missing says so.
 */
#ifndef SHEET_H
#define SHEET_H

#include "must.h"

#include <openssl/x509.h>
#include <postern/expression.h>

/* The first four are the gate's own opinion; libcrypto has none. */
#define SHEET_MAP(X)                                                      \
    X(PRESENTED, "cf.tls_client_auth.cert_presented")                     \
    X(VERIFIED, "cf.tls_client_auth.cert_verified")                       \
    X(REVOKED, "cf.tls_client_auth.cert_revoked")                         \
    X(REASON, "postern.client_cert.reason")                               \
    X(SUBJECT_DN, "cf.tls_client_auth.cert_subject_dn")                   \
    X(ISSUER_DN, "cf.tls_client_auth.cert_issuer_dn")                     \
    X(SUBJECT_DN_RFC2253, "cf.tls_client_auth.cert_subject_dn_rfc2253")   \
    X(ISSUER_DN_RFC2253, "cf.tls_client_auth.cert_issuer_dn_rfc2253")     \
    X(SUBJECT_DN_LEGACY, "cf.tls_client_auth.cert_subject_dn_legacy")     \
    X(ISSUER_DN_LEGACY, "cf.tls_client_auth.cert_issuer_dn_legacy")       \
    X(SERIAL, "cf.tls_client_auth.cert_serial")                           \
    X(ISSUER_SERIAL, "cf.tls_client_auth.cert_issuer_serial")             \
    X(FINGERPRINT_SHA256, "cf.tls_client_auth.cert_fingerprint_sha256")   \
    X(FINGERPRINT_SHA1, "cf.tls_client_auth.cert_fingerprint_sha1")       \
    X(NOT_BEFORE, "cf.tls_client_auth.cert_not_before")                   \
    X(NOT_AFTER, "cf.tls_client_auth.cert_not_after")                     \
    X(SKI, "cf.tls_client_auth.cert_ski")                                 \
    X(ISSUER_SKI, "cf.tls_client_auth.cert_issuer_ski")                   \
    X(RFC9440, "cf.tls_client_auth.cert_rfc9440")                         \
    X(RFC9440_TOO_LARGE, "cf.tls_client_auth.cert_rfc9440_too_large")     \
    X(CHAIN_RFC9440, "cf.tls_client_auth.cert_chain_rfc9440")             \
    X(CHAIN_TOO_LARGE, "cf.tls_client_auth.cert_chain_rfc9440_too_large") \
    X(SUBJECT_CN, "postern.client_cert.subject_cn")                       \
    X(SAN_DNS, "postern.client_cert.san_dns")                             \
    X(SAN_URI, "postern.client_cert.san_uri")                             \
    X(SAN_EMAIL, "postern.client_cert.san_email")                         \
    X(SAN_IP, "postern.client_cert.san_ip")                               \
    X(NOT_BEFORE_SEC, "postern.client_cert.not_before_sec")               \
    X(NOT_AFTER_SEC, "postern.client_cert.not_after_sec")                 \
    X(PUBLIC_KEY_SHA256, "postern.client_cert.public_key_sha256")

enum {
#define X(name, field) SHEET_##name,
    SHEET_MAP(X)
#undef X
        SHEET_FIELDS,
    SHEET_FACTS = SHEET_SUBJECT_DN, /* the first that libcrypto knows */
    SHEET_BYTES = 1 << 18
};

typedef struct sheet {
    char bytes[SHEET_BYTES];
    size_t end[SHEET_FIELDS]; /* of each field; the next one starts there */
    size_t count;             /* fields written so far */
    size_t len;
} sheet;

/** Starts over. */
void sheet_clear(sheet *s);

/** Appends to the field that is being written, or ends it. */
void sheet_put(sheet *s, const void *bytes, size_t len);
void sheet_put_item(sheet *s, const void *bytes, size_t len);
void sheet_end(sheet *s);

postern_str sheet_get(const sheet *s, unsigned field);
bool sheet_is(const sheet *s, unsigned field, const char *text);
const char *sheet_name(unsigned field);

/** Fails the test, naming `what` and the field, when any from `first` on differs. */
void sheet_compare(const sheet *got, const sheet *expected, unsigned first,
                   const char *what);

/** Fills `s` with what rules see on `request`, which has been evaluated. */
typedef struct sheet_reader {
    postern_value_expression *fields[SHEET_FIELDS];
} sheet_reader;

void sheet_reader_open(sheet_reader *reader, const postern_scheme *scheme);
void sheet_reader_close(sheet_reader *reader);
void sheet_read(const sheet_reader *reader, postern_request *request, sheet *s);

/** Fills `s` with what libcrypto says.
 *  @param sent   the certificates after the leaf, as they were sent; may be NULL
 *  @param issuer who has issued the leaf, or NULL when that is not known */
void oracle_read(X509 *leaf, STACK_OF(X509) * sent, X509 *issuer, sheet *s);

/** Compares all facts with libcrypto's. Of the `issuers` one may have been found by the
 *  gate, and must have been when the certificate is verified.
 *  @param sent as above */
void oracle_compare(const sheet *seen, X509 *leaf, STACK_OF(X509) * sent,
                    STACK_OF(X509) * issuers, const char *what);

#endif
