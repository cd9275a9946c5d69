/* test_rules.c - what a loaded policy says about requests. */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLICY(rules) \
    "{\"version\": 1, \"rulesets\": [{" PHASE ", \"rules\": [" rules "]}]}"
#define POLICY_AND(rules, more) \
    "{\"version\": 1, \"rulesets\": [{" PHASE ", \"rules\": [" rules "]}], " more "}"
#define RULE(ref, expression, more) \
    "{\"ref\": \"" ref "\", \"expression\": \"" expression "\", " more "}"
#define SKIP_PHASE \
    "\"action\": \"skip\", \"action_parameters\": {\"phase\": \"current\"}"

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
    bench_begin(&b, "a.example", "/");
    for (int again = 0; again < 2; again++) {
        bench_evaluate(&b);
        ck_assert_msg(b.verdict.outcome == orders[_i].outcome, "%s", orders[_i].rules);
        ck_assert_msg(text_is(b.verdict.rule_ref, orders[_i].ref), "%s",
                      orders[_i].rules);
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
    bench_begin(&b, "a.example", "/");
    bench_evaluate(&b);
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
    bench_begin(&b, "a.example", "/tea");
    bench_evaluate(&b);
    ck_assert_uint_eq(b.verdict.status, 418);
    ck_assert(text_is(b.verdict.body, "no \"coffee\""));
    ck_assert(text_is(b.verdict.content_type, "text/plain"));
    ck_assert(text_is(b.verdict.rule_ref, "teapot"));
    ck_assert(text_is(b.verdict.rule_description, "short & stout"));
    ck_assert(text_is(b.verdict.matches[0].description, "short & stout"));
    ck_assert(text_is(b.verdict.reason, "a rule blocks"));
    bench_begin(&b, "a.example", "/");
    bench_evaluate(&b);
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
    bench_begin(&b, registrations[_i].host, "/");
    bench_set(&b, "cf.tls_client_auth.cert_verified", registrations[_i].verified);
    bench_set(&b, "cf.tls_client_auth.cert_revoked", registrations[_i].revoked);
    bench_evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, registrations[_i].outcome);
    ck_assert_uint_eq(b.verdict.status, registrations[_i].status);
    ck_assert_int_eq(b.verdict.close, registrations[_i].status == 400 ||
                                          registrations[_i].status == 421);
    ck_assert(text_is(b.verdict.rule_ref, registrations[_i].ref));
    bench_close(&b);
}
END_TEST

static const char *const bad_targets[] = {"", "/%00", "/%g1", "http://other.example/"};

START_TEST(a_bad_target_is_a_bad_request)
{
    bench b;

    bench_open(&b);
    world_must_load(&b.w, POLICY(""));
    bench_begin(&b, "a.example", bad_targets[_i]);
    bench_evaluate(&b);
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
    bench_begin(&b, "a.example", "/");
    bench_evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_ALLOWED);
    bench_begin(&b, "B.example", "/");
    bench_evaluate(&b);
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
    bench_begin(&b, "anything.example", "/");
    bench_evaluate(&b);
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
    bench_begin(&b, "A.Example.:8443", "/a/../b//c?q=%20");
    (void)postern_request_add_header(b.request, postern_text("Client-Cert"),
                                     postern_text("x"));
    (void)postern_request_add_header(b.request, postern_text("Accept"),
                                     postern_text("x"));
    (void)postern_request_add_header(b.request, postern_text("CF_Access_Jwt_Assertion"),
                                     postern_text("x"));
    bench_evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_ALLOWED); /* hidden from rules */
    ck_assert(text_is(b.verdict.host, "a.example"));
    ck_assert(text_is(b.verdict.target, "/b/c?q=%20"));
    ck_assert(text_is(b.verdict.certificate_reason, "not-evaluated"));
    ck_assert_uint_eq(b.verdict.strip_count, 2);
    ck_assert(text_is(b.verdict.strip[0], "Client-Cert"));
    ck_assert(text_is(b.verdict.strip[1], "CF_Access_Jwt_Assertion"));
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
    bench_begin(&b, "a.example", "/");
    bench_evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_FAULT);
    ck_assert_int_eq(b.verdict.fault, POSTERN_STATE);
    ck_assert(text_is(b.verdict.reason,
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
    bench_evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_ALLOWED);
    postern_request_reset(b.request);
    bench_set(&b, "cf.tls_client_auth.cert_revoked", true);
    bench_evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_BLOCKED);
    ck_assert(text_is(b.verdict.rule_ref, "revoked"));
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
    bench_begin(&other, "a.example", "/");
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
    bench_begin(&b, "a.example", "/");
    (void)postern_request_add_header(b.request, postern_text("not a token"),
                                     postern_text("x"));
    bench_evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_FAULT);
    ck_assert_int_eq(b.verdict.fault, POSTERN_INVALID);
    ck_assert(text_is(b.verdict.reason, "the request could not be prepared"));
    bench_begin(&b, "a.example", "/");
    bench_evaluate(&b);
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
    bench_begin(&b, "a.example", "/");
    bench_evaluate(&b);
    postern_policy_release(b.w.policy);
    b.w.policy = NULL;
    ck_assert(text_is(b.verdict.rule_ref, "first"));
    bench_close(&b);
}
END_TEST

