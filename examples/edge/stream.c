/* stream.c - mbedTLS or plain sockets behind one face. */
#define _GNU_SOURCE
#include "stream.h"

#include <errno.h>
#include <mbedtls/net_sockets.h>
#include <postern/mbedtls.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool would_block(void)
{
    return errno == EAGAIN || errno == EINTR;
}

/* mbedTLS's own functions would raise SIGPIPE. */
static int send_bytes(void *user, const unsigned char *bytes, size_t len)
{
    const edge_stream *stream = user;
    const ssize_t sent = send(stream->fd, bytes, len, MSG_NOSIGNAL);

    if (sent >= 0) {
        return (int)sent;
    }
    return would_block() ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_NET_SEND_FAILED;
}

static int receive_bytes(void *user, unsigned char *bytes, size_t cap)
{
    const edge_stream *stream = user;
    const ssize_t got = recv(stream->fd, bytes, cap, 0);

    if (got >= 0) {
        return (int)got;
    }
    return would_block() ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_NET_RECV_FAILED;
}

void edge_stream_init(edge_stream *stream, int fd)
{
    stream->fd = fd;
    stream->tls = false;
    stream->shaken = false;
}

bool edge_stream_secure(edge_stream *stream, const edge_tls *tls,
                        postern_connection *connection)
{
    stream->tls = true;
    mbedtls_ssl_init(&stream->ssl);
    return mbedtls_ssl_setup(&stream->ssl, edge_tls_config(tls)) == 0 &&
           postern_mbedtls_attach(connection, &stream->ssl) == POSTERN_OK &&
           postern_mbedtls_set_bio(connection, &stream->ssl, stream, send_bytes,
                                   receive_bytes) == POSTERN_OK;
}

void edge_stream_close(edge_stream *stream)
{
    if (stream->tls) {
        mbedtls_ssl_free(&stream->ssl);
    }
    (void)close(stream->fd);
}

static edge_io result(int rc)
{
    switch (rc) {
    case 0:
        return EDGE_IO_OK;
    case MBEDTLS_ERR_SSL_WANT_READ:
        return EDGE_IO_WANT_READ;
    case MBEDTLS_ERR_SSL_WANT_WRITE:
        return EDGE_IO_WANT_WRITE;
    default:
        return EDGE_IO_END;
    }
}

edge_io edge_stream_handshake(edge_stream *stream, postern_connection *connection)
{
    const edge_io io = result(postern_mbedtls_handshake(connection, &stream->ssl));

    stream->shaken = io == EDGE_IO_OK;
    return io;
}

edge_io edge_stream_read(edge_stream *stream, char *buf, size_t cap, size_t *got)
{
    unsigned char *bytes = (unsigned char *)buf;
    const int rc = stream->tls ? mbedtls_ssl_read(&stream->ssl, bytes, cap)
                               : receive_bytes(stream, bytes, cap);

    *got = rc > 0 ? (size_t)rc : 0;
    if (rc > 0) {
        return EDGE_IO_OK;
    }
    return rc == 0 ? EDGE_IO_END : result(rc);
}

edge_io edge_stream_write(edge_stream *stream, postern_str bytes, size_t *sent)
{
    const unsigned char *data = (const unsigned char *)bytes.data;
    const int rc = stream->tls ? mbedtls_ssl_write(&stream->ssl, data, bytes.len)
                               : send_bytes(stream, data, bytes.len);

    *sent = rc > 0 ? (size_t)rc : 0;
    return rc > 0 ? EDGE_IO_OK : result(rc);
}

void edge_stream_finish(edge_stream *stream)
{
    if (stream->shaken) {
        /* Whether it still fits in the socket's buffer is the client's affair. */
        (void)mbedtls_ssl_close_notify(&stream->ssl);
    }
    (void)shutdown(stream->fd, SHUT_WR);
}

edge_io edge_stream_drain(edge_stream *stream)
{
    unsigned char waste[4096];
    const int rc = receive_bytes(stream, waste, sizeof waste);

    if (rc > 0) {
        return EDGE_IO_OK;
    }
    return rc == 0 ? EDGE_IO_END : result(rc);
}
