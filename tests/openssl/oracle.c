/* oracle.c - the fields of a certificate by libcrypto alone. */
#include "sheet.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

enum { LEAF_MAX = 10240, CHAIN_MAX = 16384 };

/* Puts what was written to `bio`, without `drop`, and frees it. */
static void put_bio(sheet *s, BIO *bio, const char *drop)
{
    char *text;
    long len = BIO_get_mem_data(bio, &text);

    for (long i = 0; i < len; i++) {
        if (drop == NULL || strchr(drop, text[i]) == NULL) {
            sheet_put(s, text + i, 1);
        }
    }
    BIO_free(bio);
    sheet_end(s);
}

static BIO *memory(void)
{
    BIO *bio = BIO_new(BIO_s_mem());

    must(bio != NULL);
    return bio;
}

static void put_rfc2253(sheet *s, const X509_NAME *name)
{
    BIO *bio = memory();

    must(X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) >= 0);
    put_bio(s, bio, NULL);
}

static void put_legacy(sheet *s, const X509_NAME *name)
{
    char *text = X509_NAME_oneline(name, NULL, 0);

    must(text != NULL);
    sheet_put(s, text, strlen(text));
    sheet_end(s);
    OPENSSL_free(text);
}

static void put_names(sheet *s, const X509 *leaf)
{
    const X509_NAME *subject = X509_get_subject_name(leaf);
    const X509_NAME *issuer = X509_get_issuer_name(leaf);

    put_rfc2253(s, subject);
    put_rfc2253(s, issuer);
    put_rfc2253(s, subject);
    put_rfc2253(s, issuer);
    put_legacy(s, subject);
    put_legacy(s, issuer);
}

/* As `openssl x509 -serial`, which breaks long ones into lines. */
static void put_serial(sheet *s, const X509 *certificate)
{
    BIO *bio = memory();

    if (certificate != NULL) {
        must(i2a_ASN1_INTEGER(bio, X509_get0_serialNumber(certificate)) > 0);
    }
    put_bio(s, bio, "\\\n");
}

static void put_hex(sheet *s, const unsigned char *bytes, size_t len,
                    const char *format)
{
    char digits[3];

    for (size_t i = 0; i < len; i++) {
        (void)snprintf(digits, sizeof digits, *format == 'X' ? "%02X" : "%02x",
                       bytes[i]);
        sheet_put(s, digits, 2);
    }
    sheet_end(s);
}

static void put_fingerprint(sheet *s, const X509 *leaf, const EVP_MD *algorithm)
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned len;

    must(X509_digest(leaf, algorithm, bytes, &len) == 1);
    put_hex(s, bytes, len, "x");
}

static void put_date(sheet *s, const ASN1_TIME *date)
{
    BIO *bio = memory();

    must(ASN1_TIME_print(bio, date) == 1);
    put_bio(s, bio, NULL);
}

static void put_seconds(sheet *s, const ASN1_TIME *date)
{
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    char number[24];
    int days;
    int seconds;

    must(epoch != NULL);
    must(ASN1_TIME_diff(&days, &seconds, epoch, date) == 1);
    (void)snprintf(number, sizeof number, "%lld", days * 86400LL + seconds);
    sheet_put(s, number, strlen(number));
    sheet_end(s);
    ASN1_TIME_free(epoch);
}

static void put_subject_key(sheet *s, const X509 *certificate)
{
    ASN1_OCTET_STRING *id =
        X509_get_ext_d2i(certificate, NID_subject_key_identifier, NULL, NULL);

    put_hex(s, id == NULL ? NULL : ASN1_STRING_get0_data(id),
            id == NULL ? 0 : (size_t)ASN1_STRING_length(id), "X");
    ASN1_OCTET_STRING_free(id);
}

static void put_authority_key(sheet *s, const X509 *leaf)
{
    AUTHORITY_KEYID *id =
        X509_get_ext_d2i(leaf, NID_authority_key_identifier, NULL, NULL);
    const ASN1_OCTET_STRING *key = id == NULL ? NULL : id->keyid;

    put_hex(s, key == NULL ? NULL : ASN1_STRING_get0_data(key),
            key == NULL ? 0 : (size_t)ASN1_STRING_length(key), "X");
    AUTHORITY_KEYID_free(id);
}

/* RFC 9440: base64 between colons, in a list; nothing at all beyond the limit. */
static void put_rfc9440(sheet *s, X509 *const *certificates, size_t count, size_t limit)
{
    static unsigned char text[1 << 18];
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        unsigned char *der = NULL;
        const int der_len = i2d_X509(certificates[i], &der);

        must(der_len > 0);
        must(len + (size_t)der_len * 2 + 8 < sizeof text);
        memcpy(text + len, ", :", 3);
        len += 3;
        len += (size_t)EVP_EncodeBlock(text + len, der, der_len);
        text[len++] = ':';
        OPENSSL_free(der);
    }
    if (count > 0 && len - 2 <= limit) {
        sheet_put(s, text + 2, len - 2);
    }
    sheet_end(s);
    sheet_put(s, count > 0 && len - 2 > limit ? "1" : "0", 1);
    sheet_end(s);
}

