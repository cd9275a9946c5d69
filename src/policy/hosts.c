/*
 * policy/hosts.c - "mtls": registered hosts; "plain_hosts".
 */
#include "model/host.h"
#include "policy/load.h"
#include "support/text.h"

/* --- names ---------------------------------------------------------------------- */

/* A name whose last label is a number can only be an address, however it is spelt:
 * "127.1" and "0x7f.1" are what browsers read "127.0.0.1" from. */
static bool is_address(postern_str name)
{
    size_t label = name.len;
    bool hex;

    if (name.data[0] == '[') {
        return true;
    }
    while (label > 0 && name.data[label - 1] != '.') {
        label--;
    }
    hex = pst_str_starts(pst_str_slice(name, label, name.len), (postern_str){"0x", 2});
    for (size_t i = hex ? label + 2 : label; i < name.len; i++) {
        const unsigned char c = (unsigned char)name.data[i];
        if (hex ? pst_hex_value(c) < 0 : !pst_is_digit(c)) {
            return false;
        }
    }
    return true;
}

/* Keeps "name" or "*.name" in normal form. */
static bool keep_host(pst_loader *loader, pst_document *document, const pst_host *host,
                      bool wild, postern_str *out)
{
    static const char mark[] = {'*', '.'};
    const postern_str name = pst_host_name(host);
    const size_t front = wild ? sizeof mark : 0;
    char *copy = pst_arena_alloc(&loader->body->memory, name.len + front);

    if (copy == NULL) {
        pst_document_no_memory(document);
        return false;
    }
    memcpy(copy, mark, front);
    memcpy(copy + front, name.data, name.len);
    *out = (postern_str){copy, name.len + front};
    return true;
}

/* What is looked up: ".example.com" of "*.example.com". */
static postern_str entry_of(postern_str name)
{
    return name.data[0] == '*' ? pst_str_slice(name, 1, name.len) : name;
}

/* Reads "name" or "*.name"; *out is the normal form. */
static bool read_host(pst_loader *loader, pst_document *document, size_t node,
                      postern_str text, bool registered, postern_str *out)
{
    static const postern_str mark = POSTERN_STR("*.");
    const bool wild = pst_str_starts(text, mark);
    const char *problem = " is not a host name";
    const char *hint = NULL;
    pst_host host;

    if (!pst_host_normalise(wild ? pst_str_slice(text, mark.len, text.len) : text,
                            PST_HOST_BARE, &host)) {
        if (text.len == 0 || memchr(text.data, '*', text.len) == NULL) {
            hint = "letters, digits, '-' and '_' between dots; no port; "
                   "international names as xn--...";
        } else {
            hint = registered ? "a wildcard is one \"*.\" in front of a name"
                              : "a wildcard is \"*\", or \"*.\" in front of a name";
        }
    } else if (wild && is_address(pst_host_name(&host))) {
        hint = "an address has no names below it";
    } else if (registered && is_address(pst_host_name(&host))) {
        problem = " cannot be registered";
        hint = "an address is never sent as SNI; it can be a plain host";
    }
    if (hint != NULL) {
        pst_document_complain(document, node, POSTERN_INVALID, "", text, problem, hint);
        return false;
    }
    return keep_host(loader, document, &host, wild, out);
}

/* "*.com" is rarely meant, but "*.localhost" may be. */
static void remark_on_top_level(pst_document *document, size_t node, postern_str name)
{
    if (name.data[0] == '*' && memchr(name.data + 2, '.', name.len - 2) == NULL) {
        pst_document_remark(document, node, POSTERN_NOTE, "", name,
                            " registers a whole top-level domain", NULL);
    }
}

static bool read_registered_host(pst_loader *loader, pst_document *document,
                                 size_t object, postern_str *out)
{
    const size_t node = pst_document_find(document, object, "hostname");
    postern_str text;

    switch (pst_document_string(document, object, "hostname", &text)) {
    case PST_MEMBER_ABSENT:
        pst_document_complain(document, object, POSTERN_INVALID,
                              "a registered host needs a", postern_text("hostname"), "",
                              NULL);
        return false;
    case PST_MEMBER_WRONG:
        return false;
    case PST_MEMBER_READ:
        break;
    }
    if (!read_host(loader, document, node, text, true, out)) {
        return false;
    }
    remark_on_top_level(document, node, *out);
    return true;
}

/* --- registered hosts ------------------------------------------------------------ */

/* Hosts that were read, good or not: two of one name are an error in any case. */
typedef struct host_names {
    postern_str *names;
    size_t *nodes;
    size_t count;
} host_names;

static void load_host(pst_loader *loader, pst_document *document, size_t object,
                      host_names *seen)
{
    static const char *const keys[] = {"hostname", "ca",      "crl",     "revocation",
                                       "revoked",  "monitor", "require", "strict"};
    static const char *const revoked[] = {"block", "rules"};
    pst_policy_body *body = loader->body;
    pst_registration host = {.block_revoked = true,
                             .expected = {.purpose = PST_PURPOSE_CLIENT}};
    postern_str name;
    size_t chosen = 0;
    bool named;

    if (!pst_document_is_object(document, object, "a registered host")) {
        return;
    }
    pst_document_known_keys(document, object, keys, sizeof keys / sizeof keys[0]);
    named = read_registered_host(loader, document, object, &name);
    (void)pst_document_word(document, object, "revoked", "unknown word for revoked",
                            revoked, 2, &chosen);
    host.block_revoked = chosen == 0;
    (void)pst_document_bool(document, object, "monitor", &host.monitor);
    (void)pst_document_bool(document, object, "require", &host.require);
    (void)pst_document_bool(document, object, "strict", &host.expected.strict);
    if (host.monitor && host.require) {
        pst_document_complain(document, pst_document_find(document, object, "require"),
                              POSTERN_INVALID, "a host that only monitors cannot",
                              postern_text("require"), " certificates",
                              "leave out one of the two");
    }
    host.authority = pst_load_trust(loader, document, object);
    if (named) {
        host.host = entry_of(name);
        seen->names[seen->count] = name;
        seen->nodes[seen->count++] = pst_document_find(document, object, "hostname");
    }
    if (named && host.authority != NULL) {
        body->hosts[body->host_count++] = host;
    }
}

