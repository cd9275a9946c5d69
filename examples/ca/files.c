/* files.c - files that are whole or not there at all. */
#define _GNU_SOURCE
#include "files.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <mbedtls/platform_util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 1000 };

bool ca_path(char out[CA_PATH_MAX], const char *folder, const char *name,
             ca_problem *problem)
{
    const int len = snprintf(out, CA_PATH_MAX, "%s/%s", folder, name);

    return (len >= 0 && len < CA_PATH_MAX) ||
           ca_fail(problem, folder, NULL, "the name is too long");
}

int ca_folder_open(const char *path, ca_problem *problem)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0) {
        (void)ca_fail_system(problem, path, "cannot open the folder");
    }
    return fd;
}

/* --- reading ------------------------------------------------------------------ */

/* A secret must be a secret: of nobody else, and nobody else may read it. */
static bool check_file(int fd, const char *path, bool secret, off_t *len,
                       ca_problem *problem)
{
    struct stat about;

    if (fstat(fd, &about) != 0) {
        return ca_fail_system(problem, path, "cannot be read");
    }
    if (!S_ISREG(about.st_mode)) {
        return ca_fail(problem, path, NULL, "is not a file");
    }
    if (secret && about.st_uid != geteuid()) {
        return ca_fail(problem, path, "who owns a file can always read it",
                       "is a private key that belongs to another user");
    }
    if (secret && (about.st_mode & 077) != 0) {
        return ca_fail(problem, path, "chmod 600, if nobody else has read it yet",
                       "is a private key that others may use");
    }
    if (about.st_size > CA_FILE_MAX) {
        return ca_fail(problem, path, NULL, "is too large");
    }
    *len = about.st_size;
    return true;
}

static bool read_all(int fd, unsigned char *to, size_t want, size_t *len)
{
    *len = 0;
    while (*len < want) {
        const ssize_t got = read(fd, to + *len, want - *len);

        if (got == 0) {
            break;
        }
        if (got < 0 && errno != EINTR) {
            return false;
        }
        *len += got > 0 ? (size_t)got : 0U;
    }
    return true;
}

static bool read_open(int fd, const char *path, bool secret, unsigned char **out,
                      size_t *len, ca_problem *problem)
{
    unsigned char *data;
    off_t size = 0;

    if (!check_file(fd, path, secret, &size, problem)) {
        return false;
    }
    data = malloc((size_t)size + 1);
    if (data == NULL) {
        return ca_fail_memory(problem);
    }
    if (!read_all(fd, data, (size_t)size, len)) {
        ca_file_free(data, *len);
        return ca_fail_system(problem, path, "cannot be read");
    }
    data[*len] = '\0';
    *out = data;
    return true;
}

bool ca_file_read(int folder, const char *name, const char *path, bool secret,
                  unsigned char **out, size_t *len, ca_problem *problem)
{
    /* Non-blocking: a FIFO in place of the file is refused, not waited for. */
    const int fd = openat(
        folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (secret ? O_NOFOLLOW : 0));
    bool ok;

    *out = NULL;
    *len = 0;
    if (fd < 0) {
        if (secret && errno == ELOOP) {
            return ca_fail(problem, path, NULL, "is a link, which is not followed");
        }
        return ca_fail_system(problem, path, "cannot be read");
    }
    ok = read_open(fd, path, secret, out, len, problem);
    (void)close(fd);
    return ok;
}

void ca_file_free(unsigned char *data, size_t len)
{
    if (data != NULL) {
        mbedtls_platform_zeroize(data, len);
        free(data);
    }
}

/* --- writing aside ------------------------------------------------------------ */

static int create_aside(ca_change_file *file)
{
    int fd = -1;

    for (unsigned i = 0; i < TRIES && fd < 0; i++) {
        (void)snprintf(file->aside, sizeof file->aside, ".postern-ca.%ld.%u",
                       (long)getpid(), i);
        file->number = i;
        fd = openat(file->folder, file->aside,
                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0 && errno != EEXIST) {
            break;
        }
    }
    if (fd < 0) {
        file->aside[0] = '\0';
    }
    return fd;
}

static bool write_all(int fd, ca_bytes contents)
{
    size_t done = 0;

    while (done < contents.len) {
        const ssize_t wrote = write(fd, contents.data + done, contents.len - done);

        if (wrote < 0 && errno != EINTR) {
            return false;
        }
        done += wrote > 0 ? (size_t)wrote : 0U;
    }
    return true;
}

