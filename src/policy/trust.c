/*
 * policy/trust.c - "ca", "crl" and "revocation": whom a registered host trusts.
 *
 * Hosts that say the same share one authority: those that spell it alike, whose files
 * are read once then, and those whose files hold the same bytes in the same order. So
 * they do with the policy that this one replaces: what has not changed is not read
 * apart, checked and stored again. What is found in files is told for the first host.
 */
#include "policy/load.h"
#include "support/alloc.h"
#include "support/hash.h"
#include "support/text.h"

/* --- files ---------------------------------------------------------------------- */

typedef struct files {
    pst_pem_file *items;
    size_t count; /* items with a text to free, or pst_pem_missing */
    size_t cap;
    bool whole; /* all could be read */
} files;

static const postern_allocator *allocator_of(const pst_loader *loader)
{
    return loader->body->scheme->options.allocator;
}

static bool is_read(const pst_pem_file *file)
{
    return file->text.data != pst_pem_missing.data;
}

static void files_free(pst_loader *loader, files *read)
{
    for (size_t i = 0; i < read->count; i++) {
        if (is_read(&read->items[i])) {
            pst_str_free(allocator_of(loader), &read->items[i].text);
        }
    }
    pst_free_array(allocator_of(loader), read->items, read->cap, sizeof *read->items);
}

/* Reads every file of member `name`; what cannot be read is told. */
static void read_files(pst_loader *loader, pst_document *document, size_t object,
                       const char *name, files *out)
{
    const size_t list = pst_document_find(document, object, name);

    *out = (files){.whole = true};
    if (list == 0) {
        return;
    }
    if (!pst_document_is_array(document, list, name)) {
        out->whole = false;
        return;
    }
    for (size_t node = pst_document_first(document, list); node != 0;
         node = pst_document_next(document, list, node)) {
        pst_pem_file file = {.text = pst_pem_missing};
        void *items = out->items;

        if (!pst_grow(allocator_of(loader), &items, out->count, &out->cap,
                      sizeof *out->items)) {
            pst_document_no_memory(document);
            out->whole = false;
            return;
        }
        out->items = items;
        if (!pst_document_decode(document, node, "a file name", &file.name) ||
            !pst_loader_read_named(loader, document, node, file.name, &file.text)) {
            file.text = pst_pem_missing;
            out->whole = false;
        }
        out->items[out->count++] = file;
    }
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
        pst_document_mention(document, node, POSTERN_WARNING,
                             "the CRLs of this host are not consulted", NULL);
    }
    if (modes[chosen] == PST_REVOCATION_REQUIRE && no_crl) {
        pst_document_refuse(document, node, POSTERN_INVALID,
                            "revocation is required but no CRL is given",
                            "add \"crl\": [\"ca.crl\"]");
    }
    return modes[chosen];
}

/* --- what is shared --------------------------------------------------------------- */

/* What an authority was made of, and it. */
typedef struct known {
    postern_str key;
    pst_authority *authority; /* of the body; NULL: there is none, which was told */
    bool is_before;           /* of the policy before, and not of the body yet */
} known;

/* Open addressing, never more than half full. */
struct pst_trust {
    known *items;
    size_t count;
    uint32_t *slots; /* 1 + index of an item, or 0 */
    size_t mask;
    const pst_authority **before; /* of the policy before */
    size_t before_count;
};

/* Every key begins with a letter of its own kind and the mode. */
enum { BY_NAMES = 'n', BY_CONTENT = 'c' };

static known *find(pst_trust *trust, postern_str key, size_t *slot)
{
    for (*slot = pst_hash(key, 0) & trust->mask; trust->slots[*slot] != 0;
         *slot = (*slot + 1) & trust->mask) {
        known *at = &trust->items[trust->slots[*slot] - 1];

        if (pst_str_same(at->key, key)) {
            return at;
        }
    }
    return NULL;
}

/* `key` is not there yet and has a place. */
static void insert(pst_trust *trust, postern_str key, pst_authority *authority,
                   bool is_before)
{
    size_t slot;

    (void)find(trust, key, &slot);
    trust->items[trust->count++] = (known){key, authority, is_before};
    trust->slots[slot] = (uint32_t)trust->count;
}

static const pst_policy_body *body_before(const pst_loader *loader)
{
    return loader->source->previous == NULL ? NULL : loader->source->previous->body;
}

/* Only objects of one scheme have one allocator and one table of cryptography. */
static void recall(pst_trust *trust, const pst_loader *loader)
{
    const pst_policy_body *before = body_before(loader);
    size_t slot;

    for (size_t i = 0; before != NULL && i < before->authority_count; i++) {
        const pst_held_authority *held = &before->authorities[i];

        trust->before[trust->before_count++] = held->authority;
        if (before->scheme == loader->body->scheme && held->key.len > 0 &&
            find(trust, held->key, &slot) == NULL) {
            insert(trust, held->key, held->authority, true);
        }
    }
}

