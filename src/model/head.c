/*
 * model/head.c - from request line and headers to fields: what is known when a
 * request is sealed, and what is derived when somebody asks.
 *
 * A head that is malformed or ambiguous is not repaired: it gets a problem, and
 * whoever evaluates answers 400.
 */
#include "model/request.h"
#include "support/hash.h"
#include "support/text.h"

static bool visible(const postern_request *request, const pst_header *header)
{
    return !(header->identity && request->hide_identity);
}

size_t pst_request_header_count(const postern_request *request, postern_str name,
                                uint32_t hash)
{
    size_t count = 0;

    for (size_t i = 0; i < request->header_count; i++) {
        const pst_header *header = &request->headers[i];
        count += header->hash == hash && visible(request, header) &&
                 pst_str_same_folded(header->name, name);
    }
    return count;
}

const postern_str *pst_request_header(const postern_request *request, postern_str name,
                                      uint32_t hash, size_t index)
{
    for (size_t i = 0; i < request->header_count; i++) {
        const pst_header *header = &request->headers[i];
        if (header->hash == hash && visible(request, header) &&
            pst_str_same_folded(header->name, name) && index-- == 0) {
            return &header->value;
        }
    }
    return NULL;
}

/* The Host header must be there, once, well formed, and agree with an absolute
 * target. */
static const char *read_host(postern_request *request, pst_head *head)
{
    static const postern_str name = POSTERN_STR("host");
    const uint32_t hash = pst_hash_folded(name);
    const postern_str *host = NULL;
    pst_host authority;

    for (size_t i = 0; i < request->header_count; i++) {
        const pst_header *header = &request->headers[i];
        if (header->hash == hash && pst_str_same_folded(header->name, name)) {
            if (host != NULL) {
                return "more than one Host header";
            }
            host = &header->value;
        }
    }
    if (host == NULL) {
        return "no Host header";
    }
    if (!pst_host_normalise(*host, PST_HOST_WITH_PORT, &head->host)) {
        return "malformed Host header";
    }
    if (!head->target.absolute) {
        return NULL;
    }
    if (!pst_host_normalise(head->target.authority, PST_HOST_WITH_PORT, &authority) ||
        !pst_str_same(pst_host_name(&authority), pst_host_name(&head->host)) ||
        (authority.port >= 0 && head->host.port >= 0 &&
         authority.port != head->host.port)) {
        return "request target and Host header name different hosts";
    }
    return NULL;
}

static postern_status read_head(postern_request *request)
{
    static const postern_str options = POSTERN_STR("OPTIONS");
    pst_head *head = &request->head;
    const postern_status status = pst_target_read(request->target, &request->arena,
                                                  &head->target, &head->problem);

    head->host.len = 0;
    if (status != POSTERN_OK && status != POSTERN_INVALID) {
        return status;
    }
    if (head->problem == NULL && head->target.path.data[0] == '*' &&
        !pst_str_same(request->method, options)) {
        head->problem = "request target \"*\" with a method other than OPTIONS";
    }
    if (head->problem == NULL && request->method.len == 0) {
        head->problem = "no method";
    }
    if (head->problem == NULL) {
        head->problem = read_host(request, head);
    }
    return POSTERN_OK;
}

/* A field that the host of a simulated request has set stays as it was set. */
static void put(postern_request *request, pst_field_id field, postern_str text)
{
    if (request->states[field] != PST_SLOT_SET) {
        request->values[field].string = text;
        request->states[field] = PST_SLOT_PRESENT;
    }
}

static void put_head(postern_request *request)
{
    const pst_target *target = &request->head.target;

    put(request, PST_FIELD_METHOD, request->method);
    put(request, PST_FIELD_VERSION, request->version);
    put(request, PST_FIELD_HOST, pst_host_name(&request->head.host));
    put(request, PST_FIELD_URI, target->uri);
    put(request, PST_FIELD_PATH, target->path);
    put(request, PST_FIELD_QUERY, target->query);
    put(request, PST_FIELD_RAW_URI, target->raw);
    put(request, PST_FIELD_RAW_PATH, target->raw_path);
    put(request, PST_FIELD_RAW_QUERY, target->query);
    request->touched = true;
}

static void put_connection(postern_request *request,
                           const pst_connection_fields *connection)
{
    static const postern_str not_evaluated = POSTERN_STR("not-evaluated");

    if (connection == NULL) {
        put(request, PST_FIELD_POSTERN_CERT_REASON, not_evaluated);
        request->touched = true;
        return;
    }
    memcpy(request->values, connection->values,
           PST_FIELD_CONNECTION_COUNT * sizeof *request->values);
    memcpy(request->states, connection->states, PST_FIELD_CONNECTION_COUNT);
    if (connection->has_address && request->states[PST_FIELD_IP_SRC] != PST_SLOT_SET) {
        request->values[PST_FIELD_IP_SRC].ip = connection->address;
        request->states[PST_FIELD_IP_SRC] = PST_SLOT_PRESENT;
    }
    request->touched = true;
}