void ca_change_begin(ca_change *change)
{
    sigset_t all;

    if (!change->waiting) {
        (void)sigfillset(&all);
        change->waiting = sigprocmask(SIG_BLOCK, &all, &change->interrupted) == 0;
    }
}

bool ca_change_add(ca_change *change, int folder, const char *path, ca_file_kind kind,
                   mode_t mode, ca_bytes contents, ca_problem *problem)
{
    ca_change_file *file = &change->files[change->count];
    const char *slash;
    bool ok;
    int fd;

    assert(change->count < CA_CHANGE_MAX);
    ca_change_begin(change);
    *file = (ca_change_file){.folder = folder, .kind = kind};
    (void)snprintf(file->path, sizeof file->path, "%s", path);
    slash = strrchr(file->path, '/');
    file->name = slash == NULL ? file->path : slash + 1;
    fd = create_aside(file);
    if (fd < 0) {
        return ca_fail_system(problem, path, "cannot be written");
    }
    change->count++;
    ok = fchmod(fd, mode) == 0 && write_all(fd, contents) && fsync(fd) == 0;
    if (!ok) {
        (void)ca_fail_system(problem, path, "cannot be written");
    }
    if (close(fd) != 0 && ok) {
        ok = ca_fail_system(problem, path, "cannot be written");
    }
    return ok;
}

void ca_change_drop(ca_change *change)
{
    for (size_t i = 0; i < change->count; i++) {
        ca_change_file *file = &change->files[i];

        if (file->aside[0] != '\0') {
            (void)unlinkat(file->folder, file->aside, 0);
            file->aside[0] = '\0';
        }
        if (file->before[0] != '\0') {
            (void)unlinkat(file->folder, file->before, 0);
            file->before[0] = '\0';
        }
    }
    change->count = 0;
}

void ca_change_end(ca_change *change)
{
    ca_change_drop(change);
    if (change->waiting) {
        change->waiting = false;
        (void)sigprocmask(SIG_SETMASK, &change->interrupted, NULL);
    }
}

/* --- giving names ------------------------------------------------------------- */

static bool give_new(ca_change_file *file, ca_problem *problem)
{
    /* A link, unlike a renaming, never takes the place of anything. */
    if (linkat(file->folder, file->aside, file->folder, file->name, 0) != 0) {
        if (errno == EEXIST) {
            return ca_fail(problem, file->path, NULL,
                           "is there already, and is not overwritten");
        }
        return ca_fail_system(problem, file->path, "cannot be written");
    }
    return true;
}

/* Keeps the file that is to be replaced, if there is one, under another name. Names
 * may be taken since a crash long ago: in a container every run has the same number. */
static bool keep_before(ca_change_file *file)
{
    for (unsigned i = 0; i < TRIES; i++) {
        (void)snprintf(file->before, sizeof file->before, ".postern-ca.%ld.%u.old",
                       (long)getpid(), file->number + i);
        if (linkat(file->folder, file->name, file->folder, file->before, 0) == 0) {
            return true;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    file->before[0] = '\0';
    return errno == ENOENT;
}

static bool give_place(ca_change_file *file, ca_problem *problem)
{
    if (!keep_before(file) ||
        renameat(file->folder, file->aside, file->folder, file->name) != 0) {
        return ca_fail_system(problem, file->path, "cannot be replaced");
    }
    file->aside[0] = '\0';
    return true;
}

static void take_back(ca_change_file *file)
{
    if (file->before[0] != '\0') {
        (void)renameat(file->folder, file->before, file->folder, file->name);
        file->before[0] = '\0';
    } else {
        (void)unlinkat(file->folder, file->name, 0);
    }
}

static bool give_names(ca_change *change, ca_problem *problem)
{
    for (size_t i = 0; i < change->count; i++) {
        ca_change_file *file = &change->files[i];

        file->done = file->kind == CA_FILE_NEW ? give_new(file, problem)
                                               : give_place(file, problem);
        if (!file->done) {
            return false;
        }
        if (fsync(file->folder) != 0) {
            return ca_fail_system(problem, file->path, "cannot be written");
        }
    }
    return true;
}

bool ca_change_commit(ca_change *change, ca_problem *problem)
{
    const bool ok = give_names(change, problem);

    for (size_t i = change->count; i-- > 0 && !ok;) {
        if (change->files[i].done) {
            take_back(&change->files[i]);
        }
    }
    return ok;
}
