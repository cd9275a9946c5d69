/*
 * test_require.c - a host that requires certificates: who cannot even finish the
 * handshake, what a client is told, and what the gate does with whoever got through.
 */
#include "../tls/wire.h"
#include "door.h"

#include <string.h>

enum { VERSIONS = 1 + HAVE_TLS13 };

static side server;
static side client;
static wire w;
static door d;
static int alert; /* the last one that the client got */

#define REQUIRE ",'require':true"
#define SEEN LOG("seen", "true")
#define HOSTS(more) MTLS(A, "ca-a", more) "," MTLS(B, "ca-b", REQUIRE)
#define REQUIRED(more) POLICY(HOSTS(REQUIRE more), "'" PLAIN "'", SEEN, "")
#define STRICT REQUIRED(CRL("crl-a"))
#define NO_CRL REQUIRED("")
#define TO_RULES REQUIRED(CRL("crl-a") ",'revoked':'rules'")
#define TWO_CRLS REQUIRED(",'crl':['corpus/crl/crl-a.pem','corpus/crl/crl-a-int.pem']")
/* Without the word: the same host, whose rules let everybody in. */
#define ASKED POLICY(MTLS(A, "ca-a", CRL("crl-a") ",'monitor':true"), "", SEEN, "")

static const answer passed = {POSTERN_ALLOWED, 0, false, NULL, "ok"};

static answer unverified(const char *reason)
{
    return (answer){POSTERN_UNVERIFIED, 403, true, NULL, reason};
}

static void set_up(const char *policy, bool tls13)
{
    door_open(&d, policy);
    server_start(&server, NULL);
    client_start(&client, tls13);
    client_listen(&client, &alert);
}

static void tear_down(void)
{
    door_close(&d);
    side_stop(&client);
    side_stop(&server);
}

/* A handshake with `certificate`, NULL for none. A client of TLS 1.3 hears of its
 * refusal when it reads. */
static void shake(const char *certificate, const char *key, const char *chain)
{
    unsigned char byte;

    if (certificate != NULL) {
        client_certificate(&client, certificate, key, chain);
    }
    alert = 0;
    door_connect(&d);
    wire_open_attached(&w, &client, &server, A, d.connection);
    wire_handshake(&w, d.connection);
    if (w.client_rc == 0) {
        (void)mbedtls_ssl_read(&w.client, &byte, 1);
    }
}

static bool refused_for(const char *reason)
{
    return text_is(postern_connection_refusal(d.connection), reason);
}

/* --- who gets through ------------------------------------------------------------ */

/* RFC 8446 section 6 */
enum {
    PASSES = 0,
    HANDSHAKE_FAILURE = 40,
    UNSUPPORTED = 43,
    REVOKED = 44,
    EXPIRED = 45,
    UNKNOWN_CA = 48,
    DENIED = 49,
    CERTIFICATE_REQUIRED = 116
};

