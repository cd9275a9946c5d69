/*
 * bench_fill.c - what filling a request costs, step by step, and what the gate adds on a
 * connection that is kept alive: 20 headers, 34 other values, the published two rules.
 * Numbers, no pass or fail; run it on an idle core, with POSTERN_TESTS naming tests/.
 * A word as argument runs only the steps whose names hold it.
 */
#include "clock.h"

#include <postern.h>
#include <postern/mbedtls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST_NAME "service.example.com"
#define AGENT                                                                    \
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like " \
    "Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.87 OPR/112.0.0.0"
#define PATH "/api/v2/users/12345/orders"
#define QUERY "page=2&sort=desc&filter=waf&filter=botm&q=hello%20world"
#define COOKIE "session=0123456789abcdef; theme=dark; _ga=GA1.2.3.4"
#define REFERER "https://" HOST_NAME "/dashboard?tab=overview"

static const char policy_text[] =
    "{\"version\": 1, \"mtls\": {\"hosts\": [{\"hostname\": \"" HOST_NAME "\", "
    "\"ca\": [\"corpus/ca/ca-a.pem\"]}]}, \"plain_hosts\": [\"*\"], "
    "\"rulesets\": [{\"phase\": "
    "\"http_request_firewall_custom\", \"rules\": ["
    "{\"ref\": \"allow\", \"expression\": \"(cf.tls_client_auth.cert_verified and "
    "http.host eq \\\"" HOST_NAME "\\\")\", \"action\": \"skip\", "
    "\"action_parameters\": {\"ruleset\": \"current\"}}, "
    "{\"ref\": \"deny\", \"expression\": \"(http.host eq \\\"" HOST_NAME "\\\")\", "
    "\"action\": \"block\"}]}]}";

static const struct {
    postern_str name;
    postern_str value;
} headers[] = {
    {POSTERN_STR("Host"),                      POSTERN_STR(HOST_NAME)                   },
    {POSTERN_STR("User-Agent"),                POSTERN_STR(AGENT)                       },
    {POSTERN_STR("Accept"),                    POSTERN_STR("text/html,*/*;q=0.8")       },
    {POSTERN_STR("Accept-Language"),           POSTERN_STR("en-US,en;q=0.9,de;q=0.8")   },
    {POSTERN_STR("Accept-Encoding"),           POSTERN_STR("gzip, deflate, br, zstd")   },
    {POSTERN_STR("Cache-Control"),             POSTERN_STR("no-cache")                  },
    {POSTERN_STR("Cookie"),                    POSTERN_STR(COOKIE)                      },
    {POSTERN_STR("Referer"),                   POSTERN_STR(REFERER)                     },
    {POSTERN_STR("Origin"),                    POSTERN_STR("https://" HOST_NAME)        },
    {POSTERN_STR("Sec-Fetch-Dest"),            POSTERN_STR("document")                  },
    {POSTERN_STR("Sec-Fetch-Mode"),            POSTERN_STR("navigate")                  },
    {POSTERN_STR("Sec-Fetch-Site"),            POSTERN_STR("same-origin")               },
    {POSTERN_STR("Sec-CH-UA"),                 POSTERN_STR("\"Chromium\";v=\"126\"")    },
    {POSTERN_STR("Sec-CH-UA-Mobile"),          POSTERN_STR("?0")                        },
    {POSTERN_STR("Sec-CH-UA-Platform"),        POSTERN_STR("\"Windows\"")               },
    {POSTERN_STR("Upgrade-Insecure-Requests"), POSTERN_STR("1")                         },
    {POSTERN_STR("X-Forwarded-For"),           POSTERN_STR("203.0.113.7, 198.51.100.2") },
    {POSTERN_STR("X-Request-Id"),              POSTERN_STR("6f1e2d3c4b5a69788796a5b4")  },
    {POSTERN_STR("Cf-Access-Jwt-Assertion"),   POSTERN_STR("eyJhbGciOiJSUzI1NiIsImtp.Q")},
    {POSTERN_STR("DNT"),                       POSTERN_STR("1")                         },
};
enum { HEADERS = sizeof headers / sizeof headers[0] };

