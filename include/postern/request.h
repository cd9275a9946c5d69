/*
 * postern/request.h - one HTTP request, as rules see it.
 *
 * A request is filled by reference: the strings handed in must stay valid until
 * the next postern_request_begin(), or until the request is freed. It is used by
 * one thread at a time and is meant to be reused: after a few requests its
 * memory is warm and nothing is allocated any more.
 *
 *   postern_request_begin() -> postern_request_add_header() * n -> evaluate
 *
 * The first evaluation seals the request. Setting anything afterwards answers
 * POSTERN_STATE and poisons the request: every later evaluation of it is a
 * fault, until the next begin. The same holds after any call here that failed: a
 * half-filled request never decides anything.
 */
#ifndef POSTERN_REQUEST_H
#define POSTERN_REQUEST_H

#include <postern/connection.h>
#include <postern/scheme.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct postern_request postern_request;

/**
 * Makes a request for use with real connections. Fields that the library derives
 * itself (`cf.tls_client_auth.*`, `http.host`, ...) cannot be set on it.
 *
 * @param out receives the request, freed with postern_request_free(); NULL on
 *            failure
 * @retval POSTERN_OK, POSTERN_NO_MEMORY
 */
POSTERN_API postern_status postern_request_new(const postern_scheme *scheme,
                                               postern_request **out);

/**
 * Makes a request for rule tests and experiments: every field can be set by
 * name, no connection is needed, and postern_gate_evaluate() refuses it.
 * Arguments and outcomes as postern_request_new().
 */
POSTERN_API postern_status postern_request_new_simulated(const postern_scheme *scheme,
                                                         postern_request **out);

/** Frees `request`. NULL is fine. */
POSTERN_API void postern_request_free(postern_request *request);

/**
 * Forgets the previous request and starts another.
 *
 * @param connection what the request arrived on; must outlive its evaluation.
 *                   NULL only for bare filters and simulated requests.
 * @param method     such as "GET"
 * @param target     the request target as received: origin form ("/a?b"),
 *                   absolute form ("https://host/a") or "*"
 * @param version    "HTTP/1.0", "HTTP/1.1", "HTTP/2" or "HTTP/3"
 * @retval POSTERN_OK
 * @retval POSTERN_STATE a simulated request was given a connection; poisoned
 *
 * All strings are borrowed until the next begin. Whether the head is acceptable
 * is decided when the request is evaluated.
 */
POSTERN_API postern_status postern_request_begin(postern_request *request,
                                                 postern_connection *connection,
                                                 postern_str method, postern_str target,
                                                 postern_str version);

/**
 * Forgets the previous request without starting another: fields of a simulated
 * request can be set afresh. postern_request_begin() does this by itself.
 */
POSTERN_API void postern_request_reset(postern_request *request);

/**
 * Adds one header line, in the order received.
 *
 * @param name  as received, any case; borrowed
 * @param value without surrounding blanks; any bytes; borrowed
 * @retval POSTERN_OK
 * @retval POSTERN_STATE     not begun, or sealed already; poisoned
 * @retval POSTERN_INVALID   the name is empty or not a token; poisoned
 * @retval POSTERN_LIMIT     more than limits.headers; poisoned
 * @retval POSTERN_NO_MEMORY poisoned
 */
POSTERN_API postern_status postern_request_add_header(postern_request *request,
                                                      postern_str name,
                                                      postern_str value);

/**
 * Hands the body in, or as much of it as the host buffers: what
 * `http.request.body.*` is made of. Form fields are read from what there is: of a
 * truncated body the last one may be cut, and those behind it are missing.
 *
 * @param body      borrowed
 * @param size      bytes of the whole body, at least body.len; when more, `body`
 *                  counts as truncated
 * @param truncated `body` is only its beginning, and `size` a lower bound
 * @retval POSTERN_OK
 * @retval POSTERN_STATE   not begun, or sealed already; poisoned
 * @retval POSTERN_INVALID size below body.len, or over INT64_MAX; poisoned
 */
POSTERN_API postern_status postern_request_set_body(postern_request *request,
                                                    postern_str body, uint64_t size,
                                                    bool truncated);

/**
 * Sets a field. A real request takes the host's own fields, external ones
 * (bot scores, countries...) and `ip.src` (the visitor's address, when a trusted proxy
 * reported it); a simulated request takes any field.
 *
 * @param value of the field's type; text and bytes are borrowed, arrays and maps
 *              are copied. An IPv4-mapped address is unmapped.
 * @retval POSTERN_OK
 * @retval POSTERN_TYPE      not the field's type; poisoned
 * @retval POSTERN_STATE     sealed, or a field the library derives; poisoned
 * @retval POSTERN_NO_MEMORY, POSTERN_LIMIT poisoned
 */
POSTERN_API postern_status postern_request_set(postern_request *request,
                                               postern_field field,
                                               const postern_value *value);

#ifdef __cplusplus
}
#endif

#endif
