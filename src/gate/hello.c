#include "gate/hello.h"

#include "support/base64.h"
#include "support/text.h"

/* A read that runs past the end leaves the reader broken and gives zeros. */
typedef struct reader {
    const unsigned char *at;
    size_t left;
    bool broken;
} reader;

static postern_str take(reader *r, size_t count)
{
    const postern_str taken = {(const char *)r->at, count};

    if (r->broken || count > r->left) {
        r->broken = true;
        return (postern_str){NULL, 0};
    }
    r->at += count;
    r->left -= count;
    return taken;
}

static size_t take_number(reader *r, size_t bytes)
{
    const postern_str taken = take(r, bytes);
    size_t number = 0;

    for (size_t i = 0; i < taken.len; i++) {
        number = number << 8 | (unsigned char)taken.data[i];
    }
    return number;
}

typedef struct lists {
    postern_str random;
    postern_str ciphers;
    postern_str extensions; /* whole, types and contents */
} lists;

/* A list of types and contents with nothing left over. */
static bool are_extensions(postern_str extensions)
{
    reader r = {(const unsigned char *)extensions.data, extensions.len, false};

    while (r.left > 0 && !r.broken) {
        (void)take(&r, 2);
        (void)take(&r, take_number(&r, 2));
    }
    return !r.broken;
}

/* RFC 8446 4.1.2 */
static bool read_message(postern_str message, lists *out)
{
    reader r = {(const unsigned char *)message.data, message.len, false};
    const size_t type = take_number(&r, 1);
    const size_t length = take_number(&r, 3);

    if (r.broken || type != 1 || length != r.left) {
        return false;
    }
    (void)take(&r, 2); /* legacy_version */
    out->random = take(&r, 32);
    (void)take(&r, take_number(&r, 1)); /* session id */
    out->ciphers = take(&r, take_number(&r, 2));
    (void)take(&r, take_number(&r, 1)); /* compression */
    out->extensions = (postern_str){NULL, 0};
    if (!r.broken && r.left > 0) {
        out->extensions = take(&r, take_number(&r, 2));
    }
    return !r.broken && r.left == 0 && out->ciphers.len % 2 == 0 &&
           are_extensions(out->extensions);
}

/* Writes the types of all extensions of a good list to `types`; returns their
 * bytes. */
static size_t extension_types(postern_str extensions, unsigned char *types,
                              bool swapped)
{
    reader r = {(const unsigned char *)extensions.data, extensions.len, false};
    size_t len = 0;

    while (r.left > 0) {
        const postern_str type = take(&r, 2);
        (void)take(&r, take_number(&r, 2));
        if (r.broken || type.data == NULL) {
            return 0; /* not a good list after all */
        }
        types[len++] = (unsigned char)type.data[swapped];
        types[len++] = (unsigned char)type.data[!swapped];
    }
    return len;
}

static postern_status encode(pst_arena *arena, postern_str bytes, postern_str *out)
{
    const size_t len = pst_base64_length(bytes.len);
    char *text = pst_arena_alloc(arena, len + 1);
    pst_writer writer = {text, len + 1, 0};

    if (text == NULL) {
        return arena->status;
    }
    pst_base64_write(&writer, bytes);
    *out = (postern_str){text, len};
    return POSTERN_OK;
}

static postern_status hash(pst_arena *arena, const postern_crypto *crypto,
                           postern_str bytes, postern_str *out)
{
    unsigned char digest[POSTERN_SHA1];
    const postern_status status =
        crypto->digest(crypto->context, POSTERN_SHA1, bytes.data, bytes.len, digest);

    if (status != POSTERN_OK) {
        return POSTERN_CRYPTO;
    }
    return encode(arena, (postern_str){(const char *)digest, sizeof digest}, out);
}

static postern_status hash_extensions(pst_arena *arena, const postern_crypto *crypto,
                                      postern_str extensions, bool swapped,
                                      postern_str *out)
{
    unsigned char *types = pst_arena_alloc(arena, extensions.len / 2 + 2);
    size_t len;

    if (types == NULL) {
        return arena->status;
    }
    len = extension_types(extensions, types, swapped);
    return hash(arena, crypto, (postern_str){(const char *)types, len}, out);
}

postern_status pst_hello_read(pst_arena *arena, const postern_crypto *crypto,
                              postern_str message, pst_hello *out)
{
    lists found;
    postern_status status;

    *out = (pst_hello){.length = 0};
    if (message.len == 0 || crypto == NULL || !read_message(message, &found)) {
        return POSTERN_OK;
    }
    status = encode(arena, found.random, &out->random);
    if (status == POSTERN_OK) {
        status = hash(arena, crypto, found.ciphers, &out->ciphers_sha1);
    }
    if (status == POSTERN_OK) {
        status = hash_extensions(arena, crypto, found.extensions, false,
                                 &out->extensions_sha1);
    }
    if (status == POSTERN_OK) {
        status = hash_extensions(arena, crypto, found.extensions, true,
                                 &out->extensions_sha1_le);
    }
    out->length = message.len;
    return status;
}
