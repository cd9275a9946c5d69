/*
 * tests/tls/scene.h - a server, a client and a connection for one test, and the
 * words tests use for them.
 */
#ifndef SCENE_H
#define SCENE_H

#include "fake_connection.h"
#include "wire.h"

#define HOST "service.example.com" /* registered: a certificate is asked for */
#define OTHER "www.example.com"    /* not registered */

/* Tests with a TLS version run once for each: loop index 1 is 1.3. */
enum { VERSIONS = 1 + HAVE_TLS13 };

extern side server;
extern side client;
extern wire w;
extern void *trust;                    /* the anchors of HOST */
extern postern_connection *connection; /* what the server was told */

/** Makes all of the above but `w`; ca/CA.pem is trusted. */
void set_up_host(const char *ca, bool tls13);

/** The same with ca-a and the newest TLS there is. */
void set_up(void);

void tear_down(void);

/** One connection from beginning to end; the evidence stays in `connection`. */
void connect_to(const char *name);

/** Another, fresh `connection` of the same kind. */
void reconnect(void);

/** The handshake succeeded, set_tls was called once, and without certificates. */
void check_nothing_presented(void);

#endif
