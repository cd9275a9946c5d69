/*
 * test_handshake_memory.c - a server that runs out of memory, anywhere: in postern, in
 * mbedTLS, in the C library. Each request for memory of an operation fails, alone or with
 * all that follow. Nobody is let in who would not be, nothing is presented that was not
 * proved, nothing is lost, and when there is memory again the server goes on.
 *
 * An operation has up to tens of thousands of requests, most of them for big numbers. The
 * first and the last ones fail one by one, those between here and there; all of them with
 * POSTERN_EVERY_REQUEST=1. Those of postern itself are tried without a gap always.
 */
#include "../gate/door.h"
#include "../tls/wire.h"
#include "process_heap.h"

#include <mbedtls/bignum.h>
#include <stdio.h>
#include <stdlib.h>

enum { DENSE = 400, LAST = 60, SPARSENESS = 60, VERSIONS = 1 + HAVE_TLS13, HEAPS = 4 };

/* Three clients of host A, and what becomes of them when nothing fails. */
static const struct guest {
    const char *certificate;
    postern_outcome outcome;
    const char *rule;
    const char *reason;
} guests[] = {
    {"ok-p256", POSTERN_ALLOWED, "in",  "ok"              },
    {"revoked", POSTERN_REVOKED, "",    "revoked"         },
    {"ok-by-b", POSTERN_BLOCKED, "out", "untrusted-issuer"},
};

enum { GUESTS = sizeof guests / sizeof guests[0], GOOD = 0 };

#define HOUSE                   \
    POLICY(BOTH, "'" PLAIN "'", \
           LOG("shown", "cf.tls_client_auth.cert_presented") "," GUARDS, "")

/* --- which request fails --------------------------------------------------------------- */

typedef struct fault {
    bool ours;    /* counted among those of postern's allocator only */
    bool lasting; /* and all later ones, too */
    size_t at;
} fault;

/* The kinds, for loops. */
static fault fault_of(int kind, size_t at)
{
    return (fault){(kind & 2) != 0, (kind & 1) != 0, at};
}

static struct {
    size_t at; /* SIZE_MAX: none */
    bool lasting;
    bool counting;
    bool failed;
    size_t requests;
} ours;

static void *resize(void *user, void *block, size_t old_size, size_t new_size)
{
    size_t number;

    (void)user;
    (void)old_size;
    if (new_size == 0) {
        free(block);
        return NULL;
    }
    if (ours.counting) {
        number = ours.requests++;
        if (number == ours.at || (ours.lasting && number > ours.at)) {
            ours.failed = true;
            return NULL;
        }
    }
    return realloc(block, new_size);
}

static void set_fault(fault f)
{
    process_heap_fail(f.ours ? SIZE_MAX : f.at, f.lasting);
    ours.at = f.ours ? f.at : SIZE_MAX;
    ours.lasting = f.lasting;
    ours.counting = ours.failed = false;
    ours.requests = 0;
}

/* An operation is made of several; memory fails in the one that is tried. */
typedef enum operation { LOAD, HANDSHAKE, VERDICT, RELOAD, NOTHING } operation;

static operation tried;

static void begin_faults(operation now)
{
    if (now == tried && now != NOTHING) {
        ours.counting = true;
        process_heap_resume();
    }
}

static void end_faults(void)
{
    process_heap_pause();
    ours.counting = false;
}

static bool failed(void)
{
    return ours.failed || process_heap_failed();
}

static size_t requests_of(fault f)
{
    return f.ours ? ours.requests : process_heap_requests();
}

/* The request to fail after `at`, of about `total`. Randomness moves the total. */
static size_t next_request(fault f, size_t at, size_t total)
{
    const bool every = getenv("POSTERN_EVERY_REQUEST") != NULL;
    size_t next = at + 1;

    if (every || f.ours || at < DENSE || at + LAST >= total) {
        return next;
    }
    next += (at - DENSE) / SPARSENESS;
    return next + LAST > total ? total - LAST : next;
}

