/* authority.c - files in, checked anchors and CRLs out. */
#include "certificate/anchors.h"

#include "support/base64.h"
#include "certificate/name.h"
#include "certificate/pem.h"
#include "support/alloc.h"
#include "support/report.h"
#include "support/text.h"

enum { NOT_FOUND = -1 };

/* What one call of pst_authority_new() works with. */
typedef struct loader {
    pst_authority *to;
    postern_report *report;
    const pst_pem_file *cas;
    const pst_pem_file *crls;
    int64_t now;
    postern_status status; /* of the first error */
    bool whole;            /* every CA was good */
} loader;

static const postern_str label_certificate = POSTERN_STR("CERTIFICATE");
static const postern_str label_crl = POSTERN_STR("X509 CRL");

/* --- findings ----------------------------------------------------------------- */

static void tell(loader *load, postern_severity severity, postern_status status,
                 const pst_pem_file *file, size_t line, const char *message,
                 const char *hint)
{
    postern_finding finding = {.status = status,
                               .severity = severity,
                               .file = file->name,
                               .line = line,
                               .message = postern_text(message),
                               .hint = postern_text(hint)};

    (void)pst_report_add(load->report, &finding);
    if (severity == POSTERN_ERROR && load->status == POSTERN_OK) {
        load->status = status;
    }
}

static void refuse(loader *load, postern_status status, const pst_pem_file *file,
                   size_t line, const char *message, const char *hint)
{
    tell(load, POSTERN_ERROR, status, file, line, message, hint);
}

static void warn(loader *load, const pst_pem_file *file, size_t line,
                 const char *message)
{
    tell(load, POSTERN_WARNING, POSTERN_INVALID, file, line, message, NULL);
}

/* Running out of memory ends the loading, whatever else was found. */
static postern_status give_up(loader *load)
{
    load->status = pst_report_no_memory(load->report);
    return load->status;
}

/* --- blocks ------------------------------------------------------------------- */

/* What a block of another kind is told. @return false when it was refused */
static bool has_label(loader *load, const pst_pem_file *file,
                      const pst_pem_block *block, postern_str wanted)
{
    if (block->problem != NULL) {
        refuse(load, POSTERN_SYNTAX, file, block->line, block->problem, NULL);
        return false;
    }
    if (pst_str_same(block->label, wanted)) {
        return true;
    }
    if (pst_pem_is_private_key(block->label)) {
        refuse(load, POSTERN_INVALID, file, block->line, "holds a private key",
               "keep private keys out of CA and CRL files");
    } else if (pst_str_same(wanted, label_crl)) {
        refuse(load, POSTERN_INVALID, file, block->line,
               "a CRL file holds only 'X509 CRL' blocks", NULL);
    } else {
        refuse(load, POSTERN_INVALID, file, block->line,
               "a CA file holds only 'CERTIFICATE' blocks", NULL);
    }
    return false;
}

/* Decodes a block into the arena. @return NO_MEMORY, or OK with an empty `*der` when
 * the block was refused */
static postern_status decode_block(loader *load, const pst_pem_file *file,
                                   const pst_pem_block *block, postern_str *der)
{
    pst_arena *arena = &load->to->arena;
    unsigned char *bytes = pst_arena_alloc(arena, pst_base64_room(block->base64.len));
    size_t len;

    *der = (postern_str){NULL, 0};
    if (bytes == NULL) {
        return give_up(load);
    }
    if (!pst_base64_decode(block->base64, bytes, &len) || len == 0) {
        refuse(load, POSTERN_SYNTAX, file, block->line, "PEM block is not base64",
               NULL);
        return POSTERN_OK;
    }
    *der = (postern_str){(const char *)bytes, len};
    return POSTERN_OK;
}

typedef postern_status (*block_reader)(loader *, size_t file, size_t line,
                                       postern_str der);

