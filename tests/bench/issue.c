#include "issue.h"

#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <stdlib.h>
#include <string.h>

enum { SERIAL = 16, ENTRY = 2 + 2 + SERIAL + 2 + 13, OUTSIDE = 4096 };

static void parse_ca(const char *name, mbedtls_x509_crt *out)
{
    const postern_str text = pair_read("ca", name, ".pem");

    mbedtls_x509_crt_init(out);
    must(mbedtls_x509_crt_parse(out, (const unsigned char *)text.data, text.len + 1) ==
             0,
         name);
}

/* --- DER, written from the end: lengths come before what they count ------------------------- */

typedef struct writer {
    unsigned char *bytes;
    size_t at; /* first byte written */
} writer;

static void put(writer *w, const void *bytes, size_t len)
{
    must(len <= w->at, "room");
    w->at -= len;
    memcpy(w->bytes + w->at, bytes, len);
}

/* Wraps all from w->at to `end`. */
static void wrap(writer *w, unsigned char tag, size_t end)
{
    const size_t len = end - w->at;
    const unsigned char head[] = {tag,
                                  0x84,
                                  (unsigned char)(len >> 24),
                                  (unsigned char)(len >> 16),
                                  (unsigned char)(len >> 8),
                                  (unsigned char)len};
    const unsigned char two[] = {tag, 0x82, head[4], head[5]};
    const unsigned char one[] = {tag, 0x81, head[5]};
    const unsigned char none[] = {tag, head[5]};

    if (len > 0xffffff) {
        put(w, head, sizeof head);
    } else if (len > 0xffff) {
        const unsigned char three[] = {tag, 0x83, head[3], head[4], head[5]};
        put(w, three, sizeof three);
    } else if (len > 0xff) {
        put(w, two, sizeof two);
    } else if (len > 0x7f) {
        put(w, one, sizeof one);
    } else {
        put(w, none, sizeof none);
    }
}

/* From 2025 to 2045. */
static const unsigned char times[] = "\x17\x0d"
                                     "250101000000Z"
                                     "\x17\x0d"
                                     "450101000000Z";

static const unsigned char ecdsa_sha256[] = {0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86,
                                             0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};

static void put_signature(writer *w, const char *issuer, size_t tbs_len,
                          const unsigned char *tbs)
{
    unsigned char hash[32];
    unsigned char signature[MBEDTLS_PK_SIGNATURE_MAX_SIZE + 1] = {0};
    mbedtls_pk_context key;
    size_t len = 0;
    size_t end = w->at;
    int rc;

    pair_key(issuer, &key);
    must(mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), tbs, tbs_len, hash) ==
             0,
         "digest");
#if PAIR_HAS_TLS13
    rc = mbedtls_pk_sign(&key, MBEDTLS_MD_SHA256, hash, sizeof hash, signature + 1,
                         sizeof signature - 1, &len, mbedtls_ctr_drbg_random,
                         pair_random());
#else
    rc = mbedtls_pk_sign(&key, MBEDTLS_MD_SHA256, hash, sizeof hash, signature + 1,
                         &len, mbedtls_ctr_drbg_random, pair_random());
#endif
    must(rc == 0, "signature");
    put(w, signature, len + 1);
    wrap(w, 3, end);
    put(w, ecdsa_sha256, sizeof ecdsa_sha256);
    mbedtls_pk_free(&key);
}

/* TBS in `tbs`, up to `end`, becomes the whole. */
static void sign(writer *all, const writer *tbs, size_t end, const char *issuer)
{
    const size_t last = all->at;

    put_signature(all, issuer, end - tbs->at, tbs->bytes + tbs->at);
    put(all, tbs->bytes + tbs->at, end - tbs->at);
    wrap(all, 0x30, last);
}

/* Of version 3, without extensions. */
void issue_leaf(const char *subject, const char *issuer, mbedtls_x509_crt *out)
{
    static const unsigned char name[] = "\x30\x10\x31\x0e\x30\x0c\x06\x03\x55\x04\x03"
                                        "\x0c\x05"
                                        "bench";
    static const unsigned char version_and_serial[] = {0xa0, 3, 2,    1,   2,
                                                       2,    2, 0x4e, 0x55};
    static unsigned char bytes[2][OUTSIDE];
    writer tbs = {bytes[0], OUTSIDE};
    writer all = {bytes[1], OUTSIDE};
    unsigned char spki[1024];
    mbedtls_pk_context key;
    mbedtls_x509_crt ca;
    size_t end;
    int len;

    pair_key(subject, &key);
    parse_ca(issuer, &ca);
    len = mbedtls_pk_write_pubkey_der(&key, spki, sizeof spki);
    must(len > 0, "public key");
    put(&tbs, spki + sizeof spki - len, (size_t)len);
    put(&tbs, name, sizeof name - 1);
    end = tbs.at;
    put(&tbs, times, sizeof times - 1);
    wrap(&tbs, 0x30, end);
    put(&tbs, ca.subject_raw.p, ca.subject_raw.len);
    put(&tbs, ecdsa_sha256, sizeof ecdsa_sha256);
    put(&tbs, version_and_serial, sizeof version_and_serial);
    wrap(&tbs, 0x30, OUTSIDE);
    sign(&all, &tbs, OUTSIDE, issuer);
    must(mbedtls_x509_crt_parse_der(out, all.bytes + all.at, OUTSIDE - all.at) == 0,
         "issue");
    mbedtls_x509_crt_free(&ca);
    mbedtls_pk_free(&key);
}

static void put_entries(writer *w, size_t count)
{
    static const unsigned char time[] = "\x17\x0d"
                                        "250101000000Z";
    const size_t end = w->at;

    for (size_t i = 0; i < count; i++) {
        const size_t after = w->at;
        unsigned char serial[2 + SERIAL] = {2, SERIAL, 0x5a};
        const uint64_t mixed = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
        memcpy(serial + 4, &mixed, sizeof mixed);
        put(w, time, sizeof time - 1);
        put(w, serial, sizeof serial);
        wrap(w, 0x30, after);
    }
    wrap(w, 0x30, end);
}

postern_str issue_crl(const char *issuer, size_t count)
{
    static const unsigned char version[] = {2, 1, 1};
    const size_t room = count * ENTRY + OUTSIDE;
    writer tbs = {malloc(room), room};
    writer all = {malloc(room + OUTSIDE), room + OUTSIDE};
    const size_t pem_room = all.at * 3 / 2;
    unsigned char *pem = malloc(pem_room);
    mbedtls_x509_crt ca;
    size_t len;
    size_t end;

    must(tbs.bytes != NULL && all.bytes != NULL && pem != NULL, "memory");
    parse_ca(issuer, &ca);
    put_entries(&tbs, count);
    put(&tbs, times, sizeof times - 1);
    put(&tbs, ca.subject_raw.p, ca.subject_raw.len);
    put(&tbs, ecdsa_sha256, sizeof ecdsa_sha256);
    put(&tbs, version, sizeof version);
    wrap(&tbs, 0x30, room);
    end = all.at;
    sign(&all, &tbs, room, issuer);
    must(mbedtls_pem_write_buffer("-----BEGIN X509 CRL-----\n",
                                  "-----END X509 CRL-----\n", all.bytes + all.at,
                                  end - all.at, pem, pem_room, &len) == 0,
         "PEM");
    free(tbs.bytes);
    free(all.bytes);
    mbedtls_x509_crt_free(&ca);
    return (postern_str){(const char *)pem, len - 1};
}
