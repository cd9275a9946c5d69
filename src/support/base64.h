/*
 * support/base64.h - RFC 4648 section 4: strict decoding for PEM, encoding for
 * RFC 9440.
 */
#ifndef PST_SUPPORT_BASE64_H
#define PST_SUPPORT_BASE64_H

#include "support/text.h"

/** Bytes that `len` characters can decode to, at most. */
static inline size_t pst_base64_room(size_t len)
{
    return len / 4 * 3 + 3;
}

/**
 * Decodes `text`, in which line ends (LF, CR LF) and spaces or tabs before them are
 * skipped. Padding must be there, the bits it covers zero.
 *
 * @param out room for pst_base64_room(text.len) bytes
 * @return false when anything else is met
 */
bool pst_base64_decode(postern_str text, unsigned char *out, size_t *len);

/** Characters that `len` bytes are encoded to. */
size_t pst_base64_length(size_t len);

/** Writes `bytes` on one line, padded. */
void pst_base64_write(pst_writer *out, postern_str bytes);

#endif
