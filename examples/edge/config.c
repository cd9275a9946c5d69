/* config.c - one table of keys, and what may stand behind each. */
#include "config.h"

#include <errno.h>
#include <postern/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_BYTES = 1 << 20, NAME_BYTES = 32 };

enum kind { NUMBER, TEXT, FILE_NAME, PLACE, LIMITS };

typedef struct key {
    const char *name;
    enum kind kind;
    bool required;
    size_t offset; /* in edge_config or edge_limits */
    uint32_t least;
    uint32_t most;
} key;

#define AT(field) offsetof(edge_config, field)
static const key config_keys[] = {
    {"listen",       PLACE,     true,  AT(listen),       0, 0 },
    {"certificate",  FILE_NAME, true,  AT(certificate),  0, 0 },
    {"key",          FILE_NAME, true,  AT(key),          0, 0 },
    {"policy",       FILE_NAME, true,  AT(policy),       0, 0 },
    {"listener",     TEXT,      false, AT(listener),     0, 0 },
    {"plain_listen", PLACE,     false, AT(plain_listen), 0, 0 },
    {"workers",      NUMBER,    false, AT(workers),      1, 64},
    {"log",          FILE_NAME, false, AT(log),          0, 0 },
    {"limits",       LIMITS,    false, AT(limits),       0, 0 },
};
#undef AT
#define AT(field) offsetof(edge_limits, field)
static const key limit_keys[] = {
    {"handshake_ms",            NUMBER, false, AT(handshake_ms),            1,   600000 },
    {"header_ms",               NUMBER, false, AT(header_ms),               1,   600000 },
    {"idle_ms",                 NUMBER, false, AT(idle_ms),                 1,   3600000},
    {"connections",             NUMBER, false, AT(connections),             1,   1000000},
    {"connections_per_peer",    NUMBER, false, AT(connections_per_peer),    1,   1000000},
    {"handshakes",              NUMBER, false, AT(handshakes),              1,   1000000},
    {"handshakes_per_peer",     NUMBER, false, AT(handshakes_per_peer),     1,   1000000},
    {"handshake_cpu_ms",        NUMBER, false, AT(handshake_cpu_ms),        60,  60000  },
    {"handshake_bytes",         NUMBER, false, AT(handshake_bytes),         512, 1048576},
    {"head_bytes",              NUMBER, false, AT(head_bytes),              256, 1048576},
    {"headers",                 NUMBER, false, AT(headers),                 1,   512    },
    {"requests_per_connection", NUMBER, false, AT(requests_per_connection), 1,   1000000},
};
#undef AT

static const edge_limits default_limits = {
    .handshake_ms = 10000,
    .header_ms = 10000,
    .idle_ms = 30000,
    .connections = 1024,
    .connections_per_peer = 256,
    .handshakes = 256,
    .handshakes_per_peer = 64,
    .handshake_cpu_ms = 5000,
    .handshake_bytes = 8192,
    .head_bytes = 16384,
    .headers = 100,
    .requests_per_connection = 1000,
};

/* The file while it is read. */
typedef struct reader {
    const char *path;
    postern_str text;
    const postern_json_node *nodes;
    edge_text *problems;
    bool failed;
} reader;

static void complain_at(reader *in, size_t offset)
{
    size_t line;
    size_t column;

    in->failed = true;
    postern_json_place(in->text, offset, &line, &column);
    edge_text_add(in->problems, postern_text(in->path));
    edge_text_format(in->problems, ":%zu:%zu: error: ", line, column);
}

static void complain(reader *in, size_t node, const char *what)
{
    complain_at(in, in->nodes[node].offset);
    edge_text_format(in->problems, "%s\n", what);
}

/* Levenshtein's distance. */
static size_t distance(const char *a, const char *b)
{
    const size_t len = strlen(b) < NAME_BYTES ? strlen(b) : NAME_BYTES;
    size_t row[NAME_BYTES + 1];

    for (size_t j = 0; j <= len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= len; j++) {
            const size_t above = row[j];
            size_t least = corner + (a[i - 1] != b[j - 1]);
            least = above + 1 < least ? above + 1 : least;
            least = row[j - 1] + 1 < least ? row[j - 1] + 1 : least;
            row[j] = least;
            corner = above;
        }
    }
    return row[len];
}

