/*
 * tls/handshake.c - one handshake, and what it proved.
 *
 * A certificate is handed to the connection only if, in this very handshake, the
 * connection asked for one, mbedTLS showed its leaf to the verify callback (which
 * it does not when it resumes a session), the handshake then returned 0 (only
 * then has the client proved that it holds the key) and the peer's certificate is
 * byte for byte what was shown. mbedtls_ssl_get_verify_result() is not asked: it
 * says 0 in several cases where nothing was verified.
 *
 * A host may require a good certificate. In TLS 1.2 mbedTLS then ends a handshake
 * without one, or with one that the connection does not accept: dates, usages and CRLs
 * are postern's to judge there too, so mbedTLS's own opinion of them is taken out. In
 * TLS 1.3, where the client is done before it is judged, the end is ours: an alert
 * that mbedTLS sends before its own end is encrypted with a key that the client uses
 * no more. What is accepted is judged again by the gate, for each request.
 *
 * The context gets our callbacks for as long as postern_mbedtls_handshake() runs
 * and not a moment longer. So nothing in it points to a connection that was freed,
 * and whoever drives the handshake in another way finds nobody who asks.
 */
#include "cipher.h"
#include "client_hello.h"
#include "compat.h"
#include "handshake.h"
#include "leaf.h"
#include "memory.h"
#include "trust.h"

#include <postern/mbedtls.h>
#include <string.h>

typedef enum phase {
    PHASE_OPEN,    /* to be started, or continued after WANT_READ */
    PHASE_RUNNING, /* inside mbedtls_ssl_handshake() */
    PHASE_DONE,
    PHASE_FAILED
} phase;

/* A certificate of the path as the verify callback saw it; our own copy. */
typedef struct seen_certificate {
    unsigned char *der; /* NULL: this depth was not seen */
    size_t len;
    uint32_t objections;
} seen_certificate;

/* What attach() adds to a connection. */
typedef struct handshake {
    const char *tag; /* handshake_tag: made here */
    postern_allocator alloc;
    postern_connection *connection;
    mbedtls_ssl_context *ssl;
    phase phase;
    int failure; /* PHASE_FAILED: what was returned */

    bool has_bio; /* the host's, from set_bio() */
    void *bio;
    mbedtls_ssl_send_t *send;
    mbedtls_ssl_recv_t *recv;
    pst_client_hello hello;

    bool asked;    /* the connection asked for a certificate */
    bool is_13;    /* ... in TLS 1.3 */
    bool required; /* ... and without a good one the handshake is to fail */
    bool strict;   /* ... for mbedTLS too, in the middle of it */
    bool accepted; /* the connection accepted the one that mbedTLS showed */
    const pst_tls_trust *trust; /* what mbedTLS verified against; may be NULL */
    seen_certificate path[PST_TLS_PATH_MAX];

    pst_tls_leaf leaf; /* PHASE_DONE: what the context held then */
} handshake;

static const char handshake_tag[] = "postern handshake";

static handshake *handshake_cast(void *pointer)
{
    handshake *h = pointer;

    return h != NULL && h->tag == handshake_tag ? h : NULL;
}

static postern_str der_of(const mbedtls_x509_crt *certificate)
{
    return (postern_str){(const char *)certificate->raw.p, certificate->raw.len};
}

/* --- the path that was seen ------------------------------------------------------- */

/* The path counts only if it was built against the connection's own anchors: it
 * ends in one of them, or in the objection that it ends nowhere. Else the gate
 * builds one. (A host could have set other anchors with mbedtls_ssl_conf_ca_cb.)
 * @return its length, or 0 */
static size_t collect_path(const handshake *h, postern_path_step path[PST_TLS_PATH_MAX])
{
    const postern_path_step *top;
    size_t count = 0;
    size_t i;

    while (count < PST_TLS_PATH_MAX && h->path[count].der != NULL) {
        const seen_certificate *seen = &h->path[count];

        path[count].certificate = (postern_str){(const char *)seen->der, seen->len};
        path[count].objections = seen->objections;
        count++;
    }
    for (i = count; i < PST_TLS_PATH_MAX; i++) {
        if (h->path[i].der != NULL) {
            return 0;
        }
    }
    if (h->trust == NULL || count == 0) {
        return 0;
    }
    top = &path[count - 1];
    if ((top->objections & POSTERN_OBJECTION_UNTRUSTED) == 0 &&
        !pst_tls_trust_has(h->trust, top->certificate)) {
        return 0;
    }
    return count;
}

