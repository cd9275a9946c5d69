/*
 * test_attacks.c - clients that stall at any byte, speak for another CA, offer what
 * nobody wants or an older version, each in a real handshake with the real gate.
 */
#include "../tls/hello_bytes.h"
#include "../tls/rogue.h"
#include "stage.h"

#include <mbedtls/x509_crt.h>
#include <stdlib.h>
#include <string.h>

/* --- a client that stalls --------------------------------------------------------- */

/* After each byte of its flights the gate is asked: nothing is presented until the
 * handshake has ended, and then all of it. */
START_TEST(a_stalled_client_presents_nothing_at_any_byte)
{
    unsigned bytes = 0;

    stage_up(WATCHED, _i == 1);
    client_certificate(&client, "ok-int", "ok-int", "ok-int");
    door_replace(&d, POLICY(MTLS(A, "ca-a", "") "," MTLS(B, "ca-b", ""), "'" PLAIN "'",
                            WATCH GUARDS, ""));
    stage_open(A);
    while (stage_begin(1) != 0) {
        ck_assert_uint_lt(bytes, 10000);
        stage_nothing_is_presented("a stalled client");
        bytes++;
    }
    ck_assert_uint_gt(bytes, 1200); /* the hello, two certificates, a signature */
    stage_a_is_presented("a client that went on in the end");
    stage_down();
}
END_TEST

/* The same, and then it is gone. */
START_TEST(a_client_that_leaves_at_any_byte_leaves_nothing)
{
    unsigned left = 0;

    stage_up(WATCHED, _i == 1);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    for (unsigned at = 1;; at += 29) {
        stage_open(A);
        if (stage_begin(at) == 0) {
            break;
        }
        left++;
        stage_hang_up();
        stage_nothing_is_presented("a client that left");
    }
    ck_assert_uint_gt(left, 30);
    stage_down();
}
END_TEST

/* Each byte of the client's last flight but one, changed: the handshake fails, or that
 * byte is not read. */
START_TEST(a_client_whose_bytes_are_changed_presents_nothing)
{
    unsigned failed = 0;
    unsigned tried = 0;

    stage_up(WATCHED, _i == 1);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    for (size_t at = 11;; at += 37) {
        stage_open(A);
        w.client_rc = mbedtls_ssl_handshake(&w.client);
        w.server_rc = postern_mbedtls_handshake(d.connection, &w.server);
        if (at >= w.up.written) { /* beyond the hello: in the second flight */
            w.client_rc = mbedtls_ssl_handshake(&w.client);
        }
        if (at >= w.up.written) {
            break;
        }
        if (at < w.up.read) {
            continue;
        }
        w.up.bytes[at] ^= 0x10;
        wire_handshake(&w, d.connection);
        tried++;
        failed += w.server_rc != 0;
        if (w.server_rc != 0) {
            stage_nothing_is_presented("changed on its way");
        }
    }
    ck_assert_uint_gt(tried, 10);
    ck_assert_uint_eq(failed, tried);
    stage_down();
}
END_TEST

/* --- a certificate that speaks for another CA ------------------------------------- */

static int set_serial(mbedtls_x509write_cert *leaf)
{
#if HAVE_TLS13
    unsigned char serial[] = {0x47, 0x11};

    return mbedtls_x509write_crt_set_serial_raw(leaf, serial, sizeof serial);
#else
    mbedtls_mpi serial;
    int rc;

    mbedtls_mpi_init(&serial);
    rc = mbedtls_mpi_lset(&serial, 0x4711);
    rc = rc != 0 ? rc : mbedtls_x509write_crt_set_serial(leaf, &serial);
    mbedtls_mpi_free(&serial);
    return rc;
#endif
}

