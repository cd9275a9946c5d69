#include "pair.h"

#include <check.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FLIGHT_BYTES = 1 << 17, ROUNDS_MAX = 64 };

/* --- files --------------------------------------------------------------------------- */

static BIO *open_file(const char *file)
{
    const char *tests = getenv("POSTERN_TESTS");
    char path[512];

    (void)snprintf(path, sizeof path, "%s/data/%s", tests == NULL ? "tests" : tests,
                   file);
    return BIO_new_file(path, "rb");
}

X509 *pair_read_der(const char *file)
{
    BIO *bio = open_file(file);
    X509 *made = bio == NULL ? NULL : d2i_X509_bio(bio, NULL);

    BIO_free(bio);
    ERR_clear_error();
    return made;
}

STACK_OF(X509) * pair_read_pem(const char *file)
{
    BIO *bio = open_file(file);
    STACK_OF(X509) *made = sk_X509_new_null();
    X509 *one;

    ck_assert_ptr_nonnull(made);
    while (bio != NULL && (one = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        ck_assert_int_gt(sk_X509_push(made, one), 0);
    }
    BIO_free(bio);
    ERR_clear_error();
    if (sk_X509_num(made) == 0) {
        sk_X509_free(made);
        return NULL;
    }
    return made;
}

EVP_PKEY *pair_read_key(const char *file)
{
    BIO *bio = open_file(file);
    EVP_PKEY *made =
        bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);

    BIO_free(bio);
    ERR_clear_error();
    return made;
}

/* --- the two contexts ------------------------------------------------------------------ */

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *len,
                           const unsigned char *in, unsigned in_len, void *unused)
{
    (void)ssl;
    (void)unused;
    (void)in_len;
    *out = in + 1;
    *len = in[0];
    return SSL_TLSEXT_ERR_OK;
}

static int keep_session(SSL *ssl, SSL_SESSION *session)
{
    pair *p = SSL_get_app_data(ssl);

    SSL_SESSION_free(p->session);
    p->session = session;
    return 1; /* the reference is ours */
}

static SSL_CTX *make_context(const SSL_METHOD *method, int version)
{
    SSL_CTX *ctx = SSL_CTX_new(method);

    ck_assert_ptr_nonnull(ctx);
    ck_assert_int_eq(SSL_CTX_set_min_proto_version(ctx, version), 1);
    ck_assert_int_eq(SSL_CTX_set_max_proto_version(ctx, version), 1);
    SSL_CTX_set_security_level(ctx, 0); /* weak keys are the gate's to refuse */
    return ctx;
}

