/*
 * moment.h - points in time: as the index and people write them, and as seconds.
 */
#ifndef CA_MOMENT_H
#define CA_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

enum { CA_MOMENT_TEXT = 21, CA_DAY = 86400 };

/** The last second that a certificate can hold: 9999-12-31T23:59:59Z. */
#define CA_MOMENT_LAST INT64_C(253402300799)

/** Writes "2026-11-20T12:00:00Z". `seconds` is 0 to CA_MOMENT_LAST. */
void ca_moment_print(int64_t seconds, char out[CA_MOMENT_TEXT]);

/** Reads the same; fractions and offsets are understood, too. */
bool ca_moment_parse(const char *text, int64_t *seconds);

#endif
