#include "gate/connection.h"

#include "certificate/status.h"
#include "gate/fields.h"
#include "gate/gate.h"
#include "support/alloc.h"
#include "support/text.h"

/* Nothing is presented on this connection from now on. */
static void distrust(postern_connection *connection)
{
    pst_evidence *evidence = &connection->evidence;

    evidence->misused = true;
    evidence->chain = NULL;
    evidence->chain_count = 0;
    evidence->path = NULL;
    evidence->path_count = 0;
    connection->judged = false;
}

postern_status postern_connection_new(postern_gate *gate, const postern_address *peer,
                                      postern_str listener, postern_connection **out)
{
    const postern_allocator *alloc;
    postern_connection *connection;

    *out = NULL;
    if (gate == NULL) {
        return POSTERN_STATE;
    }
    alloc = gate->scheme->options.allocator;
    connection = pst_alloc_zeroed(alloc, sizeof *connection);
    if (connection == NULL) {
        return POSTERN_NO_MEMORY;
    }
    if (!pst_str_copy(alloc, listener, &connection->listener)) {
        pst_free(alloc, connection, sizeof *connection);
        return POSTERN_NO_MEMORY;
    }
    connection->gate = gate;
    connection->scheme = pst_scheme_use(gate->scheme);
    connection->has_peer = peer != NULL && pst_ip_from_address(peer, &connection->peer);
    /* Both are bounded by what they are made from: the chain's limit, the
     * ClientHello, and the certificate texts that derive from the chain. */
    pst_arena_init(&connection->evidence_memory, alloc, (size_t)16 << 20);
    pst_arena_init(&connection->facts_memory, alloc, (size_t)16 << 20);
    *out = connection;
    return POSTERN_OK;
}

void postern_connection_free(postern_connection *connection)
{
    const postern_allocator *alloc;

    if (connection == NULL) {
        return;
    }
    alloc = connection->scheme->options.allocator;
    postern_connection_set_adapter(connection, NULL, NULL);
    postern_policy_release(connection->policy);
    postern_policy_release(connection->asking);
    pst_arena_free(&connection->evidence_memory);
    pst_arena_free(&connection->facts_memory);
    pst_str_free(alloc, &connection->listener);
    postern_scheme_free(connection->scheme);
    pst_free(alloc, connection, sizeof *connection);
}

void postern_connection_set_adapter(postern_connection *connection, void *state,
                                    void (*free_state)(void *state))
{
    if (connection->adapter != NULL && connection->adapter != state &&
        connection->free_adapter != NULL) {
        connection->free_adapter(connection->adapter);
    }
    connection->adapter = state;
    connection->free_adapter = free_state;
}

void *postern_connection_adapter(const postern_connection *connection)
{
    return connection->adapter;
}

const postern_allocator *postern_connection_allocator(
    const postern_connection *connection)
{
    return connection->scheme->options.allocator;
}

postern_status postern_connection_on_sni(postern_connection *connection,
                                         postern_str name, bool *ask_for_certificate)
{
    pst_evidence *evidence = &connection->evidence;
    pst_host host;

    *ask_for_certificate = false;
    if (evidence->tls) {
        distrust(connection);
        return POSTERN_STATE;
    }
    /* Whoever goes on with the handshake all the same finds nobody who is known. */
    if (!pst_host_normalise(name, PST_HOST_BARE, &host) ||
        (connection->sni_seen &&
         !pst_str_same(pst_host_name(&host), pst_host_name(&connection->sni)))) {
        distrust(connection);
        return POSTERN_INVALID;
    }
    if (!connection->sni_seen) {
        connection->sni = host;
        connection->sni_seen = true;
        connection->judged = false;
        connection->asking = postern_gate_acquire(connection->gate);
        evidence->trust = connection->asking->body->trust;
        evidence->asked =
            pst_policy_registration(connection->asking, pst_host_name(&host)) != NULL;
    }
    *ask_for_certificate = evidence->asked;
    return POSTERN_OK;
}

