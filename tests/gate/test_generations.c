/*
 * test_generations.c - threads ask, another one swaps policies under them. Every answer
 * must be that of the one generation it names, in all its parts: who may come in, which
 * rule said so, what the certificate is worth and what the list holds. Run it under
 * ThreadSanitizer too.
 */
#include "door.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#ifndef SWAPS
#define SWAPS 10000
#endif

#define C "c.example"

enum {
    ASKERS = 4,
    BODIES = 3,
    HOSTS = 3,
    CERTIFICATES = 3,
    OPEN = HOSTS * CERTIFICATES,    /* connections of each asker */
    RENEWED_AFTER = 40,             /* requests, then one of them is another one */
    LOADED_EVERY = 50,              /* swaps: a policy from its text */
    GENERATIONS = (1 << 16) + SWAPS /* more than there can ever be */
};

/* --- three policies that differ in everything ---------------------------------------- */

static const char *const hosts[HOSTS] = {A, B, C};
static const char *const certificates[CERTIFICATES] = {"ok-p256", "revoked", "ok-by-b"};

#define ALL "http.host in {`" A "` `" B "` `" C "`}"
#define RULES(n)                                                                        \
    LOG("listed-" n, "http.host in $sites")                                             \
    "," SKIP(                                                                           \
        "in-" n,                                                                        \
        "cf.tls_client_auth.cert_verified and http.host in $sites") "," BLOCK("out-" n, \
                                                                              ALL)
#define SITES(host) ",'lists':[{'name':'sites','kind':'hostname','items':['" host "']}]"

static const char *const texts[BODIES] = {
    POLICY(MTLS(A, "ca-a", CRL("crl-a-empty")) "," MTLS(B, "ca-b", "") "," MTLS(
               C, "ca-a", CRL("crl-a")),
           "", RULES("0"), SITES(A)),
    POLICY(MTLS(A, "ca-b", "") "," MTLS(B, "ca-a", CRL("crl-a")), "", RULES("1"),
           SITES(B)),
    POLICY(MTLS(A, "ca-a", CRL("crl-a")) "," MTLS(B, "ca-a", ""), "'" C "'", RULES("2"),
           SITES(C)),
};

/* What each says of each host. */
typedef enum trust { BY_A, BY_A_WITH_CRL, BY_B, PLAINLY, NOT_SERVED } trust;

static const trust trusts[BODIES][HOSTS] = {
    {BY_A,          BY_B,          BY_A_WITH_CRL},
    {BY_B,          BY_A_WITH_CRL, NOT_SERVED   },
    {BY_A_WITH_CRL, BY_A,          PLAINLY      },
};

/* A generation is a body and who is on its list, as bits of hosts. */
typedef struct kind {
    uint8_t body;
    uint8_t listed;
} kind;

typedef struct shared {
    postern_gate *gate;
    const postern_scheme *scheme;
    atomic_bool stop;
    atomic_uint_fast64_t answers;
    postern_str chains[CERTIFICATES][1];
    kind kinds[GENERATIONS]; /* written before a generation is put in force */
} shared;

static shared all;

/* --- memory that is counted by all threads ------------------------------------------- */

static atomic_size_t live_bytes;

static void *count(void *user, void *ptr, size_t old_size, size_t new_size)
{
    void *fresh = NULL;

    (void)user;
    if (new_size == 0) {
        free(ptr);
    } else {
        fresh = realloc(ptr, new_size);
        if (fresh == NULL) {
            return NULL;
        }
    }
    atomic_fetch_add(&live_bytes, new_size - old_size);
    return fresh;
}

/* --- askers: Check's asserts are for the main thread, others say what is wrong -------- */

typedef struct visitor {
    postern_connection *connection;
    size_t host;
    size_t certificate;
    bool asked;
} visitor;

typedef struct asker {
    pthread_t thread;
    unsigned number;
    const char *wrong; /* the first thing that was */
    postern_request *request;
    visitor visitors[OPEN];
    size_t outcomes[POSTERN_UNVERIFIED + 1];
    size_t changes; /* of generations it saw */
} asker;

static const char *arrive(visitor *v)
{
    const postern_tls_info info = {.size = sizeof info,
                                   .fresh = true,
                                   .chain = all.chains[v->certificate],
                                   .chain_count = 1};

    postern_connection_free(v->connection);
    if (postern_connection_new(all.gate, NULL, postern_text(""), &v->connection) ||
        postern_connection_on_sni(v->connection, postern_text(hosts[v->host]),
                                  &v->asked) ||
        postern_connection_set_tls(v->connection, &info)) {
        return "a connection could not be made";
    }
    return NULL;
}

static const char *reason_of(trust trusted, size_t certificate)
{
    const bool right = (trusted == BY_B) == (certificate == 2);

    if (!right) {
        return "untrusted-issuer";
    }
    return trusted == BY_A_WITH_CRL && certificate == 1 ? "revoked" : "ok";
}

