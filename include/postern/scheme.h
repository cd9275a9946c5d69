/*
 * postern/scheme.h - what can be said: the fields an expression may name, and
 * the options everything made from the scheme shares.
 */
#ifndef POSTERN_SCHEME_H
#define POSTERN_SCHEME_H

#include <postern/options.h>
#include <postern/value.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Fields and options. Reference-counted: whatever is made from a scheme keeps
 *  it alive. After its first use it never changes and any threads share it. */
typedef struct postern_scheme postern_scheme;

/** A field of a scheme, for postern_request_set(). Cheap to copy. */
typedef struct postern_field {
    uint32_t index; /**< place in its scheme; nothing to compute with */
} postern_field;

/**
 * Makes a scheme with every built-in field (`http.*`, `ip.src`, `ssl`,
 * `cf.tls_*`, `cf.tls_client_auth.*`, `postern.*`).
 *
 * @param options copied; NULL means defaults
 * @param out     receives the scheme, given back with postern_scheme_free();
 *                NULL on failure
 * @retval POSTERN_OK, POSTERN_NO_MEMORY
 * @retval POSTERN_INVALID the crypto table is too small to be one
 */
POSTERN_API postern_status postern_scheme_new(const postern_options *options,
                                              postern_scheme **out);

/** Gives the caller's reference back. NULL is fine. */
POSTERN_API void postern_scheme_free(postern_scheme *scheme);

/**
 * Adds a field of the host's own. It is *missing* in a request until
 * postern_request_set() sets it.
 *
 * @param name dotted lower-case name such as "app.tenant"; copied. Prefixes
 *             `cf.`, `http.`, `ip.`, `raw.`, `ssl` and `postern.` are taken.
 * @param out  receives the field; may be NULL
 * @retval POSTERN_OK
 * @retval POSTERN_INVALID   not a name, a taken prefix, or not a type
 * @retval POSTERN_STATE     the scheme has been used already, or the name exists
 * @retval POSTERN_NO_MEMORY nothing changed
 *
 * Not thread-safe: add fields before sharing the scheme.
 */
POSTERN_API postern_status postern_scheme_add_field(postern_scheme *scheme,
                                                    postern_str name, postern_type type,
                                                    postern_field *out);

/**
 * Finds a field by its full name.
 *
 * @param field receives the field; may be NULL
 * @param type  receives its type; may be NULL
 * @retval POSTERN_OK, POSTERN_UNKNOWN_NAME
 */
POSTERN_API postern_status postern_scheme_find_field(const postern_scheme *scheme,
                                                     postern_str name,
                                                     postern_field *field,
                                                     postern_type *type);

/** How many fields `scheme` has, built-in ones included. Thread-safe once the
 *  scheme is shared; constant time. */
POSTERN_API size_t postern_scheme_field_count(const postern_scheme *scheme);

/**
 * Reads field `index`, so that tools can list what an expression may name: the
 * built-in fields come first, the host's own follow in the order they were added.
 *
 * @param name receives the full name, borrowed from the scheme; may be NULL
 * @param type receives the type; may be NULL
 * @return false when there is no such field: nothing is written then
 *
 * Thread-safe once the scheme is shared; constant time.
 */
POSTERN_API bool postern_scheme_field_at(const postern_scheme *scheme, size_t index,
                                         postern_str *name, postern_type *type);

#ifdef __cplusplus
}
#endif

#endif
