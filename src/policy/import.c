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
    static const postern_str wanted = POSTERN_STR("cloudflare_ruleset");
    const size_t type = member(document, resource, "type");
    const postern_json_node *at = &document->nodes[type];

    return type != 0 && is_kind(document, type, POSTERN_JSON_STRING) &&
           pst_str_same(wanted, pst_str_slice(document->text, at->offset,
                                              (size_t)at->offset + at->length));
}

/* A module and those below it; the reader bounds how deep they are. */
static void search_module(pst_document *document, size_t module, search *s)
{
    const size_t resources = member(document, module, "resources");
    const size_t children = member(document, module, "child_modules");

    for (size_t at = resources == 0 ? 0 : pst_document_first(document, resources);
         at != 0; at = pst_document_next(document, resources, at)) {
        if (is_ruleset_resource(document, at) && member(document, at, "values") != 0) {
            take(s, member(document, at, "values"));
        }
    }
    for (size_t at = children == 0 ? 0 : pst_document_first(document, children);
         at != 0; at = pst_document_next(document, children, at)) {
        search_module(document, at, s);
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
        const size_t body = key + 1;
        const bool block = is_kind(document, body, POSTERN_JSON_ARRAY) &&
                           pst_document_length(document, body) == 1;
        take(s, block ? body + 1 : body);
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
    } else if (values != 0 && member(document, values, "root_module") != 0) {
        search_module(document, member(document, values, "root_module"), &s);
    } else if (resource != 0) {
        search_configuration(document, resource, &s);
    }
    return s;
}

/* Tells which keys of the ruleset were read over, and complains of unknown ones. */
static void list_bookkeeping(pst_document *document, size_t ruleset)
{
    static const char *const keys[] = {
        "rules",      "phase",      "name",    "description", /* read */
        "id",         "version",    "kind",    "last_updated",
        "source",     "account_id", "zone_id", "shareable_entitlement_name",
        "depends_on", "lifecycle",  "provider"}; /* Terraform's */
    enum { READ = 4, KNOWN = sizeof keys / sizeof keys[0] };

    for (size_t key = pst_document_first(document, ruleset); key != 0;
         key = pst_document_next(document, ruleset, key)) {
        postern_str name;
        size_t at;
        if (is_kind(document, key + 1, POSTERN_JSON_NULL) ||
            (is_kind(document, key + 1, POSTERN_JSON_ARRAY) &&
             pst_document_first(document, key + 1) == 0)) {
            continue;
        }
        if (!pst_document_peek(document, key, &name)) {
            return;
        }
        at = pst_document_choose(document, key, name, "unknown key", keys, KNOWN);
        if (at >= READ && at < KNOWN) {
            pst_document_remark(document, key, POSTERN_NOTE, "ignored", name, "", NULL);
        }
    }
}

void pst_load_export(pst_loader *loader, pst_document *document, pst_ruleset *out)
{
    search s;

    *out = (pst_ruleset){.phase = pst_no_name};
    if (!pst_document_is_object(document, 0, "an export")) {
        return;
    }
    if (member(document, 0, "success") != 0 &&
        is_kind(document, member(document, 0, "success"), POSTERN_JSON_FALSE)) {
        pst_document_refuse(document, member(document, 0, "success"), POSTERN_INVALID,
                            "this is an answer to a failed request", NULL);
        return;
    }
    s = find_ruleset(document);
    if (s.count != 1) {
        pst_document_refuse(
            document, 0, POSTERN_INVALID,
            s.count == 0 ? "there is no ruleset in this export"
                         : "there are several rulesets in this export",
            "a ruleset is an object with \"rules\"; export one at a time");
        return;
    }
    if (!pst_document_is_object(document, s.found, "a ruleset")) {
        return;
    }
    list_bookkeeping(document, s.found);
    pst_load_ruleset(loader, document, s.found, out);
}
