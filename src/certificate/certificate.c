/* certificate.c - RFC 5280 section 4, in the order of its ASN.1. */
#include "certificate/certificate.h"

#include "certificate/der.h"
#include "certificate/name.h"
#include "support/text.h"

/* Last arcs of the extensions that are understood: id-ce is 2.5.29. */
enum {
    EXT_SUBJECT_KEY = 14,
    EXT_KEY_USAGE = 15,
    EXT_ALT_NAME = 17,
    EXT_BASIC = 19,
    EXT_NAME_CONSTRAINTS = 30,
    EXT_AUTHORITY_KEY = 35,
    EXT_EXTENDED_USAGE = 37
};

static const postern_str client_auth = POSTERN_STR("\x2b\x06\x01\x05\x05\x07\x03\x02");
static const postern_str server_auth = POSTERN_STR("\x2b\x06\x01\x05\x05\x07\x03\x01");
static const postern_str any_usage = POSTERN_STR("\x55\x1d\x25\x00");

bool pst_extension_is(postern_str oid, unsigned number)
{
    return oid.len == 3 && pst_octet(oid, 0) == 0x55 && pst_octet(oid, 1) == 0x1d &&
           pst_octet(oid, 2) == number;
}

bool pst_certificate_allows(const pst_certificate *certificate, unsigned bits)
{
    return !certificate->has_key_usage || (certificate->key_usage & bits) == bits;
}

bool pst_is_self_issued(const pst_certificate *certificate)
{
    return pst_str_same(certificate->subject, certificate->issuer);
}

/* basicConstraints: SEQUENCE { cA BOOLEAN, pathLen INTEGER }. Each part only in its
 * own place: a parser that took an INTEGER for cA made a CA of anybody
 * (CVE-2026-49300). An explicit FALSE is not DER but common, and harmless. */
static bool read_basic(postern_str text, pst_certificate *out)
{
    postern_str fields;

    if (!pst_der_take(&text, PST_DER_SEQUENCE, &fields) || text.len != 0) {
        return false;
    }
    if (fields.len == 0) {
        return true;
    }
    if (!pst_der_take_bool(&fields, &out->is_ca)) {
        return false;
    }
    if (fields.len > 0) {
        out->has_path_length = true;
        if (!out->is_ca ||
            !pst_der_take_small(&fields, 0x7fffffff, &out->path_length)) {
            return false;
        }
    }
    return fields.len == 0;
}

static bool read_key_usage(postern_str text, pst_certificate *out)
{
    postern_str bits;
    unsigned unused;

    if (!pst_der_take_bits(&text, &bits, &unused) || text.len != 0 || bits.len > 2) {
        return false;
    }
    out->has_key_usage = true;
    out->key_usage = bits.len > 0 ? pst_octet(bits, 0) : 0;
    return true;
}

static bool read_extended_usage(postern_str text, pst_certificate *out)
{
    postern_str list;
    postern_str oid;

    if (!pst_der_take(&text, PST_DER_SEQUENCE, &list) || text.len != 0 ||
        list.len == 0) {
        return false;
    }
    out->has_extended_usage = true;
    while (list.len > 0) {
        if (!pst_der_take_oid(&list, &oid)) {
            return false;
        }
        out->usage_client = out->usage_client || pst_str_same(oid, client_auth);
        out->usage_server = out->usage_server || pst_str_same(oid, server_auth);
        out->usage_any = out->usage_any || pst_str_same(oid, any_usage);
    }
    return true;
}

/* IA5String without NUL: whoever treats text as C does not see another name. */
static bool is_plain_ascii(postern_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (pst_octet(text, i) == 0 || pst_octet(text, i) > 0x7f) {
            return false;
        }
    }
    return true;
}

