/*
 * policy/rules.c - rulesets: phases, rules, actions and their parameters.
 *
 * Semantics: Cloudflare's Ruleset Engine. Our own file is strict; an export
 * (document->lenient) is read as Cloudflare writes it, and what has no meaning here
 * is listed as a note.
 */
#include "policy/load.h"
#include "support/alloc.h"
#include "support/report.h"
#include "support/text.h"

static const postern_str nothing = {NULL, 0};

static void no_memory(pst_document *document)
{
    pst_document_count(document, pst_report_no_memory(document->report));
}

/* --- responses -------------------------------------------------------------------- */

enum { BODY_MAX = 2048 };

static void load_content(pst_document *document, size_t object, pst_response *out)
{
    static const char *const types[] = {"text/html", "text/plain", "application/json",
                                        "text/xml"};
    const size_t body = pst_document_find(document, object, "content");
    const size_t type = pst_document_find(document, object, "content_type");
    const pst_member has_body =
        pst_document_string(document, object, "content", &out->body);
    const pst_member has_type =
        pst_document_string(document, object, "content_type", &out->content_type);

    if (has_type == PST_MEMBER_READ) {
        (void)pst_document_choose(document, type, out->content_type,
                                  "unknown content type", types, 4);
    }
    if (has_body == PST_MEMBER_READ && out->body.len > BODY_MAX) {
        pst_document_complain(document, body, POSTERN_LIMIT, "a response has at most 2 KB",
                              nothing, "", NULL);
    }
    if (has_body == PST_MEMBER_READ && has_type == PST_MEMBER_ABSENT) {
        pst_document_complain(document, body, POSTERN_INVALID,
                              "content needs a", postern_text("content_type"), "",
                              "text/html, text/plain, application/json or text/xml");
    }
}

void pst_load_response(pst_document *document, size_t object, int64_t least, int64_t most,
                       pst_response *out)
{
    static const char *const keys[] = {"status_code", "content", "content_type"};
    const size_t status = pst_document_find(document, object, "status_code");
    int64_t code = 0;

    if (!pst_document_is_object(document, object, "a response")) {
        return;
    }
    pst_document_known_keys(document, object, keys, 3);
    if (pst_document_integer(document, object, "status_code", &code) == PST_MEMBER_READ) {
        if (code < least || code > most) {
            pst_document_complain(document, status, POSTERN_INVALID,
                                  most == 499 ? "a block answers 400 to 499"
                                              : "a refusal answers 400 to 599",
                                  nothing, "", NULL);
        } else {
            out->status = (unsigned)code;
        }
    }
    load_content(document, object, out);
}

/* --- actions ---------------------------------------------------------------------- */

/* Terraform writes a block as an array of one. */
static size_t unwrap(const pst_document *document, size_t node)
{
    if (document->lenient && node != 0 &&
        document->nodes[node].kind == POSTERN_JSON_ARRAY &&
        document->nodes[node].next > node + 1) {
        return node + 1;
    }
    return node;
}

/* What Cloudflare can do and this library cannot. */
static const char *foreign_action(postern_str action)
{
    static const char *const names[] = {
        "execute",         "rewrite",           "redirect",     "route",
        "set_config",      "set_cache_settings", "serve_error",  "score",
        "compress_response", "log_custom_field", "ddos_dynamic", "force_connection_close",
        "allow",           "bypass",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (pst_str_same(action, postern_text(names[i]))) {
            return names[i];
        }
    }
    return NULL;
}

static bool is_challenge(postern_str action)
{
    return pst_str_same(action, postern_text("managed_challenge")) ||
           pst_str_same(action, postern_text("js_challenge")) ||
           pst_str_same(action, postern_text("challenge"));
}

