#include "file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX_BYTES = 64 << 20 };

typedef struct contents {
    char *text;
    size_t length;
    size_t cap;
} contents;

/* Makes room for a byte more, and for the NUL. */
static bool make_room(contents *held)
{
    const size_t cap = held->cap == 0 ? 4096 : held->cap * 2;
    char *grown;

    if (held->length + 1 < held->cap) {
        return true;
    }
    if (held->length > FILE_MAX_BYTES) {
        errno = EFBIG;
        return false;
    }
    grown = realloc(held->text, cap);
    if (grown == NULL) {
        errno = ENOMEM;
        return false;
    }
    held->text = grown;
    held->cap = cap;
    return true;
}

static bool read_all(FILE *in, contents *held)
{
    size_t got;

    do {
        if (!make_room(held)) {
            return false;
        }
        errno = 0;
        got = fread(held->text + held->length, 1, held->cap - 1 - held->length, in);
        held->length += got;
    } while (got > 0);
    held->text[held->length] = '\0';
    return ferror(in) == 0;
}

char *file_read(const char *path, size_t *length)
{
    FILE *const in = fopen(path, "rb");
    contents held = {NULL, 0, 0};
    int error;
    bool ok;

    *length = 0;
    if (in == NULL) {
        return NULL;
    }
    ok = read_all(in, &held);
    error = errno;
    (void)fclose(in);
    if (!ok) {
        free(held.text);
        errno = error != 0 ? error : EIO;
        return NULL;
    }
    *length = held.length;
    return held.text;
}
