/*
 * fuzz_der.c - any bytes as a certificate, as a CRL and as a PEM file: nothing reads
 * beyond them, texts stay printable, and nobody is let in who must not be.
 */
#include "support/base64.h"
#include "certificate/certificate.h"
#include "certificate/crl.h"
#include "certificate/der.h"
#include "certificate/facts.h"
#include "certificate/judge.h"
#include "certificate/pem.h"
#include "support/alloc.h"
#include "support/text.h"
#include "support/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_LIMIT = 1 << 24, NOW = 1800000000 };

static const char anchor_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIICJTCCAcqgAwIBAgIUQ8vKmDZ86I3a/fDPgJXtHZ7qjo8wCgYIKoZIzj0EAwIw\n"
    "cDELMAkGA1UEBhMCVVMxDjAMBgNVBAgMBVRleGFzMQ8wDQYDVQQHDAZBdXN0aW4x\n"
    "FzAVBgNVBAoMDkFjY2VzcyBUZXN0aW5nMQswCQYDVQQLDAJUWDEaMBgGA1UEAwwR\n"
    "QWNjZXNzIFRlc3RpbmcgQ0EwHhcNMjUwMTAxMDAwMDAwWhcNNDUwMTAxMDAwMDAw\n"
    "WjBwMQswCQYDVQQGEwJVUzEOMAwGA1UECAwFVGV4YXMxDzANBgNVBAcMBkF1c3Rp\n"
    "bjEXMBUGA1UECgwOQWNjZXNzIFRlc3RpbmcxCzAJBgNVBAsMAlRYMRowGAYDVQQD\n"
    "DBFBY2Nlc3MgVGVzdGluZyBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHEO\n"
    "5CJjZ1HtnW977MysDOHo4fulKKhB55dVhwFOnxVUK8MMXtDc3TkS305e0xtYUNvt\n"
    "YWS7TE0zGpgty0/M9EGjQjBAMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQD\n"
    "AgEGMB0GA1UdDgQWBBTtYkyso3M2vgs2EXosNcJGCPCJ3jAKBggqhkjOPQQDAgNJ\n"
    "ADBGAiEAjIQHxeWGNF/pyYOUWv0N0CWNFbrJr1IMZA/C165d+CoCIQDfcrydBRMy\n"
    "0ucmpU3gEL/JLNGa2/2wxB53/wtxei1bow==\n"
    "-----END CERTIFICATE-----\n";

/* Aborts, which is how a fuzzer learns of a promise that was not kept. */
static void must(bool kept)
{
    if (!kept) {
        abort();
    }
}

/* --- cryptography that costs nothing ------------------------------------------- */

static postern_status sum(void *context, postern_digest algorithm, const void *data,
                          size_t len, unsigned char *out)
{
    const unsigned char *bytes = data;

    (void)context;
    memset(out, 0, (size_t)algorithm);
    for (size_t i = 0; i < len; i++) {
        out[i % (size_t)algorithm] ^= bytes[i];
    }
    return POSTERN_OK;
}

/* Half of all signatures hold. */
static postern_status flip(void *context, postern_str spki, postern_signature scheme,
                           postern_digest digest, postern_str data,
                           postern_str signature)
{
    (void)context;
    (void)spki;
    (void)scheme;
    (void)digest;
    return (data.len + signature.len) % 2 == 0 ? POSTERN_OK : POSTERN_INVALID;
}

static postern_status trust_new(void *context, const postern_str *anchors, size_t count,
                                size_t *bad, void **trust)
{
    static char object;

    (void)context;
    (void)anchors;
    (void)count;
    (void)bad;
    *trust = &object;
    return POSTERN_OK;
}

static void trust_free(void *context, void *trust)
{
    (void)context;
    (void)trust;
}

static const postern_crypto table = {
    .size = sizeof table,
    .digest = sum,
    .verify = flip,
    .trust_new = trust_new,
    .trust_free = trust_free,
};

/* --- promises ------------------------------------------------------------------ */

static bool is_printable(postern_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < ' ' || text.data[i] > '~') {
            return false;
        }
    }
    return true;
}

static bool is_utf8(postern_str text)
{
    for (size_t i = 0, step; i < text.len; i += step) {
        step = pst_utf8_read(pst_str_slice(text, i, text.len), NULL);
        if (step == 0) {
            return false;
        }
    }
    return true;
}

/* Nothing of a host, an address or a URI is invisible. */
static bool is_plain(const pst_text_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        for (size_t k = 0; k < list->items[i].len; k++) {
            if ((signed char)list->items[i].data[k] <= 0) {
                return false;
            }
        }
    }
    return list->count <= PST_ALT_NAMES_MAX;
}

static bool same_part(postern_str a, const char *from_a, postern_str b,
                      const char *from_b)
{
    return a.len == b.len && (a.len == 0 || a.data - from_a == b.data - from_b);
}

/* Another copy of the same bytes is the same certificate; one byte more or less is
 * none. */