/* --- the house: what lives longer than one try ---------------------------------------- */

typedef struct house_state {
    postern_scheme *scheme;
    postern_policy *policy;
    postern_gate *gate;
    side server;
    side clients[GUESTS];
    postern_str chains[GUESTS][1];
} house_state;

static house_state house;

static char house_path[512];
static char house_text[4096];

static void spell(void)
{
    const char *tests = getenv("POSTERN_TESTS");
    size_t len = 0;

    ck_assert_int_lt(snprintf(house_path, sizeof house_path, "%s/data/policy.json",
                              tests == NULL ? "tests" : tests),
                     sizeof house_path);
    for (const char *at = HOUSE; *at != '\0'; at++) {
        ck_assert_uint_lt(len + 3, sizeof house_text);
        if (*at == '`') {
            house_text[len++] = '\\';
        }
        house_text[len++] = (char)(*at == '`' || *at == '\'' ? '"' : *at);
    }
    house_text[len] = '\0';
}

static int64_t fixed_time(void *user)
{
    (void)user;
    return NOW * 1000;
}

/* door_load() with its text spelt already: Check needs memory, too, and must not be called
 * where there is none. */
static postern_status load(const postern_scheme *scheme, postern_policy **out)
{
    const postern_source source = {.path = house_path,
                                   .text = postern_text(house_text)};

    return postern_policy_load(scheme, &source, out, NULL);
}

static postern_status open_scheme(postern_scheme **out)
{
    static const postern_allocator allocator = {.resize = resize};
    const postern_options options = {.allocator = &allocator,
                                     .clock = fixed_time,
                                     .crypto = postern_mbedtls_crypto()};

    return postern_scheme_new(&options, out);
}

static void open_house(bool tls13)
{
    spell();
    ck_assert_int_eq(open_scheme(&house.scheme), POSTERN_OK);
    ck_assert_int_eq(load(house.scheme, &house.policy), POSTERN_OK);
    ck_assert_int_eq(postern_gate_new(house.policy, &house.gate), POSTERN_OK);
    server_start(&house.server, NULL);
    for (size_t i = 0; i < GUESTS; i++) {
        const char *name = guests[i].certificate;
        client_start(&house.clients[i], tls13);
        client_certificate(&house.clients[i], name, name, NULL);
        house.chains[i][0] =
            (postern_str){(const char *)house.clients[i].certificate.raw.p,
                          house.clients[i].certificate.raw.len};
    }
}

static void close_house(void)
{
    for (size_t i = 0; i < GUESTS; i++) {
        side_stop(&house.clients[i]);
    }
    side_stop(&house.server);
    postern_gate_free(house.gate);
    postern_policy_release(house.policy);
    postern_scheme_free(house.scheme);
}

/* --- one guest ------------------------------------------------------------------------- */

/* What a verdict says, which lives no longer than its request. */
typedef struct said {
    postern_outcome outcome;
    postern_status fault;
    bool shown; /* a certificate, to the rules */
    bool usual; /* all of it is as without failures */
} said;

/* Checks the one thing that holds always: who is let in is the good one, by his rule and
 * with his certificate. */
static said read_verdict(const postern_verdict *v, const struct guest *guest)
{
    said s = {.outcome = v->outcome, .fault = v->fault};

    for (size_t i = 0; i < v->match_count; i++) {
        s.shown = s.shown || text_is(v->matches[i].ref, "shown");
    }
    s.usual = v->outcome == guest->outcome && text_is(v->rule_ref, guest->rule) &&
              text_is(v->certificate_reason, guest->reason) &&
              (v->outcome == POSTERN_REVOKED || s.shown);
    ck_assert(!postern_verdict_allows(v) || (guest == &guests[GOOD] && s.usual));
    return s;
}

