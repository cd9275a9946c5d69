#include "fake_connection.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void *plain_resize(void *user, void *block, size_t old_size, size_t new_size)
{
    (void)user;
    (void)old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, new_size);
}

static const postern_allocator plain = {plain_resize, NULL};

postern_connection *fake_connection_new(const char *registered, const void *trust)
{
    postern_connection *c = calloc(1, sizeof *c);

    ck_assert_ptr_nonnull(c);
    c->alloc = &plain;
    c->registered = registered;
    c->trust = trust;
    return c;
}

static postern_str copy_of(postern_str text)
{
    char *bytes = malloc(text.len + 1);

    ck_assert_ptr_nonnull(bytes);
    if (text.len > 0) {
        memcpy(bytes, text.data, text.len);
    }
    return (postern_str){bytes, text.len};
}

static void drop(postern_str text)
{
    union {
        const char *in;
        char *out;
    } pun = {.in = text.data};

    free(pun.out);
}

static void keep_text(char *out, size_t room, postern_str text)
{
    ck_assert_uint_lt(text.len, room);
    if (text.len > 0) {
        memcpy(out, text.data, text.len);
    }
    out[text.len] = '\0';
}

bool fake_connection_presented(const postern_connection *c)
{
    return c->set_tls_calls == 1 && c->fresh && c->sni_calls > 0 && c->chain_count > 0;
}

postern_status postern_connection_new(struct postern_gate *gate,
                                      const postern_address *peer, postern_str listener,
                                      postern_connection **out)
{
    (void)gate;
    (void)peer;
    (void)listener;
    *out = NULL;
    return POSTERN_STATE;
}

void postern_connection_free(postern_connection *c)
{
    size_t i;

    if (c == NULL) {
        return;
    }
    postern_connection_set_adapter(c, NULL, NULL);
    drop(c->client_hello);
    for (i = 0; i < c->chain_count; i++) {
        drop(c->chain[i]);
    }
    for (i = 0; i < c->path_count; i++) {
        drop(c->path[i].certificate);
    }
    free(c);
}

static bool same_name(postern_str a, const char *b, size_t len)
{
    return a.len == len && strncasecmp(a.data, b, len) == 0;
}

postern_status postern_connection_on_sni(postern_connection *c, postern_str name,
                                         bool *ask)
{
    *ask = false;
    if (c->sni_status != POSTERN_OK) {
        return c->sni_status;
    }
    if (c->set_tls_calls > 0) {
        return POSTERN_STATE;
    }
    if (c->sni_calls++ == 0) {
        if (name.len >= sizeof c->sni || memchr(name.data, '\0', name.len) != NULL) {
            return POSTERN_INVALID;
        }
        memcpy(c->sni, name.data, name.len);
        c->sni_len = name.len;
    } else if (!same_name(name, c->sni, c->sni_len)) {
        return POSTERN_INVALID;
    }
    *ask =
        c->registered != NULL && same_name(name, c->registered, strlen(c->registered));
    return POSTERN_OK;
}

const void *postern_connection_trust(const postern_connection *c)
{
    return c->trust;
}

bool postern_connection_requires_certificate(const postern_connection *c)
{
    return c->required;
}

postern_status postern_connection_accepts(postern_connection *c,
                                          const postern_str *chain, size_t chain_count,
                                          const postern_path_step *path,
                                          size_t path_count, bool *accepted)
{
    size_t i;

    ck_assert_int_eq(chain == NULL, chain_count == 0);
    c->accepts_calls++;
    c->accepts_chain = chain_count;
    c->accepts_path = path_count;
    c->accepts_objections = 0;
    for (i = 0; i < path_count; i++) {
        c->accepts_objections |= path[i].objections;
    }
    *accepted =
        c->accepts_status == POSTERN_OK && c->refuses == NULL && chain_count > 0;
    c->refusal = postern_text(*accepted ? "" : chain_count == 0 ? "none" : c->refuses);
    return c->accepts_status;
}

postern_str postern_connection_refusal(const postern_connection *c)
{
    return c->refusal;
}

postern_status postern_connection_set_tls(postern_connection *c,
                                          const postern_tls_info *info)
{
    size_t i;

    if (c->set_tls_status != POSTERN_OK) {
        return c->set_tls_status;
    }
    if (c->set_tls_calls++ > 0) {
        return POSTERN_STATE;
    }
    ck_assert_uint_eq(info->size, sizeof *info);
    ck_assert_uint_le(info->chain_count, FAKE_MAX);
    ck_assert_uint_le(info->path_count, FAKE_MAX);
    c->fresh = info->fresh;
    keep_text(c->version, sizeof c->version, info->version);
    keep_text(c->cipher, sizeof c->cipher, info->cipher);
    keep_text(c->alpn, sizeof c->alpn, info->alpn);
    c->client_hello = copy_of(info->client_hello);
    for (i = 0; i < info->chain_count; i++) {
        c->chain[c->chain_count++] = copy_of(info->chain[i]);
    }
    for (i = 0; i < info->path_count; i++) {
        c->path[i].certificate = copy_of(info->path[i].certificate);
        c->path[i].objections = info->path[i].objections;
        c->path_count++;
    }
    return POSTERN_OK;
}

void postern_connection_set_adapter(postern_connection *c, void *state,
                                    void (*free_state)(void *state))
{
    if (c->free_adapter != NULL) {
        c->free_adapter(c->adapter);
    }
    c->adapter = state;
    c->free_adapter = free_state;
}

void *postern_connection_adapter(const postern_connection *c)
{
    return c->adapter;
}

const postern_allocator *postern_connection_allocator(const postern_connection *c)
{
    return c->alloc;
}
