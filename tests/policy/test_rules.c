/* test_rules.c - what a loaded policy says about requests. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PHASE "\"phase\": \"http_request_firewall_custom\""
#define POLICY(rules) \
    "{\"version\": 1, \"rulesets\": [{" PHASE ", \"rules\": [" rules "]}]}"
#define POLICY_AND(rules, more) \
    "{\"version\": 1, \"rulesets\": [{" PHASE ", \"rules\": [" rules "]}], " more "}"
#define RULE(ref, expression, more) \
    "{\"ref\": \"" ref "\", \"expression\": \"" expression "\", " more "}"
#define BLOCK "\"action\": \"block\""
#define LOG "\"action\": \"log\""
#define SKIP "\"action\": \"skip\", \"action_parameters\": {\"ruleset\": \"current\"}"
#define SKIP_PHASE \
    "\"action\": \"skip\", \"action_parameters\": {\"phase\": \"current\"}"

typedef struct bench {
    world w;
    postern_request *request;
    postern_verdict verdict;
} bench;

static void bench_open(bench *b)
{
    world_init(&b->w);
    world_open(&b->w);
    ck_assert_int_eq(postern_request_new_simulated(b->w.scheme, &b->request),
                     POSTERN_OK);
}

static void bench_close(bench *b)
{
    postern_request_free(b->request);
    world_close(&b->w);
}

static void begin(bench *b, const char *host, const char *target)
{
    ck_assert_int_eq(postern_request_begin(b->request, NULL, postern_text("GET"),
                                           postern_text(target),
                                           postern_text("HTTP/1.1")),
                     POSTERN_OK);
    if (host != NULL) {
        ck_assert_int_eq(postern_request_add_header(b->request, postern_text("Host"),
                                                    postern_text(host)),
                         POSTERN_OK);
    }
}

static void set_bool(bench *b, const char *field, bool value)
{
    const postern_value boolean = {.type = POSTERN_BOOL, .as.boolean = value};
    postern_field at;

    ck_assert_int_eq(
        postern_scheme_find_field(b->w.scheme, postern_text(field), &at, NULL),
        POSTERN_OK);
    ck_assert_int_eq(postern_request_set(b->request, at, &boolean), POSTERN_OK);
}

/* What holds of every verdict. */
static void evaluate(bench *b)
{
    const postern_verdict *v = &b->verdict;

    memset(&b->verdict, 0xa5, sizeof b->verdict);
    postern_policy_evaluate(b->w.policy, b->request, &b->verdict);
    ck_assert_int_ne(v->outcome, POSTERN_NOT_EVALUATED);
    ck_assert_int_eq(postern_verdict_allows(v), v->outcome == POSTERN_ALLOWED);
    ck_assert_int_eq(v->reason.len == 0, v->outcome == POSTERN_ALLOWED);
    ck_assert(v->status == 0 ? v->outcome == POSTERN_ALLOWED || v->close
                             : v->status >= 400 && v->status <= 599);
    ck_assert_uint_eq(v->generation, postern_policy_generation(b->w.policy));
    ck_assert_int_eq(v->fault != POSTERN_OK, v->outcome == POSTERN_FAULT);
    if (v->outcome != POSTERN_BLOCKED && v->outcome != POSTERN_ALLOWED) {
        ck_assert_uint_eq(v->rule_ref.len, 0);
    }
    ck_assert_int_eq(v->phase.len > 0, v->rule_ref.len > 0);
    if (v->rule_ref.len > 0) {
        const postern_rule_match *last = &v->matches[v->match_count - 1];
        ck_assert_str_eq(v->phase.data, "http_request_firewall_custom");
        ck_assert(postern_str_equal(last->ref, v->rule_ref));
        ck_assert_int_eq(last->action, v->outcome == POSTERN_BLOCKED
                                           ? POSTERN_ACTION_BLOCK
                                           : POSTERN_ACTION_SKIP);
    }
}

/* The refs of the matches, with '-' before one that is not to be recorded. */
static const char *matched(const postern_verdict *v)
{
    static char text[512];
    size_t at = 0;

    text[0] = '\0';
    for (size_t i = 0; i < v->match_count; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s%.*s",
                               i > 0 ? " " : "", v->matches[i].log ? "" : "-",
                               (int)v->matches[i].ref.len, v->matches[i].ref.data);
    }
    return text;
}

