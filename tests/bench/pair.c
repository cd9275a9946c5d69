#define _POSIX_C_SOURCE 200809L
#include "pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void must(bool holds, const char *what)
{
    if (!holds) {
        (void)fprintf(stderr, "%s: failed\n", what);
        exit(EXIT_FAILURE);
    }
}

enum { FILE_MAX = 1 << 16, PATH_MAX_HERE = 512 };

/* A file that was read, once. */
typedef struct read_file {
    char path[PATH_MAX_HERE];
    char bytes[FILE_MAX];
    size_t len;
    struct read_file *next;
} read_file;

static read_file *files;

postern_str pair_read(const char *folder, const char *name, const char *suffix)
{
    const char *tests = getenv("POSTERN_TESTS");
    char path[PATH_MAX_HERE];
    read_file *made = files;
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/data/corpus/%s/%s%s",
                   tests == NULL ? "tests" : tests, folder, name, suffix);
    while (made != NULL && strcmp(made->path, path) != 0) {
        made = made->next;
    }
    if (made == NULL) {
        file = fopen(path, "rb");
        made = calloc(1, sizeof *made);
        must(file != NULL && made != NULL, path);
        memcpy(made->path, path, sizeof path);
        made->len = fread(made->bytes, 1, FILE_MAX - 1, file);
        (void)fclose(file);
        made->next = files;
        files = made;
    }
    return (postern_str){made->bytes, made->len};
}

mbedtls_ctr_drbg_context *pair_random(void)
{
    static mbedtls_entropy_context entropy;
    static mbedtls_ctr_drbg_context random;
    static bool made;

    if (!made) {
        mbedtls_entropy_init(&entropy);
        mbedtls_ctr_drbg_init(&random);
        must(mbedtls_ctr_drbg_seed(&random, mbedtls_entropy_func, &entropy, NULL, 0) ==
                 0,
             "randomness");
        made = true;
    }
    return &random;
}

void pair_key(const char *name, mbedtls_pk_context *out)
{
    const postern_str text = pair_read("keys", name, ".key");
    const unsigned char *bytes = (const unsigned char *)text.data;

    mbedtls_pk_init(out);
#if PAIR_HAS_TLS13
    must(mbedtls_pk_parse_key(out, bytes, text.len + 1, NULL, 0,
                              mbedtls_ctr_drbg_random, pair_random()) == 0,
         name);
#else
    must(mbedtls_pk_parse_key(out, bytes, text.len + 1, NULL, 0) == 0, name);
#endif
}

static void start(pair_side *side, int endpoint)
{
    mbedtls_ssl_config_init(&side->conf);
    must(mbedtls_ssl_config_defaults(&side->conf, endpoint,
                                     MBEDTLS_SSL_TRANSPORT_STREAM,
                                     MBEDTLS_SSL_PRESET_DEFAULT) == 0,
         "configuration");
    mbedtls_ssl_conf_rng(&side->conf, mbedtls_ctr_drbg_random, pair_random());
}

void pair_server(pair_side *server)
{
    const postern_str text = pair_read("certs", "eku-server", ".pem");

    start(server, MBEDTLS_SSL_IS_SERVER);
    mbedtls_x509_crt_init(&server->chain);
    must(mbedtls_x509_crt_parse(&server->chain, (const unsigned char *)text.data,
                                text.len + 1) == 0,
         "certificate");
    pair_key("eku-server", &server->key);
    must(mbedtls_ssl_conf_own_cert(&server->conf, &server->chain, &server->key) == 0,
         "certificate and key");
    must(postern_mbedtls_configure(&server->conf, NULL) == POSTERN_OK, "configure");
}

void pair_make_bare(pair_side *server, mbedtls_x509_crt *ca, mbedtls_x509_crl *crl)
{
    mbedtls_ssl_conf_sni(&server->conf, NULL, NULL);
    mbedtls_ssl_conf_authmode(&server->conf, MBEDTLS_SSL_VERIFY_OPTIONAL);
    mbedtls_ssl_conf_ca_chain(&server->conf, ca, crl);
}

