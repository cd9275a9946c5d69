/*
 * test_differential.c - random policies against a plain walk: every rule a filter of
 * its own, tried in order.
 */
#include "bench.h"

#include <stdio.h>
#include <string.h>

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

    bench_begin(b, hosts[pick(3)], targets[pick(4)]);
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
    bench_set(b, "ssl", pick(2) == 0);
    bench_set(b, "cf.tls_client_auth.cert_verified", pick(2) == 0);
    bench_set(b, "cf.tls_client_auth.cert_revoked", pick(3) == 0);
}

static void compare(bench *b, const naive_rule *rules, size_t count,
                    bool block_by_default)
{
    postern_outcome outcome = block_by_default ? POSTERN_BLOCKED : POSTERN_ALLOWED;
    const char *ref = "";
    size_t matches = 0;

    bench_evaluate(b);
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
        ck_assert(text_is(b->verdict.matches[matches].ref, rules[i].ref));
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
    ck_assert(text_is(b->verdict.rule_ref, ref));
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

Suite *test_suite(void)
{
    Suite *suite = suite_create("policy-differential");
    TCase *random = tcase_create("random");

    tcase_add_loop_test(random, random_policies_agree_with_a_plain_walk, 0, 60);
    suite_add_tcase(suite, random);
    return suite;
}
