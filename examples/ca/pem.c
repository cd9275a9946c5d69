/* pem.c - blocks between lines of dashes; Base64 is mbedTLS's. */
#include "pem.h"

#include <mbedtls/base64.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_MAX = 64, LINE_BYTES = 48 /* 64 characters */ };

/* Where `line` begins a line of `text`, or NULL. */
static const unsigned char *find(ca_bytes text, const char *line)
{
    const size_t len = strlen(line);

    for (size_t at = 0; text.len - at >= len; at++) {
        if ((at == 0 || text.data[at - 1] == '\n') &&
            memcmp(text.data + at, line, len) == 0) {
            return text.data + at;
        }
        if (at == text.len) {
            break;
        }
    }
    return NULL;
}

static ca_bytes after(ca_bytes text, const unsigned char *from)
{
    return (ca_bytes){from, text.len - (size_t)(from - text.data)};
}

const char *ca_pem_decode(ca_bytes text, const char *label, unsigned char **out,
                          size_t *len)
{
    char begin[LABEL_MAX];
    char end[LABEL_MAX];
    const unsigned char *from;
    const unsigned char *to;
    ca_bytes rest;

    *out = NULL;
    *len = 0;
    (void)snprintf(begin, sizeof begin, "-----BEGIN %s-----", label);
    (void)snprintf(end, sizeof end, "-----END %s-----", label);
    from = find(text, begin);
    if (from == NULL) { /* as Windows calls requests */
        (void)snprintf(begin, sizeof begin, "-----BEGIN NEW %s-----", label);
        (void)snprintf(end, sizeof end, "-----END NEW %s-----", label);
        from = find(text, begin);
    }
    if (from == NULL) {
        return "there is no such PEM block";
    }
    rest = after(text, from + strlen(begin));
    to = find(rest, end);
    if (to == NULL) {
        return "the PEM block has no end";
    }
    if (find(after(rest, to), begin) != NULL) {
        return "there is more than one PEM block";
    }
    rest.len = (size_t)(to - rest.data);
    while (rest.len > 0 && (rest.data[0] == '\r' || rest.data[0] == '\n')) {
        rest.data++;
        rest.len--;
    }
    *out = malloc(rest.len + 1);
    if (*out == NULL) {
        return "out of memory";
    }
    if (mbedtls_base64_decode(*out, rest.len + 1, len, rest.data, rest.len) != 0) {
        free(*out);
        *out = NULL;
        return "the PEM block is not Base64";
    }
    return NULL;
}

void ca_pem_encode(ca_bytes der, const char *label, edge_text *out)
{
    unsigned char line[LINE_BYTES / 3 * 4 + 1];
    size_t written;

    edge_text_format(out, "-----BEGIN %s-----\n", label);
    for (size_t at = 0; at < der.len; at += LINE_BYTES) {
        const size_t left = der.len - at;

        if (mbedtls_base64_encode(line, sizeof line, &written, der.data + at,
                                  left < LINE_BYTES ? left : LINE_BYTES) != 0) {
            out->failed = true;
            return;
        }
        edge_text_add(out, (postern_str){(const char *)line, written});
        edge_text_format(out, "\n");
    }
    edge_text_format(out, "-----END %s-----\n", label);
}
