/* test_shape.c - certificates, CRLs and keys put together piece by piece: which
 * pieces are accepted. */
#include "../harness/harness.h"
#include "certificate/certificate.h"
#include "certificate/crl.h"
#include "certificate/der.h"
#include "certificate/facts.h"
#include "certificate/name.h"
#include "support/alloc.h"
#include "support/text.h"

#include <stdlib.h>

/* clang-format 14 tears tables of literals apart: they are laid out by hand. */
enum { DER_MAX = 8192, ARENA_LIMIT = 1 << 20 };

#define ECDSA_SHA256 "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
#define ECDSA_SHA384 "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"
#define TIME   \
    "\x17\x0d" \
    "250101000000Z"
#define ID "\x06\x03\x55\x1d" /* and one byte: an extension */
#define BYTES(literal) POSTERN_STR(literal)

/* Wraps `len` bytes at the end of `out` in a tag and a length. */
static void wrap(char *out, size_t *at, size_t start, unsigned tag)
{
    size_t len = *at - start;
    size_t head = len < 128 ? 2 : len < 256 ? 3 : 4;

    ck_assert_uint_le(*at + head, DER_MAX);
    memmove(out + start + head, out + start, len);
    out[start] = (char)tag;
    out[start + 1] = head == 2 ? (char)len : (char)(0x80 + head - 2);
    if (head == 4) {
        out[start + 2] = (char)(len >> 8);
    }
    out[start + head - 1] = (char)len;
    *at += head;
}

static void put(char *out, size_t *at, postern_str piece)
{
    ck_assert_uint_le(*at + piece.len, DER_MAX);
    if (piece.len > 0) {
        memcpy(out + *at, piece.data, piece.len);
    }
    *at += piece.len;
}

/* --- certificates --------------------------------------------------------------- */

typedef struct pieces {
    postern_str version, serial, inner, dates, ids, extensions, after, outer, signature;
    bool without_version; /* version 1 */
} pieces;

static const pieces usual = {
    .version = BYTES("\xa0\x03\x02\x01\x02"),
    .serial = BYTES("\x02\x01\x05"),
    .inner = BYTES(ECDSA_SHA256),
    .dates = BYTES(TIME TIME),
    .outer = BYTES(ECDSA_SHA256),
    .signature = BYTES("\x03\x02\x00\x01"),
};

static postern_str build(const pieces *from, char *out)
{
    const postern_str empty = BYTES("\x30\x00"); /* as name and as key */
    size_t at = 0;
    size_t start;

    if (!from->without_version) {
        put(out, &at, from->version);
    }
    put(out, &at, from->serial);
    put(out, &at, from->inner);
    put(out, &at, empty);
    start = at;
    put(out, &at, from->dates);
    wrap(out, &at, start, PST_DER_SEQUENCE);
    put(out, &at, empty);
    put(out, &at, empty);
    put(out, &at, from->ids);
    if (from->extensions.len > 0) {
        start = at;
        put(out, &at, from->extensions);
        wrap(out, &at, start, PST_DER_SEQUENCE);
        wrap(out, &at, start, PST_DER_CONTEXT_MADE(3U));
    }
    put(out, &at, from->after);
    wrap(out, &at, 0, PST_DER_SEQUENCE);
    put(out, &at, from->outer);
    put(out, &at, from->signature);
    wrap(out, &at, 0, PST_DER_SEQUENCE);
    return (postern_str){out, at};
}

#define V1 .without_version = true
#define V2 .version = BYTES("\xa0\x03\x02\x01\x01")
#define EXTENSION(literal) .extensions = BYTES(literal)
/* subjectAltName with one name of six bytes, tag and length included. */
#define SAN(name) EXTENSION("\x30\x0f" ID "\x11\x04\x08\x30\x06" name)
#define BASIC(value, l1, l2) EXTENSION("\x30" l1 ID "\x13\x04" l2 value)

