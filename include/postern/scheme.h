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

/** When a field has its value. */
typedef enum postern_phase {
    POSTERN_PHASE_REQUEST = 0,  /**< before the request is answered */
    POSTERN_PHASE_RESPONSE = 1, /**< after: fields of the response besides */
    POSTERN_PHASE_PACKET = 2    /**< network packets: a scheme of their own */
} postern_phase;

/** Who gives a field its value. */
typedef enum postern_source_kind {
    POSTERN_SOURCE_TLS = 1,     /**< the gate, from handshake and connection */
    POSTERN_SOURCE_REQUEST = 2, /**< the library, from the request handed in */
    POSTERN_SOURCE_HOST = 3     /**< the host program, with postern_request_set() */
} postern_source_kind;

/** What is known of a field. Strings live as long as the scheme. */
typedef struct postern_field_info {
    postern_str name;
    postern_type type;
    postern_source_kind source;
    uint32_t phases;  /**< 1 << postern_phase, for each it belongs to */
    bool provided;    /**< the library fills it, or the host declared that it does;
                           `http.request.body.*` too has to be declared */
    bool missing;     /**< without a value it is missing; otherwise it has a default */
    int64_t standard; /**< that default, of an integer; other types: empty or false */
    postern_str successor; /**< a deprecated field: the name to write instead */
} postern_field_info;

/**
 * Makes a scheme with every built-in field: Cloudflare's documented ones of all
 * phases, and `postern.*`.
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
 * @param name dotted lower-case name such as "app.tenant"; copied. Operators
 *             and the prefixes of built-in fields (`cf.`, `http.`, `ip.`, `raw.`,
 *             `ssl.`, `postern.`) are taken, and names
 *             that read as hex bytes, such as "ab.cd".
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
 * Finds a field by its full name. A deprecated name finds its successor.
 *
 * @param field receives the field; may be NULL
 * @param type  receives its type; may be NULL
 * @retval POSTERN_OK, POSTERN_UNKNOWN_NAME
 */
POSTERN_API postern_status postern_scheme_find_field(const postern_scheme *scheme,
                                                     postern_str name,
                                                     postern_field *field,
                                                     postern_type *type);

/** How many names `scheme` has, built-in fields and their deprecated names included.
 *  Thread-safe once the scheme is shared; constant time. */
POSTERN_API size_t postern_scheme_field_count(const postern_scheme *scheme);

/**
 * Reads name `index`, so that tools can list what an expression may name: the built-in
 * fields come first, then their deprecated names, then the host's own in the order they
 * were added.
 *
 * @param name receives the full name, borrowed from the scheme; may be NULL
 * @param type receives the type; may be NULL
 * @return false when there is no such field: nothing is written then
 *
 * Thread-safe once the scheme is shared; constant time.
 */
POSTERN_API bool postern_scheme_field_at(const postern_scheme *scheme, size_t index,
                                         postern_str *name, postern_type *type);

/** The same, all that is known. @return false, nothing written, past the last field */
POSTERN_API bool postern_scheme_field_info(const postern_scheme *scheme, size_t index,
                                           postern_field_info *info);

/**
 * Declares that the host program will set an external field (source HOST): policies
 * refuse rules that read an external field nobody provides. To declare one of
 * `http.request.body.*` declares them all: the host hands in bodies, with
 * postern_request_set_body().
 *
 * @param name a field's full name, or "*" for all external fields (tools and tests)
 * @retval POSTERN_OK           also when the library fills the field itself
 * @retval POSTERN_UNKNOWN_NAME no such field
 * @retval POSTERN_STATE        the scheme has been used already
 *
 * Not thread-safe: declare before sharing the scheme. The host's own fields
 * (postern_scheme_add_field) are provided by themselves.
 */
POSTERN_API postern_status postern_scheme_provide(postern_scheme *scheme,
                                                  postern_str name);

/** What the language calls a phase: "request", "response" or "packet". Never NULL. */
POSTERN_API const char *postern_phase_text(postern_phase phase);

#ifdef __cplusplus
}
#endif

#endif
