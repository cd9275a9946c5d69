/*
 * fuzz_policy.c - any bytes load as a policy, or as an export when the first byte is
 * odd, or are refused with an error whose place is inside the text. What loads decides
 * about requests, and a second load of the same text decides the same. Files come from
 * a reader that has one CA, one export and nothing else.
 */
#include <postern.h>

#include <stdlib.h>
#include <string.h>

#include "../harness/stub_crypto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char ca[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIICJTCCAcqgAwIBAgIUQ8vKmDZ86I3a/fDPgJXtHZ7qjo8wCgYIKoZIzj0EAwIw\n"
    "cDELMAkGA1UEBhMCVVMxDjAMBgNVBAgMBVRleGFzMQ8wDQYDVQQHDAZBdXN0aW4x\n"
    "FzAVBgNVBAoMDkFjY2VzcyBUZXN0aW5nMQswCQYDVQQLDAJUWDEaMBgGA1UEAwwR\n"
    "QWNjZXNzIFRlc3RpbmcgQ0EwHhcNMjUwMTAxMDAwMDAwWhcNNDUwMTAxMDAwMDAw\n"
    "WjBwMQswCQYDVQQGEwJVUzEOMAwGA1UECAwFVGV4YXMxDzANBgNVBAcMBkF1c3Rp\n"
    "bjEXMBUGA1UECgwOQWNjZXNzIFRlc3RpbmcxCzAJBgNVBAsMAlRYMRowGAYDVQQD\n"
    "DBFBY2Nlc3MgVGVzdGluZyBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHEO\n"
    "5CJjZ1HtnW977MysDOHo4fulKKhB55dVhwFOnxVUK8MMXtDc3TkS305e0xtYUNvt\n"
    "YWS7TE0zGpgty0/M9EGjQjBAMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQD\n"
    "AgEGMB0GA1UdDgQWBBTtYkyso3M2vgs2EXosNcJGCPCJ3jAKBggqhkjOPQQDAgNJ\n"
    "ADBGAiEAjIQHxeWGNF/pyYOUWv0N0CWNFbrJr1IMZA/C165d+CoCIQDfcrydBRMy\n"
    "0ucmpU3gEL/JLNGa2/2wxB53/wtxei1bow==\n"
    "-----END CERTIFICATE-----\n";
static const char ruleset[] =
    "{\"rules\": [{\"id\": \"x\", \"expression\": \"ssl\", \"action\": \"challenge\"}]}";

enum { REQUESTS = 3 };

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static int64_t clock_of_2027(void *user)
{
    (void)user;
    return INT64_C(1800000000000);
}

static bool ends(const char *path, const char *end)
{
    const size_t len = strlen(path);

    return len >= strlen(end) && strcmp(path + len - strlen(end), end) == 0;
}

static postern_status read_file(void *user, const char *path, size_t max,
                                const postern_allocator *alloc, postern_str *out)
{
    const postern_str text = postern_text(ends(path, ".pem")    ? ca
                                          : ends(path, ".json") ? ruleset
                                                                : NULL);
    char *copy;

    (void)user;
    if (text.data == NULL) {
        return POSTERN_IO;
    }
    require(text.len <= max);
    copy = alloc->resize(alloc->user, NULL, 0, text.len);
    require(copy != NULL);
    memcpy(copy, text.data, text.len);
    *out = (postern_str){copy, text.len};
    return POSTERN_OK;
}

/* --- findings ------------------------------------------------------------------- */

static size_t line_length(postern_str text, size_t line)
{
    size_t at = 0;
    size_t end;

    for (; line > 1; at++) {
        require(at < text.len);
        line -= text.data[at] == '\n';
    }
    for (end = at; end < text.len && text.data[end] != '\n'; end++) {
    }
    return end - at;
}

static void check_finding(const postern_finding *f, postern_str text)
{
    require(f->message.len > 0);
    require(f->caret <= f->excerpt.len);
    if (f->severity == POSTERN_ERROR) {
        require(f->status != POSTERN_OK);
    }
    if (postern_str_equal(f->file, postern_text("policy.json")) && f->line > 0) {
        require(f->column >= 1 && f->column <= line_length(text, f->line) + 1);
    }
}

