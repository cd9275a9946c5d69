/*
 * test_server.c - what a server on OpenSSL must not do, and does not, with the adapter of
 * examples/openssl.c: names, certificates that are required, misuse.
 */
#include "pair.h"
#include "sheet.h"

#include "../gate/door.h" /* defines A and B, which OpenSSL's headers use */
#include "../tls/wire.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <string.h>

static door d;
static pair p;

static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
enum { VERSIONS = sizeof versions / sizeof versions[0] };

static int alert; /* the last one that the client got */

static void hear_alert(const SSL *ssl, int where, int value)
{
    (void)ssl;
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) {
        alert = value & 0xff;
    }
}

static void set_up(const char *policy, int version)
{
    door_open(&d, policy);
    pair_open(&p, version);
    SSL_CTX_set_info_callback(p.client, hear_alert);
}

static void tear_down(void)
{
    pair_close(&p);
    door_close(&d);
}

static void shake(const char *sni)
{
    alert = 0;
    door_connect(&d);
    pair_shake(&p, d.connection, sni);
}

static void show(const char *name)
{
    ck_assert_msg(pair_certificate(&p, name, NULL), "%s", name);
}

/* --- what is handed over ------------------------------------------------------------ */

static const char *const seen[] = {
    "ssl",
    "cf.tls_client_auth.cert_presented",
    "cf.tls_client_auth.cert_verified",
    "postern.client_cert.reason eq `ok`",
    "postern.tls.sni eq `" A "`",
    "postern.tls.alpn eq `http/1.1`",
    "not postern.tls.resumed",
    "len(cf.tls_cipher) gt 10",
    "cf.tls_client_hello_length gt 100",
    "len(cf.tls_client_random) eq 44",
    "len(cf.tls_ciphers_sha1) eq 28",
    "len(cf.tls_client_extensions_sha1) eq 28",
};

START_TEST(rules_see_what_the_handshake_showed)
{
    set_up(USUAL, versions[_i]);
    show("ok-p256");
    shake(A);
    ck_assert_int_eq(p.server_rc, 1);
    door_ask(&d, A);
    door_expect(&d, A, let_in);
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        ck_assert_msg(door_sees(&d, A, seen[i]), "%s", seen[i]);
    }
    ck_assert(door_sees(&d, A,
                        versions[_i] == TLS1_2_VERSION
                            ? "cf.tls_version eq `TLSv1.2`"
                            : "cf.tls_version eq `TLSv1.3`"));
    tear_down();
}
END_TEST

START_TEST(nobody_is_asked_for_a_certificate_at_a_plain_host)
{
    set_up(USUAL, versions[_i]);
    SSL_CTX_set_verify(p.server, SSL_VERIFY_PEER, NULL); /* the host did */
    show("ok-p256");
    shake(PLAIN);
    ck_assert_int_eq(p.server_rc, 1);
    ck_assert_ptr_null(SSL_get0_peer_certificate(p.server_end));
    door_ask(&d, PLAIN);
    ck_assert_int_eq(d.verdict.outcome, POSTERN_ALLOWED);
    ck_assert(!door_sees(&d, PLAIN, "cf.tls_client_auth.cert_presented"));
    ck_assert(!door_sees(&d, PLAIN, "cf.tls_client_auth.cert_subject_dn ne ``"));
    door_ask(&d, A);
    door_expect(&d, A, misdirected);
    tear_down();
}
END_TEST

START_TEST(without_a_name_nobody_is_asked)
{
    set_up(USUAL, versions[_i]);
    SSL_CTX_set_verify(p.server, SSL_VERIFY_PEER, NULL); /* the host did */
    show("ok-p256");
    shake(NULL);
    ck_assert_int_eq(p.server_rc, 1);
    ck_assert_ptr_null(SSL_get0_peer_certificate(p.server_end));
    door_ask(&d, A);
    door_expect(&d, A, misdirected);
    tear_down();
}
END_TEST

