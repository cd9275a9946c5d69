#include "door.h"

#include "../tls/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POLICY_BYTES = 8192, BLOCKS_MAX = 256 };

const answer let_in = {POSTERN_ALLOWED, 0, false, "in", "ok"};
const answer misdirected = {POSTERN_MISDIRECTED, 421, true, NULL, NULL};
const answer bad_request = {POSTERN_BAD_REQUEST, 400, true, NULL, NULL};

answer kept_out(const char *certificate)
{
    return (answer){POSTERN_BLOCKED, 403, false, "out", certificate};
}

answer faulted(void)
{
    return (answer){POSTERN_FAULT, 503, true, NULL, NULL};
}

bool text_is(postern_str text, const char *expected)
{
    return postern_str_equal(text, postern_text(expected));
}

/* --- policies -------------------------------------------------------------------- */

/* ' becomes " and ` becomes \" */
static void spell(const char *text, char *out)
{
    size_t len = 0;

    for (; *text != '\0'; text++) {
        ck_assert_uint_lt(len + 3, POLICY_BYTES);
        if (*text == '`') {
            out[len++] = '\\';
        }
        out[len++] = (char)(*text == '\'' || *text == '`' ? '"' : *text);
    }
    out[len] = '\0';
}

static void describe(const postern_report *report, char *out, size_t cap)
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; len < cap && postern_report_render(report, i, NULL, 0) > 0;
         i++) {
        len += postern_report_render(report, i, out + len, cap - len);
    }
}

typedef struct policy_file {
    char path[512];
    char text[POLICY_BYTES];
    postern_source source;
} policy_file;

static void write_policy(const char *text, policy_file *out)
{
    const char *tests = getenv("POSTERN_TESTS");

    (void)snprintf(out->path, sizeof out->path, "%s/data/policy.json",
                   tests == NULL ? "tests" : tests);
    spell(text, out->text);
    out->source = (postern_source){.path = out->path, .text = postern_text(out->text)};
}

static postern_status load(const postern_scheme *scheme, const char *text,
                           postern_policy **out, postern_report *report)
{
    policy_file file;

    write_policy(text, &file);
    return postern_policy_load(scheme, &file.source, out, report);
}

postern_status door_load(const postern_scheme *scheme, const char *text,
                         postern_policy **out)
{
    return load(scheme, text, out, NULL);
}

postern_policy *door_policy(door *d, const char *text)
{
    postern_report *report = postern_report_new(NULL);
    postern_policy *policy;
    char why[1024];
    const postern_status status = load(d->scheme, text, &policy, report);

    describe(report, why, sizeof why);
    ck_assert_msg(status == POSTERN_OK, "%s\n%s", text, why);
    postern_report_free(report);
    return policy;
}

void door_replace(door *d, const char *text)
{
    postern_policy_release(d->policy);
    d->policy = door_policy(d, text);
    ck_assert_int_eq(postern_gate_replace(d->gate, d->policy), POSTERN_OK);
}

postern_status door_reload(door *d, const char *text, postern_report *report)
{
    policy_file file;

    write_policy(text, &file);
    return postern_gate_reload(d->gate, &file.source, report);
}

/* --- the certificates of tests/data ---------------------------------------------- */

static void *blocks[BLOCKS_MAX];
static size_t block_count;

static postern_str keep(const void *bytes, size_t len)
{
    char *copy = malloc(len > 0 ? len : 1);

    ck_assert_ptr_nonnull(copy);
    ck_assert_uint_lt(block_count, BLOCKS_MAX);
    blocks[block_count++] = copy;
    if (len > 0) {
        memcpy(copy, bytes, len);
    }
    return (postern_str){copy, len};
}

static postern_str read_der(const char *name)
{
    const bool bad = strncmp(name, "bad/", 4) == 0;
    const bool extra = strncmp(name, "extra/", 6) == 0;
    char path[128];
    unsigned char *bytes;
    postern_str der;
    size_t len;

    (void)snprintf(path, sizeof path, "%s%s.der",
                   extra ? "../"
                   : bad ? ""
                         : "certs/",
                   name);
    bytes = corpus_read(path, &len);
    der = keep(bytes, len);
    free(bytes);
    return der;
}

