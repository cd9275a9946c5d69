/*
 * requests.h - the requests a page names, written for people:
 *
 *   ada    POST https://shop.example/cart?id=7 HTTP/2
 *          x-role: ops
 *          ip.src = 203.0.113.9
 *          cf.tls_client_auth.cert_verified = true
 *
 * A name, method and url (and version) start a request; below it stand its headers and
 * the fields it sets, each a line that is indented. Values of fields are JSON, but
 * addresses go without quotes. A name alone is a request of nothing but fields.
 */
#ifndef PAGES_REQUESTS_H
#define PAGES_REQUESTS_H

#include "../../examples/request_json.h"

enum { REQUESTS_MAX = 48, REQUEST_BYTES = 8192 };

typedef struct named_request {
    postern_str name; /* borrowed from the page */
    char *json;       /* as request_json.h reads it */
    bool used;
} named_request;

typedef struct requests {
    named_request all[REQUESTS_MAX];
    size_t count;
} requests;

/** Reads a block. A name that exists already is an error. @return false with `problem`,
 *  one line of `cap` bytes, set */
bool requests_read(requests *out, const postern_scheme *scheme, postern_str block,
                   char *problem, size_t cap);

/** Finds a request and marks it as used; NULL: there is none. */
const named_request *requests_find(requests *from, postern_str name);

void requests_free(requests *from);

#endif
