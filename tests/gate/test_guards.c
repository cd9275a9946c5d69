/*
 * test_guards.c - random policies whose default is to allow: when one loads, every name
 * that is registered, below a wildcard or not, is one at which some client without a
 * certificate is blocked.
 *
 * A client is what it answers to a few questions, each of which one rule asks once, so
 * that every mix of answers is a client.
 */
#include "registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUESTIONS_MAX = 5, RULES_BYTES = 8192 };

static uint32_t seed;

static uint32_t pick(uint32_t below)
{
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 8) % below;
}

/* --- random policies ------------------------------------------------------------------- */

static const char *const entries[] = {
    "*.w.example", "a.w.example",     "*.a.w.example", "b.a.w.example",
    "w.example",   "*.b.a.w.example", "*.test",        "c.w.example",
};

/* Regions of names that lie in each other or apart, as a rule may name them. */
static const struct {
    const char *front;
    const char *back;
} host_tests[] = {
    {"http.host eq \\\"",                                    "\\\""                   },
    {"http.host ne \\\"",                                    "\\\""                   },
    {"http.host in {\\\"",                                   "\\\" \\\"z.example\\\"}"},
    {"not http.host in {\\\"y.w.example\\\" \\\"",           "\\\"}"                  },
    {"lower(http.host) eq \\\"",                             "\\\""                   },
    {"ends_with(http.host, \\\".",                           "\\\")"                  },
    {"not ends_with(http.host, \\\".",                       "\\\")"                  },
    {"http.host wildcard \\\"*.",                            "\\\""                   },
    {"(len(http.host) lt 40 and ends_with(http.host, \\\".", "\\\"))"                 },
    {"(len(http.host) gt 39 and ends_with(http.host, \\\".", "\\\"))"                 },
};

static const char *const tested[] = {"w.example",   "a.w.example", "b.a.w.example",
                                     "c.w.example", "x.w.example", "test"};

static unsigned questions; /* of the policy at hand */

static size_t write_test(char *out)
{
    uint32_t kind;
    size_t len;

    switch (pick(questions < QUESTIONS_MAX ? 4 : 3)) {
    case 0:
        return (size_t)sprintf(out, "%scf.tls_client_auth.cert_verified",
                               pick(3) == 0 ? "" : "not ");
    case 3:
        len = (size_t)sprintf(out, "%s", pick(2) == 0 ? "not " : "");
        return len + (size_t)sprintf(
                         out + len, "http.request.headers[\\\"q%u\\\"][0] eq \\\"1\\\"",
                         questions++);
    default:
        kind = pick(sizeof host_tests / sizeof host_tests[0]);
        return (size_t)sprintf(out, "%s%s%s", host_tests[kind].front, tested[pick(6)],
                               host_tests[kind].back);
    }
}

static size_t write_expression(char *out, unsigned depth)
{
    static const char *const joints[] = {" and ", " and ", " or ", " xor "};
    size_t len = 0;

    if (depth == 0 || pick(4) == 0) {
        return write_test(out);
    }
    len += (size_t)sprintf(out, "%s(", pick(6) == 0 ? "not " : "");
    len += write_expression(out + len, depth - 1);
    len += (size_t)sprintf(out + len, "%s", joints[pick(4)]);
    len += write_expression(out + len, depth - 1);
    return len + (size_t)sprintf(out + len, ")");
}

static void write_rules(char *out)
{
    const uint32_t count = 1 + pick(4);
    size_t len = 0;

    questions = 0;
    for (uint32_t i = 0; i < count; i++) {
        const bool skip = pick(3) == 0;
        len += (size_t)sprintf(out + len, "%s{\"ref\": \"%u\", \"expression\": \"",
                               i > 0 ? "," : "", (unsigned)i);
        len += write_expression(out + len, pick(3));
        len += (size_t)sprintf(
            out + len, "\", \"action\": \"%s\"%s}", skip ? "skip" : "block",
            skip ? ", \"action_parameters\": {\"ruleset\": \"current\"}" : "");
        ck_assert_uint_lt(len, RULES_BYTES - 1024);
    }
}

