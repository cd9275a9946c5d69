/*
 * test_rules.c - the rules people publish, and the headers nobody may believe.
 */
#include "door.h"

#include <stdio.h>
#include <string.h>

static door d;

#define SERVICE "service.example.com"
#define IS_SERVICE "http.host eq `" SERVICE "`"

/* --- published rules ------------------------------------------------------------------ */

#define REGISTERED(rules) POLICY(MTLS(SERVICE, "ca-a", CRL("crl-a")), "'*'", rules, "")
#define REVOKED_TOO(rules) \
    POLICY(MTLS(SERVICE, "ca-a", CRL("crl-a") ",'revoked':'rules'"), "'*'", rules, "")

/* Let in whom the certificate names, and nobody else. */
#define TWO_RULES                                                          \
    SKIP("allow", "(cf.tls_client_auth.cert_verified and " IS_SERVICE ")") \
    "," BLOCK("deny", "(" IS_SERVICE ")")
#define ONE_RULE \
    BLOCK("deny", "(" IS_SERVICE " and not cf.tls_client_auth.cert_verified)")
#define WITH_REVOKED                                                              \
    BLOCK("deny", "(" IS_SERVICE " and (not cf.tls_client_auth.cert_verified or " \
                  "cf.tls_client_auth.cert_revoked))")
#define PINNED                                                                     \
    SKIP("allow", "(cf.tls_client_auth.cert_verified and cf.tls_client_auth."      \
                  "cert_issuer_ski eq `ED624CACA37336BE0B36117A2C35C24608F089DE` " \
                  "and " IS_SERVICE ")")                                           \
    "," BLOCK("deny", "(" IS_SERVICE ")")
#define BY_DEFAULT                                                                     \
    "{'version':1,'mtls':{'hosts':[" MTLS(                                             \
        SERVICE, "ca-a",                                                               \
        CRL("crl-a")) "]},"                                                            \
                      "'plain_hosts':['*'],'default':'block','rulesets':[{'phase':"    \
                      "'http_request_firewall_custom','rules':[" SKIP(                 \
                          "allow", "(cf.tls_client_auth.cert_verified and " IS_SERVICE \
                                   ")") "]}]}"

static const struct published {
    const char *policy;
    const char *allow; /* the rule of those who are let in, or NULL */
    const char *deny;
    bool revoked; /* let in, as at Cloudflare, by "revoked": "rules" */
} published[] = {
    {REGISTERED(TWO_RULES),     "allow", "deny", false},
    {REGISTERED(ONE_RULE),      NULL,    "deny", false},
    {REGISTERED(WITH_REVOKED),  NULL,    "deny", false},
    {REGISTERED(PINNED),        "allow", "deny", false},
    {BY_DEFAULT,                "allow", NULL,   false},
    {REVOKED_TOO(TWO_RULES),    "allow", "deny", true },
    {REVOKED_TOO(ONE_RULE),     NULL,    "deny", true },
    {REVOKED_TOO(WITH_REVOKED), NULL,    "deny", false},
};
enum { PUBLISHED = sizeof published / sizeof published[0] };

static const char *const strangers[] = {NULL,          "self-signed", "ok-by-b",
                                        "by-impostor", "expired",     "eku-server"};

START_TEST(published_rules_do_what_they_say)
{
    const struct published *row = &published[_i];

    door_open(&d, row->policy);
    door_tls(&d, SERVICE, "ok-p256", NULL);
    door_ask(&d, SERVICE);
    door_expect(&d, "good", (answer){POSTERN_ALLOWED, 0, false, row->allow, "ok"});
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
        door_tls(&d, SERVICE, strangers[i], NULL);
        door_ask(&d, SERVICE);
        ck_assert_msg(d.verdict.outcome == POSTERN_BLOCKED && d.verdict.status == 403 &&
                          text_is(d.verdict.rule_ref, row->deny),
                      "%d: stranger %zu", _i, i);
    }
    door_tls(&d, SERVICE, "revoked", NULL);
    door_ask(&d, SERVICE);
    ck_assert_int_eq(postern_verdict_allows(&d.verdict), row->revoked);
    door_tls(&d, PLAIN, "ok-p256", NULL);
    door_ask(&d, SERVICE);
    door_expect(&d, "another name", misdirected);
    door_connect(&d);
    door_ask(&d, SERVICE);
    door_expect(&d, "clear", misdirected);
    door_close(&d);
}
END_TEST