static bool load_action_name(pst_document *document, size_t object, pst_rule *rule)
{
    static const char *const names[] = {"block", "skip", "log"};
    static const postern_action actions[] = {POSTERN_ACTION_BLOCK, POSTERN_ACTION_SKIP,
                                             POSTERN_ACTION_LOG};
    const size_t node = pst_document_find(document, object, "action");
    postern_str name = nothing;
    size_t chosen;

    switch (pst_document_string(document, object, "action", &name)) {
    case PST_MEMBER_ABSENT:
        pst_document_complain(document, object, POSTERN_INVALID, "a rule needs an",
                              postern_text("action"), "", "block, skip or log");
        return false;
    case PST_MEMBER_WRONG:
        return false;
    case PST_MEMBER_READ:
        break;
    }
    if (is_challenge(name) && document->lenient) {
        pst_document_remark(document, node, POSTERN_NOTE, "the action", name,
                            " has no page here: it blocks");
        rule->action = POSTERN_ACTION_BLOCK;
        return true;
    }
    if (is_challenge(name) || foreign_action(name) != NULL) {
        pst_document_complain(document, node, POSTERN_UNSUPPORTED, "the action", name,
                              " is not available here",
                              is_challenge(name) ? "block is its nearest relative"
                              : name.data[0] == 'a' || name.data[0] == 'b'
                                  ? "to let requests pass use skip"
                                  : "actions are block, skip and log");
        return false;
    }
    chosen = pst_document_choose(document, node, name, "unknown action", names, 3);
    if (chosen == 3) {
        return false;
    }
    rule->action = actions[chosen];
    return true;
}

/* "ruleset": "current" or "phase": "current"; the rest of what Cloudflare can skip
 * is not here to be skipped. */
static void load_skip(pst_document *document, size_t rule_node, size_t object,
                      pst_rule *rule)
{
    static const char *const own[] = {"ruleset", "phase"};
    static const char *const foreign[] = {"ruleset",  "phase",    "phases",
                                          "products", "rulesets", "rules"};
    static const char *const current[] = {"current"};

    rule->ends = false;
    if (object != 0 && pst_document_is_object(document, object, "action_parameters")) {
        pst_document_known_keys(document, object, document->lenient ? foreign : own,
                                document->lenient ? 6 : 2);
        for (size_t i = 2; i < 6 && document->lenient; i++) {
            if (pst_document_find(document, object, foreign[i]) != 0) {
                pst_document_remark(document, object, POSTERN_NOTE, "skipping",
                                    postern_text(foreign[i]), " has no effect here");
            }
        }
        for (size_t i = 0; i < 2; i++) {
            const size_t node = pst_document_find(document, object, own[i]);
            postern_str word;
            if (pst_document_string(document, object, own[i], &word) == PST_MEMBER_READ) {
                (void)pst_document_choose(document, node, word,
                                          "only 'current' can be skipped, not", current,
                                          1);
                rule->ends = true;
            }
        }
    }
    if (!rule->ends && !document->lenient) {
        pst_document_complain(document, rule_node, POSTERN_INVALID,
                              "a skip rule says what it skips", nothing, "",
                              "\"action_parameters\": {\"ruleset\": \"current\"}");
    }
}

static void load_block(pst_document *document, size_t object, pst_rule *rule)
{
    static const char *const keys[] = {"response"};
    size_t response;

    rule->response.status = 403;
    if (object == 0 ||
        !pst_document_is_object(document, object, "action_parameters")) {
        return;
    }
    pst_document_known_keys(document, object, keys, 1);
    response = unwrap(document, pst_document_find(document, object, "response"));
    if (response != 0) {
        pst_load_response(document, response, 400, 499, &rule->response);
    }
}

static void load_logging(pst_document *document, size_t object, pst_rule *rule)
{
    static const char *const keys[] = {"enabled"};
    const size_t node = unwrap(document, pst_document_find(document, object, "logging"));

    if (node == 0) {
        return;
    }
    if (rule->action != POSTERN_ACTION_SKIP) {
        pst_document_complain(document, node, POSTERN_INVALID,
                              "logging is for skip rules only", nothing, "",
                              "block and log rules are always logged");
        return;
    }
    if (pst_document_is_object(document, node, "logging")) {
        pst_document_known_keys(document, node, keys, 1);
        (void)pst_document_bool(document, node, "enabled", &rule->log);
    }
}