/* A whole request. Nothing fails when `during` is not what is tried. */
static said ask(postern_connection *connection, size_t guest, operation during)
{
    postern_request *request = NULL;
    postern_verdict verdict = {0};
    said s;

    begin_faults(during);
    if (postern_request_new(house.scheme, &request) == POSTERN_OK) {
        (void)postern_request_begin(request, connection, postern_text("GET"),
                                    postern_text("/"), postern_text("HTTP/1.1"));
        (void)postern_request_add_header(request, postern_text("host"),
                                         postern_text(A));
        postern_gate_evaluate(house.gate, request, &verdict);
    }
    end_faults();
    s = read_verdict(&verdict, &guests[guest]);
    postern_request_free(request);
    return s;
}

static bool waits(int rc)
{
    return rc == MBEDTLS_ERR_SSL_WANT_READ || rc == MBEDTLS_ERR_SSL_WANT_WRITE;
}

/* The wire is the test's, and has all the memory it wants. */
static int send_safely(void *user, const unsigned char *data, size_t len)
{
    int sent;

    end_faults();
    sent = server_send(user, data, len);
    begin_faults(HANDSHAKE);
    return sent;
}

static int receive_safely(void *user, unsigned char *data, size_t room)
{
    int got;

    end_faults();
    got = server_receive(user, data, room);
    begin_faults(HANDSHAKE);
    return got;
}

/* Memory fails for the server only. */
static int shake_hands(wire *w, postern_connection *connection)
{
    for (unsigned turns = 0; turns < 64 && waits(w->server_rc); turns++) {
        if (waits(w->client_rc)) {
            w->client_rc = mbedtls_ssl_handshake(&w->client);
        }
        begin_faults(HANDSHAKE);
        w->server_rc = postern_mbedtls_handshake(connection, &w->server);
        end_faults();
    }
    return w->server_rc;
}

/* A connection with a whole handshake, during which memory fails. */
static int arrive(wire *w, size_t guest, postern_connection **out)
{
    int rc = MBEDTLS_ERR_SSL_ALLOC_FAILED;

    wire_open(w, &house.clients[guest], &house.server, A);
    begin_faults(HANDSHAKE);
    if (postern_connection_new(house.gate, NULL, postern_text("x"), out) ==
            POSTERN_OK &&
        postern_mbedtls_attach(*out, &w->server) == POSTERN_OK &&
        postern_mbedtls_set_bio(*out, &w->server, w, send_safely, receive_safely) ==
            POSTERN_OK) {
        end_faults();
        rc = shake_hands(w, *out);
    }
    end_faults();
    return rc;
}

/* The same without a handshake and without a path: the gate builds one. */
static postern_connection *arrive_at_once(size_t guest)
{
    const postern_tls_info info = {.size = sizeof info,
                                   .fresh = true,
                                   .chain = house.chains[guest],
                                   .chain_count = 1};
    postern_connection *connection;
    bool asked;

    ck_assert_int_eq(
        postern_connection_new(house.gate, NULL, postern_text("x"), &connection),
        POSTERN_OK);
    ck_assert_int_eq(postern_connection_on_sni(connection, postern_text(A), &asked),
                     POSTERN_OK);
    ck_assert_int_eq(postern_connection_set_tls(connection, &info), POSTERN_OK);
    return connection;
}

/* --- operations: each leaves everything as it was --------------------------------------- */

/* Refusals of the good guest after there was memory again, for the log: memory failed
 * inside of mbedTLS, which calls that a bad signature. */
static size_t grudges;

static void count_grudge(const said *s)
{
    ck_assert(s->usual || s->outcome == POSTERN_BLOCKED);
    grudges += !s->usual;
}