/* Rules without a registration: nobody is asked, so nobody is verified. */
START_TEST(without_a_registration_nobody_is_verified)
{
    door_open(&d, POLICY("", "", TWO_RULES, ""));
    door_tls(&d, SERVICE, "ok-p256", NULL);
    door_ask(&d, SERVICE);
    door_expect(&d, "asked nobody",
                (answer){POSTERN_BLOCKED, 403, false, "deny", "host-not-registered"});
    door_ask(&d, PLAIN);
    ck_assert(postern_verdict_allows(&d.verdict));
    door_close(&d);
}
END_TEST

START_TEST(everything_that_matched_is_told_in_order)
{
    static const char policy[] = POLICY(
        MTLS(A, "ca-a", ",'monitor':true"), "",
        LOG("one", "ssl") "," LOG(
            "no",
            "not ssl") ","
                       "{'ref':'off','action':'block','expression':'true','enabled':false},"
                       "{'ref':'quiet','description':'hm','action':'skip','expression':'" GUARDED
                       "',"
                       "'action_parameters':{'ruleset':'current'},'logging':{'enabled':false}}," BLOCK(
                           "late", "true"),
        "");

    door_open(&d, policy);
    door_tls(&d, A, NULL, NULL);
    door_ask(&d, A);
    door_expect(&d, "skip", (answer){POSTERN_ALLOWED, 0, false, "quiet", "none"});
    ck_assert(text_is(d.verdict.rule_description, "hm"));
    ck_assert_uint_eq(d.verdict.match_count, 2);
    ck_assert(text_is(d.verdict.matches[0].ref, "one") && d.verdict.matches[0].log);
    ck_assert_int_eq(d.verdict.matches[0].action, POSTERN_ACTION_LOG);
    ck_assert(text_is(d.verdict.matches[1].ref, "quiet") && !d.verdict.matches[1].log);
    door_close(&d);
}
END_TEST

START_TEST(a_rules_own_answer_is_given)
{
    static const char policy[] = POLICY(
        "", "",
        "{'ref':'r','action':'block','expression':'true','action_parameters':"
        "{'response':{'status_code':451,'content':'{}','content_type':'application/json'}}}",
        "");

    door_open(&d, policy);
    door_connect(&d);
    door_ask(&d, A);
    ck_assert_uint_eq(d.verdict.status, 451);
    ck_assert(text_is(d.verdict.body, "{}"));
    ck_assert(text_is(d.verdict.content_type, "application/json"));
    door_close(&d);
}
END_TEST

/* Rules that block everybody but the clients of a registered host leave it open. */
static const struct guard {
    const char *rule;
    bool loads;
} guards[] = {
    {BLOCK("r", "http.host eq `" A "`"),                 true },
    {BLOCK("r", "http.host in {`x` `" A "`}"),           true },
    {BLOCK("r", "not cf.tls_client_auth.cert_verified"), true },
    {BLOCK("r", "http.host eq `" B "`"),                 false},
    {BLOCK("r", "not http.host eq `" A "`"),             false},
    {BLOCK("r", "http.host ne `" A "`"),                 false},
    {BLOCK("r", "not http.host in {`x` `" A "`}"),       false},
    {BLOCK("r", "ssl and not http.host eq `" A "`"),     false},
    {SKIP("r",  "http.host eq `" A "`"),                 false},
    {LOG("r",   "http.host eq `" A "`"),                 false},
};
enum { GUARDS_COUNT = sizeof guards / sizeof guards[0] };

START_TEST(a_registered_host_without_a_guard_does_not_load)
{
    postern_policy *policy;
    char text[1024];

    (void)snprintf(text, sizeof text, POLICY(MTLS(A, "ca-a", ""), "", "%s", ""),
                   guards[_i].rule);
    door_open(&d, USUAL);
    ck_assert_msg((door_load(d.scheme, text, &policy) == POSTERN_OK) ==
                      guards[_i].loads,
                  "%s", guards[_i].rule);
    postern_policy_release(policy);
    door_close(&d);
}
END_TEST

/* --- headers that claim an identity ------------------------------------------------------ */

static const char *const claims[] = {
    "cf-access-jwt-assertion",
    "cf-access-authenticated-user-email",
    "cf-access-client-id",
    "cf-access-client-secret",
    "cf-client-cert-sha256",
    "cf-client-cert-der-base64",
    "cf-cert-presented",
    "cf-cert-verified",
    "cf-cert-revoked",
    "cf-cert-subject-dn",
    "client-cert",
    "client-cert-chain",
    "x-forwarded-client-cert",
};
enum { CLAIMS = sizeof claims / sizeof claims[0], SPELLINGS = 4 };

