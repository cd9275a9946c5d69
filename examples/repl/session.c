#include "session.h"

#include "../field_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX_BYTES = 16 << 20 };

bool session_open(session *repl)
{
    const postern_options options = {.clock = request_clock_read,
                                     .clock_user = &repl->clock};

    repl->report = postern_report_new(NULL);
    return repl->report != NULL &&
           postern_scheme_new(&options, &repl->scheme) == POSTERN_OK &&
           postern_request_new_simulated(repl->scheme, &repl->request) == POSTERN_OK;
}

static void free_setting(session_setting *setting)
{
    source_free(&setting->memory);
    free(setting);
}

static void forget_settings(session *repl)
{
    while (repl->settings != NULL) {
        session_setting *const next = repl->settings->next;
        free_setting(repl->settings);
        repl->settings = next;
    }
}

void session_close(session *repl)
{
    postern_request_free(repl->request);
    postern_scheme_free(repl->scheme);
    postern_report_free(repl->report);
    source_free(&repl->source);
    forget_settings(repl);
    free(repl->file);
}

/* "FILE:LINE:COLUMN: error: MESSAGE", and the hint below. */
static void complain(const session *repl, const char *file, const source_error *error)
{
    const char *const red = repl->colour_errors ? "\x1b[31m" : "";
    const char *const plain = repl->colour_errors ? "\x1b[0m" : "";

    if (error->line > 0) {
        (void)fprintf(stderr, "%s:%zu:%zu: ", file, error->line, error->column);
    } else {
        (void)fprintf(stderr, "%s: ", file);
    }
    (void)fprintf(stderr, "%serror:%s %s\n", red, plain, error->message);
    if (error->hint[0] != '\0') {
        (void)fprintf(stderr, "    %s\n", error->hint);
    }
}

/* --- the request ------------------------------------------------------------------ */

/* The whole of a file; NULL with errno set. The caller frees it. */
static char *read_file(const char *path, size_t *length)
{
    FILE *const in = fopen(path, "rb");
    char *text = NULL;
    size_t cap = 0;
    size_t got;

    *length = 0;
    if (in == NULL) {
        return NULL;
    }
    do {
        if (*length == cap) {
            const bool large = *length > FILE_MAX_BYTES;
            char *const grown = large ? NULL : realloc(text, cap * 2 + 4096);
            if (grown == NULL) {
                free(text);
                (void)fclose(in);
                errno = large ? EFBIG : ENOMEM;
                return NULL;
            }
            cap = cap * 2 + 4096;
            text = grown;
        }
        errno = 0;
        got = fread(text + *length, 1, cap - *length, in);
        *length += got;
    } while (got > 0);
    if (ferror(in)) {
        const int error = errno;
        free(text);
        text = NULL;
        errno = error;
    }
    (void)fclose(in);
    return text;
}

/* Makes the request afresh: an evaluation seals it. */
static bool fill(session *repl, const char *text, size_t length, source *memory)
{
    if (text != NULL) {
        return request_json_fill((postern_str){text, length}, repl->scheme,
                                 repl->request, &repl->clock, memory);
    }
    repl->clock.set = false;
    postern_request_reset(repl->request);
    return true;
}

