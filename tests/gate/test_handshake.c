/*
 * test_handshake.c - real handshakes between an mbedTLS client and a server behind
 * the gate, and what the gate then says to a request.
 */
#define _POSIX_C_SOURCE 200809L /* dirent.h */

#include "../tls/wire.h"
#include "door.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERSIONS = 1 + HAVE_TLS13 };

static side server;
static side client;
static wire w;
static door d;

static void set_up(const char *policy, bool tls13)
{
    door_open(&d, policy);
    server_start(&server, NULL);
    client_start(&client, tls13);
}

static void tear_down(void)
{
    wire_close(&w);
    door_close(&d);
    side_stop(&client);
    side_stop(&server);
}

static void shake(const char *sni)
{
    door_connect(&d);
    wire_open_attached(&w, &client, &server, sni, d.connection);
    wire_handshake(&w, d.connection);
}

/* --- the matrix ------------------------------------------------------------------ */

#define TWO_CRLS ",'crl':['corpus/crl/crl-a.pem','corpus/crl/crl-a-int.pem']"
#define ONE(more) POLICY(MTLS(A, "ca-a", more), "", GUARDS, "")
#define WITH_INT ONE(TWO_CRLS)
#define NO_CRL ONE("")
#define RULES ONE(CRL("crl-a") ",'revoked':'rules'")
#define RULES_BLOCK                                                \
    POLICY(MTLS(A, "ca-a", CRL("crl-a") ",'revoked':'rules'"), "", \
           BLOCK("gone", "cf.tls_client_auth.cert_revoked") "," GUARDS, "")
#define STRICT ONE(CRL("crl-a") ",'strict':true")

