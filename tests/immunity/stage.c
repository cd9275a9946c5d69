#include "stage.h"

#include <string.h>

door d;
side server;
side client;
wire w;

static bool is_open;

void stage_up(const char *policy, bool tls13)
{
    door_open(&d, policy);
    server_start(&server, NULL);
    client_start(&client, tls13);
}

void stage_hang_up(void)
{
    if (is_open) {
        wire_close(&w);
        is_open = false;
    }
}

void stage_down(void)
{
    stage_hang_up();
    side_stop(&client);
    side_stop(&server);
    door_close(&d);
}

void stage_open_by(side *who, const char *sni)
{
    stage_hang_up();
    door_connect(&d);
    wire_open_attached(&w, who, &server, sni, d.connection);
    is_open = true;
}

void stage_open(const char *sni)
{
    stage_open_by(&client, sni);
}

void stage_shake(const char *sni)
{
    stage_open(sni);
    wire_handshake(&w, d.connection);
}

int stage_begin(unsigned turns)
{
    int rc = MBEDTLS_ERR_SSL_WANT_READ;

    w.up.step = 1;
    while (turns-- > 0 && rc == MBEDTLS_ERR_SSL_WANT_READ) {
        if (w.client_rc == MBEDTLS_ERR_SSL_WANT_READ) {
            w.client_rc = mbedtls_ssl_handshake(&w.client);
        }
        rc = postern_mbedtls_handshake(d.connection, &w.server);
    }
    w.up.step = 0;
    w.up.paused = false;
    return rc;
}

void stage_next_client(side *who, const char *sni)
{
    ck_assert_int_eq(mbedtls_ssl_session_reset(&w.server), 0);
    mbedtls_ssl_free(&w.client);
    memset(&w.up, 0, sizeof w.up);
    memset(&w.down, 0, sizeof w.down);
    mbedtls_ssl_init(&w.client);
    ck_assert_int_eq(mbedtls_ssl_setup(&w.client, &who->conf), 0);
    ck_assert_int_eq(mbedtls_ssl_set_hostname(&w.client, sni), 0);
    wire_set_client(&w);
    w.client_rc = MBEDTLS_ERR_SSL_WANT_READ;
    w.server_rc = MBEDTLS_ERR_SSL_WANT_READ;
}

bool stage_saw(const char *ref)
{
    for (size_t i = 0; i < d.verdict.match_count; i++) {
        if (text_is(d.verdict.matches[i].ref, ref)) {
            return true;
        }
    }
    return false;
}

/* The reasons that say: there is no certificate to speak of. */
static bool is_absence(postern_str reason)
{
    static const char *const absences[] = {"none", "resumed", "not-asked",
                                           "host-not-registered", "not-evaluated"};

    for (size_t i = 0; i < sizeof absences / sizeof absences[0]; i++) {
        if (text_is(reason, absences[i])) {
            return true;
        }
    }
    return false;
}

void stage_nothing_is_presented(const char *what)
{
    static const char *const hosts[] = {A, B, PLAIN, UNKNOWN, B, A};

    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        const postern_verdict *v = door_ask(&d, hosts[i]);

        ck_assert_msg(v->outcome != POSTERN_ALLOWED || text_is(v->host, PLAIN),
                      "%s: %s lets us in", what, hosts[i]);
        ck_assert_msg(v->outcome != POSTERN_FAULT, "%s: %s: fault", what, hosts[i]);
        ck_assert_msg(!stage_saw("presented") && !stage_saw("verified") &&
                          !stage_saw("revoked"),
                      "%s: rules of %s see a certificate", what, hosts[i]);
        ck_assert_msg(is_absence(v->certificate_reason), "%s: %s: '%.*s'", what,
                      hosts[i], (int)v->certificate_reason.len,
                      v->certificate_reason.data);
    }
}

void stage_a_is_presented(const char *what)
{
    door_ask(&d, A);
    door_expect(&d, what, let_in);
    ck_assert_msg(stage_saw("presented") && stage_saw("verified"), "%s", what);
    door_ask(&d, B);
    door_expect(&d, what, misdirected);
}
