/* facts.c - one small writer per format; everything ends in the arena. */
#include "certificate/facts.h"

#include "support/base64.h"
#include "certificate/certificate.h"
#include "certificate/der.h"
#include "certificate/name.h"
#include "support/text.h"

/* What Cloudflare bounds the RFC 9440 fields to, in characters. */
enum { RFC9440_LEAF_MAX = 10 * 1024, RFC9440_CHAIN_MAX = 16 * 1024 };

enum { IPV4_BYTES = 4, IPV6_BYTES = 16, MAPPED_PREFIX = 12 };

/* A writer into `cap` bytes of the arena. */
static bool writer_open(pst_arena *arena, size_t cap, pst_writer *out)
{
    *out = (pst_writer){pst_arena_alloc(arena, cap + 1), cap + 1, 0};
    return out->buf != NULL;
}

static postern_str writer_close(pst_writer *writer)
{
    const char *text = writer->buf;
    return (postern_str){text, pst_write_end(writer)};
}

static bool make_hex(pst_arena *arena, postern_str bytes, bool upper, postern_str *out)
{
    pst_writer writer;

    if (!writer_open(arena, bytes.len * 2, &writer)) {
        return false;
    }
    for (size_t i = 0; i < bytes.len; i++) {
        pst_write_hex(&writer, (unsigned char)bytes.data[i], upper);
    }
    *out = writer_close(&writer);
    return true;
}

/* The magnitude of a two's complement number as OpenSSL prints serials: upper case,
 * whole bytes, a minus in front, no byte that only carries the sign. */
static bool make_serial(pst_arena *arena, postern_str number, postern_str *out)
{
    bool negative = (pst_octet(number, 0) & 0x80U) != 0;
    unsigned char flip = negative ? 0xff : 0;
    size_t lowest = number.len; /* behind the last byte that is not 0 */
    bool started = false;
    pst_writer writer;

    if (!writer_open(arena, 1 + number.len * 2, &writer)) {
        return false;
    }
    if (negative) {
        pst_write_byte(&writer, '-');
    }
    while (lowest > 0 && pst_octet(number, lowest - 1) == 0) {
        lowest--;
    }
    for (size_t i = 0; i < number.len; i++) {
        /* -x is ~x + 1: below the lowest set bit nothing changes. */
        unsigned byte = pst_octet(number, i) ^ flip;

        if (negative && i + 1 >= lowest) {
            byte = (byte + 1) & 0xffU;
        }
        started = started || byte != 0 || i + 1 == number.len;
        if (started) {
            pst_write_hex(&writer, (unsigned char)byte, true);
        }
    }
    *out = writer_close(&writer);
    return true;
}

/* As ASN1_TIME_print: "Mar  2 01:02:03 2025 GMT". */
static bool make_date(pst_arena *arena, int64_t seconds, postern_str *out)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const pst_date date = pst_date_of(seconds);
    pst_writer writer;

    if (!writer_open(arena, sizeof "Mar  2 01:02:03 2025 GMT", &writer)) {
        return false;
    }
    pst_write_str(&writer, (postern_str){months + (size_t)(date.month - 1) * 3, 3});
    pst_write_byte(&writer, ' ');
    pst_write_two(&writer, date.day, ' ');
    pst_write_byte(&writer, ' ');
    pst_write_two(&writer, date.hour, '0');
    pst_write_byte(&writer, ':');
    pst_write_two(&writer, date.minute, '0');
    pst_write_byte(&writer, ':');
    pst_write_two(&writer, date.second, '0');
    pst_write_byte(&writer, ' ');
    pst_write_size(&writer, date.year);
    pst_write_text(&writer, " GMT");
    *out = writer_close(&writer);
    return true;
}