static bool is_general_name(const pst_tlv *name)
{
    switch (name->tag) {
    case PST_ALT_EMAIL:
    case PST_ALT_DNS:
    case PST_ALT_URI:
        return is_plain_ascii(name->value);
    case PST_ALT_IP:
        return name->value.len == 4 || name->value.len == 16;
    case PST_ALT_DIRECTORY:
    case 0xa0: /* otherName */
    case 0xa3: /* x400Address */
    case 0xa5: /* ediPartyName */
    case 0x88: /* registeredID */
        return true;
    default:
        return false;
    }
}

/* GeneralNames, without the tag. */
static bool are_general_names(postern_str list)
{
    pst_tlv name;
    size_t count = 0;

    while (list.len > 0) {
        if (++count > PST_ALT_NAMES_MAX || !pst_der_next(&list, &name) ||
            !is_general_name(&name)) {
            return false;
        }
    }
    return true;
}

static bool read_alt_name(postern_str text, pst_certificate *out)
{
    return pst_der_take(&text, PST_DER_SEQUENCE, &out->alt_names) && text.len == 0 &&
           are_general_names(out->alt_names);
}

static bool read_subject_key(postern_str text, pst_certificate *out)
{
    return pst_der_take(&text, PST_DER_OCTET_STRING, &out->ski) && text.len == 0;
}

/* Each part is optional, and comes in this order. */
static bool read_authority_key(postern_str text, pst_certificate *out)
{
    postern_str fields;

    if (!pst_der_take(&text, PST_DER_SEQUENCE, &fields) || text.len != 0) {
        return false;
    }
    out->has_authority_key = true;
    (void)pst_der_take(&fields, PST_DER_CONTEXT(0U), &out->aki_key);
    (void)pst_der_take(&fields, PST_DER_CONTEXT_MADE(1U), &out->aki_issuer);
    (void)pst_der_take(&fields, PST_DER_CONTEXT(2U), &out->aki_serial);
    return fields.len == 0 && are_general_names(out->aki_issuer);
}

bool pst_extension_take(postern_str *rest, postern_str *oid, bool *critical,
                        postern_str *contents)
{
    postern_str fields;

    *critical = false;
    if (!pst_der_take(rest, PST_DER_SEQUENCE, &fields) ||
        !pst_der_take_oid(&fields, oid)) {
        return false;
    }
    if (pst_der_ahead(fields, PST_DER_BOOLEAN) &&
        !pst_der_take_bool(&fields, critical)) {
        return false;
    }
    return pst_der_take(&fields, PST_DER_OCTET_STRING, contents) && fields.len == 0;
}

static bool read_extension(postern_str oid, bool critical, postern_str contents,
                           pst_certificate *out)
{
    bool standard = pst_extension_is(oid, oid.len == 3 ? pst_octet(oid, 2) : 0);

    switch (standard ? pst_octet(oid, 2) : 0) {
    case EXT_SUBJECT_KEY:
        return !critical && read_subject_key(contents, out);
    case EXT_KEY_USAGE:
        return read_key_usage(contents, out);
    case EXT_ALT_NAME:
        return read_alt_name(contents, out);
    case EXT_BASIC:
        return read_basic(contents, out);
    case EXT_NAME_CONSTRAINTS:
        /* Not understood here: whoever meets one must refuse, so its contents do not
         * matter. */
        out->has_name_constraints = true;
        return true;
    case EXT_AUTHORITY_KEY:
        return !critical && read_authority_key(contents, out);
    case EXT_EXTENDED_USAGE:
        return read_extended_usage(contents, out);
    default:
        out->has_unknown_critical = out->has_unknown_critical || critical;
        return true;
    }
}

/* Extensions, without their [3]. RFC 5280 asks for at least one; an empty list says
 * nothing and is let through. */
