/*
 * tests/conformance/text_file.h - a whole file in memory, decompressed where the build
 * has zlib (bytes_zlib.c) and as it is where not (bytes_plain.c).
 */
#ifndef CONFORMANCE_TEXT_FILE_H
#define CONFORMANCE_TEXT_FILE_H

#include <postern/base.h>

/**
 * Reads the file at `path`.
 *
 * @param out receives its bytes, freed by the caller; untouched on failure
 * @return NULL, or why it cannot be read: fixed text
 */
const char *text_file_read(const char *path, postern_str *out);

/** What text_file_read() reads from; NULL when it cannot be opened. */
void *bytes_open(const char *path);

/** At most `cap` bytes; 0 at the end or when something is wrong. */
size_t bytes_read(void *source, char *buf, unsigned cap);

/** @return false when something was wrong before */
bool bytes_close(void *source);

#endif
