/* sockets.c - TCP over IPv4 and IPv6. */
#define _GNU_SOURCE
#include "sockets.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Every kind of socket address this server meets. */
typedef union any_address {
    struct sockaddr plain;
    struct sockaddr_in in4;
    struct sockaddr_in6 in6;
} any_address;

static socklen_t to_socket(const edge_place *place, any_address *out)
{
    memset(out, 0, sizeof *out);
    if (place->address.family == 4) {
        out->in4.sin_family = AF_INET;
        out->in4.sin_port = htons(place->port);
        memcpy(&out->in4.sin_addr, place->address.bytes, 4);
        return sizeof out->in4;
    }
    out->in6.sin6_family = AF_INET6;
    out->in6.sin6_port = htons(place->port);
    memcpy(&out->in6.sin6_addr, place->address.bytes, 16);
    return sizeof out->in6;
}

/* An IPv4 client of an IPv6 socket counts as what it is. */
static edge_place from_socket(const any_address *from)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    edge_place place = {0};

    if (from->plain.sa_family == AF_INET) {
        place.address.family = 4;
        memcpy(place.address.bytes, &from->in4.sin_addr, 4);
        place.port = ntohs(from->in4.sin_port);
    } else if (from->plain.sa_family == AF_INET6) {
        const uint8_t *bytes = from->in6.sin6_addr.s6_addr;
        const bool four = memcmp(bytes, mapped, sizeof mapped) == 0;
        place.address.family = four ? 4 : 6;
        memcpy(place.address.bytes, four ? bytes + 12 : bytes, four ? 4 : 16);
        place.port = ntohs(from->in6.sin6_port);
    }
    return place;
}

static bool bind_and_listen(edge_listener *listener)
{
    const int on = 1;
    any_address address = {0};
    socklen_t len = to_socket(&listener->place, &address);

    if (setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(listener->fd, &address.plain, len) != 0 ||
        listen(listener->fd, SOMAXCONN) != 0) {
        return false;
    }
    len = sizeof address;
    if (getsockname(listener->fd, &address.plain, &len) != 0) {
        return false;
    }
    listener->place.port = from_socket(&address).port;
    return true;
}

bool edge_listen(edge_listener *listener)
{
    const int family = listener->place.address.family == 4 ? AF_INET : AF_INET6;
    int why;

    listener->fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener->fd < 0 || bind_and_listen(listener)) {
        return listener->fd >= 0;
    }
    why = errno;
    (void)close(listener->fd);
    listener->fd = -1;
    errno = why;
    return false;
}

int edge_accept(const edge_listener *listener, postern_address *peer)
{
    const int on = 1;
    any_address address = {0};
    socklen_t len = sizeof address;
    const int fd =
        accept4(listener->fd, &address.plain, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd >= 0) {
        *peer = from_socket(&address).address;
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    return fd;
}

void edge_place_format(const edge_place *place, char *buf, size_t cap)
{
    char address[46];

    (void)postern_address_format(&place->address, address, sizeof address);
    (void)snprintf(buf, cap, place->address.family == 6 ? "[%s]:%u" : "%s:%u", address,
                   (unsigned)place->port);
}