static void forget_path(handshake *h)
{
    size_t i;

    h->accepted = false;
    for (i = 0; i < PST_TLS_PATH_MAX; i++) {
        pst_tls_free(&h->alloc, h->path[i].der, h->path[i].len);
        h->path[i] = (seen_certificate){0};
    }
}

/* What mbedTLS gets for a connection that would not take what it was told. */
static int failure_of(postern_status status)
{
    if (status == POSTERN_OK) {
        return 0;
    }
    return status == POSTERN_NO_MEMORY ? MBEDTLS_ERR_SSL_ALLOC_FAILED
                                       : MBEDTLS_ERR_X509_FATAL_ERROR;
}

/* --- what mbedTLS calls while the handshake runs ---------------------------------- */

/* How a client is told: by the flag from which mbedTLS chooses its alert in the middle
 * of a handshake, or by the alert at its end. */
typedef struct answer {
    postern_str refusal;
    uint32_t flag;
    unsigned char alert;
} answer;

#define FLAG(name) MBEDTLS_X509_BADCERT_##name
#define ALERT(name) MBEDTLS_SSL_ALERT_MSG_##name

static answer answer_for(postern_str refusal)
{
    static const answer answers[] = {
        {POSTERN_STR("none"),             0,                   PST_TLS_ALERT_CERTIFICATE_REQUIRED},
        {POSTERN_STR("untrusted-issuer"), FLAG(NOT_TRUSTED),   ALERT(UNKNOWN_CA)                 },
        {POSTERN_STR("not-yet-valid"),    FLAG(EXPIRED),       ALERT(CERT_EXPIRED)               },
        {POSTERN_STR("expired"),          FLAG(EXPIRED),       ALERT(CERT_EXPIRED)               },
        {POSTERN_STR("revoked"),          FLAG(REVOKED),       ALERT(CERT_REVOKED)               },
        {POSTERN_STR("wrong-usage"),      FLAG(EXT_KEY_USAGE), ALERT(UNSUPPORTED_CERT)           },
        {POSTERN_STR("weak-key"),         FLAG(BAD_KEY),       ALERT(UNSUPPORTED_CERT)           },
        {POSTERN_STR("weak-signature"),   FLAG(BAD_PK),        ALERT(UNSUPPORTED_CERT)           },
    };
    size_t i;

    for (i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        if (postern_str_equal(refusal, answers[i].refusal)) {
            return answers[i];
        }
    }
    return (answer){refusal, FLAG(OTHER), ALERT(ACCESS_DENIED)};
}

/* The leaf comes last: now the whole path is known, and where it does not count the
 * leaf alone must do. What mbedTLS finds afterwards (usages and curve of the leaf) can
 * only refuse more. */
static int decide(handshake *h, const mbedtls_x509_crt *leaf, uint32_t *flags)
{
    const postern_str alone = der_of(leaf);
    postern_path_step path[PST_TLS_PATH_MAX];
    const size_t count = collect_path(h, path);
    const postern_status status =
        postern_connection_accepts(h->connection, &alone, 1, path, count, &h->accepted);

    if (status == POSTERN_OK && !h->accepted) {
        *flags |= answer_for(postern_connection_refusal(h->connection)).flag;
    }
    return failure_of(status);
}

static int on_verify(void *user, mbedtls_x509_crt *certificate, int depth,
                     uint32_t *flags) /* NOLINT: the type is mbedTLS's */
{
    handshake *h = user;
    postern_str der = der_of(certificate);
    seen_certificate *seen;

    /* A path is shown once. Twice in one handshake is nothing we know of. */
    if (depth < 0 || depth >= PST_TLS_PATH_MAX || h->path[depth].der != NULL ||
        der.len == 0) {
        return MBEDTLS_ERR_X509_FATAL_ERROR;
    }
    seen = &h->path[depth];
    seen->der = pst_tls_alloc(&h->alloc, der.len);
    if (seen->der == NULL) {
        return MBEDTLS_ERR_X509_ALLOC_FAILED;
    }
    memcpy(seen->der, der.data, der.len);
    seen->len = der.len;
    seen->objections = pst_tls_objections(*flags);
    if (!h->strict) {
        return 0;
    }
    *flags = pst_tls_unjudged(*flags);
    return depth == 0 ? decide(h, certificate, flags) : 0;
}