static void choose_hosts(registry *r)
{
    const size_t count = sizeof entries / sizeof entries[0];

    registry_add(r, entries[pick((uint32_t)count)], false);
    for (size_t i = 0; i < count; i++) {
        if (pick(3) == 0 && !registry_has(r, entries[i])) {
            registry_add(r, entries[i], pick(2) == 0);
        }
    }
}

/* registry_policy() only wants the fields; here hosts must be guarded. */
static void want_guards(char *text)
{
    static const char monitor[] = ", \"monitor\": true";
    char *at;

    while ((at = strstr(text, monitor)) != NULL) {
        memset(at, ' ', strlen(monitor));
    }
}

/* --- what they do ---------------------------------------------------------------------- */

#define LONG "a-name-that-is-longer-than-most-patterns-will-expect"
static const char *const names[] = {
    LONG ".w.example",
    LONG ".a.w.example",
    LONG ".test",
    LONG "." LONG ".b.a.w.example",
    "w.example",
    "a.w.example",
    "b.a.w.example",
    "c.w.example",
    "x.w.example",
    "y.w.example",
    "0.w.example",
    "long-name.w.example",
    "x.y.w.example",
    "x.a.w.example",
    "y.z.a.w.example",
    "_.b.a.w.example",
    "x.y.b.a.w.example",
    "x.c.w.example",
    "w.test",
    "a.b.test",
};

static void set_true(const world *w, postern_request *request, const char *name)
{
    const postern_value yes = {.type = POSTERN_BOOL, .as.boolean = true};
    postern_field field;

    ck_assert_int_eq(
        postern_scheme_find_field(w->scheme, postern_text(name), &field, NULL),
        POSTERN_OK);
    ck_assert_int_eq(postern_request_set(request, field, &yes), POSTERN_OK);
}

/* Borrowed by a request. */
static const char *const headers[QUESTIONS_MAX] = {"q0", "q1", "q2", "q3", "q4"};

/* What happens to a client that answers yes to the questions whose bits are set. */
static postern_outcome visit(const world *w, postern_request *request, const char *host,
                             unsigned answers)
{
    postern_verdict verdict;

    ck_assert_int_eq(postern_request_begin(request, NULL, postern_text("GET"),
                                           postern_text("/"), postern_text("HTTP/1.1")),
                     POSTERN_OK);
    (void)postern_request_add_header(request, postern_text("host"), postern_text(host));
    for (unsigned i = 0; i < questions; i++) {
        const char *answer = (answers >> i & 1) != 0 ? "1" : "0";
        (void)postern_request_add_header(request, postern_text(headers[i]),
                                         postern_text(answer));
    }
    set_true(w, request, "ssl");
    postern_policy_evaluate(w->policy, request, &verdict);
    ck_assert_msg(verdict.outcome == POSTERN_ALLOWED ||
                      verdict.outcome == POSTERN_BLOCKED,
                  "%s", postern_outcome_text(verdict.outcome));
    return verdict.outcome;
}

static bool is_open(const world *w, postern_request *request, const char *host)
{
    for (unsigned answers = 0; answers < 1U << questions; answers++) {
        if (visit(w, request, host, answers) == POSTERN_BLOCKED) {
            return false;
        }
    }
    return true;
}

static void check(const world *w, const registry *r, const char *text)
{
    postern_request *request;

    ck_assert_int_eq(postern_request_new_simulated(w->scheme, &request), POSTERN_OK);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const entry *e = registry_find(r, postern_text(names[i]));
        if (e != NULL && !e->plain) {
            ck_assert_msg(!is_open(w, request, names[i]),
                          "everyone gets through at %s\n%s", names[i], text);
        }
    }
    postern_request_free(request);
}

enum { SEEDS = 8, ROUNDS = 400 };

