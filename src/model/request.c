/*
 * model/request.c - the life of a request: made, filled, set, reset, poisoned by
 * misuse.
 */
#include "model/request.h"

#include "model/group.h"
#include "support/alloc.h"
#include "support/hash.h"
#include "support/text.h"

static postern_status poison(postern_request *request, postern_status status)
{
    if (request->poison == POSTERN_OK) {
        request->poison = status;
    }
    request->open = false;
    return status;
}

/* The value of a field that nobody has set. */
static pst_value standard_value(const pst_field_info *info)
{
    pst_value value = {
        .map = {NULL, 0}
    };

    if (info->type == POSTERN_INT) {
        value.integer = pst_field_standard(info);
    }
    return value;
}

/* Slots as they are before anything is known of a request. What is derived needs no
 * value until then; of the many SUPPLIED fields only those are put back that were
 * set, but for ip.src, which the gate fills. */
static void reset_slots(postern_request *request)
{
    const postern_scheme *scheme = request->scheme;

    if (request->touched) {
        memset(request->values, 0, PST_FIELD_HEAD_END * sizeof *request->values);
        request->touched = false;
    }
    memcpy(request->states, scheme->unset, PST_FIELD_IP_SRC + 1);
    for (size_t i = 0; i < request->given_count; i++) {
        const size_t field = request->given[i];
        request->values[field] = standard_value(&scheme->fields[field]);
        request->states[field] = scheme->unset[field];
    }
    request->given_count = 0;
}

/* Every slot as it is in a fresh request. */
static postern_status open_slots(postern_request *request)
{
    const postern_scheme *scheme = request->scheme;
    const postern_status status = pst_request_reserve(request, PST_DERIVED_ROOM);

    if (status != POSTERN_OK) {
        return status;
    }
    request->given = pst_alloc_array(scheme->options.allocator, scheme->field_count,
                                     sizeof *request->given);
    if (request->given == NULL) {
        return POSTERN_NO_MEMORY;
    }
    for (size_t i = 0; i < scheme->field_count; i++) {
        request->values[i] = standard_value(&scheme->fields[i]);
    }
    memcpy(request->states, scheme->unset, scheme->field_count);
    return POSTERN_OK;
}

static postern_status request_new(const postern_scheme *scheme, bool simulated,
                                  postern_request **out)
{
    const postern_allocator *alloc = scheme->options.allocator;
    postern_request *request;
    postern_status status;

    *out = NULL;
    request = pst_alloc_zeroed(alloc, sizeof *request);
    if (request == NULL) {
        return POSTERN_NO_MEMORY;
    }
    request->scheme = pst_scheme_use(scheme);
    request->simulated = simulated;
    pst_arena_init(&request->arena, alloc, scheme->options.limits.request_bytes);
    pst_arena_init(&request->run, alloc, scheme->options.limits.request_bytes);
    pst_arena_init(&request->regex_arena, alloc, scheme->options.limits.request_bytes);
    status = open_slots(request);
    if (status != POSTERN_OK) {
        postern_request_free(request);
        return status;
    }
    *out = request;
    return POSTERN_OK;
}

postern_status postern_request_new(const postern_scheme *scheme, postern_request **out)
{
    return request_new(scheme, false, out);
}

postern_status postern_request_new_simulated(const postern_scheme *scheme,
                                             postern_request **out)
{
    return request_new(scheme, true, out);
}

void postern_request_free(postern_request *request)
{
    const postern_allocator *alloc;

    if (request == NULL) {
        return;
    }
    alloc = request->scheme->options.allocator;
    pst_request_keep(request, NULL, NULL);
    pst_arena_free(&request->arena);
    pst_arena_free(&request->run);
    pst_arena_free(&request->regex_arena);
    pst_free_array(alloc, request->marks, request->mark_words, sizeof *request->marks);
    pst_free_array(alloc, request->headers, request->header_cap,
                   sizeof *request->headers);
    pst_free_array(alloc, request->values, request->slot_cap, sizeof *request->values);
    pst_free_array(alloc, request->states, request->slot_cap, sizeof *request->states);
    pst_free_array(alloc, request->given, request->scheme->field_count,
                   sizeof *request->given);
    postern_scheme_free(request->scheme);
    pst_free(alloc, request, sizeof *request);
}

void pst_request_keep(postern_request *request, const void *object,
                      void (*release)(const void *object))
{
    if (request->kept != NULL) {
        request->release_kept(request->kept);
    }
    request->kept = object;
    request->release_kept = release;
}

void postern_request_reset(postern_request *request)
{
    request->poison = POSTERN_OK;
    request->connection = NULL;
    request->method = request->target = request->version = (postern_str){NULL, 0};
    request->header_count = 0;
    request->has_head = false;
    request->sealed = false;
    request->open = false;
    request->hide_identity = false;
    request->body = (postern_str){NULL, 0};
    request->body_size = 0;
    request->body_truncated = false;
    request->parts = NULL;
    request->header_maps[0].given = request->header_maps[1].given = false;
    pst_arena_reset(&request->arena);
    pst_arena_reset(&request->run);
    pst_arena_reset(&request->regex_arena);
    request->regex_caches = NULL;
    request->regex_room = NULL;
    request->regex_full = false;
    reset_slots(request);
}

