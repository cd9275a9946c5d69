#include "gate/policy.h"

#include "support/alloc.h"
#include "support/text.h"

postern_status pst_policy_new(const postern_scheme *scheme, postern_policy **out)
{
    const postern_allocator *alloc = scheme->options.allocator;
    postern_policy *policy = pst_alloc_zeroed(alloc, sizeof *policy);

    *out = policy;
    if (policy == NULL) {
        return POSTERN_NO_MEMORY;
    }
    policy->scheme = pst_scheme_use(scheme);
    policy->generation = atomic_fetch_add(&policy->scheme->generations, 1) + 1;
    atomic_init(&policy->references, 1);
    pst_arena_init(&policy->memory, alloc, SIZE_MAX / 2);
    policy->on_fault.status = 503;
    return POSTERN_OK;
}

const postern_policy *pst_policy_use(const postern_policy *policy)
{
    /* Only the reference count is written through this. */
    postern_policy *shared = pst_unconst(policy);

    atomic_fetch_add(&shared->references, 1);
    return policy;
}

void postern_policy_release(const postern_policy *policy)
{
    postern_policy *own = pst_unconst(policy);
    const postern_allocator *alloc;

    if (own == NULL || atomic_fetch_sub(&own->references, 1) != 1) {
        return;
    }
    alloc = own->scheme->options.allocator;
    for (size_t i = 0; i < own->host_count; i++) {
        pst_authority_free(own->hosts[i].authority);
    }
    pst_arena_free(&own->memory);
    postern_scheme_free(own->scheme);
    pst_free(alloc, own, sizeof *own);
}

uint64_t postern_policy_generation(const postern_policy *policy)
{
    return policy->generation;
}

size_t postern_policy_rule_count(const postern_policy *policy)
{
    size_t count = 0;

    for (size_t i = 0; i < policy->ruleset_count; i++) {
        count += policy->rulesets[i].rule_count;
    }
    return count;
}

const pst_registration *pst_policy_registration(const postern_policy *policy,
                                                postern_str host)
{
    const size_t at = pst_string_set_find(&policy->host_names, host);

    return at == SIZE_MAX ? NULL : &policy->hosts[at];
}

/* One look-up for every dot: "*.example.com" covers any depth below it. */
static bool has_suffix(const pst_string_set *suffixes, postern_str host)
{
    for (size_t i = 1; i < host.len; i++) {
        if (host.data[i] == '.' &&
            pst_string_set_has(suffixes, pst_str_slice(host, i, host.len))) {
            return true;
        }
    }
    return false;
}

bool pst_policy_serves(const postern_policy *policy, postern_str host)
{
    return policy->host_count == 0 || policy->plain.any ||
           pst_policy_registration(policy, host) != NULL ||
           pst_string_set_has(&policy->plain.exact, host) ||
           has_suffix(&policy->plain.suffixes, host);
}

void pst_refuse(postern_verdict *verdict, postern_outcome outcome, unsigned status,
                bool close, const char *reason)
{
    verdict->outcome = outcome;
    verdict->status = status;
    verdict->close = close;
    verdict->reason = postern_text(reason);
}

void pst_refuse_fault(postern_verdict *verdict, const postern_policy *policy,
                      postern_status fault, const char *reason)
{
    const bool close = policy != NULL && policy->close_on_fault;

    pst_refuse(verdict, POSTERN_FAULT, 503, true, reason);
    verdict->fault = fault;
    if (close) {
        verdict->status = 0;
    } else if (policy != NULL) {
        verdict->status = policy->on_fault.status;
        verdict->content_type = policy->on_fault.content_type;
        verdict->body = policy->on_fault.body;
    }
}

/* Headers that claim an identity never reach an origin as the client sent them. */
postern_status pst_verdict_describe(postern_request *request, postern_verdict *verdict)
{
    postern_str *strip = NULL;
    size_t count = 0;

    verdict->host = request->values[PST_FIELD_HOST].string;
    verdict->target = request->values[PST_FIELD_URI].string;
    verdict->certificate_reason = request->values[PST_FIELD_POSTERN_CERT_REASON].string;
    for (size_t i = 0; i < request->header_count; i++) {
        count += request->headers[i].identity;
    }
    if (count == 0) {
        return POSTERN_OK;
    }
    strip = pst_arena_array(&request->arena, count, sizeof *strip);
    if (strip == NULL) {
        return request->arena.status;
    }
    count = 0;
    for (size_t i = 0; i < request->header_count; i++) {
        if (request->headers[i].identity) {
            strip[count++] = request->headers[i].name;
        }
    }
    verdict->strip = strip;
    verdict->strip_count = count;
    return POSTERN_OK;
}

static void name_rule(postern_verdict *verdict, const pst_ruleset *set,
                      const pst_rule *rule)
{
    verdict->phase = set->phase;
    verdict->rule_ref = rule->ref;
    verdict->rule_description = rule->description;
}

static void refuse_by_rule(postern_verdict *verdict, const pst_rule *rule)
{
    pst_refuse(verdict, POSTERN_BLOCKED, rule->response.status, false, "a rule blocks");
    verdict->content_type = rule->response.content_type;
    verdict->body = rule->response.body;
}

static bool revoked(const postern_request *request)
{
    return request->values[PST_FIELD_CERT_REVOKED].boolean;
}

void pst_policy_decide(const postern_policy *policy, postern_request *request,
                       postern_str host, postern_verdict *verdict)
{
    const pst_registration *registration = pst_policy_registration(policy, host);
    postern_status fault = pst_verdict_describe(request, verdict);
    pst_matches matches = {NULL, 0, 0};
    pst_decision decision =
        fault == POSTERN_OK ? PST_DECISION_PASS : PST_DECISION_FAULT;
    const pst_rule *rule = NULL;

    if (decision == PST_DECISION_PASS && registration != NULL &&
        registration->block_revoked && revoked(request)) {
        pst_refuse(verdict, POSTERN_REVOKED, 403, false,
                   "the client certificate is revoked");
        return;
    }
    for (size_t i = 0; i < policy->ruleset_count && decision == PST_DECISION_PASS;
         i++) {
        const pst_ruleset *set = &policy->rulesets[i];
        const pst_rule *decided = NULL;
        decision = pst_ruleset_evaluate(set, NULL, request, &matches, &decided, &fault);
        if (decided != NULL) {
            rule = decided;
            name_rule(verdict, set, rule);
        }
    }
    verdict->matches = matches.items;
    verdict->match_count = matches.count;
    if (decision == PST_DECISION_BLOCK && rule != NULL) {
        refuse_by_rule(verdict, rule);
    } else if (decision != PST_DECISION_PASS) {
        pst_refuse_fault(verdict, policy, fault, "the rules could not be evaluated");
    } else if (rule == NULL && policy->block_by_default) {
        pst_refuse(verdict, POSTERN_BLOCKED, 403, false,
                   "no rule decided and the default is block");
    } else {
        verdict->outcome = POSTERN_ALLOWED;
    }
}
