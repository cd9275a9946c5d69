/* test_faults.c - loading without memory, and readers that fail. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CA "\"ca\": [\"corpus/ca/ca-a.pem\"]"
#define RULES(rules)                                                                  \
    "\"rulesets\": [{\"phase\": \"http_request_firewall_custom\", \"rules\": [" rules \
    "]}]"

static const char rule_export[] =
    "{\"result\": {\"id\": \"x\", \"rules\": ["
    "{\"id\": \"1\", \"version\": \"1\", \"expression\": \"ssl\","
    " \"action\": \"js_challenge\", \"action_parameters\": {\"response\": [{\"content\":"
    " \"no\", \"content_type\": \"text/html\"}]}},"
    "{\"ref\": \"\\u0041\", \"description\": \"d\", \"expression\": \"http.host in"
    " {\\\"a.example\\\" \\\"b\\\" \\\"c\\\" \\\"d\\\" \\\"e\\\" \\\"f\\\" \\\"g\\\""
    " \\\"h\\\" \\\"i\\\" \\\"j\\\"}\", \"action\": \"skip\"}]}}";

static const struct {
    const char *what;
    const char *text;
    bool import;
    postern_status status; /* with enough memory */
} texts[] = {
    {"hosts, a CA and a CRL",
     "{\"version\": 1, \"mtls\": {\"hosts\": ["
     "{\"hostname\": \"a.example\", " CA ", \"crl\": [\"corpus/crl/crl-a.pem\"]},"
     "{\"hostname\": \"b.example\", " CA ", \"revocation\": \"if-present\"}]},"
     "\"plain_hosts\": [\"c.example\", \"*.d.example\", \"192.0.2.1\"]," RULES(
         "{\"ref\": \"a\", \"expression\": \"ssl and lower(http.host) eq \\\"x\\\"\","
         " \"action\": \"log\"},"
         "{\"ref\": \"b\", \"expression\": \"http.host in {\\\"a.example\\\""
         " \\\"b.example\\\"}\", \"action\": \"block\"}") "}",
     false,                                                                                                        POSTERN_OK          },
    {"errors everywhere",
     "{\"version\": 1, \"x\\u0079\": 1, \"mtls\": {\"hosts\": ["
     "{\"hostname\": \"a.example\", \"ca\": [\"corpus/keys/ca-a.key\"]},"
     "{\"hostname\": \"A.example\", \"ca\": [\"no/such\"], \"revoked\": \"\\u0061\"},"
     "{\"hostname\": \"b:1\", " CA "}]}, \"plain_hosts\": [\"*.\", \"a b\"]," RULES(
         "{\"ref\": \"a\", \"expression\": \"sl or htp.host eq 1\", \"action\": \"blok\"},"
         "{\"ref\": \"a\", \"expression\": \"ssl\", \"action\": \"log\"},"
         "{\"ref\": \"a\", \"expression\": \"ssl\", \"action\": \"log\"}") "}",
     false,                                                                                                        POSTERN_UNKNOWN_NAME},
    {"lists of every kind",
     "{\"version\": 1, \"lists\": ["
     "{\"name\": \"a\", \"kind\": \"ip\", \"items\": [\"10.0.0.0/8\", {\"ip\": \"::1\"}]},"
     "{\"name\": \"b\", \"kind\": \"asn\", \"items\": [1, \"2..3\"]},"
     "{\"name\": \"c\", \"kind\": \"string\", \"items\": [\"\\u0061\", \"b\"]},"
     "{\"name\": \"d\", \"kind\": \"hostname\", \"items\": [\"a.example\", {\"hostname\":"
     " {\"url_hostname\": \"\\u002a.b.example\", \"exclude_exact_hostname\": true}}]}]," RULES(
         "{\"ref\": \"a\", \"expression\": \"ip.src in $a or http.host in $d\","
         " \"action\": \"log\"}") "}",
     false,                                                                                                        POSTERN_OK          },
    {"lists with errors everywhere",
     "{\"version\": 1, \"lists\": [5,"
     "{\"name\": \"a\", \"kind\": \"ip\", \"items\": [\"10.0.0.1/8\", {\"\\u0069q\": 1}]},"
     "{\"name\": \"B\", \"kind\": \"int\", \"items\": [1.5, \"x\"]},"
     "{\"name\": \"a\", \"kind\": \"strng\", \"items\": []},"
     "{\"name\": \"d\", \"kind\": \"hostname\", \"items\": [\"a b\", {\"hostname\":"
     " {\"url_hostname\": \"\\u002a.b.example\", \"exclude_exact_hostname\": false}}]}]," RULES(
         "{\"ref\": \"a\", \"expression\": \"ip.src in $d or http.host in $e\","
         " \"action\": \"log\"}") "}",
     false,                                                                                                        POSTERN_TYPE        },
    {"a host that nobody guards",
     "{\"version\": 1, \"mtls\": {\"hosts\": [{\"hostname\": \"a.example\", " CA
     "}]}," RULES("{\"ref\": \"a\", \"expression\": \"ssl\", \"action\": \"log\"}") "}",
     false,                                                                                                        POSTERN_INVALID     },
    {"wildcards and a top-level domain",
     "{\"version\": 1, \"mtls\": {\"hosts\": [{\"hostname\": \"*.a.example\", " CA
     "}, {\"hostname\": \"*.test\", " CA "}, {\"hostname\": \"x.a.example\", " CA
     "}]}, \"plain_hosts\": [\"*.b.a.example\", \"*\"]," RULES(
         "{\"ref\": \"a\", \"expression\": \"http.host in {\\\"y.a.example\\\"} or"
         " http.host wildcard \\\"*.test\\\" or ends_with(http.host,"
         " \\\".a.example\\\")\", \"action\": \"block\"}") "}",
     false,                                                                                                        POSTERN_OK          },
    {"wildcards that nobody guards",
     "{\"version\": 1, \"mtls\": {\"hosts\": [{\"hostname\": \"*.a.example\", " CA
     "}, {\"hostname\": \"*.b.example\", " CA "}]}," RULES(
         "{\"ref\": \"a\", \"expression\": \"http.host wildcard \\\"x*.a.example\\\""
         " or ends_with(http.host, \\\".x.b.example\\\")\", \"action\": \"block\"}") "}",
     false,                                                                                                        POSTERN_INVALID     },
    {"no JSON",                          "{\"version\": 1, ",                                               false, POSTERN_SYNTAX      },
    {"an import",                        "{\"version\": 1, \"rulesets\": [{\"import\": \"export.json\"}]}",
     false,                                                                                                        POSTERN_OK          },
    {"an import that is no JSON",
     "{\"version\": 1, \"rulesets\": [{\"import\": \"corpus/ca/ca-a.pem\"}]}",                              false,
     POSTERN_SYNTAX                                                                                                                    },
    {"an export",                        rule_export,                                                       true,  POSTERN_OK          },
};

