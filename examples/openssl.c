#include "openssl.h"

#include <openssl/err.h>
#include <openssl/tls1.h>
#include <string.h>

enum {
    CERTIFICATES_MAX = 64,       /* postern has a lower limit of its own */
    HELLO_BYTES_MAX = 64 * 1024, /* of a ClientHello that is kept */
    NAME_HEAD = 5                /* list length, type, name length */
};

/* What is remembered of a connection: one handshake is its own, and no other. */
typedef struct attached {
    postern_connection *connection;
    bool over;   /* the handshake, well or badly */
    int result;  /* ... and what tls_accept() returned then */
    void *hello; /* the first ClientHello, or NULL */
    size_t hello_len;
} attached;

static void *resize(const attached *state, void *block, size_t old_len, size_t len)
{
    const postern_allocator *alloc = postern_connection_allocator(state->connection);

    return alloc->resize(alloc->user, block, old_len, len);
}

static void detach(void *user)
{
    attached *state = user;

    if (state->hello != NULL) {
        (void)resize(state, state->hello, state->hello_len, 0);
    }
    (void)resize(state, state, sizeof *state, 0);
}

/* --- the ClientHello ------------------------------------------------------------- */

/* Sees each handshake message; the first that comes in is the ClientHello. */
static void see_message(int sent, int version, int type, const void *bytes, size_t len,
                        SSL *ssl, void *user)
{
    attached *state = user;

    (void)version;
    (void)ssl;
    if (sent || type != SSL3_RT_HANDSHAKE || state->hello != NULL || len < 4 ||
        len > HELLO_BYTES_MAX ||
        *(const unsigned char *)bytes != SSL3_MT_CLIENT_HELLO) {
        return;
    }
    state->hello = resize(state, NULL, 0, len);
    if (state->hello != NULL) { /* without it some fields are empty, that is all */
        memcpy(state->hello, bytes, len);
        state->hello_len = len;
    }
}

/* RFC 6066 section 3: one name, of type host_name. What is anything else comes out as a
 * name that no host can have. */
static postern_str read_name(const unsigned char *bytes, size_t len)
{
    const postern_str nobody = {NULL, 0};

    if (len < NAME_HEAD || ((size_t)bytes[0] << 8 | bytes[1]) != len - 2 ||
        bytes[2] != TLSEXT_NAMETYPE_host_name ||
        ((size_t)bytes[3] << 8 | bytes[4]) != len - NAME_HEAD) {
        return nobody;
    }
    return (postern_str){(const char *)bytes + NAME_HEAD, len - NAME_HEAD};
}

/* Another handshake on the same SSL, after SSL_clear() for another client or to negotiate
 * anew: what was shown before is not this one's. */
static void distrust(attached *state)
{
    const postern_tls_info nothing = {.size = sizeof nothing};

    state->result = -1;
    (void)postern_connection_set_tls(state->connection, &nothing);
    (void)postern_connection_set_tls(state->connection, &nothing); /* twice is misuse */
}

/* Called for every ClientHello, before sessions are looked up. SSL_get_servername() would
 * not do: in a resumed session it is the name of another handshake. */
static int on_client_hello(SSL *ssl, int *alert, void *unused)
{
    attached *state = SSL_get_app_data(ssl);
    const unsigned char *bytes;
    size_t len;
    bool ask = false;
    int mode = SSL_VERIFY_NONE;

    (void)unused;
    if (state != NULL && state->over) {
        distrust(state);
        *alert = SSL_AD_INTERNAL_ERROR;
        return SSL_CLIENT_HELLO_ERROR;
    }
    if (state != NULL &&
        SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &bytes, &len) == 1 &&
        postern_connection_on_sni(state->connection, read_name(bytes, len), &ask) !=
            POSTERN_OK) {
        *alert = SSL_AD_UNRECOGNIZED_NAME;
        return SSL_CLIENT_HELLO_ERROR;
    }
    if (ask) {
        mode = SSL_VERIFY_PEER;
    }
    if (ask && postern_connection_requires_certificate(state->connection)) {
        mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    }
    SSL_set_verify(ssl, mode, NULL);
    return SSL_CLIENT_HELLO_SUCCESS;
}

/* --- certificates ---------------------------------------------------------------- */

/* DER of certificates, leaf first. */
typedef struct chain {
    postern_str items[CERTIFICATES_MAX];
    unsigned char *owned[CERTIFICATES_MAX];
    size_t count;
} chain;

static bool chain_add(chain *out, X509 *certificate)
{
    unsigned char *der = NULL;
    int len;

    if (out->count == CERTIFICATES_MAX || (len = i2d_X509(certificate, &der)) <= 0) {
        return false;
    }
    out->owned[out->count] = der;
    out->items[out->count++] = (postern_str){(const char *)der, (size_t)len};
    return true;
}

static bool chain_add_all(chain *out, STACK_OF(X509) * certificates)
{
    for (int i = 0; i < sk_X509_num(certificates); i++) {
        if (!chain_add(out, sk_X509_value(certificates, i))) {
            return false;
        }
    }
    return true;
}

static void chain_free(chain *any)
{
    while (any->count > 0) {
        OPENSSL_free(any->owned[--any->count]);
    }
}

