/*
 * main.c - postern-edge, an HTTPS server that lets in whom its policy allows.
 *
 * SIGHUP loads the policy anew and reopens the log, SIGTERM and SIGINT end the
 * server when the answers under way are sent, or after five seconds.
 */
#define _GNU_SOURCE
#include "worker.h"

#include <errno.h>
#include <postern.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { FINE = 0, WRONG = 2, SPARE_FILES = 256 };

static const char usage[] = "usage: postern-edge --config FILE [--check]\n"
                            "       postern-edge --help\n";

static const char help[] = "Serves HTTPS and lets in whom the policy allows.\n\n"
                           "  --config FILE  the configuration, JSON\n"
                           "  --check        load everything, say what is wrong, exit\n"
                           "  --help         this text\n\n"
                           "SIGHUP loads the policy anew, SIGTERM ends gracefully.\n"
                           "Exit status: 0 fine, 2 something was wrong.\n";

/* Everything main makes, in the order it is made. */
typedef struct edge {
    edge_config config;
    edge_rules rules;
    edge_log *log;
    edge_listener listeners[2];
    edge_server server;
    edge_worker **workers;
    pthread_t *threads;
    size_t running;
    int signals;
} edge;

static void complain(const edge_text *problems)
{
    if (problems->len > 0) {
        (void)fwrite(problems->data, 1, problems->len, stderr);
    }
    if (problems->failed) {
        (void)fputs("error: out of memory\n", stderr);
    }
}

/* Configuration, certificate and policy; everything that is wrong is said. */
static bool load(edge *e, const char *path, edge_text *problems)
{
    edge_tls *tls;
    bool ok;

    if (!edge_config_read(path, &e->config, problems)) {
        return false;
    }
    if (e->config.workers > 1 && !edge_tls_has_threads()) {
        edge_text_format(problems, "error: this mbedTLS knows no threads: \"workers\" "
                                   "must be 1\n");
        return false;
    }
    /* Tried here once, made again by every worker. */
    tls = edge_tls_new(e->config.certificate, e->config.key, problems);
    ok = edge_rules_open(&e->rules, e->config.policy, problems);
    edge_tls_free(tls);
    return ok && tls != NULL;
}

static bool listen_on(edge *e, const edge_place *place, const char *name, bool tls,
                      edge_text *problems)
{
    edge_listener *listener = &e->listeners[e->server.listener_count];
    char text[56];

    *listener =
        (edge_listener){.tls = tls, .name = postern_text(name), .place = *place};
    if (!edge_listen(listener)) {
        edge_place_format(place, text, sizeof text);
        edge_text_format(problems, "error: cannot listen on %s: %s\n", text,
                         strerror(errno));
        return false;
    }
    e->server.listener_count++;
    return true;
}

/* A connection more than there are descriptors would make accept() fail in a loop. */
static bool make_room_for_files(uint32_t connections, edge_text *problems)
{
    struct rlimit limit;
    const rlim_t wanted = (rlim_t)connections + SPARE_FILES;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < wanted) {
        limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
        if (limit.rlim_cur < wanted || setrlimit(RLIMIT_NOFILE, &limit) != 0) {
            edge_text_format(problems, "error: %lu connections need %lu open files\n",
                             (unsigned long)connections, (unsigned long)wanted);
            return false;
        }
    }
    return true;
}

static bool open_server(edge *e, edge_text *problems)
{
    const edge_config *config = &e->config;
    const edge_caps caps = {
        .connections = config->limits.connections,
        .connections_per_peer = config->limits.connections_per_peer,
        .handshakes = config->limits.handshakes,
        .handshakes_per_peer = config->limits.handshakes_per_peer,
        .handshake_cpu_ms = config->limits.handshake_cpu_ms,
    };
    const char *name = config->listener == NULL ? "public" : config->listener;

    e->log = edge_log_open(config->log);
    if (e->log == NULL) {
        edge_text_format(problems, "error: cannot open the log: %s\n", strerror(errno));
        return false;
    }
    e->server.config = config;
    e->server.listeners = e->listeners;
    e->server.gate = e->rules.gate;
    e->server.scheme = e->rules.scheme;
    e->server.log = e->log;
    e->server.admission = edge_admission_new(&caps);
    if (e->server.admission == NULL) {
        edge_text_format(problems, "error: out of memory\n");
        return false;
    }
    return make_room_for_files(config->limits.connections, problems) &&
           listen_on(e, &config->listen, name, true, problems) &&
           (config->plain_listen.address.family == 0 ||
            listen_on(e, &config->plain_listen, "plain", false, problems));
}