/* True when `text` is `word` and the number of `body`. */
static bool is_rule(postern_str text, const char *word, unsigned body)
{
    const size_t len = strlen(word);

    return text.len == len + 2 && memcmp(text.data, word, len) == 0 &&
           text.data[len] == '-' && text.data[len + 1] == (char)('0' + body);
}

/* What rules decided: they saw one certificate, one list, and are of one body. */
static const char *check_rules(const postern_verdict *v, kind k, bool listed,
                               bool verified)
{
    const bool in = listed && verified;
    const size_t expected = listed ? 2 : 1;

    if ((v->outcome == POSTERN_ALLOWED) != in ||
        (v->outcome == POSTERN_BLOCKED) == in) {
        return "certificate, list and outcome do not fit";
    }
    if (!is_rule(v->rule_ref, in ? "in" : "out", k.body)) {
        return "a rule of another generation decided";
    }
    if (v->match_count != expected ||
        (listed && !is_rule(v->matches[0].ref, "listed", k.body)) ||
        !is_rule(v->matches[expected - 1].ref, in ? "in" : "out", k.body)) {
        return "the matches are those of another generation";
    }
    return NULL;
}

/* @return what does not fit together, or NULL */
static const char *check(const postern_verdict *v, const visitor *who)
{
    const kind k = all.kinds[v->generation < GENERATIONS ? v->generation : 0];
    const trust trusted = trusts[k.body][who->host];
    const bool listed = (k.listed >> who->host & 1U) != 0;
    const char *reason;

    if (v->generation == 0 || v->generation >= GENERATIONS) {
        return "nobody made this generation";
    }
    if (trusted == NOT_SERVED) {
        return v->outcome == POSTERN_MISDIRECTED ? NULL : "served by whom?";
    }
    if (trusted == PLAINLY) {
        return text_is(v->certificate_reason, "host-not-registered")
                   ? check_rules(v, k, listed, false)
                   : "a plain host has certificates";
    }
    if (!who->asked) {
        return !postern_verdict_allows(v) && text_is(v->certificate_reason, "not-asked")
                   ? NULL
                   : "let in without having been asked";
    }
    reason = reason_of(trusted, who->certificate);
    if (!text_is(v->certificate_reason, reason)) {
        return "the certificate was judged by another generation";
    }
    if (strcmp(reason, "revoked") == 0) {
        return v->outcome == POSTERN_REVOKED ? NULL : "revoked and not refused";
    }
    return check_rules(v, k, listed, strcmp(reason, "ok") == 0);
}

static const char *ask_once(asker *a, const visitor *who, uint64_t *last)
{
    postern_verdict verdict;

    if (postern_request_begin(a->request, who->connection, postern_text("GET"),
                              postern_text("/"), postern_text("HTTP/1.1")) ||
        postern_request_add_header(a->request, postern_text("host"),
                                   postern_text(hosts[who->host]))) {
        return "a request could not be made";
    }
    postern_gate_evaluate(all.gate, a->request, &verdict);
    atomic_fetch_add(&all.answers, 1);
    a->outcomes[verdict.outcome]++;
    a->changes += verdict.generation != *last;
    *last = verdict.generation;
    return check(&verdict, who);
}

static void *ask_and_ask(void *user)
{
    asker *a = user;
    uint64_t last = 0;
    size_t at = a->number;

    if (postern_request_new(all.scheme, &a->request)) {
        a->wrong = "no request";
    }
    for (size_t i = 0; i < OPEN && a->wrong == NULL; i++) {
        a->visitors[i].host = i % HOSTS;
        a->visitors[i].certificate = i / HOSTS;
        a->wrong = arrive(&a->visitors[i]);
    }
    while (!atomic_load(&all.stop) && a->wrong == NULL) {
        visitor *who = &a->visitors[at % OPEN];
        a->wrong = ask_once(a, who, &last);
        if (at % RENEWED_AFTER == 0 && a->wrong == NULL) {
            a->wrong = arrive(who);
        }
        at++;
    }
    atomic_store(&all.stop, true); /* for everybody, if something is wrong */
    for (size_t i = 0; i < OPEN; i++) {
        postern_connection_free(a->visitors[i].connection);
    }
    postern_request_free(a->request);
    return NULL;
}

/* --- who swaps ----------------------------------------------------------------------- */

static void announce(const postern_policy *policy, size_t body, unsigned listed)
{
    const uint64_t generation = postern_policy_generation(policy);

    ck_assert_uint_lt(generation, GENERATIONS);
    all.kinds[generation] = (kind){(uint8_t)body, (uint8_t)listed};
}

static postern_policy *load(size_t body)
{
    postern_policy *policy;

    ck_assert_int_eq(door_load(all.scheme, texts[body], &policy), POSTERN_OK);
    announce(policy, body, 1U << body); /* its list names one host */
    return policy;
}

