/*
 * test_reload.c - another policy in the middle of everything.
 */
#include "door.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

static door d;

/* Policies that differ from the usual one in one thing about host A. */
#define WITH(hosts, plain) POLICY(hosts, plain, GUARDS, "")
#define CA_GONE WITH(MTLS(A, "ca-b", "") "," MTLS(B, "ca-b", ""), "")
#define CA_ADDED \
    WITH("{'hostname':'" A "','ca':['corpus/ca/ca-a.pem','corpus/ca/ca-b.pem']}", "")
#define CRL_EMPTY WITH(MTLS(A, "ca-a", CRL("crl-a-empty")), "")
#define CRL_FULL WITH(MTLS(A, "ca-a", CRL("crl-a")), "")
#define HOST_GONE WITH(MTLS(B, "ca-b", ""), "'" PLAIN "'")
#define HOST_PLAIN WITH(MTLS(B, "ca-b", ""), "'" A "'")
#define NO_HOSTS POLICY("", "", GUARDS, "")
#define OTHER_RULES POLICY(BOTH, "'" PLAIN "'", BLOCK("out", GUARDED), "")

static const struct change {
    const char *before;
    const char *after;
    const char *certificate;
    answer first;
    answer second;
} changes[] = {
    {USUAL,
     USUAL,       "ok-p256",
     {POSTERN_ALLOWED, 0, false, "in", "ok"},
     {POSTERN_ALLOWED, 0, false, "in", "ok"}                    },
    {USUAL,
     CA_GONE,     "ok-p256",
     {POSTERN_ALLOWED, 0, false, "in", "ok"},
     {POSTERN_BLOCKED, 403, false, "out", "untrusted-issuer"}   },
    {USUAL,
     CA_ADDED,    "ok-by-b",
     {POSTERN_BLOCKED, 403, false, "out", "untrusted-issuer"},
     {POSTERN_ALLOWED, 0, false, "in", "ok"}                    },
    {CRL_EMPTY,
     CRL_FULL,    "revoked",
     {POSTERN_ALLOWED, 0, false, "in", "ok"},
     {POSTERN_REVOKED, 403, false, NULL, "revoked"}             },
    {CRL_FULL,
     CRL_EMPTY,   "revoked",
     {POSTERN_REVOKED, 403, false, NULL, "revoked"},
     {POSTERN_ALLOWED, 0, false, "in", "ok"}                    },
    {USUAL,
     HOST_GONE,   "ok-p256",
     {POSTERN_ALLOWED, 0, false, "in", "ok"},
     {POSTERN_MISDIRECTED, 421, true, NULL, NULL}               },
    {USUAL,
     HOST_PLAIN,  "ok-p256",
     {POSTERN_ALLOWED, 0, false, "in", "ok"},
     {POSTERN_BLOCKED, 403, false, "out", "host-not-registered"}},
    {USUAL,
     NO_HOSTS,    "ok-p256",
     {POSTERN_ALLOWED, 0, false, "in", "ok"},
     {POSTERN_BLOCKED, 403, false, "out", "host-not-registered"}},
 /* Nobody asked when the handshake was made. */
    {HOST_PLAIN,
     USUAL,       "ok-p256",
     {POSTERN_BLOCKED, 403, false, "out", "host-not-registered"},
     {POSTERN_MISDIRECTED, 421, true, NULL, NULL}               },
    {NO_HOSTS,
     USUAL,       "ok-p256",
     {POSTERN_BLOCKED, 403, false, "out", "host-not-registered"},
     {POSTERN_MISDIRECTED, 421, true, NULL, NULL}               },
    {USUAL,
     OTHER_RULES, "ok-p256",
     {POSTERN_ALLOWED, 0, false, "in", "ok"},
     {POSTERN_BLOCKED, 403, false, "out", "ok"}                 },
    {OTHER_RULES,
     USUAL,       "ok-p256",
     {POSTERN_BLOCKED, 403, false, "out", "ok"},
     {POSTERN_ALLOWED, 0, false, "in", "ok"}                    },
};
enum { CHANGES = sizeof changes / sizeof changes[0] };