postern_status postern_request_begin(postern_request *request,
                                     postern_connection *connection, postern_str method,
                                     postern_str target, postern_str version)
{
    postern_request_reset(request);
    request->connection = connection;
    request->method = method;
    request->target = target;
    request->version = version;
    request->has_head = true;
    if (request->simulated && connection != NULL) {
        return poison(request, POSTERN_STATE);
    }
    return POSTERN_OK;
}

/* RFC 9110 5.6.2: what a byte of a name is in lower case, from 0x20 to 0x7f; 0 when
 * no name holds it. */
/* clang-format off */
static const unsigned char name_bytes[] = {
        0, '!', 0, '#', '$', '%', '&', '\'', 0, 0, '*', '+', 0, '-', '.', 0,
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 0, 0, 0, 0, 0, 0,
        0, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
        'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 0, 0, 0, '^', '_',
        '`', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
        'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 0, '|', 0, '~', 0,
};
/* clang-format on */

/* Checks a name and hashes it as pst_hash_folded() does, in one go. */
static bool read_name(postern_str name, uint32_t *hash)
{
    uint32_t folded = PST_HASH_FOLDED_START;

    for (size_t i = 0; i < name.len; i++) {
        const unsigned at = (unsigned char)name.data[i] - 0x20U;
        if (at >= sizeof name_bytes || name_bytes[at] == 0) {
            return false;
        }
        folded = pst_hash_folded_step(folded, name_bytes[at]);
    }
    *hash = pst_hash_folded_end(folded);
    return name.len > 0;
}

/* Case-insensitive, `_` read as `-`; `prefix` is lower case. */
static bool name_starts(postern_str name, postern_str prefix)
{
    if (name.len < prefix.len) {
        return false;
    }
    for (size_t i = 0; i < prefix.len; i++) {
        const unsigned char c = (unsigned char)name.data[i];
        if ((c == '_' ? '-' : pst_lower(c)) != (unsigned char)prefix.data[i]) {
            return false;
        }
    }
    return true;
}

bool pst_header_claims_identity(postern_str name)
{
    static const struct {
        postern_str text;
        bool whole;
    } claims[] = {
        {POSTERN_STR("cf-access-"),              false},
        {POSTERN_STR("cf-client-cert-"),         false},
        {POSTERN_STR("cf-cert-"),                false},
        {POSTERN_STR("client-cert"),             true },
        {POSTERN_STR("client-cert-chain"),       true },
        {POSTERN_STR("x-forwarded-client-cert"), true },
    };
    const unsigned char first =
        name.len == 0 ? 0 : pst_lower((unsigned char)name.data[0]);

    if (first != 'c' && first != 'x') {
        return false;
    }
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        if (name_starts(name, claims[i].text) &&
            (!claims[i].whole || name.len == claims[i].text.len)) {
            return true;
        }
    }
    return false;
}

postern_status postern_request_add_header(postern_request *request, postern_str name,
                                          postern_str value)
{
    const postern_scheme *scheme = request->scheme;
    void *headers = request->headers;
    uint32_t hash;

    if (!request->has_head || request->sealed) {
        return poison(request, POSTERN_STATE);
    }
    if (!read_name(name, &hash)) {
        return poison(request, POSTERN_INVALID);
    }
    if (request->header_count >= scheme->options.limits.headers) {
        return poison(request, POSTERN_LIMIT);
    }
    if (!pst_grow(scheme->options.allocator, &headers, request->header_count,
                  &request->header_cap, sizeof *request->headers)) {
        return poison(request, POSTERN_NO_MEMORY);
    }
    request->headers = headers;
    request->headers[request->header_count++] =
        (pst_header){name, value, hash, pst_header_claims_identity(name)};
    return POSTERN_OK;
}

postern_status postern_request_set_body(postern_request *request, postern_str body,
                                        uint64_t size, bool truncated)
{
    if (!request->has_head || request->sealed) {
        return poison(request, POSTERN_STATE);
    }
    if (size < body.len || size > INT64_MAX) {
        return poison(request, POSTERN_INVALID);
    }
    request->body = body;
    request->body_size = size;
    request->body_truncated = truncated || size > body.len;
    return POSTERN_OK;
}

static postern_status convert(pst_arena *arena, const postern_value *value,
                              postern_type type, pst_value *out);

static postern_status convert_array(pst_arena *arena, const postern_value *value,
                                    postern_type element, pst_value *out)
{
    const size_t count = value->as.array.count;
    pst_value *items = pst_arena_array(arena, count, sizeof *items);

    if (items == NULL) {
        return arena->status;
    }
    for (size_t i = 0; i < count; i++) {
        const postern_status status =
            convert(arena, &value->as.array.items[i], element, &items[i]);
        if (status != POSTERN_OK) {
            return status;
        }
    }
    out->array = (pst_array){items, count};
    return POSTERN_OK;
}

