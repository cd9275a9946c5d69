/*
 * tests/bench/clock.h - times a piece of work: the least of many rounds, because
 * whatever else the machine does only ever adds.
 */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_ns(void)
{
    struct timespec now;

    (void)timespec_get(&now, TIME_UTC);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/** Nanoseconds of one call of `work`, the least of 15 rounds that each take about twice
 *  as long as `least_round`. */
static inline double time_in_rounds(void (*work)(void *user), void *user,
                                    double least_round)
{
    double best = 1e18;
    unsigned calls = 1;

    for (int round = 0; round < 15; round++) {
        const uint64_t start = clock_ns();
        for (unsigned i = 0; i < calls; i++) {
            work(user);
        }
        const double took = (double)(clock_ns() - start);
        if (took < least_round) {
            calls *= 2;
            round = -1;
            continue;
        }
        best = took / calls < best ? took / calls : best;
    }
    return best;
}

/** The same in rounds of about 10 ms. */
static inline double time_of(void (*work)(void *user), void *user)
{
    return time_in_rounds(work, user, 5e6);
}

#endif
