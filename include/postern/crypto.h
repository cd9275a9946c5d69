/*
 * postern/crypto.h - the door through which cryptography reaches the library.
 *
 * libpostern links libc alone. Whoever uses it hands in one table of functions
 * (postern_options.crypto); libpostern-mbedtls has a ready one,
 * postern_mbedtls_crypto(). Without a table, whatever needs cryptography (a
 * registered host, a CRL, a fingerprint) is refused when it is loaded.
 */
#ifndef POSTERN_CRYPTO_H
#define POSTERN_CRYPTO_H

#include <postern/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Message digests. The value is the length of the digest in bytes. */
typedef enum postern_digest {
    POSTERN_SHA1 = 20,
    POSTERN_SHA256 = 32,
    POSTERN_SHA384 = 48,
    POSTERN_SHA512 = 64
} postern_digest;

/** Signature schemes of certificates and CRLs. */
typedef enum postern_signature {
    POSTERN_SIGNATURE_RSA = 1,    /**< RSASSA-PKCS1-v1_5 */
    POSTERN_SIGNATURE_ECDSA = 2,  /**< ECDSA, signature as DER SEQUENCE { r, s } */
    POSTERN_SIGNATURE_RSA_PSS = 3 /**< RSASSA-PSS: MGF1 with the same digest, salt of
                                       any length. The key is an ordinary RSA key */
} postern_signature;

/** What the TLS library found wrong with one certificate of a path. A set of
 *  bits; 0 means that the signature leads to the next certificate and that the
 *  library has no objection. Dates, usages, CRLs and key identifiers are not
 *  among them: postern judges those itself. */
typedef enum postern_objection {
    POSTERN_OBJECTION_UNTRUSTED = 1,      /**< no trusted or valid issuer found */
    POSTERN_OBJECTION_WEAK_SIGNATURE = 2, /**< digest or signature scheme refused */
    POSTERN_OBJECTION_WEAK_KEY = 4,       /**< key too small or of a refused kind */
    POSTERN_OBJECTION_OTHER = 8           /**< anything else; never verified */
} postern_objection;

/** One certificate of the path that was built from the leaf towards a trust
 *  anchor, as the TLS library saw it. */
typedef struct postern_path_step {
    postern_str certificate; /**< DER */
    uint32_t objections;     /**< bits of postern_objection */
} postern_path_step;

/** Receives each certificate of the built path, in any order.
 *  @param depth 0 is the leaf
 *  @return false to give up (out of memory, too deep): verification fails */
typedef bool (*postern_path_observer)(void *user, unsigned depth,
                                      const postern_path_step *step);

/**
 * The table. Every function must be safe to call from any thread at once with
 * the same `context`. A function that fails returns a status other than
 * POSTERN_OK and has no effect. Objects it returns are freed by its own _free.
 */
typedef struct postern_crypto {
    size_t size;   /**< sizeof(postern_crypto) of whoever filled the table */
    void *context; /**< handed to every function */

    /** Writes the digest of data[0..len) to `out` (room for `algorithm` bytes). */
    postern_status (*digest)(void *context, postern_digest algorithm, const void *data,
                             size_t len, unsigned char *out);

    /** Verifies `signature` over `data` with the public key in `spki` (DER
     *  SubjectPublicKeyInfo). POSTERN_OK: it holds. POSTERN_INVALID: it does not,
     *  or the key is not of that scheme. Other: it could not be checked, also for
     *  want of memory: a false "it does not" of a CRL lets in whom that revokes. */
    postern_status (*verify)(void *context, postern_str spki, postern_signature scheme,
                             postern_digest digest, postern_str data,
                             postern_str signature);

    /** Makes an immutable set of trust anchors from `count` DER certificates
     *  (copied). POSTERN_INVALID when one cannot be parsed: `*bad` is its index. */
    postern_status (*trust_new)(void *context, const postern_str *anchors, size_t count,
                                size_t *bad, void **trust);
    void (*trust_free)(void *context, void *trust);

    /** Builds a path from chain[0] (the leaf; the rest as the client sent them)
     *  to an anchor of `trust`, as the TLS library would, and shows each
     *  certificate of that path to `observer`. postern does not call it: it builds
     *  its paths itself, with `verify`, so that nobody can make that expensive. May
     *  be NULL. POSTERN_OK: the observer saw the path, objections and all.
     *  POSTERN_INVALID: the chain cannot be parsed or no path could be built;
     *  nothing the observer saw counts. Other: the check could not be made. Dates
     *  and CRLs are not looked at. */
    postern_status (*trust_verify)(void *context, const void *trust,
                                   const postern_str *chain, size_t count,
                                   postern_path_observer observer, void *user);

    /** Writes the HMAC (RFC 2104) of data[0..len) under key[0..key_len) to `out`
     *  (room for `algorithm` bytes). Either may be empty. NULL: not offered; whatever
     *  needs it then fails with POSTERN_CRYPTO. */
    postern_status (*hmac)(void *context, postern_digest algorithm, const void *key,
                           size_t key_len, const void *data, size_t len,
                           unsigned char *out);
} postern_crypto;

#ifdef __cplusplus
}
#endif

#endif
