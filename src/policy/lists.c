/*
 * policy/lists.c - "lists": named lists that rules ask with `in $name`.
 *
 * An item is a string, for numbers also a number, or an object as Cloudflare exports
 * items: {"ip": "192.0.2.1", "comment": "..."}.
 */
#include "policy/load.h"
#include "support/text.h"

/* --- items ------------------------------------------------------------------------ */

/* What is read of one list, item by item, and where each stands. */
typedef struct item_list {
    pst_document *document;
    postern_list_kind kind;
    postern_str *texts;
    size_t *nodes;
    size_t count;
} item_list;

/* The member of an exported item that holds its value; NULL: there are no such items. */
static const char *value_name(postern_list_kind kind)
{
    switch (kind) {
    case POSTERN_LIST_IP:
        return "ip";
    case POSTERN_LIST_INT:
        return "asn";
    case POSTERN_LIST_HOSTNAME:
        return "hostname";
    case POSTERN_LIST_STRING:
        break;
    }
    return NULL;
}

static bool is_wildcard(pst_document *document, size_t node)
{
    static const postern_str mark = POSTERN_STR("*");
    postern_str text;

    return document->nodes[node].kind == POSTERN_JSON_STRING &&
           pst_document_peek(document, node, &text) && pst_str_starts(text, mark);
}

/* {"url_hostname": "*.example.com", "exclude_exact_hostname": true}: that leaves out the
 * name itself, as a wildcard does here anyway. @return 0: told */
static size_t unwrap_hostname(pst_document *document, size_t object)
{
    static const char *const keys[] = {"url_hostname", "exclude_exact_hostname"};
    const size_t node = pst_document_find(document, object, keys[0]);
    bool excluded = true;

    pst_document_known_keys(document, object, keys, 2);
    (void)pst_document_bool(document, object, keys[1], &excluded);
    if (node == 0) {
        pst_document_complain(document, object, POSTERN_INVALID,
                              "a host name item needs a", postern_text(keys[0]), "",
                              NULL);
    } else if (!excluded && is_wildcard(document, node)) {
        pst_document_refuse(document, pst_document_find(document, object, keys[1]),
                            POSTERN_UNSUPPORTED,
                            "a wildcard does not hold the name itself",
                            "add the name as an item of its own");
    }
    return node;
}

/* The value of an item that is an object. @return 0: told */
static size_t unwrap(pst_document *document, size_t object, postern_list_kind kind)
{
    const char *const name = value_name(kind);
    const char *const keys[] = {"comment", "id", "created_on", "modified_on", name};
    size_t node;

    if (name == NULL) {
        pst_document_refuse(document, object, POSTERN_TYPE,
                            "an item of this list must be a string, \" \"", NULL);
        return 0;
    }
    pst_document_known_keys(document, object, keys, sizeof keys / sizeof keys[0]);
    node = pst_document_find(document, object, name);
    if (node == 0) {
        pst_document_complain(document, object, POSTERN_INVALID,
                              "an item of this list needs an", postern_text(name), "",
                              NULL);
    } else if (kind == POSTERN_LIST_HOSTNAME &&
               document->nodes[node].kind == POSTERN_JSON_OBJECT) {
        node = unwrap_hostname(document, node);
    }
    return node;
}

static void load_item(item_list *items, size_t node)
{
    pst_document *document = items->document;
    const postern_json_node *at;
    const bool number = items->kind == POSTERN_LIST_INT;
    postern_str text;

    if (document->nodes[node].kind == POSTERN_JSON_OBJECT) {
        node = unwrap(document, node, items->kind);
        if (node == 0) {
            return;
        }
    }
    at = &document->nodes[node];
    if (number && at->kind == POSTERN_JSON_INTEGER) {
        text =
            pst_str_slice(document->text, at->offset, (size_t)at->offset + at->length);
    } else if (at->kind != POSTERN_JSON_STRING) {
        pst_document_refuse(document, node, POSTERN_TYPE,
                            number ? "an item of this list must be a whole number, or "
                                     "a range in quotes"
                                   : "an item of this list must be a string, \" \"",
                            NULL);
        return;
    } else if (!pst_document_peek(document, node, &text)) {
        return;
    }
    items->texts[items->count] = text;
    items->nodes[items->count++] = node;
}

static void complain_of_item(void *user, size_t item,
                             const pst_literal_problem *problem)
{
    const item_list *items = user;

    pst_document_complain(items->document, items->nodes[item], problem->status, "",
                          items->texts[item], problem->message, problem->hint);
}

/* The list of what stands in array `list` (0: nothing), empty after errors. NULL: no
 * memory, told */
