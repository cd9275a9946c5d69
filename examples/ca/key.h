/*
 * key.h - private keys and randomness: made, read, written as PEM, and signed with. The
 * key's bytes never leave this file but in the PEM that ca_key_print() makes.
 */
#ifndef CA_KEY_H
#define CA_KEY_H

#include "der.h"
#include "problem.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>

/** Randomness, seeded by the system. It must not be moved once it is open. */
typedef struct ca_random {
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context drbg;
} ca_random;

/** Also makes mbedTLS ready. Closed with ca_random_close(), also after a failure. */
bool ca_random_open(ca_random *random, ca_problem *problem);
void ca_random_close(ca_random *random);
bool ca_random_fill(ca_random *random, unsigned char *out, size_t len,
                    ca_problem *problem);

typedef enum ca_key_kind { CA_KEY_P256, CA_KEY_RSA } ca_key_kind;

/** Makes a new key. @param rsa_bits of an RSA key */
bool ca_key_make(mbedtls_pk_context *key, ca_key_kind kind, unsigned rsa_bits,
                 ca_random *random, ca_problem *problem);

/** Reads a key from PEM. `text` ends in a NUL, which its length counts.
 *  @param place the file, for messages */
bool ca_key_parse(mbedtls_pk_context *key, ca_bytes text, const char *place,
                  ca_random *random, ca_problem *problem);

/** Room for the PEM of a key. */
enum { CA_KEY_TEXT_MAX = 8192 };

/** Writes the private key as PEM, with a NUL at its end. The caller wipes it with
 *  mbedtls_platform_zeroize(). */
bool ca_key_print(mbedtls_pk_context *key, char out[CA_KEY_TEXT_MAX],
                  ca_problem *problem);

/** Adds the SubjectPublicKeyInfo. */
bool ca_key_put_public(mbedtls_pk_context *key, ca_der *out, ca_problem *problem);

/** The AlgorithmIdentifier of the signatures this key makes: with SHA-256. */
ca_bytes ca_key_algorithm(const mbedtls_pk_context *key);

/** Makes a signed object of `body`: SEQUENCE { body, algorithm, signature }. */
bool ca_key_sign(mbedtls_pk_context *key, ca_random *random, ca_bytes body, ca_der *out,
                 ca_problem *problem);

#endif
