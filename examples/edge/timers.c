/* timers.c - one list for each kind of deadline. */
#include "timers.h"

#include <stddef.h>

void edge_timers_init(edge_timers *timers, const int64_t lasts[EDGE_DEADLINES])
{
    for (unsigned kind = 0; kind < EDGE_DEADLINES; kind++) {
        edge_timer *end = &timers->ends[kind];
        *end = (edge_timer){.before = end, .after = end};
        timers->lasts[kind] = lasts[kind];
    }
}

void edge_timer_stop(edge_timer *timer)
{
    if (timer->before != NULL) {
        timer->before->after = timer->after;
        timer->after->before = timer->before;
        timer->before = NULL;
        timer->after = NULL;
    }
}

void edge_timer_start(edge_timers *timers, edge_timer *timer, edge_deadline kind,
                      int64_t now)
{
    edge_timer *end = &timers->ends[kind];

    edge_timer_stop(timer);
    timer->kind = kind;
    timer->due = now + timers->lasts[kind];
    timer->before = end->before;
    timer->after = end;
    end->before->after = timer;
    end->before = timer;
}

edge_timer *edge_timers_expired(edge_timers *timers, int64_t now)
{
    for (unsigned kind = 0; kind < EDGE_DEADLINES; kind++) {
        edge_timer *first = timers->ends[kind].after;
        if (first != &timers->ends[kind] && first->due <= now) {
            edge_timer_stop(first);
            return first;
        }
    }
    return NULL;
}

int64_t edge_timers_wait(const edge_timers *timers, int64_t now)
{
    int64_t wait = -1;

    for (unsigned kind = 0; kind < EDGE_DEADLINES; kind++) {
        const edge_timer *first = timers->ends[kind].after;
        if (first != &timers->ends[kind]) {
            const int64_t left = first->due > now ? first->due - now : 0;
            wait = wait < 0 || left < wait ? left : wait;
        }
    }
    return wait;
}