/* clang-format off */
static const struct {
    bool good;
    pieces change;
} shapes[] = {
    {true, {.without_version = false}}, /* as usual */
    {true, {V1}},
    {true, {V2}},
    {false, {.version = BYTES("\xa0\x03\x02\x01\x00")}}, /* the default, written */
    {false, {.version = BYTES("\xa0\x03\x02\x01\x03")}},
    {false, {.version = BYTES("\xa0\x04\x02\x02\x00\x02")}},
    {false, {.version = BYTES("\xa0\x06\x02\x01\x02\x02\x01\x02")}},
    {false, {V1, SAN("\x82\x04" "a.bc")}},
    {false, {V2, SAN("\x82\x04" "a.bc")}},
    {true, {.ids = BYTES("\x81\x02\x00\x01\x82\x02\x00\x01")}},
    {true, {V2, .ids = BYTES("\x82\x02\x00\x01")}},
    {false, {V1, .ids = BYTES("\x81\x02\x00\x01")}},
    {false, {.ids = BYTES("\x82\x02\x00\x01\x81\x02\x00\x01")}},
    {true, {.serial = BYTES("\x02\x01\xff")}},
    {false, {.serial = BYTES("\x02\x02\x00\x05")}},
    {false, {.serial = BYTES("\x02\x00")}},
    {false, {.inner = BYTES(ECDSA_SHA384)}},
    {false, {.outer = BYTES(ECDSA_SHA384)}},
    {true, {.inner = BYTES(ECDSA_SHA384), .outer = BYTES(ECDSA_SHA384)}},
    {false, {.dates = BYTES(TIME)}},
    {false, {.dates = BYTES(TIME TIME TIME)}},
    {false, {.signature = BYTES("\x03\x02\x01\x00")}}, /* not whole bytes */
    {false, {.signature = BYTES("\x03\x00")}},
    {false, {.signature = BYTES("\x04\x02\x00\x01")}},
    {false, {.signature = BYTES("\x03\x02\x00\x01\x05\x00")}},
    {false, {.after = BYTES("\x05\x00")}},
    {false, {SAN("\x82\x04" "a.bc"), .after = BYTES("\x05\x00")}},
    {true, {SAN("\x82\x04" "a.bc")}},
    {false, {SAN("\x82\x04" "a\0bc")}},
    {false, {SAN("\x86\x04" "a\xff" "bc")}},
    {false, {SAN("\x81\x04" "a@\x80" "c")}},
    {false, {SAN("\x82\x05" "a.bc")}},
    {false, {SAN("\x89\x04" "a.bc")}}, /* a kind of name that does not exist */
    {true, {SAN("\x87\x04\xc0\x00\x02\x07")}},
    {false, {SAN("\x87\x03\x01\x02\x03\x82")}},
    {false, {EXTENSION("\x30\x10" ID "\x11\x04\x09\x30\x07\x87\x05\x01\x02\x03\x04\x05")}},
    /* critical: absent, FALSE (not DER, but common), TRUE, something else */
    {true, {EXTENSION("\x30\x0d" ID "\x0e\x04\x06\x04\x04\x01\x02\x03\x04")}},
    {true, {EXTENSION("\x30\x0b" ID "\x63\x01\x01\x00\x04\x01\x00")}},
    {true, {EXTENSION("\x30\x0b" ID "\x63\x01\x01\xff\x04\x01\x00")}},
    {false, {EXTENSION("\x30\x0b" ID "\x63\x01\x01\x01\x04\x01\x00")}},
    {false, {EXTENSION("\x30\x0a" ID "\x63\x04\x01\x00\x05\x00")}},
    /* the same twice */
    {false, {EXTENSION("\x30\x08" ID "\x63\x04\x01\x00\x30\x08" ID "\x63\x04\x01\x00")}},
    {true, {EXTENSION("\x30\x08" ID "\x63\x04\x01\x00\x30\x08" ID "\x62\x04\x01\x00")}},
    /* basicConstraints */
    {true, {BASIC("\x30\x00", "\x09", "\x02")}},
    {true, {BASIC("\x30\x03\x01\x01\x00", "\x0c", "\x05")}},
    {true, {BASIC("\x30\x06\x01\x01\xff\x02\x01\x00", "\x0f", "\x08")}},
    {false, {BASIC("\x30\x06\x01\x01\x00\x02\x01\x00", "\x0f", "\x08")}},
    {false, {BASIC("\x30\x06\x01\x01\xff\x02\x01\xff", "\x0f", "\x08")}},
    {false, {BASIC("\x30\x03\x02\x01\x01", "\x0c", "\x05")}},
    {false, {BASIC("\x30\x00\x05\x00", "\x0b", "\x04")}},
    /* keyUsage: at most nine bits, the unused ones 0 */
    {true, {EXTENSION("\x30\x0b" ID "\x0f\x04\x04\x03\x02\x07\x80")}},
    {true, {EXTENSION("\x30\x0c" ID "\x0f\x04\x05\x03\x03\x07\x00\x80")}},
    {false, {EXTENSION("\x30\x0b" ID "\x0f\x04\x04\x03\x02\x07\x81")}},
    {false, {EXTENSION("\x30\x0b" ID "\x0f\x04\x04\x03\x02\x08\x00")}},
    {false, {EXTENSION("\x30\x0d" ID "\x0f\x04\x06\x03\x04\x00\x80\x80\x80")}},
    /* extendedKeyUsage: at least one, and only OIDs */
    {true, {EXTENSION("\x30\x0c" ID "\x25\x04\x05\x30\x03\x06\x01\x2a")}},
    {false, {EXTENSION("\x30\x09" ID "\x25\x04\x02\x30\x00")}},
    {false, {EXTENSION("\x30\x0c" ID "\x25\x04\x05\x30\x03\x04\x01\x2a")}},
    /* authorityKeyIdentifier, in order */
    {true, {EXTENSION("\x30\x0f" ID "\x23\x04\x08\x30\x06\x80\x01\x07\x82\x01\x07")}},
    {false, {EXTENSION("\x30\x0f" ID "\x23\x04\x08\x30\x06\x82\x01\x07\x80\x01\x07")}},
};
/* clang-format on */

