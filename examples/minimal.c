/* minimal.c - the smallest HTTPS server that enforces a policy: one client at a time,
 * one request each, no deadlines. edge/ shows what a server needs beyond that; its
 * tls.c, used here too, is where postern_mbedtls_configure() is called. */
#include "edge/head.h"
#include "edge/tls.h"

#include <mbedtls/net_sockets.h>
#include <postern.h>
#include <postern/mbedtls.h>
#include <stdio.h>

/* Whatever fails here makes the gate refuse: only its verdict opens. */
static void serve(postern_gate *gate, postern_request *request,
                  mbedtls_ssl_context *ssl, postern_connection *connection)
{
    char in[EDGE_HEAD_BYTES], out[80];
    edge_header room[EDGE_HEAD_HEADERS];
    edge_head head;
    postern_verdict verdict = {.status = 400}; /* for a head that is refused */
    size_t len = 0;
    int got = 1;

    edge_head_start(&head, room, EDGE_HEAD_HEADERS, sizeof in);
    while (got > 0 && edge_head_read(&head, in, len) == EDGE_MORE) {
        got = mbedtls_ssl_read(ssl, (unsigned char *)in + len, sizeof in - len);
        len += got > 0 ? (size_t)got : 0;
    }
    if (head.progress == EDGE_DONE) {
        postern_request_begin(request, connection, head.method, head.target,
                              head.version);
        for (size_t i = 0; i < head.header_count; i++) {
            postern_request_add_header(request, room[i].name, room[i].value);
        }
        postern_gate_evaluate(gate, request, &verdict);
    }
    verdict.status = postern_verdict_allows(&verdict) ? 200 : verdict.status;
    if (got > 0 && verdict.status != 0) { /* 0: close without an answer */
        got = snprintf(out, sizeof out, "HTTP/1.1 %u \r\nConnection: close\r\n\r\n%s\n",
                       verdict.status, verdict.status == 200 ? "allowed" : "refused");
        (void)mbedtls_ssl_write(ssl, (unsigned char *)out, (size_t)got);
        (void)mbedtls_ssl_close_notify(ssl);
    }
}

int main(int argc, char **argv) /* POLICY CERTIFICATE KEY [PORT] */
{
    const postern_options options = {.crypto = postern_mbedtls_crypto()};
    const postern_source source = {.path = argc > 3 ? argv[1] : "(no policy)"};
    postern_report *report = postern_report_new(NULL);
    postern_scheme *scheme = NULL;
    postern_policy *policy = NULL;
    postern_gate *gate = NULL;
    postern_request *request = NULL;
    edge_text wrong = {0};
    edge_tls *tls = NULL;
    mbedtls_net_context door, client;
    char text[1024];

    if (argc < 4 || !edge_tls_init() ||
        (tls = edge_tls_new(argv[2], argv[3], NULL, &wrong)) == NULL ||
        postern_scheme_new(&options, &scheme) != POSTERN_OK ||
        postern_policy_load(scheme, &source, &policy, report) != POSTERN_OK ||
        postern_gate_new(policy, &gate) != POSTERN_OK ||
        postern_request_new(scheme, &request) != POSTERN_OK ||
        mbedtls_net_bind(&door, "0.0.0.0", argc > 4 ? argv[4] : "8443",
                         MBEDTLS_NET_PROTO_TCP) != 0) {
        for (size_t i = 0; postern_report_render(report, i, text, sizeof text) > 0;
             i++) {
            fputs(text, stderr);
        }
        fprintf(stderr, "%.*s%s cannot start\n", (int)wrong.len, wrong.data, argv[0]);
        return 2;
    }
    for (;;) {
        postern_connection *connection = NULL;
        postern_address peer = {.family = 4}; /* 0.0.0.0 is IPv4 alone */
        mbedtls_ssl_context ssl;
        size_t len;

        mbedtls_net_init(&client);
        mbedtls_ssl_init(&ssl);
        if (mbedtls_net_accept(&door, &client, peer.bytes, 16, &len) == 0 &&
            mbedtls_ssl_setup(&ssl, edge_tls_config(tls)) == 0 &&
            postern_connection_new(gate, &peer, postern_text("minimal"), &connection) ==
                0 &&
            postern_mbedtls_attach(connection, &ssl) == POSTERN_OK &&
            postern_mbedtls_set_bio(connection, &ssl, &client, mbedtls_net_send,
                                    mbedtls_net_recv) == POSTERN_OK &&
            postern_mbedtls_handshake(connection, &ssl) == 0) {
            serve(gate, request, &ssl, connection);
        }
        mbedtls_ssl_free(&ssl);
        postern_connection_free(connection);
        mbedtls_net_free(&client);
    }
}
