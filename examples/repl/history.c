/* open, mkdir, fchmod, getline */
#define _POSIX_C_SOURCE 200809L

#include "history.h"

#include "file.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct history_file {
    int descriptor; /* -1: it failed once */
    char *last;     /* what was added last; NULL: nothing yet */
};

/* --- where ------------------------------------------------------------------------ */

/* A relative path in the variable is to be ignored, says the specification of it. */
static char *path_of_file(void)
{
    const char *base = getenv("XDG_STATE_HOME");
    const bool own = base != NULL && base[0] == '/';
    const char *const middle = own ? "" : "/.local/state";
    char *path;
    size_t length;

    if (!own) {
        base = getenv("HOME");
    }
    if (base == NULL || base[0] != '/') {
        return NULL;
    }
    length = strlen(base) + strlen(middle) + sizeof "/postern/history";
    path = malloc(length);
    if (path != NULL) {
        (void)snprintf(path, length, "%s%s/postern/history", base, middle);
    }
    return path;
}

/* Those that cannot be made are noticed when the file is opened. */
static void make_folders(char *path)
{
    for (char *at = strchr(path + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        (void)mkdir(path, 0700);
        *at = '/';
    }
}

/* --- reading ---------------------------------------------------------------------- */

/* The last lines of `text`, at most HISTORY_MAX_ENTRIES. */
static char *last_lines(char *text, size_t length)
{
    size_t lines = 0;

    if (length > 0 && text[length - 1] == '\n') {
        length--;
    }
    for (size_t at = length; at > 0; at--) {
        if (text[at - 1] == '\n' && ++lines == HISTORY_MAX_ENTRIES) {
            return text + at;
        }
    }
    return text;
}

/* Not what a terminal would obey; and a NUL ended the line before. */
static bool is_harmless(const char *line)
{
    for (const char *at = line; *at != '\0'; at++) {
        if (((unsigned char)*at < ' ' && *at != '\t') || *at == 0x7F) {
            return false;
        }
    }
    return line[0] != '\0';
}

/* Another run that adds a line at this very moment may lose it: no lock is worth that. */
static void rewrite(const char *path, const char *kept)
{
    const size_t length = strlen(path) + sizeof ".new";
    char *const fresh = malloc(length);
    FILE *out;
    int descriptor;

    if (fresh == NULL) {
        return;
    }
    (void)snprintf(fresh, length, "%s.new", path);
    (void)unlink(fresh);
    descriptor = open(fresh, O_WRONLY | O_CREAT | O_EXCL, 0600);
    out = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (out != NULL) {
        const bool written = fputs(kept, out) >= 0;
        if (fclose(out) != 0 || !written || rename(fresh, path) != 0) {
            (void)unlink(fresh);
        }
    } else if (descriptor >= 0) {
        (void)close(descriptor);
    }
    free(fresh);
}

static void read_lines(const char *path, void (*each)(void *user, const char *entry),
                       void *user)
{
    size_t length;
    char *const text = file_read(path, &length);
    char *line;

    if (text == NULL) {
        return;
    }
    line = last_lines(text, length);
    if (line != text) {
        rewrite(path, line);
    }
    while (line < text + length) {
        char *const end = line + strcspn(line, "\n");
        *end = '\0';
        if (is_harmless(line)) {
            each(user, line);
        }
        line = end + 1;
    }
    free(text);
}

/* --- the file --------------------------------------------------------------------- */

/* Never waits, as a pipe of that name would make it. */
static int open_file(const char *path, int flags)
{
    const int descriptor =
        open(path, flags | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
    struct stat found;

    if (descriptor >= 0 &&
        (fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode))) {
        (void)close(descriptor);
        return -1;
    }
    return descriptor;
}

history_file *history_file_open(void (*each)(void *user, const char *entry), void *user)
{
    history_file *const made = calloc(1, sizeof *made);
    char *const path = path_of_file();

    if (made != NULL && path != NULL) {
        make_folders(path);
        made->descriptor = open_file(path, O_WRONLY | O_CREAT);
        if (made->descriptor >= 0) {
            (void)close(made->descriptor); /* it may be written anew */
            read_lines(path, each, user);
            made->descriptor = open_file(path, O_WRONLY | O_CREAT);
        }
    }
    free(path);
    if (made == NULL || path == NULL || made->descriptor < 0) {
        free(made);
        return NULL;
    }
    return made;
}

void history_file_append(history_file *file, const char *entry)
{
    const size_t length = strlen(entry);
    char *line;

    if (file == NULL || file->descriptor < 0 ||
        (file->last != NULL && strcmp(file->last, entry) == 0)) {
        return;
    }
    line = malloc(length + 2);
    if (line == NULL) {
        return;
    }
    memcpy(line, entry, length);
    line[length] = '\n';
    line[length + 1] = '\0';
    /* One write, so that lines of several runs do not mix. */
    if (write(file->descriptor, line, length + 1) < 0) {
        (void)close(file->descriptor);
        file->descriptor = -1;
    }
    line[length] = '\0';
    free(file->last);
    file->last = line;
}

void history_file_close(history_file *file)
{
    if (file != NULL) {
        if (file->descriptor >= 0) {
            (void)close(file->descriptor);
        }
        free(file->last);
        free(file);
    }
}
