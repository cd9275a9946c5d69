#include "request_json.h"

#include "field_json.h"
#include "timestamp.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* What is being read, and the node of each key's value (0: not given). */
typedef struct reader {
    source *from;
    const postern_scheme *scheme;
    postern_request *request;
    request_clock *clock;
    size_t method;
    size_t url;
    size_t version;
    size_t headers;
    size_t ip;
    size_t listener;
    size_t time;
    size_t fields;
    size_t body;
    size_t refused;
} reader;

static const postern_str nothing = {NULL, 0};

int64_t request_clock_read(void *user)
{
    const request_clock *const clock = user;
    struct timespec now;

    if (clock->set) {
        return clock->now;
    }
    if (timespec_get(&now, TIME_UTC) != TIME_UTC) {
        return -1;
    }
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- keys ------------------------------------------------------------------------ */

static const struct {
    const char *name;
    size_t place; /* in reader */
} keys[] = {
    {"method",             offsetof(reader, method)  },
    {"url",                offsetof(reader, url)     },
    {"version",            offsetof(reader, version) },
    {"headers",            offsetof(reader, headers) },
    {"ip",                 offsetof(reader, ip)      },
    {"listener",           offsetof(reader, listener)},
    {"time",               offsetof(reader, time)    },
    {"fields",             offsetof(reader, fields)  },
    {"body",               offsetof(reader, body)    },
    {"client_certificate", offsetof(reader, refused) },
};

static bool read_key(reader *r, size_t key)
{
    nearest_name nearest = {0};
    postern_str name;
    char hint[160];

    if (!source_string(r->from, key, &name)) {
        return false;
    }
    nearest.wanted = name;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const postern_str known = postern_text(keys[i].name);
        if (!postern_str_equal(known, name)) {
            nearest_name_try(&nearest, known);
            continue;
        }
        if (keys[i].place == offsetof(reader, refused)) {
            return source_refuse(
                r->from, key,
                "only a handshake can prove it, and there is none here:", name,
                "say in \"fields\" what rules would see: "
                "\"cf.tls_client_auth.cert_verified\": true");
        }
        *(size_t *)(void *)((char *)r + keys[i].place) = key + 1;
        return true;
    }
    nearest_name_hint(&nearest, hint, sizeof hint);
    return source_refuse(r->from, key, "unknown key", name, hint);
}

static bool read_keys(reader *r)
{
    const postern_json_node *const nodes = r->from->nodes;

    if (nodes[0].kind != POSTERN_JSON_OBJECT) {
        return source_refuse(r->from, 0, "a request is an object", nothing, NULL);
    }
    for (size_t at = 1; at < nodes[0].next; at = nodes[at].next) {
        if (!read_key(r, at)) {
            return false;
        }
    }
    return true;
}

/* The string at `node`, or `otherwise` when node is 0. */
static bool read_text(reader *r, size_t node, const char *otherwise, postern_str *out)
{
    *out = postern_text(otherwise);
    if (node == 0) {
        return true;
    }
    if (r->from->nodes[node].kind != POSTERN_JSON_STRING) {
        return source_refuse(r->from, node, "a string is wanted here", nothing, NULL);
    }
    return source_string(r->from, node, out);
}

/* --- head ------------------------------------------------------------------------ */

static bool add_header(reader *r, size_t node, postern_str name, postern_str value)
{
    const postern_status status = postern_request_add_header(r->request, name, value);

    if (status == POSTERN_OK) {
        return true;
    }
    return source_refuse(r->from, node,
                         status == POSTERN_INVALID ? "not a header name:"
                         : status == POSTERN_LIMIT ? "too many headers:"
                                                   : postern_status_text(status),
                         name, NULL);
}

/* [name, value] */
static bool read_header_pair(reader *r, size_t pair)
{
    const postern_json_node *const nodes = r->from->nodes;
    postern_str name;
    postern_str value;

    if (nodes[pair].kind != POSTERN_JSON_ARRAY || nodes[pair].next != pair + 3) {
        return source_refuse(r->from, pair, "a header is [name, value]", nothing, NULL);
    }
    return read_text(r, pair + 1, "", &name) && read_text(r, pair + 2, "", &value) &&
           add_header(r, pair + 1, name, value);
}

