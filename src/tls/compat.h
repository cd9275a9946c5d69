/*
 * tls/compat.h - the whole difference between mbedTLS 2.28 and 3.6 that matters
 * here, and which versions are refused.
 *
 * No private member is touched: 2.28 documents the members that are read below, 3.6
 * has functions for them. To add a version, measure it first, then widen
 * PST_TLS_VERSION_OK here and the list in tls/meson.build.
 */
#ifndef PST_TLS_COMPAT_H
#define PST_TLS_COMPAT_H

#include <mbedtls/version.h>

/* 2.28.x, and 3.6 from 3.6.6 on. Clients could be impersonated before 3.6.6
 * (CVE-2026-34873, CVE-2024-45159); 4.x was never tried. */
#define PST_TLS_VERSION_OK(number)                        \
    (((number) >= 0x021C0000 && (number) < 0x021D0000) || \
     ((number) >= 0x03060600 && (number) < 0x03070000))

#if !PST_TLS_VERSION_OK(MBEDTLS_VERSION_NUMBER)
#error "postern needs mbedTLS 2.28, or 3.6.6 and newer 3.6"
#endif

#define PST_TLS_3 (MBEDTLS_VERSION_NUMBER >= 0x03000000)

#include <mbedtls/ecp.h>
#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>
#if PST_TLS_3
#include <psa/crypto.h>
#endif
#if PST_TLS_3 || defined(MBEDTLS_PLATFORM_C)
#include <mbedtls/platform.h>
#else
#include <stdlib.h>
#define mbedtls_calloc calloc
#define mbedtls_free free
#endif

#include <stdbool.h>
#include <stdint.h>

#if !defined(MBEDTLS_SSL_SRV_C) || !defined(MBEDTLS_X509_CRT_PARSE_C) || \
    !defined(MBEDTLS_SSL_SERVER_NAME_INDICATION)
#error "postern needs mbedTLS with TLS servers, certificates and server names"
#endif
#if !defined(MBEDTLS_SSL_KEEP_PEER_CERTIFICATE)
#error "postern needs mbedTLS with MBEDTLS_SSL_KEEP_PEER_CERTIFICATE"
#endif

/** certificate_required (RFC 8446 section 6), which mbedTLS has no name for. */
#define PST_TLS_ALERT_CERTIFICATE_REQUIRED 116

/** mbedTLS's type of a certificate verification callback. */
typedef int pst_tls_verify_function(void *user, mbedtls_x509_crt *certificate,
                                    int depth, uint32_t *flags);

#if PST_TLS_3

/* Cryptography has to be started; any number of times, from any thread. */
static inline bool pst_tls_start(void)
{
    return psa_crypto_init() == PSA_SUCCESS;
}

/* Nothing older than 1.2 is in 3.6, and a host that wants 1.3 alone keeps it. */
static inline void pst_tls_conf_minimum(mbedtls_ssl_config *conf)
{
    (void)conf;
}

static inline void pst_tls_conf_curves(mbedtls_ssl_config *conf)
{
    static const uint16_t groups[] = {
        MBEDTLS_SSL_IANA_TLS_GROUP_X25519,    MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
        MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1, MBEDTLS_SSL_IANA_TLS_GROUP_SECP521R1,
        MBEDTLS_SSL_IANA_TLS_GROUP_NONE,
    };

    mbedtls_ssl_conf_groups(conf, groups);
}

/* Known when the server name is. */
static inline bool pst_tls_is_13(const mbedtls_ssl_context *ssl)
{
    return mbedtls_ssl_get_version_number(ssl) == MBEDTLS_SSL_VERSION_TLS1_3;
}

static inline bool pst_tls_handshake_over(mbedtls_ssl_context *ssl)
{
    return mbedtls_ssl_is_handshake_over(ssl) != 0;
}

/* Whether `ssl`, which had read the ClientHello of a handshake that is not over, was
 * reset since. Only the version tells in public: a reset makes it the configuration's
 * newest again. So this sees a handshake of 1.2 where 1.3 is configured as well, and is
 * blind when the handshake was in the newest version. */
static inline bool pst_tls_was_reset(const mbedtls_ssl_context *ssl, bool was_13)
{
    return pst_tls_is_13(ssl) != was_13;
}

/**
 * Lends `ssl` the pointer its callbacks find again with pst_tls_lent(), and the
 * verify callback. @return what the host had stored, for pst_tls_take_back()
 */
static inline void *pst_tls_lend(mbedtls_ssl_context *ssl,
                                 pst_tls_verify_function *verify, void *pointer)
{
    void *hosts = mbedtls_ssl_get_user_data_p(ssl);

    mbedtls_ssl_set_user_data_p(ssl, pointer);
    mbedtls_ssl_set_verify(ssl, verify, pointer);
    return hosts;
}

static inline void pst_tls_take_back(mbedtls_ssl_context *ssl, void *hosts)
{
    mbedtls_ssl_set_user_data_p(ssl, hosts);
    mbedtls_ssl_set_verify(ssl, NULL, NULL);
}

/** The pointer lent, or whatever the host stored in a context that postern does not
 *  run. It may be a number there, such as a file descriptor, so the first page of
 *  memory holds none of ours. */
static inline void *pst_tls_lent(mbedtls_ssl_context *ssl,
                                 pst_tls_verify_function *verify)
{
    void *pointer = mbedtls_ssl_get_user_data_p(ssl);

    (void)verify;
    return (uintptr_t)pointer < 4096 ? NULL : pointer;
}

#else

static inline bool pst_tls_start(void)
{
    return true;
}