START_TEST(a_change_counts_from_the_next_request)
{
    const struct change *change = &changes[_i];
    uint64_t generation;

    door_open(&d, change->before);
    generation = postern_policy_generation(d.policy);
    door_tls(&d, A, change->certificate, NULL);
    door_ask(&d, A);
    door_expect(&d, "before", change->first);
    ck_assert_uint_eq(d.verdict.generation, generation);
    door_replace(&d, change->after);
    ck_assert_uint_gt(postern_policy_generation(d.policy), generation);
    door_ask(&d, A);
    door_expect(&d, "after", change->second);
    ck_assert_uint_eq(d.verdict.generation, postern_policy_generation(d.policy));
    door_close(&d);
}
END_TEST

/* ... also when it falls between handshake and first request, or between the name and
 * the end of the handshake. */
START_TEST(a_change_during_the_handshake_counts)
{
    const struct change *change = &changes[_i / 2];
    postern_str chain[1];
    postern_tls_info info = {.size = sizeof info, .fresh = true, .chain = chain};
    const bool late = _i % 2 == 1;
    bool ask;

    door_open(&d, change->before);
    info.chain_count = door_chain(change->certificate, NULL, chain, 1);
    door_connect(&d);
    ck_assert_int_eq(postern_connection_on_sni(d.connection, postern_text(A), &ask),
                     POSTERN_OK);
    if (!late) {
        door_replace(&d, change->after);
    }
    ck_assert_int_eq(postern_connection_set_tls(d.connection, &info), POSTERN_OK);
    if (late) {
        door_replace(&d, change->after);
    }
    door_ask(&d, A);
    door_expect(&d, late ? "after" : "during", change->second);
    door_close(&d);
}
END_TEST

/* The anchors of a handshake stay where they are until it ends, whoever asks for what
 * meanwhile. A sanitizer sees it when they do not. */
static bool look(void *user, unsigned depth, const postern_path_step *step)
{
    (void)depth;
    *(size_t *)user += step->certificate.len;
    return true;
}

START_TEST(the_anchors_outlive_the_policy_until_the_handshake_ends)
{
    const postern_crypto *crypto = postern_mbedtls_crypto();
    postern_tls_info info = {.size = sizeof info, .fresh = true};
    postern_str chain[1];
    const void *trust;
    size_t bytes = 0;
    bool ask;

    door_open(&d, USUAL);
    door_connect(&d);
    ck_assert_ptr_null(postern_connection_trust(d.connection));
    ck_assert_int_eq(postern_connection_on_sni(d.connection, postern_text(A), &ask),
                     POSTERN_OK);
    trust = postern_connection_trust(d.connection);
    ck_assert_ptr_nonnull(trust);
    door_ask(&d, A);
    door_expect(&d, "too early", misdirected);
    door_replace(&d, CA_GONE);
    door_ask(&d, A);
    door_expect(&d, "still too early", misdirected);
    ck_assert_ptr_eq(postern_connection_trust(d.connection), trust);
    ck_assert_uint_eq(door_chain("ok-p256", NULL, chain, 1), 1);
    ck_assert_int_eq(
        crypto->trust_verify(crypto->context, trust, chain, 1, look, &bytes),
        POSTERN_OK);
    ck_assert_uint_gt(bytes, 0);
    info.chain = chain;
    info.chain_count = 1;
    ck_assert_int_eq(postern_connection_set_tls(d.connection, &info), POSTERN_OK);
    ck_assert_ptr_null(postern_connection_trust(d.connection));
    door_ask(&d, A);
    door_expect(&d, "afterwards", kept_out("untrusted-issuer"));
    door_close(&d);
}
END_TEST

/* A connection on which host A was named, and the path its handshake would tell of. */
typedef struct shown {
    postern_str chain[2];
    postern_path_step path[2];
    postern_tls_info info;
} shown;

