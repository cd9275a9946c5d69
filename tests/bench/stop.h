/*
 * tests/bench/stop.h - the ends of the program that nobody wants.
 */
#ifndef BENCH_STOP_H
#define BENCH_STOP_H

#include <postern/report.h>

/** Ends the program with status 2: the input is wrong, or what was asked for. */
_Noreturn void stop(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Ends the program with status 2 unless `status` is POSTERN_OK; says what was done and
 *  the first finding of `report`, which may be NULL. */
void stop_unless_ok(postern_status status, const char *what,
                    const postern_report *report);

#endif
