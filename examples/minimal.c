/* minimal.c - the smallest HTTPS server that enforces a policy: one client at a time,
 * one request each, no deadlines. edge/ shows what a server needs beyond that.
 * usage: minimal POLICY CERTIFICATE KEY [PORT] */
#include "edge/head.h"
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/version.h>
#include <postern.h>
#include <postern/mbedtls.h>
#include <stdio.h>
#include <string.h>
#if MBEDTLS_VERSION_MAJOR >= 3
#include <psa/crypto.h>
#define PREPARE() psa_crypto_init()
#define RANDOM_FOR_KEY , mbedtls_ctr_drbg_random, &drbg
#else
#define PREPARE() 0
#define RANDOM_FOR_KEY
#endif

static void serve(postern_gate *gate, postern_request *request, mbedtls_ssl_context *ssl,
                  mbedtls_net_context *client, const postern_address *peer)
{
    char in[EDGE_HEAD_BYTES], out[128];
    edge_header room[EDGE_HEAD_HEADERS];
    edge_head head;
    postern_verdict verdict = {.status = 400};
    postern_connection *connection = NULL;
    int got = 1, len = 0;
    edge_head_start(&head, room, EDGE_HEAD_HEADERS, sizeof in);
    if (postern_connection_new(gate, peer, postern_text("minimal"), &connection) == 0 &&
        postern_mbedtls_attach(connection, ssl) == 0 &&
        postern_mbedtls_set_bio(connection, ssl, client, mbedtls_net_send,
                                mbedtls_net_recv) == 0 &&
        postern_mbedtls_handshake(connection, ssl) == 0) {
        while (got > 0 && edge_head_read(&head, in, (size_t)len) == EDGE_MORE) {
            got = mbedtls_ssl_read(ssl, (unsigned char *)in + len, sizeof in - (size_t)len);
            len += got > 0 ? got : 0;
        }
        if (head.progress == EDGE_DONE) { /* a step that fails makes the gate refuse */
            postern_request_begin(request, connection, head.method, head.target, head.version);
            for (size_t i = 0; i < head.header_count; i++) {
                postern_request_add_header(request, room[i].name, room[i].value);
            }
            postern_gate_evaluate(gate, request, &verdict);
        }
        verdict.status = postern_verdict_allows(&verdict) ? 200 : verdict.status;
        len = snprintf(out, sizeof out, "HTTP/1.1 %u -\r\nConnection: close\r\n\r\n%s\n",
                       verdict.status, verdict.status == 200 ? "allowed" : "refused");
        if (head.progress != EDGE_MORE && verdict.status != 0) {
            (void)mbedtls_ssl_write(ssl, (unsigned char *)out, (size_t)len);
        }
        (void)mbedtls_ssl_close_notify(ssl);
    }
    postern_connection_free(connection);
}

int main(int argc, char **argv)
{
    const postern_options options = {.crypto = postern_mbedtls_crypto()};
    const postern_source source = {.path = argc > 1 ? argv[1] : ""};
    postern_report *report = postern_report_new(NULL);
    postern_scheme *scheme = NULL;
    postern_policy *policy = NULL;
    postern_gate *gate = NULL;
    postern_request *request = NULL;
    char text[1024];
    /* ... */
    return 0;
}
