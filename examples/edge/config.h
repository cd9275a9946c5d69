/*
 * config.h - the server's configuration, one JSON object:
 *
 *   {"listen": "127.0.0.1:8443",        where TLS clients connect; port 0: any
 *    "certificate": "server.pem",       the server's own chain, leaf first
 *    "key": "server.key",
 *    "policy": "policy.json",           hosts and rules
 *    "listener": "public",              name of `listen` in rules and logs
 *    "plain_listen": "127.0.0.1:8080",  the same without TLS, as listener "plain"
 *    "workers": 8,                      threads; see below
 *    "log": "edge.log",                 instead of standard error
 *    "limits": {"handshake_ms": 10000, "header_ms": 10000, "idle_ms": 30000,
 *               "connections": 1024, "connections_per_peer": 256,
 *               "handshakes": 256, "handshakes_per_peer": 64,
 *               "handshake_cpu_ms": 5000,   each peer's, a minute; see admission.h
 *               "handshake_bytes": 8192,    what a client may send in its handshake
 *               "head_bytes": 16384, "headers": 100,
 *               "requests_per_connection": 1000}}
 *
 * The first four are required; the values above are the defaults of the rest
 * (no plain listener, no log file). Relative names start at the file's directory.
 *
 * A chain of certificates that was made for it keeps a worker busy for seconds, the
 * longer the more bytes it may have: lower "handshake_bytes" where clients have short
 * chains (4096 is enough for a certificate and an intermediate), raise it where theirs
 * are longer. A peer keeps one worker busy at most, and only until its time of the minute
 * is used up; more "workers" than processors leave others to serve meanwhile.
 *
 * A peer is an address: all clients behind one proxy or NAT share its caps, and its
 * "handshake_cpu_ms" above all. Raise them where many come from one address. And the
 * default of "handshake_bytes" refuses very large certificates (of 20 KiB, say) however
 * good they are. Who is turned away by a cap is counted in the log.
 */
#ifndef EDGE_CONFIG_H
#define EDGE_CONFIG_H

#include "text.h"

#include <postern/value.h>

/** An address to listen on. */
typedef struct edge_place {
    postern_address address; /**< family 0: none */
    uint16_t port;           /**< 0: any */
} edge_place;

typedef struct edge_limits {
    uint32_t handshake_ms;
    uint32_t header_ms;
    uint32_t idle_ms;
    uint32_t connections;
    uint32_t connections_per_peer;
    uint32_t handshakes;
    uint32_t handshakes_per_peer;
    uint32_t handshake_cpu_ms;
    uint32_t handshake_bytes;
    uint32_t head_bytes;
    uint32_t headers;
    uint32_t requests_per_connection;
} edge_limits;

/** Strings are NUL-terminated and owned. */
typedef struct edge_config {
    edge_place listen;
    edge_place plain_listen;
    char *listener;
    char *certificate;
    char *key;
    char *policy;
    char *log; /**< NULL: standard error */
    uint32_t workers;
    edge_limits limits;
} edge_config;

/**
 * Reads the file at `path`.
 *
 * @param config   freed with edge_config_free(), also after a failure
 * @param problems receives a line for everything that is wrong
 */
bool edge_config_read(const char *path, edge_config *config, edge_text *problems);

/** The same from a text; `path` is used for messages and relative names. */
bool edge_config_parse(const char *path, postern_str text, edge_config *config,
                       edge_text *problems);

void edge_config_free(edge_config *config);

#endif
