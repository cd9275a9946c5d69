/*
 * fault.c - loaded before a program (LD_PRELOAD), makes one call of the C library fail:
 * the one whose number FAULT_AT says, counted among those that FAULT_KIND names. At the
 * end it writes to FAULT_COUNT how many there were, and which, when they are of files.
 *
 * FAULT_CLOCK sets the clock forward by so many seconds, or back.
 *
 *   memory  malloc, calloc, realloc
 *   files   what opens, writes, syncs, names and locks files
 */
#undef _FILE_OFFSET_BITS /* which gives open() another name */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* What the functions below stand in front of. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

static long fail_at;
static long seen;
static bool files;
static bool counting;
static char trace[8192];

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("FAULT_AT");
    const char *kind = getenv("FAULT_KIND");

    fail_at = at == NULL ? 0 : strtol(at, NULL, 10);
    files = kind != NULL && strcmp(kind, "files") == 0;
    counting = true;
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("FAULT_COUNT");
    FILE *out;

    counting = false;
    out = path == NULL ? NULL : fopen(path, "w");
    if (out != NULL) {
        (void)fprintf(out, "%ld\n%s", seen, trace);
        (void)fclose(out);
    }
}

/* Counts a call. @return whether it fails */
static bool fails(bool of_files, int why)
{
    if (!counting || of_files != files || ++seen != fail_at) {
        return false;
    }
    errno = why;
    return true;
}

/* The same for one of files, with what it is about. */
static bool file_fails(const char *call, const char *about, int why)
{
    const size_t len = strlen(trace);

    if (counting && files) {
        (void)snprintf(trace + len, sizeof trace - len, "%s %s\n", call, about);
    }
    return fails(true, why);
}

void *malloc(size_t size)
{
    return fails(false, ENOMEM) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(false, ENOMEM) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return fails(false, ENOMEM) ? NULL : __libc_realloc(block, size);
}

/* A function of the C library; a pointer to data and one to code are the same thing in
 * POSIX only, so it is copied. */
#define NEXT(name)                         \
    static __typeof__(&name) next;         \
    void *found = dlsym(RTLD_NEXT, #name); \
    memcpy(&next, &found, sizeof next)

/* Whatever offsets the program was compiled with. */
#define OPEN(name)                                                           \
    int name(const char *path, int flags, ...)                               \
    {                                                                        \
        mode_t mode = 0;                                                     \
        va_list more;                                                        \
        va_start(more, flags);                                               \
        if ((flags & O_CREAT) != 0) {                                        \
            mode = va_arg(more, mode_t);                                     \
        }                                                                    \
        va_end(more);                                                        \
        NEXT(name);                                                          \
        return file_fails("open", path, EIO) ? -1 : next(path, flags, mode); \
    }
#define OPEN_AT(name)                                                                \
    int name(int folder, const char *path, int flags, ...)                           \
    {                                                                                \
        mode_t mode = 0;                                                             \
        va_list more;                                                                \
        va_start(more, flags);                                                       \
        if ((flags & O_CREAT) != 0) {                                                \
            mode = va_arg(more, mode_t);                                             \
        }                                                                            \
        va_end(more);                                                                \
        NEXT(name);                                                                  \
        return file_fails("open", path, EIO) ? -1 : next(folder, path, flags, mode); \
    }
OPEN(open)
OPEN(open64)
OPEN_AT(openat)
OPEN_AT(openat64)

ssize_t read(int fd, void *to, size_t len)
{
    NEXT(read);
    return file_fails("read", "", EIO) ? -1 : next(fd, to, len);
}

ssize_t write(int fd, const void *from, size_t len)
{
    NEXT(write);
    return file_fails("write", "", ENOSPC) ? -1 : next(fd, from, len);
}

int fsync(int fd)
{
    NEXT(fsync);
    return file_fails("fsync", "", EIO) ? -1 : next(fd);
}

int fchmod(int fd, mode_t mode)
{
    NEXT(fchmod);
    return file_fails("fchmod", "", EPERM) ? -1 : next(fd, mode);
}

int fchmodat(int folder, const char *path, mode_t mode, int flags)
{
    NEXT(fchmodat);
    return file_fails("fchmodat", path, EPERM) ? -1 : next(folder, path, mode, flags);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
    NEXT(mkdirat);
    return file_fails("mkdirat", path, ENOSPC) ? -1 : next(folder, path, mode);
}

char *mkdtemp(char *path)
{
    NEXT(mkdtemp);
    return file_fails("mkdtemp", "", ENOSPC) ? NULL : next(path);
}

int linkat(int folder, const char *path, int to_folder, const char *to, int flags)
{
    NEXT(linkat);
    return file_fails("linkat", to, ENOSPC) ? -1
                                            : next(folder, path, to_folder, to, flags);
}

int rename(const char *path, const char *to)
{
    NEXT(rename);
    return file_fails("rename", to, ENOSPC) ? -1 : next(path, to);
}

int renameat(int folder, const char *path, int to_folder, const char *to)
{
    NEXT(renameat);
    return file_fails("renameat", to, ENOSPC) ? -1 : next(folder, path, to_folder, to);
}

time_t time(time_t *out)
{
    const char *ahead = getenv("FAULT_CLOCK");
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec += ahead == NULL ? 0 : strtol(ahead, NULL, 10);
    if (out != NULL) {
        *out = now.tv_sec;
    }
    return now.tv_sec;
}

int flock(int fd, int how)
{
    NEXT(flock);
    return file_fails("flock", "", ENOLCK) ? -1 : next(fd, how);
}
