/* worker.c - one epoll loop: sockets, deadlines, and the word to stop. */
#define _GNU_SOURCE
#include "worker.h"

#include "clock.h"
#include "connection.h"
#include "record.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENTS = 64,
    ACCEPTS = 16,
    GRACE_MS = 5000,
    LINGER_MS = 2000,
    TURN_MS = 2,
    SECOND_MS = 1000
};

/* What epoll points at for a listener and for the word to stop. */
typedef struct entry {
    edge_source source;
    const edge_listener *listener;
} entry;

struct edge_worker {
    edge_work work; /* first: what connections see of it */
    int epoll;
    int stop; /* an eventfd */
    entry *entries;
};

static bool watch(const edge_worker *worker, entry *what, int fd, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = what};

    return epoll_ctl(worker->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* EPOLLEXCLUSIVE: a new client wakes one worker, or few, not all. */
static bool watch_all(edge_worker *worker)
{
    const edge_server *server = worker->work.server;
    bool ok = watch(worker, &worker->entries[0], worker->stop, EPOLLIN);

    for (size_t i = 0; i < server->listener_count; i++) {
        entry *what = &worker->entries[i + 1];
        *what = (entry){EDGE_SOURCE_LISTENER, &server->listeners[i]};
        ok = ok &&
             watch(worker, what, server->listeners[i].fd, EPOLLIN | EPOLLEXCLUSIVE);
    }
    return ok;
}

edge_worker *edge_worker_new(const edge_server *server, edge_text *problems)
{
    const edge_limits *limits = &server->config->limits;
    const int64_t lasts[EDGE_DEADLINES] = {
        [EDGE_DEADLINE_HANDSHAKE] = limits->handshake_ms,
        [EDGE_DEADLINE_REQUEST] = limits->header_ms,
        [EDGE_DEADLINE_IDLE] = limits->idle_ms,
        [EDGE_DEADLINE_ANSWER] = limits->header_ms,
        [EDGE_DEADLINE_LINGER] = LINGER_MS,
        [EDGE_DEADLINE_TURN] = TURN_MS,
    };
    edge_worker *worker = calloc(1, sizeof *worker);

    if (worker == NULL) {
        edge_text_format(problems, "error: out of memory\n");
        return NULL;
    }
    worker->work.server = server;
    edge_timers_init(&worker->work.timers, lasts);
    worker->epoll = epoll_create1(EPOLL_CLOEXEC);
    worker->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    worker->entries = calloc(server->listener_count + 1, sizeof *worker->entries);
    worker->work.tls =
        edge_tls_new(server->config->certificate, server->config->key, problems);
    if (worker->work.tls == NULL) {
        edge_worker_free(worker);
        return NULL;
    }
    if (worker->epoll < 0 || worker->stop < 0 || worker->entries == NULL ||
        !watch_all(worker) ||
        postern_request_new(server->scheme, &worker->work.request) != POSTERN_OK) {
        edge_text_format(problems, "error: a worker cannot be started\n");
        edge_worker_free(worker);
        return NULL;
    }
    return worker;
}

void edge_worker_free(edge_worker *worker)
{
    if (worker == NULL) {
        return;
    }
    while (worker->work.connections != NULL) {
        edge_connection_free(worker->work.connections);
    }
    postern_request_free(worker->work.request);
    edge_tls_free(worker->work.tls);
    edge_text_free(&worker->work.line);
    free(worker->entries);
    if (worker->epoll >= 0) {
        (void)close(worker->epoll);
    }
    if (worker->stop >= 0) {
        (void)close(worker->stop);
    }
    free(worker);
}

void edge_worker_stop(edge_worker *worker)
{
    const uint64_t one = 1;

    /* An eventfd takes it unless it is full, and then it was told already. */
    if (write(worker->stop, &one, sizeof one) < 0) {
        return;
    }
}

static bool is_of_socket(edge_wait wait)
{
    return wait == EDGE_WAIT_READ || wait == EDGE_WAIT_WRITE;
}

/* Who waits for a turn is out of the epoll set: a socket that is readable, or hung up,
 * would wake the worker all the time. */
static bool watch_for(const edge_worker *worker, edge_connection *connection,
                      edge_wait wait)
{
    struct epoll_event event = {.data.ptr = connection};
    const bool known = is_of_socket(connection->waits);
    int what = known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

    if (!is_of_socket(wait)) {
        what = EPOLL_CTL_DEL;
    }
    event.events = wait == EDGE_WAIT_READ ? EPOLLIN : EPOLLOUT;
    return wait == connection->waits || (!known && !is_of_socket(wait)) ||
           epoll_ctl(worker->epoll, what, connection->stream.fd, &event) == 0;
}

/* Closing a socket takes it out of the epoll set. */
static void settle(const edge_worker *worker, edge_connection *connection,
                   edge_wait wait)
{
    if (wait == EDGE_WAIT_NOTHING || !watch_for(worker, connection, wait)) {
        edge_connection_free(connection);
        return;
    }
    connection->waits = wait;
}

/* The system as a whole is out of something. The listener stays readable, so
 * without a pause the loop would spin. */
static void pause_if_short(void)
{
    const struct timespec a_while = {.tv_nsec = 10000000};

    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        (void)nanosleep(&a_while, NULL);
    }
}

