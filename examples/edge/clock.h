/* clock.h - the clock of deadlines and durations: it never goes back. */
#ifndef EDGE_CLOCK_H
#define EDGE_CLOCK_H

#include <stdint.h>

/** Microseconds since some moment in the past. */
int64_t edge_now_us(void);

static inline int64_t edge_now_ms(void)
{
    return edge_now_us() / 1000;
}

#endif
