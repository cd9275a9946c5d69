/* moment.c - points in time. */
#define _GNU_SOURCE
#include "moment.h"

#include "../timestamp.h"

#include <time.h>

void ca_moment_print(int64_t seconds, char out[CA_MOMENT_TEXT])
{
    const time_t time = (time_t)seconds;
    struct tm parts;

    if (gmtime_r(&time, &parts) == NULL ||
        strftime(out, CA_MOMENT_TEXT, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        out[0] = '\0';
    }
}

bool ca_moment_parse(const char *text, int64_t *seconds)
{
    int64_t milliseconds;

    if (!timestamp_parse(postern_text(text), &milliseconds)) {
        return false;
    }
    *seconds = milliseconds / 1000;
    return true;
}
