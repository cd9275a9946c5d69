/* opendir and stat */
#define _POSIX_C_SOURCE 200809L

#include "complete_parts.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char *joined(postern_str folder, const char *name, const char *end)
{
    const size_t length = folder.len + strlen(name) + strlen(end);
    char *const path = malloc(length + 1);

    if (path != NULL) {
        (void)snprintf(path, length + 1, "%.*s%s%s", (int)folder.len,
                       folder.len > 0 ? folder.data : "", name, end);
    }
    return path;
}

static void add_entry(postern_str folder, const char *name, postern_str typed,
                      completion *out)
{
    char *path = joined(folder, name, "");
    struct stat found;

    if (path != NULL && stat(path, &found) == 0 && S_ISDIR(found.st_mode)) {
        free(path);
        path = joined(folder, name, "/");
    }
    if (path != NULL) {
        completion_add(out, postern_text(path), typed, "");
    }
    free(path);
}

/* Names that begin with a dot only for those who type it; names a terminal should not
 * see not at all. */
static bool is_offered(const char *name, bool dot)
{
    if (name[0] == '.' && (!dot || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)) {
        return false;
    }
    for (const char *at = name; *at != '\0'; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7F) {
            return false;
        }
    }
    return true;
}

void complete_files(postern_str typed, completion *out)
{
    postern_str folder = typed;
    const struct dirent *entry;
    char *path;
    DIR *listing;
    bool dot;

    while (folder.len > 0 && folder.data[folder.len - 1] != '/') {
        folder.len--;
    }
    dot = typed.len > folder.len && typed.data[folder.len] == '.';
    path = joined(folder, folder.len > 0 ? "" : ".", "");
    listing = path == NULL ? NULL : opendir(path);
    free(path);
    if (listing == NULL) {
        return;
    }
    /* cppcheck-suppress readdirCalled ; one thread, and readdir_r is deprecated */
    while ((entry = readdir(listing)) != NULL) {
        if (is_offered(entry->d_name, dot)) {
            add_entry(folder, entry->d_name, typed, out);
        }
    }
    (void)closedir(listing);
}
