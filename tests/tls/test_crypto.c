/*
 * The crypto table, and the small parts of the room that need no handshake.
 */
#include "../harness/harness.h"
#include "wire.h"

#include "tls/cipher.h"
#include "tls/client_hello.h"
#include "tls/trust.h"
#include "tls/version.h"

#include <mbedtls/asn1.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static postern_str str_of(const mbedtls_x509_crt *certificate)
{
    return (postern_str){(const char *)certificate->raw.p, certificate->raw.len};
}

/* --- digests ----------------------------------------------------------------------- */

/* FIPS 180-4: the examples "abc" and the empty message. */
static const struct vector {
    postern_digest algorithm;
    const char *text;
    const char *hex;
} vectors[] = {
    {POSTERN_SHA1,   "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
    {POSTERN_SHA1,   "",    "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
    {POSTERN_SHA256, "abc",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {POSTERN_SHA256, "",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {POSTERN_SHA384, "abc",
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
     "8086072ba1e7cc2358baeca134c825a7"                                },
    {POSTERN_SHA512, "abc",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
};
enum { VECTORS = sizeof vectors / sizeof vectors[0] };

START_TEST(digests_are_those_of_the_standard)
{
    const postern_crypto *crypto = postern_mbedtls_crypto();
    const struct vector *v = &vectors[_i];
    unsigned char out[64];
    char hex[129];
    size_t i;

    ck_assert_int_eq(crypto->digest(crypto->context, v->algorithm,
                                    v->text[0] == '\0' ? NULL : v->text,
                                    strlen(v->text), out),
                     POSTERN_OK);
    for (i = 0; i < (size_t)v->algorithm; i++) {
        snprintf(hex + 2 * i, 3, "%02x", out[i]);
    }
    ck_assert_str_eq(hex, v->hex);
}
END_TEST

START_TEST(an_unknown_digest_is_refused)
{
    const postern_crypto *crypto = postern_mbedtls_crypto();
    unsigned char out[64];

    ck_assert_uint_eq(crypto->size, sizeof *crypto);
    ck_assert_int_eq(crypto->digest(crypto->context, (postern_digest)16, "", 0, out),
                     POSTERN_CRYPTO);
    ck_assert_int_eq(
        crypto->hmac(crypto->context, (postern_digest)16, "k", 1, "", 0, out),
        POSTERN_CRYPTO);
}
END_TEST

/* --- message authentication -------------------------------------------------------- */

/* RFC 4231, cases 1, 2 and 6; and nothing under nothing. */
/* clang-format off */
static const struct authenticated {
    postern_digest algorithm;
    const char *key; /* NULL: `times` bytes `repeated` */
    unsigned char repeated;
    size_t times;
    const char *text;
    const char *hex;
} authenticated[] = {
    {POSTERN_SHA256, NULL, 0x0b, 20,
     "Hi There",
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {POSTERN_SHA512, NULL, 0x0b, 20,
     "Hi There",
     "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
     "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
    {POSTERN_SHA256, "Jefe", 0, 0,
     "what do ya want for nothing?",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {POSTERN_SHA384, "Jefe", 0, 0,
     "what do ya want for nothing?",
     "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
     "8e2240ca5e69e2c78b3239ecfab21649"},
    {POSTERN_SHA256, NULL, 0xaa, 131,
     "Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {POSTERN_SHA384, NULL, 0xaa, 131,
     "Test Using Larger Than Block-Size Key - Hash Key First",
     "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
     "0c2ef6ab4030fe8296248df163f44952"},
    {POSTERN_SHA512, NULL, 0xaa, 131,
     "Test Using Larger Than Block-Size Key - Hash Key First",
     "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
     "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"},
    {POSTERN_SHA256, "", 0, 0, "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
};
/* clang-format on */
enum { AUTHENTICATED = sizeof authenticated / sizeof authenticated[0] };

START_TEST(message_authentication_codes_are_those_of_the_standard)
{
    const postern_crypto *crypto = postern_mbedtls_crypto();
    const struct authenticated *a = &authenticated[_i];
    unsigned char repeated[131];
    const void *key = a->key;
    size_t key_len = a->times;
    unsigned char out[64];
    char hex[129];

    memset(repeated, a->repeated, sizeof repeated);
    if (a->key == NULL) {
        key = repeated;
    } else {
        key_len = strlen(a->key);
    }
    ck_assert_int_eq(
        crypto->hmac(crypto->context, a->algorithm, key_len == 0 ? NULL : key, key_len,
                     a->text[0] == '\0' ? NULL : a->text, strlen(a->text), out),
        POSTERN_OK);
    for (size_t i = 0; i < (size_t)a->algorithm; i++) {
        snprintf(hex + 2 * i, 3, "%02x", out[i]);
    }
    ck_assert_str_eq(hex, a->hex);
}
END_TEST

/* --- signatures -------------------------------------------------------------------- */

static const struct signer {
    const char *name;
    postern_signature scheme;
    postern_digest digest;
    mbedtls_md_type_t md;
} signers[] = {
    {"ok-p256",    POSTERN_SIGNATURE_ECDSA, POSTERN_SHA256, MBEDTLS_MD_SHA256},
    {"ok-p384",    POSTERN_SIGNATURE_ECDSA, POSTERN_SHA384, MBEDTLS_MD_SHA384},
    {"ok-p521",    POSTERN_SIGNATURE_ECDSA, POSTERN_SHA512, MBEDTLS_MD_SHA512},
    {"ok-rsa2048", POSTERN_SIGNATURE_RSA,   POSTERN_SHA256, MBEDTLS_MD_SHA256},
    {"ok-rsa4096", POSTERN_SIGNATURE_RSA,   POSTERN_SHA512, MBEDTLS_MD_SHA512},
};
enum { SIGNERS = sizeof signers / sizeof signers[0] };

/* Writes to out[0..MBEDTLS_PK_SIGNATURE_MAX_SIZE). */
#if HAVE_TLS13
static int sign(side *any, mbedtls_md_type_t md, const unsigned char *hash,
                size_t hash_len, unsigned char *out, size_t *len)
{
    return mbedtls_pk_sign(&any->key, md, hash, hash_len, out,
                           MBEDTLS_PK_SIGNATURE_MAX_SIZE, len, mbedtls_ctr_drbg_random,
                           &any->random);
}
#else
static int sign(side *any, mbedtls_md_type_t md, const unsigned char *hash,
                size_t hash_len, unsigned char *out, size_t *len)
{
    return mbedtls_pk_sign(&any->key, md, hash, hash_len, out, len,
                           mbedtls_ctr_drbg_random, &any->random);
}
#endif

typedef struct signature {
    side any;
    unsigned char bytes[MBEDTLS_PK_SIGNATURE_MAX_SIZE];
    unsigned char spki[1024];
    postern_str key;
    postern_str data;
    postern_str value;
} signature;

static signature made;

static void make_signature(const struct signer *s)
{
    const postern_crypto *crypto = postern_mbedtls_crypto();
    unsigned char hash[64];
    size_t len;
    int spki;

    client_start(&made.any, false);
    client_certificate(&made.any, s->name, s->name, NULL);
    made.data = postern_text("signed by a CA");
    ck_assert_int_eq(
        crypto->digest(crypto->context, s->digest, made.data.data, made.data.len, hash),
        POSTERN_OK);
    ck_assert_int_eq(sign(&made.any, s->md, hash, (size_t)s->digest, made.bytes, &len),
                     0);
    made.value = (postern_str){(const char *)made.bytes, len};
    spki = mbedtls_pk_write_pubkey_der(&made.any.key, made.spki, sizeof made.spki);
    ck_assert_int_gt(spki, 0);
    made.key =
        (postern_str){(const char *)made.spki + sizeof made.spki - spki, (size_t)spki};
}

static postern_status check_signature(const struct signer *s, postern_str data,
                                      postern_str value)
{
    const postern_crypto *crypto = postern_mbedtls_crypto();

    return crypto->verify(crypto->context, made.key, s->scheme, s->digest, data, value);
}

START_TEST(a_signature_holds_for_its_own_data_only)
{
    const struct signer *s = &signers[_i];
    postern_str shorter;

    make_signature(s);
    ck_assert_int_eq(check_signature(s, made.data, made.value), POSTERN_OK);
    ck_assert_int_eq(check_signature(s, postern_text("another text"), made.value),
                     POSTERN_INVALID);
    shorter = (postern_str){made.value.data, made.value.len - 1};
    ck_assert_int_eq(check_signature(s, made.data, shorter), POSTERN_INVALID);
    ck_assert_int_eq(check_signature(s, made.data, (postern_str){NULL, 0}),
                     POSTERN_INVALID);
    made.bytes[made.value.len / 2] ^= 1;
    ck_assert_int_eq(check_signature(s, made.data, made.value), POSTERN_INVALID);
    side_stop(&made.any);
}
END_TEST

START_TEST(a_key_of_another_scheme_is_refused)
{
    struct signer wrong = signers[_i];
    unsigned char pem[2048];

    make_signature(&wrong);
    wrong.scheme = wrong.scheme == POSTERN_SIGNATURE_RSA ? POSTERN_SIGNATURE_ECDSA
                                                         : POSTERN_SIGNATURE_RSA;
    ck_assert_int_eq(check_signature(&wrong, made.data, made.value), POSTERN_INVALID);
    made.key.len--;
    wrong.scheme = signers[_i].scheme;
    ck_assert_int_eq(check_signature(&wrong, made.data, made.value), POSTERN_INVALID);
    ck_assert_int_eq(mbedtls_pk_write_pubkey_pem(&made.any.key, pem, sizeof pem), 0);
    made.key = (postern_str){(const char *)pem, strlen((const char *)pem) + 1};
    ck_assert_int_eq(check_signature(&wrong, made.data, made.value), POSTERN_INVALID);
    made.key.len = 0;
    ck_assert_int_eq(check_signature(&wrong, made.data, made.value), POSTERN_INVALID);
    side_stop(&made.any);
}
END_TEST

/* A certificate ends with its signature: 256 octets here. */
START_TEST(a_pss_signature_holds_for_its_own_data_only)
{
    const postern_crypto *table = postern_mbedtls_crypto();
    size_t len;
    unsigned char *bytes = corpus_read("ca/ca-b.pem", &len);
    mbedtls_x509_crt signer;
    mbedtls_x509_crt signed_one;
    postern_str key;
    postern_str tbs;
    postern_str value;

    mbedtls_x509_crt_init(&signer);
    mbedtls_x509_crt_init(&signed_one);
    ck_assert_int_eq(mbedtls_x509_crt_parse(&signer, bytes, len + 1), 0);
    corpus_certificates("sig-pss", NULL, &signed_one);
    key = (postern_str){(const char *)signer.pk_raw.p, signer.pk_raw.len};
    tbs = (postern_str){(const char *)signed_one.tbs.p, signed_one.tbs.len};
    value =
        (postern_str){(const char *)signed_one.raw.p + signed_one.raw.len - 256, 256};
    ck_assert_int_eq(table->verify(table->context, key, POSTERN_SIGNATURE_RSA_PSS,
                                   POSTERN_SHA256, tbs, value),
                     POSTERN_OK);
    ck_assert_int_eq(table->verify(table->context, key, POSTERN_SIGNATURE_RSA_PSS,
                                   POSTERN_SHA384, tbs, value),
                     POSTERN_INVALID);
    ck_assert_int_eq(table->verify(table->context, key, POSTERN_SIGNATURE_RSA,
                                   POSTERN_SHA256, tbs, value),
                     POSTERN_INVALID);
    tbs.len--;
    ck_assert_int_eq(table->verify(table->context, key, POSTERN_SIGNATURE_RSA_PSS,
                                   POSTERN_SHA256, tbs, value),
                     POSTERN_INVALID);
    tbs.len++;
    key = (postern_str){(const char *)signed_one.pk_raw.p, signed_one.pk_raw.len};
    ck_assert_int_eq(table->verify(table->context, key, POSTERN_SIGNATURE_RSA_PSS,
                                   POSTERN_SHA256, tbs, value),
                     POSTERN_INVALID);
    mbedtls_x509_crt_free(&signer);
    mbedtls_x509_crt_free(&signed_one);
    free(bytes);
}
END_TEST

/* --- trust ------------------------------------------------------------------------- */

static const postern_crypto *crypto;
static mbedtls_x509_crt leaf;
static void *anchor;

/* Counts; gives up at `give_up_at` (0: the leaf, which comes last). */
typedef struct counter {
    unsigned seen;
    uint32_t objections;
    int give_up_at;
} counter;

static bool count(void *user, unsigned depth, const postern_path_step *step)
{
    counter *c = user;

    c->seen++;
    c->objections |= step->objections;
    return (int)depth != c->give_up_at;
}

static void set_up(void)
{
    crypto = postern_mbedtls_crypto();
    mbedtls_x509_crt_init(&leaf);
    corpus_certificates("ok-int", "ok-int", &leaf); /* the second is its issuer */
    anchor = corpus_trust("ca-a");
}

static void tear_down(void)
{
    crypto->trust_free(crypto->context, anchor);
    crypto->trust_free(crypto->context, NULL);
    mbedtls_x509_crt_free(&leaf);
}

static postern_status build(const postern_str *chain, size_t len, counter *c)
{
    *c = (counter){.give_up_at = c->give_up_at};
    return crypto->trust_verify(crypto->context, anchor, chain, len, count, c);
}

START_TEST(an_anchor_that_cannot_be_parsed_is_named)
{
    postern_str anchors[3] = {str_of(&leaf), str_of(&leaf), str_of(leaf.next)};
    char longer[2048];
    void *trust = anchor;
    size_t bad = 99;

    anchors[1].len--;
    ck_assert_int_eq(crypto->trust_new(crypto->context, anchors, 3, &bad, &trust),
                     POSTERN_INVALID);
    ck_assert_uint_eq(bad, 1);
    ck_assert_ptr_eq(trust, anchor);
    memcpy(longer, leaf.raw.p, leaf.raw.len);
    longer[leaf.raw.len] = 0;
    anchors[1] = (postern_str){longer, leaf.raw.len + 1};
    ck_assert_int_eq(crypto->trust_new(crypto->context, anchors, 3, &bad, &trust),
                     POSTERN_INVALID);
    ck_assert_uint_eq(bad, 1);
    ck_assert_int_eq(crypto->trust_new(crypto->context, anchors, 0, &bad, &trust),
                     POSTERN_INVALID);
    ck_assert_uint_eq(bad, 0);
}
END_TEST

START_TEST(the_path_goes_through_what_was_sent)
{
    postern_str chain[3] = {
        str_of(&leaf), str_of(leaf.next), {"junk", 4}
    };
    postern_str other_order[3] = {chain[0], chain[2], chain[1]};
    counter c = {.give_up_at = -1};

    ck_assert_int_eq(build(chain, 2, &c), POSTERN_OK);
    ck_assert_uint_eq(c.seen, 3);
    ck_assert_uint_eq(c.objections, 0);
    ck_assert_int_eq(build(other_order, 3, &c), POSTERN_OK);
    ck_assert_uint_eq(c.seen, 3);
    ck_assert_uint_eq(c.objections, 0);
    ck_assert_int_eq(build(chain, 1, &c), POSTERN_OK);
    ck_assert_uint_eq(c.seen, 1);
    ck_assert_uint_eq(c.objections, POSTERN_OBJECTION_UNTRUSTED);
}
END_TEST

START_TEST(a_leaf_that_cannot_be_parsed_has_no_path)
{
    char longer[2048];
    postern_str chain[2] = {
        {"junk", 4},
        str_of(&leaf)
    };
    counter c = {.give_up_at = -1};

    ck_assert_int_eq(build(chain, 2, &c), POSTERN_INVALID);
    ck_assert_int_eq(build(chain, 0, &c), POSTERN_INVALID);
    memcpy(longer, leaf.raw.p, leaf.raw.len);
    longer[leaf.raw.len] = 0;
    chain[0] = (postern_str){longer, leaf.raw.len + 1};
    ck_assert_int_eq(build(chain, 2, &c), POSTERN_INVALID);
    ck_assert_uint_eq(c.seen, 0);
}
END_TEST

START_TEST(an_observer_may_give_up)
{
    postern_str chain[2] = {str_of(&leaf), str_of(leaf.next)};
    counter c = {.give_up_at = _i};

    ck_assert_int_eq(build(chain, 2, &c), POSTERN_NO_MEMORY);
    ck_assert_uint_eq(c.seen, 3U - (unsigned)_i);
}
END_TEST

START_TEST(anchors_of_another_table_are_not_used)
{
    static const char *const foreign = "not made here";
    postern_str chain[1] = {str_of(&leaf)};
    counter c = {.give_up_at = -1};

    ck_assert_int_eq(
        crypto->trust_verify(crypto->context, &foreign, chain, 1, count, &c),
        POSTERN_CRYPTO);
    ck_assert_int_eq(crypto->trust_verify(crypto->context, NULL, chain, 1, count, &c),
                     POSTERN_CRYPTO);
    ck_assert_uint_eq(c.seen, 0);
}
END_TEST

/* Copies are dropped before the useful certificate counts against the bound; and
 * after the bound nothing is looked at. */
START_TEST(only_the_first_different_certificates_of_a_chain_count)
{
    static const char *const useless[] = {
        "ok-p256", "ok-p384", "ok-p521", "ok-by-b",  "revoked",
        "expired", "notyet",  "by-noca", "ku-nosig",
    };
    postern_str chain[40];
    mbedtls_x509_crt others;
    const mbedtls_x509_crt *at;
    counter c = {.give_up_at = -1};
    size_t n = 1;
    size_t i;

    for (i = 0; i < 39; i++) {
        chain[i] = str_of(&leaf);
    }
    chain[39] = str_of(leaf.next);
    ck_assert_int_eq(build(chain, 40, &c), POSTERN_OK);
    ck_assert_uint_eq(c.objections, 0);
    ck_assert_uint_eq(c.seen, 3);

    mbedtls_x509_crt_init(&others);
    for (i = 0; i < sizeof useless / sizeof useless[0]; i++) {
        corpus_certificates(useless[i], NULL, &others);
    }
    for (at = &others; at != NULL; at = at->next) {
        chain[n++] = str_of(at);
    }
    ck_assert_uint_eq(n, PST_TLS_PATH_MAX);
    chain[n] = str_of(leaf.next);
    ck_assert_int_eq(build(chain, n + 1, &c), POSTERN_OK);
    ck_assert_uint_eq(c.objections, POSTERN_OBJECTION_UNTRUSTED);
    chain[n - 1] = str_of(leaf.next);
    ck_assert_int_eq(build(chain, n, &c), POSTERN_OK);
    ck_assert_uint_eq(c.objections, 0);
    mbedtls_x509_crt_free(&others);
}
END_TEST

/* --- small parts ------------------------------------------------------------------- */

START_TEST(flags_that_are_unknown_are_objections)
{
    unsigned bit;

    ck_assert_uint_eq(pst_tls_objections(0), 0);
    ck_assert_uint_eq(pst_tls_objections(MBEDTLS_X509_BADCERT_EXPIRED |
                                         MBEDTLS_X509_BADCERT_FUTURE |
                                         MBEDTLS_X509_BADCERT_EXT_KEY_USAGE),
                      0);
    ck_assert_uint_eq(pst_tls_objections(MBEDTLS_X509_BADCERT_NOT_TRUSTED |
                                         MBEDTLS_X509_BADCERT_EXPIRED),
                      POSTERN_OBJECTION_UNTRUSTED);
    ck_assert_uint_eq(pst_tls_objections(MBEDTLS_X509_BADCERT_BAD_MD),
                      POSTERN_OBJECTION_WEAK_SIGNATURE);
    ck_assert_uint_eq(pst_tls_objections(MBEDTLS_X509_BADCERT_BAD_PK),
                      POSTERN_OBJECTION_WEAK_SIGNATURE);
    ck_assert_uint_eq(pst_tls_objections(MBEDTLS_X509_BADCERT_BAD_KEY),
                      POSTERN_OBJECTION_WEAK_KEY);
    ck_assert_uint_eq(pst_tls_objections(MBEDTLS_X509_BADCERT_OTHER),
                      POSTERN_OBJECTION_OTHER);
    for (bit = 20; bit < 32; bit++) {
        ck_assert_uint_eq(pst_tls_objections(1U << bit), POSTERN_OBJECTION_OTHER);
    }
}
END_TEST

START_TEST(running_out_of_memory_is_not_a_bad_certificate)
{
    static const int codes[] = {
        MBEDTLS_ERR_X509_ALLOC_FAILED,
        MBEDTLS_ERR_PK_ALLOC_FAILED,
        MBEDTLS_ERR_MD_ALLOC_FAILED,
        MBEDTLS_ERR_X509_INVALID_FORMAT + MBEDTLS_ERR_ASN1_ALLOC_FAILED,
        MBEDTLS_ERR_PK_INVALID_PUBKEY + MBEDTLS_ERR_MPI_ALLOC_FAILED,
    };
    size_t i;

    for (i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        ck_assert_int_eq(pst_tls_failure(codes[i], POSTERN_INVALID), POSTERN_NO_MEMORY);
    }
    ck_assert_int_eq(pst_tls_failure(MBEDTLS_ERR_X509_INVALID_FORMAT, POSTERN_INVALID),
                     POSTERN_INVALID);
    ck_assert_int_eq(
        pst_tls_failure(MBEDTLS_ERR_X509_INVALID_FORMAT + MBEDTLS_ERR_ASN1_OUT_OF_DATA,
                        POSTERN_INVALID),
        POSTERN_INVALID);
    ck_assert_int_eq(pst_tls_failure(0, POSTERN_OK), POSTERN_OK);
}
END_TEST

static const struct versions {
    unsigned compiled;
    unsigned loaded;
    bool fits;
} versions[] = {
    {0x021C0300, 0x021C0300, true },
    {0x021C0300, 0x021C0A00, true },
    {0x021C0300, 0x021B0000, false},
    {0x021C0300, 0x03060600, false},
    {0x03060600, 0x021C0300, false},
    {0x03060600, 0x03060600, true },
    {0x03060600, 0x03060700, true },
    {0x03060600, 0x03060500, false},
    {0x03050000, 0x03050000, false},
    {0x03060600, 0x03070000, false},
    {0x04010000, 0x04010000, false},
};
enum { VERSIONS = sizeof versions / sizeof versions[0] };

START_TEST(only_versions_that_were_measured_may_run)
{
    const struct versions *v = &versions[_i];

    ck_assert_msg(pst_tls_version_fits(v->compiled, v->loaded) == v->fits, "%x with %x",
                  v->compiled, v->loaded);
}
END_TEST

START_TEST(suites_without_a_row_keep_their_name)
{
    ck_assert_uint_eq(pst_tls_cipher_name(NULL).len, 0);
    ck_assert(postern_str_equal(pst_tls_cipher_name("no such suite"),
                                postern_text("no such suite")));
    ck_assert(postern_str_equal(pst_tls_cipher_name("TLS-RSA-WITH-AES-128-GCM-SHA256"),
                                postern_text("AES128-GCM-SHA256")));
}
END_TEST

/* --- ClientHello ------------------------------------------------------------------- */

static const struct hello {
    const char *bytes;
    size_t len;
    const char *message; /* NULL: none, and no more is read */
    size_t message_len;
} hellos[] = {
    {"\x16\x03\x01\x00\x06\x01\x00\x00\x02hi",                     11, "\x01\x00\x00\x02hi", 6},
    {"\x16\x03\x01\x00\x08\x01\x00\x00\x02hi\x02\x00",             13, "\x01\x00\x00\x02hi", 6},
    {"\x16\x03\x01\x00\x02\x01\x00\x16\x03\x03\x00\x04\x00\x02hi", 16,
     "\x01\x00\x00\x02hi",                                                                   6},
    {"\x16\x03\x01\x00\x04\x01\x00\x00\x00",                       9,  "\x01\x00\x00\x00",   4},
    {"\x17\x03\x01\x00\x06\x01\x00\x00\x02hi",                     11, NULL,                 0},
    {"\x16\x02\x01\x00\x06\x01\x00\x00\x02hi",                     11, NULL,                 0},
    {"\x16\x03\x01\x00\x00\x16\x03\x01\x00\x06\x01\x00",           12, NULL,                 0},
    {"\x16\x03\x01\x00\x06\x02\x00\x00\x02hi",                     11, NULL,                 0},
    {"\x16\x03\x01\x40\x00\x01\x01\x00\x00",                       9,  NULL,                 0},
};
enum { HELLOS = sizeof hellos / sizeof hellos[0] };

/* At once, in pieces, and from exactly-sized copies for ASan. */
START_TEST(a_client_hello_is_picked_from_its_records)
{
    const struct hello *h = &hellos[_i];
    counting_heap heap;
    size_t step;

    counting_heap_init(&heap, SIZE_MAX);
    for (step = 1; step <= h->len; step++) {
        pst_client_hello hello = {0};
        size_t at = 0;
        postern_str message;

        while (at < h->len) {
            size_t n = h->len - at < step ? h->len - at : step;
            unsigned char *piece = malloc(n);

            ck_assert_ptr_nonnull(piece);
            memcpy(piece, h->bytes + at, n);
            ck_assert(pst_client_hello_feed(&hello, &heap.alloc, piece, n));
            free(piece);
            at += n;
        }
        message = pst_client_hello_message(&hello);
        ck_assert_uint_eq(message.len, h->message_len);
        if (h->message != NULL) {
            ck_assert_mem_eq(message.data, h->message, message.len);
        } else {
            ck_assert_int_eq(hello.state, PST_CLIENT_HELLO_NONE);
        }
        pst_client_hello_free(&hello, &heap.alloc);
        ck_assert_uint_eq(heap.live_bytes, 0);
    }
}
END_TEST

/* The longest that is kept, in records of 1000 bytes; one byte more is not kept. */
START_TEST(a_client_hello_is_bounded)
{
    size_t body = PST_CLIENT_HELLO_MAX - 4 + (size_t)_i;
    unsigned char record[1005] = {22, 3, 1, 1000 >> 8, 1000 & 255, 1};
    pst_client_hello hello = {0};
    counting_heap heap;
    size_t sent;

    counting_heap_init(&heap, SIZE_MAX);
    record[6] = (unsigned char)(body >> 16);
    record[7] = (unsigned char)(body >> 8);
    record[8] = (unsigned char)body;
    for (sent = 0; sent < PST_CLIENT_HELLO_MAX + 1; sent += 1000) {
        ck_assert(pst_client_hello_feed(&hello, &heap.alloc, record, sizeof record));
        ck_assert_uint_le(heap.live_bytes, PST_CLIENT_HELLO_MAX);
    }
    ck_assert_uint_eq(pst_client_hello_message(&hello).len,
                      _i == 0 ? PST_CLIENT_HELLO_MAX : 0);
    pst_client_hello_free(&hello, &heap.alloc);
    ck_assert_uint_eq(heap.live_bytes, 0);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("crypto");
    TCase *plain = tcase_create("plain");
    TCase *trust = tcase_create("trust");

    tcase_add_loop_test(plain, digests_are_those_of_the_standard, 0, VECTORS);
    tcase_add_test(plain, an_unknown_digest_is_refused);
    tcase_add_loop_test(plain, message_authentication_codes_are_those_of_the_standard,
                        0, AUTHENTICATED);
    tcase_add_loop_test(plain, a_signature_holds_for_its_own_data_only, 0, SIGNERS);
    tcase_add_loop_test(plain, a_key_of_another_scheme_is_refused, 0, SIGNERS);
    tcase_add_test(plain, a_pss_signature_holds_for_its_own_data_only);
    tcase_add_test(plain, flags_that_are_unknown_are_objections);
    tcase_add_test(plain, running_out_of_memory_is_not_a_bad_certificate);
    tcase_add_loop_test(plain, only_versions_that_were_measured_may_run, 0, VERSIONS);
    tcase_add_test(plain, suites_without_a_row_keep_their_name);
    tcase_add_loop_test(plain, a_client_hello_is_picked_from_its_records, 0, HELLOS);
    tcase_add_loop_test(plain, a_client_hello_is_bounded, 0, 2);
    suite_add_tcase(suite, plain);
    tcase_add_checked_fixture(trust, set_up, tear_down);
    tcase_add_test(trust, an_anchor_that_cannot_be_parsed_is_named);
    tcase_add_test(trust, the_path_goes_through_what_was_sent);
    tcase_add_test(trust, a_leaf_that_cannot_be_parsed_has_no_path);
    tcase_add_loop_test(trust, an_observer_may_give_up, 0, 3);
    tcase_add_test(trust, anchors_of_another_table_are_not_used);
    tcase_add_test(trust, only_the_first_different_certificates_of_a_chain_count);
    suite_add_tcase(suite, trust);
    return suite;
}
