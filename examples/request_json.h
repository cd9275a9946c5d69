/*
 * request_json.h - a request for tests and experiments, written as one JSON object:
 *
 *   {"method": "GET", "url": "https://service.example.com/a?b=1",
 *    "version": "HTTP/1.1", "headers": [["user-agent", "curl/8"]],
 *    "ip": "203.0.113.9", "listener": "public", "body": "a=b",
 *    "time": "2026-11-20T12:00:00Z",
 *    "fields": {"cf.tls_client_auth.cert_verified": true}}
 *
 * Every part is optional; a key that is not one of these is refused.
 *
 *   method, version  GET and HTTP/1.1 unless they say otherwise
 *   url      a path, or absolute: then it names the host if no header does, and
 *            https sets the field ssl
 *   headers  a list of [name, value], or an object of name: value or [value, ..]
 *   body     a string, or {"hex": "6a0f"} for any bytes
 *   ip       sets ip.src and postern.ip.peer
 *   time     RFC 3339; what the clock shows
 *   fields   any field by name; stronger than all of the above
 *
 * Without method, url, version and headers the request has no head at all: its
 * fields are what the rest says, and empty otherwise. A `client_certificate` is
 * refused: only a gate judges one, and this fills requests for no gate.
 */
#ifndef EXAMPLE_REQUEST_JSON_H
#define EXAMPLE_REQUEST_JSON_H

#include "source.h"

#include <postern/request.h>

/** A clock for postern_options: the system's until a request sets it. Zeroed: the
 *  system's. */
typedef struct request_clock {
    bool set;
    int64_t now; /* milliseconds since 1970 */
} request_clock;

/** For postern_options.clock; `user` is a request_clock. */
int64_t request_clock_read(void *user);

/**
 * Reads `text` and fills `request` from it.
 *
 * @param scheme  the one of `request`
 * @param request made by postern_request_new_simulated(); what it held is forgotten
 * @param clock   set or unset by the request's `time`
 * @param memory  receives all that `request` borrows from: source_free() it once the
 *                request was filled anew, reset or freed; also after a failure
 * @return false with memory->error set
 */
bool request_json_fill(postern_str text, const postern_scheme *scheme,
                       postern_request *request, request_clock *clock, source *memory);

#endif
