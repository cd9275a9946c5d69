/* getline and sigaction */
#define _POSIX_C_SOURCE 200809L

#include "reader.h"

#include <errno.h>
#include <stdlib.h>

typedef struct plain {
    reader face;
    FILE *prompts;
    char *line;
    size_t cap;
} plain;

static reader_outcome next_line(reader *self, const char *prompt, postern_str *line)
{
    plain *const held = (plain *)(void *)self;
    ssize_t length;

    if (held->prompts != NULL) {
        (void)fputs(prompt, held->prompts);
        (void)fflush(held->prompts);
    }
    (void)fflush(stdout);
    errno = 0;
    length = getline(&held->line, &held->cap, stdin);
    if (length < 0) {
        const bool interrupted = errno == EINTR && feof(stdin) == 0;
        clearerr(stdin);
        if (held->prompts != NULL) {
            (void)fputc('\n', held->prompts);
        }
        return interrupted ? READER_CANCELLED : READER_END;
    }
    while (length > 0 &&
           (held->line[length - 1] == '\n' || held->line[length - 1] == '\r')) {
        length--;
    }
    *line = (postern_str){held->line, (size_t)length};
    return READER_LINE;
}

static void forget(reader *self, const char *entry)
{
    (void)self;
    (void)entry;
}

static void close_plain(reader *self)
{
    plain *const held = (plain *)(void *)self;

    free(held->line);
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
