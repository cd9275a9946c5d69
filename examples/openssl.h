/*
 * openssl.h - postern on OpenSSL 1.1.1 or newer: an adapter to copy.
 *
 * It takes from OpenSSL what postern wants to know, and nothing else: the server name,
 * the certificates, and whether the client has just proved that it holds the key.
 * Judging them is the gate's; OpenSSL's own opinion of a client certificate is never
 * asked for. The cryptography for that is a crypto table's, such as libpostern-mbedtls's.
 *
 *   tls_prepare(ctx);                                    // once per SSL_CTX
 *   ...
 *   postern_connection_new(gate, &peer, listener, &connection);   // per connection
 *   SSL *ssl = SSL_new(ctx);
 *   tls_attach(ssl, connection);
 *   while ((rc = tls_accept(ssl)) != 1 && SSL_get_error(ssl, rc) == WANT_READ ...) ...
 *   SSL_free(ssl);
 *   postern_connection_free(connection);
 *
 * Whoever leaves out a step gets a connection on which nothing is presented.
 */
#ifndef EXAMPLE_OPENSSL_H
#define EXAMPLE_OPENSSL_H

#include <openssl/ssl.h>
#include <postern/connection.h>

/** Takes these slots of `ctx`, which must be left alone afterwards: ClientHello callback,
 *  certificate verification, session cache and tickets (off: a resumed session shows no
 *  certificate), renegotiation (off), minimum version (TLS 1.2).
 *  @return false: OpenSSL refused */
bool tls_prepare(SSL_CTX *ctx);

/** Ties `connection` to `ssl`, before the handshake. It takes the app data of `ssl`, its
 *  message callback and the adapter slot of `connection`, which must outlive `ssl`: free
 *  that first. One SSL, one connection, one handshake: after SSL_clear() the next client's
 *  handshake fails, and nothing is presented on the connection any more.
 *  @return false: no memory */
bool tls_attach(SSL *ssl, postern_connection *connection);

/** Instead of SSL_accept(): the same results, and when it returns 1 the connection knows
 *  what was shown. What is neither 1 nor a want of SSL_get_error(): close; when the host
 *  requires a certificate, postern_connection_refusal() may say why. Called again after
 *  the end it answers the same, or -1 if `ssl` was cleared meanwhile. */
int tls_accept(SSL *ssl);

#endif
