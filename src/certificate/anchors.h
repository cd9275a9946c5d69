/*
 * certificate/anchors.h - what an authority is made of, for authority.c, which
 * builds one, and judge.c, which reads it. Nobody else includes this.
 */
#ifndef PST_CERTIFICATE_ANCHORS_H
#define PST_CERTIFICATE_ANCHORS_H

#include "certificate/authority.h"
#include "certificate/certificate.h"
#include "certificate/crl.h"

/** A certificate or CRL that was loaded; where from is told by index, since the
 *  files are the caller's. */
typedef struct pst_anchor {
    pst_certificate certificate;
    size_t file;
    size_t line;
} pst_anchor;

typedef struct pst_revocation_list {
    pst_crl crl;
    postern_str spki; /* the key that signed it, when that is an anchor's; or empty */
    size_t file;
    size_t line;
} pst_revocation_list;

struct pst_authority {
    const postern_allocator *alloc;
    const postern_crypto *crypto;
    pst_arena arena; /* every DER and serial table */
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

#endif
