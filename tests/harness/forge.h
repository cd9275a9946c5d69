/*
 * tests/harness/forge.h - certificates made to measure, without a CA: as many of one
 * name as an attacker likes. Keys and signatures are whatever the caller says; with
 * forge_crypto() they are numbers that only look like keys.
 */
#ifndef HARNESS_FORGE_H
#define HARNESS_FORGE_H

#include "certificate/authority.h"

enum { FORGE_KEY_BYTES = 320, FORGE_SIGNATURE_BYTES = 256 };

typedef struct forge_key forge_key;

/** Signs `data`; writes at most FORGE_SIGNATURE_BYTES. @return how many */
typedef size_t forge_sign(const forge_key *key, postern_str data, unsigned char *out);

struct forge_key {
    unsigned char spki[FORGE_KEY_BYTES]; /* SubjectPublicKeyInfo */
    size_t len;
    forge_sign *sign; /* ECDSA with SHA-256 */
    void *user;
};

typedef struct forge_spec {
    const char *subject; /* commonName; "" for no attribute at all */
    const char *issuer;
    const forge_key *key;
    const forge_key *signer;
    unsigned from;   /* 0: 2025; first and last year of validity */
    unsigned to;     /* 0: 2045 */
    const char *ski; /* bytes; NULL: none */
    const char *aki;
    unsigned path; /* path length plus one; 0: none */
    bool leaf;     /* no CA */
    bool harsh;    /* its key identifiers are critical */
    bool odd;      /* has a critical extension that nobody knows */
    unsigned serial;
} forge_spec;

/** DER, which lives until corpus_free(). */
postern_str forge(const forge_spec *spec);

/** The same as PEM, for a file of CAs. */
pst_pem_file forge_file(postern_str der);

/** A P-256 key without a secret, number `number`; its signatures tell its number. */
forge_key forge_fake_key(unsigned number);

/** The table for fake keys. Signatures hold when made by the key of that number. */
postern_crypto forge_crypto(void);

/** How many signatures were checked with it since the last call. */
unsigned forge_checks(void);

#endif