static bool is(postern_str text, const char *wanted)
{
    return postern_str_equal(text, postern_text(wanted));
}

/* --- order and actions ---------------------------------------------------------- */

/* Rules in short: the ref, what it does (L log, B block, S skip, P skip the phase, Q skip
 * without logging), then x when it is disabled and n when it never matches. A D at the
 * end: the default is block. */
static const struct {
    const char *rules;
    postern_outcome outcome;
    const char *ref;     /* of the deciding rule */
    const char *matches; /* as matched() writes them */
} orders[] = {
    {"",                           POSTERN_ALLOWED, "",  ""                 },
    {"aBn",                        POSTERN_ALLOWED, "",  ""                 },
    {"aB bB",                      POSTERN_BLOCKED, "a", "a"                },
    {"aL bLn cL",                  POSTERN_ALLOWED, "",  "a c"              },
    {"aL bB cL",                   POSTERN_BLOCKED, "b", "a b"              },
    {"aS bB",                      POSTERN_ALLOWED, "a", "a"                },
    {"aP bB",                      POSTERN_ALLOWED, "a", "a"                },
    {"aB bS",                      POSTERN_BLOCKED, "a", "a"                },
    {"aSn bB",                     POSTERN_BLOCKED, "b", "b"                },
    {"aBx bL",                     POSTERN_ALLOWED, "",  "b"                },
    {"aSx bB",                     POSTERN_BLOCKED, "b", "b"                },
    {"aLx bBx",                    POSTERN_ALLOWED, "",  ""                 },
    {"aL bQ cB",                   POSTERN_ALLOWED, "b", "a -b"             },
    {"D",                          POSTERN_BLOCKED, "",  ""                 },
    {"aL D",                       POSTERN_BLOCKED, "",  "a"                },
    {"aS D",                       POSTERN_ALLOWED, "a", "a"                },
    {"aSn D",                      POSTERN_BLOCKED, "",  ""                 },
    {"aL bB D",                    POSTERN_BLOCKED, "b", "a b"              },
    {"aL bL cL dL eL fL gL hL iL", POSTERN_ALLOWED, "",  "a b c d e f g h i"},
};

static const char *action_of(char letter)
{
    switch (letter) {
    case 'L':
        return LOG;
    case 'B':
        return BLOCK;
    case 'P':
        return SKIP_PHASE;
    case 'Q':
        return SKIP ", \"logging\": {\"enabled\": false}";
    default:
        return SKIP;
    }
}

/* The policy that `rules` is short for. */
static const char *spell(const char *rules)
{
    static char text[4096];
    const bool deny = strchr(rules, 'D') != NULL;
    size_t at = (size_t)sprintf(
        text,
        "{\"version\": 1, \"default\": \"%s\", \"rulesets\": [{" PHASE ", \"rules\": [",
        deny ? "block" : "allow");

    for (const char *rule = rules; *rule != '\0' && *rule != 'D';) {
        const size_t len = strcspn(rule, " ");
        const bool disabled = memchr(rule, 'x', len) != NULL;
        const bool never = memchr(rule, 'n', len) != NULL;
        at += (size_t)sprintf(
            text + at,
            "%s{\"ref\": \"%c\", \"expression\": \"%s\", \"enabled\": %s, %s}",
            rule > rules ? "," : "", rule[0], never ? "ssl" : "true",
            disabled ? "false" : "true", action_of(rule[1]));
        rule += rule[len] == ' ' ? len + 1 : len;
    }
    (void)strcpy(text + at, "]}]}");
    return text;
}

START_TEST(rules_are_tried_in_order)
{
    bench b;

    bench_open(&b);
    world_must_load(&b.w, spell(orders[_i].rules));
    begin(&b, "a.example", "/");
    for (int again = 0; again < 2; again++) {
        evaluate(&b);
        ck_assert_msg(b.verdict.outcome == orders[_i].outcome, "%s", orders[_i].rules);
        ck_assert_msg(is(b.verdict.rule_ref, orders[_i].ref), "%s", orders[_i].rules);
        ck_assert_str_eq(matched(&b.verdict), orders[_i].matches);
    }
    ck_assert_uint_eq(b.verdict.status,
                      orders[_i].outcome == POSTERN_BLOCKED ? 403 : 0);
    ck_assert(!b.verdict.close);
    bench_close(&b);
}
END_TEST

