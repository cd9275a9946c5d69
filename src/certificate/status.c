/*
 * status.c - OpenSSL's error texts for postern's reasons.
 *
 * For a chain that nobody vouches for OpenSSL tells how far it came: it looks for each
 * certificate's issuer by name and key identifier, first among the anchors, then among
 * what was sent. That walk is made again here.
 */
#include "certificate/status.h"

#include "certificate/algorithm.h"
#include "certificate/anchors.h"
#include "support/text.h"

#define FAILED(text) ((postern_str)POSTERN_STR("FAILED:" text))

/* Where the walk from the leaf upwards ended. */
typedef struct climb {
    size_t length;        /* certificates up to the last one, the leaf included */
    bool anchored;        /* an anchor bears the last one's issuer's name */
    bool self_issued;     /* the last one names itself as its issuer */
    bool unfit;           /* an issuer on the way is no CA */
    bool too_many;        /* below an issuer that limits how many may be */
    pst_certificate last; /* at hand */
} climb;

/* As X509_check_issued() sees it, without the signature. */
static bool may_have_issued(const pst_certificate *issuer,
                            const pst_certificate *certificate)
{
    return pst_str_same(issuer->subject, certificate->issuer) &&
           (certificate->aki_key.len == 0 || issuer->ski.len == 0 ||
            pst_str_same(certificate->aki_key, issuer->ski));
}

static bool has_anchor(const pst_authority *authority, const climb *at)
{
    for (size_t i = 0; i < authority->anchor_count; i++) {
        if (may_have_issued(&authority->anchors[i].certificate, &at->last)) {
            return true;
        }
    }
    return false;
}

/* Takes a certificate that was sent and may have issued the last one as the next. */
static bool step_up(climb *at, const postern_str *chain, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        pst_certificate next;
        const char *why;

        if (!pst_certificate_parse(chain[i], &next) ||
            !may_have_issued(&next, &at->last)) {
            continue;
        }
        /* Between this one and the leaf there are length - 1 others. */
        at->unfit = at->unfit || !pst_issuer_is_fit(&next, &why);
        at->too_many =
            at->too_many || (next.has_path_length && at->length - 1 > next.path_length);
        at->last = next;
        at->length++;
        return true;
    }
    return false;
}

static postern_str untrusted(const pst_authority *authority, const postern_str *chain,
                             size_t count)
{
    climb at = {.length = 1};

    if (count == 0 || !pst_certificate_parse(chain[0], &at.last)) {
        return FAILED("certificate rejected");
    }
    do {
        at.anchored = has_anchor(authority, &at);
        at.self_issued = pst_is_self_issued(&at.last);
    } while (!at.anchored && !at.self_issued && at.length < PST_PATH_MAX &&
             step_up(&at, chain, count));
    if (at.unfit) {
        return FAILED("invalid CA certificate");
    }
    if (at.too_many) {
        return FAILED("path length constraint exceeded");
    }
    if (at.length == PST_PATH_MAX) {
        return FAILED("certificate chain too long");
    }
    if (at.anchored) {
        return FAILED("certificate signature failure");
    }
    if (at.length == 1) {
        return at.self_issued ? FAILED("self signed certificate")
                              : FAILED("unable to verify the first certificate");
    }
    return at.self_issued ? FAILED("self signed certificate in certificate chain")
                          : FAILED("unable to get local issuer certificate");
}

static postern_str malformed(const postern_str *chain, size_t count)
{
    pst_certificate certificate;

    for (size_t i = 0; i < count; i++) {
        if (pst_certificate_parse(chain[i], &certificate) &&
            certificate.has_unknown_critical) {
            return FAILED("unhandled critical extension");
        }
    }
    return FAILED("certificate rejected");
}

static postern_str weak_key(const postern_str *chain, size_t count)
{
    pst_certificate leaf;

    if (count > 0 && pst_certificate_parse(chain[0], &leaf) &&
        pst_key_is_strong(leaf.spki)) {
        return FAILED("CA certificate key too weak");
    }
    return FAILED("EE certificate key too weak");
}

postern_str pst_certificate_status(pst_reason reason, const pst_authority *authority,
                                   const postern_str *chain, size_t count)
{
    switch (reason) {
    case PST_REASON_NOT_EVALUATED:
    case PST_REASON_HOST_NOT_REGISTERED:
    case PST_REASON_NOT_ASKED:
    case PST_REASON_RESUMED:
    case PST_REASON_NONE:
        break;
    case PST_REASON_MALFORMED:
        return malformed(chain, count);
    case PST_REASON_UNTRUSTED_ISSUER:
        return untrusted(authority, chain, count);
    case PST_REASON_NAME_CONSTRAINTS:
        return FAILED("unsupported name constraint type");
    case PST_REASON_WEAK_SIGNATURE:
        return FAILED("CA signature digest algorithm too weak");
    case PST_REASON_WEAK_KEY:
        return weak_key(chain, count);
    case PST_REASON_WRONG_USAGE:
        return FAILED("unsupported certificate purpose");
    case PST_REASON_KEY_ID_MISMATCH:
        return FAILED("authority and subject key identifier mismatch");
    case PST_REASON_NOT_YET_VALID:
        return FAILED("certificate is not yet valid");
    case PST_REASON_EXPIRED:
        return FAILED("certificate has expired");
    case PST_REASON_CRL_MISSING:
        return FAILED("unable to get certificate CRL");
    case PST_REASON_CRL_EXPIRED:
        return FAILED("CRL has expired");
    case PST_REASON_REVOKED:
    case PST_REASON_OK:
        return (postern_str)POSTERN_STR("SUCCESS");
    }
    return (postern_str)POSTERN_STR("NONE");
}

postern_str pst_certificate_status_of_word(postern_str word)
{
    for (unsigned i = PST_REASON_MALFORMED; i <= PST_REASON_CRL_EXPIRED; i++) {
        const pst_reason reason = (pst_reason)i;

        if (pst_str_same(pst_reason_text(reason), word)) {
            return reason == PST_REASON_UNTRUSTED_ISSUER
                       ? FAILED("unable to get local issuer certificate")
                       : pst_certificate_status(reason, NULL, NULL, 0);
        }
    }
    return FAILED("certificate rejected");
}
