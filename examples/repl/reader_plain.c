/* pselect and sigprocmask */
#define _POSIX_C_SOURCE 200809L

#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

typedef struct plain {
    reader face;
    FILE *prompts;
    char *bytes; /* read, from `start` on not yet handed out */
    size_t start;
    size_t length;
    size_t cap;
} plain;

/* Waits for input, with signals as in `mask`. @return false: one of them came first. As
 * both happen in one call none can slip in between. */
static bool wait_for_input(const sigset_t *mask)
{
    fd_set wanted;

    FD_ZERO(&wanted);
    FD_SET(STDIN_FILENO, &wanted);
    return pselect(STDIN_FILENO + 1, &wanted, NULL, NULL, NULL, mask) >= 0 ||
           errno != EINTR;
}

/* Reads what is there. A terminal forgets its input on Ctrl-C, even between the wait and
 * the read, which would then sit there with the signal held back: so it does not block.
 * @return as read(); -1 with EAGAIN: nothing is there any more */
static ssize_t read_what_is_there(char *to, size_t cap)
{
    const int flags = fcntl(STDIN_FILENO, F_GETFL);
    ssize_t got;
    int why;

    if (flags >= 0) {
        (void)fcntl(STDIN_FILENO, F_SETFL, flags | O_NONBLOCK);
    }
    got = read(STDIN_FILENO, to, cap);
    why = errno;
    if (flags >= 0) {
        (void)fcntl(STDIN_FILENO, F_SETFL, flags);
    }
    errno = why;
    return got;
}

static bool make_room(plain *held)
{
    const size_t cap = held->cap == 0 ? 4096 : held->cap * 2;
    char *grown;

    if (held->start > 0) {
        held->length -= held->start;
        memmove(held->bytes, held->bytes + held->start, held->length);
        held->start = 0;
    }
    if (held->length < held->cap) {
        return true;
    }
    grown = realloc(held->bytes, cap);
    if (grown == NULL) {
        return false;
    }
    held->bytes = grown;
    held->cap = cap;
    return true;
}

/* Hands out the bytes up to `end`, and drops what ends the line. */
static reader_outcome take_line(plain *held, size_t end, size_t next, postern_str *line)
{
    const size_t start = held->start;

    while (end > start && held->bytes[end - 1] == '\r') {
        end--;
    }
    *line = (postern_str){held->bytes + start, end - start};
    held->start = next;
    return READER_LINE;
}

static reader_outcome read_line(plain *held, const sigset_t *mask, postern_str *line)
{
    for (;;) {
        const size_t unread = held->length - held->start;
        const char *const end =
            unread > 0 ? memchr(held->bytes + held->start, '\n', unread) : NULL;
        ssize_t got;
        if (end != NULL) {
            const size_t at = (size_t)(end - held->bytes);
            return take_line(held, at, at + 1, line);
        }
        if (!make_room(held)) {
            return READER_END;
        }
        if (held->prompts != NULL && !wait_for_input(mask)) {
            held->start = held->length;
            return READER_CANCELLED;
        }
        got = held->prompts != NULL ? read_what_is_there(held->bytes + held->length,
                                                         held->cap - held->length)
                                    : read(STDIN_FILENO, held->bytes + held->length,
                                           held->cap - held->length);
        if (got < 0 && held->prompts != NULL && errno == EAGAIN) {
            continue;
        }
        if (got <= 0) {
            return held->length > held->start
                       ? take_line(held, held->length, held->length, line)
                       : READER_END;
        }
        held->length += (size_t)got;
    }
}

static reader_outcome next_line(reader *self, const char *prompt, postern_str *line)
{
    plain *const held = (plain *)(void *)self;
    reader_outcome outcome;
    sigset_t interrupt;
    sigset_t before;

    (void)fflush(stdout);
    if (held->prompts == NULL) {
        return read_line(held, NULL, line);
    }
    (void)sigemptyset(&interrupt);
    (void)sigaddset(&interrupt, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &interrupt, &before);
    (void)fputs(prompt, held->prompts);
    (void)fflush(held->prompts);
    outcome = read_line(held, &before, line);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    if (outcome != READER_LINE) {
        (void)fputc('\n', held->prompts);
    }
    return outcome;
}

static void forget(reader *self, const char *entry)
{
    (void)self;
    (void)entry;
}

static void close_plain(reader *self)
{
    plain *const held = (plain *)(void *)self;

    free(held->bytes);
    free(held);
}

reader *reader_plain_open(FILE *prompts)
{
    plain *const made = calloc(1, sizeof *made);

    if (made == NULL) {
        return NULL;
    }
    made->face = (reader){next_line, forget, close_plain};
    made->prompts = prompts;
    return &made->face;
}