static void unknown_key(reader *in, size_t node, const char *name, const key *keys,
                        size_t count)
{
    const char *best = NULL;
    size_t nearest = strlen(name) / 2 + 1;

    for (size_t i = 0; i < count; i++) {
        const size_t far = distance(name, keys[i].name);
        if (far <= nearest) {
            nearest = far;
            best = keys[i].name;
        }
    }
    complain_at(in, in->nodes[node].offset);
    edge_text_add(in->problems, postern_text("unknown key "));
    edge_text_quote(in->problems, postern_text(name));
    if (best != NULL) {
        edge_text_format(in->problems, "; did you mean \"%s\"?", best);
    }
    edge_text_add(in->problems, postern_text("\n"));
}

/* The decoded string at `node`, with `before` in front, or NULL. */
static char *copy_string(reader *in, size_t node, postern_str before)
{
    const postern_json_node *string = &in->nodes[node];
    const size_t len = postern_json_decode(in->text, string, NULL, 0);
    char *copy;

    if (string->kind != POSTERN_JSON_STRING || len == 0) {
        complain(in, node, "expected a string that is not empty");
        return NULL;
    }
    copy = malloc(before.len + len + 1);
    if (copy == NULL) {
        complain(in, node, "out of memory");
        return NULL;
    }
    memcpy(copy, before.data, before.len);
    (void)postern_json_decode(in->text, string, copy + before.len, len);
    copy[before.len + len] = '\0';
    if (strlen(copy) != before.len + len) {
        complain(in, node, "NUL in a string");
        free(copy);
        return NULL;
    }
    return copy;
}

static char *copy_file_name(reader *in, size_t node)
{
    const char *slash = strrchr(in->path, '/');
    char *name = copy_string(in, node, postern_text(""));
    char *joined;

    if (name == NULL || name[0] == '/' || slash == NULL) {
        return name;
    }
    free(name);
    joined =
        copy_string(in, node, (postern_str){in->path, (size_t)(slash - in->path) + 1});
    return joined;
}

/* Five digits at most, no sign, no blanks. */
static bool parse_port(const char *text, uint16_t *port)
{
    unsigned long value = 0;
    size_t i = 0;

    for (; text[i] >= '0' && text[i] <= '9' && i < 5; i++) {
        value = value * 10 + (unsigned long)(text[i] - '0');
    }
    *port = (uint16_t)value;
    return i > 0 && text[i] == '\0' && value <= UINT16_MAX;
}

static bool parse_place(const char *text, edge_place *place)
{
    const char *colon = strrchr(text, ':');
    postern_str host;
    bool bracketed;

    if (colon == NULL || !parse_port(colon + 1, &place->port)) {
        return false;
    }
    host = (postern_str){text, (size_t)(colon - text)};
    bracketed = host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']';
    if (bracketed) {
        host = (postern_str){host.data + 1, host.len - 2};
    }
    /* A mapped IPv4 address in brackets comes out as IPv4 and is refused, too. */
    return postern_address_parse(host, &place->address) &&
           (place->address.family == 6) == bracketed;
}

static void read_place(reader *in, size_t node, edge_place *place)
{
    char *text = copy_string(in, node, postern_text(""));

    if (text != NULL && !parse_place(text, place)) {
        complain(in, node,
                 "expected an address and a port, such as "
                 "\"127.0.0.1:8443\" or \"[::1]:8443\"");
    }
    free(text);
}

static void read_number(reader *in, size_t node, const key *k, uint32_t *out)
{
    int64_t value;

    if (in->nodes[node].kind == POSTERN_JSON_INTEGER &&
        postern_json_integer(in->text, &in->nodes[node], &value) && value >= k->least &&
        value <= k->most) {
        *out = (uint32_t)value;
        return;
    }
    complain_at(in, in->nodes[node].offset);
    edge_text_format(in->problems, "expected a whole number from %lu to %lu\n",
                     (unsigned long)k->least, (unsigned long)k->most);
}