/* The handshake that `ssl` is in, if postern_mbedtls_handshake() runs it. */
static handshake *running(mbedtls_ssl_context *ssl)
{
    handshake *h = handshake_cast(pst_tls_lent(ssl, on_verify));

    return h != NULL && h->ssl == ssl && h->phase == PHASE_RUNNING ? h : NULL;
}

static int call_next(const postern_mbedtls_options *options, mbedtls_ssl_context *ssl,
                     const unsigned char *name, size_t len)
{
    if (options == NULL || options->next_sni == NULL) {
        return 0;
    }
    return options->next_sni(options->next_sni_user, ssl, name, len);
}

/* A result other than 0 ends the handshake with the alert unrecognized_name. */
int pst_tls_on_sni(void *options, mbedtls_ssl_context *ssl, const unsigned char *name,
                   size_t len)
{
    handshake *h = running(ssl);
    bool ask = false;
    int rc;

    if (h != NULL) {
        postern_str server = {(const char *)name, len};

        h->asked = false;
        h->required = false;
        h->strict = false;
        forget_path(h); /* names come before certificates: it is of another handshake */
        if (postern_connection_on_sni(h->connection, server, &ask) != POSTERN_OK) {
            return MBEDTLS_ERR_SSL_BAD_INPUT_DATA;
        }
    }
    rc = call_next(options, ssl, name, len);
    if (rc != 0) {
        return rc;
    }
    /* After the host's callback, so that ours is the last word. */
    if (h == NULL || !ask) {
        mbedtls_ssl_set_hs_authmode(ssl, MBEDTLS_SSL_VERIFY_NONE);
        return 0;
    }
    h->asked = true;
    h->trust = pst_tls_trust_cast(postern_connection_trust(h->connection));
    h->required = postern_connection_requires_certificate(h->connection);
    h->is_13 = pst_tls_is_13(ssl);
    h->strict = h->required && h->trust != NULL && !h->is_13;
    mbedtls_ssl_set_hs_authmode(ssl, h->strict ? MBEDTLS_SSL_VERIFY_REQUIRED
                                               : MBEDTLS_SSL_VERIFY_OPTIONAL);
    mbedtls_ssl_set_hs_ca_chain(
        ssl, h->trust == NULL ? NULL : pst_tls_trust_anchors(h->trust), NULL);
    return 0;
}

static int tap_send(void *user, const unsigned char *data, size_t len)
{
    handshake *h = user;

    return h->send(h->bio, data, len);
}

static int tap_receive(void *user, unsigned char *data, size_t room)
{
    handshake *h = user;
    int got = h->recv(h->bio, data, room);

    if (got > 0 && (size_t)got <= room &&
        !pst_client_hello_feed(&h->hello, &h->alloc, data, (size_t)got)) {
        return MBEDTLS_ERR_SSL_ALLOC_FAILED;
    }
    return got;
}

/* --- what the handshake proved ---------------------------------------------------- */

/* Everything needed to fill a postern_tls_info; the arrays are the allocator's. */
typedef struct evidence {
    postern_str *chain;
    size_t chain_count;
    postern_path_step path[PST_TLS_PATH_MAX];
    size_t path_count;
} evidence;

static bool leaf_was_seen(const handshake *h, const mbedtls_x509_crt *peer)
{
    postern_str seen = {(const char *)h->path[0].der, h->path[0].len};

    return seen.len > 0 && postern_str_equal(seen, der_of(peer));
}

static bool collect_chain(const handshake *h, const mbedtls_x509_crt *peer, evidence *e)
{
    const mbedtls_x509_crt *at;
    size_t count = 0;

    for (at = peer; at != NULL; at = at->next) {
        count++;
    }
    e->chain = pst_tls_alloc_array(&h->alloc, count, sizeof *e->chain);
    if (e->chain == NULL) {
        return false;
    }
    for (at = peer; at != NULL; at = at->next) {
        e->chain[e->chain_count++] = der_of(at);
    }
    return true;
}

/* Tells the client why; whether it arrives does not matter to anybody else. */
static void send_alert(const handshake *h, unsigned char alert)
{
    (void)mbedtls_ssl_send_alert_message(h->ssl, MBEDTLS_SSL_ALERT_LEVEL_FATAL, alert);
}

/* Where a certificate is required: whether the connection accepts what was shown.
 * @return 0 when it does */