static const struct row {
    const char *policy;
    const char *certificate; /* NULL: none */
    const char *chain;
    int64_t now; /* seconds; 0: NOW */
    postern_outcome outcome;
    const char *rule;
    const char *reason;
} rows[] = {
    {USUAL,       NULL,            NULL,            0,          POSTERN_BLOCKED, "out",  "none"            },
    {USUAL,       "ok-p256",       NULL,            0,          POSTERN_ALLOWED, "in",   "ok"              },
    {USUAL,       "ok-p384",       NULL,            0,          POSTERN_ALLOWED, "in",   "ok"              },
    {USUAL,       "ok-rsa2048",    NULL,            0,          POSTERN_ALLOWED, "in",   "ok"              },
    {USUAL,       "ok-rsa4096",    NULL,            0,          POSTERN_ALLOWED, "in",   "ok"              },
    {USUAL,       "ok-by-b",       NULL,            0,          POSTERN_BLOCKED, "out",  "untrusted-issuer"},
    {USUAL,       "by-impostor",   NULL,            0,          POSTERN_BLOCKED, "out",  "untrusted-issuer"},
    {USUAL,       "self-signed",   NULL,            0,          POSTERN_BLOCKED, "out",  "untrusted-issuer"},
    {USUAL,       "expired",       NULL,            0,          POSTERN_BLOCKED, "out",  "expired"         },
    {USUAL,       "notyet",        NULL,            0,          POSTERN_BLOCKED, "out",  "not-yet-valid"   },
    {USUAL,       "ok-p256",       NULL,            1735689599, POSTERN_BLOCKED, "out",  "not-yet-valid"   },
    {NO_CRL,      "ok-p256",       NULL,            2366841601, POSTERN_BLOCKED, "out",  "expired"         },
    {USUAL,       "eku-server",    NULL,            0,          POSTERN_BLOCKED, "out",  "wrong-usage"     },
    {USUAL,       "eku-any",       NULL,            0,          POSTERN_BLOCKED, "out",  "wrong-usage"     },
    {USUAL,       "ku-nosig",      NULL,            0,          POSTERN_BLOCKED, "out",  "wrong-usage"     },
    {USUAL,       "sig-sha1",      NULL,            0,          POSTERN_BLOCKED, "out",  "weak-signature"  },
    {WITH_INT,    "ok-int",        "ok-int",        0,          POSTERN_ALLOWED, "in",   "ok"              },
    {WITH_INT,    "ok-int",        "with-root",     0,          POSTERN_ALLOWED, "in",   "ok"              },
    {WITH_INT,    "ok-int",        NULL,            0,          POSTERN_BLOCKED, "out",  "untrusted-issuer"},
    {USUAL,       "ok-int",        "ok-int",        0,          POSTERN_BLOCKED, "out",  "crl-missing"     },
    {NO_CRL,      "by-int-server", "by-int-server", 0,          POSTERN_BLOCKED, "out",
     "wrong-usage"                                                                                         },
    {NO_CRL,      "by-noca",       "by-noca",       0,          POSTERN_BLOCKED, "out",  "untrusted-issuer"},
    {USUAL,       "revoked",       NULL,            0,          POSTERN_REVOKED, NULL,   "revoked"         },
    {RULES,       "revoked",       NULL,            0,          POSTERN_ALLOWED, "in",   "revoked"         },
    {RULES_BLOCK, "revoked",       NULL,            0,          POSTERN_BLOCKED, "gone", "revoked"         },
    {RULES_BLOCK, "ok-p256",       NULL,            0,          POSTERN_ALLOWED, "in",   "ok"              },
    {NO_CRL,      "revoked",       NULL,            0,          POSTERN_ALLOWED, "in",   "ok"              },
    {USUAL,       "serial-neg",    NULL,            0,          POSTERN_ALLOWED, "in",   "ok"              },
    {STRICT,      "serial-neg",    NULL,            0,          POSTERN_BLOCKED, "out",  "malformed"       },
    {STRICT,      "ok-p256",       NULL,            0,          POSTERN_ALLOWED, "in",   "ok"              },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

START_TEST(a_certificate_decides)
{
    const struct row *row = &rows[_i % ROWS];
    const char *name = row->certificate == NULL ? "no certificate" : row->certificate;
    const bool allowed = row->outcome == POSTERN_ALLOWED;

    set_up(row->policy, _i >= ROWS);
    d.now = row->now == 0 ? d.now : row->now * 1000;
    if (row->certificate != NULL) {
        client_certificate(&client, row->certificate, row->certificate, row->chain);
    }
    shake(A);
    ck_assert_msg(w.server_rc == 0, "%s: -0x%x", name, (unsigned)-w.server_rc);
    door_ask(&d, A);
    door_expect(
        &d, name,
        (answer){row->outcome, allowed ? 0 : 403, false, row->rule, row->reason});
    ck_assert(text_is(d.verdict.host, A));
    ck_assert(text_is(d.verdict.target, "/"));
    ck_assert_uint_eq(d.verdict.generation, postern_policy_generation(d.policy));
    tear_down();
}
END_TEST

/* The client has the certificate and another key. */
START_TEST(a_stolen_certificate_lets_nobody_in)
{
    set_up(USUAL, _i == 1);
    client_certificate(&client, "ok-p256", "eku-server", NULL);
    shake(A);
    ck_assert_int_ne(w.server_rc, 0);
    door_ask(&d, A); /* by a host that does not look at results */
    door_expect(&d, "stolen", misdirected);
    tear_down();
}
END_TEST

/* The host drives the handshake in another way than it should. */
START_TEST(a_handshake_behind_our_back_lets_nobody_in)
{
    set_up(USUAL, _i == 1);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    door_connect(&d);
    wire_open_attached(&w, &client, &server, A, d.connection);
    wire_handshake(&w, NULL);
    ck_assert_int_eq(w.server_rc, 0);
    door_ask(&d, A);
    door_expect(&d, "behind our back", misdirected);
    tear_down();
}
END_TEST

/* The host that was asked for decides about certificates, not the one that is named
 * in the request. */
START_TEST(a_certificate_of_one_host_is_none_at_another)
{
    static const char *const others[] = {B, PLAIN, UNKNOWN};

    set_up(USUAL, _i == 1);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
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

/* --- fields ---------------------------------------------------------------------- */

static const char *const seen[] = {
    "ssl",
    "cf.tls_client_auth.cert_presented",
    "cf.tls_client_auth.cert_verified",
    "not cf.tls_client_auth.cert_revoked",
    "cf.tls_client_auth.cert_subject_dn eq "
    "`CN=James Royal,OU=Access Admins,O=Access,L=Austin,ST=Texas,C=US`",
    "cf.tls_client_auth.cert_issuer_dn_legacy eq "
    "`/C=US/ST=Texas/L=Austin/O=Access Testing/OU=TX/CN=Access Testing CA`",
    "cf.tls_client_auth.cert_serial eq `36021E4D897A55F0053B28B689AEE780939C04EA`",
    "cf.tls_client_auth.cert_issuer_serial eq "
    "`43CBCA98367CE88DDAFDF0CF8095ED1D9EEA8E8F`",
    "cf.tls_client_auth.cert_fingerprint_sha256 eq "
    "`0b4b597618398c02c0b068de5fc69903ed69649066ef8f999387de7ef92da5e1`",
    "cf.tls_client_auth.cert_issuer_ski eq `ED624CACA37336BE0B36117A2C35C24608F089DE`",
    "cf.tls_client_auth.cert_not_before eq `Jan  1 00:00:00 2025 GMT`",
    "cf.tls_client_auth.cert_not_after eq `Jan  1 00:00:00 2045 GMT`",
    "len(cf.tls_client_auth.cert_rfc9440) gt 100",
    "not cf.tls_client_auth.cert_rfc9440_too_large",
    "postern.client_cert.not_after_sec eq 2366841600",
    "postern.client_cert.subject_cn[0] eq `James Royal`",
    "postern.client_cert.reason eq `ok`",
    "postern.tls.sni eq `" A "`",
    "not postern.tls.resumed",
    "postern.listener eq `public`",
    "postern.ip.peer eq 192.0.2.7",
    "ip.src eq 192.0.2.7",
    "cf.tls_version in {`TLSv1.2` `TLSv1.3`}",
    "len(cf.tls_cipher) gt 10",
    "cf.tls_client_hello_length gt 100",
    "len(cf.tls_client_random) eq 44",
    "len(cf.tls_ciphers_sha1) eq 28",
    "len(cf.tls_client_extensions_sha1) eq 28",
    "len(cf.tls_client_extensions_sha1_le) eq 28",
    "cf.tls_client_extensions_sha1 ne cf.tls_client_extensions_sha1_le",
};

START_TEST(rules_see_what_the_handshake_showed)
{
    set_up(USUAL, _i == 1);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    shake(A);
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        ck_assert_msg(door_sees(&d, A, seen[i]), "%s", seen[i]);
    }
    tear_down();
}
END_TEST

/* Nothing of a certificate shows where none was asked for, though the client has one. */
START_TEST(rules_see_no_certificate_at_a_plain_host)
{
    static const char *const names[] = {
        "subject_dn",       "issuer_dn", "serial",        "fingerprint_sha256",
        "fingerprint_sha1", "ski",       "issuer_ski",    "rfc9440",
        "not_before",       "not_after", "issuer_serial", "chain_rfc9440",
    };
    char expression[128];

    set_up(USUAL, _i == 1);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    shake(PLAIN);
    ck_assert(door_sees(&d, PLAIN, "ssl"));
    ck_assert(!door_sees(&d, PLAIN, "cf.tls_client_auth.cert_presented"));
    ck_assert(!door_sees(&d, PLAIN, "cf.tls_client_auth.cert_verified"));
    ck_assert(!door_sees(&d, PLAIN, "postern.client_cert.not_after_sec gt 0"));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(expression, sizeof expression,
                       "cf.tls_client_auth.cert_%s ne ``", names[i]);
        ck_assert_msg(!door_sees(&d, PLAIN, expression), "%s", names[i]);
    }
    ck_assert(
        door_sees(&d, PLAIN, "postern.client_cert.reason eq `host-not-registered`"));
    tear_down();
}
END_TEST

