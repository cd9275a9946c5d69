/*
 * test_evidence.c - what counts as shown in a handshake, and for how long.
 */
#include "door.h"

#include <string.h>

enum { CHAIN_CAP = 80 };

static door d;
static postern_str chain[CHAIN_CAP];

static postern_status tell_name(const char *name, bool *ask)
{
    return postern_connection_on_sni(d.connection, postern_text(name), ask);
}

/* A handshake with A up to the moment before it is told of. */
static postern_tls_info shake(const char *leaf, const char *more)
{
    postern_tls_info info = {.size = sizeof info, .fresh = true};
    bool ask;

    door_connect(&d);
    ck_assert_int_eq(tell_name(A, &ask), POSTERN_OK);
    ck_assert(ask);
    info.chain = chain;
    info.chain_count = door_chain(leaf, more, chain, CHAIN_CAP);
    return info;
}

static postern_status tell(const postern_tls_info *info)
{
    return postern_connection_set_tls(d.connection, info);
}

static void expect_nothing_presented(const char *reason)
{
    door_ask(&d, A);
    door_expect(&d, reason, kept_out(reason));
    ck_assert(!door_sees(&d, A, "cf.tls_client_auth.cert_presented"));
    ck_assert(!door_sees(&d, A, "cf.tls_client_auth.cert_verified"));
    ck_assert(!door_sees(&d, A, "cf.tls_client_auth.cert_subject_dn ne ``"));
    ck_assert(!door_sees(&d, A, "cf.tls_client_auth.cert_fingerprint_sha256 ne ``"));
    door_ask(&d, A);
    door_expect(&d, reason, kept_out(reason));
}

/* --- what is missing, or once too often -------------------------------------------- */

START_TEST(without_a_finished_handshake_there_is_no_tls)
{
    door_open(&d, USUAL);
    (void)shake("ok-p256", NULL);
    door_ask(&d, A);
    door_expect(&d, "never told", misdirected);
    door_close(&d);
}
END_TEST

START_TEST(told_twice_nothing_is_presented)
{
    door_open(&d, USUAL);
    for (unsigned asked_between = 0; asked_between < 2; asked_between++) {
        const postern_tls_info info = shake("ok-p256", NULL);

        ck_assert_int_eq(tell(&info), POSTERN_OK);
        if (asked_between != 0) {
            door_ask(&d, A);
            door_expect(&d, "once", let_in);
        }
        ck_assert_int_eq(tell(&info), POSTERN_STATE);
        expect_nothing_presented("not-evaluated");
        ck_assert_int_eq(tell(&info), POSTERN_STATE);
        expect_nothing_presented("not-evaluated");
    }
    door_close(&d);
}
END_TEST

START_TEST(zeroed_or_broken_facts_present_nothing)
{
    static const postern_tls_info zeroed;
    postern_tls_info info;

    door_open(&d, USUAL);
    (void)shake("ok-p256", NULL);
    ck_assert_int_eq(tell(&zeroed), POSTERN_INVALID);
    expect_nothing_presented("not-evaluated");
    (void)shake("ok-p256", NULL);
    ck_assert_int_eq(tell(NULL), POSTERN_INVALID);
    expect_nothing_presented("not-evaluated");
    info = shake("ok-p256", NULL);
    info.size--;
    ck_assert_int_eq(tell(&info), POSTERN_INVALID);
    expect_nothing_presented("not-evaluated");
    info = shake("ok-p256", NULL);
    info.chain = NULL;
    ck_assert_int_eq(tell(&info), POSTERN_INVALID);
    expect_nothing_presented("not-evaluated");
    info = shake("ok-p256", NULL);
    info.chain_count = 0;
    ck_assert_int_eq(tell(&info), POSTERN_OK);
    expect_nothing_presented("none");
    door_close(&d);
}
END_TEST

START_TEST(a_resumed_handshake_presents_nothing)
{
    postern_tls_info info;

    door_open(&d, USUAL);
    info = shake("ok-p256", NULL);
    info.fresh = false;
    ck_assert_int_eq(tell(&info), POSTERN_OK);
    ck_assert(door_sees(&d, A, "postern.tls.resumed"));
    expect_nothing_presented("resumed");
    door_close(&d);
}
END_TEST

