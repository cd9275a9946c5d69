#include "session.h"

#include "../field_json.h"
#include "crypto.h"
#include "file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool session_open(session *repl)
{
    const postern_options options = {.clock = request_clock_read,
                                     .clock_user = &repl->clock,
                                     .crypto = repl_crypto()};

    repl->report = postern_report_new(NULL);
    return repl->report != NULL &&
           postern_scheme_new(&options, &repl->scheme) == POSTERN_OK &&
           postern_scheme_provide(repl->scheme, postern_text("*")) == POSTERN_OK &&
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
    postern_policy_release(repl->policy);
    postern_scheme_free(repl->scheme);
    postern_report_free(repl->report);
    source_free(&repl->source);
    forget_settings(repl);
    free(repl->policy_path);
    free(repl->file);
}

bool session_set_phase(session *repl, postern_str name)
{
    static const postern_phase phases[] = {
        POSTERN_PHASE_REQUEST, POSTERN_PHASE_RESPONSE, POSTERN_PHASE_PACKET};

    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
        if (postern_str_equal(name, postern_text(postern_phase_text(phases[i])))) {
            repl->phase = phases[i];
            return true;
        }
    }
    return false;
}

postern_compile_options session_compile_options(const session *repl)
{
    return (postern_compile_options){.strict_cloudflare = repl->strict,
                                     .phase = repl->phase,
                                     .lists = repl->lists,
                                     .list_count = repl->list_count};
}

void session_complain_of_fault(const session *repl, postern_status status)
{
    if (status == POSTERN_INVALID) {
        style_complain_of(&repl->style, "fault",
                          "the request's head is malformed; a server answers 400",
                          "look at the method, the url, and that there is exactly one "
                          "host");
        return;
    }
    style_complain_of(&repl->style, "fault", postern_status_text(status), NULL);
}

/* --- the request ------------------------------------------------------------------ */

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
    char *const text = file_read(path, &length);

    if (text == NULL) {
        (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    if (!fill(repl, text, length, &memory)) {
        style_complain(&repl->style, path, &memory.error);
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

bool session_prepare(session *repl)
{
    source memory = {0};
    postern_status status = POSTERN_NO_MEMORY;

    if (fill(repl, repl->file, repl->file_length, &memory)) {
        status = POSTERN_OK;
    }
    source_free(&repl->source);
    repl->source = memory;
    for (const session_setting *at = repl->settings; at != NULL; at = at->next) {
        if (status == POSTERN_OK) {
            status = postern_request_set(repl->request, at->field, &at->value);
        }
    }
    if (status != POSTERN_OK) {
        session_complain_of_fault(repl, status);
    }
    return status == POSTERN_OK;
}

/* --- the policy ------------------------------------------------------------------- */

bool session_load_policy(session *repl, const char *path)
{
    postern_source from = {.path = path};
    postern_policy *policy = NULL;
    size_t length;
    char *const text = file_read(path, &length);
    char *const name = malloc(strlen(path) + 1);

    if (text == NULL || name == NULL) {
        (void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
        free(text);
        free(name);
        return false;
    }
    memcpy(name, path, strlen(path) + 1);
    from.text = (postern_str){text, length};
    postern_report_clear(repl->report);
    (void)postern_policy_load(repl->scheme, &from, &policy, repl->report);
    style_findings(&repl->style, repl->report);
    if (policy == NULL) {
        free(text);
        free(name);
        return false;
    }
    postern_policy_release(repl->policy);
    repl->policy = policy;
    free(repl->policy_path);
    repl->policy_path = name;
    repl->lists = postern_policy_lists(policy, &repl->list_count);
    free(text);
    return true;
}

/* --- settings --------------------------------------------------------------------- */

static void complain_of_field(const session *repl, postern_str name)
{
    nearest_name nearest = {.wanted = name};
    char hint[160];
    postern_str known;

    for (size_t i = 0; postern_scheme_field_at(repl->scheme, i, &known, NULL); i++) {
        nearest_name_try(&nearest, known);
    }
    nearest_name_hint(&nearest, hint, sizeof hint);
    style_complain_of(&repl->style, ":set", "unknown field", hint);
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

static void complain_of_value(const session *repl, postern_type type,
                              source_error *error)
{
    char wanted[64];

    if (error->hint[0] == '\0') {
        (void)postern_type_name(type, wanted, sizeof wanted);
        (void)snprintf(error->hint, sizeof error->hint, "the field is of type %s",
                       wanted);
    }
    style_complain(&repl->style, ":set", error);
}

/* The scheme's own spelling of `name`, which is valid as long as the scheme; of a
 * deprecated name its successor. */
static postern_str lasting_name(const session *repl, postern_str name)
{
    postern_field_info info;

    for (size_t i = 0; postern_scheme_field_info(repl->scheme, i, &info); i++) {
        if (postern_str_equal(info.name, name)) {
            return info.successor.len > 0 ? info.successor : info.name;
        }
    }
    return (postern_str){NULL, 0};
}

/* In place of what the field was set to before. */
static void keep_setting(session *repl, session_setting *setting)
{
    session_setting **at = &repl->settings;

    while (*at != NULL && (*at)->field.index != setting->field.index) {
        at = &(*at)->next;
    }
    if (*at != NULL) {
        session_setting *const old = *at;
        setting->next = old->next;
        free_setting(old);
    }
    *at = setting;
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
    setting->name = lasting_name(repl, name);
    if (!read_setting(setting, type, text)) {
        complain_of_value(repl, type, &setting->memory.error);
        free_setting(setting);
        return false;
    }
    keep_setting(repl, setting);
    return true;
}

bool session_unset(session *repl, postern_str name)
{
    session_setting **at = &repl->settings;
    session_setting *gone;
    postern_field field;

    if (postern_str_equal(name, postern_text("*"))) {
        forget_settings(repl);
        return true;
    }
    if (postern_scheme_find_field(repl->scheme, name, &field, NULL) != POSTERN_OK) {
        complain_of_field(repl, name);
        return false;
    }
    while (*at != NULL && (*at)->field.index != field.index) {
        at = &(*at)->next;
    }
    if (*at == NULL) {
        style_complain_of(&repl->style, ":unset", "the field was not set by hand",
                          "\":set\" shows what was");
        return false;
    }
    gone = *at;
    *at = gone->next;
    free_setting(gone);
    return true;
}