/* The usual pieces but for those of a row. */
static pieces changed(size_t row)
{
    const pieces *change = &shapes[row].change;
    pieces made = *change;

    made.version = change->version.len > 0 ? change->version : usual.version;
    made.serial = change->serial.len > 0 ? change->serial : usual.serial;
    made.inner = change->inner.len > 0 ? change->inner : usual.inner;
    made.outer = change->outer.len > 0 ? change->outer : usual.outer;
    made.dates = change->dates.len > 0 ? change->dates : usual.dates;
    made.signature = change->signature.len > 0 ? change->signature : usual.signature;
    return made;
}

START_TEST(only_whole_shapes_parse)
{
    char der[DER_MAX];
    pst_certificate certificate;
    pieces from = changed((size_t)_i);
    postern_str text;

    text = build(&from, der);
    ck_assert_int_eq(pst_certificate_parse(text, &certificate), shapes[_i].good);
}
END_TEST

/* `count` extensions, each another one. */
static bool parses_with_extensions(unsigned count)
{
    char list[DER_MAX];
    char der[DER_MAX];
    pieces from = usual;
    pst_certificate certificate;

    for (unsigned i = 0; i < count; i++) {
        const char one[] = {0x30, 7, 6, 3, 0x2a, 3, (char)i, 4, 0};

        memcpy(list + i * sizeof one, one, sizeof one);
    }
    from.extensions = (postern_str){list, count * 9};
    return pst_certificate_parse(build(&from, der), &certificate);
}

static bool parses_with_alt_names(size_t count)
{
    char list[DER_MAX] = {0};
    char der[DER_MAX];
    pieces from = usual;
    pst_certificate certificate;
    size_t at = 0;

    for (size_t i = 0; i < count; i++) {
        put(list, &at, (postern_str)BYTES("\x82\x00"));
    }
    wrap(list, &at, 0, PST_DER_SEQUENCE);
    wrap(list, &at, 0, PST_DER_OCTET_STRING);
    memmove(list + 5, list, at);
    memcpy(list, ID "\x11", 5);
    at += 5;
    wrap(list, &at, 0, PST_DER_SEQUENCE);
    from.extensions = (postern_str){list, at};
    return pst_certificate_parse(build(&from, der), &certificate);
}

