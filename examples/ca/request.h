/*
 * request.h - certificate requests (PKCS #10, RFC 2986): somebody names a key and
 * proves to have it.
 */
#ifndef CA_REQUEST_H
#define CA_REQUEST_H

#include "der.h"
#include "problem.h"

enum { CA_REQUEST_MAX = 65536 };

/** Pieces of a request, which they borrow; both have their tags. */
typedef struct ca_request {
    ca_bytes subject;
    ca_bytes spki;
    bool has_attributes; /**< it asks for extensions or more, which is ignored */
} ca_request;

/**
 * Reads a request and checks it: DER, a subject, a key of the profile (spki.h), and the
 * signature by that key, with RSA (PKCS #1) or ECDSA and SHA-2.
 *
 * @param place the file, for messages
 */
bool ca_request_read(ca_bytes der, const char *place, ca_request *out,
                     ca_problem *problem);

#endif
