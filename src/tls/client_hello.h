/*
 * tls/client_hello.h - picks the ClientHello out of the bytes a client sends.
 *
 * It copies the first handshake message, across records, and stops. It judges
 * nothing: mbedTLS reads the same bytes and refuses what is wrong; what does not
 * begin with a ClientHello merely yields none. Memory follows the bytes that came,
 * not the length that was announced.
 */
#ifndef PST_TLS_CLIENT_HELLO_H
#define PST_TLS_CLIENT_HELLO_H

#include <postern/base.h>

/** Longest message kept, with its 4-byte header. mbedTLS refuses shorter ones. */
#define PST_CLIENT_HELLO_MAX ((size_t)64 * 1024)

typedef enum pst_client_hello_state {
    PST_CLIENT_HELLO_READING,
    PST_CLIENT_HELLO_COMPLETE,
    PST_CLIENT_HELLO_NONE /* something else, or too long */
} pst_client_hello_state;

/** Zeroed: nothing read yet. */
typedef struct pst_client_hello {
    pst_client_hello_state state;
    unsigned char *bytes; /* the message so far */
    size_t len;
    size_t cap;
    unsigned char header[5]; /* of the current record */
    size_t header_len;
    size_t record_left; /* bytes of its payload that are still to come */
} pst_client_hello;

/** Takes the next bytes from the client. Does nothing unless READING.
 *  @return false when there is no memory; call it no more then */
bool pst_client_hello_feed(pst_client_hello *hello, const postern_allocator *alloc,
                           const unsigned char *data, size_t len);

/** The whole message with its header; empty unless COMPLETE. Borrowed. */
postern_str pst_client_hello_message(const pst_client_hello *hello);

/** Gives the memory back; nothing is read any more. */
void pst_client_hello_free(pst_client_hello *hello, const postern_allocator *alloc);

#endif
