/*
 * index.h - what was issued and what was revoked: a text that people can read and this
 * program alone writes.
 *
 *   postern-ca index 1
 *   crl-number 2
 *   crl-days 30
 *   entries 1
 *   # headings
 *   SERIAL NOT-AFTER REVOKED REASON SUBJECT     one line each, "-" for none
 *
 * The subject is the rest of the line, as name.h prints it. A line too few would be a
 * revocation forgotten, so they are counted, and whatever is not exactly as it would be
 * printed is damage.
 */
#ifndef CA_INDEX_H
#define CA_INDEX_H

#include "../edge/text.h"
#include "der.h"
#include "problem.h"

enum { CA_SERIAL_BYTES = 20, CA_CRL_DAYS = 30 };

typedef enum ca_reason {
    CA_UNSPECIFIED = 0,
    CA_KEY_COMPROMISE = 1,
    CA_AFFILIATION_CHANGED = 3,
    CA_SUPERSEDED = 4,
    CA_CESSATION_OF_OPERATION = 5,
    CA_PRIVILEGE_WITHDRAWN = 9
} ca_reason;

/** Finds the reason RFC 5280 calls so. */
bool ca_reason_parse(const char *text, ca_reason *out);
const char *ca_reason_name(ca_reason reason);

/** The names of all reasons, for help and hints. */
#define CA_REASONS                                                 \
    "unspecified, keyCompromise, affiliationChanged, superseded, " \
    "cessationOfOperation, privilegeWithdrawn"

typedef struct ca_entry {
    unsigned char serial[CA_SERIAL_BYTES];
    bool revoked;
    ca_reason reason;   /**< when revoked */
    int64_t not_after;  /**< seconds since 1970 */
    int64_t revoked_at; /**< when revoked */
    postern_str subject;
} ca_entry;

/** The last number a CRL can have: what fits in 18 digits. */
#define CA_CRL_NUMBER_LAST UINT64_C(999999999999999999)

/** Zeroed: empty. Freed with ca_index_free(). */
typedef struct ca_index {
    uint64_t crl_number; /**< of the newest CRL */
    int64_t crl_days;    /**< how long a CRL is good for when nobody says */
    ca_entry *entries;
    size_t count;
    size_t cap;
} ca_index;

/** Reads the text, which must outlive `out`.
 *  @param place the file, for messages, which add the line */
bool ca_index_parse(postern_str text, const char *place, ca_index *out,
                    ca_problem *problem);

/** Adds the text of the index to `out`. */
void ca_index_print(const ca_index *index, edge_text *out);

/** True when a text of `len` bytes can grow by an entry with a subject of so many bytes,
 *  and still be read. What is revoked in it, and larger numbers, always have room. */
bool ca_index_has_room(size_t len, size_t subject_len);

/** Adds an entry. Its subject is borrowed. */
bool ca_index_add(ca_index *index, const ca_entry *entry, ca_problem *problem);

/** The entry with this serial number, or NULL. */
ca_entry *ca_index_find(const ca_index *index,
                        const unsigned char serial[CA_SERIAL_BYTES]);

void ca_index_free(ca_index *index);

enum { CA_SERIAL_TEXT = 2 * CA_SERIAL_BYTES + 1 };

/** Upper-case hexadecimal digits, as OpenSSL prints them. */
void ca_serial_print(const unsigned char serial[CA_SERIAL_BYTES],
                     char out[CA_SERIAL_TEXT]);

/** Reads hexadecimal digits of either case, with or without colons. */
bool ca_serial_parse(const char *text, unsigned char out[CA_SERIAL_BYTES]);

#endif