static postern_list *load_items(pst_loader *loader, pst_document *document, size_t list,
                                postern_list_kind kind)
{
    const postern_allocator *alloc = loader->body->scheme->options.allocator;
    const size_t count = list == 0 ? 0 : pst_document_length(document, list);
    item_list items = {
        document,
        kind,
        pst_arena_array(&document->scratch, count, sizeof *items.texts),
        pst_arena_array(&document->scratch, count, sizeof *items.nodes),
        0,
    };
    postern_list *made = NULL;
    postern_status status = POSTERN_NO_MEMORY;

    if (items.texts != NULL && items.nodes != NULL) {
        for (size_t node = list == 0 ? 0 : pst_document_first(document, list);
             node != 0; node = pst_document_next(document, list, node)) {
            load_item(&items, node);
        }
        status = pst_list_new(alloc, kind, items.texts, items.count, complain_of_item,
                              &items, &made);
    }
    if (status == POSTERN_LIMIT) {
        pst_document_refuse(document, list, status, "a list of too many items", NULL);
    }
    if (status != POSTERN_OK && status != POSTERN_NO_MEMORY) { /* told */
        status = pst_list_new(alloc, kind, NULL, 0, complain_of_item, &items, &made);
    }
    if (status != POSTERN_OK) {
        pst_document_no_memory(document);
    }
    return made;
}

/* --- lists ------------------------------------------------------------------------ */

/* Names that were read, good or not: two of one name are an error in any case. */
typedef struct list_names {
    postern_str *names;
    size_t *nodes;
    size_t count;
} list_names;

static bool read_name(pst_document *document, size_t object, postern_str *out)
{
    const size_t node = pst_document_find(document, object, "name");

    switch (pst_document_string(document, object, "name", out)) {
    case PST_MEMBER_ABSENT:
        pst_document_complain(document, object, POSTERN_INVALID, "a list needs a",
                              postern_text("name"), "",
                              "\"name\": \"office\" is for rules that say $office");
        return false;
    case PST_MEMBER_WRONG:
        return false;
    case PST_MEMBER_READ:
        break;
    }
    if (!pst_list_name_valid(*out)) {
        pst_document_complain(document, node, POSTERN_INVALID, "", *out,
                              " is no name for a list",
                              "a-z, 0-9, '_' and dots between them, at most 50; no $");
        return false;
    }
    return true;
}

static bool read_kind(pst_document *document, size_t object, postern_list_kind *out)
{
    static const char *const words[] = {"ip", "int", "asn", "string", "hostname"};
    static const postern_list_kind kinds[] = {POSTERN_LIST_IP, POSTERN_LIST_INT,
                                              POSTERN_LIST_INT, POSTERN_LIST_STRING,
                                              POSTERN_LIST_HOSTNAME};
    size_t chosen = 0;
    const pst_member found = pst_document_word(
        document, object, "kind", "unknown kind of list", words, 5, &chosen);

    if (found == PST_MEMBER_ABSENT) {
        pst_document_complain(document, object, POSTERN_INVALID, "a list needs a",
                              postern_text("kind"), "",
                              "'ip', 'int', 'asn', 'string' or 'hostname'");
    }
    *out = kinds[chosen];
    return found == PST_MEMBER_READ;
}

/* @return 0: told */
static size_t find_items(pst_document *document, size_t object)
{
    const size_t node = pst_document_find(document, object, "items");

    if (node == 0) {
        pst_document_complain(document, object, POSTERN_INVALID, "a list needs",
                              postern_text("items"), "",
                              "\"items\": [] is a list that holds nothing");
        return 0;
    }
    return pst_document_is_array(document, node, "items") ? node : 0;
}

static void load_list(pst_loader *loader, pst_document *document, size_t object,
                      list_names *seen)
{
    static const char *const keys[] = {"name", "kind", "description", "items"};
    postern_policy *policy = loader->policy;
    postern_named_list made = {
        {NULL, 0},
        NULL
    };
    postern_str description;
    postern_list_kind kind;
    size_t items;
    bool named;

    if (!pst_document_is_object(document, object, "a list")) {
        return;
    }
    pst_document_known_keys(document, object, keys, sizeof keys / sizeof keys[0]);
    named = read_name(document, object, &made.name);
    if (named) {
        seen->names[seen->count] = made.name;
        seen->nodes[seen->count++] = pst_document_find(document, object, "name");
    }
    (void)pst_document_string(document, object, "description", &description);
    items = find_items(document, object);
    if (!read_kind(document, object, &kind)) {
        return;
    }
    made.list = load_items(loader, document, items, kind);
    if (named && made.list != NULL) {
        policy->lists[policy->list_count++] = made; /* the policy releases it */
    } else {
        postern_list_release(made.list);
    }
}

void pst_load_lists(pst_loader *loader, pst_document *document)
{
    const size_t list = pst_document_find(document, 0, "lists");
    list_names seen = {NULL, NULL, 0};
    size_t count;

    if (list == 0 || !pst_document_is_array(document, list, "lists")) {
        return;
    }
    count = pst_document_length(document, list);
    seen.names = pst_arena_array(&document->scratch, count, sizeof *seen.names);
    seen.nodes = pst_arena_array(&document->scratch, count, sizeof *seen.nodes);
    if (seen.names == NULL || seen.nodes == NULL ||
        !pst_policy_make_room(loader->policy, count)) {
        pst_document_no_memory(document);
        return;
    }
    for (size_t node = pst_document_first(document, list);
         node != 0 && document->status == POSTERN_OK;
         node = pst_document_next(document, list, node)) {
        load_list(loader, document, node, &seen);
    }
    (void)pst_document_unique(document, seen.names, seen.nodes, seen.count, "the list",
                              " is declared twice");
}