enum { TEXTS = sizeof texts / sizeof texts[0], MANY = 100000 };

static bool tells_no_memory(const postern_report *report)
{
    postern_finding f;

    for (size_t i = 0; postern_report_get(report, i, &f); i++) {
        if (f.status == POSTERN_NO_MEMORY) {
            return postern_str_equal(f.message, postern_text("out of memory"));
        }
    }
    return false;
}

/* One load with a heap that fails from request `fail_at` on. @return true when it
 * did not get that far */
static bool load_once(int text, size_t fail_at)
{
    counting_heap heap;
    postern_status status;
    bool enough;
    world w;

    counting_heap_init(&heap, SIZE_MAX);
    world_init(&w);
    w.options.allocator = &heap.alloc;
    world_open(&w);
    w.files[w.file_count++] =
        (world_file){postern_text("export.json"), postern_text(rule_export)};
    heap.requests = 0;
    heap.fail_at = fail_at;
    status = world_load(&w, postern_text(texts[text].text), texts[text].import);
    enough = heap.requests <= fail_at;
    if (enough) {
        ck_assert_msg(status == texts[text].status, "%s: %d %s", texts[text].what,
                      status, world_findings(w.report));
        ck_assert(!tells_no_memory(w.report));
    } else {
        ck_assert_msg(status == POSTERN_NO_MEMORY, "%s, request %zu: %d",
                      texts[text].what, fail_at, status);
        ck_assert_ptr_null(w.policy);
        ck_assert_msg(tells_no_memory(w.report), "%s, request %zu: %s",
                      texts[text].what, fail_at, world_findings(w.report));
    }
    world_close(&w);
    ck_assert_msg(heap.live_bytes == 0, "%s, request %zu: %zu bytes", texts[text].what,
                  fail_at, heap.live_bytes);
    return enough;
}

START_TEST(every_request_may_fail)
{
    size_t fail_at = 0;

    while (!load_once(_i, fail_at)) {
        fail_at++;
        ck_assert_uint_lt(fail_at, MANY);
    }
    ck_assert_uint_gt(fail_at, 0);
}
END_TEST

/* The findings' own memory: a text is refused for its own reason all the same. */
START_TEST(a_report_without_memory_hides_no_refusal)
{
    counting_heap heap;
    world w;

    for (size_t fail_at = 1; fail_at < 30; fail_at++) {
        counting_heap_init(&heap, fail_at);
        world_init(&w);
        world_open(&w);
        postern_report_free(w.report);
        w.report = postern_report_new(&heap.alloc);
        ck_assert_ptr_nonnull(w.report);
        ck_assert_int_eq(world_load(&w, postern_text(texts[1].text), false),
                         POSTERN_UNKNOWN_NAME);
        ck_assert_ptr_null(w.policy);
        ck_assert(heap.requests <= fail_at || tells_no_memory(w.report));
        world_close(&w);
        ck_assert_uint_eq(heap.live_bytes, 0);
    }
}
END_TEST

/* --- readers -------------------------------------------------------------------- */

