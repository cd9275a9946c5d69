/* clock.c - CLOCK_MONOTONIC in microseconds. */
#define _GNU_SOURCE
#include "clock.h"

#include <time.h>

int64_t edge_now_us(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
