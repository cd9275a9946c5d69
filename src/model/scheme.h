/*
 * model/scheme.h - the table of fields and the options behind the public handle.
 *
 * Built-in fields come from fields.def and sit at their enumerator's index; the
 * host's own follow. Frozen at first use, shared by reference count.
 */
#ifndef PST_MODEL_SCHEME_H
#define PST_MODEL_SCHEME_H

#include <postern/scheme.h>

#include <stdatomic.h>

typedef enum pst_field_id {
#define FIELD(id, name, type, origin, absent) PST_FIELD_##id,
#include "model/fields.def"
#undef FIELD
    PST_FIELD_BUILTIN_COUNT,
    PST_FIELD_CONNECTION_COUNT = PST_FIELD_POSTERN_CERT_KEY_SHA256 + 1
} pst_field_id;

typedef enum pst_origin {
    PST_ORIGIN_CONNECTION,
    PST_ORIGIN_HEAD,
    PST_ORIGIN_LAZY,
    PST_ORIGIN_SUPPLIED
} pst_origin;

typedef enum pst_absent { PST_ABSENT_EMPTY, PST_ABSENT_MISSING } pst_absent;

typedef struct pst_field_info {
    postern_str name;
    postern_type type;
    uint8_t origin; /* pst_origin */
    uint8_t absent; /* pst_absent */
} pst_field_info;

/** State of a slot of a request. Bit 0: it has a value. */
typedef enum pst_slot_state {
    PST_SLOT_UNKNOWN = 0, /* not computed yet */
    PST_SLOT_PRESENT = 1,
    PST_SLOT_MISSING = 2,
    PST_SLOT_SET = 3 /* present, and put there by the host: never derived over */
} pst_slot_state;

struct postern_scheme {
    postern_options options; /* limits filled in, allocator and clock never NULL */
    pst_field_info *fields;
    uint8_t *unset; /* the pst_slot_state of each field in a fresh request */
    size_t field_count;
    size_t field_cap; /* of both arrays */
    atomic_uint references;
    atomic_bool frozen;
    atomic_uint_fast64_t generations; /* of policies, see gate/ */
};

/** Takes another reference and freezes the scheme. */
postern_scheme *pst_scheme_use(const postern_scheme *scheme);

/** The index of field `name`, or SIZE_MAX. */
size_t pst_scheme_find(const postern_scheme *scheme, postern_str name);

/** True when an expression must ask whether the field has a value. */
static inline bool pst_field_needs_check(const pst_field_info *info)
{
    return info->absent == PST_ABSENT_MISSING || info->origin == PST_ORIGIN_LAZY;
}

#endif
