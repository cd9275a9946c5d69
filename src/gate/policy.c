#include "gate/policy.h"

#include "support/alloc.h"
#include "support/text.h"

/* --- making, sharing and giving back -------------------------------------------- */

static uint64_t next_generation(postern_scheme *scheme)
{
    return atomic_fetch_add(&scheme->generations, 1) + 1;
}

static void release_body(pst_policy_body *body)
{
    const postern_allocator *alloc = body->scheme->options.allocator;

    if (atomic_fetch_sub(&body->references, 1) != 1) {
        return;
    }
    for (size_t i = 0; i < body->authority_count; i++) {
        pst_authority_free(body->authorities[i].authority);
    }
    pst_free_array(alloc, body->authorities, body->authority_cap,
                   sizeof *body->authorities);
    pst_arena_free(&body->memory);
    postern_scheme_free(body->scheme);
    pst_free(alloc, body, sizeof *body);
}

/* A policy around `body`, whose reference it takes over, also when it fails. */
static postern_policy *wrap(pst_policy_body *body, uint64_t generation)
{
    postern_policy *policy =
        pst_alloc_zeroed(body->scheme->options.allocator, sizeof *policy);

    if (policy == NULL) {
        release_body(body);
        return NULL;
    }
    atomic_init(&policy->references, 1);
    policy->generation = generation;
    policy->body = body;
    return policy;
}

postern_status pst_policy_new(const postern_scheme *scheme, postern_policy **out)
{
    const postern_allocator *alloc = scheme->options.allocator;
    pst_policy_body *body = pst_alloc_zeroed(alloc, sizeof *body);

    *out = NULL;
    if (body == NULL) {
        return POSTERN_NO_MEMORY;
    }
    body->scheme = pst_scheme_use(scheme);
    atomic_init(&body->references, 1);
    body->trust = next_generation(body->scheme);
    pst_arena_init(&body->memory, alloc, SIZE_MAX / 2);
    body->on_fault.status = 503;
    *out = wrap(body, body->trust);
    return *out == NULL ? POSTERN_NO_MEMORY : POSTERN_OK;
}

bool pst_policy_make_room(postern_policy *policy, size_t count)
{
    if (count == 0) {
        return true;
    }
    policy->lists = pst_alloc_array(policy->body->scheme->options.allocator, count,
                                    sizeof *policy->lists);
    policy->list_room = policy->lists == NULL ? 0 : count;
    return policy->lists != NULL;
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
    pst_policy_body *body;

    if (own == NULL || atomic_fetch_sub(&own->references, 1) != 1) {
        return;
    }
    body = own->body;
    alloc = body->scheme->options.allocator;
    for (size_t i = 0; i < own->list_count; i++) {
        postern_list_release(own->lists[i].list);
    }
    pst_free_array(alloc, own->lists, own->list_room, sizeof *own->lists);
    pst_free(alloc, own, sizeof *own);
    release_body(body);
}

static size_t find_list(const postern_policy *policy, postern_str name)
{
    size_t at = 0;

    while (at < policy->list_count && !pst_str_same(policy->lists[at].name, name)) {
        at++;
    }
    return at;
}

postern_status postern_policy_with_list(const postern_policy *policy, postern_str name,
                                        const postern_list *list, postern_policy **out)
{
    const size_t changed = find_list(policy, name);
    pst_policy_body *body = policy->body;
    postern_policy *made;

    *out = NULL;
    if (changed == policy->list_count) {
        return POSTERN_UNKNOWN_NAME;
    }
    if (list == NULL || list->kind != policy->lists[changed].list->kind) {
        return POSTERN_TYPE;
    }
    atomic_fetch_add(&body->references, 1);
    made = wrap(body, next_generation(body->scheme));
    if (made == NULL || !pst_policy_make_room(made, policy->list_count)) {
        postern_policy_release(made);
        return POSTERN_NO_MEMORY;
    }
    for (size_t i = 0; i < policy->list_count; i++) {
        const postern_named_list *old = &policy->lists[i];
        made->lists[i] = (postern_named_list){
            old->name, pst_list_use(i == changed ? list : old->list)};
    }
    made->list_count = policy->list_count;
    *out = made;
    return POSTERN_OK;
}

/* --- questions ------------------------------------------------------------------ */

uint64_t postern_policy_generation(const postern_policy *policy)
{
    return policy->generation;
}

const postern_named_list *postern_policy_lists(const postern_policy *policy,
                                               size_t *count)
{
    *count = policy->list_count;
    return policy->lists;
}

size_t postern_policy_rule_count(const postern_policy *policy)
{
    size_t count = 0;

    for (size_t i = 0; i < policy->body->ruleset_count; i++) {
        count += policy->body->rulesets[i].rule_count;
    }
    return count;
}

bool postern_policy_uses(const postern_policy *policy, postern_field field)
{
    for (size_t i = 0; i < policy->body->ruleset_count; i++) {
        if (pst_program_uses(&policy->body->rulesets[i].program, field.index)) {
            return true;
        }
    }
    return false;
}

size_t pst_host_names_find(const pst_host_names *names, postern_str host)
{
    size_t at = pst_string_set_find(&names->entries, host);
    size_t i =
        host.len > names->longest_wildcard ? host.len - names->longest_wildcard : 1;

    /* A longer end is a wildcard with more labels. An end of all there is would be a
     * name that starts with a dot, which no host does. */
    for (; at == SIZE_MAX && i < host.len; i++) {
        if (host.data[i] == '.') {
            at = pst_string_set_find(&names->entries, pst_str_slice(host, i, host.len));
        }
    }
    return at;
}

