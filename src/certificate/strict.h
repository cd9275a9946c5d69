/*
 * certificate/strict.h - what RFC 5280 forbids CAs to issue, and the CA/Browser
 * Forum's baseline forbids for servers, and which is issued all the same.
 *
 * No attack is known that rests on any of it, and the certificates that small CAs make
 * with a few lines of openssl often break some: therefore the gate does not ask. Who
 * connects to servers of the public web may. Only what the judge lets pass otherwise
 * is looked at here.
 */
#ifndef PST_CERTIFICATE_STRICT_H
#define PST_CERTIFICATE_STRICT_H

#include "certificate/certificate.h"

/** Where on its path a certificate stands. */
typedef enum pst_place { PST_PLACE_LEAF, PST_PLACE_MIDDLE, PST_PLACE_ANCHOR } pst_place;

/**
 * True when `certificate` keeps to this:
 *  - a serial number from 1 to 20 octets of ones, but on anchors,
 *  - an RSA modulus of whole octets,
 *  - key identifiers: the issuer's on all but anchors, which have their own if they are
 *    self-issued and have one; the subject's on CAs,
 *  - basicConstraints and policyConstraints critical, alternative names when there is
 *    no subject and only then,
 *  - no anyExtendedKeyUsage on a leaf, where the extension is not critical, and no
 *    extended usages on an anchor,
 *  - well-formed authorityInfoAccess.
 */
bool pst_is_strict(const pst_certificate *certificate, pst_place place);

/** True when each common name of the subject is one of the DNS names or addresses, to
 *  the letter (addresses as RFC 5952 writes them), so that nobody who shows common
 *  names shows another host. A host name passes where there is no DNS name but
 *  wildcards to compare it with. */
bool pst_common_names_agree(const pst_certificate *certificate);

#endif
