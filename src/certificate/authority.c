/* authority.c - files in, checked anchors and CRLs out. */
#include "certificate/loading.h"
#include "certificate/pem.h"
#include "support/alloc.h"
#include "support/base64.h"
#include "support/report.h"
#include "support/text.h"

static const postern_str label_certificate = POSTERN_STR("CERTIFICATE");
static const postern_str label_crl = POSTERN_STR("X509 CRL");

/* An object of its own: a literal may share its place with others. */
static const char missing_mark = 0;
const postern_str pst_pem_missing = {&missing_mark, 0};

static bool is_missing(const pst_pem_file *file)
{
    return file->text.data == &missing_mark;
}

/* --- findings ----------------------------------------------------------------- */

void pst_loading_tell(pst_loading *load, postern_severity severity,
                      postern_status status, const pst_pem_file *file, size_t line,
                      const char *message, const char *hint)
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

void pst_loading_refuse(pst_loading *load, postern_status status,
                        const pst_pem_file *file, size_t line, const char *message,
                        const char *hint)
{
    pst_loading_tell(load, POSTERN_ERROR, status, file, line, message, hint);
}

postern_status pst_loading_give_up(pst_loading *load)
{
    load->status = pst_report_no_memory(load->report);
    return load->status;
}

/* --- blocks ------------------------------------------------------------------- */

/* What a block of another kind is told. @return false when it was refused */
static bool has_label(pst_loading *load, const pst_pem_file *file,
                      const pst_pem_block *block, postern_str wanted)
{
    if (block->problem != NULL) {
        pst_loading_refuse(load, POSTERN_SYNTAX, file, block->line, block->problem,
                           NULL);
        return false;
    }
    if (pst_str_same(block->label, wanted)) {
        return true;
    }
    if (pst_pem_is_private_key(block->label)) {
        pst_loading_refuse(load, POSTERN_INVALID, file, block->line,
                           "holds a private key",
                           "keep private keys out of CA and CRL files");
    } else if (pst_str_same(wanted, label_crl)) {
        pst_loading_refuse(load, POSTERN_INVALID, file, block->line,
                           "a CRL file holds only 'X509 CRL' blocks", NULL);
    } else {
        pst_loading_refuse(load, POSTERN_INVALID, file, block->line,
                           "a CA file holds only 'CERTIFICATE' blocks", NULL);
    }
    return false;
}

/* Decodes a block into memory of its own. @return NO_MEMORY, or OK with an empty `*der`
 * when the block was refused */
static postern_status decode_block(pst_loading *load, const pst_pem_file *file,
                                   const pst_pem_block *block, postern_str *der)
{
    const postern_allocator *alloc = load->to->alloc;
    const size_t room = pst_base64_room(block->base64.len);
    char *bytes = pst_alloc(alloc, room);
    char *exact;
    size_t len;

    *der = (postern_str){NULL, 0};
    if (bytes == NULL) {
        return pst_loading_give_up(load);
    }
    if (!pst_base64_decode(block->base64, (unsigned char *)bytes, &len) || len == 0) {
        pst_free(alloc, bytes, room);
        pst_loading_refuse(load, POSTERN_SYNTAX, file, block->line,
                           "PEM block is not base64", NULL);
        return POSTERN_OK;
    }
    exact = alloc->resize(alloc->user, bytes, room, len);
    if (exact == NULL) {
        pst_free(alloc, bytes, room);
        return pst_loading_give_up(load);
    }
    *der = (postern_str){exact, len};
    return POSTERN_OK;
}

/* Reads a block, which it may keep: then it empties `*der`. */
typedef postern_status (*block_reader)(pst_loading *, size_t file, size_t line,
                                       postern_str *der);