/* Hands every block of a file to `read`. */
static postern_status read_file(loader *load, const pst_pem_file *file, size_t index,
                                postern_str label, block_reader read)
{
    pst_pem pem = pst_pem_start(file->text);
    pst_pem_block block;
    size_t count = 0;
    postern_str der;
    postern_status status;

    while (pst_pem_next(&pem, &block)) {
        count++;
        if (!has_label(load, file, &block, label)) {
            continue;
        }
        status = decode_block(load, file, &block, &der);
        if (status == POSTERN_OK && der.len > 0) {
            status = read(load, index, block.line, der);
        }
        if (status != POSTERN_OK) {
            return status;
        }
    }
    if (count == 0) {
        refuse(load, POSTERN_SYNTAX, file, 0, "holds no PEM block",
               "a DER file is converted with 'openssl x509 -inform DER' or "
               "'openssl crl -inform DER'");
    }
    return POSTERN_OK;
}

/* --- CA certificates ---------------------------------------------------------- */

bool pst_issuer_is_fit(const pst_certificate *certificate, const char **why)
{
    if (certificate->version != 3 || !certificate->is_ca) {
        *why =
            "not a CA certificate: version 3 with basicConstraints CA:TRUE is needed";
    } else if (pst_name_is_empty(certificate->subject)) {
        *why = "CA certificate without a subject";
    } else if (!pst_certificate_allows(certificate, PST_USAGE_CERT_SIGN)) {
        *why = "CA certificate whose keyUsage does not allow signing certificates";
    } else {
        return true;
    }
    return false;
}

/* The reason why a certificate cannot be an anchor, or NULL. */
static const char *anchor_problem(const pst_certificate *certificate)
{
    const char *why;

    if (certificate->has_unknown_critical) {
        return "CA certificate with an unknown critical extension";
    }
    if (!pst_issuer_is_fit(certificate, &why)) {
        return why;
    }
    if (certificate->has_extended_usage && !certificate->usage_client &&
        !certificate->usage_any) {
        return "CA certificate whose extendedKeyUsage leaves out client certificates";
    }
    if (certificate->has_name_constraints) {
        return "CA certificate with name constraints, which are not supported";
    }
    if (!pst_key_is_strong(certificate->spki)) {
        return "CA certificate whose key is not RSA (2048 to 8192 bits), P-256, P-384 or "
               "P-521";
    }
    return NULL;
}

static bool is_known_anchor(const pst_authority *authority, postern_str der)
{
    for (size_t i = 0; i < authority->anchor_count; i++) {
        if (pst_str_same(authority->anchors[i].certificate.raw, der)) {
            return true;
        }
    }
    return false;
}

static postern_status read_anchor(loader *load, size_t file, size_t line,
                                  postern_str der)
{
    pst_authority *to = load->to;
    const pst_pem_file *from = &load->cas[file];
    pst_anchor anchor = {.file = file, .line = line};
    const char *why;

    if (!pst_certificate_parse(der, &anchor.certificate)) {
        refuse(load, POSTERN_SYNTAX, from, line, "malformed certificate", NULL);
        return POSTERN_OK;
    }
    why = anchor_problem(&anchor.certificate);
    if (why != NULL) {
        refuse(load, POSTERN_INVALID, from, line, why, NULL);
        return POSTERN_OK;
    }
    if (is_known_anchor(to, der)) {
        return POSTERN_OK;
    }
    if (load->now > anchor.certificate.not_after) {
        warn(load, from, line, "CA certificate has expired");
    } else if (load->now < anchor.certificate.not_before) {
        warn(load, from, line, "CA certificate is not yet valid");
    }
    if (!pst_grow(to->alloc, (void **)&to->anchors, to->anchor_count, &to->anchor_cap,
                  sizeof *to->anchors)) {
        return give_up(load);
    }
    to->anchors[to->anchor_count++] = anchor;
    return POSTERN_OK;
}