/* clang-format off */
#define TEXT(text) {POSTERN_STRING, {.string = {text, sizeof text - 1}}}
#define NUMBER(value) {POSTERN_INT, {.integer = value}}
#define YES {POSTERN_BOOL, {.boolean = true}}
#define NO {POSTERN_BOOL, {.boolean = false}}
static const struct {
    const char *name;
    postern_value value;
} fields[] = {
    {"http.host", TEXT(HOST_NAME)},
    {"http.request.method", TEXT("GET")},
    {"http.request.uri", TEXT(PATH "?" QUERY)},
    {"http.request.uri.path", TEXT(PATH)},
    {"http.request.uri.query", TEXT(QUERY)},
    {"http.request.full_uri", TEXT("https://" HOST_NAME PATH "?" QUERY)},
    {"http.request.version", TEXT("HTTP/2")},
    {"http.user_agent", TEXT(AGENT)},
    {"http.cookie", TEXT(COOKIE)},
    {"http.referer", TEXT(REFERER)},
    {"http.x_forwarded_for", TEXT("203.0.113.7, 198.51.100.2")},
    {"http.request.body.raw", TEXT("")},
    {"http.request.timestamp.sec", NUMBER(1785000000)},
    {"ssl", YES},
    {"ip.src", {POSTERN_IP, {.address = {4, {203, 0, 113, 7}}}}},
    {"ip.src.asnum", NUMBER(13335)},
    {"ip.geoip.asnum", NUMBER(13335)},
    {"ip.geoip.country", TEXT("DE")},
    {"ip.src.country", TEXT("DE")},
    {"tcp.srcport", NUMBER(51234)},
    {"tcp.dstport", NUMBER(443)},
    {"cf.tls_client_auth.cert_verified", NO},
    {"cf.tls_client_auth.cert_presented", YES},
    {"cf.tls_client_auth.cert_revoked", NO},
    {"cf.tls_client_auth.cert_subject_dn", TEXT("CN=client-42.example.com,O=Example")},
    {"cf.tls_client_auth.cert_issuer_dn", TEXT("CN=Example Device CA,O=Example")},
    {"cf.tls_client_auth.cert_serial", TEXT("0123456789ABCDEF0123456789ABCDEF")},
    {"cf.tls_client_auth.cert_fingerprint_sha256", TEXT("9f86d081884c7d659a2feaa0c55ad")},
    {"cf.tls_client_auth.cert_not_before", TEXT("Jan  1 00:00:00 2026 GMT")},
    {"cf.tls_client_auth.cert_not_after", TEXT("Jan  1 00:00:00 2027 GMT")},
    {"cf.tls_version", TEXT("TLSv1.3")},
    {"cf.tls_cipher", TEXT("AEAD-AES128-GCM-SHA256")},
    {"cf.threat_score", NUMBER(5)},
    {"cf.bot_management.score", NUMBER(87)},
};
/* clang-format on */
enum { FIELDS = sizeof fields / sizeof fields[0] };

typedef struct bench {
    const char *only;
    size_t allocations;
    postern_allocator alloc;
    postern_scheme *scheme;
    postern_field handles[FIELDS];
    postern_policy *policy;
    postern_gate *gate;
    postern_connection *connection; /* NULL: the request is a simulated one */
    postern_request *request;
    postern_filter *filter;
    bool matched;
    postern_verdict verdict;
} bench;

static void must(postern_status status, const char *what)
{
    if (status != POSTERN_OK) {
        fprintf(stderr, "%s: %s\n", what, postern_status_text(status));
        exit(EXIT_FAILURE);
    }
}

static void *count_and_resize(void *user, void *ptr, size_t old_size, size_t new_size)
{
    bench *b = user;

    (void)old_size;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    b->allocations++;
    return realloc(ptr, new_size);
}

/* --- steps ----------------------------------------------------------------------- */

static void begin(void *user)
{
    static const postern_str get = POSTERN_STR("GET");
    static const postern_str target = POSTERN_STR(PATH "?" QUERY);
    static const postern_str version = POSTERN_STR("HTTP/2");
    bench *b = user;

    (void)postern_request_begin(b->request, b->connection, get, target, version);
}

static void begin_and_add(void *user)
{
    bench *b = user;

    begin(b);
    for (size_t i = 0; i < HEADERS; i++) {
        (void)postern_request_add_header(b->request, headers[i].name, headers[i].value);
    }
}

static void begin_and_set(void *user)
{
    bench *b = user;

    begin(b);
    for (size_t i = 0; i < FIELDS; i++) {
        (void)postern_request_set(b->request, b->handles[i], &fields[i].value);
    }
}

static void fill(void *user)
{
    bench *b = user;

    begin_and_add(b);
    for (size_t i = 0; i < FIELDS; i++) {
        (void)postern_request_set(b->request, b->handles[i], &fields[i].value);
    }
}

/* What the host may set of a real request. */
static void fill_some(void *user)
{
    bench *b = user;

    begin_and_add(b);
    for (size_t i = 14; i < 21; i++) {
        (void)postern_request_set(b->request, b->handles[i], &fields[i].value);
    }
}

static void match(void *user)
{
    bench *b = user;

    (void)postern_filter_match(b->filter, b->request, &b->matched);
}

static void fill_and_match(void *user)
{
    fill(user);
    match(user);
}

static void add_and_match(void *user)
{
    begin_and_add(user);
    match(user);
}

static void decide(void *user)
{
    bench *b = user;

    postern_policy_evaluate(b->policy, b->request, &b->verdict);
}

static void fill_and_decide(void *user)
{
    fill(user);
    decide(user);
}

static void judge(void *user)
{
    bench *b = user;

    postern_gate_evaluate(b->gate, b->request, &b->verdict);
}

static void add_and_judge(void *user)
{
    begin_and_add(user);
    judge(user);
}

static void begin_add_and_judge_bare(void *user)
{
    bench *b = user;

    begin(b);
    (void)postern_request_add_header(b->request, headers[0].name, headers[0].value);
    judge(b);
}

