#include "crl_writer.h"

#include "certificate/certificate.h"
#include "certificate/der.h"
#include "support/base64.h"
#include "support/text.h"

#include <mbedtls/md.h>
#include <mbedtls/pk.h>
#include <mbedtls/version.h>
#include <stdio.h>
#include <stdlib.h>

static void require(bool holds, const char *what)
{
    if (!holds) {
        perror(what);
        abort();
    }
}

/* --- DER ---------------------------------------------------------------------- */

typedef struct buffer {
    char *data;
    size_t len;
    size_t cap;
} buffer;

static void make_room(buffer *out, size_t more)
{
    if (out->len + more > out->cap) {
        out->cap = out->cap * 2 + more;
        out->data = realloc(out->data, out->cap);
        require(out->data != NULL, "memory");
    }
}

static void put(buffer *out, const void *bytes, size_t len)
{
    make_room(out, len);
    if (len > 0) {
        memcpy(out->data + out->len, bytes, len);
    }
    out->len += len;
}

static void put_text(buffer *out, const char *text)
{
    put(out, text, strlen(text));
}

/* Tag and length of `len` bytes of contents. @return how many bytes */
static size_t head_of(unsigned tag, size_t len, unsigned char out[6])
{
    size_t count = 0;

    out[count++] = (unsigned char)tag;
    if (len < 128) {
        out[count++] = (unsigned char)len;
        return count;
    }
    for (size_t bytes = 4; bytes > 0; bytes--) {
        if (count > 1 || len >> 8 * (bytes - 1) > 0) {
            if (count == 1) {
                out[count++] = (unsigned char)(0x80U | bytes);
            }
            out[count++] = (unsigned char)(len >> 8 * (bytes - 1));
        }
    }
    return count;
}

static void put_element(buffer *out, unsigned tag, const void *bytes, size_t len)
{
    unsigned char head[6];

    put(out, head, head_of(tag, len, head));
    put(out, bytes, len);
}

/* Makes everything from `start` on the contents of an element. */
static void wrap(buffer *out, size_t start, unsigned tag)
{
    unsigned char head[6];
    const size_t count = head_of(tag, out->len - start, head);

    make_room(out, count);
    memmove(out->data + start + count, out->data + start, out->len - start);
    memcpy(out->data + start, head, count);
    out->len += count;
}

/* --- files -------------------------------------------------------------------- */

static buffer slurp(const char *folder, const char *name, const char *suffix)
{
    const char *tests = getenv("POSTERN_TESTS");
    char path[512];
    buffer out = {NULL, 0, 0};
    char chunk[4096];
    size_t got;
    FILE *in;

    (void)snprintf(path, sizeof path, "%s/data/corpus/%s/%s%s",
                   tests == NULL ? "tests" : tests, folder, name, suffix);
    in = fopen(path, "rb");
    require(in != NULL, path);
    while ((got = fread(chunk, 1, sizeof chunk, in)) > 0) {
        put(&out, chunk, got);
    }
    (void)fclose(in);
    return out;
}

/* --- signing ------------------------------------------------------------------ */

/* Good for tests only. */
static int guessable(void *user, unsigned char *out, size_t len)
{
    static uint32_t state = 1;

    (void)user;
    for (size_t i = 0; i < len; i++) {
        state = state * 1664525U + 1013904223U;
        out[i] = (unsigned char)(state >> 24);
    }
    return 0;
}

#if MBEDTLS_VERSION_NUMBER >= 0x03000000
static int parse_key(mbedtls_pk_context *out, const unsigned char *text, size_t len)
{
    return mbedtls_pk_parse_key(out, text, len, NULL, 0, guessable, NULL);
}

static int sign(mbedtls_pk_context *key, const unsigned char *hash, unsigned char *out,
                size_t *len)
{
    return mbedtls_pk_sign(key, MBEDTLS_MD_SHA256, hash, 32, out,
                           MBEDTLS_PK_SIGNATURE_MAX_SIZE, len, guessable, NULL);
}
#else
static int parse_key(mbedtls_pk_context *out, const unsigned char *text, size_t len)
{
    return mbedtls_pk_parse_key(out, text, len, NULL, 0);
}

static int sign(mbedtls_pk_context *key, const unsigned char *hash, unsigned char *out,
                size_t *len)
{
    return mbedtls_pk_sign(key, MBEDTLS_MD_SHA256, hash, 32, out, len, guessable, NULL);
}
#endif