void edge_work_turn_away(edge_work *work, const edge_listener *listener,
                         const postern_address *address)
{
    const int64_t now = edge_now_ms();

    work->turned_away++;
    if (work->told_away_at == 0 || now - work->told_away_at >= SECOND_MS) {
        edge_record_turned_away(work->server->log, &work->line, listener->name, address,
                                work->turned_away);
        work->turned_away = 0;
        work->told_away_at = now;
    }
}

static void welcome(edge_worker *worker, const edge_listener *listener)
{
    edge_admission *admission = worker->work.server->admission;

    /* Not all at once: those who are in want to be served, too. */
    for (int i = 0; i < ACCEPTS; i++) {
        edge_connection *connection = NULL;
        edge_guest *guest;
        postern_address address;
        const int fd = edge_accept(listener, &address);

        if (fd < 0) {
            pause_if_short();
            return;
        }
        guest =
            edge_admission_enter(admission, &address, fd, listener->tls, edge_now_ms());
        if (guest == NULL) {
            (void)close(fd); /* full: the cheapest answer there is */
            edge_work_turn_away(&worker->work, listener, &address);
            continue;
        }
        connection = edge_connection_new(&worker->work, listener, fd, &address, guest);
        if (connection != NULL) {
            settle(worker, connection, edge_connection_go_on(connection));
        }
    }
}

static void wind_up(edge_worker *worker)
{
    edge_connection *connection = worker->work.connections;

    worker->work.stopping = true;
    (void)epoll_ctl(worker->epoll, EPOLL_CTL_DEL, worker->stop, NULL);
    for (size_t i = 0; i < worker->work.server->listener_count; i++) {
        const int fd = worker->work.server->listeners[i].fd;
        (void)epoll_ctl(worker->epoll, EPOLL_CTL_DEL, fd, NULL);
    }
    while (connection != NULL) {
        edge_connection *after = connection->after;
        settle(worker, connection, edge_connection_wind_up(connection));
        connection = after;
    }
}

static void dispatch(edge_worker *worker, void *what, bool *told)
{
    switch (*(const edge_source *)what) {
    case EDGE_SOURCE_STOP:
        *told = true;
        break;
    case EDGE_SOURCE_LISTENER:
        welcome(worker, ((const entry *)what)->listener);
        break;
    case EDGE_SOURCE_CLIENT:
        settle(worker, what, edge_connection_go_on(what));
        break;
    }
}

static void expire(edge_worker *worker)
{
    const int64_t now = edge_now_ms();
    edge_timer *timer;

    while ((timer = edge_timers_expired(&worker->work.timers, now)) != NULL) {
        const edge_deadline kind = timer->kind;
        const size_t offset = kind == EDGE_DEADLINE_TURN
                                  ? offsetof(edge_connection, turn)
                                  : offsetof(edge_connection, timer);
        void *connection = (char *)timer - offset;
        settle(worker, connection, edge_connection_expire(connection, kind));
    }
}

void *edge_worker_run(void *arg)
{
    edge_worker *worker = arg;
    struct epoll_event events[EVENTS];
    int64_t end = INT64_MAX; /* known once it is told to stop */

    while (!worker->work.stopping ||
           (worker->work.connections != NULL && edge_now_ms() < end)) {
        const int64_t now = edge_now_ms();
        int64_t wait = edge_timers_wait(&worker->work.timers, now);
        bool told = false;
        int count;

        if (worker->work.stopping && (wait < 0 || end - now < wait)) {
            wait = end > now ? end - now : 0;
        }
        count = epoll_wait(worker->epoll, events, EVENTS, (int)wait);
        /* Each event is of another source, so none of them frees what a later one
         * points at. */
        for (int i = 0; i < count; i++) {
            dispatch(worker, events[i].data.ptr, &told);
        }
        expire(worker);
        if (told) {
            end = edge_now_ms() + GRACE_MS;
            wind_up(worker);
        }
    }
    return NULL;
}
