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

/** The text of a file that could not be read, which was told: the others are checked all
 *  the same, and nothing is made. Owns nothing. */
extern const postern_str pst_pem_missing;

/**
 * Reads CA and CRL files and checks them: strict DER, each CA really one (version
 * 3, basicConstraints CA, keyCertSign where there is a keyUsage, clientAuth or any
 * where there is an extendedKeyUsage, key of the profile, no name constraints, no
 * unknown critical extension), each CRL complete (neither delta nor indirect nor of
 * one distribution point) without unknown critical extensions, version 2, or 1
 * without extensions, signed by the CA it names when that CA is among these. A CRL
 * of an issuer that is not among these is kept and checked when a path shows its
 * issuer. Several CRLs of one issuer key: the newest thisUpdate counts; of two of the
 * same second both do, whatever their numbers say, so that nothing revoked is missed.
 *
 * Memory that stays: the certificates, and of each CRL that counts and that one of them
 * signed some 8.5 bytes an entry; of a CRL of another issuer also its whole DER.
 *
 * @param crypto  borrowed until pst_authority_free(); the files are not
 * @param now  Unix seconds: an expired CA or CRL is a warning
 * @param out  freed with pst_authority_free(); NULL on failure
 * @param report receives every error, each naming its file and, as line, the PEM
 *               block's first line
 * @return POSTERN_OK; POSTERN_CRYPTO without a crypto table; POSTERN_NO_MEMORY;
 *         POSTERN_IO when a file is pst_pem_missing and nothing else is wrong; otherwise that
 *         of the first error
 */
postern_status pst_authority_new(const postern_allocator *alloc,
                                 const postern_crypto *crypto, const pst_pem_file *cas,
                                 size_t ca_count, const pst_pem_file *crls,
                                 size_t crl_count, pst_revocation revocation,
                                 int64_t now, pst_authority **out,
                                 postern_report *report);

/** Takes another reference. */
pst_authority *pst_authority_use(pst_authority *authority);

/** Gives a reference back. NULL is fine. */
void pst_authority_free(pst_authority *authority);

/** Tells again what pst_authority_new() remarked without refusing anything: dates that
 *  are not now, CRLs of other issuers. The files are the same; their texts are not
 *  looked at. */
void pst_authority_remark(pst_authority *authority, const pst_pem_file *cas,
                          const pst_pem_file *crls, int64_t now,
                          postern_report *report);

/**
 * Warns of each CRL that is older than one of the same issuer key in `before`: by its
 * number, where both have one, or by thisUpdate. Not of one that is itself there.
 *
 * @param before what was in force, `count` of them
 * @param crls   the files that `authority` was made of, for their names
 */
void pst_authority_compare(const pst_authority *authority,
                           const pst_authority *const *before, size_t count,
                           const pst_pem_file *crls, postern_report *report);

/** The crypto table's trust object. */
const void *pst_authority_trust(const pst_authority *authority);

#endif
