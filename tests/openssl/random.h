/*
 * tests/openssl/random.h - certificates of all shapes, made with libcrypto. The same seed
 * makes the same certificate, but for the bits of its signature.
 */
#ifndef RANDOM_H
#define RANDOM_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct random_keys {
    X509 *ca; /* some certificates are this one's */
    EVP_PKEY *ca_key;
    EVP_PKEY *keys[6];
} random_keys;

/** Reads them from tests/data/corpus. */
void random_keys_open(random_keys *keys);
void random_keys_close(random_keys *keys);

typedef struct random_certificate {
    X509 *certificate; /* read back from its DER; NULL: OpenSSL cannot read it */
    bool malformed;    /* by RFC 5280, though OpenSSL reads it */
} random_certificate;

random_certificate random_make(const random_keys *keys, uint64_t seed);

/** A certificate whose DER has exactly `len` bytes, by the CA. At least 1000. */
X509 *random_of_size(const random_keys *keys, int len);

#endif
