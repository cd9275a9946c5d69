/*
 * policy/hosts.c - "mtls": registered hosts, their CAs and CRLs; "plain_hosts".
 */
#include "model/host.h"
#include "policy/load.h"
#include "support/alloc.h"
#include "support/text.h"

/* --- names ---------------------------------------------------------------------- */

/* Reads a host name and keeps its normal form. */
static bool read_host(pst_loader *loader, pst_document *document, size_t node,
                      postern_str text, postern_str *out)
{
    pst_host host;

    if (!pst_host_normalise(text, PST_HOST_BARE, &host)) {
        pst_document_complain(
            document, node, POSTERN_INVALID, "", text, " is not a host name",
            text.len > 0 && memchr(text.data, '*', text.len) != NULL
                ? "a wildcard is \"*\", or \"*.\" in front of a name"
                : "letters, digits, '-' and '_' between dots; no port; "
                  "international names as xn--...");
        return false;
    }
    if (!pst_arena_copy(&loader->body->memory, pst_host_name(&host), out)) {
        pst_document_no_memory(document);
        return false;
    }
    return true;
}

static bool is_ip_literal(postern_str host)
{
    postern_address address;

    return host.data[0] == '[' || postern_address_parse(host, &address);
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
    if (text.len > 0 && text.data[0] == '*') {
        pst_document_complain(
            document, node, POSTERN_INVALID, "", text, " cannot be registered",
            "certificates are asked for by exact host name; list each");
        return false;
    }
    if (!read_host(loader, document, node, text, out)) {
        return false;
    }
    if (is_ip_literal(*out)) {
        pst_document_complain(
            document, node, POSTERN_INVALID, "", text, " cannot be registered",
            "an address is never sent as SNI; it can be a plain host");
        return false;
    }
    return true;
}

/* --- CA and CRL files ------------------------------------------------------------ */

typedef struct files {
    pst_pem_file *items;
    size_t count; /* items with a text to free */
    size_t cap;
} files;

static void files_free(pst_loader *loader, files *read)
{
    const postern_allocator *alloc = loader->body->scheme->options.allocator;

    for (size_t i = 0; i < read->count; i++) {
        pst_str_free(alloc, &read->items[i].text);
    }
    pst_free_array(alloc, read->items, read->cap, sizeof *read->items);
}

static bool read_file(pst_loader *loader, pst_document *document, size_t node,
                      pst_pem_file *out)
{
    return pst_document_decode(document, node, "a file name", &out->name) &&
           pst_loader_read_named(loader, document, node, out->name, &out->text);
}

/* Reads every file of member `name`. @return false when something was told */
static bool read_files(pst_loader *loader, pst_document *document, size_t object,
                       const char *name, files *out)
{
    const postern_allocator *alloc = loader->body->scheme->options.allocator;
    const size_t list = pst_document_find(document, object, name);
    bool whole = true;

    *out = (files){NULL, 0, 0};
    if (list == 0) {
        return true;
    }
    if (!pst_document_is_array(document, list, name)) {
        return false;
    }
    for (size_t node = pst_document_first(document, list); node != 0;
         node = pst_document_next(document, list, node)) {
        void *items = out->items;
        if (!pst_grow(alloc, &items, out->count, &out->cap, sizeof *out->items)) {
            pst_document_no_memory(document);
            return false;
        }
        out->items = items;
        if (read_file(loader, document, node, &out->items[out->count])) {
            out->count++;
        } else {
            whole = false;
        }
    }
    return whole;
}

