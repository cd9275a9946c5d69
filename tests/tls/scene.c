#include "scene.h"

#include <check.h>

side server;
side client;
wire w;
void *trust;
postern_connection *connection;

void set_up_host(const char *ca, bool tls13)
{
    server_start(&server, NULL);
    client_start(&client, tls13);
    trust = corpus_trust(ca);
    connection = fake_connection_new(HOST, trust);
}

void set_up(void)
{
    set_up_host("ca-a", HAVE_TLS13);
}

void tear_down(void)
{
    const postern_crypto *crypto = postern_mbedtls_crypto();

    postern_connection_free(connection);
    crypto->trust_free(crypto->context, trust);
    side_stop(&client);
    side_stop(&server);
}

void connect_to(const char *name)
{
    wire_open_attached(&w, &client, &server, name, connection);
    wire_handshake(&w, connection);
    wire_close(&w);
}

void reconnect(void)
{
    postern_connection_free(connection);
    connection = fake_connection_new(HOST, trust);
}

void check_nothing_presented(void)
{
    ck_assert_int_eq(w.server_rc, 0);
    ck_assert_uint_eq(connection->set_tls_calls, 1);
    ck_assert_uint_eq(connection->chain_count, 0);
    ck_assert_uint_eq(connection->path_count, 0);
}
