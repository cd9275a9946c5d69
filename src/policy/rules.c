/*
 * policy/rules.c - rulesets: phases, rules, expressions.
 *
 * Our own file is strict; an export (document->lenient) is read as Cloudflare writes
 * it, and what has no meaning here is listed as a note.
 */
#include "policy/load.h"
#include "ruleset/index.h"
#include "support/alloc.h"
#include "support/text.h"

/* --- rules ------------------------------------------------------------------------ */

/* Where an expression is written. */
typedef struct place {
    pst_document *document;
    size_t node;
} place;

static void locate(void *user, size_t offset, size_t *line, size_t *column)
{
    place *at = user;

    pst_document_place(at->document, at->node, offset, line, column);
}

static void load_expression(pst_document *document, size_t object,
                            pst_compiler *compiler)
{
    const size_t node = pst_document_find(document, object, "expression");
    place at = {document, node};
    const pst_expression_origin origin = {document->file, locate, &at};
    postern_str expression;
    postern_status status;

    switch (pst_document_passing(document, object, "expression", &expression)) {
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
    status =
        pst_compiler_add(compiler, expression, &origin, pst_document_report(document));
    if (status != POSTERN_OK) {
        pst_document_count(document, status);
    }
}

/* Without a ref of its own an exported rule is called by its id. */
static void load_ref(pst_document *document, size_t object, pst_rule *rule)
{
    pst_member found = pst_document_string(document, object, "ref", &rule->told.ref);

    if (document->lenient && (found == PST_MEMBER_ABSENT ||
                              (found == PST_MEMBER_READ && rule->told.ref.len == 0))) {
        found = pst_document_string(document, object, "id", &rule->told.ref);
        if (found == PST_MEMBER_ABSENT) {
            rule->told.ref = postern_text("unnamed");
            return;
        }
    }
    if (found == PST_MEMBER_ABSENT ||
        (found == PST_MEMBER_READ && rule->told.ref.len == 0)) {
        pst_document_complain(document, object, POSTERN_INVALID, "a rule needs a",
                              postern_text("ref"), "",
                              "a short name of its own, told in logs");
    }
}

/* Cloudflare's own, in exports only. */
static const char *const bookkeeping[] = {"id", "version", "last_updated", "categories",
                                          "position"};

enum { BOOKKEEPING_COUNT = sizeof bookkeeping / sizeof bookkeeping[0] };

static void check_keys(pst_document *document, size_t object)
{
    static const char *const keys[] = {"ref", "description", "expression", "action",
                                       "action_parameters", "enabled", "logging",
                                       /* in exports only: refused below */
                                       "ratelimit", "exposed_credential_check",
                                       /* and bookkeeping */
                                       "id", "version", "last_updated", "categories",
                                       "position"};
    enum { OWN = 7, ALL = sizeof keys / sizeof keys[0] };

    pst_document_known_keys(document, object, keys, document->lenient ? ALL : OWN);
}

/* Tells once of each key that was read over, at the first rule that has it. */
static void list_bookkeeping(pst_document *document, size_t list)
{
    for (size_t i = 0; i < BOOKKEEPING_COUNT; i++) {
        size_t found = 0;
        for (size_t rule = pst_document_first(document, list); rule != 0 && found == 0;
             rule = pst_document_next(document, list, rule)) {
            const size_t ref = pst_document_find(document, rule, "ref");
            const bool used = i == 0 && (ref == 0 || document->nodes[ref].length == 0);
            found = used ? 0 : pst_document_find(document, rule, bookkeeping[i]);
        }
        if (found != 0) {
            pst_document_remark(document, found - 1, POSTERN_NOTE, "ignored",
                                postern_text(bookkeeping[i]), " of rules", NULL);
        }
    }
}

/* What counts requests or looks at credentials cannot be left out silently. */
static void refuse_rule_features(pst_document *document, size_t object)
{
    static const char *const names[] = {"ratelimit", "exposed_credential_check"};

    for (size_t i = 0; i < 2 && document->lenient; i++) {
        const size_t node = pst_document_find(document, object, names[i]);
        if (node != 0) {
            pst_document_complain(document, node, POSTERN_UNSUPPORTED, "",
                                  postern_text(names[i]), " is not available here",
                                  NULL);
        }
    }
}

static void load_rule(pst_document *document, size_t object, pst_compiler *compiler,
                      pst_rule *rule)
{
    *rule = (pst_rule){
        .told = {.action = POSTERN_ACTION_BLOCK, .log = true},
        .enabled = true,
        .ends = true
    };
    if (!pst_document_is_object(document, object, "a rule")) {
        return;
    }
    check_keys(document, object);
    refuse_rule_features(document, object);
    load_ref(document, object, rule);
    (void)pst_document_string(document, object, "description", &rule->told.description);
    (void)pst_document_bool(document, object, "enabled", &rule->enabled);
    pst_load_action(document, object, rule);
    load_expression(document, object, compiler);
}

/* Refs name rules in logs, so two may not share one. Exports are taken as they are. */
static void check_refs(pst_document *document, size_t list, const pst_rule *rules,
                       size_t count)
{
    postern_str *refs = pst_arena_array(&document->scratch, count, sizeof *refs);
    size_t *nodes = pst_arena_array(&document->scratch, count, sizeof *nodes);
    size_t node = pst_document_first(document, list);

    if (refs == NULL || nodes == NULL) {
        pst_document_no_memory(document);
        return;
    }
    for (size_t i = 0; i < count; i++, node = pst_document_next(document, list, node)) {
        refs[i] = rules[i].told.ref;
        nodes[i] = pst_document_find(document, node, "ref");
    }
    (void)pst_document_unique(document, refs, nodes, count, "the ref",
                              " is used twice");
}

/* Disabled rules are checked and never run. */
static void activate(pst_document *document, pst_ruleset *out)
{
    uint32_t *starts;
    uint32_t *active;

    for (size_t i = 0; i < out->rule_count; i++) {
        out->active_count += out->rules[i].enabled;
    }
    out->starts = out->program.entries;
    if (out->active_count == out->rule_count) {
        return;
    }
    starts = pst_arena_array(document->memory, out->active_count, sizeof *starts);
    active = pst_arena_array(document->memory, out->active_count, sizeof *active);
    if (starts == NULL || active == NULL) {
        pst_document_no_memory(document);
        return;
    }
    out->starts = starts;
    out->active = active;
    for (size_t i = 0; i < out->rule_count; i++) {
        if (out->rules[i].enabled) {
            *starts++ = out->program.entries[i];
            *active++ = (uint32_t)i;
        }
    }
}

static void finish(pst_document *document, pst_compiler *compiler, pst_ruleset *out)
{
    const postern_status status = pst_compiler_finish(compiler, &out->program);

    if (status == POSTERN_NO_MEMORY) {
        pst_document_no_memory(document);
    } else if (status != POSTERN_OK) {
        pst_document_refuse(document, 0, status, "the rules could not be compiled",
                            NULL);
    } else {
        activate(document, out);
    }
    if (document->status == POSTERN_OK && status == POSTERN_OK &&
        !pst_index_build(document->memory, compiler->bindings, out)) {
        pst_document_no_memory(document);
    }
}

static void load_rules(pst_loader *loader, pst_document *document, size_t list,
                       pst_ruleset *out)
{
    const size_t count = pst_document_length(document, list);
    pst_rule *rules = pst_arena_array(document->memory, count, sizeof *rules);
    const postern_compile_options options = {.provided_only = true,
                                             .lists = loader->policy->lists,
                                             .list_count = loader->policy->list_count};
    pst_bindings bindings;
    pst_compiler compiler;

    if (rules == NULL) {
        pst_document_no_memory(document);
        return;
    }
    pst_compiler_init(&compiler, loader->body->scheme, &loader->body->memory, &options);
    pst_bindings_init(&bindings, document->alloc);
    compiler.bindings = pst_index_pays(count) ? &bindings : NULL;
    compiler.emitter.sharing = true;
    for (size_t node = pst_document_first(document, list);
         node != 0 && document->status == POSTERN_OK;
         node = pst_document_next(document, list, node)) {
        load_rule(document, node, &compiler, &rules[out->rule_count]);
        out->rule_count++;
    }
    out->rules = rules;
    if (document->lenient) {
        list_bookkeeping(document, list);
    } else {
        check_refs(document, list, rules, out->rule_count);
    }
    if (document->errors == 0) {
        finish(document, &compiler, out);
    }
    pst_compiler_free(&compiler);
    pst_bindings_free(&bindings);
}

/* --- rulesets --------------------------------------------------------------------- */

static void load_list(pst_loader *loader, pst_document *document, size_t object,
                      pst_ruleset *out)
{
    const size_t list = pst_document_find(document, object, "rules");

    if (list != 0) {
        if (pst_document_is_array(document, list, "rules")) {
            load_rules(loader, document, list, out);
        }
    } else if (document->lenient) {
        pst_document_complain(document, object, POSTERN_INVALID, "the export has no",
                              postern_text("rules"), "",
                              "an export without them may be a failed download");
    } else {
        pst_document_complain(document, object, POSTERN_INVALID, "a ruleset needs",
                              postern_text("rules"), "", NULL);
    }
}

/* In the order in which they are evaluated. */
static const char *const phases[] = {"http_request_firewall_custom"};

enum { PHASE_COUNT = sizeof phases / sizeof phases[0] };

static void load_phase(pst_document *document, size_t object, pst_ruleset *out)
{
    size_t chosen = 0;

    switch (pst_document_word(document, object, "phase", "unknown phase", phases,
                              PHASE_COUNT, &chosen)) {
    case PST_MEMBER_ABSENT:
        if (!document->lenient) {
            pst_document_complain(document, object, POSTERN_INVALID,
                                  "a ruleset needs a", postern_text("phase"), "",
                                  "\"phase\": \"http_request_firewall_custom\"");
            return;
        }
        break;
    case PST_MEMBER_WRONG:
        return;
    case PST_MEMBER_READ:
        break;
    }
    out->phase = postern_text(phases[chosen]);
}

void pst_load_ruleset(pst_loader *loader, pst_document *document, size_t object,
                      pst_ruleset *out)
{
    *out = (pst_ruleset){.phase = pst_no_name};
    load_phase(document, object, out);
    load_list(loader, document, object, out);
}

/* {"import": "file.json"}: the rules stand in a file as Cloudflare exports it. */
static void load_imported(pst_loader *loader, pst_document *document, size_t object,
                          pst_ruleset *out)
{
    static const char *const keys[] = {"import"};
    const size_t node = pst_document_find(document, object, "import");
    pst_document exported;
    postern_str path;
    postern_str text;

    pst_document_known_keys(document, object, keys, 1);
    if (pst_document_string(document, object, "import", &path) != PST_MEMBER_READ ||
        !pst_loader_read_named(loader, document, node, path, &text)) {
        return;
    }
    if (pst_document_open(&exported, document->alloc, path, text, document->memory,
                          pst_document_report(document)) == POSTERN_OK) {
        exported.lenient = true;
        pst_load_export(loader, &exported, out);
    }
    if (exported.errors > 0) {
        pst_document_count(document, exported.status != POSTERN_OK ? exported.status
                                                                   : exported.first);
    }
    pst_document_close(&exported);
    pst_str_free(document->alloc, &text);
}

static void load_one(pst_loader *loader, pst_document *document, size_t object,
                     pst_ruleset *out)
{
    static const char *const keys[] = {"phase", "name", "description", "rules",
                                       "import"};

    *out = (pst_ruleset){.phase = pst_no_name};
    if (!pst_document_is_object(document, object, "a ruleset")) {
        return;
    }
    if (pst_document_find(document, object, "import") != 0) {
        load_imported(loader, document, object, out);
        return;
    }
    pst_document_known_keys(document, object, keys, sizeof keys / sizeof keys[0]);
    pst_load_ruleset(loader, document, object, out);
}

/* The ruleset behind `count` others may not repeat a phase. */
static void check_phase(pst_document *document, size_t node, const pst_ruleset *sets,
                        size_t count)
{
    const postern_str phase = sets[count].phase;

    if (phase.len == 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (pst_str_same(sets[i].phase, phase)) {
            pst_document_complain(document, node, POSTERN_INVALID, "the phase", phase,
                                  " has a ruleset already",
                                  "put all its rules into one");
            return;
        }
    }
}

void pst_load_rulesets(pst_loader *loader, pst_document *document)
{
    pst_policy_body *body = loader->body;
    const size_t list = pst_document_find(document, 0, "rulesets");

    if (list != 0 && !pst_document_is_array(document, list, "rulesets")) {
        return;
    }
    if (list == 0 || pst_document_first(document, list) == 0) {
        pst_document_mention(document, list, POSTERN_WARNING, "the policy has no rules",
                             NULL);
        return;
    }
    body->rulesets = pst_arena_array(&body->memory, pst_document_length(document, list),
                                     sizeof *body->rulesets);
    if (body->rulesets == NULL) {
        pst_document_no_memory(document);
        return;
    }
    for (size_t node = pst_document_first(document, list);
         node != 0 && document->status == POSTERN_OK;
         node = pst_document_next(document, list, node)) {
        load_one(loader, document, node, &body->rulesets[body->ruleset_count]);
        check_phase(document, node, body->rulesets, body->ruleset_count);
        body->ruleset_count++;
    }
}