static postern_status make_digest(pst_arena *arena, const postern_crypto *crypto,
                                  postern_digest algorithm, postern_str data,
                                  postern_str *out)
{
    unsigned char bytes[64];
    postern_status status =
        crypto->digest(crypto->context, algorithm, data.data, data.len, bytes);

    if (status != POSTERN_OK) {
        return status == POSTERN_NO_MEMORY ? status : POSTERN_CRYPTO;
    }
    return make_hex(arena, (postern_str){(const char *)bytes, (size_t)algorithm}, false,
                    out)
               ? POSTERN_OK
               : arena->status;
}

/* RFC 9440: byte sequences between colons, in a list. Over the limit: nothing. */
static bool make_rfc9440(pst_arena *arena, const postern_str *certificates,
                         size_t count, size_t limit, postern_str *out, bool *too_large)
{
    size_t len = 0;
    pst_writer writer;

    for (size_t i = 0; i < count; i++) {
        size_t encoded = pst_base64_length(certificates[i].len);

        len += encoded + (i > 0 ? 4 : 2);
        if (encoded > limit || len > limit) {
            *too_large = true;
            return true;
        }
    }
    if (!writer_open(arena, len, &writer)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        pst_write_text(&writer, i > 0 ? ", :" : ":");
        pst_base64_write(&writer, certificates[i]);
        pst_write_byte(&writer, ':');
    }
    *out = writer_close(&writer);
    return true;
}

static size_t count_alt_names(postern_str list, unsigned tag)
{
    pst_tlv name;
    size_t count = 0;

    while (pst_der_next(&list, &name)) {
        count += name.tag == tag ? 1U : 0U;
    }
    return count;
}

static bool make_text_list(pst_arena *arena, postern_str list, unsigned tag,
                           pst_text_list *out)
{
    size_t count = count_alt_names(list, tag);
    postern_str *items = pst_arena_array(arena, count, sizeof *items);
    size_t filled = 0;
    pst_tlv name;

    if (items == NULL) {
        return false;
    }
    while (filled < count && pst_der_next(&list, &name)) {
        if (name.tag == tag && !pst_arena_copy(arena, name.value, &items[filled++])) {
            return false;
        }
    }
    *out = (pst_text_list){items, count};
    return true;
}

/* ::ffff:a.b.c.d is the IPv4 address a.b.c.d, as everywhere in the language. */
static postern_address address_of(postern_str bytes)
{
    static const unsigned char mapped[MAPPED_PREFIX] = {0, 0, 0, 0, 0,    0,
                                                        0, 0, 0, 0, 0xff, 0xff};
    postern_address address = {.family = bytes.len == IPV4_BYTES ? 4 : 6};

    if (bytes.len == IPV6_BYTES && memcmp(bytes.data, mapped, sizeof mapped) == 0) {
        bytes = pst_str_slice(bytes, MAPPED_PREFIX, IPV6_BYTES);
        address.family = 4;
    }
    memcpy(address.bytes, bytes.data, bytes.len);
    return address;
}

static bool make_address_list(pst_arena *arena, postern_str list, pst_address_list *out)
{
    size_t count = count_alt_names(list, PST_ALT_IP);
    postern_address *items = pst_arena_array(arena, count, sizeof *items);
    size_t filled = 0;
    pst_tlv name;

    if (items == NULL) {
        return false;
    }
    while (filled < count && pst_der_next(&list, &name)) {
        if (name.tag == PST_ALT_IP) {
            items[filled++] = address_of(name.value);
        }
    }
    *out = (pst_address_list){items, count};
    return true;
}

static bool make_names(pst_arena *arena, const pst_certificate *leaf, pst_facts *out)
{
    bool made = pst_name_rfc2253(arena, leaf->subject, &out->subject_dn) &&
                pst_name_rfc2253(arena, leaf->issuer, &out->issuer_dn) &&
                pst_name_legacy(arena, leaf->subject, &out->subject_dn_legacy) &&
                pst_name_legacy(arena, leaf->issuer, &out->issuer_dn_legacy) &&
                pst_name_common(arena, leaf->subject, &out->subject_cn.items,
                                &out->subject_cn.count);

    out->subject_dn_rfc2253 = out->subject_dn;
    out->issuer_dn_rfc2253 = out->issuer_dn;
    return made;
}