static void put_common_names(sheet *s, const X509_NAME *subject)
{
    int at = -1;

    while ((at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0) {
        unsigned char *text = NULL;
        const int len = ASN1_STRING_to_UTF8(
            &text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));

        if (len >= 0) {
            sheet_put_item(s, text, (size_t)len);
            OPENSSL_free(text);
        }
    }
    sheet_end(s);
}

static void put_alt_names(sheet *s, const GENERAL_NAMES *names, int type)
{
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        int found;
        const ASN1_STRING *value =
            GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, i), &found);
        const unsigned char *bytes;
        int len;

        if (found != type) {
            continue;
        }
        bytes = ASN1_STRING_get0_data(value);
        len = ASN1_STRING_length(value);
        if (type == GEN_IPADD && len == 16 &&
            memcmp(bytes, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0) {
            bytes += 12; /* ::ffff:1.2.3.4 is 1.2.3.4 */
            len = 4;
        }
        sheet_put_item(s, bytes, (size_t)len);
    }
    sheet_end(s);
}

static void put_all_alt_names(sheet *s, const X509 *leaf)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);

    put_alt_names(s, names, GEN_DNS);
    put_alt_names(s, names, GEN_URI);
    put_alt_names(s, names, GEN_EMAIL);
    put_alt_names(s, names, GEN_IPADD);
    GENERAL_NAMES_free(names);
}

static void put_public_key(sheet *s, const X509 *leaf)
{
    unsigned char *der = NULL;
    const int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &der);
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned digest_len;

    must(len > 0);
    must(EVP_Digest(der, (size_t)len, bytes, &digest_len, EVP_sha256(), NULL) == 1);
    put_hex(s, bytes, digest_len, "x");
    OPENSSL_free(der);
}

void oracle_read(X509 *leaf, STACK_OF(X509) * sent, X509 *issuer, sheet *s)
{
    X509 *more[64];
    size_t count = 0;

    while (count < 64 && (int)count < sk_X509_num(sent)) {
        more[count] = sk_X509_value(sent, (int)count);
        count++;
    }
    sheet_clear(s);
    while (s->count < SHEET_FACTS) {
        sheet_end(s);
    }
    put_names(s, leaf);
    put_serial(s, leaf);
    put_serial(s, issuer);
    put_fingerprint(s, leaf, EVP_sha256());
    put_fingerprint(s, leaf, EVP_sha1());
    put_date(s, X509_get0_notBefore(leaf));
    put_date(s, X509_get0_notAfter(leaf));
    put_subject_key(s, leaf);
    if (issuer != NULL) {
        put_subject_key(s, issuer);
    } else {
        put_authority_key(s, leaf);
    }
    put_rfc9440(s, &leaf, 1, LEAF_MAX);
    put_rfc9440(s, more, count, CHAIN_MAX);
    put_common_names(s, X509_get_subject_name(leaf));
    put_all_alt_names(s, leaf);
    put_seconds(s, X509_get0_notBefore(leaf));
    put_seconds(s, X509_get0_notAfter(leaf));
    put_public_key(s, leaf);
    ERR_clear_error();
}

/* The one of `issuers` with this serial number whose key has signed the leaf. */
static X509 *find_issuer(X509 *leaf, STACK_OF(X509) * issuers, postern_str serial)
{
    static sheet scratch;

    for (int i = 0; i < sk_X509_num(issuers); i++) {
        X509 *issuer = sk_X509_value(issuers, i);

        sheet_clear(&scratch);
        put_serial(&scratch, issuer);
        if (postern_str_equal(sheet_get(&scratch, 0), serial) &&
            X509_verify(leaf, X509_get0_pubkey(issuer)) == 1) {
            return issuer;
        }
    }
    ERR_clear_error();
    return NULL;
}

void oracle_compare(const sheet *seen, X509 *leaf, STACK_OF(X509) * sent,
                    STACK_OF(X509) * issuers, const char *what)
{
    static sheet expected;
    const postern_str serial = sheet_get(seen, SHEET_ISSUER_SERIAL);
    X509 *issuer = NULL;

    if (serial.len > 0) {
        issuer = find_issuer(leaf, issuers, serial);
        ck_assert_msg(issuer != NULL, "%s: '%.*s' has not issued it", what,
                      (int)serial.len, serial.data);
    }
    must(issuer != NULL || sheet_is(seen, SHEET_VERIFIED, "0"));
    oracle_read(leaf, sent, issuer, &expected);
    sheet_compare(seen, &expected, SHEET_FACTS, what);
}
