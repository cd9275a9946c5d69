/*
 * bench_decision.c - what a server pays for a request: filling it, and the decision of
 * the two published rules, skip when the certificate is verified and the host is the
 * service, else block the host.
 */
#include "bench.h"
#include "modsecurity_peer.h"
#include "policy_text.h"
#include "stop.h"

#include "gate/policy.h"
#include "support/alloc.h"

#include <postern/gate.h>
#include <string.h>

/* What a verdict tells lives as long as the request, so that it begins anew after so
 * many. */
enum { REFILL = 256 };

static const postern_str skip_rule =
    POSTERN_STR("cf.tls_client_auth.cert_verified and "
                "http.host eq \"service.yourdomain.com\"");
static const postern_str block_rule =
    POSTERN_STR("http.host eq \"service.yourdomain.com\"");
static const postern_str service = POSTERN_STR("service.yourdomain.com");
static const postern_str get = POSTERN_STR("GET");
static const postern_str target = POSTERN_STR("/api/v2/users/12345/orders?page=2");
static const postern_str version = POSTERN_STR("HTTP/1.1");
static const postern_str host_name = POSTERN_STR("Host");

typedef struct deciding {
    const postern_policy *policy;
    const pst_ruleset *set;
    postern_gate *gate;
    postern_connection *connection;
    postern_request *requests[4];
    size_t at;
    size_t since_begun;
    const input_context *context;
    const postern_value *headers; /* a map */
    size_t allowed;
    size_t blocked;
} deciding;

static void note(deciding *d, const postern_verdict *verdict)
{
    d->allowed += verdict->outcome == POSTERN_ALLOWED;
    d->blocked += verdict->outcome == POSTERN_BLOCKED;
}

static void load(const bench *b, deciding *d)
{
    postern_source source = {.text = policy_text_skip(skip_rule, block_rule)};
    postern_report *const report = postern_report_new(NULL);
    postern_policy *policy;

    stop_unless_ok(postern_policy_load(b->scheme, &source, &policy, report),
                   "the two rules", report);
    d->policy = policy;
    d->set = &policy->body->rulesets[0];
    postern_report_free(report);
    free(pst_unconst(source.text.data));
}

/* --- filling ------------------------------------------------------------------------ */

static postern_status add_headers(const deciding *d, postern_request *request)
{
    postern_status status = POSTERN_OK;

    for (size_t i = 0; i < d->headers->as.map.count && status == POSTERN_OK; i++) {
        const postern_entry *const entry = &d->headers->as.map.entries[i];
        status = postern_request_add_header(request, entry->key,
                                            entry->value.as.array.items[0].as.string);
    }
    return status;
}

static postern_status set_scalars(const deciding *d, postern_request *request)
{
    postern_status status = POSTERN_OK;

    for (size_t i = 0; i < d->context->count && status == POSTERN_OK; i++) {
        const context_field *const field = &d->context->fields[i];
        if (postern_type_element(field->value.type) == 0) {
            status = postern_request_set(request, field->field, &field->value);
        }
    }
    return status;
}

static void fill(void *user, size_t times)
{
    deciding *const d = user;

    for (size_t i = 0; i < times; i++) {
        (void)postern_request_begin(d->requests[0], NULL, get, target, version);
        (void)add_headers(d, d->requests[0]);
        (void)set_scalars(d, d->requests[0]);
    }
}

static void fill_and_decide(void *user, size_t times)
{
    deciding *const d = user;

    for (size_t i = 0; i < times; i++) {
        postern_verdict verdict;

        fill(user, 1);
        postern_policy_evaluate(d->policy, d->requests[0], &verdict);
        note(d, &verdict);
    }
}

static void count_context(const input_context *context, deciding *d, bench_fill *out)
{
    out->values = 0;
    for (size_t i = 0; i < context->count; i++) {
        const context_field *const field = &context->fields[i];
        out->values += postern_type_element(field->value.type) == 0;
        if (postern_str_equal(field->name, postern_text("http.request.headers"))) {
            d->headers = &field->value;
        }
    }
    if (d->headers == NULL) {
        stop("the request to fill has no headers");
    }
    out->headers = d->headers->as.map.count;
}

void bench_filling(bench *b, const input_context *context, bench_fill *out)
{
    deciding d = {.context = context};
    size_t calls;

    load(b, &d);
    count_context(context, &d, out);
    stop_unless_ok(postern_request_new_simulated(b->scheme, &d.requests[0]), "request",
                   NULL);
    fill_and_decide(&d, 2);
    if (d.allowed != 2) {
        stop("a filled request is not let in");
    }
    calls = b->memory.calls;
    fill_and_decide(&d, 100);
    out->allocations = (double)(b->memory.calls - calls) / 100;
    timing_improve(&out->run, measure(b->effort, 1, fill_and_decide, &d));
    timing_improve(&out->fill_only, measure(b->effort, 1, fill, &d));
    postern_request_free(d.requests[0]);
    postern_policy_release(d.policy);
}

