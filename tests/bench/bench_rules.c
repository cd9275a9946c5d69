/*
 * bench_rules.c - what the published rules cost: a bare filter beside the same
 * check written by hand, and a whole decision of the gate. Numbers, no pass or
 * fail; run it on an idle core.
 */
#include "clock.h"

#include <postern.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const postern_str service = POSTERN_STR("service.example.com");

static const char *const rules[] = {
    "(cf.tls_client_auth.cert_verified and http.host eq \"service.example.com\")",
    "(http.host eq \"service.example.com\")",
    "(http.host eq \"mtls.example.com\" and not cf.tls_client_auth.cert_verified)",
    "(cf.tls_client_auth.cert_verified or "
    "len(http.request.headers[\"cf-access-jwt-assertion\"][0]) gt 0) and "
    "http.host eq \"service.example.com\"",
};

static const char policy_text[] =
    "{\"version\": 1, \"plain_hosts\": [\"*\"], \"rulesets\": [{\"phase\": "
    "\"http_request_firewall_custom\", \"rules\": ["
    "{\"ref\": \"allow\", \"expression\": \"(cf.tls_client_auth.cert_verified and "
    "http.host eq \\\"service.example.com\\\")\", \"action\": \"skip\", "
    "\"action_parameters\": {\"ruleset\": \"current\"}}, "
    "{\"ref\": \"deny\", \"expression\": \"(http.host eq \\\"service.example.com\\\")\", "
    "\"action\": \"block\"}]}]}";

static const struct {
    postern_str name;
    postern_str value;
} headers[] = {
    {POSTERN_STR("Host"),            POSTERN_STR("service.example.com")},
    {POSTERN_STR("User-Agent"),      POSTERN_STR("curl/8.0")           },
    {POSTERN_STR("Accept"),          POSTERN_STR("*/*")                },
    {POSTERN_STR("Accept-Language"), POSTERN_STR("pt-PT,en;q=0.8")     },
    {POSTERN_STR("Accept-Encoding"), POSTERN_STR("gzip, br")           },
    {POSTERN_STR("Cookie"),          POSTERN_STR("session=0123456789") },
    {POSTERN_STR("X-Request-Id"),    POSTERN_STR("6f1e2d3c4b5a6978")   },
    {POSTERN_STR("Referer"),         POSTERN_STR("https://example.com")},
};

static void must(postern_status status, const char *what)
{
    if (status != POSTERN_OK) {
        fprintf(stderr, "%s: %s\n", what, postern_status_text(status));
        exit(EXIT_FAILURE);
    }
}

typedef struct bench {
    postern_scheme *scheme;
    postern_request *request;
    postern_filter *filter;
    postern_gate *gate;
    postern_connection *connection;
    bool matched;
    bool by_hand_verified;
    postern_str by_hand_host;
    postern_verdict verdict;
} bench;

static void fill(bench *b)
{
    static const postern_str get = POSTERN_STR("GET");
    static const postern_str target = POSTERN_STR("/api/v2/users?page=2");
    static const postern_str version = POSTERN_STR("HTTP/1.1");

    (void)postern_request_begin(b->request, b->connection, get, target, version);
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        (void)postern_request_add_header(b->request, headers[i].name, headers[i].value);
    }
}

static void match(void *user)
{
    bench *b = user;

    (void)postern_filter_match(b->filter, b->request, &b->matched);
}

static void by_hand(void *user)
{
    bench *b = user;
    volatile bool *verified = &b->by_hand_verified;
    const postern_str host = b->by_hand_host;

    b->matched = *verified && host.len == service.len &&
                 memcmp(host.data, service.data, service.len) == 0;
}

static void fill_only(void *user)
{
    fill(user);
}

static void decide(void *user)
{
    bench *b = user;

    fill(b);
    postern_gate_evaluate(b->gate, b->request, &b->verdict);
}

static void compile(void *user)
{
    bench *b = user;
    postern_filter *filter;

    must(postern_filter_compile(b->scheme, postern_text(rules[0]), NULL, &filter, NULL),
         "compile");
    postern_filter_free(filter);
}

static void time_filters(bench *b)
{
    postern_field verified;
    const postern_value yes = {.type = POSTERN_BOOL, .as = {.boolean = true}};

    must(postern_request_new_simulated(b->scheme, &b->request), "request");
    must(postern_scheme_find_field(b->scheme,
                                   postern_text("cf.tls_client_auth.cert_verified"),
                                   &verified, NULL),
         "field");
    fill(b);
    must(postern_request_set(b->request, verified, &yes), "set");
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        must(postern_filter_compile(b->scheme, postern_text(rules[i]), NULL, &b->filter,
                                    NULL),
             rules[i]);
        printf("%8.1f ns  filter  %.60s...\n", time_of(match, b), rules[i]);
        postern_filter_free(b->filter);
    }
    b->by_hand_verified = true;
    b->by_hand_host = service;
    printf("%8.1f ns  the first by hand in C\n", time_of(by_hand, b));
    printf("%8.1f ns  compile and free the first\n", time_of(compile, b));
    postern_request_free(b->request);
}

static void time_gate(bench *b)
{
    const postern_source source = {
        .text = {policy_text, sizeof policy_text - 1}
    };
    const postern_address peer = {
        4, {203, 0, 113, 9}
    };
    postern_policy *policy;

    must(postern_policy_load(b->scheme, &source, &policy, NULL), "policy");
    must(postern_gate_new(policy, &b->gate), "gate");
    postern_policy_release(policy);
    must(postern_connection_new(b->gate, &peer, postern_text("bench"), &b->connection),
         "connection");
    must(postern_request_new(b->scheme, &b->request), "request");
    printf("%8.1f ns  begin a request and add 8 headers\n", time_of(fill_only, b));
    printf("%8.1f ns  ... and let the gate decide by the two rules\n",
           time_of(decide, b));
    if (b->verdict.outcome != POSTERN_BLOCKED) {
        fprintf(stderr, "the gate did not block\n");
        exit(EXIT_FAILURE);
    }
    postern_request_free(b->request);
    postern_connection_free(b->connection);
    postern_gate_free(b->gate);
}

int main(void)
{
    bench b = {0};

    must(postern_scheme_new(NULL, &b.scheme), "scheme");
    time_filters(&b);
    time_gate(&b);
    postern_scheme_free(b.scheme);
    return EXIT_SUCCESS;
}
