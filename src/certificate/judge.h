/*
 * certificate/judge.h - is this certificate good, by the rules of this library, and
 * how long does that answer hold?
 *
 * A path and what is wrong with its signatures come from the TLS library during a
 * handshake, or from chain.c, which builds one from what a peer sent. Dates,
 * usages, constraints, key identifiers, key and digest profile and revocation are
 * judged here, from the DER of each certificate on the path. Nothing is assumed:
 * what cannot be read is malformed, and malformed is not verified.
 */
#ifndef PST_CERTIFICATE_JUDGE_H
#define PST_CERTIFICATE_JUDGE_H

#include "certificate/authority.h"
#include "certificate/peer.h"

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

/** What a certificate is wanted for. */
typedef enum pst_purpose { PST_PURPOSE_CLIENT, PST_PURPOSE_SERVER } pst_purpose;

/** What is expected of a path beyond what holds for every one. */
typedef struct pst_expectation {
    pst_purpose purpose;
    const pst_peer *peer; /* the name the leaf must have; NULL: any */
    bool has_depth;       /* at most `depth` intermediates that are not self-issued */
    unsigned depth;
    bool strict; /* refuse what CAs must not issue, but some do: see strict.h */
} pst_expectation;

/**
 * Judges `path` (leaf first, as built against pst_authority_trust()). Its end must be
 * one of the authority's anchors, or have the name and key of one: then the
 * authority's own certificate is judged in its place.
 *
 * @param count    0: no path could be built (untrusted-issuer)
 * @param now      Unix seconds
 * @param expected NULL: a client, of any name. A certificate for another purpose or
 *                 with another name is of wrong-usage; a path that is too deep is one
 *                 of an untrusted issuer
 * @param out      zeroed first: a failure is never verified
 * @return POSTERN_OK, whatever the judgement says; POSTERN_CRYPTO when a signature
 *         could not be checked; POSTERN_NO_MEMORY
 */
postern_status pst_judge(const pst_authority *authority, const postern_path_step *path,
                         size_t count, int64_t now, const pst_expectation *expected,
                         pst_judgement *out);

/**
 * Builds the path of `chain` (leaf first), which anybody may have sent, and judges it.
 *
 * Before a signature is checked, everything is dropped that cannot be an issuer or
 * leads nowhere by its name, and what may then still be checked is counted: with more
 * than 32 different certificates, or 12 signatures beside the leaf's by anchors, it is
 * an untrusted issuer at once. (Thirteen with P-521 take about 50 ms.) Of several paths
 * one is taken whose certificates are all valid now, if there is one. The judgement's
 * issuer points into what `chain` points to, or into the authority. Its window is also
 * bounded by the dates of certificates that are not on the path, since they may be on
 * it then. @return as pst_judge()
 */
postern_status pst_judge_chain(const pst_authority *authority, const postern_str *chain,
                               size_t count, int64_t now,
                               const pst_expectation *expected, pst_judgement *out);

/** True when the extended usages list `purpose`: anyExtendedKeyUsage does not. */
bool pst_purpose_is_listed(const pst_certificate *certificate, pst_purpose purpose);

/** True when an issuer's extended usages, if there are any, include `purpose`. */
bool pst_issuer_is_for(const pst_certificate *issuer, pst_purpose purpose);

/** True unless a certificate says of its issuer's key what is not so of `issuer`. */
bool pst_key_id_agrees(const pst_certificate *certificate,
                       const pst_certificate *issuer);

/** Ends a judgement where the validity of `certificate` begins or ends. */
void pst_judgement_bound(pst_judgement *judgement, const pst_certificate *certificate,
                         int64_t now);

#endif