/* --- the handshake's path and the gate's ------------------------------------------ */

#define MANY_CAS                                                                        \
    "{'hostname':'" A "','ca':['corpus/ca/ca-a.pem','corpus/ca/ca-b.pem',"              \
    "'corpus/ca/ca-c.pem','corpus/ca/ca-p384.pem','corpus/ca/ca-noski.pem',"            \
    "'corpus/ca/ca-exp.pem','corpus/ca/ca-a-int.pem'],'revocation':'if-present','crl':" \
    "['corpus/crl/crl-a.pem','corpus/crl/crl-b.pem','corpus/crl/crl-a-int.pem']}"

static const char *const trusts[] = {NO_CRL, USUAL, POLICY(MANY_CAS, "", GUARDS, "")};

static bool exists(const char *folder, const char *name, const char *suffix)
{
    const char *tests = getenv("POSTERN_TESTS");
    char path[512];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/data/corpus/%s/%s%s",
                   tests == NULL ? "tests" : tests, folder, name, suffix);
    file = fopen(path, "rb");
    if (file != NULL) {
        (void)fclose(file);
    }
    return file != NULL;
}

static bool readable(const char *folder, const char *name)
{
    mbedtls_x509_crt parsed;
    unsigned char *text;
    char path[256];
    size_t len;
    bool good;

    (void)snprintf(path, sizeof path, "%s/%s.pem", folder, name);
    text = corpus_read(path, &len);
    mbedtls_x509_crt_init(&parsed);
    good = mbedtls_x509_crt_parse(&parsed, text, len + 1) == 0;
    mbedtls_x509_crt_free(&parsed);
    free(text);
    return good;
}

