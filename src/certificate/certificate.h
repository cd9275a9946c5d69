/*
 * certificate/certificate.h - one X.509 certificate, taken apart into slices of
 * its DER.
 *
 * Parsing is structure only: it says what a certificate states, never whether it
 * may be believed (judge.h does). What RFC 5280 forbids is malformed: extensions
 * before version 3, the same extension twice, trailing bytes, dates that do not
 * exist, different signature algorithms inside and outside, critical key identifiers.
 */
#ifndef PST_CERTIFICATE_CERTIFICATE_H
#define PST_CERTIFICATE_CERTIFICATE_H

#include "certificate/algorithm.h"

/* Beyond these a certificate is malformed, so that no work on one grows out of
 * proportion to its size. */
enum { PST_EXTENSIONS_MAX = 64, PST_ALT_NAMES_MAX = 1024 };

/* Bits of keyUsage (RFC 5280 section 4.2.1.3): bit 0 is the highest of byte 0. */
enum {
    PST_USAGE_DIGITAL_SIGNATURE = 0x80,
    PST_USAGE_CERT_SIGN = 0x04,
    PST_USAGE_CRL_SIGN = 0x02
};

/** What subjectAltName and authorityKeyIdentifier list (RFC 5280 section 4.2.1.6). */
enum {
    PST_ALT_EMAIL = 0x81,
    PST_ALT_DNS = 0x82,
    PST_ALT_DIRECTORY = 0xa4,
    PST_ALT_URI = 0x86,
    PST_ALT_IP = 0x87
};

/** A certificate. Strings are slices of `raw`; names and keys keep their tag. An
 *  empty string: the certificate does not say. */
typedef struct pst_certificate {
    postern_str raw;
    postern_str tbs; /* what is signed */
    postern_str serial;
    postern_str issuer;
    postern_str subject;
    postern_str spki;
    postern_str signature;
    pst_signature_algorithm algorithm;
    unsigned version; /* 1 to 3 */
    int64_t not_before;
    int64_t not_after; /* the last second in which it is valid */

    postern_str extensions; /* the list, without its tags; well-formed */
    postern_str alt_names;  /* GeneralNames, checked by the parser */
    postern_str ski;
    postern_str aki_key;
    postern_str aki_issuer; /* GeneralNames */
    postern_str aki_serial;
    unsigned key_usage;   /* first byte of the bits */
    unsigned path_length; /* when has_path_length */
    bool has_key_usage;
    bool has_extended_usage;
    bool usage_client;      /* extended usages list clientAuth */
    bool usage_server;      /* ... and serverAuth */
    bool usage_any;         /* ... and anyExtendedKeyUsage */
    bool has_authority_key; /* an authorityKeyIdentifier, which may be empty */
    bool is_ca;             /* basicConstraints says so */
    bool has_path_length;
    bool has_name_constraints;
    bool has_unknown_critical; /* an extension nobody here understands is critical */
} pst_certificate;

/** Parses `der`, which must be exactly one certificate. @return false: malformed */
bool pst_certificate_parse(postern_str der, pst_certificate *out);

/** True when `bits` of keyUsage are set, or there is no keyUsage. */
bool pst_certificate_allows(const pst_certificate *certificate, unsigned bits);

/** True when issuer and subject have the same name, whoever signed. */
bool pst_is_self_issued(const pst_certificate *certificate);

/** Reads an extension's OID, critical flag and contents. */
bool pst_extension_take(postern_str *rest, postern_str *oid, bool *critical,
                        postern_str *contents);

/** True when the OID is 2.5.29.`number`: the arc of the standard extensions. */
bool pst_extension_is(postern_str oid, unsigned number);

#endif