static void check_parse(postern_str input)
{
    char *copy = malloc(input.len + 1);
    const postern_str again = {copy, input.len};
    pst_certificate a;
    pst_certificate b;
    const bool parsed = pst_certificate_parse(input, &a);

    must(copy != NULL);
    memcpy(copy, input.data, input.len);
    copy[input.len] = 0;
    must(pst_certificate_parse(again, &b) == parsed);
    if (parsed) {
        must(same_part(a.tbs, input.data, b.tbs, copy) &&
             same_part(a.serial, input.data, b.serial, copy) &&
             same_part(a.subject, input.data, b.subject, copy) &&
             same_part(a.spki, input.data, b.spki, copy) &&
             same_part(a.alt_names, input.data, b.alt_names, copy) &&
             same_part(a.aki_key, input.data, b.aki_key, copy));
        must(a.version == b.version && a.is_ca == b.is_ca &&
             a.key_usage == b.key_usage && a.not_before == b.not_before &&
             a.not_after == b.not_after && a.algorithm.kind == b.algorithm.kind);
        must(!pst_certificate_parse((postern_str){copy, input.len + 1}, &b));
        must(!pst_certificate_parse((postern_str){copy, input.len - 1}, &b));
    }
    free(copy);
}

/* A byte of a name is never shown by more than six characters, with what is around. */
static void check_lengths(const pst_facts *facts, size_t size)
{
    must(facts->subject_dn.len <= 6 * size && facts->issuer_dn.len <= 6 * size);
    must(facts->subject_dn_legacy.len <= 6 * size);
    must(facts->issuer_dn_legacy.len <= 6 * size);
    must(facts->serial.len <= 1 + 2 * size && facts->ski.len <= 2 * size);
    must(facts->issuer_ski.len <= 2 * size && facts->subject_cn.count <= size);
    must(facts->not_before.len == 0 || facts->not_before.len == 24);
    must(facts->not_after.len == 0 || facts->not_after.len == 24);
}

/* Facts come in any case, and every text that is not decoded is printable. */
static void check_facts(postern_str input)
{
    postern_str chain[2] = {input, input};
    pst_certificate certificate;
    pst_arena arena;
    pst_facts facts;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA_LIMIT);
    must(pst_facts_make(&arena, &table, chain, 2, input, &facts) == POSTERN_OK);
    check_lengths(&facts, input.len);
    must(is_plain(&facts.san_dns) && is_plain(&facts.san_uri));
    must(is_plain(&facts.san_email) && facts.san_ip.count <= PST_ALT_NAMES_MAX);
    for (size_t i = 0; i < facts.subject_cn.count; i++) {
        must(is_utf8(facts.subject_cn.items[i]));
    }
    must(is_printable(facts.subject_dn) && is_printable(facts.issuer_dn));
    must(is_printable(facts.subject_dn_legacy) && is_printable(facts.issuer_dn_legacy));
    must(is_printable(facts.serial) && is_printable(facts.ski));
    must(is_printable(facts.not_before) && is_printable(facts.not_after));
    must(facts.fingerprint_sha256.len == 64 && facts.fingerprint_sha1.len == 40);
    must(facts.rfc9440.len <= 10240 && facts.chain_rfc9440.len <= 16384);
    must(facts.has_dates == pst_certificate_parse(input, &certificate));
    must(facts.has_dates || facts.subject_dn.len + facts.serial.len == 0);
    pst_arena_free(&arena);
}

/* What was judged holds from the first second of its window to the last. */
static void check_window(const pst_authority *authority, const postern_path_step *path,
                         size_t count, const pst_judgement *at_now)
{
    const int64_t edges[2] = {at_now->from, at_now->until - 1};
    pst_judgement got;

    must(at_now->from <= NOW && NOW < at_now->until);
    for (size_t i = 0; i < 2; i++) {
        must(pst_judge(authority, path, count, edges[i], NULL, &got) == POSTERN_OK);
        must(got.verified == at_now->verified && got.revoked == at_now->revoked &&
             got.reason == at_now->reason);
    }
}

/* The TLS library has no objection to anything: who is verified must then be a leaf
 * that names the anchor, in its time. */
static void check_verdict(const pst_authority *authority, postern_str input,
                          postern_str anchor)
{
    postern_path_step path[3] = {
        {input,  0},
        {anchor, 0},
        {input,  0}
    };
    pst_certificate leaf;
    pst_certificate root;
    const postern_str sent[3] = {input, pst_str_slice(input, 0, input.len / 2), input};
    pst_judgement got;

    must(pst_judge(authority, path, 1, NOW, NULL, &got) == POSTERN_OK && !got.verified);
    must(pst_judge(authority, path, 3, NOW, NULL, &got) == POSTERN_OK);
    must(!got.verified || pst_certificate_parse(input, &leaf));
    must(pst_judge(authority, path, 2, NOW, NULL, &got) == POSTERN_OK);
    check_window(authority, path, 2, &got);
    must(got.verified || !got.revoked);
    if (got.verified) {
        must(pst_certificate_parse(input, &leaf) &&
             pst_certificate_parse(anchor, &root));
        must(pst_str_same(leaf.issuer, root.subject) && leaf.version == 3 &&
             !leaf.is_ca);
        must(leaf.not_before <= NOW && NOW <= leaf.not_after);
        must(got.has_issuer && pst_str_same(got.issuer, anchor));
    }
    path[0].objections = POSTERN_OBJECTION_UNTRUSTED;
    must(pst_judge(authority, path, 2, NOW, NULL, &got) == POSTERN_OK && !got.verified);
    /* Half of all signatures hold: again only what names the anchor gets in. */
    must(pst_judge_chain(authority, &input, 1, NOW, NULL, &got) == POSTERN_OK);
    must(!got.verified || (pst_certificate_parse(input, &leaf) && !leaf.is_ca &&
                           pst_str_same(got.issuer, anchor) && leaf.not_before <= NOW &&
                           NOW <= leaf.not_after));
    must(pst_judge_chain(authority, sent, 3, NOW, NULL, &got) == POSTERN_OK);
    must(got.from <= NOW && NOW < got.until);
}