static const struct row {
    const char *policy;
    const char *certificate; /* NULL: none */
    const char *chain;
    int64_t now; /* seconds; 0: NOW */
    int alert;
    const char *reason;
} rows[] = {
    {STRICT,   NULL,            NULL,            0,          HANDSHAKE_FAILURE, "none"            },
    {STRICT,   "ok-p256",       NULL,            0,          PASSES,            "ok"              },
    {STRICT,   "ok-p384",       NULL,            0,          PASSES,            "ok"              },
    {STRICT,   "ok-p521",       NULL,            0,          PASSES,            "ok"              },
    {STRICT,   "ok-rsa2048",    NULL,            0,          PASSES,            "ok"              },
    {STRICT,   "ok-rsa4096",    NULL,            0,          PASSES,            "ok"              },
    {STRICT,   "eku-none",      NULL,            0,          PASSES,            "ok"              },
    {TWO_CRLS, "ok-int",        "ok-int",        0,          PASSES,            "ok"              },
    {TWO_CRLS, "ok-int",        "with-root",     0,          PASSES,            "ok"              },
    {NO_CRL,   "by-deep3",      "by-deep3",      0,          PASSES,            "ok"              },
    {STRICT,   "ok-by-b",       NULL,            0,          UNKNOWN_CA,        "untrusted-issuer"},
    {STRICT,   "by-impostor",   NULL,            0,          UNKNOWN_CA,        "untrusted-issuer"},
    {STRICT,   "self-signed",   NULL,            0,          UNKNOWN_CA,        "untrusted-issuer"},
    {STRICT,   "ok-int",        NULL,            0,          UNKNOWN_CA,        "untrusted-issuer"},
    {NO_CRL,   "by-noca",       "by-noca",       0,          UNKNOWN_CA,        "untrusted-issuer"},
    {STRICT,   "ok-int",        "ok-int",        0,          DENIED,            "crl-missing"     },
    {STRICT,   "expired",       NULL,            0,          EXPIRED,           "expired"         },
    {STRICT,   "notyet",        NULL,            0,          EXPIRED,           "not-yet-valid"   },
    {STRICT,   "revoked",       NULL,            0,          REVOKED,           "revoked"         },
    {TO_RULES, "revoked",       NULL,            0,          PASSES,            "revoked"         },
    {NO_CRL,   "revoked",       NULL,            0,          PASSES,            "ok"              },
    {STRICT,   "eku-server",    NULL,            0,          UNSUPPORTED,       "wrong-usage"     },
    {STRICT,   "eku-any",       NULL,            0,          UNSUPPORTED,       "wrong-usage"     },
    {STRICT,   "ku-nosig",      NULL,            0,          UNSUPPORTED,       "wrong-usage"     },
    {NO_CRL,   "by-int-server", "by-int-server", 0,          UNSUPPORTED,       "wrong-usage"     },
    {STRICT,   "sig-sha1",      NULL,            0,          UNSUPPORTED,       "weak-signature"  },
 /* Dates are those of the options' clock, at every depth: to the system's own these
  * are all good, or all bad. */
    {STRICT,   "ok-p256",       NULL,            1735689599, EXPIRED,           "not-yet-valid"   },
    {NO_CRL,   "ok-p256",       NULL,            2366841601, EXPIRED,           "expired"         },
    {NO_CRL,   "expired",       NULL,            1700000000, EXPIRED,           "not-yet-valid"   },
    {NO_CRL,   "notyet",        NULL,            2340000000, PASSES,            "ok"              },
    {STRICT,   "ok-p256",       NULL,            2366841601, EXPIRED,           "expired"         },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static void check_refused(const struct row *row, const char *name)
{
    const bool nobody = row->certificate == NULL;
    const int expected = nobody && w.client_rc == 0 ? CERTIFICATE_REQUIRED : row->alert;

    ck_assert_msg(w.server_rc != 0, "%s: the server thinks all is well", name);
    ck_assert_msg(alert == expected, "%s: alert %d, not %d", name, alert, expected);
    ck_assert_msg(refused_for(row->reason), "%s: refused for another reason", name);
    /* A host that goes on all the same finds nobody. */
    door_ask(&d, A);
    door_expect(&d, name, misdirected);
}

START_TEST(a_bad_certificate_ends_the_handshake)
{
    const struct row *row = &rows[_i % ROWS];
    const char *name = row->certificate == NULL ? "no certificate" : row->certificate;

    set_up(row->policy, _i >= ROWS);
    d.now = row->now == 0 ? d.now : row->now * 1000;
    shake(row->certificate, row->certificate, row->chain);
    if (row->alert == PASSES) {
        ck_assert_msg(w.server_rc == 0, "%s: -0x%x", name, (unsigned)-w.server_rc);
        ck_assert_int_eq(w.client_rc, 0);
        ck_assert_int_eq(alert, 0);
        ck_assert_uint_eq(postern_connection_refusal(d.connection).len, 0);
        door_ask(&d, A);
        door_expect(&d, name, (answer){POSTERN_ALLOWED, 0, false, NULL, row->reason});
        ck_assert(text_is(d.verdict.certificate_status, "SUCCESS"));
    } else {
        check_refused(row, name);
    }
    wire_close(&w);
    tear_down();
}
END_TEST

static void leave_only_p256(mbedtls_ssl_config *conf)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
    static const uint16_t groups[] = {MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
                                      MBEDTLS_SSL_IANA_TLS_GROUP_NONE};

    mbedtls_ssl_conf_groups(conf, groups);
#else
    static const mbedtls_ecp_group_id curves[] = {MBEDTLS_ECP_DP_SECP256R1,
                                                  MBEDTLS_ECP_DP_NONE};

    mbedtls_ssl_conf_curves(conf, curves);
#endif
}

