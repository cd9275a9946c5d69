/*
 * tests/openssl/pair.h - an OpenSSL client and an OpenSSL server that uses the adapter
 * of examples/openssl.c, in one process, joined by a pair of BIOs. Any failure to set
 * things up fails the test, unless a function says otherwise.
 */
#ifndef PAIR_H
#define PAIR_H

#include "openssl.h"

typedef struct pair {
    SSL_CTX *server;
    SSL_CTX *client;
    SSL *server_end; /* NULL before pair_shake() */
    SSL *client_end;
    int server_rc; /* 1: the handshake is done */
    int client_rc;
    SSL_SESSION *session; /* the last one the client was given, or NULL */
    SSL_SESSION *resume;  /* offered by the next handshake; borrowed */
    int (*accept)(
        SSL *); /* what the server calls: tls_accept, or without the adapter */
    /* Sees what the client sends before the server does; may be NULL. */
    void (*meddle)(unsigned char *bytes, size_t len);
} pair;

/** Both contexts; `version` is TLS1_2_VERSION or TLS1_3_VERSION. The client takes every
 *  algorithm there is. */
void pair_open(pair *p, int version);
void pair_close(pair *p);

/** A file of tests/data/, parsed; NULL when there is none or OpenSSL cannot. PEM holds
 *  one certificate or more. */
X509 *pair_read_der(const char *file);
STACK_OF(X509) * pair_read_pem(const char *file);
EVP_PKEY *pair_read_key(const char *file);

/** Gives the client certificate NAME of the corpus with its key, and chains/CHAIN.pem
 *  unless NULL. @return false: OpenSSL cannot show it */
bool pair_certificate(pair *p, const char *name, const char *chain);

/** Likewise, ready made. `chain` may be NULL. */
bool pair_show(pair *p, X509 *leaf, EVP_PKEY *key, STACK_OF(X509) * chain);

/** One handshake, from the beginning to its end. `name` NULL: no server name. */
void pair_shake(pair *p, postern_connection *connection, const char *name);

/** The two halves of pair_shake(): what can fail a test, and the handshake itself. */
void pair_prepare(pair *p, postern_connection *connection, const char *name);
void pair_drive(pair *p);

/** Another client, without a certificate, for the server's end as it is. */
void pair_next_client(pair *p, int version, const char *name);

/** Makes the server resume sessions, by tickets or by session ids. */
void pair_resume(pair *p, bool tickets);

#endif