static void load_action(pst_document *document, size_t object, pst_rule *rule)
{
    const size_t parameters =
        unwrap(document, pst_document_find(document, object, "action_parameters"));

    if (!load_action_name(document, object, rule)) {
        return;
    }
    switch (rule->action) {
    case POSTERN_ACTION_BLOCK:
        load_block(document, parameters, rule);
        break;
    case POSTERN_ACTION_SKIP:
        load_skip(document, object, parameters, rule);
        break;
    case POSTERN_ACTION_LOG:
        if (parameters != 0 &&
            pst_document_is_object(document, parameters, "action_parameters")) {
            pst_document_known_keys(document, parameters, NULL, 0);
        }
        break;
    }
    load_logging(document, object, rule);
}

/* --- rules ------------------------------------------------------------------------ */

/* Where in the file a byte of a rule's expression was written. */
typedef struct place {
    const pst_document *document;
    size_t node;
} place;

static size_t locate(const void *user, size_t offset)
{
    const place *at = user;

    return postern_json_origin(at->document->text, &at->document->nodes[at->node], offset);
}

static void load_expression(pst_document *document, size_t object,
                            pst_compiler *compiler, pst_rule *rule)
{
    const size_t node = pst_document_find(document, object, "expression");
    const place at = {document, node};
    const pst_expression_origin origin = {document->file, document->text, locate, &at};
    postern_status status;

    switch (pst_document_string(document, object, "expression", &rule->expression)) {
    case PST_MEMBER_ABSENT:
        pst_document_complain(document, object, POSTERN_INVALID, "a rule needs an",
                              postern_text("expression"), "",
                              "'true' matches every request");
        return;
    case PST_MEMBER_WRONG:
        return;
    case PST_MEMBER_READ:
        break;
    }
    status = pst_compiler_add(compiler, rule->expression, &origin, document->report);
    if (status != POSTERN_OK) {
        pst_document_count(document, status);
    }
}

/* Without a ref of its own an exported rule is called by its id. */
static void load_ref(pst_document *document, size_t object, pst_rule *rule)
{
    pst_member found = pst_document_string(document, object, "ref", &rule->ref);

    if (document->lenient &&
        (found == PST_MEMBER_ABSENT ||
         (found == PST_MEMBER_READ && rule->ref.len == 0))) {
        found = pst_document_string(document, object, "id", &rule->ref);
        if (found == PST_MEMBER_ABSENT) {
            rule->ref = postern_text("unnamed");
            return;
        }
    }
    if (found == PST_MEMBER_ABSENT || (found == PST_MEMBER_READ && rule->ref.len == 0)) {
        pst_document_complain(document, object, POSTERN_INVALID, "a rule needs a",
                              postern_text("ref"), "",
                              "a short name of its own, told in logs");
    }
}

static void check_keys(pst_document *document, size_t object)
{
    static const char *const keys[] = {
        "ref", "description", "expression", "action", "action_parameters", "enabled",
        "logging",
        /* bookkeeping, in exports only */
        "id", "version", "last_updated", "categories", "position"};

    pst_document_known_keys(document, object, keys,
                            document->lenient ? sizeof keys / sizeof keys[0] : 7);
}

/* What counts requests or looks at credentials cannot be left out silently. */
static void refuse_rule_features(pst_document *document, size_t object)
{
    static const char *const names[] = {"ratelimit", "exposed_credential_check"};

    for (size_t i = 0; i < 2 && document->lenient; i++) {
        const size_t node = pst_document_find(document, object, names[i]);
        if (node != 0) {
            pst_document_complain(document, node, POSTERN_UNSUPPORTED, "",
                                  postern_text(names[i]), " is not available here", NULL);
        }
    }
}

static void load_rule(pst_document *document, size_t object, pst_compiler *compiler,
                      pst_rule *rule)
{
    *rule = (pst_rule){.enabled = true, .log = true, .ends = true,
                       .action = POSTERN_ACTION_BLOCK};
    if (!pst_document_is_object(document, object, "a rule")) {
        return;
    }
    check_keys(document, object);
    refuse_rule_features(document, object);
    load_ref(document, object, rule);
    (void)pst_document_string(document, object, "description", &rule->description);
    (void)pst_document_bool(document, object, "enabled", &rule->enabled);
    load_action(document, object, rule);
    load_expression(document, object, compiler, rule);
}

