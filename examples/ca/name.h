/*
 * name.h - distinguished names, as people write them and as certificates hold them.
 *
 * The text form is that of RFC 4514, most specific part first: "CN=alice,O=Example".
 * Rules see it the same way in cf.tls_client_auth.cert_subject_dn.
 */
#ifndef CA_NAME_H
#define CA_NAME_H

#include "../edge/text.h"
#include "der.h"
#include "problem.h"

/** An attribute type that has a name in text. */
typedef struct ca_attribute {
    const char *type;
    const char *oid;   /**< contents of the OBJECT IDENTIFIER; none has a NUL in it */
    unsigned char tag; /**< of a value that is written */
    size_t limit;      /**< in characters (RFC 5280, appendix A) */
} ca_attribute;

enum { CA_ATTRIBUTES = 10 };
extern const ca_attribute ca_attributes[CA_ATTRIBUTES];

/** Adds the Name that `text` spells. `,` and `+` part, and `\` makes the next character
 *  (or the byte of two hexadecimal digits) a part of the value.
 *  @param option named as the place of a problem */
bool ca_name_parse(const char *text, const char *option, ca_der *out,
                   ca_problem *problem);

/** Counts the characters of UTF-8, shortest form only; -1 when it is none. */
int64_t ca_name_characters(ca_bytes text);

/** True when `name` is exactly one Name with at least one attribute, and what says to be
 *  UTF-8 in it is. */
bool ca_name_check(ca_bytes name);

/** Adds the text of a Name that was checked: printable ASCII, whatever is in it. */
void ca_name_print(ca_bytes name, edge_text *out);

#endif