void pair_open(pair *p, int version)
{
    static const unsigned char protocols[] = "\x08http/1.1";
    X509 *certificate = pair_read_der("corpus/certs/eku-server.der");
    EVP_PKEY *key = pair_read_key("corpus/keys/eku-server.key");

    *p = (pair){.server = make_context(TLS_server_method(), version),
                .client = make_context(TLS_client_method(), version),
                .accept = tls_accept};
    ck_assert(tls_prepare(p->server));
    ck_assert_int_eq(SSL_CTX_set_min_proto_version(p->server, version), 1);
    ck_assert_int_eq(SSL_CTX_use_certificate(p->server, certificate), 1);
    ck_assert_int_eq(SSL_CTX_use_PrivateKey(p->server, key), 1);
    SSL_CTX_set_alpn_select_cb(p->server, choose_protocol, NULL);
    (void)SSL_CTX_set_session_cache_mode(p->client, SSL_SESS_CACHE_CLIENT);
    SSL_CTX_sess_set_new_cb(p->client, keep_session);
    ck_assert_int_eq(
        SSL_CTX_set_alpn_protos(p->client, protocols, sizeof protocols - 1), 0);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

/* As after a good-bye: a server forgets the session of who just goes. */
static void hang_up(pair *p)
{
    if (p->server_end != NULL) {
        SSL_set_shutdown(p->server_end, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    }
    SSL_free(p->client_end);
    SSL_free(p->server_end);
    p->client_end = NULL;
    p->server_end = NULL;
}

void pair_close(pair *p)
{
    hang_up(p);
    SSL_SESSION_free(p->session);
    SSL_CTX_free(p->client);
    SSL_CTX_free(p->server);
    ERR_clear_error();
}

bool pair_show(pair *p, X509 *leaf, EVP_PKEY *key, STACK_OF(X509) * chain)
{
    const bool shown = leaf != NULL && key != NULL &&
                       SSL_CTX_use_certificate(p->client, leaf) == 1 &&
                       SSL_CTX_use_PrivateKey(p->client, key) == 1 &&
                       SSL_CTX_set1_chain(p->client, chain) == 1;

    ERR_clear_error();
    return shown;
}

bool pair_certificate(pair *p, const char *name, const char *chain)
{
    char file[128];
    STACK_OF(X509) *more = NULL;
    X509 *leaf;
    EVP_PKEY *key;
    bool shown;

    (void)snprintf(file, sizeof file, "corpus/certs/%s.der", name);
    leaf = pair_read_der(file);
    (void)snprintf(file, sizeof file, "corpus/keys/%s.key", name);
    key = pair_read_key(file);
    if (chain != NULL) {
        (void)snprintf(file, sizeof file, "corpus/chains/%s.pem", chain);
        more = pair_read_pem(file);
        ck_assert_msg(more != NULL, "%s", file);
    }
    shown = pair_show(p, leaf, key, more);
    sk_X509_pop_free(more, X509_free);
    EVP_PKEY_free(key);
    X509_free(leaf);
    return shown;
}

void pair_resume(pair *p, bool tickets)
{
    static const unsigned char context[] = "one for all hosts";

    (void)SSL_CTX_set_session_cache_mode(p->server, SSL_SESS_CACHE_SERVER);
    ck_assert_int_eq(
        SSL_CTX_set_session_id_context(p->server, context, sizeof context - 1), 1);
    ck_assert_int_eq(SSL_CTX_set_num_tickets(p->server, 1), 1);
    if (tickets) {
        (void)SSL_CTX_clear_options(p->server, SSL_OP_NO_TICKET);
    }
}

/* --- a handshake ---------------------------------------------------------------------- */

/* Moves what one end has written to the other. @return whether there was any */
static bool carry(BIO *from, BIO *to, void (*meddle)(unsigned char *, size_t))
{
    static unsigned char bytes[FLIGHT_BYTES];
    const int len = BIO_read(from, bytes, sizeof bytes);

    if (len <= 0) {
        return false;
    }
    if (meddle != NULL) {
        meddle(bytes, (size_t)len);
    }
    ck_assert_int_eq(BIO_write(to, bytes, len), len);
    return true;
}

static SSL *make_end(pair *p, SSL_CTX *ctx)
{
    SSL *ssl = SSL_new(ctx);
    BIO *in = BIO_new(BIO_s_mem());
    BIO *out = BIO_new(BIO_s_mem());

    ck_assert(ssl != NULL && in != NULL && out != NULL);
    (void)BIO_set_mem_eof_return(in, -1);
    (void)BIO_set_mem_eof_return(out, -1);
    SSL_set_bio(ssl, in, out);
    if (ctx == p->client) {
        ck_assert_int_eq(SSL_set_app_data(ssl, p), 1);
    }
    return ssl;
}

/* One step of a handshake. @return whether it waits for the other end */
static bool step(SSL *ssl, int (*shake)(SSL *), int *rc)
{
    int error;

    ERR_clear_error();
    *rc = shake(ssl);
    error = *rc == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl, *rc);
    return error == SSL_ERROR_WANT_READ;
}

void pair_drive(pair *p)
{
    char byte;
    bool client_waits = true;
    bool server_waits = true;
    bool moved = true;

    for (unsigned i = 0; i < ROUNDS_MAX && moved; i++) {
        if (client_waits) {
            client_waits = step(p->client_end, SSL_connect, &p->client_rc);
        }
        moved =
            carry(SSL_get_wbio(p->client_end), SSL_get_rbio(p->server_end), p->meddle);
        if (server_waits) {
            server_waits = step(p->server_end, p->accept, &p->server_rc);
        }
        moved |= carry(SSL_get_wbio(p->server_end), SSL_get_rbio(p->client_end), NULL);
    }
    if (p->client_rc == 1 && p->server_rc == 1) {
        (void)SSL_read(p->client_end, &byte, 1); /* tickets of TLS 1.3 */
    }
    ERR_clear_error();
}

static void ask_for(SSL *client, const char *name)
{
    char copy[256]; /* the macro would cast const away */

    if (name != NULL) {
        ck_assert_int_lt(snprintf(copy, sizeof copy, "%s", name), (int)sizeof copy);
        ck_assert_int_eq(SSL_set_tlsext_host_name(client, copy), 1);
    }
}

void pair_next_client(pair *p, int version, const char *name)
{
    SSL_free(p->client_end);
    SSL_CTX_free(p->client);
    p->client = make_context(TLS_client_method(), version);
    p->client_end = make_end(p, p->client);
    ask_for(p->client_end, name);
    (void)BIO_reset(SSL_get_rbio(p->server_end));
    (void)BIO_reset(SSL_get_wbio(p->server_end));
    p->client_rc = p->server_rc = -1;
}

void pair_prepare(pair *p, postern_connection *connection, const char *name)
{
    hang_up(p);
    p->server_end = make_end(p, p->server);
    p->client_end = make_end(p, p->client);
    ck_assert(tls_attach(p->server_end, connection));
    ask_for(p->client_end, name);
    if (p->resume != NULL) {
        ck_assert_int_eq(SSL_set_session(p->client_end, p->resume), 1);
    }
}

void pair_shake(pair *p, postern_connection *connection, const char *name)
{
    pair_prepare(p, connection, name);
    pair_drive(p);
}
