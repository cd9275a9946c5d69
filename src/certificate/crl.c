/* crl.c - the order of functions is that of the ASN.1, from the inside out. */
#include "certificate/crl.h"

#include "certificate/certificate.h"
#include "certificate/der.h"
#include "certificate/name.h"
#include "support/text.h"

/* Last arcs of 2.5.29 in CRLs and their entries. */
enum {
    EXT_NUMBER = 20,
    EXT_REASON = 21,
    EXT_INVALIDITY_DATE = 24,
    EXT_DELTA = 27,
    EXT_DISTRIBUTION_POINT = 28,
    EXT_CERTIFICATE_ISSUER = 29,
    EXT_AUTHORITY_KEY = 35
};

enum { REASON_UNUSED = 7, REASON_REMOVE = 8, REASON_LAST = 10 };

static postern_status fail(const char **why, postern_status status, const char *text)
{
    *why = text;
    return status;
}

static postern_status malformed(const char **why)
{
    return fail(why, POSTERN_SYNTAX, "malformed CRL");
}

static postern_status unknown_critical(const char **why)
{
    return fail(why, POSTERN_UNSUPPORTED, "CRL with an unknown critical extension");
}

static postern_status read_reason(postern_str text, const char **why)
{
    postern_str value;
    unsigned reason;

    if (!pst_der_take(&text, PST_DER_ENUMERATED, &value) || text.len != 0 ||
        value.len != 1) {
        return malformed(why);
    }
    reason = pst_octet(value, 0);
    if (reason == REASON_UNUSED || reason > REASON_LAST) {
        return malformed(why);
    }
    if (reason == REASON_REMOVE) {
        return fail(why, POSTERN_UNSUPPORTED,
                    "CRL with a removeFromCRL entry, which only a delta CRL may have");
    }
    return POSTERN_OK;
}

static postern_status read_entry_extension(postern_str *list, const char **why)
{
    postern_str oid;
    postern_str contents;
    bool critical;

    if (!pst_extension_take(list, &oid, &critical, &contents)) {
        return malformed(why);
    }
    if (pst_extension_is(oid, EXT_REASON)) {
        return read_reason(contents, why);
    }
    if (pst_extension_is(oid, EXT_CERTIFICATE_ISSUER)) {
        return fail(why, POSTERN_UNSUPPORTED,
                    "indirect CRL: an entry names its issuer");
    }
    if (critical && !pst_extension_is(oid, EXT_INVALIDITY_DATE)) {
        return unknown_critical(why);
    }
    return POSTERN_OK;
}

/* SEQUENCE { serial, revocationDate, extensions OPTIONAL } */
static postern_status read_entry(postern_str *list, unsigned version,
                                 postern_str *serial, const char **why)
{
    postern_str fields;
    postern_str extensions;
    int64_t when;
    postern_status status = POSTERN_OK;

    if (!pst_der_take(list, PST_DER_SEQUENCE, &fields) ||
        !pst_der_take_integer(&fields, serial) || !pst_der_take_time(&fields, &when)) {
        return malformed(why);
    }
    if (fields.len == 0) {
        return POSTERN_OK;
    }
    if (version != 2 || !pst_der_take(&fields, PST_DER_SEQUENCE, &extensions) ||
        fields.len != 0) {
        return malformed(why);
    }
    while (extensions.len > 0 && status == POSTERN_OK) {
        status = read_entry_extension(&extensions, why);
    }
    return status;
}

/* Heap sort: in place, and never slower than n log n whatever the order. */
static void sift_down(postern_str *items, size_t root, size_t count)
{
    for (;;) {
        size_t child = 2 * root + 1;
        postern_str swapped;

        if (child >= count) {
            return;
        }
        if (child + 1 < count && pst_str_order(items[child], items[child + 1]) < 0) {
            child++;
        }
        if (pst_str_order(items[root], items[child]) >= 0) {
            return;
        }
        swapped = items[root];
        items[root] = items[child];
        items[child] = swapped;
        root = child;
    }
}