bool session_load(session *repl, const char *path)
{
    source memory = {0};
    size_t length;
    char *const text = read_file(path, &length);

    if (text == NULL) {
        (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    if (!fill(repl, text, length, &memory)) {
        complain(repl, path, &memory.error);
        postern_request_reset(repl->request);
        source_free(&memory);
        free(text);
        return false;
    }
    source_free(&repl->source);
    repl->source = memory;
    free(repl->file);
    repl->file = text;
    repl->file_length = length;
    forget_settings(repl);
    return true;
}

/* --- settings --------------------------------------------------------------------- */

static void complain_of_field(const session *repl, postern_str name)
{
    nearest_name nearest = {.wanted = name};
    source_error error = {0};
    postern_str known;

    for (size_t i = 0; postern_scheme_field_at(repl->scheme, i, &known, NULL); i++) {
        nearest_name_try(&nearest, known);
    }
    nearest_name_hint(&nearest, error.hint, sizeof error.hint);
    (void)snprintf(error.message, sizeof error.message, "unknown field");
    complain(repl, ":set", &error);
}

/* Strings and addresses stand without quotes too, byte for byte. */
static bool read_bare(postern_str text, postern_value *out, source *memory)
{
    char *copy;

    if (out->type == POSTERN_IP) {
        (void)snprintf(memory->error.message, sizeof memory->error.message,
                       "not an IP address");
        return postern_address_parse(text, &out->as.address);
    }
    copy = source_take(memory, text.len);
    if (copy == NULL) {
        return false;
    }
    if (text.len > 0) {
        memcpy(copy, text.data, text.len);
    }
    out->as.string = (postern_str){copy, text.len};
    return true;
}

static bool read_setting(session_setting *setting, postern_type type, postern_str text)
{
    const bool json = text.len > 0 && (text.data[0] == '"' || text.data[0] == '{');

    setting->value.type = type;
    if (!json && (type == POSTERN_STRING || type == POSTERN_IP)) {
        return read_bare(text, &setting->value, &setting->memory);
    }
    return source_read(&setting->memory, text) &&
           field_json_read(&setting->memory, 0, type, &setting->value);
}

bool session_set(session *repl, postern_str name, postern_str text)
{
    session_setting *setting;
    postern_field field;
    postern_type type;

    if (postern_scheme_find_field(repl->scheme, name, &field, &type) != POSTERN_OK) {
        complain_of_field(repl, name);
        return false;
    }
    setting = calloc(1, sizeof *setting);
    if (setting == NULL) {
        (void)fprintf(stderr, "out of memory\n");
        return false;
    }
    setting->field = field;
    if (!read_setting(setting, type, text)) {
        char wanted[64];
        (void)postern_type_name(type, wanted, sizeof wanted);
        if (setting->memory.error.hint[0] == '\0') {
            (void)snprintf(setting->memory.error.hint,
                           sizeof setting->memory.error.hint, "the field is of type %s",
                           wanted);
        }
        complain(repl, ":set", &setting->memory.error);
        free_setting(setting);
        return false;
    }
    setting->next = repl->settings;
    repl->settings = setting;
    return true;
}

/* The latest setting of a field stands first in the list and counts. */
static postern_status apply_settings(const session *repl)
{
    for (const session_setting *at = repl->settings; at != NULL; at = at->next) {
        const session_setting *later = repl->settings;
        postern_status status;
        while (later->field.index != at->field.index) {
            later = later->next;
        }
        if (later != at) {
            continue;
        }
        status = postern_request_set(repl->request, at->field, &at->value);
        if (status != POSTERN_OK) {
            return status;
        }
    }
    return POSTERN_OK;
}

/* --- evaluation ------------------------------------------------------------------- */

static void show_finding(const session *repl, size_t index)
{
    const size_t length = postern_report_render(repl->report, index, NULL, 0);
    char *const text = malloc(length + 1);
    const char *mark;

    if (text == NULL) {
        (void)fprintf(stderr, "out of memory\n");
        return;
    }
    (void)postern_report_render(repl->report, index, text, length + 1);
    mark = strstr(text, "error:");
    if (repl->colour_errors && mark != NULL) {
        (void)fprintf(stderr, "%.*s\x1b[31merror:\x1b[0m%s", (int)(mark - text), text,
                      mark + strlen("error:"));
    } else {
        (void)fputs(text, stderr);
    }
    free(text);
}

static void show_listing(const postern_filter *filter)
{
    size_t length;

    for (size_t i = 0; (length = postern_filter_print(filter, i, NULL, 0)) > 0; i++) {
        char *const text = malloc(length + 1);
        if (text == NULL) {
            return;
        }
        (void)postern_filter_print(filter, i, text, length + 1);
        (void)puts(text);
        free(text);
    }
}

static void complain_of_fault(const session *repl, postern_status status)
{
    source_error error = {0};

    (void)snprintf(error.message, sizeof error.message, "%s",
                   postern_status_text(status));
    if (status == POSTERN_INVALID) {
        (void)snprintf(error.message, sizeof error.message,
                       "the request's head is malformed; a server answers 400");
        (void)snprintf(
            error.hint, sizeof error.hint,
            "look at the method, the url, and that there is exactly one host");
    }
    complain(repl, "fault", &error);
}

static session_answer match(session *repl, const postern_filter *filter)
{
    source memory = {0};
    bool matched = false;
    postern_status status = POSTERN_NO_MEMORY;

    if (fill(repl, repl->file, repl->file_length, &memory)) {
        status = apply_settings(repl);
    }
    source_free(&repl->source);
    repl->source = memory;
    if (status == POSTERN_OK) {
        status = postern_filter_match(filter, repl->request, &matched);
    }
    if (status != POSTERN_OK) {
        complain_of_fault(repl, status);
        return SESSION_FAILED;
    }
    return matched ? SESSION_TRUE : SESSION_FALSE;
}

session_answer session_evaluate(session *repl, postern_str expression)
{
    const postern_compile_options options = {.strict_cloudflare = repl->strict};
    postern_filter *filter;
    session_answer answer = SESSION_FAILED;

    postern_report_clear(repl->report);
    (void)postern_filter_compile(repl->scheme, expression, &options, &filter,
                                 repl->report);
    for (size_t i = 0; i < postern_report_count(repl->report); i++) {
        show_finding(repl, i);
    }
    if (filter != NULL) {
        if (repl->print) {
            show_listing(filter);
        }
        answer = match(repl, filter);
        postern_filter_free(filter);
    }
    return answer;
}
