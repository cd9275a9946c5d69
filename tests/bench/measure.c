#include "measure.h"

#include "clock.h"

#include <stdlib.h>

const measure_effort measure_full = {21, 4e6, 1e9, 1024};
const measure_effort measure_quick = {3, 2e4, 0, 8};

enum { SAMPLES_MAX = 1000 };

static double lesser(double best, double other)
{
    return best == 0 || other < best ? other : best;
}

void timing_improve(timing *best, timing other)
{
    best->ns_min = lesser(best->ns_min, other.ns_min);
    best->ns_median = lesser(best->ns_median, other.ns_median);
}

static int compare(const void *a, const void *b)
{
    const double *const left = a;
    const double *const right = b;

    return (*left > *right) - (*left < *right);
}

static timing summary(double *samples, size_t count)
{
    qsort(samples, count, sizeof *samples, compare);
    return (timing){samples[0], samples[count / 2]};
}

static double time_once(measure_work *work, void *user, size_t times)
{
    const uint64_t start = clock_ns();

    work(user, times);
    return (double)(clock_ns() - start);
}

timing measure(const measure_effort *effort, size_t turn, measure_work *work,
               void *user)
{
    double samples[SAMPLES_MAX];
    double spent = 0;
    size_t times = turn;
    unsigned round = 0;

    while (time_once(work, user, times) < effort->round_ns) {
        times *= 2;
    }
    while (round < effort->rounds && (round < 3 || spent < effort->total_ns)) {
        samples[round] = time_once(work, user, times);
        spent += samples[round];
        samples[round++] /= (double)times;
    }
    return summary(samples, round);
}

timing measure_each(const measure_effort *effort, measure_work *work,
                    measure_work *after, void *user)
{
    const double enough = effort->round_ns * effort->rounds;
    double samples[SAMPLES_MAX];
    double spent = 0;
    size_t count = 0;

    while (count < SAMPLES_MAX && (count < 3 || spent < enough)) {
        samples[count] = time_once(work, user, 1);
        after(user, 1);
        spent += samples[count++];
    }
    return summary(samples, count);
}

timing measure_once(measure_work *work, measure_work *after, void *user)
{
    const double took = time_once(work, user, 1);

    after(user, 1);
    return (timing){took, took};
}
