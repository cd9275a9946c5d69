/*
 * test_host.c - which host a request is for, and whether this connection may ask.
 */
#include "door.h"

#include <stdio.h>
#include <string.h>

static door d;

/* --- server name against Host ------------------------------------------------------ */

/* The last server name is no TLS at all. */
enum { SNI_NONE, SNI_A, SNI_B, SNI_PLAIN, SNI_UNKNOWN, CLEAR, SNIS };

static const char *const names[] = {NULL, A, B, PLAIN, UNKNOWN, NULL};
static const char *const hosts[] = {A, B, PLAIN, UNKNOWN};
enum { HOSTS = 4 };

/* o: decided by the rules; m: misdirected */
static const char matrix[SNIS][HOSTS + 1] = {
    /*            a b plain unknown */
    [SNI_NONE] = "mmom",  [SNI_A] = "ommm",       [SNI_B] = "momm",
    [SNI_PLAIN] = "mmom", [SNI_UNKNOWN] = "mmom", [CLEAR] = "mmom",
};

static const char *certificate_for(const char *host)
{
    return strcmp(host, A) == 0 ? "ok-p256" : "ok-by-b";
}

START_TEST(server_name_and_host_agree_where_either_is_registered)
{
    const int sni = _i / HOSTS;
    const char *host = hosts[_i % HOSTS];
    char what[64];

    (void)snprintf(what, sizeof what, "%s and %s",
                   sni == CLEAR         ? "clear"
                   : names[sni] == NULL ? "none"
                                        : names[sni],
                   host);
    door_open(&d, USUAL);
    if (sni == CLEAR) {
        door_connect(&d);
    } else {
        door_tls(&d, names[sni], certificate_for(host), NULL);
    }
    door_ask(&d, host);
    if (matrix[sni][_i % HOSTS] == 'm') {
        door_expect(&d, what, misdirected);
        ck_assert(text_is(d.verdict.host, host));
    } else if (sni == SNI_A || sni == SNI_B) {
        door_expect(&d, what, let_in);
    } else {
        door_expect(&d, what,
                    (answer){POSTERN_ALLOWED, 0, false, NULL, "host-not-registered"});
    }
    door_close(&d);
}
END_TEST

/* A server name without a finished handshake is none. */
START_TEST(a_name_without_a_handshake_is_no_name)
{
    bool ask;

    door_open(&d, USUAL);
    door_connect(&d);
    ck_assert_int_eq(postern_connection_on_sni(d.connection, postern_text(A), &ask),
                     POSTERN_OK);
    ck_assert(ask);
    door_ask(&d, A);
    door_expect(&d, "registered", misdirected);
    door_ask(&d, PLAIN);
    door_expect(&d, "plain", misdirected);
    door_close(&d);
}
END_TEST

/* One connection, many requests: each is looked at. */
START_TEST(every_request_of_a_connection_is_looked_at)
{
    door_open(&d, USUAL);
    door_tls(&d, A, "ok-p256", NULL);
    for (unsigned i = 0; i < 4; i++) {
        door_ask(&d, A);
        door_expect(&d, "first", let_in);
        door_ask(&d, B);
        door_expect(&d, "second", misdirected);
    }
    door_close(&d);
}
END_TEST

/* --- plain hosts ------------------------------------------------------------------- */

#define ONLY_A MTLS(A, "ca-a", "")
#define SERVES(plain) POLICY(ONLY_A, plain, GUARDS, "")
#define NO_MTLS(plain) POLICY("", plain, GUARDS, "")