pst_standing pst_policy_standing(const postern_policy *policy, postern_str host)
{
    const pst_policy_body *body = policy->body;
    const size_t at = pst_host_names_find(&body->names, host);

    return (pst_standing){at < body->host_count ? &body->hosts[at] : NULL,
                          body->host_count == 0 || body->names.others ||
                              at != SIZE_MAX};
}

const pst_registration *pst_policy_registration(const postern_policy *policy,
                                                postern_str host)
{
    return pst_policy_standing(policy, host).registration;
}

/* --- verdicts -------------------------------------------------------------------- */

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
    const bool close = policy != NULL && policy->body->close_on_fault;

    pst_refuse(verdict, POSTERN_FAULT, 503, true, reason);
    verdict->fault = fault;
    if (close) {
        verdict->status = 0;
    } else if (policy != NULL) {
        const pst_response *response = &policy->body->on_fault;
        verdict->status = response->status;
        verdict->content_type = response->content_type;
        verdict->body = response->body;
    }
}

/* Headers that claim an identity never reach an origin as the client sent them. Their
 * names are gathered once: a head that was sealed does not change. */
static postern_status list_identities(postern_request *request)
{
    const size_t count = request->identity_count;
    postern_str *strip;
    size_t found = 0;

    if (count == 0 || request->strip != NULL) {
        return POSTERN_OK;
    }
    strip = pst_arena_array(&request->arena, count, sizeof *strip);
    if (strip == NULL) {
        return request->arena.status;
    }
    for (size_t i = 0; found < count; i++) {
        if (request->headers[i].identity) {
            strip[found++] = request->headers[i].name;
        }
    }
    request->strip = strip;
    return POSTERN_OK;
}

postern_status pst_verdict_describe(postern_request *request, postern_verdict *verdict)
{
    const postern_status status = list_identities(request);

    verdict->host = request->values[PST_FIELD_HOST].string;
    verdict->target = request->values[PST_FIELD_URI].string;
    verdict->certificate_reason = request->values[PST_FIELD_POSTERN_CERT_REASON].string;
    if (status == POSTERN_OK) {
        verdict->strip = request->strip;
        verdict->strip_count = request->identity_count;
    }
    return status;
}

static void name_rule(postern_verdict *verdict, const pst_ruleset *set,
                      const pst_rule *rule)
{
    verdict->phase = set->phase;
    verdict->rule_ref = rule->told.ref;
    verdict->rule_description = rule->told.description;
}

static void refuse_by_rule(postern_verdict *verdict, const pst_rule *rule)
{
    pst_refuse(verdict, POSTERN_BLOCKED, rule->response->status, false,
               "a rule blocks");
    verdict->content_type = rule->response->content_type;
    verdict->body = rule->response->body;
}

static bool holds(const postern_request *request, pst_field_id field)
{
    return request->values[field].boolean;
}

/* Whom the host itself refuses, before any rule. @return whether it does */
static bool refuse_by_host(postern_verdict *verdict, const pst_registration *host,
                           const postern_request *request)
{
    if (host->block_revoked && holds(request, PST_FIELD_CERT_REVOKED)) {
        pst_refuse(verdict, POSTERN_REVOKED, 403, host->require,
                   "the client certificate is revoked");
        return true;
    }
    if (host->require && !holds(request, PST_FIELD_CERT_VERIFIED)) {
        pst_refuse(verdict, POSTERN_UNVERIFIED, 403, true,
                   "the host requires a verified client certificate");
        return true;
    }
    return false;
}

void pst_policy_decide(const postern_policy *policy, postern_request *request,
                       const pst_registration *registration, postern_verdict *verdict)
{
    const pst_policy_body *body = policy->body;
    postern_status fault = pst_verdict_describe(request, verdict);
    /* The last verdict's list is not needed any more. */
    pst_matches matches = {.own = request->matches, .cap = request->match_cap};
    pst_decision decision =
        fault == POSTERN_OK ? PST_DECISION_PASS : PST_DECISION_FAULT;
    const pst_rule *rule = NULL;

    if (decision == PST_DECISION_PASS && registration != NULL &&
        refuse_by_host(verdict, registration, request)) {
        return;
    }
    for (size_t i = 0; i < body->ruleset_count && decision == PST_DECISION_PASS; i++) {
        const pst_ruleset *set = &body->rulesets[i];
        const pst_rule *decided = NULL;
        decision = pst_ruleset_evaluate(set, policy->lists, request, &matches, &decided,
                                        &fault);
        if (decided != NULL) {
            rule = decided;
            name_rule(verdict, set, rule);
        }
    }
    request->matches = matches.own;
    request->match_cap = matches.cap;
    verdict->matches = matches.items;
    verdict->match_count = matches.count;
    if (decision == PST_DECISION_BLOCK && rule != NULL) {
        refuse_by_rule(verdict, rule);
    } else if (decision != PST_DECISION_PASS) {
        pst_refuse_fault(verdict, policy, fault, "the rules could not be evaluated");
    } else if (rule == NULL && body->block_by_default) {
        pst_refuse(verdict, POSTERN_BLOCKED, 403, false,
                   "no rule decided and the default is block");
    } else {
        verdict->outcome = POSTERN_ALLOWED;
    }
}