/* name: value or name: [value, ..] */
static bool read_header_member(reader *r, size_t key)
{
    const postern_json_node *const nodes = r->from->nodes;
    const size_t node = key + 1;
    postern_str name;
    postern_str value;

    if (!source_string(r->from, key, &name)) {
        return false;
    }
    if (nodes[node].kind != POSTERN_JSON_ARRAY) {
        return read_text(r, node, "", &value) && add_header(r, key, name, value);
    }
    for (size_t at = node + 1; at < nodes[node].next; at = nodes[at].next) {
        if (!read_text(r, at, "", &value) || !add_header(r, key, name, value)) {
            return false;
        }
    }
    return true;
}

static bool read_headers(reader *r)
{
    const postern_json_node *const nodes = r->from->nodes;
    const bool list = nodes[r->headers].kind == POSTERN_JSON_ARRAY;

    if (r->headers == 0) {
        return true;
    }
    if (!list && nodes[r->headers].kind != POSTERN_JSON_OBJECT) {
        return source_refuse(r->from, r->headers,
                             "headers are a list of [name, value] or an object",
                             nothing, NULL);
    }
    for (size_t at = r->headers + 1; at < nodes[r->headers].next; at = nodes[at].next) {
        if (!(list ? read_header_pair(r, at) : read_header_member(r, at))) {
            return false;
        }
    }
    return true;
}

static bool folds_to(postern_str text, const char *lower)
{
    const postern_str wanted = postern_text(lower);

    if (text.len < wanted.len) {
        return false;
    }
    for (size_t i = 0; i < wanted.len; i++) {
        const char c = text.data[i];
        if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != wanted.data[i]) {
            return false;
        }
    }
    return true;
}

/* Does a header of the object or list name the host? Anything that is not a header
 * is told later. */
static bool names_host(reader *r)
{
    const postern_json_node *const nodes = r->from->nodes;
    const bool list = nodes[r->headers].kind == POSTERN_JSON_ARRAY;

    if (r->headers == 0) {
        return false;
    }
    for (size_t at = r->headers + 1; at < nodes[r->headers].next; at = nodes[at].next) {
        const size_t name = list ? at + 1 : at;
        char text[8];
        if (nodes[at].next > name &&
            postern_json_decode(r->from->text, &nodes[name], text, sizeof text) == 4 &&
            folds_to((postern_str){text, 4}, "host")) {
            return true;
        }
    }
    return false;
}

/* The authority of an absolute url; empty for a path. */
static postern_str authority_of(postern_str url)
{
    const size_t start = folds_to(url, "https://")  ? 8
                         : folds_to(url, "http://") ? 7
                                                    : url.len;
    size_t end = start;

    while (end < url.len && strchr("/?#", url.data[end]) == NULL) {
        end++;
    }
    return (postern_str){url.data + start, end - start};
}

static bool set_field(reader *r, size_t node, postern_str name,
                      const postern_value *value)
{
    postern_field field;
    postern_status status = postern_scheme_find_field(r->scheme, name, &field, NULL);

    if (status == POSTERN_OK) {
        status = postern_request_set(r->request, field, value);
    }
    return status == POSTERN_OK ||
           source_refuse(r->from, node, postern_status_text(status), name, NULL);
}