/* The entries of a CRL that has been parsed. */
static postern_str entries_of(postern_str der)
{
    postern_str whole = {NULL, 0};
    postern_str body = {NULL, 0};
    postern_str entries = {NULL, 0};
    int64_t when;

    must(pst_der_take(&der, PST_DER_SEQUENCE, &whole) &&
         pst_der_take(&whole, PST_DER_SEQUENCE, &body));
    (void)pst_der_take(&body, PST_DER_INTEGER, &entries);
    must(pst_der_take(&body, PST_DER_SEQUENCE, &entries) &&
         pst_der_take(&body, PST_DER_SEQUENCE, &entries));
    while (pst_der_time_ahead(body)) {
        must(pst_der_take_time(&body, &when));
    }
    entries.len = 0;
    (void)pst_der_take(&body, PST_DER_SEQUENCE, &entries);
    return entries;
}

static bool take_serial(postern_str *entries, postern_str *serial)
{
    postern_str entry;

    return pst_der_take(entries, PST_DER_SEQUENCE, &entry) &&
           pst_der_take_integer(&entry, serial);
}

static bool is_among(postern_str entries, postern_str serial)
{
    postern_str other;

    while (take_serial(&entries, &other)) {
        if (pst_str_same(other, serial)) {
            return true;
        }
    }
    return false;
}

/* The table knows the serials that are in it, and (of these few) no others. */
static void check_crl(postern_str input)
{
    const postern_allocator *alloc = pst_alloc_or_default(NULL);
    pst_crl crl;
    const char *why;
    const postern_status status = pst_crl_parse(alloc, input, &crl, &why);

    must(status == POSTERN_OK || status == POSTERN_SYNTAX ||
         status == POSTERN_UNSUPPORTED);
    must((status == POSTERN_OK) == (why == NULL));
    if (status == POSTERN_OK) {
        const postern_str entries = entries_of(input);
        postern_str rest = entries;
        postern_str serial;
        size_t count = 0;

        for (; take_serial(&rest, &serial); count++) {
            const postern_str shorter = pst_str_slice(serial, 1, serial.len);

            must(pst_crl_lists(&crl, serial));
            must(pst_crl_lists(&crl, shorter) == is_among(entries, shorter));
        }
        must(rest.len == 0 && count == crl.serials.count);
        must(pst_crl_age(&crl, &crl) == 0);
    }
    pst_crl_free(alloc, &crl);
}

/* Blocks lie inside the file, in order; as files they are accepted or refused. */
static void check_pem(postern_str input)
{
    pst_pem pem = pst_pem_start(input);
    pst_pem_file file = {
        {NULL, 0},
        input
    };
    pst_pem_file anchor = {
        {NULL,       0                    },
        {anchor_pem, sizeof anchor_pem - 1}
    };
    pst_pem_block block;
    pst_authority *made;
    size_t line = 0;

    while (pst_pem_next(&pem, &block)) {
        must(block.line > line && block.base64.len <= input.len);
        line = block.line;
    }
    must((pst_authority_new(NULL, &table, &file, 1, NULL, 0, PST_REVOCATION_OFF, NOW,
                            &made, NULL) == POSTERN_OK) == (made != NULL));
    pst_authority_free(made);
    must((pst_authority_new(NULL, &table, &anchor, 1, &file, 1, PST_REVOCATION_REQUIRE,
                            NOW, &made, NULL) == POSTERN_OK) == (made != NULL));
    pst_authority_free(made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const pst_pem_file file = {
        {NULL,       0                    },
        {anchor_pem, sizeof anchor_pem - 1}
    };
    unsigned char anchor[sizeof anchor_pem];
    pst_pem pem = pst_pem_start(file.text);
    pst_pem_block block;
    pst_authority *authority;
    postern_str input = {(const char *)data, size};
    size_t len = 0;

    must(pst_authority_new(NULL, &table, &file, 1, NULL, 0, PST_REVOCATION_IF_PRESENT,
                           NOW, &authority, NULL) == POSTERN_OK);
    must(pst_pem_next(&pem, &block) && pst_base64_decode(block.base64, anchor, &len));
    check_parse(input);
    check_facts(input);
    check_verdict(authority, input, (postern_str){(const char *)anchor, len});
    check_crl(input);
    check_pem(input);
    pst_authority_free(authority);
    return 0;
}
