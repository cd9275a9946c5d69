/*
 * admission.h - counts who is in, so that nobody fills the house: connections and
 * unfinished handshakes, in all and for each peer. A peer is an IPv4 address or an
 * IPv6 /64, the smallest network a client is given.
 *
 * A handshake costs far more than a request and happens before anybody has proved
 * anything; hence it is counted on its own.
 */
#ifndef EDGE_ADMISSION_H
#define EDGE_ADMISSION_H

#include <postern/value.h>

typedef struct edge_caps {
    size_t connections;
    size_t connections_per_peer;
    size_t handshakes;
    size_t handshakes_per_peer;
} edge_caps;

/** Used by every worker at once. */
typedef struct edge_admission edge_admission;
typedef struct edge_peer edge_peer;

/** @return NULL when there is no memory */
edge_admission *edge_admission_new(const edge_caps *caps);
/** NULL is fine. Every peer must have left. */
void edge_admission_free(edge_admission *admission);

/**
 * Lets a connection in.
 *
 * @param handshake whether it begins with a handshake
 * @return the peer it is counted under, or NULL: a cap is reached, close
 */
edge_peer *edge_admission_enter(edge_admission *admission,
                                const postern_address *address, bool handshake);

/** The handshake of one of the peer's connections is over. */
void edge_admission_shaken(edge_admission *admission, edge_peer *peer);

/** One of the peer's connections ended.
 *  @param handshake whether that was before its handshake was over */
void edge_admission_leave(edge_admission *admission, edge_peer *peer, bool handshake);

#endif