/* Refs name rules in logs, so two may not share one. Exports are taken as they are. */
static void check_refs(pst_document *document, size_t list, const pst_rule *rules,
                       size_t count)
{
    postern_str *refs = pst_arena_array(document->memory, count, sizeof *refs);
    pst_string_set set;
    size_t at = 0;

    for (size_t i = 0; i < count && refs != NULL; i++) {
        refs[i] = rules[i].ref;
    }
    if (refs == NULL || !pst_string_set_build(document->memory, refs, count, &set)) {
        no_memory(document);
        return;
    }
    if (set.count == count || document->lenient) {
        return;
    }
    /* Members keep their order, so a rule is its ref's first user or a second one. */
    for (size_t node = pst_document_first(document, list), i = 0; node != 0;
         node = pst_document_next(document, list, node), i++) {
        if (at < set.count && pst_str_same(set.members[at], rules[i].ref)) {
            at++;
        } else if (rules[i].ref.len > 0) {
            const size_t ref = pst_document_find(document, node, "ref");
            pst_document_complain(document, ref, POSTERN_INVALID, "the ref",
                                  rules[i].ref, " is used twice", NULL);
        }
    }
}

static size_t count_elements(const pst_document *document, size_t list)
{
    size_t count = 0;

    for (size_t node = pst_document_first(document, list); node != 0;
         node = pst_document_next(document, list, node)) {
        count++;
    }
    return count;
}

/* The indexes of enabled rules; disabled ones are checked and never run. */
static void activate(pst_document *document, pst_rule *rules, pst_ruleset *out)
{
    uint32_t *active =
        pst_arena_array(document->memory, out->rule_count, sizeof *active);

    if (active == NULL) {
        no_memory(document);
        return;
    }
    out->active_count = 0;
    for (size_t i = 0; i < out->rule_count; i++) {
        if (rules[i].enabled) {
            active[out->active_count++] = (uint32_t)i;
        }
    }
    out->active = active;
}

static void load_rules(pst_loader *loader, pst_document *document, size_t list,
                       pst_ruleset *out)
{
    const size_t count = count_elements(document, list);
    pst_rule *rules = pst_arena_array(document->memory, count, sizeof *rules);
    pst_compiler compiler;

    if (rules == NULL) {
        no_memory(document);
        return;
    }
    pst_compiler_init(&compiler, loader->policy->scheme, &loader->policy->memory, NULL);
    for (size_t node = pst_document_first(document, list);
         node != 0 && document->status == POSTERN_OK;
         node = pst_document_next(document, list, node)) {
        load_rule(document, node, &compiler, &rules[out->rule_count]);
        out->rule_count++;
    }
    out->rules = rules;
    check_refs(document, list, rules, out->rule_count);
    if (document->errors == 0) {
        const postern_status status = pst_compiler_finish(&compiler, &out->program);
        if (status != POSTERN_OK) {
            pst_document_count(document, status);
            if (status == POSTERN_NO_MEMORY) {
                (void)pst_report_no_memory(document->report);
            }
        }
    }
    pst_compiler_free(&compiler);
    activate(document, rules, out);
}

/* Strict or (document->lenient) as exported; *out is incomplete after errors. */
static void load_ruleset(pst_loader *loader, pst_document *document, size_t object,
                         pst_ruleset *out)
{
    const size_t list = pst_document_find(document, object, "rules");

    *out = (pst_ruleset){.phase = nothing};
    if (list == 0) {
        if (!document->lenient) {
            pst_document_complain(document, object, POSTERN_INVALID,
                                  "a ruleset needs", postern_text("rules"), "", NULL);
        }
        return;
    }
    if (pst_document_is_array(document, list, "rules")) {
        load_rules(loader, document, list, out);
    }
}

/* --- rulesets --------------------------------------------------------------------- */

/* In the order in which they are evaluated. */
static const char *const phases[] = {"http_request_firewall_custom"};

enum { PHASE_COUNT = sizeof phases / sizeof phases[0] };