/* Whoever was not asked may show what he likes. */
START_TEST(what_nobody_asked_for_is_not_presented)
{
    postern_tls_info info;
    bool ask;

    door_open(&d, POLICY(MTLS(A, "ca-a", ""), "'*'", GUARDS, ""));
    info = shake("ok-p256", NULL);
    door_connect(&d); /* no server name */
    ck_assert_int_eq(tell(&info), POSTERN_OK);
    door_ask(&d, A);
    door_expect(&d, "no name", misdirected);
    ck_assert(!door_sees(&d, PLAIN, "cf.tls_client_auth.cert_presented"));
    info = shake("ok-p256", NULL);
    door_connect(&d);
    ck_assert_int_eq(tell_name(PLAIN, &ask), POSTERN_OK);
    ck_assert(!ask);
    ck_assert_ptr_null(postern_connection_trust(d.connection));
    ck_assert_int_eq(tell(&info), POSTERN_OK);
    ck_assert(!door_sees(&d, PLAIN, "cf.tls_client_auth.cert_presented"));
    door_close(&d);
}
END_TEST

/* --- server names ------------------------------------------------------------------- */

START_TEST(the_same_name_again_changes_nothing)
{
    postern_tls_info info;
    bool ask;

    door_open(&d, USUAL);
    info = shake("ok-p256", NULL);
    ck_assert_int_eq(tell_name("A.Example.", &ask), POSTERN_OK);
    ck_assert(ask);
    ck_assert_int_eq(tell(&info), POSTERN_OK);
    door_ask(&d, A);
    door_expect(&d, "again", let_in);
    door_close(&d);
}
END_TEST

static const char *const wrong_names[] = {B,           PLAIN,           "",
                                          "a example", "a.example:443", "a..example"};

/* ... not even when the host goes on with the handshake. */
START_TEST(another_name_ends_the_handshake)
{
    postern_tls_info info;
    bool ask = true;

    door_open(&d, USUAL);
    info = shake("ok-p256", NULL);
    ck_assert_int_eq(tell_name(wrong_names[_i], &ask), POSTERN_INVALID);
    ck_assert(!ask);
    ck_assert_int_eq(tell(&info), POSTERN_OK);
    expect_nothing_presented("not-evaluated");
    door_ask(&d, B);
    door_expect(&d, wrong_names[_i], misdirected);
    door_close(&d);
}
END_TEST

START_TEST(a_malformed_first_name_ends_the_handshake)
{
    postern_tls_info info;
    bool ask = true;

    door_open(&d, USUAL);
    info = shake("ok-p256", NULL);
    door_connect(&d);
    ck_assert_int_eq(tell_name("a example", &ask), POSTERN_INVALID);
    ck_assert(!ask);
    ck_assert_int_eq(tell_name(A, &ask), POSTERN_OK);
    ck_assert_int_eq(tell(&info), POSTERN_OK);
    expect_nothing_presented("not-evaluated");
    door_close(&d);
}
END_TEST

/* A second handshake on one connection, such as a renegotiation. */
START_TEST(a_name_after_the_handshake_ends_what_was_presented)
{
    bool ask = true;

    door_open(&d, USUAL);
    door_tls(&d, A, "ok-p256", NULL);
    door_ask(&d, A);
    door_expect(&d, "before", let_in);
    ck_assert_int_eq(tell_name(_i == 0 ? A : B, &ask), POSTERN_STATE);
    ck_assert(!ask);
    expect_nothing_presented("not-evaluated");
    door_close(&d);
}
END_TEST

/* A request in the clear before the handshake, as for an upgrade, costs nothing. */
START_TEST(a_request_may_come_before_the_handshake)
{
    postern_tls_info info;
    bool ask;

    door_open(&d, USUAL);
    door_connect(&d);
    door_ask(&d, PLAIN);
    ck_assert(postern_verdict_allows(&d.verdict));
    ck_assert_int_eq(tell_name(A, &ask), POSTERN_OK);
    ck_assert(ask);
    info = (postern_tls_info){.size = sizeof info, .fresh = true, .chain = chain};
    info.chain_count = door_chain("ok-p256", NULL, chain, CHAIN_CAP);
    ck_assert_int_eq(tell(&info), POSTERN_OK);
    door_ask(&d, A);
    door_expect(&d, "afterwards", let_in);
    door_close(&d);
}
END_TEST

