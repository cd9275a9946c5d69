/*
 * tables.c - the tables of grammar/fields.md and grammar/functions.md, made from the
 * lists the library itself is made of:
 *
 *   tables check FOLDER   fails, and shows where, when a page holds something else
 *   tables write FOLDER   puts them there
 *
 * A table stands between "<!-- begin generated: NAME -->" and "<!-- end generated -->".
 */
#include "builtin/builtin.h"

#include <postern/value.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- fields -------------------------------------------------------------------------- */

typedef struct field_row {
    const char *name;
    postern_type type;
    const char *origin;
    const char *absent;
    const char *phases;
    const char *text;
} field_row;

static const field_row fields[] = {
#define FIELD(id, name, type, origin, absent, phases, text) \
    {name, (type), #origin, #absent, #phases, text},
#include "model/fields.def"
#undef FIELD
};

enum {
#define FIELD(id, name, type, origin, absent, phases, text) FIELD_##id,
#include "model/fields.def"
#undef FIELD
    FIELD_COUNT
};

static const struct {
    const char *name;
    int successor;
} deprecated[] = {
#define ALIAS(name, id) {name, FIELD_##id},
#include "model/fields.def"
#undef ALIAS
};

static const struct {
    const char *name;
    const char *hint;
} excluded[] = {
#define EXCLUDED(name, hint) {name, hint},
#include "model/fields_excluded.def"
#undef EXCLUDED
};

/* A field belongs to the group with the longest prefix of its name. */
static const struct {
    const char *title;
    const char *prefixes[10];
} groups[] = {
    {"The client's certificate",         {"cf.tls_client_auth.", "postern.client_cert."}                    },
    {"The connection",
     {"ssl", "cf.tls_", "postern.tls.", "postern.listener", "postern.ip.", "ip.src",
      "cf.edge.", "cf.timings.client_"}                                                                     },
    {"The request",
     {"http.host", "http.request.method", "http.request.version", "http.request.uri",
      "http.request.full_uri", "http.request.timestamp.", "raw.http.request.uri",
      "raw.http.request.full_uri"}                                                                          },
    {"Headers",
     {"http.request.headers", "raw.http.request.headers", "http.cookie",
      "http.request.cookies", "http.referer", "http.user_agent", "http.x_forwarded_for",
      "http.request.accepted_languages"}                                                                    },
    {"The body",                         {"http.request.body."}                                             },
    {"Where the client is",              {"ip.src."}                                                        },
    {"Bots",                             {"cf.bot_management.", "cf.client.bot", "cf.verified_bot_category"}},
    {"APIs and tokens",
     {"cf.api_gateway.", "cf.schema_validation.", "cf.sequence.", "http.request.jwt."}                      },
    {"What others think of the content", {"cf.waf.", "cf.appsec.", "cf.llm."}                               },
    {"The server and the zone",
     {"cf.ray_id", "cf.random_seed", "cf.hostname.", "cf.worker.", "cf.zone.",
      "cf.threat_score"}                                                                                    },
    {"The response",
     {"http.response.", "raw.http.response.", "cf.response.", "cf.timings."}                                },
    {"Packets",                          {"ip", "icmp", "sip", "tcp", "udp", "cf.colo."}                    },
};

enum { GROUP_COUNT = sizeof groups / sizeof groups[0] };

static int group_of(const char *name)
{
    size_t longest = 0;
    int best = -1;

    for (int g = 0; g < GROUP_COUNT; g++) {
        for (size_t i = 0; i < 10 && groups[g].prefixes[i] != NULL; i++) {
            const char *prefix = groups[g].prefixes[i];
            const size_t len = strlen(prefix);
            if (len > longest && strncmp(name, prefix, len) == 0) {
                longest = len;
                best = g;
            }
        }
    }
    return best;
}

static const char *without_value(const field_row *field)
{
    if (strcmp(field->absent, "MISSING") == 0) {
        return "missing";
    }
    if (strcmp(field->absent, "UNSCORED") == 0) {
        return "`100`";
    }
    switch (postern_type_kind(field->type)) {
    case POSTERN_KIND_BOOL:
        return "`false`";
    case POSTERN_KIND_INT:
        return "`0`";
    case POSTERN_KIND_STRING:
        return "`\"\"`";
    case POSTERN_KIND_ARRAY:
    case POSTERN_KIND_MAP:
        return "empty";
    case POSTERN_KIND_IP:
    case POSTERN_KIND_NONE:
        break;
    }
    return "?";
}

static const char *filled_by(const field_row *field)
{
    static const char *const names[][2] = {
        {"CONNECTION", "connection"},
        {"HEAD",       "request"   },
        {"LAZY",       "request"   },
        {"BODY",       "body"      },
        {"SUPPLIED",   "host"      },
    };

    if (strcmp(field->name, "ip.src") == 0) {
        return "connection, or host";
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i][0], field->origin) == 0) {
            return names[i][1];
        }
    }
    return "?";
}

