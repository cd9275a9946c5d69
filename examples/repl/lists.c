#include "lists.h"

static postern_list_kind kind_named(postern_str name)
{
    static const postern_list_kind kinds[] = {
        POSTERN_LIST_IP, POSTERN_LIST_INT, POSTERN_LIST_STRING, POSTERN_LIST_HOSTNAME};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (postern_str_equal(name, postern_text(postern_list_kind_text(kinds[i])))) {
            return kinds[i];
        }
    }
    return POSTERN_LIST_INT; /* "asn", its other word */
}

/* The string that is member `name` of the list at `object`. */
static bool read_member(source *from, size_t object, const char *name, postern_str *out)
{
    const size_t at =
        postern_json_member(from->text, from->nodes, object, postern_text(name));

    return at != 0 && from->nodes[at].kind == POSTERN_JSON_STRING &&
           source_string(from, at, out);
}

/* The value inside an item as Cloudflare exports it, {"ip": ..}, {"asn": ..} or
 * {"hostname": {"url_hostname": ..}}; `node` itself when it is no object. */
static size_t unwrap(const source *from, size_t node)
{
    static const char *const names[] = {"ip", "asn", "hostname", "url_hostname"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const size_t inner =
            postern_json_member(from->text, from->nodes, node, postern_text(names[i]));
        node = inner != 0 ? inner : node;
    }
    return node;
}

/* Numbers are items as they stand. */
static bool read_item(source *from, size_t node, postern_str *out)
{
    const postern_json_node *const at = &from->nodes[node];

    if (at->kind == POSTERN_JSON_STRING) {
        return source_string(from, node, out);
    }
    *out = (postern_str){from->text.data + at->offset, at->length};
    return at->kind == POSTERN_JSON_INTEGER;
}

static bool read_items(source *from, size_t array, postern_str **items, size_t *count)
{
    const postern_json_node *const nodes = from->nodes;

    *count = 0;
    *items = source_take(from, (nodes[array].next - array) * sizeof **items);
    if (*items == NULL || nodes[array].kind != POSTERN_JSON_ARRAY) {
        return false;
    }
    for (size_t at = array + 1; at < nodes[array].next; at = nodes[at].next) {
        if (!read_item(from, unwrap(from, at), &(*items)[*count])) {
            return false;
        }
        (*count)++;
    }
    return true;
}

static bool read_list(source *from, size_t object, postern_named_list *out)
{
    const size_t array =
        postern_json_member(from->text, from->nodes, object, postern_text("items"));
    postern_str kind;
    postern_str *items;
    postern_list *list;
    size_t count;

    if (array == 0 || !read_member(from, object, "name", &out->name) ||
        !read_member(from, object, "kind", &kind) ||
        !read_items(from, array, &items, &count) ||
        postern_list_new(NULL, kind_named(kind), items, count, &list, NULL) !=
            POSTERN_OK) {
        return false;
    }
    out->list = list;
    return true;
}

void lists_read(postern_str policy, lists *out)
{
    source *const from = &out->memory;
    size_t array;

    *out = (lists){0};
    if (!source_read(from, policy)) {
        return;
    }
    array = postern_json_member(from->text, from->nodes, 0, postern_text("lists"));
    if (array == 0 || from->nodes[array].kind != POSTERN_JSON_ARRAY) {
        return;
    }
    out->named =
        source_take(from, (from->nodes[array].next - array) * sizeof *out->named);
    if (out->named == NULL) {
        return;
    }
    for (size_t at = array + 1; at < from->nodes[array].next;
         at = from->nodes[at].next) {
        if (read_list(from, at, &out->named[out->count])) {
            out->count++;
        }
    }
}

void lists_free(lists *held)
{
    for (size_t i = 0; i < held->count; i++) {
        postern_list_release(held->named[i].list);
    }
    source_free(&held->memory);
    *held = (lists){0};
}