/* What the client is told when the host requires a good certificate: the alert that
 * OpenSSL has for the error. */
static int error_for(postern_str refusal)
{
    static const struct {
        const char *reason;
        int error;
    } rows[] = {
        {"expired",          X509_V_ERR_CERT_HAS_EXPIRED                 },
        {"not-yet-valid",    X509_V_ERR_CERT_NOT_YET_VALID               },
        {"revoked",          X509_V_ERR_CERT_REVOKED                     },
        {"untrusted-issuer", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
        {"wrong-usage",      X509_V_ERR_INVALID_PURPOSE                  },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (postern_str_equal(refusal, postern_text(rows[i].reason))) {
            return rows[i].error;
        }
    }
    return X509_V_ERR_CERT_REJECTED;
}

/* Instead of OpenSSL's verification: anybody may finish the handshake, since the gate
 * judges the certificate with every request; unless the host requires a good one. */
static int on_certificates(X509_STORE_CTX *shown, void *unused)
{
    const SSL *ssl =
        X509_STORE_CTX_get_ex_data(shown, SSL_get_ex_data_X509_STORE_CTX_idx());
    const attached *state = ssl == NULL ? NULL : SSL_get_app_data(ssl);
    chain sent = {.count = 0};
    bool accepted = false;

    (void)unused;
    if (state == NULL || !postern_connection_requires_certificate(state->connection)) {
        return 1;
    }
    if (chain_add_all(&sent, X509_STORE_CTX_get0_untrusted(shown))) { /* leaf first */
        (void)postern_connection_accepts(state->connection, sent.items, sent.count,
                                         NULL, 0, &accepted);
    }
    chain_free(&sent);
    if (!accepted) {
        X509_STORE_CTX_set_error(
            shown, error_for(postern_connection_refusal(state->connection)));
    }
    return accepted;
}

/* --- the handshake ----------------------------------------------------------------- */

static postern_str text_of(const char *text)
{
    return postern_text(text == NULL ? "" : text);
}

static bool tell(SSL *ssl, const attached *state)
{
    X509 *leaf = SSL_get_peer_certificate(ssl);
    chain shown = {.count = 0};
    const unsigned char *alpn;
    unsigned alpn_len;
    /* SSL_get_peer_cert_chain() of a server is without the leaf. */
    const bool read =
        leaf == NULL || (chain_add(&shown, leaf) &&
                         chain_add_all(&shown, SSL_get_peer_cert_chain(ssl)));
    postern_tls_info info = {
        .size = sizeof info,
        .fresh = SSL_session_reused(ssl) == 0,
        .version = text_of(SSL_get_version(ssl)),
        .cipher = text_of(SSL_get_cipher_name(ssl)),
        .client_hello = {state->hello, state->hello_len},
        .chain = shown.items,
        .chain_count = shown.count,
    };
    bool done;

    SSL_get0_alpn_selected(ssl, &alpn, &alpn_len);
    info.alpn = (postern_str){(const char *)alpn, alpn_len};
    done = read && postern_connection_set_tls(state->connection, &info) == POSTERN_OK;
    chain_free(&shown);
    X509_free(leaf);
    return done;
}

bool tls_prepare(SSL_CTX *ctx)
{
    SSL_CTX_set_client_hello_cb(ctx, on_client_hello, NULL);
    SSL_CTX_set_cert_verify_callback(ctx, on_certificates, NULL);
    (void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    (void)SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    return SSL_CTX_set_num_tickets(ctx, 0) == 1 &&
           SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1;
}

bool tls_attach(SSL *ssl, postern_connection *connection)
{
    attached state = {.connection = connection};
    attached *kept = resize(&state, NULL, 0, sizeof *kept);

    if (kept == NULL) {
        return false;
    }
    *kept = state;
    postern_connection_set_adapter(connection, kept, detach);
    SSL_set_msg_callback(ssl, see_message);
    SSL_set_msg_callback_arg(ssl, kept);
    return SSL_set_app_data(ssl, kept) == 1;
}

/* Why there will be no handshake, for postern_connection_refusal(): OpenSSL asks
 * on_certificates() about certificates, and nobody when there is none. */
static void note_absence(const attached *state)
{
    bool accepted;

    if (ERR_GET_REASON(ERR_peek_last_error()) ==
            SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE &&
        postern_connection_requires_certificate(state->connection)) {
        (void)postern_connection_accepts(state->connection, NULL, 0, NULL, 0,
                                         &accepted);
    }
}

static bool is_failure(const SSL *ssl, int result)
{
    const int error = SSL_get_error(ssl, result);

    return error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL;
}

int tls_accept(SSL *ssl)
{
    attached *state = SSL_get_app_data(ssl);
    int result;

    if (state == NULL) {
        return SSL_accept(ssl);
    }
    if (state->over) {
        if (state->result == 1 && !SSL_is_init_finished(ssl)) {
            distrust(state);
        }
        return state->result;
    }
    result = SSL_accept(ssl);
    if (result == 1) {
        SSL_set_msg_callback(ssl, NULL); /* once is enough */
        result = tell(ssl, state) ? 1 : -1;
    } else if (!is_failure(ssl, result)) {
        return result;
    } else {
        note_absence(state);
    }
    state->over = true;
    state->result = result;
    return result;
}