static void sort_serials(postern_str *items, size_t count)
{
    for (size_t i = count / 2; i-- > 0;) {
        sift_down(items, i, count);
    }
    for (size_t end = count; end-- > 1;) {
        postern_str largest = items[0];

        items[0] = items[end];
        items[end] = largest;
        sift_down(items, 0, end);
    }
}

/* revokedCertificates, without its tag: once to count and check, once to keep. */
static postern_status read_entries(pst_arena *arena, postern_str list, unsigned version,
                                   pst_crl *out, const char **why)
{
    postern_str rest = list;
    postern_str *serials;
    postern_str serial;
    size_t count = 0;

    while (rest.len > 0) {
        postern_status status = read_entry(&rest, version, &serial, why);

        if (status != POSTERN_OK) {
            return status;
        }
        count++;
    }
    serials = pst_arena_array(arena, count, sizeof *serials);
    if (serials == NULL) {
        return arena->status;
    }
    rest = list;
    for (size_t i = 0; i < count; i++) {
        (void)read_entry(&rest, version, &serials[i], why);
    }
    sort_serials(serials, count);
    out->serials = serials;
    out->count = count;
    return POSTERN_OK;
}

/* issuingDistributionPoint: every field of it narrows the CRL to some certificates,
 * and which ones cannot be told here. Only an empty one says nothing. */
static postern_status read_distribution_point(postern_str text, const char **why)
{
    postern_str fields;
    pst_tlv field;

    if (!pst_der_take(&text, PST_DER_SEQUENCE, &fields) || text.len != 0) {
        return malformed(why);
    }
    if (fields.len == 0) {
        return POSTERN_OK;
    }
    while (pst_der_next(&fields, &field)) {
        if (field.tag == PST_DER_CONTEXT(4U)) {
            return fail(why, POSTERN_UNSUPPORTED, "indirect CRL");
        }
    }
    return fail(why, POSTERN_UNSUPPORTED,
                "CRL that covers only a part of what its issuer has issued "
                "(issuingDistributionPoint)");
}

static postern_status read_extension(postern_str oid, bool critical,
                                     postern_str contents, pst_crl *out,
                                     const char **why)
{
    if (pst_extension_is(oid, EXT_NUMBER)) {
        out->number.known = true;
        return critical ? malformed(why) : POSTERN_OK;
    }
    if (pst_extension_is(oid, EXT_DELTA)) {
        return fail(why, POSTERN_UNSUPPORTED, "delta CRL");
    }
    if (pst_extension_is(oid, EXT_DISTRIBUTION_POINT)) {
        return read_distribution_point(contents, why);
    }
    if (critical && !pst_extension_is(oid, EXT_AUTHORITY_KEY)) {
        return unknown_critical(why);
    }
    return POSTERN_OK;
}

/* [0] EXPLICIT Extensions, which end the body. */
static postern_status read_extensions(postern_str text, unsigned version, pst_crl *out,
                                      const char **why)
{
    postern_str seen[PST_EXTENSIONS_MAX];
    size_t count = 0;
    postern_str wrapped;
    postern_str list;
    postern_str contents;
    bool critical;

    if (text.len == 0) {
        return POSTERN_OK;
    }
    if (version != 2 || !pst_der_take(&text, PST_DER_CONTEXT_MADE(0U), &wrapped) ||
        text.len != 0 || !pst_der_take(&wrapped, PST_DER_SEQUENCE, &list) ||
        wrapped.len != 0) {
        return malformed(why);
    }
    while (list.len > 0) {
        postern_status status;

        if (count == PST_EXTENSIONS_MAX ||
            !pst_extension_take(&list, &seen[count], &critical, &contents)) {
            return malformed(why);
        }
        for (size_t i = 0; i < count; i++) {
            if (pst_str_same(seen[i], seen[count])) {
                return malformed(why);
            }
        }
        status = read_extension(seen[count], critical, contents, out, why);
        if (status != POSTERN_OK) {
            return status;
        }
        count++;
    }
    return POSTERN_OK;
}