bool pst_trust_open(pst_loader *loader, pst_document *document, size_t hosts)
{
    const pst_policy_body *before = body_before(loader);
    const size_t old = before == NULL ? 0 : before->authority_count;
    const size_t most = 2 * hosts + old;
    pst_arena *scratch = &document->scratch;
    pst_trust *trust = pst_arena_alloc(scratch, sizeof *trust);
    size_t slots = 2;

    while (slots < 2 * most) {
        slots *= 2;
    }
    if (trust != NULL) {
        *trust = (pst_trust){
            .items = pst_arena_array(scratch, most, sizeof *trust->items),
            .slots = pst_arena_array(scratch, slots, sizeof *trust->slots),
            .mask = slots - 1,
            /* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers are what is wanted */
            .before = pst_arena_array(scratch, old, sizeof *trust->before)};
    }
    if (trust == NULL || trust->items == NULL || trust->slots == NULL ||
        trust->before == NULL) {
        pst_document_no_memory(document);
        return false;
    }
    memset(trust->slots, 0, slots * sizeof *trust->slots);
    recall(trust, loader);
    loader->trust = trust;
    return true;
}

/* --- keys ------------------------------------------------------------------------- */

static void write_bytes(pst_writer *out, const void *bytes, size_t len)
{
    pst_write_str(out, (postern_str){bytes, len});
}

/* The names of a list as they are spelled. @return false when one is none */
static bool write_names(pst_document *document, size_t object, const char *member,
                        pst_writer *out)
{
    const size_t list = pst_document_find(document, object, member);

    pst_write_byte(out, 0);
    if (list == 0) {
        return true;
    }
    if (document->nodes[list].kind != POSTERN_JSON_ARRAY) {
        return false;
    }
    for (size_t node = pst_document_first(document, list); node != 0;
         node = pst_document_next(document, list, node)) {
        postern_str name;

        if (document->nodes[node].kind != POSTERN_JSON_STRING ||
            !pst_document_peek(document, node, &name)) {
            return false;
        }
        pst_write_byte(out, 1);
        write_bytes(out, &name.len, sizeof name.len);
        pst_write_str(out, name);
    }
    return true;
}

/* The key of what `object` spells, or an empty one when it is not to be shared: that a
 * host has no CA is told of each. */
static postern_str key_of_names(pst_document *document, size_t object,
                                pst_revocation revocation)
{
    const size_t ca = pst_document_find(document, object, "ca");
    pst_writer out = {NULL, 0, 0};

    if (ca == 0 || pst_document_first(document, ca) == 0) {
        return pst_no_name;
    }
    for (int round = 0; round < 2; round++) {
        const size_t room = out.len + 1; /* and an end mark's */

        if (round == 1) {
            out = (pst_writer){pst_arena_alloc(&document->scratch, room), room, 0};
        }
        if (round == 1 && out.buf == NULL) {
            pst_document_no_memory(document);
            return pst_no_name;
        }
        pst_write_byte(&out, BY_NAMES);
        pst_write_byte(&out, (unsigned char)revocation);
        if (!write_names(document, object, "ca", &out) ||
            !write_names(document, object, "crl", &out)) {
            return pst_no_name;
        }
    }
    return (postern_str){out.buf, out.len};
}

/* A file's bytes told by their digest; the rest guards against a bad table only. */
typedef struct fingerprint {
    uint64_t length;
    uint64_t hash;
    unsigned char digest[POSTERN_SHA256];
} fingerprint;

static bool write_content(const postern_crypto *crypto, const files *from,
                          pst_writer *out)
{
    write_bytes(out, &from->count, sizeof from->count);
    for (size_t i = 0; i < from->count; i++) {
        const postern_str text = from->items[i].text;
        fingerprint print = {.length = text.len, .hash = pst_hash(text, 1)};

        if (crypto->digest(crypto->context, POSTERN_SHA256, text.data, text.len,
                           print.digest) != POSTERN_OK) {
            return false;
        }
        write_bytes(out, &print, sizeof print);
    }
    return true;
}

/* The key of what was read, or an empty one when it cannot be told. */
static postern_str key_of_content(pst_loader *loader, pst_document *document,
                                  const files *cas, const files *crls,
                                  pst_revocation revocation)
{
    const postern_crypto *crypto = loader->body->scheme->options.crypto;
    const size_t room = 2 + 2 * sizeof cas->count +
                        (cas->count + crls->count) * sizeof(fingerprint) +
                        1; /* a writer leaves one for an end mark */
    pst_writer out = {NULL, room, 0};

    if (crypto->size < sizeof *crypto) {
        return pst_no_name;
    }
    out.buf = pst_arena_alloc(&document->scratch, room);
    if (out.buf == NULL) {
        pst_document_no_memory(document);
        return pst_no_name;
    }
    pst_write_byte(&out, BY_CONTENT);
    pst_write_byte(&out, (unsigned char)revocation);
    if (!write_content(crypto, cas, &out) || !write_content(crypto, crls, &out)) {
        return pst_no_name;
    }
    return (postern_str){out.buf, out.len};
}