/* Whoever has no memory says so, or does without: what is loaded is whole. */
static void try_load(size_t guest)
{
    const house_state usual = house;
    postern_connection *connection;
    postern_status status;
    said s;

    house.scheme = NULL;
    house.policy = NULL;
    house.gate = NULL;
    begin_faults(LOAD);
    status = open_scheme(&house.scheme);
    if (status == POSTERN_OK) {
        status = load(house.scheme, &house.policy);
    }
    if (status == POSTERN_OK) {
        status = postern_gate_new(house.policy, &house.gate);
    }
    end_faults();
    ck_assert(status == POSTERN_OK || failed());
    ck_assert_int_eq(status == POSTERN_OK, house.gate != NULL);
    if (house.gate != NULL && failed()) {
        connection = arrive_at_once(guest);
        s = ask(connection, guest, NOTHING);
        ck_assert(s.usual);
        postern_connection_free(connection);
    }
    postern_gate_free(house.gate);
    postern_policy_release(house.policy);
    postern_scheme_free(house.scheme);
    house = usual;
}

static void try_handshake(size_t guest)
{
    static wire w;
    postern_connection *connection = NULL;
    const int rc = arrive(&w, guest, &connection);
    said s;

    ck_assert(rc == 0 || failed());
    ck_assert(rc != 0 ||
              !ours.failed); /* what postern cannot keep, it does not claim */
    if (connection != NULL) {
        s = ask(connection, guest, NOTHING);
        if (rc == 0) {
            count_grudge(&s);
        } else {
            ck_assert(!s.shown && s.outcome != POSTERN_ALLOWED &&
                      s.outcome != POSTERN_REVOKED);
            ck_assert_int_ne(postern_mbedtls_handshake(connection, &w.server), 0);
        }
    }
    postern_connection_free(connection);
    wire_close(&w);
}

/* The first verdict makes all facts; the second one has what it needs. */
static void try_verdict(size_t guest)
{
    static wire w;
    postern_connection *connection = NULL;
    said s;

    ck_assert_int_eq(arrive(&w, guest, &connection), 0);
    s = ask(connection, guest, VERDICT);
    ck_assert(s.usual || failed());
    ck_assert(s.usual || s.outcome == POSTERN_FAULT ||
              s.outcome == POSTERN_NOT_EVALUATED);
    s = ask(connection, guest, NOTHING);
    ck_assert(s.usual);
    postern_connection_free(connection);
    wire_close(&w);
}

/* A connection that is known, and another policy. */
static void try_reload(size_t guest)
{
    postern_connection *connection = arrive_at_once(guest);
    postern_policy *next = NULL;
    postern_status status;
    said s = ask(connection, guest, NOTHING);

    ck_assert(s.usual);
    begin_faults(RELOAD);
    status = load(house.scheme, &next);
    if (status == POSTERN_OK) {
        status = postern_gate_replace(house.gate, next);
    }
    end_faults();
    ck_assert(status == POSTERN_OK || failed());
    s = ask(connection, guest, RELOAD);
    ck_assert(s.usual || failed());
    s = ask(connection, guest, NOTHING);
    count_grudge(&s);
    postern_policy_release(next);
    ck_assert_int_eq(postern_gate_replace(house.gate, house.policy), POSTERN_OK);
    postern_connection_free(connection);
}

/* --- the sweep --------------------------------------------------------------------------- */

static void (*const operations[])(size_t guest) = {try_load, try_handshake, try_verdict,
                                                   try_reload};

/* mbedTLS 3.6 loses one block itself when the second cipher of a TLS 1.3 transform cannot
 * be set up (mbedtls_ssl_tls13_populate_transform() forgets the first): four transforms a
 * handshake, so that many requests may. */
static unsigned lost_by_mbedtls;
enum { LOST_BY_MBEDTLS_MAX = 4 };

/* One try. @return whether a request failed */
static bool attempt(operation what, fault f, size_t guest)
{
    const size_t live = process_heap_live();
    size_t lost;
    bool fired;

    tried = what;
    set_fault(f);
    operations[what](guest);
    fired = failed();
    lost = process_heap_live() - live;
    if (HAVE_TLS13 && what == HANDSHAKE && !f.ours && !f.lasting && lost == 1) {
        lost_by_mbedtls++;
        lost = 0;
    }
    ck_assert_msg(lost == 0, "%s request %zu, then %s: %zu blocks are lost",
                  f.ours ? "postern's" : "the process's", f.at,
                  f.lasting ? "all" : "no other", lost);
    return fired;
}