/* A LAZY field is to be derived again, unless the host has set it. */
static void forget(postern_request *request, size_t field)
{
    if (request->states[field] != PST_SLOT_SET) {
        request->states[field] = PST_SLOT_UNKNOWN;
    }
}

/* What was derived under other eyes is derived again. */
static void forget_derived(postern_request *request)
{
    for (size_t i = 0; i < request->scheme->field_count; i++) {
        if (request->scheme->fields[i].origin == PST_ORIGIN_LAZY) {
            forget(request, i);
        }
    }
}

postern_status pst_request_seal(postern_request *request,
                                const pst_connection_fields *connection,
                                bool hide_identity)
{
    postern_status status = POSTERN_OK;

    if (request->poison != POSTERN_OK) {
        return request->poison;
    }
    forget(request, PST_FIELD_TIMESTAMP_SEC);
    forget(request, PST_FIELD_TIMESTAMP_MSEC);
    if (request->sealed && request->hide_identity != hide_identity) {
        forget_derived(request);
    }
    request->hide_identity = hide_identity;
    if (connection != NULL || !request->sealed) {
        put_connection(request, connection);
    }
    if (request->sealed) {
        return POSTERN_OK;
    }
    request->sealed = true;
    request->head.problem = NULL;
    if (!request->has_head) {
        return POSTERN_OK;
    }
    status = read_head(request);
    if (status != POSTERN_OK) {
        request->poison = status;
        return status;
    }
    if (request->head.problem == NULL) {
        put_head(request);
    }
    return POSTERN_OK;
}

/* --- derived on demand -------------------------------------------------------- */

/* All visible lines of a header as one text, joined as RFC 9110 5.3 and, for
 * cookies, RFC 9113 8.2.3 do. */
static postern_status join_header(postern_request *request, const char *name,
                                  const char *separator, postern_str *out)
{
    const postern_str wanted = postern_text(name);
    const uint32_t hash = pst_hash_folded(wanted);
    const postern_str *line = pst_request_header(request, wanted, hash, 0);
    size_t room = 1;
    char *text;

    *out = line == NULL ? (postern_str){NULL, 0} : *line;
    if (pst_request_header(request, wanted, hash, 1) == NULL) {
        return POSTERN_OK;
    }
    for (size_t i = 0; i < request->header_count; i++) {
        room += request->headers[i].value.len + strlen(separator);
    }
    text = pst_arena_alloc(&request->arena, room);
    if (text == NULL) {
        return request->arena.status;
    }
    pst_writer joined = {text, room, 0};
    for (size_t i = 0; i < request->header_count; i++) {
        const pst_header *header = &request->headers[i];
        if (header->hash != hash || !visible(request, header) ||
            !pst_str_same_folded(header->name, wanted)) {
            continue;
        }
        if (&header->value != line) {
            pst_write_text(&joined, separator);
        }
        pst_write_str(&joined, header->value);
    }
    *out = (postern_str){text, joined.len};
    return POSTERN_OK;
}

/* scheme://authority followed by path and query */
static postern_status full_uri(postern_request *request, postern_str authority,
                               postern_str rest, postern_str *out)
{
    const bool tls = request->values[PST_FIELD_SSL].boolean;
    const postern_str scheme = postern_text(tls ? "https://" : "http://");
    const size_t len = scheme.len + authority.len + rest.len;
    char *text = pst_arena_alloc(&request->arena, len + 1);

    if (text == NULL) {
        return request->arena.status;
    }
    pst_writer writer = {text, len + 1, 0};
    pst_write_str(&writer, scheme);
    pst_write_str(&writer, authority);
    pst_write_str(&writer, rest);
    *out = (postern_str){text, len};
    return POSTERN_OK;
}

static postern_status raw_full_uri(postern_request *request, postern_str *out)
{
    static const postern_str name = POSTERN_STR("host");
    const postern_str *host;

    if (request->head.target.absolute) {
        *out = request->target;
        return POSTERN_OK;
    }
    host = pst_request_header(request, name, pst_hash_folded(name), 0);
    return full_uri(request, host == NULL ? (postern_str){NULL, 0} : *host,
                    request->head.target.raw, out);
}

static postern_status header_list(postern_request *request, bool names, pst_array *out)
{
    pst_value *items =
        pst_arena_array(&request->arena, request->header_count, sizeof *items);
    size_t count = 0;

    if (items == NULL) {
        return request->arena.status;
    }
    for (size_t i = 0; i < request->header_count; i++) {
        const pst_header *header = &request->headers[i];
        if (visible(request, header)) {
            items[count++].string = names ? header->name : header->value;
        }
    }
    *out = (pst_array){items, count};
    return POSTERN_OK;
}