/* Appends signatureAlgorithm and signature of what is there. */
static void put_signature(buffer *out, const char *ca, const char *algorithm,
                          size_t algorithm_len)
{
    unsigned char bytes[1 + MBEDTLS_PK_SIGNATURE_MAX_SIZE] = {0};
    unsigned char hash[32];
    buffer text = slurp("keys", ca, ".key");
    mbedtls_pk_context key;
    size_t len = 0;

    put(&text, "", 1);
    mbedtls_pk_init(&key);
    require(parse_key(&key, (const unsigned char *)text.data, text.len) == 0, ca);
    require(mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256),
                       (const unsigned char *)out->data, out->len, hash) == 0,
            "digest");
    require(sign(&key, hash, bytes + 1, &len) == 0, "signature");
    mbedtls_pk_free(&key);
    free(text.data);
    put(out, algorithm, algorithm_len);
    put_element(out, PST_DER_BIT_STRING, bytes, len + 1);
}

/* --- the CRL ------------------------------------------------------------------ */

#define ECDSA_SHA256 "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"

size_t crl_random_serial(size_t i, unsigned char out[CRL_SERIAL_MAX])
{
    enum { LENGTH = 20 };
    uint64_t state = (uint64_t)i * 0x9e3779b97f4a7c15U + 1;

    for (size_t at = 0; at < LENGTH; at++) {
        state ^= state >> 31;
        state *= 0xbf58476d1ce4e5b9U;
        out[at] = (unsigned char)(state >> 56);
    }
    out[0] = (unsigned char)(0x40U | (out[0] & 0x3fU));
    return LENGTH;
}

static void put_entries(buffer *out, const crl_plan *plan)
{
    const crl_serial serial = plan->serial == NULL ? crl_random_serial : plan->serial;
    const size_t start = out->len;

    for (size_t i = 0; i < plan->count; i++) {
        unsigned char bytes[CRL_SERIAL_MAX];
        const size_t entry = out->len;

        put_element(out, PST_DER_INTEGER, bytes, serial(i, bytes));
        put_element(out, PST_DER_UTC_TIME, "250601000000Z", 13);
        wrap(out, entry, PST_DER_SEQUENCE);
    }
    if (plan->count > 0) {
        wrap(out, start, PST_DER_SEQUENCE);
    }
}

static void put_extensions(buffer *out, const crl_plan *plan)
{
    const size_t start = out->len;

    if (plan->number.data != NULL) {
        put_element(out, PST_DER_INTEGER, plan->number.data, plan->number.len);
        wrap(out, start, PST_DER_OCTET_STRING);
        make_room(out, 5);
        memmove(out->data + start + 5, out->data + start, out->len - start);
        memcpy(out->data + start, "\x06\x03\x55\x1d\x14", 5); /* 2.5.29.20 */
        out->len += 5;
        wrap(out, start, PST_DER_SEQUENCE);
    }
    put(out, plan->extensions.data, plan->extensions.len);
    if (out->len > start) {
        wrap(out, start, PST_DER_SEQUENCE);
        wrap(out, start, PST_DER_CONTEXT_MADE(0U));
    }
}

static void put_time(buffer *out, const char *time, const char *otherwise)
{
    time = time == NULL ? otherwise : time;
    if (*time != '\0') {
        put_element(out, PST_DER_UTC_TIME, time, strlen(time));
    }
}

postern_str crl_write(const crl_plan *plan)
{
    const char *ca = plan->ca == NULL ? "ca-a" : plan->ca;
    buffer issuer = slurp("ca", ca, ".der");
    pst_certificate certificate;
    buffer out = {NULL, 0, 0};

    require(pst_certificate_parse((postern_str){issuer.data, issuer.len}, &certificate),
            ca);
    put(&out, "\x02\x01\x01" ECDSA_SHA256, sizeof "\x02\x01\x01" ECDSA_SHA256 - 1);
    put(&out, certificate.subject.data, certificate.subject.len);
    put_time(&out, plan->this_update, "260101000000Z");
    put_time(&out, plan->next_update, "400101000000Z");
    put_entries(&out, plan);
    put_extensions(&out, plan);
    wrap(&out, 0, PST_DER_SEQUENCE);
    put_signature(&out, ca, ECDSA_SHA256, sizeof ECDSA_SHA256 - 1);
    wrap(&out, 0, PST_DER_SEQUENCE);
    free(issuer.data);
    return (postern_str){out.data, out.len};
}

postern_str crl_write_pem(const crl_plan *plan)
{
    enum { LINE = 48 }; /* bytes, which 64 characters are */
    const postern_str der = crl_write(plan);
    buffer out = {NULL, 0, 0};

    put_text(&out, "-----BEGIN X509 CRL-----\n");
    for (size_t at = 0; at < der.len; at += LINE) {
        char line[LINE * 2];
        pst_writer text = {line, sizeof line, 0};

        pst_base64_write(&text, pst_str_slice(der, at, at + LINE));
        put(&out, line, text.len);
        put_text(&out, "\n");
    }
    put_text(&out, "-----END X509 CRL-----\n");
    free((void *)(uintptr_t)der.data);
    return (postern_str){out.data, out.len};
}