/* `policy` with those of `listed` on its list. */
static postern_policy *exchange(const postern_policy *policy, size_t body,
                                unsigned listed)
{
    postern_str items[HOSTS];
    postern_policy *made;
    postern_list *list;
    size_t items_count = 0;

    for (size_t i = 0; i < HOSTS; i++) {
        if ((listed >> i & 1U) != 0) {
            items[items_count++] = postern_text(hosts[i]);
        }
    }
    ck_assert_int_eq(
        postern_list_new(NULL, POSTERN_LIST_HOSTNAME, items, items_count, &list, NULL),
        POSTERN_OK);
    ck_assert_int_eq(
        postern_policy_with_list(policy, postern_text("sites"), list, &made),
        POSTERN_OK);
    postern_list_release(list);
    announce(made, body, listed);
    return made;
}

/* Somebody gets an answer, now and then, whatever the scheduler thinks. */
static void let_them_ask(void)
{
    const uint64_t before = atomic_load(&all.answers);

    while (atomic_load(&all.answers) < before + ASKERS && !atomic_load(&all.stop)) {
        (void)sched_yield();
    }
}

static void swap(size_t i, postern_policy *held[BODIES])
{
    const size_t body = (i * 7 + i / 5) % BODIES;
    postern_policy *next;

    if (i % LOADED_EVERY == 0) {
        next = load(body);
        postern_policy_release(held[body]);
        held[body] = next;
        ck_assert_int_eq(postern_gate_replace(all.gate, next), POSTERN_OK);
    } else if (i % 3 == 0) {
        ck_assert_int_eq(postern_gate_replace(all.gate, held[body]), POSTERN_OK);
    } else {
        next = exchange(held[body], body, (unsigned)(i % (1U << HOSTS)));
        ck_assert_int_eq(postern_gate_replace(all.gate, next), POSTERN_OK);
        postern_policy_release(next); /* the gate's is the only reference */
    }
    if (i % 8 == 0) {
        let_them_ask();
    }
}

static size_t swaps_wanted(void)
{
    const char *text = getenv("POSTERN_SWAPS");
    const unsigned long wanted = text == NULL ? SWAPS : strtoul(text, NULL, 10);

    return wanted < SWAPS ? wanted : SWAPS;
}

/* Everything that can come out did, or the test tested nothing. */
static void check_variety(const asker *a)
{
    ck_assert_msg(a->wrong == NULL, "asker %u: %s", a->number, a->wrong);
    ck_assert_uint_gt(a->outcomes[POSTERN_ALLOWED], 0);
    ck_assert_uint_gt(a->outcomes[POSTERN_BLOCKED], 0);
    ck_assert_uint_gt(a->outcomes[POSTERN_REVOKED], 0);
    ck_assert_uint_gt(a->outcomes[POSTERN_MISDIRECTED], 0);
    ck_assert_uint_eq(a->outcomes[POSTERN_FAULT], 0);
    ck_assert_uint_gt(a->changes, 10);
}

static int64_t fixed_time(void *user)
{
    (void)user;
    return NOW * 1000;
}

START_TEST(every_answer_is_of_one_generation)
{
    static door d; /* for the certificates */
    static asker askers[ASKERS];
    const size_t swaps = swaps_wanted();
    const postern_allocator allocator = {.resize = count};
    const postern_options options = {.allocator = &allocator,
                                     .clock = fixed_time,
                                     .crypto = postern_mbedtls_crypto()};
    postern_policy *held[BODIES];
    postern_scheme *scheme;
    size_t done = 0;

    door_open(&d, USUAL);
    for (size_t i = 0; i < CERTIFICATES; i++) {
        (void)door_chain(certificates[i], NULL, all.chains[i], 1);
    }
    ck_assert_int_eq(postern_scheme_new(&options, &scheme), POSTERN_OK);
    all.scheme = scheme;
    for (size_t i = 0; i < BODIES; i++) {
        held[i] = load(i);
    }
    ck_assert_int_eq(postern_gate_new(held[0], &all.gate), POSTERN_OK);
    for (unsigned i = 0; i < ASKERS; i++) {
        askers[i].number = i;
        ck_assert_int_eq(
            pthread_create(&askers[i].thread, NULL, ask_and_ask, &askers[i]), 0);
    }
    while (done < swaps && !atomic_load(&all.stop)) {
        swap(done++, held);
    }
    atomic_store(&all.stop, true);
    for (size_t i = 0; i < ASKERS; i++) {
        ck_assert_int_eq(pthread_join(askers[i].thread, NULL), 0);
    }
    for (size_t i = 0; i < ASKERS; i++) {
        check_variety(&askers[i]);
    }
    ck_assert_uint_eq(done, swaps);
    postern_gate_free(all.gate);
    for (size_t i = 0; i < BODIES; i++) {
        postern_policy_release(held[i]);
    }
    postern_scheme_free(scheme);
    ck_assert_uint_eq(atomic_load(&live_bytes), 0);
    door_close(&d);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("gate-generations");
    TCase *tc = tcase_create("gate-generations");

    tcase_set_timeout(tc, 280);
    tcase_add_test(tc, every_answer_is_of_one_generation);
    suite_add_tcase(suite, tc);
    return suite;
}