/* *registered receives the names, each at the place of its host unless there are
 * errors. */
static void load_host_list(pst_loader *loader, pst_document *document, size_t list,
                           pst_string_set *registered)
{
    pst_policy_body *body = loader->body;
    const size_t count = pst_document_length(document, list);
    host_names seen = {
        pst_arena_array(&document->scratch, count, sizeof *seen.names),
        pst_arena_array(&document->scratch, count, sizeof *seen.nodes),
        0,
    };

    body->hosts = pst_arena_array(&body->memory, count, sizeof *body->hosts);
    if (seen.names == NULL || seen.nodes == NULL || body->hosts == NULL) {
        pst_document_no_memory(document);
        return;
    }
    if (!pst_trust_open(loader, document, count)) {
        return;
    }
    for (size_t node = pst_document_first(document, list);
         node != 0 && document->status == POSTERN_OK;
         node = pst_document_next(document, list, node)) {
        load_host(loader, document, node, &seen);
    }
    (void)pst_document_unique(document, seen.names, seen.nodes, seen.count, "the host",
                              " is registered twice");
    /* Without errors every host is there, each at its place. */
    loader->host_nodes = seen.nodes;
    if (!pst_string_set_build(&document->scratch, seen.names, seen.count, registered)) {
        pst_document_no_memory(document);
    }
}

static void load_registered(pst_loader *loader, pst_document *document,
                            pst_string_set *registered)
{
    static const char *const keys[] = {"hosts"};
    const size_t mtls = pst_document_find(document, 0, "mtls");
    size_t list;

    if (mtls == 0 || !pst_document_is_object(document, mtls, "mtls")) {
        return;
    }
    pst_document_known_keys(document, mtls, keys, 1);
    list = pst_document_find(document, mtls, "hosts");
    if (list == 0 || !pst_document_is_array(document, list, "hosts")) {
        return;
    }
    if (loader->body->scheme->options.crypto == NULL &&
        pst_document_first(document, list) != 0) {
        pst_document_refuse(document, list, POSTERN_CRYPTO,
                            "registered hosts need cryptography, and this program "
                            "brought none",
                            "set postern_options.crypto, for instance to "
                            "postern_mbedtls_crypto()");
    }
    load_host_list(loader, document, list, registered);
}

/* --- plain hosts ----------------------------------------------------------------- */

/* @return false: it is not an entry; told, unless it is "*" */
static bool load_plain_host(pst_loader *loader, pst_document *document, size_t node,
                            const pst_string_set *registered, postern_str *out)
{
    static const postern_str any = POSTERN_STR("*");
    postern_str text;

    if (!pst_document_decode(document, node, "a plain host", &text)) {
        return false;
    }
    if (pst_str_same(text, any)) {
        loader->body->names.others = true;
        return false;
    }
    if (!read_host(loader, document, node, text, false, out)) {
        return false;
    }
    if (pst_string_set_has(registered, *out)) {
        pst_document_complain(document, node, POSTERN_INVALID, "the host", *out,
                              " is registered: it cannot be plain", NULL);
        return false;
    }
    return true;
}

/* Entries of "plain_hosts" behind the first *count of `names`. */
static void load_plain(pst_loader *loader, pst_document *document, size_t list,
                       const pst_string_set *registered, postern_str *names,
                       size_t *count)
{
    const size_t length = pst_document_length(document, list);

    for (size_t node = pst_document_first(document, list); node != 0;
         node = pst_document_next(document, list, node)) {
        *count += load_plain_host(loader, document, node, registered, &names[*count]);
    }
    if (length > 0 && loader->body->host_count == 0 && document->errors == 0) {
        pst_document_mention(
            document, list, POSTERN_WARNING,
            "plain_hosts mean nothing without registered hosts: every host "
            "is served",
            NULL);
    }
}

/* Makes the registry of `names`, which it turns into entries. */
static bool keep_names(pst_loader *loader, postern_str *names, size_t count)
{
    pst_host_names *out = &loader->body->names;

    for (size_t i = 0; i < count; i++) {
        const bool wild = names[i].data[0] == '*';
        names[i] = entry_of(names[i]);
        if (wild && names[i].len > out->longest_wildcard) {
            out->longest_wildcard = names[i].len;
        }
    }
    return pst_string_set_build(&loader->body->memory, names, count, &out->entries);
}

void pst_load_hosts(pst_loader *loader, pst_document *document)
{
    pst_string_set registered = {.count = 0};
    postern_str *names;
    size_t plain;
    size_t count;

    load_registered(loader, document, &registered);
    plain = pst_document_find(document, 0, "plain_hosts");
    if (plain != 0 && !pst_document_is_array(document, plain, "plain_hosts")) {
        plain = 0;
    }
    count = registered.count;
    names = pst_arena_array(
        &document->scratch,
        count + (plain == 0 ? 0 : pst_document_length(document, plain)), sizeof *names);
    if (names == NULL) {
        pst_document_no_memory(document);
        return;
    }
    if (count > 0) {
        memcpy(names, registered.members, count * sizeof *names);
    }
    if (plain != 0) {
        load_plain(loader, document, plain, &registered, names, &count);
    }
    if (!keep_names(loader, names, count)) {
        pst_document_no_memory(document);
    }
}