static const struct plain_row {
    const char *policy;
    const char *host;
    bool served;
} plain_rows[] = {
    {SERVES(""),                  PLAIN,             false},
    {SERVES("'www.example'"),     PLAIN,             true },
    {SERVES("'WWW.Example.'"),    PLAIN,             true },
    {SERVES("'www.example'"),     "a.www.example",   false},
    {SERVES("'www.example'"),     "www.example2",    false},
    {SERVES("'www.example'"),     "ww.example",      false},
    {SERVES("'*.example'"),       PLAIN,             true },
    {SERVES("'*.example'"),       "x.y.example",     true },
    {SERVES("'*.example'"),       "example",         false},
    {SERVES("'*.example'"),       "badexample",      false},
    {SERVES("'*.example'"),       "www.example.com", false},
    {SERVES("'*.www.example'"),   PLAIN,             false},
    {SERVES("'*'"),               "anything.test",   true },
    {SERVES("'*'"),               "[::1]",           true },
    {SERVES("'192.0.2.1'"),       "192.0.2.1",       true },
    {SERVES("'192.0.2.1'"),       "192.0.2.1:80",    true },
    {SERVES("'192.0.2.1'"),       "192.0.2.10",      false},
    {SERVES("'[2001:DB8:0::1]'"), "[2001:db8::1]",   true },
    {SERVES("'[2001:db8::1]'"),   "[2001:db8::2]",   false},
    {NO_MTLS(""),                 PLAIN,             true },
    {NO_MTLS("'x.example'"),      PLAIN,             true },
};
enum { PLAIN_ROWS = sizeof plain_rows / sizeof plain_rows[0] };

START_TEST(plain_hosts_say_who_else_is_served)
{
    const struct plain_row *row = &plain_rows[_i];

    door_open(&d, row->policy);
    for (unsigned clear = 0; clear < 2; clear++) {
        if (clear == 1) {
            door_connect(&d);
        } else {
            door_tls(&d, NULL, NULL, NULL);
        }
        door_ask(&d, row->host);
        if (row->served) {
            ck_assert_msg(postern_verdict_allows(&d.verdict), "%d: %s", _i, row->host);
        } else {
            door_expect(&d, row->host, misdirected);
        }
    }
    door_close(&d);
}
END_TEST

/* A wildcard for plain hosts never opens a registered one. */
START_TEST(a_wildcard_does_not_cover_a_registered_host)
{
    static const char *const policies[] = {SERVES("'*'"), SERVES("'*.example'")};

    door_open(&d, policies[_i]);
    door_tls(&d, A, NULL, NULL);
    door_ask(&d, A);
    door_expect(&d, "asked", kept_out("none"));
    door_tls(&d, "other.example", "ok-p256", NULL);
    door_ask(&d, A);
    door_expect(&d, "other name", misdirected);
    door_connect(&d);
    door_ask(&d, A);
    door_expect(&d, "clear", misdirected);
    door_close(&d);
}
END_TEST

/* --- spellings --------------------------------------------------------------------- */

static const char *const spellings[] = {
    A,
    "A.EXAMPLE",
    "a.Example",
    "a.example.",
    "A.EXAMPLE.",
    "a.example:443",
    "a.example.:443",
    "a.example:0",
    "a.example:65535",
    "a.example:00443",
};
enum { SPELLINGS = sizeof spellings / sizeof spellings[0] };

START_TEST(spellings_of_a_host_are_one_host)
{
    door_open(&d, USUAL);
    door_tls(&d, "A.exAMPLE.", "ok-p256", NULL);
    door_ask(&d, spellings[_i]);
    door_expect(&d, spellings[_i], let_in);
    ck_assert(text_is(d.verdict.host, A));
    door_tls(&d, A, NULL, NULL);
    door_ask(&d, spellings[_i]);
    door_expect(&d, spellings[_i], kept_out("none"));
    door_connect(&d);
    door_ask(&d, spellings[_i]);
    door_expect(&d, spellings[_i], misdirected);
    door_close(&d);
}
END_TEST

