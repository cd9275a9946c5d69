/*
 * authority.h - a CA in its folder: certificate, key and index, locked while it is
 * open, so that changes come one after the other.
 *
 *   ca.pem   its certificate      ca.key   its private key, 0600
 *   ca.crl   its newest CRL       index    what was issued and revoked
 *   issued/  certificates
 */
#ifndef CA_AUTHORITY_H
#define CA_AUTHORITY_H

#include "certificate.h"
#include "files.h"
#include "index.h"
#include "key.h"

#define CA_FILE_CERTIFICATE "ca.pem"
#define CA_FILE_KEY "ca.key"
#define CA_FILE_CRL "ca.crl"
#define CA_FILE_INDEX "index"
#define CA_FOLDER_ISSUED "issued"

#define CA_PEM_CERTIFICATE "CERTIFICATE"
#define CA_PEM_REQUEST "CERTIFICATE REQUEST"
#define CA_PEM_CRL "X509 CRL"

typedef struct ca_authority {
    const char *path;
    int folder; /**< locked; -1: not open */
    ca_random *random;
    mbedtls_pk_context key;
    unsigned char *der; /**< of the certificate */
    size_t der_len;
    ca_certificate certificate;
    ca_index index;
    unsigned char *index_text;
    size_t index_len;
} ca_authority;

/** Waits for the lock, reads everything and checks that it belongs together: the key to
 *  the certificate, and the index to the CRL, which is never ahead of it. Closed
 *  with ca_authority_close(), also after a failure. */
bool ca_authority_open(ca_authority *ca, const char *path, ca_random *random,
                       ca_problem *problem);

/** Closes and unlocks; harmless for a zeroed one whose folder is -1. */
void ca_authority_close(ca_authority *ca);

/** Reads the only PEM block with this label, or DER, of a file somewhere.
 *  @param out receives memory the caller frees */
bool ca_read_pem(const char *path, const char *label, unsigned char **out, size_t *len,
                 ca_problem *problem);

/** Adds the index, as it is now, to the change. */
bool ca_authority_add_index(ca_authority *ca, ca_change *change, ca_problem *problem);

/** Counts the next CRL, before the index and the CRL are added to a change.
 *  @param days that CRLs are good for from now on; 0: as many as before */
bool ca_authority_next_crl(ca_authority *ca, int64_t now, int64_t days,
                           ca_problem *problem);

/** Makes the CRL of the index and adds it to the change. */
bool ca_authority_add_crl(ca_authority *ca, ca_change *change, int64_t now,
                          ca_problem *problem);

/** Adds to `out` the CRL of `index`, signed, as PEM. */
bool ca_crl_print(mbedtls_pk_context *key, ca_random *random,
                  const ca_certificate *issuer, const ca_index *index, int64_t now,
                  edge_text *out, ca_problem *problem);

#endif