/* lower, UPPER, Title, under_scores */
static void spell(const char *name, int how, char *out)
{
    bool start = true;

    for (; *name != '\0'; name++, out++) {
        const bool upper = how == 1 || (how == 2 && start);
        const bool letter = *name >= 'a' && *name <= 'z';

        start = *name == '-';
        *out = (char)(upper && letter ? *name - 32 : how == 3 && start ? '_' : *name);
    }
    *out = '\0';
}

static void lower(char *text)
{
    for (; *text != '\0'; text++) {
        *text = (char)(*text >= 'A' && *text <= 'Z' ? *text + 32 : *text);
    }
}

/* Ways to look for a header called %s that is the first of two. */
static const char *const looks[] = {
    "http.request.headers[`%s`][0] eq `evil`",
    "http.request.headers[`%s`][0] ne ``",
    "http.request.headers[`%s`][0] in {`evil`}",
    "len(http.request.headers[`%s`][0]) gt 0",
    "len(http.request.headers[`%s`]) gt 0",
    "lower(http.request.headers[`%s`][0]) eq `evil`",
    "lower(http.request.headers.names[0]) eq `%s`",
    "http.request.headers.values[0] eq `evil`",
    "len(http.request.headers.names) gt 1",
    "len(http.request.headers.values) gt 1",
};
enum { LOOKS = sizeof looks / sizeof looks[0] };

/* A filter of the same expression sees the header: it is there to be seen. */
static bool filter_sees(const char *expression, size_t len)
{
    postern_filter *filter;
    char plain[256];
    bool matched;

    ck_assert_uint_lt(len, sizeof plain);
    for (size_t i = 0; i <= len; i++) {
        plain[i] = (char)(expression[i] == '`' ? '"' : expression[i]);
    }
    ck_assert_msg(postern_filter_compile(d.scheme, postern_text(plain), NULL, &filter,
                                         NULL) == POSTERN_OK,
                  "%s", plain);
    ck_assert_int_eq(postern_filter_match(filter, d.request, &matched), POSTERN_OK);
    postern_filter_free(filter);
    return matched;
}

START_TEST(a_header_that_claims_an_identity_is_not_seen)
{
    const char *const *look = looks;
    char name[64];
    char key[64];
    char expression[256];
    char policy[1024];

    spell(claims[_i / SPELLINGS], _i % SPELLINGS, name);
    memcpy(key, name, sizeof key);
    lower(key);
    door_open(&d, USUAL);
    for (; look < looks + LOOKS; look++) {
        const char *const headers[] = {name, "evil", "host", PLAIN, NULL};
        const char *mark = strstr(*look, "%s");
        const size_t before = mark == NULL ? strlen(*look) : (size_t)(mark - *look);
        size_t len;

        (void)snprintf(expression, sizeof expression, "%.*s%s%s", (int)before, *look,
                       mark == NULL ? "" : key, mark == NULL ? "" : mark + 2);
        len = strlen(expression);
        (void)snprintf(policy, sizeof policy, POLICY("", "", "%s%s%s", ""),
                       "{'ref':'saw','action':'block','expression':'", expression,
                       "'}");
        door_replace(&d, policy);
        door_connect(&d);
        door_begin(&d, "GET", "/", "HTTP/1.1", headers);
        ck_assert_msg(filter_sees(expression, len), "not there: %s", expression);
        door_judge(&d);
        ck_assert_msg(postern_verdict_allows(&d.verdict), "%s: %s", name, expression);
        ck_assert_uint_eq(d.verdict.strip_count, 1);
        ck_assert(text_is(d.verdict.strip[0], name));
        /* and again the other way round */
        ck_assert(filter_sees(expression, len));
        door_judge(&d);
        ck_assert_msg(postern_verdict_allows(&d.verdict), "%s: %s", name, expression);
    }
    door_close(&d);
}
END_TEST

