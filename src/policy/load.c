#include "policy/load.h"

#include "support/alloc.h"
#include "support/report.h"
#include "support/text.h"

#include <stdio.h>

/* --- files ---------------------------------------------------------------------- */

/* Grows the block while reading: the size of a pipe is not known beforehand. */
static postern_status read_all(FILE *in, size_t max, const postern_allocator *alloc,
                               postern_str *out)
{
    char *block = NULL;
    size_t cap = 0;
    size_t len = 0;
    postern_status status = POSTERN_OK;

    while (status == POSTERN_OK) {
        char chunk[4096];
        const size_t got = fread(chunk, 1, sizeof chunk, in);
        if (got == 0) {
            break;
        }
        if (got > max - len) {
            status = POSTERN_LIMIT;
        } else if (len + got > cap) {
            const size_t wanted = cap * 2 > len + got ? cap * 2 : len + got;
            char *grown = alloc->resize(alloc->user, block, cap, wanted);
            if (grown == NULL) {
                status = POSTERN_NO_MEMORY;
            } else {
                block = grown;
                cap = wanted;
            }
        }
        if (status == POSTERN_OK) {
            memcpy(block + len, chunk, got);
            len += got;
        }
    }
    if (status == POSTERN_OK && ferror(in) != 0) {
        status = POSTERN_IO;
    }
    if (status == POSTERN_OK && len < cap) {
        char *exact = NULL;
        if (len > 0) {
            exact = pst_alloc(alloc, len);
            status = exact == NULL ? POSTERN_NO_MEMORY : POSTERN_OK;
        }
        if (exact != NULL) {
            memcpy(exact, block, len);
        }
        pst_free(alloc, block, cap);
        block = exact;
        cap = len;
    }
    if (status != POSTERN_OK) {
        pst_free(alloc, block, cap);
        return status;
    }
    *out = (postern_str){block, len};
    return POSTERN_OK;
}

static postern_status read_disk(void *user, const char *path, size_t max,
                                const postern_allocator *alloc, postern_str *out)
{
    FILE *in = fopen(path, "rb");
    postern_status status;

    (void)user;
    if (in == NULL) {
        return POSTERN_IO;
    }
    status = read_all(in, max, alloc, out);
    (void)fclose(in);
    return status;
}

/* "dir/of/policy.json" and "pki/ca.pem" make "dir/of/pki/ca.pem". */
static postern_status join_path(const pst_loader *loader, postern_str path, bool own,
                                char **out, size_t *size)
{
    const postern_str base = postern_text(loader->source->path);
    size_t dir = base.len;
    char *joined;

    while (dir > 0 && base.data[dir - 1] != '/') {
        dir--;
    }
    if (own || (path.len > 0 && path.data[0] == '/')) {
        dir = 0;
    }
    if (path.len == 0 || memchr(path.data, '\0', path.len) != NULL) {
        return POSTERN_INVALID;
    }
    *size = dir + path.len + 1;
    joined = pst_alloc(loader->body->scheme->options.allocator, *size);
    if (joined == NULL) {
        return POSTERN_NO_MEMORY;
    }
    if (dir > 0) {
        memcpy(joined, base.data, dir);
    }
    memcpy(joined + dir, path.data, path.len);
    joined[dir + path.len] = '\0';
    *out = joined;
    return POSTERN_OK;
}

/* Reads a file named by the policy or, with `own`, the policy itself: its path is
 * taken as it is. Tells nothing. */
static postern_status read_source(pst_loader *loader, postern_str path, bool own,
                                  postern_str *out)
{
    const postern_options *options = &loader->body->scheme->options;
    const postern_file_reader read =
        loader->source->read != NULL ? loader->source->read : read_disk;
    const size_t max = options->limits.policy_bytes;
    char *joined = NULL;
    size_t size = 0;
    postern_status status = join_path(loader, path, own, &joined, &size);

    *out = (postern_str){NULL, 0};
    if (status == POSTERN_OK) {
        status = read(loader->source->read_user, joined, max, options->allocator, out);
        if (status == POSTERN_OK && out->len > max) { /* the reader did not care */
            pst_str_free(options->allocator, out);
            status = POSTERN_LIMIT;
        }
    }
    pst_free(options->allocator, joined, size);
    return status;
}

bool pst_loader_read_named(pst_loader *loader, pst_document *document, size_t node,
                           postern_str path, postern_str *out)
{
    const postern_status status = read_source(loader, path, false, out);

    if (status == POSTERN_NO_MEMORY) {
        pst_document_no_memory(document);
    } else if (status == POSTERN_LIMIT) {
        pst_document_complain(document, node, status, "the file", path, " is too large",
                              NULL);
    } else if (status != POSTERN_OK) {
        pst_document_complain(document, node, POSTERN_IO, "the file", path,
                              " cannot be read",
                              "relative paths start at the policy file");
    }
    return status == POSTERN_OK;
}

/* --- the top level -------------------------------------------------------------- */

static void load_version(pst_document *document)
{
    int64_t version = 0;

    switch (pst_document_integer(document, 0, "version", &version)) {
    case PST_MEMBER_ABSENT:
        pst_document_complain(document, 0, POSTERN_INVALID,
                              "the policy does not say its", postern_text("version"),
                              "", "add \"version\": 1");
        break;
    case PST_MEMBER_READ:
        if (version != 1) {
            pst_document_refuse(document, pst_document_find(document, 0, "version"),
                                POSTERN_UNSUPPORTED,
                                "this library reads version 1 only", NULL);
        }
        break;
    case PST_MEMBER_WRONG:
        break;
    }
}