postern_str postern_connection_sni(const postern_connection *connection)
{
    return pst_host_name(&connection->sni);
}

/* --- while the handshake runs --------------------------------------------------- */

/* The host that was asked for, as the policy had it that asked; NULL when there is
 * none, or the handshake is over. */
static const pst_registration *asking_host(const postern_connection *connection)
{
    if (!connection->evidence.asked || connection->evidence.misused ||
        connection->asking == NULL) {
        return NULL;
    }
    return pst_policy_registration(connection->asking, pst_host_name(&connection->sni));
}

const void *postern_connection_trust(const postern_connection *connection)
{
    const pst_registration *host = asking_host(connection);

    return host == NULL ? NULL : pst_authority_trust(host->authority);
}

bool postern_connection_requires_certificate(const postern_connection *connection)
{
    const pst_registration *host = asking_host(connection);

    return host != NULL && host->require;
}

static bool is_too_large(const postern_limits *limits, const postern_str *chain,
                         size_t count)
{
    size_t bytes = 0;

    for (size_t i = 0; i < count; i++) {
        if (chain[i].len > limits->chain_bytes - bytes) {
            return true;
        }
        bytes += chain[i].len;
    }
    return count > limits->chain_certificates;
}

/* A path of another leaf than the client showed is none. */
static bool is_path_of(const postern_path_step *path, size_t path_count,
                       const postern_str *chain, size_t chain_count)
{
    return path != NULL && path_count > 0 &&
           (chain_count == 0 || pst_str_same(path[0].certificate, chain[0]));
}

static postern_status judge_shown(const postern_connection *connection,
                                  const pst_registration *host,
                                  const postern_str *chain, size_t chain_count,
                                  const postern_path_step *path, size_t path_count,
                                  pst_judgement *out)
{
    const int64_t now = pst_scheme_seconds(connection->scheme);

    *out = (pst_judgement){.reason = PST_REASON_NONE};
    if (is_too_large(&connection->scheme->options.limits, chain, chain_count)) {
        return POSTERN_LIMIT;
    }
    if (now < 0) {
        return POSTERN_CLOCK;
    }
    if (is_path_of(path, path_count, chain, chain_count)) {
        return pst_judge(host->authority, path, path_count, now, &host->expected, out);
    }
    if (chain_count > 0) {
        return pst_judge_chain(host->authority, chain, chain_count, now,
                               &host->expected, out);
    }
    return POSTERN_OK;
}

postern_status postern_connection_accepts(postern_connection *connection,
                                          const postern_str *chain, size_t chain_count,
                                          const postern_path_step *path,
                                          size_t path_count, bool *accepted)
{
    const pst_registration *host = asking_host(connection);
    pst_judgement judgement;
    postern_status status;

    *accepted = false;
    connection->refusal = pst_reason_text(PST_REASON_NOT_EVALUATED);
    if (host == NULL) {
        return POSTERN_STATE;
    }
    if (chain == NULL && chain_count > 0) {
        return POSTERN_INVALID;
    }
    status =
        judge_shown(connection, host, chain, chain_count, path, path_count, &judgement);
    if (status != POSTERN_OK) {
        return status;
    }
    *accepted = judgement.verified && !(judgement.revoked && host->block_revoked);
    connection->refusal =
        *accepted ? (postern_str){NULL, 0} : pst_reason_text(judgement.reason);
    return POSTERN_OK;
}

postern_str postern_connection_refusal(const postern_connection *connection)
{
    return connection->refusal;
}

/* --- the handshake's facts ----------------------------------------------------- */