static const char *const no_hosts[] = {
    "",
    " ",
    ".",
    "a.example..",
    ".a.example",
    "a..example",
    "a.example:",
    "a.example:x",
    "a.example:65536",
    "a.example:443:1",
    "a.example:-1",
    "a example",
    "a.example ",
    "a.example\t",
    "a.example/",
    "user@a.example",
    "a.example,b.example",
    "a.example#",
    "a.example?",
    "a%2eexample",
    "[::1",
    "[::ffff:192.0.2.1]",
    "::1",
    "[a.example]",
    "\xc3\xa4.example",
    "*.example",
    "a.example\r\nX: y",
    "[fe80::1%25eth0]",
    "a.example:443 ",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example",
};
enum { NO_HOSTS = sizeof no_hosts / sizeof no_hosts[0] };

START_TEST(what_is_no_host_is_refused_before_any_rule)
{
    door_open(&d, POLICY(BOTH, "'*'", GUARDS, ""));
    door_tls(&d, A, "ok-p256", NULL);
    door_ask(&d, no_hosts[_i]);
    door_expect(&d, no_hosts[_i], bad_request);
    ck_assert_uint_eq(d.verdict.match_count, 0);
    door_close(&d);
}
END_TEST

START_TEST(a_nul_in_a_host_is_no_end)
{
    const postern_str host = POSTERN_STR("a.example\0.evil");

    door_open(&d, USUAL);
    door_tls(&d, A, "ok-p256", NULL);
    ck_assert_int_eq(postern_request_begin(d.request, d.connection, postern_text("GET"),
                                           postern_text("/"), postern_text("HTTP/1.1")),
                     POSTERN_OK);
    ck_assert_int_eq(postern_request_add_header(d.request, postern_text("host"), host),
                     POSTERN_OK);
    door_judge(&d);
    door_expect(&d, "nul", bad_request);
    door_close(&d);
}
END_TEST

/* --- the head ---------------------------------------------------------------------- */

