/*
 * certificate/anchors.h - what an authority is made of, for those who build one
 * (authority.c, revocation.c) and those who read it (judge.c and what belongs to it).
 * Nobody else includes this.
 */
#ifndef PST_CERTIFICATE_ANCHORS_H
#define PST_CERTIFICATE_ANCHORS_H

#include "certificate/authority.h"
#include "certificate/certificate.h"
#include "certificate/crl.h"
#include "certificate/known_keys.h"
#include "support/arena.h"

/** A certificate or CRL that was loaded; where from is told by index, since the
 *  files are the caller's. */
typedef struct pst_anchor {
    pst_certificate certificate;
    size_t file;
    size_t line;
} pst_anchor;

/**
 * A CRL. Of one that an anchor signed only what is asked later is kept: its issuer (the
 * anchor's name), its dates, its number and the table. Of any other the DER stays too,
 * since a signature is checked over all of it: once for every key that turns up as the
 * issuer's, then it is known.
 */
typedef struct pst_revocation_list {
    pst_crl crl;
    postern_str der;  /* owned; empty when an anchor signed it */
    postern_str spki; /* the key that signed it, when that is an anchor's; or empty */
    pst_known_keys known; /* otherwise: who has signed it and who has not */
    size_t file;
    size_t line;
} pst_revocation_list;

struct pst_authority {
    const postern_allocator *alloc;
    const postern_crypto *crypto;
    atomic_uint references;
    pst_arena arena; /* the DER of the anchors */
    void *trust;     /* of the crypto table */
    pst_anchor *anchors;
    size_t anchor_count;
    size_t anchor_cap;
    pst_revocation_list *crls;
    size_t crl_count;
    size_t crl_cap;
    pst_revocation revocation;
};

/** True when `certificate` is fit to be an issuer of client certificates by its own
 *  extensions; else `*why` says what is missing. The path is not looked at. */
bool pst_issuer_is_fit(const pst_certificate *certificate, const char **why);

/**
 * Does `list` speak for the key of `issuer`, whose name it bears and whose key is of the
 * profile? Free for a CRL of an anchor. For another the signature is checked when this
 * key is asked about for the first time, over the whole CRL; then it is a comparison.
 *
 * @return POSTERN_OK, or why the signature could not be checked
 */
postern_status pst_revocation_list_is_by(const pst_authority *authority,
                                         const pst_revocation_list *list,
                                         const pst_certificate *issuer, bool *is_by);

#endif