START_TEST(skip_that_has_no_effect_goes_on)
{
    static const char text[] =
        "{\"rules\": [{\"id\": \"s\", \"expression\": \"true\", \"action\": \"skip\","
        " \"action_parameters\": {\"phases\": [\"http_ratelimit\"]}},"
        " {\"id\": \"b\", \"expression\": \"true\", \"action\": \"managed_challenge\"}]}";
    bench b;

    bench_open(&b);
    ck_assert_int_eq(world_load(&b.w, postern_text(text), true), POSTERN_OK);
    begin(&b, "a.example", "/");
    evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_BLOCKED);
    ck_assert_str_eq(matched(&b.verdict), "s b");
    bench_close(&b);
}
END_TEST

START_TEST(a_block_answers_as_it_says)
{
    bench b;

    bench_open(&b);
    world_must_load(
        &b.w,
        POLICY(RULE("teapot", "http.request.uri.path eq \\\"/tea\\\"",
                    "\"description\": \"short \\u0026 stout\", " BLOCK
                    ", \"action_parameters\": {\"response\": {\"status_code\": 418,"
                    " \"content\": \"no \\\"coffee\\\"\", \"content_type\":"
                    " \"text/plain\"}}") "," RULE("last", "true", BLOCK)));
    begin(&b, "a.example", "/tea");
    evaluate(&b);
    ck_assert_uint_eq(b.verdict.status, 418);
    ck_assert(is(b.verdict.body, "no \"coffee\""));
    ck_assert(is(b.verdict.content_type, "text/plain"));
    ck_assert(is(b.verdict.rule_ref, "teapot"));
    ck_assert(is(b.verdict.rule_description, "short & stout"));
    ck_assert(is(b.verdict.matches[0].description, "short & stout"));
    ck_assert(is(b.verdict.reason, "a rule blocks"));
    begin(&b, "a.example", "/");
    evaluate(&b);
    ck_assert_uint_eq(b.verdict.status, 403);
    ck_assert_uint_eq(b.verdict.body.len, 0);
    ck_assert_uint_eq(b.verdict.content_type.len, 0);
    ck_assert_uint_eq(b.verdict.rule_description.len, 0);
    bench_close(&b);
}
END_TEST

/* --- before the rules ----------------------------------------------------------- */

static const char two_hosts[] =
    "{\"version\": 1, \"mtls\": {\"hosts\": ["
    "{\"hostname\": \"Strict.Example.\", \"ca\": [\"corpus/ca/ca-a.pem\"]},"
    "{\"hostname\": \"rules.example\", \"ca\": [\"corpus/ca/ca-a.pem\"],"
    " \"revoked\": \"rules\"}]},"
    " \"plain_hosts\": [\"www.example\", \"*.plain.example\", \"192.0.2.1\"],"
    " \"rulesets\": [{" PHASE ", \"rules\": [" RULE(
        "no-cert",
        "not cf.tls_client_auth.cert_verified and http.host in"
        " {\\\"strict.example\\\" \\\"rules.example\\\"}",
        BLOCK) "," RULE("revoked", "cf.tls_client_auth.cert_revoked", BLOCK) "]}]}";

static const struct {
    const char *host;
    bool verified;
    bool revoked;
    postern_outcome outcome;
    unsigned status;
    const char *ref;
} registrations[] = {
    {"strict.example",      false, false, POSTERN_BLOCKED,     403, "no-cert"},
    {"strict.example",      true,  false, POSTERN_ALLOWED,     0,   ""       },
    {"STRICT.example.:443", true,  false, POSTERN_ALLOWED,     0,   ""       },
    {"strict.example",      true,  true,  POSTERN_REVOKED,     403, ""       },
    {"rules.example",       true,  true,  POSTERN_BLOCKED,     403, "revoked"},
    {"rules.example",       true,  false, POSTERN_ALLOWED,     0,   ""       },
    {"www.example",         false, false, POSTERN_ALLOWED,     0,   ""       },
    {"www.example",         true,  true,  POSTERN_BLOCKED,     403, "revoked"},
    {"a.plain.example",     false, false, POSTERN_ALLOWED,     0,   ""       },
    {"b.a.plain.example",   false, false, POSTERN_ALLOWED,     0,   ""       },
    {"plain.example",       false, false, POSTERN_MISDIRECTED, 421, ""       },
    {"xplain.example",      false, false, POSTERN_MISDIRECTED, 421, ""       },
    {"192.0.2.1",           false, false, POSTERN_ALLOWED,     0,   ""       },
    {"192.0.2.2",           false, false, POSTERN_MISDIRECTED, 421, ""       },
    {"other.example",       true,  false, POSTERN_MISDIRECTED, 421, ""       },
    {"sub.strict.example",  true,  false, POSTERN_MISDIRECTED, 421, ""       },
    {"",                    true,  false, POSTERN_BAD_REQUEST, 400, ""       },
    {NULL,                  true,  false, POSTERN_BAD_REQUEST, 400, ""       },
    {"strict.example x",    true,  false, POSTERN_BAD_REQUEST, 400, ""       },
};

