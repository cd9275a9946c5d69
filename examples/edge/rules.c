/* rules.c - scheme, policy and gate. */
#include "rules.h"

#include <postern/mbedtls.h>
#include <stdlib.h>

static void render(const postern_report *report, edge_text *out)
{
    for (size_t i = 0; i < postern_report_count(report); i++) {
        const size_t len = postern_report_render(report, i, NULL, 0);
        char *text = malloc(len + 1);
        if (text == NULL) {
            out->failed = true;
            return;
        }
        (void)postern_report_render(report, i, text, len + 1);
        edge_text_add(out, (postern_str){text, len});
        free(text);
    }
}

bool edge_rules_open(edge_rules *rules, const char *path, edge_text *problems)
{
    const postern_options options = {.crypto = postern_mbedtls_crypto()};
    const postern_source source = {.path = path};
    postern_report *report = postern_report_new(NULL);
    postern_policy *policy = NULL;
    postern_status status;

    *rules = (edge_rules){.path = path};
    status = postern_scheme_new(&options, &rules->scheme);
    if (status == POSTERN_OK) {
        status = postern_policy_load(rules->scheme, &source, &policy, report);
    }
    if (status == POSTERN_OK) {
        status = postern_gate_new(policy, &rules->gate); /* takes its own reference */
    }
    render(report, problems);
    if (status != POSTERN_OK && postern_report_count_of(report, POSTERN_ERROR) == 0) {
        edge_text_add(problems, postern_text(path));
        edge_text_format(problems, ": error: %s\n", postern_status_text(status));
    }
    postern_policy_release(policy);
    postern_report_free(report);
    if (status != POSTERN_OK) {
        edge_rules_close(rules);
    }
    return status == POSTERN_OK;
}

void edge_rules_close(edge_rules *rules)
{
    postern_gate_free(rules->gate);
    postern_scheme_free(rules->scheme);
    rules->gate = NULL;
    rules->scheme = NULL;
}

void edge_rules_reload(edge_rules *rules, edge_log *log)
{
    const postern_source source = {.path = rules->path};
    postern_report *report = postern_report_new(NULL);
    const postern_status status = postern_gate_reload(rules->gate, &source, report);
    const postern_policy *policy = postern_gate_acquire(rules->gate);

    edge_record_event(log, status == POSTERN_OK ? "reload" : "reload-failed", status,
                      status == POSTERN_OK ? postern_policy_generation(policy) : 0,
                      report);
    postern_policy_release(policy);
    postern_report_free(report);
}
