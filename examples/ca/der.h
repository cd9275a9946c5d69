/*
 * der.h - reads and writes DER, and knows nothing of what it means.
 *
 * Reading borrows: pieces point into what was given. Writing goes from the end to the
 * beginning, because a length stands before what it counts: whatever is added lands in
 * front of everything that is there, so the last field of a structure is written first.
 */
#ifndef CA_DER_H
#define CA_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Bytes that somebody else owns. */
typedef struct ca_bytes {
    const unsigned char *data;
    size_t len;
} ca_bytes;

/** The bytes of a string literal, without the NUL at its end; the second form is for
 *  initialisers of static objects. */
#define CA_BYTES(literal) ((ca_bytes)CA_BYTES_INIT(literal))
#define CA_BYTES_INIT(literal)                                \
    {                                                         \
        (const unsigned char *)(literal), sizeof(literal) - 1 \
    }

/** The bytes of a text that ends in a NUL. */
ca_bytes ca_bytes_of(const char *text);

bool ca_bytes_same(ca_bytes a, ca_bytes b);

enum {
    CA_DER_BOOLEAN = 0x01,
    CA_DER_INTEGER = 0x02,
    CA_DER_BIT_STRING = 0x03,
    CA_DER_OCTET_STRING = 0x04,
    CA_DER_OID = 0x06,
    CA_DER_ENUMERATED = 0x0a,
    CA_DER_UTF8_STRING = 0x0c,
    CA_DER_PRINTABLE_STRING = 0x13,
    CA_DER_T61_STRING = 0x14,
    CA_DER_IA5_STRING = 0x16,
    CA_DER_UTC_TIME = 0x17,
    CA_DER_GENERALIZED_TIME = 0x18,
    CA_DER_SEQUENCE = 0x30,
    CA_DER_SET = 0x31,
    CA_DER_CONTEXT = 0x80,      /* plus its number */
    CA_DER_CONTEXT_MADE = 0xa0, /* the same of several parts */
};

/* --- reading ------------------------------------------------------------------ */

typedef struct ca_tlv {
    unsigned char tag;
    ca_bytes contents;
    ca_bytes whole; /**< with tag and length */
} ca_tlv;

/** Takes the next value off the front of `from`. @return false when there is none, or
 *  it is not DER (indefinite or overlong lengths, long tags); `from` is untouched then */
bool ca_der_next(ca_bytes *from, ca_tlv *out);

/** The same, for a value that must have this tag. `from` must not be in `out`. */
bool ca_der_take(ca_bytes *from, unsigned char tag, ca_tlv *out);

/** Takes a UTCTime or GeneralizedTime as RFC 5280 wants it: seconds, and "Z".
 *  @param out seconds since 1970 */
bool ca_der_take_time(ca_bytes *from, int64_t *out);

/* --- writing ------------------------------------------------------------------ */

/** Zeroed: empty. Freed with ca_der_free(). The bytes written are the last `len` of
 *  the buffer. Lack of memory is remembered, and asked for at the end. */
typedef struct ca_der {
    unsigned char *data;
    size_t cap;
    size_t len;
    bool failed; /**< something is missing: the bytes must not be used */
} ca_der;

void ca_der_free(ca_der *der);

/** What was written. Borrowed, until the next byte is added. */
ca_bytes ca_der_bytes(const ca_der *der);

/** Adds bytes as they are. They must not be in `der` itself. */
void ca_der_add(ca_der *der, ca_bytes piece);

/** Makes one value of everything added since `der->len` was `since`. */
void ca_der_close(ca_der *der, unsigned char tag, size_t since);

/** Adds a value. */
void ca_der_put(ca_der *der, unsigned char tag, ca_bytes contents);

/** Adds an INTEGER that is not negative: from a number, or from its octets, most
 *  significant first. */
void ca_der_put_number(ca_der *der, uint64_t number);
void ca_der_put_unsigned(ca_der *der, ca_bytes octets);

/** Adds a BIT STRING of whole octets. */
void ca_der_put_bits(ca_der *der, ca_bytes octets);

/** Adds a time: UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5). A
 *  second that no calendar of four digits has makes the writer fail. */
void ca_der_put_time(ca_der *der, int64_t seconds);

#endif