/* mbedTLS refuses in TLS 1.2 what the gate has nothing against. */
START_TEST(a_key_on_a_curve_that_was_taken_out_is_weak)
{
    set_up(STRICT, false);
    leave_only_p256(&server.conf);
    shake("ok-p384", "ok-p384", NULL);
    ck_assert_int_ne(w.server_rc, 0);
    ck_assert_int_ne(alert, 0);
    ck_assert(refused_for("weak-key"));
    door_ask(&d, A);
    door_expect(&d, "a curve that was taken out", misdirected);
    wire_close(&w);
    tear_down();
}
END_TEST

START_TEST(a_stolen_certificate_ends_the_handshake_too)
{
    set_up(STRICT, _i == 1);
    shake("ok-p256", "eku-server", NULL);
    ck_assert_int_ne(w.server_rc, 0);
    door_ask(&d, A);
    door_expect(&d, "stolen", misdirected);
    wire_close(&w);
    tear_down();
}
END_TEST

START_TEST(without_a_clock_nobody_finishes_the_handshake)
{
    set_up(STRICT, _i == 1);
    d.now = -1;
    shake("ok-p256", "ok-p256", NULL);
    ck_assert_int_ne(w.server_rc, 0);
    ck_assert_int_eq(alert, DENIED);
    ck_assert(refused_for("not-evaluated"));
    wire_close(&w);
    tear_down();
}
END_TEST

/* --- a reload in the middle ------------------------------------------------------- */

/* Both ends up to where the client's certificate comes next. */
static void shake_halfway(const char *certificate)
{
    client_certificate(&client, certificate, certificate, NULL);
    alert = 0;
    door_connect(&d);
    wire_open_attached(&w, &client, &server, A, d.connection);
    ck_assert_int_eq(mbedtls_ssl_handshake(&w.client), MBEDTLS_ERR_SSL_WANT_READ);
    ck_assert_int_eq(postern_mbedtls_handshake(d.connection, &w.server),
                     MBEDTLS_ERR_SSL_WANT_READ);
}

static const struct swap {
    const char *before;
    const char *after;
    const char *certificate;
    bool passes; /* the handshake */
    postern_outcome outcome;
    const char *reason;
} swaps[] = {
    {STRICT, ASKED,  "revoked", false, POSTERN_MISDIRECTED, NULL              },
    {STRICT, NO_CRL, "revoked", false, POSTERN_MISDIRECTED, NULL              },
    {ASKED,  STRICT, "revoked", true,  POSTERN_REVOKED,     "revoked"         },
    {NO_CRL, STRICT, "revoked", true,  POSTERN_REVOKED,     "revoked"         },
    {ASKED,  STRICT, "ok-by-b", true,  POSTERN_UNVERIFIED,  "untrusted-issuer"},
    {ASKED,  STRICT, "ok-p256", true,  POSTERN_ALLOWED,     "ok"              },
};
enum { SWAPS = sizeof swaps / sizeof swaps[0] };

/* How the outcomes of these tests are answered. */
static unsigned status_of(postern_outcome outcome)
{
    return outcome == POSTERN_ALLOWED ? 0 : outcome == POSTERN_MISDIRECTED ? 421 : 403;
}

START_TEST(the_policy_that_asked_judges_the_handshake)
{
    const struct swap *swap = &swaps[_i % SWAPS];

    set_up(swap->before, _i >= SWAPS);
    shake_halfway(swap->certificate);
    door_replace(&d, swap->after);
    wire_handshake(&w, d.connection);
    ck_assert_int_eq(w.server_rc == 0, swap->passes);
    door_ask(&d, A);
    door_expect(&d, swap->certificate,
                (answer){swap->outcome, status_of(swap->outcome),
                         swap->outcome != POSTERN_ALLOWED, NULL, swap->reason});
    wire_close(&w);
    tear_down();
}
END_TEST