/* Whether this mbedTLS can be a client with that certificate at all. */
static bool usable(const char *name)
{
    return exists("keys", name, ".key") && readable("certs", name) &&
           (!exists("chains", name, ".pem") || readable("chains", name)) &&
           strstr(name, "ed25519") == NULL && strstr(name, "ed448") == NULL;
}

/* @return false when there was no handshake */
static bool compare_paths(const char *policy, const char *name)
{
    postern_outcome outcome;
    postern_str reason;
    bool shook;

    set_up(policy, HAVE_TLS13);
    client_certificate(&client, name, name,
                       exists("chains", name, ".pem") ? name : NULL);
    shake(A);
    shook = w.server_rc == 0;
    if (shook) {
        door_ask(&d, A);
        outcome = d.verdict.outcome;
        reason = d.verdict.certificate_reason; /* a word, never freed */
        door_replace(&d, policy); /* the path counts for its own policy only */
        door_ask(&d, A);
        ck_assert_msg(d.verdict.outcome == outcome &&
                          postern_str_equal(d.verdict.certificate_reason, reason),
                      "%s: '%.*s' in the handshake, '%.*s' afterwards", name,
                      (int)reason.len, reason.data,
                      (int)d.verdict.certificate_reason.len,
                      d.verdict.certificate_reason.data);
    }
    tear_down();
    return shook;
}

START_TEST(the_path_of_the_handshake_says_what_the_gates_own_says)
{
    const char *tests = getenv("POSTERN_TESTS");
    char path[512];
    char name[128];
    size_t compared = 0;
    const struct dirent *entry;
    DIR *folder;

    (void)snprintf(path, sizeof path, "%s/data/corpus/certs",
                   tests == NULL ? "tests" : tests);
    folder = opendir(path);
    ck_assert_ptr_nonnull(folder);
    while ((entry = readdir(folder)) != NULL) {
        const char *end = strstr(entry->d_name, ".pem");

        if (end == NULL) {
            continue;
        }
        (void)snprintf(name, sizeof name, "%.*s", (int)(end - entry->d_name),
                       entry->d_name);
        compared += usable(name) && compare_paths(trusts[_i], name);
    }
    (void)closedir(folder);
    ck_assert_uint_ge(compared, 60);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-handshake");
    TCase *tc = tcase_create("gate-handshake");

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, a_certificate_decides, 0, ROWS * VERSIONS);
    tcase_add_loop_test(tc, a_stolen_certificate_lets_nobody_in, 0, VERSIONS);
    tcase_add_loop_test(tc, a_handshake_behind_our_back_lets_nobody_in, 0, VERSIONS);
    tcase_add_loop_test(tc, a_certificate_of_one_host_is_none_at_another, 0, VERSIONS);
    tcase_add_loop_test(tc, rules_see_what_the_handshake_showed, 0, VERSIONS);
    tcase_add_loop_test(tc, rules_see_no_certificate_at_a_plain_host, 0, VERSIONS);
    tcase_add_loop_test(tc, the_path_of_the_handshake_says_what_the_gates_own_says, 0,
                        3);
    suite_add_tcase(suite, tc);
    return suite;
}
