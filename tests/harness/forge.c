#include "forge.h"

#include "corpus.h"
#include "harness.h"
#include "stub_crypto.h"
#include "support/base64.h"
#include "support/text.h"

#include <stdio.h>
#include <stdlib.h>

enum { PART_BYTES = 1024, POINT_BYTES = 65 };

typedef struct part {
    unsigned char bytes[PART_BYTES];
    size_t len;
} part;

static void put(part *to, const void *bytes, size_t len)
{
    ck_assert_uint_le(to->len + len, PART_BYTES);
    if (len > 0) {
        memcpy(to->bytes + to->len, bytes, len);
    }
    to->len += len;
}

static void put_tlv(part *to, unsigned char tag, const void *bytes, size_t len)
{
    unsigned char head[4] = {tag, 0x82, (unsigned char)(len >> 8), (unsigned char)len};
    size_t head_len = 4;

    if (len < 0x80) {
        head[1] = (unsigned char)len;
        head_len = 2;
    } else if (len < 0x100) {
        head[1] = 0x81;
        head[2] = (unsigned char)len;
        head_len = 3;
    }
    put(to, head, head_len);
    put(to, bytes, len);
}

static void put_part(part *to, unsigned char tag, const part *inner)
{
    put_tlv(to, tag, inner->bytes, inner->len);
}

static void put_name(part *to, const char *common_name)
{
    part attribute = {.len = 0};
    part sequence = {.len = 0};
    part set = {.len = 0};

    if (*common_name != '\0') {
        put_tlv(&attribute, 0x06, "\x55\x04\x03", 3);
        put_tlv(&attribute, 0x0c, common_name, strlen(common_name));
        put_part(&sequence, 0x30, &attribute);
        put_part(&set, 0x31, &sequence);
    }
    put_part(to, 0x30, &set);
}

static void put_year(part *to, unsigned year)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%04u0101000000Z", year);
    put_tlv(to, 0x18, text, 15);
}

static void put_validity(part *to, const forge_spec *spec)
{
    part dates = {.len = 0};

    put_year(&dates, spec->from == 0 ? 2025 : spec->from);
    put_year(&dates, spec->to == 0 ? 2045 : spec->to);
    put_part(to, 0x30, &dates);
}

static void put_extension(part *to, const char *oid, size_t oid_len, bool critical,
                          const part *contents)
{
    part fields = {.len = 0};

    put_tlv(&fields, 0x06, oid, oid_len);
    if (critical) {
        put_tlv(&fields, 0x01, "\xff", 1);
    }
    put_part(&fields, 0x04, contents);
    put_part(to, 0x30, &fields);
}

static void put_standard(part *to, char arc, bool critical, const part *contents)
{
    const char oid[3] = {0x55, 0x1d, arc};

    put_extension(to, oid, sizeof oid, critical, contents);
}

static void put_basic(part *to, const forge_spec *spec)
{
    part fields = {.len = 0};
    part whole = {.len = 0};
    unsigned char length = (unsigned char)(spec->path - 1);

    put_tlv(&fields, 0x01, "\xff", 1);
    if (spec->path > 0) {
        put_tlv(&fields, 0x02, &length, 1);
    }
    put_part(&whole, 0x30, &fields);
    put_standard(to, 19, true, &whole);
}

static void put_key_ids(part *to, const forge_spec *spec)
{
    part key = {.len = 0};
    part whole = {.len = 0};

    if (spec->ski != NULL) {
        put_tlv(&key, 0x04, spec->ski, strlen(spec->ski));
        put_standard(to, 14, spec->harsh, &key);
        key.len = 0;
    }
    if (spec->aki != NULL) {
        put_tlv(&key, 0x80, spec->aki, strlen(spec->aki));
        put_part(&whole, 0x30, &key);
        put_standard(to, 35, spec->harsh, &whole);
    }
}

