/*
 * policy/import.c - finds the ruleset in what Cloudflare's tools export:
 *
 *   {"result": {...}, "success": true, ...}      an answer of the API
 *   {"rules": [...], ...}                        a ruleset on its own
 *   {"values": {"root_module": {"resources": [{"type": "cloudflare_ruleset",
 *     "values": {...}}]}}}                       terraform show -json
 *   {"resource": {"cloudflare_ruleset": {"name": {...}}}}   a .tf.json file
 *
 * Bookkeeping (id, version, last_updated, kind, ...) is ignored and listed.
 */
#include "policy/load.h"
#include "support/text.h"

static const postern_str nothing = {NULL, 0};

static bool is_kind(const pst_document *document, size_t node, postern_json_kind kind)
{
    return document->nodes[node].kind == kind;
}

/* The member `name` of an object, or 0. */
static size_t member(pst_document *document, size_t object, const char *name)
{
    return pst_document_find(document, object, name);
}

/* Counts what it finds: exactly one ruleset must be there. */
typedef struct search {
    size_t found;
    size_t count;
} search;

static void take(search *s, size_t node)
{
    s->found = s->count == 0 ? node : s->found;
    s->count++;
}

static bool is_ruleset_resource(pst_document *document, size_t resource)
{
    const size_t type = member(document, resource, "type");
    postern_str name;

    return type != 0 && is_kind(document, type, POSTERN_JSON_STRING) &&
           pst_document_decode(document, type, &name) &&
           pst_str_same(name, postern_text("cloudflare_ruleset"));
}

static void search_state(pst_document *document, size_t values, search *s)
{
    const size_t module = member(document, values, "root_module");
    const size_t resources = module == 0 ? 0 : member(document, module, "resources");

    if (resources == 0 || !is_kind(document, resources, POSTERN_JSON_ARRAY)) {
        return;
    }
    for (size_t at = pst_document_first(document, resources); at != 0;
         at = pst_document_next(document, resources, at)) {
        if (is_kind(document, at, POSTERN_JSON_OBJECT) &&
            is_ruleset_resource(document, at) && member(document, at, "values") != 0) {
            take(s, member(document, at, "values"));
        }
    }
}

static void search_configuration(pst_document *document, size_t resource, search *s)
{
    const size_t rulesets = member(document, resource, "cloudflare_ruleset");

    if (rulesets == 0 || !is_kind(document, rulesets, POSTERN_JSON_OBJECT)) {
        return;
    }
    for (size_t key = pst_document_first(document, rulesets); key != 0;
         key = pst_document_next(document, rulesets, key)) {
        take(s, key + 1);
    }
}

static search find_ruleset(pst_document *document)
{
    search s = {0, 0};
    const size_t result = member(document, 0, "result");
    const size_t values = member(document, 0, "values");
    const size_t resource = member(document, 0, "resource");

    if (member(document, 0, "rules") != 0) {
        take(&s, 0);
    } else if (result != 0) {
        take(&s, result);
    } else if (values != 0) {
        search_state(document, values, &s);
    } else if (resource != 0) {
        search_configuration(document, resource, &s);
    }
    return s;
}

/* Tells which keys of the ruleset were read over, and complains of unknown ones. */
static void list_bookkeeping(pst_document *document, size_t ruleset)
{
    static const char *const keys[] = {
        "rules",        "phase",      "name",       "description", /* read */
        "id",           "version",    "kind",       "last_updated", "source",
        "account_id",   "zone_id",    "shareable_entitlement_name"};
    const size_t known = sizeof keys / sizeof keys[0];

    for (size_t key = pst_document_first(document, ruleset); key != 0;
         key = pst_document_next(document, ruleset, key)) {
        postern_str name;
        size_t at;
        if (!pst_document_key(document, key, &name)) {
            return;
        }
        at = pst_document_choose(document, key, name, "unknown key", keys, known);
        if (at >= 4 && at < known) {
            pst_document_remark(document, key, POSTERN_NOTE, "ignored", name, "");
        }
    }
}

void pst_load_export(pst_loader *loader, pst_document *document, pst_ruleset *out)
{
    search s;

    *out = (pst_ruleset){.phase = nothing};
    if (!pst_document_is_object(document, 0, "an export")) {
        return;
    }
    s = find_ruleset(document);
    if (s.count != 1) {
        pst_document_complain(document, 0, POSTERN_INVALID,
                              s.count == 0 ? "there is no ruleset in this export"
                                           : "there are several rulesets in this export",
                              nothing, "",
                              "a ruleset is an object with \"rules\"; export one at a time");
        return;
    }
    if (!pst_document_is_object(document, s.found, "a ruleset")) {
        return;
    }
    list_bookkeeping(document, s.found);
    pst_load_exported_ruleset(loader, document, s.found, out);
}