static void fill_some_and_judge(void *user)
{
    fill_some(user);
    judge(user);
}

static void measure(bench *b, void (*work)(void *user), const char *what)
{
    size_t before;
    double ns;

    if (b->only != NULL && strstr(what, b->only) == NULL) {
        return;
    }
    for (unsigned i = 0; i < 8; i++) {
        work(b);
    }
    before = b->allocations;
    ns = time_of(work, b);
    printf("%8.1f ns %4zu allocations  %s\n", ns, b->allocations - before, what);
}

/* --- the two worlds --------------------------------------------------------------- */

static void time_simulated(bench *b)
{
    const char *expression =
        "cf.tls_client_auth.cert_verified and http.host eq \"" HOST_NAME "\"";

    b->connection = NULL;
    must(postern_request_new_simulated(b->scheme, &b->request), "request");
    must(postern_filter_compile(b->scheme, postern_text(expression), NULL, &b->filter,
                                NULL),
         expression);
    measure(b, begin, "simulated: begin");
    measure(b, begin_and_add, "simulated: begin, 20 headers");
    measure(b, begin_and_set, "simulated: begin, 34 values");
    measure(b, fill, "simulated: begin, 20 headers, 34 values");
    measure(b, match, "simulated: filter of a sealed request");
    measure(b, add_and_match, "simulated: begin, 20 headers, seal, filter");
    measure(b, fill_and_match, "simulated: begin, 20 headers, 34 values, seal, filter");
    fill(b);
    measure(b, decide, "simulated: policy of a sealed request");
    measure(b, fill_and_decide, "simulated: all of it, and the policy");
    if (b->only == NULL && b->verdict.outcome != POSTERN_BLOCKED) {
        fprintf(stderr, "the policy did not block\n");
        exit(EXIT_FAILURE);
    }
    postern_filter_free(b->filter);
    postern_request_free(b->request);
}

static postern_str read_leaf(void)
{
    static char der[4096];
    const char *tests = getenv("POSTERN_TESTS");
    char path[512];
    FILE *file;
    size_t len;

    (void)snprintf(path, sizeof path, "%s/data/corpus/certs/ok-p256.der",
                   tests == NULL ? "tests" : tests);
    file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    len = fread(der, 1, sizeof der, file);
    (void)fclose(file);
    return (postern_str){der, len};
}

static void time_gate(bench *b)
{
    const postern_address peer = {
        4, {203, 0, 113, 9}
    };
    const postern_str leaf = read_leaf();
    const postern_tls_info info = {.size = sizeof info,
                                   .version = postern_text("TLSv1.3"),
                                   .cipher = postern_text("AEAD-AES128-GCM-SHA256"),
                                   .fresh = true,
                                   .chain = &leaf,
                                   .chain_count = 1};
    bool asked;

    must(postern_gate_new(b->policy, &b->gate), "gate");
    must(postern_connection_new(b->gate, &peer, postern_text("bench"), &b->connection),
         "connection");
    must(postern_connection_on_sni(b->connection, postern_text(HOST_NAME), &asked),
         "sni");
    must(postern_connection_set_tls(b->connection, &info), "tls");
    must(postern_request_new(b->scheme, &b->request), "request");
    measure(b, begin, "real: begin");
    measure(b, begin_and_add, "real: begin, 20 headers");
    measure(b, begin_add_and_judge_bare, "real: begin, Host, gate");
    measure(b, add_and_judge, "real: begin, 20 headers, gate");
    measure(b, fill_some_and_judge, "real: begin, 20 headers, 7 values, gate");
    begin_and_add(b);
    measure(b, judge, "real: gate of a sealed request");
    if (b->only == NULL && b->verdict.outcome != POSTERN_ALLOWED) {
        fprintf(stderr, "the gate did not let in\n");
        exit(EXIT_FAILURE);
    }
    postern_request_free(b->request);
    postern_connection_free(b->connection);
    postern_gate_free(b->gate);
}

int main(int argc, char **argv)
{
    bench b = {.only = argc > 1 ? argv[1] : NULL};
    const postern_options options = {.allocator = &b.alloc,
                                     .crypto = postern_mbedtls_crypto()};
    const char *tests = getenv("POSTERN_TESTS");
    char path[512];
    postern_source source = {
        .path = path, .text = {policy_text, sizeof policy_text - 1}
    };

    b.alloc = (postern_allocator){count_and_resize, &b};
    (void)snprintf(path, sizeof path, "%s/data/policy.json",
                   tests == NULL ? "tests" : tests);
    must(postern_scheme_new(&options, &b.scheme), "scheme");
    for (size_t i = 0; i < FIELDS; i++) {
        must(postern_scheme_find_field(b.scheme, postern_text(fields[i].name),
                                       &b.handles[i], NULL),
             fields[i].name);
    }
    must(postern_policy_load(b.scheme, &source, &b.policy, NULL), "policy");
    time_simulated(&b);
    time_gate(&b);
    postern_policy_release(b.policy);
    postern_scheme_free(b.scheme);
    return EXIT_SUCCESS;
}