/* What is made once in a process is made now, and not lost later. */
static void warm_up(void)
{
    for (size_t i = 0; i < GUESTS; i++) {
        postern_connection *connection = arrive_at_once(i);
        (void)ask(connection, i, NOTHING);
        postern_connection_free(connection);
    }
}

static void sweep(operation what, int kind)
{
    static const char *const names[] = {"load", "handshake", "verdict", "reload"};
    size_t tries = 0;
    size_t total = 0;
    size_t at = 0;
    size_t guest = GOOD;

    warm_up();
    for (size_t i = GUESTS; i-- > 0;) { /* the good one last: with most to do */
        tried = NOTHING;
        operations[what](i);
        ck_assert(!attempt(what, fault_of(kind, SIZE_MAX), i));
        total = requests_of(fault_of(kind, 0));
    }
    ck_assert_uint_gt(total, 0);
    grudges = 0;
    lost_by_mbedtls = 0;
    while (attempt(what, fault_of(kind, at), guest) || guest != GOOD) {
        tries++;
        at = next_request(fault_of(kind, at), at, total);
        /* Each fourth is one who is not let in. */
        guest = tries % 4 == 3 ? 1 + tries / 4 % 2 : GOOD;
    }
    ck_assert_uint_gt(at + LAST, total / 2);
    ck_assert_uint_le(lost_by_mbedtls, LOST_BY_MBEDTLS_MAX);
    printf("# %s, %s%s: %zu of about %zu requests failed, %zu grudges\n", names[what],
           (kind & 2) != 0 ? "postern's" : "all",
           (kind & 1) != 0 ? " and all that follow" : "", tries, total, grudges);
}

START_TEST(load_without_memory)
{
    open_house(false);
    sweep(LOAD, _i);
    close_house();
}
END_TEST

START_TEST(handshake_without_memory)
{
    open_house(_i / HEAPS == 1);
    sweep(HANDSHAKE, _i % HEAPS);
    close_house();
}
END_TEST

START_TEST(first_verdict_without_memory)
{
    open_house(HAVE_TLS13);
    sweep(VERDICT, _i);
    close_house();
}
END_TEST

START_TEST(reload_without_memory)
{
    open_house(HAVE_TLS13);
    sweep(RELOAD, _i);
    close_house();
}
END_TEST

/* Else everything above would be a test of nothing. */
START_TEST(libraries_ask_this_heap)
{
    mbedtls_mpi number;
    int first;
    int second;

    mbedtls_mpi_init(&number);
    process_heap_fail(0, false);
    process_heap_resume();
    first = mbedtls_mpi_lset(&number, 1);
    second = mbedtls_mpi_lset(&number, 1);
    process_heap_pause();
    ck_assert_int_ne(first, 0);
    ck_assert_int_eq(second, 0);
    ck_assert_uint_eq(process_heap_requests(), 2);
    mbedtls_mpi_free(&number);
}
END_TEST

Suite *test_suite(void)
{
    Suite *suite = suite_create("handshake-memory");
    TCase *tc = tcase_create("handshake-memory");

    tcase_set_timeout(tc, 2000); /* for all of them; meson's is shorter */
    tcase_add_test(tc, libraries_ask_this_heap);
    tcase_add_loop_test(tc, load_without_memory, 0, HEAPS);
    tcase_add_loop_test(tc, handshake_without_memory, 0, HEAPS * VERSIONS);
    tcase_add_loop_test(tc, first_verdict_without_memory, 0, HEAPS);
    tcase_add_loop_test(tc, reload_without_memory, 0, HEAPS);
    suite_add_tcase(suite, tc);
    return suite;
}
