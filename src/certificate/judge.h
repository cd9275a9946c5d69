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
    bool has_issuer;    /* `issuer` has issued the leaf beyond doubt, verified or not */
    postern_str issuer; /* its DER; borrowed from the path or the authority */
    /* The judgement holds while from <= now < until (Unix seconds): it must be made
     * again when a date on the path or of a CRL in use is crossed. */
    int64_t from;
    int64_t until;
} pst_judgement;

/**
 * Judges `path` (leaf first, as built against pst_authority_trust()). Its end must be
 * one of the authority's anchors, or have the name and key of one: then the
 * authority's own certificate is judged in its place.
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
 * Builds the path of `chain` (leaf first) with the crypto table and judges it. Of
 * certificates sent twice one is looked at; more than 32 different ones are an
 * untrusted issuer. The judgement's issuer points into what `chain` points to, or
 * into the authority, never into the crypto table's copy. Its window is also bounded
 * by the dates of certificates that are not on the path, since they may be on it
 * then. @return as pst_judge()
 */
postern_status pst_judge_chain(const pst_authority *authority, const postern_str *chain,
                               size_t count, int64_t now, pst_judgement *out);

#endif
