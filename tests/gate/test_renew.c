/*
 * test_renew.c - postern_gate_reload(): everything at once, or nothing at all.
 */
#include "door.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static door d;

/* --- reloading what a text says ----------------------------------------------- */

/* A source with relative paths from tests/data/. */
typedef struct spelt {
    char text[8192];
    char path[512];
    postern_source source;
} spelt;

/* ' becomes " and ` becomes \", as in door.h. */
static const postern_source *spell(spelt *out, const char *text)
{
    const char *tests = getenv("POSTERN_TESTS");
    size_t len = 0;

    for (; *text != '\0'; text++) {
        ck_assert_uint_lt(len + 3, sizeof out->text);
        if (*text == '`') {
            out->text[len++] = '\\';
        }
        out->text[len++] = (char)(*text == '\'' || *text == '`' ? '"' : *text);
    }
    out->text[len] = '\0';
    (void)snprintf(out->path, sizeof out->path, "%s/data/policy.json",
                   tests == NULL ? "tests" : tests);
    out->source = (postern_source){
        .path = out->path, .text = {out->text, len}
    };
    return &out->source;
}

static postern_status reload(const char *text, postern_report *report)
{
    static spelt s;

    return postern_gate_reload(d.gate, spell(&s, text), report);
}

static uint64_t generation(void)
{
    const postern_policy *policy = postern_gate_acquire(d.gate);
    const uint64_t number = postern_policy_generation(policy);

    postern_policy_release(policy);
    return number;
}

static bool tells(const postern_report *report, const char *what)
{
    char line[2048];

    for (size_t i = 0; i < postern_report_count(report); i++) {
        (void)postern_report_render(report, i, line, sizeof line);
        if (strstr(line, what) != NULL) {
            return true;
        }
    }
    return false;
}

/* --- all ---------------------------------------------------------------------- */

#define LIST(host) ",'lists':[{'name':'sites','kind':'hostname','items':['" host "']}]"
#define LISTED(name)                                                             \
    SKIP("in-" name, "cf.tls_client_auth.cert_verified and http.host in $sites") \
    "," BLOCK("out-" name, GUARDED)

#define BEFORE \
    POLICY(MTLS(A, "ca-a", CRL("crl-a-empty")), "'" B "'", LISTED("before"), LIST(A))
#define AFTER                                                                    \
    POLICY(MTLS(A, "ca-a", CRL("crl-a")) "," MTLS(B, "ca-b", ""), "'" PLAIN "'", \
           LISTED("after"), LIST(B))

static const answer in_before = {POSTERN_ALLOWED, 0, false, "in-before", "ok"};
static const answer out_before = {POSTERN_BLOCKED, 403, false, "out-before",
                                  "host-not-registered"};
static const answer revoked = {POSTERN_REVOKED, 403, false, NULL, "revoked"};
static const answer out_after = {POSTERN_BLOCKED, 403, false, "out-after", "ok"};
static const answer in_after = {POSTERN_ALLOWED, 0, false, "in-after", "ok"};

/* Hosts, CAs, CRLs, lists and rules, on a connection that is open and on new ones. */
START_TEST(everything_changes_at_once)
{
    uint64_t before;

    door_open(&d, BEFORE);
    before = generation();
    door_tls(&d, A, "revoked", NULL);
    door_ask(&d, A);
    door_expect(&d, "no CRL lists it", in_before);
    ck_assert_int_eq(reload(AFTER, NULL), POSTERN_OK);
    ck_assert_uint_gt(generation(), before);
    door_ask(&d, A);
    door_expect(&d, "the CRL lists it", revoked);
    ck_assert_uint_eq(d.verdict.generation, generation());
    door_tls(&d, A, "ok-p256", NULL);
    door_ask(&d, A);
    door_expect(&d, "the list has lost it", out_after);
    door_tls(&d, B, "ok-by-b", NULL);
    door_ask(&d, B);
    door_expect(&d, "registered since", in_after);
    ck_assert_int_eq(reload(BEFORE, NULL), POSTERN_OK);
    door_ask(&d, B);
    door_expect(&d, "plain again", out_before);
    door_close(&d);
}
END_TEST

/* --- or nothing --------------------------------------------------------------- */

#define ONE(members) "{'hostname':'" A "'," members "}"
#define WITH(members) POLICY(ONE(members), "", GUARDS, "")
#define GOOD_CA "'ca':['corpus/ca/ca-a.pem']"

