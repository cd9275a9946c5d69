#include "gate/connection.h"

#include "certificate/facts.h"
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

const void *postern_connection_trust(const postern_connection *connection)
{
    const pst_registration *host;

    if (!connection->evidence.asked || connection->asking == NULL) {
        return NULL;
    }
    host = pst_policy_registration(connection->asking, pst_host_name(&connection->sni));
    return host == NULL ? NULL : pst_authority_trust(host->authority);
}

/* --- the handshake's facts ----------------------------------------------------- */

static postern_status copy_chain(postern_connection *connection,
                                 const postern_tls_info *info)
{
    const postern_limits *limits = &connection->scheme->options.limits;
    pst_arena *memory = &connection->evidence_memory;
    postern_str *chain;
    size_t bytes = 0;

    for (size_t i = 0; i < info->chain_count; i++) {
        if (info->chain[i].len > limits->chain_bytes - bytes) {
            return POSTERN_LIMIT;
        }
        bytes += info->chain[i].len;
    }
    if (info->chain_count > limits->chain_certificates) {
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

    if (info->path == NULL || info->path_count == 0 ||
        info->path_count > PST_PATH_MAX || info->chain_count == 0 ||
        !pst_str_same(info->path[0].certificate, info->chain[0])) {
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

/* --- what rules see ------------------------------------------------------------ */

static void put_string(postern_connection *connection, pst_field_id field,
                       postern_str text)
{
    connection->values[field].string = text;
}

static void put_basics(postern_connection *connection)
{
    const pst_evidence *evidence = &connection->evidence;
    pst_value *values = connection->values;

    memset(values, 0, sizeof connection->values);
    memcpy(connection->states, connection->scheme->unset, sizeof connection->states);
    values[PST_FIELD_SSL].boolean = evidence->tls;
    values[PST_FIELD_POSTERN_RESUMED].boolean =
        evidence->tls && !evidence->misused && !evidence->fresh;
    values[PST_FIELD_TLS_HELLO_LENGTH].integer = (int64_t)evidence->hello.length;
    put_string(connection, PST_FIELD_TLS_VERSION, evidence->version);
    put_string(connection, PST_FIELD_TLS_CIPHER, evidence->cipher);
    put_string(connection, PST_FIELD_TLS_CLIENT_RANDOM, evidence->hello.random);
    put_string(connection, PST_FIELD_TLS_CIPHERS_SHA1, evidence->hello.ciphers_sha1);
    put_string(connection, PST_FIELD_TLS_EXTENSIONS_SHA1,
               evidence->hello.extensions_sha1);
    put_string(connection, PST_FIELD_TLS_EXTENSIONS_SHA1_LE,
               evidence->hello.extensions_sha1_le);
    put_string(connection, PST_FIELD_POSTERN_SNI, pst_host_name(&connection->sni));
    put_string(connection, PST_FIELD_POSTERN_ALPN, evidence->alpn);
    put_string(connection, PST_FIELD_POSTERN_LISTENER, connection->listener);
    if (connection->has_peer) {
        values[PST_FIELD_POSTERN_PEER].ip = connection->peer;
        connection->states[PST_FIELD_POSTERN_PEER] = PST_SLOT_PRESENT;
    }
}

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

static void put_list(postern_connection *connection, pst_field_id field,
                     pst_text_list list)
{
    /* A string value and a postern_str are the same bytes, but not the same type. */
    pst_value *items =
        pst_arena_array(&connection->facts_memory, list.count, sizeof *items);

    if (items == NULL) {
        return;
    }
    for (size_t i = 0; i < list.count; i++) {
        items[i].string = list.items[i];
    }
    connection->values[field].array = (pst_array){items, list.count};
}

static void put_addresses(postern_connection *connection, pst_field_id field,
                          pst_address_list list)
{
    pst_value *items =
        pst_arena_array(&connection->facts_memory, list.count, sizeof *items);
    size_t count = 0;

    if (items == NULL) {
        return;
    }
    for (size_t i = 0; i < list.count; i++) {
        count += pst_ip_from_address(&list.items[i], &items[count].ip);
    }
    connection->values[field].array = (pst_array){items, count};
}

static void put_date(postern_connection *connection, pst_field_id field,
                     int64_t seconds)
{
    connection->values[field].integer = seconds;
    connection->states[field] = PST_SLOT_PRESENT;
}

static void put_facts(postern_connection *connection, const pst_facts *facts)
{
    const struct {
        pst_field_id field;
        postern_str text;
    } texts[] = {
        {PST_FIELD_CERT_SUBJECT_DN,         facts->subject_dn        },
        {PST_FIELD_CERT_ISSUER_DN,          facts->issuer_dn         },
        {PST_FIELD_CERT_SUBJECT_DN_RFC2253, facts->subject_dn_rfc2253},
        {PST_FIELD_CERT_ISSUER_DN_RFC2253,  facts->issuer_dn_rfc2253 },
        {PST_FIELD_CERT_SUBJECT_DN_LEGACY,  facts->subject_dn_legacy },
        {PST_FIELD_CERT_ISSUER_DN_LEGACY,   facts->issuer_dn_legacy  },
        {PST_FIELD_CERT_SERIAL,             facts->serial            },
        {PST_FIELD_CERT_ISSUER_SERIAL,      facts->issuer_serial     },
        {PST_FIELD_CERT_FINGERPRINT_SHA256, facts->fingerprint_sha256},
        {PST_FIELD_CERT_FINGERPRINT_SHA1,   facts->fingerprint_sha1  },
        {PST_FIELD_CERT_NOT_BEFORE,         facts->not_before        },
        {PST_FIELD_CERT_NOT_AFTER,          facts->not_after         },
        {PST_FIELD_CERT_SKI,                facts->ski               },
        {PST_FIELD_CERT_ISSUER_SKI,         facts->issuer_ski        },
        {PST_FIELD_CERT_RFC9440,            facts->rfc9440           },
        {PST_FIELD_CERT_CHAIN_RFC9440,      facts->chain_rfc9440     },
        {PST_FIELD_POSTERN_CERT_KEY_SHA256, facts->public_key_sha256 },
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        put_string(connection, texts[i].field, texts[i].text);
    }
    connection->values[PST_FIELD_CERT_RFC9440_TOO_LARGE].boolean =
        facts->rfc9440_too_large;
    connection->values[PST_FIELD_CERT_CHAIN_RFC9440_TOO_LARGE].boolean =
        facts->chain_rfc9440_too_large;
    put_list(connection, PST_FIELD_POSTERN_CERT_CN, facts->subject_cn);
    put_list(connection, PST_FIELD_POSTERN_CERT_SAN_DNS, facts->san_dns);
    put_list(connection, PST_FIELD_POSTERN_CERT_SAN_URI, facts->san_uri);
    put_list(connection, PST_FIELD_POSTERN_CERT_SAN_EMAIL, facts->san_email);
    put_addresses(connection, PST_FIELD_POSTERN_CERT_SAN_IP, facts->san_ip);
    if (facts->has_dates) {
        put_date(connection, PST_FIELD_POSTERN_CERT_NOT_BEFORE, facts->not_before_sec);
        put_date(connection, PST_FIELD_POSTERN_CERT_NOT_AFTER, facts->not_after_sec);
    }
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
                           NULL, &judgement);
    } else {
        status = pst_judge_chain(host->authority, evidence->chain,
                                 evidence->chain_count, now, NULL, &judgement);
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
    put_facts(connection, &facts);
    connection->values[PST_FIELD_CERT_PRESENTED].boolean = true;
    connection->values[PST_FIELD_CERT_VERIFIED].boolean = judgement.verified;
    connection->values[PST_FIELD_CERT_REVOKED].boolean = judgement.revoked;
    put_string(connection, PST_FIELD_POSTERN_CERT_REASON,
               pst_reason_text(judgement.reason));
    connection->dated = true;
    connection->from = judgement.from;
    connection->until = judgement.until;
    return connection->facts_memory.status;
}

/* Unix seconds, or negative. */
static int64_t now_seconds(const postern_connection *connection)
{
    const postern_options *options = &connection->scheme->options;
    const int64_t now = options->clock(options->clock_user);

    return now < 0 ? -1 : now / 1000;
}

static postern_status judge(postern_connection *connection)
{
    const pst_registration *host =
        connection->sni_seen ? pst_policy_registration(connection->policy,
                                                       pst_host_name(&connection->sni))
                             : NULL;
    const pst_reason reason = absence(connection, host);
    postern_status status = POSTERN_OK;

    pst_arena_reset(&connection->facts_memory);
    put_basics(connection);
    connection->dated = false;
    if (reason != PST_REASON_OK) {
        put_string(connection, PST_FIELD_POSTERN_CERT_REASON, pst_reason_text(reason));
    } else {
        const int64_t now = now_seconds(connection);
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
        const int64_t now = now_seconds(connection);
        if (now < 0) {
            return POSTERN_CLOCK;
        }
        connection->judged = connection->from <= now && now < connection->until;
    }
    return connection->judged ? POSTERN_OK : judge(connection);
}
