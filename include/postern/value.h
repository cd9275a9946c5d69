/*
 * postern/value.h - the types of the language and values of them, as they
 * cross the border between a host program and the library.
 *
 * Semantics: Cloudflare's Rules language. Strings are bytes, integers are 64-bit
 * signed, IP addresses are IPv4 or IPv6. "Missing" is not a value: it is the
 * state of a field that was never set.
 */
#ifndef POSTERN_VALUE_H
#define POSTERN_VALUE_H

#include <postern/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The outermost kind of a type. */
typedef enum postern_kind {
    POSTERN_KIND_NONE = 0, /**< not a type */
    POSTERN_KIND_BOOL = 1,
    POSTERN_KIND_INT = 2,
    POSTERN_KIND_STRING = 3,
    POSTERN_KIND_IP = 4,
    POSTERN_KIND_ARRAY = 5,
    POSTERN_KIND_MAP = 6 /**< keys are always strings */
} postern_kind;

/** A type: kinds packed from the outside in, four bits each. Build nested ones
 *  with POSTERN_ARRAY_OF and POSTERN_MAP_OF, at most seven deep. */
typedef uint32_t postern_type;

#define POSTERN_BOOL ((postern_type)1)
#define POSTERN_INT ((postern_type)2)
#define POSTERN_STRING ((postern_type)3)
#define POSTERN_IP ((postern_type)4)
#define POSTERN_ARRAY_OF(element) (((postern_type)(element) << 4) | 5U)
#define POSTERN_MAP_OF(element) (((postern_type)(element) << 4) | 6U)

/** The outermost kind of `type`. */
static inline postern_kind postern_type_kind(postern_type type)
{
    return (postern_kind)(type & 15U);
}

/** What an array or map of `type` holds; 0 for other types. */
static inline postern_type postern_type_element(postern_type type)
{
    return type >> 4;
}

/** Writes the name of `type` as the language's documentation spells it, such as
 *  "Map<Array<String>>". @return as snprintf */
POSTERN_API size_t postern_type_name(postern_type type, char *buf, size_t cap);

/** An IP address. Zeroed: no address. */
typedef struct postern_address {
    uint8_t family;    /**< 4, 6, or 0 for none */
    uint8_t bytes[16]; /**< network order; IPv4 uses the first four */
} postern_address;

/**
 * Reads an address: four decimal parts without leading zeros, or RFC 4291 text
 * without a zone. An IPv4-mapped IPv6 address is unmapped.
 *
 * @param out untouched on failure
 * @return false when `text` is not exactly one address
 */
POSTERN_API bool postern_address_parse(postern_str text, postern_address *out);

/** Writes `address` as text (IPv6 as RFC 5952). 46 bytes always suffice.
 *  @return as snprintf; 0 for no address */
POSTERN_API size_t postern_address_format(const postern_address *address, char *buf,
                                          size_t cap);

struct postern_entry;

/** A value a host hands in. All memory is borrowed. */
typedef struct postern_value {
    postern_type type;
    union {
        bool boolean;
        int64_t integer;
        postern_str string;
        postern_address address;
        struct {
            const struct postern_value *items; /**< all of the element type */
            size_t count;
        } array;
        struct {
            const struct postern_entry *entries; /**< a later equal key is ignored */
            size_t count;
        } map;
    } as;
} postern_value;

/** One entry of a map. */
typedef struct postern_entry {
    postern_str key;
    postern_value value;
} postern_entry;

#ifdef __cplusplus
}
#endif

#endif