static bool read_head(reader *r)
{
    const postern_value yes = {.type = POSTERN_BOOL, .as.boolean = true};
    postern_str method;
    postern_str url;
    postern_str version;
    postern_str host;

    if (r->method == 0 && r->url == 0 && r->version == 0 && r->headers == 0) {
        postern_request_reset(r->request);
        return true;
    }
    if (!read_text(r, r->method, "GET", &method) || !read_text(r, r->url, "/", &url) ||
        !read_text(r, r->version, "HTTP/1.1", &version)) {
        return false;
    }
    if (postern_request_begin(r->request, NULL, method, url, version) != POSTERN_OK) {
        return source_refuse(r->from, 0, "the request cannot be begun", nothing, NULL);
    }
    host = authority_of(url);
    if (host.len > 0 && !names_host(r) &&
        !add_header(r, r->url, postern_text("host"), host)) {
        return false;
    }
    if (folds_to(url, "https://") && !set_field(r, r->url, postern_text("ssl"), &yes)) {
        return false;
    }
    return read_headers(r);
}

/* --- what is not the head -------------------------------------------------------- */

static bool read_named(reader *r, size_t node, postern_str name, postern_type type)
{
    postern_value value;

    return field_json_read(r->from, node, type, &value) &&
           set_field(r, node, name, &value);
}

/* As fields, as postern_request_set_body() takes a body only after a head. */
static bool read_body(reader *r)
{
    postern_value body;
    postern_value size = {.type = POSTERN_INT};

    if (r->body == 0) {
        return true;
    }
    if (!field_json_read(r->from, r->body, POSTERN_STRING, &body)) {
        return false;
    }
    size.as.integer = (int64_t)body.as.string.len;
    return set_field(r, r->body, postern_text("http.request.body.raw"), &body) &&
           set_field(r, r->body, postern_text("http.request.body.size"), &size);
}

static bool read_connection(reader *r)
{
    if (r->ip != 0 &&
        (!read_named(r, r->ip, postern_text("ip.src"), POSTERN_IP) ||
         !read_named(r, r->ip, postern_text("postern.ip.peer"), POSTERN_IP))) {
        return false;
    }
    return r->listener == 0 ||
           read_named(r, r->listener, postern_text("postern.listener"), POSTERN_STRING);
}

static bool read_time(reader *r)
{
    postern_str text;

    r->clock->set = false;
    if (r->time == 0) {
        return true;
    }
    if (!read_text(r, r->time, "", &text)) {
        return false;
    }
    if (!timestamp_parse(text, &r->clock->now)) {
        return source_refuse(r->from, r->time, "not a time:", text,
                             "times are written 2026-11-20T12:00:00Z");
    }
    r->clock->set = true;
    return true;
}

static bool read_field(reader *r, size_t key)
{
    nearest_name nearest = {0};
    postern_type type;
    postern_str name;
    char hint[160];

    if (!source_string(r->from, key, &name)) {
        return false;
    }
    if (postern_scheme_find_field(r->scheme, name, NULL, &type) == POSTERN_OK) {
        return read_named(r, key + 1, name, type);
    }
    nearest.wanted = name;
    for (size_t i = 0; i < postern_scheme_field_count(r->scheme); i++) {
        postern_str known;
        (void)postern_scheme_field_at(r->scheme, i, &known, NULL);
        nearest_name_try(&nearest, known);
    }
    nearest_name_hint(&nearest, hint, sizeof hint);
    return source_refuse(r->from, key, "unknown field", name, hint);
}

static bool read_fields(reader *r)
{
    const postern_json_node *const nodes = r->from->nodes;

    if (r->fields == 0) {
        return true;
    }
    if (nodes[r->fields].kind != POSTERN_JSON_OBJECT) {
        return source_refuse(r->from, r->fields, "fields are an object of name: value",
                             nothing, NULL);
    }
    for (size_t at = r->fields + 1; at < nodes[r->fields].next; at = nodes[at].next) {
        if (!read_field(r, at)) {
            return false;
        }
    }
    return true;
}

bool request_json_fill(postern_str text, const postern_scheme *scheme,
                       postern_request *request, request_clock *clock, source *memory)
{
    reader r = {.from = memory, .scheme = scheme, .request = request, .clock = clock};

    postern_request_reset(request); /* it may borrow from an earlier text */
    return source_read(memory, text) && read_keys(&r) && read_head(&r) &&
           read_body(&r) && read_connection(&r) && read_time(&r) && read_fields(&r);
}