static pst_revocation read_revocation(pst_document *document, size_t object)
{
    static const char *const words[] = {"off", "if-present", "require"};
    static const pst_revocation modes[] = {
        PST_REVOCATION_OFF, PST_REVOCATION_IF_PRESENT, PST_REVOCATION_REQUIRE};
    const size_t node = pst_document_find(document, object, "revocation");
    const size_t crl = pst_document_find(document, object, "crl");
    const bool has_crl = crl != 0 && pst_document_length(document, crl) > 0;
    const bool no_crl =
        !has_crl && (crl == 0 || document->nodes[crl].kind == POSTERN_JSON_ARRAY);
    size_t chosen = 0;

    if (pst_document_word(document, object, "revocation", "unknown revocation mode",
                          words, 3, &chosen) != PST_MEMBER_READ) {
        return has_crl ? PST_REVOCATION_REQUIRE : PST_REVOCATION_OFF;
    }
    if (modes[chosen] == PST_REVOCATION_OFF && has_crl) {
        pst_document_remark(document, node, POSTERN_WARNING,
                            "the CRLs of this host are not consulted", pst_no_name, "",
                            NULL);
    }
    if (modes[chosen] == PST_REVOCATION_REQUIRE && no_crl) {
        pst_document_complain(document, node, POSTERN_INVALID,
                              "revocation is required but no CRL is given", pst_no_name,
                              "", "add \"crl\": [\"ca.crl\"]");
    }
    return modes[chosen];
}

/* @return NULL when something was told, or without cryptography */
static pst_authority *read_authority(pst_loader *loader, pst_document *document,
                                     size_t object)
{
    const postern_options *options = &loader->body->scheme->options;
    const size_t ca = pst_document_find(document, object, "ca");
    const pst_revocation revocation = read_revocation(document, object);
    pst_authority *authority = NULL;
    files cas = {NULL, 0, 0};
    files crls = {NULL, 0, 0};
    bool whole = read_files(loader, document, object, "ca", &cas);

    whole = read_files(loader, document, object, "crl", &crls) && whole;
    if (whole && cas.count == 0) {
        pst_document_complain(document, ca != 0 ? ca : object, POSTERN_INVALID,
                              "a registered host needs a", postern_text("ca"), "",
                              "\"ca\": [\"file.pem\"]");
        whole = false;
    }
    if (whole && options->crypto != NULL) {
        const postern_status status =
            pst_authority_new(options->allocator, options->crypto, cas.items, cas.count,
                              crls.items, crls.count, revocation, loader->now,
                              &authority, pst_document_report(document));
        if (status != POSTERN_OK) {
            pst_document_count(document, status);
        }
    }
    files_free(loader, &cas);
    files_free(loader, &crls);
    return authority;
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
    static const char *const keys[] = {"hostname", "ca",      "crl",    "revocation",
                                       "revoked",  "monitor", "require"};
    static const char *const revoked[] = {"block", "rules"};
    pst_policy_body *body = loader->body;
    pst_registration host = {.block_revoked = true};
    size_t chosen = 0;
    bool named;

    if (!pst_document_is_object(document, object, "a registered host")) {
        return;
    }
    pst_document_known_keys(document, object, keys, sizeof keys / sizeof keys[0]);
    named = read_registered_host(loader, document, object, &host.host);
    (void)pst_document_word(document, object, "revoked", "unknown word for revoked",
                            revoked, 2, &chosen);
    host.block_revoked = chosen == 0;
    (void)pst_document_bool(document, object, "monitor", &host.monitor);
    (void)pst_document_bool(document, object, "require", &host.require);
    if (host.monitor && host.require) {
        pst_document_complain(document, pst_document_find(document, object, "require"),
                              POSTERN_INVALID, "a host that only monitors cannot",
                              postern_text("require"), " certificates",
                              "leave out one of the two");
    }
    host.authority = read_authority(loader, document, object);
    if (named) {
        seen->names[seen->count] = host.host;
        seen->nodes[seen->count++] = pst_document_find(document, object, "hostname");
    }
    if (!named || host.authority == NULL) {
        pst_authority_free(host.authority);
        return;
    }
    body->hosts[body->host_count++] = host; /* which frees the authority */
}