static bool is_name_of(size_t count)
{
    static const postern_str one =
        BYTES("\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01x");
    char name[DER_MAX];
    size_t at = 0;

    for (size_t i = 0; i < count; i++) {
        put(name, &at, one);
    }
    wrap(name, &at, 0, PST_DER_SEQUENCE);
    return pst_name_check((postern_str){name, at});
}

START_TEST(every_list_has_an_end)
{
    ck_assert(parses_with_extensions(PST_EXTENSIONS_MAX));
    ck_assert(!parses_with_extensions(PST_EXTENSIONS_MAX + 1));
    ck_assert(parses_with_alt_names(PST_ALT_NAMES_MAX));
    ck_assert(!parses_with_alt_names(PST_ALT_NAMES_MAX + 1));
    ck_assert(is_name_of(PST_ATTRIBUTES_MAX));
    ck_assert(!is_name_of(PST_ATTRIBUTES_MAX + 1));
    ck_assert(is_name_of(0));
}
END_TEST

/* --- serial numbers as text ------------------------------------------------------- */

static postern_status no_digest(void *context, postern_digest algorithm,
                                const void *data, size_t len, unsigned char *out)
{
    (void)context;
    (void)data;
    (void)len;
    memset(out, 0, (size_t)algorithm);
    return POSTERN_OK;
}

/* clang-format off */
static const struct {
    postern_str der;
    const char *text;
} serials[] = {
    {BYTES("\x02\x01\x00"), "00"},
    {BYTES("\x02\x01\x7f"), "7F"},
    {BYTES("\x02\x02\x00\x80"), "80"},
    {BYTES("\x02\x02\x01\x00"), "0100"},
    {BYTES("\x02\x01\xff"), "-01"},
    {BYTES("\x02\x01\x80"), "-80"},
    {BYTES("\x02\x02\xff\x7f"), "-81"},
    {BYTES("\x02\x02\xff\x00"), "-0100"},
    {BYTES("\x02\x03\x80\x00\x00"), "-800000"},
    {BYTES("\x02\x03\xfe\xdc\x00"), "-012400"},
};
/* clang-format on */

START_TEST(serials_are_magnitudes)
{
    const postern_crypto table = {.size = sizeof table, .digest = no_digest};
    char der[DER_MAX];
    pieces from = usual;
    postern_str leaf;
    pst_arena arena;
    pst_facts facts;

    from.serial = serials[_i].der;
    leaf = build(&from, der);
    pst_arena_init(&arena, pst_alloc_or_default(NULL), ARENA_LIMIT);
    ck_assert_int_eq(
        pst_facts_make(&arena, &table, &leaf, 1, (postern_str){NULL, 0}, &facts),
        POSTERN_OK);
    ck_assert(pst_str_same(facts.serial, postern_text(serials[_i].text)));
    pst_arena_free(&arena);
}
END_TEST

/* --- CRLs ------------------------------------------------------------------------- */

#define CRL_TIMES              \
    "\x30\x00" TIME "\x17\x0d" \
    "450101000000Z"

/* clang-format off */
static const struct {
    postern_status status;
    postern_str body;
} crls[] = {
    {POSTERN_OK, BYTES(ECDSA_SHA256 CRL_TIMES)},
    {POSTERN_OK, BYTES("\x02\x01\x01" ECDSA_SHA256 CRL_TIMES)},
    {POSTERN_OK, BYTES("\x02\x01\x01" ECDSA_SHA256 "\x30\x00" TIME)},
    {POSTERN_OK, BYTES("\x02\x01\x01" ECDSA_SHA256 CRL_TIMES "\x30\x00")},
    {POSTERN_SYNTAX, BYTES("\x02\x01\x00" ECDSA_SHA256 CRL_TIMES)},
    {POSTERN_SYNTAX, BYTES("\x02\x01\x02" ECDSA_SHA256 CRL_TIMES)},
    {POSTERN_SYNTAX, BYTES("\x02\x01\x01" ECDSA_SHA384 CRL_TIMES)},
    {POSTERN_SYNTAX, BYTES("\x02\x01\x01" ECDSA_SHA256 CRL_TIMES TIME)},
    {POSTERN_SYNTAX, BYTES("\x02\x01\x01" ECDSA_SHA256 CRL_TIMES "\x31\x00")},
    {POSTERN_SYNTAX, BYTES("\x02\x01\x01" ECDSA_SHA256 "\x30\x00" TIME "\x17\x01Z")},
    {POSTERN_SYNTAX, BYTES("\x02\x01\x01" ECDSA_SHA256 CRL_TIMES "\x30\x02\x30\x00")},
    {POSTERN_SYNTAX, BYTES("\x02\x01\x01" ECDSA_SHA256 CRL_TIMES "\xa0\x02\x05\x00")},
    {POSTERN_SYNTAX, BYTES("\x02\x01\x01" ECDSA_SHA256 CRL_TIMES "\xa0\x04\x30\x00\x30\x00")},
};
/* clang-format on */

