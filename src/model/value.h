/*
 * model/value.h - values as the machine holds them: 16 bytes, without a tag.
 *
 * The compiler knows every type, so a value carries none. An IP address is one
 * 128-bit number; IPv4 lives in the IPv4-mapped block, which no IPv6 address can
 * occupy here because mapped addresses are unmapped at the border.
 */
#ifndef PST_MODEL_VALUE_H
#define PST_MODEL_VALUE_H

#include "support/arena.h"

#include <postern/value.h>

typedef struct pst_ip {
    uint64_t high;
    uint64_t low;
} pst_ip;

union pst_value;
struct pst_entry;

typedef struct pst_array {
    const union pst_value *items;
    size_t count;
} pst_array;

typedef struct pst_map {
    const struct pst_entry *entries; /* in the order of their keys, each key once */
    size_t count;
} pst_map;

typedef union pst_value {
    bool boolean;
    int64_t integer;
    postern_str string;
    pst_ip ip;
    pst_array array;
    pst_map map;
} pst_value;

typedef struct pst_entry {
    postern_str key;
    pst_value value;
} pst_entry;

static inline bool pst_ip_is_v4(pst_ip ip)
{
    return ip.high == 0 && ip.low >> 32 == 0xffffU;
}

/** <0, 0, >0 in numeric order. */
static inline int pst_ip_order(pst_ip a, pst_ip b)
{
    if (a.high != b.high) {
        return a.high < b.high ? -1 : 1;
    }
    return (a.low > b.low) - (a.low < b.low);
}

/** False for family 0 or an unknown one; a mapped address is unmapped. */
bool pst_ip_from_address(const postern_address *address, pst_ip *out);
postern_address pst_ip_to_address(pst_ip ip);

/** How pst_ip_parse() reads a mapped address. */
typedef enum pst_mapped { PST_MAPPED_UNMAP, PST_MAPPED_REFUSE } pst_mapped;

/** As postern_address_parse(). */
bool pst_ip_parse(postern_str text, pst_mapped mapped, pst_ip *out);

/** True when `type` is one the language has, at most seven kinds deep. */
bool pst_type_valid(postern_type type);

/** The value of `map` under `key`, or NULL. */
const pst_value *pst_map_find(pst_map map, postern_str key);

/** Where values go that a host reads, and which text does not live as long. */
typedef struct pst_export {
    pst_arena *arena;
    const pst_arena *constants; /* of the expression */
    const pst_arena *run;       /* of its run */
} pst_export;

/** `value` of `type` as hosts read it; arrays, maps and text that does not live as long
 *  are copied, other text is borrowed. @return POSTERN_OK, or the arena's failure */
postern_status pst_value_export(const pst_export *to, const pst_value *value,
                                postern_type type, postern_value *out);

#endif
