/*
 * timestamp.h - points in time as people write them (RFC 3339).
 */
#ifndef EXAMPLE_TIMESTAMP_H
#define EXAMPLE_TIMESTAMP_H

#include <postern/base.h>

/**
 * Reads "2026-11-20T12:00:00Z", with an optional fraction of a second (cut to
 * milliseconds) and an offset instead of the Z.
 *
 * @param out receives milliseconds since 1970; untouched on failure
 * @return false for any other text, days that do not exist, leap seconds, and times
 *         before 1970
 */
bool timestamp_parse(postern_str text, int64_t *out);

#endif
