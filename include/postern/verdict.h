/*
 * postern/verdict.h - the answer: may this request pass, and if not, what to
 * say. A zeroed verdict is a refusal.
 */
#ifndef POSTERN_VERDICT_H
#define POSTERN_VERDICT_H

#include <postern/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What decided. Everything but POSTERN_ALLOWED is a refusal. */
typedef enum postern_outcome {
    POSTERN_NOT_EVALUATED = 0, /**< nobody looked: refuse */
    POSTERN_FAULT = 1,         /**< the rules could not be evaluated; see `fault` */
    POSTERN_BAD_REQUEST = 2,   /**< 400: Host or path are malformed or ambiguous */
    POSTERN_MISDIRECTED = 3,   /**< 421: this connection may not ask for that host */
    POSTERN_REVOKED = 4,       /**< the host refuses revoked certificates, and this
                                    one is */
    POSTERN_BLOCKED = 5,       /**< a rule, or `"default": "block"` */
    POSTERN_ALLOWED = 6,       /**< pass */
    POSTERN_UNVERIFIED = 7     /**< the host says `"require": true`, and the certificate
                                    is missing or not verified */
} postern_outcome;

/** The actions of rules. */
typedef enum postern_action {
    POSTERN_ACTION_BLOCK = 1,
    POSTERN_ACTION_SKIP = 2,
    POSTERN_ACTION_LOG = 3
} postern_action;

/** A rule that matched. Strings are borrowed from the policy. */
typedef struct postern_rule_match {
    postern_str ref;
    postern_str description;
    postern_action action;
    bool log; /**< to be recorded: false for a skip rule with logging off */
} postern_rule_match;

/**
 * The answer to one request. Every pointer is borrowed and valid until the
 * request it came from begins again, is evaluated again or is freed.
 */
typedef struct postern_verdict {
    postern_outcome outcome;
    unsigned status;          /**< HTTP status to answer; 0 when allowed */
    bool close;               /**< close the connection after the answer; with status
                                   0 and a refusal: close without one */
    postern_str content_type; /**< of `body`; empty: the server's own page */
    postern_str body;         /**< the deciding rule's own response */
    postern_str phase;        /**< phase of the deciding rule */
    postern_str rule_ref; /**< ref of the rule that blocked, or of the skip that ended
                               the evaluation; empty: no rule decided */
    postern_str rule_description;
    const postern_rule_match *matches; /**< rules that matched, in order */
    size_t match_count;
    postern_str reason; /**< why, one sentence for logs; never empty on a refusal */
    postern_str certificate_reason; /**< `postern.client_cert.reason` */
    postern_str certificate_status; /**< the same in Cloudflare's words, for logs:
                                         "SUCCESS" (also when revoked), "NONE" when
                                         nothing was presented, for whatever reason, else
                                         "FAILED:" and OpenSSL's text for it, such as
                                         "FAILED:certificate has expired". Empty when it
                                         was not judged, which is a fault. Static text */
    postern_str host;         /**< normal form of the host; empty when there is none */
    postern_str target;       /**< normalised path and query: route on this one */
    const postern_str *strip; /**< header names to remove before forwarding */
    size_t strip_count;
    postern_status fault; /**< with POSTERN_FAULT: what failed */
    uint64_t generation;  /**< of the policy that decided; 0: none did */
} postern_verdict;

/** Whether the request may pass: the only way to open. False for NULL. */
POSTERN_API bool postern_verdict_allows(const postern_verdict *verdict);

/** The name of `outcome` for logs: "allowed", "blocked", ... Never NULL. */
POSTERN_API const char *postern_outcome_text(postern_outcome outcome);

/** The name of `action` as policies spell it: "block", "skip", "log". */
POSTERN_API const char *postern_action_text(postern_action action);

#ifdef __cplusplus
}
#endif

#endif