static void load_host_list(pst_loader *loader, pst_document *document, size_t list)
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
    for (size_t node = pst_document_first(document, list);
         node != 0 && document->status == POSTERN_OK;
         node = pst_document_next(document, list, node)) {
        load_host(loader, document, node, &seen);
    }
    (void)pst_document_unique(document, seen.names, seen.nodes, seen.count, "the host",
                              " is registered twice");
    /* Without errors every host is there, each at its place. */
    loader->host_nodes = seen.nodes;
    if (!pst_string_set_build(&body->memory, seen.names, seen.count,
                              &body->host_names)) {
        pst_document_no_memory(document);
    }
}

static void load_registered(pst_loader *loader, pst_document *document)
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
        pst_document_complain(document, list, POSTERN_CRYPTO,
                              "registered hosts need cryptography, and this program "
                              "brought none",
                              pst_no_name, "",
                              "set postern_options.crypto, for instance to "
                              "postern_mbedtls_crypto()");
    }
    load_host_list(loader, document, list);
}

/* --- plain hosts ----------------------------------------------------------------- */

typedef struct plain_names {
    postern_str *exact;
    size_t exact_count;
    postern_str *suffixes;
    size_t suffix_count;
} plain_names;

/* "*" or "*.example.com" or an exact name */
static void load_plain_host(pst_loader *loader, pst_document *document, size_t node,
                            plain_names *names)
{
    static const postern_str any = POSTERN_STR("*");
    static const postern_str wild = POSTERN_STR("*.");
    postern_str text;
    postern_str host;

    if (!pst_document_decode(document, node, "a plain host", &text)) {
        return;
    }
    if (pst_str_same(text, any)) {
        loader->body->plain.any = true;
        return;
    }
    if (pst_str_starts(text, wild)) {
        if (read_host(loader, document, node, pst_str_slice(text, 2, text.len),
                      &host)) {
            char *suffix = pst_arena_alloc(&loader->body->memory, host.len + 1);
            if (suffix == NULL) {
                pst_document_no_memory(document);
                return;
            }
            suffix[0] = '.';
            memcpy(suffix + 1, host.data, host.len);
            names->suffixes[names->suffix_count++] =
                (postern_str){suffix, host.len + 1};
        }
        return;
    }
    if (!read_host(loader, document, node, text, &host)) {
        return;
    }
    if (pst_string_set_has(&loader->body->host_names, host)) {
        pst_document_complain(document, node, POSTERN_INVALID, "the host", host,
                              " is registered: it cannot be plain", NULL);
        return;
    }
    names->exact[names->exact_count++] = host;
}

static void load_plain(pst_loader *loader, pst_document *document)
{
    pst_arena *memory = &loader->body->memory;
    const size_t list = pst_document_find(document, 0, "plain_hosts");
    plain_names names = {NULL, 0, NULL, 0};
    size_t count;

    if (list == 0 || !pst_document_is_array(document, list, "plain_hosts")) {
        return;
    }
    count = pst_document_length(document, list);
    names.exact = pst_arena_array(&document->scratch, count, sizeof *names.exact);
    names.suffixes = pst_arena_array(&document->scratch, count, sizeof *names.suffixes);
    if (names.exact == NULL || names.suffixes == NULL) {
        pst_document_no_memory(document);
        return;
    }
    for (size_t node = pst_document_first(document, list); node != 0;
         node = pst_document_next(document, list, node)) {
        load_plain_host(loader, document, node, &names);
    }
    if (count > 0 && loader->body->host_count == 0 && document->errors == 0) {
        pst_document_remark(
            document, list, POSTERN_WARNING,
            "plain_hosts mean nothing without registered hosts: every host "
            "is served",
            pst_no_name, "", NULL);
    }
    if (!pst_string_set_build(memory, names.exact, names.exact_count,
                              &loader->body->plain.exact) ||
        !pst_string_set_build(memory, names.suffixes, names.suffix_count,
                              &loader->body->plain.suffixes)) {
        pst_document_no_memory(document);
    }
}

void pst_load_hosts(pst_loader *loader, pst_document *document)
{
    load_registered(loader, document);
    load_plain(loader, document);
}
