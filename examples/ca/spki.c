/* spki.c - mbedTLS reads the keys; which kinds it may be asked about is said here. */
#include "spki.h"

#include <mbedtls/md.h>
#include <string.h>

enum { RSA_BITS_LEAST = 2048, RSA_BITS_MOST = 8192, UNCOMPRESSED = 4 };

/* Whole AlgorithmIdentifiers: the parameters count, too. */
static const ca_bytes rsa =
    CA_BYTES_INIT("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00");
static const ca_bytes curves[] = {
    /* P-256, P-384, P-521 */
    CA_BYTES_INIT("\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
                  "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"),
    CA_BYTES_INIT("\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
                  "\x06\x05\x2b\x81\x04\x00\x22"),
    CA_BYTES_INIT("\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
                  "\x06\x05\x2b\x81\x04\x00\x23"),
};

/* Splits into the algorithm, with its tag, and the octets of the key. */
static bool split(ca_bytes spki, ca_bytes *algorithm, ca_bytes *octets)
{
    ca_tlv all;
    ca_tlv part;

    if (!ca_der_take(&spki, CA_DER_SEQUENCE, &all) || spki.len != 0 ||
        !ca_der_take(&all.contents, CA_DER_SEQUENCE, &part)) {
        return false;
    }
    *algorithm = part.whole;
    if (!ca_der_take(&all.contents, CA_DER_BIT_STRING, &part) ||
        all.contents.len != 0 || part.contents.len < 2 || part.contents.data[0] != 0) {
        return false;
    }
    *octets = (ca_bytes){part.contents.data + 1, part.contents.len - 1};
    return true;
}

static bool is_curve(ca_bytes algorithm)
{
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
        if (ca_bytes_same(algorithm, curves[i])) {
            return true;
        }
    }
    return false;
}

/* Exactly: mbedtls_pk_get_bitlen() of 2.28 counts whole bytes. 0 when that fails. */
static size_t rsa_bits(mbedtls_pk_context *key)
{
    mbedtls_mpi modulus;
    size_t bits = 0;

    mbedtls_mpi_init(&modulus);
    if (mbedtls_rsa_export(mbedtls_pk_rsa(*key), &modulus, NULL, NULL, NULL, NULL) ==
        0) {
        bits = mbedtls_mpi_bitlen(&modulus);
    }
    mbedtls_mpi_free(&modulus);
    return bits;
}

const char *ca_spki_read(ca_bytes spki, mbedtls_pk_context *key)
{
    ca_bytes algorithm;
    ca_bytes octets;
    const bool whole = split(spki, &algorithm, &octets);
    const bool is_rsa = whole && ca_bytes_same(algorithm, rsa);
    size_t bits;

    if (!whole) {
        return "its public key is malformed";
    }
    if (!is_rsa && !is_curve(algorithm)) {
        return "its key is neither RSA nor on P-256, P-384 or P-521";
    }
    if (!is_rsa && octets.data[0] != UNCOMPRESSED) {
        return "the point of its key is compressed";
    }
    if (mbedtls_pk_parse_public_key(key, spki.data, spki.len) != 0) {
        return "its public key is no key";
    }
    bits = is_rsa ? rsa_bits(key) : 0;
    if (is_rsa && (bits < RSA_BITS_LEAST || bits > RSA_BITS_MOST)) {
        return "its RSA key does not have 2048 to 8192 bits";
    }
    return NULL;
}

bool ca_spki_identify(ca_bytes spki, unsigned char out[CA_KEY_ID_BYTES])
{
    const mbedtls_md_info_t *sha256 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
    unsigned char digest[32];
    ca_bytes algorithm;
    ca_bytes octets;

    if (sha256 == NULL || !split(spki, &algorithm, &octets) ||
        mbedtls_md(sha256, octets.data, octets.len, digest) != 0) {
        return false;
    }
    memcpy(out, digest, CA_KEY_ID_BYTES);
    return true;
}
