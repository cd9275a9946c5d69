/*
 * tests/conformance/bytes_zlib.c - bytes of a file, decompressed if need be.
 */
#include "text_file.h"

#include <zlib.h>

void *bytes_open(const char *path)
{
    return gzopen(path, "rb");
}

size_t bytes_read(void *source, char *buf, unsigned cap)
{
    const int got = gzread(source, buf, cap);

    return got > 0 ? (size_t)got : 0;
}

bool bytes_close(void *source)
{
    int status;

    (void)gzerror(source, &status); /* gzclose_r() forgets what gzread() met */
    return gzclose_r(source) == Z_OK && status == Z_OK;
}
