#include "client_hello.h"
#include "memory.h"

#include <string.h>

enum {
    RECORD_HANDSHAKE = 22, /* RFC 8446, section 5.1 */
    MAJOR_VERSION = 3,
    MESSAGE_CLIENT_HELLO = 1, /* section 4 */
    MESSAGE_HEADER = 4
};

static void give_up(pst_client_hello *hello, const postern_allocator *alloc)
{
    pst_client_hello_free(hello, alloc);
    hello->state = PST_CLIENT_HELLO_NONE;
}

/* How long the message is, or how much must be there to know. */
static size_t wanted(const pst_client_hello *hello)
{
    const unsigned char *b = hello->bytes;

    if (hello->len < MESSAGE_HEADER) {
        return MESSAGE_HEADER;
    }
    return MESSAGE_HEADER + ((size_t)b[1] << 16 | (size_t)b[2] << 8 | (size_t)b[3]);
}

static bool make_room(pst_client_hello *hello, const postern_allocator *alloc,
                      size_t more)
{
    size_t cap = hello->cap == 0 ? 512 : hello->cap;
    unsigned char *bytes;

    while (cap - hello->len < more) {
        cap *= 2; /* len + more is at most PST_CLIENT_HELLO_MAX */
    }
    if (cap == hello->cap) {
        return true;
    }
    bytes = alloc->resize(alloc->user, hello->bytes, hello->cap, cap);
    if (bytes == NULL) {
        return false;
    }
    hello->bytes = bytes;
    hello->cap = cap;
    return true;
}

/* One byte of a record's header. */
static void take_header(pst_client_hello *hello, const postern_allocator *alloc,
                        unsigned char byte)
{
    const unsigned char *h = hello->header;

    hello->header[hello->header_len++] = byte;
    if (hello->header_len < sizeof hello->header) {
        return;
    }
    hello->header_len = 0;
    hello->record_left = (size_t)h[3] << 8 | (size_t)h[4];
    if (h[0] != RECORD_HANDSHAKE || h[1] != MAJOR_VERSION || hello->record_left == 0) {
        give_up(hello, alloc);
    }
}

/* Up to `len` bytes of a record's payload; `*taken` says how many. */
static bool take_payload(pst_client_hello *hello, const postern_allocator *alloc,
                         const unsigned char *data, size_t len, size_t *taken)
{
    size_t n = wanted(hello) - hello->len;

    n = n < len ? n : len;
    n = n < hello->record_left ? n : hello->record_left;
    *taken = n;
    if (!make_room(hello, alloc, n)) {
        return false;
    }
    memcpy(hello->bytes + hello->len, data, n);
    hello->len += n;
    hello->record_left -= n;
    if (hello->bytes[0] != MESSAGE_CLIENT_HELLO ||
        wanted(hello) > PST_CLIENT_HELLO_MAX) {
        give_up(hello, alloc);
    } else if (hello->len >= MESSAGE_HEADER && hello->len == wanted(hello)) {
        hello->state = PST_CLIENT_HELLO_COMPLETE;
    }
    return true;
}

bool pst_client_hello_feed(pst_client_hello *hello, const postern_allocator *alloc,
                           const unsigned char *data, size_t len)
{
    size_t at = 0;

    while (hello->state == PST_CLIENT_HELLO_READING && at < len) {
        size_t taken = 1;

        if (hello->record_left == 0) {
            take_header(hello, alloc, data[at]);
        } else if (!take_payload(hello, alloc, data + at, len - at, &taken)) {
            return false;
        }
        at += taken;
    }
    return true;
}

postern_str pst_client_hello_message(const pst_client_hello *hello)
{
    postern_str message = {NULL, 0};

    if (hello->state == PST_CLIENT_HELLO_COMPLETE) {
        message.data = (const char *)hello->bytes;
        message.len = hello->len;
    }
    return message;
}

void pst_client_hello_free(pst_client_hello *hello, const postern_allocator *alloc)
{
    pst_tls_free(alloc, hello->bytes, hello->cap);
    *hello = (pst_client_hello){.state = PST_CLIENT_HELLO_NONE};
}