/* --- what the gate does with whoever got through ---------------------------------- */

#define MONITORED POLICY(MTLS(A, "ca-a", CRL("crl-a") ",'monitor':true"), "", SEEN, "")

static const struct gate_row {
    const char *policy;
    const char *certificate;
    postern_outcome outcome;
    bool close;
    const char *reason;
    const char *status;
} gate_rows[] = {
    {STRICT,    "ok-p256", POSTERN_ALLOWED,    false, "ok",               "SUCCESS"},
    {STRICT,    NULL,      POSTERN_UNVERIFIED, true,  "none",             "NONE"   },
    {STRICT,    "ok-by-b", POSTERN_UNVERIFIED, true,  "untrusted-issuer",
     "FAILED:unable to verify the first certificate"                               },
    {STRICT,    "expired", POSTERN_UNVERIFIED, true,  "expired",
     "FAILED:certificate has expired"                                              },
    {STRICT,    "revoked", POSTERN_REVOKED,    true,  "revoked",          "SUCCESS"},
    {TO_RULES,  "revoked", POSTERN_ALLOWED,    false, "revoked",          "SUCCESS"},
    {MONITORED, "revoked", POSTERN_REVOKED,    false, "revoked",          "SUCCESS"},
};
enum { GATE_ROWS = sizeof gate_rows / sizeof gate_rows[0] };

/* The server's TLS library, or its adapter, did not care. */
START_TEST(the_gate_refuses_whom_the_handshake_let_through)
{
    const struct gate_row *row = &gate_rows[_i];
    const bool allowed = row->outcome == POSTERN_ALLOWED;

    door_open(&d, row->policy);
    door_tls(&d, A, row->certificate, NULL);
    for (unsigned i = 0; i < 2; i++) {
        door_ask(&d, A);
        door_expect(&d, row->status,
                    (answer){row->outcome, status_of(row->outcome), row->close, NULL,
                             row->reason});
        ck_assert_uint_eq(d.verdict.match_count, allowed);
        ck_assert(text_is(d.verdict.certificate_status, row->status));
    }
    door_close(&d);
}
END_TEST

/* A request from an earlier life of the connection shows nothing: not fresh. */
START_TEST(whoever_resumes_is_not_verified)
{
    postern_tls_info info = {.size = sizeof info, .fresh = false};
    postern_str chain[1];
    bool ask;

    door_open(&d, STRICT);
    door_connect(&d);
    ck_assert_int_eq(postern_connection_on_sni(d.connection, postern_text(A), &ask),
                     POSTERN_OK);
    info.chain_count = door_chain("ok-p256", NULL, chain, 1);
    info.chain = chain;
    ck_assert_int_eq(postern_connection_set_tls(d.connection, &info), POSTERN_OK);
    door_ask(&d, A);
    door_expect(&d, "resumed", unverified("resumed"));
    ck_assert(text_is(d.verdict.certificate_status, "NONE"));
    door_close(&d);
}
END_TEST

/* What changes later counts from the next request. */
START_TEST(a_certificate_that_ends_is_refused_by_the_gate)
{
    door_open(&d, STRICT);
    door_tls(&d, A, "ok-p256", NULL);
    door_ask(&d, A);
    door_expect(&d, "in time", passed);
    d.now = INT64_C(2366841601) * 1000;
    door_ask(&d, A);
    door_expect(&d, "too late", unverified("expired"));
    d.now = NOW * 1000;
    door_replace(&d, ASKED);
    door_tls(&d, A, NULL, NULL);
    door_ask(&d, A);
    door_expect(&d, "not required", (answer){POSTERN_ALLOWED, 0, false, NULL, "none"});
    door_replace(&d, STRICT);
    door_ask(&d, A);
    door_expect(&d, "required", unverified("none"));
    door_close(&d);
}
END_TEST

/* --- the questions of an adapter --------------------------------------------------- */

