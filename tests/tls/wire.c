#include "wire.h"

#include <check.h>
#include <mbedtls/debug.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned char *corpus_read(const char *path, size_t *len)
{
    const char *tests = getenv("POSTERN_TESTS");
    char full[512];
    unsigned char *bytes = malloc(1 << 16);
    FILE *file;

    ck_assert_ptr_nonnull(bytes);
    snprintf(full, sizeof full, "%s/data/corpus/%s", tests == NULL ? "tests" : tests,
             path);
    file = fopen(full, "rb");
    ck_assert_msg(file != NULL, "cannot open %s", full);
    *len = fread(bytes, 1, (1 << 16) - 1, file);
    fclose(file);
    bytes[*len] = '\0';
    return bytes;
}

static void parse_pem(const char *folder, const char *name, mbedtls_x509_crt *out)
{
    char path[128];
    unsigned char *text;
    size_t len;

    snprintf(path, sizeof path, "%s/%s.pem", folder, name);
    text = corpus_read(path, &len);
    ck_assert_msg(mbedtls_x509_crt_parse(out, text, len + 1) == 0, "%s", path);
    free(text);
}

void corpus_chain(const char *name, mbedtls_x509_crt *out)
{
    parse_pem("chains", name, out);
}

void corpus_certificates(const char *name, const char *chain, mbedtls_x509_crt *out)
{
    parse_pem("certs", name, out);
    if (chain != NULL) {
        corpus_chain(chain, out);
    }
}

#if HAVE_TLS13
static int parse_key(mbedtls_pk_context *out, const unsigned char *text, size_t len,
                     mbedtls_ctr_drbg_context *random)
{
    return mbedtls_pk_parse_key(out, text, len, NULL, 0, mbedtls_ctr_drbg_random,
                                random);
}

static void set_versions(mbedtls_ssl_config *conf, bool tls13)
{
    mbedtls_ssl_protocol_version version =
        tls13 ? MBEDTLS_SSL_VERSION_TLS1_3 : MBEDTLS_SSL_VERSION_TLS1_2;

    mbedtls_ssl_conf_min_tls_version(conf, version);
    mbedtls_ssl_conf_max_tls_version(conf, version);
    mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
        conf, MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
}
#else
static int parse_key(mbedtls_pk_context *out, const unsigned char *text, size_t len,
                     mbedtls_ctr_drbg_context *random)
{
    (void)random;
    return mbedtls_pk_parse_key(out, text, len, NULL, 0);
}

static void set_versions(mbedtls_ssl_config *conf, bool tls13)
{
    ck_assert(!tls13);
    mbedtls_ssl_conf_min_version(conf, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 MBEDTLS_SSL_MINOR_VERSION_3);
}
#endif

void corpus_key(const char *name, mbedtls_ctr_drbg_context *random,
                mbedtls_pk_context *out)
{
    char path[128];
    unsigned char *text;
    size_t len;

    snprintf(path, sizeof path, "keys/%s.key", name);
    text = corpus_read(path, &len);
    ck_assert_msg(parse_key(out, text, len + 1, random) == 0, "%s", path);
    free(text);
}

void *corpus_trust(const char *ca)
{
    const postern_crypto *crypto = postern_mbedtls_crypto();
    mbedtls_x509_crt parsed;
    postern_str der;
    size_t bad;
    void *trust = NULL;

    mbedtls_x509_crt_init(&parsed);
    parse_pem("ca", ca, &parsed);
    der = (postern_str){(const char *)parsed.raw.p, parsed.raw.len};
    ck_assert_int_eq(crypto->trust_new(crypto->context, &der, 1, &bad, &trust),
                     POSTERN_OK);
    mbedtls_x509_crt_free(&parsed);
    return trust;
}

static void side_start(side *any, int endpoint)
{
    memset(any, 0, sizeof *any);
    mbedtls_entropy_init(&any->entropy);
    mbedtls_ctr_drbg_init(&any->random);
    mbedtls_ssl_config_init(&any->conf);
    mbedtls_x509_crt_init(&any->certificate);
    mbedtls_pk_init(&any->key);
    ck_assert_int_eq(mbedtls_ctr_drbg_seed(&any->random, mbedtls_entropy_func,
                                           &any->entropy, NULL, 0),
                     0);
    ck_assert_int_eq(mbedtls_ssl_config_defaults(&any->conf, endpoint,
                                                 MBEDTLS_SSL_TRANSPORT_STREAM,
                                                 MBEDTLS_SSL_PRESET_DEFAULT),
                     0);
    mbedtls_ssl_conf_rng(&any->conf, mbedtls_ctr_drbg_random, &any->random);
}

void server_start(side *server, const postern_mbedtls_options *options)
{
    static const char *protocols[] = {"h2", "http/1.1", NULL};

    side_start(server, MBEDTLS_SSL_IS_SERVER);
    ck_assert_int_eq(postern_mbedtls_configure(&server->conf, options), POSTERN_OK);
    corpus_certificates("eku-server", NULL, &server->certificate);
    corpus_key("eku-server", &server->random, &server->key);
    ck_assert_int_eq(
        mbedtls_ssl_conf_own_cert(&server->conf, &server->certificate, &server->key),
        0);
    ck_assert_int_eq(mbedtls_ssl_conf_alpn_protocols(&server->conf, protocols), 0);
}

void client_start(side *client, bool tls13)
{
    side_start(client, MBEDTLS_SSL_IS_CLIENT);
    mbedtls_ssl_conf_authmode(&client->conf, MBEDTLS_SSL_VERIFY_NONE);
    set_versions(&client->conf, tls13);
}