/* Signals are blocked before there are threads, and read by this one only. */
static bool catch_signals(edge *e)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGHUP);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    e->signals = signalfd(-1, &set, SFD_CLOEXEC);
    return e->signals >= 0 && pthread_sigmask(SIG_BLOCK, &set, NULL) == 0;
}

static bool start_workers(edge *e, edge_text *problems)
{
    const size_t count = e->config.workers;

    e->workers = calloc(count, sizeof(edge_worker *));
    e->threads = calloc(count, sizeof *e->threads);
    if (e->workers == NULL || e->threads == NULL) {
        edge_text_format(problems, "error: out of memory\n");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        e->workers[i] = edge_worker_new(&e->server, problems);
        if (e->workers[i] == NULL) {
            return false;
        }
    }
    for (; e->running < count; e->running++) {
        const int why = pthread_create(&e->threads[e->running], NULL, edge_worker_run,
                                       e->workers[e->running]);
        if (why != 0) {
            edge_text_format(problems, "error: no thread: %s\n", strerror(why));
            return false;
        }
    }
    return true;
}

static void stop_workers(edge *e)
{
    for (size_t i = 0; i < e->running; i++) {
        edge_worker_stop(e->workers[i]);
    }
    for (size_t i = 0; i < e->running; i++) {
        (void)pthread_join(e->threads[i], NULL);
    }
    e->running = 0;
    for (size_t i = 0; e->workers != NULL && i < e->config.workers; i++) {
        edge_worker_free(e->workers[i]);
    }
    free(e->workers);
    free(e->threads);
}

static void say_where(const edge *e)
{
    for (size_t i = 0; i < e->server.listener_count; i++) {
        char text[56];
        edge_place_format(&e->listeners[i].place, text, sizeof text);
        (void)printf("listening on %s%s\n", text,
                     e->listeners[i].tls ? "" : " (plain)");
    }
    (void)fflush(stdout);
}

/* Until a signal ends it. */
static void serve(edge *e)
{
    struct signalfd_siginfo info;
    ssize_t got;

    edge_record_event(e->log, "start", POSTERN_OK, 0, NULL);
    say_where(e);
    do {
        got = read(e->signals, &info, sizeof info);
        if (got == (ssize_t)sizeof info && info.ssi_signo == SIGHUP) {
            (void)edge_log_reopen(e->log);
            edge_rules_reload(&e->rules, e->log);
        }
    } while ((got < 0 && errno == EINTR) ||
             (got == (ssize_t)sizeof info && info.ssi_signo == SIGHUP));
}

static int run(edge *e, edge_text *problems)
{
    int status = WRONG;

    if (open_server(e, problems) && catch_signals(e) && start_workers(e, problems)) {
        serve(e);
        status = FINE;
    }
    stop_workers(e);
    if (status == FINE) {
        edge_record_event(e->log, "stop", POSTERN_OK, 0, NULL);
    }
    for (size_t i = 0; i < e->server.listener_count; i++) {
        (void)close(e->listeners[i].fd);
    }
    if (e->signals >= 0) {
        (void)close(e->signals);
    }
    edge_admission_free(e->server.admission);
    edge_log_close(e->log);
    return status;
}

static int load_and_run(const char *path, bool check)
{
    edge e = {.signals = -1};
    edge_text problems = {0};
    int status = WRONG;

    if (!edge_tls_init()) {
        edge_text_format(&problems, "error: mbedTLS cannot be used\n");
    } else if (load(&e, path, &problems)) {
        complain(&problems); /* warnings and notes */
        edge_text_clear(&problems);
        status = check ? FINE : run(&e, &problems);
        if (check) {
            (void)printf("%s: fine\n", path);
        }
    }
    complain(&problems);
    edge_text_free(&problems);
    edge_rules_close(&e.rules);
    edge_config_free(&e.config);
    edge_tls_done();
    return status;
}

int main(int argc, char **argv)
{
    const char *path = NULL;
    bool check = false;

    /* Whoever reads the log may go away; the server stays. */
    (void)signal(SIGPIPE, SIG_IGN);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            (void)printf("%s\n%s", usage, help);
            return FINE;
        }
        if (strcmp(argv[i], "--check") == 0) {
            check = true;
        } else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc && path == NULL) {
            path = argv[++i];
        } else {
            (void)fprintf(stderr, "postern-edge: unexpected '%s'\n%s", argv[i], usage);
            return WRONG;
        }
    }
    if (path == NULL) {
        (void)fputs(usage, stderr);
        return WRONG;
    }
    return load_and_run(path, check);
}