static void load_default(pst_loader *loader, pst_document *document)
{
    static const char *const words[] = {"allow", "block"};
    size_t chosen = 0;

    (void)pst_document_word(document, 0, "default", "unknown default", words, 2,
                            &chosen);
    loader->body->block_by_default = chosen == 1;
}

static void load_on_fault(pst_loader *loader, pst_document *document)
{
    static const char *const words[] = {"block", "close"};
    static const char *const keys[] = {"response"};
    const size_t node = pst_document_find(document, 0, "on_fault");
    size_t response;
    size_t chosen = 0;

    if (node == 0 || document->nodes[node].kind == POSTERN_JSON_STRING) {
        (void)pst_document_word(document, 0, "on_fault", "unknown fault action", words,
                                2, &chosen);
        loader->body->close_on_fault = chosen == 1;
        return;
    }
    pst_document_known_keys(document, node, keys, 1);
    response = pst_document_find(document, node, "response");
    if (response == 0) {
        pst_document_complain(document, node, POSTERN_TYPE,
                              "on_fault is \"block\", \"close\" or an object with a",
                              postern_text("response"), "", NULL);
    } else {
        pst_load_response(document, response, 400, 599, &loader->body->on_fault);
    }
}

/* What this version cannot honour is refused by name: to ignore it would open a door. */
static void refuse_unsupported(pst_document *document)
{
    const size_t node = pst_document_find(document, 0, "access");

    if (node != 0) {
        pst_document_complain(document, node, POSTERN_UNSUPPORTED, "",
                              postern_text("access"),
                              " is not available in this version", NULL);
    }
}

static void load_policy(pst_loader *loader, pst_document *document)
{
    static const char *const keys[] = {"version", "mtls",    "plain_hosts",
                                       "lists",   "access",  "rulesets",
                                       "default", "on_fault"};

    if (!pst_document_is_object(document, 0, "a policy")) {
        return;
    }
    pst_document_known_keys(document, 0, keys, sizeof keys / sizeof keys[0]);
    load_version(document);
    refuse_unsupported(document);
    load_default(loader, document);
    load_on_fault(loader, document);
    pst_load_hosts(loader, document);
    pst_load_lists(loader, document);
    pst_load_rulesets(loader, document);
    if (document->errors == 0 && !loader->body->block_by_default) {
        pst_check_hosts_are_guarded(loader, document);
    }
}

static void load_import(pst_loader *loader, pst_document *document)
{
    pst_ruleset *set = pst_arena_alloc(&loader->body->memory, sizeof *set);

    if (set == NULL) {
        pst_document_no_memory(document);
        return;
    }
    document->lenient = true;
    pst_load_export(loader, document, set);
    loader->body->rulesets = set;
    loader->body->ruleset_count = 1;
}

static postern_status load_text(pst_loader *loader, postern_str text)
{
    const postern_allocator *alloc = loader->body->scheme->options.allocator;
    pst_document document;
    postern_status status =
        pst_document_open(&document, alloc, postern_text(loader->source->path), text,
                          &loader->body->memory, loader->report);

    if (status == POSTERN_OK) {
        if (loader->source->import) {
            load_import(loader, &document);
        } else {
            load_policy(loader, &document);
        }
        status = document.status != POSTERN_OK ? document.status : document.first;
    }
    pst_document_close(&document);
    return status;
}

static postern_status complain_of_source(const pst_loader *loader,
                                         postern_status status, const char *message)
{
    const postern_finding finding = {.status = status,
                                     .file = postern_text(loader->source->path),
                                     .message = postern_text(message)};

    if (status == POSTERN_NO_MEMORY) {
        return pst_report_no_memory(loader->report);
    }
    return pst_report_add(loader->report, &finding);
}

static postern_status load_file(pst_loader *loader)
{
    postern_str text;
    postern_status status =
        read_source(loader, postern_text(loader->source->path), true, &text);

    if (status != POSTERN_OK) {
        return complain_of_source(loader, status,
                                  status == POSTERN_LIMIT
                                      ? "the file is too large"
                                      : postern_status_text(status));
    }
    status = load_text(loader, text);
    pst_str_free(loader->body->scheme->options.allocator, &text);
    return status;
}

static postern_status load(pst_loader *loader)
{
    const postern_options *options = &loader->body->scheme->options;
    const postern_source *source = loader->source;
    const int64_t now = options->clock(options->clock_user);

    loader->now = now / 1000;
    if (now < 0) {
        return complain_of_source(loader, POSTERN_CLOCK,
                                  postern_status_text(POSTERN_CLOCK));
    }
    if (source->text.data == NULL && source->path == NULL) {
        return complain_of_source(loader, POSTERN_INVALID,
                                  "the source has neither a path nor a text");
    }
    if (source->text.data == NULL) {
        return load_file(loader);
    }
    if (source->text.len > options->limits.policy_bytes) {
        return complain_of_source(loader, POSTERN_LIMIT, "the text is too large");
    }
    return load_text(loader, source->text);
}

postern_status postern_policy_load(const postern_scheme *scheme,
                                   const postern_source *source, postern_policy **out,
                                   postern_report *report)
{
    pst_loader loader = {.source = source, .report = report};
    postern_status status;

    *out = NULL;
    status = pst_policy_new(scheme, &loader.policy);
    if (status != POSTERN_OK) {
        return pst_report_no_memory(report);
    }
    loader.body = loader.policy->body;
    status = load(&loader);
    if (status != POSTERN_OK) {
        postern_policy_release(loader.policy);
        return status;
    }
    *out = loader.policy;
    return POSTERN_OK;
}