/* --- on a connection ------------------------------------------------------------------ */

static void begin(deciding *d)
{
    (void)postern_request_begin(d->requests[0], d->connection, get, target, version);
    (void)postern_request_add_header(d->requests[0], host_name, service);
}

static void begin_and_decide(void *user, size_t times)
{
    deciding *const d = user;

    for (size_t i = 0; i < times; i++) {
        postern_verdict verdict;

        begin(d);
        postern_gate_evaluate(d->gate, d->requests[0], &verdict);
        note(d, &verdict);
    }
}

static void decide_again(void *user, size_t times)
{
    deciding *const d = user;

    for (size_t i = 0; i < times; i++) {
        postern_verdict verdict;

        if (d->since_begun++ == REFILL) {
            begin(d);
            d->since_begun = 1;
        }
        postern_gate_evaluate(d->gate, d->requests[0], &verdict);
        note(d, &verdict);
    }
}

static void on_a_connection(bench *b, bench_two_rules *out)
{
    const postern_address peer = {
        4, {203, 0, 113, 9}
    };
    deciding d = {0};

    load(b, &d);
    stop_unless_ok(postern_gate_new(d.policy, &d.gate), "gate", NULL);
    stop_unless_ok(
        postern_connection_new(d.gate, &peer, postern_text("bench"), &d.connection),
        "connection", NULL);
    stop_unless_ok(postern_request_new(b->scheme, &d.requests[0]), "request", NULL);
    begin_and_decide(&d, 2);
    if (d.blocked != 2) {
        stop("a client without a certificate is not blocked");
    }
    timing_improve(&out->begin_and_decide, measure(b->effort, 1, begin_and_decide, &d));
    begin(&d);
    d.since_begun = 0;
    timing_improve(&out->decide, measure(b->effort, 1, decide_again, &d));
    postern_request_free(d.requests[0]);
    postern_connection_free(d.connection);
    postern_gate_free(d.gate);
    postern_policy_release(d.policy);
}

/* --- the rules alone ------------------------------------------------------------------ */

/* The four requests of calibration.c, in turn. */
static void evaluate_set(void *user, size_t times)
{
    deciding *const d = user;

    for (size_t i = 0; i < times; i++) {
        pst_matches matches = {.count = 0};
        const pst_rule *rule;
        postern_status fault;

        d->blocked +=
            pst_ruleset_evaluate(d->set, NULL, d->requests[d->at++ % 4], &matches,
                                 &rule, &fault) == PST_DECISION_BLOCK;
    }
}

static void set_two_fields(const bench *b, postern_request *request, bool verified,
                           postern_str host)
{
    const postern_value values[2] = {
        {.type = POSTERN_BOOL,   .as.boolean = verified},
        {.type = POSTERN_STRING, .as.string = host     },
    };
    const char *const names[2] = {"cf.tls_client_auth.cert_verified", "http.host"};

    for (size_t i = 0; i < 2; i++) {
        postern_field field;
        stop_unless_ok(
            postern_scheme_find_field(b->scheme, postern_text(names[i]), &field, NULL),
            names[i], NULL);
        stop_unless_ok(postern_request_set(request, field, &values[i]), names[i], NULL);
    }
}

static void the_rules_alone(bench *b, bench_two_rules *out)
{
    const postern_str other = POSTERN_STR("other.yourdomain.com");
    deciding d = {0};

    load(b, &d);
    for (size_t i = 0; i < 4; i++) {
        postern_verdict verdict;
        stop_unless_ok(postern_request_new_simulated(b->scheme, &d.requests[i]),
                       "request", NULL);
        set_two_fields(b, d.requests[i], i % 2 == 0, i == 2 ? other : service);
        postern_policy_evaluate(d.policy, d.requests[i], &verdict);
        note(&d, &verdict);
    }
    if (d.allowed != 2 || d.blocked != 2) {
        stop("the two rules decide otherwise than by hand");
    }
    timing_improve(&out->rules, measure(b->effort, 4, evaluate_set, &d));
    for (size_t i = 0; i < 4; i++) {
        postern_request_free(d.requests[i]);
    }
    postern_policy_release(d.policy);
}

void bench_decision(bench *b, bench_two_rules *out)
{
    the_rules_alone(b, out);
    on_a_connection(b, out);
    if (!out->has_modsecurity) {
        out->has_modsecurity = modsecurity_cost(b->effort, &out->modsecurity);
    }
}