/* A leaf with the client's key, issued by CA B; `key_id` is its authority key id. */
static void issue(const void *key_id, size_t len)
{
    static const char key_id_oid[] = "\x55\x1d\x23";
    unsigned char extension[64];
    unsigned char der[2048];
    mbedtls_x509write_cert leaf;
    mbedtls_pk_context issuer;
    int got;

    mbedtls_pk_init(&issuer);
    corpus_key("ca-b", &client.random, &issuer);
    corpus_key("ok-by-b", &client.random, &client.key);
    extension[0] = 0x30;
    extension[1] = (unsigned char)(len + 2);
    extension[2] = 0x80;
    extension[3] = (unsigned char)len;
    memcpy(extension + 4, key_id, len);
    mbedtls_x509write_crt_init(&leaf);
    mbedtls_x509write_crt_set_md_alg(&leaf, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(&leaf, &client.key);
    mbedtls_x509write_crt_set_issuer_key(&leaf, &issuer);
    ck_assert_int_eq(set_serial(&leaf), 0);
    ck_assert_int_eq(mbedtls_x509write_crt_set_subject_name(&leaf, "CN=not of CA A"),
                     0);
    ck_assert_int_eq(mbedtls_x509write_crt_set_issuer_name(
                         &leaf, "C=GB,O=Other Tenant Ltd,CN=Other Tenant Root CA"),
                     0);
    ck_assert_int_eq(
        mbedtls_x509write_crt_set_validity(&leaf, "20250101000000", "20450101000000"),
        0);
    ck_assert_int_eq(mbedtls_x509write_crt_set_extension(&leaf, key_id_oid, 3, 0,
                                                         extension, len + 4),
                     0);
    got = mbedtls_x509write_crt_der(&leaf, der, sizeof der, mbedtls_ctr_drbg_random,
                                    &client.random);
    ck_assert_int_gt(got, 0);
    ck_assert_int_eq(mbedtls_x509_crt_parse_der(&client.certificate,
                                                der + sizeof der - got, (size_t)got),
                     0);
    ck_assert_int_eq(
        mbedtls_ssl_conf_own_cert(&client.conf, &client.certificate, &client.key), 0);
    mbedtls_x509write_crt_free(&leaf);
    mbedtls_pk_free(&issuer);
}

/* The subject key id of CA A, as openssl prints it. */
#define KEY_ID_A \
    "\xed\x62\x4c\xac\xa3\x73\x36\xbe\x0b\x36\x11\x7a\x2c\x35\xc2\x46\x08\xf0\x89\xde"

#define TRUSTS(cas)                                                                   \
    POLICY("{'hostname':'" A "','ca':[" cas "]}," MTLS(B, "ca-b", ""), "'" PLAIN "'", \
           WATCH GUARDS, "")
#define CA(name) "'corpus/ca/" name ".pem'"

/* A host trusts two CAs, and rules may pin one of them: the other cannot speak for it.
 * */
START_TEST(a_leaf_with_another_cas_key_id_is_not_verified)
{
    stage_up(TRUSTS(CA("ca-a") "," CA("ca-b")), _i == 1);
    issue(KEY_ID_A, 20);
    stage_shake(A);
    ck_assert_int_eq(w.server_rc, 0);
    door_ask(&d, A);
    door_expect(&d, "a false key id", kept_out("key-id-mismatch"));
    ck_assert(stage_saw("presented") && !stage_saw("verified"));
    stage_down();
}
END_TEST

/* The same leaf with its issuer's own key id: it was the key id. */
START_TEST(a_leaf_with_its_own_cas_key_id_is_verified)
{
    mbedtls_x509_crt ca;
    unsigned char *der;
    size_t len;
    const unsigned char *at;

    stage_up(TRUSTS(CA("ca-a") "," CA("ca-b")), _i == 1);
    der = corpus_read("ca/ca-b.der", &len);
    mbedtls_x509_crt_init(&ca);
    ck_assert_int_eq(mbedtls_x509_crt_parse_der(&ca, der, len), 0);
    /* subjectKeyIdentifier: its OID, then OCTET STRING in OCTET STRING. */
    for (at = der; memcmp(at, "\x06\x03\x55\x1d\x0e\x04\x16\x04\x14", 9) != 0; at++) {
        ck_assert_uint_lt((size_t)(at - der), len - 40);
    }
    issue(at + 9, 20);
    stage_shake(A);
    ck_assert_int_eq(w.server_rc, 0);
    stage_a_is_presented("its own key id");
    mbedtls_x509_crt_free(&ca);
    free(der);
    stage_down();
}
END_TEST

/* --- two CAs of one name ---------------------------------------------------------- */

/* ca-c has the name of ca-a and another key; crl-a-badsig is its CRL, crl-a that of
 * ca-a. Both revoke the same serial numbers, of their own certificates. */
#define TWINS(cas, crls)                                     \
    POLICY("{'hostname':'" A "','ca':[" cas "],'crl':[" crls \
           "]}," MTLS(B, "ca-b", ""),                        \
           "'" PLAIN "'", WATCH GUARDS, "")
#define CRL_A "'corpus/crl/crl-a.pem'"
#define CRL_A_EMPTY "'corpus/crl/crl-a-empty.pem'"
#define CRL_C "'corpus/crl/crl-a-badsig.pem'"

#define A_THEN_C CA("ca-a") "," CA("ca-c")
#define C_THEN_A CA("ca-c") "," CA("ca-a")
#define ONLY_A TRUSTS(CA("ca-a"))
#define ONLY_C TRUSTS(CA("ca-c"))
#define AC_NO_LIST TRUSTS(A_THEN_C)
#define CA_NO_LIST TRUSTS(C_THEN_A)
#define AC_BOTH TWINS(A_THEN_C, CRL_A "," CRL_C)
#define CA_BOTH TWINS(C_THEN_A, CRL_C "," CRL_A)
#define AC_EMPTY TWINS(A_THEN_C, CRL_A_EMPTY "," CRL_C)
#define CA_EMPTY TWINS(C_THEN_A, CRL_C "," CRL_A_EMPTY)
#define CA_LIST_OF_C TWINS(C_THEN_A, CRL_C)
#define CA_LIST_OF_A TWINS(C_THEN_A, CRL_A)

static const struct twin {
    const char *policy;
    const char *certificate;
    const char *reason;
} twins[] = {
    {ONLY_A,       "by-impostor", "untrusted-issuer"},
    {ONLY_C,       "ok-p256",     "untrusted-issuer"},
    {AC_NO_LIST,   "by-impostor", "ok"              },
    {CA_NO_LIST,   "ok-p256",     "ok"              },
    {AC_BOTH,      "revoked",     "revoked"         },
    {CA_BOTH,      "revoked",     "revoked"         },
    {CA_BOTH,      "by-impostor", "ok"              },
    {AC_EMPTY,     "revoked",     "ok"              },
    {CA_EMPTY,     "revoked",     "ok"              },
    {CA_LIST_OF_C, "ok-p256",     "crl-missing"     },
    {CA_LIST_OF_A, "by-impostor", "crl-missing"     },
};
enum { TWIN_ROWS = sizeof twins / sizeof twins[0] };

START_TEST(cas_of_one_name_are_told_apart_by_their_keys)
{
    const struct twin *row = &twins[_i / VERSIONS];

    stage_up(row->policy, _i % VERSIONS == 1);
    client_certificate(&client, row->certificate, row->certificate, NULL);
    stage_shake(A);
    ck_assert_int_eq(w.server_rc, 0);
    door_ask(&d, A);
    ck_assert_msg(text_is(d.verdict.certificate_reason, row->reason), "row %d: '%.*s'",
                  _i / VERSIONS, (int)d.verdict.certificate_reason.len,
                  d.verdict.certificate_reason.data);
    ck_assert_int_eq(postern_verdict_allows(&d.verdict),
                     strcmp(row->reason, "ok") == 0);
    stage_down();
}
END_TEST

/* --- what is not offered ---------------------------------------------------------- */

/* Nothing comes after the handshake: no ticket, and no request for a certificate. */
START_TEST(after_the_handshake_the_server_says_nothing)
{
    unsigned char bytes[64];
    size_t written;

    stage_up(WATCHED, _i == 1);
    stage_shake(A);
    ck_assert_int_eq(w.server_rc, 0);
    written = w.down.written;
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_int_eq(mbedtls_ssl_read(&w.client, bytes, sizeof bytes),
                         MBEDTLS_ERR_SSL_WANT_READ);
        ck_assert_int_eq(mbedtls_ssl_read(&w.server, bytes, sizeof bytes),
                         MBEDTLS_ERR_SSL_WANT_READ);
    }
    ck_assert_uint_eq(w.down.written, written);
    ck_assert_uint_eq(w.down.read, written);
    stage_nothing_is_presented("a client without a certificate");
    stage_down();
}
END_TEST