START_TEST(a_certificate_of_one_host_is_none_at_another)
{
    static const char *const others[] = {B, PLAIN, UNKNOWN};

    set_up(USUAL, versions[_i]);
    show("ok-p256");
    shake(A);
    for (size_t i = 0; i < 3; i++) {
        door_ask(&d, others[i]);
        door_expect(&d, others[i], misdirected);
    }
    door_ask(&d, A);
    door_expect(&d, A, let_in);
    tear_down();
}
END_TEST

START_TEST(who_shows_none_is_known_as_nobody)
{
    set_up(USUAL, versions[_i]);
    shake(A);
    ck_assert_int_eq(p.server_rc, 1);
    door_ask(&d, A);
    door_expect(&d, A, kept_out("none"));
    tear_down();
}
END_TEST

/* A key with the public half of the certificate and the private half of another: OpenSSL
 * compares the former alone. */
static EVP_PKEY *make_thief(const char *victim, const char *own)
{
    EVP_PKEY *theirs = pair_read_key(victim);
    EVP_PKEY *mine = pair_read_key(own);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM_BLD *list = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params;
    unsigned char point[256];
    BIGNUM *secret = NULL;
    EVP_PKEY *made = NULL;
    size_t len;

    ck_assert_int_eq(EVP_PKEY_get_octet_string_param(theirs, OSSL_PKEY_PARAM_PUB_KEY,
                                                     point, sizeof point, &len),
                     1);
    ck_assert_int_eq(EVP_PKEY_get_bn_param(mine, OSSL_PKEY_PARAM_PRIV_KEY, &secret), 1);
    ck_assert(OSSL_PARAM_BLD_push_utf8_string(list, OSSL_PKEY_PARAM_GROUP_NAME,
                                              "prime256v1", 0) == 1 &&
              OSSL_PARAM_BLD_push_octet_string(list, OSSL_PKEY_PARAM_PUB_KEY, point,
                                               len) == 1 &&
              OSSL_PARAM_BLD_push_BN(list, OSSL_PKEY_PARAM_PRIV_KEY, secret) == 1);
    params = OSSL_PARAM_BLD_to_param(list);
    ck_assert_int_eq(EVP_PKEY_fromdata_init(ctx), 1);
    ck_assert_int_eq(EVP_PKEY_fromdata(ctx, &made, EVP_PKEY_KEYPAIR, params), 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(list);
    EVP_PKEY_CTX_free(ctx);
    BN_clear_free(secret);
    EVP_PKEY_free(theirs);
    EVP_PKEY_free(mine);
    return made;
}

START_TEST(a_stolen_certificate_lets_nobody_in)
{
    X509 *leaf = pair_read_der("corpus/certs/ok-p256.der");
    EVP_PKEY *key = make_thief("corpus/keys/ok-p256.key", "corpus/keys/revoked.key");

    set_up(USUAL, versions[_i]);
    ck_assert(pair_show(&p, leaf, key, NULL));
    shake(A);
    ck_assert_int_ne(p.server_rc, 1);
    door_ask(&d, A); /* by a host that does not look at results */
    door_expect(&d, "stolen", misdirected);
    EVP_PKEY_free(key);
    X509_free(leaf);
    tear_down();
}
END_TEST

static int read_byte(SSL *ssl)
{
    char byte;

    return SSL_read(ssl, &byte, 1);
}

START_TEST(nobody_becomes_another_by_renegotiation)
{
    set_up(USUAL, TLS1_2_VERSION);
    show("ok-by-b");
    shake(A);
    door_ask(&d, A);
    door_expect(&d, "before", kept_out("untrusted-issuer"));
    show("ok-p256");
    SSL_use_certificate(p.client_end, SSL_CTX_get0_certificate(p.client));
    SSL_use_PrivateKey(p.client_end, SSL_CTX_get0_privatekey(p.client));
    ck_assert_int_eq(SSL_renegotiate(p.client_end), 1);
    p.accept = read_byte;
    pair_drive(&p);
    ck_assert_int_ne(p.client_rc, 1);
    door_ask(&d, A);
    door_expect(&d, "after", kept_out("untrusted-issuer"));
    tear_down();
}
END_TEST

/* --- names -------------------------------------------------------------------------- */

static const char *const bad_names[] = {"a.example:443", "a..example",
                                        "a_b.exa mple",  ".",
                                        "a.example..",   "\xc3\xa9.example"};
enum { BAD_NAMES = sizeof bad_names / sizeof bad_names[0] };

static void expect_refused(const char *what)
{
    ck_assert_msg(p.server_rc != 1 && p.client_rc != 1, "%s", what);
    ck_assert_msg(alert == SSL_AD_UNRECOGNIZED_NAME, "%s: alert %d", what, alert);
    door_ask(&d, A);
    door_expect(&d, what, misdirected);
}

START_TEST(a_name_no_host_can_have_ends_the_handshake)
{
    set_up(USUAL, versions[_i / BAD_NAMES]);
    show("ok-p256");
    shake(bad_names[_i % BAD_NAMES]);
    expect_refused(bad_names[_i % BAD_NAMES]);
    tear_down();
}
END_TEST

START_TEST(a_name_is_the_same_however_it_is_spelt)
{
    static const char *const spellings[] = {"A.Example", "a.example.", "A.EXAMPLE."};

    set_up(USUAL, versions[_i]);
    show("ok-p256");
    for (size_t i = 0; i < 3; i++) {
        shake(spellings[i]);
        ck_assert_int_eq(p.server_rc, 1);
        door_ask(&d, A);
        door_expect(&d, spellings[i], let_in);
    }
    tear_down();
}
END_TEST

static unsigned char *find(unsigned char *bytes, size_t len, const char *text)
{
    const size_t n = strlen(text);

    for (size_t i = 0; i + n <= len; i++) {
        if (memcmp(bytes + i, text, n) == 0) {
            return bytes + i;
        }
    }
    return NULL;
}

static unsigned hellos;

/* Only the first ClientHello keeps its name. */
static void change_second_name(unsigned char *bytes, size_t len)
{
    unsigned char *name = find(bytes, len, A);

    if (name != NULL && hellos++ > 0) {
        *name = 'b';
    }
}

static void count_names(unsigned char *bytes, size_t len)
{
    hellos += find(bytes, len, A) != NULL;
}

START_TEST(a_second_hello_names_the_same_host_or_none)
{
    char servers[] = "P-384"; /* OpenSSL's macros want them writable */
    char clients[] = "P-256:P-384";

    set_up(USUAL, TLS1_3_VERSION);
    show("ok-p256");
    ck_assert_int_eq(SSL_CTX_set1_groups_list(p.server, servers), 1);
    ck_assert_int_eq(SSL_CTX_set1_groups_list(p.client, clients), 1);
    hellos = 0;
    p.meddle = count_names;
    shake(A);
    ck_assert_uint_eq(hellos, 2); /* there was a HelloRetryRequest */
    ck_assert_int_eq(p.server_rc, 1);
    door_ask(&d, A);
    door_expect(&d, A, let_in);
    hellos = 0;
    p.meddle = change_second_name;
    shake(A);
    expect_refused("another name");
    tear_down();
}
END_TEST

/* Lengths inside the extension that do not agree, another type, two names. The name
 * stands in the middle: list length, type, name length, name. */
enum { DAMAGES = 7 };
static int damage;

static void damage_name(unsigned char *bytes, size_t len)
{
    unsigned char *name = find(bytes, len, "aaaa.example");

    if (name == NULL) {
        return;
    }
    switch (damage) {
    case 0:
        name[-3] = 1;
        break;
    case 1:
        name[-1] = 3; /* two names, the second broken */
        break;
    case 2:
        name[-5] = 1;
        break;
    case 3:
        name[1] = '\0';
        break;
    case 4: /* an empty list, and another extension behind it */
        memcpy(name - 7, "\0\2\0\0\x12\x34\0\x0b", 8);
        break;
    case 5: /* not even a list */
        memcpy(name - 7, "\0\0\x12\x34\0\x0d", 6);
        break;
    default: /* two names that fit each other: "aa" and "xample" */
        name[-1] = 2;
        memcpy(name + 2, "\0\0\x07xample", 10);
    }
}

START_TEST(a_damaged_name_is_nobodys)
{
    set_up(USUAL, versions[_i / DAMAGES]);
    show("ok-p256");
    damage = _i % DAMAGES;
    p.meddle = damage_name;
    shake("aaaa.example");
    expect_refused("damaged");
    tear_down();
}
END_TEST

/* --- certificates that are required ---------------------------------------------------- */

#define STRICT(more)                                                            \
    POLICY(MTLS(A, "ca-a", CRL("crl-a") ",'require':true" more), "'" PLAIN "'", \
           LOG("seen", "true"), "")

static const struct row {
    const char *certificate; /* NULL: none */
    const char *reason;      /* NULL: it passes */
    int alert;
} rows[] = {
    {NULL,          "none",             0                             },
    {"ok-p256",     NULL,               0                             },
    {"ok-rsa2048",  NULL,               0                             },
    {"ok-by-b",     "untrusted-issuer", SSL_AD_UNKNOWN_CA             },
    {"expired",     "expired",          SSL_AD_CERTIFICATE_EXPIRED    },
    {"notyet",      "not-yet-valid",    SSL_AD_BAD_CERTIFICATE        },
    {"revoked",     "revoked",          SSL_AD_CERTIFICATE_REVOKED    },
    {"eku-server",  "wrong-usage",      SSL_AD_UNSUPPORTED_CERTIFICATE},
    {"sig-sha1",    "weak-signature",   SSL_AD_BAD_CERTIFICATE        },
    {"key-ed25519", "weak-key",         0                             },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* A client of TLS 1.3 is done before it is refused, and hears of that when it reads. */
static void shake_and_listen(void)
{
    char byte;

    shake(A);
    (void)SSL_read(p.client_end, &byte, 1);
}

START_TEST(a_required_certificate_is_good_or_the_handshake_fails)
{
    const struct row *row = &rows[_i % ROWS];
    const char *name = row->certificate == NULL ? "no certificate" : row->certificate;

    set_up(STRICT(""), versions[_i / ROWS]);
    if (row->certificate != NULL) {
        show(row->certificate);
    }
    shake_and_listen();
    if (row->reason == NULL) {
        ck_assert_msg(p.server_rc == 1 && alert == 0, "%s", name);
        door_ask(&d, A);
        door_expect(&d, name, (answer){POSTERN_ALLOWED, 0, false, NULL, "ok"});
    } else {
        ck_assert_msg(p.server_rc != 1, "%s", name);
        ck_assert_msg(text_is(postern_connection_refusal(d.connection), row->reason),
                      "%s", name);
        ck_assert_msg(alert != 0 && (row->alert == 0 || alert == row->alert),
                      "%s: alert %d", name, alert);
        door_ask(&d, A); /* by a host that does not look at results */
        door_expect(&d, name, misdirected);
    }
    tear_down();
}
END_TEST

START_TEST(revoked_may_pass_where_rules_decide)
{
    set_up(STRICT(",'revoked':'rules'"), versions[_i]);
    show("revoked");
    shake(A);
    ck_assert_int_eq(p.server_rc, 1);
    door_ask(&d, A);
    door_expect(&d, "revoked", (answer){POSTERN_ALLOWED, 0, false, NULL, "revoked"});
    tear_down();
}
END_TEST

static int let_pass(X509_STORE_CTX *shown, void *unused)
{
    (void)shown;
    (void)unused;
    return 1;
}

/* A server that asks, but neither requires nor refuses: the gate does. */
START_TEST(a_server_that_forgets_to_require_lets_nobody_in)
{
    static const char *const bad[] = {"ok-by-b", "expired", "revoked", "eku-server"};
    static const char *const reasons[] = {"untrusted-issuer", "expired", "revoked",
                                          "wrong-usage"};

    set_up(STRICT(""), versions[_i]);
    SSL_CTX_set_cert_verify_callback(p.server, let_pass, NULL);
    for (size_t i = 0; i < 4; i++) {
        show(bad[i]);
        shake(A);
        ck_assert_int_eq(p.server_rc, 1);
        door_ask(&d, A);
        ck_assert_msg(d.verdict.outcome == POSTERN_UNVERIFIED ||
                          d.verdict.outcome == POSTERN_REVOKED,
                      "%s", bad[i]);
        ck_assert_uint_eq(d.verdict.status, 403);
        ck_assert(text_is(d.verdict.certificate_reason, reasons[i]));
    }
    show("ok-p256");
    shake(A);
    door_ask(&d, A);
    door_expect(&d, "good", (answer){POSTERN_ALLOWED, 0, false, NULL, "ok"});
    tear_down();
}
END_TEST

/* --- misuse --------------------------------------------------------------------------- */

START_TEST(a_handshake_behind_our_back_lets_nobody_in)
{
    set_up(USUAL, versions[_i]);
    show("ok-p256");
    p.accept = SSL_accept;
    shake(A);
    ck_assert_int_eq(p.server_rc, 1);
    door_ask(&d, A);
    door_expect(&d, "behind our back", misdirected);
    tear_down();
}
END_TEST

START_TEST(more_certificates_than_the_limit_end_the_handshake)
{
    set_up(USUAL, versions[_i]);
    ck_assert(pair_certificate(&p, "ok-p256", "junk-18"));
    shake(A);
    ck_assert_int_ne(p.server_rc, 1);
    door_ask(&d, A);
    ck_assert_int_ne(d.verdict.outcome, POSTERN_ALLOWED);
    ck_assert(pair_certificate(&p, "ok-p256", "junk-2"));
    shake(A);
    ck_assert_int_eq(p.server_rc, 1);
    door_ask(&d, A);
    door_expect(&d, "junk", let_in);
    tear_down();
}
END_TEST

START_TEST(asked_to_accept_twice_the_connection_is_told_once)
{
    set_up(USUAL, versions[_i]);
    show("ok-p256");
    shake(A);
    ck_assert_int_eq(tls_accept(p.server_end), 1);
    door_ask(&d, A);
    door_expect(&d, A, let_in);
    tear_down();
}
END_TEST

/* Who drives the second client's handshake after SSL_clear(). */
static int by_reading(SSL *ssl)
{
    const int rc = read_byte(ssl);

    return rc <= 0 && SSL_is_init_finished(ssl) ? 1 : rc;
}

static int (*const drivers[])(SSL *) = {tls_accept, SSL_accept, by_reading};
enum { DRIVERS = sizeof drivers / sizeof drivers[0] };

/* The first client is good; the second one has nothing to show and names `sni`. */
static void clear_for_a_stranger(int version, const char *sni)
{
    ck_assert_int_eq(SSL_clear(p.server_end), 1);
    pair_next_client(&p, version, sni);
}

START_TEST(a_cleared_ssl_is_nobodys)
{
    const char *const names[] = {A, NULL, PLAIN};
    const int row = _i / VERSIONS;

    set_up(USUAL, versions[_i % VERSIONS]);
    show("ok-p256");
    shake(A);
    door_ask(&d, A);
    door_expect(&d, "the first client", let_in);
    clear_for_a_stranger(versions[_i % VERSIONS], names[row % 3]);
    p.accept = drivers[row / 3];
    pair_drive(&p);
    ck_assert_int_ne(p.server_rc, 1);
    ck_assert_int_ne(p.client_rc, 1);
    for (unsigned i = 0; i < 2; i++) {
        door_ask(&d, A);
        ck_assert_int_ne(d.verdict.outcome, POSTERN_ALLOWED);
        ck_assert(!door_sees(&d, A, "cf.tls_client_auth.cert_presented"));
        ck_assert_int_ne(tls_accept(p.server_end), 1);
    }
    tear_down();
}
END_TEST

START_TEST(without_memory_there_is_no_connection)
{
    SSL *ssl;

    set_up(USUAL, TLS1_2_VERSION);
    door_connect(&d);
    ssl = SSL_new(p.server);
    d.heap.fail_at = d.heap.requests;
    ck_assert(!tls_attach(ssl, d.connection));
    d.heap.fail_at = SIZE_MAX;
    SSL_free(ssl);
    tear_down();
}
END_TEST

/* Whatever request for memory fails: nobody comes in who does not otherwise. */
START_TEST(without_memory_nobody_gets_through)
{
    bool done = false;

    for (size_t extra = 0; !done; extra++) {
        ck_assert_uint_lt(extra, 1000);
        set_up(USUAL, versions[_i]);
        show("ok-p256");
        door_connect(&d);
        pair_prepare(&p, d.connection, A);
        d.heap.fail_at = d.heap.requests + extra;
        pair_drive(&p);
        done = d.heap.requests <= d.heap.fail_at;
        d.heap.fail_at = SIZE_MAX;
        door_ask(&d, A);
        if (done) {
            ck_assert_int_eq(p.server_rc, 1);
            door_expect(&d, A, let_in);
        } else if (p.server_rc != 1) {
            ck_assert_int_ne(d.verdict.outcome, POSTERN_ALLOWED);
        }
        tear_down();
    }
}
END_TEST

static void add_cases(TCase *tc)
{
    tcase_add_loop_test(tc, a_required_certificate_is_good_or_the_handshake_fails, 0,
                        VERSIONS * ROWS);
    tcase_add_loop_test(tc, revoked_may_pass_where_rules_decide, 0, VERSIONS);
    tcase_add_loop_test(tc, a_server_that_forgets_to_require_lets_nobody_in, 0,
                        VERSIONS);
    tcase_add_loop_test(tc, a_handshake_behind_our_back_lets_nobody_in, 0, VERSIONS);
    tcase_add_loop_test(tc, more_certificates_than_the_limit_end_the_handshake, 0,
                        VERSIONS);
    tcase_add_loop_test(tc, asked_to_accept_twice_the_connection_is_told_once, 0,
                        VERSIONS);
    tcase_add_loop_test(tc, a_cleared_ssl_is_nobodys, 0, VERSIONS * 3 * DRIVERS);
    tcase_add_test(tc, without_memory_there_is_no_connection);
    tcase_add_loop_test(tc, without_memory_nobody_gets_through, 0, VERSIONS);
}

Suite *test_suite(void)
{
    Suite *suite = suite_create("openssl-server");
    TCase *tc = tcase_create("openssl-server");

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, rules_see_what_the_handshake_showed, 0, VERSIONS);
    tcase_add_loop_test(tc, nobody_is_asked_for_a_certificate_at_a_plain_host, 0,
                        VERSIONS);
    tcase_add_loop_test(tc, without_a_name_nobody_is_asked, 0, VERSIONS);
    tcase_add_loop_test(tc, a_certificate_of_one_host_is_none_at_another, 0, VERSIONS);
    tcase_add_loop_test(tc, a_stolen_certificate_lets_nobody_in, 0, VERSIONS);
    tcase_add_test(tc, nobody_becomes_another_by_renegotiation);
    tcase_add_loop_test(tc, who_shows_none_is_known_as_nobody, 0, VERSIONS);
    tcase_add_loop_test(tc, a_name_no_host_can_have_ends_the_handshake, 0,
                        VERSIONS * BAD_NAMES);
    tcase_add_loop_test(tc, a_name_is_the_same_however_it_is_spelt, 0, VERSIONS);
    tcase_add_test(tc, a_second_hello_names_the_same_host_or_none);
    tcase_add_loop_test(tc, a_damaged_name_is_nobodys, 0, VERSIONS * DAMAGES);
    add_cases(tc);
    suite_add_tcase(suite, tc);
    return suite;
}
