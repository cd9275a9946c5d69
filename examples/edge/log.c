/* log.c - lines of JSON. */
#define _GNU_SOURCE
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { VALUE_BYTES = 2048 };

struct edge_log {
    pthread_mutex_t lock;
    const char *path;
    int fd;
};

static int open_file(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

edge_log *edge_log_open(const char *path)
{
    edge_log *log = calloc(1, sizeof *log);

    if (log == NULL) {
        return NULL;
    }
    log->path = path;
    log->fd = path == NULL ? STDERR_FILENO : open_file(path);
    if (log->fd < 0 || pthread_mutex_init(&log->lock, NULL) != 0) {
        free(log);
        return NULL;
    }
    return log;
}

bool edge_log_reopen(edge_log *log)
{
    int fd;

    if (log->path == NULL) {
        return true;
    }
    fd = open_file(log->path);
    if (fd < 0) {
        return false;
    }
    (void)pthread_mutex_lock(&log->lock);
    (void)close(log->fd);
    log->fd = fd;
    (void)pthread_mutex_unlock(&log->lock);
    return true;
}

void edge_log_close(edge_log *log)
{
    if (log == NULL) {
        return;
    }
    if (log->path != NULL) {
        (void)close(log->fd);
    }
    (void)pthread_mutex_destroy(&log->lock);
    free(log);
}

void edge_line_start(edge_text *line, const char *event)
{
    struct timespec now;
    struct tm utc;
    char time[32] = "";

    if (clock_gettime(CLOCK_REALTIME, &now) == 0 &&
        gmtime_r(&now.tv_sec, &utc) != NULL) {
        (void)strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%S", &utc);
    } else {
        now.tv_nsec = 0;
    }
    edge_text_clear(line);
    edge_text_format(line, "{\"time\":\"%s.%03ldZ\",\"event\":\"%s\"", time,
                     now.tv_nsec / 1000000, event);
}

void edge_line_text(edge_text *line, const char *key, postern_str value)
{
    edge_text_format(line, ",\"%s\":", key);
    if (value.len <= VALUE_BYTES) {
        edge_text_quote(line, value);
        return;
    }
    edge_text_quote(line, (postern_str){value.data, VALUE_BYTES});
    line->len -= line->len > 0; /* its closing quote */
    edge_text_add(line, postern_text("...\""));
}

void edge_line_number(edge_text *line, const char *key, int64_t value)
{
    edge_text_format(line, ",\"%s\":%" PRId64, key, value);
}

/* The lock is held. Files and pipes take a line at once, or nearly always. */
static void write_all(int fd, postern_str line)
{
    while (line.len > 0) {
        const ssize_t wrote = write(fd, line.data, line.len);
        if (wrote < 0 && errno != EINTR) {
            return; /* there is nobody left to tell */
        }
        if (wrote > 0) {
            line.data += wrote;
            line.len -= (size_t)wrote;
        }
    }
}

void edge_line_write(edge_text *line, edge_log *log)
{
    static const char lost[] =
        "{\"event\":\"line-lost\",\"reason\":\"out of memory\"}\n";
    postern_str whole = {lost, sizeof lost - 1};

    edge_text_add(line, postern_text("}\n"));
    if (!line->failed) {
        whole = (postern_str){line->data, line->len};
    }
    (void)pthread_mutex_lock(&log->lock);
    write_all(log->fd, whole);
    (void)pthread_mutex_unlock(&log->lock);
}
