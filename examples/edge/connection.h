/*
 * connection.h - one client, from accept to close:
 *
 *   handshake -> head -> body -> answer -+-> goodbye -> linger
 *                 ^----------------------+
 *
 * Every state has a deadline. Requests that come in a row are answered in order:
 * the next head is looked at when the answer before it is sent.
 */
#ifndef EDGE_CONNECTION_H
#define EDGE_CONNECTION_H

#include "body.h"
#include "stream.h"
#include "worker.h"

typedef enum edge_state {
    EDGE_HANDSHAKE,
    EDGE_HEAD,
    EDGE_BODY,
    EDGE_ANSWER,
    EDGE_GOODBYE,
    EDGE_LINGER
} edge_state;

/** What a connection waits for. */
typedef enum edge_wait {
    EDGE_WAIT_READ,
    EDGE_WAIT_WRITE,
    EDGE_WAIT_TURN, /* its timer `turn`, and not the socket */
    EDGE_WAIT_NOTHING
} edge_wait;

typedef struct edge_connection {
    edge_source source; /* first, as worker.h wants it */
    edge_state state;
    edge_wait waits;  /* as epoll knows it */
    edge_timer timer; /* of its state */
    edge_timer turn;  /* EDGE_DEADLINE_TURN, while others compute their handshakes */
    edge_work *work;
    struct edge_connection *before;
    struct edge_connection *after;
    const edge_listener *listener;
    postern_address address;
    edge_guest *guest;
    postern_connection *evidence;
    edge_stream stream;
    edge_header *headers;
    edge_head head;
    edge_body body;
    char *in; /* a head, and what came after it */
    size_t in_len;
    size_t in_cap;
    edge_text out;
    size_t out_sent;
    uint32_t answered;
    bool close; /* after this answer */
} edge_connection;

/**
 * Takes over the socket `fd` of a client that was let in as `guest`, and adds the
 * connection to its worker.
 * @return NULL on failure; the socket is then closed, the guest has left
 */
edge_connection *edge_connection_new(edge_work *work, const edge_listener *listener,
                                     int fd, const postern_address *address,
                                     edge_guest *guest);
/** Closes and frees. */
void edge_connection_free(edge_connection *connection);

/** Does what can be done now.
 *  @return what to wait for; EDGE_WAIT_NOTHING: free it */
edge_wait edge_connection_go_on(edge_connection *connection);

/** Its timer of this kind is due. Returns as edge_connection_go_on(). */
edge_wait edge_connection_expire(edge_connection *connection, edge_deadline kind);

/** The server stops: this answer is the last. Returns as edge_connection_go_on(). */
edge_wait edge_connection_wind_up(edge_connection *connection);

#endif
