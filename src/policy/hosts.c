/*
 * policy/hosts.c - "mtls": registered hosts, their CAs and CRLs; "plain_hosts".
 */
#include "model/host.h"
#include "policy/load.h"
#include "support/alloc.h"
#include "support/report.h"
#include "support/text.h"

static void no_memory(pst_document *document)
{
    pst_document_count(document, pst_report_no_memory(document->report));
}

/* --- names ---------------------------------------------------------------------- */

/* Reads a host name and keeps its normal form. */
static bool read_host(pst_loader *loader, pst_document *document, size_t node,
                      postern_str text, postern_str *out)
{
    pst_host host;

    if (!pst_host_normalise(text, PST_HOST_BARE, &host)) {
        pst_document_complain(document, node, POSTERN_INVALID, "", text,
                              " is not a host name",
                              "letters, digits, '-' and '_' between dots, no port");
        return false;
    }
    if (!pst_arena_copy(&loader->policy->memory, pst_host_name(&host), out)) {
        no_memory(document);
        return false;
    }
    return true;
}

static bool is_ip_literal(postern_str host)
{
    postern_address address;

    return host.data[0] == '[' || postern_address_parse(host, &address);
}

static bool known_host(const postern_policy *policy, postern_str host)
{
    for (size_t i = 0; i < policy->host_count; i++) {
        if (pst_str_same(policy->hosts[i].host, host)) {
            return true;
        }
    }
    return false;
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
        pst_document_complain(document, node, POSTERN_INVALID, "", text,
                              " cannot be registered",
                              "certificates are asked for by exact host name; list each");
        return false;
    }
    if (!read_host(loader, document, node, text, out)) {
        return false;
    }
    if (is_ip_literal(*out)) {
        pst_document_complain(document, node, POSTERN_INVALID, "", text,
                              " cannot be registered",
                              "an address is never sent as SNI; it can be a plain host");
        return false;
    }
    if (known_host(loader->policy, *out)) {
        pst_document_complain(document, node, POSTERN_INVALID, "the host", *out,
                              " is registered twice", NULL);
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
    const postern_allocator *alloc = loader->policy->scheme->options.allocator;

    for (size_t i = 0; i < read->count; i++) {
        pst_str_free(alloc, &read->items[i].text);
    }
    pst_free_array(alloc, read->items, read->cap, sizeof *read->items);
}

static bool read_file(pst_loader *loader, pst_document *document, size_t node,
                      pst_pem_file *out)
{
    postern_status status;

    if (!pst_document_decode(document, node, &out->name)) {
        return false;
    }
    status = pst_loader_read(loader, out->name, false, &out->text);
    if (status == POSTERN_NO_MEMORY) {
        no_memory(document);
    } else if (status == POSTERN_LIMIT) {
        pst_document_complain(document, node, status, "the file", out->name,
                              " is too large", NULL);
    } else if (status != POSTERN_OK) {
        pst_document_complain(document, node, POSTERN_IO, "the file", out->name,
                              " cannot be read", "paths start at the policy file");
    }
    return status == POSTERN_OK;
}

