#include "text_file.h"

#include <stdlib.h>
#include <string.h>

enum { STEP = 1 << 16 };

typedef struct buffer {
    char *bytes;
    size_t length;
    size_t cap;
} buffer;

static bool has_room(buffer *out)
{
    const size_t cap = out->cap * 2 + STEP;
    char *more;

    if (out->cap - out->length >= STEP) {
        return true;
    }
    more = realloc(out->bytes, cap);
    if (more != NULL) {
        out->bytes = more;
        out->cap = cap;
    }
    return more != NULL;
}

static const char *read_all(void *source, buffer *out)
{
    size_t got;

    do {
        if (!has_room(out)) {
            return "out of memory";
        }
        got = bytes_read(source, out->bytes + out->length, STEP);
        out->length += got;
    } while (got > 0);
    if (out->length >= 2 && memcmp(out->bytes, "\x1f\x8b", 2) == 0) {
        return "is compressed, and this program was built without zlib";
    }
    return NULL;
}

const char *text_file_read(const char *path, postern_str *out)
{
    void *const source = bytes_open(path);
    buffer all = {NULL, 0, 0};
    const char *problem;

    if (source == NULL) {
        return "cannot be opened";
    }
    problem = read_all(source, &all);
    if (!bytes_close(source) && problem == NULL) {
        problem = "cannot be read to its end";
    }
    if (problem != NULL) {
        free(all.bytes);
        return problem;
    }
    *out = (postern_str){all.bytes, all.length};
    return NULL;
}