static const struct {
    postern_status status;
    postern_status told;
    const char *message; /* of what names the file */
} readers[] = {
    {POSTERN_IO,          POSTERN_IO,        "cannot be read"},
    {POSTERN_LIMIT,       POSTERN_LIMIT,     "is too large"  },
    {POSTERN_NO_MEMORY,   POSTERN_NO_MEMORY, "out of memory" },
    {POSTERN_UNSUPPORTED, POSTERN_IO,        "cannot be read"},
};
static const char *const naming[] = {
    "{\"version\": 1, \"default\": \"block\", \"mtls\": {\"hosts\": [{\"hostname\":"
    " \"a.example\", \"ca\": [\"x.pem\"]}]}}",
    "{\"version\": 1, \"rulesets\": [{\"import\": \"x.json\"}]}",
};

enum { READERS = sizeof readers / sizeof readers[0], NAMINGS = 2 };

START_TEST(a_reader_may_fail)
{
    const size_t reader = (size_t)_i / NAMINGS;
    world w;

    world_init(&w);
    world_open(&w);
    w.reader_fails = readers[reader].status;
    ck_assert_int_eq(world_load(&w, postern_text(naming[_i % NAMINGS]), false),
                     readers[reader].told);
    ck_assert_uint_eq(w.reads, 1);
    ck_assert_uint_eq(postern_report_count_of(w.report, POSTERN_ERROR), 1);
    ck_assert_msg(strstr(world_findings(w.report), readers[reader].message) != NULL,
                  "%s", world_findings(w.report));
    world_close(&w);
}
END_TEST

START_TEST(the_policy_itself_may_be_unreadable)
{
    static const char *const told[] = {
        "policy.json: error: file cannot be read\n",
        "policy.json: error: the file is too large\n",
        "error: out of memory\n",
        "policy.json: error: not supported\n",
    };
    world w;
    const postern_source source = {
        .path = "policy.json", .read = world_read, .read_user = &w};

    world_init(&w);
    world_open(&w);
    w.reader_fails = readers[_i].status;
    ck_assert_int_eq(postern_policy_load(w.scheme, &source, &w.policy, w.report),
                     readers[_i].status);
    ck_assert_ptr_null(w.policy);
    ck_assert_str_eq(world_findings(w.report), told[_i]);
    world_close(&w);
}
END_TEST

/* A reader that hands out more than it was asked for. */
static postern_status careless(void *user, const char *path, size_t max,
                               const postern_allocator *alloc, postern_str *out)
{
    (void)max;
    return world_read(user, path, SIZE_MAX, alloc, out);
}

static const char small_enough[] = "{\"version\": 1, \"rulesets\": []}";

START_TEST(a_long_policy_is_refused)
{
    const size_t limit = sizeof small_enough - 1 - (size_t)(_i % 2);
    world w;
    postern_source source = {
        .path = "policy.json", .read = world_read, .read_user = &w};
    postern_status status;

    world_init(&w);
    w.options.limits.policy_bytes = (uint32_t)limit;
    world_open(&w);
    w.files[w.file_count++] =
        (world_file){postern_text("policy.json"), postern_text(small_enough)};
    if (_i / 2 == 1) {
        source.read = careless;
    } else if (_i / 2 == 2) {
        source.text = postern_text(small_enough);
    }
    status = postern_policy_load(w.scheme, &source, &w.policy, w.report);
    ck_assert_int_eq(status, _i % 2 == 0 ? POSTERN_OK : POSTERN_LIMIT);
    ck_assert_int_eq(strstr(world_findings(w.report), "too large") != NULL,
                     _i % 2 == 1);
    world_close(&w);
}
END_TEST

/* The same with the C library's files, of which only so much is read. */
START_TEST(a_long_file_is_refused)
{
    const char *tests = getenv("POSTERN_TESTS");
    char path[1024];
    world w;
    const postern_source source = {.path = path};
    postern_status status;

    (void)snprintf(path, sizeof path, "%s/policy/files/policy.json",
                   tests == NULL ? "tests" : tests);
    world_init(&w);
    w.options.limits.policy_bytes = (uint32_t)(_i == 0 ? 100 : 400);
    world_open(&w);
    status = postern_policy_load(w.scheme, &source, &w.policy, w.report);
    ck_assert_int_eq(status, POSTERN_LIMIT);
    /* 400 bytes hold the policy and not its CA. */
    ck_assert_msg(strstr(world_findings(w.report), _i == 0
                                                       ? "the file is too large"
                                                       : "'pki/ca.pem' is too large"),
                  "%s", world_findings(w.report));
    world_close(&w);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("policy-faults");
    TCase *faults = tcase_create("faults");

    tcase_set_timeout(faults, 60);
    tcase_add_loop_test(faults, every_request_may_fail, 0, TEXTS);
    tcase_add_test(faults, a_report_without_memory_hides_no_refusal);
    tcase_add_loop_test(faults, a_reader_may_fail, 0, READERS * NAMINGS);
    tcase_add_loop_test(faults, the_policy_itself_may_be_unreadable, 0, READERS);
    tcase_add_loop_test(faults, a_long_policy_is_refused, 0, 6);
    tcase_add_loop_test(faults, a_long_file_is_refused, 0, 2);
    suite_add_tcase(suite, faults);
    return suite;
}
