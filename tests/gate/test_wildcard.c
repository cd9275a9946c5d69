/*
 * test_wildcard.c - hosts registered by a wildcard, with real certificates and real
 * handshakes; and policies whose hosts are wrong, which change nothing.
 */
#include "../tls/wire.h"
#include "door.h"

#include <stdio.h>
#include <string.h>

enum { VERSIONS = 1 + HAVE_TLS13 };

static door d;

/* CA a below w.example, but CA b below deep.w.example and for one name. */
#define WIDE MTLS("*.w.example", "ca-a", "")
#define DEEP MTLS("*.deep.w.example", "ca-b", "")
#define EXACT MTLS("exact.w.example", "ca-b", "")
#define BELOW \
    "ends_with(http.host, `.w.example`) and not http.host in {`www.w.example`}"
#define BELOW_GUARDS                                          \
    SKIP("in", "cf.tls_client_auth.cert_verified and " BELOW) \
    "," SKIP("open", "ends_with(http.host, `.open.w.example`)") "," BLOCK("out", BELOW)
#define PLAINS "'www.w.example','*.open.w.example'"
#define HOSTS WIDE "," DEEP "," EXACT
#define WILD POLICY(HOSTS, PLAINS, BELOW_GUARDS, "")

static const answer untrusted = {POSTERN_BLOCKED, 403, false, "out",
                                 "untrusted-issuer"};
static const answer nobody = {POSTERN_BLOCKED, 403, false, "out", "none"};
static const answer plain = {POSTERN_ALLOWED, 0, false, NULL, "host-not-registered"};
static const answer open_below = {POSTERN_ALLOWED, 0, false, "open",
                                  "host-not-registered"};

