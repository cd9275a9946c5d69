#include "rogue.h"

#include <check.h>
#include <string.h>

enum { CACHE_MAX = 2000 };

static int parse_ticket(void *user, mbedtls_ssl_session *session, unsigned char *ticket,
                        size_t len)
{
    rogue *r = user;
    int rc = mbedtls_ssl_ticket_parse(&r->tickets, session, ticket, len);

    r->resumed += rc == 0;
    return rc;
}

static int write_ticket(void *user, const mbedtls_ssl_session *session,
                        unsigned char *start, const unsigned char *end, size_t *len,
                        uint32_t *lifetime)
{
    rogue *r = user;

    return mbedtls_ssl_ticket_write(&r->tickets, session, start, end, len, lifetime);
}

#if HAVE_TLS13
static int get_cached(void *user, unsigned char const *id, size_t id_len,
                      mbedtls_ssl_session *session)
{
    rogue *r = user;
    int rc = mbedtls_ssl_cache_get(&r->cache, id, id_len, session);

    r->resumed += rc == 0;
    return rc;
}

static int set_cached(void *user, unsigned char const *id, size_t id_len,
                      const mbedtls_ssl_session *session)
{
    rogue *r = user;

    return mbedtls_ssl_cache_set(&r->cache, id, id_len, session);
}

static void allow_tls13_tickets(mbedtls_ssl_config *conf)
{
    mbedtls_ssl_conf_new_session_tickets(conf, 1);
    mbedtls_ssl_conf_tls13_key_exchange_modes(conf,
                                              MBEDTLS_SSL_TLS1_3_KEY_EXCHANGE_MODE_ALL);
}

void rogue_fetch_ticket(wire *w)
{
    unsigned char buffer[16];
    unsigned turns;

    for (turns = 0; turns < 4; turns++) {
        (void)mbedtls_ssl_read(&w->client, buffer, sizeof buffer);
    }
}

void rogue_offer(wire *w, mbedtls_ssl_session *session, const char *name)
{
    char *first = session->PRIVATE(hostname);
    char now[256];

    if (name == NULL) {
        session->PRIVATE(hostname) = NULL;
    } else {
        ck_assert_uint_lt(strlen(name), sizeof now);
        memcpy(now, name, strlen(name) + 1);
        session->PRIVATE(hostname) = now;
    }
    ck_assert_int_eq(mbedtls_ssl_set_session(&w->client, session), 0);
    session->PRIVATE(hostname) = first;
}
#else
static int get_cached(void *user, mbedtls_ssl_session *session)
{
    rogue *r = user;
    int rc = mbedtls_ssl_cache_get(&r->cache, session);

    r->resumed += rc == 0;
    return rc;
}

static int set_cached(void *user, const mbedtls_ssl_session *session)
{
    rogue *r = user;

    return mbedtls_ssl_cache_set(&r->cache, session);
}

static void allow_tls13_tickets(mbedtls_ssl_config *conf)
{
    (void)conf;
}

void rogue_fetch_ticket(wire *w)
{
    (void)w;
}

void rogue_offer(wire *w, mbedtls_ssl_session *session, const char *name)
{
    (void)name;
    ck_assert_int_eq(mbedtls_ssl_set_session(&w->client, session), 0);
}
#endif

void rogue_start(rogue *r, side *server)
{
    memset(r, 0, sizeof *r);
    mbedtls_ssl_ticket_init(&r->tickets);
    mbedtls_ssl_cache_init(&r->cache);
    mbedtls_ssl_cache_set_max_entries(&r->cache, CACHE_MAX);
    ck_assert_int_eq(mbedtls_ssl_ticket_setup(&r->tickets, mbedtls_ctr_drbg_random,
                                              &server->random,
                                              MBEDTLS_CIPHER_AES_256_GCM, 86400),
                     0);
}

void rogue_turn(rogue *r, side *server, bool cache, bool tickets)
{
    if (cache) {
        mbedtls_ssl_conf_session_cache(&server->conf, r, get_cached, set_cached);
    }
    if (tickets) {
        mbedtls_ssl_conf_session_tickets_cb(&server->conf, write_ticket, parse_ticket,
                                            r);
        allow_tls13_tickets(&server->conf);
    }
}

void rogue_stop(rogue *r)
{
    mbedtls_ssl_ticket_free(&r->tickets);
    mbedtls_ssl_cache_free(&r->cache);
}

/* --- what the server's bytes say ---------------------------------------------------- */

static size_t two(const unsigned char *at)
{
    return (size_t)at[0] << 8 | at[1];
}

/* The extension `type` of a ServerHello message, with its header. */
static bool has_extension(const unsigned char *hello, size_t len, size_t type)
{
    size_t at = 4 + 2 + 32;

    ck_assert_uint_lt(at, len);
    at += 1 + (size_t)hello[at] + 2 + 1 + 2; /* session id, cipher, compression */
    while (at + 4 <= len) {
        if (two(hello + at) == type) {
            return true;
        }
        at += 4 + two(hello + at + 2);
    }
    return false;
}

bool rogue_resumed_on_the_wire(const stream *down)
{
    enum { HANDSHAKE = 22, SERVER_HELLO = 2, CERTIFICATE = 11, CHANGE = 20 };
    bool hello = false;
    bool certificate = false;
    size_t at = 0;

    while (at + 9 < down->written && down->bytes[at] == HANDSHAKE) {
        const unsigned char *record = down->bytes + at + 5;
        const size_t len = two(down->bytes + at + 3);
        size_t in = 0;

        while (in + 4 <= len) { /* messages that share a record */
            const size_t body = (size_t)record[in + 1] << 16 | two(record + in + 2);

            if (record[in] == SERVER_HELLO) {
                hello = true;
                if (has_extension(record + in, 4 + body, 43)) { /* it is 1.3 */
                    return has_extension(record + in, 4 + body, 41);
                }
            }
            certificate = certificate || record[in] == CERTIFICATE;
            in += 4 + body;
        }
        at += 5 + len;
    }
    return hello && !certificate;
}
