/*
 * postern/gate.h - the gate: the policy in force, and the one call that decides
 * about a request on a real connection.
 */
#ifndef POSTERN_GATE_H
#define POSTERN_GATE_H

#include <postern/connection.h>
#include <postern/policy.h>
#include <postern/request.h>
#include <postern/verdict.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The current policy. Any threads use it at once. */
typedef struct postern_gate postern_gate;

/**
 * Makes a gate.
 *
 * @param policy the gate takes its own reference
 * @param out    receives the gate, freed with postern_gate_free() after every
 *               connection made from it; NULL on failure
 * @retval POSTERN_OK, POSTERN_NO_MEMORY, POSTERN_INVALID (no policy)
 */
POSTERN_API postern_status postern_gate_new(const postern_policy *policy,
                                            postern_gate **out);

/** Frees `gate`. NULL is fine. */
POSTERN_API void postern_gate_free(postern_gate *gate);

/** The policy in force; never NULL. Give it back with postern_policy_release(). */
POSTERN_API const postern_policy *postern_gate_acquire(postern_gate *gate);

/**
 * Puts another policy in force. Requests evaluated from now on are judged by it,
 * also on connections that are open already; verdicts handed out stay valid.
 *
 * @param policy of the same scheme; the gate takes its own reference
 * @retval POSTERN_OK
 * @retval POSTERN_STATE   another scheme; nothing changed
 * @retval POSTERN_INVALID no policy; nothing changed
 */
POSTERN_API postern_status postern_gate_replace(postern_gate *gate,
                                                const postern_policy *policy);

/**
 * Loads a policy and puts it in force, all or nothing: hosts, CAs, CRLs, lists and rules
 * change together, between two requests. When it cannot be loaded, the old one stays.
 * The same as postern_policy_load() with `source->previous` set to the policy in force,
 * and postern_gate_replace().
 *
 * @param source as for postern_policy_load(); its `previous` is ignored
 * @param report as there
 * @return as postern_policy_load(); on failure nothing changed
 *
 * Thread-safe, also against itself: the last one to finish loading stays in force.
 * Requests are judged meanwhile, in other threads, by the old policy. Cost: that of
 * postern_policy_load(); for a host whose CA and CRL files have not changed only their
 * digests are made.
 */
POSTERN_API postern_status postern_gate_reload(postern_gate *gate,
                                               const postern_source *source,
                                               postern_report *report);

/**
 * Decides about `request`, in this order:
 *
 *  1. the head: no Host, two, malformed, or different from an absolute target;
 *     a path that cannot be normalised: 400
 *  2. the host: SNI and Host differ and one of them is registered, or the Host is
 *     neither registered nor in `plain_hosts`, or it was registered after the handshake
 *     so that nobody was asked (`not-asked`): 421, close
 *  3. the certificate: judged anew when the policy or the time demands it; revoked
 *     and the host says `"revoked": "block"`: 403; none or not verified and the host
 *     says `"require": true`: 403. A host that requires closes in both cases
 *  4. the rules, in order
 *
 * Whatever cannot be decided (no memory, no clock, a request that is simulated,
 * poisoned, unbound or bound to a connection of another gate) is a fault: the
 * policy's `on_fault` says how it is refused.
 *
 * @param request begun on a connection of this gate
 * @param verdict receives the answer; never NULL
 *
 * Thread-safe for different connections. Takes no lock unless the policy changed
 * since the connection was last judged.
 */
POSTERN_API void postern_gate_evaluate(postern_gate *gate, postern_request *request,
                                       postern_verdict *verdict);

#ifdef __cplusplus
}
#endif

#endif