START_TEST(only_whole_crls_parse)
{
    char der[DER_MAX];
    size_t at = 0;
    pst_crl crl;
    const char *why;

    put(der, &at, crls[_i].body);
    wrap(der, &at, 0, PST_DER_SEQUENCE);
    put(der, &at, (postern_str)BYTES(ECDSA_SHA256 "\x03\x02\x00\x01"));
    wrap(der, &at, 0, PST_DER_SEQUENCE);
    ck_assert_int_eq(
        pst_crl_parse(pst_alloc_or_default(NULL), (postern_str){der, at}, &crl, &why),
        crls[_i].status);
    pst_crl_free(pst_alloc_or_default(NULL), &crl);
}
END_TEST

/* --- keys and signatures ----------------------------------------------------------- */

#define RSA_OID "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01"

static bool is_strong_rsa(size_t bits, unsigned char last, postern_str exponent)
{
    char der[DER_MAX];
    size_t at = 0;
    size_t len = bits / 8 + 1; /* a leading 0, or the odd bits */
    size_t start = 0;

    memset(der, 0, len);
    der[0] = (char)((1U << bits % 8) >> 1);
    der[1] = (char)(bits % 8 == 0 ? 0x80 : 0);
    der[len - 1] = (char)last;
    at = len;
    wrap(der, &at, 0, PST_DER_INTEGER);
    put(der, &at, exponent);
    wrap(der, &at, 0, PST_DER_SEQUENCE);
    memmove(der + 1, der, at++);
    der[0] = 0;
    wrap(der, &at, 0, PST_DER_BIT_STRING);
    memmove(der + 15, der, at);
    memcpy(der, "\x30\x0d" RSA_OID "\x01\x05\x00", 15);
    at += 15;
    wrap(der, &at, start, PST_DER_SEQUENCE);
    return pst_key_is_strong((postern_str){der, at});
}

START_TEST(rsa_keys_have_2048_to_8192_bits)
{
    const postern_str usual_exponent = BYTES("\x02\x03\x01\x00\x01");

    ck_assert(!is_strong_rsa(2047, 1, usual_exponent));
    ck_assert(is_strong_rsa(2048, 1, usual_exponent));
    ck_assert(is_strong_rsa(8192, 1, usual_exponent));
    ck_assert(!is_strong_rsa(8193, 1, usual_exponent));
    ck_assert(!is_strong_rsa(2048, 2, usual_exponent));
    ck_assert(is_strong_rsa(2048, 1, (postern_str)BYTES("\x02\x01\x03")));
    ck_assert(!is_strong_rsa(2048, 1, (postern_str)BYTES("\x02\x01\x01")));
    ck_assert(!is_strong_rsa(2048, 1, (postern_str)BYTES("\x02\x01\x00")));
    ck_assert(!is_strong_rsa(2048, 1, (postern_str)BYTES("\x02\x03\x01\x00\x00")));
    ck_assert(!is_strong_rsa(2048, 1, (postern_str)BYTES("\x02\x01\xff")));
}
END_TEST

static bool is_strong_p256(unsigned char form, size_t len)
{
    char der[DER_MAX] = {0};
    size_t at = len + 1;

    der[1] = (char)form;
    wrap(der, &at, 0, PST_DER_BIT_STRING);
    memmove(der + 21, der, at);
    memcpy(der,
           "\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
           "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07",
           21);
    at += 21;
    wrap(der, &at, 0, PST_DER_SEQUENCE);
    return pst_key_is_strong((postern_str){der, at});
}