START_TEST(what_loads_keeps_somebody_out_everywhere)
{
    unsigned loaded = 0;
    world w;

    seed = (uint32_t)_i * 7919U + 1;
    registry_open(&w);
    for (unsigned round = 0; round < ROUNDS; round++) {
        registry r = {NULL, 0, 0, false};
        char rules[RULES_BYTES];
        postern_status status;
        char *text;
        choose_hosts(&r);
        write_rules(rules);
        text = registry_policy(&r, rules, 0);
        want_guards(text);
        status = world_load(&w, postern_text(text), false);
        ck_assert_msg(status == POSTERN_OK || status == POSTERN_INVALID, "%s\n%s", text,
                      world_findings(w.report));
        if (status == POSTERN_OK) {
            loaded++;
            check(&w, &r, text);
        }
        free(text);
        registry_free(&r);
    }
    ck_assert_uint_gt(loaded, ROUNDS / 20);
    ck_assert_uint_lt(loaded, ROUNDS - ROUNDS / 20);
    registry_close(&w);
}
END_TEST

/* --- many of everything ---------------------------------------------------------------- */

/* A start of a name for each of `starts` rules that block, but for the `other`, and
 * `wildcards` that a last rule guards. The caller frees it. */
static char *write_many(unsigned starts, unsigned wildcards, unsigned other,
                        const char *action)
{
    const size_t cap = 1024 + (size_t)wildcards * 96 + (size_t)starts * 256;
    char *out = malloc(cap);
    size_t len;

    ck_assert_ptr_nonnull(out);
    len = (size_t)sprintf(out, "{\"version\": 1, \"mtls\": {\"hosts\": [");
    for (unsigned i = 0; i < wildcards; i++) {
        len += (size_t)sprintf(out + len,
                               "%s{\"hostname\": \"*.h%u.test\", \"ca\": [\"ca.pem\"]}",
                               i > 0 ? "," : "", i);
    }
    len += (size_t)sprintf(out + len, "]}, \"rulesets\": [{\"phase\": "
                                      "\"http_request_firewall_custom\", \"rules\": [");
    for (unsigned i = 0; i < starts; i++) {
        len += (size_t)sprintf(
            out + len,
            "{\"ref\": \"%u\", \"expression\": \"not cf.tls_client_auth.cert_verified "
            "and starts_with(http.host, \\\"p%u.\\\") and ends_with(http.host, "
            "\\\"test\\\")\", %s},",
            i, i, i == other ? action : "\"action\": \"block\"");
    }
    len += (size_t)sprintf(out + len,
                           "{\"ref\": \"all\", \"expression\": \"ends_with(http.host, "
                           "\\\".test\\\")\", \"action\": \"block\"}]}]}");
    ck_assert_uint_lt(len, cap);
    return out;
}

#define SKIP "\"action\": \"skip\", \"action_parameters\": {\"ruleset\": \"current\"}"

static const struct many {
    unsigned starts;
    unsigned wildcards;
    unsigned other; /* rule that does not block */
    const char *action;
    postern_status status;
    bool noted;
} many[] = {
    {20,   100, 20,   "",   POSTERN_OK,      false},
    {500,  200, 500,  "",   POSTERN_OK,      true },
    {500,  200, 0,    SKIP, POSTERN_INVALID, true },
    {500,  200, 499,  SKIP, POSTERN_INVALID, true },
    {2000, 200, 0,    SKIP, POSTERN_INVALID, true },
    {2000, 1,   0,    SKIP, POSTERN_INVALID, false},
    {2000, 1,   1999, SKIP, POSTERN_INVALID, false},
    {3000, 1,   2999, SKIP, POSTERN_INVALID, false},
};
enum { MANY = sizeof many / sizeof many[0] };

START_TEST(every_start_is_asked_about_however_many)
{
    char *text = write_many(many[_i].starts, many[_i].wildcards, many[_i].other,
                            many[_i].action);
    world w;

    registry_open(&w);
    ck_assert_int_eq(world_load(&w, postern_text(text), false), many[_i].status);
    ck_assert_int_eq(
        strstr(world_findings(w.report), "only some of them were asked about") != NULL,
        many[_i].noted);
    free(text);
    registry_close(&w);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-guards");
    TCase *tc = tcase_create("guards");

    tcase_add_loop_test(tc, what_loads_keeps_somebody_out_everywhere, 0, SEEDS);
    tcase_add_loop_test(tc, every_start_is_asked_about_however_many, 0, MANY);
    suite_add_tcase(suite, tc);
    return suite;
}