static const struct row {
    const char *sni;  /* NULL: none */
    const char *host; /* NULL: the same */
    const char *leaf; /* NULL: none */
    const answer *expected;
} rows[] = {
    {"x.w.example",        NULL,               "ok-p256", &let_in     },
    {"X.W.Example.",       "x.w.EXAMPLE:8443", "ok-p256", &let_in     },
    {"y.x.w.example",      NULL,               "ok-p256", &let_in     },
    {"deep.w.example",     NULL,               "ok-p256", &let_in     },
    {"x.w.example",        NULL,               "ok-by-b", &untrusted  },
    {"x.w.example",        NULL,               NULL,      &nobody     },
    {"x.deep.w.example",   NULL,               "ok-by-b", &let_in     },
    {"y.x.deep.w.example", NULL,               "ok-by-b", &let_in     },
    {"x.deep.w.example",   NULL,               "ok-p256", &untrusted  },
    {"exact.w.example",    NULL,               "ok-by-b", &let_in     },
    {"exact.w.example",    NULL,               "ok-p256", &untrusted  },
    {"x.exact.w.example",  NULL,               "ok-p256", &let_in     },
    {"www.w.example",      NULL,               "ok-p256", &plain      },
    {"x.open.w.example",   NULL,               "ok-p256", &open_below },
    {"w.example",          NULL,               "ok-p256", &misdirected},
    {"xw.example",         NULL,               "ok-p256", &misdirected},
    {"x.w.example",        "y.w.example",      "ok-p256", &misdirected},
    {"x.w.example",        "x.deep.w.example", "ok-p256", &misdirected},
    {"x.w.example",        "y.x.w.example",    "ok-p256", &misdirected},
    {"x.w.example",        "www.w.example",    "ok-p256", &misdirected},
    {"www.w.example",      "x.w.example",      "ok-p256", &misdirected},
    {"www.w.example",      "x.open.w.example", "ok-p256", &open_below },
    {"w.example",          "x.w.example",      "ok-p256", &misdirected},
    {NULL,                 "x.w.example",      "ok-p256", &misdirected},
    {NULL,                 "www.w.example",    NULL,      &plain      },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

START_TEST(the_narrowest_entry_counts)
{
    const struct row *row = &rows[_i];
    const char *host = row->host == NULL ? row->sni : row->host;

    door_open(&d, WILD);
    door_tls(&d, row->sni, row->leaf, NULL);
    door_ask(&d, host);
    door_expect(&d, host, *row->expected);
    door_close(&d);
}
END_TEST

START_TEST(a_handshake_asks_by_the_same_entry)
{
    const struct row *row = &rows[_i / VERSIONS];
    const char *host = row->host == NULL ? row->sni : row->host;
    side server;
    side client;
    wire w;

    door_open(&d, WILD);
    server_start(&server, NULL);
    client_start(&client, _i % VERSIONS == 1);
    if (row->leaf != NULL) {
        client_certificate(&client, row->leaf, row->leaf, NULL);
    }
    door_connect(&d);
    wire_open_attached(&w, &client, &server, row->sni, d.connection);
    wire_handshake(&w, d.connection);
    door_ask(&d, host);
    door_expect(&d, host, *row->expected);
    wire_close(&w);
    door_close(&d);
    side_stop(&client);
    side_stop(&server);
}
END_TEST

/* --- another policy ----------------------------------------------------------------- */

static const struct change {
    const char *hosts; /* registered from now on */
    const char *plain;
    const answer *expected; /* of who came in as x.w.example before */
} changes[] = {
    {MTLS("x.w.example",            "ca-a",           ""),     "",               &let_in        },
    {WIDE "," MTLS("x.w.example",   "ca-b",           ""),     "",               &untrusted     },
    {MTLS("*.w.example",            "ca-b",           ""),     "",               &untrusted     },
    {WIDE "," MTLS("*.x.w.example", "ca-b",           ""),     "",               &let_in        },
    {MTLS("*.b",                    "ca-a",           ""),     "",               &misdirected   },
    {MTLS("*.x.w.example",          "ca-a",           ""),     "",               &misdirected   },
    {MTLS("*.x.w.example",          "ca-a",           ""),     ",'*.w.example'", NULL           },
    {WIDE,                          ",'x.w.example'", NULL   },
    {MTLS("*.example",           "ca-a",                         ",'monitor':true"), "",                 &let_in                },
    {MTLS("*.example",  "ca-b",            ",'monitor':true") "," WIDE, ",'*'", &let_in},
};
enum { CHANGES = sizeof changes / sizeof changes[0] };

START_TEST(another_policy_is_asked_anew)
{
    static const answer barred = {POSTERN_BLOCKED, 403, false, "out",
                                  "host-not-registered"};
    const struct change *change = &changes[_i];
    char text[4096];

    door_open(&d, WILD);
    door_tls(&d, "x.w.example", "ok-p256", NULL);
    door_ask(&d, "x.w.example");
    door_expect(&d, "before", let_in);
    (void)snprintf(text, sizeof text,
                   "{'version':1,'mtls':{'hosts':[%s]},'plain_hosts':[%s%s],'rulesets':"
                   "[{'phase':'http_request_firewall_custom','rules':[%s,%s]}]}",
                   change->hosts, PLAINS, change->plain, BELOW_GUARDS,
                   BLOCK("other", "ends_with(http.host, `.b`)"));
    door_replace(&d, text);
    door_ask(&d, "x.w.example");
    door_expect(&d, "after", change->expected == NULL ? barred : *change->expected);
    door_close(&d);
}
END_TEST

/* Nobody was asked when the name was plain. */
START_TEST(a_wildcard_that_came_later_asks_for_a_new_handshake)
{
    door_open(&d, POLICY(EXACT, "'*.w.example'", BELOW_GUARDS, ""));
    door_tls(&d, "x.w.example", "ok-p256", NULL);
    door_ask(&d, "x.w.example");
    ck_assert(text_is(d.verdict.certificate_reason, "host-not-registered"));
    door_replace(&d, WILD);
    door_ask(&d, "x.w.example");
    ck_assert(!postern_verdict_allows(&d.verdict) && d.verdict.close);
    ck_assert(text_is(d.verdict.certificate_reason, "not-asked"));
    door_close(&d);
}
END_TEST

/* --- policies that do not load --------------------------------------------------------- */

#define WITH(hosts, plain) POLICY(hosts, PLAINS plain, BELOW_GUARDS, "")
#define TRUSTING(file) WITH(WIDE ",{'hostname':'b.w.example','ca':['" file "']}", "")
#define NAMED(name) MTLS(name, "ca-a", "")
#define NAME_TWICE WITH(WIDE "," NAMED("a.w.example") "," NAMED("A.W.Example."), "")
#define WILDCARD_TWICE WITH(WIDE "," NAMED("*.W.EXAMPLE."), "")
#define NAME_PLAIN WITH(EXACT, ",'EXACT.w.example.'")
#define WILDCARD_PLAIN WITH(WIDE, ",'*.W.example.'")
#define ALL_NAMES WITH(NAMED("*"), "")
#define TWO_STARS WITH(NAMED("*.*.w.example"), "")
#define NO_CA WITH(WIDE ",{'hostname':'b.w.example','ca':[]}", "")
#define OPEN WITH(WIDE "," NAMED("*.b.test"), "")

static const struct bad {
    const char *policy;
    postern_status status;
    const char *message; /* of the first error, or its start */
} bad[] = {
    {NAME_TWICE,                           POSTERN_INVALID, "the host 'a.w.exa"},
    {WILDCARD_TWICE,                       POSTERN_INVALID, "the host '*.w.exa"},
    {NAME_PLAIN,                           POSTERN_INVALID, "the host 'exact.w"},
    {WILDCARD_PLAIN,                       POSTERN_INVALID, "the host '*.w.exa"},
    {ALL_NAMES,                            POSTERN_INVALID, "'*' is not a host"},
    {TWO_STARS,                            POSTERN_INVALID, "'*.*.w.example' i"},
    {TRUSTING("no/such.pem"),              POSTERN_IO,      "the file 'no/such"},
    {TRUSTING("corpus/ca"),                POSTERN_IO,      "the file 'corpus/"},
    {TRUSTING("/dev/null"),                POSTERN_SYNTAX,  "holds no PEM bloc"},
    {NO_CA,                                POSTERN_INVALID, "a registered host"},
    {TRUSTING("corpus/keys/ca-a.key"),     POSTERN_INVALID, "holds a private k"},
    {TRUSTING("corpus/crl/crl-a.pem"),     POSTERN_INVALID, "a CA file holds o"},
    {TRUSTING("corpus/certs/ok-p256.pem"), POSTERN_INVALID, "not a CA certific"},
    {TRUSTING("corpus/ca/ca-a.der"),       POSTERN_SYNTAX,  "holds no PEM bloc"},
    {OPEN,                                 POSTERN_INVALID, "everyone gets thr"},
    {"{'version':1,",                      POSTERN_SYNTAX,  "expected a key"   },
};
enum { BADS = sizeof bad / sizeof bad[0] };

START_TEST(a_policy_that_does_not_load_changes_nothing)
{
    const struct bad *row = &bad[_i];
    postern_report *report = postern_report_new(NULL);
    postern_finding first;
    const postern_policy *now;

    door_open(&d, WILD);
    door_tls(&d, "x.w.example", "ok-p256", NULL);
    ck_assert_int_eq(door_reload(&d, row->policy, report), row->status);
    ck_assert(postern_report_get(report, 0, &first));
    ck_assert_msg(strncmp(first.message.data, row->message, strlen(row->message)) == 0,
                  "%.*s", (int)first.message.len, first.message.data);
    now = postern_gate_acquire(d.gate);
    ck_assert_ptr_eq(now, d.policy);
    postern_policy_release(now);
    door_ask(&d, "x.w.example");
    door_expect(&d, row->message, let_in);
    ck_assert_uint_eq(d.verdict.generation, postern_policy_generation(d.policy));
    door_tls(&d, "exact.w.example", "ok-p256", NULL);
    door_ask(&d, "exact.w.example");
    door_expect(&d, row->message, untrusted);
    ck_assert_int_eq(door_reload(&d, WITH(WIDE, ""), report), POSTERN_OK);
    door_ask(&d, "exact.w.example");
    door_expect(&d, "a good one", let_in);
    postern_report_free(report);
    door_close(&d);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-wildcard");
    TCase *tc = tcase_create("wildcard");

    tcase_add_loop_test(tc, the_narrowest_entry_counts, 0, ROWS);
    tcase_add_loop_test(tc, a_handshake_asks_by_the_same_entry, 0, ROWS * VERSIONS);
    tcase_add_loop_test(tc, another_policy_is_asked_anew, 0, CHANGES);
    tcase_add_test(tc, a_wildcard_that_came_later_asks_for_a_new_handshake);
    tcase_add_loop_test(tc, a_policy_that_does_not_load_changes_nothing, 0, BADS);
    suite_add_tcase(suite, tc);
    return suite;
}