void client_certificate(side *client, const char *name, const char *key,
                        const char *chain)
{
    corpus_certificates(name, chain, &client->certificate);
    corpus_key(key, &client->random, &client->key);
    ck_assert_int_eq(
        mbedtls_ssl_conf_own_cert(&client->conf, &client->certificate, &client->key),
        0);
}

/* The client says which alert it got in its debug output alone. */
static void listen_for_alert(void *user, int level, const char *file, int line,
                             const char *text)
{
    static const char words[] = "fatal alert message (msg ";
    const char *at = strstr(text, words);

    (void)level;
    (void)file;
    (void)line;
    if (at != NULL) {
        *(int *)user = (int)strtol(at + sizeof words - 1, NULL, 10);
    }
}

void client_listen(side *client, int *alert)
{
    *alert = 0;
    mbedtls_debug_set_threshold(1);
    mbedtls_ssl_conf_dbg(&client->conf, listen_for_alert, alert);
}

void side_stop(side *any)
{
    mbedtls_ssl_config_free(&any->conf);
    mbedtls_pk_free(&any->key);
    mbedtls_x509_crt_free(&any->certificate);
    mbedtls_ctr_drbg_free(&any->random);
    mbedtls_entropy_free(&any->entropy);
}

static void put(stream *s, const unsigned char *data, size_t len)
{
    ck_assert_uint_le(s->written + len, sizeof s->bytes);
    memcpy(s->bytes + s->written, data, len);
    s->written += len;
}

/* Cuts the handshake record at `data` into records of s->splits bytes each. */
static void put_split(stream *s, const unsigned char *data, size_t len)
{
    size_t at = 5;

    while (at < len) {
        size_t n = len - at < s->splits ? len - at : s->splits;
        const unsigned char header[5] = {data[0], data[1], data[2],
                                         (unsigned char)(n >> 8), (unsigned char)n};

        put(s, header, sizeof header);
        put(s, data + at, n);
        at += n;
    }
}

static int take(stream *s, unsigned char *data, size_t room)
{
    size_t n = s->written - s->read;

    if (n == 0 || s->paused) {
        s->paused = false;
        return MBEDTLS_ERR_SSL_WANT_READ;
    }
    n = n < room ? n : room;
    if (s->step > 0) {
        n = n < s->step ? n : s->step;
        s->paused = true;
    }
    memcpy(data, s->bytes + s->read, n);
    s->read += n;
    return (int)n;
}

static int client_send(void *user, const unsigned char *data, size_t len)
{
    wire *w = user;

    if (w->up.splits > 0 && w->up.written == 0) {
        put_split(&w->up, data, len);
    } else {
        put(&w->up, data, len);
    }
    return (int)len;
}

static int client_receive(void *user, unsigned char *data, size_t room)
{
    wire *w = user;

    return take(&w->down, data, room);
}

int server_send(void *user, const unsigned char *data, size_t len)
{
    wire *w = user;

    put(&w->down, data, len);
    return (int)len;
}

int server_receive(void *user, unsigned char *data, size_t room)
{
    wire *w = user;

    return take(&w->up, data, room);
}

void wire_set_client(wire *w)
{
    mbedtls_ssl_set_bio(&w->client, w, client_send, client_receive, NULL);
}

void wire_open(wire *w, side *client, side *server, const char *name)
{
    memset(w, 0, sizeof *w);
    mbedtls_ssl_init(&w->client);
    mbedtls_ssl_init(&w->server);
    ck_assert_int_eq(mbedtls_ssl_setup(&w->client, &client->conf), 0);
    ck_assert_int_eq(mbedtls_ssl_setup(&w->server, &server->conf), 0);
    ck_assert_int_eq(mbedtls_ssl_set_hostname(&w->client, name), 0);
    wire_set_client(w);
    mbedtls_ssl_set_bio(&w->server, w, server_send, server_receive, NULL);
    w->client_rc = MBEDTLS_ERR_SSL_WANT_READ;
    w->server_rc = MBEDTLS_ERR_SSL_WANT_READ;
}

void wire_open_attached(wire *w, side *client, side *server, const char *name,
                        postern_connection *connection)
{
    wire_open(w, client, server, name);
    ck_assert_int_eq(postern_mbedtls_attach(connection, &w->server), POSTERN_OK);
    ck_assert_int_eq(
        postern_mbedtls_set_bio(connection, &w->server, w, server_send, server_receive),
        POSTERN_OK);
}

static bool waits(int rc)
{
    return rc == MBEDTLS_ERR_SSL_WANT_READ || rc == MBEDTLS_ERR_SSL_WANT_WRITE;
}

void wire_handshake(wire *w, postern_connection *connection)
{
    unsigned idle = 0;

    while ((waits(w->client_rc) || waits(w->server_rc)) && idle < 8) {
        size_t before = w->up.read + w->down.read + w->up.written + w->down.written;

        if (waits(w->client_rc)) {
            w->client_rc = mbedtls_ssl_handshake(&w->client);
        }
        if (waits(w->server_rc)) {
            w->server_rc = connection != NULL
                               ? postern_mbedtls_handshake(connection, &w->server)
                               : mbedtls_ssl_handshake(&w->server);
        }
        idle = before == w->up.read + w->down.read + w->up.written + w->down.written
                   ? idle + 1
                   : 0;
    }
}

void wire_close(wire *w)
{
    mbedtls_ssl_free(&w->client);
    mbedtls_ssl_free(&w->server);
}
