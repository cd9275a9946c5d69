/*
 * model/scheme.h - the table of fields and the options behind the public handle.
 *
 * Built-in fields come from fields.def and sit at their enumerator's index; the
 * host's own follow. A deprecated name is another name of its successor and has no
 * place of its own. Frozen at first use, shared by reference count.
 */
#ifndef PST_MODEL_SCHEME_H
#define PST_MODEL_SCHEME_H

#include <postern/scheme.h>

#include <stdatomic.h>

typedef enum pst_field_id {
#define FIELD(id, name, type, origin, absent, phases, text) PST_FIELD_##id,
#include "model/fields.def"
#undef FIELD
    PST_FIELD_BUILTIN_COUNT
} pst_field_id;

typedef enum pst_origin {
    PST_ORIGIN_CONNECTION,
    PST_ORIGIN_HEAD,
    PST_ORIGIN_LAZY,
    PST_ORIGIN_BODY,
    PST_ORIGIN_SUPPLIED
} pst_origin;

/* clang-format off */
/** Where the rows of an origin end; those of the next one begin there. */
enum {
#define FIELD(id, name, type, origin, absent, phases, text) \
    + (PST_ORIGIN_##origin <= PST_ORIGIN_CONNECTION)
    PST_FIELD_CONNECTION_COUNT = 0
#include "model/fields.def"
#undef FIELD
    ,
#define FIELD(id, name, type, origin, absent, phases, text) \
    + (PST_ORIGIN_##origin <= PST_ORIGIN_HEAD)
    PST_FIELD_HEAD_END = 0
#include "model/fields.def"
#undef FIELD
    ,
#define FIELD(id, name, type, origin, absent, phases, text) \
    + (PST_ORIGIN_##origin <= PST_ORIGIN_BODY)
    PST_FIELD_LAZY_END = 0
#include "model/fields.def"
#undef FIELD
};
/* clang-format on */

typedef enum pst_absent {
    PST_ABSENT_EMPTY,
    PST_ABSENT_UNSCORED,
    PST_ABSENT_MISSING
} pst_absent;

/** Phases a field belongs to, as 1 << postern_phase. What is known of a request is
 *  still known when it is answered. */
enum {
    PST_PHASES_RESPONSE = 1 << POSTERN_PHASE_RESPONSE,
    PST_PHASES_REQUEST = 1 << POSTERN_PHASE_REQUEST | PST_PHASES_RESPONSE,
    PST_PHASES_PACKET = 1 << POSTERN_PHASE_PACKET,
    PST_PHASES_ANY = PST_PHASES_REQUEST | PST_PHASES_PACKET
};

typedef struct pst_field_info {
    postern_str name;
    postern_type type;
    uint8_t origin; /* pst_origin */
    uint8_t absent; /* pst_absent */
    uint8_t phases; /* PST_PHASES_... */
    bool provided;  /* the library fills it, or the host said that it does */
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
    uint16_t *names;  /* hash table of field and deprecated names, see scheme.c */
    size_t name_cap;  /* a power of two */
    atomic_uint references;
    atomic_bool frozen;
    atomic_uint_fast64_t generations; /* of policies, see gate/ */
    atomic_uint_fast64_t programs;    /* numbers given away */
    atomic_uint_fast64_t judgements;  /* likewise */
};

/** Takes another reference and freezes the scheme. */
postern_scheme *pst_scheme_use(const postern_scheme *scheme);

/**
 * The time in whole Unix seconds, or negative when there is none. The system's own clock
 * is asked for seconds only, which costs a tenth: systems keep that number at hand and
 * move it on with their timer, so that a new second may be told a few milliseconds late.
 */
int64_t pst_scheme_seconds(const postern_scheme *scheme);

/** A number, not 0, that no other program of the scheme has or will have. */
uint64_t pst_scheme_number_program(const postern_scheme *scheme);

/** A number, not 0, that no other judgement of a connection has or will have. */
uint64_t pst_scheme_number_judgement(const postern_scheme *scheme);

/** As postern_scheme_add_field(), with any name and a type that is one. */
postern_status pst_scheme_add(postern_scheme *scheme, postern_str name,
                              postern_type type, postern_field *out);

/** The index of field `name`, or SIZE_MAX. A deprecated name gives its successor's. */
size_t pst_scheme_find(const postern_scheme *scheme, postern_str name);

/** The same. `successor` receives the name to write instead of a deprecated one, or
 *  NULL. */
size_t pst_scheme_resolve(const postern_scheme *scheme, postern_str name,
                          const postern_str **successor);

/** What an Integer is without a value; 0 for other types. */
static inline int64_t pst_field_standard(const pst_field_info *info)
{
    return info->absent == PST_ABSENT_UNSCORED ? 100 : 0;
}

/** True when an expression must ask whether the field has a value. */
static inline bool pst_field_needs_check(const pst_field_info *info)
{
    return info->absent == PST_ABSENT_MISSING || info->origin == PST_ORIGIN_LAZY ||
           info->origin == PST_ORIGIN_BODY;
}

#endif
