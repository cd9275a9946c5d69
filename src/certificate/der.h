/*
 * certificate/der.h - strict DER: tags, lengths, integers, times.
 *
 * A slice of input is its own cursor: each call takes one element off the front
 * of `rest`. Only DER is read (X.690): definite lengths in their shortest form,
 * tag numbers below 31. Nothing is allocated, nothing recurses, nothing is
 * guessed; a call that returns false leaves `rest` where it was.
 */
#ifndef PST_CERTIFICATE_DER_H
#define PST_CERTIFICATE_DER_H

#include <postern/base.h>

enum {
    PST_DER_BOOLEAN = 0x01,
    PST_DER_INTEGER = 0x02,
    PST_DER_BIT_STRING = 0x03,
    PST_DER_OCTET_STRING = 0x04,
    PST_DER_NULL = 0x05,
    PST_DER_OID = 0x06,
    PST_DER_ENUMERATED = 0x0a,
    PST_DER_UTC_TIME = 0x17,
    PST_DER_GENERALIZED_TIME = 0x18,
    PST_DER_SEQUENCE = 0x30,
    PST_DER_SET = 0x31
};

/** The context tag [number], of a primitive or of a constructed element. */
#define PST_DER_CONTEXT(number) (0x80U | (number))
#define PST_DER_CONTEXT_MADE(number) (0xa0U | (number))

/** One element. */
typedef struct pst_tlv {
    unsigned tag;
    postern_str value; /* the contents */
    postern_str whole; /* tag, length and contents */
} pst_tlv;

/** Byte `i` of `text` as a number. */
static inline unsigned pst_octet(postern_str text, size_t i)
{
    return (unsigned char)text.data[i];
}

/** Takes the next element, whatever its tag. */
bool pst_der_next(postern_str *rest, pst_tlv *out);

/** Takes the next element if its tag is `tag`. */
bool pst_der_take(postern_str *rest, unsigned tag, postern_str *value);

/** The same, with its tag and length in `*whole`. */
bool pst_der_take_whole(postern_str *rest, unsigned tag, postern_str *whole);

/** True when an element with `tag` comes next (it may still be broken). */
bool pst_der_ahead(postern_str rest, unsigned tag);

/** Takes an INTEGER in its shortest form; `*value` is its two's complement. */
bool pst_der_take_integer(postern_str *rest, postern_str *value);

/** Takes an INTEGER from 0 to `max`. */
bool pst_der_take_small(postern_str *rest, unsigned max, unsigned *value);

/** Takes a BOOLEAN; TRUE is 0xff only. */
bool pst_der_take_bool(postern_str *rest, bool *value);

/** Takes an OBJECT IDENTIFIER whose arcs are all in their shortest form. */
bool pst_der_take_oid(postern_str *rest, postern_str *value);

/** Takes a BIT STRING; its unused bits must be zero and are counted. */
bool pst_der_take_bits(postern_str *rest, postern_str *bytes, unsigned *unused);

/** True when a UTCTime or GeneralizedTime comes next. */
bool pst_der_time_ahead(postern_str rest);

/** Takes a time as RFC 5280 section 4.1.2.5 wants it (seconds and Z), years 1950
 *  to 9999, as Unix seconds. */
bool pst_der_take_time(postern_str *rest, int64_t *seconds);

/** A moment as a calendar shows it. */
typedef struct pst_date {
    unsigned year, month, day, hour, minute, second;
} pst_date;

/** The calendar date of `seconds`, which pst_der_take_time() gave. */
pst_date pst_date_of(int64_t seconds);

#endif