static void begin_with_path(shown *s, const char *leaf, const char *anchor)
{
    bool ask;

    memset(s, 0, sizeof *s);
    door_connect(&d);
    ck_assert_int_eq(postern_connection_on_sni(d.connection, postern_text(A), &ask),
                     POSTERN_OK);
    (void)door_chain(leaf, NULL, s->chain, 1);
    (void)door_chain(anchor, NULL, s->chain + 1, 1);
    s->path[0].certificate = s->chain[0];
    s->path[1].certificate = s->chain[1];
    s->info.size = sizeof s->info;
    s->info.fresh = true;
    s->info.chain = s->chain;
    s->info.chain_count = 1;
    s->info.path = s->path;
    s->info.path_count = 2;
}

/* A path of the handshake was built for the old policy's anchors. */
START_TEST(a_path_counts_for_the_policy_that_asked)
{
    shown s;

    door_open(&d, CA_ADDED);
    begin_with_path(&s, "ok-by-b", "extra/../corpus/ca/ca-b");
    ck_assert_int_eq(postern_connection_set_tls(d.connection, &s.info), POSTERN_OK);
    door_ask(&d, A);
    door_expect(&d, "before", let_in);
    door_replace(&d, CRL_FULL); /* trusts ca-a alone */
    door_ask(&d, A);
    door_expect(&d, "after", kept_out("untrusted-issuer"));
    door_close(&d);

    /* and the other way round: nobody vouched for it then, somebody does now */
    door_open(&d, CRL_FULL);
    begin_with_path(&s, "ok-by-b", "extra/../corpus/ca/ca-b");
    s.path[0].objections = POSTERN_OBJECTION_UNTRUSTED;
    s.info.path_count = 1;
    ck_assert_int_eq(postern_connection_set_tls(d.connection, &s.info), POSTERN_OK);
    door_ask(&d, A);
    door_expect(&d, "before", kept_out("untrusted-issuer"));
    door_replace(&d, CA_ADDED);
    door_ask(&d, A);
    door_expect(&d, "after", let_in);
    door_close(&d);
}
END_TEST

/* --- lists -------------------------------------------------------------------------- */

/* Who may in is a list. */
#define LISTED(host)                                                                      \
    POLICY(                                                                               \
        BOTH, "",                                                                         \
        SKIP("in", "cf.tls_client_auth.cert_verified and http.host in $sites") "," BLOCK( \
            "out", GUARDED),                                                              \
        ",'lists':[{'name':'sites','kind':'hostname','items':['" host "']}]")

static unsigned verifications;

static postern_status count_verification(void *context, const void *trust,
                                         const postern_str *chain, size_t count,
                                         postern_path_observer observer, void *user)
{
    verifications++;
    return postern_mbedtls_crypto()->trust_verify(context, trust, chain, count,
                                                  observer, user);
}

static void open_counting(const char *policy)
{
    static postern_crypto table;

    table = *postern_mbedtls_crypto();
    table.trust_verify = count_verification;
    verifications = 0;
    door_open_crypto(&d, policy, &table);
}

/* `policy` with another list of sites. */
static postern_policy *with_site(const postern_policy *policy, const char *host)
{
    const postern_str item = postern_text(host);
    postern_policy *made;
    postern_list *list;

    ck_assert_int_eq(
        postern_list_new(NULL, POSTERN_LIST_HOSTNAME, &item, 1, &list, NULL),
        POSTERN_OK);
    ck_assert_int_eq(
        postern_policy_with_list(policy, postern_text("sites"), list, &made),
        POSTERN_OK);
    postern_list_release(list);
    return made;
}

static void exchange(const char *host)
{
    postern_policy *made = with_site(d.policy, host);

    postern_policy_release(d.policy);
    d.policy = made;
    ck_assert_int_eq(postern_gate_replace(d.gate, made), POSTERN_OK);
}