#if HAVE_TLS13
/* A hello that offers authentication after the handshake (49) and early data (42), and
 * data right behind it. */
START_TEST(early_data_and_later_authentication_are_not_taken)
{
    static const char offers[] = "\0\x31\0\0\0\x2a\0"; /* and the final NUL */
    static const char early[] = "\x17\x03\x03\0\x18GET /secret HTTP/1.1\r\n\r\n";
    const hello_name name = {0, A, sizeof A - 1};
    hello_bytes extensions = {.len = 0};
    hello_bytes hello = {.len = 0};

    stage_up(WATCHED, true);
    stage_open(A);
    hello_add_names(&extensions, &name, 1);
    memcpy(extensions.data + extensions.len, offers, sizeof offers);
    extensions.len += sizeof offers;
    hello_make(&hello, &extensions, true);
    memcpy(w.up.bytes, hello.data, hello.len);
    w.up.written = hello.len;
    w.server_rc = postern_mbedtls_handshake(d.connection, &w.server);
    ck_assert_int_eq(w.server_rc, MBEDTLS_ERR_SSL_WANT_READ);
    ck_assert(!rogue_resumed_on_the_wire(&w.down));
    stage_nothing_is_presented("an offer of early data");
    memcpy(w.up.bytes + w.up.written, early, sizeof early - 1);
    w.up.written += sizeof early - 1;
    w.server_rc = postern_mbedtls_handshake(d.connection, &w.server);
    ck_assert_int_ne(w.server_rc, 0);
    stage_nothing_is_presented("early data");
    stage_down();
}
END_TEST
#endif

