/* crl.c - the order of functions is that of the ASN.1, from the inside out. */
#include "certificate/crl.h"

#include "certificate/certificate.h"
#include "certificate/der.h"
#include "certificate/name.h"
#include "support/hash.h"
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

/* revokedCertificates, without its tag: once to count and check, once to keep. The
 * signature is what nobody can know before the CRL is issued: it makes the seed. */
static postern_status read_entries(const postern_allocator *alloc, postern_str list,
                                   unsigned version, pst_crl *out, const char **why)
{
    postern_str rest = list;
    postern_str serial;
    size_t count = 0;
    postern_status status;

    while (rest.len > 0) {
        status = read_entry(&rest, version, &serial, why);
        if (status != POSTERN_OK) {
            return status;
        }
        count++;
    }
    status = pst_serials_new(alloc, count, pst_hash(out->signature, 0), &out->serials);
    if (status != POSTERN_OK) {
        return status;
    }
    rest = list;
    for (size_t i = 0; i < count; i++) {
        (void)read_entry(&rest, version, &serial, why);
        pst_serials_put(&out->serials, i, serial);
    }
    return pst_serials_arrange(alloc, &out->serials);
}

/* CRLNumber: from 0 to 20 octets of ones. */
static postern_status read_number(postern_str text, pst_crl_number *out,
                                  const char **why)
{
    postern_str number;

    if (!pst_der_take_integer(&text, &number) || text.len != 0) {
        return malformed(why);
    }
    if ((pst_octet(number, 0) & 0x80U) != 0) {
        return fail(why, POSTERN_SYNTAX, "malformed CRL: its number is negative");
    }
    if (pst_octet(number, 0) == 0) {
        number = pst_str_slice(number, 1, number.len);
    }
    if (number.len > PST_CRL_NUMBER_MAX) {
        return fail(why, POSTERN_SYNTAX,
                    "malformed CRL: its number has more than 20 octets");
    }
    out->known = true;
    out->len = (unsigned char)number.len;
    if (number.len > 0) {
        memcpy(out->bytes, number.data, number.len);
    }
    return POSTERN_OK;
}

/* Of the authority key identifier the key's is taken, when it comes first as it has
 * to. It decides nothing. */
static postern_str read_key_id(postern_str text)
{
    postern_str fields = {NULL, 0};
    postern_str key = {NULL, 0};

    (void)pst_der_take(&text, PST_DER_SEQUENCE, &fields);
    (void)pst_der_take(&fields, PST_DER_CONTEXT(0U), &key);
    return key;
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
    if (pst_extension_is(oid, EXT_NUMBER)) { /* which is never critical */
        return critical ? malformed(why) : read_number(contents, &out->number, why);
    }
    if (pst_extension_is(oid, EXT_AUTHORITY_KEY)) {
        out->key_id = read_key_id(contents);
        return POSTERN_OK;
    }
    if (pst_extension_is(oid, EXT_DELTA)) {
        return fail(why, POSTERN_UNSUPPORTED, "delta CRL");
    }
    if (pst_extension_is(oid, EXT_DISTRIBUTION_POINT)) {
        return read_distribution_point(contents, why);
    }
    return critical ? unknown_critical(why) : POSTERN_OK;
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
static postern_status read_body(const postern_allocator *alloc, postern_str tbs,
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
    return status == POSTERN_OK ? read_entries(alloc, entries, version, out, why)
                                : status;
}

postern_status pst_crl_parse(const postern_allocator *alloc, postern_str der,
                             pst_crl *out, const char **why)
{
    postern_str parts;
    postern_str ahead;
    postern_str body;
    postern_str algorithm;
    unsigned unused;

    *out = (pst_crl){.has_next_update = false};
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
    return read_body(alloc, body, algorithm, out, why);
}

void pst_crl_free(const postern_allocator *alloc, pst_crl *crl)
{
    pst_serials_free(alloc, &crl->serials);
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
    return pst_serials_has(&crl->serials, serial);
}

bool pst_crl_is_fresh(const pst_crl *crl, int64_t now)
{
    return now >= crl->this_update && crl->has_next_update && now <= crl->next_update;
}

static int number_order(const pst_crl_number *number, const pst_crl_number *other)
{
    if (!number->known || !other->known) {
        return 0;
    }
    if (number->len != other->len) {
        return number->len < other->len ? -1 : 1;
    }
    return memcmp(number->bytes, other->bytes, number->len);
}

int pst_crl_age(const pst_crl *crl, const pst_crl *other)
{
    const int order = number_order(&crl->number, &other->number);

    if (order < 0 || crl->this_update < other->this_update) {
        return -1;
    }
    return order > 0 || crl->this_update > other->this_update ? 1 : 0;
}
