/*
 * fuzz_der.c - any bytes as a certificate, as a CRL and as a PEM file: nothing reads
 * beyond them, texts stay printable, and nobody is let in who must not be.
 */
#include "support/base64.h"
#include "certificate/certificate.h"
#include "certificate/crl.h"
#include "certificate/facts.h"
#include "certificate/judge.h"
#include "certificate/pem.h"
#include "support/alloc.h"
#include "support/text.h"

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

/* Shows the chain as it came, and has no objection. */
static postern_status trust_verify(void *context, const void *trust,
                                   const postern_str *chain, size_t count,
                                   postern_path_observer observer, void *user)
{
    (void)context;
    (void)trust;
    for (size_t i = 0; i < count; i++) {
        postern_path_step step = {chain[i], 0};

        if (!observer(user, (unsigned)i, &step)) {
            return POSTERN_INVALID;
        }
    }
    return POSTERN_OK;
}

static const postern_crypto table = {
    .size = sizeof table,
    .digest = sum,
    .verify = flip,
    .trust_new = trust_new,
    .trust_free = trust_free,
    .trust_verify = trust_verify,
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

/* Facts come in any case, and every text that is not decoded is printable. */
static void check_facts(postern_str input)
{
    postern_str chain[2] = {input, input};
    pst_certificate certificate;
    pst_arena arena;
    pst_facts facts;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA_LIMIT);
    must(pst_facts_make(&arena, &table, chain, 2, input, &facts) == POSTERN_OK);
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
    must(got.from <= NOW && NOW < got.until);
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

/* The sorted table knows exactly the serials that are in it. */
static void check_crl(postern_str input)
{
    pst_arena arena;
    pst_crl crl;
    const char *why;
    postern_status status;

    pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA_LIMIT);
    status = pst_crl_parse(&arena, input, &crl, &why);
    must(status == POSTERN_OK || status == POSTERN_SYNTAX ||
         status == POSTERN_UNSUPPORTED);
    must((status == POSTERN_OK) == (why == NULL));
    for (size_t i = 0; status == POSTERN_OK && i < crl.count; i++) {
        postern_str serial = crl.serials[i];
        postern_str shorter = pst_str_slice(serial, 1, serial.len);
        bool listed = false;

        must(i == 0 || pst_str_order(crl.serials[i - 1], serial) <= 0);
        for (size_t k = 0; k < crl.count; k++) {
            listed = listed || pst_str_same(crl.serials[k], shorter);
        }
        must(pst_crl_lists(&crl, serial));
        must(pst_crl_lists(&crl, shorter) == listed);
    }
    pst_arena_free(&arena);
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
    check_facts(input);
    check_verdict(authority, input, (postern_str){(const char *)anchor, len});
    check_crl(input);
    check_pem(input);
    pst_authority_free(authority);
    return 0;
}