static postern_status ask_about(const char *leaf, bool *accepted)
{
    postern_str chain[1];

    (void)door_chain(leaf, NULL, chain, 1);
    return postern_connection_accepts(d.connection, chain, 1, NULL, 0, accepted);
}

static void name_host(const char *sni)
{
    bool ask;

    door_connect(&d);
    ck_assert_int_eq(postern_connection_on_sni(d.connection, postern_text(sni), &ask),
                     POSTERN_OK);
}

START_TEST(an_adapter_may_ask_while_the_handshake_runs)
{
    static const struct {
        const char *leaf;
        bool accepted;
        const char *refusal;
    } asked[] = {
        {"ok-p256",  true,  ""                },
        {"ok-by-b",  false, "untrusted-issuer"},
        {"expired",  false, "expired"         },
        {"revoked",  false, "revoked"         },
        {"ok-p384",  true,  ""                },
        {"ku-nosig", false, "wrong-usage"     },
    };
    const postern_tls_info info = {.size = sizeof info, .fresh = true};
    bool accepted = true;

    door_open(&d, STRICT);
    name_host(A);
    ck_assert(postern_connection_requires_certificate(d.connection));
    ck_assert(refused_for(""));
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        accepted = !asked[i].accepted;
        ck_assert_int_eq(ask_about(asked[i].leaf, &accepted), POSTERN_OK);
        ck_assert_int_eq(accepted, asked[i].accepted);
        ck_assert_msg(refused_for(asked[i].refusal), "%s", asked[i].leaf);
    }
    ck_assert_int_eq(ask_about("ok-p256", &accepted), POSTERN_OK);
    ck_assert_int_eq(
        postern_connection_accepts(d.connection, NULL, 0, NULL, 0, &accepted),
        POSTERN_OK);
    ck_assert(!accepted && refused_for("none"));
    ck_assert_int_eq(
        postern_connection_accepts(d.connection, NULL, 1, NULL, 0, &accepted),
        POSTERN_INVALID);
    ck_assert(!accepted && refused_for("not-evaluated"));
    /* Nothing of it is remembered. */
    ck_assert_int_eq(ask_about("ok-p256", &accepted), POSTERN_OK);
    ck_assert(accepted);
    ck_assert_int_eq(postern_connection_set_tls(d.connection, &info), POSTERN_OK);
    ck_assert(!postern_connection_requires_certificate(d.connection));
    door_ask(&d, A);
    door_expect(&d, "nothing was shown", unverified("none"));
    accepted = true;
    ck_assert_int_eq(ask_about("ok-p256", &accepted), POSTERN_STATE);
    ck_assert(!accepted);
    door_close(&d);
}
END_TEST

START_TEST(nobody_is_accepted_where_nobody_was_asked)
{
    bool accepted = true;
    bool ask;

    door_open(&d, STRICT);
    door_connect(&d);
    ck_assert(!postern_connection_requires_certificate(d.connection));
    ck_assert_int_eq(ask_about("ok-p256", &accepted), POSTERN_STATE);
    ck_assert(!accepted && refused_for("not-evaluated"));
    name_host(PLAIN);
    accepted = true;
    ck_assert(!postern_connection_requires_certificate(d.connection));
    ck_assert_int_eq(ask_about("ok-p256", &accepted), POSTERN_STATE);
    ck_assert(!accepted);
    /* two names in one handshake */
    name_host(A);
    ck_assert_int_eq(postern_connection_on_sni(d.connection, postern_text(B), &ask),
                     POSTERN_INVALID);
    accepted = true;
    ck_assert(!postern_connection_requires_certificate(d.connection));
    ck_assert_int_eq(ask_about("ok-p256", &accepted), POSTERN_STATE);
    ck_assert(!accepted);
    door_close(&d);
}
END_TEST

/* A host that asks and does not require may be asked about, too. */
START_TEST(whether_it_requires_is_another_question)
{
    bool accepted = false;

    door_open(&d, ASKED);
    name_host(A);
    ck_assert(!postern_connection_requires_certificate(d.connection));
    ck_assert_int_eq(ask_about("ok-p256", &accepted), POSTERN_OK);
    ck_assert(accepted);
    ck_assert_int_eq(ask_about("ok-by-b", &accepted), POSTERN_OK);
    ck_assert(!accepted);
    door_close(&d);
}
END_TEST

