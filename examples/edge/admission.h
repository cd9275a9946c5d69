/*
 * admission.h - counts who is in, so that nobody fills the house: connections and
 * unfinished handshakes, in all and for each peer. A peer is an IPv4 address or an
 * IPv6 /64, the smallest network a client is given.
 *
 * A handshake costs far more than a request and happens before anybody has proved
 * anything; hence it is counted on its own, and so is the time that it takes of a
 * processor. A chain of certificates that was made for it takes seconds, and nothing
 * stops mbedTLS in between. So handshakes of one peer are computed one after another,
 * and a peer that has used up its time is turned away until the minute has passed.
 *
 * When there are as many handshakes as there may be, the peer with the most of them
 * loses its oldest one to a peer that has fewer.
 */
#ifndef EDGE_ADMISSION_H
#define EDGE_ADMISSION_H

#include <postern/value.h>

typedef struct edge_caps {
    size_t connections;
    size_t connections_per_peer;
    size_t handshakes;
    size_t handshakes_per_peer;
    int64_t handshake_cpu_ms; /**< of processor time a minute, for each peer; one
                                   handshake more may begin before it is used up */
} edge_caps;

/** Used by every worker at once. */
typedef struct edge_admission edge_admission;
/** Somebody who was let in. */
typedef struct edge_guest edge_guest;

/** @return NULL when there is no memory */
edge_admission *edge_admission_new(const edge_caps *caps);
/** NULL is fine. Every guest must have left. */
void edge_admission_free(edge_admission *admission);

/**
 * Lets a connection in.
 *
 * @param fd        its socket: shut down, from any thread, when another peer needs the
 *                  place of its handshake
 * @param handshake whether it begins with a handshake
 * @param now       milliseconds that never go back, as everywhere below
 * @return NULL: a cap is reached, close
 */
edge_guest *edge_admission_enter(edge_admission *admission,
                                 const postern_address *address, int fd, bool handshake,
                                 int64_t now);

/** What edge_admission_begin() says. */
typedef enum edge_turn {
    EDGE_TURN_NOW,
    EDGE_TURN_LATER, /**< another handshake of this peer is computed; ask again */
    EDGE_TURN_NEVER  /**< and takes too long, or the peer's time is used up: close */
} edge_turn;

/** Asks whether to go on with the guest's handshake. */
edge_turn edge_admission_begin(edge_admission *admission, edge_guest *guest,
                               int64_t now);

/** After EDGE_TURN_NOW: it took `cpu_us` of this thread's time. */
void edge_admission_end(edge_admission *admission, edge_guest *guest, int64_t cpu_us,
                        int64_t now);

/** The guest's handshake is over. */
void edge_admission_shaken(edge_admission *admission, edge_guest *guest);

/** The guest's connection ends; its socket is still open. */
void edge_admission_leave(edge_admission *admission, edge_guest *guest);

#endif