/* clang-format off */
static const struct {
    const char *what;
    const char *text;
    postern_status status;
    const char *told;
} failures[] = {
    {"a CA file that is not there", WITH("'ca':['corpus/ca/none.pem']"), POSTERN_IO,
     "cannot be read"},
    {"an empty CA file", WITH("'ca':['/dev/null']"), POSTERN_SYNTAX,
     "holds no PEM block"},
    {"a CA file with a key", WITH("'ca':['corpus/keys/ca-a.key']"), POSTERN_INVALID,
     "holds a private key"},
    {"no CA at all", WITH("'ca':[]"), POSTERN_INVALID, "needs a 'ca'"},
    {"a leaf as CA", WITH("'ca':['corpus/ca/leaf-as-ca.pem']"), POSTERN_INVALID,
     "not a CA certificate"},
    {"a CRL with a bad signature",
     WITH(GOOD_CA ",'crl':['corpus/crl/crl-a-badsig.pem']"), POSTERN_INVALID,
     "not signed by the CA"},
    {"a CRL file that is not there", WITH(GOOD_CA ",'crl':['corpus/crl/none.pem']"),
     POSTERN_IO, "cannot be read"},
    {"a delta CRL", WITH(GOOD_CA ",'crl':['extra/crl-a-delta.pem']"),
     POSTERN_UNSUPPORTED, "delta CRL"},
    {"a host twice", POLICY(ONE(GOOD_CA) "," ONE(GOOD_CA), "", GUARDS, ""),
     POSTERN_INVALID, "registered twice"},
    {"broken JSON", "{'version':1,", POSTERN_SYNTAX, "error"},
    {"nothing", "", POSTERN_SYNTAX, "error"},
    {"a bad rule", POLICY(ONE(GOOD_CA), "", BLOCK("x", "http.hots eq 1"), ""),
     POSTERN_UNKNOWN_NAME, "http.hots"},
    {"a bad list", POLICY(ONE(GOOD_CA), "", GUARDS, LIST("a b")), POSTERN_INVALID,
     "error"},
    {"a host that nobody guards", POLICY(ONE(GOOD_CA), "", LOG("x", "ssl"), ""),
     POSTERN_INVALID, "everyone gets through"},
};
/* clang-format on */
enum { FAILURES = sizeof failures / sizeof failures[0] };

START_TEST(a_failure_leaves_what_was_in_force)
{
    postern_report *report = postern_report_new(NULL);
    uint64_t before;
    postern_status status;

    door_open(&d, USUAL);
    before = generation();
    door_tls(&d, A, "ok-p256", NULL);
    door_ask(&d, A);
    door_expect(&d, "before", let_in);
    status = reload(failures[_i].text, report);
    ck_assert_msg(status == failures[_i].status, "%s: %d", failures[_i].what, status);
    ck_assert_msg(tells(report, failures[_i].told), "%s", failures[_i].what);
    ck_assert_uint_eq(generation(), before);
    door_ask(&d, A);
    door_expect(&d, "after", let_in);
    ck_assert_uint_eq(d.verdict.generation, before);
    door_tls(&d, A, "revoked", NULL);
    door_ask(&d, A);
    door_expect(&d, "CRLs and all", revoked);
    postern_report_free(report);
    door_close(&d);
}
END_TEST

START_TEST(a_file_that_is_gone_leaves_what_was_in_force)
{
    const postern_source gone = {.path = "no/such/policy.json"};
    const postern_source nothing = {.path = NULL};
    uint64_t before;

    door_open(&d, USUAL);
    before = generation();
    ck_assert_int_eq(postern_gate_reload(d.gate, &gone, NULL), POSTERN_IO);
    ck_assert_int_eq(postern_gate_reload(d.gate, &nothing, NULL), POSTERN_INVALID);
    d.now = -1;
    ck_assert_int_eq(reload(USUAL, NULL), POSTERN_CLOCK);
    ck_assert_uint_eq(generation(), before);
    door_close(&d);
}
END_TEST

/* With no memory from request `fail_at` on. @return true when it was enough */
static bool reload_with(size_t fail_at)
{
    static spelt s;
    const postern_source *source = spell(&s, AFTER);
    uint64_t before;
    postern_status status;
    bool enough;

    door_open(&d, BEFORE);
    before = generation();
    door_tls(&d, A, "ok-p256", NULL);
    d.heap.requests = 0;
    d.heap.fail_at = fail_at;
    status = postern_gate_reload(d.gate, source, NULL);
    enough = d.heap.requests <= fail_at;
    d.heap.fail_at = SIZE_MAX;
    ck_assert_int_eq(status, enough ? POSTERN_OK : POSTERN_NO_MEMORY);
    ck_assert_int_eq(generation() == before, !enough);
    door_ask(&d, A);
    door_expect(&d, "afterwards", enough ? out_after : in_before);
    door_close(&d);
    return enough;
}