/* Hands every block of a file to `read`. */
static postern_status read_file(pst_loading *load, const pst_pem_file *file,
                                size_t index, postern_str label, block_reader read)
{
    pst_pem pem = pst_pem_start(file->text);
    pst_pem_block block;
    size_t count = 0;
    postern_str der;
    postern_status status;

    if (is_missing(file)) {
        return POSTERN_OK;
    }
    while (pst_pem_next(&pem, &block)) {
        count++;
        if (!has_label(load, file, &block, label)) {
            continue;
        }
        status = decode_block(load, file, &block, &der);
        if (status == POSTERN_OK && der.len > 0) {
            status = read(load, index, block.line, &der);
        }
        pst_str_free(load->to->alloc, &der);
        if (status != POSTERN_OK) {
            return status;
        }
    }
    if (count == 0) {
        pst_loading_refuse(load, POSTERN_SYNTAX, file, 0, "holds no PEM block",
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

static postern_status read_anchor(pst_loading *load, size_t file, size_t line,
                                  postern_str *der)
{
    pst_authority *to = load->to;
    const pst_pem_file *from = &load->cas[file];
    pst_anchor anchor = {.file = file, .line = line};
    postern_str kept;
    const char *why;

    if (is_known_anchor(to, *der)) {
        return POSTERN_OK;
    }
    if (!pst_arena_copy(&to->arena, *der, &kept)) {
        return pst_loading_give_up(load);
    }
    if (!pst_certificate_parse(kept, &anchor.certificate)) {
        pst_loading_refuse(load, POSTERN_SYNTAX, from, line, "malformed certificate",
                           NULL);
        return POSTERN_OK;
    }
    why = anchor_problem(&anchor.certificate);
    if (why != NULL) {
        pst_loading_refuse(load, POSTERN_INVALID, from, line, why, NULL);
        return POSTERN_OK;
    }
    if (!pst_grow(to->alloc, (void **)&to->anchors, to->anchor_count, &to->anchor_cap,
                  sizeof *to->anchors)) {
        return pst_loading_give_up(load);
    }
    to->anchors[to->anchor_count++] = anchor;
    return POSTERN_OK;
}

static void remark_anchors(pst_loading *load)
{
    for (size_t i = 0; i < load->to->anchor_count; i++) {
        const pst_anchor *anchor = &load->to->anchors[i];
        const char *problem = NULL;

        if (load->now > anchor->certificate.not_after) {
            problem = "CA certificate has expired";
        } else if (load->now < anchor->certificate.not_before) {
            problem = "CA certificate is not yet valid";
        }
        if (problem != NULL) {
            pst_loading_tell(load, POSTERN_WARNING, POSTERN_INVALID,
                             &load->cas[anchor->file], anchor->line, problem, NULL);
        }
    }
}

/* Hands the anchors to the TLS library. */
static postern_status make_trust(pst_loading *load)
{
    pst_authority *to = load->to;
    const postern_crypto *crypto = to->crypto;
    postern_str *ders;
    size_t bad = 0;
    postern_status status;

    ders = pst_alloc_array(to->alloc, to->anchor_count, sizeof *ders);
    if (ders == NULL) {
        return pst_loading_give_up(load);
    }
    for (size_t i = 0; i < to->anchor_count; i++) {
        ders[i] = to->anchors[i].certificate.raw;
    }
    status =
        crypto->trust_new(crypto->context, ders, to->anchor_count, &bad, &to->trust);
    pst_free_array(to->alloc, ders, to->anchor_count, sizeof *ders);
    if (status == POSTERN_NO_MEMORY) {
        return pst_loading_give_up(load);
    }
    if (status != POSTERN_OK) {
        const pst_anchor *first = &to->anchors[bad < to->anchor_count ? bad : 0];

        to->trust = NULL;
        pst_loading_refuse(load, status == POSTERN_INVALID ? status : POSTERN_CRYPTO,
                           &load->cas[first->file], first->line,
                           "the TLS library does not accept this CA certificate", NULL);
    }
    return load->status;
}

/* --- the whole ---------------------------------------------------------------- */

static bool is_any_missing(const pst_pem_file *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_missing(&files[i])) {
            return true;
        }
    }
    return false;
}

static postern_status load_files(pst_loading *load, size_t ca_count, size_t crl_count)
{
    const bool missing_ca = is_any_missing(load->cas, ca_count);

    for (size_t i = 0; i < ca_count; i++) {
        if (read_file(load, &load->cas[i], i, label_certificate, read_anchor) !=
            POSTERN_OK) {
            return load->status;
        }
    }
    load->whole = load->status == POSTERN_OK && !missing_ca;
    if (load->whole && load->to->anchor_count == 0) {
        static const pst_pem_file nowhere = {
            {NULL, 0},
            {NULL, 0}
        };

        pst_loading_refuse(load, POSTERN_INVALID, &nowhere, 0,
                           "no CA certificate is given", NULL);
        return load->status;
    }
    for (size_t i = 0; i < crl_count; i++) {
        if (read_file(load, &load->crls[i], i, label_crl, pst_loading_crl) !=
            POSTERN_OK) {
            return load->status;
        }
    }
    if (load->status == POSTERN_OK &&
        (missing_ca || is_any_missing(load->crls, crl_count))) {
        load->status = POSTERN_IO; /* and told where it was read */
    }
    return load->status;
}

static postern_status load_all(pst_loading *load, size_t ca_count, size_t crl_count)
{
    (void)load_files(load, ca_count, crl_count);
    if (load->status == POSTERN_NO_MEMORY) {
        return load->status;
    }
    pst_loading_drop_old_crls(load);
    remark_anchors(load);
    pst_loading_remark_crls(load);
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
    pst_loading load = {.report = report, .cas = cas, .crls = crls, .now = now};
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
        return pst_loading_give_up(&load);
    }
    load.to->alloc = alloc;
    atomic_init(&load.to->references, 1);
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

pst_authority *pst_authority_use(pst_authority *authority)
{
    atomic_fetch_add(&authority->references, 1);
    return authority;
}

void pst_authority_free(pst_authority *authority)
{
    const postern_allocator *alloc;

    if (authority == NULL || atomic_fetch_sub(&authority->references, 1) != 1) {
        return;
    }
    alloc = authority->alloc;
    if (authority->trust != NULL) {
        authority->crypto->trust_free(authority->crypto->context, authority->trust);
    }
    for (size_t i = 0; i < authority->crl_count; i++) {
        pst_revocation_list_free(alloc, &authority->crls[i]);
    }
    pst_free_array(alloc, authority->crls, authority->crl_cap, sizeof *authority->crls);
    pst_free_array(alloc, authority->anchors, authority->anchor_cap,
                   sizeof *authority->anchors);
    pst_arena_free(&authority->arena);
    pst_free(alloc, authority, sizeof *authority);
}

void pst_authority_remark(pst_authority *authority, const pst_pem_file *cas,
                          const pst_pem_file *crls, int64_t now, postern_report *report)
{
    pst_loading load = {
        .to = authority, .report = report, .cas = cas, .crls = crls, .now = now};

    remark_anchors(&load);
    pst_loading_remark_crls(&load);
}

const void *pst_authority_trust(const pst_authority *authority)
{
    return authority->trust;
}
