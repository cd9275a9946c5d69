/*
 * problem.h - what went wrong, told once: where, why, and what to do about it.
 */
#ifndef CA_PROBLEM_H
#define CA_PROBLEM_H

#include <stdbool.h>

/** Zeroed: nothing is wrong. The first that is told stays. */
typedef struct ca_problem {
    char place[256];   /**< a file, an option; empty: none */
    char message[320]; /**< what is wrong; empty: nothing */
    char hint[240];    /**< what to do; empty: none */
} ca_problem;

/** Writes the problem down. `place` and `hint` may be NULL.
 *  @return false, so that whoever finds a problem can leave with it */
bool ca_fail(ca_problem *problem, const char *place, const char *hint,
             const char *format, ...) __attribute__((format(printf, 4, 5)));

/** The same for memory, which has no place and no hint. */
bool ca_fail_memory(ca_problem *problem);

/** The same for a system call that failed; the reason is that of errno. */
bool ca_fail_system(ca_problem *problem, const char *place, const char *what);

/** Prints it to standard error: "PLACE: error: MESSAGE" and the hint below. */
void ca_problem_print(const ca_problem *problem);

#endif