START_TEST(hosts_and_revocation_come_before_rules)
{
    bench b;

    bench_open(&b);
    world_must_load(&b.w, two_hosts);
    begin(&b, registrations[_i].host, "/");
    set_bool(&b, "cf.tls_client_auth.cert_verified", registrations[_i].verified);
    set_bool(&b, "cf.tls_client_auth.cert_revoked", registrations[_i].revoked);
    evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, registrations[_i].outcome);
    ck_assert_uint_eq(b.verdict.status, registrations[_i].status);
    ck_assert_int_eq(b.verdict.close, registrations[_i].status == 400 ||
                                          registrations[_i].status == 421);
    ck_assert(is(b.verdict.rule_ref, registrations[_i].ref));
    bench_close(&b);
}
END_TEST

static const char *const bad_targets[] = {"", "/%00", "/%g1", "http://other.example/"};

START_TEST(a_bad_target_is_a_bad_request)
{
    bench b;

    bench_open(&b);
    world_must_load(&b.w, POLICY(""));
    begin(&b, "a.example", bad_targets[_i]);
    evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_BAD_REQUEST);
    ck_assert_uint_eq(b.verdict.status, 400);
    ck_assert(b.verdict.close);
    bench_close(&b);
}
END_TEST

START_TEST(without_registered_hosts_every_host_goes_to_the_rules)
{
    bench b;

    bench_open(&b);
    world_must_load(&b.w, POLICY(RULE("a", "http.host eq \\\"b.example\\\"", BLOCK)));
    begin(&b, "a.example", "/");
    evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_ALLOWED);
    begin(&b, "B.example", "/");
    evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_BLOCKED);
    bench_close(&b);
}
END_TEST

START_TEST(a_star_serves_every_other_host)
{
    bench b;

    bench_open(&b);
    world_must_load(&b.w,
                    "{\"version\": 1, \"default\": \"block\", \"mtls\": {\"hosts\": ["
                    "{\"hostname\": \"a.example\", \"ca\": [\"corpus/ca/ca-a.pem\"]}]},"
                    "\"plain_hosts\": [\"*\"], \"rulesets\": [{" PHASE
                    ", \"rules\": [" RULE("all", "true", LOG) "]}]}");
    begin(&b, "anything.example", "/");
    evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_BLOCKED);
    ck_assert_str_eq(matched(&b.verdict), "all");
    bench_close(&b);
}
END_TEST

/* --- what else a verdict tells -------------------------------------------------- */

START_TEST(a_verdict_tells_host_target_and_what_to_strip)
{
    bench b;

    bench_open(&b);
    world_must_load(&b.w, POLICY(RULE("seen",
                                      "http.request.headers[\\\"client-cert\\\"][0]"
                                      " eq \\\"x\\\"",
                                      BLOCK)));
    begin(&b, "A.Example.:8443", "/a/../b//c?q=%20");
    (void)postern_request_add_header(b.request, postern_text("Client-Cert"),
                                     postern_text("x"));
    (void)postern_request_add_header(b.request, postern_text("Accept"),
                                     postern_text("x"));
    (void)postern_request_add_header(b.request, postern_text("CF_Access_Jwt_Assertion"),
                                     postern_text("x"));
    evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_ALLOWED); /* hidden from rules */
    ck_assert(is(b.verdict.host, "a.example"));
    ck_assert(is(b.verdict.target, "/b/c?q=%20"));
    ck_assert(is(b.verdict.certificate_reason, "not-evaluated"));
    ck_assert_uint_eq(b.verdict.strip_count, 2);
    ck_assert(is(b.verdict.strip[0], "Client-Cert"));
    ck_assert(is(b.verdict.strip[1], "CF_Access_Jwt_Assertion"));
    bench_close(&b);
}
END_TEST

