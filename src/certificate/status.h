/*
 * certificate/status.h - a verdict in the words of Cloudflare's certificate status.
 *
 * Those are "SUCCESS", "NONE", and "FAILED:" with what BoringSSL's
 * X509_verify_cert_error_string() says ("self signed" without a hyphen). For people
 * and logs: nothing is decided by them. A reason says what is wrong; which text that
 * is may depend on what the client sent, and is found out by names alone.
 */
#ifndef PST_CERTIFICATE_STATUS_H
#define PST_CERTIFICATE_STATUS_H

#include "certificate/judge.h"

/** The status of a chain that was judged by `authority`. Both may be absent (NULL; NULL, 0)
 *  with a reason why nothing was judged.
 *  Static text, never empty. Cost: parses the chain, a few times when nobody vouches
 *  for it. */
postern_str pst_certificate_status(pst_reason reason, const pst_authority *authority,
                                   const postern_str *chain, size_t count);

/** The usual status of a certificate that is not verified, when all that is known is a
 *  word of reason.def. Never "SUCCESS" or "NONE". */
postern_str pst_certificate_status_of_word(postern_str word);

#endif