/* --- making ----------------------------------------------------------------------- */

/* Gives the body a reference to free. @return false: no memory, and it is freed */
static bool hold(pst_loader *loader, pst_document *document, postern_str key,
                 pst_authority *authority)
{
    pst_policy_body *body = loader->body;
    void *items = body->authorities;
    postern_str kept;

    if (!pst_arena_copy(&body->memory, key, &kept) ||
        !pst_grow(allocator_of(loader), &items, body->authority_count,
                  &body->authority_cap, sizeof *body->authorities)) {
        pst_authority_free(authority);
        pst_document_no_memory(document);
        return false;
    }
    body->authorities = items;
    body->authorities[body->authority_count++] = (pst_held_authority){kept, authority};
    return true;
}

/* @return NULL when something was told */
static pst_authority *make(pst_loader *loader, pst_document *document, const files *cas,
                           const files *crls, pst_revocation revocation)
{
    const postern_options *options = &loader->body->scheme->options;
    postern_report *report = pst_document_report(document);
    const bool whole = cas->whole && crls->whole;
    pst_authority *authority;
    const postern_status status = pst_authority_new(
        options->allocator, options->crypto, cas->items, cas->count, crls->items,
        crls->count, revocation, loader->now, &authority, report);

    if (status != POSTERN_OK && (whole || status == POSTERN_NO_MEMORY)) {
        pst_document_count(document, status);
    }
    if (authority != NULL) {
        pst_authority_compare(authority, loader->trust->before,
                              loader->trust->before_count, crls->items, report);
    }
    return authority;
}

/* The authority of files that were all read. @return as make() */
static pst_authority *share(pst_loader *loader, pst_document *document,
                            const files *cas, const files *crls,
                            pst_revocation revocation)
{
    const postern_str key = key_of_content(loader, document, cas, crls, revocation);
    size_t slot;
    known *same = key.len == 0 ? NULL : find(loader->trust, key, &slot);
    pst_authority *authority;

    if (document->status != POSTERN_OK) {
        return NULL;
    }
    if (same != NULL && !same->is_before) {
        return same->authority;
    }
    if (same != NULL) {
        authority = pst_authority_use(same->authority);
        same->is_before = false;
        pst_authority_remark(authority, cas->items, crls->items, loader->now,
                             pst_document_report(document));
    } else {
        authority = make(loader, document, cas, crls, revocation);
        if (key.len > 0) {
            insert(loader->trust, key, authority, false);
        }
    }
    if (authority == NULL || !hold(loader, document, key, authority)) {
        return NULL;
    }
    return authority;
}

/* @return NULL when something was told, or without cryptography */
static pst_authority *read_authority(pst_loader *loader, pst_document *document,
                                     size_t object, pst_revocation revocation)
{
    const size_t ca = pst_document_find(document, object, "ca");
    pst_authority *authority = NULL;
    files cas;
    files crls;

    read_files(loader, document, object, "ca", &cas);
    read_files(loader, document, object, "crl", &crls);
    if (cas.whole && cas.count == 0) {
        pst_document_complain(document, ca != 0 ? ca : object, POSTERN_INVALID,
                              "a registered host needs a", postern_text("ca"), "",
                              "\"ca\": [\"file.pem\"]");
    } else if (cas.count > 0 && loader->body->scheme->options.crypto != NULL &&
               document->status == POSTERN_OK) {
        if (cas.whole && crls.whole) {
            authority = share(loader, document, &cas, &crls, revocation);
        } else {
            authority = make(loader, document, &cas, &crls, revocation);
            if (authority != NULL && !hold(loader, document, pst_no_name, authority)) {
                authority = NULL;
            }
        }
    }
    files_free(loader, &cas);
    files_free(loader, &crls);
    return authority;
}

pst_authority *pst_load_trust(pst_loader *loader, pst_document *document, size_t object)
{
    const pst_revocation revocation = read_revocation(document, object);
    const postern_str key = key_of_names(document, object, revocation);
    size_t slot;
    const known *same = key.len == 0 ? NULL : find(loader->trust, key, &slot);
    pst_authority *authority;

    if (document->status != POSTERN_OK) {
        return NULL;
    }
    if (same != NULL) {
        return same->authority;
    }
    authority = read_authority(loader, document, object, revocation);
    if (key.len > 0) {
        insert(loader->trust, key, authority, false);
    }
    return authority;
}