START_TEST(a_real_request_is_never_evaluated_without_its_connection)
{
    bench b;

    bench_open(&b);
    world_must_load(&b.w, POLICY(""));
    postern_request_free(b.request);
    ck_assert_int_eq(postern_request_new(b.w.scheme, &b.request), POSTERN_OK);
    begin(&b, "a.example", "/");
    evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_FAULT);
    ck_assert_int_eq(b.verdict.fault, POSTERN_STATE);
    ck_assert(is(b.verdict.reason,
                 "only simulated requests are evaluated without a connection"));
    bench_close(&b);
}
END_TEST

/* Fields alone are enough to try rules: checks of the head need a head. */
START_TEST(a_request_without_a_head_goes_to_the_rules)
{
    bench b;

    bench_open(&b);
    world_must_load(&b.w, two_hosts);
    evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_ALLOWED);
    postern_request_reset(b.request);
    set_bool(&b, "cf.tls_client_auth.cert_revoked", true);
    evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_BLOCKED);
    ck_assert(is(b.verdict.rule_ref, "revoked"));
    bench_close(&b);
}
END_TEST

START_TEST(a_request_of_another_scheme_is_a_fault)
{
    bench b;
    bench other;

    bench_open(&b);
    bench_open(&other);
    world_must_load(&b.w, POLICY(""));
    begin(&other, "a.example", "/");
    postern_policy_evaluate(b.w.policy, other.request, &b.verdict);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_FAULT);
    ck_assert(!postern_verdict_allows(&b.verdict));
    bench_close(&other);
    bench_close(&b);
}
END_TEST

START_TEST(a_poisoned_request_is_a_fault)
{
    bench b;

    bench_open(&b);
    world_must_load(&b.w, POLICY(""));
    begin(&b, "a.example", "/");
    (void)postern_request_add_header(b.request, postern_text("not a token"),
                                     postern_text("x"));
    evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_FAULT);
    ck_assert_int_eq(b.verdict.fault, POSTERN_INVALID);
    ck_assert(is(b.verdict.reason, "the request could not be prepared"));
    begin(&b, "a.example", "/");
    evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_ALLOWED);
    bench_close(&b);
}
END_TEST

/* The verdict borrows from the policy: the request keeps that alive. */
START_TEST(a_verdict_outlives_its_policy)
{
    bench b;

    bench_open(&b);
    world_must_load(&b.w, POLICY(RULE("first", "true", BLOCK)));
    begin(&b, "a.example", "/");
    evaluate(&b);
    postern_policy_release(b.w.policy);
    b.w.policy = NULL;
    ck_assert(is(b.verdict.rule_ref, "first"));
    bench_close(&b);
}
END_TEST

START_TEST(words_for_logs_are_fixed)
{
    static const char *const outcomes[] = {"not-evaluated", "fault",   "bad-request",
                                           "misdirected",   "revoked", "blocked",
                                           "allowed",       "unknown"};
    static const char *const actions[] = {"unknown", "block", "skip", "log", "unknown"};

    for (int i = 0; i < 8; i++) {
        ck_assert_str_eq(postern_outcome_text((postern_outcome)i), outcomes[i]);
    }
    for (int i = 0; i < 5; i++) {
        ck_assert_str_eq(postern_action_text((postern_action)i), actions[i]);
    }
    ck_assert(!postern_verdict_allows(NULL));
}
END_TEST

/* --- faults --------------------------------------------------------------------- */

static const struct {
    const char *more; /* of the policy */
    unsigned status;
    bool close;
    const char *body;
} fault_answers[] = {
    {"\"default\": \"allow\"",                   503, true, ""     },
    {"\"on_fault\": \"block\"",                  503, true, ""     },
    {"\"on_fault\": \"close\"",                  0,   true, ""     },
    {"\"on_fault\": {\"response\": {\"status_code\": 500, \"content\": \"later\","
     " \"content_type\": \"text/plain\"}}", 500, true, "later"},
    {"\"on_fault\": {\"response\": {\"content\": \"later\", \"content_type\":"
     " \"text/plain\"}}",                   503, true, "later"},
};
static const char *const fault_actions[] = {BLOCK, SKIP, LOG};

