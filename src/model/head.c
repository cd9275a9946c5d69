/*
 * model/head.c - from request line and headers to fields: what is known when a
 * request is sealed.
 *
 * A head that is malformed or ambiguous is not repaired: it gets a problem, and
 * whoever evaluates answers 400.
 */
#include "model/request.h"
#include "support/hash.h"
#include "support/text.h"

bool pst_header_is(const postern_request *request, const pst_header *header,
                   postern_str name, uint32_t hash)
{
    return header->hash == hash && pst_header_visible(request, header) &&
           pst_str_same_folded(header->name, name);
}

const postern_str *pst_request_header(const postern_request *request, postern_str name,
                                      uint32_t hash, size_t index)
{
    const pst_header *header = pst_header_first(request, hash);

    while (header != NULL &&
           !(pst_header_is(request, header, name, hash) && index-- == 0)) {
        header = pst_header_next(request, header);
    }
    return header == NULL ? NULL : &header->value;
}

/* The Host header must be there, once, well formed, and agree with an absolute
 * target. */
static const char *read_host(postern_request *request, pst_head *head)
{
    static const postern_str name = POSTERN_STR("host");
    const uint32_t hash = pst_hash_folded(name);
    const postern_str *host = NULL;
    pst_host authority;

    for (const pst_header *header = pst_header_first(request, hash); header != NULL;
         header = pst_header_next(request, header)) {
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

void pst_request_forget_connection(postern_request *request)
{
    if (request->judgement != 0) {
        memset(request->values, 0,
               PST_FIELD_CONNECTION_COUNT * sizeof *request->values);
        memcpy(request->states, request->scheme->unset, PST_FIELD_CONNECTION_COUNT);
        request->judgement = 0;
    }
}

static void put_no_connection(postern_request *request)
{
    static const postern_str not_evaluated = POSTERN_STR("not-evaluated");

    pst_request_forget_connection(request);
    put(request, PST_FIELD_POSTERN_CERT_REASON, not_evaluated);
}

/* The fields of a connection are copied for its first request and stay in their slots
 * for the next ones: nothing else writes them on a request that has one, and a judgement
 * that is made anew, here or anywhere, has a number of its own. */
static void put_connection(postern_request *request,
                           const pst_connection_fields *connection)
{
    if (request->judgement != connection->judgement) {
        memcpy(request->values, connection->values,
               PST_FIELD_CONNECTION_COUNT * sizeof *request->values);
        memcpy(request->states, connection->states, PST_FIELD_CONNECTION_COUNT);
        request->judgement = connection->judgement;
    }
    if (connection->has_address && request->states[PST_FIELD_IP_SRC] != PST_SLOT_SET) {
        request->values[PST_FIELD_IP_SRC].ip = connection->address;
        request->states[PST_FIELD_IP_SRC] = PST_SLOT_PRESENT;
    }
}

/* A LAZY field is to be derived again, unless the host has set it. */
static void forget(postern_request *request, size_t field)
{
    if (request->states[field] != PST_SLOT_SET &&
        request->scheme->fields[field].origin == PST_ORIGIN_LAZY) {
        request->states[field] = PST_SLOT_UNKNOWN;
    }
}

/* What was derived under other eyes is derived again. */
static void forget_derived(postern_request *request)
{
    for (size_t i = PST_FIELD_HEAD_END; i < PST_FIELD_LAZY_END; i++) {
        forget(request, i);
    }
}

void pst_request_forget_time(postern_request *request)
{
    request->now_known = false;
    forget(request, PST_FIELD_TIMESTAMP_SEC);
    forget(request, PST_FIELD_TIMESTAMP_MSEC);
}

postern_status pst_request_seal(postern_request *request,
                                const pst_connection_fields *connection,
                                bool hide_identity)
{
    postern_status status = POSTERN_OK;

    request->open = NULL;
    if (request->poison != POSTERN_OK) {
        return request->poison;
    }
    pst_request_forget_time(request);
    if (request->sealed && request->hide_identity != hide_identity) {
        forget_derived(request);
    }
    request->hide_identity = hide_identity;
    if (connection != NULL) {
        put_connection(request, connection);
    } else if (!request->sealed) {
        put_no_connection(request);
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
