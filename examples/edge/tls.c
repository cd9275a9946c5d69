/* tls.c - mbedTLS 2.28 and 3.6 as a server; the rest is libpostern-mbedtls's. */
#include "tls.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl_ciphersuites.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#include <postern/mbedtls.h>
#include <stdlib.h>

enum { SUITES = 9 };

/* Forward secrecy and authenticated encryption, nothing else. Those of TLS 1.3 have
 * no macros in 2.28. */
static const int wanted_suites[SUITES] = {
    0x1301, /* TLS_AES_128_GCM_SHA256 */
    0x1302, /* TLS_AES_256_GCM_SHA384 */
    0x1303, /* TLS_CHACHA20_POLY1305_SHA256 */
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
};

struct edge_tls {
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    mbedtls_x509_crt certificate;
    mbedtls_pk_context key;
    mbedtls_ssl_config config;
    int suites[SUITES + 1]; /* ends in 0 */
};

/* A client that insists on HTTP/2 is told so in the handshake. */
static const char *protocols[] = {"http/1.1", NULL};

#if MBEDTLS_VERSION_MAJOR >= 3

#include <psa/crypto.h>

bool edge_tls_init(void)
{
    return psa_crypto_init() == PSA_SUCCESS;
}

void edge_tls_done(void)
{
    mbedtls_psa_crypto_free();
}

static int parse_key(edge_tls *tls, const char *path)
{
    return mbedtls_pk_parse_keyfile(&tls->key, path, NULL, mbedtls_ctr_drbg_random,
                                    &tls->random);
}

static int check_pair(edge_tls *tls)
{
    return mbedtls_pk_check_pair(&tls->certificate.pk, &tls->key,
                                 mbedtls_ctr_drbg_random, &tls->random);
}

#else

bool edge_tls_init(void)
{
    return true;
}

void edge_tls_done(void)
{
}

static int parse_key(edge_tls *tls, const char *path)
{
    return mbedtls_pk_parse_keyfile(&tls->key, path, NULL);
}

static int check_pair(edge_tls *tls)
{
    return mbedtls_pk_check_pair(&tls->certificate.pk, &tls->key);
}

#endif

bool edge_tls_has_threads(void)
{
    return mbedtls_version_check_feature("MBEDTLS_THREADING_C") == 0;
}

static void problem(edge_text *problems, const char *what, const char *path, int code)
{
    char why[160];

    mbedtls_strerror(code, why, sizeof why);
    edge_text_add(problems, postern_text(path));
    edge_text_format(problems, ": error: %s: %s\n", what, why);
}

static bool load_files(edge_tls *tls, const char *certificate, const char *key,
                       edge_text *problems)
{
    /* A positive result: that many certificates of the file were not understood. */
    const int read = mbedtls_x509_crt_parse_file(&tls->certificate, certificate);
    const int parsed = parse_key(tls, key);

    if (read != 0) {
        problem(problems, "certificate cannot be loaded", certificate,
                read > 0 ? MBEDTLS_ERR_X509_INVALID_FORMAT : read);
    }
    if (parsed != 0) {
        problem(problems, "key cannot be loaded", key, parsed);
    }
    if (read != 0 || parsed != 0) {
        return false;
    }
    if (check_pair(tls) != 0) {
        edge_text_add(problems, postern_text(key));
        edge_text_format(problems, ": error: the key is not that of the certificate\n");
        return false;
    }
    return true;
}

/* What this build of mbedTLS does not know must not be in its list: a client that
 * offers it would fail. */
static void choose_suites(edge_tls *tls)
{
    size_t count = 0;

    for (size_t i = 0; i < SUITES; i++) {
        if (mbedtls_ssl_ciphersuite_from_id(wanted_suites[i]) != NULL) {
            tls->suites[count++] = wanted_suites[i];
        }
    }
    tls->suites[count] = 0;
}

static bool set_up(edge_tls *tls, edge_text *problems)
{
    int rc = mbedtls_ssl_config_defaults(&tls->config, MBEDTLS_SSL_IS_SERVER,
                                         MBEDTLS_SSL_TRANSPORT_STREAM,
                                         MBEDTLS_SSL_PRESET_DEFAULT);

    if (rc == 0) {
        mbedtls_ssl_conf_rng(&tls->config, mbedtls_ctr_drbg_random, &tls->random);
        choose_suites(tls);
        mbedtls_ssl_conf_ciphersuites(&tls->config, tls->suites);
        rc = mbedtls_ssl_conf_alpn_protocols(&tls->config, protocols);
    }
    if (rc == 0) {
        rc = mbedtls_ssl_conf_own_cert(&tls->config, &tls->certificate, &tls->key);
    }
    if (rc != 0) {
        edge_text_format(problems, "error: TLS cannot be set up: -0x%04x\n",
                         (unsigned)-rc);
        return false;
    }
    if (postern_mbedtls_configure(&tls->config, NULL) != POSTERN_OK) {
        edge_text_format(problems, "error: this version of mbedTLS is not supported\n");
        return false;
    }
    return true;
}

edge_tls *edge_tls_new(const char *certificate, const char *key, edge_text *problems)
{
    static const unsigned char label[] = "postern-edge";
    edge_tls *tls = calloc(1, sizeof *tls);

    if (tls == NULL) {
        edge_text_format(problems, "error: out of memory\n");
        return NULL;
    }
    mbedtls_entropy_init(&tls->entropy);
    mbedtls_ctr_drbg_init(&tls->random);
    mbedtls_x509_crt_init(&tls->certificate);
    mbedtls_pk_init(&tls->key);
    mbedtls_ssl_config_init(&tls->config);
    if (mbedtls_ctr_drbg_seed(&tls->random, mbedtls_entropy_func, &tls->entropy, label,
                              sizeof label - 1) != 0) {
        edge_text_format(problems, "error: no randomness\n");
    } else if (load_files(tls, certificate, key, problems) && set_up(tls, problems)) {
        return tls;
    }
    edge_tls_free(tls);
    return NULL;
}

void edge_tls_free(edge_tls *tls)
{
    if (tls == NULL) {
        return;
    }
    mbedtls_ssl_config_free(&tls->config);
    mbedtls_pk_free(&tls->key);
    mbedtls_x509_crt_free(&tls->certificate);
    mbedtls_ctr_drbg_free(&tls->random);
    mbedtls_entropy_free(&tls->entropy);
    free(tls);
}

const mbedtls_ssl_config *edge_tls_config(const edge_tls *tls)
{
    return &tls->config;
}

bool edge_tls_random(edge_tls *tls, unsigned char *out, size_t len)
{
    return mbedtls_ctr_drbg_random(&tls->random, out, len) == 0;
}
