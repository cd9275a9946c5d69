/*
 * tests/tls/rogue.h - a host that switches resumption back on behind postern's back,
 * and clients that try to use that.
 */
#ifndef ROGUE_H
#define ROGUE_H

#include "wire.h"

#include <mbedtls/ssl_cache.h>
#include <mbedtls/ssl_ticket.h>

/* Members that 3.6 calls private. */
#if HAVE_TLS13
#define PRIVATE(member) MBEDTLS_PRIVATE(member)
#else
#define PRIVATE(member) member
#endif

typedef struct rogue {
    mbedtls_ssl_ticket_context tickets;
    mbedtls_ssl_cache_context cache;
    unsigned resumed; /* how often a session was found */
} rogue;

/** Makes the keys and the cache; nobody uses them yet. */
void rogue_start(rogue *r, side *server);

/** Switches the server's session cache, its tickets, or both back on. */
void rogue_turn(rogue *r, side *server, bool cache, bool tickets);

void rogue_stop(rogue *r);

/** Reads what the server sends after the handshake: in 1.3 tickets are there. */
void rogue_fetch_ticket(wire *w);

/**
 * Offers `session` on a new connection, before its handshake. In 1.3 mbedTLS's client
 * refuses to resume a session with another server name than it was made with; here it
 * believes that `name` (may be NULL) was the name.
 */
void rogue_offer(wire *w, mbedtls_ssl_session *session, const char *name);

/** True when the server's first flight says that a session is resumed: a ServerHello of
 *  1.3 that chose a PSK, or one of 1.2 that no certificate follows. */
bool rogue_resumed_on_the_wire(const stream *down);

#endif
