/*
 * tls/configure.c - prepares a server configuration, once.
 *
 * Nobody is asked for a certificate unless the server name says so, and nobody
 * resumes: a resumed session proves possession of no key in this connection, and
 * mbedTLS lets it cross from one server name to another.
 */
#include "compat.h"
#include "handshake.h"
#include "trust.h"
#include "version.h"

#include <postern/mbedtls.h>

postern_status postern_mbedtls_configure(mbedtls_ssl_config *conf,
                                         const postern_mbedtls_options *options)
{
    if (!pst_tls_version_fits(MBEDTLS_VERSION_NUMBER, pst_tls_loaded_version())) {
        return POSTERN_UNSUPPORTED;
    }
    if (!pst_tls_start()) {
        return POSTERN_CRYPTO;
    }
    pst_tls_conf_minimum(conf);
    pst_tls_conf_curves(conf);
    mbedtls_ssl_conf_cert_profile(conf, &pst_tls_profile);
    mbedtls_ssl_conf_authmode(conf, MBEDTLS_SSL_VERIFY_NONE);
    mbedtls_ssl_conf_verify(conf, NULL, NULL);
    mbedtls_ssl_conf_sni(conf, pst_tls_on_sni, pst_tls_unconst(options));

    mbedtls_ssl_conf_session_cache(conf, NULL, NULL, NULL);
    pst_tls_conf_no_tickets(conf);
    pst_tls_conf_no_new_tickets(conf);
    pst_tls_conf_no_psk(conf);
    pst_tls_conf_no_early_data(conf);
    pst_tls_conf_no_renegotiation(conf);
    mbedtls_ssl_conf_legacy_renegotiation(conf, MBEDTLS_SSL_LEGACY_NO_RENEGOTIATION);
    return POSTERN_OK;
}