static bool read_extensions(postern_str text, pst_certificate *out)
{
    postern_str seen[PST_EXTENSIONS_MAX];
    size_t count = 0;
    postern_str list;
    postern_str contents;
    bool critical;

    if (!pst_der_take(&text, PST_DER_SEQUENCE, &list) || text.len != 0) {
        return false;
    }
    out->extensions = list;
    while (list.len > 0) {
        if (count == PST_EXTENSIONS_MAX ||
            !pst_extension_take(&list, &seen[count], &critical, &contents)) {
            return false;
        }
        for (size_t i = 0; i < count; i++) {
            if (pst_str_same(seen[i], seen[count])) {
                return false;
            }
        }
        if (!read_extension(seen[count], critical, contents, out)) {
            return false;
        }
        count++;
    }
    return true;
}

/* [0] EXPLICIT INTEGER; version 1 is the default and so must not be written. */
static bool read_version(postern_str *rest, unsigned *version)
{
    postern_str inner;
    unsigned number;

    *version = 1;
    if (!pst_der_ahead(*rest, PST_DER_CONTEXT_MADE(0U))) {
        return true;
    }
    if (!pst_der_take(rest, PST_DER_CONTEXT_MADE(0U), &inner) ||
        !pst_der_take_small(&inner, 2, &number) || number == 0 || inner.len != 0) {
        return false;
    }
    *version = number + 1;
    return true;
}

static bool read_validity(postern_str *rest, pst_certificate *out)
{
    postern_str dates;

    return pst_der_take(rest, PST_DER_SEQUENCE, &dates) &&
           pst_der_take_time(&dates, &out->not_before) &&
           pst_der_take_time(&dates, &out->not_after) && dates.len == 0;
}

/* What may follow the key: unique identifiers (obsolete, skipped), extensions. */
static bool read_optional(postern_str rest, pst_certificate *out)
{
    postern_str part;

    for (unsigned i = 1; i <= 2; i++) {
        if (pst_der_take(&rest, PST_DER_CONTEXT(i), &part) && out->version == 1) {
            return false;
        }
    }
    if (pst_der_take(&rest, PST_DER_CONTEXT_MADE(3U), &part)) {
        return out->version == 3 && rest.len == 0 && read_extensions(part, out);
    }
    return rest.len == 0;
}

/* `tbs` without its tag; `*algorithm` is the inner signature algorithm. */
static bool read_body(postern_str tbs, postern_str *algorithm, pst_certificate *out)
{
    return read_version(&tbs, &out->version) &&
           pst_der_take_integer(&tbs, &out->serial) &&
           pst_der_take_whole(&tbs, PST_DER_SEQUENCE, algorithm) &&
           pst_der_take_whole(&tbs, PST_DER_SEQUENCE, &out->issuer) &&
           read_validity(&tbs, out) &&
           pst_der_take_whole(&tbs, PST_DER_SEQUENCE, &out->subject) &&
           pst_der_take_whole(&tbs, PST_DER_SEQUENCE, &out->spki) &&
           pst_name_check(out->issuer) && pst_name_check(out->subject) &&
           read_optional(tbs, out);
}

bool pst_certificate_parse(postern_str der, pst_certificate *out)
{
    postern_str rest = der;
    postern_str parts;
    postern_str ahead;
    postern_str body;
    postern_str inner;
    postern_str outer;
    unsigned unused;

    *out = (pst_certificate){.raw = der};
    if (!pst_der_take(&rest, PST_DER_SEQUENCE, &parts) || rest.len != 0) {
        return false;
    }
    ahead = parts;
    if (!pst_der_take_whole(&parts, PST_DER_SEQUENCE, &out->tbs) ||
        !pst_der_take(&ahead, PST_DER_SEQUENCE, &body) ||
        !pst_der_take_whole(&parts, PST_DER_SEQUENCE, &outer) ||
        !pst_der_take_bits(&parts, &out->signature, &unused) || unused != 0 ||
        parts.len != 0 || !read_body(body, &inner, out) ||
        !pst_str_same(inner, outer)) {
        return false;
    }
    out->algorithm = pst_signature_algorithm_read(outer);
    return true;
}
