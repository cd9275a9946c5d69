/*
 * test_names.c - server names that are doubled, malformed, spelt oddly or changed on
 * the way, against the real gate.
 */
#include "../tls/hello_bytes.h"
#include "stage.h"

#include <string.h>

/* --- hellos by hand: the handshake ends, or goes on with the first name ----------- */

#define NAME(text)                \
    {                             \
        0, text, sizeof(text) - 1 \
    }
#define LABEL \
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx." /* 63 */
#define LONG \
    LABEL LABEL LABEL "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

enum { GOES_ON, ALERT, ENDS }; /* ALERT: unrecognized_name; ENDS: somehow */

static char endless[9001];

static const struct names {
    hello_name first[2];  /* what the first extension lists */
    hello_name second[2]; /* the second, if there is one */
    int reply;
    const char *name; /* what the connection takes for its server name */
} rows[] = {
    {{NAME(A)},                       {{0}},                GOES_ON, A              },
    {{NAME(A)},                       {NAME(A)},            GOES_ON, A              },
    {{NAME(A)},                       {NAME("A.EXAMPLE.")}, GOES_ON, A              },
    {{NAME(A)},                       {NAME(B)},            ALERT,   A              },
    {{NAME(A)},                       {NAME(PLAIN)},        ALERT,   A              },
    {{NAME(PLAIN)},                   {NAME(A)},            ALERT,   PLAIN          },
    {{NAME(A)},                       {NAME("")},           ENDS,    A              },
    {{NAME(A)},                       {NAME(A "\0")},       ALERT,   A              },
    {{NAME(A), NAME(B)},              {{0}},                GOES_ON, A              },
    {{NAME(PLAIN), NAME(A)},          {{0}},                GOES_ON, PLAIN          },
    {{{1, A, sizeof A - 1}, NAME(B)}, {{0}},                GOES_ON, B              },
    {{{1, A, sizeof A - 1}},          {{0}},                GOES_ON, ""             },
    {{NAME("A.EXAMPLE")},             {{0}},                GOES_ON, A              },
    {{NAME("a.example.")},            {{0}},                GOES_ON, A              },
    {{NAME("A.eXample.")},            {{0}},                GOES_ON, A              },
    {{NAME("a.example..")},           {{0}},                ALERT,   ""             },
    {{NAME("a..example")},            {{0}},                ALERT,   ""             },
    {{NAME(".a.example")},            {{0}},                ALERT,   ""             },
    {{NAME(A "\0.evil.example")},     {{0}},                ALERT,   ""             },
    {{NAME(A "\0")},                  {{0}},                ALERT,   ""             },
    {{NAME("\0" A)},                  {{0}},                ALERT,   ""             },
    {{NAME("a.example:443")},         {{0}},                ALERT,   ""             },
    {{NAME(" a.example")},            {{0}},                ALERT,   ""             },
    {{NAME("a.example ")},            {{0}},                ALERT,   ""             },
    {{NAME("%61.example")},           {{0}},                ALERT,   ""             },
    {{NAME("*.example")},             {{0}},                ALERT,   ""             },
    {{NAME("\xc3\xa4.example")},      {{0}},                ALERT,   ""             },
    {{NAME("a.example/")},            {{0}},                ALERT,   ""             },
    {{NAME("a.example,b.example")},   {{0}},                ALERT,   ""             },
    {{NAME("user@a.example")},        {{0}},                ALERT,   ""             },
    {{NAME(".")},                     {{0}},                ALERT,   ""             },
    {{NAME("")},                      {{0}},                ENDS,    ""             },
    {{NAME(LONG)},                    {{0}},                GOES_ON, LONG           },
    {{NAME(LONG "x")},                {{0}},                ALERT,   ""             },
    {{NAME(LABEL LABEL "x")},         {{0}},                GOES_ON, LABEL LABEL "x"},
    {{{0, endless, 9000}},            {{0}},                ENDS,    ""             },
    {{NAME("192.0.2.1")},             {{0}},                GOES_ON, "192.0.2.1"    },
    {{NAME("[2001:db8::1]")},         {{0}},                GOES_ON, "[2001:db8::1]"},
    {{NAME("2001:db8::1")},           {{0}},                ENDS,    ""             },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static bool alerted(void)
{
    const stream *down = &w.down;

    return down->written == 7 && down->bytes[0] == 21 && down->bytes[5] == 2 &&
           down->bytes[6] == 112;
}

START_TEST(a_name_counts_in_one_spelling_or_ends_the_handshake)
{
    const struct names *row = &rows[_i / VERSIONS];
    const bool tls13 = _i % VERSIONS == 1;
    hello_bytes extensions = {.len = 0};
    hello_bytes hello = {.len = 0};
    bool goes_on;

    memset(endless, 'x', sizeof endless - 1);
    stage_up(WATCHED, tls13);
    stage_open(A);
    hello_add_names(&extensions, row->first, 2);
    if (row->second[0].data != NULL) {
        hello_add_names(&extensions, row->second, 2);
    }
    hello_make(&hello, &extensions, tls13);
    memcpy(w.up.bytes, hello.data, hello.len);
    w.up.written = hello.len;
    w.server_rc = postern_mbedtls_handshake(d.connection, &w.server);
    goes_on = w.server_rc == MBEDTLS_ERR_SSL_WANT_READ && w.down.bytes[0] == 22;
    ck_assert_msg(goes_on == (row->reply == GOES_ON), "row %d: -0x%x", _i / VERSIONS,
                  (unsigned)-w.server_rc);
    ck_assert_msg(row->reply != ALERT || alerted(), "row %d: no such alert",
                  _i / VERSIONS);
    ck_assert_msg(text_is(postern_connection_sni(d.connection), row->name),
                  "row %d: '%.*s'", _i / VERSIONS,
                  (int)postern_connection_sni(d.connection).len,
                  postern_connection_sni(d.connection).data);
    /* A host that does not look at results asks the gate all the same. */
    stage_nothing_is_presented("a handshake that did not end");
    stage_down();
}
END_TEST

/* --- whole handshakes ------------------------------------------------------------- */

static const char *const spellings[] = {"A.EXAMPLE", "a.example.", "A.Example.",
                                        "a.eXAMPLe"};
enum { SPELLINGS = sizeof spellings / sizeof spellings[0] };

START_TEST(a_spelling_of_the_name_is_the_name)
{
    stage_up(WATCHED, _i % VERSIONS == 1);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    stage_shake(spellings[_i / VERSIONS]);
    ck_assert_int_eq(w.server_rc, 0);
    stage_a_is_presented(spellings[_i / VERSIONS]);
    stage_down();
}
END_TEST

#if HAVE_TLS13
/* The server wants another group, so the client says hello twice. */
static const struct repeated {
    const char *first;
    const char *second;
    bool ends;
    bool presented;
} repeats[] = {
    {A,     A,           false, true },
    {A,     "A.EXAMPLE", false, true },
    {A,     B,           true,  false},
    {A,     PLAIN,       true,  false},
    {B,     A,           true,  false},
    {PLAIN, A,           true,  false},
    {PLAIN, PLAIN,       false, false},
    {NULL,  PLAIN,       false, false},
    {PLAIN, NULL,        false, false},
};
enum { REPEATS = sizeof repeats / sizeof repeats[0] };

/* RFC 8446 4.1.3: the random of a HelloRetryRequest. */
static bool retry_was_requested(void)
{
    return w.down.bytes[0] == 22 &&
           memcmp(w.down.bytes + 11, "\xcf\x21\xad\x74", 4) == 0;
}

static void shake_twice(const char *first, const char *second)
{
    static const uint16_t p384[] = {MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1, 0};

    mbedtls_ssl_conf_groups(&server.conf, p384);
    stage_open(first);
    w.client_rc = mbedtls_ssl_handshake(&w.client);
    w.server_rc = postern_mbedtls_handshake(d.connection, &w.server);
    ck_assert_int_eq(w.server_rc, MBEDTLS_ERR_SSL_WANT_READ);
    ck_assert(retry_was_requested());
    ck_assert_int_eq(mbedtls_ssl_set_hostname(&w.client, second), 0);
    wire_handshake(&w, d.connection);
}

START_TEST(another_name_after_a_retry_ends_the_handshake)
{
    const struct repeated *row = &repeats[_i];

    stage_up(WATCHED, true);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    shake_twice(row->first, row->second);
    ck_assert_msg((w.server_rc != 0) == row->ends, "row %d: -0x%x", _i,
                  (unsigned)-w.server_rc);
    if (row->presented) {
        stage_a_is_presented("the same name again");
    } else {
        stage_nothing_is_presented("another name, or a plain one");
    }
    stage_down();
}
END_TEST

/* A name that is in one hello only is the name, or the handshake ends: there is no
 * other host that such a client could get into. */
START_TEST(a_name_in_one_of_two_hellos_is_no_other_name)
{
    stage_up(WATCHED, true);
    client_certificate(&client, "ok-p256", "ok-p256", NULL);
    shake_twice(_i == 0 ? A : NULL, _i == 0 ? NULL : A);
    if (w.server_rc == 0) {
        stage_a_is_presented("named once");
    } else {
        stage_nothing_is_presented("ended");
    }
    stage_down();
}
END_TEST
#endif

Suite *test_suite(void)
{
    Suite *suite = suite_create("immunity-names");
    TCase *tc = tcase_create("immunity-names");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_name_counts_in_one_spelling_or_ends_the_handshake, 0,
                        ROWS * VERSIONS);
    tcase_add_loop_test(tc, a_spelling_of_the_name_is_the_name, 0,
                        SPELLINGS * VERSIONS);
#if HAVE_TLS13
    tcase_add_loop_test(tc, another_name_after_a_retry_ends_the_handshake, 0, REPEATS);
    tcase_add_loop_test(tc, a_name_in_one_of_two_hellos_is_no_other_name, 0, 2);
#endif
    suite_add_tcase(suite, tc);
    return suite;
}
