/*
 * tests/conformance/bytes_plain.c - bytes of a file, as they are.
 */
#include "text_file.h"

#include <stdio.h>

void *bytes_open(const char *path)
{
    return fopen(path, "rb");
}

size_t bytes_read(void *source, char *buf, unsigned cap)
{
    return fread(buf, 1, cap, source);
}

bool bytes_close(void *source)
{
    const bool fine = ferror((FILE *)source) == 0;

    return fclose(source) == 0 && fine;
}