enum { ANSWERS = sizeof fault_answers / sizeof fault_answers[0], ACTIONS = 3 };

/* lower() of a header that does not fit the memory of a request. */
START_TEST(a_fault_never_allows)
{
    const size_t answer = (size_t)_i / ACTIONS;
    char text[1024];
    char large[4096];
    bench b;

    (void)snprintf(text, sizeof text,
                   POLICY_AND(RULE("before", "true", LOG) "," RULE(
                                  "large", "not lower(http.user_agent) eq \\\"x\\\"",
                                  "%s") "," RULE("after", "true", SKIP),
                              "%s"),
                   fault_actions[_i % ACTIONS], fault_answers[answer].more);
    memset(large, 'A', sizeof large);
    world_init(&b.w);
    b.w.options.limits.request_bytes = 2048;
    world_open(&b.w);
    ck_assert_int_eq(postern_request_new_simulated(b.w.scheme, &b.request), POSTERN_OK);
    world_must_load(&b.w, text);
    begin(&b, "a.example", "/");
    (void)postern_request_add_header(b.request, postern_text("User-Agent"),
                                     (postern_str){large, sizeof large});
    evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_FAULT);
    ck_assert_int_eq(b.verdict.fault, POSTERN_LIMIT);
    ck_assert_uint_eq(b.verdict.status, fault_answers[answer].status);
    ck_assert_int_eq(b.verdict.close, fault_answers[answer].close);
    ck_assert(is(b.verdict.body, fault_answers[answer].body));
    ck_assert_str_eq(matched(&b.verdict), "before");
    begin(&b, "a.example", "/");
    evaluate(&b);
    ck_assert_int_ne(b.verdict.outcome, POSTERN_FAULT);
    bench_close(&b);
}
END_TEST

/* --- size ----------------------------------------------------------------------- */

/* `count` rules that block the host nNUMBER.example, and as many registered hosts. */
static char *large_policy(size_t count, size_t hosts)
{
    char *text = malloc(1000 + 250 * count + 120 * hosts);
    char *at = text;

    ck_assert_ptr_nonnull(text);
    at += sprintf(at, "{\"version\": 1, \"mtls\": {\"hosts\": [");
    for (size_t i = 0; i < hosts; i++) {
        at += sprintf(at, "%s{\"hostname\": \"n%zu.example\", \"ca\": [\"ca.pem\"]}",
                      i > 0 ? ",\n" : "", i);
    }
    at += sprintf(at, "]}, \"rulesets\": [{" PHASE ", \"rules\": [");
    for (size_t i = 0; i < count; i++) {
        at += sprintf(at,
                      "%s{\"ref\": \"rule-%zu\", \"description\": \"number %zu\", "
                      "\"expression\": \"(http.host eq \\\"n%zu.example\\\" and not "
                      "cf.tls_client_auth.cert_verified)\", \"action\": \"block\"}",
                      i > 0 ? ",\n" : "", i, i, i);
    }
    (void)sprintf(at, "]}]}");
    return text;
}

START_TEST(ten_thousand_rules_load_and_decide)
{
    char *text = large_policy(10000, 0);
    bench b;

    bench_open(&b);
    world_must_load(&b.w, text);
    free(text);
    ck_assert_uint_eq(postern_policy_rule_count(b.w.policy), 10000);
    begin(&b, "n9999.example", "/");
    evaluate(&b);
    ck_assert(is(b.verdict.rule_ref, "rule-9999"));
    begin(&b, "n10000.example", "/");
    evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_ALLOWED);
    bench_close(&b);
}
END_TEST

START_TEST(thousands_of_hosts_load_and_decide)
{
    enum { HOSTS = 2000 };
    char *text = large_policy(HOSTS, HOSTS);
    postern_str ca = world_slurp("data/corpus/ca/ca-a.pem");
    bench b;

    bench_open(&b);
    b.w.files[b.w.file_count++] = (world_file){postern_text("ca.pem"), ca};
    world_must_load(&b.w, text);
    free(text);
    free((void *)(uintptr_t)ca.data);
    begin(&b, "n1999.example", "/");
    evaluate(&b);
    ck_assert(is(b.verdict.rule_ref, "rule-1999"));
    begin(&b, "n2000.example", "/");
    evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_MISDIRECTED);
    bench_close(&b);
}
END_TEST

