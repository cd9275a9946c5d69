/*
 * tests/bench/measure.h - what a piece of work costs: rounds of many calls, the least
 * and the middle one of them. The least, because whatever else the machine does only
 * ever adds.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

/** Does the work `times` times. The loop is its own, so that no call is measured that
 *  nobody would make. */
typedef void measure_work(void *user, size_t times);

typedef struct measure_effort {
    unsigned rounds;
    double round_ns; /* at least */
    double total_ns; /* when that is over, 3 rounds are enough */
    size_t variety;  /* different requests where there are many */
} measure_effort;

/** What figures are made of: 21 rounds of 4 ms and more. */
extern const measure_effort measure_full;

/** Only that it runs. */
extern const measure_effort measure_quick;

typedef struct timing {
    double ns_min;
    double ns_median;
} timing;

/** Keeps the lesser figures of two measurements of the same; zeroes: none yet. */
void timing_improve(timing *best, timing other);

/** Nanoseconds of one call. Warms up while it finds out how many calls fill a round:
 *  `turn` or a power of two as many, so that inputs which are taken in turn count all
 *  alike. Work that takes long gets fewer rounds. */
timing measure(const measure_effort *effort, size_t turn, measure_work *work,
               void *user);

/** Nanoseconds of single calls of `work`, which is not warm and may clean up behind the
 *  clock: `after` is not counted. As many as fit in the rounds' time, 3 at least. */
timing measure_each(const measure_effort *effort, measure_work *work,
                    measure_work *after, void *user);

/** The same, a single time: of what takes long. */
timing measure_once(measure_work *work, measure_work *after, void *user);

/** Keeps the process on one of the processors that it may use.
 *  @return false where that is not possible */
bool measure_pin(void);

#endif
