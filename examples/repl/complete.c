#include "complete.h"

#include "commands.h"
#include "complete_parts.h"

#include <stdlib.h>
#include <string.h>

void completion_free(completion *held)
{
    for (size_t i = 0; i < held->count; i++) {
        free(held->words[i].text);
    }
    free(held->words);
    *held = (completion){0};
}

static bool make_room(completion *held)
{
    const size_t cap = held->cap == 0 ? 32 : held->cap * 2;
    completion_word *grown;

    if (held->count < held->cap) {
        return true;
    }
    grown = realloc(held->words, cap * sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    held->words = grown;
    held->cap = cap;
    return true;
}

void completion_add(completion *held, postern_str word, postern_str typed,
                    const char *ending)
{
    char *copy;

    if (word.len < typed.len ||
        (typed.len > 0 && memcmp(word.data, typed.data, typed.len) != 0)) {
        return;
    }
    copy = make_room(held) ? malloc(word.len + 1) : NULL;
    if (copy == NULL) {
        return;
    }
    memcpy(copy, word.data, word.len);
    copy[word.len] = '\0';
    held->words[held->count++] = (completion_word){copy, ending};
    held->typed = typed.len;
}

static int by_text(const void *a, const void *b)
{
    const completion_word *const left = a;
    const completion_word *const right = b;

    return strcmp(left->text, right->text);
}

static void sort(completion *held)
{
    size_t kept = 0;

    if (held->count == 0) {
        return;
    }
    qsort(held->words, held->count, sizeof *held->words, by_text);
    for (size_t i = 1; i < held->count; i++) {
        if (strcmp(held->words[kept].text, held->words[i].text) == 0) {
            free(held->words[i].text);
        } else {
            held->words[++kept] = held->words[i];
        }
    }
    held->count = kept + 1;
}

/* Many names are shown by their next part only, as a folder shows its folders:
 * "cf.tls_client_auth." and not all that is in it. */
static void fold(completion *held)
{
    enum { MANY = 24 };

    if (held->count <= MANY) {
        return;
    }
    for (size_t i = 0; i < held->count; i++) {
        char *const dot = strchr(held->words[i].text + held->typed, '.');
        if (dot != NULL) {
            dot[1] = '\0';
            held->words[i].ending = "";
        }
    }
    sort(held);
}

/* --- commands --------------------------------------------------------------------- */

static void complete_command_names(postern_str typed, const char *ending,
                                   completion *out)
{
    const command *at;

    for (size_t i = 0; (at = command_at(i)) != NULL; i++) {
        completion_add(out, postern_text(at->name), typed,
                       at->argument == COMMAND_TAKES_NOTHING ? "" : ending);
    }
}

static void complete_phases(postern_str typed, completion *out)
{
    static const postern_phase phases[] = {
        POSTERN_PHASE_REQUEST, POSTERN_PHASE_RESPONSE, POSTERN_PHASE_PACKET};

    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
        completion_add(out, postern_text(postern_phase_text(phases[i])), typed, "");
    }
}

static void complete_argument(const session *repl, command_argument kind,
                              postern_str text, completion *out)
{
    const bool first = memchr(text.data, ' ', text.len) == NULL;

    switch (kind) {
    case COMMAND_TAKES_FIELD_AND_VALUE:
        if (first) {
            complete_fields(repl, text, " ", out);
        }
        break;
    case COMMAND_TAKES_SETTING:
        complete_settings(repl, text, out);
        break;
    case COMMAND_TAKES_PATTERN:
        complete_fields(repl, text, "", out);
        break;
    case COMMAND_TAKES_FILE:
        complete_files(text, out);
        break;
    case COMMAND_TAKES_EXPRESSION:
        complete_expression(repl, text, out);
        break;
    case COMMAND_TAKES_COMMAND:
        complete_command_names(text, "", out);
        break;
    case COMMAND_TAKES_PHASE:
        complete_phases(text, out);
        break;
    case COMMAND_TAKES_NOTHING:
        break;
    }
}

void complete(const session *repl, postern_str text, completion *out)
{
    command_line line;

    *out = (completion){0};
    if (!command_split(text, &line)) {
        complete_expression(repl, text, out);
    } else if (!line.name_is_done) {
        complete_command_names(line.name, " ", out);
    } else {
        const command *const found = command_find(line.name);
        if (found != NULL) {
            complete_argument(repl, found->argument, line.rest, out);
        }
    }
    sort(out);
    fold(out);
}

/* --- what the key does ------------------------------------------------------------ */

size_t completion_common(const completion *held)
{
    size_t length;

    if (held->count == 0) {
        return 0;
    }
    length = strlen(held->words[0].text);
    for (size_t i = 1; i < held->count; i++) {
        size_t same = 0;
        while (same < length &&
               held->words[i].text[same] == held->words[0].text[same]) {
            same++;
        }
        length = same;
    }
    return length;
}

static const char *last_part(const char *path)
{
    const size_t length = strlen(path);
    const char *at = path + length;

    while (at > path && (at[-1] != '/' || at[0] == '\0')) {
        at--;
    }
    return at;
}

void completion_list(const completion *held, FILE *out, size_t width)
{
    size_t widest = 0;
    size_t columns;
    size_t rows;

    for (size_t i = 0; i < held->count; i++) {
        const size_t length = strlen(last_part(held->words[i].text));
        widest = length > widest ? length : widest;
    }
    columns = width / (widest + 2);
    columns = columns == 0 ? 1 : columns;
    rows = (held->count + columns - 1) / columns;
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = row; i < held->count; i += rows) {
            const bool last = i + rows >= held->count;
            (void)fprintf(out, "%-*s", last ? 0 : (int)widest + 2,
                          last_part(held->words[i].text));
        }
        (void)fputc('\n', out);
    }
}
