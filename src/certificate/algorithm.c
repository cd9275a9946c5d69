/* algorithm.c - AlgorithmIdentifiers of RFC 3279, 4055, 5480 and 5758. */
#include "certificate/algorithm.h"

#include "certificate/der.h"
#include "support/text.h"

#define RSA_PKCS1 "\x2a\x86\x48\x86\xf7\x0d\x01\x01"
#define ECDSA_SHA2 "\x2a\x86\x48\xce\x3d\x04\x03"
#define SHA2 "\x60\x86\x48\x01\x65\x03\x04\x02"

enum { RSA_BITS_MIN = 2048, RSA_BITS_MAX = 8192 };

/* sha256, sha384, sha512 with RSA; ecdsa with each of them. */
static const struct {
    postern_str oid;
    pst_signature_kind kind;
    postern_digest digest;
} signatures[] = {
    {POSTERN_STR(RSA_PKCS1 "\x0b"),  PST_SIGNATURE_RSA,   POSTERN_SHA256},
    {POSTERN_STR(RSA_PKCS1 "\x0c"),  PST_SIGNATURE_RSA,   POSTERN_SHA384},
    {POSTERN_STR(RSA_PKCS1 "\x0d"),  PST_SIGNATURE_RSA,   POSTERN_SHA512},
    {POSTERN_STR(ECDSA_SHA2 "\x02"), PST_SIGNATURE_ECDSA, POSTERN_SHA256},
    {POSTERN_STR(ECDSA_SHA2 "\x03"), PST_SIGNATURE_ECDSA, POSTERN_SHA384},
    {POSTERN_STR(ECDSA_SHA2 "\x04"), PST_SIGNATURE_ECDSA, POSTERN_SHA512},
};
static const postern_str rsa_pss = POSTERN_STR(RSA_PKCS1 "\x0a");
static const postern_str mgf1 = POSTERN_STR(RSA_PKCS1 "\x08");

static const struct {
    postern_str oid;
    postern_digest digest;
} digests[] = {
    {POSTERN_STR(SHA2 "\x01"), POSTERN_SHA256},
    {POSTERN_STR(SHA2 "\x02"), POSTERN_SHA384},
    {POSTERN_STR(SHA2 "\x03"), POSTERN_SHA512},
};

static const postern_str rsa_key = POSTERN_STR(RSA_PKCS1 "\x01");
static const postern_str ec_key = POSTERN_STR("\x2a\x86\x48\xce\x3d\x02\x01");

/* Curves, and the bytes of one coordinate. */
static const struct {
    postern_str oid;
    size_t len;
} curves[] = {
    {POSTERN_STR("\x2a\x86\x48\xce\x3d\x03\x01\x07"), 32},
    {POSTERN_STR("\x2b\x81\x04\x00\x22"),             48},
    {POSTERN_STR("\x2b\x81\x04\x00\x23"),             66},
};

/* Takes an AlgorithmIdentifier apart; `*parameters` is what follows the OID. */
static bool take_identifier(postern_str *rest, postern_str *oid,
                            postern_str *parameters)
{
    return pst_der_take(rest, PST_DER_SEQUENCE, parameters) &&
           pst_der_take_oid(parameters, oid);
}

/* Absent or NULL: RFC 4055 asks for NULL and for accepting both. */
static bool is_null_or_absent(postern_str parameters)
{
    postern_str value;

    return parameters.len == 0 || (pst_der_take(&parameters, PST_DER_NULL, &value) &&
                                   value.len == 0 && parameters.len == 0);
}

/* A hash AlgorithmIdentifier that fills `text`. */
static bool read_digest(postern_str text, postern_digest *digest)
{
    postern_str oid;
    postern_str parameters;

    if (!take_identifier(&text, &oid, &parameters) || text.len != 0 ||
        !is_null_or_absent(parameters)) {
        return false;
    }
    for (size_t i = 0; i < sizeof digests / sizeof *digests; i++) {
        if (pst_str_same(digests[i].oid, oid)) {
            *digest = digests[i].digest;
            return true;
        }
    }
    return false;
}

/* RSASSA-PSS-params, where both hashes are named (the default is SHA-1) and equal. */
static bool read_pss(postern_str text, postern_digest *digest)
{
    postern_str fields;
    postern_str hash;
    postern_str mask;
    postern_str oid;
    postern_str inner;
    postern_str part;
    postern_digest mask_digest;
    unsigned number;

    if (!pst_der_take(&text, PST_DER_SEQUENCE, &fields) || text.len != 0 ||
        !pst_der_take(&fields, PST_DER_CONTEXT_MADE(0U), &hash) ||
        !read_digest(hash, digest) ||
        !pst_der_take(&fields, PST_DER_CONTEXT_MADE(1U), &mask) ||
        !take_identifier(&mask, &oid, &inner) || mask.len != 0 ||
        !pst_str_same(oid, mgf1) || !read_digest(inner, &mask_digest) ||
        mask_digest != *digest) {
        return false;
    }
    if (pst_der_take(&fields, PST_DER_CONTEXT_MADE(2U), &part) &&
        (!pst_der_take_small(&part, RSA_BITS_MAX / 8, &number) || part.len != 0)) {
        return false;
    }
    if (pst_der_take(&fields, PST_DER_CONTEXT_MADE(3U), &part) &&
        (!pst_der_take_small(&part, 1, &number) || number != 1 || part.len != 0)) {
        return false;
    }
    return fields.len == 0;
}