START_TEST(without_memory_it_leaves_what_was_in_force)
{
    size_t fail_at = 0;

    while (!reload_with(fail_at)) {
        fail_at++;
        ck_assert_uint_lt(fail_at, 10000);
    }
    ck_assert_uint_gt(fail_at, 0);
}
END_TEST

/* --- what was before ---------------------------------------------------------- */

/* crl-a has number 2, crl-a-empty number 1. */
START_TEST(a_crl_that_goes_back_is_told)
{
    static spelt s;
    postern_report *report = postern_report_new(NULL);
    postern_source source;
    postern_policy *other;

    door_open(&d, POLICY(MTLS(A, "ca-a", CRL("crl-a")), "", GUARDS, ""));
    source = *spell(&s, POLICY(MTLS(A, "ca-a", CRL("crl-a-empty")), "", GUARDS, ""));
    /* What the caller calls the policy before does not count. */
    other = door_policy(&d, POLICY("", "", GUARDS, ""));
    source.previous = other;
    ck_assert_int_eq(postern_gate_reload(d.gate, &source, report), POSTERN_OK);
    ck_assert(tells(report, "crl-a-empty.pem:1: warning: CRL number 1 of 2025-01-01 "
                            "00:00:00 UTC replaces a newer one, number 2"));
    ck_assert_ptr_eq(source.previous, other);
    /* Only once: now it is what was before. */
    postern_report_clear(report);
    ck_assert_int_eq(postern_gate_reload(d.gate, &source, report), POSTERN_OK);
    ck_assert(!tells(report, "replaces"));
    postern_policy_release(other);
    postern_report_free(report);
    door_close(&d);
}
END_TEST

/* The old policy's authorities live on in the new one, and in it alone. */
START_TEST(what_is_shared_lives_as_long_as_it_is_used)
{
    door_open(&d, USUAL);
    for (unsigned i = 0; i < 5; i++) {
        ck_assert_int_eq(reload(USUAL, NULL), POSTERN_OK);
        postern_policy_release(d.policy);
        d.policy = NULL;
        door_tls(&d, A, "ok-p256", NULL);
        door_ask(&d, A);
        door_expect(&d, "again", let_in);
        door_tls(&d, A, "revoked", NULL);
        door_ask(&d, A);
        door_expect(&d, "again", revoked);
    }
    door_close(&d);
}
END_TEST

static size_t crl_checks;

/* The first thing in a CRL is its version, in a certificate a tag around it. */
static postern_status count_crls(void *context, postern_str spki,
                                 postern_signature scheme, postern_digest digest,
                                 postern_str data, postern_str signature)
{
    const postern_crypto *real = postern_mbedtls_crypto();
    const size_t head = (unsigned char)data.data[1] < 128
                            ? 2
                            : 2 + ((unsigned char)data.data[1] & 0x7fU);

    crl_checks += data.data[head] == 2;
    return real->verify(context, spki, scheme, digest, data, signature);
}

/* That of an anchor's when it is loaded, that of an intermediate's when the intermediate
 * turns up; neither again at the next judgement, nor after a reload that finds the same
 * files. */
START_TEST(a_crl_is_checked_once)
{
    static const char text[] = POLICY(
        "{'hostname':'" A "','ca':['corpus/ca/ca-a.pem'],'crl':['corpus/crl/crl-a.pem',"
        "'corpus/crl/crl-a-int.pem']}",
        "", GUARDS, "");
    postern_crypto table = *postern_mbedtls_crypto();

    table.verify = count_crls;
    crl_checks = 0;
    door_open_crypto(&d, text, &table);
    ck_assert_uint_eq(crl_checks, 1);
    for (unsigned i = 0; i < 4; i++) {
        door_tls(&d, A, "ok-int", "ok-int");
        door_ask(&d, A);
        door_expect(&d, "below an intermediate", let_in);
        ck_assert_uint_eq(crl_checks, 2);
        ck_assert_int_eq(reload(text, NULL), POSTERN_OK);
    }
    door_close(&d);
}
END_TEST

/* --- threads ------------------------------------------------------------------ */