static void load_phase(pst_document *document, size_t object, pst_ruleset *out)
{
    const size_t node = pst_document_find(document, object, "phase");
    postern_str phase;

    if (pst_document_string(document, object, "phase", &phase) == PST_MEMBER_ABSENT) {
        if (document->lenient) {
            out->phase = postern_text(phases[0]);
        } else {
            pst_document_complain(document, object, POSTERN_INVALID, "a ruleset needs a",
                                  postern_text("phase"), "",
                                  "\"phase\": \"http_request_firewall_custom\"");
        }
        return;
    }
    if (node != 0 && document->nodes[node].kind == POSTERN_JSON_STRING) {
        const size_t chosen = pst_document_choose(document, node, phase, "unknown phase",
                                                  phases, PHASE_COUNT);
        out->phase = chosen < PHASE_COUNT ? postern_text(phases[chosen]) : nothing;
    }
}

void pst_load_exported_ruleset(pst_loader *loader, pst_document *document, size_t object,
                               pst_ruleset *out)
{
    load_ruleset(loader, document, object, out);
    load_phase(document, object, out);
}

/* {"import": "file.json"}: the rules stand in a file as Cloudflare exports it. */
static void load_imported(pst_loader *loader, pst_document *document, size_t object,
                          pst_ruleset *out)
{
    static const char *const keys[] = {"import"};
    const postern_allocator *alloc = document->alloc;
    const size_t node = pst_document_find(document, object, "import");
    pst_document exported;
    postern_str path;
    postern_str text;
    postern_status status;

    pst_document_known_keys(document, object, keys, 1);
    if (pst_document_string(document, object, "import", &path) != PST_MEMBER_READ) {
        return;
    }
    status = pst_loader_read(loader, path, false, &text);
    if (status != POSTERN_OK) {
        pst_document_complain(document, node, status, "the file", path, " cannot be read",
                              "paths start at the policy file");
        return;
    }
    status = pst_document_open(&exported, alloc, path, text, document->memory,
                               document->report);
    if (status == POSTERN_OK) {
        exported.lenient = true;
        pst_load_export(loader, &exported, out);
    }
    if (exported.errors > 0) {
        pst_document_count(document, exported.first);
    }
    document->status = exported.status;
    pst_document_close(&exported);
    pst_str_free(alloc, &text);
}

static void load_one(pst_loader *loader, pst_document *document, size_t object,
                     pst_ruleset *out)
{
    static const char *const keys[] = {"phase", "name", "description", "rules", "import"};

    *out = (pst_ruleset){.phase = nothing};
    if (!pst_document_is_object(document, object, "a ruleset")) {
        return;
    }
    if (pst_document_find(document, object, "import") != 0) {
        load_imported(loader, document, object, out);
        return;
    }
    pst_document_known_keys(document, object, keys, sizeof keys / sizeof keys[0]);
    load_ruleset(loader, document, object, out);
    load_phase(document, object, out);
}

void pst_load_rulesets(pst_loader *loader, pst_document *document)
{
    postern_policy *policy = loader->policy;
    const size_t list = pst_document_find(document, 0, "rulesets");

    if (list == 0) {
        pst_document_remark(document, 0, POSTERN_WARNING, "the policy has no rules",
                            nothing, "");
        return;
    }
    if (!pst_document_is_array(document, list, "rulesets")) {
        return;
    }
    policy->rulesets = pst_arena_array(&policy->memory, count_elements(document, list),
                                       sizeof *policy->rulesets);
    if (policy->rulesets == NULL) {
        no_memory(document);
        return;
    }
    for (size_t node = pst_document_first(document, list);
         node != 0 && document->status == POSTERN_OK;
         node = pst_document_next(document, list, node)) {
        pst_ruleset *set = &policy->rulesets[policy->ruleset_count];
        load_one(loader, document, node, set);
        for (size_t i = 0; i < policy->ruleset_count; i++) {
            if (set->phase.len > 0 && pst_str_same(policy->rulesets[i].phase, set->phase)) {
                pst_document_complain(document, node, POSTERN_INVALID, "the phase",
                                      set->phase, " has a ruleset already",
                                      "put all its rules into one");
            }
        }
        policy->ruleset_count++;
    }
}
