#include "requests.h"

#include "markdown.h"

#include <postern/json.h>
#include <postern/scheme.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A request on its way to JSON: three texts that grow side by side. */
typedef struct draft {
    postern_str name;
    char head[REQUEST_BYTES / 4];
    char headers[REQUEST_BYTES / 4];
    char fields[REQUEST_BYTES / 4];
    const char *problem; /* NULL: fine */
} draft;

static void append(draft *d, char *to, size_t cap, const char *text, postern_str more)
{
    const size_t len = strlen(to);

    if (len + strlen(text) + more.len >= cap) {
        d->problem = "the request is too long";
        return;
    }
    (void)snprintf(to + len, cap - len, "%s%.*s", text, (int)more.len,
                   more.len == 0 ? "" : more.data);
}

static void append_quoted(draft *d, char *to, size_t cap, const char *text,
                          postern_str value)
{
    const size_t len = strlen(to) + strlen(text);

    if (len >= cap || len + postern_json_quote(value, NULL, 0) >= cap) {
        d->problem = "the request is too long";
        return;
    }
    (void)strcat(to, text);
    (void)postern_json_quote(value, to + len, cap - len);
}

static void read_first_line(draft *d, postern_str line)
{
    static const char *const keys[] = {"\"method\":", ",\"url\":", ",\"version\":"};
    postern_str word;

    *d = (draft){.problem = NULL};
    (void)take_word(&line, &d->name);
    for (size_t i = 0; i < 3 && take_word(&line, &word); i++) {
        append_quoted(d, d->head, sizeof d->head, keys[i], word);
    }
    if (take_word(&line, &word)) {
        d->problem = "a request is a name, a method, a url and a version";
    }
}

static void read_header(draft *d, postern_str name, postern_str value)
{
    append_quoted(d, d->headers, sizeof d->headers, d->headers[0] == '\0' ? "[" : ",[",
                  name);
    append_quoted(d, d->headers, sizeof d->headers, ",", value);
    append(d, d->headers, sizeof d->headers, "]", (postern_str){NULL, 0});
}

static void read_field(draft *d, const postern_scheme *scheme, postern_str name,
                       postern_str value)
{
    postern_type type;

    if (postern_scheme_find_field(scheme, name, NULL, &type) != POSTERN_OK) {
        d->problem = "a request sets a field that does not exist";
        return;
    }
    append_quoted(d, d->fields, sizeof d->fields, d->fields[0] == '\0' ? "" : ",",
                  name);
    if (type == POSTERN_IP) {
        append_quoted(d, d->fields, sizeof d->fields, ":", value);
    } else {
        append(d, d->fields, sizeof d->fields, ":", value);
    }
}

/* "name: value" is a header, "name = value" a field. */
static void read_part(draft *d, const postern_scheme *scheme, postern_str line)
{
    postern_str rest = line;
    postern_str name;
    postern_str sign;

    if (!take_word(&rest, &name)) {
        return;
    }
    if (name.data[name.len - 1] == ':') {
        name.len--;
        read_header(d, name, trimmed(rest));
    } else if (take_word(&rest, &sign) && sign.len == 1 && sign.data[0] == '=') {
        read_field(d, scheme, name, trimmed(rest));
    } else {
        d->problem = "a line of a request is 'header: value' or 'field = value'";
    }
}

static bool finish(requests *out, const draft *d, char *problem, size_t cap)
{
    const char *why = d->problem;
    char *json = NULL;

    if (d->name.len == 0) {
        return true;
    }
    if (why == NULL && requests_find(out, d->name) != NULL) {
        why = "two requests have one name";
    }
    if (why == NULL && out->count == REQUESTS_MAX) {
        why = "too many requests on a page";
    }
    if (why == NULL && (json = malloc(REQUEST_BYTES)) == NULL) {
        why = "no memory";
    }
    if (why != NULL) {
        (void)snprintf(problem, cap, "%s: %.*s", why, (int)d->name.len, d->name.data);
        return false;
    }
    if (d->head[0] == '\0') { /* no head: fields alone */
        (void)snprintf(json, REQUEST_BYTES, "{\"fields\":{%s}}", d->fields);
    } else {
        (void)snprintf(json, REQUEST_BYTES, "{%s,\"headers\":[%s],\"fields\":{%s}}",
                       d->head, d->headers, d->fields);
    }
    out->all[out->count++] = (named_request){d->name, json, false};
    return true;
}

bool requests_read(requests *out, const postern_scheme *scheme, postern_str block,
                   char *problem, size_t cap)
{
    draft *d = calloc(1, sizeof *d);
    postern_str line;
    bool fine = d != NULL;

    while (fine && take_line(&block, &line)) {
        if (trimmed(line).len == 0) {
            continue;
        }
        if (line.data[0] == ' ') {
            read_part(d, scheme, line);
        } else {
            fine = finish(out, d, problem, cap);
            read_first_line(d, line);
        }
    }
    fine = fine && finish(out, d, problem, cap);
    free(d);
    return fine;
}

const named_request *requests_find(requests *from, postern_str name)
{
    for (size_t i = 0; i < from->count; i++) {
        if (postern_str_equal(from->all[i].name, name)) {
            from->all[i].used = true;
            return &from->all[i];
        }
    }
    return NULL;
}

void requests_free(requests *from)
{
    for (size_t i = 0; i < from->count; i++) {
        free(from->all[i].json);
    }
    from->count = 0;
}
