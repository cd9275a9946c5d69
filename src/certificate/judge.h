/*
 * certificate/judge.h - is this client certificate good, by the rules of this
 * library, and how long does that answer hold?
 *
 * The TLS library contributes the path and its objections (signatures); dates,
 * usages, constraints, key identifiers, key and digest profile and revocation are
 * judged here, from the DER of each certificate on the path. Nothing is assumed:
 * what cannot be read is malformed, and malformed is not verified.
 */
#ifndef PST_CERTIFICATE_JUDGE_H
#define PST_CERTIFICATE_JUDGE_H

#include "certificate/authority.h"

typedef enum pst_reason {
#define REASON(name, word) PST_REASON_##name,
#include "certificate/reason.def"
#undef REASON
} pst_reason;

/** The word rules see; never empty. */
postern_str pst_reason_text(pst_reason reason);

/** The longest path that is judged, leaf and anchor included. */
enum { PST_PATH_MAX = 10 };

typedef struct pst_judgement {
    bool verified; /* also true when revoked is the only flaw, as at Cloudflare */
    bool revoked;  /* only together with verified */
    pst_reason reason;
    bool has_issuer;    /* `issuer` was really found on the path */
    postern_str issuer; /* DER of the leaf's issuer; borrowed from the path */
    /* The judgement holds while from <= now < until (Unix seconds): it must be made
     * again when a date on the path or of a CRL in use is crossed. */
    int64_t from;
    int64_t until;
} pst_judgement;

/**
 * Judges `path` (leaf first, as built against pst_authority_trust()).
 *
 * @param count 0: no path could be built (untrusted-issuer)
 * @param now   Unix seconds
 * @param out   zeroed first: a failure is never verified
 * @return POSTERN_OK, whatever the judgement says; POSTERN_CRYPTO when a signature
 *         could not be checked; POSTERN_NO_MEMORY
 */
postern_status pst_judge(const pst_authority *authority, const postern_path_step *path,
                         size_t count, int64_t now, pst_judgement *out);

/**
 * Builds the path of `chain` (leaf first) with the crypto table and judges it.
 * The judgement's issuer is copied into `arena`-owned memory by the caller, if it
 * needs it: it points into `chain` or into the authority.
 */
postern_status pst_judge_chain(const pst_authority *authority, const postern_str *chain,
                               size_t count, int64_t now, pst_judgement *out);

#endif
