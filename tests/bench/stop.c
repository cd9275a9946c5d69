#include "stop.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

_Noreturn void stop(const char *format, ...)
{
    va_list more;

    (void)fputs("postern-bench: ", stderr);
    va_start(more, format);
    (void)vfprintf(stderr, format, more);
    va_end(more);
    (void)fputc('\n', stderr);
    exit(2);
}

void stop_unless_ok(postern_status status, const char *what,
                    const postern_report *report)
{
    postern_finding first;

    if (status == POSTERN_OK) {
        return;
    }
    if (postern_report_get(report, 0, &first)) {
        stop("%s: %.*s", what, (int)first.message.len, first.message.data);
    }
    stop("%s: %s", what, postern_status_text(status));
}