/* --- limits ------------------------------------------------------------------------- */

START_TEST(a_chain_beyond_the_limits_presents_nothing)
{
    postern_limits limits = {.chain_certificates = 3};
    postern_tls_info info;

    door_open(&d, USUAL);
    info = shake("ok-p256", "junk-18");
    ck_assert_uint_gt(info.chain_count, 10);
    ck_assert_int_eq(tell(&info), POSTERN_LIMIT);
    expect_nothing_presented("not-evaluated");
    info.chain_count = 10;
    (void)shake("ok-p256", "junk-18");
    ck_assert_int_eq(tell(&info), POSTERN_OK);
    door_ask(&d, A);
    door_expect(&d, "ten", let_in);
    door_close(&d);

    door_open_limited(&d, USUAL, &limits);
    info = shake("ok-p256", "junk-18");
    info.chain_count = 4;
    ck_assert_int_eq(tell(&info), POSTERN_LIMIT);
    expect_nothing_presented("not-evaluated");
    door_close(&d);

    door_open(&d, USUAL);
    info = shake("ok-p256", NULL);
    limits = (postern_limits){.chain_bytes = (uint32_t)chain[0].len};
    door_close(&d);
    for (unsigned less = 0; less < 2; less++) {
        limits.chain_bytes -= less;
        door_open_limited(&d, USUAL, &limits);
        info = shake("ok-p256", NULL);
        ck_assert_int_eq(tell(&info), less == 0 ? POSTERN_OK : POSTERN_LIMIT);
        door_ask(&d, A);
        door_expect(&d, "bytes", less == 0 ? let_in : kept_out("not-evaluated"));
        door_close(&d);
    }
}
END_TEST

/* --- a path that somebody hands in -------------------------------------------------- */

/* The leaf that is shown, the path that is told of (all without objections but where
 * said), and what comes of it. */
static const struct lie {
    const char *leaf;
    const char *path[3]; /* certs/..., extra/...; "" is where A's CA goes */
    uint32_t objections; /* of the first step */
    const char *reason;
} lies[] = {
    {"ok-p256",     {"ok-p256", ""},        0,  "ok"              },
    {"ok-p256",     {"ok-p256"},            0,  "untrusted-issuer"},
    {"ok-p256",     {"ok-p256", "ok-p384"}, 0,  "untrusted-issuer"},
    {"ok-p256",     {"ok-p256", ""},        1,  "untrusted-issuer"},
    {"ok-p256",     {"ok-p256", ""},        2,  "weak-signature"  },
    {"ok-p256",     {"ok-p256", ""},        4,  "weak-key"        },
    {"ok-p256",     {"ok-p256", ""},        8,  "malformed"       },
    {"ok-p256",     {"ok-p256", ""},        64, "malformed"       },
 /* Nobody's signature is checked again, but everything else is. */
    {"ok-by-b",     {"ok-by-b", ""},        0,  "untrusted-issuer"},
    {"self-signed", {"self-signed"},        0,  "untrusted-issuer"},
    {"expired",     {"expired", ""},        0,  "expired"         },
    {"eku-server",  {"eku-server", ""},     0,  "wrong-usage"     },
    {"sig-sha1",    {"sig-sha1", ""},       0,  "weak-signature"  },
    {"key-rsa1024", {"key-rsa1024", ""},    0,  "weak-key"        },
 /* A path of another leaf is not looked at: the gate builds its own. */
    {"ok-by-b",     {"ok-p256", ""},        0,  "untrusted-issuer"},
    {"expired",     {"ok-p256", ""},        0,  "expired"         },
    {"ok-p256",     {"ok-by-b", ""},        1,  "ok"              },
    {"ok-p256",     {"", "ok-p256"},        0,  "ok"              },
    {"bad/empty",   {"ok-p256", ""},        0,  "malformed"       },
};
enum { LIES = sizeof lies / sizeof lies[0] };

