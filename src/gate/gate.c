#include "gate/gate.h"

#include "certificate/status.h"
#include "gate/connection.h"
#include "support/alloc.h"
#include "support/text.h"

postern_status postern_gate_new(const postern_policy *policy, postern_gate **out)
{
    postern_gate *gate;

    *out = NULL;
    if (policy == NULL) {
        return POSTERN_INVALID;
    }
    gate = pst_alloc_zeroed(policy->body->scheme->options.allocator, sizeof *gate);
    if (gate == NULL) {
        return POSTERN_NO_MEMORY;
    }
    gate->scheme = pst_scheme_use(policy->body->scheme);
    gate->current = pst_policy_use(policy);
    atomic_init(&gate->generation, policy->generation);
    atomic_flag_clear(&gate->lock);
    *out = gate;
    return POSTERN_OK;
}

void postern_gate_free(postern_gate *gate)
{
    postern_scheme *scheme;

    if (gate == NULL) {
        return;
    }
    scheme = gate->scheme;
    postern_policy_release(gate->current);
    pst_free(scheme->options.allocator, gate, sizeof *gate);
    postern_scheme_free(scheme);
}

/* Held for a handful of instructions, and only when the policy changes. */
static void lock(postern_gate *gate)
{
    while (atomic_flag_test_and_set_explicit(&gate->lock, memory_order_acquire)) {
    }
}

static void unlock(postern_gate *gate)
{
    atomic_flag_clear_explicit(&gate->lock, memory_order_release);
}

const postern_policy *postern_gate_acquire(postern_gate *gate)
{
    const postern_policy *policy;

    lock(gate);
    policy = pst_policy_use(gate->current);
    unlock(gate);
    return policy;
}

postern_status postern_gate_replace(postern_gate *gate, const postern_policy *policy)
{
    const postern_policy *old;

    if (policy == NULL) {
        return POSTERN_INVALID;
    }
    if (policy->body->scheme != gate->scheme) {
        return POSTERN_STATE;
    }
    (void)pst_policy_use(policy);
    lock(gate);
    old = gate->current;
    gate->current = policy;
    atomic_store_explicit(&gate->generation, policy->generation, memory_order_release);
    unlock(gate);
    postern_policy_release(old);
    return POSTERN_OK;
}

static void release_kept(const void *policy)
{
    postern_policy_release(policy);
}

/* The verdict borrows from the policy: the request keeps it alive. Usually it has
 * it already. */
static void keep_policy(postern_request *request, const postern_policy *policy)
{
    if (request->kept != policy) {
        pst_request_keep(request, pst_policy_use(policy), release_kept);
    }
}

/* SNI and Host must name one host wherever either is registered. One that was
 * registered since the handshake has asked nobody: only a new one can show a
 * certificate.
 *
 * A connection is usually asked for the host that its SNI named: what the policy says of
 * that one was looked up when the connection was judged, by this very policy or one that
 * shares its body with it. */
static const char *misdirected(const postern_connection *connection, postern_str host,
                               pst_standing *standing)
{
    const bool same = connection->evidence.tls && connection->sni_seen &&
                      pst_str_same(pst_host_name(&connection->sni), host);

    *standing =
        same ? connection->standing : pst_policy_standing(connection->policy, host);
    if (!same && standing->registration != NULL) {
        return "the host asks for client certificates, and the handshake did not name it";
    }
    if (!same && connection->sni_seen && connection->standing.registration != NULL) {
        return "the handshake named another host, which asks for client certificates";
    }
    if (same && !connection->evidence.asked && standing->registration != NULL) {
        return "the host asks for client certificates since the handshake was made";
    }
    return standing->served ? NULL : "this host is not served here";
}

