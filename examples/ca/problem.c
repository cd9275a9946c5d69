/* problem.c - what went wrong, told once. */
#include "problem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool ca_fail(ca_problem *problem, const char *place, const char *hint,
             const char *format, ...)
{
    va_list args;

    if (problem->message[0] != '\0') {
        return false;
    }
    va_start(args, format);
    (void)vsnprintf(problem->message, sizeof problem->message, format, args);
    va_end(args);
    (void)snprintf(problem->place, sizeof problem->place, "%s",
                   place == NULL ? "" : place);
    (void)snprintf(problem->hint, sizeof problem->hint, "%s", hint == NULL ? "" : hint);
    return false;
}

bool ca_fail_memory(ca_problem *problem)
{
    return ca_fail(problem, NULL, NULL, "out of memory");
}

bool ca_fail_system(ca_problem *problem, const char *place, const char *what)
{
    return ca_fail(problem, place, NULL, "%s: %s", what, strerror(errno));
}

void ca_problem_print(const ca_problem *problem)
{
    (void)fprintf(stderr, "%s%serror: %s\n", problem->place,
                  problem->place[0] == '\0' ? "" : ": ", problem->message);
    if (problem->hint[0] != '\0') {
        (void)fprintf(stderr, "    %s\n", problem->hint);
    }
}
