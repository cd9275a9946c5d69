/*
 * worker.h - a thread that serves connections from accept to close.
 *
 * Workers share the listening sockets, the gate, the counts of who is in and the
 * log; everything else, TLS configuration and randomness included, is their own.
 */
#ifndef EDGE_WORKER_H
#define EDGE_WORKER_H

#include "admission.h"
#include "config.h"
#include "rules.h"
#include "sockets.h"
#include "timers.h"
#include "tls.h"

/** What all workers share; it outlives them. */
typedef struct edge_server {
    const edge_config *config;
    const edge_listener *listeners;
    size_t listener_count;
    postern_gate *gate;
    const postern_scheme *scheme;
    edge_admission *admission;
    edge_log *log;
} edge_server;

/** What an epoll event points at begins with one of these. */
typedef enum edge_source {
    EDGE_SOURCE_STOP,
    EDGE_SOURCE_LISTENER,
    EDGE_SOURCE_CLIENT
} edge_source;

/** What a worker's connections use. */
typedef struct edge_work {
    const edge_server *server;
    edge_tls *tls;
    postern_request *request; /**< one is judged at a time */
    edge_timers timers;
    edge_text line;       /**< the log line being put together */
    uint64_t turned_away; /**< clients, since the last line about them */
    int64_t told_away_at; /**< when that was */
    struct edge_connection *connections;
    bool stopping;
} edge_work;

/** Notes that a cap keeps a client out. There is a line about it at most once a second:
 *  whoever fills the house does not fill the log. */
void edge_work_turn_away(edge_work *work, const edge_listener *listener,
                         const postern_address *address);

typedef struct edge_worker edge_worker;

/** Makes a worker.
 *  @param problems receives what is wrong
 *  @return NULL on failure */
edge_worker *edge_worker_new(const edge_server *server, edge_text *problems);
/** Frees a worker whose thread has ended, or never began, and closes what is still
 *  connected to it. NULL is fine. */
void edge_worker_free(edge_worker *worker);

/** Serves with the worker `arg` until told to stop, then for at most five seconds
 *  more. For pthread_create(). */
void *edge_worker_run(void *arg);

/** Tells the worker to stop; from any thread. */
void edge_worker_stop(edge_worker *worker);

#endif