/* Hands the anchors to the TLS library. */
static postern_status make_trust(loader *load)
{
    pst_authority *to = load->to;
    const postern_crypto *crypto = to->crypto;
    postern_str *ders;
    size_t bad = 0;
    postern_status status;

    ders = pst_alloc_array(to->alloc, to->anchor_count, sizeof *ders);
    if (ders == NULL) {
        return give_up(load);
    }
    for (size_t i = 0; i < to->anchor_count; i++) {
        ders[i] = to->anchors[i].certificate.raw;
    }
    status =
        crypto->trust_new(crypto->context, ders, to->anchor_count, &bad, &to->trust);
    pst_free_array(to->alloc, ders, to->anchor_count, sizeof *ders);
    if (status == POSTERN_NO_MEMORY) {
        return give_up(load);
    }
    if (status != POSTERN_OK) {
        const pst_anchor *first = &to->anchors[bad < to->anchor_count ? bad : 0];

        to->trust = NULL;
        refuse(load, status == POSTERN_INVALID ? status : POSTERN_CRYPTO,
               &load->cas[first->file], first->line,
               "the TLS library does not accept this CA certificate", NULL);
    }
    return load->status;
}

/* --- CRLs --------------------------------------------------------------------- */

/* Finds the anchor that signed `crl`: `*signer` is its index, or NOT_FOUND, and then
 * `*named` says whether an anchor bears the issuer's name.
 * @return OK, or why a signature could not be checked */
static postern_status find_signer(const pst_authority *authority, const pst_crl *crl,
                                  ptrdiff_t *signer, bool *named)
{
    *signer = NOT_FOUND;
    *named = false;
    for (size_t i = 0; i < authority->anchor_count; i++) {
        const pst_certificate *anchor = &authority->anchors[i].certificate;
        postern_status status;

        if (!pst_str_same(anchor->subject, crl->issuer)) {
            continue;
        }
        *named = true;
        status = pst_crl_verify(crl, authority->crypto, anchor->spki);
        if (status == POSTERN_OK) {
            *signer = (ptrdiff_t)i;
            return POSTERN_OK;
        }
        if (status != POSTERN_INVALID) {
            return status;
        }
    }
    return POSTERN_OK;
}

/* True when the CRL may be kept; `spki` is then set when an anchor signed it. */
static bool check_signer(loader *load, pst_revocation_list *list)
{
    const pst_pem_file *file = &load->crls[list->file];
    const pst_authority *authority = load->to;
    ptrdiff_t signer;
    bool named;
    postern_status status = find_signer(authority, &list->crl, &signer, &named);

    if (status != POSTERN_OK) {
        refuse(load, status == POSTERN_NO_MEMORY ? status : POSTERN_CRYPTO, file,
               list->line, "the signature of this CRL cannot be checked", NULL);
        return false;
    }
    if (signer == NOT_FOUND) {
        if (named) {
            refuse(load, POSTERN_INVALID, file, list->line,
                   "CRL is not signed by the CA that it names", NULL);
        } else {
            tell(load, POSTERN_NOTE, POSTERN_OK, file, list->line,
                 "no CA of this host issued this CRL",
                 "it counts for an intermediate of that name only");
        }
        return !named;
    }
    if (!pst_certificate_allows(&authority->anchors[signer].certificate,
                                PST_USAGE_CRL_SIGN)) {
        refuse(load, POSTERN_INVALID, file, list->line,
               "CRL of a CA whose keyUsage does not allow signing CRLs", NULL);
        return false;
    }
    list->spki = authority->anchors[signer].certificate.spki;
    return true;
}

static postern_status read_crl(loader *load, size_t file, size_t line, postern_str der)
{
    pst_authority *to = load->to;
    pst_revocation_list list = {.file = file, .line = line};
    const char *why;
    postern_status status = pst_crl_parse(&to->arena, der, &list.crl, &why);

    if (status == POSTERN_NO_MEMORY || status == POSTERN_LIMIT) {
        return give_up(load);
    }
    if (status != POSTERN_OK) {
        refuse(load, status, &load->crls[file], line, why, NULL);
        return POSTERN_OK;
    }
    /* A CRL is judged by the anchors: without all of them nothing fair can be said. */
    if (!load->whole || !check_signer(load, &list)) {
        return POSTERN_OK;
    }
    if (!pst_grow(to->alloc, (void **)&to->crls, to->crl_count, &to->crl_cap,
                  sizeof *to->crls)) {
        return give_up(load);
    }
    to->crls[to->crl_count++] = list;
    return POSTERN_OK;
}