static postern_status copy_chain(postern_connection *connection,
                                 const postern_tls_info *info)
{
    pst_arena *memory = &connection->evidence_memory;
    postern_str *chain;

    if (is_too_large(&connection->scheme->options.limits, info->chain,
                     info->chain_count)) {
        return POSTERN_LIMIT;
    }
    chain = pst_arena_array(memory, info->chain_count, sizeof *chain);
    if (chain == NULL) {
        return memory->status;
    }
    for (size_t i = 0; i < info->chain_count; i++) {
        if (!pst_arena_copy(memory, info->chain[i], &chain[i])) {
            return memory->status;
        }
    }
    connection->evidence.chain = chain;
    connection->evidence.chain_count = info->chain_count;
    return POSTERN_OK;
}

/* A path that is too long to be judged is not kept, nor one of another leaf than the
 * client showed: the gate then builds its own. */
static postern_status copy_path(postern_connection *connection,
                                const postern_tls_info *info)
{
    pst_arena *memory = &connection->evidence_memory;
    postern_path_step *path;

    if (info->chain_count == 0 || info->path_count > PST_PATH_MAX ||
        !is_path_of(info->path, info->path_count, info->chain, info->chain_count)) {
        return POSTERN_OK;
    }
    path = pst_arena_array(memory, info->path_count, sizeof *path);
    if (path == NULL) {
        return memory->status;
    }
    for (size_t i = 0; i < info->path_count; i++) {
        path[i].objections = info->path[i].objections;
        if (!pst_arena_copy(memory, info->path[i].certificate, &path[i].certificate)) {
            return memory->status;
        }
    }
    connection->evidence.path = path;
    connection->evidence.path_count = info->path_count;
    return POSTERN_OK;
}

static postern_status copy_text(postern_connection *connection, postern_str text,
                                postern_str *out)
{
    return pst_arena_copy(&connection->evidence_memory, text, out)
               ? POSTERN_OK
               : connection->evidence_memory.status;
}

static postern_status copy_info(postern_connection *connection,
                                const postern_tls_info *info)
{
    pst_evidence *evidence = &connection->evidence;
    postern_status status = copy_text(connection, info->version, &evidence->version);

    if (status == POSTERN_OK) {
        status = copy_text(connection, info->cipher, &evidence->cipher);
    }
    if (status == POSTERN_OK) {
        status = copy_text(connection, info->alpn, &evidence->alpn);
    }
    if (status == POSTERN_OK) {
        status = pst_hello_read(&connection->evidence_memory,
                                connection->scheme->options.crypto, info->client_hello,
                                &evidence->hello);
    }
    if (status == POSTERN_OK && info->fresh && evidence->asked) {
        status = copy_chain(connection, info);
        if (status == POSTERN_OK) {
            status = copy_path(connection, info);
        }
    }
    return status;
}

postern_status postern_connection_set_tls(postern_connection *connection,
                                          const postern_tls_info *info)
{
    pst_evidence *evidence = &connection->evidence;
    postern_status status;

    postern_policy_release(connection->asking);
    connection->asking = NULL;
    connection->judged = false;
    if (evidence->tls) {
        distrust(connection);
        return POSTERN_STATE;
    }
    evidence->tls = true;
    if (info == NULL || info->size < sizeof *info ||
        (info->chain == NULL && info->chain_count > 0)) {
        distrust(connection);
        return POSTERN_INVALID;
    }
    evidence->fresh = info->fresh;
    status = copy_info(connection, info);
    if (status != POSTERN_OK) {
        distrust(connection);
    }
    return status;
}

/* --- the judgement ------------------------------------------------------------- */

/* Why there is nothing to judge; PST_REASON_OK when there is. */
static pst_reason absence(const postern_connection *connection,
                          const pst_registration *host)
{
    const pst_evidence *evidence = &connection->evidence;

    if (evidence->misused) {
        return PST_REASON_NOT_EVALUATED;
    }
    if (!evidence->tls || host == NULL) {
        return PST_REASON_HOST_NOT_REGISTERED;
    }
    if (!evidence->asked) {
        return PST_REASON_NOT_ASKED;
    }
    if (!evidence->fresh) {
        return PST_REASON_RESUMED;
    }
    return evidence->chain_count == 0 ? PST_REASON_NONE : PST_REASON_OK;
}

