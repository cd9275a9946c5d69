/*
 * tests/tls/wire.h - an mbedTLS client and a server with postern, in one process,
 * joined by two buffers. Any failure to set things up fails the test.
 */
#ifndef WIRE_H
#define WIRE_H

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/version.h>
#include <postern/mbedtls.h>

#define HAVE_TLS13 (MBEDTLS_VERSION_NUMBER >= 0x03000000)

/** A stream of bytes in one direction. */
typedef struct stream {
    unsigned char bytes[1 << 17];
    size_t read;
    size_t written;
    size_t step;   /* bytes given at a time, and WANT_READ in between; 0: no limit */
    bool paused;   /* the next read wants to be called again */
    size_t splits; /* records of the first flight are cut into pieces so long; 0: not */
} stream;

/** What outlives a connection: configuration, keys, randomness. */
typedef struct side {
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    mbedtls_ssl_config conf;
    mbedtls_x509_crt certificate;
    mbedtls_pk_context key;
} side;

/** A connection: the two ends and the bytes between them. */
typedef struct wire {
    stream up;   /* from the client */
    stream down; /* from the server */
    mbedtls_ssl_context client;
    mbedtls_ssl_context server;
    int client_rc;
    int server_rc;
} wire;

/** Reads a file below tests/data/corpus, NUL-terminated. Freed with free(). */
unsigned char *corpus_read(const char *path, size_t *len);

/** Parses chains/NAME.pem. */
void corpus_chain(const char *name, mbedtls_x509_crt *out);

/** Parses certs/NAME.pem (and chains/CHAIN.pem after it, unless NULL). */
void corpus_certificates(const char *name, const char *chain, mbedtls_x509_crt *out);

/** Parses keys/NAME.key. */
void corpus_key(const char *name, mbedtls_ctr_drbg_context *random,
                mbedtls_pk_context *out);

/** A trust object for ca/NAME.pem, made by postern_mbedtls_crypto(). */
void *corpus_trust(const char *ca);

/** A prepared server configuration; `options` may be NULL. */
void server_start(side *server, const postern_mbedtls_options *options);

/** A client that speaks TLS 1.2, or 1.3, and has no certificate yet. */
void client_start(side *client, bool tls13);

/** Gives the client certs/NAME.pem and keys/KEY.key, and chains/CHAIN.pem. */
void client_certificate(side *client, const char *name, const char *key,
                        const char *chain);

/** From now on *alert is the last fatal alert that a connection of `client` got. One
 *  client at a time. */
void client_listen(side *client, int *alert);

void side_stop(side *any);

/** A new pair of contexts. `name` is the server name; NULL sends none. */
void wire_open(wire *w, side *client, side *server, const char *name);

/** wire_open() and, for the server's end, attach and set_bio. */
void wire_open_attached(wire *w, side *client, side *server, const char *name,
                        postern_connection *connection);

/** The client's end, for one that was set up in place of the first. */
void wire_set_client(wire *w);

/** Drives both ends until neither gets further; results are in client_rc and
 *  server_rc. `connection` NULL: the server's end by mbedtls_ssl_handshake(). */
void wire_handshake(wire *w, postern_connection *connection);

void wire_close(wire *w);

/** The byte stream's end for mbedtls_ssl_set_bio(), of the server. */
int server_send(void *user, const unsigned char *data, size_t len);
int server_receive(void *user, unsigned char *data, size_t room);

#endif