START_TEST(an_exchanged_list_counts_and_nobody_is_judged_again)
{
    open_counting(LISTED(A));
    door_tls(&d, A, "ok-p256", NULL);
    for (unsigned i = 0; i < 3; i++) {
        door_ask(&d, A);
        door_expect(&d, "listed", let_in);
        exchange(B);
        door_ask(&d, A);
        door_expect(&d, "not listed", kept_out("ok"));
        ck_assert_uint_eq(d.verdict.generation, postern_policy_generation(d.policy));
        exchange("*.example");
    }
    ck_assert_uint_eq(verifications, 1);
    door_replace(&d, LISTED(A));
    door_ask(&d, A);
    door_expect(&d, "loaded", let_in);
    ck_assert_uint_eq(verifications, 2);
    door_close(&d);
}
END_TEST

START_TEST(a_judgement_that_runs_out_is_not_kept_by_an_exchange)
{
    open_counting(LISTED(A));
    door_tls(&d, A, "ok-p256", NULL);
    door_ask(&d, A);
    door_expect(&d, "in time", let_in);
    exchange("*.example");
    d.now = (NOW + INT64_C(100) * 365 * 86400) * 1000;
    door_ask(&d, A);
    ck_assert(!postern_verdict_allows(&d.verdict));
    ck_assert(!text_is(d.verdict.certificate_reason, "ok"));
    ck_assert_uint_eq(verifications, 2);
    door_close(&d);
}
END_TEST

/* A path of the handshake was built for these anchors, whatever the lists are. */
START_TEST(a_path_counts_after_an_exchange_too)
{
    const bool late = _i == 1;
    shown s;

    open_counting(LISTED(B));
    begin_with_path(&s, "ok-p256", "extra/../corpus/ca/ca-a");
    if (!late) {
        exchange(A);
    }
    ck_assert_int_eq(postern_connection_set_tls(d.connection, &s.info), POSTERN_OK);
    if (late) {
        exchange(A);
    }
    door_ask(&d, A);
    door_expect(&d, "listed", let_in);
    ck_assert_uint_eq(verifications, 0);
    door_close(&d);
}
END_TEST

/* --- what was handed out ------------------------------------------------------------ */

START_TEST(a_verdict_outlives_its_policy)
{
    postern_verdict old;

    door_open(&d, POLICY(BOTH, "", LOG("seen", "ssl") "," BLOCK("out", GUARDED), ""));
    door_tls(&d, A, "ok-p256", NULL);
    old = *door_ask(&d, A);
    door_replace(&d, USUAL);
    for (unsigned i = 0; i < 3; i++) {
        postern_request *other;

        /* Another request of the connection takes the new policy. */
        ck_assert_int_eq(postern_request_new(d.scheme, &other), POSTERN_OK);
        ck_assert_int_eq(postern_request_begin(other, d.connection, postern_text("GET"),
                                               postern_text("/"),
                                               postern_text("HTTP/1.1")),
                         POSTERN_OK);
        ck_assert_int_eq(
            postern_request_add_header(other, postern_text("host"), postern_text(A)),
            POSTERN_OK);
        postern_gate_evaluate(d.gate, other, &d.verdict);
        door_expect(&d, "new", let_in);
        postern_request_free(other);
    }
    ck_assert(text_is(old.rule_ref, "out"));
    ck_assert(text_is(old.phase, "http_request_firewall_custom"));
    ck_assert_uint_eq(old.match_count, 2);
    ck_assert(text_is(old.matches[0].ref, "seen"));
    ck_assert(text_is(old.matches[1].ref, "out"));
    ck_assert(text_is(old.host, A) && text_is(old.target, "/"));
    ck_assert(text_is(old.certificate_reason, "ok"));
    door_close(&d);
}
END_TEST

