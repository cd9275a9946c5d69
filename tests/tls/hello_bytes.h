/*
 * tests/tls/hello_bytes.h - a ClientHello made by hand, for server names that no client
 * of this world sends.
 */
#ifndef HELLO_BYTES_H
#define HELLO_BYTES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct hello_bytes {
    unsigned char data[12288];
    size_t len;
} hello_bytes;

/** One name of a server_name extension; `type` is 0 but for names of another kind. */
typedef struct hello_name {
    unsigned char type;
    const char *data; /* NULL: the list ends before it */
    size_t len;
} hello_name;

/** Appends a server_name extension that lists `count` names. */
void hello_add_names(hello_bytes *extensions, const hello_name *names, size_t count);

/** Appends a record with the ClientHello: ECDHE-ECDSA-AES128-GCM-SHA256, or TLS 1.3
 *  with a share for X25519; `extensions` come first. */
void hello_make(hello_bytes *out, const hello_bytes *extensions, bool tls13);

#endif