static postern_status check_findings(const postern_report *report, postern_str text)
{
    enum { LOOKED_AT = 100 };
    postern_status first = POSTERN_OK;
    postern_finding f;

    for (size_t i = 0; i < LOOKED_AT && postern_report_get(report, i, &f); i++) {
        check_finding(&f, text);
        require(postern_report_render(report, i, NULL, 0) > 0);
        if (first == POSTERN_OK && f.severity == POSTERN_ERROR) {
            first = f.status;
        }
    }
    return first;
}

/* --- loading and deciding ------------------------------------------------------- */

static postern_policy *load(const postern_scheme *scheme, postern_str text, bool import)
{
    const postern_source source = {
        .path = "policy.json", .text = text, .read = read_file, .import = import};
    postern_report *report = postern_report_new(NULL);
    postern_policy *policy;
    const postern_status status = postern_policy_load(scheme, &source, &policy, report);

    require((policy != NULL) == (status == POSTERN_OK));
    require((postern_report_count_of(report, POSTERN_ERROR) > 0) ==
            (status != POSTERN_OK));
    if (postern_report_count(report) < 100) {
        require(check_findings(report, text) == status);
    }
    postern_report_free(report);
    return policy;
}

static void fill(postern_request *request, size_t number)
{
    static const char *const hosts[REQUESTS] = {"a.example", "B.example:443",
                                                "a.example"};
    static const char *const targets[REQUESTS] = {"/", "/admin/../x?q=1", "/%00"};

    (void)postern_request_begin(request, NULL, postern_text("GET"),
                                postern_text(targets[number]),
                                postern_text("HTTP/1.1"));
    (void)postern_request_add_header(request, postern_text("host"),
                                     postern_text(hosts[number]));
    (void)postern_request_add_header(request, postern_text("User-Agent"),
                                     postern_text("CURL"));
}

static void evaluate(const postern_policy *policy, postern_request *request,
                     postern_verdict *verdict)
{
    postern_policy_evaluate(policy, request, verdict);
    require(verdict->outcome != POSTERN_NOT_EVALUATED);
    require(verdict->outcome == POSTERN_ALLOWED || verdict->reason.len > 0);
    require(verdict->generation == postern_policy_generation(policy));
}

static void check_same(const postern_verdict *a, const postern_verdict *b)
{
    require(a->outcome == b->outcome && a->status == b->status && a->close == b->close);
    require(a->match_count == b->match_count);
    require(postern_str_equal(a->rule_ref, b->rule_ref));
    require(postern_str_equal(a->body, b->body));
    require(postern_str_equal(a->host, b->host));
    for (size_t i = 0; i < a->match_count; i++) {
        require(postern_str_equal(a->matches[i].ref, b->matches[i].ref));
    }
}

static void decide(const postern_scheme *scheme, const postern_policy *policy,
                   const postern_policy *again)
{
    postern_request *one;
    postern_request *two;

    require(postern_request_new_simulated(scheme, &one) == POSTERN_OK);
    require(postern_request_new_simulated(scheme, &two) == POSTERN_OK);
    for (size_t i = 0; i < REQUESTS; i++) {
        postern_verdict first;
        postern_verdict second;
        fill(one, i);
        fill(two, i);
        evaluate(policy, one, &first);
        evaluate(again, two, &second);
        check_same(&first, &second);
    }
    postern_request_free(one);
    postern_request_free(two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const postern_options options = {.clock = clock_of_2027, .crypto = stub_crypto()};
    const bool import = size > 0 && data[0] % 2 == 1;
    postern_str text = {(const char *)data, size};
    postern_scheme *scheme;
    postern_policy *policy;

    if (size == 0) {
        return 0;
    }
    text = (postern_str){text.data + 1, text.len - 1};
    require(postern_scheme_new(&options, &scheme) == POSTERN_OK);
    policy = load(scheme, text, import);
    if (policy != NULL) {
        postern_policy *again = load(scheme, text, import);
        require(again != NULL);
        require(postern_policy_rule_count(again) == postern_policy_rule_count(policy));
        decide(scheme, policy, again);
        postern_policy_release(again);
    }
    postern_policy_release(policy);
    postern_scheme_free(scheme);
    return 0;
}
