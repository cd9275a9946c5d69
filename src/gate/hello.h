/*
 * gate/hello.h - what the ClientHello says of the client: cf.tls_client_random,
 * cf.tls_client_hello_length and the hashes of its lists.
 *
 * Cloudflare does not say what exactly is hashed. Here: cipher suites and extension
 * types in the order sent, GREASE included, two bytes each: as on the wire, or for
 * the `_le` field with the bytes swapped.
 */
#ifndef PST_GATE_HELLO_H
#define PST_GATE_HELLO_H

#include "support/arena.h"

#include <postern/crypto.h>

typedef struct pst_hello {
    size_t length;      /* of the message with its header; 0: not known */
    postern_str random; /* base64 */
    postern_str ciphers_sha1;
    postern_str extensions_sha1;
    postern_str extensions_sha1_le;
} pst_hello;

/**
 * Reads a ClientHello handshake message (RFC 8446 4.1.2, with its 4-byte header).
 * One that is malformed gives empty facts: the handshake is not judged here.
 *
 * @return POSTERN_OK; POSTERN_CRYPTO; a failure of the arena
 */
postern_status pst_hello_read(pst_arena *arena, const postern_crypto *crypto,
                              postern_str message, pst_hello *out);

#endif