static void write_lower(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        (void)fputc(*text >= 'A' && *text <= 'Z' ? *text + ('a' - 'A') : *text, out);
    }
}

/* Bars would end a cell, `<` and `*` mean something to Markdown. */
static void write_prose(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("|<*", *text) != NULL) {
            (void)fputc('\\', out);
        }
        (void)fputc(*text, out);
    }
}

static void write_field(FILE *out, const field_row *field)
{
    char type[64];

    (void)postern_type_name(field->type, type, sizeof type);
    (void)fprintf(out, "| `%s` | `%s` | %s | %s | ", field->name, type,
                  without_value(field), filled_by(field));
    write_lower(out, field->phases);
    (void)fputs(" | ", out);
    write_prose(out, field->text);
    (void)fputs(" |\n", out);
}

static bool write_fields(FILE *out)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (group_of(fields[i].name) < 0) {
            (void)fprintf(stderr, "%s belongs to no group of tables.c\n",
                          fields[i].name);
            return false;
        }
    }
    for (int g = 0; g < GROUP_COUNT; g++) {
        (void)fprintf(out,
                      "\n### %s\n\n"
                      "| name | type | without a value | filled by | phase | what it "
                      "says |\n|---|---|---|---|---|---|\n",
                      groups[g].title);
        for (size_t i = 0; i < FIELD_COUNT; i++) {
            if (group_of(fields[i].name) == g) {
                write_field(out, &fields[i]);
            }
        }
    }
    (void)fputc('\n', out);
    return true;
}

static bool write_deprecated(FILE *out)
{
    (void)fputs("\n| deprecated | write instead |\n|---|---|\n", out);
    for (size_t i = 0; i < sizeof deprecated / sizeof deprecated[0]; i++) {
        (void)fprintf(out, "| `%s` | `%s` |\n", deprecated[i].name,
                      fields[deprecated[i].successor].name);
    }
    (void)fputc('\n', out);
    return true;
}

static bool write_excluded(FILE *out)
{
    (void)fputs("\n| name | what is said instead |\n|---|---|\n", out);
    for (size_t i = 0; i < sizeof excluded / sizeof excluded[0]; i++) {
        (void)fprintf(out, "| `%s` | ", excluded[i].name);
        write_prose(out, excluded[i].hint);
        (void)fputs(" |\n", out);
    }
    (void)fputc('\n', out);
    return true;
}

/* --- functions ----------------------------------------------------------------------- */

static void write_types(FILE *out, const pst_parameter *parameter)
{
    static const struct {
        unsigned takes;
        const char *name;
    } types[] = {
        {PST_TAKES_STRING,  "String"            },
        {PST_TAKES_INT,     "Integer"           },
        {PST_TAKES_BOOL,    "Boolean"           },
        {PST_TAKES_IP,      "IP address"        },
        {PST_TAKES_STRINGS, "`Array<String>`"   },
        {PST_TAKES_ARRAY,   "Array"             },
        {PST_TAKES_MAP,     "Map"               },
        {PST_TAKES_SAME,    "type of the first" },
        {PST_TAKES_ELEMENT, "type of an element"},
    };
    const unsigned all = PST_TAKES_STRING | PST_TAKES_INT | PST_TAKES_BOOL |
                         PST_TAKES_IP | PST_TAKES_ARRAY | PST_TAKES_MAP;
    const char *separator = "";

    if ((parameter->takes & all) == all) {
        (void)fputs("any type", out);
        return;
    }
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if ((parameter->takes & types[i].takes) != 0) {
            (void)fprintf(out, "%s%s", separator, types[i].name);
            separator = " or ";
        }
    }
}

/* "split(source, separator, limit)", "encode_base64(source[, flags])" */
static void write_signature(FILE *out, const pst_function *function)
{
    (void)fprintf(out, "`%.*s(", (int)function->name.len, function->name.data);
    for (size_t i = 0; i < function->parameter_count; i++) {
        (void)fprintf(out, "%s%s%s%s", i >= function->min ? "[" : "",
                      i == 0 ? "" : ", ", function->parameters[i].name,
                      i >= function->min ? "]" : "");
    }
    (void)fputs(function->max > function->parameter_count ? ", ...)`" : ")`", out);
}

static void write_parameters(FILE *out, const pst_function *function)
{
    for (size_t i = 0; i < function->parameter_count; i++) {
        const pst_parameter *parameter = &function->parameters[i];
        (void)fputs(i == 0 ? "" : "; ", out);
        (void)fputs(parameter->form == PST_FORM_LITERAL ? "literal " : "", out);
        write_types(out, parameter);
        (void)fputs(parameter->form == PST_FORM_EITHER ? ", or literal" : "", out);
    }
}

