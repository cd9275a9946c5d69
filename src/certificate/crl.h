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
#include "support/arena.h"

/** CRLNumber: how a CRL says which of two is the newer. */
typedef struct pst_crl_number {
    bool known; /* the CRL has one */
} pst_crl_number;

typedef struct pst_crl {
    postern_str tbs;
    postern_str issuer; /* with its tag */
    postern_str signature;
    pst_signature_algorithm algorithm;
    int64_t this_update;
    int64_t next_update; /* last second in which it is fresh, when has_next_update */
    bool has_next_update;
    pst_crl_number number;
    const postern_str *serials; /* sorted by pst_str_order() */
    size_t count;
} pst_crl;

/**
 * Parses `der`, which must be exactly one CRL and outlive `out`. The table of serial
 * numbers is the arena's.
 *
 * @param why receives the reason of a failure, unless it is lack of memory
 * @return POSTERN_OK; POSTERN_SYNTAX: malformed; POSTERN_UNSUPPORTED: well-formed,
 *         but not of the kind above; POSTERN_NO_MEMORY or POSTERN_LIMIT of the arena
 */
postern_status pst_crl_parse(pst_arena *arena, postern_str der, pst_crl *out,
                             const char **why);

/** Checks the signature with the key in `spki`. @return as postern_crypto.verify */
postern_status pst_crl_verify(const pst_crl *crl, const postern_crypto *crypto,
                              postern_str spki);

/** True when `serial` (contents of the INTEGER) is listed. Logarithmic. */
bool pst_crl_lists(const pst_crl *crl, postern_str serial);

/** True when `now` is not before thisUpdate nor after nextUpdate; a CRL without
 *  nextUpdate is never fresh. */
bool pst_crl_is_fresh(const pst_crl *crl, int64_t now);

#endif
