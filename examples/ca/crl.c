/* crl.c - the last field first, as der.h wants it. */
#include "crl.h"

#include "certificate.h"

/* Last arcs of 2.5.29. */
enum { EXT_CRL_NUMBER = 20, EXT_REASON = 21 };

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
