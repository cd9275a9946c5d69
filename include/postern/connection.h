/*
 * postern/connection.h - one client connection, whatever TLS library carries it.
 *
 * A connection collects evidence while the handshake runs and is judged by the
 * gate when a request is evaluated. It is used by one thread at a time, together
 * with the requests bound to it.
 *
 * With mbedTLS, postern_mbedtls_attach() and postern_mbedtls_handshake() call
 * what is below. A server on another TLS library calls it itself:
 *
 *   postern_connection_new()
 *   postern_connection_on_sni()   when the ClientHello names a server
 *   postern_connection_accepts()  when the certificates have come, where
 *                                 postern_connection_requires_certificate()
 *   postern_connection_set_tls()  once, after the handshake succeeded
 *
 * A connection that never got set_tls is plaintext: nothing is presented on it.
 */
#ifndef POSTERN_CONNECTION_H
#define POSTERN_CONNECTION_H

#include <postern/crypto.h>
#include <postern/value.h>

#ifdef __cplusplus
extern "C" {
#endif

struct postern_gate;
typedef struct postern_connection postern_connection;

/**
 * Starts a connection.
 *
 * @param gate     must outlive the connection
 * @param peer     the socket's address; copied, an IPv4-mapped one is unmapped.
 *                 NULL or family 0: not known, and `ip.src` is then missing.
 * @param listener a name for where it arrived, such as "public"; copied
 * @param out      receives the connection, freed with postern_connection_free();
 *                 NULL on failure
 * @retval POSTERN_OK, POSTERN_NO_MEMORY, POSTERN_STATE (no gate)
 */
POSTERN_API postern_status postern_connection_new(struct postern_gate *gate,
                                                  const postern_address *peer,
                                                  postern_str listener,
                                                  postern_connection **out);

/** Frees `connection`. NULL is fine. No request bound to it may be evaluated
 *  afterwards. */
POSTERN_API void postern_connection_free(postern_connection *connection);

/**
 * Tells the server name of the ClientHello. The first name counts: the same name
 * again changes nothing (TLS 1.3 may repeat its ClientHello).
 *
 * @param name                as received; reduced to its normal form
 * @param ask_for_certificate receives whether this host is registered: the
 *                            handshake should then request a client certificate, and
 *                            require one if postern_connection_requires_certificate().
 *                            False on failure.
 * @retval POSTERN_OK
 * @retval POSTERN_INVALID   malformed, or different from the first name: abort the
 *                           handshake (alert unrecognized_name); the connection
 *                           presents nothing from now on
 * @retval POSTERN_STATE     called after postern_connection_set_tls(): the connection
 *                           presents nothing from now on
 */
POSTERN_API postern_status postern_connection_on_sni(postern_connection *connection,
                                                     postern_str name,
                                                     bool *ask_for_certificate);

/** The server name of the ClientHello in normal form; empty when there was none.
 *  Borrowed from the connection. */
POSTERN_API postern_str postern_connection_sni(const postern_connection *connection);

/** The trust anchors of the registered host that on_sni asked for, as made by the
 *  crypto table's trust_new; NULL when there are none. For adapters that want to
 *  verify during the handshake. Valid until postern_connection_set_tls(), whatever
 *  happens to the gate's policy meanwhile; NULL afterwards. */
POSTERN_API const void *postern_connection_trust(const postern_connection *connection);

/** True when the host that on_sni asked for wants a handshake without a good certificate
 *  to fail (`"require": true` in its policy): the adapter must then require one, and
 *  refuse what postern_connection_accepts() does not accept with a TLS alert. An adapter
 *  that does neither lets nobody in, since the gate refuses the requests. False before
 *  on_sni and after set_tls. What counts is the policy that was in force at on_sni, as
 *  with postern_connection_trust(). */
POSTERN_API bool postern_connection_requires_certificate(
    const postern_connection *connection);

/**
 * Tells, while the handshake runs, whether a chain is good enough for the host that
 * on_sni asked for: verified and, unless the host says `"revoked": "rules"`, not revoked.
 * Any registered host may be asked about, whether it requires a certificate or not; the
 * policy that was in force at on_sni judges, at the time of the options' clock.
 *
 * An answer for the handshake, and nothing else: whether the client holds the key is not
 * known yet, and what counts for requests is what postern_connection_set_tls() is told,
 * judged anew by the policy then in force.
 *
 * @param chain    certificates as the client sent them, DER, leaf first. With a path they
 *                 may be left out (NULL, 0); with neither the client showed nothing,
 *                 which is never accepted.
 * @param path     as in postern_tls_info, or NULL. One that does not start with chain[0]
 *                 is not looked at; then one is built from `chain`
 * @param accepted false on failure: then abort the handshake
 * @retval POSTERN_OK
 * @retval POSTERN_STATE     no registered host was named, or the handshake is over
 * @retval POSTERN_INVALID   a chain without certificates behind it
 * @retval POSTERN_LIMIT     the chain is larger than limits.chain_*
 * @retval POSTERN_NO_MEMORY, POSTERN_CRYPTO, POSTERN_CLOCK
 *
 * Cost: microseconds with a path; without one, the signatures of the chain.
 */
POSTERN_API postern_status postern_connection_accepts(
    postern_connection *connection, const postern_str *chain, size_t chain_count,
    const postern_path_step *path, size_t path_count, bool *accepted);

/** Why the last postern_connection_accepts() did not accept: a word that
 *  `postern.client_cert.reason` knows, such as "expired", "none" when nothing was shown,
 *  or "not-evaluated" when it failed. For the choice of an alert, and for logs. Empty when
 *  it was never asked, or accepted. Static text. */
POSTERN_API postern_str
postern_connection_refusal(const postern_connection *connection);

/** What a finished handshake showed. Zeroed means: nothing. Everything is copied. */
typedef struct postern_tls_info {
    size_t size;         /**< sizeof(postern_tls_info) */
    bool fresh;          /**< full handshake in this connection, which returned success:
                              the client proved that it holds the leaf's key */
    postern_str version; /**< "TLSv1.2", "TLSv1.3" */
    postern_str cipher;  /**< OpenSSL's name of the suite */
    postern_str alpn;    /**< negotiated protocol, or empty */
    postern_str client_hello; /**< the ClientHello handshake message with its 4-byte
                                   header, or empty */
    const postern_str *chain; /**< certificates as the client sent them, DER, leaf
                                   first */
    size_t chain_count;
    const postern_path_step *path; /**< the path that was built during the handshake
                                        against postern_connection_trust(), leaf first.
                                        No objections say: its signature was verified
                                        with the next one's key. In doubt leave it NULL.
                                        The gate builds one with trust_verify when this
                                        is NULL or does not start with chain[0] */
    size_t path_count;
} postern_tls_info;

/**
 * Hands in what the handshake showed, once, after it succeeded. A certificate
 * counts as presented only when `fresh` is true, on_sni asked for it and the chain
 * is not empty.
 *
 * @retval POSTERN_OK
 * @retval POSTERN_STATE     the second call: the connection presents nothing from
 *                           now on
 * @retval POSTERN_INVALID   zeroed info, or a chain without certificates behind it;
 *                           nothing is presented
 * @retval POSTERN_LIMIT     the chain is larger than limits.chain_*: close
 * @retval POSTERN_NO_MEMORY, POSTERN_CRYPTO close
 */
POSTERN_API postern_status postern_connection_set_tls(postern_connection *connection,
                                                      const postern_tls_info *info);

/** For adapters: state that lives and dies with the connection. `free_state` is
 *  called once, with `state`, when the connection is freed or other state is set;
 *  it may be NULL. */
POSTERN_API void postern_connection_set_adapter(postern_connection *connection,
                                                void *state,
                                                void (*free_state)(void *state));

/** What postern_connection_set_adapter() stored, or NULL. */
POSTERN_API void *postern_connection_adapter(const postern_connection *connection);

/** The allocator of the connection's scheme; never NULL. */
POSTERN_API const postern_allocator *postern_connection_allocator(
    const postern_connection *connection);

#ifdef __cplusplus
}
#endif

#endif