static void read_limits(reader *in, size_t node, edge_limits *limits);

static void read_value(reader *in, size_t node, const key *k, void *object)
{
    void *field = (char *)object + k->offset;

    switch (k->kind) {
    case NUMBER:
        read_number(in, node, k, field);
        break;
    case TEXT:
        *(char **)field = copy_string(in, node, postern_text(""));
        break;
    case FILE_NAME:
        *(char **)field = copy_file_name(in, node);
        break;
    case PLACE:
        read_place(in, node, field);
        break;
    case LIMITS:
        read_limits(in, node, field);
        break;
    }
}

static void read_members(reader *in, size_t object, const key *keys, size_t count,
                         void *out)
{
    const postern_json_node *nodes = in->nodes;

    if (nodes[object].kind != POSTERN_JSON_OBJECT) {
        complain(in, object, "expected an object");
        return;
    }
    for (size_t at = object + 1; at < nodes[object].next; at = nodes[at + 1].next) {
        char name[NAME_BYTES + 1];
        size_t len = postern_json_decode(in->text, &nodes[at], name, NAME_BYTES);
        size_t i = 0;

        name[len < NAME_BYTES ? len : NAME_BYTES] = '\0';
        while (i < count &&
               (strlen(keys[i].name) != len || memcmp(keys[i].name, name, len) != 0)) {
            i++;
        }
        if (i < count) {
            read_value(in, at + 1, &keys[i], out);
        } else {
            unknown_key(in, at, name, keys, count);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (keys[i].required && postern_json_member(in->text, nodes, object,
                                                    postern_text(keys[i].name)) == 0) {
            complain_at(in, nodes[object].offset);
            edge_text_format(in->problems, "\"%s\" is missing\n", keys[i].name);
        }
    }
}

static void read_limits(reader *in, size_t node, edge_limits *limits)
{
    read_members(in, node, limit_keys, sizeof limit_keys / sizeof *limit_keys, limits);
}

bool edge_config_parse(const char *path, postern_str text, edge_config *config,
                       edge_text *problems)
{
    reader in = {.path = path, .text = text, .problems = problems};
    postern_json_node *nodes = NULL;
    postern_json_error error = {0};
    size_t count = 0;

    *config = (edge_config){.workers = 8, .limits = default_limits};
    (void)postern_json_read(text, NULL, 0, &count, NULL);
    nodes = calloc(count + 1, sizeof *nodes);
    if (nodes == NULL) {
        edge_text_format(problems, "out of memory\n");
        return false;
    }
    if (postern_json_read(text, nodes, count, &count, &error) == POSTERN_OK) {
        in.nodes = nodes;
        read_members(&in, 0, config_keys, sizeof config_keys / sizeof *config_keys,
                     config);
    } else {
        complain_at(&in, error.offset);
        edge_text_format(problems, "%s\n", error.message);
    }
    free(nodes);
    return !in.failed;
}

bool edge_config_read(const char *path, edge_config *config, edge_text *problems)
{
    FILE *file = fopen(path, "rb");
    char *text = malloc(FILE_BYTES);
    size_t len = 0;
    bool read_all = false;
    bool ok = false;

    *config = (edge_config){0};
    if (file != NULL && text != NULL) {
        len = fread(text, 1, FILE_BYTES, file);
        read_all = ferror(file) == 0;
    }
    if (read_all && len < FILE_BYTES) {
        ok = edge_config_parse(path, (postern_str){text, len}, config, problems);
    } else {
        const char *why = read_all ? "file is too large" : strerror(errno);
        edge_text_add(problems, postern_text(path));
        edge_text_format(problems, ": error: %s\n", why);
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    free(text);
    return ok;
}

void edge_config_free(edge_config *config)
{
    free(config->listener);
    free(config->certificate);
    free(config->key);
    free(config->policy);
    free(config->log);
    *config = (edge_config){0};
}
