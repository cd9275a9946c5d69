/* crl.c - the writer puts the last field first, as der.h wants it. */
#include "crl.h"

#include "certificate.h"

/* Last arcs of 2.5.29. */
enum { EXT_CRL_NUMBER = 20, EXT_REASON = 21 };

/* --- reading ------------------------------------------------------------------ */

/* INTEGER, not negative */
static bool read_number(ca_bytes from, uint64_t *out)
{
    ca_tlv number;

    if (!ca_der_take(&from, CA_DER_INTEGER, &number) || from.len != 0 ||
        number.contents.len == 0 || number.contents.data[0] >= 0x80) {
        return false;
    }
    *out = number.contents.len > sizeof *out ? UINT64_MAX : 0;
    for (size_t i = 0; i < number.contents.len && *out != UINT64_MAX; i++) {
        *out = *out << 8 | number.contents.data[i];
    }
    return true;
}

/* [0] EXPLICIT SEQUENCE OF Extension, of which one must be the number. */
static bool read_extensions(ca_bytes rest, uint64_t *number)
{
    ca_tlv wrapped;
    ca_tlv list;
    ca_tlv one;
    ca_tlv part;

    if (!ca_der_take(&rest, CA_DER_CONTEXT_MADE + 0, &wrapped) || rest.len != 0 ||
        !ca_der_take(&wrapped.contents, CA_DER_SEQUENCE, &list)) {
        return false;
    }
    while (ca_der_take(&list.contents, CA_DER_SEQUENCE, &one)) {
        if (ca_der_take(&one.contents, CA_DER_OID, &part) &&
            ca_bytes_same(part.contents, CA_BYTES("\x55\x1d\x14"))) {
            (void)ca_der_take(&one.contents, CA_DER_BOOLEAN, &part);
            return ca_der_take(&one.contents, CA_DER_OCTET_STRING, &part) &&
                   read_number(part.contents, number);
        }
    }
    return false;
}

static bool take_time(ca_bytes *from)
{
    int64_t seconds;

    return ca_der_take_time(from, &seconds);
}

bool ca_crl_read(ca_bytes der, ca_bytes *issuer, uint64_t *number)
{
    ca_tlv all;
    ca_tlv body;
    ca_tlv part;
    ca_bytes rest;

    if (!ca_der_take(&der, CA_DER_SEQUENCE, &all) || der.len != 0 ||
        !ca_der_take(&all.contents, CA_DER_SEQUENCE, &body)) {
        return false;
    }
    rest = body.contents;
    if (!ca_der_take(&rest, CA_DER_INTEGER, &part) ||  /* version */
        !ca_der_take(&rest, CA_DER_SEQUENCE, &part) || /* algorithm */
        !ca_der_take(&rest, CA_DER_SEQUENCE, &part)) {
        return false;
    }
    *issuer = part.whole;
    if (!take_time(&rest) || !take_time(&rest)) {
        return false;
    }
    (void)ca_der_take(&rest, CA_DER_SEQUENCE, &part); /* what is revoked */
    return read_extensions(rest, number);
}

/* --- writing ------------------------------------------------------------------ */

static void put_entry(const ca_entry *entry, ca_der *out)
{
    const size_t since = out->len;

    /* Not to give a reason is how "unspecified" is said (RFC 5280, 5.3.1). */
    if (entry->reason != CA_UNSPECIFIED) {
        const unsigned char reason = (unsigned char)entry->reason;

        ca_der_put(out, CA_DER_ENUMERATED, (ca_bytes){&reason, 1});
        ca_extension_close(EXT_REASON, false, since, out);
        ca_der_close(out, CA_DER_SEQUENCE, since);
    }
    ca_der_put_time(out, entry->revoked_at);
    ca_der_put_unsigned(out, (ca_bytes){entry->serial, CA_SERIAL_BYTES});
    ca_der_close(out, CA_DER_SEQUENCE, since);
}

/* A list without entries is left out: an empty one is not allowed. */
static void put_entries(const ca_index *index, ca_der *out)
{
    const size_t since = out->len;
    bool any = false;

    for (size_t i = index->count; i-- > 0;) {
        if (index->entries[i].revoked) {
            put_entry(&index->entries[i], out);
            any = true;
        }
    }
    if (any) {
        ca_der_close(out, CA_DER_SEQUENCE, since);
    }
}

static void put_extensions(const ca_crl *crl, ca_der *out)
{
    const size_t since = out->len;
    size_t inner;

    inner = out->len;
    ca_der_put_number(out, crl->index->crl_number);
    ca_extension_close(EXT_CRL_NUMBER, false, inner, out);
    ca_put_authority_key(crl->issuer_key_id, out);
    ca_der_close(out, CA_DER_SEQUENCE, since);
    ca_der_close(out, CA_DER_CONTEXT_MADE + 0, since);
}

void ca_crl_put(const ca_crl *crl, ca_der *out)
{
    const size_t since = out->len;

    put_extensions(crl, out);
    put_entries(crl->index, out);
    ca_der_put_time(out, crl->next_update);
    ca_der_put_time(out, crl->this_update);
    ca_der_add(out, crl->issuer);
    ca_der_add(out, crl->algorithm);
    ca_der_put_number(out, 1); /* version 2 */
    ca_der_close(out, CA_DER_SEQUENCE, since);
}