static bool write_functions(FILE *out)
{
    char type[64];

    (void)fputs("\n| function | takes | result | what it does |\n|---|---|---|---|\n",
                out);
    for (size_t i = 0; i < PST_FUNCTION_COUNT; i++) {
        const pst_function *function = pst_function_at(i);
        (void)snprintf(type, sizeof type, "type of the first");
        if (function->result != 0) {
            type[0] = '`';
            const size_t len =
                postern_type_name(function->result, type + 1, sizeof type - 2);
            type[len + 1] = '`';
            type[len + 2] = '\0';
        }
        (void)fputs("| ", out);
        write_signature(out, function);
        (void)fputs(" | ", out);
        write_parameters(out, function);
        (void)fprintf(out, " | %s | ", type);
        write_prose(out, function->text);
        (void)fputs(" |\n", out);
    }
    (void)fputc('\n', out);
    return true;
}

/* --- pages --------------------------------------------------------------------------- */

static const struct {
    const char *page;
    const char *name;
    bool (*write)(FILE *out);
} tables[] = {
    {"fields.md",    "fields",            write_fields    },
    {"fields.md",    "deprecated fields", write_deprecated},
    {"fields.md",    "excluded fields",   write_excluded  },
    {"functions.md", "functions",         write_functions },
};

enum { TABLE_COUNT = sizeof tables / sizeof tables[0], PAGE_MAX = 1 << 20 };

static const char end_mark[] = "<!-- end generated -->";

static char *read_file(const char *path)
{
    char *text = calloc(1, PAGE_MAX);
    FILE *in = fopen(path, "rb");

    if (in == NULL || text == NULL ||
        fread(text, 1, PAGE_MAX - 1, in) == PAGE_MAX - 1) {
        (void)fprintf(stderr, "%s cannot be read\n", path);
        free(text);
        text = NULL;
    }
    if (in != NULL) {
        (void)fclose(in);
    }
    return text;
}

/* What is between the marks of table `t`: from *start up to *end. */
static bool find_marks(size_t t, const char *text, const char **start, const char **end)
{
    char mark[96];

    (void)snprintf(mark, sizeof mark, "<!-- begin generated: %s -->\n", tables[t].name);
    *start = strstr(text, mark);
    if (*start != NULL) {
        *start += strlen(mark);
        *end = strstr(*start, end_mark);
    }
    if (*start == NULL || *end == NULL) {
        (void)fprintf(stderr, "%s has no place for the %s\n", tables[t].page,
                      tables[t].name);
        return false;
    }
    return true;
}

static bool write_page(const char *path, const char *text, const char *start,
                       const char *made, const char *end)
{
    FILE *out = fopen(path, "wb");
    bool fine = out != NULL;

    fine =
        fine && fwrite(text, 1, (size_t)(start - text), out) == (size_t)(start - text);
    fine = fine && fputs(made, out) >= 0 && fputs(end, out) >= 0;
    return out != NULL && fclose(out) == 0 && fine;
}

static char *make_table(size_t t)
{
    char *made = calloc(1, PAGE_MAX);
    FILE *file = tmpfile();
    bool fine = made != NULL && file != NULL && tables[t].write(file);

    if (fine) {
        rewind(file);
        fine = fread(made, 1, PAGE_MAX - 1, file) < PAGE_MAX - 1;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    if (!fine) {
        free(made);
        return NULL;
    }
    return made;
}

/* Shows the first line that differs. */
static void show_difference(size_t t, const char *path, const char *found,
                            const char *made)
{
    size_t line = 0;
    size_t at = 0;

    for (size_t i = 0; found[i] == made[i] && made[i] != '\0'; i++) {
        if (made[i] == '\n') {
            line++;
            at = i + 1;
        }
    }
    (void)fprintf(stderr,
                  "%s: line %zu of the %s should be\n  %.*s\nit is\n  %.*s\n"
                  "'meson compile pages' puts it right\n",
                  path, line + 1, tables[t].name, (int)strcspn(made + at, "\n"),
                  made + at, (int)strcspn(found + at, "\n"), found + at);
}

static bool tend(size_t t, const char *folder, bool write)
{
    char path[1024];
    const char *start;
    const char *end;
    bool fine;

    (void)snprintf(path, sizeof path, "%s/%s", folder, tables[t].page);
    char *text = read_file(path);
    char *made = make_table(t);
    fine = text != NULL && made != NULL && find_marks(t, text, &start, &end);
    if (fine && (strncmp(start, made, (size_t)(end - start)) != 0 ||
                 made[end - start] != '\0')) {
        fine = write && write_page(path, text, start, made, end);
        if (!write) {
            show_difference(t, path, start, made);
        }
    }
    free(text);
    free(made);
    return fine;
}

int main(int argc, char **argv)
{
    const bool write = argc == 3 && strcmp(argv[1], "write") == 0;
    bool fine = true;

    if (argc != 3 || (!write && strcmp(argv[1], "check") != 0)) {
        (void)fputs("usage: tables check|write FOLDER\n", stderr);
        return 2;
    }
    for (size_t t = 0; t < TABLE_COUNT; t++) {
        fine = tend(t, argv[2], write) && fine;
    }
    return fine ? 0 : 1;
}