static void decide(postern_request *request, postern_connection *connection,
                   postern_verdict *verdict)
{
    const postern_policy *policy = connection->policy;
    const pst_connection_fields fields = {connection->judgement, connection->values,
                                          connection->states, connection->has_peer,
                                          connection->peer};
    const postern_status status = pst_request_seal(request, &fields, true);
    const postern_str host = pst_host_name(&request->head.host);
    pst_standing standing;
    const char *problem;

    verdict->generation = policy->generation;
    if (status != POSTERN_OK) {
        pst_refuse_fault(verdict, policy, status, "the request could not be prepared");
        return;
    }
    verdict->certificate_status = connection->status;
    if (request->head.problem != NULL) {
        verdict->certificate_reason =
            connection->values[PST_FIELD_POSTERN_CERT_REASON].string;
        pst_refuse(verdict, POSTERN_BAD_REQUEST, 400, true, request->head.problem);
        return;
    }
    problem = misdirected(connection, host, &standing);
    if (problem != NULL) {
        (void)pst_verdict_describe(request, verdict);
        pst_refuse(verdict, POSTERN_MISDIRECTED, 421, true, problem);
        return;
    }
    pst_policy_decide(policy, request, standing.registration, verdict);
}

/* Why `request` cannot be judged by `gate` at all, or NULL. */
static const char *misuse(const postern_gate *gate, const postern_request *request)
{
    if (request->simulated) {
        return "a simulated request is never let in";
    }
    if (request->connection == NULL || !request->has_head) {
        return "the request is not bound to a connection";
    }
    if (request->connection->gate != gate || request->scheme != gate->scheme) {
        return "the request belongs to another gate";
    }
    return request->poison == POSTERN_OK ? NULL : "the request is incomplete";
}

void postern_gate_evaluate(postern_gate *gate, postern_request *request,
                           postern_verdict *verdict)
{
    const char *wrong;
    postern_status status;

    pst_clear(verdict, sizeof *verdict); /* POSTERN_NOT_EVALUATED */
    if (gate == NULL || request == NULL) {
        pst_refuse_fault(verdict, NULL, POSTERN_STATE, "nothing to evaluate");
        return;
    }
    wrong = misuse(gate, request);
    if (wrong != NULL) {
        pst_request_keep(request, postern_gate_acquire(gate), release_kept);
        pst_refuse_fault(
            verdict, request->kept,
            request->poison == POSTERN_OK ? POSTERN_STATE : request->poison, wrong);
        return;
    }
    status = pst_connection_refresh(request->connection);
    keep_policy(request, request->connection->policy);
    if (status != POSTERN_OK) {
        pst_refuse_fault(verdict, request->connection->policy, status,
                         "the client certificate could not be judged");
        return;
    }
    decide(request, request->connection, verdict);
}

/* What a simulated request says of its certificate. */
static postern_str simulated_status(const postern_request *request)
{
    const pst_value *values = request->values;
    const postern_str reason = values[PST_FIELD_POSTERN_CERT_REASON].string;

    if (!values[PST_FIELD_CERT_PRESENTED].boolean) {
        return pst_certificate_status(PST_REASON_NONE, NULL, NULL, 0);
    }
    return values[PST_FIELD_CERT_VERIFIED].boolean
               ? pst_certificate_status(PST_REASON_OK, NULL, NULL, 0)
               : pst_certificate_status_of_word(reason);
}

void postern_policy_evaluate(const postern_policy *policy, postern_request *request,
                             postern_verdict *verdict)
{
    postern_status status = POSTERN_STATE;
    pst_standing standing;

    pst_clear(verdict, sizeof *verdict); /* POSTERN_NOT_EVALUATED */
    if (policy == NULL || request == NULL) {
        pst_refuse_fault(verdict, policy, POSTERN_STATE, "nothing to evaluate");
        return;
    }
    if (request->simulated && request->scheme == policy->body->scheme) {
        status = pst_request_seal(request, NULL, true);
    }
    keep_policy(request, policy);
    verdict->generation = policy->generation;
    if (status != POSTERN_OK) {
        pst_refuse_fault(
            verdict, policy, status,
            request->simulated
                ? "the request could not be prepared"
                : "only simulated requests are evaluated without a connection");
        return;
    }
    verdict->certificate_status = simulated_status(request);
    if (request->has_head && request->head.problem != NULL) {
        pst_refuse(verdict, POSTERN_BAD_REQUEST, 400, true, request->head.problem);
        return;
    }
    standing = pst_policy_standing(policy, request->values[PST_FIELD_HOST].string);
    if (request->has_head && !standing.served) {
        (void)pst_verdict_describe(request, verdict);
        pst_refuse(verdict, POSTERN_MISDIRECTED, 421, true,
                   "this host is not served here");
        return;
    }
    pst_policy_decide(policy, request, standing.registration, verdict);
}