START_TEST(a_path_counts_for_the_leaf_that_was_shown)
{
    postern_path_step path[2] = {0};
    postern_str chain[2];
    bool accepted = false;

    door_open(&d, NO_CRL);
    name_host(A);
    (void)door_chain("ok-p256", NULL, chain, 1);
    (void)door_chain("extra/../corpus/ca/ca-a", NULL, chain + 1, 1);
    path[0].certificate = chain[0];
    path[1].certificate = chain[1];
    ck_assert_int_eq(
        postern_connection_accepts(d.connection, NULL, 0, path, 2, &accepted),
        POSTERN_OK);
    ck_assert(accepted);
    path[0].objections = POSTERN_OBJECTION_UNTRUSTED;
    ck_assert_int_eq(
        postern_connection_accepts(d.connection, chain, 1, path, 2, &accepted),
        POSTERN_OK);
    ck_assert(!accepted && refused_for("untrusted-issuer"));
    /* Its signature was checked, another's was not. */
    path[0].objections = 0;
    (void)door_chain("by-impostor", NULL, chain, 1);
    ck_assert_int_eq(
        postern_connection_accepts(d.connection, chain, 1, path, 2, &accepted),
        POSTERN_OK);
    ck_assert(!accepted && refused_for("untrusted-issuer"));
    (void)door_chain("ok-p384", NULL, chain, 1);
    path[0].objections = POSTERN_OBJECTION_UNTRUSTED;
    ck_assert_int_eq(
        postern_connection_accepts(d.connection, chain, 1, path, 2, &accepted),
        POSTERN_OK);
    ck_assert(accepted);
    door_close(&d);
}
END_TEST

START_TEST(a_chain_that_is_too_large_is_not_looked_at)
{
    const postern_limits limits = {.chain_certificates = 3, .chain_bytes = 3000};
    postern_str chain[8];
    bool accepted = true;
    size_t count;

    door_open_limited(&d, NO_CRL, &limits);
    name_host(A);
    count = door_chain("by-deep3", "by-deep3", chain, 8);
    ck_assert_uint_gt(count, 3);
    ck_assert_int_eq(
        postern_connection_accepts(d.connection, chain, count, NULL, 0, &accepted),
        POSTERN_LIMIT);
    ck_assert(!accepted);
    accepted = true;
    ck_assert_int_eq(ask_about("dn-8k", &accepted), POSTERN_LIMIT);
    ck_assert(!accepted);
    ck_assert_int_eq(ask_about("ok-p256", &accepted), POSTERN_OK);
    ck_assert(accepted);
    door_close(&d);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-require");
    TCase *tc = tcase_create("gate-require");

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, a_bad_certificate_ends_the_handshake, 0, ROWS * VERSIONS);
    tcase_add_test(tc, a_key_on_a_curve_that_was_taken_out_is_weak);
    tcase_add_loop_test(tc, a_stolen_certificate_ends_the_handshake_too, 0, VERSIONS);
    tcase_add_loop_test(tc, without_a_clock_nobody_finishes_the_handshake, 0, VERSIONS);
    tcase_add_loop_test(tc, the_policy_that_asked_judges_the_handshake, 0,
                        SWAPS * VERSIONS);
    tcase_add_loop_test(tc, the_gate_refuses_whom_the_handshake_let_through, 0,
                        GATE_ROWS);
    tcase_add_test(tc, whoever_resumes_is_not_verified);
    tcase_add_test(tc, a_certificate_that_ends_is_refused_by_the_gate);
    tcase_add_test(tc, an_adapter_may_ask_while_the_handshake_runs);
    tcase_add_test(tc, nobody_is_accepted_where_nobody_was_asked);
    tcase_add_test(tc, whether_it_requires_is_another_question);
    tcase_add_test(tc, a_path_counts_for_the_leaf_that_was_shown);
    tcase_add_test(tc, a_chain_that_is_too_large_is_not_looked_at);
    suite_add_tcase(suite, tc);
    return suite;
}
