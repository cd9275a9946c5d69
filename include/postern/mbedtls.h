/*
 * postern/mbedtls.h - postern on mbedTLS: the crypto table, and the handshake.
 *
 * Link libpostern-mbedtls. Works with mbedTLS 2.28 (TLS 1.2) and 3.6.6 or newer
 * 3.6 (TLS 1.2 and 1.3); other versions are refused, at build time and here.
 *
 *   mbedtls_ssl_config_defaults(&conf, MBEDTLS_SSL_IS_SERVER, ...);
 *   postern_mbedtls_configure(&conf, NULL);              // once per configuration
 *   ...
 *   mbedtls_ssl_setup(&ssl, &conf);                      // per connection
 *   postern_connection_new(gate, &peer, listener, &connection);
 *   postern_mbedtls_attach(connection, &ssl);
 *   postern_mbedtls_set_bio(connection, &ssl, &fd, mbedtls_net_send, mbedtls_net_recv);
 *   while ((rc = postern_mbedtls_handshake(connection, &ssl)) == WANT_READ ...) ...
 *
 * Whoever leaves out a step gets a connection on which nothing is presented.
 */
#ifndef POSTERN_MBEDTLS_H
#define POSTERN_MBEDTLS_H

#include <mbedtls/ssl.h>
#include <postern/connection.h>
#include <postern/crypto.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The crypto table for postern_options.crypto. Never NULL, static, stateless. */
POSTERN_API const postern_crypto *postern_mbedtls_crypto(void);

/** Called with the server name after postern took note of it, for what the host
 *  wants to do with it: choosing a certificate with mbedtls_ssl_set_hs_own_cert().
 *  It must not change the handshake's authmode, CA chain or user data. Arguments
 *  and result as for mbedtls_ssl_conf_sni(). */
typedef int (*postern_mbedtls_sni)(void *user, mbedtls_ssl_context *ssl,
                                   const unsigned char *name, size_t len);

/** Zeroed means defaults. Must outlive the configuration it is given to. */
typedef struct postern_mbedtls_options {
    postern_mbedtls_sni next_sni; /**< may be NULL */
    void *next_sni_user;
} postern_mbedtls_options;

/**
 * Prepares a server configuration. It takes these slots, which the host must leave
 * alone afterwards: SNI callback, authmode, verify callback, session cache, session
 * tickets, renegotiation, certificate profile, minimum version (TLS 1.2), and per
 * connection the verify callback and, on 3.6, the user data. Curves are set to
 * X25519, P-256, P-384 and P-521; change them afterwards if need be. In TLS 1.2 a host
 * that requires certificates refuses keys on a curve that is not among them.
 *
 * On 3.6 TLS 1.3 is restricted to ephemeral key exchange: no tickets, no PSK, no
 * early data. The user data of every context of this configuration, attached or not,
 * must be NULL or a pointer: it is looked at in the SNI callback.
 *
 * @param options may be NULL
 * @retval POSTERN_OK
 * @retval POSTERN_UNSUPPORTED the mbedTLS that is loaded is one of the refused
 *                             versions, or not the one that was compiled against
 * @retval POSTERN_CRYPTO      mbedTLS's cryptography cannot be started (3.6)
 */
POSTERN_API postern_status postern_mbedtls_configure(
    mbedtls_ssl_config *conf, const postern_mbedtls_options *options);

/**
 * Ties a connection to an mbedTLS context, before the handshake and after
 * mbedtls_ssl_setup() with a prepared configuration.
 *
 * @retval POSTERN_OK
 * @retval POSTERN_STATE     the connection was attached before
 * @retval POSTERN_NO_MEMORY
 */
POSTERN_API postern_status postern_mbedtls_attach(postern_connection *connection,
                                                  mbedtls_ssl_context *ssl);

/**
 * Instead of mbedtls_ssl_set_bio(): the same, and postern sees the ClientHello go
 * by, which `cf.tls_client_random` and its siblings need. Optional: without it
 * those fields are empty.
 *
 * @retval POSTERN_OK
 * @retval POSTERN_STATE not attached
 */
POSTERN_API postern_status postern_mbedtls_set_bio(postern_connection *connection,
                                                   mbedtls_ssl_context *ssl, void *bio,
                                                   mbedtls_ssl_send_t *send,
                                                   mbedtls_ssl_recv_t *recv);

/**
 * Instead of mbedtls_ssl_handshake(): the same results, MBEDTLS_ERR_SSL_WANT_READ
 * and _WANT_WRITE included (call again), and when it returns 0 the connection
 * knows what was shown. Any other error: close, and do not use the connection for
 * another handshake. Where the host requires a certificate
 * (postern_connection_requires_certificate()), that is
 * MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE for none and mostly
 * MBEDTLS_ERR_X509_CERT_VERIFY_FAILED for a bad one; the client was sent an alert,
 * and postern_connection_refusal() says why. There is no timeout in it; the host
 * needs a deadline for the whole handshake. Unattached, attached to another context
 * or called from within itself it answers MBEDTLS_ERR_SSL_BAD_INPUT_DATA.
 *
 * One connection, one handshake: free the connection, or stop using it, before
 * mbedtls_ssl_session_reset(). What it knows is of the client that was there, and
 * another client on the same context would pass for that one. Called again after such
 * a reset it answers MBEDTLS_ERR_SSL_BAD_INPUT_DATA and nothing is presented any
 * more; but a host that never calls again cannot be noticed, nor one that let mbedTLS
 * finish the handshake of a client with the same certificate or, as before, none.
 */
POSTERN_API int postern_mbedtls_handshake(postern_connection *connection,
                                          mbedtls_ssl_context *ssl);

#ifdef __cplusplus
}
#endif

#endif
