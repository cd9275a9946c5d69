/*
 * model/scheme.c - which fields there are: the built-in ones, the host's own, and a
 * table that finds each by its name.
 */
#include "model/scheme.h"

#include "model/value.h"
#include "support/alloc.h"
#include "support/hash.h"
#include "support/text.h"

#include <time.h>

static const pst_field_info builtin[] = {
#define FIELD(id, name, type, origin, absent, phases, text) \
    {POSTERN_STR(name),   (type),                           \
     PST_ORIGIN_##origin, PST_ABSENT_##absent,              \
     PST_PHASES_##phases, PST_ORIGIN_##origin < PST_ORIGIN_BODY},
#include "model/fields.def"
#undef FIELD
};

static const struct {
    postern_str name;
    uint16_t field;
} deprecated[] = {
#define ALIAS(name, id) {POSTERN_STR(name), PST_FIELD_##id},
#include "model/fields.def"
#undef ALIAS
};

enum {
    DEPRECATED_COUNT = sizeof deprecated / sizeof deprecated[0],
    FIELDS_MAX = 4096,
    /* An entry of the table of names: 0 is free, below is a field and 1, else the
     * number of a deprecated name. */
    DEPRECATED_ENTRY = 0x8000
};

static int64_t system_clock(void *user)
{
    struct timespec now;

    (void)user;
    if (timespec_get(&now, TIME_UTC) != TIME_UTC) {
        return -1;
    }
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t pst_scheme_seconds(const postern_scheme *scheme)
{
    const postern_options *options = &scheme->options;
    int64_t now;

    if (options->clock == system_clock) {
        now = (int64_t)time(NULL);
        return now < 0 ? -1 : now;
    }
    now = options->clock(options->clock_user);
    return now < 0 ? -1 : now / 1000;
}

static void fill(uint32_t *limit, uint32_t standard)
{
    if (*limit == 0) {
        *limit = standard;
    }
}

static void fill_limits(postern_limits *limits)
{
    fill(&limits->expression_bytes, 4096);
    fill(&limits->nesting, 128);
    fill(&limits->wildcard_stars, 16);
    fill(&limits->concat_arguments, 32);
    if (limits->concat_arguments > 255) {
        limits->concat_arguments = 255;
    }
    fill(&limits->rewrites, 1);
    fill(&limits->regexes, 64);
    fill(&limits->regex_pattern_bytes, 4096);
    fill(&limits->regex_nesting, 250);
    fill(&limits->regex_compiled_bytes, 10U << 20);
    fill(&limits->regex_steps, 512);
    fill(&limits->request_bytes, 1U << 20);
    fill(&limits->headers, 512);
    fill(&limits->chain_bytes, 64U << 10);
    fill(&limits->chain_certificates, 10);
    fill(&limits->policy_bytes, 64U << 20);
}

/* --- names -------------------------------------------------------------------- */

static postern_str entry_name(const postern_scheme *scheme, uint16_t entry)
{
    return entry >= DEPRECATED_ENTRY ? deprecated[entry - DEPRECATED_ENTRY].name
                                     : scheme->fields[entry - 1].name;
}

/* Where `name` is in the table of names, or the free place where it belongs: at most
 * half of the table is in use. */
static uint16_t *place_of(const postern_scheme *scheme, uint16_t *names, size_t cap,
                          postern_str name)
{
    size_t at = (size_t)pst_hash(name, 0) & (cap - 1);

    while (names[at] != 0 && !pst_str_same(entry_name(scheme, names[at]), name)) {
        at = (at + 1) & (cap - 1);
    }
    return &names[at];
}

/* Makes a table with room for one more field than there is, or changes nothing. */
static bool grow_names(postern_scheme *scheme)
{
    const postern_allocator *alloc = scheme->options.allocator;
    const size_t wanted = scheme->field_count + 1 + DEPRECATED_COUNT;
    size_t cap = scheme->name_cap == 0 ? 512 : scheme->name_cap;
    uint16_t *names;

    while (cap < wanted * 2) {
        cap *= 2;
    }
    if (cap == scheme->name_cap) {
        return true;
    }
    names = pst_alloc_zeroed(alloc, cap * sizeof *names);
    if (names == NULL) {
        return false;
    }
    for (size_t i = 0; i < scheme->field_count; i++) {
        *place_of(scheme, names, cap, scheme->fields[i].name) = (uint16_t)(i + 1);
    }
    for (size_t i = 0; i < DEPRECATED_COUNT; i++) {
        *place_of(scheme, names, cap, deprecated[i].name) =
            (uint16_t)(DEPRECATED_ENTRY + i);
    }
    pst_free_array(alloc, scheme->names, scheme->name_cap, sizeof *names);
    scheme->names = names;
    scheme->name_cap = cap;
    return true;
}

size_t pst_scheme_resolve(const postern_scheme *scheme, postern_str name,
                          const postern_str **successor)
{
    const uint16_t entry = *place_of(scheme, scheme->names, scheme->name_cap, name);
    size_t field;

    *successor = NULL;
    if (entry == 0) {
        return SIZE_MAX;
    }
    if (entry < DEPRECATED_ENTRY) {
        return (size_t)entry - 1;
    }
    field = deprecated[entry - DEPRECATED_ENTRY].field;
    *successor = &scheme->fields[field].name;
    return field;
}

size_t pst_scheme_find(const postern_scheme *scheme, postern_str name)
{
    const postern_str *successor;

    return pst_scheme_resolve(scheme, name, &successor);
}

/* --- life --------------------------------------------------------------------- */

/* There is room for it in the arrays. */
static void put_field(postern_scheme *scheme, const pst_field_info *info)
{
    const bool derived =
        info->origin == PST_ORIGIN_LAZY || info->origin == PST_ORIGIN_BODY;
    const size_t at = scheme->field_count++;

    scheme->fields[at] = *info;
    scheme->unset[at] = derived                              ? PST_SLOT_UNKNOWN
                        : info->absent == PST_ABSENT_MISSING ? PST_SLOT_MISSING
                                                             : PST_SLOT_PRESENT;
}

/* Room for the built-in fields, and they in it. */
static bool open_fields(postern_scheme *scheme)
{
    const postern_allocator *alloc = scheme->options.allocator;

    scheme->field_cap = PST_FIELD_BUILTIN_COUNT + 8;
    scheme->fields = pst_alloc_array(alloc, scheme->field_cap, sizeof *scheme->fields);
    scheme->unset = pst_alloc(alloc, scheme->field_cap);
    if (scheme->fields == NULL || scheme->unset == NULL) {
        return false;
    }
    for (size_t i = 0; i < PST_FIELD_BUILTIN_COUNT; i++) {
        put_field(scheme, &builtin[i]);
    }
    /* The gate knows the address, and header lines that did not fit were refused. */
    scheme->fields[PST_FIELD_IP_SRC].provided = true;
    scheme->fields[PST_FIELD_HEADERS_TRUNCATED].provided = true;
    return grow_names(scheme);
}

postern_status postern_scheme_new(const postern_options *options, postern_scheme **out)
{
    const postern_options chosen = options == NULL ? (postern_options){0} : *options;
    const postern_allocator *alloc = pst_alloc_or_default(chosen.allocator);
    postern_scheme *scheme;

    *out = NULL;
    if (chosen.crypto != NULL && chosen.crypto->size < sizeof(postern_crypto)) {
        return POSTERN_INVALID;
    }
    scheme = pst_alloc_zeroed(alloc, sizeof *scheme);
    if (scheme == NULL) {
        return POSTERN_NO_MEMORY;
    }
    scheme->options = chosen;
    scheme->options.allocator = alloc;
    if (chosen.clock == NULL) {
        scheme->options.clock = system_clock;
    }
    fill_limits(&scheme->options.limits);
    atomic_init(&scheme->references, 1);
    if (!open_fields(scheme)) {
        postern_scheme_free(scheme);
        return POSTERN_NO_MEMORY;
    }
    atomic_init(&scheme->frozen, false);
    atomic_init(&scheme->generations, 0);
    atomic_init(&scheme->programs, 0);
    atomic_init(&scheme->judgements, 0);
    *out = scheme;
    return POSTERN_OK;
}

void postern_scheme_free(postern_scheme *scheme)
{
    const postern_allocator *alloc;

    if (scheme == NULL || atomic_fetch_sub(&scheme->references, 1) != 1) {
        return;
    }
    alloc = scheme->options.allocator;
    for (size_t i = PST_FIELD_BUILTIN_COUNT; i < scheme->field_count; i++) {
        pst_str_free(alloc, &scheme->fields[i].name);
    }
    pst_free_array(alloc, scheme->fields, scheme->field_cap, sizeof *scheme->fields);
    pst_free(alloc, scheme->unset, scheme->field_cap);
    pst_free_array(alloc, scheme->names, scheme->name_cap, sizeof *scheme->names);
    pst_free(alloc, scheme, sizeof *scheme);
}

postern_scheme *pst_scheme_use(const postern_scheme *scheme)
{
    /* The count and the flag are atomic; nothing else is written through this. */
    postern_scheme *shared = pst_unconst(scheme);

    atomic_store(&shared->frozen, true);
    atomic_fetch_add(&shared->references, 1);
    return shared;
}

uint64_t pst_scheme_number_program(const postern_scheme *scheme)
{
    postern_scheme *shared = pst_unconst(scheme); /* the count is atomic */

    return atomic_fetch_add(&shared->programs, 1) + 1;
}

uint64_t pst_scheme_number_judgement(const postern_scheme *scheme)
{
    postern_scheme *shared = pst_unconst(scheme); /* the count is atomic */

    return atomic_fetch_add(&shared->judgements, 1) + 1;
}

/* --- fields of the host ------------------------------------------------------- */

/* letters, digits and `_`, joined by single dots; starts with a letter or `_` */
static bool name_valid(postern_str name)
{
    bool start = true;

    for (size_t i = 0; i < name.len; i++) {
        const unsigned char c = (unsigned char)name.data[i];
        if (c == '.') {
            if (start) {
                return false;
            }
            start = true;
            continue;
        }
        if (c != '_' && !pst_is_digit(c) && !(c >= 'a' && c <= 'z')) {
            return false;
        }
        start = false;
    }
    return !start && name.len < 128 && !pst_is_digit((unsigned char)name.data[0]);
}

static bool name_taken(postern_str name)
{
    static const postern_str prefixes[] = {
        POSTERN_STR("cf."),  POSTERN_STR("http."),    POSTERN_STR("ip."),
        POSTERN_STR("raw."), POSTERN_STR("postern."), POSTERN_STR("ssl."),
    };
    static const postern_str words[] = {
        POSTERN_STR("ssl"),    POSTERN_STR("true"),     POSTERN_STR("false"),
        POSTERN_STR("and"),    POSTERN_STR("or"),       POSTERN_STR("xor"),
        POSTERN_STR("not"),    POSTERN_STR("any"),      POSTERN_STR("all"),
        POSTERN_STR("in"),     POSTERN_STR("eq"),       POSTERN_STR("ne"),
        POSTERN_STR("lt"),     POSTERN_STR("le"),       POSTERN_STR("gt"),
        POSTERN_STR("ge"),     POSTERN_STR("contains"), POSTERN_STR("wildcard"),
        POSTERN_STR("strict"), POSTERN_STR("matches"),  POSTERN_STR("bitwise_and"),
    };

    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (pst_str_starts(name, prefixes[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (pst_str_same(name, words[i])) {
            return true;
        }
    }
    return false;
}

/* "ab.cd": behind an operator that is a string of hex bytes. */
static bool reads_as_bytes(postern_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        const bool separator = i % 3 == 2;
        if (separator ? name.data[i] != '.'
                      : pst_hex_value((unsigned char)name.data[i]) < 0) {
            return false;
        }
    }
    return name.len >= 5 && name.len % 3 == 2;
}

/* Makes room for one more field in both arrays, or changes nothing. */
static bool grow_fields(postern_scheme *scheme)
{
    const postern_allocator *alloc = scheme->options.allocator;
    const size_t cap = scheme->field_cap * 2;
    pst_field_info *fields;
    uint8_t *unset;

    if (scheme->field_count < scheme->field_cap) {
        return true;
    }
    fields = pst_alloc_array(alloc, cap, sizeof *fields);
    unset = pst_alloc(alloc, cap);
    if (fields == NULL || unset == NULL) {
        pst_free_array(alloc, fields, cap, sizeof *fields);
        pst_free(alloc, unset, cap);
        return false;
    }
    memcpy(fields, scheme->fields, scheme->field_count * sizeof *fields);
    memcpy(unset, scheme->unset, scheme->field_count);
    pst_free_array(alloc, scheme->fields, scheme->field_cap, sizeof *fields);
    pst_free(alloc, scheme->unset, scheme->field_cap);
    scheme->fields = fields;
    scheme->unset = unset;
    scheme->field_cap = cap;
    return true;
}

postern_status pst_scheme_add(postern_scheme *scheme, postern_str name,
                              postern_type type, postern_field *out)
{
    postern_str copy;
    size_t at;

    if (atomic_load(&scheme->frozen) || pst_scheme_find(scheme, name) != SIZE_MAX ||
        scheme->field_count >= FIELDS_MAX) {
        return POSTERN_STATE;
    }
    if (!grow_fields(scheme) || !grow_names(scheme) ||
        !pst_str_copy(scheme->options.allocator, name, &copy)) {
        return POSTERN_NO_MEMORY;
    }
    at = scheme->field_count;
    *place_of(scheme, scheme->names, scheme->name_cap, copy) = (uint16_t)(at + 1);
    put_field(scheme, &(pst_field_info){.name = copy,
                                        .type = type,
                                        .origin = PST_ORIGIN_SUPPLIED,
                                        .absent = PST_ABSENT_MISSING,
                                        .phases = PST_PHASES_ANY,
                                        .provided = true});
    if (out != NULL) {
        out->index = (uint32_t)at;
    }
    return POSTERN_OK;
}

postern_status postern_scheme_add_field(postern_scheme *scheme, postern_str name,
                                        postern_type type, postern_field *out)
{
    if (!name_valid(name) || name_taken(name) || reads_as_bytes(name) ||
        !pst_type_valid(type)) {
        return POSTERN_INVALID;
    }
    return pst_scheme_add(scheme, name, type, out);
}

postern_status postern_scheme_provide(postern_scheme *scheme, postern_str name)
{
    static const postern_str everything = POSTERN_STR("*");
    const bool all = pst_str_same(name, everything);
    size_t field = SIZE_MAX;

    if (atomic_load(&scheme->frozen)) {
        return POSTERN_STATE;
    }
    if (!all) {
        field = pst_scheme_find(scheme, name);
        if (field == SIZE_MAX) {
            return POSTERN_UNKNOWN_NAME;
        }
    }
    /* Whoever hands in bodies provides all that is made of them. */
    const bool body = !all && scheme->fields[field].origin == PST_ORIGIN_BODY;
    for (size_t i = 0; i < scheme->field_count; i++) {
        pst_field_info *info = &scheme->fields[i];
        info->provided = info->provided || all || i == field ||
                         (body && info->origin == PST_ORIGIN_BODY);
    }
    return POSTERN_OK;
}

/* --- asking ------------------------------------------------------------------- */

postern_status postern_scheme_find_field(const postern_scheme *scheme, postern_str name,
                                         postern_field *field, postern_type *type)
{
    const size_t index = pst_scheme_find(scheme, name);

    if (index == SIZE_MAX) {
        return POSTERN_UNKNOWN_NAME;
    }
    if (field != NULL) {
        field->index = (uint32_t)index;
    }
    if (type != NULL) {
        *type = scheme->fields[index].type;
    }
    return POSTERN_OK;
}

size_t postern_scheme_field_count(const postern_scheme *scheme)
{
    return scheme->field_count + DEPRECATED_COUNT;
}

static postern_source_kind source_of(size_t field, const pst_field_info *info)
{
    if (info->origin == PST_ORIGIN_CONNECTION || field == PST_FIELD_IP_SRC) {
        return POSTERN_SOURCE_TLS;
    }
    return info->origin == PST_ORIGIN_SUPPLIED ? POSTERN_SOURCE_HOST
                                               : POSTERN_SOURCE_REQUEST;
}

/* Listed are the built-in fields, the deprecated names, then the host's fields. */
bool postern_scheme_field_info(const postern_scheme *scheme, size_t index,
                               postern_field_info *info)
{
    const size_t behind = index - PST_FIELD_BUILTIN_COUNT;
    const bool old = index >= PST_FIELD_BUILTIN_COUNT && behind < DEPRECATED_COUNT;
    const pst_field_info *from;
    size_t field = index;

    if (index >= postern_scheme_field_count(scheme)) {
        return false;
    }
    if (index >= PST_FIELD_BUILTIN_COUNT) {
        field = old ? deprecated[behind].field : index - DEPRECATED_COUNT;
    }
    from = &scheme->fields[field];
    *info = (postern_field_info){
        .name = old ? deprecated[behind].name : from->name,
        .type = from->type,
        .source = source_of(field, from),
        .phases = from->phases,
        .provided = from->provided,
        .missing = from->absent == PST_ABSENT_MISSING,
        .standard = pst_field_standard(from),
        .successor = old ? from->name : (postern_str){NULL, 0},
    };
    return true;
}

bool postern_scheme_field_at(const postern_scheme *scheme, size_t index,
                             postern_str *name, postern_type *type)
{
    postern_field_info info;

    if (!postern_scheme_field_info(scheme, index, &info)) {
        return false;
    }
    if (name != NULL) {
        *name = info.name;
    }
    if (type != NULL) {
        *type = info.type;
    }
    return true;
}

const char *postern_phase_text(postern_phase phase)
{
    switch (phase) {
    case POSTERN_PHASE_REQUEST:
        return "request";
    case POSTERN_PHASE_RESPONSE:
        return "response";
    case POSTERN_PHASE_PACKET:
        return "packet";
    }
    return "unknown";
}