/* --- against a plain re-implementation ------------------------------------------ */

static const char *const templates[] = {
    "true",
    "false",
    "ssl",
    "not ssl",
    "http.host eq \\\"a.example\\\"",
    "http.host ne \\\"a.example\\\"",
    "http.host in {\\\"a.example\\\" \\\"b.example\\\"}",
    "lower(http.user_agent) eq \\\"curl\\\"",
    "len(http.user_agent) gt 4",
    "http.request.uri.path eq \\\"/admin\\\"",
    "http.request.headers[\\\"x-one\\\"][0] eq \\\"1\\\"",
    "http.request.headers[\\\"x-one\\\"][1] ne \\\"1\\\"",
    "len(http.request.headers[\\\"x-two\\\"][0]) ge 1",
    "cf.tls_client_auth.cert_verified and not cf.tls_client_auth.cert_revoked",
    "cf.tls_client_auth.cert_verified xor cf.tls_client_auth.cert_revoked xor ssl",
    "http.host lt http.user_agent",
    "ssl or http.request.uri.query eq \\\"q\\\"",
};

typedef struct naive_rule {
    postern_filter *filter;
    char ref[16];
    postern_action action;
    bool enabled;
    bool log;
} naive_rule;

static uint32_t seed;

static uint32_t pick(uint32_t below)
{
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 8) % below;
}

/* A template without the escapes of JSON. */
static postern_filter *compile(const bench *b, const char *expression)
{
    char plain[256];
    size_t len = 0;
    postern_filter *filter;

    for (; *expression != '\0'; expression++) {
        if (*expression != '\\') {
            plain[len++] = *expression;
        }
    }
    ck_assert_int_eq(postern_filter_compile(b->w.scheme, (postern_str){plain, len},
                                            NULL, &filter, NULL),
                     POSTERN_OK);
    return filter;
}

static size_t write_rule(const bench *b, naive_rule *rule, size_t number, char *out)
{
    static const char *const actions[] = {LOG, SKIP, BLOCK};
    static const postern_action values[] = {POSTERN_ACTION_LOG, POSTERN_ACTION_SKIP,
                                            POSTERN_ACTION_BLOCK};
    const char *expression = templates[pick(sizeof templates / sizeof templates[0])];
    const uint32_t action = pick(8) < 6 ? 0 : 1 + pick(2);

    rule->filter = compile(b, expression);
    (void)snprintf(rule->ref, sizeof rule->ref, "r%zu", number);
    rule->action = values[action];
    rule->enabled = pick(6) != 0;
    rule->log = action != 1 || pick(2) == 0;
    return (size_t)sprintf(
        out, "%s{\"ref\": \"%s\", \"expression\": \"%s\", %s, \"enabled\": %s%s}",
        number > 0 ? "," : "", rule->ref, expression, actions[action],
        rule->enabled ? "true" : "false",
        rule->log ? "" : ", \"logging\": {\"enabled\": false}");
}

static void random_request(bench *b)
{
    static const char *const hosts[] = {"a.example", "b.example", "C.example"};
    static const char *const agents[] = {"curl", "CURL", "z", "Mozilla"};
    static const char *const targets[] = {"/admin", "/x/../admin", "/?q", "/"};

    begin(b, hosts[pick(3)], targets[pick(4)]);
    if (pick(4) > 0) {
        (void)postern_request_add_header(b->request, postern_text("User-Agent"),
                                         postern_text(agents[pick(4)]));
    }
    for (uint32_t n = pick(3); n > 0; n--) {
        (void)postern_request_add_header(b->request, postern_text("X-One"),
                                         postern_text(pick(2) == 0 ? "1" : "2"));
    }
    if (pick(2) == 0) {
        (void)postern_request_add_header(b->request, postern_text("x-two"),
                                         postern_text(pick(2) == 0 ? "" : "t"));
    }
    set_bool(b, "ssl", pick(2) == 0);
    set_bool(b, "cf.tls_client_auth.cert_verified", pick(2) == 0);
    set_bool(b, "cf.tls_client_auth.cert_revoked", pick(3) == 0);
}

