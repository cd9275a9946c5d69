/*
 * tests/bench/calibration.h - the cost of fixed pieces of hand-written C, here and now:
 * what machines are compared by.
 */
#ifndef BENCH_CALIBRATION_H
#define BENCH_CALIBRATION_H

#include "measure.h"

typedef struct calibration {
    double two_rules; /* ns, each */
    double eight_rules;
    double search;
} calibration;

calibration calibrate(const measure_effort *effort);

/** How much slower `here` is than `there`: the geometric mean of the three ratios. 1
 *  when `there` is not known. */
double calibration_scale(const calibration *here, const calibration *there);

#endif
