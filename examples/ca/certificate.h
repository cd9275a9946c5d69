/*
 * certificate.h - certificates: what is needed out of one, and the body of a new one.
 */
#ifndef CA_CERTIFICATE_H
#define CA_CERTIFICATE_H

#include "der.h"

#include <postern/base.h>

/** Pieces of a certificate, which they borrow. Names and the key have their tags. */
typedef struct ca_certificate {
    ca_bytes serial; /**< contents of the INTEGER */
    ca_bytes issuer;
    ca_bytes subject;
    ca_bytes spki;
    ca_bytes key_id; /**< of its own key (SKI); empty: none */
    int64_t not_before;
    int64_t not_after;
} ca_certificate;

/** Reads a certificate. @return false when it is none */
bool ca_certificate_read(ca_bytes der, ca_certificate *out);

/** An alternative name of the subject. */
typedef struct ca_alternative {
    unsigned char tag; /**< CA_NAME_EMAIL and so on */
    const char *text;
} ca_alternative;

enum { CA_NAME_EMAIL = 0x81, CA_NAME_DNS = 0x82, CA_NAME_URI = 0x86 };

/** What a new certificate says. */
typedef struct ca_body {
    bool authority;         /**< it may issue others: a CA of its own */
    ca_bytes serial;        /**< octets of a positive number */
    ca_bytes algorithm;     /**< of the signature */
    ca_bytes issuer;        /**< these three with their tags, and copied as they are */
    ca_bytes subject;       /**< " */
    ca_bytes spki;          /**< " */
    ca_bytes key_id;        /**< of spki */
    ca_bytes issuer_key_id; /**< of the issuer's key */
    int64_t not_before;
    int64_t not_after;
    const ca_alternative *alternatives;
    size_t alternative_count;
} ca_body;

/** Adds the TBSCertificate: version 3, with the extensions that its kind needs. */
void ca_body_put(const ca_body *body, ca_der *out);

/** Adds the AuthorityKeyIdentifier extension, which CRLs have, too. */
void ca_put_authority_key(ca_bytes key_id, ca_der *out);

/** Adds an extension of 2.5.29.`arc`, around everything added since. */
void ca_extension_close(unsigned char arc, bool critical, size_t since, ca_der *out);

#endif