void pair_client(pair_side *client, bool tls13)
{
    start(client, MBEDTLS_SSL_IS_CLIENT);
    mbedtls_ssl_conf_authmode(&client->conf, MBEDTLS_SSL_VERIFY_NONE);
#if PAIR_HAS_TLS13
    mbedtls_ssl_conf_min_tls_version(&client->conf, tls13 ? MBEDTLS_SSL_VERSION_TLS1_3
                                                          : MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_max_tls_version(&client->conf, tls13 ? MBEDTLS_SSL_VERSION_TLS1_3
                                                          : MBEDTLS_SSL_VERSION_TLS1_2);
#else
    must(!tls13, "TLS 1.3");
    mbedtls_ssl_conf_min_version(&client->conf, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 MBEDTLS_SSL_MINOR_VERSION_3);
#endif
    must(mbedtls_ssl_conf_own_cert(&client->conf, &client->chain, &client->key) == 0,
         "the client's certificate and key");
}

uint64_t pair_cpu_ns(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* --- the wire ------------------------------------------------------------------------ */

typedef struct stream {
    unsigned char bytes[1 << 16];
    size_t read;
    size_t written;
} stream;

typedef struct end {
    stream *in;
    stream *out;
} end;

static int send_bytes(void *user, const unsigned char *bytes, size_t len)
{
    stream *out = ((end *)user)->out;

    must(len <= sizeof out->bytes - out->written, "the wire");
    memcpy(out->bytes + out->written, bytes, len);
    out->written += len;
    return (int)len;
}

static int receive_bytes(void *user, unsigned char *bytes, size_t room)
{
    stream *in = ((end *)user)->in;
    size_t len = in->written - in->read;

    if (len == 0) {
        return MBEDTLS_ERR_SSL_WANT_READ;
    }
    len = len < room ? len : room;
    memcpy(bytes, in->bytes + in->read, len);
    in->read += len;
    return (int)len;
}

/* --- a handshake --------------------------------------------------------------------- */

static void look(const pair_guest *guest, const char *moment)
{
    if (guest->look != NULL) {
        guest->look(guest->look_user, moment);
    }
}

static void arrive(pair_guest *guest, mbedtls_ssl_context *ssl, end *bio)
{
    const postern_address peer = {
        4, {192, 0, 2, 7}
    };

    must(postern_connection_new(guest->gate, &peer, postern_text("public"),
                                &guest->connection) == POSTERN_OK &&
             postern_mbedtls_attach(guest->connection, ssl) == POSTERN_OK &&
             postern_mbedtls_set_bio(guest->connection, ssl, bio, send_bytes,
                                     receive_bytes) == POSTERN_OK,
         "attach");
}

static void ask(pair_guest *guest)
{
    must(postern_request_begin(guest->request, guest->connection, postern_text("GET"),
                               postern_text("/"),
                               postern_text("HTTP/1.1")) == POSTERN_OK &&
             postern_request_add_header(guest->request, postern_text("host"),
                                        postern_text(guest->host)) == POSTERN_OK,
         "request");
    postern_gate_evaluate(guest->gate, guest->request, &guest->verdict);
}

static bool waits(int rc)
{
    return rc == MBEDTLS_ERR_SSL_WANT_READ || rc == MBEDTLS_ERR_SSL_WANT_WRITE;
}

static uint64_t shake(mbedtls_ssl_context ssl[2], const pair_guest *guest)
{
    int rc[2] = {MBEDTLS_ERR_SSL_WANT_READ, MBEDTLS_ERR_SSL_WANT_READ};
    uint64_t took = 0;

    for (int turn = 0; turn < 32 && (waits(rc[0]) || waits(rc[1])); turn++) {
        uint64_t before;

        if (waits(rc[0])) {
            rc[0] = mbedtls_ssl_handshake(&ssl[0]);
        }
        before = pair_cpu_ns();
        if (waits(rc[1])) {
            rc[1] = guest->gate == NULL
                        ? mbedtls_ssl_handshake(&ssl[1])
                        : postern_mbedtls_handshake(guest->connection, &ssl[1]);
        }
        took += pair_cpu_ns() - before;
    }
    must(rc[0] == 0 && rc[1] == 0, "handshake");
    return took;
}

uint64_t pair_handshake(pair_side *client, pair_side *server, pair_guest *guest)
{
    static stream up;
    static stream down;
    mbedtls_ssl_context ssl[2];
    end bio[2] = {
        {&down, &up  },
        {&up,   &down},
    };
    uint64_t before;
    uint64_t took;

    up.read = up.written = down.read = down.written = 0;
    for (int i = 0; i < 2; i++) {
        mbedtls_ssl_init(&ssl[i]);
        must(mbedtls_ssl_setup(&ssl[i], i == 0 ? &client->conf : &server->conf) == 0,
             "setup");
        mbedtls_ssl_set_bio(&ssl[i], &bio[i], send_bytes, receive_bytes, NULL);
    }
    must(mbedtls_ssl_set_hostname(&ssl[0], "a.example") == 0, "server name");
    before = pair_cpu_ns();
    if (guest->gate != NULL) {
        arrive(guest, &ssl[1], &bio[1]);
    }
    took = pair_cpu_ns() - before;
    look(guest, "before the handshake");
    took += shake(ssl, guest);
    look(guest, "after the handshake");
    before = pair_cpu_ns();
    if (guest->gate != NULL) {
        ask(guest);
        if (!guest->keep) {
            postern_connection_free(guest->connection);
        }
    } else {
        must(mbedtls_ssl_get_verify_result(&ssl[1]) == 0, "verification");
    }
    took += pair_cpu_ns() - before;
    look(guest, "after the first verdict");
    mbedtls_ssl_free(&ssl[0]);
    mbedtls_ssl_free(&ssl[1]);
    return took;
}