static const struct head_row {
    const char *method;
    const char *target;
    const char *version;
    const char *host;
    const char *second; /* another Host line, or NULL */
    const char *normal; /* the verdict's target; NULL: 400 */
} heads[] = {
    {"GET",     "/",                            "HTTP/1.1", A,      NULL, "/"          },
    {"GET",     "/",                            "HTTP/1.0", A,      NULL, "/"          },
    {"GET",     "/",                            "HTTP/1.0", NULL,   NULL, NULL         },
    {"GET",     "/",                            "HTTP/1.1", NULL,   NULL, NULL         },
    {"GET",     "/",                            "HTTP/2",   NULL,   NULL, NULL         },
    {"GET",     "/",                            "HTTP/1.1", A,      A,    NULL         },
    {"GET",     "/",                            "HTTP/1.1", A,      B,    NULL         },
    {"GET",     "/",                            "HTTP/1.1", B,      A,    NULL         },
    {"GET",     "/",                            "HTTP/1.1", A,      "",   NULL         },
    {"GET",     "http://a.example/",            "HTTP/1.1", A,      NULL, "/"          },
    {"GET",     "https://A.example:443/x?y",    "HTTP/1.1", A,      NULL, "/x?y"       },
    {"GET",     "HTTPS://a.example./",          "HTTP/1.1", A,      NULL, "/"          },
    {"GET",     "https://a.example",            "HTTP/1.1", A,      NULL, "/"          },
    {"GET",     "https://b.example/",           "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "https://a.example/",           "HTTP/1.1", B,      NULL, NULL         },
    {"GET",     "https://a.example/",           "HTTP/1.1", NULL,   NULL, NULL         },
    {"GET",     "https://a.example:1/",         "HTTP/1.1", A ":2", NULL, NULL         },
    {"GET",     "https://u@a.example/",         "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "https://b.example@a.example/", "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "https:///",                    "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "ftp://a.example/",             "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "a.example:443",                "HTTP/1.1", A,      NULL, NULL         },
    {"CONNECT", "a.example:443",                "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "",                             "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "x",                            "HTTP/1.1", A,      NULL, NULL         },
    {"",        "/",                            "HTTP/1.1", A,      NULL, NULL         },
    {"OPTIONS", "*",                            "HTTP/1.1", A,      NULL, "*"          },
    {"GET",     "*",                            "HTTP/1.1", A,      NULL, NULL         },
    {"options", "*",                            "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "/a%00b",                       "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "/a%0",                         "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "/a%zz",                        "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "/a%",                          "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "/a\x01",                       "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "/a\x7f",                       "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "/a?b\x01",                     "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "/a\r\nHost: b",                "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "/a#b",                         "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "/a?b#c",                       "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "https://a.example#/",          "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "/x/../%61dmin//./b/..",        "HTTP/1.1", A,      NULL, "/admin/"    },
    {"GET",     "\\x\\..\\admin",               "HTTP/1.1", A,      NULL, NULL         },
    {"GET",     "/x\\..\\admin?../q",           "HTTP/1.1", A,      NULL, "/admin?../q"},
    {"GET",     "/../../a%2fb",                 "HTTP/1.1", A,      NULL, "/a%2Fb"     },
};
enum { HEADS = sizeof heads / sizeof heads[0] };

START_TEST(a_head_is_clear_or_refused)
{
    const struct head_row *row = &heads[_i];
    const char *const lines[] = {row->host == NULL ? NULL : "Host", row->host,
                                 row->second == NULL ? NULL : "hOST", row->second,
                                 NULL};
    char what[128];

    (void)snprintf(what, sizeof what, "%s %s of %s", row->method, row->target,
                   row->host == NULL ? "nobody" : row->host);
    door_open(&d, USUAL);
    door_tls(&d, A, "ok-p256", NULL);
    door_begin(&d, row->method, row->target, row->version, lines);
    door_judge(&d);
    door_expect(&d, what, row->normal == NULL ? bad_request : let_in);
    if (row->normal != NULL) {
        ck_assert_msg(text_is(d.verdict.target, row->normal), "%s gives %.*s", what,
                      (int)d.verdict.target.len, d.verdict.target.data);
    }
    door_close(&d);
}
END_TEST

/* A rule for a path holds for every way to spell it. */
START_TEST(a_path_rule_cannot_be_dodged)
{
    static const char *const ways[] = {
        "/admin",          "//admin",
        "/./admin",        "/x/../admin",
        "/%61dmin",        "/%2e/admin",
        "\\admin",         "/x\\..\\admin",
        "/x/%2e%2e/admin", "https://" PLAIN "/admin",
    };
    const char *const headers[] = {"host", PLAIN, NULL};

    door_open(&d,
              POLICY("", "", BLOCK("admin", "http.request.uri.path eq `/admin`"), ""));
    door_connect(&d);
    door_begin(&d, "GET", ways[_i], "HTTP/1.1", headers);
    door_judge(&d);
    ck_assert_msg(!postern_verdict_allows(&d.verdict), "%s", ways[_i]);
    door_close(&d);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-host");
    TCase *tc = tcase_create("gate-host");

    tcase_add_loop_test(tc, server_name_and_host_agree_where_either_is_registered, 0,
                        SNIS * HOSTS);
    tcase_add_test(tc, a_name_without_a_handshake_is_no_name);
    tcase_add_test(tc, every_request_of_a_connection_is_looked_at);
    tcase_add_loop_test(tc, plain_hosts_say_who_else_is_served, 0, PLAIN_ROWS);
    tcase_add_loop_test(tc, a_wildcard_does_not_cover_a_registered_host, 0, 2);
    tcase_add_loop_test(tc, spellings_of_a_host_are_one_host, 0, SPELLINGS);
    tcase_add_loop_test(tc, what_is_no_host_is_refused_before_any_rule, 0, NO_HOSTS);
    tcase_add_test(tc, a_nul_in_a_host_is_no_end);
    tcase_add_loop_test(tc, a_head_is_clear_or_refused, 0, HEADS);
    tcase_add_loop_test(tc, a_path_rule_cannot_be_dodged, 0, 10);
    suite_add_tcase(suite, tc);
    return suite;
}