/* --- versions --------------------------------------------------------------------- */

#if HAVE_TLS13
static void set_newest_only(void)
{
    mbedtls_ssl_conf_min_tls_version(&server.conf, MBEDTLS_SSL_VERSION_TLS1_3);
}
static void set_client_older(void)
{
}
#else
static void set_newest_only(void)
{
}
static void set_client_older(void)
{
    mbedtls_ssl_conf_min_version(&client.conf, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 MBEDTLS_SSL_MINOR_VERSION_1);
    mbedtls_ssl_conf_max_version(&client.conf, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 MBEDTLS_SSL_MINOR_VERSION_2);
}
#endif

/* A client of the version before the only one that the server speaks: 1.2 where the
 * host wants 1.3 alone, 1.1 where there is no 1.3. */
START_TEST(an_older_version_than_the_server_allows_ends_the_handshake)
{
    stage_up(WATCHED, false);
    if (_i == 0) {
        set_newest_only(); /* before postern configures, or after */
    }
    ck_assert_int_eq(postern_mbedtls_configure(&server.conf, NULL), POSTERN_OK);
    if (_i == 1) {
        set_newest_only();
    }
    set_client_older();
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    stage_shake(A);
    ck_assert_int_ne(w.server_rc, 0);
    ck_assert_int_ne(w.server_rc, MBEDTLS_ERR_SSL_WANT_READ);
    ck_assert_uint_eq(w.down.written, 7);
    ck_assert_uint_eq(w.down.bytes[0], 21); /* alert */
    ck_assert_uint_eq(w.down.bytes[6], 70); /* protocol_version */
    stage_nothing_is_presented("an older version");
    stage_down();
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("immunity-attacks");
    TCase *tc = tcase_create("immunity-attacks");

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, a_stalled_client_presents_nothing_at_any_byte, 0, VERSIONS);
    tcase_add_loop_test(tc, a_client_that_leaves_at_any_byte_leaves_nothing, 0,
                        VERSIONS);
    tcase_add_loop_test(tc, a_client_whose_bytes_are_changed_presents_nothing, 0,
                        VERSIONS);
    tcase_add_loop_test(tc, a_leaf_with_another_cas_key_id_is_not_verified, 0,
                        VERSIONS);
    tcase_add_loop_test(tc, a_leaf_with_its_own_cas_key_id_is_verified, 0, VERSIONS);
    tcase_add_loop_test(tc, cas_of_one_name_are_told_apart_by_their_keys, 0,
                        TWIN_ROWS * VERSIONS);
    tcase_add_loop_test(tc, after_the_handshake_the_server_says_nothing, 0, VERSIONS);
#if HAVE_TLS13
    tcase_add_test(tc, early_data_and_later_authentication_are_not_taken);
#endif
    tcase_add_loop_test(tc, an_older_version_than_the_server_allows_ends_the_handshake,
                        0, 2);
    suite_add_tcase(suite, tc);
    return suite;
}