START_TEST(generations_only_grow_and_may_be_put_back)
{
    postern_policy *first;
    postern_policy *second;

    door_open(&d, USUAL);
    first = door_policy(&d, USUAL);
    second = door_policy(&d, OTHER_RULES);
    ck_assert_uint_lt(postern_policy_generation(d.policy),
                      postern_policy_generation(first));
    ck_assert_uint_lt(postern_policy_generation(first),
                      postern_policy_generation(second));
    door_tls(&d, A, "ok-p256", NULL);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(postern_gate_replace(d.gate, second), POSTERN_OK);
        door_ask(&d, A);
        ck_assert_uint_eq(d.verdict.generation, postern_policy_generation(second));
        ck_assert(!postern_verdict_allows(&d.verdict));
        ck_assert_int_eq(postern_gate_replace(d.gate, first), POSTERN_OK);
        door_ask(&d, A);
        ck_assert_uint_eq(d.verdict.generation, postern_policy_generation(first));
        door_expect(&d, "put back", let_in);
    }
    postern_policy_release(first);
    postern_policy_release(second);
    door_close(&d);
}
END_TEST

START_TEST(what_cannot_be_put_in_force_changes_nothing)
{
    const postern_options options = {.crypto = postern_mbedtls_crypto()};
    postern_scheme *scheme;
    postern_policy *foreign;
    const postern_policy *held;
    postern_gate *gate;

    door_open(&d, USUAL);
    ck_assert_int_eq(postern_scheme_new(&options, &scheme), POSTERN_OK);
    ck_assert_int_eq(door_load(scheme, NO_HOSTS, &foreign), POSTERN_OK);
    ck_assert_int_eq(postern_gate_replace(d.gate, foreign), POSTERN_STATE);
    ck_assert_int_eq(postern_gate_replace(d.gate, NULL), POSTERN_INVALID);
    ck_assert_int_eq(postern_gate_new(NULL, &gate), POSTERN_INVALID);
    ck_assert_ptr_null(gate);
    held = postern_gate_acquire(d.gate);
    ck_assert_ptr_eq(held, d.policy);
    postern_policy_release(held);
    postern_policy_release(NULL);
    postern_gate_free(NULL);
    postern_policy_release(foreign);
    postern_scheme_free(scheme);
    door_close(&d);
}
END_TEST

START_TEST(a_held_policy_stays)
{
    const postern_policy *held;
    const char *policies[] = {USUAL, CRL_FULL, NO_HOSTS};

    door_open(&d, USUAL);
    held = postern_gate_acquire(d.gate);
    for (unsigned i = 0; i < 9; i++) {
        door_replace(&d, policies[i % 3]);
    }
    ck_assert_uint_eq(postern_policy_rule_count(held), 2);
    ck_assert_uint_lt(postern_policy_generation(held),
                      postern_policy_generation(d.policy));
    postern_policy_release(held);
    door_close(&d);
}
END_TEST

/* --- threads ------------------------------------------------------------------------- */

enum { THREADS = 2, POLICIES = 3, REPLACEMENTS = 3000 };

typedef struct shared {
    postern_gate *gate;
    const postern_scheme *scheme;
    atomic_bool stop;
    postern_str chain[1];
    uint64_t generations[POLICIES]; /* 0 and 2 let in, 1 does not */
} shared;

static int64_t fixed_time(void *user)
{
    (void)user;
    return NOW * 1000;
}

/* Checks, for each request, that the answer is that of the generation it names.
 * Check's asserts are for the main thread: others count what is wrong. */
static void *ask_and_ask(void *user)
{
    shared *all = user;
    const postern_tls_info info = {
        .size = sizeof info, .fresh = true, .chain = all->chain, .chain_count = 1};
    size_t *wrong = NULL;
    static size_t yes = 1;
    bool bad = false;
    bool ask;

    while (!atomic_load(&all->stop) && !bad) {
        postern_connection *connection = NULL;
        postern_request *request = NULL;

        bad = postern_connection_new(all->gate, NULL, postern_text(""), &connection) ||
              postern_connection_on_sni(connection, postern_text(A), &ask) ||
              postern_connection_set_tls(connection, &info) ||
              postern_request_new(all->scheme, &request);
        for (unsigned i = 0; i < 50 && !bad; i++) {
            postern_verdict verdict;

            bad = postern_request_begin(request, connection, postern_text("GET"),
                                        postern_text("/"), postern_text("HTTP/1.1")) ||
                  postern_request_add_header(request, postern_text("host"),
                                             postern_text(A));
            postern_gate_evaluate(all->gate, request, &verdict);
            bad = bad ||
                  postern_verdict_allows(&verdict) !=
                      (verdict.generation != all->generations[1]) ||
                  !text_is(verdict.rule_ref,
                           verdict.generation == all->generations[1] ? "out" : "in");
        }
        postern_request_free(request);
        postern_connection_free(connection);
    }
    if (bad) {
        wrong = &yes;
    }
    return wrong;
}