size_t door_chain(const char *leaf, const char *chain, postern_str *out, size_t cap)
{
    const mbedtls_x509_crt *at;
    mbedtls_x509_crt parsed;
    size_t count = 0;

    out[count++] = read_der(leaf);
    if (chain != NULL) {
        mbedtls_x509_crt_init(&parsed);
        corpus_chain(chain, &parsed);
        for (at = &parsed; at != NULL; at = at->next) {
            ck_assert_uint_lt(count, cap);
            out[count++] = keep(at->raw.p, at->raw.len);
        }
        mbedtls_x509_crt_free(&parsed);
    }
    return count;
}

/* --- the door -------------------------------------------------------------------- */

static int64_t tell_time(void *user)
{
    door *d = user;

    d->clock_calls++;
    return d->now;
}

static void open_door(door *d, const char *policy, const postern_limits *limits,
                      const postern_crypto *crypto)
{
    const postern_options options = {
        .allocator = &d->heap.alloc,
        .clock = tell_time,
        .clock_user = d,
        .crypto = crypto,
        .limits = *limits,
    };

    *d = (door){.now = NOW * 1000};
    counting_heap_init(&d->heap, SIZE_MAX);
    ck_assert_int_eq(postern_scheme_new(&options, &d->scheme), POSTERN_OK);
    d->policy = door_policy(d, policy);
    ck_assert_int_eq(postern_gate_new(d->policy, &d->gate), POSTERN_OK);
    ck_assert_int_eq(postern_request_new(d->scheme, &d->request), POSTERN_OK);
}

void door_open_limited(door *d, const char *policy, const postern_limits *limits)
{
    open_door(d, policy, limits, postern_mbedtls_crypto());
}

void door_open_crypto(door *d, const char *policy, const postern_crypto *crypto)
{
    const postern_limits defaults = {0};

    open_door(d, policy, &defaults, crypto);
}

void door_open(door *d, const char *policy)
{
    door_open_crypto(d, policy, postern_mbedtls_crypto());
}

void door_close(door *d)
{
    postern_request_free(d->request);
    postern_connection_free(d->connection);
    postern_gate_free(d->gate);
    postern_policy_release(d->policy);
    postern_scheme_free(d->scheme);
    while (block_count > 0) {
        free(blocks[--block_count]);
    }
    ck_assert_uint_eq(d->heap.live_bytes, 0);
}

void door_connect(door *d)
{
    const postern_address peer = {
        .family = 4, .bytes = {192, 0, 2, 7}
    };

    postern_connection_free(d->connection);
    ck_assert_int_eq(
        postern_connection_new(d->gate, &peer, postern_text("public"), &d->connection),
        POSTERN_OK);
}

void door_tls(door *d, const char *sni, const char *leaf, const char *chain)
{
    postern_str certificates[64];
    postern_tls_info info = {
        .size = sizeof info, .fresh = true, .version = POSTERN_STR("TLSv1.3")};
    bool ask = false;

    door_connect(d);
    if (sni != NULL) {
        ck_assert_int_eq(
            postern_connection_on_sni(d->connection, postern_text(sni), &ask),
            POSTERN_OK);
    }
    if (leaf != NULL) {
        info.chain = certificates;
        info.chain_count = door_chain(leaf, chain, certificates, 64);
    }
    ck_assert_int_eq(postern_connection_set_tls(d->connection, &info), POSTERN_OK);
}

void door_begin(door *d, const char *method, const char *target, const char *version,
                const char *const *headers)
{
    ck_assert_int_eq(postern_request_begin(d->request, d->connection,
                                           postern_text(method), postern_text(target),
                                           postern_text(version)),
                     POSTERN_OK);
    for (; *headers != NULL; headers += 2) {
        ck_assert_int_eq(postern_request_add_header(d->request,
                                                    postern_text(headers[0]),
                                                    postern_text(headers[1])),
                         POSTERN_OK);
    }
}

