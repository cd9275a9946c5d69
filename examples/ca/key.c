/* key.c - private keys, on mbedTLS 2.28 and 3.6. */
#include "key.h"

#include <mbedtls/ecp.h>
#include <mbedtls/error.h>
#include <mbedtls/md.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/rsa.h>
#include <mbedtls/version.h>
#include <string.h>

enum { SIGNATURE_MAX = 1024, PUBLIC_MAX = 2048, DIGEST = 32, EXPONENT = 65537 };

/* --- what differs between the versions ---------------------------------------- */

#if MBEDTLS_VERSION_MAJOR >= 3

#include <psa/crypto.h>

static bool make_ready(void)
{
    return psa_crypto_init() == PSA_SUCCESS;
}

static int parse(mbedtls_pk_context *key, ca_bytes text, ca_random *random)
{
    return mbedtls_pk_parse_key(key, text.data, text.len, NULL, 0,
                                mbedtls_ctr_drbg_random, &random->drbg);
}

static int sign(mbedtls_pk_context *key, const unsigned char *digest,
                unsigned char *signature, size_t *len, ca_random *random)
{
    return mbedtls_pk_sign(key, MBEDTLS_MD_SHA256, digest, DIGEST, signature,
                           SIGNATURE_MAX, len, mbedtls_ctr_drbg_random, &random->drbg);
}

#else

static bool make_ready(void)
{
    return true;
}

static int parse(mbedtls_pk_context *key, ca_bytes text, ca_random *random)
{
    (void)random;
    return mbedtls_pk_parse_key(key, text.data, text.len, NULL, 0);
}

static int sign(mbedtls_pk_context *key, const unsigned char *digest,
                unsigned char *signature, size_t *len, ca_random *random)
{
    return mbedtls_pk_sign(key, MBEDTLS_MD_SHA256, digest, DIGEST, signature, len,
                           mbedtls_ctr_drbg_random, &random->drbg);
}

#endif

/* --- randomness --------------------------------------------------------------- */

static bool fail(ca_problem *problem, const char *place, const char *what, int code)
{
    char why[160];

    mbedtls_strerror(code, why, sizeof why);
    return ca_fail(problem, place, NULL, "%s: %s", what, why);
}

bool ca_random_open(ca_random *random, ca_problem *problem)
{
    static const unsigned char label[] = "postern-ca";
    int code;

    mbedtls_entropy_init(&random->entropy);
    mbedtls_ctr_drbg_init(&random->drbg);
    if (!make_ready()) {
        return ca_fail(problem, NULL, NULL, "mbedTLS cannot be used");
    }
    code = mbedtls_ctr_drbg_seed(&random->drbg, mbedtls_entropy_func, &random->entropy,
                                 label, sizeof label - 1);
    return code == 0 || fail(problem, NULL, "no randomness", code);
}

void ca_random_close(ca_random *random)
{
    mbedtls_ctr_drbg_free(&random->drbg);
    mbedtls_entropy_free(&random->entropy);
}

bool ca_random_fill(ca_random *random, unsigned char *out, size_t len,
                    ca_problem *problem)
{
    const int code = mbedtls_ctr_drbg_random(&random->drbg, out, len);

    return code == 0 || fail(problem, NULL, "no randomness", code);
}

/* --- keys --------------------------------------------------------------------- */

bool ca_key_make(mbedtls_pk_context *key, ca_key_kind kind, unsigned rsa_bits,
                 ca_random *random, ca_problem *problem)
{
    const bool is_rsa = kind == CA_KEY_RSA;
    int code = mbedtls_pk_setup(
        key, mbedtls_pk_info_from_type(is_rsa ? MBEDTLS_PK_RSA : MBEDTLS_PK_ECKEY));

    if (code == 0 && is_rsa) {
        code = mbedtls_rsa_gen_key(mbedtls_pk_rsa(*key), mbedtls_ctr_drbg_random,
                                   &random->drbg, rsa_bits, EXPONENT);
    } else if (code == 0) {
        code = mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key),
                                   mbedtls_ctr_drbg_random, &random->drbg);
    }
    return code == 0 || fail(problem, NULL, "no key could be made", code);
}

bool ca_key_parse(mbedtls_pk_context *key, ca_bytes text, const char *place,
                  ca_random *random, ca_problem *problem)
{
    const int code = parse(key, text, random);

    return code == 0 || fail(problem, place, "no private key", code);
}

bool ca_key_print(mbedtls_pk_context *key, char out[CA_KEY_TEXT_MAX],
                  ca_problem *problem)
{
    const int code =
        mbedtls_pk_write_key_pem(key, (unsigned char *)out, CA_KEY_TEXT_MAX);

    return code == 0 || fail(problem, NULL, "the key cannot be written", code);
}

bool ca_key_put_public(mbedtls_pk_context *key, ca_der *out, ca_problem *problem)
{
    unsigned char buffer[PUBLIC_MAX];
    const int len = mbedtls_pk_write_pubkey_der(key, buffer, sizeof buffer);

    if (len < 0) {
        return fail(problem, NULL, "the key cannot be written", len);
    }
    /* mbedTLS, too, writes from the end. */
    ca_der_add(out, (ca_bytes){buffer + sizeof buffer - (size_t)len, (size_t)len});
    return true;
}

ca_bytes ca_key_algorithm(const mbedtls_pk_context *key)
{
    /* sha256WithRSAEncryption, whose parameters are NULL; ecdsa-with-SHA256: none */
    return mbedtls_pk_can_do(key, MBEDTLS_PK_RSA)
               ? CA_BYTES(
                     "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00")
               : CA_BYTES("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02");
}

bool ca_key_sign(mbedtls_pk_context *key, ca_random *random, ca_bytes body, ca_der *out,
                 ca_problem *problem)
{
    const size_t since = out->len;
    unsigned char digest[DIGEST];
    unsigned char signature[SIGNATURE_MAX];
    size_t len = 0;
    int code = mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), body.data,
                          body.len, digest);

    if (code == 0) {
        code = sign(key, digest, signature, &len, random);
    }
    if (code != 0) {
        return fail(problem, NULL, "cannot sign", code);
    }
    ca_der_put_bits(out, (ca_bytes){signature, len});
    ca_der_add(out, ca_key_algorithm(key));
    ca_der_add(out, body);
    ca_der_close(out, CA_DER_SEQUENCE, since);
    return !out->failed || ca_fail_memory(problem);
}