/* The same three answers by three loads, or by one and two exchanges. */
static void make_policies(const postern_scheme *scheme, bool lists,
                          postern_policy *out[POLICIES])
{
    static const char *const texts[] = {USUAL, OTHER_RULES, CRL_FULL};

    for (size_t i = 0; i < POLICIES && !lists; i++) {
        ck_assert_int_eq(door_load(scheme, texts[i], &out[i]), POSTERN_OK);
    }
    if (lists) {
        ck_assert_int_eq(door_load(scheme, LISTED(A), &out[0]), POSTERN_OK);
        out[1] = with_site(out[0], B);
        out[2] = with_site(out[1], "*.example");
    }
}

START_TEST(threads_never_see_half_a_policy)
{
    const postern_options options = {.clock = fixed_time,
                                     .crypto = postern_mbedtls_crypto()};
    postern_policy *policies[POLICIES];
    pthread_t threads[THREADS];
    postern_scheme *scheme;
    shared all = {0};
    void *wrong;

    door_open(&d, USUAL); /* for the certificate */
    (void)door_chain("ok-p256", NULL, all.chain, 1);
    ck_assert_int_eq(postern_scheme_new(&options, &scheme), POSTERN_OK);
    make_policies(scheme, _i == 1, policies);
    for (size_t i = 0; i < POLICIES; i++) {
        all.generations[i] = postern_policy_generation(policies[i]);
    }
    all.scheme = scheme;
    atomic_init(&all.stop, false);
    ck_assert_int_eq(postern_gate_new(policies[0], &all.gate), POSTERN_OK);
    for (size_t i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_and_ask, &all), 0);
    }
    for (size_t i = 0; i < REPLACEMENTS; i++) {
        ck_assert_int_eq(postern_gate_replace(all.gate, policies[i % POLICIES]),
                         POSTERN_OK);
        for (unsigned pause = 0; pause < 2000; pause++) {
            (void)atomic_load(&all.stop);
        }
    }
    atomic_store(&all.stop, true);
    for (size_t i = 0; i < THREADS; i++) {
        ck_assert_int_eq(pthread_join(threads[i], &wrong), 0);
        ck_assert_ptr_null(wrong);
    }
    postern_gate_free(all.gate);
    for (size_t i = 0; i < POLICIES; i++) {
        postern_policy_release(policies[i]);
    }
    postern_scheme_free(scheme);
    door_close(&d);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-reload");
    TCase *tc = tcase_create("gate-reload");

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, a_change_counts_from_the_next_request, 0, CHANGES);
    tcase_add_loop_test(tc, a_change_during_the_handshake_counts, 0, CHANGES * 2);
    tcase_add_test(tc, the_anchors_outlive_the_policy_until_the_handshake_ends);
    tcase_add_test(tc, a_path_counts_for_the_policy_that_asked);
    tcase_add_test(tc, an_exchanged_list_counts_and_nobody_is_judged_again);
    tcase_add_test(tc, a_judgement_that_runs_out_is_not_kept_by_an_exchange);
    tcase_add_loop_test(tc, a_path_counts_after_an_exchange_too, 0, 2);
    tcase_add_test(tc, a_verdict_outlives_its_policy);
    tcase_add_test(tc, generations_only_grow_and_may_be_put_back);
    tcase_add_test(tc, what_cannot_be_put_in_force_changes_nothing);
    tcase_add_test(tc, a_held_policy_stays);
    tcase_add_loop_test(tc, threads_never_see_half_a_policy, 0, 2);
    suite_add_tcase(suite, tc);
    return suite;
}
