/*
 * certificate/authority.h - whom a registered host trusts: its CA certificates
 * and CRLs, checked when they are loaded and immutable afterwards.
 *
 * This room reads DER and knows no TLS library: signatures are checked through
 * the postern_crypto table. It opens no files; the caller hands in bytes.
 */
#ifndef PST_CERTIFICATE_AUTHORITY_H
#define PST_CERTIFICATE_AUTHORITY_H

#include <postern/crypto.h>
#include <postern/report.h>

/** What a missing or stale CRL means. */
typedef enum pst_revocation {
    PST_REVOCATION_OFF,        /* CRLs are not consulted */
    PST_REVOCATION_IF_PRESENT, /* an issuer without any CRL passes */
    PST_REVOCATION_REQUIRE     /* every non-anchor needs a fresh CRL of its issuer */
} pst_revocation;

typedef struct pst_authority pst_authority;

/** A file that was read: for messages, and its bytes (PEM, one or more blocks). */
typedef struct pst_pem_file {
    postern_str name;
    postern_str text;
} pst_pem_file;

/**
 * Reads CA and CRL files and checks them: strict DER, each CA really one (version
 * 3, basicConstraints CA, keyCertSign where there is a keyUsage, clientAuth or any
 * where there is an extendedKeyUsage, key of the profile, no name constraints, no
 * unknown critical extension), each CRL complete (neither delta nor indirect nor of
 * one distribution point) without unknown critical extensions, version 2, or 1
 * without extensions, signed by the CA it names when that CA is among these. A CRL
 * of an issuer that is not among these is kept and checked when a path shows its
 * issuer. Several CRLs of one issuer key: the newest thisUpdate counts.
 *
 * @param crypto  borrowed until pst_authority_free(); the files are not
 * @param now  Unix seconds: an expired CA or CRL is a warning
 * @param out  freed with pst_authority_free(); NULL on failure
 * @param report receives every error, each naming its file and, as line, the PEM
 *               block's first line
 * @return POSTERN_OK; POSTERN_CRYPTO without a crypto table; POSTERN_NO_MEMORY;
 *         otherwise that of the first error
 */
postern_status pst_authority_new(const postern_allocator *alloc,
                                 const postern_crypto *crypto, const pst_pem_file *cas,
                                 size_t ca_count, const pst_pem_file *crls,
                                 size_t crl_count, pst_revocation revocation,
                                 int64_t now, pst_authority **out,
                                 postern_report *report);

/** NULL is fine. */
void pst_authority_free(pst_authority *authority);

/** The crypto table's trust object. */
const void *pst_authority_trust(const pst_authority *authority);

#endif
