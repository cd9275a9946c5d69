/*
 * certificate/algorithm.h - which signatures and keys are strong enough: the
 * profile of this library, fixed so that it does not vary with the TLS library.
 *
 * Signatures: SHA-256, SHA-384 or SHA-512 with RSA (PKCS #1 v1.5, PSS) or ECDSA.
 * Keys: RSA of 2048 to 8192 bits, P-256, P-384, P-521.
 */
#ifndef PST_CERTIFICATE_ALGORITHM_H
#define PST_CERTIFICATE_ALGORITHM_H

#include <postern/crypto.h>

typedef enum pst_signature_kind {
    PST_SIGNATURE_REFUSED, /* outside the profile */
    PST_SIGNATURE_RSA,     /* RSASSA-PKCS1-v1_5 */
    PST_SIGNATURE_RSA_PSS,
    PST_SIGNATURE_ECDSA
} pst_signature_kind;

typedef struct pst_signature_algorithm {
    pst_signature_kind kind;
    postern_digest digest; /* unless refused */
} pst_signature_algorithm;

/** Reads an AlgorithmIdentifier (with its tag). Whatever is not of the profile,
 *  parameters included, is PST_SIGNATURE_REFUSED. */
pst_signature_algorithm pst_signature_algorithm_read(postern_str identifier);

/** True when `spki` (SubjectPublicKeyInfo, with its tag) is a key of the profile. */
bool pst_key_is_strong(postern_str spki);

/** True when two keys of the profile are one, however their kind is written. */
bool pst_key_is_same(postern_str spki, postern_str other);

#endif