static void compare(bench *b, const naive_rule *rules, size_t count,
                    bool block_by_default)
{
    postern_outcome outcome = block_by_default ? POSTERN_BLOCKED : POSTERN_ALLOWED;
    const char *ref = "";
    size_t matches = 0;

    evaluate(b);
    for (size_t i = 0; i < count; i++) {
        bool holds;
        if (!rules[i].enabled) {
            continue;
        }
        ck_assert_int_eq(postern_filter_match(rules[i].filter, b->request, &holds),
                         POSTERN_OK);
        if (!holds) {
            continue;
        }
        ck_assert_uint_lt(matches, b->verdict.match_count);
        ck_assert(is(b->verdict.matches[matches].ref, rules[i].ref));
        ck_assert_int_eq(b->verdict.matches[matches].action, rules[i].action);
        ck_assert_int_eq(b->verdict.matches[matches].log, rules[i].log);
        matches++;
        if (rules[i].action == POSTERN_ACTION_BLOCK) {
            outcome = POSTERN_BLOCKED;
        }
        if (rules[i].action == POSTERN_ACTION_SKIP) {
            outcome = POSTERN_ALLOWED;
        }
        if (rules[i].action != POSTERN_ACTION_LOG) {
            ref = rules[i].ref;
            break;
        }
    }
    ck_assert_uint_eq(b->verdict.match_count, matches);
    ck_assert_int_eq(b->verdict.outcome, outcome);
    ck_assert(is(b->verdict.rule_ref, ref));
}

/* Each rule by a filter of its own, on a request made twice alike. */
START_TEST(random_policies_agree_with_a_plain_walk)
{
    enum { MOST = 60, REQUESTS = 40 };
    naive_rule rules[MOST];
    char text[MOST * 300];
    const char *end;
    size_t count;
    size_t at;
    bool block;
    bench b;

    seed = (uint32_t)_i * 7919U + 1;
    bench_open(&b);
    count = 20 + pick(41);
    block = pick(3) == 0;
    at = (size_t)sprintf(text,
                         "{\"version\": 1, \"rulesets\": [{" PHASE ", \"rules\": [");
    for (size_t i = 0; i < count; i++) {
        at += write_rule(&b, &rules[i], i, text + at);
    }
    end = block ? "]}], \"default\": \"block\"}" : "]}]}";
    (void)strcpy(text + at, end);
    world_must_load(&b.w, text);
    for (size_t i = 0; i < REQUESTS; i++) {
        random_request(&b);
        compare(&b, rules, count, block);
    }
    for (size_t i = 0; i < count; i++) {
        postern_filter_free(rules[i].filter);
    }
    bench_close(&b);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

Suite *test_suite(void)
{
    Suite *suite = suite_create("policy-rules");
    TCase *rules = tcase_create("rules");
    TCase *large = tcase_create("large");

    tcase_add_loop_test(rules, rules_are_tried_in_order, 0, COUNT(orders));
    tcase_add_test(rules, skip_that_has_no_effect_goes_on);
    tcase_add_test(rules, a_block_answers_as_it_says);
    tcase_add_loop_test(rules, hosts_and_revocation_come_before_rules, 0,
                        COUNT(registrations));
    tcase_add_loop_test(rules, a_bad_target_is_a_bad_request, 0, COUNT(bad_targets));
    tcase_add_test(rules, without_registered_hosts_every_host_goes_to_the_rules);
    tcase_add_test(rules, a_star_serves_every_other_host);
    tcase_add_test(rules, a_verdict_tells_host_target_and_what_to_strip);
    tcase_add_test(rules, a_real_request_is_never_evaluated_without_its_connection);
    tcase_add_test(rules, a_request_without_a_head_goes_to_the_rules);
    tcase_add_test(rules, a_request_of_another_scheme_is_a_fault);
    tcase_add_test(rules, a_poisoned_request_is_a_fault);
    tcase_add_test(rules, a_verdict_outlives_its_policy);
    tcase_add_test(rules, words_for_logs_are_fixed);
    tcase_add_loop_test(rules, a_fault_never_allows, 0, ANSWERS * ACTIONS);
    tcase_add_loop_test(rules, random_policies_agree_with_a_plain_walk, 0, 60);
    suite_add_tcase(suite, rules);
    tcase_set_timeout(large, 30);
    tcase_add_test(large, ten_thousand_rules_load_and_decide);
    tcase_add_test(large, thousands_of_hosts_load_and_decide);
    suite_add_tcase(suite, large);
    return suite;
}
