/*
 * minimal.c - the smallest HTTPS server that enforces a policy: one client at a time,
 * one request each, no deadlines. edge/ shows what a real server needs beyond that;
 * its strict reader of heads and its TLS configuration (tls.c, where
 * postern_mbedtls_configure() is called) are used here too.
 */
#include "edge/head.h"
#include "edge/tls.h"

#include <mbedtls/net_sockets.h>
#include <postern.h>
#include <postern/mbedtls.h>
#include <stdio.h>
#include <stdlib.h>

/* Reads one request and asks the gate; the status to answer, 0 for none. */
static unsigned decide(postern_gate *gate, postern_request *request,
                       postern_connection *connection, mbedtls_ssl_context *ssl)
{
    char bytes[EDGE_HEAD_BYTES];
    edge_header headers[EDGE_HEAD_HEADERS];
    edge_head head;
    postern_verdict verdict;
    size_t len = 0;

    edge_head_start(&head, headers, EDGE_HEAD_HEADERS, sizeof bytes);
    while (edge_head_read(&head, bytes, len) == EDGE_MORE) {
        int got =
            mbedtls_ssl_read(ssl, (unsigned char *)bytes + len, sizeof bytes - len);
        if (got <= 0) {
            return 0;
        }
        len += (size_t)got;
    }
    if (head.progress == EDGE_REFUSED) {
        return head.status;
    }
    postern_request_begin(request, connection, head.method, head.target, head.version);
    for (size_t i = 0; i < head.header_count; i++) {
        postern_request_add_header(request, headers[i].name, headers[i].value);
    }
    postern_gate_evaluate(gate, request, &verdict);
    return postern_verdict_allows(&verdict) ? 200 : verdict.status;
}

/* One client: handshake, request, answer. What fails on the way ends in a refusal. */
static void serve(postern_gate *gate, postern_request *request,
                  mbedtls_ssl_context *ssl, mbedtls_net_context *socket,
                  const postern_address *peer)
{
    postern_connection *connection;
    char answer[80];
    unsigned status;

    if (postern_connection_new(gate, peer, postern_text("public"), &connection) !=
        POSTERN_OK) {
        return;
    }
    if (postern_mbedtls_attach(connection, ssl) == POSTERN_OK &&
        postern_mbedtls_set_bio(connection, ssl, socket, mbedtls_net_send,
                                mbedtls_net_recv) == POSTERN_OK &&
        postern_mbedtls_handshake(connection, ssl) == 0 &&
        (status = decide(gate, request, connection, ssl)) != 0) {
        int len = snprintf(answer, sizeof answer,
                           "HTTP/1.1 %u \r\nConnection: close\r\n\r\n%s\n", status,
                           status == 200 ? "allowed" : "refused");
        (void)mbedtls_ssl_write(ssl, (unsigned char *)answer, (size_t)len);
        (void)mbedtls_ssl_close_notify(ssl);
    }
    postern_connection_free(connection);
}

static void need(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "minimal: %s\n", what);
        exit(2);
    }
}

int main(int argc, char **argv)
{
    need(argc == 5, "usage: minimal POLICY CERTIFICATE KEY PORT");
    const postern_options options = {.crypto = postern_mbedtls_crypto()};
    const postern_source source = {.path = argv[1]};
    postern_report *report = postern_report_new(NULL);
    postern_scheme *scheme;
    postern_policy *policy = NULL;
    postern_gate *gate;
    postern_request *request;
    edge_tls *tls = NULL;
    edge_text wrong = {0};
    mbedtls_net_context door;
    char text[1024];

    tls = edge_tls_init() ? edge_tls_new(argv[2], argv[3], &wrong) : NULL;
    fprintf(stderr, "%.*s", (int)wrong.len, wrong.len > 0 ? wrong.data : "");
    need(tls != NULL, "TLS cannot be started");
    need(postern_scheme_new(&options, &scheme) == POSTERN_OK, "out of memory");
    (void)postern_policy_load(scheme, &source, &policy, report);
    for (size_t i = 0; postern_report_render(report, i, text, sizeof text) > 0; i++) {
        fputs(text, stderr);
    }
    need(policy != NULL, "the policy is refused");
    need(postern_gate_new(policy, &gate) == POSTERN_OK, "out of memory");
    need(postern_request_new(scheme, &request) == POSTERN_OK, "out of memory");
    need(mbedtls_net_bind(&door, "0.0.0.0", argv[4], MBEDTLS_NET_PROTO_TCP) == 0,
         "the port is taken");
    for (;;) {
        mbedtls_net_context client;
        mbedtls_ssl_context ssl;
        postern_address peer = {.family = 4}; /* 0.0.0.0 is IPv4 alone */
        size_t len;

        mbedtls_net_init(&client);
        mbedtls_ssl_init(&ssl);
        if (mbedtls_net_accept(&door, &client, peer.bytes, 16, &len) == 0 &&
            mbedtls_ssl_setup(&ssl, edge_tls_config(tls)) == 0) {
            serve(gate, request, &ssl, &client, &peer);
        }
        mbedtls_ssl_free(&ssl);
        mbedtls_net_free(&client);
    }
}
