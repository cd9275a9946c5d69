/* open_memstream */
#define _POSIX_C_SOURCE 200809L

#include "fields.h"

#include "literal.h"

#include <postern/expression.h>

#include <stdlib.h>
#include <string.h>

/* How wide the columns before the value are. */
typedef struct columns {
    size_t name;
    size_t type;
    size_t source;
} columns;

static const char *source_text(postern_source_kind kind)
{
    switch (kind) {
    case POSTERN_SOURCE_TLS:
        return "tls";
    case POSTERN_SOURCE_REQUEST:
        return "request";
    case POSTERN_SOURCE_HOST:
        return "host";
    }
    return "";
}

/* --- which ------------------------------------------------------------------------ */

/* Each star stands for anything; the first way that fits is as good as any other. */
static bool fits(postern_str name, postern_str pattern)
{
    size_t star = SIZE_MAX;
    size_t resume = 0;
    size_t at = 0;

    for (size_t i = 0; i < name.len;) {
        if (at < pattern.len && pattern.data[at] == '*') {
            star = at++;
            resume = i;
        } else if (at < pattern.len && pattern.data[at] == name.data[i]) {
            at++;
            i++;
        } else if (star != SIZE_MAX) {
            at = star + 1;
            i = ++resume;
        } else {
            return false;
        }
    }
    while (at < pattern.len && pattern.data[at] == '*') {
        at++;
    }
    return at == pattern.len;
}

static bool holds(postern_str name, postern_str piece)
{
    for (size_t i = 0; i + piece.len <= name.len; i++) {
        if (piece.len == 0 || memcmp(name.data + i, piece.data, piece.len) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_wanted(const session *repl, const postern_field_info *info,
                      postern_str pattern)
{
    const bool star = pattern.len > 0 && memchr(pattern.data, '*', pattern.len) != NULL;

    return (info->phases & 1U << (unsigned)repl->phase) != 0 &&
           (star ? fits(info->name, pattern) : holds(info->name, pattern));
}

static columns measure(const session *repl, postern_str pattern)
{
    columns widths = {0, 0, 0};
    postern_field_info info;

    for (size_t i = 0; postern_scheme_field_info(repl->scheme, i, &info); i++) {
        if (is_wanted(repl, &info, pattern)) {
            const size_t type = postern_type_name(info.type, NULL, 0);
            const size_t origin = strlen(source_text(info.source));
            widths.name = info.name.len > widths.name ? info.name.len : widths.name;
            widths.type = type > widths.type ? type : widths.type;
            widths.source = origin > widths.source ? origin : widths.source;
        }
    }
    return widths;
}

/* --- values ----------------------------------------------------------------------- */

/* Writes the value of the field `name`, or why there is none. */
static void write_value(session *repl, postern_str name, FILE *out)
{
    const postern_compile_options options = {.phase = repl->phase};
    postern_value_expression *compiled;
    postern_value value;
    bool present = false;
    postern_status status =
        postern_value_compile(repl->scheme, name, &options, &compiled, NULL);

    if (status == POSTERN_OK) {
        status = postern_value_evaluate(compiled, repl->request, &present, &value);
    }
    if (status != POSTERN_OK) {
        (void)fprintf(out, "fault: %s", postern_status_text(status));
    } else if (present) {
        literal_write(out, &value);
    } else {
        (void)fputs("missing", out);
    }
    postern_value_expression_free(compiled);
}

/* As much of `text` as `width` columns hold, if need be cut and dotted. */
static void show_cut(const char *text, size_t length, size_t width)
{
    if (length <= width || width < 4) {
        (void)fputs(text, stdout);
        return;
    }
    width -= 3;
    while (width > 0 && ((unsigned char)text[width] & 0xC0U) == 0x80) {
        width--; /* not inside a character */
    }
    (void)printf("%.*s...", (int)width, text);
}

static void show_field(session *repl, const postern_field_info *info, columns widths,
                       size_t room)
{
    char type[64];
    char *text = NULL;
    size_t length = 0;
    FILE *const out = open_memstream(&text, &length);
    const size_t before = widths.name + widths.type + widths.source + 6;

    if (out == NULL) {
        return;
    }
    if (info->successor.len > 0) {
        (void)fprintf(out, "write %.*s instead", (int)info->successor.len,
                      info->successor.data);
    } else {
        write_value(repl, info->name, out);
    }
    if (fclose(out) == 0) {
        const bool dim = info->successor.len > 0 || strcmp(text, "missing") == 0 ||
                         strcmp(text, "\"\"") == 0 || strcmp(text, "false") == 0;
        (void)postern_type_name(info->type, type, sizeof type);
        (void)printf("%-*.*s  %-*s  %-*s  %s", (int)widths.name, (int)info->name.len,
                     info->name.data, (int)widths.type, type, (int)widths.source,
                     source_text(info->source),
                     style_out(&repl->style, dim ? STYLE_DIM : STYLE_CYAN));
        show_cut(text, length, room > before ? room - before : 0);
        (void)printf("%s\n", style_out(&repl->style, STYLE_PLAIN));
    }
    free(text);
}

void fields_show(session *repl, postern_str pattern)
{
    const columns widths = measure(repl, pattern);
    const size_t room = style_width(&repl->style);
    postern_field_info info;

    if (widths.name == 0) {
        style_complain_of(&repl->style, ":fields", "no field has such a name",
                          "PATTERN is a part of a name, or has '*' for any part");
        return;
    }
    if (!session_prepare(repl)) {
        return;
    }
    for (size_t i = 0; postern_scheme_field_info(repl->scheme, i, &info); i++) {
        if (is_wanted(repl, &info, pattern)) {
            show_field(repl, &info, widths, room);
        }
    }
}
