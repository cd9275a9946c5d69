/*
 * tests/bench/pair.h - an mbedTLS client and server joined by two buffers, and the
 * processor time of the server's steps alone. What goes wrong ends the program.
 */
#ifndef BENCH_PAIR_H
#define BENCH_PAIR_H

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crl.h>
#include <postern/gate.h>
#include <postern/mbedtls.h>
#include <stdint.h>

#define PAIR_HAS_TLS13 (MBEDTLS_VERSION_NUMBER >= 0x03000000)

/** Ends the program unless `holds`. */
void must(bool holds, const char *what);

/** A file below tests/data/corpus/, NUL-terminated, never freed. */
postern_str pair_read(const char *folder, const char *name, const char *suffix);

/** Parses keys/NAME.key. */
void pair_key(const char *name, mbedtls_pk_context *out);

/** The one source of random bytes. */
mbedtls_ctr_drbg_context *pair_random(void);

/** One end's configuration, with certificate and key. */
typedef struct pair_side {
    mbedtls_ssl_config conf;
    mbedtls_x509_crt chain;
    mbedtls_pk_context key;
} pair_side;

/** A server that postern has configured. */
void pair_server(pair_side *server);

/** Takes out of it what postern has put in, and asks everybody for a certificate by one
 *  of `ca`: the same server without postern. `crl` may be NULL. */
void pair_make_bare(pair_side *server, mbedtls_x509_crt *ca, mbedtls_x509_crl *crl);

/** A client; its chain and key are filled already. */
void pair_client(pair_side *client, bool tls13);

/** Nanoseconds of processor time that this thread has had. */
uint64_t pair_cpu_ns(void);

/** A handshake of `client` with `server`. With a connection it is postern's, and one GET
 *  of `host` is judged into `verdict`.
 *  @return the server's processor time, without making its context */
typedef struct pair_guest {
    postern_gate *gate; /* NULL: a bare server */
    postern_request *request;
    const char *host;
    postern_verdict verdict;
    postern_connection *connection; /* kept when `keep`, else freed in the time */
    bool keep;
    void (*look)(void *user, const char *moment); /* may be NULL; outside of the time */
    void *look_user;
} pair_guest;

uint64_t pair_handshake(pair_side *client, pair_side *server, pair_guest *guest);

#endif