static postern_str read_step(const char *name)
{
    postern_str der[1];

    (void)door_chain(name[0] == '\0' ? "extra/../corpus/ca/ca-a" : name, NULL, der, 1);
    return der[0];
}

START_TEST(a_path_is_believed_for_what_it_is)
{
    const struct lie *lie = &lies[_i];
    postern_path_step path[3] = {0};
    postern_tls_info info;

    door_open(&d, USUAL);
    info = shake(lie->leaf, NULL);
    for (; info.path_count < 3 && lie->path[info.path_count] != NULL;
         info.path_count++) {
        path[info.path_count].certificate = read_step(lie->path[info.path_count]);
    }
    path[0].objections = lie->objections;
    info.path = path;
    ck_assert_int_eq(tell(&info), POSTERN_OK);
    door_ask(&d, A);
    door_expect(&d, lie->leaf,
                strcmp(lie->reason, "ok") == 0 ? let_in : kept_out(lie->reason));
    door_close(&d);
}
END_TEST

START_TEST(a_path_that_is_too_long_is_not_looked_at)
{
    postern_path_step path[11];
    postern_tls_info info;

    door_open(&d, USUAL);
    info = shake("ok-p256", NULL);
    for (size_t i = 0; i < 11; i++) {
        path[i] = (postern_path_step){chain[0], 1};
    }
    info.path = path;
    info.path_count = 11;
    ck_assert_int_eq(tell(&info), POSTERN_OK);
    door_ask(&d, A);
    door_expect(&d, "long", let_in);
    door_close(&d);
}
END_TEST

/* --- adapters ------------------------------------------------------------------------ */

static void count_free(void *state)
{
    ++*(unsigned *)state;
}

START_TEST(an_adapters_state_is_freed_once)
{
    unsigned first = 0;
    unsigned second = 0;

    door_open(&d, USUAL);
    door_connect(&d);
    ck_assert_ptr_null(postern_connection_adapter(d.connection));
    postern_connection_set_adapter(d.connection, &first, count_free);
    ck_assert_ptr_eq(postern_connection_adapter(d.connection), &first);
    postern_connection_set_adapter(d.connection, &first, count_free);
    ck_assert_uint_eq(first, 0);
    postern_connection_set_adapter(d.connection, &second, count_free);
    ck_assert_uint_eq(first, 1);
    door_connect(&d); /* frees the connection */
    ck_assert_uint_eq(first, 1);
    ck_assert_uint_eq(second, 1);
    postern_connection_set_adapter(d.connection, &first, NULL);
    ck_assert_ptr_eq(postern_connection_allocator(d.connection), &d.heap.alloc);
    door_close(&d);
    ck_assert_uint_eq(first, 1);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-evidence");
    TCase *tc = tcase_create("gate-evidence");

    tcase_add_test(tc, without_a_finished_handshake_there_is_no_tls);
    tcase_add_test(tc, told_twice_nothing_is_presented);
    tcase_add_test(tc, zeroed_or_broken_facts_present_nothing);
    tcase_add_test(tc, a_resumed_handshake_presents_nothing);
    tcase_add_test(tc, what_nobody_asked_for_is_not_presented);
    tcase_add_test(tc, the_same_name_again_changes_nothing);
    tcase_add_loop_test(tc, another_name_ends_the_handshake, 0, 6);
    tcase_add_test(tc, a_malformed_first_name_ends_the_handshake);
    tcase_add_loop_test(tc, a_name_after_the_handshake_ends_what_was_presented, 0, 2);
    tcase_add_test(tc, a_request_may_come_before_the_handshake);
    tcase_add_test(tc, a_chain_beyond_the_limits_presents_nothing);
    tcase_add_loop_test(tc, a_path_is_believed_for_what_it_is, 0, LIES);
    tcase_add_test(tc, a_path_that_is_too_long_is_not_looked_at);
    tcase_add_test(tc, an_adapters_state_is_freed_once);
    suite_add_tcase(suite, tc);
    return suite;
}