static postern_status convert_map(pst_arena *arena, const postern_value *value,
                                  postern_type element, pst_value *out)
{
    const size_t count = value->as.map.count;
    pst_entry *entries = pst_arena_array(arena, count, sizeof *entries);

    if (entries == NULL) {
        return arena->status;
    }
    for (size_t i = 0; i < count; i++) {
        const postern_entry *entry = &value->as.map.entries[i];
        const postern_status status =
            convert(arena, &entry->value, element, &entries[i].value);
        if (status != POSTERN_OK) {
            return status;
        }
        entries[i].key = entry->key;
    }
    return pst_map_make(arena, entries, count, &out->map);
}

/* Nesting is bounded by the type, which is at most seven kinds deep. */
static postern_status convert(pst_arena *arena, const postern_value *value,
                              postern_type type, pst_value *out)
{
    if (value->type != type) {
        return POSTERN_TYPE;
    }
    memset(out, 0, sizeof *out);
    switch (postern_type_kind(type)) {
    case POSTERN_KIND_BOOL:
        out->boolean = value->as.boolean;
        return POSTERN_OK;
    case POSTERN_KIND_INT:
        out->integer = value->as.integer;
        return POSTERN_OK;
    case POSTERN_KIND_STRING:
        out->string = value->as.string;
        return POSTERN_OK;
    case POSTERN_KIND_IP:
        return pst_ip_from_address(&value->as.address, &out->ip) ? POSTERN_OK
                                                                 : POSTERN_TYPE;
    case POSTERN_KIND_ARRAY:
        return convert_array(arena, value, postern_type_element(type), out);
    case POSTERN_KIND_MAP:
        return convert_map(arena, value, postern_type_element(type), out);
    case POSTERN_KIND_NONE:
        break;
    }
    return POSTERN_TYPE;
}

/* What is seen of it depends on who looks: it is derived when somebody does. */
static void set_headers(postern_request *request, pst_field_id field, pst_map map)
{
    const size_t at = field == PST_FIELD_RAW_HEADERS;

    request->header_maps[at].given = true;
    request->header_maps[at].map = map;
    request->states[field] = PST_SLOT_UNKNOWN;
}

postern_status postern_request_set(postern_request *request, postern_field field,
                                   const postern_value *value)
{
    const postern_scheme *scheme = request->scheme;
    const pst_field_info *info;
    pst_value converted;
    postern_status status;

    if (request->sealed || field.index >= scheme->field_count) {
        return poison(request, POSTERN_STATE);
    }
    info = &scheme->fields[field.index];
    if (!request->simulated && info->origin != PST_ORIGIN_SUPPLIED) {
        return poison(request, POSTERN_STATE);
    }
    status = convert(&request->arena, value, info->type, &converted);
    if (status != POSTERN_OK) {
        return poison(request, status);
    }
    if (field.index == PST_FIELD_HEADERS || field.index == PST_FIELD_RAW_HEADERS) {
        set_headers(request, (pst_field_id)field.index, converted.map);
        return POSTERN_OK;
    }
    if (info->origin == PST_ORIGIN_SUPPLIED &&
        request->states[field.index] != PST_SLOT_SET) {
        request->given[request->given_count++] = (uint16_t)field.index;
    }
    request->values[field.index] = converted;
    request->states[field.index] = PST_SLOT_SET;
    request->touched = true;
    return POSTERN_OK;
}

/* Values and states grow together; a failure leaves both usable. */
postern_status pst_request_reserve(postern_request *request, size_t count)
{
    const postern_allocator *alloc = request->scheme->options.allocator;
    const size_t fields = request->scheme->field_count;
    const size_t wanted = fields + count;

    if (wanted > request->slot_cap) {
        pst_value *values = pst_alloc_array(alloc, wanted, sizeof *values);
        uint8_t *states = pst_alloc_array(alloc, wanted, sizeof *states);
        if (values == NULL || states == NULL) {
            pst_free_array(alloc, values, wanted, sizeof *values);
            pst_free_array(alloc, states, wanted, sizeof *states);
            return POSTERN_NO_MEMORY;
        }
        if (request->slot_cap > 0) {
            memcpy(values, request->values, fields * sizeof *values);
            memcpy(states, request->states, fields * sizeof *states);
        }
        pst_free_array(alloc, request->values, request->slot_cap, sizeof *values);
        pst_free_array(alloc, request->states, request->slot_cap, sizeof *states);
        request->values = values;
        request->states = states;
        request->slot_cap = wanted;
    }
    memset(request->states + fields, PST_SLOT_UNKNOWN, count);
    return POSTERN_OK;
}

postern_status pst_request_reserve_marks(postern_request *request, size_t words)
{
    const postern_allocator *alloc = request->scheme->options.allocator;
    uint64_t *marks;

    if (words <= request->mark_words) {
        return POSTERN_OK;
    }
    marks = pst_alloc_array(alloc, words, sizeof *marks);
    if (marks == NULL) {
        return POSTERN_NO_MEMORY;
    }
    memset(marks, 0, words * sizeof *marks);
    pst_free_array(alloc, request->marks, request->mark_words, sizeof *marks);
    request->marks = marks;
    request->mark_words = words;
    return POSTERN_OK;
}
