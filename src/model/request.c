/*
 * model/request.c - the life of a request: made, filled, set, reset, poisoned by
 * misuse.
 */
#include "model/request.h"

#include "model/group.h"
#include "support/alloc.h"
#include "support/attribute.h"
#include "support/hash.h"
#include "support/text.h"

static PST_NOINLINE postern_status poison(postern_request *request,
                                          postern_status status)
{
    if (request->poison == POSTERN_OK) {
        request->poison = status;
    }
    request->open = NULL;
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
        pst_clear(request->values + PST_FIELD_CONNECTION_COUNT,
                  (PST_FIELD_HEAD_END - PST_FIELD_CONNECTION_COUNT) *
                      sizeof *request->values);
        request->touched = false;
    }
    memcpy(request->states + PST_FIELD_CONNECTION_COUNT,
           scheme->unset + PST_FIELD_CONNECTION_COUNT,
           PST_FIELD_IP_SRC + 1 - PST_FIELD_CONNECTION_COUNT);
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

/* All but the connection's fields, which the next request may well have too: who seals
 * knows. */
static void start_again(postern_request *request)
{
    request->poison = POSTERN_OK;
    request->connection = NULL;
    request->header_count = 0;
    request->identity_count = 0;
    request->buckets_used = 0;
    request->matches = NULL;
    request->match_cap = 0;
    request->strip = NULL;
    request->has_head = false;
    request->sealed = false;
    request->open = NULL;
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

void postern_request_reset(postern_request *request)
{
    start_again(request);
    request->method = (postern_str){NULL, 0};
    request->target = (postern_str){NULL, 0};
    request->version = (postern_str){NULL, 0};
    pst_request_forget_connection(request);
}

postern_status postern_request_begin(postern_request *request,
                                     postern_connection *connection, postern_str method,
                                     postern_str target, postern_str version)
{
    start_again(request);
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

/* Puts the line that is about to be added, number request->header_count, behind the
 * others of its bucket. */
static void file_line(postern_request *request, uint32_t hash)
{
    const uint32_t line = (uint32_t)request->header_count; /* below a 32-bit limit */
    const uint64_t bit = UINT64_C(1) << (hash >> 26);
    pst_header_bucket *bucket = &request->buckets[hash >> 26];

    if ((request->buckets_used & bit) == 0) {
        request->buckets_used |= bit;
        bucket->first = line;
    } else {
        request->headers[bucket->last].next = line;
    }
    bucket->last = line;
}

static PST_NOINLINE bool grow_headers(postern_request *request)
{
    void *headers = request->headers;
    const bool grown =
        pst_grow(request->scheme->options.allocator, &headers, request->header_count,
                 &request->header_cap, sizeof *request->headers);

    request->headers = headers;
    return grown;
}

postern_status postern_request_add_header(postern_request *request, postern_str name,
                                          postern_str value)
{
    const postern_scheme *scheme = request->scheme;
    pst_header *header;
    bool identity;
    uint32_t hash;

    if (!request->has_head || request->sealed) {
        return poison(request, POSTERN_STATE);
    }
    if (!pst_header_name_read(name, &hash)) {
        return poison(request, POSTERN_INVALID);
    }
    if (request->header_count >= scheme->options.limits.headers) {
        return poison(request, POSTERN_LIMIT);
    }
    if (request->header_count == request->header_cap && !grow_headers(request)) {
        return poison(request, POSTERN_NO_MEMORY);
    }
    identity = pst_header_may_claim(name) && pst_header_claims_identity(name);
    file_line(request, hash);
    header = &request->headers[request->header_count++];
    *header = (pst_header){name, value, hash, 0, identity};
    request->identity_count += identity;
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

/* A host's union may hold any byte there; a Boolean of neither value would be true here
 * and false there. */
static bool boolean_of(const postern_value *value)
{
    unsigned char byte;

    memcpy(&byte, &value->as.boolean, 1);
    return byte != 0;
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
        out->boolean = boolean_of(value);
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

/* The slot of a field that the host sets now, and how to forget it: fields of the head
 * and derived ones are forgotten in one go. */
static inline pst_value *slot_to_set(postern_request *request, size_t field,
                                     uint8_t origin)
{
    if (request->states[field] != PST_SLOT_SET) {
        if (origin == PST_ORIGIN_SUPPLIED || origin == PST_ORIGIN_CONNECTION) {
            request->given[request->given_count++] = (uint16_t)field;
        }
        request->states[field] = PST_SLOT_SET;
        request->touched = true;
    }
    return &request->values[field];
}

/* Of a type that is neither Boolean, Integer nor String. */
static PST_NOINLINE postern_status set_other(postern_request *request, size_t field,
                                             const postern_value *value)
{
    const pst_field_info *info = &request->scheme->fields[field];
    pst_value converted;
    const postern_status status =
        convert(&request->arena, value, info->type, &converted);

    if (status != POSTERN_OK) {
        return poison(request, status);
    }
    if (field == PST_FIELD_HEADERS || field == PST_FIELD_RAW_HEADERS) {
        set_headers(request, (pst_field_id)field, converted.map);
        return POSTERN_OK;
    }
    *slot_to_set(request, field, info->origin) = converted;
    return POSTERN_OK;
}

/* Most fields hold a scalar, which is put into its slot without a detour. */
postern_status postern_request_set(postern_request *request, postern_field field,
                                   const postern_value *value)
{
    const postern_scheme *scheme = request->scheme;
    const pst_field_info *info;
    pst_value *slot;

    if (request->sealed || field.index >= scheme->field_count) {
        return poison(request, POSTERN_STATE);
    }
    info = &scheme->fields[field.index];
    if (!request->simulated && info->origin != PST_ORIGIN_SUPPLIED) {
        return poison(request, POSTERN_STATE);
    }
    if (value->type != info->type || value->type > POSTERN_STRING) {
        return set_other(request, field.index, value);
    }
    slot = slot_to_set(request, field.index, info->origin);
    if (value->type == POSTERN_STRING) {
        slot->string = value->as.string;
    } else {
        slot->map = (pst_map){NULL, 0};
        if (value->type == POSTERN_INT) {
            slot->integer = value->as.integer;
        } else {
            slot->boolean = boolean_of(value);
        }
    }
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
