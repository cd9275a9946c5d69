/* sockets.h - listening and accepting, with postern's addresses. */
#ifndef EDGE_SOCKETS_H
#define EDGE_SOCKETS_H

#include "config.h"

typedef struct edge_listener {
    int fd;
    bool tls;
    postern_str name; /**< in rules and logs */
    edge_place place; /**< with the port that was chosen */
} edge_listener;

/** Listens on `listener->place`, filling in `fd` and the port.
 *  @return false with errno set */
bool edge_listen(edge_listener *listener);

/** Accepts one connection. @return its descriptor, or -1 with errno set */
int edge_accept(const edge_listener *listener, postern_address *peer);

/** Writes a place as "127.0.0.1:8443" or "[::1]:8443". 56 bytes suffice. */
void edge_place_format(const edge_place *place, char *buf, size_t cap);

#endif