static int insist(const handshake *h, const evidence *e)
{
    bool accepted = false;
    const postern_status status = postern_connection_accepts(
        h->connection, e->chain, e->chain_count, e->path_count > 0 ? e->path : NULL,
        e->path_count, &accepted);

    if (accepted) {
        return 0;
    }
    send_alert(h, answer_for(postern_connection_refusal(h->connection)).alert);
    if (status != POSTERN_OK) {
        return failure_of(status);
    }
    return e->chain_count == 0 ? MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE
                               : MBEDTLS_ERR_X509_CERT_VERIFY_FAILED;
}

/* mbedTLS has ended the handshake for want of a certificate. The connection is asked
 * for its postern_connection_refusal(); the alert is RFC 5246's, section 7.4.6. */
static void refuse_nobody(const handshake *h)
{
    bool accepted;

    (void)postern_connection_accepts(h->connection, NULL, 0, NULL, 0, &accepted);
    send_alert(h, MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE);
}

/* mbedTLS has refused what the connection accepted, such as a key on a curve that the
 * host took out. The connection hears of it, and has a reason to give. */
static void refuse_accepted(const handshake *h, uint32_t flags)
{
    const uint32_t objections = pst_tls_objections(flags);
    const postern_str leaf = {(const char *)h->path[0].der, h->path[0].len};
    postern_path_step path[PST_TLS_PATH_MAX] = {{.certificate = leaf}};
    const size_t count = collect_path(h, path);
    uint32_t told = 0;
    bool accepted;
    size_t i;

    for (i = 0; i < count; i++) {
        told |= path[i].objections;
    }
    if (objections != 0 && (objections & ~told) == 0) {
        return; /* it has accepted that */
    }
    path[0].objections |= objections != 0 ? objections : POSTERN_OBJECTION_OTHER;
    (void)postern_connection_accepts(h->connection, &leaf, 1, path,
                                     count > 0 ? count : 1, &accepted);
}

static int tell(const handshake *h, const evidence *e, bool fresh)
{
    const postern_tls_info info = {
        .size = sizeof info,
        .fresh = fresh,
        .version = postern_text(mbedtls_ssl_get_version(h->ssl)),
        .cipher = pst_tls_cipher_name(mbedtls_ssl_get_ciphersuite(h->ssl)),
        .alpn = postern_text(pst_tls_alpn(h->ssl)),
        .client_hello = pst_client_hello_message(&h->hello),
        .chain = e->chain,
        .chain_count = e->chain_count,
        .path = e->path_count > 0 ? e->path : NULL,
        .path_count = e->path_count,
    };

    return failure_of(postern_connection_set_tls(h->connection, &info));
}

/* mbedtls_ssl_handshake() returned 0. */
static int hand_over(handshake *h)
{
    const mbedtls_x509_crt *peer = mbedtls_ssl_get_peer_cert(h->ssl);
    const bool proved = peer != NULL && leaf_was_seen(h, peer);
    evidence e = {0};
    int rc = 0;

    if (proved && h->asked) {
        if (!collect_chain(h, peer, &e)) {
            return MBEDTLS_ERR_SSL_ALLOC_FAILED;
        }
        e.path_count = collect_path(h, e.path);
    }
    if (h->required && !(h->accepted && proved)) {
        rc = insist(h, &e);
    }
    if (rc == 0 && !pst_tls_leaf_read(h->ssl, &h->leaf)) {
        rc = MBEDTLS_ERR_SSL_ALLOC_FAILED;
    }
    if (rc == 0) {
        /* A certificate that was not shown comes from a resumed session. Without one
         * it cannot be told, and configure() has switched resumption off. */
        rc = tell(h, &e, proved || peer == NULL);
    }
    pst_tls_free(&h->alloc, e.chain, e.chain_count * sizeof *e.chain);
    return rc;
}

/* --- the public functions --------------------------------------------------------- */

static void forget_evidence(handshake *h)
{
    forget_path(h);
    pst_client_hello_free(&h->hello, &h->alloc);
    h->asked = false;
    h->required = false;
    h->strict = false;
    h->trust = NULL;
}

static void handshake_free(void *state)
{
    handshake *h = state;
    postern_allocator alloc = h->alloc;

    forget_evidence(h);
    pst_tls_free(&alloc, h, sizeof *h);
}