static void put_extensions(part *to, const forge_spec *spec)
{
    part list = {.len = 0};
    part sequence = {.len = 0};
    part contents = {.len = 0};

    put_key_ids(&list, spec);
    if (spec->leaf) {
        put_tlv(&contents, 0x03, "\x07\x80", 2);
        put_standard(&list, 15, true, &contents);
    } else {
        put_basic(&list, spec);
    }
    if (spec->odd) {
        contents.len = 0;
        put_tlv(&contents, 0x05, "", 0);
        put_extension(&list, "\x2a\x03\x04", 3, true, &contents);
    }
    put_part(&sequence, 0x30, &list);
    put_part(to, 0xa3, &sequence);
}

static void put_algorithm(part *to)
{
    put_tlv(to, 0x30, "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02", 10);
}

postern_str forge(const forge_spec *spec)
{
    const unsigned char serial[3] = {1, (unsigned char)(spec->serial >> 8),
                                     (unsigned char)spec->serial};
    unsigned char signature[1 + FORGE_SIGNATURE_BYTES] = {0};
    part fields = {.len = 0};
    part body = {.len = 0};
    part whole = {.len = 0};
    unsigned char *kept;
    size_t len;

    put_tlv(&fields, 0xa0, "\x02\x01\x02", 3);
    put_tlv(&fields, 0x02, serial, sizeof serial);
    put_algorithm(&fields);
    put_name(&fields, spec->issuer);
    put_validity(&fields, spec);
    put_name(&fields, spec->subject);
    put(&fields, spec->key->spki, spec->key->len);
    put_extensions(&fields, spec);
    put_part(&body, 0x30, &fields);
    len = spec->signer->sign(
        spec->signer, (postern_str){(const char *)body.bytes, body.len}, signature + 1);
    put_algorithm(&body);
    put_tlv(&body, 0x03, signature, 1 + len);
    put_part(&whole, 0x30, &body);
    kept = corpus_keep(whole.len);
    memcpy(kept, whole.bytes, whole.len);
    return (postern_str){(const char *)kept, whole.len};
}

pst_pem_file forge_file(postern_str der)
{
    static const char head[] = "-----BEGIN CERTIFICATE-----\n";
    static const char tail[] = "\n-----END CERTIFICATE-----\n";
    const size_t len = pst_base64_length(der.len);
    char *text = corpus_keep(sizeof head + len + sizeof tail);
    pst_writer out = {text, sizeof head + len + sizeof tail, 0};

    pst_write_text(&out, head);
    pst_base64_write(&out, der);
    pst_write_text(&out, tail);
    return (pst_pem_file){
        POSTERN_STR("forged"), {text, out.len}
    };
}

/* --- keys that are none --------------------------------------------------------- */

static size_t sign_fake(const forge_key *key, postern_str data, unsigned char *out)
{
    (void)data;
    memcpy(out, key->spki + key->len - 4, 4);
    return 4;
}

forge_key forge_fake_key(unsigned number)
{
    static const unsigned char head[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a,
                                         0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
                                         0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
                                         0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
    forge_key key = {.len = sizeof head + POINT_BYTES - 1, .sign = sign_fake};

    memcpy(key.spki, head, sizeof head);
    for (unsigned i = 0; i < 4; i++) {
        key.spki[key.len - 1 - i] = (unsigned char)(number >> 8 * i);
    }
    return key;
}

static unsigned checks;

unsigned forge_checks(void)
{
    unsigned count = checks;

    checks = 0;
    return count;
}

static postern_status digest(void *context, postern_digest algorithm, const void *data,
                             size_t len, unsigned char *out)
{
    (void)context;
    (void)data;
    (void)len;
    memset(out, 0, (size_t)algorithm);
    return POSTERN_OK;
}

static postern_status verify(void *context, postern_str spki, postern_signature scheme,
                             postern_digest algorithm, postern_str data,
                             postern_str signature)
{
    (void)context;
    (void)algorithm;
    (void)data;
    checks++;
    return scheme == POSTERN_SIGNATURE_ECDSA && signature.len == 4 && spki.len > 4 &&
                   memcmp(spki.data + spki.len - 4, signature.data, 4) == 0
               ? POSTERN_OK
               : POSTERN_INVALID;
}

postern_crypto forge_crypto(void)
{
    postern_crypto made = *stub_crypto();

    made.digest = digest;
    made.verify = verify;
    return made;
}