#define X POLICY(MTLS(A, "ca-a", CRL("crl-a")), "", LISTED("x"), LIST(A))
#define Y POLICY(MTLS(A, "ca-a", CRL("crl-a")), "", LISTED("y"), LIST(B))

enum { RELOADERS = 2, ASKERS = 2, RELOADS = 150 };

typedef struct shared {
    postern_gate *gate;
    const postern_scheme *scheme;
    spelt sources[2];
    postern_str chain[1];
    atomic_bool stop;
} shared;

static int64_t fixed_time(void *user)
{
    (void)user;
    return NOW * 1000;
}

static char wrong; /* what a thread points to that has seen something wrong */

static void *reload_and_reload(void *user)
{
    shared *all = user;

    for (unsigned i = 0; i < RELOADS; i++) {
        if (postern_gate_reload(all->gate, &all->sources[i % 2].source, NULL) !=
            POSTERN_OK) {
            return &wrong;
        }
    }
    return NULL;
}

/* Under X the host is in the list, under Y it is not: never one's rules with the other's
 * list. */
static void *ask_and_ask(void *user)
{
    shared *all = user;
    const postern_tls_info info = {
        .size = sizeof info, .fresh = true, .chain = all->chain, .chain_count = 1};
    postern_connection *connection = NULL;
    postern_request *request = NULL;
    bool ask;
    bool bad = postern_connection_new(all->gate, NULL, postern_text(""), &connection) ||
               postern_connection_on_sni(connection, postern_text(A), &ask) ||
               postern_connection_set_tls(connection, &info) ||
               postern_request_new(all->scheme, &request);

    while (!atomic_load(&all->stop) && !bad) {
        postern_verdict verdict;

        bad =
            postern_request_begin(request, connection, postern_text("GET"),
                                  postern_text("/"), postern_text("HTTP/1.1")) ||
            postern_request_add_header(request, postern_text("host"), postern_text(A));
        postern_gate_evaluate(all->gate, request, &verdict);
        bad = bad || !text_is(verdict.rule_ref,
                              postern_verdict_allows(&verdict) ? "in-x" : "out-y");
    }
    postern_request_free(request);
    postern_connection_free(connection);
    return bad ? &wrong : NULL;
}

START_TEST(threads_reload_at_the_same_time)
{
    static shared all;
    const postern_options options = {.clock = fixed_time,
                                     .crypto = postern_mbedtls_crypto()};
    pthread_t threads[RELOADERS + ASKERS];
    postern_scheme *scheme;
    postern_policy *policy;
    void *seen;

    door_open(&d, USUAL); /* for the certificate */
    (void)door_chain("ok-p256", NULL, all.chain, 1);
    (void)spell(&all.sources[0], X);
    (void)spell(&all.sources[1], Y);
    ck_assert_int_eq(postern_scheme_new(&options, &scheme), POSTERN_OK);
    ck_assert_int_eq(postern_policy_load(scheme, &all.sources[0].source, &policy, NULL),
                     POSTERN_OK);
    ck_assert_int_eq(postern_gate_new(policy, &all.gate), POSTERN_OK);
    postern_policy_release(policy);
    all.scheme = scheme;
    atomic_init(&all.stop, false);
    for (size_t i = 0; i < RELOADERS + ASKERS; i++) {
        ck_assert_int_eq(pthread_create(&threads[i], NULL,
                                        i < RELOADERS ? reload_and_reload : ask_and_ask,
                                        &all),
                         0);
    }
    for (size_t i = 0; i < RELOADERS + ASKERS; i++) {
        if (i == RELOADERS) {
            atomic_store(&all.stop, true);
        }
        ck_assert_int_eq(pthread_join(threads[i], &seen), 0);
        ck_assert_ptr_null(seen);
    }
    postern_gate_free(all.gate);
    postern_scheme_free(scheme);
    door_close(&d);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-renew");
    TCase *tc = tcase_create("gate-renew");

    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, everything_changes_at_once);
    tcase_add_loop_test(tc, a_failure_leaves_what_was_in_force, 0, FAILURES);
    tcase_add_test(tc, a_file_that_is_gone_leaves_what_was_in_force);
    tcase_add_test(tc, without_memory_it_leaves_what_was_in_force);
    tcase_add_test(tc, a_crl_that_goes_back_is_told);
    tcase_add_test(tc, what_is_shared_lives_as_long_as_it_is_used);
    tcase_add_test(tc, a_crl_is_checked_once);
    tcase_add_test(tc, threads_reload_at_the_same_time);
    suite_add_tcase(suite, tc);
    return suite;
}