/* What holds for every verdict. */
static void check_shape(const postern_verdict *v)
{
    const bool allowed = v->outcome == POSTERN_ALLOWED;

    ck_assert_int_eq(postern_verdict_allows(v), allowed);
    ck_assert_int_ne(v->outcome, POSTERN_NOT_EVALUATED);
    if (allowed) {
        ck_assert(v->status == 0 && !v->close);
        ck_assert_uint_gt(v->generation, 0);
        ck_assert_uint_gt(v->host.len, 0);
        ck_assert_uint_gt(v->target.len, 0);
    } else {
        ck_assert(v->status == 0 ? v->close : v->status >= 400 && v->status < 600);
        ck_assert_uint_gt(v->reason.len, 0);
    }
    ck_assert_int_eq(v->fault != POSTERN_OK, v->outcome == POSTERN_FAULT);
    ck_assert(v->match_count == 0 || v->matches != NULL);
    ck_assert(v->strip_count == 0 || v->strip != NULL);
}

const postern_verdict *door_judge(door *d)
{
    memset(&d->verdict, 0xff, sizeof d->verdict);
    postern_gate_evaluate(d->gate, d->request, &d->verdict);
    check_shape(&d->verdict);
    return &d->verdict;
}

const postern_verdict *door_ask(door *d, const char *host)
{
    const char *const headers[] = {"Host", host, NULL};

    door_begin(d, "GET", "/", "HTTP/1.1", headers);
    return door_judge(d);
}

bool door_sees(door *d, const char *host, const char *expression)
{
    static const char format[] =
        "{'version':1,'mtls':{'hosts':[" MTLS(A, "ca-a", CRL("crl-a") ",'monitor':true,'revoked':'rules'") "," MTLS(
            B, "ca-b",
            ",'monitor':true") "]},'plain_hosts':['*'],"
                               "'rulesets':[{'phase':'http_request_firewall_custom','rules':["
                               "{'ref':'probe','action':'block','expression':'%s'}]}]}";
    char text[POLICY_BYTES];
    postern_policy *probe;
    bool sees;

    ck_assert_int_lt(snprintf(text, sizeof text, format, expression), sizeof text);
    probe = door_policy(d, text);
    ck_assert_int_eq(postern_gate_replace(d->gate, probe), POSTERN_OK);
    postern_policy_release(probe);
    (void)door_ask(d, host);
    ck_assert_msg(d->verdict.outcome == POSTERN_ALLOWED ||
                      d->verdict.outcome == POSTERN_BLOCKED,
                  "%s: %s", expression, postern_outcome_text(d->verdict.outcome));
    sees = text_is(d->verdict.rule_ref, "probe");
    ck_assert_int_eq(postern_gate_replace(d->gate, d->policy), POSTERN_OK);
    return sees;
}

void door_expect(const door *d, const char *what, answer expected)
{
    const postern_verdict *v = &d->verdict;

    ck_assert_msg(v->outcome == expected.outcome, "%s: %s (%.*s) instead of %s", what,
                  postern_outcome_text(v->outcome), (int)v->reason.len, v->reason.data,
                  postern_outcome_text(expected.outcome));
    ck_assert_msg(v->status == expected.status && v->close == expected.close,
                  "%s: status %u, close %d", what, v->status, v->close);
    ck_assert_msg(text_is(v->rule_ref, expected.rule), "%s: rule '%.*s'", what,
                  (int)v->rule_ref.len, v->rule_ref.data);
    if (expected.outcome == POSTERN_ALLOWED || expected.outcome == POSTERN_BLOCKED ||
        expected.outcome == POSTERN_REVOKED || expected.outcome == POSTERN_UNVERIFIED) {
        ck_assert_msg(text_is(v->certificate_reason, expected.certificate),
                      "%s: certificate is '%.*s'", what, (int)v->certificate_reason.len,
                      v->certificate_reason.data);
    }
}
