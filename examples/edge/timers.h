/*
 * timers.h - deadlines. Every kind of deadline lasts equally long for everyone, so
 * the order in which timers are started is the order in which they are due: one
 * list for each kind, and every operation is O(1) and exact.
 */
#ifndef EDGE_TIMERS_H
#define EDGE_TIMERS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum edge_deadline {
    EDGE_DEADLINE_HANDSHAKE, /**< from accept to the end of the TLS handshake */
    EDGE_DEADLINE_REQUEST,   /**< from the first byte to the end of head and body */
    EDGE_DEADLINE_IDLE,      /**< without a request */
    EDGE_DEADLINE_ANSWER,    /**< to take the answer */
    EDGE_DEADLINE_LINGER,    /**< between our last byte and the client's */
    EDGE_DEADLINE_TURN,      /**< until it is asked again whose turn it is */
    EDGE_DEADLINES
} edge_deadline;

/** Zeroed: not running. Must not move while it runs. */
typedef struct edge_timer {
    struct edge_timer *before;
    struct edge_timer *after;
    int64_t due; /**< in milliseconds, of the clock that starts it */
    edge_deadline kind;
} edge_timer;

typedef struct edge_timers {
    edge_timer ends[EDGE_DEADLINES]; /* each list is a ring that begins here */
    int64_t lasts[EDGE_DEADLINES];
} edge_timers;

/** @param lasts how long each kind lasts, in milliseconds */
void edge_timers_init(edge_timers *timers, const int64_t lasts[EDGE_DEADLINES]);

/** Starts `timer`, or starts it anew with another kind. `now` never goes back. */
void edge_timer_start(edge_timers *timers, edge_timer *timer, edge_deadline kind,
                      int64_t now);

/** Stops `timer`, running or not. */
void edge_timer_stop(edge_timer *timer);

/** Stops and gives one timer that is due, or NULL. */
edge_timer *edge_timers_expired(edge_timers *timers, int64_t now);

/** Milliseconds until the next timer is due; 0: now; -1: none runs. */
int64_t edge_timers_wait(const edge_timers *timers, int64_t now);

#endif
