/*
 * file.h - the bytes of a small file.
 */
#ifndef REPL_FILE_H
#define REPL_FILE_H

#include <stddef.h>

/** The whole file, with a NUL behind it; the caller frees it. NULL with errno set:
 *  EFBIG for more than 64 MiB. */
char *file_read(const char *path, size_t *length);

#endif