static bool make_alt_names(pst_arena *arena, const pst_certificate *leaf,
                           pst_facts *out)
{
    return make_text_list(arena, leaf->alt_names, PST_ALT_DNS, &out->san_dns) &&
           make_text_list(arena, leaf->alt_names, PST_ALT_URI, &out->san_uri) &&
           make_text_list(arena, leaf->alt_names, PST_ALT_EMAIL, &out->san_email) &&
           make_address_list(arena, leaf->alt_names, &out->san_ip);
}

static bool make_dates(pst_arena *arena, const pst_certificate *leaf, pst_facts *out)
{
    out->has_dates = true;
    out->not_before_sec = leaf->not_before;
    out->not_after_sec = leaf->not_after;
    return make_date(arena, leaf->not_before, &out->not_before) &&
           make_date(arena, leaf->not_after, &out->not_after);
}

/* The issuer's own key identifier when the issuer is known: what the leaf says of it
 * could be chosen by any other CA that this host trusts. */
static bool make_issuer(pst_arena *arena, const pst_certificate *leaf,
                        postern_str issuer, pst_facts *out)
{
    pst_certificate parent;

    if (issuer.len == 0 || !pst_certificate_parse(issuer, &parent)) {
        return make_hex(arena, leaf->aki_key, true, &out->issuer_ski);
    }
    return make_serial(arena, parent.serial, &out->issuer_serial) &&
           make_hex(arena, parent.ski, true, &out->issuer_ski);
}

/* What needs no parsing. */
static postern_status make_raw(pst_arena *arena, const postern_crypto *crypto,
                               const postern_str *chain, size_t count, pst_facts *out)
{
    postern_status status =
        make_digest(arena, crypto, POSTERN_SHA256, chain[0], &out->fingerprint_sha256);

    if (status == POSTERN_OK) {
        status =
            make_digest(arena, crypto, POSTERN_SHA1, chain[0], &out->fingerprint_sha1);
    }
    if (status != POSTERN_OK) {
        return status;
    }
    return make_rfc9440(arena, chain, 1, RFC9440_LEAF_MAX, &out->rfc9440,
                        &out->rfc9440_too_large) &&
                   make_rfc9440(arena, chain + 1, count - 1, RFC9440_CHAIN_MAX,
                                &out->chain_rfc9440, &out->chain_rfc9440_too_large)
               ? POSTERN_OK
               : arena->status;
}

/* What needs the leaf to be a certificate; nothing when it is none. */
static postern_status make_parsed(pst_arena *arena, const postern_crypto *crypto,
                                  postern_str der, postern_str issuer, pst_facts *out)
{
    pst_certificate leaf;

    if (!pst_certificate_parse(der, &leaf)) {
        return POSTERN_OK;
    }
    if (!make_names(arena, &leaf, out) || !make_alt_names(arena, &leaf, out) ||
        !make_dates(arena, &leaf, out) ||
        !make_serial(arena, leaf.serial, &out->serial) ||
        !make_hex(arena, leaf.ski, true, &out->ski) ||
        !make_issuer(arena, &leaf, issuer, out)) {
        return arena->status;
    }
    return make_digest(arena, crypto, POSTERN_SHA256, leaf.spki,
                       &out->public_key_sha256);
}

postern_status pst_facts_make(pst_arena *arena, const postern_crypto *crypto,
                              const postern_str *chain, size_t count,
                              postern_str issuer, pst_facts *out)
{
    const pst_facts nothing = {.has_dates = false};
    postern_status status;

    *out = nothing;
    if (crypto == NULL) {
        return POSTERN_CRYPTO;
    }
    if (count == 0) {
        return POSTERN_OK;
    }
    status = make_raw(arena, crypto, chain, count, out);
    if (status == POSTERN_OK) {
        status = make_parsed(arena, crypto, chain[0], issuer, out);
    }
    if (status != POSTERN_OK) {
        *out = nothing;
    }
    return status;
}