START_TEST(other_headers_are_seen_and_stay)
{
    static const char *const others[] = {
        "cf-access",          "cf-connecting-ip",
        "client-certificate", "client-cert-chains",
        "x-client-cert",      "x-forwarded-for",
        "cf-certs",           "xcf-access-jwt-assertion",
        "authorization",
    };
    const char *const headers[] = {others[_i], "v", "host", PLAIN, NULL};

    door_open(
        &d, POLICY("", "", BLOCK("saw", "http.request.headers.values[0] eq `v`"), ""));
    door_connect(&d);
    door_begin(&d, "GET", "/", "HTTP/1.1", headers);
    door_judge(&d);
    ck_assert(text_is(d.verdict.rule_ref, "saw"));
    ck_assert_uint_eq(d.verdict.strip_count, 0);
    door_close(&d);
}
END_TEST

START_TEST(every_claim_is_listed_for_removal)
{
    const char *const headers[] = {
        "Client-Cert",        "1", "host",        PLAIN, "x", "y", "CLIENT_CERT", "2",
        "Cf-Access-Anything", "3", "client-cert", "4",   NULL};
    static const char *const listed[] = {"Client-Cert", "CLIENT_CERT",
                                         "Cf-Access-Anything", "client-cert"};

    door_open(&d, USUAL);
    for (unsigned misdirect = 0; misdirect < 2; misdirect++) {
        door_tls(&d, misdirect == 1 ? A : NULL, NULL, NULL);
        door_begin(&d, "GET", "/", "HTTP/1.1", headers);
        door_judge(&d);
        ck_assert_int_eq(postern_verdict_allows(&d.verdict), misdirect == 0);
        ck_assert_uint_eq(d.verdict.strip_count, 4);
        for (size_t i = 0; i < 4; i++) {
            ck_assert(text_is(d.verdict.strip[i], listed[i]));
        }
    }
    door_close(&d);
}
END_TEST

/* The rules of those who believe that only Cloudflare sends this header. */
#define ASSERTION "http.request.headers[`cf-access-jwt-assertion`][0]"
static const char *const access_rules[] = {
    SKIP("allow", "(" IS_SERVICE " and len(" ASSERTION
                  ") gt 0)") "," BLOCK("deny", "(" IS_SERVICE ")"),
    BLOCK("deny", "(" IS_SERVICE " and not len(" ASSERTION ") gt 0)"),
    SKIP("allow", ASSERTION " ne ``") "," BLOCK("deny", IS_SERVICE),
    BLOCK("deny", "not " ASSERTION " ne `` and " IS_SERVICE),
    SKIP("allow", "http.request.headers[`cf-access-client-id`][0] ne ``") "," BLOCK(
        "deny", IS_SERVICE),
};
enum { ACCESS_RULES = sizeof access_rules / sizeof access_rules[0] };

START_TEST(an_assertion_of_the_client_opens_nothing)
{
    static const char *const names[] = {
        "Cf-Access-Jwt-Assertion", "cf_access_jwt_assertion", "CF-Access-Client-Id"};
    char policy[1024];

    (void)snprintf(policy, sizeof policy, "%s%s%s",
                   "{'version':1,'rulesets':[{'phase':'http_request_firewall_custom',"
                   "'rules':[",
                   access_rules[_i], "]}]}");
    door_open(&d, policy);
    door_connect(&d);
    for (size_t i = 0; i < 3; i++) {
        const char *const headers[] = {"host", SERVICE, names[i], "a.b.c", NULL};

        door_begin(&d, "GET", "/", "HTTP/1.1", headers);
        door_judge(&d);
        ck_assert_uint_eq(d.verdict.status, 403);
        ck_assert(text_is(d.verdict.rule_ref, "deny"));
        ck_assert_uint_eq(d.verdict.strip_count, 1);
    }
    door_close(&d);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-rules");
    TCase *tc = tcase_create("gate-rules");

    tcase_add_loop_test(tc, published_rules_do_what_they_say, 0, PUBLISHED);
    tcase_add_test(tc, without_a_registration_nobody_is_verified);
    tcase_add_test(tc, everything_that_matched_is_told_in_order);
    tcase_add_test(tc, a_rules_own_answer_is_given);
    tcase_add_loop_test(tc, a_registered_host_without_a_guard_does_not_load, 0,
                        GUARDS_COUNT);
    tcase_add_loop_test(tc, a_header_that_claims_an_identity_is_not_seen, 0,
                        CLAIMS * SPELLINGS);
    tcase_add_loop_test(tc, other_headers_are_seen_and_stay, 0, 9);
    tcase_add_test(tc, every_claim_is_listed_for_removal);
    tcase_add_loop_test(tc, an_assertion_of_the_client_opens_nothing, 0, ACCESS_RULES);
    suite_add_tcase(suite, tc);
    return suite;
}
