#include "model/scheme.h"

#include "model/value.h"
#include "support/alloc.h"
#include "support/text.h"

#include <time.h>

static const pst_field_info builtin[] = {
#define FIELD(id, name, type, origin, absent) \
    {POSTERN_STR(name), (type), PST_ORIGIN_##origin, PST_ABSENT_##absent},
#include "model/fields.def"
#undef FIELD
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
    fill(&limits->regexes, 64);
    fill(&limits->request_bytes, 1U << 20);
    fill(&limits->headers, 512);
    fill(&limits->chain_bytes, 64U << 10);
    fill(&limits->chain_certificates, 10);
    fill(&limits->policy_bytes, 64U << 20);
}

/* There is room for it. */
static void put_field(postern_scheme *scheme, const pst_field_info *info)
{
    const size_t at = scheme->field_count++;

    scheme->fields[at] = *info;
    scheme->unset[at] = info->origin == PST_ORIGIN_LAZY      ? PST_SLOT_UNKNOWN
                        : info->absent == PST_ABSENT_MISSING ? PST_SLOT_MISSING
                                                             : PST_SLOT_PRESENT;
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
    scheme->field_cap = PST_FIELD_BUILTIN_COUNT;
    scheme->fields = pst_alloc_array(alloc, scheme->field_cap, sizeof *scheme->fields);
    scheme->unset = pst_alloc(alloc, scheme->field_cap);
    atomic_init(&scheme->references, 1);
    if (scheme->fields == NULL || scheme->unset == NULL) {
        postern_scheme_free(scheme);
        return POSTERN_NO_MEMORY;
    }
    for (size_t i = 0; i < PST_FIELD_BUILTIN_COUNT; i++) {
        put_field(scheme, &builtin[i]);
    }
    atomic_init(&scheme->frozen, false);
    atomic_init(&scheme->generations, 0);
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

size_t pst_scheme_find(const postern_scheme *scheme, postern_str name)
{
    for (size_t i = 0; i < scheme->field_count; i++) {
        if (pst_str_same(scheme->fields[i].name, name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

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
        POSTERN_STR("raw."), POSTERN_STR("postern."),
    };
    static const postern_str words[] = {
        POSTERN_STR("ssl"), POSTERN_STR("true"), POSTERN_STR("false"),
        POSTERN_STR("and"), POSTERN_STR("or"),   POSTERN_STR("xor"),
        POSTERN_STR("not"), POSTERN_STR("any"),  POSTERN_STR("all"),
        POSTERN_STR("in"),
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

postern_status postern_scheme_add_field(postern_scheme *scheme, postern_str name,
                                        postern_type type, postern_field *out)
{
    postern_str copy;

    if (!name_valid(name) || name_taken(name) || !pst_type_valid(type)) {
        return POSTERN_INVALID;
    }
    if (atomic_load(&scheme->frozen) || pst_scheme_find(scheme, name) != SIZE_MAX ||
        scheme->field_count >= 4096) {
        return POSTERN_STATE;
    }
    if (!grow_fields(scheme) || !pst_str_copy(scheme->options.allocator, name, &copy)) {
        return POSTERN_NO_MEMORY;
    }
    if (out != NULL) {
        out->index = (uint32_t)scheme->field_count;
    }
    put_field(scheme,
              &(pst_field_info){copy, type, PST_ORIGIN_SUPPLIED, PST_ABSENT_MISSING});
    return POSTERN_OK;
}

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
    return scheme->field_count;
}

bool postern_scheme_field_at(const postern_scheme *scheme, size_t index,
                             postern_str *name, postern_type *type)
{
    if (index >= scheme->field_count) {
        return false;
    }
    if (name != NULL) {
        *name = scheme->fields[index].name;
    }
    if (type != NULL) {
        *type = scheme->fields[index].type;
    }
    return true;
}