static postern_status lower_copy(pst_arena *arena, postern_str text, postern_str *out)
{
    char *copy = pst_arena_alloc(arena, text.len);

    if (copy == NULL) {
        return arena->status;
    }
    for (size_t i = 0; i < text.len; i++) {
        copy[i] = (char)pst_lower((unsigned char)text.data[i]);
    }
    *out = (postern_str){copy, text.len};
    return POSTERN_OK;
}

/* All values of the header called like line `first`, in order. */
static postern_status header_values(postern_request *request, size_t first,
                                    pst_array *out)
{
    const pst_header *like = &request->headers[first];
    const size_t count = pst_request_header_count(request, like->name, like->hash);
    pst_value *items = pst_arena_array(&request->arena, count, sizeof *items);
    size_t filled = 0;

    if (items == NULL) {
        return request->arena.status;
    }
    for (size_t i = first; i < request->header_count; i++) {
        const pst_header *header = &request->headers[i];
        if (header->hash == like->hash && visible(request, header) &&
            pst_str_same_folded(header->name, like->name)) {
            items[filled++].string = header->value;
        }
    }
    *out = (pst_array){items, filled};
    return POSTERN_OK;
}

static bool seen_before(const postern_request *request, size_t at)
{
    const pst_header *header = &request->headers[at];

    for (size_t i = 0; i < at; i++) {
        if (request->headers[i].hash == header->hash &&
            pst_str_same_folded(request->headers[i].name, header->name)) {
            return true;
        }
    }
    return false;
}

static postern_status header_map(postern_request *request, pst_map *out)
{
    pst_entry *entries =
        pst_arena_array(&request->arena, request->header_count, sizeof *entries);
    size_t count = 0;
    postern_status status = POSTERN_OK;

    if (entries == NULL) {
        return request->arena.status;
    }
    for (size_t i = 0; i < request->header_count && status == POSTERN_OK; i++) {
        if (!visible(request, &request->headers[i]) || seen_before(request, i)) {
            continue;
        }
        status =
            lower_copy(&request->arena, request->headers[i].name, &entries[count].key);
        if (status == POSTERN_OK) {
            status = header_values(request, i, &entries[count].value.array);
        }
        count++;
    }
    *out = (pst_map){entries, count};
    return status;
}

static postern_status timestamp(postern_request *request, bool seconds, int64_t *out)
{
    const postern_options *options = &request->scheme->options;
    const int64_t now = options->clock(options->clock_user);

    if (now < 0) {
        return POSTERN_CLOCK;
    }
    *out = seconds ? now / 1000 : now % 1000;
    return POSTERN_OK;
}

static postern_status derive(postern_request *request, pst_field_id field,
                             pst_value *out)
{
    const pst_head *head = &request->head;

    switch ((int)field) {
    case PST_FIELD_FULL_URI:
        return full_uri(request, pst_host_name(&head->host), head->target.uri,
                        &out->string);
    case PST_FIELD_RAW_FULL_URI:
        return raw_full_uri(request, &out->string);
    case PST_FIELD_COOKIE:
        return join_header(request, "cookie", "; ", &out->string);
    case PST_FIELD_REFERER:
        return join_header(request, "referer", ", ", &out->string);
    case PST_FIELD_USER_AGENT:
        return join_header(request, "user-agent", ", ", &out->string);
    case PST_FIELD_X_FORWARDED_FOR:
        return join_header(request, "x-forwarded-for", ", ", &out->string);
    case PST_FIELD_HEADERS:
        return header_map(request, &out->map);
    case PST_FIELD_HEADER_NAMES:
        return header_list(request, true, &out->array);
    case PST_FIELD_HEADER_VALUES:
        return header_list(request, false, &out->array);
    case PST_FIELD_TIMESTAMP_SEC:
        return timestamp(request, true, &out->integer);
    case PST_FIELD_TIMESTAMP_MSEC:
        return timestamp(request, false, &out->integer);
    default:
        return POSTERN_STATE; /* not a LAZY field */
    }
}

postern_status pst_request_derive(postern_request *request, size_t field)
{
    pst_value *value = &request->values[field];
    postern_status status = POSTERN_OK;

    memset(value, 0, sizeof *value);
    request->touched = true;
    /* Without a head there is nothing to derive from: the field stays empty, but
     * for the time, which is always known. */
    if (request->has_head || field == PST_FIELD_TIMESTAMP_SEC ||
        field == PST_FIELD_TIMESTAMP_MSEC) {
        status = derive(request, (pst_field_id)field, value);
    }
    if (status == POSTERN_OK) {
        request->states[field] = PST_SLOT_PRESENT;
    }
    return status;
}