/* Version 1 is what the absence of the field means; 2 is written as 1. */
static bool read_version(postern_str *rest, unsigned *version)
{
    unsigned number;

    *version = 1;
    if (!pst_der_ahead(*rest, PST_DER_INTEGER)) {
        return true;
    }
    *version = 2;
    return pst_der_take_small(rest, 1, &number) && number == 1;
}

/* tbsCertList without its tag. */
static postern_status read_body(pst_arena *arena, postern_str tbs,
                                postern_str algorithm, pst_crl *out, const char **why)
{
    unsigned version;
    postern_str inner;
    postern_str entries = {NULL, 0};
    postern_status status;

    if (!read_version(&tbs, &version) ||
        !pst_der_take_whole(&tbs, PST_DER_SEQUENCE, &inner) ||
        !pst_str_same(inner, algorithm) ||
        !pst_der_take_whole(&tbs, PST_DER_SEQUENCE, &out->issuer) ||
        !pst_name_check(out->issuer) || !pst_der_take_time(&tbs, &out->this_update)) {
        return malformed(why);
    }
    out->has_next_update = pst_der_time_ahead(tbs);
    if (out->has_next_update && !pst_der_take_time(&tbs, &out->next_update)) {
        return malformed(why);
    }
    if (pst_der_ahead(tbs, PST_DER_SEQUENCE) &&
        !pst_der_take(&tbs, PST_DER_SEQUENCE, &entries)) {
        return malformed(why);
    }
    /* Extensions first: they may say that the entries mean something else. */
    status = read_extensions(tbs, version, out, why);
    return status == POSTERN_OK ? read_entries(arena, entries, version, out, why)
                                : status;
}

postern_status pst_crl_parse(pst_arena *arena, postern_str der, pst_crl *out,
                             const char **why)
{
    postern_str parts;
    postern_str ahead;
    postern_str body;
    postern_str algorithm;
    unsigned unused;

    *out = (pst_crl){.count = 0};
    *why = NULL;
    if (!pst_der_take(&der, PST_DER_SEQUENCE, &parts) || der.len != 0) {
        return malformed(why);
    }
    ahead = parts;
    if (!pst_der_take(&ahead, PST_DER_SEQUENCE, &body) ||
        !pst_der_take_whole(&parts, PST_DER_SEQUENCE, &out->tbs) ||
        !pst_der_take_whole(&parts, PST_DER_SEQUENCE, &algorithm) ||
        !pst_der_take_bits(&parts, &out->signature, &unused) || unused != 0 ||
        parts.len != 0) {
        return malformed(why);
    }
    out->algorithm = pst_signature_algorithm_read(algorithm);
    if (out->algorithm.kind != PST_SIGNATURE_RSA &&
        out->algorithm.kind != PST_SIGNATURE_ECDSA) {
        return fail(why, POSTERN_UNSUPPORTED,
                    "CRL that is not signed with SHA-2 and RSA (PKCS #1) or ECDSA");
    }
    return read_body(arena, body, algorithm, out, why);
}

postern_status pst_crl_verify(const pst_crl *crl, const postern_crypto *crypto,
                              postern_str spki)
{
    postern_signature scheme = crl->algorithm.kind == PST_SIGNATURE_RSA
                                   ? POSTERN_SIGNATURE_RSA
                                   : POSTERN_SIGNATURE_ECDSA;

    return crypto->verify(crypto->context, spki, scheme, crl->algorithm.digest,
                          crl->tbs, crl->signature);
}

bool pst_crl_lists(const pst_crl *crl, postern_str serial)
{
    size_t from = 0;
    size_t to = crl->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = pst_str_order(crl->serials[middle], serial);

        if (order == 0) {
            return true;
        }
        if (order < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return false;
}

bool pst_crl_is_fresh(const pst_crl *crl, int64_t now)
{
    return now >= crl->this_update && crl->has_next_update && now <= crl->next_update;
}