/* Why the certificate is what it is, in our word and in Cloudflare's. */
static void tell(postern_connection *connection, pst_reason reason,
                 const pst_registration *host)
{
    const pst_evidence *evidence = &connection->evidence;

    connection->values[PST_FIELD_POSTERN_CERT_REASON].string = pst_reason_text(reason);
    connection->status =
        pst_certificate_status(reason, host == NULL ? NULL : host->authority,
                               evidence->chain, evidence->chain_count);
}

/* The certificate, judged by the current registration of the host that asked. */
static postern_status judge_certificate(postern_connection *connection,
                                        const pst_registration *host, int64_t now)
{
    const pst_evidence *evidence = &connection->evidence;
    const bool same_policy = evidence->trust == connection->policy->body->trust;
    pst_judgement judgement;
    pst_facts facts;
    postern_status status;

    if (same_policy && evidence->path != NULL) {
        status = pst_judge(host->authority, evidence->path, evidence->path_count, now,
                           &host->expected, &judgement);
    } else {
        status =
            pst_judge_chain(host->authority, evidence->chain, evidence->chain_count,
                            now, &host->expected, &judgement);
    }
    if (status != POSTERN_OK) {
        return status;
    }
    connection->facts_memory.status = POSTERN_OK;
    status = pst_facts_make(&connection->facts_memory,
                            connection->scheme->options.crypto, evidence->chain,
                            evidence->chain_count, judgement.issuer, &facts);
    if (status != POSTERN_OK) {
        return status;
    }
    pst_connection_put_facts(connection, &facts);
    connection->values[PST_FIELD_CERT_PRESENTED].boolean = true;
    connection->values[PST_FIELD_CERT_VERIFIED].boolean = judgement.verified;
    connection->values[PST_FIELD_CERT_REVOKED].boolean = judgement.revoked;
    tell(connection, judgement.reason, host);
    connection->dated = true;
    connection->from = judgement.from;
    connection->until = judgement.until;
    return connection->facts_memory.status;
}

static postern_status judge(postern_connection *connection)
{
    const pst_registration *host;
    pst_reason reason;
    postern_status status = POSTERN_OK;

    connection->standing =
        connection->sni_seen
            ? pst_policy_standing(connection->policy, pst_host_name(&connection->sni))
            : (pst_standing){NULL, false};
    host = connection->standing.registration;
    reason = absence(connection, host);
    connection->judgement = pst_scheme_number_judgement(connection->scheme);
    pst_arena_reset(&connection->facts_memory);
    pst_connection_put_basics(connection);
    connection->dated = false;
    if (reason != PST_REASON_OK) {
        tell(connection, reason, host);
    } else {
        const int64_t now = pst_scheme_seconds(connection->scheme);
        status = now < 0 ? POSTERN_CLOCK : judge_certificate(connection, host, now);
    }
    connection->judged = status == POSTERN_OK;
    return status;
}

/* Another policy is another judgement, unless only its lists are others. */
static void take_policy(postern_connection *connection)
{
    const postern_policy *old = connection->policy;

    connection->policy = postern_gate_acquire(connection->gate);
    if (old == NULL || old->body != connection->policy->body) {
        connection->judged = false;
    }
    postern_policy_release(old);
}

postern_status pst_connection_refresh(postern_connection *connection)
{
    const uint64_t generation =
        atomic_load_explicit(&connection->gate->generation, memory_order_acquire);

    if (connection->policy == NULL || connection->policy->generation != generation) {
        take_policy(connection);
    }
    if (connection->judged && connection->dated) {
        const int64_t now = pst_scheme_seconds(connection->scheme);
        if (now < 0) {
            return POSTERN_CLOCK;
        }
        connection->judged = connection->from <= now && now < connection->until;
    }
    return connection->judged ? POSTERN_OK : judge(connection);
}