postern_status postern_mbedtls_attach(postern_connection *connection,
                                      mbedtls_ssl_context *ssl)
{
    const postern_allocator *alloc;
    handshake *h;

    if (connection == NULL || ssl == NULL ||
        postern_connection_adapter(connection) != NULL) {
        return POSTERN_STATE;
    }
    alloc = postern_connection_allocator(connection);
    h = pst_tls_alloc(alloc, sizeof *h);
    if (h == NULL) {
        return POSTERN_NO_MEMORY;
    }
    *h = (handshake){
        .tag = handshake_tag,
        .alloc = *alloc,
        .connection = connection,
        .ssl = ssl,
    };
    postern_connection_set_adapter(connection, h, handshake_free);
    return POSTERN_OK;
}

/* The connection's handshake, if it was attached to this context. */
static handshake *attached(const postern_connection *connection,
                           const mbedtls_ssl_context *ssl)
{
    handshake *h = NULL;

    if (connection != NULL) {
        h = handshake_cast(postern_connection_adapter(connection));
    }
    return h != NULL && h->ssl == ssl ? h : NULL;
}

postern_status postern_mbedtls_set_bio(postern_connection *connection,
                                       mbedtls_ssl_context *ssl, void *bio,
                                       mbedtls_ssl_send_t *send,
                                       mbedtls_ssl_recv_t *recv)
{
    handshake *h = attached(connection, ssl);

    if (h == NULL || h->phase == PHASE_RUNNING) {
        return POSTERN_STATE;
    }
    h->has_bio = true;
    h->bio = bio;
    h->send = send;
    h->recv = recv;
    mbedtls_ssl_set_bio(ssl, bio, send, recv, NULL);
    return POSTERN_OK;
}

static int run(handshake *h)
{
    bool tap = h->has_bio && h->hello.state == PST_CLIENT_HELLO_READING;
    void *hosts;
    int rc;

    h->phase = PHASE_RUNNING;
    hosts = pst_tls_lend(h->ssl, on_verify, h);
    if (tap) {
        mbedtls_ssl_set_bio(h->ssl, h, tap_send, tap_receive, NULL);
    }
    rc = mbedtls_ssl_handshake(h->ssl);
    if (tap) {
        mbedtls_ssl_set_bio(h->ssl, h->bio, h->send, h->recv, NULL);
    }
    pst_tls_take_back(h->ssl, hosts);
    h->phase = PHASE_OPEN;
    return rc;
}

/* Called again after the end: all is said, unless the host has reset the context for
 * another client and kept the connection. What that one showed is not this one's. (It
 * may be through, driven by the host: then nobody has asked it for a certificate.) */
static int run_again(handshake *h)
{
    const postern_tls_info nothing = {.size = sizeof nothing};
    pst_tls_leaf now;

    if (pst_tls_handshake_over(h->ssl) && pst_tls_leaf_read(h->ssl, &now) &&
        pst_tls_leaf_equal(&now, &h->leaf)) {
        return 0;
    }
    (void)postern_connection_set_tls(h->connection, &nothing);
    h->phase = PHASE_FAILED;
    h->failure = MBEDTLS_ERR_SSL_BAD_INPUT_DATA;
    return h->failure;
}

int postern_mbedtls_handshake(postern_connection *connection, mbedtls_ssl_context *ssl)
{
    handshake *h = attached(connection, ssl);
    int rc;

    if (h == NULL || h->phase == PHASE_RUNNING) {
        return MBEDTLS_ERR_SSL_BAD_INPUT_DATA;
    }
    if (h->phase == PHASE_FAILED) {
        return h->failure;
    }
    if (h->phase == PHASE_DONE) {
        return run_again(h);
    }
    if (pst_tls_handshake_over(ssl)) {
        forget_path(h); /* somebody else ended it */
    } else if (h->asked && pst_tls_was_reset(ssl, h->is_13)) {
        return run_again(h); /* what was seen is of a handshake before a reset */
    }
    rc = run(h);
    if (pst_tls_in_progress(rc)) {
        return rc;
    }
    if (rc == 0) {
        rc = hand_over(h);
    } else if (rc == MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE && h->required) {
        refuse_nobody(h);
    } else if (h->accepted && mbedtls_ssl_get_verify_result(ssl) != 0) {
        refuse_accepted(h, mbedtls_ssl_get_verify_result(ssl));
    }
    forget_evidence(h);
    h->phase = rc == 0 ? PHASE_DONE : PHASE_FAILED;
    h->failure = rc;
    return rc;
}
