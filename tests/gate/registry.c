#include "registry.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void registry_add(registry *r, const char *name, bool plain)
{
    if (r->count == r->cap) {
        r->cap = r->cap == 0 ? 64 : r->cap * 2;
        r->entries = realloc(r->entries, r->cap * sizeof *r->entries);
        ck_assert_ptr_nonnull(r->entries);
    }
    r->entries[r->count] = (entry){.len = strlen(name), .plain = plain};
    ck_assert_uint_lt(strlen(name), NAME_BYTES);
    memcpy(r->entries[r->count].name, name, strlen(name) + 1);
    r->count++;
}

bool registry_has(const registry *r, const char *name)
{
    for (size_t i = 0; i < r->count; i++) {
        if (strcmp(r->entries[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

void registry_free(registry *r)
{
    free(r->entries);
    *r = (registry){NULL, 0, 0, false};
}

/* How narrow an entry is that covers `host`: 0 when it does not. */
static unsigned narrowness(const entry *e, postern_str host)
{
    unsigned labels = 1;

    if (e->name[0] != '*') {
        return host.len == e->len && memcmp(host.data, e->name, e->len) == 0
                   ? UINT32_MAX
                   : 0;
    }
    if (host.len < e->len ||
        memcmp(host.data + host.len - (e->len - 1), e->name + 1, e->len - 1) != 0) {
        return 0;
    }
    for (size_t i = 0; i < e->len; i++) {
        labels += e->name[i] == '.';
    }
    return labels;
}

const entry *registry_find(const registry *r, postern_str host)
{
    const entry *best = NULL;
    unsigned narrowest = 0;

    for (size_t i = 0; i < r->count; i++) {
        const unsigned narrow = narrowness(&r->entries[i], host);
        if (narrow > narrowest) {
            narrowest = narrow;
            best = &r->entries[i];
        }
    }
    return best;
}

static size_t spell(const entry *e, unsigned seed, char *out)
{
    for (size_t i = 0; i < e->len; i++) {
        const bool lower = e->name[i] >= 'a' && e->name[i] <= 'z';
        const bool shout = seed != 0 && (seed >> (i % 7)) % 3 == 1;
        out[i] = (char)(lower && shout ? e->name[i] - 32 : e->name[i]);
    }
    if (seed % 5 == 1 && e->name[e->len - 1] != ']') {
        out[e->len] = '.';
        return e->len + 1;
    }
    return e->len;
}

char *registry_policy(const registry *r, const char *rules, unsigned seed)
{
    const size_t cap = r->count * (NAME_BYTES + 64) + strlen(rules) + 1024;
    char *text = malloc(cap);
    size_t len;
    const char *comma = "";

    ck_assert_ptr_nonnull(text);
    len = (size_t)sprintf(text, "{\"version\": 1, \"mtls\": {\"hosts\": [");
    for (unsigned plain = 0; plain < 2; plain++) {
        for (size_t i = 0; i < r->count; i++) {
            if (r->entries[i].plain != (plain == 1)) {
                continue;
            }
            len += (size_t)sprintf(
                text + len, plain == 1 ? "%s\"" : "%s\n{\"hostname\": \"", comma);
            len +=
                spell(&r->entries[i], seed == 0 ? 0 : seed + (unsigned)i, text + len);
            len += (size_t)sprintf(
                text + len, "%s",
                plain == 1 ? "\"" : "\", \"ca\": [\"ca.pem\"], \"monitor\": true}");
            comma = ",";
        }
        len += (size_t)sprintf(text + len, plain == 1 ? "" : "]}, \"plain_hosts\": [");
        comma = plain == 1 || !r->others ? "" : "\"*\",";
    }
    if (r->others && text[len - 1] == '[') {
        len += (size_t)sprintf(text + len, "\"*\"");
    }
    len += (size_t)sprintf(text + len,
                           "], \"rulesets\": [{\"phase\": "
                           "\"http_request_firewall_custom\", \"rules\": [%s]}]}",
                           rules);
    ck_assert_uint_lt(len, cap);
    return text;
}

void registry_open(world *w)
{
    world_init(w);
    w->files[0] =
        (world_file){postern_text("ca.pem"), world_slurp("data/corpus/ca/ca-a.pem")};
    w->file_count = 1;
    world_open(w);
}

void registry_close(world *w)
{
    free((void *)(uintptr_t)w->files[0].text.data);
    world_close(w);
}
