/*
 * crl.h - the body of a certificate revocation list, version 2 (RFC 5280, section 5).
 */
#ifndef CA_CRL_H
#define CA_CRL_H

#include "der.h"
#include "index.h"

typedef struct ca_crl {
    ca_bytes algorithm;     /**< of the signature */
    ca_bytes issuer;        /**< with its tag, copied as it is */
    ca_bytes issuer_key_id; /**< of the issuer's key */
    int64_t this_update;
    int64_t next_update;
    const ca_index *index; /**< whose revoked entries and number it gets */
} ca_crl;

/** Adds the TBSCertList. It names every certificate that was ever revoked, also those
 *  that have ended since. */
void ca_crl_put(const ca_crl *crl, ca_der *out);

/** Reads issuer, with its tag, and number of a CRL, and nothing else of it. A number
 *  that is larger than all others is UINT64_MAX.
 *  @return false when it is none, or has no number */
bool ca_crl_read(ca_bytes der, ca_bytes *issuer, uint64_t *number);

#endif
