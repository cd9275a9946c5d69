/* certificate.c - the reader takes fields from the front, the writer puts them from
 * the back: its functions add the last field first. */
#include "certificate.h"

/* Last arcs of 2.5.29. */
enum {
    EXT_SUBJECT_KEY = 14,
    EXT_KEY_USAGE = 15,
    EXT_ALTERNATIVE_NAME = 17,
    EXT_BASIC_CONSTRAINTS = 19,
    EXT_AUTHORITY_KEY = 35,
    EXT_EXTENDED_USAGE = 37
};

/* --- reading ------------------------------------------------------------------ */

/* [3] EXPLICIT SEQUENCE OF Extension, as far as the key's identifier is concerned. */
static bool read_extensions(ca_bytes body, ca_bytes *key_id)
{
    ca_tlv wrapped;
    ca_tlv list;
    ca_tlv one;
    ca_tlv part;

    if (!ca_der_take(&body, CA_DER_CONTEXT_MADE + 3, &wrapped) ||
        !ca_der_take(&wrapped.contents, CA_DER_SEQUENCE, &list)) {
        return body.len == 0;
    }
    while (list.contents.len > 0) {
        bool is_key;

        if (!ca_der_take(&list.contents, CA_DER_SEQUENCE, &one) ||
            !ca_der_take(&one.contents, CA_DER_OID, &part)) {
            return false;
        }
        is_key = ca_bytes_same(part.contents, CA_BYTES("\x55\x1d\x0e"));
        (void)ca_der_take(&one.contents, CA_DER_BOOLEAN, &part);
        if (!ca_der_take(&one.contents, CA_DER_OCTET_STRING, &part)) {
            return false;
        }
        if (is_key) {
            ca_tlv id;

            if (!ca_der_take(&part.contents, CA_DER_OCTET_STRING, &id) ||
                part.contents.len != 0) {
                return false;
            }
            *key_id = id.contents;
        }
    }
    return true;
}

bool ca_certificate_read(ca_bytes der, ca_certificate *out)
{
    ca_tlv all;
    ca_tlv body;
    ca_tlv part;
    ca_bytes rest;

    *out = (ca_certificate){.not_after = 0};
    if (!ca_der_take(&der, CA_DER_SEQUENCE, &all) || der.len != 0 ||
        !ca_der_take(&all.contents, CA_DER_SEQUENCE, &body)) {
        return false;
    }
    rest = body.contents;
    (void)ca_der_take(&rest, CA_DER_CONTEXT_MADE + 0, &part); /* version */
    if (!ca_der_take(&rest, CA_DER_INTEGER, &part)) {
        return false;
    }
    out->serial = part.contents;
    if (!ca_der_take(&rest, CA_DER_SEQUENCE, &part)) { /* algorithm */
        return false;
    }
    if (!ca_der_take(&rest, CA_DER_SEQUENCE, &part)) {
        return false;
    }
    out->issuer = part.whole;
    if (!ca_der_take(&rest, CA_DER_SEQUENCE, &part) ||
        !ca_der_take_time(&part.contents, &out->not_before) ||
        !ca_der_take_time(&part.contents, &out->not_after) ||
        !ca_der_take(&rest, CA_DER_SEQUENCE, &part)) {
        return false;
    }
    out->subject = part.whole;
    if (!ca_der_take(&rest, CA_DER_SEQUENCE, &part)) {
        return false;
    }
    out->spki = part.whole;
    return read_extensions(rest, &out->key_id);
}

/* --- writing ------------------------------------------------------------------ */

void ca_extension_close(unsigned char arc, bool critical, size_t since, ca_der *out)
{
    const unsigned char oid[] = {0x55, 0x1d, arc};

    ca_der_close(out, CA_DER_OCTET_STRING, since);
    if (critical) {
        ca_der_put(out, CA_DER_BOOLEAN, CA_BYTES("\xff"));
    }
    ca_der_put(out, CA_DER_OID, (ca_bytes){oid, sizeof oid});
    ca_der_close(out, CA_DER_SEQUENCE, since);
}

void ca_put_authority_key(ca_bytes key_id, ca_der *out)
{
    const size_t since = out->len;

    ca_der_put(out, CA_DER_CONTEXT + 0, key_id);
    ca_der_close(out, CA_DER_SEQUENCE, since);
    ca_extension_close(EXT_AUTHORITY_KEY, false, since, out);
}

/* An extension whose contents are always the same. */
static void put_fixed(unsigned char arc, bool critical, ca_bytes contents, ca_der *out)
{
    const size_t since = out->len;

    ca_der_add(out, contents);
    ca_extension_close(arc, critical, since, out);
}

static void put_alternatives(const ca_body *body, ca_der *out)
{
    const size_t since = out->len;

    if (body->alternative_count == 0) {
        return;
    }
    for (size_t i = body->alternative_count; i-- > 0;) {
        ca_der_put(out, body->alternatives[i].tag,
                   ca_bytes_of(body->alternatives[i].text));
    }
    ca_der_close(out, CA_DER_SEQUENCE, since);
    ca_extension_close(EXT_ALTERNATIVE_NAME, false, since, out);
}

static void put_subject_key(ca_bytes key_id, ca_der *out)
{
    const size_t since = out->len;

    ca_der_put(out, CA_DER_OCTET_STRING, key_id);
    ca_extension_close(EXT_SUBJECT_KEY, false, since, out);
}

static void put_extensions(const ca_body *body, ca_der *out)
{
    const size_t since = out->len;

    put_alternatives(body, out);
    ca_put_authority_key(body->issuer_key_id, out);
    put_subject_key(body->key_id, out);
    if (body->authority) {
        /* keyCertSign and cRLSign; a CA, and no other CA below it */
        put_fixed(EXT_KEY_USAGE, true, CA_BYTES("\x03\x02\x01\x06"), out);
        put_fixed(EXT_BASIC_CONSTRAINTS, true,
                  CA_BYTES("\x30\x06\x01\x01\xff\x02\x01\x00"), out);
    } else {
        /* clientAuth; digitalSignature; no CA */
        put_fixed(EXT_EXTENDED_USAGE, false,
                  CA_BYTES("\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02"), out);
        put_fixed(EXT_KEY_USAGE, true, CA_BYTES("\x03\x02\x07\x80"), out);
        put_fixed(EXT_BASIC_CONSTRAINTS, true, CA_BYTES("\x30\x00"), out);
    }
    ca_der_close(out, CA_DER_SEQUENCE, since);
    ca_der_close(out, CA_DER_CONTEXT_MADE + 3, since);
}

void ca_body_put(const ca_body *body, ca_der *out)
{
    const size_t since = out->len;
    size_t inner;

    put_extensions(body, out);
    ca_der_add(out, body->spki);
    ca_der_add(out, body->subject);
    inner = out->len;
    ca_der_put_time(out, body->not_after);
    ca_der_put_time(out, body->not_before);
    ca_der_close(out, CA_DER_SEQUENCE, inner);
    ca_der_add(out, body->issuer);
    ca_der_add(out, body->algorithm);
    ca_der_put_unsigned(out, body->serial);
    inner = out->len;
    ca_der_put_number(out, 2); /* version 3 */
    ca_der_close(out, CA_DER_CONTEXT_MADE + 0, inner);
    ca_der_close(out, CA_DER_SEQUENCE, since);
}
