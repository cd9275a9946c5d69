/*
 * tests/tls/fake_connection.h - connection.h without a gate behind it: it writes
 * down what the TLS library's side said, and answers as it was told to.
 */
#ifndef FAKE_CONNECTION_H
#define FAKE_CONNECTION_H

#include <postern/connection.h>

#define FAKE_MAX 16

struct postern_connection {
    /* what the test decides */
    const postern_allocator *alloc;
    const char *registered; /* asked for a certificate; compared without case */
    const void *trust;
    bool required;       /* ... and a good one is required */
    const char *refuses; /* accepts() refuses for this reason; NULL: accepts */
    postern_status accepts_status; /* answered when not POSTERN_OK */
    postern_status sni_status;     /* likewise */
    postern_status set_tls_status; /* likewise */

    /* what was said */
    unsigned sni_calls;
    char sni[256]; /* the first name, as received */
    size_t sni_len;
    unsigned accepts_calls;
    size_t accepts_chain; /* the last one: how many certificates, and of the path */
    size_t accepts_path;
    uint32_t accepts_objections; /* of the whole path */
    postern_str refusal;
    unsigned set_tls_calls;
    bool fresh;
    char version[16];
    char cipher[64];
    char alpn[16];
    postern_str client_hello; /* these are copies */
    postern_str chain[FAKE_MAX];
    size_t chain_count;
    postern_path_step path[FAKE_MAX];
    size_t path_count;

    void *adapter;
    void (*free_adapter)(void *state);
};

/** Never fails. Freed with postern_connection_free(). */
postern_connection *fake_connection_new(const char *registered, const void *trust);

/** By the rule of connection.h: fresh, asked, and a chain. */
bool fake_connection_presented(const postern_connection *connection);

#endif
