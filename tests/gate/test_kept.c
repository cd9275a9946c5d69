/*
 * test_kept.c - what is kept from one request to the next: the certificate's texts and
 * what the policy says of the SNI's host, once for a connection; the connection's fields
 * in the slots of a request. Never longer than they hold.
 */
#include "door.h"

static door d;

/* --- once for a connection ------------------------------------------------------------ */

static unsigned digests;
static unsigned checks;

static postern_status count_digest(void *context, postern_digest algorithm,
                                   const void *data, size_t len, unsigned char *out)
{
    const postern_crypto *real = postern_mbedtls_crypto();

    (void)context;
    digests++;
    return real->digest(real->context, algorithm, data, len, out);
}

static postern_status count_verify(void *context, postern_str spki,
                                   postern_signature scheme, postern_digest algorithm,
                                   postern_str data, postern_str signature)
{
    const postern_crypto *real = postern_mbedtls_crypto();

    (void)context;
    checks++;
    return real->verify(real->context, spki, scheme, algorithm, data, signature);
}

/* A rule reads what took digests to make. */
#define READS                                                        \
    LOG("print", "cf.tls_client_auth.cert_fingerprint_sha256 ne ``") \
    "," LOG("name", "cf.tls_client_auth.cert_subject_dn contains `CN`") "," GUARDS

START_TEST(certificate_texts_are_made_once_a_connection)
{
    postern_crypto table = *postern_mbedtls_crypto();
    unsigned made;
    unsigned checked;

    table.digest = count_digest;
    table.verify = count_verify;
    digests = checks = 0;
    door_open_crypto(&d, POLICY(BOTH, "'" PLAIN "'", READS, ""), &table);
    door_tls(&d, A, "ok-p256", NULL);
    door_ask(&d, A);
    door_expect(&d, "first", let_in);
    ck_assert_uint_eq(d.verdict.match_count, 3);
    made = digests;
    checked = checks;
    ck_assert_uint_gt(made, 0);
    ck_assert_uint_gt(checked, 0);
    for (unsigned i = 0; i < 100; i++) {
        d.now += 10;
        door_ask(&d, A);
        door_expect(&d, "again", let_in);
        ck_assert_uint_eq(d.verdict.match_count, 3);
    }
    ck_assert_uint_eq(digests, made);
    ck_assert_uint_eq(checks, checked);
    door_close(&d);
}
END_TEST

/* --- no longer than it holds ----------------------------------------------------------- */

/* One request serves many connections, alive at once or one after the other. */
START_TEST(a_request_shows_each_connection_its_own_certificate)
{
    static const struct {
        const char *sni;
        const char *leaf;
    } clients[] = {
        {A,     "ok-p256"},
        {A,     NULL     },
        {B,     "ok-p256"},
        {PLAIN, NULL     },
        {A,     "revoked"},
    };
    enum { CLIENTS = sizeof clients / sizeof clients[0] };
    const answer answers[CLIENTS] = {
        let_in,
        kept_out("none"),
        kept_out("untrusted-issuer"),
        {POSTERN_ALLOWED, 0,   false, NULL, "host-not-registered"},
        {POSTERN_REVOKED, 403, false, NULL, "revoked"            },
    };
    postern_connection *connections[CLIENTS];
    unsigned state = 1;

    door_open(&d, USUAL);
    for (unsigned i = 0; i < CLIENTS; i++) {
        door_tls(&d, clients[i].sni, clients[i].leaf, NULL);
        connections[i] = d.connection;
        d.connection = NULL;
    }
    for (unsigned round = 0; round < 400; round++) {
        state = state * 1103515245U + 12345U;
        const unsigned at = (state >> 16) % CLIENTS;
        d.connection = connections[at];
        door_ask(&d, clients[at].sni);
        door_expect(&d, clients[at].sni, answers[at]);
        if (round % 50 == 49) { /* a fresh one, perhaps where the old one was */
            door_tls(&d, clients[at].sni, clients[at].leaf, NULL);
            connections[at] = d.connection;
        }
        d.connection = NULL;
    }
    for (unsigned i = 0; i < CLIENTS; i++) {
        postern_connection_free(connections[i]);
    }
    door_close(&d);
}
END_TEST

/* Host by host on one connection: what is known of the SNI's is not taken for others. */
START_TEST(the_host_that_was_named_stands_for_itself_only)
{
    static const answer served = {POSTERN_ALLOWED, 0, false, NULL,
                                  "host-not-registered"};

    door_open(&d, USUAL);
    door_tls(&d, PLAIN, NULL, NULL);
    for (unsigned i = 0; i < 3; i++) {
        door_ask(&d, PLAIN);
        door_expect(&d, PLAIN, served);
        door_ask(&d, A);
        door_expect(&d, A, misdirected);
        door_ask(&d, UNKNOWN);
        door_expect(&d, UNKNOWN, misdirected);
    }
    door_tls(&d, A, "ok-p256", NULL);
    for (unsigned i = 0; i < 3; i++) {
        door_ask(&d, A);
        door_expect(&d, A, let_in);
        door_ask(&d, PLAIN);
        door_expect(&d, PLAIN, misdirected);
        door_ask(&d, B);
        door_expect(&d, B, misdirected);
    }
    door_close(&d);
}
END_TEST

/* --- no growth ---------------------------------------------------------------------------- */

START_TEST(a_request_that_is_judged_for_ever_does_not_grow)
{
    static const char *const headers[] = {"Host",      A,   "client-cert", "x",
                                          "cf-cert-a", "y", NULL};
    size_t requests = 0;

    door_open(&d, POLICY(BOTH, "", READS, ""));
    door_tls(&d, A, "ok-p256", NULL);
    door_begin(&d, "GET", "/", "HTTP/1.1", headers);
    for (unsigned round = 0; round < 20000; round++) {
        if (round == 3) {
            requests = d.heap.requests;
        }
        door_judge(&d);
        door_expect(&d, "again", let_in);
        ck_assert_uint_eq(d.verdict.match_count, 3);
        ck_assert(text_is(d.verdict.matches[0].ref, "print"));
        ck_assert(text_is(d.verdict.matches[2].ref, "in"));
        ck_assert_uint_eq(d.verdict.strip_count, 2);
        ck_assert(text_is(d.verdict.strip[0], "client-cert"));
        ck_assert(text_is(d.verdict.strip[1], "cf-cert-a"));
    }
    ck_assert_uint_eq(d.heap.requests, requests);
    door_begin(&d, "GET", "/", "HTTP/1.1", headers + 4);
    door_judge(&d);
    door_expect(&d, "no host", bad_request);
    ck_assert_uint_eq(d.verdict.strip_count, 0);
    door_close(&d);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-kept");
    TCase *tc = tcase_create("kept");

    tcase_add_test(tc, certificate_texts_are_made_once_a_connection);
    tcase_add_test(tc, a_request_shows_each_connection_its_own_certificate);
    tcase_add_test(tc, the_host_that_was_named_stands_for_itself_only);
    tcase_add_test(tc, a_request_that_is_judged_for_ever_does_not_grow);
    suite_add_tcase(suite, tc);
    return suite;
}
