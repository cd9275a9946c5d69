/*
 * stream.h - bytes from and to a client, with TLS or without, never blocking.
 */
#ifndef EDGE_STREAM_H
#define EDGE_STREAM_H

#include "tls.h"

#include <postern/connection.h>

typedef enum edge_io {
    EDGE_IO_OK,
    EDGE_IO_WANT_READ,  /**< again when the socket can be read */
    EDGE_IO_WANT_WRITE, /**< again when the socket can be written */
    EDGE_IO_END         /**< the client is gone, or failed: close */
} edge_io;

/** Must not move while it is open. */
typedef struct edge_stream {
    int fd;
    bool tls;
    bool shaken; /**< the handshake succeeded */
    size_t room; /**< bytes that may still arrive before */
    mbedtls_ssl_context ssl;
} edge_stream;

/** A plaintext stream over the socket `fd`, which it owns from now on. */
void edge_stream_init(edge_stream *stream, int fd);
/** Makes it a TLS stream whose handshake is recorded in `connection`, which must
 *  outlive it, and fails when the client sends more than `handshake_bytes` in it.
 *  @return false: close it */
bool edge_stream_secure(edge_stream *stream, const edge_tls *tls,
                        size_t handshake_bytes, postern_connection *connection);
/** Closes the socket at once. */
void edge_stream_close(edge_stream *stream);

edge_io edge_stream_handshake(edge_stream *stream, postern_connection *connection);
/** @param got receives how many bytes, at least one with EDGE_IO_OK */
edge_io edge_stream_read(edge_stream *stream, char *buf, size_t cap, size_t *got);
/** After EDGE_IO_WANT_WRITE it must be called with the same bytes again. */
edge_io edge_stream_write(edge_stream *stream, postern_str bytes, size_t *sent);

/** Tells the client that nothing more will come. */
void edge_stream_finish(edge_stream *stream);
/** After that: throws away what still arrives, so that the kernel does not answer
 *  it with a reset, which could destroy an answer on its way. */
edge_io edge_stream_drain(edge_stream *stream);

#endif