static inline void pst_tls_conf_minimum(mbedtls_ssl_config *conf)
{
    mbedtls_ssl_conf_min_version(conf, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 MBEDTLS_SSL_MINOR_VERSION_3);
}

/* 2.28's own list begins with the big, slow curves: 2.3 ms more a handshake. The last
 * one is for certificates: in TLS 1.2 a key on a curve that is not in the list is a
 * bad one. */
static inline void pst_tls_conf_curves(mbedtls_ssl_config *conf)
{
    static const mbedtls_ecp_group_id curves[] = {
        MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_SECP384R1,
        MBEDTLS_ECP_DP_SECP521R1,  MBEDTLS_ECP_DP_NONE,
    };

    mbedtls_ssl_conf_curves(conf, curves);
}

static inline bool pst_tls_handshake_over(mbedtls_ssl_context *ssl)
{
    return ssl->state == MBEDTLS_SSL_HANDSHAKE_OVER;
}

static inline bool pst_tls_was_reset(const mbedtls_ssl_context *ssl, bool was_13)
{
    (void)was_13;
    return ssl->state <= MBEDTLS_SSL_CLIENT_HELLO;
}

/* There is no other version than 1.2 then. */
static inline bool pst_tls_is_13(const mbedtls_ssl_context *ssl)
{
    (void)ssl;
    return false;
}

/* 2.28 has no user data; its verify callback has a pointer, which is readable. */
static inline void *pst_tls_lend(mbedtls_ssl_context *ssl,
                                 pst_tls_verify_function *verify, void *pointer)
{
    mbedtls_ssl_set_verify(ssl, verify, pointer);
    return NULL;
}

static inline void pst_tls_take_back(mbedtls_ssl_context *ssl, void *hosts)
{
    (void)hosts;
    mbedtls_ssl_set_verify(ssl, NULL, NULL);
}

static inline void *pst_tls_lent(mbedtls_ssl_context *ssl,
                                 pst_tls_verify_function *verify)
{
    return ssl->f_vrfy == verify ? ssl->p_vrfy : NULL;
}

#endif

/* --- what a build of mbedTLS may lack, whichever version it is -------------------- */

#if defined(MBEDTLS_SSL_SESSION_TICKETS)
static inline void pst_tls_conf_no_tickets(mbedtls_ssl_config *conf)
{
    mbedtls_ssl_conf_session_tickets_cb(conf, NULL, NULL, NULL);
}
#else
static inline void pst_tls_conf_no_tickets(mbedtls_ssl_config *conf)
{
    (void)conf;
}
#endif

#if defined(MBEDTLS_SSL_SESSION_TICKETS) && defined(MBEDTLS_SSL_PROTO_TLS1_3)
static inline void pst_tls_conf_no_new_tickets(mbedtls_ssl_config *conf)
{
    mbedtls_ssl_conf_new_session_tickets(conf, 0);
}
#else
static inline void pst_tls_conf_no_new_tickets(mbedtls_ssl_config *conf)
{
    (void)conf;
}
#endif

/* Without the PSK modes a 1.3 server does not even look at a ticket. */
#if defined(MBEDTLS_SSL_PROTO_TLS1_3)
static inline void pst_tls_conf_no_psk(mbedtls_ssl_config *conf)
{
    mbedtls_ssl_conf_tls13_key_exchange_modes(
        conf, MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_EPHEMERAL);
}
#else
static inline void pst_tls_conf_no_psk(mbedtls_ssl_config *conf)
{
    (void)conf;
}
#endif

#if defined(MBEDTLS_SSL_EARLY_DATA)
static inline void pst_tls_conf_no_early_data(mbedtls_ssl_config *conf)
{
    mbedtls_ssl_conf_early_data(conf, MBEDTLS_SSL_EARLY_DATA_DISABLED);
}
#else
static inline void pst_tls_conf_no_early_data(mbedtls_ssl_config *conf)
{
    (void)conf;
}
#endif

#if defined(MBEDTLS_SSL_RENEGOTIATION)
static inline void pst_tls_conf_no_renegotiation(mbedtls_ssl_config *conf)
{
    mbedtls_ssl_conf_renegotiation(conf, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
}
#else
static inline void pst_tls_conf_no_renegotiation(mbedtls_ssl_config *conf)
{
    (void)conf;
}
#endif

#if defined(MBEDTLS_SSL_ALPN)
static inline const char *pst_tls_alpn(const mbedtls_ssl_context *ssl)
{
    return mbedtls_ssl_get_alpn_protocol(ssl);
}
#else
static inline const char *pst_tls_alpn(const mbedtls_ssl_context *ssl)
{
    (void)ssl;
    return NULL;
}
#endif

/* The version that was loaded; a build that cannot tell is what it was built as. */
#if defined(MBEDTLS_VERSION_C)
static inline unsigned pst_tls_loaded_version(void)
{
    return mbedtls_version_get_number();
}
#else
static inline unsigned pst_tls_loaded_version(void)
{
    return MBEDTLS_VERSION_NUMBER;
}
#endif

/** True for "call again", which is no failure. */
static inline bool pst_tls_in_progress(int rc)
{
    return rc == MBEDTLS_ERR_SSL_WANT_READ || rc == MBEDTLS_ERR_SSL_WANT_WRITE ||
           rc == MBEDTLS_ERR_SSL_ASYNC_IN_PROGRESS ||
           rc == MBEDTLS_ERR_SSL_CRYPTO_IN_PROGRESS;
}

/** The pointer without its const, for mbedTLS's parameters that lack it though what
 *  they point to is only read. */
static inline void *pst_tls_unconst(const void *pointer)
{
    union {
        const void *in;
        void *out;
    } pun = {.in = pointer};

    return pun.out;
}

#endif