START_TEST(points_are_uncompressed_and_of_their_curve)
{
    ck_assert(is_strong_p256(4, 65));
    ck_assert(!is_strong_p256(2, 33));
    ck_assert(!is_strong_p256(5, 65));
    ck_assert(!is_strong_p256(4, 64));
    ck_assert(!is_strong_p256(4, 97));
    ck_assert(!is_strong_p256(0, 0));
}
END_TEST

#define SHA_256 "\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"
#define SHA_384 "\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02"
#define MGF1(hash) "\xa1\x1a\x30\x18\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x08" hash
#define PSS(l1, l2, params) "\x30" l1 RSA_OID "\x0a\x30" l2 params

/* clang-format off */
static const struct {
    pst_signature_kind kind;
    postern_str identifier;
} identifiers[] = {
    {PST_SIGNATURE_ECDSA, BYTES(ECDSA_SHA256)},
    {PST_SIGNATURE_REFUSED, BYTES(ECDSA_SHA256 "\x05\x00")},
    {PST_SIGNATURE_REFUSED,
     BYTES("\x30\x0c\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x05\x00")},
    {PST_SIGNATURE_REFUSED, BYTES("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x01")},
    {PST_SIGNATURE_RSA, BYTES("\x30\x0d" RSA_OID "\x0b\x05\x00")},
    {PST_SIGNATURE_RSA, BYTES("\x30\x0b" RSA_OID "\x0b")},
    {PST_SIGNATURE_REFUSED, BYTES("\x30\x0d" RSA_OID "\x0b\x05\x01")},
    {PST_SIGNATURE_REFUSED, BYTES("\x30\x0d" RSA_OID "\x05\x05\x00")}, /* SHA-1 */
    {PST_SIGNATURE_RSA_PSS,
     BYTES(PSS("\x38", "\x2b", "\xa0\x0d" SHA_256 MGF1(SHA_256)))},
    {PST_SIGNATURE_RSA_PSS,
     BYTES(PSS("\x3d", "\x30", "\xa0\x0d" SHA_256 MGF1(SHA_256) "\xa2\x03\x02\x01\x20"))},
    {PST_SIGNATURE_REFUSED,
     BYTES(PSS("\x38", "\x2b", "\xa0\x0d" SHA_256 MGF1(SHA_384)))},
    {PST_SIGNATURE_REFUSED, BYTES(PSS("\x0d", "\x00", ""))}, /* SHA-1 by default */
    {PST_SIGNATURE_REFUSED, BYTES(PSS("\x1c", "\x0f", "\xa0\x0d" SHA_256))},
    {PST_SIGNATURE_REFUSED,
     BYTES(PSS("\x3d", "\x30", "\xa0\x0d" SHA_256 MGF1(SHA_256) "\xa3\x03\x02\x01\x02"))},
};
/* clang-format on */

START_TEST(only_sha2_signatures_count)
{
    ck_assert_int_eq(pst_signature_algorithm_read(identifiers[_i].identifier).kind,
                     identifiers[_i].kind);
}
END_TEST

#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)))

Suite *test_suite(void)
{
    Suite *suite = suite_create("shape");
    TCase *shape = tcase_create("shape");
    TCase *keys = tcase_create("algorithm");

    tcase_add_loop_test(shape, only_whole_shapes_parse, 0, LENGTH(shapes));
    tcase_add_test(shape, every_list_has_an_end);
    tcase_add_loop_test(shape, serials_are_magnitudes, 0, LENGTH(serials));
    tcase_add_loop_test(shape, only_whole_crls_parse, 0, LENGTH(crls));
    suite_add_tcase(suite, shape);
    tcase_add_test(keys, rsa_keys_have_2048_to_8192_bits);
    tcase_add_test(keys, points_are_uncompressed_and_of_their_curve);
    tcase_add_loop_test(keys, only_sha2_signatures_count, 0, LENGTH(identifiers));
    suite_add_tcase(suite, keys);
    return suite;
}