pst_signature_algorithm pst_signature_algorithm_read(postern_str identifier)
{
    const pst_signature_algorithm refused = {PST_SIGNATURE_REFUSED, POSTERN_SHA256};
    pst_signature_algorithm pss = {PST_SIGNATURE_RSA_PSS, POSTERN_SHA256};
    postern_str oid;
    postern_str parameters;

    if (!take_identifier(&identifier, &oid, &parameters) || identifier.len != 0) {
        return refused;
    }
    if (pst_str_same(oid, rsa_pss)) {
        return read_pss(parameters, &pss.digest) ? pss : refused;
    }
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        bool fits = signatures[i].kind == PST_SIGNATURE_ECDSA
                        ? parameters.len == 0
                        : is_null_or_absent(parameters);

        if (fits && pst_str_same(signatures[i].oid, oid)) {
            return (pst_signature_algorithm){signatures[i].kind, signatures[i].digest};
        }
    }
    return refused;
}

/* Bits of a positive INTEGER's contents. */
static size_t bit_count(postern_str number)
{
    size_t bits;
    unsigned first;

    if (pst_octet(number, 0) == 0 && number.len > 1) {
        number = pst_str_slice(number, 1, number.len);
    }
    bits = (number.len - 1) * 8;
    for (first = pst_octet(number, 0); first != 0; first >>= 1) {
        bits++;
    }
    return bits;
}

static bool is_positive(postern_str number)
{
    return (pst_octet(number, 0) & 0x80U) == 0;
}

static bool is_odd(postern_str number)
{
    return (pst_octet(number, number.len - 1) & 1U) != 0;
}

/* RSAPublicKey: modulus of the profile, and an exponent that is not 1 (with which
 * every signature verifies) nor even. */
static bool is_strong_rsa(postern_str parameters, postern_str key)
{
    postern_str fields;
    postern_str modulus;
    postern_str exponent;
    size_t bits;

    if (!is_null_or_absent(parameters) ||
        !pst_der_take(&key, PST_DER_SEQUENCE, &fields) || key.len != 0 ||
        !pst_der_take_integer(&fields, &modulus) ||
        !pst_der_take_integer(&fields, &exponent) || fields.len != 0 ||
        !is_positive(modulus) || !is_positive(exponent)) {
        return false;
    }
    bits = bit_count(modulus);
    return bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX && is_odd(modulus) &&
           is_odd(exponent) && bit_count(exponent) > 1 && bit_count(exponent) < bits;
}

/* A named curve of the profile and an uncompressed point of its size. */
static bool is_strong_ec(postern_str parameters, postern_str key)
{
    postern_str curve;

    if (!pst_der_take_oid(&parameters, &curve) || parameters.len != 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        if (pst_str_same(curves[i].oid, curve)) {
            return key.len == 1 + 2 * curves[i].len && pst_octet(key, 0) == 0x04;
        }
    }
    return false;
}

/* The BIT STRING of a SubjectPublicKeyInfo. */
static postern_str key_of(postern_str spki)
{
    postern_str key = {NULL, 0};
    postern_str fields;
    postern_str algorithm;
    unsigned unused;

    if (pst_der_take(&spki, PST_DER_SEQUENCE, &fields) &&
        pst_der_take(&fields, PST_DER_SEQUENCE, &algorithm)) {
        (void)pst_der_take_bits(&fields, &key, &unused);
    }
    return key;
}

/* An RSA key may be written with NULL or without. Points of two curves of the profile
 * are never of one length, and no point begins like an RSA key. */
bool pst_key_is_same(postern_str spki, postern_str other)
{
    postern_str key;

    if (spki.len > 0 && pst_str_same(spki, other)) {
        return true;
    }
    key = key_of(spki);
    return key.len > 0 && pst_str_same(key, key_of(other));
}

bool pst_key_is_strong(postern_str spki)
{
    postern_str fields;
    postern_str oid;
    postern_str parameters;
    postern_str key;
    unsigned unused;

    if (!pst_der_take(&spki, PST_DER_SEQUENCE, &fields) || spki.len != 0 ||
        !take_identifier(&fields, &oid, &parameters) ||
        !pst_der_take_bits(&fields, &key, &unused) || unused != 0 || fields.len != 0) {
        return false;
    }
    if (pst_str_same(oid, rsa_key)) {
        return is_strong_rsa(parameters, key);
    }
    return pst_str_same(oid, ec_key) && is_strong_ec(parameters, key);
}