/* True when another CRL of the same key replaces this one. */
static bool is_superseded(const pst_authority *authority,
                          const pst_revocation_list *list)
{
    for (size_t i = 0; i < authority->crl_count; i++) {
        const pst_revocation_list *other = &authority->crls[i];

        if (other->crl.this_update > list->crl.this_update &&
            pst_str_same(other->crl.issuer, list->crl.issuer) &&
            pst_str_same(other->spki, list->spki)) {
            return true;
        }
    }
    return false;
}

static void warn_about_crls(loader *load)
{
    const pst_authority *authority = load->to;

    for (size_t i = 0; i < authority->crl_count; i++) {
        const pst_revocation_list *list = &authority->crls[i];
        const pst_pem_file *file = &load->crls[list->file];

        if (is_superseded(authority, list)) {
            continue;
        }
        if (!list->crl.has_next_update) {
            warn(load, file, list->line, "CRL without nextUpdate counts as expired");
        } else if (load->now < list->crl.this_update) {
            warn(load, file, list->line, "CRL is not yet valid");
        } else if (load->now > list->crl.next_update) {
            warn(load, file, list->line, "CRL has expired");
        }
    }
}

/* --- the whole ---------------------------------------------------------------- */

static postern_status load_all(loader *load, size_t ca_count, size_t crl_count)
{
    for (size_t i = 0; i < ca_count; i++) {
        if (read_file(load, &load->cas[i], i, label_certificate, read_anchor) !=
            POSTERN_OK) {
            return load->status;
        }
    }
    load->whole = load->status == POSTERN_OK;
    if (load->whole && load->to->anchor_count == 0) {
        static const pst_pem_file nowhere = {
            {NULL, 0},
            {NULL, 0}
        };

        refuse(load, POSTERN_INVALID, &nowhere, 0, "no CA certificate is given", NULL);
        return load->status;
    }
    for (size_t i = 0; i < crl_count; i++) {
        if (read_file(load, &load->crls[i], i, label_crl, read_crl) != POSTERN_OK) {
            return load->status;
        }
    }
    warn_about_crls(load);
    return load->status == POSTERN_OK ? make_trust(load) : load->status;
}

/* NOLINTNEXTLINE(readability-function-size): two lists of files, and where from */
postern_status pst_authority_new(const postern_allocator *alloc,
                                 const postern_crypto *crypto, const pst_pem_file *cas,
                                 size_t ca_count, const pst_pem_file *crls,
                                 size_t crl_count, pst_revocation revocation,
                                 int64_t now, pst_authority **out,
                                 postern_report *report)
{
    loader load = {.report = report, .cas = cas, .crls = crls, .now = now};
    postern_status status;

    *out = NULL;
    if (crypto == NULL || crypto->size < sizeof *crypto) {
        postern_finding finding = {
            .status = POSTERN_CRYPTO,
            .message = POSTERN_STR("CA certificates need a table of cryptography"),
            .hint = POSTERN_STR("set postern_options.crypto")};

        return pst_report_add(report, &finding);
    }
    alloc = pst_alloc_or_default(alloc);
    load.to = pst_alloc_zeroed(alloc, sizeof *load.to);
    if (load.to == NULL) {
        return give_up(&load);
    }
    load.to->alloc = alloc;
    load.to->crypto = crypto;
    load.to->revocation = revocation;
    pst_arena_init(&load.to->arena, alloc, SIZE_MAX / 4);
    status = load_all(&load, ca_count, crl_count);
    if (status != POSTERN_OK) {
        pst_authority_free(load.to);
        return status;
    }
    *out = load.to;
    return POSTERN_OK;
}

void pst_authority_free(pst_authority *authority)
{
    const postern_allocator *alloc;

    if (authority == NULL) {
        return;
    }
    alloc = authority->alloc;
    if (authority->trust != NULL) {
        authority->crypto->trust_free(authority->crypto->context, authority->trust);
    }
    pst_free_array(alloc, authority->crls, authority->crl_cap, sizeof *authority->crls);
    pst_free_array(alloc, authority->anchors, authority->anchor_cap,
                   sizeof *authority->anchors);
    pst_arena_free(&authority->arena);
    pst_free(alloc, authority, sizeof *authority);
}

const void *pst_authority_trust(const pst_authority *authority)
{
    return authority->trust;
}
