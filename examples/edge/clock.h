/* clock.h - the clock of deadlines and durations, which never goes back, and that of
 * work. */
#ifndef EDGE_CLOCK_H
#define EDGE_CLOCK_H

#include <stdint.h>

/** Microseconds since some moment in the past. */
int64_t edge_now_us(void);

/** Microseconds that this thread has had of a processor. */
int64_t edge_cpu_us(void);

static inline int64_t edge_now_ms(void)
{
    return edge_now_us() / 1000;
}

#endif
