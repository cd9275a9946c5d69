/*
 * certificate/crl.h - a certificate revocation list (RFC 5280 section 5) that covers
 * everything its issuer has issued.
 *
 * What covers less, or speaks for other issuers, is refused rather than half
 * understood: delta and indirect CRLs, partitioned ones, unknown critical
 * extensions.
 */
#ifndef PST_CERTIFICATE_CRL_H
#define PST_CERTIFICATE_CRL_H

#include "certificate/algorithm.h"
#include "certificate/serials.h"

enum { PST_CRL_NUMBER_MAX = 20 };

/** The CRL number (RFC 5280 section 5.2.3), big-endian without leading zeros. */
typedef struct pst_crl_number {
    bool known; /* the CRL has one */
    unsigned char len;
    unsigned char bytes[PST_CRL_NUMBER_MAX];
} pst_crl_number;

/** A CRL. Strings are slices of its DER, the table is its own. */
typedef struct pst_crl {
    postern_str tbs;
    postern_str issuer; /* with its tag */
    postern_str signature;
    postern_str key_id; /* of the issuer's key as the CRL tells it, or empty */
    pst_signature_algorithm algorithm;
    int64_t this_update;
    int64_t next_update; /* last second in which it is fresh, when has_next_update */
    bool has_next_update;
    pst_crl_number number;
    pst_serials serials;
} pst_crl;

/**
 * Parses `der`, which must be exactly one CRL.
 *
 * @param out freed with pst_crl_free(), also after a failure
 * @param why receives the reason of a failure, unless it is lack of memory
 * @return POSTERN_OK; POSTERN_SYNTAX: malformed; POSTERN_UNSUPPORTED: well-formed,
 *         but not of the kind above; POSTERN_NO_MEMORY, POSTERN_LIMIT
 */
postern_status pst_crl_parse(const postern_allocator *alloc, postern_str der,
                             pst_crl *out, const char **why);

void pst_crl_free(const postern_allocator *alloc, pst_crl *crl);

/** Checks the signature with the key in `spki`. @return as postern_crypto.verify */
postern_status pst_crl_verify(const pst_crl *crl, const postern_crypto *crypto,
                              postern_str spki);

/** True when `serial` (contents of the INTEGER) is listed. What is listed is always
 *  found; for what is not, see serials.h. */
bool pst_crl_lists(const pst_crl *crl, postern_str serial);

/** True when `now` is not before thisUpdate nor after nextUpdate; a CRL without
 *  nextUpdate is never fresh. */
bool pst_crl_is_fresh(const pst_crl *crl, int64_t now);

/** <0, 0, >0: `crl` was issued before, with or after `other` of the same issuer as far
 *  as thisUpdate and, where both have one, the CRL number tell. Before when either is
 *  lower. */
int pst_crl_age(const pst_crl *crl, const pst_crl *other);

#endif