START_TEST(words_for_logs_are_fixed)
{
    static const char *const outcomes[] = {"not-evaluated", "fault",      "bad-request",
                                           "misdirected",   "revoked",    "blocked",
                                           "allowed",       "unverified", "unknown"};
    static const char *const actions[] = {"unknown", "block", "skip", "log", "unknown"};

    for (int i = 0; i < 9; i++) {
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
    bench_begin(&b, "a.example", "/");
    (void)postern_request_add_header(b.request, postern_text("User-Agent"),
                                     (postern_str){large, sizeof large});
    bench_evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_FAULT);
    ck_assert_int_eq(b.verdict.fault, POSTERN_LIMIT);
    ck_assert_uint_eq(b.verdict.status, fault_answers[answer].status);
    ck_assert_int_eq(b.verdict.close, fault_answers[answer].close);
    ck_assert(text_is(b.verdict.body, fault_answers[answer].body));
    ck_assert_str_eq(matched(&b.verdict), "before");
    bench_begin(&b, "a.example", "/");
    bench_evaluate(&b);
    ck_assert_int_ne(b.verdict.outcome, POSTERN_FAULT);
    bench_close(&b);
}
END_TEST

/* --- size ----------------------------------------------------------------------- */

/* `count` rules that block the host nNUMBER.example, and as many registered hosts. */
static char *large_policy(size_t count, size_t hosts)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    ck_assert_ptr_nonnull(out);
    (void)fprintf(out, "{\"version\": 1, \"mtls\": {\"hosts\": [");
    for (size_t i = 0; i < hosts; i++) {
        (void)fprintf(out, "%s{\"hostname\": \"n%zu.example\", \"ca\": [\"ca.pem\"]}",
                      i > 0 ? ",\n" : "", i);
    }
    (void)fprintf(out, "]}, \"rulesets\": [{" PHASE ", \"rules\": [");
    for (size_t i = 0; i < count; i++) {
        (void)fprintf(out,
                      "%s{\"ref\": \"rule-%zu\", \"description\": \"number %zu\", "
                      "\"expression\": \"(http.host eq \\\"n%zu.example\\\" and not "
                      "cf.tls_client_auth.cert_verified)\", \"action\": \"block\"}",
                      i > 0 ? ",\n" : "", i, i, i);
    }
    (void)fprintf(out, "]}]}");
    ck_assert_int_eq(fclose(out), 0);
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
    bench_begin(&b, "n9999.example", "/");
    bench_evaluate(&b);
    ck_assert(text_is(b.verdict.rule_ref, "rule-9999"));
    bench_begin(&b, "n10000.example", "/");
    bench_evaluate(&b);
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
    bench_begin(&b, "n1999.example", "/");
    bench_evaluate(&b);
    ck_assert(text_is(b.verdict.rule_ref, "rule-1999"));
    bench_begin(&b, "n2000.example", "/");
    bench_evaluate(&b);
    ck_assert_int_eq(b.verdict.outcome, POSTERN_MISDIRECTED);
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
    suite_add_tcase(suite, rules);
    tcase_set_timeout(large, 30);
    tcase_add_test(large, ten_thousand_rules_load_and_decide);
    tcase_add_test(large, thousands_of_hosts_load_and_decide);
    suite_add_tcase(suite, large);
    return suite;
}