/* Reads every file of member `name`. @return false when something was told */
static bool read_files(pst_loader *loader, pst_document *document, size_t object,
                       const char *name, files *out)
{
    const postern_allocator *alloc = loader->policy->scheme->options.allocator;
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
            no_memory(document);
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

static pst_revocation read_revocation(pst_document *document, size_t object, bool has_crl)
{
    static const char *const words[] = {"off", "if-present", "require"};
    const size_t node = pst_document_find(document, object, "revocation");
    postern_str word;
    size_t chosen;

    if (pst_document_string(document, object, "revocation", &word) != PST_MEMBER_READ) {
        return has_crl ? PST_REVOCATION_REQUIRE : PST_REVOCATION_OFF;
    }
    chosen = pst_document_choose(document, node, word, "unknown revocation mode", words, 3);
    if (chosen == 0 && has_crl) {
        pst_document_remark(document, node, POSTERN_WARNING,
                            "the CRLs of this host are not consulted",
                            (postern_str){NULL, 0}, "");
    }
    if (chosen == 2 && !has_crl) {
        pst_document_complain(document, node, POSTERN_INVALID,
                              "revocation is required but no CRL is given",
                              (postern_str){NULL, 0}, "", "add \"crl\": [\"ca.crl\"]");
    }
    return chosen == 0   ? PST_REVOCATION_OFF
           : chosen == 1 ? PST_REVOCATION_IF_PRESENT
                         : PST_REVOCATION_REQUIRE;
}

/* @return NULL when something was told */
static pst_authority *read_authority(pst_loader *loader, pst_document *document,
                                     size_t object)
{
    const postern_options *options = &loader->policy->scheme->options;
    const size_t ca_node = pst_document_find(document, object, "ca");
    pst_authority *authority = NULL;
    files cas = {NULL, 0, 0};
    files crls = {NULL, 0, 0};
    bool whole = read_files(loader, document, object, "ca", &cas);
    pst_revocation revocation;

    whole = read_files(loader, document, object, "crl", &crls) && whole;
    revocation = read_revocation(document, object, crls.count > 0);
    if (whole && cas.count == 0) {
        pst_document_complain(document, ca_node != 0 ? ca_node : object, POSTERN_INVALID,
                              "a registered host needs a", postern_text("ca"), "",
                              "\"ca\": [\"file.pem\"]");
        whole = false;
    }
    if (whole && options->crypto == NULL) {
        pst_document_complain(document, object, POSTERN_CRYPTO,
                              "registered hosts need cryptography, and this program "
                              "brought none",
                              (postern_str){NULL, 0}, "",
                              "set postern_options.crypto, for instance to "
                              "postern_mbedtls_crypto()");
        whole = false;
    }
    if (whole) {
        const postern_status status = pst_authority_new(
            options->allocator, options->crypto, cas.items, cas.count, crls.items,
            crls.count, revocation, loader->now, &authority, loader->report);
        if (status != POSTERN_OK) {
            pst_document_count(document, status);
        }
    }
    files_free(loader, &cas);
    files_free(loader, &crls);
    return authority;
}

/* --- registered hosts ------------------------------------------------------------ */

static void load_host(pst_loader *loader, pst_document *document, size_t object)
{
    static const char *const keys[] = {"hostname",   "ca",      "crl",
                                       "revocation", "revoked", "monitor"};
    static const char *const revoked[] = {"block", "rules"};
    postern_policy *policy = loader->policy;
    pst_registration host = {.block_revoked = true};
    postern_str word;
    bool named;

    if (!pst_document_is_object(document, object, "a registered host")) {
        return;
    }
    pst_document_known_keys(document, object, keys, sizeof keys / sizeof keys[0]);
    named = read_registered_host(loader, document, object, &host.host);
    if (pst_document_string(document, object, "revoked", &word) == PST_MEMBER_READ) {
        host.block_revoked =
            pst_document_choose(document, pst_document_find(document, object, "revoked"),
                                word, "unknown word for revoked", revoked, 2) != 1;
    }
    (void)pst_document_bool(document, object, "monitor", &host.monitor);
    host.authority = read_authority(loader, document, object);
    if (!named || host.authority == NULL) {
        pst_authority_free(host.authority);
        return;
    }
    policy->hosts[policy->host_count++] = host; /* the policy frees the authority */
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

static void load_registered(pst_loader *loader, pst_document *document)
{
    static const char *const keys[] = {"hosts"};
    postern_policy *policy = loader->policy;
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
    policy->hosts = pst_arena_array(&policy->memory, count_elements(document, list),
                                    sizeof *policy->hosts);
    if (policy->hosts == NULL) {
        no_memory(document);
        return;
    }
    for (size_t node = pst_document_first(document, list);
         node != 0 && document->status == POSTERN_OK;
         node = pst_document_next(document, list, node)) {
        load_host(loader, document, node);
    }
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

    if (!pst_document_decode(document, node, &text)) {
        return;
    }
    if (pst_str_same(text, any)) {
        loader->policy->plain.any = true;
        return;
    }
    if (pst_str_starts(text, wild)) {
        if (read_host(loader, document, node, pst_str_slice(text, 2, text.len), &host)) {
            char *suffix = pst_arena_alloc(&loader->policy->memory, host.len + 1);
            if (suffix == NULL) {
                no_memory(document);
                return;
            }
            suffix[0] = '.';
            memcpy(suffix + 1, host.data, host.len);
            names->suffixes[names->suffix_count++] = (postern_str){suffix, host.len + 1};
        }
        return;
    }
    if (!read_host(loader, document, node, text, &host)) {
        return;
    }
    if (known_host(loader->policy, host)) {
        pst_document_complain(document, node, POSTERN_INVALID, "the host", host,
                              " is registered: it cannot be plain", NULL);
        return;
    }
    names->exact[names->exact_count++] = host;
}

static void load_plain(pst_loader *loader, pst_document *document)
{
    pst_arena *memory = &loader->policy->memory;
    const size_t list = pst_document_find(document, 0, "plain_hosts");
    plain_names names = {NULL, 0, NULL, 0};
    size_t count;

    if (list == 0 || !pst_document_is_array(document, list, "plain_hosts")) {
        return;
    }
    count = count_elements(document, list);
    names.exact = pst_arena_array(memory, count, sizeof *names.exact);
    names.suffixes = pst_arena_array(memory, count, sizeof *names.suffixes);
    if (names.exact == NULL || names.suffixes == NULL) {
        no_memory(document);
        return;
    }
    for (size_t node = pst_document_first(document, list); node != 0;
         node = pst_document_next(document, list, node)) {
        load_plain_host(loader, document, node, &names);
    }
    if (!pst_string_set_build(memory, names.exact, names.exact_count,
                              &loader->policy->plain.exact) ||
        !pst_string_set_build(memory, names.suffixes, names.suffix_count,
                              &loader->policy->plain.suffixes)) {
        no_memory(document);
    }
}

void pst_load_hosts(pst_loader *loader, pst_document *document)
{
    postern_policy *policy = loader->policy;
    postern_str *names;

    load_registered(loader, document);
    load_plain(loader, document);
    names = pst_arena_array(&policy->memory, policy->host_count, sizeof *names);
    if (names == NULL) {
        no_memory(document);
        return;
    }
    for (size_t i = 0; i < policy->host_count; i++) {
        names[i] = policy->hosts[i].host;
    }
    if (!pst_string_set_build(&policy->memory, names, policy->host_count,
                              &policy->host_names)) {
        no_memory(document);
    }
}
